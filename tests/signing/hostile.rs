//! Services that answer wrongly, late, too much or not at all: there is never a bundle, and the failure has its name.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use portcullis::sandbox::Instance;
use portcullis::sandbox::{KeyKind, PrivateKey};
use portcullis::sigstore::sign::{Form, LogVersion};
use serde_json::{Value, json};

use crate::instance::{EMAIL, TOKEN, World, bytes, certificate, spki_of};
use crate::service::{Act, Request};

const FULCIO: &str = "/fulcio/";
const V1: &str = "/v1/";
const V2: &str = "/v2/";
const TSA: &str = "/tsa";

/// The code of what comes of signing when one service answers otherwise.
fn outcome(
    service: &'static str,
    version: LogVersion,
    twist: impl Fn(&Request, Act) -> Act + Send + Sync + 'static,
) -> Result<(), String> {
    let world = World::twisted(move |request, honest| match request.target.starts_with(service) {
        true => twist(request, honest),
        false => honest,
    });
    let result = world.sign(version, Form::Statement);
    result.map(|_| ()).map_err(|failure| {
        let text = format!("{failure:?}");
        assert!(
            !text.contains(TOKEN) && !text.contains("secret-signature"),
            "{text}"
        );
        failure.code().to_owned()
    })
}

fn refused(code: &str) -> Result<(), String> {
    Err(code.to_owned())
}

