//! A Flux receiver of type `generic-hmac`: `X-Signature: sha256=<hex>` over the body.

use std::sync::Arc;

use aws_lc_rs::hmac;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::post::post;
use super::{Fired, Order, SecretFile, Trigger, message};
use crate::http::{Secret, Web};

const X_SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

/// Tells a Flux receiver that there is something new. It makes Flux look at its sources, which is harmless to repeat.
#[derive(Debug)]
pub struct Flux {
    /// The receiver's whole address: `https://…/hook/<hash>`.
    pub url: Url,
    /// The receiver's token.
    pub secret: SecretFile,
    /// How it is reached.
    pub web: Arc<Web>,
}

impl Trigger for Flux {
    fn fire(&self, order: &Order) -> Fired {
        self.send(order).unwrap_or_else(|fired| fired)
    }
}

impl Flux {
    fn send(&self, order: &Order) -> Result<Fired, Fired> {
        let secret = self.secret.at_hand()?;
        let body = message::body(order)?;
        let mut headers = HeaderMap::new();
        headers.insert(X_SIGNATURE, signature(&secret, &body));
        post(&self.web, &self.url, headers, &body, &secret)?;
        Ok(Fired::Done("the Flux receiver took it".to_owned()))
    }
}

fn signature(secret: &Secret, body: &[u8]) -> HeaderValue {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let text = format!("sha256={}", hex::encode(hmac::sign(&key, body)));
    // Hex digits are always a header value.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
