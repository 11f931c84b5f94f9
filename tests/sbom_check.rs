//! `sbom-check` on the command line, over SBOMs that the sandbox signs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "sbom_check/cases.rs"]
mod cases;
#[path = "sbom_check/hostile.rs"]
mod hostile;
#[path = "sbom_check/properties.rs"]
mod properties;
mod support;
#[path = "sbom_check/vex.rs"]
mod vex;

use std::path::PathBuf;

use jiff::Timestamp;
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::subject::Digest;
use serde_json::{Value, json};
use support::{Program, Run, codes};

const EMAIL: &str = "dev@example.com";
const ISSUER: &str = "https://accounts.example.com";
const CYCLONEDX: &str = "https://cyclonedx.org/bom";
const A: &[u8] = b"artifact a";
const B: &[u8] = b"artifact b";

const POLICY: &str = r#"version = 1

[trust]
file = "root.json"

[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"

[[attestation]]
type = "cyclonedx"
pins = ["dev"]

[sbom]
require-root-digest = true

[sbom.licences]
allow = ["MIT"]
"#;

struct World {
    instance: Instance,
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let instance = Instance::new(7, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
        let world = Self {
            instance,
            folder: tempfile::tempdir().unwrap(),
        };
        let root = world.instance.trusted_root_json().unwrap();
        world.write("root.json", root.to_string().as_bytes());
        world.write("policy.toml", POLICY.as_bytes());
        world.write("a", A);
        world.write("b", B);
        world
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A signed statement that `artifact` has this SBOM.
    fn attest(&mut self, artifact: &[u8], sbom: &Value, email: &str) -> Value {
        self.state(artifact, CYCLONEDX, sbom, email)
    }

    /// A signed statement about `artifact`.
    fn state(&mut self, artifact: &[u8], predicate_type: &str, predicate: &Value, email: &str) -> Value {
        let digest: [u8; 32] = Digest::sha256(artifact).as_bytes().try_into().unwrap();
        let options = SignOptions::keyless(email, ISSUER);
        self.instance
            .attest(&[("artifact", digest)], predicate_type, predicate, &options)
            .unwrap()
    }

    fn program(&self, artifact: &str, bundle: &Value) -> Program {
        self.write("bundle.json", bundle.to_string().as_bytes());
        Program::new()
            .in_folder(self.folder.path())
            .argument("sbom-check")
            .arguments([artifact, "--policy", "policy.toml", "--bundle", "bundle.json"])
    }

    fn check(&self, artifact: &str, bundle: &Value) -> (Run, Vec<String>) {
        let (run, report) = self.program(artifact, bundle).report();
        let codes = codes(&report);
        (run, codes)
    }
}

/// An SBOM of `artifact` with one component.
fn sbom(artifact: &[u8], licence: &str) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"component": {
            "type": "application",
            "name": "app",
            "hashes": [{"alg": "SHA-256", "content": Digest::sha256(artifact).to_hex()}],
        }},
        "components": [{
            "type": "library",
            "name": "left-pad",
            "version": "1.3.0",
            "purl": "pkg:npm/left-pad@1.3.0",
            "licenses": [{"license": {"id": licence}}],
        }],
    })
}

#[test]
fn only_who_may_say_what_is_in_an_artifact_vouches_for_a_file_beside_it() {
    let mut world = World::new();
    let before = POLICY.split("[sbom]").next().unwrap();
    let policy = format!(
        "{before}[[pin]]\nname = \"security\"\nidentity = \"security@example.com\"\nissuer = \"{ISSUER}\"\n\n\
         [[attestation]]\ntype = \"openvex\"\npins = [\"security\"]\noptional = true\n\n\
         [sbom]\nunauthenticated = \"deny\"\n"
    );
    world.write("policy.toml", policy.as_bytes());
    let text = sbom(A, "MIT").to_string();
    world.write("sbom.json", text.as_bytes());
    let both = [("artifact", A), ("sbom", text.as_bytes())]
        .map(|(name, bytes)| (name, Digest::sha256(bytes).as_bytes().try_into().unwrap()));
    let vex = json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/app",
        "author": "security@example.com",
        "timestamp": "2025-10-01T00:00:00Z",
        "version": 1,
        "statements": [],
    });
    let rows = [
        (CYCLONEDX, sbom(A, "ISC"), EMAIL, 0),
        ("https://openvex.dev/ns/v0.2.0", vex, "security@example.com", 1),
    ];
    for (predicate_type, predicate, email, code) in rows {
        let options = SignOptions::keyless(email, ISSUER);
        let bundle = world
            .instance
            .attest(&both, predicate_type, &predicate, &options)
            .unwrap();
        let (run, report) = world
            .program("a", &bundle)
            .arguments(["--sbom", "sbom.json"])
            .report();
        assert_eq!(run.code, code, "{predicate_type}: {run:?}");
        let is_unauthenticated = codes(&report).contains(&"sbom-unauthenticated".to_owned());
        assert_eq!(is_unauthenticated, code == 1, "{predicate_type}: {run:?}");
    }
}

