//! A webhook signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>`.

use std::sync::Arc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::post::post;
use super::{Fired, Order, SecretFile, Trigger, message};
use crate::http::{Secret, Web};
use crate::report::{Code, Finding, Origin};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// Bytes that a key has to have.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Posts the decision to somebody who checks the signature. The id stays the same over all attempts, so the receiver can
/// tell a repetition.
#[derive(Debug)]
pub struct Webhook {
    /// Where to.
    pub url: Url,
    /// The secret, `whsec_` and base64.
    pub secret: SecretFile,
    /// How it is reached.
    pub web: Arc<Web>,
}

impl Trigger for Webhook {
    fn fire(&self, order: &Order) -> Fired {
        self.send(order).unwrap_or_else(|fired| fired)
    }
}

impl Webhook {
    /// Whether a secret can sign.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it, without repeating it.
    pub fn check(secret: &Secret) -> Result<(), &'static str> {
        key(secret).map(|_| ())
    }

    fn send(&self, order: &Order) -> Result<Fired, Fired> {
        let secret = self.secret.at_hand()?;
        let key = key(&secret).map_err(|why| {
            let file = Origin::flag(self.secret.path().display().to_string());
            Fired::Refused(Finding::new(Code::TriggerSecretUnreadable, why).origin(&file))
        })?;
        let body = message::body(order)?;
        let headers = headers(&key, order.id(), Timestamp::now().as_second(), &body)?;
        post(&self.web, &self.url, headers, &body, &secret)?;
        Ok(Fired::Done("the webhook was taken".to_owned()))
    }
}

/// The key in a secret.
pub(super) fn key(secret: &Secret) -> Result<hmac::Key, &'static str> {
    let encoded = secret.expose().strip_prefix(PREFIX);
    let encoded = encoded.ok_or("a webhook secret is written whsec_ and base64")?;
    let bytes = STANDARD.decode(encoded).map(zeroize::Zeroizing::new);
    let bytes = bytes.map_err(|_| "what follows whsec_ is not base64")?;
    if !KEY_BYTES.contains(&bytes.len()) {
        return Err("a webhook secret has 24 to 64 bytes");
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

fn headers(key: &hmac::Key, id: &str, seconds: i64, body: &[u8]) -> Result<HeaderMap, Fired> {
    let mut signed = format!("{id}.{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    let signature = format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed)));
    let mut headers = HeaderMap::new();
    for (name, text) in [
        (ID, id.to_owned()),
        (TIMESTAMP, seconds.to_string()),
        (SIGNATURE, signature),
    ] {
        let value = HeaderValue::from_str(&text).map_err(|_| message::unwritable("a header"))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification (spec/standard-webhooks.md, "Signature scheme").
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let body = br#"{"test": 2432232314}"#;
        let headers = headers(
            &key(&secret).unwrap(),
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            body,
        )
        .unwrap();
        assert_eq!(
            headers[SIGNATURE],
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn a_weak_or_odd_secret_signs_nothing() {
        for text in ["", "secret", "whsec_", "whsec_!!", "whsec_c2hvcnQ="] {
            assert!(key(&Secret::new(text)).is_err(), "{text}");
        }
    }
}
