//! Standard output holds a result only if everything is allowed, and a result that could not be written is no pass.

use std::fs::File;

use serde_json::Value;

use crate::support::{Program, cases};
use crate::{ALLOWED, DENIED, case};

#[test]
fn with_the_human_format_standard_output_is_empty_unless_everything_is_allowed() {
    for case in cases() {
        for extra in [&[][..], &["--quiet"], &["--verbose"], &["--color", "always"]] {
            let run = case.command().arguments(extra).run();
            assert_eq!(run.stdout.is_empty(), run.code != 0, "{} {extra:?}", case.name);
            assert!(!run.stdout.contains('\u{1b}'), "{} {extra:?}", case.name);
        }
    }
}

#[test]
fn quiet_says_nothing_about_what_passed_and_all_about_what_did_not() {
    assert_eq!(case(ALLOWED).argument("--quiet").run().stderr, "");
    assert!(
        case(DENIED)
            .argument("--quiet")
            .run()
            .stderr
            .contains("identity-mismatch")
    );
}

/// A writer that nobody reads from.
fn closed_pipe() -> std::io::PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer
}

fn full_disk() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

#[test]
fn a_result_that_nobody_can_read_is_no_pass() {
    for format in [
        &[][..],
        &["--format", "json"],
        &["--format", "sarif"],
        &["--format", "junit"],
    ] {
        let allowed = || case(ALLOWED).arguments(format);
        assert_eq!(allowed().run().code, 0, "{format:?}");
        assert_eq!(
            allowed().stdout(closed_pipe()).run().code,
            4,
            "{format:?} into a closed pipe"
        );
        assert_eq!(
            allowed().stdout(full_disk()).run().code,
            4,
            "{format:?} onto a full disk"
        );
    }
    for command in [
        &["--help"][..],
        &["--version"],
        &["explain", "--list"],
        &["man"],
        &["completions", "bash"],
    ] {
        let run = Program::new().arguments(command).stdout(full_disk()).run();
        assert_ne!(run.code, 0, "{command:?}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_no_pass_and_leaves_standard_output_empty() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/report.json");
    for target in [
        "json=/dev/full".to_owned(),
        format!("sarif={}", missing.display()),
        format!("human={}", folder.path().display()),
    ] {
        let run = case(ALLOWED)
            .arguments(["--format", &target, "--format", "human"])
            .run();
        assert_eq!((run.code, run.stdout.as_str()), (4, ""), "{target}");
    }
    let run = case("npm-provenance-sha512")
        .arguments(["--predicate-out", "/dev/full"])
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (4, ""));
}

#[test]
fn every_format_ends_with_the_same_exit_code() {
    for name in [
        ALLOWED,
        DENIED,
        "no-bundle_fail",
        "trusted-root-garbage_fail",
        "one-of-two-subjects_fail",
    ] {
        let expected = case(name).run().code;
        for format in ["human", "json", "sarif", "junit", "github"] {
            let run = case(name).arguments(["--format", format]).run();
            assert_eq!(run.code, expected, "{name} as {format}");
        }
    }
}

#[test]
fn formats_go_to_files_and_one_of_them_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let to = |format: &str, name: &str| format!("{format}={}", path(name));
    let run = case(DENIED)
        .arguments([
            "--format",
            &to("sarif", "sarif"),
            "--format",
            &to("junit", "junit"),
        ])
        .arguments([
            "--format",
            &to("human", "human"),
            "--format",
            &to("github", "github"),
            "--format",
            "json",
        ])
        .run();
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr, "", "the human report goes to its file alone");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["exitCode"], 1);
    let read = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    assert!(serde_json::from_str::<Value>(&read("sarif")).unwrap()["runs"].is_array());
    assert!(read("junit").contains("<testsuite"));
    assert!(read("human").contains("identity-mismatch"));
    assert!(read("github").contains("::error"));
}

#[test]
fn formats_that_do_not_go_together_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out").display().to_string();
    for arguments in [
        vec!["--format", "json", "--format", "sarif"],
        vec!["--format", "json", "--format", "json"],
        vec!["--format", "yaml"],
        vec!["--format", "json="],
        vec!["--format", "human=x", "--output", &file],
        vec!["--quiet", "--verbose"],
    ] {
        let run = case(ALLOWED).arguments(&arguments).in_folder(folder.path()).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
    }
    // A file takes its format away from standard output, which holds the subjects' lines then.
    let run = case(ALLOWED)
        .arguments(["--format", "json", "--output", &file])
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.ends_with("  cosign-v3-blob.txt\n"));
    assert!(std::fs::read_to_string(&file).unwrap().contains("\"allowed\""));
}

#[test]
fn the_predicate_is_written_only_when_it_was_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("predicate.json");
    let out = ["--predicate-out", path.to_str().unwrap()];
    assert_eq!(case("builder-mismatch_fail").arguments(out).run().code, 1);
    assert!(!path.exists());
    assert_eq!(case("npm-provenance-sha512").arguments(out).run().code, 0);
    let predicate: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(predicate["buildDefinition"].is_object());
}
