//! GitHub's `repository_dispatch`: starts the workflows of a repository that wait for it.

use std::sync::Arc;

use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde_json::json;

use super::post::post;
use super::{Fired, Order, SecretFile, Trigger, message, secret};
use crate::http::{Web, bearer};

const API_VERSION: HeaderName = HeaderName::from_static("x-github-api-version");

/// Starts the workflows of one repository (`POST /repos/{owner}/{repo}/dispatches`, answered with 204).
///
/// GitHub does not say which dispatches it took, so a lost answer is sent again: the workflow finds the same `id` in
/// `client_payload`.
#[derive(Debug)]
pub struct Dispatch {
    /// `…/repos/{owner}/{repo}/dispatches` of the API that was configured.
    pub url: Url,
    /// The name of the event, at most 100 characters.
    pub event_type: String,
    /// A token with `contents: write` on that repository.
    pub token: SecretFile,
    /// How it is reached.
    pub web: Arc<Web>,
}

impl Trigger for Dispatch {
    fn fire(&self, order: &Order) -> Fired {
        self.send(order).unwrap_or_else(|fired| fired)
    }
}

impl Dispatch {
    fn send(&self, order: &Order) -> Result<Fired, Fired> {
        let token = self.token.at_hand()?;
        let authorization = bearer(&token).ok_or_else(secret::unusable)?;
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, authorization);
        headers.insert(ACCEPT, HeaderValue::from_static("application/vnd.github+json"));
        headers.insert(API_VERSION, HeaderValue::from_static("2022-11-28"));
        let payload = message::payload(order)?;
        let body = json!({ "event_type": self.event_type, "client_payload": payload });
        post(&self.web, &self.url, headers, body.to_string().as_bytes(), &token)?;
        Ok(Fired::Done("GitHub took the dispatch".to_owned()))
    }
}
