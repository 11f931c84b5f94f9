//! `--timeout` ends a run that waits, and what was not found out by then is undecided.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Program, Run};
use crate::{WHO, allowed_file, fifo};

/// Runs with a deadline of a second, and checks that it was kept.
fn within_a_second(program: Program) -> Run {
    let start = Instant::now();
    let run = program
        .arguments(WHO)
        .arguments(["--offline", "--timeout", "1s"])
        .run();
    let took = start.elapsed();
    assert!(
        took >= Duration::from_secs(1),
        "nothing was waited for: {}",
        run.stderr
    );
    assert!(took < Duration::from_secs(15), "{took:?}");
    run
}

#[test]
fn a_subject_that_never_ends_is_undecided() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    let bundle = allowed_file("bundle.sigstore.json");
    let run = within_a_second(Program::verify().argument(&fifo).arguments(["--bundle", &bundle]));
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);

    let (reader, writer) = std::io::pipe().unwrap();
    let stalled = Program::verify()
        .arguments(["-", "--bundle", &bundle])
        .stdin(Stdio::from(reader));
    let run = within_a_second(stalled);
    assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{}", run.stderr);
    drop(writer);
}

#[test]
fn a_bundle_that_never_ends_is_undecided_even_beside_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    let (file, bundle) = (
        allowed_file("cosign-v3-blob.txt"),
        allowed_file("bundle.sigstore.json"),
    );
    let program = Program::verify()
        .arguments([&file, "--bundle", &bundle, "--bundle"])
        .argument(&fifo);
    assert_eq!(within_a_second(program).code, 4);
}

#[test]
fn the_report_of_a_run_that_was_ended_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    let bundle = allowed_file("bundle.sigstore.json");
    let program = Program::verify()
        .argument(&fifo)
        .arguments(["--bundle", &bundle, "--format", "json"]);
    let run = within_a_second(program);
    assert_eq!(run.code, 4);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (&report["exitCode"], &report["verdict"]),
        (&4.into(), &"undecided".into())
    );
}
