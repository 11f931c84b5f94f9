//! The calls of Argo CD's API: `GET /api/v1/applications/{name}`, `…/manifests`, and `POST …/sync`.

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::post::{Sent, lost, refused, unanswered};
use super::super::secret::Token;
use super::super::{Fired, Order};
use super::application::Application;
use super::step::{MARK, Target};
use crate::http::{Body, Call, Method, Repeat, Reply, Web};
use crate::report::{Code, Finding};

/// Bytes of an application or of its manifests.
const MAX_ANSWER_BYTES: u64 = 32 * 1024 * 1024;

/// Which application, and where.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) server: Url,
    pub(super) application: String,
    pub(super) project: Option<String>,
    pub(super) namespace: Option<String>,
}

/// Argo CD, with the token of this attempt.
pub(super) struct Api<'a> {
    pub(super) web: &'a Web,
    pub(super) place: &'a Place,
    pub(super) token: Token,
}

impl Api<'_> {
    /// The application; `refreshed` after Argo CD looked at its sources again.
    pub(super) fn application(&self, refreshed: bool) -> Result<Application, Fired> {
        let mut url = self.url(&[])?;
        if refreshed {
            url.query_pairs_mut().append_pair("refresh", "normal");
        }
        let application: Application = self.get(&url, "an application")?;
        match application.metadata.name == self.place.application {
            true => Ok(application),
            false => Err(odd(
                "Argo CD answers with another application than the one that was asked for",
            )),
        }
    }

    /// The manifests of a revision, each a JSON text.
    pub(super) fn manifests(&self, target: &Target) -> Result<Vec<String>, Fired> {
        #[derive(Deserialize)]
        struct Rendered {
            manifests: Vec<String>,
        }
        let mut url = self.url(&["manifests"])?;
        match target {
            Target::One(revision) => {
                url.query_pairs_mut().append_pair("revision", revision);
            }
            Target::Several(revisions) => {
                for (position, revision) in (1..).zip(revisions) {
                    let position: i64 = position;
                    url.query_pairs_mut()
                        .append_pair("revisions", revision)
                        .append_pair("sourcePositions", &position.to_string());
                }
            }
        }
        let rendered: Rendered = self.get(&url, "manifests")?;
        Ok(rendered.manifests)
    }

    /// Asks for a sync of exactly these revisions, with a note that says for which order.
    pub(super) fn sync(&self, target: &Target, order: &Order, prune: bool) -> Result<(), Fired> {
        let mut body = json!({
            "name": self.place.application,
            "prune": prune,
            "infos": [
                { "name": MARK, "value": order.id() },
                { "name": "portcullis-image", "value": order.image() },
            ],
        });
        for (name, value) in [
            ("project", &self.place.project),
            ("appNamespace", &self.place.namespace),
        ] {
            if let (Some(value), Some(members)) = (value, body.as_object_mut()) {
                members.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(members) = body.as_object_mut() {
            members.extend(revisions(target));
        }
        let url = self.url(&["sync"])?;
        let bytes = body.to_string();
        let reply = self
            .web
            .send(&self.call(Method::Post, &url, Some(bytes.as_bytes())))
            .map_err(|fault| lost(&fault))?;
        if reply.status.is_success() {
            return Ok(());
        }
        match is_busy(&reply) {
            true => Err(Fired::Retry {
                finding: Finding::new(Code::TriggerBusy, "another operation began before this one"),
                after: None,
            }),
            false => Err(refused(&reply, "Argo CD", &self.token.secret, Sent::Maybe)),
        }
    }

    fn get<T: for<'de> Deserialize<'de>>(&self, url: &Url, what: &str) -> Result<T, Fired> {
        let reply = self
            .web
            .send(&self.call(Method::Get, url, None))
            .map_err(|fault| unanswered(&fault))?;
        if !reply.status.is_success() {
            return Err(refused(&reply, "Argo CD", &self.token.secret, Sent::No));
        }
        serde_json::from_slice(&reply.body)
            .map_err(|error| odd(&format!("Argo CD's answer is not {what}: {error}")))
    }

    fn call<'b>(&self, method: Method, url: &'b Url, body: Option<&'b [u8]>) -> Call<'b> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, self.token.header.clone());
        Call {
            method,
            url,
            headers,
            body: body.map(|bytes| Body {
                content_type: "application/json",
                bytes,
            }),
            limit_bytes: MAX_ANSWER_BYTES,
            repeat: match method {
                Method::Get => Repeat::Harmless,
                Method::Post => Repeat::OnlyWhenRefused,
            },
        }
    }

    /// The address of the application, and what is below it. A name is one segment, whatever is in it.
    fn url(&self, below: &[&str]) -> Result<Url, Fired> {
        let mut url = self.place.server.clone();
        url.path_segments_mut()
            .map_err(|()| odd("the url of Argo CD has no path"))?
            .pop_if_empty()
            .extend(["api", "v1", "applications", &self.place.application])
            .extend(below);
        for (name, value) in [
            ("project", &self.place.project),
            ("appNamespace", &self.place.namespace),
        ] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Ok(url)
    }
}

fn revisions(target: &Target) -> Vec<(String, Value)> {
    match target {
        Target::One(revision) => vec![("revision".to_owned(), json!(revision))],
        Target::Several(revisions) => vec![
            ("revisions".to_owned(), json!(revisions)),
            (
                "sourcePositions".to_owned(),
                json!((1..=revisions.len()).collect::<Vec<_>>()),
            ),
        ],
    }
}

/// Argo CD answers 400 (`FailedPrecondition`) while another operation is in progress.
fn is_busy(reply: &Reply) -> bool {
    reply.status == reqwest::StatusCode::BAD_REQUEST
        && String::from_utf8_lossy(&reply.body).contains("another operation is already in progress")
}

fn odd(message: &str) -> Fired {
    Fired::Refused(
        Finding::new(Code::TriggerRefused, message)
            .help("check that the trigger's url is the one of Argo CD's API server"),
    )
}
