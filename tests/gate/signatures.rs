//! Callers that sign, and what a forger tries.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::client::Ask;
use crate::door::{Door, SECRET, Setup, WEBHOOK, event, native, seconds, webhook_code};

const OTHER: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn body() -> String {
    native("registry.example/team/app", "1")
}

fn post(fields: &[(&str, &str)], body: &str) -> Ask {
    fields
        .iter()
        .fold(Ask::post("/v1/events", body), |ask, (name, value)| {
            ask.header(name, *value)
        })
}

#[test]
fn a_good_signature_is_believed_and_each_fault_is_the_same_401() {
    let door = Door::with_webhook();
    let body = body();
    let now = seconds().to_string();
    let (past, future) = ((seconds() - 301).to_string(), (seconds() + 330).to_string());
    let code = |secret, id, time: &str| webhook_code(secret, id, time, body.as_bytes());
    let good = code(SECRET, "m1", &now);
    let altered = good.replace("v1,", "v1,A");
    let upper = good.to_ascii_uppercase();
    let short = good[..good.len() - 4].to_owned();
    let version = good.replace("v1,", "v2,");
    let (stale, early) = (code(SECRET, "m1", &past), code(SECRET, "m1", &future));
    let (wrong, dotted, other_id) = (
        code(OTHER, "m1", &now),
        code(SECRET, "m.1", &now),
        code(SECRET, "m2", &now),
    );
    let signed_number = format!("+{now}");
    let fields = |id, time, code| {
        vec![
            ("webhook-id", id),
            ("webhook-timestamp", time),
            ("webhook-signature", code),
        ]
    };
    let now = now.as_str();
    let faults = [
        ("no header", vec![]),
        (
            "no id",
            vec![("webhook-timestamp", now), ("webhook-signature", good.as_str())],
        ),
        (
            "no timestamp",
            vec![("webhook-id", "m1"), ("webhook-signature", &good)],
        ),
        (
            "no signature",
            vec![("webhook-id", "m1"), ("webhook-timestamp", now)],
        ),
        ("another secret", fields("m1", now, &wrong)),
        ("another id", fields("m1", now, &other_id)),
        ("a dot in the id", fields("m.1", now, &dotted)),
        ("an empty id", fields("", now, &good)),
        ("stale", fields("m1", &past, &stale)),
        ("from the future", fields("m1", &future, &early)),
        ("another timestamp", fields("m1", &past, &good)),
        ("no number", fields("m1", "now", &good)),
        ("a sign", fields("m1", &signed_number, &good)),
        ("a huge number", fields("m1", "99999999999999999999", &good)),
        ("altered", fields("m1", now, &altered)),
        ("in capitals", fields("m1", now, &upper)),
        ("cut short", fields("m1", now, &short)),
        ("an unknown version", fields("m1", now, &version)),
        ("nothing", fields("m1", now, "")),
        ("an empty code", fields("m1", now, "v1,")),
        (
            "two ids",
            [fields("m1", now, &good), vec![("webhook-id", "m1")]].concat(),
        ),
        (
            "two signatures fields",
            [fields("m1", now, &good), vec![("webhook-signature", &good)]].concat(),
        ),
        (
            "a bearer token too",
            [fields("m1", now, &good), vec![("authorization", "Bearer x")]].concat(),
        ),
        ("another scheme", vec![("authorization", "Basic Y2k6Y2k=")]),
    ];
    let mut answers = Vec::new();
    for (name, fields) in &faults {
        let answer = post(fields, &body).send(door.address);
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "every refusal looks the same: {answers:?}");
    assert_eq!(door.waiting(), 0, "nothing was taken in");
    assert_eq!(door.log().matches("\"caller-refused\"").count(), faults.len());
    assert!(door.log().contains("is too far from now"), "the log says why");

    let mut one_byte = body.clone().into_bytes();
    one_byte[20] ^= 1;
    let ask = post(&fields("m1", now, &good), std::str::from_utf8(&one_byte).unwrap());
    assert_eq!(ask.send(door.address).status, 401);

    assert_eq!(
        post(&fields("m1", now, &good), &body).send(door.address).status,
        202
    );
    assert!(
        !door.log().contains(SECRET.trim_start_matches("whsec_")),
        "a secret in the log"
    );
}

#[test]
fn several_secrets_and_several_signatures_are_for_changing_one() {
    let callers = WEBHOOK.replace("[\"hook.secret\"]", "[\"hook.secret\", \"next.secret\"]");
    let door = Setup::new(&callers).file("next.secret", OTHER).open();
    for (id, secret) in [("m1", SECRET), ("m2", OTHER)] {
        let time = seconds().to_string();
        let code = webhook_code(secret, id, &time, body().as_bytes());
        let listed = format!("v1,bm90IGl0 {code}");
        let fields = [
            ("webhook-id", id),
            ("webhook-timestamp", &time),
            ("webhook-signature", &listed),
        ];
        assert_eq!(post(&fields, &body()).send(door.address).status, 202, "{id}");
    }
    // The old one is taken out, and a reload puts that in force.
    door.reload(&WEBHOOK.replace("hook.secret", "next.secret"));
    assert_eq!(event("m3", &body()).send(door.address).status, 401);
}

