//! `sbom-check` of images whose SBOM was attested.

use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::world::{EMAIL, World, assert_code, assert_finding, config_digest, text};

/// A policy that demands an SBOM of the token's identity, and MIT.
pub(crate) fn policy(world: &World) -> String {
    let root = world.sandbox.dir().join("trusted_root.json");
    format!(
        "version = 1\n\n[trust]\nfile = {root:?}\n\n[[pin]]\nname = \"dev\"\nidentity = \"{EMAIL}\"\nissuer = \"{}\"\n\n\
         [[attestation]]\ntype = \"cyclonedx\"\npins = [\"dev\"]\n\n[sbom]\nrequire-root-digest = true\n\n\
         [sbom.licences]\nallow = [\"MIT\"]\n",
        world.issuer()
    )
}

/// An SBOM of what has this digest, with one component.
pub(crate) fn sbom(about: &Digest, licence: &str) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {
            "type": "container",
            "name": "app",
            "hashes": [{"alg": "SHA-256", "content": about.to_hex()}],
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

fn check(world: &World, image: &str) -> std::process::Output {
    world
        .command("sbom-check")
        .args([image, "--policy", "policy.toml"])
        .output()
        .unwrap()
}

#[test]
fn an_image_passes_by_the_sbom_of_its_manifest_or_its_configuration_and_by_no_other() {
    let world = World::new();
    world.write("policy.toml", &policy(&world));
    let attest = |image: &str, sbom: &Value| {
        world.write_json("sbom.json", sbom);
        world.attest(&[image, "--predicate", "sbom.json", "--type", "cyclonedx"])
    };

    for (repository, names_configuration) in [("org/manifest", false), ("org/configuration", true)] {
        let (tagged, digest) = world.image(repository, repository);
        let image = world.by_digest(repository, &digest);
        assert_code(&check(&world, &tagged), 3);
        let about = match names_configuration {
            true => config_digest(),
            false => digest,
        };
        assert_code(&attest(&image, &sbom(&about, "MIT")), 0);
        let output = check(&world, &tagged);
        assert_code(&output, 0);
        assert_eq!(text(&output.stdout), format!("{image}\n"));
        // The tag moves to an image that nobody described.
        world.image(repository, "another");
        assert_code(&check(&world, &tagged), 3);
        assert_code(&check(&world, &image), 0);
    }
}

#[test]
fn an_image_with_a_component_that_the_policy_does_not_allow_is_denied() {
    let world = World::new();
    world.write("policy.toml", &policy(&world));
    let (tagged, digest) = world.image("org/app", "one");
    let image = world.by_digest("org/app", &digest);
    world.write_json("sbom.json", &sbom(&digest, "GPL-3.0-only"));
    let typed = [image.as_str(), "--predicate", "sbom.json", "--type", "cyclonedx"];
    assert_code(&world.attest(&typed), 0);
    let output = check(&world, &tagged);
    assert_finding(&output, 1, "licence-not-allowed");
}
