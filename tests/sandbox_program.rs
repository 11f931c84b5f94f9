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

/// A program that ends with one exit code after the other.
fn codes(folder: &std::path::Path, codes: &[i32]) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let lines: String = codes.iter().map(|code| format!("{code}\n")).collect();
    std::fs::write(folder.join("codes"), lines).unwrap();
    let script = folder.join("portcullis");
    let text =
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\ncode=$(head -n 1 codes)\nsed -i 1d codes\nexit \"$code\"\n";
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script
}

#[test]
fn the_demonstration_goes_on_only_while_every_command_ends_as_it_has_to() {
    let story = [3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 1];
    let folder = tempfile::tempdir().unwrap();
    let demo = |codes_to_give: &[i32]| {
        let script = codes(folder.path(), codes_to_give);
        let output = program()
            .arg("demo")
            .arg("--portcullis")
            .arg(script)
            .output()
            .unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        (
            output.status.code(),
            shown.lines().filter(|line| line.starts_with("$ ")).count(),
            shown,
        )
    };
    let (code, commands, shown) = demo(&story);
    assert_eq!((code, commands), (Some(0), story.len()), "{shown}");
    for command in [
        " sign 127.0.0.1:",
        " attest 127.0.0.1:",
        " sbom-check 127.0.0.1:",
        "deny = [\"AGPL-3.0-only\"]",
        "--type cyclonedx",
        "/demo/app@sha256:",
    ] {
        assert!(shown.contains(command), "{command}: {shown}");
    }
    for step in 0..story.len() {
        let mut wrong = story;
        wrong[step] = 5;
        let (code, commands, shown) = demo(&wrong);
        assert_eq!((code, commands), (Some(4), step + 1), "{shown}");
    }
}

#[test]
fn the_demonstration_runs_through_with_the_real_program() {
    let folder = tempfile::tempdir().unwrap();
    let output = program()
        .arg("demo")
        .arg("--portcullis")
        .arg(env!("CARGO_BIN_EXE_portcullis"))
        .env_remove("DOCKER_CONFIG")
        .env("HOME", folder.path())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        shown.lines().filter(|line| line.starts_with("$ ")).count(),
        11,
        "{shown}"
    );
    // The two refusals say why.
    for code in ["sbom-digest-mismatch", "licence-denied"] {
        assert!(told.contains(code), "{code}: {told}");
    }
    // What the commands themselves print: the signed digest, and the verified one each time.
    let digest = shown
        .lines()
        .filter(|line| line.contains("/demo/app@sha256:") && !line.starts_with('$'));
    assert_eq!(digest.count(), 7, "{shown}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_token_needs_somebody_and_a_sandbox() {
    let run = |arguments: &[&str]| {
        let mut token = program();
        token.env_remove("PORTCULLIS_SANDBOX_ISSUER");
        token.arg("token").args(arguments).output().unwrap()
    };
    assert_eq!(run(&[]).status.code(), Some(2));
    assert_eq!(
        run(&["--email", "a@example.com", "--github", "a/b"])
            .status
            .code(),
        Some(2)
    );
    let nowhere = run(&["--email", "a@example.com"]);
    assert_eq!(nowhere.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("--issuer"));
}
