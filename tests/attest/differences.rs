//! What is compared with what was accepted before, and what waits until every place answered.

use std::process::Output;

use portcullis::sandbox::server::{Fault, Rule, Service};
use portcullis::subject::Digest;
use serde_json::Value;

use crate::ingredients::{policy, sbom};
use crate::world::{World, artifact, assert_code, assert_finding, text};

fn check(world: &World, arguments: &[&str]) -> Output {
    run(world, "sbom-check", arguments)
}

fn run(world: &World, command: &str, arguments: &[&str]) -> Output {
    let mut program = world.command(command);
    program.args(["--policy", "policy.toml"]).args(arguments);
    program.output().unwrap()
}

/// An image with an attested SBOM, by digest.
fn attested(world: &World, repository: &str, change: impl FnOnce(&mut Value)) -> String {
    let (_, digest) = world.image(repository, repository);
    let image = world.by_digest(repository, &digest);
    let mut document = sbom(&digest, "MIT");
    change(&mut document);
    world.write_json("sbom.json", &document);
    let typed = [image.as_str(), "--predicate", "sbom.json", "--type", "cyclonedx"];
    assert_code(&world.attest(&typed), 0);
    image
}

fn version(document: &mut Value, version: &str) {
    let component = &mut document["components"][0];
    component["version"] = version.into();
    component["purl"] = format!("pkg:npm/left-pad@{version}").into();
}

#[test]
fn an_image_is_compared_with_the_one_that_was_accepted_last() {
    let world = World::new();
    let rules = format!("{}\n[sbom.drift]\n", policy(&world));
    world.write("policy.toml", &rules);
    let old = attested(&world, "org/old", |_| {});
    let later = attested(&world, "org/later", |document| version(document, "1.4.0"));
    let earlier = attested(&world, "org/earlier", |document| version(document, "1.2.0"));
    assert_code(&check(&world, &[&later, "--baseline", &old]), 0);
    assert_finding(&check(&world, &[&earlier, "--baseline", &old]), 1, "sbom-drift");
    // Without a baseline the rule cannot be met, by no command.
    let output = check(&world, &[&later]);
    assert_code(&output, 2);
    assert_finding(&run(&world, "verify", &[&later]), 5, "baseline-missing");
    world.write("policy.toml", &format!("{rules}required = false\n"));
    assert_code(&check(&world, &[&later]), 0);
    assert_code(&run(&world, "verify", &[&later]), 0);

    // A file is believed, and the report says that nobody signed it.
    let output = check(&world, &[&earlier, "--baseline", "sbom.json"]);
    assert_code(&output, 0);
    assert!(
        text(&output.stderr).contains("nothing says that anybody signed it"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_baseline_that_is_not_accepted_or_not_reached_allows_nothing() {
    let world = World::new();
    world.write("policy.toml", &format!("{}\n[sbom.drift]\n", policy(&world)));
    let new = attested(&world, "org/new", |_| {});
    let (_, digest) = world.image("org/unsigned", "unsigned");
    let unsigned = world.by_digest("org/unsigned", &digest);
    assert_finding(
        &check(&world, &[&new, "--baseline", &unsigned]),
        1,
        "baseline-unverified",
    );
    world.write("no-sbom.json", "{}");
    assert_finding(
        &check(&world, &[&new, "--baseline", "no-sbom.json"]),
        1,
        "baseline-unverified",
    );
    let old = attested(&world, "org/old", |_| {});
    let rule = Rule::new(Service::Registry, Fault::Status(503));
    world.sandbox.faults().add(rule.path("/v2/org/old/referrers"));
    assert_finding(
        &check(&world, &[&new, "--baseline", &old]),
        4,
        "baseline-undecided",
    );
    for arguments in [
        &[new.as_str(), &old, "--baseline", &old][..],
        &[&new, "--baseline", "-"],
        &[&new, "--baseline", "missing"],
        &[&new, "--baseline-bundle", "sbom.json"],
    ] {
        assert_eq!(check(&world, arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_place_that_does_not_answer_may_hold_an_sbom_that_does_not_pass() {
    let world = World::new();
    let rules = policy(&world);
    let image = attested(&world, "org/app", |_| {});
    let rule = Rule::new(Service::Registry, Fault::Status(503));
    world.sandbox.faults().add(rule.path(".att"));
    for (require, code) in [("", 4), ("require = \"latest\"\n", 4), ("require = \"any\"\n", 0)] {
        world.write(
            "policy.toml",
            &rules.replace("[sbom]\n", &format!("[sbom]\n{require}")),
        );
        for command in ["sbom-check", "verify"] {
            let output = run(&world, command, &[&image]);
            assert_eq!(
                output.status.code(),
                Some(code),
                "{command} {require}: {}",
                text(&output.stderr)
            );
        }
    }
    // A given file could be the one that is attested there.
    world.write("policy.toml", &rules);
    world.write_json("other.json", &sbom(&Digest::sha256(b"other"), "MIT"));
    assert_code(&check(&world, &[&image, "--sbom", "other.json"]), 4);
    world.sandbox.faults().clear();
    assert_code(&check(&world, &[&image]), 0);
}

#[test]
fn verify_and_pin_ask_the_rules_about_sboms_that_the_policy_has() {
    let world = World::new();
    let gpl = policy(&world).replace("\"MIT\"", "\"GPL-3.0-only\"");
    world.write("policy.toml", &policy(&world));
    let image = attested(&world, "org/app", |_| {});
    world.write(
        "compose.yaml",
        &format!("services:\n  app:\n    image: {image}\n"),
    );
    for (policy, code) in [(policy(&world), 0), (gpl, 1)] {
        world.write("policy.toml", &policy);
        for (command, argument) in [
            ("verify", image.as_str()),
            ("pin", "compose.yaml"),
            ("sbom-check", &image),
        ] {
            let output = run(&world, command, &[argument]);
            assert_eq!(
                output.status.code(),
                Some(code),
                "{command}: {}",
                text(&output.stderr)
            );
            let said = text(&output.stderr);
            assert_eq!(
                said.contains("licence-not-allowed"),
                code == 1,
                "{command}: {said}"
            );
        }
    }
}

#[test]
fn a_subject_of_which_no_sbom_is_demanded_passes_verify_and_the_report_says_so() {
    let world = World::new();
    let scoped = policy(&world)
        .replace(
            "type = \"cyclonedx\"\n",
            "type = \"cyclonedx\"\nsubjects = [\"file:other/**\"]\n",
        )
        .replace(
            "[sbom]\n",
            "[[attestation]]\ntype = \"slsa-provenance\"\npins = [\"dev\"]\n\n[sbom]\n",
        );
    world.write("policy.toml", &scoped);
    world.write_json("p.json", &crate::world::provenance());
    let typed = ["app", "--predicate", "p.json", "--type", "slsa-provenance"];
    assert_code(&world.attest(&typed), 0);
    let bundles: Vec<String> = std::fs::read_dir(world.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".sigstore.json"))
        .collect();
    let output = run(&world, "verify", &["app", "--bundle", &bundles[0], "--verbose"]);
    assert_code(&output, 0);
    assert!(
        text(&output.stderr).contains("sbom-not-checked"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(text(&output.stdout), format!("{}  app\n", artifact()));
    assert_finding(
        &check(&world, &["app", "--bundle", &bundles[0]]),
        3,
        "no-evidence",
    );
}
