//! cosign's older form: what is written is what `verify` reads.

use std::collections::BTreeMap;

use portcullis::sigstore::keys::{KeyKind, PrivateKey};
use portcullis::sigstore::legacy;
use portcullis::sigstore::sign::{
    Content, Credential, Form, LogVersion, Need, Subject, plan, simple_signing_payload,
};
use portcullis::sigstore::{Artifact, Content as Bytes};
use portcullis::subject::Digest;
use serde_json::Value;

use crate::instance::World;

fn need(version: LogVersion) -> Need {
    Need {
        kind: KeyKind::EcdsaP256,
        form: Form::Message,
        certificate: false,
        log: true,
        version: Some(version),
    }
}

/// The payload for an image, with its digest as the subject to sign.
fn payload() -> (Vec<u8>, Subject) {
    let image = Digest::sha256(b"manifest");
    let annotations = BTreeMap::from([("commit".to_owned(), "abc".to_owned())]);
    let payload = simple_signing_payload("registry.example/app", &image, &annotations);
    let digest = Digest::sha256(&payload);
    let name = "registry.example/app".to_owned();
    (payload, Subject { name, digest })
}

fn content(subject: &Subject) -> Content {
    Content::Message(subject.digest.as_bytes().try_into().unwrap())
}

#[test]
fn a_layer_under_a_certificate_is_read_and_verified() {
    let world = World::new();
    let (payload, subject) = payload();
    let value: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(
        value["critical"]["identity"]["docker-reference"],
        "registry.example/app"
    );
    assert_eq!(value["optional"]["commit"], "abc");
    let made = world
        .sign_about(LogVersion::V1, subject.clone(), content(&subject))
        .unwrap();
    let layer = made.legacy_layer().unwrap();
    let names: Vec<&str> = layer.annotations.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "dev.cosignproject.cosign/signature",
            "dev.sigstore.cosign/bundle",
            "dev.sigstore.cosign/certificate",
            "dev.sigstore.cosign/chain",
            "dev.sigstore.cosign/rfc3161timestamp",
        ]
    );
    let bundle = legacy::signature(&layer.annotations).unwrap();
    let artifact = Artifact {
        digest: &subject.digest,
        content: Bytes::Memory(&payload),
    };
    let verified = world.engine.verify_certificate(&bundle, artifact).unwrap();
    assert!(verified.logged());
    let other = Digest::sha256(b"another payload");
    let artifact = Artifact {
        digest: &other,
        content: Bytes::DigestOnly,
    };
    assert!(world.engine.verify_certificate(&bundle, artifact).is_err());
}

#[test]
fn a_key_has_no_certificate_in_its_layer() {
    let world = World::new();
    let (_, subject) = payload();
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    let plan = plan(&world.config(), need(LogVersion::V1), jiff::Timestamp::now()).unwrap();
    let draft = Credential::key(&key, None)
        .sign(subject.clone(), content(&subject), plan)
        .unwrap();
    let layer = world.finish(&world.web(), draft).unwrap().legacy_layer().unwrap();
    assert!(
        layer
            .annotations
            .keys()
            .all(|name| !name.contains("certificate") && !name.contains("chain"))
    );
    legacy::signature(&layer.annotations).unwrap();
}

#[test]
fn what_the_form_has_no_place_for_is_refused() {
    let world = World::new();
    let (_, subject) = payload();
    let v2 = world
        .sign_about(LogVersion::V2, subject.clone(), content(&subject))
        .unwrap();
    let statement = world.sign(LogVersion::V1, Form::Statement).unwrap();
    for made in [v2, statement] {
        let finding = made.legacy_layer().unwrap_err();
        assert_eq!(finding.code.name(), "signing-unsupported");
    }
}
