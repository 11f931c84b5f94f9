//! The device flow: patient with people, not with issuers.

use std::sync::Mutex;
use std::time::Duration;

use portcullis::sigstore::oidc::{Obtained, OidcError, Person, TokenRequest, obtain};
use serde_json::json;

use crate::issuer::{CODE, Issuer, Manners, no_secrets};
use crate::service::Act;
use crate::{now, web};

/// What came of a login: the outcome, what the person was told, and how long each wait was, in seconds.
fn log_in(issuer: &Issuer) -> (Result<Obtained, OidcError>, String, Vec<u64>) {
    let (told, waits) = (Mutex::new(String::new()), Mutex::new(Vec::new()));
    let person = Person {
        tell: &|text| told.lock().unwrap().push_str(text),
        open: None,
        pause: &|time: Duration| waits.lock().unwrap().push(time.as_secs()),
    };
    let outcome = obtain(&TokenRequest::Device(&issuer.options(), &person), &web(), now);
    let told = told.into_inner().unwrap();
    no_secrets(&outcome, &told);
    (outcome, told, waits.into_inner().unwrap())
}

fn error(code: &str) -> Act {
    Act::body(400, json!({"error": code}).to_string())
}

fn with_answers(answers: Vec<Act>) -> Issuer {
    Issuer::start(Manners {
        answers,
        ..Manners::default()
    })
}

#[test]
fn the_person_is_told_where_and_what_and_the_token_is_asked_for_until_it_is_there() {
    let issuer = with_answers(vec![
        error("authorization_pending"),
        error("slow_down"),
        error("authorization_pending"),
        Act::status(503),
        Act::Reset,
    ]);
    let (outcome, told, waits) = log_in(&issuer);
    assert_eq!(outcome.unwrap().token.email(), Some("dev@example.com"));
    assert!(
        told.contains("/activate") && told.contains("WDJB-MJHT") && !told.contains(CODE),
        "{told}"
    );
    assert_eq!(waits, [5, 5, 10, 10, 15, 20]);
}

#[test]
fn a_refusal_or_an_expired_code_ends_it() {
    for (answer, part, polls) in [
        (error("access_denied"), "the login was refused", 2),
        (error("expired_token"), "before it expired", 2),
        (error("invalid_grant"), "status 400, invalid_grant", 2),
        (Act::body(401, "one-time+code/&="), "status 401", 2),
        (Act::body(200, "{}"), "something else than the JSON", 2),
        (
            Act::Answer(302, vec![("Location", "/".to_owned())], vec![]),
            "redirects are not followed",
            2,
        ),
    ] {
        let issuer = with_answers(vec![error("authorization_pending"), answer]);
        let (outcome, _, _) = log_in(&issuer);
        let error = outcome.unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
        assert_eq!(issuer.polls(), polls);
    }
}

#[test]
fn nobody_entering_the_code_ends_with_its_time_however_the_issuer_puts_it_off() {
    for (answer, invitation, most) in [
        (error("authorization_pending"), json!({"expires_in": 60}), 12),
        // A storm of slow_down: 10, 15, … at most 60 seconds, for five minutes.
        (error("slow_down"), json!({}), 12),
        (Act::status(500), json!({}), 12),
        // For ever is half an hour, and never is a second.
        (
            error("authorization_pending"),
            json!({"expires_in": u64::MAX, "interval": u64::MAX}),
            30,
        ),
        (
            error("authorization_pending"),
            json!({"expires_in": 20, "interval": 0}),
            20,
        ),
        (error("authorization_pending"), json!({"expires_in": 0}), 0),
    ] {
        let issuer = Issuer::start(Manners {
            answers: vec![answer; 100],
            invitation,
            ..Manners::default()
        });
        let (outcome, _, waits) = log_in(&issuer);
        let error = outcome.unwrap_err();
        assert!(error.to_string().contains("nobody entered the code"), "{error}");
        assert!(waits.len() <= most, "{waits:?}");
        assert!(
            waits.iter().sum::<u64>() <= 30 * 60 && waits.iter().all(|wait| (1..=60).contains(wait)),
            "{waits:?}"
        );
    }
}

#[test]
fn what_is_shown_to_the_person_looks_like_what_it_is() {
    for invitation in [
        json!({"user_code": ""}),
        json!({"user_code": "A\u{1b}[2JB"}),
        json!({"user_code": "open https://evil.example"}),
        json!({"verification_uri": "http://evil.example/"}),
        json!({"verification_uri": "javascript:alert(1)"}),
        json!({"verification_uri_complete": "file:///etc/passwd"}),
        json!({"verification_uri": format!("https://a.example/{}", "a".repeat(1000))}),
    ] {
        let issuer = Issuer::start(Manners {
            invitation: invitation.clone(),
            ..Manners::default()
        });
        let (outcome, told, _) = log_in(&issuer);
        let error = outcome.unwrap_err();
        assert!(
            error.to_string().contains("cannot be shown"),
            "{invitation}: {error}"
        );
        assert_eq!(told, "");
        assert_eq!(issuer.polls(), 0);
    }
}

#[test]
fn an_issuer_without_the_flow_says_so_and_a_token_for_another_is_refused() {
    let without = Issuer::start(Manners {
        document: json!({"device_authorization_endpoint": null}),
        ..Manners::default()
    });
    assert!(
        log_in(&without)
            .0
            .unwrap_err()
            .to_string()
            .contains("has no device flow")
    );
    let other = Issuer::start(Manners {
        claims: json!({"aud": "vault"}),
        ..Manners::default()
    });
    assert!(
        log_in(&other)
            .0
            .unwrap_err()
            .to_string()
            .contains("it was made for vault")
    );
}
