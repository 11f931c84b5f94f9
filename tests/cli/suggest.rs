//! `sbom suggest` and `policy check --against` on the command line, over what real generators write.

use std::path::{Path, PathBuf};

use crate::support::{Program, Run};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/sbom");

const HEAD: &str = r#"version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
"#;

fn portcullis(folder: &Path, arguments: &[&str]) -> Run {
    Program::new().in_folder(folder).arguments(arguments).run()
}

/// Every SBOM of every generator.
fn documents() -> Vec<PathBuf> {
    let folders = std::fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path());
    let mut documents: Vec<PathBuf> = files
        .filter(|path| path.is_file() && path.extension().is_some_and(|end| end != "md"))
        .collect();
    documents.sort();
    documents
}

#[test]
fn what_is_suggested_for_real_documents_is_a_policy_that_they_use_all_of() {
    let documents = documents();
    assert!(documents.len() >= 20);
    let folder = tempfile::tempdir().unwrap();
    for document in documents {
        let name = document.display().to_string();
        let run = portcullis(folder.path(), &["sbom", "suggest", &name]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        std::fs::write(folder.path().join("policy.toml"), format!("{HEAD}{}", run.stdout)).unwrap();
        let arguments = [
            "policy",
            "check",
            "policy.toml",
            "--against",
            &name,
            "--deny-warnings",
        ];
        let check = portcullis(folder.path(), &arguments);
        assert_eq!(check.code, 0, "{name}: {}\n{}", check.stderr, run.stdout);
    }
}

#[test]
fn entries_that_nothing_meets_are_underlined() {
    let folder = tempfile::tempdir().unwrap();
    let policy = format!(
        "{HEAD}[sbom.licences]\nallow = [\"MIT\", \"Zlib\"]\n[[sbom.components.allow]]\npackage = \"pkg:npm/gone\"\n\
         [[sbom.components.deny]]\npackage = \"pkg:npm/evil\"\n[[sbom.components.named]]\nname = \"x\"\nsupplier = \"y\"\n"
    );
    std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let document = format!("{FOLDER}/npm/project.cdx.json");
    let against = ["policy", "check", "policy.toml", "--against", &document];
    let run = portcullis(folder.path(), &against);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for words in [
        "nothing in the SBOMs is met by allow: Zlib",
        "allow: pkg:npm/gone",
        "deny: pkg:npm/evil",
        "named: x",
        "policy.toml:12:11",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("allow: MIT"), "{}", run.stderr);
    let denied = portcullis(folder.path(), &[&against[..], &["--deny-warnings"]].concat());
    assert_eq!((denied.code, denied.stdout.as_str()), (1, ""));
    // What only reads the policy says nothing of SBOMs.
    let alone = portcullis(
        folder.path(),
        &["policy", "check", "policy.toml", "--deny-warnings"],
    );
    assert_eq!(alone.code, 0, "{}", alone.stderr);
}

#[test]
fn a_policy_without_a_word_about_sboms_cannot_be_held_against_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("policy.toml"), HEAD).unwrap();
    let document = format!("{FOLDER}/npm/project.cdx.json");
    let run = portcullis(
        folder.path(),
        &["policy", "check", "policy.toml", "--against", &document],
    );
    assert_eq!(run.code, 5, "{}", run.stderr);
    for missing in [
        &["policy", "check", "policy.toml", "--against", "missing.json"][..],
        &["sbom", "suggest", "missing.json"],
    ] {
        assert_eq!(portcullis(folder.path(), missing).code, 4);
    }
    assert_eq!(portcullis(folder.path(), &["sbom", "suggest"]).code, 2);
}
