//! `portcullis attest` against a sandbox, and what `portcullis verify` says of what it made.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod differences;
mod given;
mod images;
mod ingredients;
mod sizes;
mod summaries;
mod world;

use portcullis::sandbox::server::{Fault, Rule, Service};
use portcullis::sigstore::keys::{KeyKind, PrivateKey, public_pem};
use portcullis::subject::Digest;
use serde_json::{Value, json};
use world::{ARTIFACT, World, artifact, assert_code, assert_finding, cyclonedx, provenance, spdx, text};

#[test]
fn what_is_attested_of_a_file_verifies_as_its_type_and_as_no_other() {
    let world = World::new();
    for (name, predicate, other) in [
        ("cyclonedx", cyclonedx(&artifact()), "spdx"),
        ("spdx", spdx(&artifact()), "cyclonedx"),
        ("slsa-provenance", provenance(), "cyclonedx"),
    ] {
        world.write_json("predicate", &predicate);
        let output = world.attest(&["app", "--predicate", "predicate", "--type", name]);
        assert_code(&output, 0);
        assert_eq!(text(&output.stdout), format!("{}  app\n", artifact()));
        let bundle = format!("app.{name}.sigstore.json");
        let verify = |of: &str, more: &[&str]| {
            world.verify(&[&["app", "--bundle", &bundle, "--type", of], more].concat())
        };
        assert_code(&verify(name, &["--predicate-out", "out"]), 0);
        let out = std::fs::read_to_string(world.path("out")).unwrap();
        assert_eq!(out, predicate.to_string());
        assert_code(&verify(other, &[]), 3);
        world.write("app", "another artifact");
        assert_code(&verify(name, &[]), 1);
        world.write("app", ARTIFACT);
    }
}

#[test]
fn an_sbom_of_another_artifact_is_refused_before_anybody_is_asked() {
    let world = World::new();
    let other = Digest::sha256(b"another build");
    for (name, predicate) in [("cyclonedx", cyclonedx(&other)), ("spdx", spdx(&other))] {
        world.write_json("sbom", &predicate);
        let output = world.attest(&["app", "--predicate", "sbom", "--type", name]);
        assert_finding(&output, 1, "sbom-digest-mismatch");
        assert!(text(&output.stderr).contains(&other.to_hex()));
    }
    nobody_was_asked(&world);
}

#[track_caller]
fn nobody_was_asked(world: &World) {
    for service in [Service::Fulcio, Service::RekorV1, Service::RekorV2, Service::Tsa] {
        assert_eq!(world.sandbox.faults().requests(service).len(), 0, "{service:?}");
    }
}

#[test]
fn a_predicate_that_is_wrong_is_shown_with_its_place() {
    let world = World::new();
    world.write(
        "sbom",
        "{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": 16\n}\n",
    );
    let attest = |more: &[&str]| {
        world.attest(&[&["app", "--predicate", "sbom", "--type", "cyclonedx"], more].concat())
    };
    let output = attest(&[]);
    assert_finding(&output, 1, "predicate-invalid");
    let said = text(&output.stderr);
    assert!(said.contains("/specVersion") && said.contains("sbom:3"), "{said}");
    let output = attest(&["--format", "json"]);
    assert_code(&output, 1);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["exitCode"], 1);
    assert_eq!(report["findings"][0]["code"], "predicate-invalid");
    assert_eq!(report["findings"][0]["origin"]["line"], 3);
    nobody_was_asked(&world);
}

#[test]
fn one_statement_is_about_every_subject() {
    let world = World::new();
    world.write("second", "2");
    world.write_json("predicate", &provenance());
    let third = Digest::sha256(b"3");
    let digest = third.to_string();
    let arguments = [
        "app",
        "second",
        &digest,
        "--predicate",
        "predicate",
        "--type",
        "slsa-provenance",
    ];
    assert_code(&world.attest(&arguments), 2);
    let output = world.attest(&[&arguments[..], &["--bundle", "all.json"]].concat());
    assert_code(&output, 0);
    let lines = format!(
        "{}  app\n{}  second\n{digest}\n",
        artifact(),
        Digest::sha256(b"2")
    );
    assert_eq!(text(&output.stdout), lines);
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 1);
    for subject in ["app", "second", &digest] {
        let output = world.verify(&[subject, "--bundle", "all.json", "--type", "slsa-provenance"]);
        assert_code(&output, 0);
    }
    world.write("fourth", "4");
    let output = world.verify(&["fourth", "--bundle", "all.json", "--type", "slsa-provenance"]);
    assert_code(&output, 1);
    let twice = [
        "app",
        "app",
        "--predicate",
        "predicate",
        "--type",
        "slsa-provenance",
        "--bundle",
        "b",
    ];
    assert_code(&world.attest(&twice), 2);
}

