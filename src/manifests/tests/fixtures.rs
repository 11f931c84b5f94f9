//! Every folder in `fixtures/pin`: a file goes in, and the same bytes with digests, or findings, come out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::manifests::{FindOptions, Found, TagStyle, find, rewrite};
use crate::report::Finding;
use crate::subject::Digest;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    /// A sentence that says why the case is as it is.
    why: String,
    #[serde(default)]
    drop_tag: bool,
    #[serde(default)]
    allow_no_images: bool,
}

#[test]
fn every_folder_pins_or_fails_as_its_name_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pin");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    folders.retain(|path| path.is_dir());
    assert!(folders.len() >= 30, "fixtures are missing");
    for folder in folders {
        run(&folder);
    }
}

fn run(folder: &Path) {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let case: Case = serde_json::from_str(&read(&folder.join("case.json"))).unwrap();
    assert!(case.why.ends_with('.'), "{name}: a sentence says why");
    let input = ["input.yaml", "input.json"]
        .map(|file| folder.join(file))
        .into_iter()
        .find(|path| path.exists());
    let input = input.unwrap();
    let options = FindOptions {
        allow_no_images: case.allow_no_images,
    };
    let found = find(
        input.file_name().unwrap().to_str().unwrap(),
        &read(&input),
        options,
    );
    let told = match &found {
        Ok(found) => told(found),
        Err(findings) => lines(findings),
    };
    assert_eq!(found.is_err(), name.ends_with("_fail"), "{name}: {told}");
    insta::with_settings!({
        snapshot_path => folder,
        prepend_module_to_snapshot => false,
        omit_expression => true,
        description => case.why.as_str(),
    }, {
        insta::assert_snapshot!("told", told);
    });
    let Ok(found) = found else { return };
    let style = if case.drop_tag {
        TagStyle::Drop
    } else {
        TagStyle::Keep
    };
    let digests: BTreeMap<String, Digest> =
        serde_json::from_str::<BTreeMap<String, String>>(&read(&folder.join("digests.json")))
            .unwrap()
            .into_iter()
            .map(|(reference, digest)| (reference, digest.parse().unwrap()))
            .collect();
    let named: BTreeSet<&str> = super::texts(&found).into_iter().collect();
    assert_eq!(named, digests.keys().map(String::as_str).collect(), "{name}");
    let pinned = rewrite(&found, style, |image| digests.get(image.text()).cloned())
        .unwrap()
        .text;
    let expected = read(
        &input.with_file_name(
            input
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .replace("input", "expected"),
        ),
    );
    assert_eq!(pinned, expected, "{name}");
    pinning_again_changes_nothing(name, &pinned, options, style);
}

fn pinning_again_changes_nothing(name: &str, pinned: &str, options: FindOptions, style: TagStyle) {
    let found = find("again", pinned, options).unwrap();
    assert!(
        found.images().iter().all(|image| image.digest().is_some()),
        "{name}"
    );
    let again = rewrite(&found, style, |image| image.digest().cloned())
        .unwrap()
        .text;
    assert_eq!(again, pinned, "{name}");
}

fn read(path: &Path) -> String {
    String::from_utf8(fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

fn told(found: &Found) -> String {
    let mut text = format!("{:?}\n", found.kind());
    for image in found.images() {
        text.push_str(&format!(
            "{}:{}:{} {} = {}\n",
            image.document(),
            image.line(),
            image.column(),
            image.path(),
            image.text()
        ));
    }
    text + &lines(found.notices())
}

fn lines(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let origin = finding.origin.as_ref().unwrap();
        let place = |number: Option<usize>| number.map_or("-".to_owned(), |number| number.to_string());
        let help = finding.help.as_deref().unwrap_or("-");
        format!(
            "{}:{}:{} {}: {}\n    help: {help}\n",
            origin.source,
            place(origin.line),
            place(origin.column),
            finding.code,
            finding.message
        )
    };
    findings.iter().map(line).collect()
}
