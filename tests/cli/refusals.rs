//! What is wrong about a command line is found out before anything is read.

use std::time::{Duration, Instant};

use crate::support::{Program, Run};
use crate::{WHO, allowed_file, fifo};

/// Runs a command that would wait for ever if it opened what it must not open.
#[track_caller]
fn assert_not_opened(program: Program) -> Run {
    let start = Instant::now();
    let run = program.arguments(["--timeout", "20s"]).run();
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "it waited: {}",
        run.stderr
    );
    run
}

#[test]
fn without_a_signer_nothing_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    let bundle = allowed_file("bundle.sigstore.json");
    for who in [
        &[][..],
        &["--identity", "dev@example.com"],
        &["--issuer", "https://accounts.example.com"],
        &[
            "--identity-regex",
            "x)|(?:y",
            "--issuer",
            "https://accounts.example.com",
        ],
        &[
            "--identity-regex",
            "(",
            "--issuer",
            "https://accounts.example.com",
        ],
        &["--identity", "a", "--identity-regex", "a", "--issuer", "b"],
        &["--unsafe-any-identity", "--identity", "a", "--issuer", "b"],
        &["--key-without-log"],
        &["--identity", "a@b", "--issuer", "c", "--claim", "no-such-claim=x"],
        &[
            "--identity",
            "a@b",
            "--issuer",
            "c",
            "--claim",
            "source-repository-ref",
        ],
        &["--identity", "a@b", "--issuer", "c", "--type", "slsaprovenanc"],
        &["--identity", "a@b", "--issuer", "c", "--expect-commit", "abc"],
        &["--identity", "a@b", "--issuer", "c", "--max-age", "30"],
        &["--identity", "a@b", "--issuer", "c", "--predicate-out", "x"],
        &["--identity", "a@b", "--issuer", "c", "--builder-id", "x"],
        &["--identity", "a@b", "--issuer", "c", "--no-such-flag"],
    ] {
        let program = Program::verify()
            .argument(&fifo)
            .arguments(["--bundle", &bundle])
            .arguments(who);
        let run = assert_not_opened(program);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{who:?}: {}",
            run.stderr
        );
        assert!(!run.stderr.is_empty());
    }
}

#[test]
fn a_key_that_is_none_is_found_out_before_the_subject_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = fifo(folder.path());
    let private = folder.path().join("private.pem");
    let secret = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n";
    std::fs::write(&private, secret).unwrap();
    let bundle = allowed_file("bundle.sigstore.json");
    for key in [private.to_str().unwrap(), "/dev/null", "/nonexistent"] {
        let program = Program::verify()
            .argument(&fifo)
            .arguments(["--bundle", &bundle, "--key", key]);
        let run = assert_not_opened(program);
        assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{key}: {}", run.stderr);
        assert!(
            !run.stderr.contains("c2VjcmV0"),
            "what may be a secret is not repeated"
        );
    }
}

#[test]
fn subjects_that_name_nothing_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    for subject in [
        "",
        "missing",
        "./missing",
        "sha256:abc",
        "oci-layout:folder",
        "file:missing",
    ] {
        let run = Program::verify()
            .arguments([subject, "--offline"])
            .arguments(WHO)
            .in_folder(folder.path())
            .run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{subject:?}: {}",
            run.stderr
        );
    }
    assert_eq!(Program::verify().arguments(WHO).run().code, 2);
}
