//! Faults: each does what it says to the requests it is for, and to no other.

use std::time::{Duration, Instant};

use portcullis::sandbox::KeyKind;
use portcullis::sandbox::server::{Fault, Options, Rule, Sandbox, Service};
use serde_json::json;

use crate::client::{get, post, send, try_send, unb64};
use crate::signing::{ARTIFACT, hashedrekord_v1, hashedrekord_v2, signer, timestamp, timestamp_query};

#[test]
fn a_fault_is_for_the_requests_that_its_rule_names() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let rekor = sandbox.urls().rekor_v1.clone();
    let rule = Rule::new(Service::RekorV1, Fault::RetryAfter(429, 7));
    sandbox
        .faults()
        .add(rule.method("GET").path("publicKey").skip(1).times(2));
    let key = || get(&format!("{rekor}/api/v1/log/publicKey"));
    key().expect(200);
    assert_eq!(key().expect(429).header("retry-after"), "7");
    get(&format!("{rekor}/api/v1/log")).expect(200);
    key().expect(429);
    key().expect(200);
    sandbox
        .faults()
        .add(Rule::new(Service::RekorV1, Fault::Status(503)));
    key().expect(503);
    sandbox.faults().clear();
    key().expect(200);
    let statuses: Vec<_> = sandbox
        .faults()
        .requests(Service::RekorV1)
        .iter()
        .map(|seen| seen.status.unwrap())
        .collect();
    assert_eq!(statuses, [200, 429, 200, 429, 200, 503, 200]);
    assert_eq!(sandbox.faults().requests(Service::Fulcio), []);
}

#[test]
fn connections_break_before_or_after_the_work_is_done() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let url = format!("{}/api/v1/log/entries", sandbox.urls().rekor_v1);
    let request = hashedrekord_v1(&signer(&sandbox, KeyKind::P256), ARTIFACT).to_string();
    let send_entry = || {
        try_send(
            "POST",
            &url,
            &[("content-type", "application/json")],
            request.as_str(),
        )
    };
    let once = |fault| sandbox.faults().add(Rule::new(Service::RekorV1, fault).times(1));

    once(Fault::Reset);
    assert!(send_entry().is_none());
    once(Fault::LoseAnswer);
    assert!(send_entry().is_none());
    // It is in the log, although nobody was told.
    let conflict = send_entry().unwrap().expect(409);
    let entry = format!("{}{}", sandbox.urls().rekor_v1, conflict.header("location"));
    once(Fault::Truncate);
    assert!(try_send("GET", &entry, &[], "").is_none());
    get(&entry).expect(200);
    let seen = sandbox.faults().requests(Service::RekorV1);
    let statuses: Vec<_> = seen.iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [None, None, Some(409), Some(200), Some(200)]);
}

#[test]
fn a_stalled_request_is_answered_late_and_does_not_hold_the_end_up() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let rekor = sandbox.urls().rekor_v2.clone();
    sandbox
        .faults()
        .add(Rule::new(Service::RekorV2, Fault::Stall(Duration::from_millis(200))).times(1));
    let start = Instant::now();
    get(&format!("{rekor}/api/v2/checkpoint")).expect(200);
    assert!(start.elapsed() >= Duration::from_millis(200));

    sandbox.faults().add(Rule::new(
        Service::RekorV2,
        Fault::Stall(Duration::from_secs(3600)),
    ));
    let waiting = std::thread::spawn(move || try_send("GET", &format!("{rekor}/api/v2/checkpoint"), &[], ""));
    std::thread::sleep(Duration::from_millis(100));
    drop(sandbox);
    assert!(waiting.join().unwrap().is_none());
}

#[test]
fn lies_have_good_form_and_are_false() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let honest = signer(&sandbox, KeyKind::P256);
    for service in [Service::Fulcio, Service::RekorV1, Service::RekorV2, Service::Tsa] {
        sandbox.faults().add(Rule::new(service, Fault::Lie));
    }
    let lied = signer(&sandbox, KeyKind::P256).leaf;
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&lied, "mallory@example.com") && !holds(&lied, "dev@example.com"));

    let request = hashedrekord_v1(&honest, ARTIFACT);
    let entry = post(
        &format!("{}/api/v1/log/entries", sandbox.urls().rekor_v1),
        &request,
    )
    .expect(201)
    .json();
    let entry = entry.as_object().unwrap().values().next().unwrap().clone();
    assert!(holds(&unb64(&entry["body"]), &"0".repeat(64)));

    let signature = honest.key.sign(ARTIFACT).unwrap();
    let digest = portcullis::sandbox::signing::sha256_of(ARTIFACT);
    let request = hashedrekord_v2(&honest, &digest, &signature);
    let entry = post(
        &format!("{}/api/v2/log/entries", sandbox.urls().rekor_v2),
        &request,
    )
    .expect(201)
    .json();
    let body: serde_json::Value = serde_json::from_slice(&unb64(&entry["canonicalizedBody"])).unwrap();
    assert_eq!(
        unb64(&body["spec"]["hashedRekordV002"]["data"]["digest"]),
        [0; 32]
    );

    let stamp = timestamp(&sandbox, &signature);
    let imprint = portcullis::sandbox::signing::sha256_of(&signature);
    assert!(!stamp.windows(32).any(|window| window == imprint));
    sandbox.faults().clear();
    assert!(
        timestamp(&sandbox, &signature)
            .windows(32)
            .any(|window| window == imprint)
    );
}

#[test]
fn every_service_can_fail() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let urls = sandbox.urls().clone();
    let registry = format!("http://{}", urls.registry);
    let addresses = [
        (Service::Oidc, format!("{}/keys", urls.oidc)),
        (Service::Fulcio, format!("{}/healthz", urls.fulcio)),
        (Service::Ct, format!("{}/ct/v1/get-sth", urls.ct)),
        (Service::RekorV1, format!("{}/api/v1/log", urls.rekor_v1)),
        (Service::RekorV2, format!("{}/api/v2/checkpoint", urls.rekor_v2)),
        (Service::Tsa, format!("{}/certchain", urls.tsa)),
        (Service::Tuf, format!("{}/1.root.json", urls.tuf)),
        (Service::Registry, format!("{registry}/v2/")),
    ];
    for (service, url) in addresses {
        get(&url).expect(200);
        sandbox.faults().add(Rule::new(service, Fault::Status(502)));
        get(&url).expect(502);
    }
    let query = timestamp_query(&[0; 32]);
    let headers = [("content-type", "application/timestamp-query")];
    assert_eq!(
        send("POST", &urls.tsa, &headers, query).expect(502).json()["code"],
        json!(502)
    );
}
