//! The speed targets as ratios. Both sides of a ratio run in turn, many times, so that a machine that is busy with
//! something else slows both. Printed are the median of the pairs with its quartiles, and the ratio of the fastest run
//! of each side, which is the one that was disturbed least.
//! Names (`bundle`, `process`, `file`, `batch`) choose a part.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has to stop at once, and prints what it measured"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/ratio.rs"]
mod ratio;

use std::num::NonZeroUsize;

use common::batch::{Batch, SIZE};
use common::cases::{CASES, Case};
use common::file::LargeFile;
use common::raw::Checks;
use common::{Library, Ours, cores, process};
use ratio::{line, pairs, quartiles, repeat};

/// Pairs of a comparison that takes milliseconds, and how often each side runs in one pair.
const PAIRS: usize = 300;
const REPEATS: usize = 5;
/// Pairs of a comparison that takes seconds.
const LONG_PAIRS: usize = 3;
/// Bundles of a batch that are timed on one core.
const SAMPLE: usize = SIZE / 10;

fn main() {
    // `cargo test --benches` runs this program too, and only wants to know that it builds.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let measure = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    println!(
        "{:<74} {:>6}   quartiles        fastest",
        "ratio of times", "median"
    );
    if measure("bundle") {
        CASES.into_iter().for_each(one_bundle);
    }
    if measure("process") {
        CASES.into_iter().for_each(whole_process);
    }
    if measure("file") {
        hashing();
    }
    if measure("batch") {
        CASES.into_iter().for_each(batches);
    }
}

fn one_bundle(case: &Case) {
    let checks = Checks::of(case);
    let library = Library::new(case);
    let (ours, subjects, path) = (Ours::new(case), [case.subject()], case.path());
    let raw = || repeat(REPEATS, || checks.verify());
    let parsed = || repeat(REPEATS, || library.verify());
    let whole = || repeat(REPEATS, || library.read_and_verify());
    let ours = || {
        repeat(REPEATS, || {
            ours.verify(&subjects, path.clone(), NonZeroUsize::MIN)
        })
    };
    let name = case.to_string();
    line(
        &name,
        "library, parsed / signature checks",
        &pairs(PAIRS, parsed, raw),
    );
    line(
        &name,
        "portcullis / library (at most 1.10)",
        &pairs(PAIRS, ours, whole),
    );
}

fn batches(case: &Case) {
    let library = Library::new(case);
    let (ours, batch) = (Ours::new(case), Batch::new(case));
    let every_core = || {
        repeat(1, || {
            std::thread::scope(|scope| {
                for _ in 0..cores().get() {
                    scope.spawn(|| repeat(SIZE / cores(), || library.read_and_verify()));
                }
            })
        })
    };
    let subjects = || repeat(1, || ours.verify(&batch.subjects, case.path(), cores()));
    let bundles = || repeat(1, || ours.verify(batch.first(), batch.lines(), cores()));
    let name = format!("{case}, {SIZE}");
    line(
        &name,
        "subjects / library on all cores (at most 1.11)",
        &pairs(LONG_PAIRS, subjects, every_core),
    );
    line(
        &name,
        "bundles / library on all cores (at most 1.11)",
        &pairs(LONG_PAIRS, bundles, every_core),
    );
    // What the cores add up to on this machine, at this time: the number of cores, were nothing else running.
    let some = || repeat(SAMPLE, || library.read_and_verify()) * u32::try_from(SIZE / SAMPLE).unwrap();
    line(
        &name,
        "library on one core / on all cores",
        &pairs(LONG_PAIRS, some, every_core),
    );
}

fn hashing() {
    let large = LargeFile::new();
    let ours = || repeat(1, || large.hash());
    for command in [&["openssl", "dgst", "-sha256"][..], &["sha256sum"]] {
        let theirs = || repeat(1, || large.hash_with(command));
        let name = format!("portcullis / {}", command.join(" "));
        line("4 GiB", &name, &pairs(LONG_PAIRS, ours, theirs));
    }
}

fn whole_process(case: &Case) {
    let mut command = process::verify(case);
    let mut times: Vec<f64> = (0..PAIRS)
        .map(|_| repeat(1, || process::run(&mut command)).as_secs_f64() * 1e3)
        .collect();
    let [low, middle, high] = quartiles(&mut times);
    println!("{case}: whole process {middle:.1} ms ({low:.1} to {high:.1})");
}
