//! Signing images: what is signed, who it verifies for, and what is refused.

use std::collections::BTreeSet;

use portcullis::ops::publish::{Image, image_bundle};
use portcullis::registry::publish::listed;
use portcullis::registry::{Content, Store};
use portcullis::sandbox::server::{Access, Identity, RegistryOptions, Service};
use portcullis::sigstore::keys::{KeyKind, Password, PrivateKey, public_pem};
use portcullis::subject::Digest;
use serde_json::Value;

use crate::pushed::REPOSITORY;
use crate::world::{EMAIL, PASSWORD, World, assert_code, text};

fn me() -> Identity {
    Identity::Email(EMAIL.to_owned())
}

fn without_referrers() -> RegistryOptions {
    RegistryOptions {
        referrers_api: false,
        ..RegistryOptions::default()
    }
}

/// The bundles that are listed with an image.
fn bundles(world: &World, digest: &Digest) -> Vec<Value> {
    let client = world.client();
    let store = client.open(&world.at(digest).parse().unwrap()).unwrap();
    let mut found = Vec::new();
    for manifest in listed(&store, digest).unwrap() {
        let Content::Image { layers, .. } = store.manifest(&manifest).unwrap().content else {
            panic!("a bundle is no index");
        };
        let bytes = store.blob(&layers[0], 1 << 20).unwrap();
        found.push(serde_json::from_slice(&bytes).unwrap());
    }
    found
}

fn statement(bundle: &Value) -> Value {
    use base64::Engine as _;
    let payload = bundle["dsseEnvelope"]["payload"].as_str().unwrap();
    let payload = base64::engine::general_purpose::STANDARD.decode(payload).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

#[test]
fn a_signature_is_about_a_digest_wherever_the_tag_goes() {
    for registry in [RegistryOptions::default(), without_referrers()] {
        for version in ["1", "2"] {
            let world = World::with(&me(), registry.clone());
            let digest = world.push("first", "v1");
            let (tag, by_digest) = (world.tagged("v1"), world.at(&digest));
            assert_eq!(world.verify_image(&tag, &[]), 3);
            let output = world.keyless(&[&tag, "--yes", "--rekor-version", version]);
            assert_code(&output, 0);
            assert_eq!(text(&output.stdout), format!("{by_digest}\n"));
            assert!(
                text(&output.stderr).contains("is a tag"),
                "{}",
                text(&output.stderr)
            );
            assert_eq!(world.verify_image(&tag, &[]), 0, "{registry:?} {version}");
            assert_eq!(world.verify_image_as(&tag, "dev@examp1e.com", &[]), 1);

            let second = world.push("second", "v1");
            assert_ne!(digest, second);
            assert_eq!(world.verify_image(&by_digest, &[]), 0);
            assert_eq!(world.verify_image(&tag, &[]), 3);
            assert_eq!(world.verify_image(&world.at(&second), &[]), 3);
        }
    }
}

#[test]
fn the_statement_is_the_one_that_cosign_makes() {
    let world = World::new();
    let digest = world.push("app", "v1");
    let image = world.at(&digest);
    let output = world.keyless(&[
        &image,
        "--annotation",
        "commit=c0ffee",
        "-a",
        "ring=2",
        "--format",
        "json",
    ]);
    assert_code(&output, 0);
    let [bundle] = &bundles(&world, &digest)[..] else {
        panic!("one bundle was published");
    };
    let expected = serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "digest": {"sha256": digest.to_hex()},
            "annotations": {"commit": "c0ffee", "ring": "2"},
        }],
        "predicateType": "https://sigstore.dev/cosign/sign/v1",
        "predicate": {},
    });
    assert_eq!(statement(bundle), expected);

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let signed = &report["signed"][0];
    assert_eq!(signed["image"], image.as_str());
    assert_eq!(signed["digest"], digest.to_string());
    assert_eq!(signed["form"], "statement");
    assert!(signed["logEntries"][0]["index"].is_u64());
    assert_eq!(signed["logEntries"][0]["logId"].as_str().unwrap().len(), 64);
    let client = world.client();
    let store = client.open(&image.parse().unwrap()).unwrap();
    let manifest = &listed(&store, &digest).unwrap()[0];
    assert_eq!(signed["bundle"], world.at(&manifest.digest));
    let Content::Image { layers, .. } = store.manifest(manifest).unwrap().content else {
        panic!("a bundle is no index");
    };
    assert_eq!(signed["bundleDigest"], layers[0].digest.to_string());
    assert_eq!(signed["sizes"]["bundle"], layers[0].size);
}

