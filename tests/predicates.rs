//! Predicates before they are signed: every file under `fixtures/predicates/TYPE/valid` passes the checks of its type, and
//! every one under `invalid` is refused with the findings of its snapshot. A new case is a new file.
//!
//! `INSTA_UPDATE=always cargo test --test predicates` writes the snapshots; read them as whoever made the file would.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use portcullis::attestation::predicate::{AttestType, Checked, MAX_PREDICATE_BYTES, Problems};
use portcullis::report::{Format, Report, Style, render};

/// Type, `valid` or `invalid`, and path of every fixture.
fn fixtures() -> Vec<(String, String, PathBuf)> {
    let root = Path::new("fixtures/predicates");
    let mut found = Vec::new();
    for name in entries(root) {
        for kind in entries(&root.join(&name)) {
            let folder = root.join(&name).join(&kind);
            for file in entries(&folder) {
                found.push((name.clone(), kind.clone(), folder.join(file)));
            }
        }
    }
    assert!(found.len() > 30, "the fixtures were not found");
    found
}

fn entries(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn check(name: &str, path: &Path) -> Result<Checked, Problems> {
    let attest_type = AttestType::parse(name).unwrap();
    let bytes = std::fs::read(path).unwrap();
    let label = path.file_name().unwrap().to_str().unwrap();
    Checked::check(
        label,
        &bytes,
        &attest_type,
        MAX_PREDICATE_BYTES,
        Timestamp::UNIX_EPOCH,
    )
}

/// The findings as a person sees them.
fn shown(problems: &Problems) -> String {
    let report = Report::refused("attest", Timestamp::UNIX_EPOCH, problems.findings());
    let style = Style {
        color: false,
        width: 100,
        verbose: false,
        unicode: true,
    };
    render(&report, Format::Human, &style)
}

#[test]
fn every_file_ends_as_its_folder_says() {
    for (name, kind, path) in fixtures() {
        let outcome = check(&name, &path);
        match (kind.as_str(), outcome) {
            ("valid", Ok(checked)) => {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(
                    name == "custom" || checked.predicate() == text.trim(),
                    "{}",
                    path.display()
                );
            }
            ("valid", Err(problems)) => panic!("{}:\n{}", path.display(), shown(&problems)),
            ("invalid", Err(problems)) => {
                let case = path.file_stem().unwrap().to_str().unwrap();
                insta::assert_snapshot!(format!("{name}-{case}"), shown(&problems));
            }
            (_, _) => panic!("{} was not refused", path.display()),
        }
    }
}
