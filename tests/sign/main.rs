//! `portcullis sign` against a sandbox, and what `portcullis verify` says of what it made.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod directories;
mod images;
mod outages;
mod pushed;
mod world;

use std::path::Path;
use std::process::Output;

use portcullis::sandbox::server::{Fault, GithubRun, Identity, Rule, Service};
use portcullis::sigstore::keys::{KeyKind, Password, PrivateKey, public_pem};
use serde_json::Value;

use crate::world::{ARTIFACT, EMAIL, PASSWORD, World, assert_code, digest, text};

#[test]
fn a_file_is_signed_keyless_in_either_log_and_verifies_for_nobody_else() {
    let world = World::new();
    for version in ["1", "2"] {
        let output = world.keyless(&["app", "--overwrite", "--rekor-version", version]);
        assert_code(&output, 0);
        assert_eq!(text(&output.stdout), format!("{}  app\n", digest()));
        let told = text(&output.stderr);
        for word in [EMAIL, "index ", "timestamp", "app.sigstore.json", "bytes"] {
            assert!(told.contains(word), "{told}");
        }
        assert_eq!(world.verify_identity("app", EMAIL), 0, "Rekor v{version}");
        assert_eq!(world.verify_identity("app", "dev@examp1e.com"), 1);
        let bundle: Value = serde_json::from_str(&world.read("app.sigstore.json")).unwrap();
        let kind = &bundle["verificationMaterial"]["tlogEntries"][0]["kindVersion"]["version"];
        assert_eq!(*kind, format!("0.0.{version}"));
    }
    std::fs::write(world.path("app"), "another artifact").unwrap();
    assert_eq!(world.verify_identity("app", EMAIL), 1);
}

#[test]
fn a_workflow_signs_in_its_own_name() {
    let world = World::of(&Identity::Github(GithubRun::new("org/app")));
    assert_code(&world.keyless(&["app"]), 0);
    let issuer = "https://token.actions.githubusercontent.com";
    let identity = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main";
    let verify = |identity: &str| world.verify(&["app", "--identity", identity, "--issuer", issuer]);
    assert_eq!(verify(identity), 0);
    assert_eq!(verify(&identity.replace("org/app", "0rg/app")), 1);
}

#[test]
fn the_report_for_machines_says_everything() {
    let world = World::new();
    let output = world.keyless(&["app", "--format", "json"]);
    assert_code(&output, 0);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schemaVersion"], 1);
    assert_eq!(
        (&report["command"], &report["exitCode"]),
        (&"sign".into(), &0.into())
    );
    let signed = &report["signed"][0];
    assert_eq!(signed["subject"], "app");
    assert_eq!(signed["digest"], digest());
    assert_eq!(signed["form"], "message");
    assert_eq!(signed["bundle"], "app.sigstore.json");
    assert_eq!(signed["signer"]["certificate"]["identity"], EMAIL);
    assert!(signed["signer"]["certificate"]["issuer"].is_string());
    assert!(signed["logEntries"][0]["index"].is_u64());
    assert!(
        signed["timestamps"][0]["authority"]
            .as_str()
            .unwrap()
            .starts_with("http")
    );
    assert_eq!(signed["sizes"]["bundle"], world.read("app.sigstore.json").len());
}

