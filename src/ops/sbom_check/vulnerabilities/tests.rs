//! Stated vulnerabilities by tables: what VEX excuses and what it does not.

use std::path::Path;

use jiff::Timestamp;

use crate::ops::sbom_check::{Asked, check};
use crate::ops::verify::{AttestedSbom, AttestedVex, Beside, Outcome, VexEvidence};
use crate::policy::{Acceptances, Files, SbomRules, parse};
use crate::report::{Code, Finding, SubjectKind, SubjectReport, Verdict};
use crate::sbom::Limits;
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
[[attestation]]
type = "openvex"
pins = ["dev"]
optional = true
[sbom]
"#;

const HIGH: &str = "[sbom.vulnerabilities]\ndeny = \"high\"";
const LEFT_PAD: &str = "pkg:npm/left-pad@1.3.0";

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

/// A document about the artifact with two components and these vulnerabilities.
fn sbom(vulnerabilities: &str) -> String {
    format!(
        r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata":{{"component":{{"type":"application","name":"app","bom-ref":"app","purl":"pkg:generic/app@2","hashes":[{{"alg":"SHA-256","content":"{}"}}]}}}},
        "components":[{{"type":"library","bom-ref":"l","name":"left-pad","version":"1.3.0","purl":"{LEFT_PAD}?arch=any","hashes":[{{"alg":"SHA-256","content":"{}"}}]}},
        {{"type":"library","bom-ref":"m","name":"unnamed","version":"1"}}],
        "dependencies":[{{"ref":"app","dependsOn":["l"]}}],
        "vulnerabilities":[
        {vulnerabilities}]}}"#,
        digest().to_hex(),
        "a".repeat(64)
    )
}

