//! `sbom-check` on the command line, over SBOMs that the sandbox signs.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

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
        "of the SBOM",
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

/// An OpenVEX document that says this of CVE-2026-0001 in the artifact that it is attested for.
fn vex(status: &str, version: u64) -> Value {
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/app",
        "author": "security@example.com",
        "timestamp": "2025-10-01T00:00:00Z",
        "version": version,
        "statements": [{
            "vulnerability": {"name": "CVE-2026-0001"},
            "status": status,
            "justification": "vulnerable_code_not_in_execute_path",
        }],
    })
}

const SECURITY: &str = "security@example.com";
const OPENVEX: &str = "https://openvex.dev/ns/v0.2.0";

#[test]
fn a_stated_vulnerability_passes_only_by_vex_of_an_accepted_signer_about_this_artifact() {
    let mut world = World::new();
    let rules = "[[pin]]\nname = \"security\"\nidentity = \"security@example.com\"\nissuer = \"https://accounts.example.com\"\n\n\
                 [[attestation]]\ntype = \"openvex\"\npins = [\"security\"]\noptional = true\n\n\
                 [sbom]\n\n[sbom.vulnerabilities]\ndeny = \"high\"\n";
    let before = POLICY.split("[sbom]").next().unwrap();
    world.write("policy.toml", format!("{before}{rules}").as_bytes());
    let mut document = sbom(A, "MIT");
    document["components"][0]["bom-ref"] = json!("l");
    document["vulnerabilities"] = json!([{
        "id": "CVE-2026-0001",
        "ratings": [{"severity": "high"}],
        "affects": [{"ref": "l"}],
    }]);
    let sbom = world.attest(A, &document, EMAIL);
    let excuse = world.state(A, OPENVEX, &vex("not_affected", 1), SECURITY);
    let mut forged = excuse.clone();
    let other = world.state(A, OPENVEX, &vex("affected", 1), SECURITY);
    forged["dsseEnvelope"]["signatures"] = other["dsseEnvelope"]["signatures"].clone();
    let rows = [
        ("no VEX", vec![], 1, "vulnerability-denied"),
        ("VEX", vec![excuse.clone()], 0, "vulnerability-excused"),
        (
            "by whoever signs the SBOM, whom no rule for VEX accepts",
            vec![world.state(A, OPENVEX, &vex("not_affected", 1), EMAIL)],
            1,
            "vulnerability-denied",
        ),
        (
            "about another artifact",
            vec![world.state(B, OPENVEX, &vex("not_affected", 1), SECURITY)],
            1,
            "vulnerability-denied",
        ),
        ("with another signature", vec![forged], 1, "vulnerability-denied"),
        (
            "taken back in the next version",
            vec![
                excuse.clone(),
                world.state(A, OPENVEX, &vex("affected", 2), SECURITY),
            ],
            1,
            "vulnerability-denied",
        ),
        (
            "and a document that cannot be read",
            vec![excuse, world.state(A, OPENVEX, &vex("repaired", 2), SECURITY)],
            1,
            "vex-unreadable",
        ),
        (
            "not signed",
            vec![vex("not_affected", 1)],
            1,
            "vulnerability-denied",
        ),
    ];
    for (what, vex, code, expected) in rows {
        let lines: Vec<String> = std::iter::once(&sbom).chain(&vex).map(Value::to_string).collect();
        world.write("bundle.json", lines.join("\n").as_bytes());
        let program = Program::new()
            .in_folder(world.folder.path())
            .argument("sbom-check");
        let (run, report) = program
            .arguments(["a", "--policy", "policy.toml", "--bundle", "bundle.json"])
            .report();
        assert_eq!(run.code, code, "{what}: {run:?}");
        let codes = codes(&report);
        assert!(codes.iter().any(|found| found == expected), "{what}: {codes:?}");
    }
}