fn body_of(act: &Act) -> Value {
    match act {
        Act::Answer(_, _, body) => serde_json::from_slice(body).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn any_service_that_fails_is_a_named_failure() {
    let wrong = "service-answer-invalid";
    for (act, code) in [
        (Act::status(503), "service-unreachable"),
        (Act::status(429), "service-unreachable"),
        (Act::Reset, "service-unreachable"),
        (Act::Silent, "service-unreachable"),
        (Act::BrokenOff(vec![b'{'; 100]), "service-unreachable"),
        (Act::status(400), "service-refused"),
        (Act::status(403), "service-refused"),
        (
            Act::Answer(307, vec![("Location", "/elsewhere".to_owned())], Vec::new()),
            "service-refused-destination",
        ),
        (Act::Endless, wrong),
        (Act::body(200, vec![b' '; 2 << 20]), wrong),
        (Act::body(200, ""), wrong),
        (Act::body(200, "<html>"), wrong),
        (Act::body(200, "{}"), wrong),
        (Act::body(200, "[]"), wrong),
        (Act::body(200, [0x30, 0x03, 0x02, 0x01, 0x00]), wrong),
    ] {
        let services = [
            (FULCIO, LogVersion::V1),
            (TSA, LogVersion::V1),
            (V1, LogVersion::V1),
            (V2, LogVersion::V2),
        ];
        // Side by side, because some of them let us wait.
        std::thread::scope(|scope| {
            for (service, version) in services {
                let answer = act.clone();
                let act = &act;
                scope.spawn(move || {
                    let found = outcome(service, version, move |_, _| answer.clone());
                    assert_eq!(found, refused(code), "{service} {act:?}");
                });
            }
        });
    }
}

#[test]
fn trouble_that_passes_is_waited_out() {
    for (service, version) in [
        (FULCIO, LogVersion::V1),
        (TSA, LogVersion::V1),
        (V1, LogVersion::V1),
        (V2, LogVersion::V2),
    ] {
        for trouble in [Act::status(503), Act::status(429), Act::Reset] {
            let calls = AtomicUsize::new(0);
            let first = trouble.clone();
            let result = outcome(service, version, move |_, honest| {
                match calls.fetch_add(1, Ordering::SeqCst) {
                    0 => first.clone(),
                    _ => honest,
                }
            });
            assert_eq!(result, Ok(()), "{service} {trouble:?}");
        }
    }
}

#[test]
fn retry_after_is_kept_to() {
    let calls = AtomicUsize::new(0);
    let started = Instant::now();
    let result = outcome(V1, LogVersion::V1, move |_, honest| {
        match calls.fetch_add(1, Ordering::SeqCst) {
            0 => Act::Answer(429, vec![("Retry-After", "1".to_owned())], Vec::new()),
            _ => honest,
        }
    });
    assert_eq!(result, Ok(()));
    assert!(started.elapsed() >= Duration::from_secs(1));
}

fn issue(request: &Request, email: &str, at: Timestamp, key: Option<&[u8]>) -> Act {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let mut instance =
        Instance::new(11, Timestamp::from_second(Timestamp::now().as_second()).unwrap()).unwrap();
    let own = spki_of(&body);
    Act::body(200, certificate(&mut instance, key.unwrap_or(&own), email, at))
}

#[test]
fn a_certificate_for_another_key_name_or_time_is_refused() {
    let seed = portcullis::sandbox::seed::Seed::new(99);
    let other = PrivateKey::derive(&seed, "mallory", KeyKind::P256).unwrap();
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let code = refused("service-answer-invalid");
    let key = other.public_der().to_vec();
    assert_eq!(
        outcome(FULCIO, LogVersion::V1, move |request, _| issue(
            request,
            EMAIL,
            now,
            Some(&key)
        )),
        code
    );
    for name in [
        "mallory@example.com",
        "xdev@example.com",
        "https://dev@example.com.evil.test",
    ] {
        let result = outcome(FULCIO, LogVersion::V1, move |request, _| {
            issue(request, name, now, None)
        });
        assert_eq!(result, code, "{name}");
    }
    for shift in [SignedDuration::from_hours(1), SignedDuration::from_hours(-1)] {
        let result = outcome(FULCIO, LogVersion::V1, move |request, _| {
            issue(request, EMAIL, now + shift, None)
        });
        assert_eq!(result, code, "{shift}");
    }
}

/// A certificate by an authority that the trust root does not have looks right until the bundle is verified.
#[test]
fn what_another_instance_issues_is_never_published() {
    let stranger = Instance::new(12, Timestamp::from_second(Timestamp::now().as_second()).unwrap()).unwrap();
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let result = outcome(FULCIO, LogVersion::V1, move |request, _| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let mut stranger = stranger.clone();
        Act::body(200, certificate(&mut stranger, &spki_of(&body), EMAIL, now))
    });
    assert_eq!(result, refused("made-bundle-refused"));
}

#[test]
fn a_certificate_whose_promise_is_detached_or_missing_is_refused_before_anything_is_logged() {
    // The empty one is what Fulcio answers that runs without a CT log.
    for promise in ["AAAA", ""] {
        let result = outcome(FULCIO, LogVersion::V1, move |_, honest| {
            let chain = body_of(&honest)["signedCertificateEmbeddedSct"]["chain"].clone();
            let answer = json!({"signedCertificateDetachedSct": {"chain": chain, "signedCertificateTimestamp": promise}});
            Act::body(200, answer.to_string())
        });
        assert_eq!(result, refused("service-answer-invalid"), "{promise:?}");
    }
}

/// What a log may get wrong, by the member of its answer.
#[test]
fn an_entry_that_records_something_else_or_proves_nothing_is_refused() {
    let edit = |change: fn(&mut Value)| {
        move |_: &Request, honest: Act| {
            let mut body = body_of(&honest);
            change(&mut body);
            Act::body(201, body.to_string())
        }
    };
    fn entry(body: &mut Value) -> &mut Value {
        body.as_object_mut().unwrap().values_mut().next().unwrap()
    }
    fn another_digest(body: &Value, member: &str) -> Value {
        let text = String::from_utf8(bytes(&body[member])).unwrap();
        let other = text.replacen(":\"", ":\"0", 3);
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, other).into()
    }
    let wrong = refused("service-answer-invalid");
    for (name, twist) in [
        (
            "another body",
            edit(|body| entry(body)["body"] = another_digest(entry(body), "body")),
        ),
        (
            "no proof",
            edit(|body| entry(body)["verification"]["inclusionProof"] = Value::Null),
        ),
        (
            "no promise",
            edit(|body| entry(body)["verification"]["signedEntryTimestamp"] = Value::Null),
        ),
        (
            "no time",
            edit(|body| entry(body)["integratedTime"] = Value::Null),
        ),
        (
            "two entries",
            edit(|body| {
                let copy = entry(body).clone();
                body.as_object_mut().unwrap().insert("0".to_owned(), copy);
            }),
        ),
    ] {
        assert_eq!(outcome(V1, LogVersion::V1, twist), wrong, "{name}");
    }
    for (name, twist) in [
        (
            "another body",
            edit(|body| body["canonicalizedBody"] = another_digest(body, "canonicalizedBody")),
        ),
        (
            "no proof",
            edit(|body| {
                body.as_object_mut().unwrap().remove("inclusionProof");
            }),
        ),
        (
            "another kind",
            edit(|body| body["kindVersion"]["kind"] = "dsse".into()),
        ),
    ] {
        assert_eq!(outcome(V2, LogVersion::V2, twist), wrong, "{name}");
    }
    // Well formed and false: only verification can tell.
    let path = edit(|body| body["inclusionProof"]["hashes"][0] = format!("{}=", "A".repeat(43)).into());
    assert_eq!(outcome(V2, LogVersion::V2, path), refused("made-bundle-refused"));
}

