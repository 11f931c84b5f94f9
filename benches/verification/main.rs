//! Benchmarks of verification: signature checks alone, the library alone, and this program; one bundle and many; large
//! files; the whole process. `docs/performance.md` says what each one means and how they compare.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark that cannot run has to stop at once"
)]

#[path = "../common/mod.rs"]
mod common;

use std::num::NonZeroUsize;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use common::batch::{Batch, SIZE};
use common::cases::{CASES, Case};
use common::file::{self, LargeFile};
use common::raw::Checks;
use common::{Library, Ours, cores, process};

fn main() {
    divan::main();
}

/// The signature checks that the bundle needs, alone.
#[divan::bench(args = CASES, max_time = 3)]
fn a_signature_checks(bencher: Bencher, case: &Case) {
    let checks = Checks::of(case);
    bencher.bench(|| checks.verify());
}

/// The library alone, with a bundle that was parsed beforehand.
#[divan::bench(args = CASES, max_time = 3)]
fn b_library_parsed(bencher: Bencher, case: &Case) {
    let library = Library::new(case);
    bencher.bench(|| library.verify());
}

/// The library alone, reading and parsing the file included.
#[divan::bench(args = CASES, max_time = 3)]
fn b_library(bencher: Bencher, case: &Case) {
    let library = Library::new(case);
    bencher.bench(|| library.read_and_verify());
}

/// This program's layer over the library, from the bundle's file to the report.
#[divan::bench(args = CASES, max_time = 3)]
fn c_portcullis(bencher: Bencher, case: &Case) {
    let (ours, subjects) = (Ours::new(case), [case.subject()]);
    bencher.bench(|| ours.verify(&subjects, case.path(), NonZeroUsize::MIN));
}

/// As many subjects, each with the same bundle file.
#[divan::bench(args = CASES, sample_count = 3, sample_size = 1)]
fn d_batch_of_subjects(bencher: Bencher, case: &Case) {
    let (ours, batch) = (Ours::new(case), Batch::new(case));
    bencher
        .counter(ItemsCount::new(SIZE))
        .bench(|| ours.verify(&batch.subjects, case.path(), cores()));
}

/// One subject with as many bundles in one JSON Lines file.
#[divan::bench(args = CASES, sample_count = 3, sample_size = 1)]
fn d_batch_of_bundles(bencher: Bencher, case: &Case) {
    let (ours, batch) = (Ours::new(case), Batch::new(case));
    bencher
        .counter(ItemsCount::new(SIZE))
        .bench(|| ours.verify(batch.first(), batch.lines(), cores()));
}

/// Hashing a large file in this process.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn e_hash_file(bencher: Bencher) {
    let large = LargeFile::new();
    bencher
        .counter(BytesCount::new(file::BYTES))
        .bench(|| large.hash());
}

/// The same file with `openssl dgst -sha256`, where it is installed.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn e_hash_file_openssl(bencher: Bencher) {
    let large = LargeFile::new();
    bencher
        .counter(BytesCount::new(file::BYTES))
        .bench(|| large.hash_with(&["openssl", "dgst", "-sha256"]));
}

/// The whole process for one bundle, offline, from start to exit.
#[divan::bench(args = CASES, max_time = 3)]
fn f_whole_process(bencher: Bencher, case: &Case) {
    let mut command = process::verify(case);
    bencher.bench_local(|| process::run(&mut command));
}
