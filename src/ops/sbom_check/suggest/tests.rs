//! What is suggested is a policy that accepts the document, and no entry of it can go.

use super::*;
use crate::ops::sbom_check::ingredients::objections;
use crate::policy::{Policy, parse};
use crate::report::Code;
use crate::sbom::Component;
use crate::sbom::{Limits, read};

const HEAD: &str = r#"version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
"#;

fn policy(text: &str) -> Result<Policy, Vec<crate::report::Finding>> {
    let files = crate::policy::Files {
        folder: std::path::Path::new("."),
        read: &|_| Err("no files here".to_owned()),
    };
    parse("policy.toml", format!("{HEAD}{text}").as_bytes(), &files)
}

/// The codes of what the policy objects to.
fn objected(document: &Document<'_>, text: &str) -> Vec<Code> {
    let policy = policy(text).unwrap_or_else(|findings| panic!("{findings:#?}\n{text}"));
    let components: Vec<&Component<'_>> = document.ingredients().collect();
    let objections = objections(&components, policy.sbom().unwrap(), jiff::civil::date(2026, 5, 1));
    let mut codes: Vec<Code> = objections
        .into_iter()
        .map(|mut objection| objection.finding().code)
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// Components as a CycloneDX document: package URL and licence expression.
fn document(components: &[(&str, &str)]) -> String {
    let components: Vec<String> = components
        .iter()
        .enumerate()
        .map(|(at, (purl, licence))| {
            let purl = if purl.is_empty() {
                String::new()
            } else {
                format!(r#","purl":"{purl}""#)
            };
            let licence = match *licence {
                "" => String::new(),
                text => format!(r#","licenses":[{{"expression":"{text}"}}]"#),
            };
            format!(r#"{{"type":"library","name":"part-{at}"{purl}{licence}}}"#)
        })
        .collect();
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"type":"application","name":"app"}}}},"components":[{}]}}"#,
        components.join(",")
    )
}

const MIXED: &[(&str, &str)] = &[
    ("pkg:cargo/serde@1.0.228", "MIT OR Apache-2.0"),
    ("pkg:cargo/serde@1.0.200", "MIT OR Apache-2.0"),
    ("pkg:cargo/ring@0.17.0", "Apache-2.0 AND ISC"),
    ("pkg:npm/%40babel/core@7.0.0", "MIT"),
    ("pkg:npm/%40babel/parser@7.0.0", "MIT"),
    ("pkg:npm/%40babel/types@7.0.0", "MIT"),
    ("pkg:npm/left-pad@1.3.0", "WTFPL OR MIT"),
    ("pkg:golang/github.com/acme/one@v1.0.0", "BSD-3-Clause"),
    ("pkg:golang/github.com/acme/two@v1.0.0", "GPL-2.0-or-later OR MIT"),
    (
        "pkg:deb/debian/libc6@2.36-9?arch=amd64",
        "GPL-2.0-only WITH Classpath-exception-2.0",
    ),
];

#[test]
fn the_suggestion_accepts_the_document_and_no_entry_can_go() {
    let text = document(MIXED);
    let limits = Limits::default();
    let document = read(text.as_bytes(), &limits).unwrap();
    let suggestion = suggest(std::slice::from_ref(&document), &["app.json".to_owned()]);
    assert_eq!(objected(&document, &suggestion), [], "{suggestion}");
    let entries: Vec<usize> = suggestion
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("    \""))
        .map(|(at, _)| at)
        .collect();
    assert_eq!(entries.len(), 12, "{suggestion}");
    for entry in entries {
        let lines = suggestion.lines().enumerate();
        let without: Vec<&str> = lines
            .filter(|(at, _)| *at != entry)
            .map(|(_, line)| line)
            .collect();
        let without = without.join("\n");
        // A list that is empty without it is a mistake, which accepts nothing either.
        if policy(&without).is_ok() {
            assert_ne!(objected(&document, &without), [], "line {entry} of {suggestion}");
        }
    }
}

#[test]
fn the_suggestion_reads_well() {
    let text = document(MIXED);
    let limits = Limits::default();
    let document = read(text.as_bytes(), &limits).unwrap();
    let suggestion = suggest(&[document], &["app.json".to_owned()]);
    insta::assert_snapshot!(suggestion);
}

#[test]
fn what_nobody_knows_is_only_proposed_in_comments() {
    let text = document(&[
        ("pkg:npm/known@1.0.0", "MIT"),
        ("pkg:npm/silent@1.0.0", ""),
        ("pkg:npm/custom@1.0.0", "LicenseRef-acme"),
        ("pkg:npm/none@1.0.0", "NOASSERTION"),
        ("", "MIT"),
    ]);
    let limits = Limits::default();
    let document = read(text.as_bytes(), &limits).unwrap();
    let suggestion = suggest(std::slice::from_ref(&document), &["app.json".to_owned()]);
    assert_eq!(
        objected(&document, &suggestion),
        [Code::ComponentUnidentified, Code::LicenceUnknown],
        "{suggestion}"
    );
    let active: Vec<&str> = suggestion.lines().filter(|line| !line.starts_with('#')).collect();
    for word in [
        "unknown",
        "exception",
        "LicenseRef",
        "NOASSERTION",
        "named",
        "part-4",
    ] {
        assert!(
            !active.iter().any(|line| line.contains(word)),
            "{word}: {suggestion}"
        );
    }
    for proposed in [
        "# package = \"pkg:npm/silent\"",
        "# unknown = true # states LicenseRef-acme",
        "part-4",
    ] {
        assert!(suggestion.contains(proposed), "{proposed}: {suggestion}");
    }
}

#[test]
fn texts_of_strangers_stay_in_their_strings_and_comments() {
    let hostile = r#"a\"\n[sbom.components]\nunidentified = \"allow\" \u202e"#;
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[
            {{"type":"library","name":"{hostile}","supplier":{{"name":"{hostile}"}},"licenses":[{{"license":{{"name":"{hostile}"}}}}]}},
            {{"type":"library","name":"{hostile}"}},
            {{"type":"library","name":"fine","purl":"pkg:npm/fi%22ne@1","licenses":[{{"license":{{"id":"MIT"}}}}]}}]}}"#
    );
    let limits = Limits::default();
    let document = read(text.as_bytes(), &limits).unwrap();
    let suggestion = suggest(&[document], &["a\nb.json".to_owned()]);
    assert!(suggestion.is_ascii(), "{suggestion}");
    let active = suggestion.lines().filter(|line| !line.starts_with('#'));
    assert!(
        active.clone().all(|line| !line.contains("unidentified")),
        "{suggestion}"
    );
    assert!(policy(&suggestion).is_ok(), "{suggestion}");
    assert!(
        policy(
            &suggestion
                .replace("# [[sbom.components.named]]", "[[sbom.components.named]]")
                .replace("# name", "name")
                .replace("# supplier", "supplier")
        )
        .is_ok(),
        "{suggestion}"
    );
}