#[test]
fn predicates_and_subjects_come_from_standard_input_but_not_both() {
    let world = World::new();
    let sbom = cyclonedx(&artifact()).to_string();
    let run = |arguments: &[&str], stdin: &str| {
        world
            .signing("attest", arguments)
            .args(["--identity-token-file", "token", "--overwrite"])
            .write_stdin(stdin)
            .output()
            .unwrap()
    };
    assert_code(
        &run(&["app", "--predicate", "-", "--type", "cyclonedx"], &sbom),
        0,
    );
    world.write("sbom", &sbom);
    let arguments = [
        "-",
        "--predicate",
        "sbom",
        "--type",
        "cyclonedx",
        "--bundle",
        "b.json",
    ];
    assert_code(&run(&arguments, ARTIFACT), 0);
    for bundle in ["app.cyclonedx.sigstore.json", "b.json"] {
        assert_code(
            &world.verify(&["app", "--bundle", bundle, "--type", "cyclonedx"]),
            0,
        );
    }
    let both = [
        "-",
        "--predicate",
        "-",
        "--type",
        "cyclonedx",
        "--bundle",
        "b.json",
    ];
    assert_code(&run(&both, &sbom), 2);
}

#[test]
fn what_cannot_be_meant_is_refused_before_anybody_is_asked() {
    let world = World::new();
    world.write_json("p", &provenance());
    world.write("app.slsa-provenance.sigstore.json", "mine");
    let image = format!("{}/org/app:v1", world.sandbox.urls().registry);
    let typed = ["--predicate", "p", "--type", "slsa-provenance"];
    for arguments in [
        &["app"][..],
        &["missing"],
        &["-"],
        &["app", "--yes"],
        &["app", "--replace"],
        &["app", "--registry-egress", "r.example"],
        &["app", "--no-log"],
        &[&image, "app"],
        &[&image, "--bundle", "b"],
        &[&image, "--overwrite"],
        &["app", "--bundle", "b", "--from-ci"],
    ] {
        assert_code(&world.attest(&[arguments, &typed].concat()), 2);
    }
    for arguments in [
        &["app", "--predicate", "p"][..],
        &["app", "--type", "spdx"],
        &["app", "--predicate", "p", "--type", "slsa-provenence"],
        &["app", "--predicate", "missing", "--type", "spdx"],
        &["app", "--from-ci", "--type", "spdx"],
    ] {
        assert_code(&world.attest(arguments), 2);
    }
    nobody_was_asked(&world);
}

#[test]
fn provenance_is_made_from_the_job_and_says_what_it_does_not_know() {
    let world = World::new();
    let variables: Vec<(String, String)> = environment("github-push");
    let attest = |variables: &[(String, String)]| {
        world
            .signing("attest", &["app", "--type", "slsa-provenance", "--from-ci"])
            .args(["--identity-token-file", "token"])
            .envs(variables.iter().cloned())
            .output()
            .unwrap()
    };
    let output = attest(&[]);
    assert_code(&output, 5);
    let output = attest(&variables);
    assert_code(&output, 0);
    let said = text(&output.stderr);
    assert!(said.contains("provenance-incomplete"), "{said}");
    let bundle = "app.slsa-provenance.sigstore.json";
    let arguments = [
        "app",
        "--bundle",
        bundle,
        "--type",
        "slsa-provenance",
        "--predicate-out",
        "out",
    ];
    assert_code(&world.verify(&arguments), 0);
    let out: Value = serde_json::from_slice(&std::fs::read(world.path("out")).unwrap()).unwrap();
    let unknown = &out["buildDefinition"]["internalParameters"]["portcullis_unknown"];
    assert!(unknown.as_array().is_some_and(|list| !list.is_empty()), "{out}");
}

