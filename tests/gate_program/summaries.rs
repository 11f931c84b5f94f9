//! Summaries that the gate signs and attaches: `verify --type vsa` relies on them, without the gate.

use portcullis::gate::record::Outcome;
use portcullis::gate::{OrderState, Ruling};
use portcullis::sandbox::server::{Fault, Rule, Service};
use portcullis::sigstore::keys::{KeyKind, Password, PrivateKey, public_pem};
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::deploy::ordered;
use crate::program::{Gated, until};

const VERIFIER: &str = "https://gate.example/production";
const PASSWORD: &str = "the password of the gate's key";

/// A gate whose trigger attaches summaries. `services` changes the signing configuration.
fn gated(services: impl FnOnce(&mut Value)) -> Gated {
    let gated = Gated::unconfigured();
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    gated.write("gate.key", key.to_sealed_pem(&Password::new(PASSWORD)).unwrap());
    gated.write("gate.pub", public_pem(&key).unwrap());
    gated.write("gate.password", format!("{PASSWORD}\n"));
    let other = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    gated.write("other.pub", public_pem(&other).unwrap());
    let published = std::fs::read(gated.world.sandbox.dir().join("signing_config.json")).unwrap();
    let mut config: Value = serde_json::from_slice(&published).unwrap();
    services(&mut config);
    gated.write("services.json", config.to_string());
    gated.configure_trigger(
        &format!(
            "kind = \"summary\"\nkey-file = \"gate.key\"\npassword-file = \"gate.password\"\n\
             signing-config = \"services.json\"\nverifier = \"{VERIFIER}\""
        ),
        "",
        "",
    );
    gated
}

/// The exit code of whoever relies on a summary by the gate's key.
fn relied_on(gated: &Gated, image: &str, more: &[&str]) -> i32 {
    let rely = [image, "--type", "vsa", "--verifier", VERIFIER];
    gated.world.verify(&[&rely[..], more].concat())
}

#[test]
fn an_allowed_image_gets_a_summary_that_others_can_check() {
    let gated = gated(|_| {});
    let digest = gated.signed("app", "v1");
    let image = gated.world.at(&digest);
    let key = ["--key", "gate.pub"];
    assert_eq!(relied_on(&gated, &image, &key), 3);
    gated.start();
    let tag = gated.world.tagged("v1");
    assert_eq!(ordered(&gated, "one", &tag), OrderState::Done);
    assert_eq!(relied_on(&gated, &image, &key), 0);
    assert_ne!(relied_on(&gated, &image, &["--key", "other.pub"]), 0);
    let rely_on_policy = |policy: &[u8]| {
        let digest = Digest::sha256(policy).to_string();
        relied_on(
            &gated,
            &image,
            &["--key", "gate.pub", "--verified-policy", &digest],
        )
    };
    assert_eq!(rely_on_policy(gated.policy().as_bytes()), 0);
    assert_eq!(rely_on_policy(b"another policy"), 1);
    let log = gated.log();
    assert!(!log.contains(PASSWORD) && !log.contains("PRIVATE KEY"), "{log}");
    // Its own summary beside it does not change what the gate says of the image.
    assert_eq!(ordered(&gated, "two", &tag), OrderState::Done);
    assert_eq!(relied_on(&gated, &image, &key), 0);
}

#[test]
fn without_a_log_whoever_relies_on_a_summary_says_so() {
    let gated = gated(|services| services["rekorTlogUrls"] = json!([]));
    let digest = gated.signed("app", "v1");
    let image = gated.world.at(&digest);
    gated.start();
    assert_eq!(ordered(&gated, "one", &image), OrderState::Done);
    assert_ne!(relied_on(&gated, &image, &["--key", "gate.pub"]), 0);
    let without = ["--key", "gate.pub", "--key-without-log"];
    assert_eq!(relied_on(&gated, &image, &without), 0);
}

#[test]
fn what_is_not_allowed_gets_no_summary() {
    let gated = gated(|_| {});
    let image = gated.world.at(&gated.world.push("unsigned", "v1"));
    gated.start();
    assert_eq!(gated.decide("one", &image).ruling, Ruling::NoEvidence);
    // A later one is through, so nothing is under way about the first.
    let good = gated.world.at(&gated.signed("good", "v2"));
    assert_eq!(ordered(&gated, "two", &good), OrderState::Done);
    assert_eq!(relied_on(&gated, &image, &["--key", "gate.pub"]), 3);
    assert_eq!(gated.fired().len(), 1);
}

#[test]
fn a_registry_that_takes_no_summary_is_tried_again() {
    let gated = gated(|_| {});
    let image = gated.world.at(&gated.signed("app", "v1"));
    let faults = gated.world.sandbox.faults();
    faults.add(Rule::new(Service::Registry, Fault::Status(403)).method("PUT"));
    gated.start();
    let event = gated.accepted("one", &image);
    until(|| (!gated.fired().is_empty()).then_some(()));
    let first = gated.fired().remove(0);
    assert_eq!(first.result, Some(Outcome::Retry), "{first:?}");
    assert_eq!(relied_on(&gated, &image, &["--key", "gate.pub"]), 3);
    faults.clear();
    until(|| (gated.settled(event).orders.first()?.state == OrderState::Done).then_some(()));
    assert_eq!(relied_on(&gated, &image, &["--key", "gate.pub"]), 0);
}
