//! A webhook signed as Standard Webhooks says: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>`.

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName};

use super::message::message;
use super::post::{header, post};
use super::secret::missing;
use super::{Fired, Order, SecretFile, Trigger};
use crate::gate::caller::{SharedSecret, signed_fields};
use crate::http::Web;
use crate::report::Finding;

/// Posts the decision to somebody who checks the signature. The id stays the same over all attempts, so the receiver can
/// tell a repetition.
pub struct Webhook {
    url: Url,
    secret: SecretFile,
    web: Web,
}

impl Webhook {
    /// The receiver at an address, with the file of the secret that it knows us by.
    ///
    /// # Errors
    ///
    /// When the secret cannot be used.
    pub fn new(url: Url, secret: SecretFile, web: Web) -> Result<Self, Finding> {
        secret.webhook_key()?;
        Ok(Self { url, secret, web })
    }

    fn send(&self, order: &Order) -> Result<Fired, Fired> {
        let signing = self.secret.webhook_key().map_err(missing)?;
        let body = message(order).to_string();
        let headers = headers(&signing.key, order.id(), Timestamp::now(), body.as_bytes())?;
        post(&self.web, &self.url, headers, body.as_bytes(), &signing.secret)?;
        Ok(Fired::Done("the webhook was taken".to_owned()))
    }
}

impl Trigger for Webhook {
    fn fire(&self, order: &Order) -> Fired {
        self.send(order).unwrap_or_else(|fired| fired)
    }
}

fn headers(key: &SharedSecret, id: &str, now: Timestamp, body: &[u8]) -> Result<HeaderMap, Fired> {
    let mut headers = HeaderMap::new();
    for (name, value) in signed_fields(key, id, now, body) {
        headers.insert(HeaderName::from_static(name), header(&value)?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification (spec/standard-webhooks.md, "Signature scheme").
    #[test]
    fn the_signature_is_the_one_of_the_specification() {
        let key = SharedSecret::webhook(b"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let now = Timestamp::from_second(1_614_265_330).unwrap();
        let headers = headers(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", now, body).unwrap();
        assert_eq!(
            headers["webhook-signature"],
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
