//! The browser flow: one callback with the right state, a token of this login, and nothing else.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portcullis::sigstore::oidc::LoginOptions;
use reqwest::Url;
use serde_json::json;

use crate::SIGNATURE;
use crate::issuer::{CODE, Issuer, Manners, callback, confidential, visit};
use crate::service::Act;

fn behaved(url: &Url, login: &crate::issuer::Login) {
    let answer = visit(&login.redirect, &callback(url, &[])).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.contains("You are logged in"),
        "{answer}"
    );
    assert!(!answer.contains(CODE), "{answer}");
}

#[test]
fn a_login_gives_a_token_and_closes_the_door() {
    let issuer = Issuer::start(Manners::default());
    let obtained = issuer.log_in(&issuer.options(), behaved).unwrap();
    assert_eq!(obtained.token.email(), Some("dev@example.com"));
    assert_eq!(obtained.source, "login in the browser");
    // A second callback finds nobody.
    let redirect = issuer.login.lock().unwrap().redirect.clone();
    assert!(redirect.starts_with("http://localhost:") && redirect.ends_with("/auth/callback"));
    assert_eq!(visit(&redirect, "/auth/callback?code=x&state=y"), None);
}

#[test]
fn a_client_with_a_secret_authenticates_by_header() {
    let issuer = Issuer::start(Manners::default());
    issuer.log_in(&confidential(issuer.options()), behaved).unwrap();
    let requests = issuer.service.requests();
    let request = requests
        .iter()
        .find(|request| request.target == "/token")
        .unwrap();
    assert_eq!(
        request.header("authorization"),
        Some("Basic c2lnc3RvcmU6Y2xpZW50LXNlY3JldA==")
    );
    assert!(!String::from_utf8_lossy(&request.body).contains("client-secret"));
}

#[test]
fn what_is_not_the_callback_is_answered_and_the_login_goes_on() {
    let issuer = Issuer::start(Manners::default());
    let answers = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&answers);
    let outcome = issuer.log_in(&issuer.options(), move |url, login| {
        let port = Url::parse(&login.redirect).unwrap().port().unwrap();
        // Browsers open connections that they never use, and strangers send nonsense.
        let _idle = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let mut garbage = TcpStream::connect(("127.0.0.1", port)).unwrap();
        garbage.write_all(&[0xff; 20_000]).ok();
        drop(garbage);
        let state = callback(url, &[]);
        let state = state.rsplit_once("state=").unwrap().1.to_owned();
        for target in [
            "/favicon.ico".to_owned(),
            "//evil.example/auth/callback?code=x".to_owned(),
            callback(url, &[("state", "")]),
            callback(url, &[("state", "wrong")]),
            callback(url, &[("state", &state[..42])]),
            callback(url, &[("iss", "https://evil.example")]),
            format!("{}&state={state}", callback(url, &[])),
            format!("{}&code=another", callback(url, &[])),
            "/auth/callback?error=access_denied".to_owned(),
            "/auth/callback?error=access_denied&state=wrong".to_owned(),
        ] {
            let answer = visit(&login.redirect, &target).unwrap();
            seen.lock().unwrap().push((target, answer));
        }
        visit(&login.redirect, &callback(url, &[]));
    });
    outcome.unwrap();
    let answers = answers.lock().unwrap();
    assert_eq!(answers.len(), 10);
    for (target, answer) in answers.iter() {
        assert!(answer.starts_with("HTTP/1.1 40"), "{target}: {answer}");
    }
}

#[test]
fn a_refusal_by_the_issuer_ends_the_login() {
    for (changes, part) in [
        (vec![("code", ""), ("error", "access_denied")], "access_denied"),
        (
            vec![("code", ""), ("error", "<script>alert(1)</script>")],
            "an unknown error",
        ),
        (vec![("error", "access_denied")], "access_denied"),
        (vec![("code", "")], "without a code"),
    ] {
        let issuer = Issuer::start(Manners::default());
        let changes: Vec<(String, String)> = changes
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect();
        let outcome = issuer.log_in(&issuer.options(), move |url, login| {
            let changes: Vec<(&str, &str)> = changes.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let answer = visit(&login.redirect, &callback(url, &changes)).unwrap();
            assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        });
        let error = outcome.unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert!(!error.to_string().contains("script"), "{error}");
        assert_eq!(issuer.polls(), 0);
    }
}

