//! Signatures that a failed service kept from being finished: what the file holds, and when it is too late.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use portcullis::sigstore::sign::{Draft, Form, LogVersion};
use serde_json::Value;

use crate::instance::{TOKEN, World, web};
use crate::service::Act;

/// An instance whose services below a path are down until they are switched on.
fn outage(path: &'static str) -> (World, Arc<AtomicBool>) {
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let world = World::twisted(move |request, honest| {
        match is_down.load(Ordering::SeqCst) && request.target.starts_with(path) {
            true => Act::status(503),
            false => honest,
        }
    });
    (world, down)
}

#[test]
fn what_was_reached_is_kept_and_finished_later_without_repeating_it() {
    for (path, version) in [
        ("/tsa", LogVersion::V1),
        ("/v1/", LogVersion::V1),
        ("/v2/", LogVersion::V2),
    ] {
        for form in [Form::Message, Form::Statement] {
            let (world, down) = outage(path);
            let failure = world.sign(version, form).unwrap_err();
            assert_eq!(failure.code(), "service-unreachable");
            let file = failure.draft.unwrap().to_json().unwrap();
            down.store(false, Ordering::SeqCst);
            let draft = Draft::parse("resume.json", file.as_bytes()).unwrap();
            assert_eq!(draft.to_json().unwrap(), file);
            let done = |path: &str| {
                let requests = world.service.requests();
                requests
                    .iter()
                    .filter(|request| request.target.starts_with(path))
                    .count()
            };
            let before = (done("/fulcio"), done("/tsa"));
            world.finish(&web(), draft).unwrap();
            let more = usize::from(path == "/tsa");
            assert_eq!(
                (done("/fulcio"), done("/tsa")),
                (before.0, before.1 + more),
                "{path} {form}"
            );
        }
    }
}

#[test]
fn the_file_holds_no_secret() {
    let (world, _) = outage("/v1/");
    let draft = world
        .sign(LogVersion::V1, Form::Statement)
        .unwrap_err()
        .draft
        .unwrap();
    let file = draft.to_json().unwrap();
    assert!(
        !file.contains(TOKEN) && !file.contains("PRIVATE") && !file.contains("eyJhbGci"),
        "{file}"
    );
    let value: Value = serde_json::from_str(&file).unwrap();
    let members: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let mut sorted = members.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            "certificates",
            "content",
            "form",
            "logEntries",
            "mediaType",
            "plan",
            "signature",
            "subject",
            "timestamps"
        ]
    );
}

#[test]
fn an_entry_in_rekor_v1_may_come_too_late_and_one_in_rekor_v2_may_not() {
    let later = || Timestamp::now() + SignedDuration::from_mins(11);
    for (path, version, in_time) in [
        ("/v1/", LogVersion::V1, false),
        ("/v2/", LogVersion::V2, true),
        ("/tsa", LogVersion::V2, false),
    ] {
        let (world, down) = outage(path);
        let draft = world.sign(version, Form::Message).unwrap_err().draft.unwrap();
        down.store(false, Ordering::SeqCst);
        let sent = world.service.requests().len();
        let result = draft.finish(&web(), &world.engine, later, &|_, _| {});
        match result {
            Ok(_) => assert!(in_time, "{path}"),
            Err(stopped) => {
                assert!(!in_time, "{path}");
                assert_eq!(stopped.error.code().name(), "signing-too-late");
                assert_eq!(
                    world.service.requests().len(),
                    sent,
                    "nothing is asked when it is too late"
                );
            }
        }
    }
}

#[test]
fn a_file_that_was_changed_is_refused_or_makes_no_bundle() {
    let (world, down) = outage("/v2/");
    let draft = world
        .sign(LogVersion::V2, Form::Message)
        .unwrap_err()
        .draft
        .unwrap();
    let file = draft.to_json().unwrap();
    down.store(false, Ordering::SeqCst);
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit, &str); 10] = [
        (
            "media type",
            |value| value["mediaType"] = "x".into(),
            "resume-file-invalid",
        ),
        (
            "unknown member",
            |value| value["key"] = "x".into(),
            "resume-file-invalid",
        ),
        (
            "no certificate",
            |value| value["certificates"] = Value::Array(Vec::new()),
            "resume-file-invalid",
        ),
        (
            "content",
            |value| value["content"] = "AAAA".into(),
            "resume-file-invalid",
        ),
        (
            "more evidence than planned",
            |value| value["plan"]["timestampers"] = Value::Array(Vec::new()),
            "resume-file-invalid",
        ),
        (
            "a time that no authority stated",
            |value| value["timestamps"][0]["time"] = "2001-01-01T00:00:00Z".into(),
            "resume-file-invalid",
        ),
        (
            "a timestamp that is none",
            |value| value["timestamps"][0]["response"] = "AAAA".into(),
            "resume-file-invalid",
        ),
        (
            "a log without TLS",
            |value| value["plan"]["logs"][0]["url"] = "http://log.example".into(),
            "service-refused-destination",
        ),
        (
            "another subject",
            |value| value["subject"]["digest"] = format!("sha256:{}", "0".repeat(64)).into(),
            "made-bundle-refused",
        ),
        (
            "another signature",
            |value| value["signature"] = "AAAA".into(),
            "made-bundle-refused",
        ),
    ];
    for (name, edit, code) in edits {
        let mut value: Value = serde_json::from_str(&file).unwrap();
        edit(&mut value);
        let found = match Draft::parse("resume.json", value.to_string().as_bytes()) {
            Err(finding) => finding.code.name(),
            Ok(draft) => world.finish(&web(), draft).unwrap_err().code(),
        };
        assert_eq!(found, code, "{name}");
    }
    for bytes in [&b""[..], b"{}", b"[", b"{\"a\":1,\"a\":1}"] {
        assert_eq!(
            Draft::parse("r", bytes).unwrap_err().code.name(),
            "resume-file-invalid"
        );
    }
}
