//! What becomes of an event that is believed.

use std::sync::{Arc, Barrier};

use crate::client::Ask;
use crate::door::{Door, Setup, WEBHOOK, event, native};
use crate::service::{Act, Service};

#[test]
fn an_event_is_on_disk_when_it_is_answered_for_and_known_when_it_comes_again() {
    let door = Door::with_webhook();
    let body = native("registry.example/team/app", "1");
    let first = event("m1", &body).send(door.address);
    assert_eq!(first.status, 202);
    assert_eq!(door.waiting(), 1);
    let id = first.json()["events"][0]["id"].clone();
    let again = event("m1", &body).send(door.address);
    assert_eq!((again.status, &again.json()["events"][0]["id"]), (200, &id));
    assert_eq!(again.json()["events"][0]["new"], false);
    let other = event("m2", &body).send(door.address);
    assert_eq!(other.status, 202, "another id is another delivery");
    assert_ne!(other.json()["events"][0]["id"], id);
}

#[test]
fn a_delivery_that_comes_twice_at_once_is_one_event() {
    let door = Door::with_webhook();
    let barrier = Arc::new(Barrier::new(8));
    let body = native("registry.example/team/app", "1");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let (barrier, ask, address) = (Arc::clone(&barrier), event("m1", &body), door.address);
            std::thread::spawn(move || {
                barrier.wait();
                ask.send(address).status
            })
        })
        .collect();
    let mut statuses: Vec<u16> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 202]);
    assert_eq!(door.waiting(), 1);
}

#[test]
fn a_caller_does_not_speak_for_the_repository_of_another() {
    let door = Door::with_webhook();
    for (number, repository) in [
        "registry.example/other/app",
        "registry.example/team/app/deeper",
        "registry.example/teams/app",
        "registry.example:5000/team/app",
        "evil.example/team/app",
    ]
    .into_iter()
    .enumerate()
    {
        let answer = event(&format!("m{number}"), &native(repository, "1")).send(door.address);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "repository-not-permitted"),
            "{repository}"
        );
    }
    // One image of several is enough for nothing to be taken in.
    let push = |repository: &str| {
        format!(
            r#"{{"action":"push","target":{{"mediaType":"application/vnd.oci.image.index.v1+json","tag":"v1","repository":"{repository}","digest":"sha256:{}"}}}}"#,
            "d".repeat(64)
        )
    };
    let registry = WEBHOOK.replace("name = \"ci\"", "name = \"ci\"\nregistry = \"registry.example\"");
    let several = Setup::new(&registry).open();
    let body = format!(r#"{{"events":[{},{}]}}"#, push("team/app"), push("other/app"));
    assert_eq!(event("m1", &body).send(several.address).status, 403);
    assert_eq!(several.waiting(), 0);
    let body = format!(r#"{{"events":[{},{}]}}"#, push("team/app"), push("team/web"));
    let answer = event("m2", &body).send(several.address);
    assert_eq!(
        (answer.status, answer.json()["events"].as_array().unwrap().len()),
        (202, 2)
    );
    assert_eq!(door.waiting(), 0);
    assert_eq!(door.log().matches("repository-refused").count(), 5);
    assert!(door.log().contains("registry.example/other/app"));
}

#[test]
fn an_event_that_makes_no_sense_is_told_where() {
    let door = Door::with_webhook();
    for (number, (body, status, code, place)) in [
        ("{", 400, "event-not-json", ""),
        (r#"{"reference":"a","reference":"b"}"#, 400, "event-not-json", ""),
        (r#"{"hello":"world"}"#, 422, "event-unknown", ""),
        (r#"{"reference":5}"#, 422, "event-member-type", "/reference"),
        (
            r#"{"reference":"team/app"}"#,
            422,
            "event-reference-invalid",
            "/reference",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = event(&format!("m{number}"), body).send(door.address);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
        assert_eq!(answer.json()["place"], place, "{body}");
        assert!(answer.head.contains("application/problem+json"), "{answer:?}");
    }
    let xml = event("m9", "<event/>").header("content-type", "application/xml");
    assert_eq!(xml.send(door.address).status, 415);
    assert_eq!(door.waiting(), 0);
}

/// S0.3: an event's addresses are not looked at, so nothing connects to them.
#[test]
fn nothing_goes_where_an_event_points() {
    let trap = Service::start(|_, _| Act::status(200));
    let door = Door::with_webhook();
    let reference = native("registry.example/team/app", "1");
    let body = reference.replace(
        '}',
        &format!(
            r#","signatureUrl":"{0}/sig","sbom":"{0}/sbom","registry":"{0}","deploy":"{0}/deploy","callback_url":"{0}"}}"#,
            trap.url()
        ),
    );
    assert_eq!(event("m1", &body).send(door.address).status, 202);
    let jku = format!(
        r#"{{"alg":"ES256","kid":"1","jku":"{0}/jwks","x5u":"{0}/x5u"}}"#,
        trap.url()
    );
    let issuer = format!(r#"{{"iss":"{}","sub":"a","exp":9999999999,"iat":1}}"#, trap.url());
    let encode = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let token = format!("{}.{}.c2ln", encode(&jku), encode(&issuer));
    let ask = Ask::post("/v1/events", reference).header("authorization", format!("Bearer {token}"));
    assert_eq!(ask.send(door.address).status, 401);
    assert!(trap.requests().is_empty(), "{:?}", trap.requests());
}

#[test]
fn hostile_texts_reach_the_log_escaped() {
    let door = Door::with_webhook();
    let body = r#"{"reference":"registry.example/team/\u001b[2J\napp:1"}"#;
    assert_eq!(event("m1", body).send(door.address).status, 422);
    let log = door.log();
    assert!(!log.contains('\u{1b}'), "{log:?}");
    assert!(
        log.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
}