#[test]
fn an_sbom_is_accepted_only_if_it_is_signed_bound_and_within_the_rules() {
    let mut world = World::new();
    let good = world.attest(A, &sbom(A, "MIT"), EMAIL);
    let (run, codes) = world.check("a", &good);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(codes.contains(&"sbom-checked".to_owned()), "{codes:?}");
    let run = world.program("a", &good).run();
    let line = format!("sha256:{}  a\n", Digest::sha256(A).to_hex());
    assert_eq!((run.code, run.stdout), (0, line));

    let signature = world
        .instance
        .sign_blob(A, &SignOptions::keyless(EMAIL, ISSUER))
        .unwrap();
    let rows = [
        (
            "signed for b, about a",
            world.attest(B, &sbom(A, "MIT"), EMAIL),
            "b",
            1,
            "sbom-digest-mismatch",
        ),
        (
            "signed for a, presented with b",
            good.clone(),
            "b",
            1,
            "artifact-mismatch",
        ),
        (
            "another signer",
            world.attest(A, &sbom(A, "MIT"), "eve@example.com"),
            "a",
            1,
            "identity-mismatch",
        ),
        (
            "another licence",
            world.attest(A, &sbom(A, "GPL-3.0-only"), EMAIL),
            "a",
            1,
            "licence-not-allowed",
        ),
        ("a signature without an SBOM", signature, "a", 3, "no-evidence"),
        (
            "an SBOM without a signature",
            sbom(A, "MIT"),
            "a",
            1,
            "bundle-malformed",
        ),
    ];
    for (what, bundle, artifact, code, expected) in rows {
        let (run, codes) = world.check(artifact, &bundle);
        assert_eq!(run.code, code, "{what}: {run:?}");
        assert!(codes.iter().any(|found| found == expected), "{what}: {codes:?}");
        let run = world.program(artifact, &bundle).run();
        assert_eq!((run.code, run.stdout.as_str()), (code, ""), "{what}");
    }
}

#[test]
fn nothing_is_read_of_an_sbom_whose_signature_is_bad() {
    let mut world = World::new();
    let mut bundle = world.attest(A, &json!({"bomFormat": "CycloneDX", "specVersion": "99"}), EMAIL);
    let (run, codes) = world.check("a", &bundle);
    assert_eq!(run.code, 1);
    assert!(codes.contains(&"sbom-unsupported".to_owned()), "{codes:?}");
    let other = world.attest(A, &sbom(A, "MIT"), EMAIL);
    bundle["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"].clone();
    let (run, codes) = world.check("a", &bundle);
    assert_eq!(run.code, 1);
    assert!(!codes.iter().any(|code| code.starts_with("sbom-")), "{codes:?}");
}

#[test]
fn a_person_sees_the_policy_line_and_the_place_in_the_sbom() {
    let mut world = World::new();
    let bundle = world.attest(A, &sbom(A, "GPL-3.0-only"), EMAIL);
    let run = world.program("a", &bundle).run();
    for words in [
        "pkg:npm/left-pad needs GPL-3.0-only",
        "in the SBOM .components[0].licenses[0].license.id (line 1, column",
        "policy.toml:19:1",
        "allow = [\"MIT\"]",
    ] {
        let text = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{words}: {}", run.stderr);
    }
}

