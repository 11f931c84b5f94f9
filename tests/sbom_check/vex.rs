//! Stated vulnerabilities, and who may excuse them.

use serde_json::{Value, json};

use crate::support::{Program, codes};
use crate::{A, B, EMAIL, POLICY, World, sbom};

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
