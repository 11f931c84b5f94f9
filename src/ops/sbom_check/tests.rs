use std::path::Path;

use super::*;
use crate::ops::verify::VexEvidence;
use crate::policy::{Files, parse};
use crate::report::{SubjectKind, SubjectReport};
use crate::sbom::binding::{Thing, Verified};
use crate::subject::Digest;

const HEAD: &str = r#"
version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
"#;

fn rules(text: &str) -> SbomRules {
    let files = Files {
        folder: Path::new("."),
        read: &|_| Err("no files here".to_owned()),
    };
    let policy = parse("policy.toml", format!("{HEAD}{text}").as_bytes(), &files).unwrap();
    policy.sbom().unwrap().clone()
}

fn digest() -> Digest {
    Digest::sha256(b"the artifact")
}

/// A CycloneDX document whose root carries this digest.
fn document(digest: &Digest, components: &str, more: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"type":"application","name":"app","bom-ref":"app","hashes":[{{"alg":"SHA-256","content":"{}"}}]}}}},"components":[{components}]{more}}}"#,
        digest.to_hex()
    )
}

const LEFT_PAD: &str = r#"{"type":"library","bom-ref":"l","name":"left-pad","version":"1.3.0","purl":"pkg:npm/left-pad@1.3.0","licenses":[{"license":{"id":"MIT"}}]}"#;

fn attested(text: String, second: Option<i64>) -> AttestedSbom {
    AttestedSbom {
        text,
        predicate_type: "https://cyclonedx.org/bom".to_owned(),
        made: second.map(|second| Timestamp::from_second(second).unwrap()),
        location: "bundle.json".to_owned(),
    }
}

fn outcome(sboms: Vec<AttestedSbom>, verdict: Verdict) -> Outcome {
    Outcome {
        report: SubjectReport {
            input: "app".to_owned(),
            kind: SubjectKind::File,
            name: "app".to_owned(),
            digest: Some(digest()),
            platform: None,
            verdict,
            places: Vec::new(),
            candidates: Vec::new(),
            findings: Vec::new(),
        },
        predicates: Vec::new(),
        sboms,
        digests: vec![Verified {
            digest: digest(),
            of: Thing::Subject,
        }],
        vex: VexEvidence::default(),
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_760_000_000).unwrap()
}

/// The verdict, and the codes of what denies or warns.
fn decide(text: &str, policy: &str) -> (Verdict, Vec<Code>) {
    let mut outcome = outcome(vec![attested(text.to_owned(), None)], Verdict::Allowed);
    check(&mut outcome, &rules(policy), &Acceptances::default(), now());
    let findings = outcome.report.findings.iter();
    let codes = findings.filter(|finding| finding.severity != Severity::Info);
    (
        outcome.report.verdict,
        codes.map(|finding| finding.code).collect(),
    )
}

