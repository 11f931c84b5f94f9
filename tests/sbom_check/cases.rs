//! The directory cases of `sbom-check`: every folder under `fixtures/sbom-check` is run, and what it prints is compared
//! with what it printed before. A new case is a new folder; nothing here changes.
//!
//! `INSTA_UPDATE=always cargo test --test sbom_check` writes the snapshots of new and changed cases; look at them before
//! they are committed.
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::subject::Digest;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{Program, Run};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures");

/// What `case.json` says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    /// The document, below `fixtures/sbom`.
    document: String,
    /// The artifact that is asked about, by its digest.
    subject: String,
    /// The artifact that the signed statement is about, where that is another one.
    signed_for: Option<String>,
}

/// The policies of a case, with the exit code of each.
const POLICIES: [(&str, i32); 2] = [("accept", 0), ("deny", 1)];

fn folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(Path::new(FIXTURES).join("sbom-check")).unwrap();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn case(folder: &Path) -> Case {
    let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

/// The signed statement with the document in it, byte for byte as its generator wrote it.
fn bundle(instance: &mut Instance, case: &Case) -> Value {
    let path = Path::new(FIXTURES).join("sbom").join(&case.document);
    let document =
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let about: Digest = case.signed_for.as_ref().unwrap_or(&case.subject).parse().unwrap();
    let predicate_type = if document.contains("\"bomFormat\"") {
        "https://cyclonedx.org/bom"
    } else {
        "https://spdx.dev/Document"
    };
    let statement = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"artifact","digest":{{"sha256":"{}"}}}}],"predicateType":"{predicate_type}","predicate":{document}}}"#,
        about.to_hex()
    );
    let signer = SignOptions::keyless("release@example.com", "https://accounts.example.com");
    instance
        .sign_payload("application/vnd.in-toto+json", statement.as_bytes(), &signer)
        .unwrap()
}

#[test]
fn every_case_is_accepted_and_denied_as_its_policies_say() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(
            readme.starts_with(&format!("# {name}\n\n")),
            "{name}: the README's heading"
        );
        let case = case(&folder);
        let mut instance = Instance::new(7, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
        let world = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| std::fs::write(world.path().join(file), text).unwrap();
        write("bundle.json", &bundle(&mut instance, &case).to_string());
        write("root.json", &instance.trusted_root_json().unwrap().to_string());
        let mut ran = 0;
        for (policy, code) in POLICIES {
            let file = format!("{policy}.toml");
            let Ok(text) = std::fs::read_to_string(folder.join(&file)) else {
                continue;
            };
            ran += 1;
            write(&file, &text);
            let program = || {
                Program::new()
                    .in_folder(world.path())
                    .argument("sbom-check")
                    .arguments([&case.subject, "--policy", &file, "--bundle", "bundle.json"])
            };
            let human = program().run();
            let json = program().arguments(["--format", "json"]).run();
            if (human.code, json.code) != (code, code) {
                wrong.push(format!(
                    "{name}, {policy}: exit codes {} and {}",
                    human.code, json.code
                ));
            }
            if human.stdout.is_empty() != (human.code != 0) {
                wrong.push(format!("{name}, {policy}: standard output {:?}", human.stdout));
            }
            for (form, text) in [("human", told(&human)), ("json", report(&json))] {
                let check = || snapshot(&folder, &format!("{policy}.{form}"), &text);
                if std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).is_err() {
                    wrong.push(format!("{name}, {policy}: another {form} output"));
                }
            }
        }
        assert!(ran > 0, "{name} has no policy");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Nobody adds a generator's documents without deciding about one of them.
#[test]
fn every_generator_has_a_case_that_accepts_and_one_that_denies() {
    let generators = |path: &str| {
        let entries = std::fs::read_dir(Path::new(FIXTURES).join(path)).unwrap();
        let folders = entries
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_dir());
        folders
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect::<BTreeSet<String>>()
    };
    for (policy, _) in POLICIES {
        let decided: BTreeSet<String> = folders()
            .iter()
            .filter(|folder| folder.join(format!("{policy}.toml")).exists())
            .map(|folder| case(folder).document.split('/').next().unwrap().to_owned())
            .collect();
        assert_eq!(decided, generators("sbom"), "{policy}");
    }
}

/// What a person sees.
fn told(run: &Run) -> String {
    let Run { code, stdout, stderr } = run;
    format!("exit code {code}\n---- standard output\n{stdout}---- standard error\n{stderr}")
}

/// The report, without what changes from run to run.
fn report(run: &Run) -> String {
    let Ok(mut report) = serde_json::from_str::<Value>(&run.stdout) else {
        return format!("no report\n---- standard error\n{}", run.stderr);
    };
    report["time"] = "[time]".into();
    report["tool"]["version"] = "[version]".into();
    serde_json::to_string_pretty(&report).unwrap()
}

fn snapshot(folder: &Path, name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => folder,
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => [
            (r#""evidenceDigest": "[^"]*""#, "\"evidenceDigest\": \"[digest]\""),
            (r"\d+ days old", "[n] days old"),
            (r#""ageDays": \d+"#, "\"ageDays\": \"[n]\""),
        ],
    }, {
        insta::assert_snapshot!(name, text);
    });
}