#[test]
fn every_kind_of_key_signs_what_verify_accepts() {
    let world = World::new();
    for kind in [
        KeyKind::EcdsaP256,
        KeyKind::EcdsaP384,
        KeyKind::Ed25519,
        KeyKind::Rsa2048,
    ] {
        let key = PrivateKey::generate(kind).unwrap();
        let other = PrivateKey::generate(kind).unwrap();
        std::fs::write(
            world.path("key"),
            key.to_sealed_pem(&Password::new(PASSWORD)).unwrap(),
        )
        .unwrap();
        std::fs::write(world.path("key.pub"), public_pem(&key).unwrap()).unwrap();
        std::fs::write(world.path("other.pub"), public_pem(&other).unwrap()).unwrap();
        let logged = world.sign(&["app", "--overwrite", "--key", "key"]);
        // No log takes what P-384 signs with its own hash.
        assert_code(&logged, if kind == KeyKind::EcdsaP384 { 5 } else { 0 });
        if kind != KeyKind::EcdsaP384 {
            assert_eq!(world.verify(&["app", "--key", "key.pub"]), 0, "{kind}");
            assert_eq!(world.verify(&["app", "--key", "other.pub"]), 1, "{kind}");
        }
        assert_code(
            &world.sign(&["app", "--overwrite", "--key", "key", "--no-log"]),
            0,
        );
        assert_eq!(world.verify(&["app", "--key", "key.pub"]), 1, "{kind}");
        assert_eq!(
            world.verify(&["app", "--key", "key.pub", "--key-without-log"]),
            0,
            "{kind}"
        );
    }
    let output = world.sign(&["app", "--overwrite", "--key", "key", "--rekor-version", "2"]);
    assert_code(&output, 5);
    assert!(
        text(&output.stderr).contains("signing-unsupported"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn several_files_and_standard_input_are_signed() {
    let world = World::new();
    std::fs::write(world.path("second"), "2").unwrap();
    let output = world.keyless(&["app", "second"]);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout).lines().count(), 2);
    assert_eq!(world.verify_identity("second", EMAIL), 0);
    // One certificate serves for both.
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 1);

    let arguments = ["-", "--bundle", "in.json", "--identity-token-file", "token"];
    assert_code(&world.sign_with(&arguments, ARTIFACT), 0);
    let issuer = world.sandbox.urls().oidc.clone();
    let verify = [
        "app",
        "--bundle",
        "in.json",
        "--identity",
        EMAIL,
        "--issuer",
        issuer.trim_end_matches('/'),
    ];
    assert_eq!(world.verify(&verify), 0);
    assert_code(&world.keyless(&[&digest(), "--bundle", "digest.json"]), 0);
}

#[test]
fn what_cannot_be_meant_is_refused_before_anybody_is_asked() {
    let world = World::new();
    std::fs::write(world.path("there"), "x").unwrap();
    std::fs::write(world.path("there.sigstore.json"), "mine").unwrap();
    std::fs::create_dir(world.path("dir")).unwrap();
    for arguments in [
        &["there"][..],
        &["app", "there"],
        &["app", "app"],
        &["app", "--ignore", ".git"],
        &["."],
        &["missing"],
        &["-"],
        &["app", "there", "--bundle", "b"],
        &["app", "--no-log"],
        &["app", "--key", "k", "--resume", "r"],
    ] {
        assert_code(&world.keyless(arguments), 2);
    }
    for service in Service::ALL {
        assert_eq!(world.sandbox.faults().requests(service).len(), 0, "{service:?}");
    }
    assert_eq!(world.read("there.sigstore.json"), "mine");
    assert_code(&world.keyless(&["there", "--overwrite"]), 0);
}

#[test]
fn an_outage_leaves_no_bundle_and_can_be_finished_later() {
    for (service, version) in [
        (Service::RekorV1, "1"),
        (Service::RekorV2, "2"),
        (Service::Tsa, "2"),
    ] {
        let world = World::new();
        world.sandbox.faults().add(Rule::new(service, Fault::Status(400)));
        let output = world.keyless(&["app", "--rekor-version", version]);
        assert_code(&output, 4);
        assert!(text(&output.stdout).is_empty());
        let told = text(&output.stderr);
        assert!(told.contains("--resume app.sigstore.json.resume"), "{told}");
        assert!(!world.exists("app.sigstore.json"));
        world.sandbox.faults().clear();
        let output = world.sign(&["--resume", "app.sigstore.json.resume"]);
        assert_code(&output, 0);
        assert_eq!(world.verify_identity("app", EMAIL), 0, "{service:?}");
        assert!(!world.exists("app.sigstore.json.resume"));
        assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 1);
    }
}

