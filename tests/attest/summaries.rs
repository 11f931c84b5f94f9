//! Verification summaries: made of what was allowed, and relied on.

use std::process::Output;

use portcullis::sandbox::server::{Fault, Rule, Service};
use portcullis::subject::Digest;
use serde_json::Value;

use crate::world::{EMAIL, World, artifact, assert_code, assert_finding, cyclonedx, text};

const VERIFIER: &str = "https://verifier.example";

/// Writes a policy that accepts this identity for SBOMs, and gives its digest.
fn policy(world: &World, identity: &str) -> String {
    let text = format!(
        "version = 1\n\n[trust]\nfile = {:?}\n\n[[identity]]\nname = \"dev\"\nidentity = {identity:?}\nissuer = {:?}\n\n\
         [[attestation]]\ntype = \"cyclonedx\"\n",
        world
            .sandbox
            .dir()
            .join("trusted_root.json")
            .display()
            .to_string(),
        world.issuer(),
    );
    world.write("policy.toml", &text);
    Digest::sha256(text.as_bytes()).to_string()
}

/// Verifies by the policy, and asks for a summary.
fn sum_up(world: &World, arguments: &[&str]) -> Output {
    world
        .command("verify")
        .args(arguments)
        .args(["--policy", "policy.toml", "--vsa-verifier", VERIFIER])
        .args(["--identity-token-file", "token", "--signing-config"])
        .arg(world.sandbox.dir().join("signing_config.json"))
        .output()
        .unwrap()
}

#[test]
fn a_summary_of_an_image_is_attached_and_relied_on() {
    let world = World::new();
    let (_, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    world.write_json("sbom", &cyclonedx(&digest));
    assert_code(
        &world.attest(&[&image, "--predicate", "sbom", "--type", "cyclonedx"]),
        0,
    );
    let policy = policy(&world, EMAIL);
    let output = sum_up(&world, &[&image, "--attach-vsa"]);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout), format!("{image}\n"));
    let rely = |more: &[&str]| {
        world.verify(&[&[image.as_str(), "--type", "vsa", "--predicate-out", "out"], more].concat())
    };
    assert_code(&rely(&["--verifier", VERIFIER, "--verified-policy", &policy]), 0);
    let out: Value = serde_json::from_slice(&std::fs::read(world.path("out")).unwrap()).unwrap();
    assert_eq!(out["verificationResult"], "PASSED");
    assert_eq!(out["verifier"]["id"], VERIFIER);
    assert_eq!(
        format!("sha256:{}", out["policy"]["digest"]["sha256"].as_str().unwrap()),
        policy
    );
    assert_code(&rely(&["--verifier", "https://another.example"]), 1);
    let other = Digest::sha256(b"another policy").to_string();
    assert_code(&rely(&["--verifier", VERIFIER, "--verified-policy", &other]), 1);
    // A summary is about one image.
    let (_, other) = world.image("org/app", "two");
    let other = world.by_digest("org/app", &other);
    let output = world.verify(&[&other, "--type", "vsa", "--verifier", VERIFIER]);
    assert_code(&output, 3);
}

#[test]
fn a_summary_of_a_file_is_written() {
    let world = World::new();
    world.write_json("sbom", &cyclonedx(&artifact()));
    assert_code(
        &world.attest(&["app", "--predicate", "sbom", "--type", "cyclonedx"]),
        0,
    );
    policy(&world, EMAIL);
    let arguments = [
        "app",
        "--bundle",
        "app.cyclonedx.sigstore.json",
        "--vsa-out",
        "vsa.json",
    ];
    assert_code(&sum_up(&world, &arguments), 0);
    let rely = [
        "app",
        "--bundle",
        "vsa.json",
        "--type",
        "vsa",
        "--verifier",
        VERIFIER,
    ];
    assert_code(&world.verify(&rely), 0);
}

#[test]
fn what_is_not_allowed_gets_no_summary() {
    let world = World::new();
    let (_, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    world.write_json("sbom", &cyclonedx(&digest));
    policy(&world, "somebody@example.com");
    let arguments = [image.as_str(), "--attach-vsa", "--vsa-out", "vsa.json"];
    assert_code(&sum_up(&world, &arguments), 3);
    assert_code(
        &world.attest(&[&image, "--predicate", "sbom", "--type", "cyclonedx"]),
        0,
    );
    let before = world.sandbox.faults().requests(Service::Fulcio).len();
    assert_code(&sum_up(&world, &arguments), 1);
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), before);
    assert!(!world.path("vsa.json").exists());
    assert_code(
        &world.verify(&[&image, "--type", "vsa", "--verifier", VERIFIER]),
        3,
    );
}

#[test]
fn a_summary_that_cannot_be_signed_makes_the_run_fail() {
    let world = World::new();
    let (_, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    world.write_json("sbom", &cyclonedx(&digest));
    assert_code(
        &world.attest(&[&image, "--predicate", "sbom", "--type", "cyclonedx"]),
        0,
    );
    policy(&world, EMAIL);
    for fault in [
        Rule::new(Service::Tsa, Fault::Status(400)),
        Rule::new(Service::Registry, Fault::Status(403)).method("PUT"),
    ] {
        world.sandbox.faults().add(fault);
        let output = sum_up(&world, &[&image, "--attach-vsa"]);
        assert_code(&output, 4);
        assert_eq!(text(&output.stdout), "");
        world.sandbox.faults().clear();
        assert_code(
            &world.verify(&[&image, "--type", "vsa", "--verifier", VERIFIER]),
            3,
        );
    }
}

#[test]
fn flags_of_summaries_are_never_ignored() {
    let world = World::new();
    policy(&world, EMAIL);
    for arguments in [
        &["--vsa-out", "v"][..],
        &["--policy", "policy.toml", "--vsa-out", "v"],
        &["--policy", "policy.toml", "--vsa-verifier", VERIFIER],
        &["--policy", "policy.toml", "--identity-token-file", "token"],
        &["--policy", "policy.toml", "--rekor-version", "2"],
        &[
            "--policy",
            "policy.toml",
            "--attach-vsa",
            "--vsa-verifier",
            VERIFIER,
        ],
        &[
            "--policy",
            "policy.toml",
            "--vsa-out",
            "v",
            "--vsa-verifier",
            "me",
        ],
        &[
            "--policy",
            "policy.toml",
            "--vsa-out",
            "v",
            "--vsa-verifier",
            VERIFIER,
            "--offline",
        ],
    ] {
        let output = world
            .command("verify")
            .arg("app")
            .args(arguments)
            .output()
            .unwrap();
        assert_finding(&output, 2, "");
    }
}
