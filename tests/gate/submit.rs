//! `portcullis gate submit` against a gate.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::door::{Door, Setup, WEBHOOK};
use crate::reading::settle;

struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

fn submit(door: &Door, arguments: &[&str]) -> Outcome {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.args(["gate", "submit", "--gate", &format!("http://{}", door.address)]);
    let output = command.args(arguments).env_clear().output().unwrap();
    Outcome {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn file(door: &Door, name: &str) -> String {
    let path: PathBuf = door.folder.path().join(name);
    path.display().to_string()
}

const IMAGE: &str = "registry.example/team/app:v1";

#[test]
fn the_number_of_the_event_is_printed_and_a_delivery_is_the_same_again() {
    let door = Door::with_webhook();
    let secret = file(&door, "hook.secret");
    let first = submit(&door, &["--secret-file", &secret, IMAGE]);
    assert_eq!(
        (first.code, first.stdout.as_str()),
        (0, "1\n"),
        "{}",
        first.stderr
    );
    let second = submit(
        &door,
        &["--secret-file", &secret, "--delivery", "build.17", IMAGE],
    );
    assert_eq!(second.stdout, "2\n");
    let again = submit(
        &door,
        &["--secret-file", &secret, "--delivery", "build.17", IMAGE],
    );
    assert_eq!(again.stdout, "2\n");
    assert_eq!(door.waiting(), 2);
}

#[test]
fn with_wait_the_exit_code_is_that_of_the_decision() {
    let door = Door::with_webhook();
    let secret = file(&door, "hook.secret");
    std::thread::scope(|scope| {
        let store = &door.store;
        scope.spawn(move || {
            while settle(store) == 0 {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        let outcome = submit(&door, &["--secret-file", &secret, "--wait", IMAGE]);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (1, ""),
            "{}",
            outcome.stderr
        );
        assert!(outcome.stderr.contains("event 1: denied"), "{}", outcome.stderr);
    });
    let outcome = submit(
        &door,
        &["--secret-file", &secret, "--wait", "--timeout", "3s", IMAGE],
    );
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (4, ""),
        "{}",
        outcome.stderr
    );
    assert!(
        outcome.stderr.contains("not decided in time"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn what_went_wrong_is_told_and_nothing_is_printed() {
    let token = "[[caller]]\nname = \"other\"\nrepositories = [\"registry.example/team/*\"]\n[caller.token]\ntoken-files = [\"gate.token\"]\n";
    let door = Setup::new(&format!("{WEBHOOK}{token}"))
        .file("gate.token", "a-token-of-more-than-enough-bytes\n")
        .file("wrong.secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        .file("short.secret", "short")
        .open();
    let [secret, wrong, short, token] =
        ["hook.secret", "wrong.secret", "short.secret", "gate.token"].map(|name| file(&door, name));
    for (arguments, code, words) in [
        (vec!["--secret-file", &wrong, IMAGE], 5, "not-authenticated"),
        (vec!["--secret-file", &short, IMAGE], 5, "24 to 512 bytes"),
        (
            vec!["--secret-file", &secret, "registry.example/other/app:v1"],
            5,
            "repository-not-permitted",
        ),
        (vec!["--secret-file", &secret, "nginx"], 2, "registry host"),
        (
            vec!["--secret-file", &secret, "registry.example/team/app"],
            2,
            "event-reference-invalid",
        ),
        (
            vec!["--secret-file", &secret, "--delivery", "a b", IMAGE],
            2,
            "delivery id",
        ),
        (vec!["--token-file", &token, "--wait", IMAGE], 5, "not-permitted"),
        (vec![IMAGE], 2, "--secret-file"),
        (
            vec!["--secret-file", &secret, "--token-file", &token, IMAGE],
            2,
            "cannot be used with",
        ),
        (vec!["--audience", "https://gate.example", IMAGE], 5, "looked for"),
        (
            vec!["--secret-file", &secret, "--offline", IMAGE],
            2,
            "means nothing",
        ),
    ] {
        let outcome = submit(&door, &arguments);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (code, ""),
            "{arguments:?}: {}",
            outcome.stderr
        );
        assert!(
            outcome.stderr.contains(words),
            "{arguments:?}: {}",
            outcome.stderr
        );
        for secret in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a-token-of-more"] {
            assert!(!outcome.stderr.contains(secret), "{}", outcome.stderr);
        }
    }
    let mut gone = door;
    let secret = file(&gone, "hook.secret");
    assert!(gone.ends_within(Duration::from_secs(5)));
    let outcome = submit(&gone, &["--secret-file", &secret, "--timeout", "2s", IMAGE]);
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (4, ""),
        "{}",
        outcome.stderr
    );
}