#[test]
fn ed25519_signatures_are_believed_by_the_public_key() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let public = format!("whpk_{}", STANDARD.encode(pair.public_key()));
    let callers = WEBHOOK.replace(
        "secret-files = [\"hook.secret\"]",
        "public-key-files = [\"hook.pub\"]",
    );
    let door = Setup::new(&callers).file("hook.pub", public).open();
    let time = seconds().to_string();
    let sign = |id: &str, body: &str| {
        let signature = pair.sign(format!("{id}.{time}.{body}").as_bytes());
        format!("v1a,{}", STANDARD.encode(signature))
    };
    let ask = |id: &str, code: &str, body: &str| {
        let fields = [
            ("webhook-id", id),
            ("webhook-timestamp", time.as_str()),
            ("webhook-signature", code),
        ];
        post(&fields, body).send(door.address).status
    };
    assert_eq!(ask("m1", &sign("m1", &body()), &body()), 202);
    assert_eq!(ask("m2", &sign("m1", &body()), &body()), 401);
    assert_eq!(ask("m3", &sign("m3", "{}"), &body()), 401);
    // The public key is no secret of HMAC.
    let key = hmac::Key::new(hmac::HMAC_SHA256, pair.public_key().as_ref());
    let forged = hmac::sign(&key, format!("m4.{time}.{}", body()).as_bytes());
    assert_eq!(
        ask("m4", &format!("v1,{}", STANDARD.encode(forged)), &body()),
        401
    );
}

const GITHUB: &str = r#"
[[caller]]
name = "github"
repositories = ["ghcr.io/org/*"]
[caller.github]
secret-files = ["github.secret"]
"#;

const GITHUB_SECRET: &str = "It's a Secret to Everybody, and long";

fn package(tag: &str) -> String {
    format!(
        r#"{{"action":"published","package":{{"package_version":{{"version":"sha256:{}","package_url":"ghcr.io/Org/app:{tag}","container_metadata":{{"tag":{{"name":"{tag}"}}}}}}}}}}"#,
        "b".repeat(64)
    )
}

fn hub_code(secret: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("sha256={}", hex::encode(hmac::sign(&key, body.as_bytes())))
}

#[test]
fn github_signs_the_body_and_a_replay_is_recognised_by_it() {
    let door = Setup::new(GITHUB).file("github.secret", GITHUB_SECRET).open();
    let send = |code: &str, delivery: &str, body: &str| {
        let fields = [
            ("x-hub-signature-256", code),
            ("x-github-event", "package"),
            ("x-github-delivery", delivery),
        ];
        post(&fields, body).send(door.address)
    };
    let body = package("v1");
    let good = hub_code(GITHUB_SECRET, &body);
    let first = send(&good, "d1", &body);
    assert_eq!(first.status, 202, "{first:?}");
    // The delivery's id is not signed: whoever replays the body chooses another.
    let again = send(&good, "d2", &body);
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["events"][0]["id"], first.json()["events"][0]["id"]);
    assert_eq!(door.waiting(), 1);
    let wrong = hub_code("another secret that is long", &body);
    let sha1 = good.replace("sha256=", "sha1=");
    for fault in [wrong.as_str(), &sha1, &good[..30], "sha256=", "", &package("v2")] {
        assert_eq!(send(fault, "d3", &body).status, 401, "{fault}");
    }
    assert_eq!(send(&good, "d1", &package("v2")).status, 401, "another body");
    let ping = r#"{"zen":"Design for failure.","hook_id":1}"#;
    let answer = send(&hub_code(GITHUB_SECRET, ping), "d4", ping);
    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"events":[]}"#));
}

#[test]
fn registries_that_can_send_nothing_else_send_a_token() {
    let token = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAA";
    let callers = r#"
[[caller]]
name = "harbor"
repositories = ["registry.example/**"]
registry = "registry.example"
[caller.token]
token-files = ["harbor.token"]
"#;
    let door = Setup::new(callers)
        .file("harbor.token", format!("{token}\n"))
        .open();
    let body = format!(
        r#"{{"type":"PUSH_ARTIFACT","event_data":{{"resources":[{{"digest":"sha256:{}","tag":"v1","resource_url":"evil.example/team/app:v1"}}],"repository":{{"repo_full_name":"team/app"}}}}}}"#,
        "c".repeat(64)
    );
    let send = |value: &str| post(&[("authorization", value)], &body).send(door.address);
    let answer = send(&format!("Bearer {token}"));
    assert_eq!(answer.status, 202, "{answer:?}");
    let reference = answer.json()["events"][0]["reference"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        reference.starts_with("registry.example/team/app@sha256:ccc"),
        "{reference}"
    );
    for fault in [
        token,
        "Bearer",
        "Bearer ",
        &format!("Bearer {token}x"),
        &format!("Basic {token}"),
    ] {
        assert_eq!(send(fault).status, 401, "{fault}");
    }
    assert!(!door.log().contains(token), "the token is in the log");
}

/// The id of a CloudEvent in binary mode is a header field, which a token proves as much as the body. Two builds of one tag
/// have the same body.
#[test]
fn two_cloudevents_with_the_same_body_and_a_token_are_two_events() {
    let token = "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAA";
    let callers = r#"
[[caller]]
name = "builds"
repositories = ["registry.example/**"]
[caller.token]
token-files = ["builds.token"]
"#;
    let door = Setup::new(callers).file("builds.token", token).open();
    let authorization = format!("Bearer {token}");
    let send = |id: &str| {
        let fields = [
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("ce-specversion", "1.0"),
            ("ce-source", "/builds"),
            ("ce-type", "example.built"),
            ("ce-id", id),
        ];
        let body = r#"{"reference":"registry.example/team/app:v1"}"#;
        post(&fields, body).send(door.address).status
    };
    assert_eq!([send("1"), send("2"), send("1")], [202, 202, 200]);
    assert_eq!(door.waiting(), 2);
}
