//! The program as it is run in a pipeline.

use std::process::{Command, Stdio};

use super::cases::Case;

/// The command line that verifies one bundle offline, with a home of its own so that no cache of the user's counts.
pub fn verify(case: &Case) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command
        .args(["verify", "--offline", "--trust", case.instance])
        .args(["--identity", case.identity, "--issuer", case.issuer])
        .arg("--bundle")
        .arg(case.path())
        .arg(case.subject().0)
        .env("HOME", "/nonexistent")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(predicate_type) = case.predicate_type {
        command.args(["--type", predicate_type]);
    }
    command
}

/// Runs it to its end; it has to allow.
pub fn run(command: &mut Command) {
    assert!(command.status().unwrap().success());
}
