//! Policy files of `fixtures/policy`: valid ones are read, and of invalid ones every mistake is told with its place.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its own fixtures has failed"
)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use portcullis::policy::{Files, Policy, parse};
use portcullis::report::{Finding, Origin};

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/policy")
        .join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> Result<Policy, Vec<Finding>> {
    let name = path.file_name().unwrap().to_str().unwrap();
    let read = |path: &Path| std::fs::read(path).map_err(|error| error.kind().to_string());
    parse(
        name,
        &std::fs::read(path).unwrap(),
        &Files {
            folder: path.parent().unwrap(),
            read: &read,
        },
    )
}

/// The findings as text: place, code, message, and what is underlined.
fn show(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let origin = finding.origin.as_ref();
        let line = origin.and_then(|origin| origin.line).unwrap_or_default();
        let column = origin.and_then(|origin| origin.column).unwrap_or_default();
        writeln!(text, "{line}:{column} {} {}", finding.code, finding.message).unwrap();
        if let Some(underlined) = origin.and_then(underlined) {
            writeln!(text, "    at {underlined}").unwrap();
        }
        for (what, value) in [
            ("found", &finding.found),
            ("expected", &finding.expected),
            ("help", &finding.help),
        ] {
            if let Some(value) = value {
                writeln!(text, "    {what}: {value}").unwrap();
            }
        }
    }
    text
}

fn underlined(origin: &Origin) -> Option<&str> {
    let excerpt = origin.excerpt.as_ref()?;
    let text = excerpt.text.get(excerpt.span.clone())?;
    text.lines().next()
}

#[test]
fn valid_policies_are_read_and_their_weaknesses_told() {
    let cases = cases("valid");
    assert!(cases.len() >= 3);
    for path in cases {
        let policy =
            read(&path).unwrap_or_else(|findings| panic!("{}:\n{}", path.display(), show(&findings)));
        let mut text = format!("digest {}\n", policy.digest());
        for pin in policy.pins() {
            let report = pin.report();
            writeln!(text, "pin {}: {}", report.name, report.rule).unwrap();
        }
        write!(text, "warnings:\n{}", show(policy.warnings())).unwrap();
        write!(text, "where the policy is pinned:\n{}", show(policy.unpinned())).unwrap();
        let name = format!("valid-{}", path.file_stem().unwrap().to_str().unwrap());
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn every_mistake_of_an_invalid_policy_is_told_with_its_place() {
    let cases = cases("invalid");
    assert!(cases.len() >= 10);
    for path in cases {
        let findings = read(&path).expect_err(&format!("{} is read", path.display()));
        assert!(
            findings.iter().all(|finding| finding.origin.is_some()),
            "{}",
            path.display()
        );
        let text = show(&findings);
        assert!(!text.contains("SECRET"), "{text}");
        let name = format!("invalid-{}", path.file_stem().unwrap().to_str().unwrap());
        insta::assert_snapshot!(name, text);
    }
}
