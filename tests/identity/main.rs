//! Identity tokens from the surroundings and from logins, with issuers that behave and issuers that do not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[allow(dead_code, reason = "shared with other tests, which use more of it")]
#[path = "../support/service.rs"]
mod service;

mod ambient;
mod browser;
mod device;
mod issuer;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use portcullis::http::{Patience, RetryPolicy, Web, WebConfig};
use serde_json::{Value, json};

/// The signature of every token here: it must stand in nothing that is printed.
const SIGNATURE: &str = "c2VjcmV0LXNpZ25hdHVyZQ";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// A token with the usual claims and those of `changes`.
fn token(changes: Value) -> String {
    let mut claims =
        json!({"iss": "https://issuer.example", "sub": "ci", "aud": "sigstore", "exp": 1_800_000_600});
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.{SIGNATURE}",
        part(r#"{"alg":"RS256"}"#),
        part(&claims.to_string())
    )
}

/// A client that asks once.
fn web() -> Web {
    let patience = Patience {
        retry: RetryPolicy {
            attempts: 1,
            ..RetryPolicy::default()
        },
        ..Patience::default()
    };
    Web::new(WebConfig {
        patience,
        ..WebConfig::default()
    })
    .unwrap()
}
