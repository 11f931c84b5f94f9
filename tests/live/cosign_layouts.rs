//! Layouts: what `cosign save` writes and what `portcullis save` writes, read by both.

use portcullis::sandbox::server::Options;

use crate::cosign::{World, ours, theirs};
use crate::pairs::met;
use crate::registries::Kind;

/// A world with an image that cosign signed and attested.
fn world() -> Option<(World, String)> {
    let world = World::start(Options::default())?;
    let reference = world.reference("org/app", &world.image("org/app", "v1"));
    world.write("sbom.json", crate::cosign_images::SBOM);
    let services = [
        "--yes",
        "--allow-http-registry",
        "--identity-token",
        "token",
        "--signing-config",
        "rekor-v2.json",
        "--trusted-root",
        "root.json",
        &reference,
    ];
    world.must(World::cosign, &[&["sign"], &services[..]].concat());
    let attest = ["attest", "--type", "spdxjson", "--predicate", "sbom.json"];
    world.must(World::cosign, &[&attest, &services[..]].concat());
    world.must(
        World::cosign,
        &["save", "--allow-http-registry", "--dir", "by-cosign", &reference],
    );
    world.must(World::portcullis, &["save", &reference, "--to", "by-portcullis"]);
    Some((world, reference))
}

#[test]
fn both_verify_the_layouts_of_both() {
    let Some((world, _)) = world() else { return };
    for layout in ["by-cosign", "by-portcullis"] {
        let subject = format!("oci-layout:{layout}");
        let verify = |rest: &[&str]| {
            let words = ["verify", &subject];
            ours(&world.portcullis(&[&words, &world.keyless()[..], rest].concat()))
        };
        assert_eq!(verify(&[]), "allowed", "{layout}");
        assert_eq!(verify(&["--type", "spdx"]), "allowed", "{layout}");
        assert_eq!(verify(&["--type", "slsa-provenance"]), "nothing", "{layout}");
        for (command, kind) in [
            ("verify", None),
            ("verify-attestation", Some(["--type", "spdxjson"])),
        ] {
            let kind = kind.as_ref().map_or(&[][..], |kind| &kind[..]);
            let words = [command, "--local-image", layout];
            let check = world.cosign(&[&words, &world.keyless()[..], kind].concat());
            assert_eq!(theirs(&check), "allowed", "{layout}: {check:?}");
        }
        // Loaded by us to a registry that checks what it is given.
        let to = format!("{}/loaded/{layout}:v1", world.registry);
        world.must(World::portcullis, &["load", &subject, "--to", &to]);
        let words = ["verify", "--allow-http-registry", &to];
        world.must(World::cosign, &[&words, &world.keyless()[..]].concat());
        let words = [
            "verify-attestation",
            "--allow-http-registry",
            "--type",
            "spdxjson",
            &to,
        ];
        world.must(World::cosign, &[&words, &world.keyless()[..]].concat());
    }
    met("portcullis > cosign: layouts");
    met("cosign > portcullis: layouts");
}

/// cosign 3.1 pushes the manifest of a bundle before the bundle. A registry that wants blobs first refuses that, whoever
/// wrote the layout; go-containerregistry's does not look.
#[test]
fn cosign_loads_the_layouts_of_both_where_a_registry_does_not_check() {
    let (Some((world, _)), Some(registry)) = (world(), Kind::Ggcr.start()) else {
        return;
    };
    let loose = &registry.host;
    for layout in ["by-cosign", "by-portcullis"] {
        let load = |host: &str| {
            let to = format!("{host}/loaded/{layout}:v1");
            (
                world.cosign(&["load", "--allow-http-registry", "--dir", layout, &to]),
                to,
            )
        };
        let (run, to) = load(loose);
        assert_eq!(run.code, 0, "{run:?}");
        let verify = world.portcullis(&[&["verify", &to], &world.keyless()[..]].concat());
        let words = ["verify", "--allow-http-registry", &to];
        let check = world.cosign(&[&words, &world.keyless()[..]].concat());
        assert_eq!(
            (ours(&verify), theirs(&check)),
            ("allowed", "allowed"),
            "{layout}"
        );

        let (run, _) = load(&world.registry);
        assert!(
            run.code != 0 && run.stderr.contains("MANIFEST_BLOB_UNKNOWN"),
            "{run:?}"
        );
    }
}

#[test]
fn cosign_lists_what_we_loaded() {
    let Some((world, reference)) = world() else { return };
    let digest = reference.split('@').nth(1).unwrap();
    let copy = format!("{}/copy/app", world.registry);
    let to = format!("{copy}@{digest}");
    world.must(
        World::portcullis,
        &["load", "oci-layout:by-portcullis", "--to", &to],
    );
    let tree = world.must(World::cosign, &["tree", "--allow-http-registry", &to]);
    for kind in ["https://sigstore.dev/cosign/sign/v1", "https://spdx.dev/Document"] {
        assert!(
            tree.stdout
                .contains(&format!("{kind} artifacts via OCI referrer: {copy}@")),
            "{tree:?}"
        );
    }
}
