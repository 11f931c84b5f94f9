//! What [`portcullis::http::Web`] does with services that answer badly, late, or too much.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "support/service.rs"]
#[allow(dead_code, reason = "each test program uses its part")]
mod service;

use std::time::{Duration, Instant};

use portcullis::http::{
    Body, Call, Method, Patience, Repeat, Reply, RetryPolicy, Web, WebConfig, WebFault, WebFaultKind,
};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use service::{Act, Service};

const LIMIT: u64 = 1000;
const SECRET: &str = "hunter2";

fn patience() -> Patience {
    Patience {
        answer: Duration::from_millis(300),
        read: Duration::from_millis(300),
        retry: RetryPolicy {
            attempts: 3,
            base: Duration::from_millis(5),
            longest: Duration::from_secs(2),
        },
        ..Patience::default()
    }
}

fn web() -> Web {
    Web::new(WebConfig {
        patience: patience(),
        ..WebConfig::default()
    })
    .unwrap()
}

/// Posts a body with a secret, under a secret, to an address with a secret.
fn post(web: &Web, url: &str, repeat: Repeat) -> Result<Reply, WebFault> {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer hunter2"));
    web.send(&Call {
        method: Method::Post,
        url: &Url::parse(&format!("{url}/api/v2?key={SECRET}")).unwrap(),
        headers,
        body: Some(Body {
            content_type: "application/json",
            bytes: SECRET.as_bytes(),
        }),
        limit_bytes: LIMIT,
        repeat,
    })
}

#[test]
fn what_is_sent_arrives_and_the_answer_comes_back() {
    let service =
        Service::start(|_, _| Act::Answer(201, vec![("Location", "/1".to_owned())], b"made".to_vec()));
    let reply = post(&web(), &service.url(), Repeat::Harmless).unwrap();
    assert_eq!(
        (reply.status.as_u16(), reply.body.as_slice()),
        (201, &b"made"[..])
    );
    assert_eq!(reply.headers["location"], "/1");
    let requests = service.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].target, "/api/v2?key=hunter2");
    assert_eq!(requests[0].body, SECRET.as_bytes());
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[0].header("authorization"), Some("Bearer hunter2"));
}

#[test]
fn passing_trouble_is_waited_out() {
    for trouble in [Act::status(503), Act::status(429), Act::Reset, Act::Silent] {
        let first = trouble.clone();
        let service = Service::start(move |_, before| match before {
            0 => first.clone(),
            _ => Act::body(200, "ok"),
        });
        let reply = post(&web(), &service.url(), Repeat::Harmless).unwrap();
        assert_eq!(reply.body, b"ok", "{trouble:?}");
        assert_eq!(service.requests().len(), 2, "{trouble:?}");
    }
}

#[test]
fn lasting_trouble_ends_after_the_last_attempt() {
    for (trouble, requests, status) in [
        (Act::status(503), 3, Some(503)),
        (Act::status(429), 3, Some(429)),
        (Act::status(501), 1, Some(501)),
        (Act::status(400), 1, Some(400)),
        (Act::status(413), 1, Some(413)),
        (Act::Reset, 3, None),
        (Act::BrokenOff(vec![b'x'; 100]), 3, None),
    ] {
        let act = trouble.clone();
        let service = Service::start(move |_, _| act.clone());
        let result = post(&web(), &service.url(), Repeat::Harmless);
        let found = result.ok().map(|reply| reply.status.as_u16());
        assert_eq!(found, status, "{trouble:?}");
        assert_eq!(service.requests().len(), requests, "{trouble:?}");
    }
}

#[test]
fn what_is_spent_by_the_first_call_is_sent_again_only_when_it_was_turned_away() {
    for (trouble, requests) in [(Act::status(503), 1), (Act::Reset, 1), (Act::status(429), 3)] {
        let act = trouble.clone();
        let service = Service::start(move |_, _| act.clone());
        let _ = post(&web(), &service.url(), Repeat::OnlyWhenRefused);
        assert_eq!(service.requests().len(), requests, "{trouble:?}");
    }
}

