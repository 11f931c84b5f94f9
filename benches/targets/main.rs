//! The speed targets as ratios. Both sides of a ratio run in turn, many times, so that a machine that is busy with
//! something else slows both; the median of the pairs is printed with the quartiles.

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

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use common::batch::{Batch, SIZE};
use common::cases::{CASES, Case};
use common::file::LargeFile;
use common::raw::Checks;
use common::{Library, Ours, cores, process};

/// Pairs of a comparison that takes milliseconds, and how often each side runs in one pair.
const PAIRS: usize = 60;
const REPEATS: usize = 20;
/// Pairs of a comparison that takes seconds.
const LONG_PAIRS: usize = 3;
/// Bundles of a batch that are timed on one core.
const SAMPLE: usize = SIZE / 10;

fn main() {
    // `cargo test --benches` runs this program too, and only wants to know that it builds.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    println!("{:<70} {:>6}  quartiles", "ratio of times", "median");
    for case in CASES {
        one_bundle(case);
    }
    for case in CASES {
        batches(case);
    }
    hashing();
    for case in CASES {
        whole_process(case);
    }
}

fn one_bundle(case: &Case) {
    let checks = Checks::of(case);
    let library = Library::new(case);
    let (ours, subjects, path) = (Ours::new(case), [case.subject()], case.path());
    let raw = || repeat(REPEATS, || checks.verify());
    let parsed = || repeat(REPEATS, || library.verify());
    let whole = || repeat(REPEATS, || library.parse_and_verify());
    let ours = || {
        repeat(REPEATS, || {
            ours.verify(&subjects, path.clone(), NonZeroUsize::MIN)
        })
    };
    let name = case.to_string();
    line(
        &name,
        "library, parsed / signature checks",
        pairs(PAIRS, parsed, raw),
    );
    line(
        &name,
        "portcullis / library (at most 1.10)",
        pairs(PAIRS, ours, whole),
    );
}

fn batches(case: &Case) {
    let library = Library::new(case);
    let (ours, batch) = (Ours::new(case), Batch::new(case));
    let one_thread = || repeat(SAMPLE, || library.parse_and_verify());
    let every_core = || {
        repeat(1, || {
            std::thread::scope(|scope| {
                for _ in 0..cores().get() {
                    scope.spawn(|| repeat(SIZE / cores(), || library.parse_and_verify()));
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
        pairs(LONG_PAIRS, subjects, every_core),
    );
    line(
        &name,
        "bundles / library on all cores (at most 1.11)",
        pairs(LONG_PAIRS, bundles, every_core),
    );
    // What the cores add up to on this machine, at this time.
    let [low, middle, high] =
        pairs(LONG_PAIRS, one_thread, every_core).map(|ratio| ratio * (SIZE / SAMPLE) as f64);
    line(&name, "library on one core / on all cores", [low, middle, high]);
}

fn hashing() {
    let large = LargeFile::new();
    let ours = || repeat(1, || large.hash());
    for command in [&["openssl", "dgst", "-sha256"][..], &["sha256sum"]] {
        let theirs = || repeat(1, || large.hash_with(command));
        let name = format!("portcullis / {}", command.join(" "));
        line("4 GiB", &name, pairs(LONG_PAIRS, ours, theirs));
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

fn repeat(times: usize, mut work: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..times {
        work();
    }
    start.elapsed()
}

/// Times the two sides in turn, each first in every other pair, and gives the quartiles of first / second.
fn pairs(
    count: usize,
    mut first: impl FnMut() -> Duration,
    mut second: impl FnMut() -> Duration,
) -> [f64; 3] {
    let (_, _) = (first(), second());
    let mut ratios: Vec<f64> = (0..count)
        .map(|pair| {
            let (one, other) = if pair % 2 == 0 {
                let one = first();
                (one, second())
            } else {
                let other = second();
                (first(), other)
            };
            one.as_secs_f64() / other.as_secs_f64()
        })
        .collect();
    quartiles(&mut ratios)
}

fn quartiles(values: &mut [f64]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |part: usize| values.get(values.len() * part / 4).copied().unwrap();
    [at(1), at(2), at(3)]
}

fn line(case: &str, what: &str, [low, middle, high]: [f64; 3]) {
    let name = format!("{case}: {what}");
    println!("{name:<70} {middle:>6.3}  {low:.3} to {high:.3}");
}
