//! Attestations of images: attached, found by `verify`, replaced.

use portcullis::sandbox::server::{Fault, Identity, Options, RegistryOptions, Rule, Service};
use portcullis::subject::Digest;
use serde_json::Value;

use crate::world::{
    EMAIL, World, assert_code, assert_finding, config_digest, cyclonedx, provenance, spdx, text,
};

#[test]
fn what_is_attested_of_an_image_is_found_with_it_wherever_it_is_listed() {
    for referrers_api in [true, false] {
        let world = World::with(Options {
            registry: RegistryOptions {
                referrers_api,
                ..RegistryOptions::default()
            },
            ..Options::default()
        });
        let (tagged, digest) = world.image("org/app", "one");
        let image = world.by_digest("org/app", &digest);
        for (name, predicate) in [
            ("cyclonedx", cyclonedx(&digest)),
            // Some generators name the configuration.
            ("spdx", spdx(&config_digest())),
            ("slsa-provenance", provenance()),
        ] {
            world.write_json("predicate", &predicate);
            let output = world.attest(&[&image, "--predicate", "predicate", "--type", name]);
            assert_code(&output, 0);
            assert_eq!(text(&output.stdout), format!("{image}\n"));
            assert_code(&world.verify(&[&tagged, "--type", name]), 0);
        }
        let types = [
            "--type",
            "cyclonedx",
            "--type",
            "spdx",
            "--type",
            "slsa-provenance",
        ];
        assert_code(&world.verify(&[&[image.as_str()], &types[..]].concat()), 0);
        // The tag moves; what is about the old digest is about nothing else.
        let (_, other) = world.image("org/app", "two");
        assert_ne!(other, digest);
        assert_code(&world.verify(&[&tagged, "--type", "spdx"]), 3);
        assert_code(&world.verify(&[&image, "--type", "spdx"]), 0);
    }
}

#[test]
fn a_tag_is_attested_only_when_somebody_says_so() {
    let world = World::new();
    let (tagged, digest) = world.image("org/app", "one");
    world.write_json("sbom", &cyclonedx(&digest));
    let typed = [tagged.as_str(), "--predicate", "sbom", "--type", "cyclonedx"];
    assert_code(&world.attest(&typed), 2);
    let output = world.attest(&[&typed[..], &["--yes"]].concat());
    assert_code(&output, 0);
    let image = world.by_digest("org/app", &digest);
    assert!(text(&output.stderr).contains(&image));
    assert_eq!(text(&output.stdout), format!("{image}\n"));
}

#[test]
fn nothing_is_signed_when_the_sbom_is_of_another_image() {
    let world = World::new();
    let (_, one) = world.image("org/one", "one");
    let (_, two) = world.image("org/two", "two");
    let images = [world.by_digest("org/one", &one), world.by_digest("org/two", &two)];
    world.write_json("sbom", &cyclonedx(&one));
    let output = world.attest(&[
        &images[0],
        &images[1],
        "--predicate",
        "sbom",
        "--type",
        "cyclonedx",
    ]);
    assert_finding(&output, 1, "sbom-digest-mismatch");
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 0);
    assert_code(&world.verify(&[&images[0], "--type", "cyclonedx"]), 3);
    // A predicate that names no artifact may be about several images; each gets a statement of its own.
    world.write_json("p", &provenance());
    let typed = [
        &images[0],
        &images[1],
        "--predicate",
        "p",
        "--type",
        "slsa-provenance",
    ];
    assert_code(&world.attest(&typed), 0);
    for image in &images {
        assert_code(&world.verify(&[image, "--type", "slsa-provenance"]), 0);
    }
}

/// The manifests that hold a bundle of this type, as `inspect` shows them.
fn attached(world: &World, image: &str, predicate_type: &str) -> usize {
    let output = world
        .command("inspect")
        .args([image, "--format", "json"])
        .output()
        .unwrap();
    assert_code(&output, 0);
    let text = text(&output.stdout);
    let _: Value = serde_json::from_str(&text).unwrap();
    text.matches(&format!("\"predicateType\": \"{predicate_type}\""))
        .count()
}