#[test]
fn retry_after_is_kept_to_and_too_long_a_wait_is_not_begun() {
    let asks = |seconds: &'static str| {
        Service::start(move |_, before| match before {
            0 => Act::Answer(429, vec![("Retry-After", seconds.to_owned())], Vec::new()),
            _ => Act::body(200, "ok"),
        })
    };
    let patient = asks("1");
    let started = Instant::now();
    assert_eq!(
        post(&web(), &patient.url(), Repeat::Harmless).unwrap().body,
        b"ok"
    );
    assert!(started.elapsed() >= Duration::from_secs(1));
    let impatient = asks("3600");
    assert_eq!(
        post(&web(), &impatient.url(), Repeat::Harmless)
            .unwrap()
            .status
            .as_u16(),
        429
    );
    assert_eq!(impatient.requests().len(), 1);
}

#[test]
fn the_deadline_ends_everything() {
    let service = Service::start(|_, _| Act::Silent);
    let web = Web::new(WebConfig {
        deadline: Some(Instant::now() + Duration::from_millis(200)),
        patience: Patience::default(),
        ..WebConfig::default()
    })
    .unwrap();
    let started = Instant::now();
    let fault = post(&web, &service.url(), Repeat::Harmless).unwrap_err();
    assert!(matches!(fault.kind, WebFaultKind::Unreachable(_)), "{fault}");
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[test]
fn nobody_makes_us_read_more_than_was_asked_for() {
    for act in [Act::Endless, Act::body(200, vec![b'x'; 1001])] {
        let service = Service::start(move |_, _| act.clone());
        let fault = post(&web(), &service.url(), Repeat::Harmless).unwrap_err();
        assert_eq!(fault.kind, WebFaultKind::TooLarge(LIMIT));
        assert_eq!(service.requests().len(), 1);
    }
    let compressed =
        Service::start(|_, _| Act::Answer(200, vec![("Content-Encoding", "gzip".to_owned())], b"x".to_vec()));
    let fault = post(&web(), &compressed.url(), Repeat::Harmless).unwrap_err();
    assert!(matches!(fault.kind, WebFaultKind::Protocol(_)), "{fault}");
}

#[test]
fn redirects_are_refused_so_that_secrets_stay() {
    let thief = Service::start(|_, _| Act::body(200, "thanks"));
    for status in [301, 302, 303, 307, 308] {
        let target = thief.url();
        let service =
            Service::start(move |_, _| Act::Answer(status, vec![("Location", target.clone())], Vec::new()));
        let fault = post(&web(), &service.url(), Repeat::Harmless).unwrap_err();
        assert!(matches!(fault.kind, WebFaultKind::Refused(_)), "{fault}");
    }
    assert_eq!(thief.requests().len(), 0);
}

#[test]
fn nothing_goes_out_without_tls_but_to_loopback_and_where_it_was_allowed() {
    for url in [
        "http://ca.example",
        "ftp://ca.example",
        "https://u:hunter2@ca.example",
    ] {
        let fault = post(&web(), url, Repeat::Harmless).unwrap_err();
        assert!(matches!(fault.kind, WebFaultKind::Refused(_)), "{fault}");
    }
    let allowing = Web::new(WebConfig {
        allow_http: vec!["ca.example:8080".parse().unwrap()],
        ..WebConfig::default()
    })
    .unwrap();
    for (url, goes) in [
        ("http://ca.example:8080/", true),
        ("http://ca.example/", false),
        ("http://localhost:1/", true),
        ("http://[::1]:1/", true),
        ("https://ca.example/", true),
    ] {
        assert_eq!(
            allowing.check_address(&Url::parse(url).unwrap()).is_ok(),
            goes,
            "{url}"
        );
    }
}

#[test]
fn no_error_repeats_a_secret() {
    let services = [
        Service::start(|_, _| Act::Reset),
        Service::start(|_, _| Act::Answer(302, vec![("Location", format!("/?key={SECRET}"))], Vec::new())),
        Service::start(|request, _| Act::body(200, [request.body.clone(), vec![b'x'; 2000]].concat())),
    ];
    for service in &services {
        let fault = post(&web(), &service.url(), Repeat::Harmless).unwrap_err();
        let text = format!("{fault} {fault:?}");
        assert!(!text.contains(SECRET), "{text}");
        assert!(fault.asked.starts_with("POST http://127.0.0.1:"), "{text}");
    }
}

#[test]
fn certificates_that_cannot_be_used_are_a_configuration_error() {
    let web = Web::new(WebConfig {
        authorities: Some(b"not a certificate".to_vec()),
        ..WebConfig::default()
    })
    .unwrap();
    let fault = post(&web, "https://ca.example", Repeat::Harmless).unwrap_err();
    assert!(matches!(fault.kind, WebFaultKind::Configuration(_)), "{fault}");
}
