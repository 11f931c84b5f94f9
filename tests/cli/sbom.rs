//! `sbom diff` and `sbom trim` on the command line.

use crate::support::{Program, Run};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sbom");

fn sbom(arguments: &[&str]) -> Run {
    Program::new()
        .in_folder(FOLDER)
        .argument("sbom")
        .arguments(arguments)
        .run()
}

/// Writes an SBOM with these components into a folder of its own.
fn written(components: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sbom.json");
    let text = format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{components}]}}"#);
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

#[test]
fn the_same_packages_in_two_formats_do_not_differ() {
    let run = sbom(&["diff", "syft/layout.spdx", "syft/layout.spdx.json"]);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (0, "no differences\n", "")
    );
}

#[test]
fn differences_are_listed_by_class_with_versions_in_their_order() {
    let (_old, old) = written(
        "{\"name\":\"a\",\"purl\":\"pkg:npm/a@1.9.0\"},\n{\"name\":\"b\",\"purl\":\"pkg:npm/b@1.0.0\"},\n{\"name\":\"c\",\"purl\":\"pkg:npm/c@1.0.0\",\"licenses\":[{\"license\":{\"id\":\"MIT\"}}]}",
    );
    let (_new, new) = written(
        "{\"name\":\"a\",\"purl\":\"pkg:npm/a@1.10.0\"},\n{\"name\":\"c\",\"purl\":\"pkg:npm/c@1.0.0\"},\n{\"name\":\"d\\u001b[2J\",\"version\":\"1\"}",
    );
    let run = sbom(&["diff", &old, &new]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines,
        [
            vec!["added", "d<U+001B>[2J", "1"],
            vec!["version-up", "pkg:npm/a", "1.9.0", "->", "1.10.0"],
            vec!["removed", "pkg:npm/b", "1.0.0"],
            vec!["licence-changed", "pkg:npm/c", "MIT", "->", "none"],
            vec!["4", "differences"],
        ]
    );
    let run = sbom(&["diff", &old, &new, "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(json["schemaVersion"], 1);
    assert_eq!(
        json["changes"][1],
        serde_json::json!({"class": "version-up", "package": "pkg:npm/a", "from": "1.9.0", "to": "1.10.0", "oldLine": 1, "newLine": 1})
    );
    assert_eq!(json["changes"][2]["oldLine"], 2);
}

#[test]
fn a_file_that_is_no_sbom_is_refused_with_its_name_and_line() {
    let run = sbom(&["diff", "README.md", "syft/layout.spdx"]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(
        run.stderr.contains("README.md: sbom-malformed") && run.stderr.contains("line 1"),
        "{}",
        run.stderr
    );
    let run = sbom(&["trim", "missing.json"]);
    assert_eq!(run.code, 4);
    assert!(run.stderr.contains("missing.json"), "{}", run.stderr);
}

#[test]
fn a_trimmed_sbom_differs_in_size_only() {
    let run = sbom(&["trim", "cyclonedx-npm/project.cdx.json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.json");
    std::fs::write(&path, &run.stdout).unwrap();
    let again = sbom(&[
        "diff",
        "cyclonedx-npm/project.cdx.json",
        &path.display().to_string(),
    ]);
    assert_eq!(again.stdout, "no differences\n");
    let run = sbom(&["trim", "syft/layout.cdx.xml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("only JSON"), "{}", run.stderr);
}

#[test]
fn trimming_has_no_use_for_a_format() {
    assert_eq!(
        sbom(&["trim", "npm/project.cdx.json", "--format", "json"]).code,
        2
    );
}
