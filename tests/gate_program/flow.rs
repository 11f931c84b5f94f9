//! What becomes of events, end to end.

use portcullis::gate::record::Outcome;
use portcullis::gate::{OrderState, Ruling};

use crate::program::{Gated, TRIGGER_SECRET, until};
use crate::service::{Act, Service};

fn receiver() -> Service {
    Service::start(|_, _| Act::status(200))
}

#[test]
fn an_allowed_image_sets_off_its_trigger_once_and_by_digest() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.signed("app", "v1");
    gated.start();
    let event = gated.accepted("one", &gated.world.tagged("v1"));
    let decision = gated.decision(event);
    assert!(
        matches!(&decision.ruling, Ruling::Allowed(proof) if !proof.signers.is_empty() && proof.signed.is_some())
    );
    assert_eq!(decision.digest.as_ref(), Some(&digest));
    until(|| (gated.settled(event).orders[0].state == OrderState::Done).then_some(()));
    // The same delivery again changes nothing.
    assert_eq!(gated.send("one", &gated.world.tagged("v1")).unwrap().0, 200);
    assert!(gated.end().success());
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1);
    let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
    assert_eq!(body["data"]["image"], gated.world.at(&digest));
    assert!(is_signed(&requests[0]));
}

/// Whether a request is signed as Standard Webhooks has it.
fn is_signed(request: &crate::service::Request) -> bool {
    use aws_lc_rs::hmac;
    use base64::Engine as _;
    let (id, time) = (
        request.header("webhook-id").unwrap(),
        request.header("webhook-timestamp").unwrap(),
    );
    let signed = [id.as_bytes(), b".", time.as_bytes(), b".", &request.body].concat();
    let signature = request
        .header("webhook-signature")
        .unwrap()
        .strip_prefix("v1,")
        .unwrap();
    let tag = base64::engine::general_purpose::STANDARD
        .decode(signature)
        .unwrap();
    hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, TRIGGER_SECRET), &signed, &tag).is_ok()
}

#[test]
fn what_is_not_allowed_sets_off_nothing() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "[decide]\ndeadline = \"1s\"\n");
    let unsigned = gated.world.push("unsigned", "v1");
    gated.start();
    let registry = gated.world.registry();
    let cases = [
        (gated.world.at(&unsigned), Ruling::NoEvidence, "no-evidence"),
        (format!("{registry}/other/app:v1"), Ruling::Denied, "no-route"),
        (
            format!("{registry}/org/missing:v1"),
            Ruling::Undecided,
            "deadline-passed",
        ),
    ];
    for (number, (reference, ruling, code)) in cases.into_iter().enumerate() {
        let decision = gated.decide(&format!("event-{number}"), &reference);
        assert_eq!(decision.ruling, ruling, "{decision:?}");
        assert!(
            decision.findings.iter().any(|note| note.code == code),
            "{decision:?}"
        );
    }
    assert!(gated.end().success());
    assert!(receiver.requests().is_empty());
}

#[test]
fn a_trigger_that_fails_is_tried_again_with_the_same_id() {
    let receiver = Service::start(|_, before| Act::status(if before < 2 { 503 } else { 200 }));
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.signed("app", "v1");
    gated.start();
    let event = gated.accepted("one", &gated.world.at(&digest));
    until(|| {
        gated
            .settled(event)
            .orders
            .iter()
            .any(|order| order.state == OrderState::Done)
            .then_some(())
    });
    let results: Vec<_> = gated
        .fired()
        .into_iter()
        .map(|firing| firing.result.unwrap())
        .collect();
    assert_eq!(results, [Outcome::Retry, Outcome::Retry, Outcome::Done]);
    let requests = receiver.requests();
    let ids: Vec<_> = requests
        .iter()
        .map(|request| request.header("webhook-id").unwrap())
        .collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
    assert_eq!(gated.decisions().len(), 1, "it was not decided again");
}

#[test]
fn a_trigger_that_is_refused_waits_for_a_person() {
    let receiver = Service::start(|_, before| Act::status(if before == 0 { 403 } else { 200 }));
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.signed("app", "v1");
    gated.start();
    let event = gated.accepted("one", &gated.world.tagged("v1"));
    until(|| {
        gated
            .settled(event)
            .orders
            .iter()
            .any(|order| order.state == OrderState::Dead)
            .then_some(())
    });
    // The tag goes elsewhere; what is asked for again stays what it was.
    gated.world.push("another", "v1");
    let output = gated
        .world
        .command()
        .args(["gate", "replay", &event.to_string(), "--config", "gate.toml"])
        .output()
        .unwrap();
    crate::world::assert_code(&output, 0);
    until(|| {
        gated
            .fired()
            .iter()
            .any(|firing| firing.result == Some(Outcome::Done))
            .then_some(())
    });
    assert_eq!(gated.decision(event).digest, Some(digest));
}

#[test]
fn the_image_of_one_repository_says_nothing_about_another() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "[decide]\ncache = \"1h\"\n");
    let digest = gated.signed("app", "v1");
    gated.start();
    assert!(matches!(
        gated.decide("one", &gated.world.at(&digest)).ruling,
        Ruling::Allowed(_)
    ));
    let again = gated.decide("two", &gated.world.at(&digest));
    assert!(
        again.cached && matches!(again.ruling, Ruling::Allowed(_)),
        "{again:?}"
    );
    let other = gated.decide("three", &format!("{}/org/other@{digest}", gated.world.registry()));
    assert!(
        !matches!(other.ruling, Ruling::Allowed(_)) && !other.cached,
        "{other:?}"
    );
}

#[test]
fn a_configuration_with_a_mistake_is_not_taken_over() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.signed("app", "v1");
    gated.start();
    gated.configure(&receiver.url(), "nonsense = 1", "");
    gated.signal("-HUP");
    until(|| gated.log().contains("reload-refused").then_some(()));
    assert!(gated.log().contains("has no key"), "{}", gated.log());
    assert!(matches!(
        gated.decide("one", &gated.world.at(&digest)).ruling,
        Ruling::Allowed(_)
    ));
    // One that is right is taken over whole: now nobody may sign.
    gated.write(
        "policy.toml",
        gated.policy().replace("dev@example.com", "nobody@example.com"),
    );
    gated.configure(&receiver.url(), "", "");
    gated.signal("-HUP");
    until(|| gated.log().contains("\"reloaded\"").then_some(()));
    assert_eq!(
        gated.decide("two", &gated.world.at(&digest)).ruling,
        Ruling::Denied
    );
}

#[test]
fn a_gate_checks_what_it_would_start_with() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    let check = || {
        let arguments = ["gate", "serve", "--config", "gate.toml", "--check"];
        gated.world.command().args(arguments).output().unwrap()
    };
    crate::world::assert_code(&check(), 0);
    assert!(!gated.data().exists(), "a check starts nothing");
    gated.configure("http://deploy.example", "", "");
    let refused = check();
    crate::world::assert_code(&refused, 5);
    let told = crate::world::text(&refused.stderr);
    assert!(
        told.contains("without TLS") && told.contains("gate.toml"),
        "{told}"
    );
}

#[test]
fn two_gates_do_not_share_a_directory() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    gated.start();
    let output = gated
        .world
        .command()
        .args(["gate", "serve", "--config", "gate.toml"])
        .output()
        .unwrap();
    crate::world::assert_code(&output, 5);
    assert!(crate::world::text(&output.stderr).contains("another process"));
}