#[test]
fn replacing_removes_what_the_same_signer_attached_and_nothing_else() {
    let world = World::new();
    let (_, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    let sbom = "https://cyclonedx.org/bom";
    let other = world
        .sandbox
        .token(&Identity::Email("other@example.com".to_owned()))
        .unwrap();
    world.write("other", &other);
    world.write_json("sbom", &cyclonedx(&digest));
    world.write_json("spdx", &spdx(&digest));
    let typed = [image.as_str(), "--predicate", "sbom", "--type", "cyclonedx"];
    assert_code(&world.attest(&typed), 0);
    assert_code(
        &world.attest(&[image.as_str(), "--predicate", "spdx", "--type", "spdx"]),
        0,
    );
    let theirs = world
        .signing("attest", &typed)
        .args(["--identity-token-file", "other"])
        .output()
        .unwrap();
    assert_code(&theirs, 0);
    assert_eq!(attached(&world, &image, sbom), 2);

    // As long as the new one is not there, nothing goes.
    world
        .sandbox
        .faults()
        .add(Rule::new(Service::RekorV2, Fault::Status(400)));
    world
        .sandbox
        .faults()
        .add(Rule::new(Service::RekorV1, Fault::Status(400)));
    assert_code(&world.attest(&[&typed[..], &["--replace"]].concat()), 4);
    world.sandbox.faults().clear();
    assert_eq!(attached(&world, &image, sbom), 2);

    let output = world.attest(&[&typed[..], &["--replace"]].concat());
    assert_code(&output, 0);
    assert_eq!(text(&output.stderr).matches("  removed sha256:").count(), 1);
    assert_eq!(attached(&world, &image, sbom), 2);
    assert_eq!(attached(&world, &image, "https://spdx.dev/Document"), 1);
    assert_code(
        &world.verify(&[&image, "--type", "cyclonedx", "--type", "spdx"]),
        0,
    );
    let by_other = world
        .command("verify")
        .args([&image, "--type", "cyclonedx", "--identity", "other@example.com"])
        .args(["--issuer", &world.issuer(), "--trusted-root"])
        .arg(world.sandbox.dir().join("trusted_root.json"))
        .output()
        .unwrap();
    assert_code(&by_other, 0);
}

#[test]
fn what_a_registry_does_not_take_is_kept_and_published_later() {
    let world = World::new();
    let (_, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    world.write_json("sbom", &cyclonedx(&digest));
    let refusal = Rule::new(Service::Registry, Fault::Status(413)).method("PUT");
    world.sandbox.faults().add(refusal);
    let output = world.attest(&[&image, "--predicate", "sbom", "--type", "cyclonedx"]);
    assert_code(&output, 4);
    let said = text(&output.stderr);
    assert!(said.contains("413"), "{said}");
    let names = std::fs::read_dir(world.folder.path()).unwrap();
    let resume = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .find(|name| name.ends_with(".resume"))
        .unwrap();
    assert!(said.contains(&resume), "{said}");
    world.sandbox.faults().clear();
    let output = world.signing("sign", &["--resume", &resume]).output().unwrap();
    assert_code(&output, 0);
    assert!(!world.path(&resume).exists());
    assert_code(&world.verify(&[&image, "--type", "cyclonedx"]), 0);
    assert_eq!(
        world.sandbox.faults().requests(Service::Fulcio).len(),
        1,
        "{EMAIL}"
    );
}

/// A digest that no image here has.
#[test]
fn an_image_that_is_not_there_is_no_denial() {
    let world = World::new();
    world.write_json("p", &provenance());
    let image = world.by_digest("org/app", &Digest::sha256(b"nothing"));
    let output = world.attest(&[&image, "--predicate", "p", "--type", "slsa-provenance"]);
    assert_code(&output, 4);
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 0);
}
