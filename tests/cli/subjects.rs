//! Several subjects: each is examined, each is reported, and the exit code is the first of 1, 5, 3, 4, 0.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::Program;
use crate::{WHO, allowed_file};

/// Files that come to each verdict, beside bundles of their own.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bundle = std::fs::read(allowed_file("bundle.sigstore.json")).unwrap();
        let artifact = std::fs::read(allowed_file("cosign-v3-blob.txt")).unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
        write("allowed", &artifact);
        write("allowed.sigstore.json", &bundle);
        write("denied", b"another artifact");
        write("denied.sigstore.json", &bundle);
        write("unsigned", &artifact);
        write("undecided", &artifact);
        // A folder where the bundle is looked for: it is there and cannot be read.
        std::fs::create_dir(folder.path().join("undecided.sigstore.json")).unwrap();
        Self { folder }
    }

    fn verify(&self, names: &[&str]) -> Program {
        Program::verify()
            .arguments(names)
            .argument("--offline")
            .arguments(WHO)
            .in_folder(self.folder.path())
    }
}

#[test]
fn the_exit_code_is_the_first_of_1_3_4_0_that_occurred() {
    let files = Files::new();
    for (names, code) in [
        (&["allowed"][..], 0),
        (&["denied"], 1),
        (&["unsigned"], 3),
        (&["undecided"], 4),
        (&["allowed", "allowed"], 0),
        (&["allowed", "undecided"], 4),
        (&["undecided", "unsigned"], 3),
        (&["unsigned", "undecided", "denied"], 1),
        (&["allowed", "unsigned", "undecided", "denied"], 1),
    ] {
        let (run, report) = files.verify(names).report();
        assert_eq!(run.code, code, "{names:?}: {}", run.stderr);
        assert_eq!(report["exitCode"], code, "{names:?}");
        let subjects = report["subjects"].as_array().unwrap();
        let reported: Vec<_> = subjects
            .iter()
            .map(|subject| subject["name"].as_str().unwrap())
            .collect();
        assert_eq!(reported, names, "every subject is reported, in order");
        assert_eq!(
            files.verify(names).run().stdout.is_empty(),
            code != 0,
            "{names:?}"
        );
    }
}

#[test]
fn a_trust_root_that_cannot_be_used_decides_over_everything_but_a_denial() {
    let files = Files::new();
    let root = files.folder.path().join("root.json");
    std::fs::write(&root, "{}").unwrap();
    let run = files
        .verify(&["denied", "allowed"])
        .argument("--trusted-root")
        .argument(&root)
        .run();
    assert_eq!((run.code, run.stdout.as_str()), (5, ""), "{}", run.stderr);
}

/// As many subjects as it takes for threads to get in each other's way.
fn many(files: &Files) -> Vec<&'static str> {
    let _ = files;
    ["allowed", "denied", "unsigned", "undecided", "allowed"].repeat(8)
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let files = Files::new();
    let report = |jobs: &str| -> (i32, Value) {
        let (run, mut report) = files.verify(&many(&files)).arguments(["--jobs", jobs]).report();
        report["time"] = Value::Null;
        (run.code, report)
    };
    let one = report("1");
    for jobs in ["2", "8", "64"] {
        assert_eq!(report(jobs), one, "--jobs {jobs}");
    }
    assert_eq!(
        files.verify(&["allowed"]).arguments(["--jobs", "0"]).run().code,
        2
    );
}

#[test]
fn with_every_subject_allowed_each_has_its_line_in_order() {
    let files = Files::new();
    let copy = files.folder.path().join("copy");
    let source = files.folder.path().join("allowed");
    std::fs::copy(&source, &copy).unwrap();
    std::fs::copy(
        source.with_extension("sigstore.json"),
        copy.with_extension("sigstore.json"),
    )
    .unwrap();
    let run = files.verify(&["copy", "allowed", "file:copy"]).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let names: Vec<_> = run
        .stdout
        .lines()
        .map(|line| line.split_once("  ").unwrap().1)
        .collect();
    assert_eq!(names, ["copy", "allowed", "copy"]);
}

/// A layout whose only image is missing: the reference resolves, the bytes are not there.
fn layout_without_blobs() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("layout");
    std::fs::create_dir_all(path.join("blobs/sha256")).unwrap();
    std::fs::write(path.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let digest = format!("sha256:{}", "0".repeat(64));
    let index = json!({"schemaVersion": 2, "manifests": [{
        "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 2,
    }]});
    std::fs::write(path.join("index.json"), index.to_string()).unwrap();
    (folder, path)
}

#[test]
fn an_image_that_is_not_all_there_is_undecided() {
    let (_folder, path) = layout_without_blobs();
    for subject in [
        format!("oci-layout:{}", path.display()),
        format!("oci-layout:{}:v1", path.display()),
        format!("oci-layout:{}@sha256:{}", path.display(), "1".repeat(64)),
    ] {
        let run = Program::verify()
            .arguments([&subject, "--offline"])
            .arguments(WHO)
            .run();
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (4, ""),
            "{subject}: {}",
            run.stderr
        );
    }
}