#[test]
fn every_kind_of_key_signs_images_that_verify_accepts() {
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
        let image = world.at(&world.push(&kind.to_string(), "v1"));
        let logged = kind != KeyKind::EcdsaP384;
        let (no_log, without) = match logged {
            true => (&[][..], &[][..]),
            false => (&["--no-log"][..], &["--key-without-log"][..]),
        };
        assert_code(&world.sign(&[&[&image, "--key", "key"], no_log].concat()), 0);
        let verify = |key: &str| world.verify(&[&[&image, "--key", key], without].concat());
        assert_eq!(verify("key.pub"), 0, "{kind}");
        assert_eq!(verify("other.pub"), 1, "{kind}");
    }
}

#[test]
fn an_index_is_signed_alone_or_with_all_its_images() {
    let world = World::new();
    let digests = world.push_index("v1");
    let images: Vec<String> = digests.iter().map(|digest| world.at(digest)).collect();
    assert_code(&world.keyless(&[&images[0]]), 0);
    let codes = |world: &World| -> Vec<i32> {
        images
            .iter()
            .map(|image| world.verify_image(image, &[]))
            .collect()
    };
    assert_eq!(codes(&world), [0, 3, 3]);
    let output = world.keyless(&[&images[0], "--recursive"]);
    assert_code(&output, 0);
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), images);
    assert_eq!(codes(&world), [0, 0, 0]);
    assert_eq!(world.verify_image(&images[0], &["--all-platforms"]), 0);
}

#[test]
fn the_older_form_is_written_beside_the_bundle() {
    let world = World::new();
    let digest = world.push("app", "v1");
    let image = world.at(&digest);
    let output = world.keyless(&[
        &image,
        "--legacy-tag",
        "--annotation",
        "ring=2",
        "--format",
        "json",
    ]);
    assert_code(&output, 0);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let tag = world.tagged(&format!("sha256-{}.sig", digest.to_hex()));
    assert_eq!(report["signed"][1]["bundle"], tag.as_str());
    // Two signers, one after the other: the tag keeps both.
    assert_code(&world.keyless(&[&image, "--legacy-tag"]), 0);
    let client = world.client();
    let store = client.open(&tag.parse().unwrap()).unwrap();
    let found = store.tagged(&format!("sha256-{}.sig", digest.to_hex())).found;
    let Content::Image { layers, .. } = store.manifest(&found[0]).unwrap().content else {
        panic!("signatures are layers");
    };
    assert_eq!(layers.len(), 2);
    let payload: Value = serde_json::from_slice(&store.blob(&layers[0], 1 << 16).unwrap()).unwrap();
    assert_eq!(
        payload["critical"]["image"]["docker-manifest-digest"],
        digest.to_string()
    );
    assert_eq!(payload["optional"]["ring"], "2");
    // What older verifiers see is enough for us too.
    let report = world.report(&image);
    let accepted = report["subjects"][0]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|candidate| {
            candidate["accepted"] == true && candidate["location"].as_str().unwrap().contains(".sig")
        });
    assert_eq!(accepted.count(), 2, "{report}");

    let output = world.keyless(&[&image, "--legacy-tag", "--rekor-version", "2"]);
    assert_code(&output, 5);
    assert!(text(&output.stderr).contains("signing-unsupported"));
}

#[test]
fn several_subjects_are_signed_and_one_that_is_missing_stops_none() {
    let world = World::new();
    let first = world.at(&world.push("first", "v1"));
    let second = world.at(&world.push("second", "v2"));
    let missing = world.at(&Digest::sha256(b"nowhere"));
    let output = world.keyless(&[&first, &missing, "app", &second]);
    assert_code(&output, 4);
    assert!(text(&output.stdout).is_empty());
    assert!(text(&output.stderr).contains(&format!("not signed {missing}")));
    for image in [&first, &second] {
        assert_eq!(world.verify_image(image, &[]), 0);
    }
    assert!(world.exists("app.sigstore.json"));
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 1);
}