#[test]
fn a_token_that_is_not_of_this_login_is_refused() {
    for (claims, part) in [
        (json!({"nonce": "another"}), "its nonce differs"),
        (json!({"nonce": null}), "its nonce differs"),
        (
            json!({"iss": "https://accounts.google.com"}),
            "the token is by https://accounts.google.com",
        ),
        (json!({"aud": "vault"}), "it was made for vault"),
        (json!({"exp": 1}), "it expired"),
        (
            json!({"email_verified": false}),
            "has not verified the e-mail address",
        ),
    ] {
        let issuer = Issuer::start(Manners {
            claims,
            ..Manners::default()
        });
        let error = issuer.log_in(&issuer.options(), behaved).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn an_issuer_that_calls_itself_otherwise_or_leads_astray_is_not_used() {
    for (document, part) in [
        (
            json!({"issuer": "https://accounts.google.com"}),
            "it calls itself https://accounts.google.com",
        ),
        (json!({"issuer": 1}), "something else than the JSON"),
        (
            json!({"token_endpoint": "http://evil.example/token"}),
            "without TLS",
        ),
        (
            json!({"authorization_endpoint": "file:///etc/passwd"}),
            "neither http nor https",
        ),
        (
            json!({"authorization_endpoint": "javascript:alert(1)"}),
            "neither http nor https",
        ),
        (
            json!({"authorization_endpoint": null}),
            "no endpoint for browsers",
        ),
        (
            json!({"token_endpoint": "https://user:pw@issuer.example/token"}),
            "user name",
        ),
    ] {
        let issuer = Issuer::start(Manners {
            document,
            ..Manners::default()
        });
        let outcome = issuer.log_in(&issuer.options(), |_, _| panic!("no browser is opened"));
        let error = outcome.unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn the_token_endpoint_is_asked_once_and_what_it_says_is_bounded_and_not_repeated() {
    for act in [
        Act::Endless,
        Act::status(500),
        Act::body(
            400,
            format!(r#"{{"error":"{CODE}","error_description":"{SIGNATURE}"}}"#),
        ),
        Act::body(200, r#"{"access_token":"x"}"#),
        Act::body(200, format!(r#"{{"id_token":"{SIGNATURE}"}}"#)),
        Act::Answer(307, vec![("Location", "http://127.0.0.1:1/".to_owned())], vec![]),
    ] {
        let issuer = Issuer::start(Manners {
            answers: vec![act],
            ..Manners::default()
        });
        issuer.log_in(&issuer.options(), behaved).unwrap_err();
        assert_eq!(issuer.polls(), 1);
    }
}

#[test]
fn nobody_logging_in_ends_with_the_time() {
    let issuer = Issuer::start(Manners::default());
    let options = LoginOptions {
        patience: Duration::from_millis(100),
        ..issuer.options()
    };
    let started = Instant::now();
    let error = issuer.log_in(&options, |_, _| {}).unwrap_err();
    assert!(error.to_string().contains("nobody logged in"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn the_browser_comes_back_to_loopback_only() {
    let issuer = Issuer::start(Manners::default());
    for redirect in [
        "https://localhost:0/x",
        "http://0.0.0.0:0/x",
        "http://example.com/x",
        "http://localhost.example.com/x",
        "http://localhost:0/x?y=z",
    ] {
        let options = LoginOptions {
            redirect: Url::parse(redirect).unwrap(),
            ..issuer.options()
        };
        let error = issuer
            .log_in(&options, |_, _| panic!("no browser is opened"))
            .unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(
            error.to_string().contains("the browser cannot come back"),
            "{error}"
        );
    }
}