#[test]
fn a_lost_answer_is_asked_for_again() {
    for (service, version) in [
        (Service::Fulcio, "1"),
        (Service::RekorV1, "1"),
        (Service::RekorV2, "2"),
        (Service::Tsa, "1"),
    ] {
        let world = World::new();
        let rule = Rule::new(service, Fault::LoseAnswer).method("POST").times(1);
        world.sandbox.faults().add(rule);
        assert_code(&world.keyless(&["app", "--rekor-version", version]), 0);
        assert_eq!(world.verify_identity("app", EMAIL), 0, "{service:?}");
    }
}

#[test]
fn a_service_that_lies_gets_no_bundle_published() {
    for (service, version) in [
        (Service::Fulcio, "1"),
        (Service::RekorV1, "1"),
        (Service::RekorV2, "2"),
        (Service::Tsa, "1"),
    ] {
        let world = World::new();
        world.sandbox.faults().add(Rule::new(service, Fault::Lie));
        let output = world.keyless(&["app", "--rekor-version", version]);
        assert_code(&output, 4);
        let told = text(&output.stderr);
        assert!(
            told.contains("service-answer-invalid") || told.contains("made-bundle-refused"),
            "{service:?} {told}"
        );
        assert!(!world.exists("app.sigstore.json"));
    }
}

/// Every file in a folder as text.
fn files(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !["token", "key", "key.plain"].contains(&name.as_str()) {
            all.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    all
}

#[test]
fn no_secret_is_in_anything_that_is_said_or_written() {
    let world = World::new();
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    let plain = key.to_plain_pem().unwrap();
    std::fs::write(world.path("key"), plain.as_str()).unwrap();
    let body: String = plain.lines().filter(|line| !line.starts_with('-')).collect();
    let signature = world.token.rsplit('.').next().unwrap().to_owned();
    let secrets = [
        world.token.clone(),
        signature,
        body.clone(),
        body[20..60].to_owned(),
        PASSWORD.to_owned(),
    ];
    let mut said = String::new();
    let mut run = |output: Output| {
        said.push_str(&text(&output.stdout));
        said.push_str(&text(&output.stderr));
    };
    run(world.keyless(&["app"]));
    run(world.keyless(&["app", "--overwrite", "--format", "json"]));
    run(world.sign(&["app", "--overwrite", "--key", "key"]));
    for service in [Service::Fulcio, Service::RekorV1, Service::RekorV2, Service::Tsa] {
        world.sandbox.faults().add(Rule::new(service, Fault::Status(400)));
        run(world.keyless(&["app", "--overwrite"]));
        run(world.sign(&["app", "--overwrite", "--key", "key"]));
        world.sandbox.faults().clear();
    }
    assert!(world.exists("app.sigstore.json.resume"));
    let all = said + &files(world.folder.path());
    for secret in &secrets {
        assert!(!all.contains(secret.as_str()), "{all}");
    }
}

#[test]
fn the_conformance_protocol_signs_files_and_statements() {
    let world = World::new();
    let statement = format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"app","digest":{{"sha256":"{}"}}}}],"predicateType":"https://example.com/t","predicate":{{}}}}"#,
        digest().trim_start_matches("sha256:")
    );
    std::fs::write(world.path("statement"), &statement).unwrap();
    for (in_toto, file) in [(None, "app"), (Some("--in-toto"), "statement")] {
        let output = world
            .command()
            .args(["conformance", "sign-bundle"])
            .args(in_toto)
            .args([
                "--identity-token",
                &world.token,
                "--bundle",
                "b.json",
                "--trusted-root",
            ])
            .arg(world.trusted_root())
            .arg("--signing-config")
            .arg(world.sandbox.dir().join("signing_config.json"))
            .arg(file)
            .output()
            .unwrap();
        assert_code(&output, 0);
        let issuer = world.sandbox.urls().oidc.trim_end_matches('/').to_owned();
        let verified = world
            .command()
            .args([
                "conformance",
                "verify-bundle",
                "--bundle",
                "b.json",
                "--certificate-identity",
                EMAIL,
            ])
            .args(["--certificate-oidc-issuer", &issuer, "--trusted-root"])
            .arg(world.trusted_root())
            .arg("app")
            .output()
            .unwrap();
        assert_code(&verified, 0);
    }
}
