//! GitHub's `repository_dispatch`: starts the workflows of a repository that wait for it.

use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::message::message;
use super::post::post;
use super::secret::missing;
use super::{Fired, Order, SecretFile, Trigger};
use crate::http::Web;
use crate::report::Finding;

const API_VERSION: HeaderName = HeaderName::from_static("x-github-api-version");

/// Starts the workflows of one repository (`POST /repos/{owner}/{repo}/dispatches`, answered with 204).
///
/// GitHub does not say which dispatches it took, so a lost answer is sent again: the workflow finds the same `data.id` in
/// `client_payload`.
pub struct Dispatch {
    url: Url,
    event_type: String,
    token: SecretFile,
    web: Web,
}

impl Dispatch {
    /// The dispatches of one repository at their whole address, the name of the event (at most 100 characters), and the
    /// file of a token with `contents: write` on that repository.
    ///
    /// # Errors
    ///
    /// When the token cannot be used.
    pub fn new(url: Url, event_type: String, token: SecretFile, web: Web) -> Result<Self, Finding> {
        token.token()?;
        Ok(Self {
            url,
            event_type,
            token,
            web,
        })
    }

    fn send(&self, order: &Order) -> Result<Fired, Fired> {
        let token = self.token.token().map_err(missing)?;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, token.header);
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert(API_VERSION, HeaderValue::from_static("2022-11-28"));
        let body = json!({ "event_type": self.event_type, "client_payload": message(order) });
        post(
            &self.web,
            &self.url,
            headers,
            body.to_string().as_bytes(),
            &token.secret,
        )?;
        Ok(Fired::Done("GitHub took the dispatch".to_owned()))
    }
}

impl Trigger for Dispatch {
    fn fire(&self, order: &Order) -> Fired {
        self.send(order).unwrap_or_else(|fired| fired)
    }
}
