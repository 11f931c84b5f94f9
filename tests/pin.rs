//! `portcullis pin` from the outside: what is written, where, and with which exit code.
//!
//! No image can be verified here, for nothing listens where the registry should be: nothing may be written, printed or
//! changed then. That allowed images are pinned is shown in `tests/registry/pinning.rs` and `src/manifests/tests`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::fs;
use std::path::Path;

use support::{Program, codes};

const COMPOSE: &str = "services:\n  web:\n    image: 127.0.0.1:9/web:1 # edge\n";
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/p256.pub");

fn pin(folder: &Path, arguments: &[&str]) -> Program {
    Program::new()
        .in_folder(folder)
        .argument("pin")
        .arguments(arguments)
        .arguments(["--trusted-root", "root.json", "--key", KEY])
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;
    fs::write(folder.path().join("root.json"), root).unwrap();
    fs::write(folder.path().join("compose.yaml"), COMPOSE).unwrap();
    fs::write(
        folder.path().join("other.yaml"),
        COMPOSE.replace("web:1", "web:2"),
    )
    .unwrap();
    fs::write(
        folder.path().join("variable.yaml"),
        COMPOSE.replace(":1", ":$TAG"),
    )
    .unwrap();
    fs::write(folder.path().join("values.yaml"), "image: {repository: nginx}\n").unwrap();
    fs::write(
        folder.path().join("namespace.yaml"),
        "apiVersion: v1\nkind: Namespace\n",
    )
    .unwrap();
    fs::write(
        folder.path().join("latin1.yaml"),
        b"services: {a: {image: nginx}} # \xe9\n",
    )
    .unwrap();
    fs::write(folder.path().join("large.yaml"), " ".repeat((16 << 20) + 1)).unwrap();
    folder
}

fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn nothing_is_written_while_an_image_is_undecided() {
    let folder = folder();
    let before = contents(folder.path());
    for arguments in [
        &["compose.yaml"][..],
        &["--check", "compose.yaml"],
        &["--write", "compose.yaml"],
        &["--write", "--drop-tag", "compose.yaml", "other.yaml"],
        &["--check", "compose.yaml", "other.yaml"],
        &["--write", "--allow-no-images", "compose.yaml", "namespace.yaml"],
    ] {
        let run = pin(folder.path(), arguments).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (4, ""),
            "{arguments:?}: {}",
            run.stderr
        );
        assert_eq!(contents(folder.path()), before, "{arguments:?}");
        let place = "compose.yaml:3:12: 127.0.0.1:9/web:1 is undecided (services.web.image)\n";
        assert!(run.stderr.contains(place), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn what_a_chart_renders_is_read_from_standard_input() {
    let folder = folder();
    let chart = "---\n# Source: a.yaml\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{image: 127.0.0.1:9/a}]}\n";
    let run = pin(folder.path(), &["-"]).run_with_stdin(chart.as_bytes());
    assert_eq!((run.code, run.stdout.as_str()), (4, ""));
    let place = "standard input:6:29: 127.0.0.1:9/a is undecided (Pod/a spec.containers[0].image)\n";
    assert!(run.stderr.contains(place), "{}", run.stderr);
    let empty = pin(folder.path(), &["-"]).run_with_stdin(b"");
    assert_eq!((empty.code, empty.stdout.as_str()), (3, ""));
}

#[test]
fn files_that_cannot_be_pinned_are_refused_with_their_code() {
    let folder = folder();
    for (arguments, exit, code) in [
        (&["--check", "variable.yaml"][..], 1, "image-reference-variable"),
        (
            &["--check", "compose.yaml", "variable.yaml"],
            1,
            "image-reference-variable",
        ),
        (&["--check", "values.yaml"], 1, "deployment-file-malformed"),
        (&["--check", "latin1.yaml"], 1, "deployment-file-malformed"),
        (&["--check", "large.yaml"], 1, "deployment-file-malformed"),
        (&["--check", "namespace.yaml"], 3, "deployment-file-no-images"),
        (
            &["--check", "compose.yaml", "namespace.yaml"],
            3,
            "deployment-file-no-images",
        ),
        (
            &["--check", "--allow-no-images", "namespace.yaml"],
            3,
            "deployment-file-no-images",
        ),
    ] {
        let (run, report) = pin(folder.path(), arguments).report();
        assert_eq!(run.code, exit, "{arguments:?}");
        assert_eq!(report["command"], "pin", "{arguments:?}");
        assert_eq!(codes(&report), [code], "{arguments:?}");
        assert_eq!(
            report["subjects"].as_array().map(Vec::len),
            Some(0),
            "{arguments:?}"
        );
    }
}

#[test]
fn each_distinct_image_is_one_subject_of_the_report() {
    let folder = folder();
    fs::write(folder.path().join("same.yaml"), COMPOSE).unwrap();
    let (run, report) = pin(
        folder.path(),
        &["--check", "compose.yaml", "same.yaml", "other.yaml"],
    )
    .report();
    assert_eq!(run.code, 4);
    let subjects = report["subjects"].as_array().unwrap();
    let inputs: Vec<&str> = subjects
        .iter()
        .filter_map(|subject| subject["input"].as_str())
        .collect();
    assert_eq!(inputs, ["127.0.0.1:9/web:1", "127.0.0.1:9/web:2"]);
}

#[test]
fn a_wrong_command_line_is_told_before_anything_is_read() {
    let folder = folder();
    for arguments in [
        &[][..],
        &["compose.yaml", "other.yaml"],
        &["--check", "--write", "compose.yaml"],
        &["--check", "--drop-tag", "compose.yaml"],
        &["--write", "-"],
        &["--check", "-", "-"],
        &["--check", "compose.yaml", "./compose.yaml"],
        &["--check", "missing.yaml"],
        &["--check", "."],
        &["--format", "json", "compose.yaml"],
        &["--check", "--policy", "portcullis.toml", "compose.yaml"],
    ] {
        let run = pin(folder.path(), arguments).run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    let nobody = Program::new()
        .in_folder(folder.path())
        .arguments(["pin", "--check", "compose.yaml", "--offline"])
        .run();
    assert_eq!(nobody.code, 2, "{}", nobody.stderr);
}
