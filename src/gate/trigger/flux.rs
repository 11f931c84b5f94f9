//! A Flux receiver of type `generic-hmac`: `X-Signature: sha256=<hex>` over the body.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName};

use super::message::message;
use super::post::{header, post};
use super::secret::missing;
use super::{Fired, Order, SecretFile, Trigger};
use crate::http::Web;
use crate::report::Finding;

const X_SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

/// Tells a Flux receiver that there is something new. It makes Flux look at its sources, which is harmless to repeat.
pub struct Flux {
    url: Url,
    secret: SecretFile,
    web: Web,
}

impl Flux {
    /// The receiver at its whole address, `https://…/hook/<hash>`, with the file of its token.
    ///
    /// # Errors
    ///
    /// When the secret cannot be used.
    pub fn new(url: Url, secret: SecretFile, web: Web) -> Result<Self, Finding> {
        secret.plain_key()?;
        Ok(Self { url, secret, web })
    }

    fn send(&self, order: &Order) -> Result<Fired, Fired> {
        let signing = self.secret.plain_key().map_err(missing)?;
        let body = message(order).to_string();
        let signature = format!("sha256={}", hex::encode(signing.key.sign(&[body.as_bytes()])));
        let mut headers = HeaderMap::new();
        headers.insert(X_SIGNATURE, header(&signature)?);
        post(&self.web, &self.url, headers, body.as_bytes(), &signing.secret)?;
        Ok(Fired::Done("the Flux receiver took it".to_owned()))
    }
}

impl Trigger for Flux {
    fn fire(&self, order: &Order) -> Fired {
        self.send(order).unwrap_or_else(|fired| fired)
    }
}