#[test]
fn a_document_is_decided_by_its_binding_its_shape_and_its_rules() {
    use Verdict::{Allowed as A, Denied as D};
    let good = document(&digest(), LEFT_PAD, "");
    let other = document(&Digest::sha256(b"another"), LEFT_PAD, "");
    let cyclic = document(
        &digest(),
        LEFT_PAD,
        r#","dependencies":[{"ref":"app","dependsOn":["l"]},{"ref":"l","dependsOn":["l"]}]"#,
    );
    let unbound = good
        .replace(r#""alg":"SHA-256""#, r#""alg":"MD5""#)
        .replace(&digest().to_hex(), &"0".repeat(32));
    let no_licence = good.replace(r#","licenses":[{"license":{"id":"MIT"}}]"#, "");
    let odd_licence = good.replace(r#""id":"MIT""#, r#""id":1"#);
    let twice = good.replace(
        r#""specVersion":"1.6""#,
        r#""specVersion":"1.6","specVersion":"1.6""#,
    );
    let mit = "[sbom.licences]\nallow = [\"MIT\"]";
    let apache = "[sbom.licences]\nallow = [\"Apache-2.0\"]";
    let rows: [(&str, &str, &str, Verdict, &[Code]); 18] = [
        ("good", &good, "[sbom]", A, &[]),
        (
            "another artifact",
            &other,
            "[sbom]",
            D,
            &[Code::SbomDigestMismatch],
        ),
        ("unbound", &unbound, "[sbom]", A, &[Code::SbomRootUnbound]),
        (
            "unbound, demanded",
            &unbound,
            "[sbom]\nrequire-root-digest = true",
            D,
            &[Code::SbomRootUnbound],
        ),
        ("a cycle", &cyclic, "[sbom]", D, &[Code::SbomCyclic]),
        (
            "a cycle, audited",
            &cyclic,
            "[sbom]\ncycles = \"audit\"",
            A,
            &[Code::SbomCyclic],
        ),
        ("a cycle, off", &cyclic, "[sbom]\ncycles = \"off\"", A, &[]),
        (
            "no components",
            &document(&digest(), "", ""),
            "[sbom]",
            D,
            &[Code::SbomNoComponents],
        ),
        ("empty", "{}", "[sbom]", D, &[Code::SbomUnsupported]),
        ("cut off", r#"{"bomFormat":"#, "[sbom]", D, &[Code::SbomMalformed]),
        ("a key twice", &twice, "[sbom]", D, &[Code::DuplicateKey]),
        ("licence allowed", &good, mit, A, &[]),
        (
            "licence not allowed",
            &good,
            apache,
            D,
            &[Code::LicenceNotAllowed],
        ),
        ("licence missing", &no_licence, mit, D, &[Code::LicenceUnknown]),
        ("licence unreadable", &odd_licence, "[sbom]", A, &[]),
        (
            "component denied",
            &good,
            "[[sbom.components.deny]]\npackage = \"pkg:npm/left-pad\"",
            D,
            &[Code::ComponentDenied],
        ),
        (
            "another version denied",
            &good,
            "[[sbom.components.deny]]\npackage = \"pkg:npm/left-pad\"\nversions = \"<1.3\"",
            A,
            &[],
        ),
        (
            "component not allowed",
            &good,
            "[[sbom.components.allow]]\npackage = \"pkg:npm/right-pad\"",
            D,
            &[Code::ComponentNotAllowed],
        ),
    ];
    for (what, text, policy, verdict, codes) in rows {
        assert_eq!(decide(text, policy), (verdict, codes.to_vec()), "{what}");
    }
    let (verdict, codes) = decide(&odd_licence, mit);
    assert!(
        verdict == D && codes.contains(&Code::SbomFieldUnreadable),
        "{codes:?}"
    );
}

#[test]
fn nothing_is_read_of_a_subject_that_was_not_allowed() {
    for verdict in [
        Verdict::Denied,
        Verdict::NoEvidence,
        Verdict::Undecided,
        Verdict::Misconfigured,
    ] {
        let mut outcome = outcome(vec![attested("[[[".to_owned(), None)], verdict);
        check(&mut outcome, &rules("[sbom]"), &Acceptances::default(), now());
        assert_eq!(outcome.report.verdict, verdict);
        assert_eq!(outcome.report.findings, []);
    }
}

#[test]
fn without_an_sbom_nothing_is_allowed() {
    let mut outcome = outcome(Vec::new(), Verdict::Allowed);
    check(&mut outcome, &rules("[sbom]"), &Acceptances::default(), now());
    assert_eq!(outcome.report.verdict, Verdict::NoEvidence);
    assert_eq!(outcome.report.findings[0].code, Code::NoEvidence);
}

#[test]
fn every_sbom_has_to_pass_or_the_newest_where_the_policy_says_so() {
    let good = || document(&digest(), LEFT_PAD, "");
    let bad = || document(&Digest::sha256(b"another"), LEFT_PAD, "");
    let rows = [
        (
            "older bad",
            vec![(bad(), Some(1)), (good(), Some(2))],
            Verdict::Denied,
            Verdict::Allowed,
        ),
        (
            "newer bad",
            vec![(good(), Some(1)), (bad(), Some(2))],
            Verdict::Denied,
            Verdict::Denied,
        ),
        (
            "same time",
            vec![(good(), Some(2)), (bad(), Some(2))],
            Verdict::Denied,
            Verdict::Denied,
        ),
        (
            "bad without a time",
            vec![(bad(), None), (good(), Some(2))],
            Verdict::Denied,
            Verdict::Allowed,
        ),
        (
            "no times",
            vec![(bad(), None), (good(), None)],
            Verdict::Denied,
            Verdict::Denied,
        ),
    ];
    for (what, sboms, all, latest) in rows {
        for (policy, expected) in [("[sbom]", all), ("[sbom]\nrequire = \"latest\"", latest)] {
            let sboms = sboms
                .iter()
                .map(|(text, made)| attested(text.clone(), *made))
                .collect();
            let mut outcome = outcome(sboms, Verdict::Allowed);
            check(&mut outcome, &rules(policy), &Acceptances::default(), now());
            assert_eq!(outcome.report.verdict, expected, "{what} under {policy}");
        }
    }
}

#[test]
fn what_several_roots_are_is_looked_at_too() {
    let spdx = r#"{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","documentDescribes":["SPDXRef-a","SPDXRef-b"],"packages":[{"SPDXID":"SPDXRef-a","name":"a","licenseDeclared":"MIT"},{"SPDXID":"SPDXRef-b","name":"b","licenseDeclared":"GPL-3.0-only","licenseConcluded":"NOASSERTION"},{"SPDXID":"SPDXRef-c","name":"c","licenseDeclared":"MIT","licenseConcluded":"NOASSERTION"}]}"#;
    let (verdict, codes) = decide(spdx, "[sbom.licences]\nallow = [\"MIT\"]");
    assert_eq!(verdict, Verdict::Denied);
    assert_eq!(codes, [Code::SbomRootUnbound, Code::LicenceNotAllowed]);
}

#[test]
fn a_finding_names_the_policy_line_the_sbom_line_and_the_way_there() {
    let again = LEFT_PAD.replace("\"l\"", "\"m\"").replace("1.3.0", "1.2.0");
    let text = document(
        &digest(),
        &format!("{LEFT_PAD},\n{again}"),
        r#","dependencies":[{"ref":"app","dependsOn":["m"]},{"ref":"m","dependsOn":["l"]}]"#,
    );
    let mut outcome = outcome(vec![attested(text, None)], Verdict::Allowed);
    check(
        &mut outcome,
        &rules("[sbom.licences]\ndeny = [\"MIT\"]"),
        &Acceptances::default(),
        now(),
    );
    let denied = outcome
        .report
        .findings
        .iter()
        .find(|finding| finding.code == Code::LicenceDenied);
    let finding = denied.unwrap();
    assert_eq!(finding.message, "pkg:npm/left-pad needs MIT, which is denied");
    let place = finding.sbom.as_ref().unwrap();
    assert_eq!(place.document, "bundle.json");
    assert_eq!(
        place.path.as_deref(),
        Some(".components[0].licenses[0].license.id")
    );
    assert_eq!((place.line, place.others), (1, 1));
    assert_eq!(place.reached_by, ["app", "left-pad@1.2.0", "left-pad@1.3.0"]);
    assert!(
        place.excerpt.as_ref().unwrap().contains(r#"{"id":"MIT"}"#),
        "{place:?}"
    );
    assert_eq!(finding.origin.as_ref().unwrap().line, Some(11));
}
