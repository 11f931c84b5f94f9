//! What callers may read of decisions.

use std::io::{BufRead, BufReader, Write};

use jiff::Timestamp;
use portcullis::gate::record::{Decision, Ruling};
use portcullis::gate::{Fingerprint, Hint, NewEvent, Queue, Settled, Store};
use serde_json::Value;

use crate::client::{Ask, connect};
use crate::door::{Door, Setup, WEBHOOK, event, get, native, signed, webhook_code};

const OTHER: &str = "whsec_BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";

/// A gate with a second caller that reads other repositories.
fn door() -> Door {
    let other = WEBHOOK
        .replace("\"ci\"", "\"other\"")
        .replace("registry.example/team/*", "registry.example/other/*")
        .replace("hook.secret", "other.secret");
    Setup::new(&format!("{WEBHOOK}{other}"))
        .file("other.secret", OTHER)
        .open()
}

/// Denies every event that waits. Gives how many there were.
pub(crate) fn settle(store: &Store) -> usize {
    let mut count = 0;
    for event in store.claim(10, Timestamp::now()).unwrap() {
        let decision = Decision {
            event: event.id,
            caller: event.caller,
            delivery: None,
            reference: event.hint.reference.to_string(),
            received: event.received,
            time: Timestamp::now(),
            route: Some("app".to_owned()),
            repository: "registry.example/team/app".to_owned(),
            digest: None,
            policy: None,
            trust: None,
            ruling: Ruling::Denied,
            rollback_from: None,
            cached: false,
            findings: Vec::new(),
        };
        store.settle(vec![Settled::Dead(Box::new(decision))]).unwrap();
        count += 1;
    }
    count
}

/// Accepts an event and records that it was denied.
fn decide(door: &Door, id: &str) -> u64 {
    let body = native("registry.example/team/app", id);
    let answer = event(id, &body).send(door.address);
    let number = answer.json()["events"][0]["id"].as_u64().unwrap();
    settle(&door.store);
    number
}

fn get_as_other(path: &str) -> Ask {
    let time = crate::door::seconds().to_string();
    let code = webhook_code(OTHER, "r1", &time, b"");
    Ask::get(path)
        .header("webhook-id", "r1")
        .header("webhook-timestamp", time)
        .header("webhook-signature", code)
}

#[test]
fn a_caller_reads_what_is_about_its_own_repositories() {
    let door = door();
    let id = decide(&door, "m1");
    let one = get(&format!("/v1/decisions/{id}")).send(door.address);
    assert_eq!(one.status, 200, "{one:?}");
    assert_eq!(one.json()["status"]["event"], id);
    assert_eq!(one.json()["records"][0]["entry"]["ruling"]["verdict"], "denied");
    let list = get("/v1/decisions?after=0&limit=10").send(door.address).json();
    assert_eq!(list["records"].as_array().unwrap().len(), 1);
    let next = list["next"].as_u64().unwrap();
    let list = get(&format!("/v1/decisions?after={next}"))
        .send(door.address)
        .json();
    assert_eq!(
        (&list["records"], &list["next"]),
        (&Value::Array(Vec::new()), &Value::from(next))
    );

    let hidden = get_as_other(&format!("/v1/decisions/{id}")).send(door.address);
    let absent = get_as_other("/v1/decisions/4711").send(door.address);
    assert_eq!(
        (hidden.status, &hidden.body),
        (404, &absent.body),
        "hidden looks like absent"
    );
    let list = get_as_other("/v1/decisions").send(door.address).json();
    assert_eq!(list["records"], Value::Array(Vec::new()));
}

#[test]
fn what_cannot_be_read_is_refused() {
    let door = door();
    for (path, status) in [
        ("/v1/decisions?after=x", 400),
        ("/v1/decisions?after=-1", 400),
        ("/v1/decisions?limit=", 400),
        ("/v1/decisions?all=1", 400),
        ("/v1/decisions/x", 404),
        ("/v1/decisions/0", 404),
        ("/v1/decisions/%2e%2e", 404),
        ("/v1/decisions/99999999999999999999", 404),
        ("/v1/decisions/stream?after=x", 400),
    ] {
        assert_eq!(get(path).send(door.address).status, status, "{path}");
    }
    let only_announce = WEBHOOK.replace(", \"read\", \"admit\"", "");
    let door = Setup::new(&only_announce).open();
    for path in ["/v1/decisions", "/v1/decisions/1", "/v1/decisions/stream"] {
        let answer = get(path).send(door.address);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (403, "not-permitted"),
            "{path}"
        );
    }
}

/// The ids and data of the events of a stream, until so many came.
fn follow(door: &Door, ask: &Ask, count: usize, meanwhile: impl FnOnce()) -> Vec<(String, Value)> {
    let mut stream = connect(door.address);
    stream.write_all(&ask.bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let status = lines.next().unwrap();
    assert!(status.contains(" 200 "), "{status}");
    lines.find(|line| line.contains(": connected")).unwrap();
    meanwhile();
    let (mut found, mut id) = (Vec::new(), String::new());
    while found.len() < count {
        let line = lines.next().unwrap();
        if let Some(number) = line.strip_prefix("id: ") {
            number.clone_into(&mut id);
        } else if let Some(data) = line.strip_prefix("data: ") {
            found.push((id.clone(), serde_json::from_str(data).unwrap()));
        }
    }
    found
}

#[test]
fn a_stream_tells_of_records_and_goes_on_where_it_was() {
    let mut door = door();
    decide(&door, "m1");
    let new = follow(&door, &get("/v1/decisions/stream"), 1, || {
        decide(&door, "m2");
    });
    assert_eq!(new[0].0, "2", "only what is new: {new:?}");
    let all = follow(&door, &get("/v1/decisions/stream?after=0"), 2, || {});
    let ids: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["1", "2"]);
    let again = get("/v1/decisions/stream?after=0").header("last-event-id", "1");
    let rest = follow(&door, &again, 1, || {});
    assert_eq!(
        (rest[0].0.as_str(), &rest[0].1["entry"]["kind"]),
        ("2", &Value::from("decision"))
    );
    let bad = signed(Ask::get("/v1/decisions/stream"), "r9", b"").header("last-event-id", "x");
    assert_eq!(bad.send(door.address).status, 400);

    // A stream that is open does not keep the gate from ending.
    let mut open = connect(door.address);
    open.write_all(&get("/v1/decisions/stream").bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(door.ends_within(std::time::Duration::from_secs(5)));
}

/// A caller that was taken out, or whose repositories are others now, does not go on reading.
#[test]
fn a_stream_ends_when_the_configuration_changes() {
    let door = door();
    let mut stream = connect(door.address);
    stream.write_all(&get("/v1/decisions/stream").bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(|line| line.contains(": connected")).unwrap();
    door.reload("");
    decide_without_caller(&door);
    let rest: Vec<String> = lines.collect();
    assert!(!rest.iter().any(|line| line.starts_with("data:")), "{rest:?}");
}

/// Records a decision about the repository that the first caller had.
fn decide_without_caller(door: &Door) {
    let event = NewEvent {
        caller: "ci".to_owned(),
        fingerprint: Fingerprint([7; 32]),
        hint: Hint::new("registry.example/team/app:v1", None).unwrap(),
        received: Timestamp::now(),
    };
    door.store.accept(event).unwrap().wait().unwrap();
    assert_eq!(settle(&door.store), 1);
}
