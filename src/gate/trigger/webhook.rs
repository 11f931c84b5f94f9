//! A signed webhook (Standard Webhooks, version 1): a POST whose id is the order's own, so that the receiver recognises a
//! repetition.
//!
//! It fires at least once: where no answer came, nobody knows whether it arrived, and it is sent again with the same id.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use serde_json::json;
use zeroize::Zeroizing;

use crate::gate::caller::SharedSecret;
use crate::gate::order::{Fired, Order, Trigger};
use crate::http::{Body, Call, Method, Repeat, Reply, Web, WebConfig, WebFaultKind};
use crate::ops::read;
use crate::report::{Code, Finding};

/// Bytes of an answer that are read. Nothing of it is used.
const MAX_ANSWER_BYTES: u64 = 16 * 1024;

/// Bytes of a secret's file.
const MAX_SECRET_FILE_BYTES: u64 = 4 * 1024;

/// A receiver of signed webhooks.
pub struct Webhook {
    url: Url,
    /// Read again for every order, so that it can be changed without a reload.
    secret: PathBuf,
    web: Web,
}

/// Why there is no such trigger.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Its address is not gone to.
    #[error("{0}")]
    Address(WebFaultKind),
    /// Its secret cannot be used.
    #[error("{0}")]
    Secret(String),
    /// The system gives no threads.
    #[error("no threads: {0}")]
    Threads(#[from] std::io::Error),
}

impl Webhook {
    /// A receiver at an address, with the file that holds the secret it knows us by.
    pub fn new(url: Url, secret: PathBuf) -> Result<Self, WebhookError> {
        let web = Web::new(WebConfig::default())?;
        web.check_address(&url).map_err(WebhookError::Address)?;
        let webhook = Self { url, secret, web };
        webhook.read_secret().map_err(WebhookError::Secret)?;
        Ok(webhook)
    }

    fn read_secret(&self) -> Result<SharedSecret, String> {
        let place = |error: &dyn std::fmt::Display| format!("{}: {error}", self.secret.display());
        let bytes = read::bounded(&self.secret, MAX_SECRET_FILE_BYTES).map_err(|error| place(&error))?;
        SharedSecret::webhook(&Zeroizing::new(bytes)).map_err(|error| place(&error))
    }

    fn headers(&self, order: &Order, body: &[u8], now: Timestamp) -> Result<HeaderMap, String> {
        let (id, time) = (order.id(), now.as_second().to_string());
        let parts = [id.as_bytes(), b".", time.as_bytes(), b".", body];
        let signature = format!("v1,{}", STANDARD.encode(self.read_secret()?.sign(&parts)));
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("webhook-id", id),
            ("webhook-timestamp", &time),
            ("webhook-signature", &signature),
        ] {
            let value = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

impl Trigger for Webhook {
    fn fire(&self, order: &Order) -> Fired {
        let now = Timestamp::now();
        let body = body(order).to_string().into_bytes();
        let headers = match self.headers(order, &body, now) {
            Ok(headers) => headers,
            Err(error) => return retry(format!("the webhook cannot be signed: {error}"), None),
        };
        let call = Call {
            method: Method::Post,
            url: &self.url,
            headers,
            body: Some(Body {
                content_type: "application/json",
                bytes: &body,
            }),
            limit_bytes: MAX_ANSWER_BYTES,
            // The gate's own retries are recorded one by one.
            repeat: Repeat::OnlyWhenRefused,
        };
        match self.web.send(&call) {
            Ok(reply) => answered(&reply, now),
            Err(fault) => match fault.kind {
                WebFaultKind::Unreachable(_) | WebFaultKind::TooLarge(_) | WebFaultKind::Protocol(_) => {
                    Fired::Unknown(Finding::new(Code::TriggerUnanswered, fault.to_string()))
                }
                WebFaultKind::Certificate(_) => retry(fault.to_string(), None),
                WebFaultKind::Refused(_) | WebFaultKind::Configuration(_) => {
                    Fired::Refused(Finding::new(Code::TriggerRefused, fault.to_string()))
                }
            },
        }
    }
}

/// What is sent: which image, and what the decision rests on.
fn body(order: &Order) -> serde_json::Value {
    json!({
        "type": "portcullis.image.allowed",
        "timestamp": order.decided().to_string(),
        "data": {
            "id": order.id(),
            "image": order.image(),
            "repository": order.repository(),
            "digest": order.digest(),
            "route": order.route(),
            "event": order.event(),
            "decision": order.decision(),
            "policy": order.details().policy,
            "rollbackFrom": order.details().rollback_from,
            "signers": order.proof().signers,
            "attempt": order.attempt().number,
        }
    })
}

/// What a status means (Standard Webhooks): only 2xx is success, and 410 asks to stop.
fn answered(reply: &Reply, now: Timestamp) -> Fired {
    let status = reply.status.as_u16();
    let words = format!("the receiver answered {status}");
    match status {
        200..=299 => Fired::Done(words),
        408 | 425 | 429 | 500..=599 => retry(words, after(reply, now)),
        _ => {
            let help = "look into the receiver's log; then ask for it again with portcullis gate replay";
            Fired::Refused(Finding::new(Code::TriggerRefused, words).help(help))
        }
    }
}

fn after(reply: &Reply, now: Timestamp) -> Option<Timestamp> {
    let seconds: u32 = reply.headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    now.checked_add(SignedDuration::from_secs(i64::from(seconds)))
        .ok()
}

fn retry(words: String, after: Option<Timestamp>) -> Fired {
    let finding = Finding::new(Code::TriggerFailed, words);
    Fired::Retry { finding, after }
}
