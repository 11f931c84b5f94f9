//! `build env`: from a verification to the environment of what was verified.

use std::process::Command;

use serde_json::Value;

use crate::support::Program;
use crate::{ALLOWED, DENIED, case};

/// The report of a case, in a file.
fn report(folder: &std::path::Path, name: &str) -> (std::path::PathBuf, Value) {
    let run = case(name).arguments(["--format", "json"]).run();
    let path = folder.join("report.json");
    std::fs::write(&path, &run.stdout).unwrap();
    (path, serde_json::from_str(&run.stdout).unwrap())
}

fn build_env() -> Program {
    Program::new().arguments(["build", "env"])
}

#[test]
fn what_was_verified_becomes_variables() {
    let folder = tempfile::tempdir().unwrap();
    let (path, report) = report(folder.path(), ALLOWED);
    let run = build_env()
        .argument("--report")
        .argument(&path)
        .arguments(["--as", "json", "--prefix", "BR_BUILD_"])
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let variables: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(variables["BR_BUILD_DIGEST"], report["subjects"][0]["digest"]);
    assert_eq!(variables["BR_BUILD_SIGNER"], "w.vollprecht@gmail.com");
}

#[test]
fn a_refusal_gives_no_variables() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = report(folder.path(), DENIED);
    let run = build_env().argument("--report").argument(&path).run();
    assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
    assert!(run.stderr.contains("denied"), "{}", run.stderr);
}

/// Whoever signs chooses the identity, and the output goes to a shell.
#[test]
fn a_shell_takes_every_value_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut report) = report(folder.path(), ALLOWED);
    let hostile = "'; touch pwned; echo '$(touch pwned) `touch pwned` \"\\ $HOME !! #";
    for candidate in report["subjects"][0]["candidates"].as_array_mut().unwrap() {
        candidate["signer"]["identity"] = hostile.into();
    }
    std::fs::write(&path, report.to_string()).unwrap();
    let run = build_env().argument("--report").argument(&path).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let script = format!("{}printf %s \"$BUILD_SIGNER\"", run.stdout);
    let shell = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&shell.stdout), hostile);
    assert!(!folder.path().join("pwned").exists());
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    for arguments in [
        &["--as", "ecs-taskdef"][..],
        &["--report", "-", "--as", "ecs-taskdef", "--task-definition", "-"],
        &["--container", "app"],
        &["--task-definition", "task.json", "--as", "json"],
        &["--prefix", "build "],
        &["--format", "json"],
        &["--offline"],
    ] {
        let run = build_env().arguments(arguments).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {}",
            run.stderr
        );
    }
}
