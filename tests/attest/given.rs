//! `sbom-check --sbom`: who vouches for a file, and what becomes of one that nobody vouches for.

use std::process::Output;

use assert_cmd::Command;
use portcullis::subject::Digest;
use serde_json::Value;

use crate::ingredients::{policy, sbom};
use crate::world::{ARTIFACT, World, artifact, assert_code, assert_finding, text};

fn world() -> World {
    let world = World::new();
    world.write("policy.toml", &policy(&world));
    world
}

fn program(world: &World, arguments: &[&str]) -> Command {
    let mut program = world.command("sbom-check");
    program.args(["--policy", "policy.toml"]).args(arguments);
    program
}

fn check(world: &World, arguments: &[&str]) -> Output {
    program(world, arguments).output().unwrap()
}

/// The report in JSON with its exit code.
fn report(world: &World, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = program(world, arguments)
        .args(["--format", "json"])
        .output()
        .unwrap();
    (
        output.status.code(),
        serde_json::from_slice(&output.stdout).unwrap(),
    )
}

/// Signs a file, and gives the bundle's name.
fn sign(world: &World, name: &str) -> String {
    let output = world
        .signing("sign", &[name])
        .args(["--identity-token-file", "token"])
        .output()
        .unwrap();
    assert_code(&output, 0);
    format!("{name}.sigstore.json")
}

#[test]
fn an_unsigned_sbom_of_a_file_is_said_to_be_one_and_can_be_denied() {
    let world = world();
    world.write_json("sbom.json", &sbom(&artifact(), "MIT"));
    let given = ["app", "--sbom", "sbom.json"];
    let output = check(&world, &given);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout), format!("{}  app\n", artifact()));
    let said = text(&output.stderr);
    assert!(
        said.contains("sbom-unauthenticated") && !said.contains("no-evidence"),
        "{said}"
    );
    let (code, json) = report(&world, &given);
    assert_eq!(code, Some(0));
    let told = &json["subjects"][0]["sboms"][0];
    assert_eq!(told["authenticated"], false);
    assert_eq!(told["counted"], true);
    assert_eq!(told["location"], "sbom.json");

    assert_finding(
        &check(&world, &["app", "--sbom", "sbom.json", "--deny-warnings"]),
        1,
        "sbom-unauthenticated",
    );
    let strict = policy(&world).replace("[sbom]", "[sbom]\nunauthenticated = \"deny\"");
    world.write("policy.toml", &strict);
    assert_finding(&check(&world, &given), 1, "sbom-unauthenticated");
}

#[test]
fn a_given_sbom_is_held_against_the_file_and_the_rules() {
    let world = world();
    world.write_json("gpl.json", &sbom(&artifact(), "GPL-3.0-only"));
    assert_finding(
        &check(&world, &["app", "--sbom", "gpl.json"]),
        1,
        "licence-not-allowed",
    );
    world.write_json("other.json", &sbom(&Digest::sha256(b"other"), "MIT"));
    assert_finding(
        &check(&world, &["app", "--sbom", "other.json"]),
        1,
        "sbom-digest-mismatch",
    );
    // What else the policy demands of the file still has to hold.
    let signed = format!(
        "{}\n[[signature]]\npins = [\"dev\"]\n",
        policy(&world).split("[sbom]").next().unwrap()
    );
    world.write("policy.toml", &format!("{signed}[sbom]\n"));
    world.write_json("sbom.json", &sbom(&artifact(), "MIT"));
    let output = check(&world, &["app", "--sbom", "sbom.json"]);
    assert_code(&output, 3);
    sign(&world, "app");
    assert_code(&check(&world, &["app", "--sbom", "sbom.json"]), 0);
}