/// A vulnerability of `left-pad`.
fn of_left_pad(more: &str) -> String {
    format!(r#"{{"id":"CVE-1","references":[{{"id":"GHSA-1"}}],"affects":[{{"ref":"l"}}]{more}}}"#)
}

const RATED_HIGH: &str = r#","ratings":[{"severity":"high"}]"#;

/// A VEX document of one version with these statements.
fn vex_document(version: u64, statements: &str) -> String {
    format!(
        r#"{{"@context":"https://openvex.dev/ns/v0.2.0","@id":"urn:vex:1","author":"A","timestamp":"2025-01-01T00:00:00Z","version":{version},"statements":[{statements}]}}"#
    )
}

/// A statement about CVE-1 of products, at a second of one minute.
fn statement(status: &str, products: &str, second: u32) -> String {
    format!(
        r#"{{"vulnerability":{{"name":"CVE-1"}},"status":"{status}","timestamp":"2025-02-01T00:00:{second:02}Z","justification":"vulnerable_code_not_present"{products}}}"#
    )
}

/// What the rule and VEX make of a document.
fn ask(text: String, vex: &[String], is_complete: bool, policy: &str) -> (Verdict, Vec<Finding>) {
    let documents = vex.iter().map(|text| AttestedVex {
        text: text.clone(),
        location: "vex.json".to_owned(),
    });
    let mut outcome = Outcome {
        report: SubjectReport {
            input: "app".to_owned(),
            kind: SubjectKind::File,
            name: "app".to_owned(),
            digest: Some(digest()),
            platform: None,
            verdict: Verdict::Allowed,
            places: Vec::new(),
            candidates: Vec::new(),
            sboms: Vec::new(),
            findings: Vec::new(),
        },
        predicates: Vec::new(),
        sboms: vec![AttestedSbom {
            text,
            predicate_type: "https://cyclonedx.org/bom".to_owned(),
            made: None,
            location: "bundle.json".to_owned(),
        }],
        named: Vec::new(),
        beside_sbom: Beside::default(),
        demands_sbom: true,
        open: Vec::new(),
        digests: vec![Verified {
            digest: digest(),
            of: Thing::Subject,
        }],
        vex: VexEvidence {
            documents: documents.collect(),
            is_complete,
        },
    };
    let now = Timestamp::from_second(1_760_000_000).unwrap();
    let (rules, limits) = (rules(policy), Limits::default());
    check(
        &mut outcome,
        &Asked::new(&rules, &limits, now),
        &Acceptances::default(),
    );
    (outcome.report.verdict, outcome.report.findings)
}

fn about_vulnerabilities(findings: &[Finding]) -> Vec<&Finding> {
    let told = findings.iter().filter(|finding| {
        let name = finding.code.name();
        name.starts_with("vulnerability-") || name.starts_with("vex-")
    });
    told.collect()
}

/// Whether VEX documents excuse a high CVE-1 of `left-pad`, and what is said about it.
fn excuses(vex: &[String]) -> (bool, String) {
    let (verdict, findings) = ask(sbom(&of_left_pad(RATED_HIGH)), vex, true, HIGH);
    let told = about_vulnerabilities(&findings);
    let [finding] = told.as_slice() else {
        panic!("{findings:?}");
    };
    let expected = match finding.code {
        Code::VulnerabilityExcused => Verdict::Allowed,
        _ => Verdict::Denied,
    };
    assert_eq!(verdict, expected, "{finding:?}");
    (verdict == Verdict::Allowed, finding.message.clone())
}

#[test]
fn a_stated_vulnerability_is_decided_by_its_severity() {
    let rows: [(&str, &str, &[Code]); 9] = [
        (RATED_HIGH, HIGH, &[Code::VulnerabilityDenied]),
        (
            r#","ratings":[{"severity":"low"},{"score":9.1,"method":"CVSSv31"}]"#,
            HIGH,
            &[Code::VulnerabilityDenied],
        ),
        (r#","ratings":[{"severity":"medium"}]"#, HIGH, &[]),
        ("", HIGH, &[Code::VulnerabilityUnrated]),
        (
            r#","ratings":[{"severity":"low"},{"vector":"CVSS:3.1/AV:N"}]"#,
            HIGH,
            &[Code::VulnerabilityUnrated],
        ),
        (
            "",
            "[sbom.vulnerabilities]\ndeny = \"high\"\nunknown = \"allow\"",
            &[],
        ),
        (
            RATED_HIGH,
            "[sbom.vulnerabilities]\ndeny = \"high\"\nmode = \"off\"",
            &[],
        ),
        (RATED_HIGH, "[sbom.licences]\nmode = \"off\"", &[]),
        (RATED_HIGH, "[sbom.vulnerabilities]\ndeny = \"critical\"", &[]),
    ];
    for (ratings, policy, expected) in rows {
        let (verdict, findings) = ask(sbom(&of_left_pad(ratings)), &[], true, policy);
        let codes: Vec<Code> = about_vulnerabilities(&findings)
            .iter()
            .map(|finding| finding.code)
            .collect();
        assert_eq!(codes, expected, "{ratings} {policy}");
        let denied = !expected.is_empty();
        assert_eq!(verdict == Verdict::Denied, denied, "{ratings} {policy}");
    }
    let audit = format!("{HIGH}\nmode = \"audit\"");
    let (verdict, findings) = ask(sbom(&of_left_pad(RATED_HIGH)), &[], true, &audit);
    assert_eq!(verdict, Verdict::Allowed);
    assert_eq!(about_vulnerabilities(&findings).len(), 1);
}

#[test]
fn a_rating_that_cannot_be_read_denies_where_the_rule_is_on() {
    let text = sbom(&of_left_pad(
        r#","ratings":[{"severity":"low"},{"severity":"Critical"}]"#,
    ));
    let (verdict, findings) = ask(text.clone(), &[], true, &format!("{HIGH}\nunknown = \"allow\""));
    assert_eq!(verdict, Verdict::Denied);
    let unreadable = findings
        .iter()
        .find(|finding| finding.code == Code::SbomFieldUnreadable);
    assert!(
        unreadable.unwrap().message.contains("line 7: ratings"),
        "{findings:?}"
    );
    let (verdict, _) = ask(text, &[], true, "[sbom.licences]\nmode = \"off\"");
    assert_eq!(verdict, Verdict::Allowed);
}

#[test]
fn a_finding_names_everything_that_a_person_needs() {
    let (_, message) = excuses(&[]);
    assert_eq!(message, "pkg:npm/left-pad has CVE-1, which is rated high");
    let (excused, message) = excuses(&[vex_document(1, &statement("not_affected", "", 1))]);
    assert!(excused);
    assert_eq!(
        message,
        "pkg:npm/left-pad has CVE-1, which is rated high, and is excused: VEX says not_affected: \
         vulnerable_code_not_present, 2025-02-01T00:00:01Z, urn:vex:1 in vex.json"
    );
    let (_, findings) = ask(sbom(&of_left_pad(RATED_HIGH)), &[], true, HIGH);
    let finding = about_vulnerabilities(&findings)[0];
    assert_eq!(finding.origin.as_ref().unwrap().line, Some(16));
    assert_eq!(finding.found.as_deref(), Some("pkg:npm/left-pad@1.3.0?arch=any"));
    let place = finding.sbom.as_ref().unwrap();
    assert_eq!(
        (place.line, place.path.as_deref()),
        (7, Some(".vulnerabilities[0]"))
    );
    assert_eq!(place.reached_by, ["app", "left-pad@1.3.0"]);
}

#[test]
fn only_a_reasoned_not_affected_and_fixed_excuse() {
    for (statement, expected, words) in [
        (statement("not_affected", "", 1), true, "VEX says not_affected"),
        (statement("fixed", "", 1), true, "VEX says fixed"),
        (
            statement("affected", "", 1),
            false,
            "the latest VEX statement says affected (2025-02-01T00:00:01Z, urn:vex:1 in vex.json)",
        ),
        (
            statement("under_investigation", "", 1),
            false,
            "says under_investigation",
        ),
        (
            statement("not_affected", "", 1).replace("vulnerable_code_not_present", "trust me"),
            false,
            "says not_affected and gives no reason",
        ),
        (
            statement("not_affected", r#","impact_statement":"never called""#, 1)
                .replace("vulnerable_code_not_present", "trust me"),
            true,
            "not_affected: never called",
        ),
        (
            statement("fixed", "", 1).replace("CVE-1", "CVE-2"),
            false,
            "which is rated high",
        ),
        (
            statement("fixed", "", 1).replace("CVE-1", "CVE-11"),
            false,
            "which is rated high",
        ),
        (
            statement("fixed", "", 1).replace("CVE-1", "cve-1"),
            true,
            "VEX says fixed",
        ),
        (
            statement("fixed", "", 1).replace("CVE-1", "GHSA-1"),
            true,
            "VEX says fixed",
        ),
        (
            statement("fixed", "", 1).replace("\"CVE-1\"", "\"SNYK-1\",\"aliases\":[\"CVE-1\"]"),
            true,
            "VEX says fixed",
        ),
        (
            statement("fixed", "", 1).replace("2025-02", "2027-02"),
            false,
            "says fixed from a time to come",
        ),
    ] {
        let (excused, message) = excuses(&[vex_document(1, &statement)]);
        assert_eq!(excused, expected, "{statement}: {message}");
        assert!(message.contains(words), "{statement}: {message}");
    }
}

#[test]
fn of_several_statements_the_latest_counts_and_a_contradiction_counts_against() {
    let say = |list: &[(&str, u32)]| {
        let statements = list.iter().map(|(status, second)| statement(status, "", *second));
        statements.collect::<Vec<_>>().join(",")
    };
    for (said, expected) in [
        (vec![("affected", 1), ("fixed", 2)], true),
        (vec![("fixed", 2), ("affected", 1)], true),
        (vec![("fixed", 1), ("affected", 2)], false),
        (vec![("not_affected", 1), ("under_investigation", 2)], false),
        (vec![("fixed", 2), ("affected", 2)], false),
        (vec![("affected", 2), ("fixed", 2)], false),
        (vec![("not_affected", 2), ("fixed", 2)], true),
    ] {
        let (excused, message) = excuses(&[vex_document(1, &say(&said))]);
        assert_eq!(excused, expected, "one document, {said:?}: {message}");
        // The same in documents of their own.
        let documents: Vec<String> = said
            .iter()
            .enumerate()
            .map(|(index, one)| {
                vex_document(1, &say(&[*one])).replace("urn:vex:1", &format!("urn:vex:{index}"))
            })
            .collect();
        assert_eq!(excuses(&documents).0, expected, "documents, {said:?}");
    }
}

#[test]
fn the_highest_version_of_a_document_counts() {
    let affected = |version| vex_document(version, &statement("affected", "", 9));
    let fixed = |version| vex_document(version, &statement("fixed", "", 1));
    let of_another = |document: String| document.replace("\"author\":\"A\"", "\"author\":\"B\"");
    for (documents, expected) in [
        (vec![affected(1), fixed(2)], true),
        (vec![fixed(2), affected(1)], true),
        (vec![fixed(1), affected(2)], false),
        (vec![fixed(2), affected(2)], false),
        // Taken back without another word.
        (vec![fixed(1), vex_document(2, "")], false),
        // A document of the same name by another author replaces nothing.
        (vec![affected(1), of_another(fixed(2))], false),
    ] {
        assert_eq!(excuses(&documents).0, expected, "{documents:?}");
    }
}

#[test]
fn a_statement_excuses_only_what_it_names_exactly_in_this_artifact() {
    let hex = digest().to_hex();
    let products = |list: &str| format!(r#","products":[{list}]"#);
    let product = |id: &str, more: &str| products(&format!(r#"{{"@id":"{id}"{more}}}"#));
    let parts = |list: &str| format!(r#","subcomponents":[{list}]"#);
    let left_pad = parts(&format!(r#"{{"@id":"{LEFT_PAD}"}}"#));
    let image = format!("pkg:oci/app@sha256%3A{hex}");
    let other_image = format!("pkg:oci/app@sha256%3A{}", "0".repeat(64));
    let hashes = |algorithm: &str, hex: &str| format!(r#","hashes":{{"{algorithm}":"{hex}"}}"#);
    let (yes, no) = (true, false);
    for (what, products, not_affected, affected_counts) in [
        ("the artifact, all of it", product(&image, ""), yes, yes),
        (
            "the artifact by its root",
            product("pkg:generic/app@2", ""),
            yes,
            yes,
        ),
        (
            "the artifact by its hash",
            product("urn:app", &hashes("sha-256", &hex)),
            yes,
            yes,
        ),
        ("the part of it", product(&image, &left_pad), yes, yes),
        (
            "a part, in what was attested",
            products("").replace("[]", "null") + &left_pad,
            yes,
            yes,
        ),
        ("the component itself", product(LEFT_PAD, ""), yes, yes),
        (
            "the component, any version",
            product("pkg:npm/left-pad", ""),
            yes,
            yes,
        ),
        (
            "the component, by its hash too",
            product(LEFT_PAD, &hashes("sha-256", &"A".repeat(64))),
            yes,
            yes,
        ),
        (
            "the component with a qualifier",
            product("pkg:npm/left-pad@1.3.0?arch=any", ""),
            yes,
            yes,
        ),
        (
            "one of several",
            products(&format!(r#"{{"@id":"pkg:npm/x"}},{{"@id":"{LEFT_PAD}"}}"#)),
            yes,
            yes,
        ),
        ("another image", product(&other_image, ""), no, no),
        (
            "another version of the root",
            product("pkg:generic/app@3", ""),
            no,
            no,
        ),
        ("another version", product("pkg:npm/left-pad@1.2.0", ""), no, no),
        (
            "the start of the version",
            product("pkg:npm/left-pad@1.3", ""),
            no,
            no,
        ),
        (
            "another qualifier",
            product("pkg:npm/left-pad@1.3.0?arch=x", ""),
            no,
            no,
        ),
        ("another package", product("pkg:npm/right-pad@1.3.0", ""), no, no),
        (
            "another part",
            product(&image, &parts(r#"{"@id":"pkg:npm/right-pad"}"#)),
            no,
            no,
        ),
        // It speaks against an excuse as soon as it may be about it, and excuses nothing.
        (
            "the part of another product",
            product(&other_image, &left_pad),
            no,
            yes,
        ),
        (
            "the component with a qualifier that it does not state",
            product("pkg:npm/left-pad@1.3.0?arch=any&os=linux", ""),
            no,
            yes,
        ),
        (
            "the component with a path that it does not state",
            product("pkg:npm/left-pad@1.3.0#lib", ""),
            no,
            yes,
        ),
        (
            "the component with parts",
            product(LEFT_PAD, &parts(r#"{"@id":"pkg:npm/x"}"#)),
            no,
            yes,
        ),
        (
            "the component with another hash",
            product(LEFT_PAD, &hashes("sha-256", &"b".repeat(64))),
            no,
            yes,
        ),
        (
            "two packages in one",
            product(LEFT_PAD, r#","identifiers":{"purl":"pkg:npm/right-pad"}"#),
            no,
            yes,
        ),
        (
            "the artifact with another hash",
            product(&image, &hashes("sha-256", &"b".repeat(64))),
            no,
            yes,
        ),
        (
            "a part by its address alone",
            product(&image, &parts(r#"{"@id":"https://example.com/x"}"#)),
            no,
            yes,
        ),
        (
            "a product by its CPE alone",
            products(r#"{"identifiers":{"cpe23":"cpe:2.3:a:x"}}"#),
            no,
            yes,
        ),
    ] {
        let (excused, message) = excuses(&[vex_document(1, &statement("not_affected", &products, 2))]);
        assert_eq!(excused, not_affected, "{what}: {message}");
        let both = [statement("fixed", "", 1), statement("affected", &products, 2)].join(",");
        let (excused, message) = excuses(&[vex_document(1, &both)]);
        assert_eq!(excused, !affected_counts, "{what}, affected: {message}");
    }
}

#[test]
fn an_excuse_waits_until_every_place_answered() {
    let fixed = [vex_document(1, &statement("fixed", "", 1))];
    let incomplete = |policy: &str, vex: &[String], more| {
        let (verdict, findings) = ask(sbom(&of_left_pad(more)), vex, false, policy);
        let told = findings.iter().any(|finding| finding.code == Code::VexIncomplete);
        (verdict, told)
    };
    assert_eq!(incomplete(HIGH, &fixed, RATED_HIGH), (Verdict::Undecided, true));
    // A denial needs no more, and neither does what nobody had to excuse.
    assert_eq!(incomplete(HIGH, &[], RATED_HIGH), (Verdict::Denied, false));
    let medium = r#","ratings":[{"severity":"medium"}]"#;
    assert_eq!(incomplete(HIGH, &fixed, medium), (Verdict::Allowed, false));
    let audit = format!("{HIGH}\nmode = \"audit\"");
    assert_eq!(incomplete(&audit, &fixed, RATED_HIGH), (Verdict::Allowed, false));
}

#[test]
fn a_document_that_cannot_be_read_denies() {
    let fixed = vex_document(1, &statement("fixed", "", 1));
    let broken = vex_document(1, &statement("repaired", "", 1)).replace("urn:vex:1", "urn:vex:2");
    let ask = |policy: &str| {
        ask(
            sbom(&of_left_pad(RATED_HIGH)),
            &[fixed.clone(), broken.clone()],
            true,
            policy,
        )
    };
    let (verdict, findings) = ask(HIGH);
    assert_eq!(verdict, Verdict::Denied);
    let unreadable = findings
        .iter()
        .find(|finding| finding.code == Code::VexUnreadable);
    assert_eq!(
        unreadable.unwrap().message,
        "vex.json: the VEX document cannot be read: statement 1: its status \"repaired\" is none"
    );
    assert_eq!(ask(&format!("{HIGH}\nmode = \"off\"")).0, Verdict::Allowed);
}

#[test]
fn the_sboms_own_word_counts_only_where_the_policy_believes_it() {
    let believe = format!("{HIGH}\nanalysis = \"believe\"");
    let affected = [vex_document(1, &statement("affected", "", 1))];
    for (more, believed) in [
        (r#","analysis":{"state":"resolved"}"#, true),
        (r#","analysis":{"state":"false_positive"}"#, true),
        (
            r#","analysis":{"state":"not_affected","justification":"code_not_present"}"#,
            true,
        ),
        (r#","analysis":{"state":"not_affected"}"#, false),
        (r#","analysis":{"state":"exploitable"}"#, false),
        (r#","analysis":{"state":"in_triage"}"#, false),
        ("", false),
    ] {
        let text = sbom(&of_left_pad(&format!("{RATED_HIGH}{more}")));
        assert_eq!(ask(text.clone(), &[], true, HIGH).0, Verdict::Denied, "{more}");
        let (verdict, _) = ask(text.clone(), &[], true, &believe);
        assert_eq!(verdict == Verdict::Allowed, believed, "{more}");
        // Whoever says that it does harm is heard first.
        assert_eq!(ask(text, &affected, true, &believe).0, Verdict::Denied, "{more}");
    }
    let unaffected = format!(
        r#"{{"id":"CVE-1","affects":[{{"ref":"l","versions":[{{"version":"1.3.0","status":"unaffected"}}]}}]{RATED_HIGH}}}"#
    );
    assert_eq!(ask(sbom(&unaffected), &[], true, HIGH).0, Verdict::Denied);
    assert_eq!(ask(sbom(&unaffected), &[], true, &believe).0, Verdict::Allowed);
}

#[test]
fn whatever_a_vulnerability_is_about_it_is_looked_at() {
    let image = [vex_document(1, &statement("fixed", "", 1))];
    let part = [vex_document(
        1,
        &statement("fixed", &format!(r#","products":[{{"@id":"{LEFT_PAD}"}}]"#), 1),
    )];
    for (affects, package, excused_by_part) in [
        (r#"[{"ref":"l"}]"#, "pkg:npm/left-pad", true),
        (
            r#"[{"ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#l"}]"#,
            "pkg:npm/left-pad",
            true,
        ),
        (r#"[{"ref":"app"}]"#, "pkg:generic/app", false),
        (r#"[{"ref":"m"}]"#, "unnamed", false),
        ("[]", "the artifact", false),
        (r#"[{"ref":"gone"}]"#, "gone", false),
        (r#"[{"ref":"urn:cdx:other/1#l"}]"#, "urn:cdx:other/1#l", false),
    ] {
        let text = sbom(&format!(r#"{{"id":"CVE-1","affects":{affects}{RATED_HIGH}}}"#));
        let (verdict, findings) = ask(text.clone(), &[], true, HIGH);
        assert_eq!(verdict, Verdict::Denied, "{affects}");
        let told = about_vulnerabilities(&findings)[0].message.clone();
        assert!(told.starts_with(&format!("{package} has CVE-1")), "{told}");
        assert_eq!(
            ask(text.clone(), &image, true, HIGH).0,
            Verdict::Allowed,
            "{affects}"
        );
        let (verdict, _) = ask(text, &part, true, HIGH);
        assert_eq!(verdict == Verdict::Allowed, excused_by_part, "{affects}");
    }
}

#[test]
fn every_component_that_a_vulnerability_affects_is_decided_on_its_own() {
    let text = sbom(&format!(
        r#"{{"id":"CVE-1","affects":[{{"ref":"l"}},{{"ref":"m"}},{{"ref":"l"}}]{RATED_HIGH}}}"#
    ));
    let part = vex_document(
        1,
        &statement("fixed", &format!(r#","products":[{{"@id":"{LEFT_PAD}"}}]"#), 1),
    );
    let (verdict, findings) = ask(text, &[part], true, HIGH);
    assert_eq!(verdict, Verdict::Denied);
    let told = about_vulnerabilities(&findings);
    let codes: Vec<Code> = told.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::VulnerabilityDenied, Code::VulnerabilityExcused]);
    assert_eq!(told[1].sbom.as_ref().unwrap().others, 1);
    // What is excused is no objection.
    let counted = findings
        .iter()
        .find(|finding| finding.code == Code::SbomObjections);
    assert_eq!(
        counted.unwrap().message,
        "1 objection to 1 package of the SBOM: 1 new, 0 audited, 0 known"
    );
}

fn fixture(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The codes about vulnerabilities, with the start of what is said, of a document that Trivy wrote.
fn trivy(name: &str, vex: &[String], deny: &str) -> Vec<String> {
    let text = fixture(&format!("sbom/trivy-vulnerabilities/{name}.cdx.json"));
    let policy = format!("[sbom.vulnerabilities]\ndeny = \"{deny}\"");
    let (_, findings) = ask(text, vex, true, &policy);
    let told = about_vulnerabilities(&findings).into_iter();
    told.map(|finding| {
        let what = finding
            .message
            .split([',', '('])
            .next()
            .unwrap_or_default()
            .trim();
        format!("{}: {what}", finding.code)
    })
    .collect()
}

#[test]
fn what_trivy_states_is_decided() {
    let jackson = "pkg:maven/com.fasterxml.jackson.core/jackson-databind";
    assert_eq!(trivy("npm", &[], "high"), [""; 0]);
    assert_eq!(
        trivy("npm", &[], "medium"),
        ["vulnerability-denied: pkg:npm/jquery has CVE-2019-11358"]
    );
    assert_eq!(
        trivy("pom", &[], "critical"),
        [format!("vulnerability-denied: {jackson} has CVE-2020-9548")]
    );
    // One is excused for the package as it is there, the other one stands.
    let products = format!(r#","products":[{{"@id":"{jackson}@2.9.1"}}]"#);
    let vex = vex_document(
        1,
        &statement("not_affected", &products, 1).replace("CVE-1", "CVE-2020-9548"),
    );
    assert_eq!(
        trivy("pom", &[vex], "high"),
        [
            format!("vulnerability-denied: {jackson} has CVE-2021-20190"),
            format!("vulnerability-excused: {jackson} has CVE-2020-9548")
        ]
    );
}

#[test]
fn documents_that_others_wrote_are_read_and_excuse_nothing_else() {
    let names = ["trivy-image", "trivy", "go-vex-0.2.0", "go-vex-0.0.1"];
    let documents = names.map(|name| fixture(&format!("vex/{name}.openvex.json")));
    let (excused, message) = excuses(&documents);
    assert!(!excused && message.contains("which is rated high"), "{message}");
    // Of its image, Trivy says why CVE-2023-42363 of busybox does no harm.
    let root = "pkg:oci/trivy@sha256%3A00?repository_url=ghcr.io%2Faquasecurity%2Ftrivy";
    let text = |root: &str| {
        sbom(&of_left_pad(RATED_HIGH))
            .replace("pkg:generic/app@2", root)
            .replace(
                &format!("{LEFT_PAD}?arch=any"),
                "pkg:apk/alpine/busybox@1.36.1-r28?arch=x86_64",
            )
            .replace("CVE-1", "CVE-2023-42363")
    };
    let ask = |root: &str| {
        let (_, findings) = ask(text(root), &documents, true, HIGH);
        about_vulnerabilities(&findings)[0].message.clone()
    };
    let said = ask(root);
    assert!(
        said.contains("excused: VEX says not_affected: vulnerable_code_cannot_be_controlled_by_adversary"),
        "{said}"
    );
    let said = ask("pkg:oci/trivy@sha256%3A00?repository_url=ghcr.io%2Fevil%2Ftrivy");
    assert!(said.contains("is about another product or part"), "{said}");
}
