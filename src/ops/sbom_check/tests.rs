mod surprises;
mod trimming;

use std::path::Path;

use super::*;
use crate::ops::verify::{AttestedSbom, VexEvidence};
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
            sboms: Vec::new(),
            findings: Vec::new(),
        },
        predicates: Vec::new(),
        sboms,
        named: vec![digest()],
        beside_sbom: crate::ops::verify::Beside::default(),
        demands_sbom: true,
        open: Vec::new(),
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

fn check_under(outcome: &mut Outcome, rules: &SbomRules) {
    let (limits, now) = (Limits::default(), now());
    check(outcome, &Asked::new(rules, &limits, now), &Acceptances::default());
}

/// The verdict, and the codes of what denies or warns.
fn decide(text: &str, policy: &str) -> (Verdict, Vec<Code>) {
    let mut outcome = outcome(vec![attested(text.to_owned(), None)], Verdict::Allowed);
    check_under(&mut outcome, &rules(policy));
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
        check_under(&mut outcome, &rules("[sbom]"));
        assert_eq!(outcome.report.verdict, verdict);
        assert_eq!(outcome.report.findings, []);
    }
}

#[test]
fn without_an_sbom_nothing_is_allowed() {
    let mut outcome = outcome(Vec::new(), Verdict::Allowed);
    check_under(&mut outcome, &rules("[sbom]"));
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
            check_under(&mut outcome, &rules(policy));
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
    check_under(&mut outcome, &rules("[sbom.licences]\ndeny = [\"MIT\"]"));
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

/// The codes of everything that was found.
fn all_codes(outcome: &Outcome) -> Vec<Code> {
    let findings = outcome.report.findings.iter();
    findings.map(|finding| finding.code).collect()
}

#[test]
fn where_any_is_enough_one_that_passes_decides_and_the_report_says_which() {
    let good = || attested(document(&digest(), LEFT_PAD, ""), Some(1));
    let bad = || attested(document(&Digest::sha256(b"another"), LEFT_PAD, ""), Some(2));
    let any = rules("[sbom]\nrequire = \"any\"");
    for (sboms, verdict, counted) in [
        (vec![bad(), good()], Verdict::Allowed, vec![false, true]),
        (vec![good(), bad()], Verdict::Allowed, vec![true, false]),
        (vec![bad()], Verdict::Denied, vec![true]),
        (vec![bad(), bad()], Verdict::Denied, vec![true, true]),
    ] {
        let mut outcome = outcome(sboms, Verdict::Allowed);
        check_under(&mut outcome, &any);
        let told: Vec<bool> = outcome.report.sboms.iter().map(|sbom| sbom.counted).collect();
        assert_eq!((outcome.report.verdict, told), (verdict, counted));
        let denies = outcome
            .report
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Deny);
        assert_eq!(denies, verdict == Verdict::Denied);
    }
}

#[test]
fn the_report_says_which_of_several_counted() {
    let old = attested(document(&Digest::sha256(b"another"), LEFT_PAD, ""), Some(1));
    let new = attested(document(&digest(), LEFT_PAD, ""), Some(2));
    let mut outcome = outcome(vec![old, new], Verdict::Allowed);
    check_under(&mut outcome, &rules("[sbom]\nrequire = \"latest\""));
    assert_eq!(all_codes(&outcome), [Code::SbomNotCounted, Code::SbomChecked]);
    let counted: Vec<bool> = outcome.report.sboms.iter().map(|sbom| sbom.counted).collect();
    assert_eq!(counted, [false, true]);
    let document = document(&digest(), LEFT_PAD, "");
    assert_eq!(
        outcome.report.sboms[1].digest,
        Digest::sha256(document.as_bytes())
    );
}