#[test]
fn an_outage_leaves_no_bundle_and_can_be_finished_later() {
    let world = World::new();
    world.write_json("sbom", &cyclonedx(&artifact()));
    for (service, version) in [
        (Service::RekorV1, "1"),
        (Service::RekorV2, "2"),
        (Service::Tsa, "2"),
    ] {
        world.sandbox.faults().add(Rule::new(service, Fault::Status(400)));
        let arguments = [
            "app",
            "--predicate",
            "sbom",
            "--type",
            "cyclonedx",
            "--rekor-version",
            version,
        ];
        let output = world.attest(&arguments);
        assert_code(&output, 4);
        assert_eq!(text(&output.stdout), "");
        let resume = "app.cyclonedx.sigstore.json.resume";
        assert!(text(&output.stderr).contains(resume), "{}", text(&output.stderr));
        assert!(!world.path("app.cyclonedx.sigstore.json").exists());
        world.sandbox.faults().clear();
        assert_code(&world.signing("sign", &["--resume", resume]).output().unwrap(), 0);
        let bundle = world.path("app.cyclonedx.sigstore.json");
        let arguments = ["app", "--bundle", bundle.to_str().unwrap(), "--type", "cyclonedx"];
        assert_code(&world.verify(&arguments), 0);
        std::fs::remove_file(bundle).unwrap();
    }
}

#[test]
fn a_key_attests_and_no_secret_is_in_anything_that_is_said_or_written() {
    let world = World::new();
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    let plain = key.to_plain_pem().unwrap();
    world.write("key", &plain);
    world.write("key.pub", &public_pem(&key).unwrap());
    world.write_json("sbom", &cyclonedx(&artifact()));
    let typed = ["app", "--predicate", "sbom", "--type", "cyclonedx", "--overwrite"];
    let mut said = String::new();
    for fault in [
        None,
        Some(Service::Fulcio),
        Some(Service::RekorV2),
        Some(Service::Tsa),
    ] {
        if let Some(service) = fault {
            world.sandbox.faults().add(Rule::new(service, Fault::Status(400)));
        }
        for output in [
            world.attest(&typed),
            world.attest(&[&typed[..], &["--format", "json"]].concat()),
            world
                .signing("attest", &typed)
                .args(["--key", "key"])
                .output()
                .unwrap(),
        ] {
            said += &text(&output.stdout);
            said += &text(&output.stderr);
        }
        world.sandbox.faults().clear();
    }
    let verified = world
        .command("verify")
        .args([
            "app",
            "--bundle",
            "app.cyclonedx.sigstore.json",
            "--type",
            "cyclonedx",
        ])
        .args(["--key", "key.pub", "--trusted-root"])
        .arg(world.sandbox.dir().join("trusted_root.json"))
        .output()
        .unwrap();
    assert_code(&verified, 0);
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.ends_with("token") && !path.ends_with("key") {
            said += &String::from_utf8_lossy(&std::fs::read(path).unwrap());
        }
    }
    let body: String = plain.lines().filter(|line| !line.starts_with('-')).collect();
    let signature = world.token.rsplit('.').next().unwrap();
    for secret in [world.token.as_str(), signature, &body, &body[20..60]] {
        assert!(!said.contains(secret));
    }
}

#[test]
fn the_report_for_machines_says_everything() {
    let world = World::new();
    world.write_json("sbom", &cyclonedx(&artifact()));
    let arguments = [
        "app",
        "--predicate",
        "sbom",
        "--type",
        "cyclonedx",
        "--format",
        "json",
    ];
    let output = world.attest(&arguments);
    assert_code(&output, 0);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let attested = &report["attested"][0];
    assert_eq!(report["command"], "attest");
    assert_eq!(report["exitCode"], 0);
    assert_eq!(report["predicateType"], "https://cyclonedx.org/bom");
    assert_eq!(report["predicateBytes"], cyclonedx(&artifact()).to_string().len());
    let subjects = json!([{"name": "app", "digest": artifact().to_string()}]);
    assert_eq!(attested["subjects"], subjects);
    assert_eq!(attested["signer"]["certificate"]["identity"], world::EMAIL);
    assert_eq!(attested["bundle"], "app.cyclonedx.sigstore.json");
    for size in ["envelope", "logRequest", "logEntry", "bundle"] {
        assert!(
            attested["sizes"][size].as_u64().is_some_and(|size| size > 0),
            "{report}"
        );
    }
}

/// The environment of a recorded CI job.
fn environment(name: &str) -> Vec<(String, String)> {
    let folder = format!("{}/fixtures/provenance/{name}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(format!("{folder}/environment")).unwrap();
    let lines = file.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