#[test]
fn the_answer_to_somebody_elses_signature_is_refused() {
    for (service, version) in [(V1, LogVersion::V1), (V2, LogVersion::V2), (TSA, LogVersion::V1)] {
        let first = std::sync::Mutex::new(None);
        let world = World::twisted(move |request, honest| match request.target.starts_with(service) {
            true => first.lock().unwrap().get_or_insert(honest).clone(),
            false => honest,
        });
        assert!(world.sign(version, Form::Statement).is_ok(), "{service}");
        let again = world.sign(version, Form::Statement);
        assert_eq!(again.unwrap_err().code(), "service-answer-invalid", "{service}");
    }
}

#[test]
fn an_entry_that_is_there_already_is_fetched() {
    let kept = std::sync::Mutex::new(None);
    let result = outcome(V1, LogVersion::V1, move |request, honest| {
        let id = "a".repeat(64);
        match request.method.as_str() {
            "POST" => {
                *kept.lock().unwrap() = Some(honest);
                let place = format!("https://elsewhere.example/api/v1/log/entries/{id}");
                Act::Answer(409, vec![("Location", place)], b"{\"code\":409}".to_vec())
            }
            _ => {
                assert_eq!(request.target, format!("/v1/api/v1/log/entries/{id}"));
                let Some(Act::Answer(_, _, body)) = kept.lock().unwrap().take() else {
                    panic!("it was posted before");
                };
                Act::body(200, body)
            }
        }
    });
    assert_eq!(result, Ok(()));
}

#[test]
fn a_conflict_that_leads_nowhere_is_refused() {
    for place in [
        "",
        "/api/v1/log/entries/../../secret",
        "/api/v1/log/entries/zz",
        "aaaa",
    ] {
        let result = outcome(V1, LogVersion::V1, move |_, _| {
            Act::Answer(409, vec![("Location", place.to_owned())], Vec::new())
        });
        assert_eq!(result, refused("service-answer-invalid"), "{place}");
    }
}

#[test]
fn an_entry_that_is_too_large_says_whose_limit_it_is() {
    // The last but one is what Rekor v1.5.4 answers; the last is trouble of another kind.
    let answers = [
        (413, "", "log-entry-too-large"),
        (413, "more than 16384 bytes", "log-entry-too-large"),
        (500, "http: request body too large", "log-entry-too-large"),
        (500, "the database is down", "service-unreachable"),
    ];
    for (service, version) in [(V1, LogVersion::V1), (V2, LogVersion::V2)] {
        for (status, said, code) in answers {
            let world = World::twisted(move |request, honest| match request.target.starts_with(service) {
                true => Act::body(status, json!({"code": status, "message": said}).to_string()),
                false => honest,
            });
            let failure = world.sign(version, Form::Statement).unwrap_err();
            assert_eq!(failure.code(), code, "{said}");
            let message = &failure.finding().message;
            assert!(
                message.contains(&status.to_string()) && message.contains(said),
                "{message}"
            );
            let whose = message.contains("bytes") && message.contains("set by whoever runs it");
            assert_eq!(whose, code == "log-entry-too-large", "{message}");
        }
    }
}

#[test]
fn a_refusal_is_explained_in_the_services_words_but_never_with_the_token() {
    let says = |text: &'static str| {
        let world = World::twisted(move |request, honest| match request.target.starts_with(FULCIO) {
            true => Act::body(400, json!({"code": 3, "message": text}).to_string()),
            false => honest,
        });
        world
            .sign(LogVersion::V1, Form::Message)
            .unwrap_err()
            .error
            .finding
            .message
            .clone()
    };
    assert!(says("the e-mail address is not verified").contains("the e-mail address is not verified"));
    let message = says(TOKEN);
    assert!(!message.contains("eyJ") && message.contains("400"), "{message}");
}
