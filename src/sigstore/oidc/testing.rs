//! Tokens for tests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Text that stands in every token made here, and must stand in nothing that is printed.
pub(super) const SIGNATURE: &str = "c2VjcmV0LXNpZ25hdHVyZQ";

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// The claims of a person, valid for ten minutes.
pub(super) fn person() -> Value {
    json!({
        "iss": "https://issuer.example", "sub": "1234", "aud": "sigstore", "exp": 1_800_000_600,
        "email": "dev@example.com", "email_verified": true,
    })
}

/// `base` with some claims replaced; null removes one.
pub(super) fn with(base: Value, changes: Value) -> Value {
    let mut base = base;
    for (name, value) in changes.as_object().unwrap() {
        base[name] = value.clone();
    }
    base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    base
}

pub(super) fn token(claims: &Value) -> String {
    raw(r#"{"alg":"RS256"}"#, &claims.to_string())
}

pub(super) fn raw(header: &str, claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{SIGNATURE}", part(header), part(claims))
}