#[test]
fn a_signature_over_the_file_authenticates_it_and_a_bad_one_denies() {
    let world = world();
    world.write_json("sbom.json", &sbom(&artifact(), "MIT"));
    let bundle = sign(&world, "sbom.json");
    let output = check(&world, &["app", "--sbom", "sbom.json"]);
    assert_code(&output, 0);
    assert!(!text(&output.stderr).contains("sbom-unauthenticated"));
    std::fs::rename(world.path(&bundle), world.path("elsewhere.json")).unwrap();
    let (code, json) = report(
        &world,
        &["app", "--sbom", "sbom.json", "--sbom-bundle", "elsewhere.json"],
    );
    assert_eq!(
        (code, &json["subjects"][0]["sboms"][0]["authenticated"]),
        (Some(0), &Value::Bool(true))
    );
    // The same bundle over a changed file.
    world.write_json("sbom.json", &sbom(&artifact(), "Apache-2.0"));
    let output = check(
        &world,
        &["app", "--sbom", "sbom.json", "--sbom-bundle", "elsewhere.json"],
    );
    assert_finding(&output, 1, "sbom-unauthenticated");
    assert!(
        !text(&output.stderr).contains("licence-not-allowed"),
        "it was read"
    );
}

#[test]
fn an_image_passes_by_a_file_only_if_it_is_attested_or_signed_and_names_the_image() {
    let world = world();
    let (tagged, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    world.write_json("sbom.json", &sbom(&digest, "MIT"));
    let given = [tagged.as_str(), "--sbom", "sbom.json"];
    assert_finding(&check(&world, &given), 1, "sbom-unauthenticated");
    // Bytes that no reader takes: they are not even looked at.
    world.write("broken.json", "[[[");
    let output = check(&world, &[&tagged, "--sbom", "broken.json"]);
    assert_finding(&output, 1, "sbom-unauthenticated");
    assert!(!text(&output.stderr).contains("sbom-malformed"));

    sign(&world, "sbom.json");
    let output = check(&world, &given);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout), format!("{image}\n"));
    world.write_json("other.json", &sbom(&Digest::sha256(b"other"), "MIT"));
    sign(&world, "other.json");
    assert_finding(
        &check(&world, &[&tagged, "--sbom", "other.json"]),
        1,
        "sbom-digest-mismatch",
    );

    // The same bytes, attested.
    std::fs::remove_file(world.path("sbom.json.sigstore.json")).unwrap();
    let typed = [image.as_str(), "--predicate", "sbom.json", "--type", "cyclonedx"];
    assert_code(&world.attest(&typed), 0);
    assert_code(&check(&world, &given), 0);
}

#[test]
fn without_a_subject_only_the_rules_are_asked_and_the_report_says_so() {
    let world = world();
    world.write_json("sbom.json", &sbom(&Digest::sha256(b"whatever"), "MIT"));
    let output = check(&world, &["--sbom", "sbom.json"]);
    assert_code(&output, 0);
    let said = text(&output.stderr);
    assert!(
        said.contains("sbom-without-subject") && said.contains("sbom-unauthenticated"),
        "{said}"
    );
    world.write_json("gpl.json", &sbom(&artifact(), "GPL-3.0-only"));
    assert_finding(&check(&world, &["--sbom", "gpl.json"]), 1, "licence-not-allowed");
    let bytes = std::fs::read(world.path("gpl.json")).unwrap();
    let output = program(&world, &["--sbom", "-"])
        .write_stdin(bytes)
        .output()
        .unwrap();
    assert_finding(&output, 1, "licence-not-allowed");
}

#[test]
fn what_does_not_go_together_is_a_usage_error() {
    let world = world();
    world.write_json("sbom.json", &sbom(&artifact(), "MIT"));
    world.write("other", ARTIFACT);
    for arguments in [
        &["app", "other", "--sbom", "sbom.json"][..],
        &["-", "--sbom", "-"],
        &["app", "--sbom", "missing.json"],
        &["app", "--sbom-bundle", "sbom.json"],
        &["app", "--sbom", "sbom.json", "--sbom-bundle", "missing.json"],
        &["--sbom", "sbom.json", "--bundle", "sbom.json"],
        &[],
    ] {
        let output = check(&world, arguments);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
    }
    let output = check(&world, &["app", "--sbom", "sbom.json", "--max-sbom-bytes", "100"]);
    assert_code(&output, 4);
    let said = text(&output.stderr);
    assert!(
        said.contains("100 bytes") && said.contains("--max-sbom-bytes"),
        "{said}"
    );
    let output = check(
        &world,
        &["app", "--sbom", "sbom.json", "--max-sbom-components", "1"],
    );
    assert_finding(&output, 1, "sbom-too-large");
    assert!(
        text(&output.stderr).contains("--max-sbom-components"),
        "{}",
        text(&output.stderr)
    );
}
