//! What is objected to does not depend on the order of the components.

use proptest::prelude::*;

use super::*;
use crate::policy::{Files, parse};
use crate::sbom::{Limits, read};

const POLICY: &str = r#"version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
[sbom.licences]
allow = ["MIT", "Apache-2.0"]
deny = ["AGPL-3.0-only"]
unknown = "audit"
[[sbom.components.allow]]
packages = ["pkg:npm/a", "pkg:npm/b"]
versions = ">=1"
[[sbom.components.deny]]
package = "pkg:npm/b"
versions = "<2"
"#;

fn component_text() -> impl Strategy<Value = String> {
    let purl = prop::sample::select(vec![
        "pkg:npm/a@1.0.0",
        "pkg:npm/a@0.9.0",
        "pkg:npm/a@0.8.0",
        "pkg:npm/b@1.0.0",
        "pkg:npm/b@1.5.0",
        "pkg:npm/c@1.0.0",
        "pkg:npm/c@2.0.0",
        "broken",
    ]);
    let licence = prop::sample::select(vec!["MIT", "MIT AND AGPL-3.0-only", "ISC", "LicenseRef-x"]);
    (purl, licence).prop_map(|(purl, licence)| {
        format!(
            r#"{{"type":"library","name":"x","purl":"{purl}","licenses":[{{"expression":"{licence}"}}]}}"#
        )
    })
}

/// Everything that is said of the objections, but where they stand.
fn said(components: &[String], rules: &SbomRules) -> Vec<String> {
    let text = format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{}]}}"#,
        components.join(",")
    );
    let limits = Limits::default();
    let document = read(text.as_bytes(), &limits).unwrap();
    let components: Vec<&Component<'_>> = document.components.iter().collect();
    let objections = objections(&components, rules, jiff::civil::date(2026, 5, 1));
    let mut said: Vec<String> = objections
        .iter()
        .map(|objection| format!("{:?} {}", objection.ruling.finding, objection.others))
        .collect();
    said.sort();
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_order_of_components_changes_nothing(
        (components, shuffled) in prop::collection::vec(component_text(), 1..12)
            .prop_flat_map(|components| (Just(components.clone()), Just(components).prop_shuffle()))
    ) {
        let files = Files {
            folder: std::path::Path::new("."),
            read: &|_| Err("no files here".to_owned()),
        };
        let policy = parse("policy.toml", POLICY.as_bytes(), &files).unwrap();
        let rules = policy.sbom().unwrap();
        prop_assert_eq!(said(&components, rules), said(&shuffled, rules));
    }
}
