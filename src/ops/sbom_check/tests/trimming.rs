//! A trimmed document is decided like the whole one, by every rule, also where it is the baseline.

use proptest::prelude::*;

use super::*;
use crate::sbom::trim::trim;

/// A policy with every rule.
const EVERY_RULE: &str = r#"
[sbom]
cycles = "audit"
[sbom.licences]
allow = ["MIT"]
unknown = "audit"
[sbom.components]
unidentified = "audit"
[[sbom.components.deny]]
package = "pkg:npm/b"
versions = "<2"
[sbom.completeness]
require = ["name", "id", "timestamp"]
audit = ["supplier", "relationships", "author"]
[sbom.vulnerabilities]
deny = "high"
[sbom.drift]
removed = "deny"
version-up = "audit"
"#;

/// A component with members that checks read and members that they do not.
fn component() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    let version = 1..4_u8;
    let licence = prop::sample::select(vec![
        "",
        r#","licenses":[{"license":{"id":"MIT","text":{"content":"long"}}}]"#,
        r#","licenses":[{"expression":"MIT OR GPL-3.0-only","bom-ref":"x"}]"#,
        r#","licenses":[{"license":{"name":"odd"}}]"#,
        r#","licenses":[{"license":{"id":7}}]"#,
    ]);
    let more = prop::sample::select(vec![
        "",
        r#","supplier":{"name":"S","url":["https://e.example"]}"#,
        r#","description":"d","properties":[{"name":"n","value":"v"}]"#,
        r#","hashes":[{"alg":"SHA-256","content":"1111111111111111111111111111111111111111111111111111111111111111"}]"#,
        r#","hashes":[{"alg":"SHA-256","content":"22"}],"evidence":{"identity":{}}"#,
        r#","author":"A","cpe":"cpe:2.3:a:a:a:1:*:*:*:*:*:*:*","externalReferences":[]"#,
    ]);
    (name, version, licence, more, any::<bool>()).prop_map(|(name, version, licence, more, has_purl)| {
        let purl = match has_purl {
            true => format!(r#","purl":"pkg:npm/{name}@{version}.0.0""#),
            false => String::new(),
        };
        format!(
            r#"{{"type":"library","bom-ref":"{name}{version}","name":"{name}","version":"{version}.0.0"{purl}{licence}{more}}}"#
        )
    })
}

/// A document about the subject.
fn any_document() -> impl Strategy<Value = String> {
    let head = prop::sample::select(vec![
        "",
        r#""timestamp":"2025-10-09T00:00:00Z","authors":[{"name":"N","phone":"1"}],"tools":[{"name":"t","vendor":"v"}],"#,
    ]);
    let rest = prop::sample::select(vec![
        "",
        r#","dependencies":[{"ref":"app","dependsOn":["a1","b1"],"provides":[]},{"ref":"a1","dependsOn":["a1"]}]"#,
        r#","vulnerabilities":[{"id":"CVE-1","description":"d","ratings":[{"severity":"critical","vector":"x"}],"affects":[{"ref":"a1"}],"cwes":[1]}]"#,
        r#","vulnerabilities":[{"id":"CVE-1","ratings":[{"severity":"high"}],"analysis":{"state":"not_affected","detail":"d"},"affects":[{"ref":"b1","versions":[{"version":"1.0.0"}]}]}]"#,
        r#","services":[{"name":"s"}],"annotations":[]"#,
    ]);
    (head, prop::collection::vec(component(), 0..5), rest).prop_map(|(head, components, rest)| {
        let text = document(&digest(), &components.join(","), rest);
        text.replace(r#""metadata":{"#, &format!(r#""metadata":{{{head}"#))
    })
}

/// The verdict and the codes, in their order, of a document beside a baseline.
fn decide_all(old: &str, new: &str) -> (Verdict, Vec<Code>) {
    let baseline = Baseline::file("old.json".to_owned(), old.into());
    let mut outcome = outcome(vec![attested(new.to_owned(), None)], Verdict::Allowed);
    let (rules, limits) = (rules(EVERY_RULE), Limits::default());
    let asked = Asked {
        baseline: Some(&baseline),
        ..Asked::new(&rules, &limits, now())
    };
    check(&mut outcome, &asked, &Acceptances::default());
    (outcome.report.verdict, all_codes(&outcome))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_trimmed_document_is_decided_like_the_whole(old in any_document(), new in any_document()) {
        let small = |text: &str| trim(text.as_bytes(), &Limits::default()).unwrap().unwrap();
        let whole = decide_all(&old, &new);
        prop_assert_eq!(&whole, &decide_all(&old, &small(&new)), "{}", new);
        prop_assert_eq!(&whole, &decide_all(&small(&old), &new), "{}", old);
    }
}