#[test]
fn what_needs_every_sbom_is_undecided_until_every_place_answered() {
    let place = || Finding::new(Code::PlaceFailed, "registry.example: 503");
    let baseline = Baseline::file("old.json".to_owned(), document(&digest(), LEFT_PAD, "").into());
    for (policy, with_baseline, verdict) in [
        ("[sbom]", false, Verdict::Undecided),
        ("[sbom]\nrequire = \"latest\"", false, Verdict::Undecided),
        ("[sbom]\nrequire = \"any\"", false, Verdict::Allowed),
        ("[sbom]\nrequire = \"any\"", true, Verdict::Undecided),
    ] {
        let good = attested(document(&digest(), LEFT_PAD, ""), None);
        let mut outcome = outcome(vec![good], Verdict::Allowed);
        outcome.open.push(place());
        let (rules, limits) = (rules(policy), Limits::default());
        let asked = Asked {
            baseline: with_baseline.then_some(&baseline),
            ..Asked::new(&rules, &limits, now())
        };
        check(&mut outcome, &asked, &Acceptances::default());
        assert_eq!(outcome.report.verdict, verdict, "{policy} {with_baseline}");
        let told = all_codes(&outcome).contains(&Code::PlaceFailed);
        assert_eq!(told, verdict == Verdict::Undecided, "{policy}");
    }
}

/// What becomes of a given file.
fn decide_given(
    text: &str,
    cover: Cover,
    kind: SubjectKind,
    policy: &str,
    change: impl FnOnce(&mut Outcome),
) -> (Verdict, Vec<Code>) {
    let given = Given {
        label: "app.cdx.json".to_owned(),
        digest: Digest::sha256(text.as_bytes()),
        content: Content::Memory(text.as_bytes().to_vec()),
        cover,
    };
    let mut outcome = outcome(Vec::new(), Verdict::NoEvidence);
    outcome.report.kind = kind;
    outcome
        .report
        .findings
        .push(Finding::new(Code::NoEvidence, "no attestation was found"));
    change(&mut outcome);
    let (rules, limits) = (rules(policy), Limits::default());
    let asked = Asked {
        given: Some(&given),
        ..Asked::new(&rules, &limits, now())
    };
    check(&mut outcome, &asked, &Acceptances::default());
    (outcome.report.verdict, all_codes(&outcome))
}

