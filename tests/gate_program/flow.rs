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
    // It was sent each time: nobody knows what the receiver did before it answered so.
    assert_eq!(results, [Outcome::Unknown, Outcome::Unknown, Outcome::Done]);
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
    let receiver = Service::start(|_, before| Act::status(if before == 0 { 410 } else { 200 }));
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
    let gated = Gated::new(
        &receiver.url(),
        "",
        "[decide]\ncache = \"1h\"\ndeadline = \"2s\"\n",
    );
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
        told.contains("gate-config-invalid") && told.contains("http://deploy.example"),
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

#[test]
fn the_desk_tells_what_was_decided_and_the_chain_holds() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.signed("app", "v1");
    gated.start();
    let address = gated.address.lock().unwrap().unwrap();
    let gate = format!("http://{address}");
    let desk = |arguments: &[&str]| {
        let output = gated
            .world
            .command()
            .arg("gate")
            .args(arguments)
            .output()
            .unwrap();
        crate::world::assert_code(&output, 0);
        crate::world::text(&output.stdout)
    };
    let image = gated.world.at(&digest);
    let submitted = desk(&[
        "submit",
        &image,
        "--gate",
        &gate,
        "--secret-file",
        "caller.secret",
        "--wait",
    ]);
    assert_eq!(submitted, format!("{image}\n"));
    until(|| (!gated.fired().is_empty()).then_some(()));
    let list = desk(&["decisions", "list", "--config", "gate.toml"]);
    assert!(
        list.contains(&image) && list.contains("allowed") && list.contains("trigger deploy done"),
        "{list}"
    );
    let shown = desk(&["decisions", "show", "1", "--data", "data"]);
    assert!(shown.contains("signed by dev@example.com"), "{shown}");
    let json = desk(&["decisions", "show", "1", "--data", "data", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["records"][0]["entry"]["ruling"]["verdict"], "allowed");
    assert_eq!(
        desk(&["decisions", "list", "--undecided", "--config", "gate.toml"]),
        ""
    );
    let verified = desk(&["decisions", "verify", "--config", "gate.toml"]);
    let (hash, rest) = verified.trim().split_once("  ").unwrap();
    assert_eq!(rest, "3 records");
    desk(&["decisions", "verify", "--config", "gate.toml", "--expect", hash]);
    let other = format!("sha256:{}", "0".repeat(64));
    let arguments = [
        "gate",
        "decisions",
        "verify",
        "--config",
        "gate.toml",
        "--expect",
        &other,
    ];
    assert_eq!(
        gated
            .world
            .command()
            .args(arguments)
            .output()
            .unwrap()
            .status
            .code(),
        Some(5)
    );
}

#[test]
fn an_event_that_cannot_be_proven_or_is_denied_has_its_exit_code() {
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.world.push("unsigned", "v1");
    gated.write("wrong.secret", "another secret of the build system");
    gated.start();
    let gate = format!("http://{}", gated.address.lock().unwrap().unwrap());
    let image = gated.world.at(&digest);
    let submit = |secret: &str| {
        let arguments = [
            "gate",
            "submit",
            &image,
            "--gate",
            &gate,
            "--secret-file",
            secret,
            "--wait",
        ];
        gated
            .world
            .command()
            .args(arguments)
            .output()
            .unwrap()
            .status
            .code()
            .unwrap()
    };
    assert_eq!(submit("wrong.secret"), 5);
    assert_eq!(submit("caller.secret"), 3);
    assert_eq!(submit("missing.secret"), 2);
}

#[test]
fn an_older_image_is_a_rollback_and_refused_where_the_route_says_so() {
    for (rule, allowed) in [("", true), ("rollback = \"deny\"", false)] {
        let receiver = receiver();
        let gated = Gated::new(&receiver.url(), rule, "");
        let first = gated.world.at(&gated.signed("first", "v1"));
        let newer = gated.signed("second", "v2");
        let second = gated.world.at(&newer);
        gated.start();
        for (delivery, image) in [("one", &first), ("two", &second)] {
            assert!(matches!(gated.decide(delivery, image).ruling, Ruling::Allowed(_)));
        }
        let decision = gated.decide("three", &first);
        assert_eq!(
            matches!(decision.ruling, Ruling::Allowed(_)),
            allowed,
            "{decision:?}"
        );
        assert_eq!(decision.rollback_from, Some(newer));
    }
}

#[test]
fn a_registry_that_does_not_answer_is_asked_again() {
    use portcullis::sandbox::server::{Fault, Rule, Service as Part};
    let receiver = receiver();
    let gated = Gated::new(&receiver.url(), "", "");
    let digest = gated.signed("app", "v1");
    let outage = Rule::new(Part::Registry, Fault::Status(503)).method("GET");
    gated.world.sandbox.faults().add(outage);
    gated.start();
    let event = gated.accepted("one", &gated.world.at(&digest));
    until(|| {
        let status = gated.book().status(event).unwrap().unwrap();
        (status.attempts > 0).then_some(())
    });
    gated.world.sandbox.faults().clear();
    assert!(matches!(gated.decision(event).ruling, Ruling::Allowed(_)));
    assert_eq!(gated.decisions().len(), 1);
}