#[test]
fn what_cannot_be_meant_for_an_image_is_refused_before_anybody_is_asked() {
    let world = World::new();
    let digest = world.push("app", "v1");
    let (tag, image) = (world.tagged("v1"), world.at(&digest));
    let before = world.sandbox.faults().requests(Service::Registry).len();
    let sha512 = format!("{}/{REPOSITORY}@sha512:{}", world.registry(), "0".repeat(128));
    for arguments in [
        // Nobody is at a terminal.
        &[&tag[..]][..],
        &[&tag, "--require-digest"],
        &[&tag, "--require-digest", "--yes"],
        &[&image, "--bundle", "b.json"],
        &[&image, "--overwrite"],
        &[&image, &image],
        &[&image, "--annotation", "novalue"],
        &[&sha512],
        &["app", "--yes"],
        &["app", "--recursive"],
        &["app", "--legacy-tag"],
        &["app", "--annotation", "a=b"],
        &["app", "--registry-egress", "example.com"],
    ] {
        assert_code(&world.keyless(arguments), 2);
    }
    assert_eq!(world.sandbox.faults().requests(Service::Registry).len(), before);
    assert_eq!(world.sandbox.faults().requests(Service::Fulcio).len(), 0);
    assert_code(&world.keyless(&[&image, "--require-digest"]), 0);
}

#[test]
fn a_registry_that_wants_a_login_is_given_it_and_nothing_repeats_it() {
    let access = Access::Bearer {
        user: "robot".to_owned(),
        password: "hunter2hunter2".to_owned(),
    };
    let world = World::with(
        &me(),
        RegistryOptions {
            access,
            ..RegistryOptions::default()
        },
    );
    std::fs::write(world.path("password"), "hunter2hunter2\n").unwrap();
    let digest = world.push_as("app", "v1", "robot", "hunter2hunter2");
    let image = world.at(&digest);
    let output = world.keyless(&[&image]);
    assert_code(&output, 4);
    assert!(
        text(&output.stderr).contains("registry-unauthorised"),
        "{}",
        text(&output.stderr)
    );
    let login = [
        &image[..],
        "-v",
        "--registry-username",
        "robot",
        "--registry-password-stdin",
        "--identity-token-file",
        "token",
    ];
    let output = world.sign_with(&login, "hunter2hunter2\n");
    assert_code(&output, 0);
    let said = text(&output.stdout) + &text(&output.stderr);
    assert!(said.contains("logging the signature"), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!said.contains(&world.token));
}

#[test]
fn two_hundred_signatures_of_one_image_at_once_lose_none() {
    const SIGNERS: usize = 200;
    let world = World::with(&me(), without_referrers());
    let digest = world.push("app", "v1");
    let image = Image::new(&world.at(&digest).parse().unwrap(), digest.clone());
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    std::fs::write(
        world.path("key"),
        key.to_sealed_pem(&Password::new(PASSWORD)).unwrap(),
    )
    .unwrap();
    std::fs::write(world.path("key.pub"), public_pem(&key).unwrap()).unwrap();
    // A real bundle; each of the two hundred becomes another by its white space.
    assert_code(&world.sign(&[&image.name(), "--key", "key", "--no-log"]), 0);
    let bundle = bundles(&world, &digest)[0].to_string();
    let published: BTreeSet<Digest> = std::thread::scope(|scope| {
        let (world, image, bundle) = (&world, &image, &bundle);
        let signers: Vec<_> = (0..SIGNERS)
            .map(|number| {
                scope.spawn(move || {
                    let bundle = format!("{bundle}{}", " ".repeat(number));
                    let client = world.client();
                    let kind = "https://sigstore.dev/cosign/sign/v1";
                    image_bundle(&client, image, &bundle, kind, jiff::Timestamp::now()).unwrap()
                })
            })
            .collect();
        signers.into_iter().map(|signer| signer.join().unwrap()).collect()
    });
    assert_eq!(published.len(), SIGNERS);
    let client = world.client();
    let store = client.open(image.reference()).unwrap();
    let found: BTreeSet<Digest> = listed(&store, &digest)
        .unwrap()
        .into_iter()
        .map(|descriptor| descriptor.digest)
        .collect();
    let lost = published.difference(&found).count();
    assert_eq!(lost, 0, "{lost} of {SIGNERS} were lost");
    assert_eq!(
        world.verify(&[&image.name(), "--key", "key.pub", "--key-without-log"]),
        0
    );
}
