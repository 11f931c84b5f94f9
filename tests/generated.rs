//! Files that are made from the code are what the code makes, and the README repeats the exit codes as they are.

#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use assert_cmd::Command;
use portcullis::report::exit_codes_markdown;

fn check(root: &Path) -> i32 {
    let mut command = Command::cargo_bin("portcullis").unwrap();
    let output = command
        .env_clear()
        .arg("generate")
        .arg("--check")
        .arg(root)
        .output()
        .unwrap();
    output.status.code().unwrap()
}

#[test]
fn the_checked_in_files_are_up_to_date() {
    let code = check(Path::new(env!("CARGO_MANIFEST_DIR")));
    assert_eq!(code, 0, "run `cargo run -- generate` and commit the result");
}

#[test]
fn a_missing_or_changed_file_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    assert_eq!(check(root.path()), 1);
    let write = Command::cargo_bin("portcullis")
        .unwrap()
        .arg("generate")
        .arg(root.path())
        .output()
        .unwrap();
    assert!(write.status.success());
    assert_eq!(check(root.path()), 0);
    let page = root.path().join("man/portcullis.1");
    std::fs::write(&page, std::fs::read_to_string(&page).unwrap() + "\n").unwrap();
    assert_eq!(check(root.path()), 1);
}

#[test]
fn the_readme_has_the_exit_codes_as_they_are() {
    let readme = include_str!("../README.md");
    assert!(
        readme.contains(exit_codes_markdown().trim()),
        "copy the table:\n{}",
        exit_codes_markdown()
    );
}