#[test]
fn a_given_sbom_counts_for_an_image_only_if_something_signed_covers_it() {
    use SubjectKind::{Digest as D, File, Image};
    let good = document(&digest(), LEFT_PAD, "");
    let unbound = good
        .replace(r#""alg":"SHA-256""#, r#""alg":"MD5""#)
        .replace(&digest().to_hex(), &"0".repeat(32));
    let other = document(&Digest::sha256(b"another"), LEFT_PAD, "");
    let signed = || Cover::Signed("b.json".to_owned());
    let refused = || Cover::Refused(vec![Finding::new(Code::IdentityMismatch, "another")]);
    let open = || Cover::Open(vec![Finding::new(Code::PlaceFailed, "a place")]);
    let deny = "[sbom]\nunauthenticated = \"deny\"";
    let rows: [(&str, &str, Cover, SubjectKind, &str, Verdict, Code); 12] = [
        (
            "unsigned, a file",
            &good,
            Cover::Nothing,
            File,
            "[sbom]",
            Verdict::Allowed,
            Code::SbomUnauthenticated,
        ),
        (
            "unsigned, denied",
            &good,
            Cover::Nothing,
            File,
            deny,
            Verdict::Denied,
            Code::SbomUnauthenticated,
        ),
        (
            "unsigned, an image",
            &good,
            Cover::Nothing,
            Image,
            "[sbom]",
            Verdict::Denied,
            Code::SbomUnauthenticated,
        ),
        (
            "unsigned, a digest",
            &good,
            Cover::Nothing,
            D,
            "[sbom]",
            Verdict::Denied,
            Code::SbomUnauthenticated,
        ),
        (
            "signed, an image",
            &good,
            signed(),
            Image,
            "[sbom]",
            Verdict::Allowed,
            Code::SbomChecked,
        ),
        (
            "signed, unbound, an image",
            &unbound,
            signed(),
            Image,
            "[sbom]",
            Verdict::Denied,
            Code::SbomRootUnbound,
        ),
        (
            "signed, unbound, a file",
            &unbound,
            signed(),
            File,
            "[sbom]",
            Verdict::Allowed,
            Code::SbomRootUnbound,
        ),
        (
            "signed, another artifact",
            &other,
            signed(),
            Image,
            "[sbom]",
            Verdict::Denied,
            Code::SbomDigestMismatch,
        ),
        (
            "unsigned, another artifact",
            &other,
            Cover::Nothing,
            File,
            "[sbom]",
            Verdict::Denied,
            Code::SbomDigestMismatch,
        ),
        (
            "badly signed",
            &good,
            refused(),
            File,
            "[sbom]",
            Verdict::Denied,
            Code::SbomUnauthenticated,
        ),
        (
            "not known",
            &good,
            open(),
            Image,
            "[sbom]",
            Verdict::Undecided,
            Code::PlaceFailed,
        ),
        (
            "unreadable, never read for an image",
            "[[[",
            Cover::Nothing,
            Image,
            "[sbom]",
            Verdict::Denied,
            Code::SbomUnauthenticated,
        ),
    ];
    for (what, text, cover, kind, policy, verdict, code) in rows {
        let (found, codes) = decide_given(text, cover, kind, policy, |_| {});
        assert_eq!(found, verdict, "{what}: {codes:?}");
        assert!(codes.contains(&code), "{what}: {codes:?}");
        assert!(!codes.contains(&Code::NoEvidence), "{what}: {codes:?}");
    }
}

#[test]
fn a_given_sbom_that_is_attested_or_named_beside_the_subject_is_authenticated() {
    let good = document(&digest(), LEFT_PAD, "");
    let same = |outcome: &mut Outcome| outcome.sboms.push(attested(good.clone(), None));
    let named = |outcome: &mut Outcome| outcome.named.push(Digest::sha256(good.as_bytes()));
    let almost = |outcome: &mut Outcome| outcome.sboms.push(attested(good.replace("1.3.0", "1.3.1"), None));
    let image = SubjectKind::Image;
    let file = format!("{good}\n");
    assert_eq!(
        decide_given(&file, Cover::Nothing, image, "[sbom]", same).0,
        Verdict::Allowed
    );
    assert_eq!(
        decide_given(&good, Cover::Nothing, image, "[sbom]", named).0,
        Verdict::Allowed
    );
    assert_eq!(
        decide_given(&good, Cover::Nothing, image, "[sbom]", almost).0,
        Verdict::Denied
    );
}

#[test]
fn a_given_sbom_changes_nothing_about_what_else_is_demanded() {
    let good = document(&digest(), LEFT_PAD, "");
    for verdict in [Verdict::Denied, Verdict::NoEvidence, Verdict::Undecided] {
        let demanded = |outcome: &mut Outcome| outcome.beside_sbom.verdict = Some(verdict);
        let decided = decide_given(&good, Cover::Nothing, SubjectKind::File, "[sbom]", demanded);
        assert_eq!(decided, (verdict, Vec::new()));
    }
    // The same SBOM may be attested where nobody answered.
    let open = |outcome: &mut Outcome| outcome.open.push(Finding::new(Code::PlaceFailed, "503"));
    let (verdict, codes) = decide_given(&good, Cover::Nothing, SubjectKind::Image, "[sbom]", open);
    assert_eq!((verdict, codes), (Verdict::Undecided, vec![Code::PlaceFailed]));
}

/// What becomes of a document beside a baseline.
fn drifted(old: &str, new: &str, policy: &str) -> (Verdict, Vec<String>) {
    let baseline = Baseline::file("old.json".to_owned(), document(&digest(), old, "").into());
    let mut outcome = outcome(
        vec![attested(document(&digest(), new, ""), None)],
        Verdict::Allowed,
    );
    let (rules, limits) = (rules(policy), Limits::default());
    let asked = Asked {
        baseline: Some(&baseline),
        ..Asked::new(&rules, &limits, now())
    };
    check(&mut outcome, &asked, &Acceptances::default());
    let drift = outcome
        .report
        .findings
        .iter()
        .filter(|finding| finding.code == Code::SbomDrift);
    let told = drift.map(|finding| format!("{:?} {}", finding.severity, finding.message));
    (outcome.report.verdict, told.collect())
}

#[test]
fn routine_bumps_flow_and_surprises_stop() {
    use Verdict::{Allowed as A, Denied as D};
    let later = LEFT_PAD.replace("1.3.0", "1.4.0");
    let odd = LEFT_PAD.replace("1.3.0", "nightly");
    let licence = LEFT_PAD.replace("MIT", "BSD-3-Clause");
    let supplier = LEFT_PAD.replace(r#""name""#, r#""supplier":{"name":"Eve"},"name""#);
    let hash = |digit: &str| {
        let hash = format!(
            r#""hashes":[{{"alg":"SHA-256","content":"{}"}}],"name""#,
            digit.repeat(64)
        );
        LEFT_PAD.replace(r#""name""#, &hash)
    };
    let more = format!(
        "{LEFT_PAD},{}",
        LEFT_PAD
            .replace("\"l\"", "\"r\"")
            .replace("left-pad", "right-pad")
    );
    let (one, two) = (hash("1"), hash("2"));
    let rows: [(&str, &str, &str, Verdict, &str); 9] = [
        ("nothing", LEFT_PAD, LEFT_PAD, A, ""),
        ("up", LEFT_PAD, &later, A, ""),
        (
            "down",
            &later,
            LEFT_PAD,
            D,
            "Deny pkg:npm/left-pad is in an earlier version (line 1 of the SBOM)",
        ),
        ("changed", LEFT_PAD, &odd, D, "cannot be told"),
        (
            "added",
            LEFT_PAD,
            &more,
            D,
            "Deny pkg:npm/right-pad is new (line 1 of the SBOM)",
        ),
        ("removed", &more, LEFT_PAD, A, "Warning pkg:npm/right-pad is gone"),
        ("licence", LEFT_PAD, &licence, D, "other licences"),
        ("supplier", LEFT_PAD, &supplier, D, "another supplier"),
        ("hash", &one, &two, D, "other hashes at the same version"),
    ];
    for (what, old, new, verdict, words) in rows {
        for policy in ["[sbom]", "[sbom.drift]"] {
            let (found, told) = drifted(old, new, policy);
            assert_eq!(found, verdict, "{what}: {told:?}");
            assert_eq!(told.is_empty(), words.is_empty(), "{what}: {told:?}");
            assert!(told.iter().all(|told| told.contains(words)), "{what}: {told:?}");
        }
    }
}

#[test]
fn a_policy_says_what_becomes_of_each_difference() {
    use Verdict::{Allowed as A, Denied as D};
    let later = LEFT_PAD.replace("1.3.0", "1.4.0");
    let exception = |package: &str, changes: &str, expires: &str| {
        format!(
            "[sbom.drift]\nversion-up = \"deny\"\n[[sbom.drift.exception]]\npackage = \"{package}\"\nchanges = [\"{changes}\"]\nreason = \"r\"\nowner = \"o\"\nexpires = \"{expires}\""
        )
    };
    let rows = [
        ("[sbom.drift]\nversion-up = \"deny\"".to_owned(), D),
        ("[sbom.drift]\nversion-up = \"audit\"".to_owned(), A),
        (
            "[sbom.drift]\nmode = \"audit\"\nversion-up = \"deny\"".to_owned(),
            A,
        ),
        (exception("pkg:npm/*", "version-up", "2099-01-01"), A),
        (exception("pkg:npm/*", "version-down", "2099-01-01"), D),
        (exception("pkg:npm/other", "version-up", "2099-01-01"), D),
        (exception("pkg:npm/*", "version-up", "2020-01-01"), D),
    ];
    for (policy, verdict) in rows {
        let (found, told) = drifted(LEFT_PAD, &later, &policy);
        assert_eq!(found, verdict, "{policy}: {told:?}");
    }
    let (_, told) = drifted(
        LEFT_PAD,
        &later,
        &exception("pkg:npm/*", "version-up", "2020-01-01"),
    );
    assert!(
        told[0].contains("its exception (r) ended on 2020-01-01"),
        "{told:?}"
    );
}

#[test]
fn a_rule_about_differences_without_a_baseline_is_not_met_unless_none_is_required() {
    use Verdict::{Allowed as A, Misconfigured as M};
    let good = document(&digest(), LEFT_PAD, "");
    for (policy, verdict, code) in [
        ("[sbom.drift]", M, Code::BaselineMissing),
        ("[sbom.drift]\nrequired = false", A, Code::SbomDriftUnchecked),
        ("[sbom.drift]\nmode = \"audit\"", A, Code::SbomDriftUnchecked),
    ] {
        let mut outcome = outcome(vec![attested(good.clone(), None)], A);
        check_under(&mut outcome, &rules(policy));
        assert_eq!(outcome.report.verdict, verdict, "{policy}");
        assert!(all_codes(&outcome).contains(&code), "{policy}");
    }
}

#[test]
fn a_baseline_that_nobody_vouches_for_proves_nothing() {
    let good = || attested(document(&digest(), LEFT_PAD, ""), None);
    let of = |sboms: Vec<AttestedSbom>, verdict| outcome(sboms, verdict);
    let mut open = of(vec![good()], Verdict::Allowed);
    open.open.push(Finding::new(Code::PlaceFailed, "503"));
    let other = attested(document(&Digest::sha256(b"another"), LEFT_PAD, ""), None);
    let broken = attested("{".to_owned(), None);
    let rows: [(&str, Vec<Outcome>, Verdict, Code); 8] = [
        (
            "accepted",
            vec![of(vec![good()], Verdict::Allowed)],
            Verdict::Allowed,
            Code::SbomBaseline,
        ),
        (
            "denied",
            vec![of(vec![good()], Verdict::Denied)],
            Verdict::Denied,
            Code::BaselineUnverified,
        ),
        (
            "unsigned",
            vec![of(Vec::new(), Verdict::NoEvidence)],
            Verdict::Denied,
            Code::BaselineUnverified,
        ),
        (
            "without SBOM",
            vec![of(Vec::new(), Verdict::Allowed)],
            Verdict::Denied,
            Code::BaselineUnverified,
        ),
        (
            "of another artifact",
            vec![of(vec![other], Verdict::Allowed)],
            Verdict::Denied,
            Code::BaselineUnverified,
        ),
        (
            "broken",
            vec![of(vec![broken], Verdict::Allowed)],
            Verdict::Denied,
            Code::BaselineUnverified,
        ),
        (
            "out of reach",
            vec![of(Vec::new(), Verdict::Undecided)],
            Verdict::Undecided,
            Code::BaselineUndecided,
        ),
        (
            "not all known",
            vec![open],
            Verdict::Undecided,
            Code::BaselineUndecided,
        ),
    ];
    for (what, outcomes, verdict, code) in rows {
        let baseline = Baseline::subject(outcomes);
        let (rules, limits) = (rules("[sbom.drift]"), Limits::default());
        let mut outcome = of(vec![good()], Verdict::Allowed);
        let asked = Asked {
            baseline: Some(&baseline),
            ..Asked::new(&rules, &limits, now())
        };
        check(&mut outcome, &asked, &Acceptances::default());
        assert_eq!(outcome.report.verdict, verdict, "{what}");
        assert!(
            all_codes(&outcome).contains(&code),
            "{what}: {:?}",
            all_codes(&outcome)
        );
    }
}

/// What is said of a document that is held, and of the same one while it passes.
fn both_ways(text: &str, policy: &str) -> [(Verdict, Vec<String>); 2] {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let contents = [
        Content::Memory(text.as_bytes().to_vec()),
        Content::File(file.path().to_owned()),
    ];
    contents.map(|content| {
        let given = Given {
            label: "large.json".to_owned(),
            digest: Digest::sha256(text.as_bytes()),
            content,
            cover: Cover::Nothing,
        };
        let mut outcome = outcome(Vec::new(), Verdict::NoEvidence);
        let (rules, limits) = (rules(policy), Limits::default());
        let asked = Asked {
            given: Some(&given),
            ..Asked::new(&rules, &limits, now())
        };
        check(&mut outcome, &asked, &Acceptances::default());
        let findings = outcome.report.findings.iter();
        // The way to a component may lead over others that were not kept, and what is broken is told in other words.
        let told = findings.map(|finding| {
            let message = finding.message.split(", by way of").next().unwrap();
            let message = message.split("it cannot be read:").next().unwrap();
            format!("{:?} {} {message}", finding.severity, finding.code.name())
        });
        (outcome.report.verdict, told.collect())
    })
}

#[test]
fn a_document_that_passes_by_is_decided_like_one_that_is_held() {
    let many: Vec<String> = (0..300)
        .map(|number| {
            let licence = if number % 7 == 0 { "GPL-3.0-only" } else { "MIT" };
            LEFT_PAD
                .replace("\"l\"", &format!("\"c{number}\""))
                .replace("left-pad", &format!("package-{}", number % 40))
                .replace("MIT", licence)
        })
        .collect();
    let edges = r#","dependencies":[{"ref":"app","dependsOn":["c1","c2"]},{"ref":"c2","dependsOn":["c3"]}]"#;
    let cycle = r#","dependencies":[{"ref":"c5","dependsOn":["c6"]},{"ref":"c6","dependsOn":["c5"]}]"#;
    let good = document(&digest(), &many.join(",\n"), edges);
    let spdx = format!(
        r#"{{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"a","documentNamespace":"https://e.example/1","creationInfo":{{"created":"2026-01-01T00:00:00Z","creators":["Tool: t"]}},"packages":[{{"SPDXID":"SPDXRef-a","name":"a","licenseDeclared":"MIT","externalRefs":[{{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:npm/a@1"}}]}},{{"SPDXID":"SPDXRef-app","name":"app","checksums":[{{"algorithm":"SHA256","checksumValue":"{}"}}]}},{{"SPDXID":"SPDXRef-b","name":"b","licenseDeclared":"GPL-3.0-only"}}],"relationships":[{{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-app"}}]}}"#,
        digest().to_hex()
    );
    let documents = [
        good.clone(),
        document(&digest(), &many.join(","), cycle),
        document(&Digest::sha256(b"another"), LEFT_PAD, ""),
        document(&digest(), "", ""),
        document(
            &digest(),
            &format!("{LEFT_PAD},{}", LEFT_PAD.replace("1.3.0", "1.4.0")),
            "",
        ),
        spdx.clone(),
        spdx.replace("SPDXRef-app\",\"name", "SPDXRef-other\",\"name"),
        good.replace("GPL-3.0-only", "MIT"),
        good.replace("\"bomFormat\":\"CycloneDX\",", ""),
        "{".to_owned(),
        "{}".to_owned(),
    ];
    let policies = [
        "[sbom]",
        "[sbom]\nrequire-root-digest = true\ncycles = \"audit\"",
        "[sbom.licences]\nallow = [\"MIT\"]\nunknown = \"audit\"",
        "[sbom.components]\n[[sbom.components.deny]]\npackage = \"pkg:npm/package-7\"",
    ];
    let mut verdicts = std::collections::HashSet::new();
    for text in &documents {
        for policy in policies {
            let [held, passing] = both_ways(text, policy);
            assert_eq!(held, passing, "{policy}: {}", &text[..text.len().min(200)]);
            verdicts.insert(held.0.words());
        }
    }
    assert_eq!(verdicts.len(), 2, "both verdicts were seen");
}

/// Whether two components are the same word for word cannot be seen of one that passes by, so it is the stricter way.
#[test]
fn a_component_that_is_stated_twice_denies_a_document_that_passes_by() {
    let [held, passing] = both_ways(
        &document(&digest(), &format!("{LEFT_PAD},{LEFT_PAD}"), ""),
        "[sbom]",
    );
    assert_eq!((held.0, passing.0), (Verdict::Allowed, Verdict::Denied));
}

#[test]
fn what_needs_all_of_a_document_at_once_refuses_one_that_passes_by() {
    let text = document(&digest(), LEFT_PAD, "");
    for policy in [
        "[sbom.drift]\nrequired = false",
        "[sbom.completeness]\nrequire = [\"name\"]",
        "[sbom.vulnerabilities]\ndeny = \"high\"",
    ] {
        let [_, (verdict, told)] = both_ways(&text, policy);
        assert_eq!(verdict, Verdict::Denied, "{policy}: {told:?}");
        assert!(
            told.iter().any(|told| told.contains("sbom-too-large")),
            "{told:?}"
        );
    }
}

#[test]
fn a_file_that_changes_between_its_readings_is_not_decided() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let good = document(&digest(), LEFT_PAD, "");
    std::fs::write(file.path(), good.replace("MIT", "BSD-3-Clause")).unwrap();
    let given = Given {
        label: "large.json".to_owned(),
        digest: Digest::sha256(good.as_bytes()),
        content: Content::File(file.path().to_owned()),
        cover: Cover::Signed("b.json".to_owned()),
    };
    let (rules, limits) = (rules("[sbom]"), Limits::default());
    let asked = Asked {
        given: Some(&given),
        ..Asked::new(&rules, &limits, now())
    };
    let mut outcome = outcome(Vec::new(), Verdict::NoEvidence);
    check(&mut outcome, &asked, &Acceptances::default());
    assert_eq!(outcome.report.verdict, Verdict::Undecided);
    assert!(all_codes(&outcome).contains(&Code::SubjectUnreadable));
}
