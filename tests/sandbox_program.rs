//! The program `portcullis-sandbox`. Only built with the feature: `cargo test --features sandbox --test sandbox_program`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_portcullis-sandbox"))
}

#[test]
fn run_sets_the_environment_and_passes_the_exit_code() {
    let script = r#"test -s "$PORTCULLIS_SANDBOX_TRUSTED_ROOT" && test -n "$SIGSTORE_ID_TOKEN" && exit 7"#;
    let start = Instant::now();
    let status = program()
        .args(["run", "--", "sh", "-c", script])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(7));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_command_that_outlives_the_sandbox_is_ended() {
    let output = program()
        .args(["run", "--for", "1s", "--", "sleep", "60"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("outlived"));
}

#[test]
fn up_mints_tokens_until_its_input_ends() {
    let (mut up, mut token) = (program(), program());
    up.args(["up", "--format", "json", "--stop-with-stdin"]);
    let mut up = up.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = up.stdout.take().unwrap();
    let mut text = Vec::new();
    while !text.ends_with(b"}\n") {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        text.push(byte[0]);
    }
    let environment: Value = serde_json::from_slice(&text).unwrap();
    let issuer = environment["PORTCULLIS_SANDBOX_ISSUER"].as_str().unwrap();
    let output = token
        .args(["token", "--github", "org/app", "--issuer", issuer])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8(output.stdout).unwrap().split('.').count(), 3);

    drop(up.stdin.take());
    assert!(up.wait().unwrap().success());
    let folder = environment["PORTCULLIS_SANDBOX_DIR"].as_str().unwrap();
    assert!(!std::path::Path::new(folder).exists());
}