#[test]
fn a_policy_that_says_nothing_about_sboms_is_a_mistake() {
    let mut world = World::new();
    let bundle = world.attest(A, &sbom(A, "MIT"), EMAIL);
    let before = POLICY.split("[sbom]").next().unwrap();
    world.write("policy.toml", before.as_bytes());
    let (run, codes) = world.check("a", &bundle);
    assert_eq!((run.code, codes), (5, vec!["policy-invalid".to_owned()]));
}

/// What the report says of the one finding with this code.
fn finding(report: &Value, code: &str) -> Value {
    let findings = report["subjects"][0]["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("{code}: {report:#}")).clone()
}

fn acceptance(target: &str, expires: &str) -> String {
    format!(
        "version = 1\n[[accepted]]\n{target}\nreason = \"ticket 7\"\nowner = \"legal@example.com\"\nexpires = \"{expires}\"\n"
    )
}

#[test]
fn an_accepted_finding_stays_in_the_report_and_denies_no_more_until_its_day() {
    let mut world = World::new();
    let document = sbom(A, "GPL-3.0-only");
    let bundle = world.attest(A, &document, EMAIL);
    let (run, report) = world.program("a", &bundle).report();
    assert_eq!(run.code, 1);
    let new = finding(&report, "licence-not-allowed");
    assert_eq!(new["package"], "pkg:npm/left-pad");
    assert!(new.get("accepted").is_none() && new.get("audited").is_none());
    let fingerprint = format!("fingerprint = \"{}\"", new["fingerprint"].as_str().unwrap());
    world.write("accepted.toml", acceptance(&fingerprint, "9999-12-31").as_bytes());
    let accepted = ["--accepted", "accepted.toml"];

    let (run, report) = world.program("a", &bundle).arguments(accepted).report();
    assert_eq!(run.code, 0, "{report:#}");
    let known = finding(&report, "licence-not-allowed");
    assert_eq!(
        (
            &known["severity"],
            &known["accepted"]["owner"],
            &known["fingerprint"]
        ),
        (&json!("info"), &json!("legal@example.com"), &new["fingerprint"])
    );
    assert_eq!(
        finding(&report, "sbom-objections")["message"],
        "1 objection to 1 package of the SBOM: 0 new, 0 audited, 1 known"
    );
    assert_eq!(report["accepted"]["pinned"], false);
    // A new version of the package and of the SBOM is the same finding.
    let mut later = document.clone();
    later["components"][0]["version"] = json!("1.4.0");
    later["components"][0]["purl"] = json!("pkg:npm/left-pad@1.4.0");
    let later = world.attest(A, &later, EMAIL);
    let (run, report) = world
        .program("a", &later)
        .arguments(accepted)
        .argument("--deny-warnings")
        .report();
    assert_eq!(run.code, 0, "{report:#}");
    let known = finding(&report, "licence-not-allowed");
    assert_ne!(known["sbomDigest"], new["sbomDigest"]);
    // SARIF keeps the fingerprint and closes the result.
    let sarif = world
        .program("a", &later)
        .arguments(accepted)
        .arguments(["--format", "sarif"])
        .run();
    let sarif: Value = serde_json::from_str(&sarif.stdout).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let result = results
        .iter()
        .find(|result| result["ruleId"] == "licence-not-allowed")
        .unwrap();
    assert_eq!(
        result["partialFingerprints"]["portcullis/v1"],
        format!("{}:1", new["fingerprint"].as_str().unwrap())
    );
    assert_eq!(result["suppressions"][0]["status"], "accepted");

    world.write("accepted.toml", acceptance(&fingerprint, "2020-01-01").as_bytes());
    let (run, report) = world.program("a", &bundle).arguments(accepted).report();
    assert_eq!(run.code, 1);
    let codes = codes(&report);
    assert!(codes.contains(&"acceptance-ended".to_owned()), "{codes:?}");
}

#[test]
fn acceptances_open_nothing_but_rules_about_ingredients() {
    let mut world = World::new();
    let target = "rule = \"licence-not-allowed\"\npackage = \"pkg:npm/left-pad\"";
    let path = world.write("accepted.toml", acceptance(target, "9999-12-31").as_bytes());
    let digest = Digest::sha256(&std::fs::read(path).unwrap()).to_string();
    // A pinned policy fixes the trust root that it names.
    let root = std::fs::read(world.folder.path().join("root.json")).unwrap();
    let root = format!("file = \"root.json\"\ndigest = \"{}\"", Digest::sha256(&root));
    let policy = POLICY.replace("file = \"root.json\"", &root);
    world.write("policy.toml", policy.as_bytes());
    let policy = Digest::sha256(policy.as_bytes()).to_string();
    let other = Digest::sha256(b"other").to_string();
    let bad = world.attest(A, &sbom(A, "GPL-3.0-only"), EMAIL);
    let of_another = world.attest(A, &sbom(A, "GPL-3.0-only"), "eve@example.com");
    let of_b = world.attest(B, &sbom(A, "GPL-3.0-only"), EMAIL);
    let file = ["--accepted", "accepted.toml"];
    let both_pinned = [
        "--accepted",
        "accepted.toml",
        "--accepted-digest",
        &digest,
        "--policy-digest",
        &policy,
    ];
    let rows: [(&str, &Value, &str, &[&str], i32); 8] = [
        ("both pinned", &bad, "a", &both_pinned, 0),
        ("accepted", &bad, "a", &file, 0),
        ("another signer", &of_another, "a", &file, 1),
        ("another artifact", &of_b, "b", &file, 1),
        (
            "pinned",
            &bad,
            "a",
            &["--accepted", "accepted.toml", "--accepted-digest", &digest],
            0,
        ),
        (
            "another file",
            &bad,
            "a",
            &["--accepted", "accepted.toml", "--accepted-digest", &other],
            5,
        ),
        (
            "beside a pinned policy",
            &bad,
            "a",
            &["--accepted", "accepted.toml", "--policy-digest", &policy],
            2,
        ),
        (
            "a digest of nothing",
            &bad,
            "a",
            &["--accepted-digest", &digest],
            2,
        ),
    ];
    for (what, bundle, artifact, arguments, code) in rows {
        let run = world.program(artifact, bundle).arguments(arguments).run();
        assert_eq!(run.code, code, "{what}: {}", run.stderr);
        assert_eq!(run.stdout.is_empty(), code != 0, "{what}");
    }
    world.write(
        "accepted.toml",
        acceptance("rule = \"identity-mismatch\"\npackage = \"a\"", "9999-12-31").as_bytes(),
    );
    let (run, report) = world.program("a", &bad).arguments(file).report();
    assert_eq!(
        (run.code, codes(&report)),
        (5, vec!["accepted-invalid".to_owned()])
    );
}

#[test]
fn a_rule_in_mode_audit_is_recorded_and_stops_nothing() {
    let mut world = World::new();
    let bundle = world.attest(A, &sbom(A, "GPL-3.0-only"), EMAIL);
    let policy = POLICY.replace("[sbom.licences]", "[sbom.completeness]\nmode = \"audit\"\nrequire = [\"author\", \"supplier\"]\nmax-age = \"1d\"\n[[sbom.completeness.generator]]\nname = \"syft\"\n[sbom.components]\nmode = \"audit\"\n[[sbom.components.deny]]\npackage = \"pkg:npm/**\"\n[sbom.licences]\nmode = \"audit\"");
    world.write("policy.toml", policy.as_bytes());
    let (run, report) = world.program("a", &bundle).report();
    assert_eq!(run.code, 0, "{report:#}");
    for code in [
        "licence-not-allowed",
        "component-denied",
        "sbom-incomplete",
        "sbom-timestamp-invalid",
        "sbom-generator-mismatch",
    ] {
        let finding = finding(&report, code);
        assert_eq!(
            (&finding["severity"], &finding["audited"]),
            (&json!("warning"), &json!(true)),
            "{code}"
        );
    }
    world.write(
        "policy.toml",
        policy.replace("mode = \"audit\"", "mode = \"off\"").as_bytes(),
    );
    let (run, report) = world.program("a", &bundle).report();
    assert_eq!((run.code, codes(&report)), (0, vec!["sbom-checked".to_owned()]));
    world.write(
        "policy.toml",
        policy
            .replace("mode = \"audit\"", "mode = \"enforce\"")
            .as_bytes(),
    );
    let (run, _) = world.program("a", &bundle).report();
    assert_eq!(run.code, 1);
    // Who signed is never audited.
    let eve = world.attest(A, &sbom(A, "MIT"), "eve@example.com");
    world.write("policy.toml", policy.as_bytes());
    assert_eq!(world.check("a", &eve).0.code, 1);
}
