//! What shall go wrong: named faults that tests and demonstrations put before or after any request to any service.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::reply::{empty, json_reply};
use super::world::lock;

/// Requests that are remembered for [`Faults::requests`]; the oldest go first.
const MAX_REMEMBERED: usize = 10_000;
/// Largest answer that [`Fault::Truncate`] cuts; a larger one is dropped altogether.
const MAX_TRUNCATED_BYTES: usize = 64 * 1024 * 1024;

/// One of the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// The identity provider.
    Oidc,
    /// The certificate authority.
    Fulcio,
    /// The certificate transparency log.
    Ct,
    /// The old signature log.
    RekorV1,
    /// The new signature log.
    RekorV2,
    /// The timestamp authority.
    Tsa,
    /// The repository of the trusted root.
    Tuf,
    /// The image registry.
    Registry,
}

impl Service {
    /// Every service, in the order of their ports.
    pub const ALL: [Self; 8] = [
        Self::Oidc,
        Self::Fulcio,
        Self::Ct,
        Self::RekorV1,
        Self::RekorV2,
        Self::Tsa,
        Self::Tuf,
        Self::Registry,
    ];

    /// The name, as in options and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Oidc => "oidc",
            Self::Fulcio => "fulcio",
            Self::Ct => "ct",
            Self::RekorV1 => "rekor-v1",
            Self::RekorV2 => "rekor-v2",
            Self::Tsa => "tsa",
            Self::Tuf => "tuf",
            Self::Registry => "registry",
        }
    }
}

/// Something that goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers with this HTTP status, and does nothing else.
    Status(u16),
    /// The same with a `Retry-After` of so many seconds.
    RetryAfter(u16, u32),
    /// Closes the connection without an answer; the request is not looked at.
    Reset,
    /// Waits, then goes on as if nothing was.
    Stall(Duration),
    /// Does what was asked, and closes the connection without an answer.
    LoseAnswer,
    /// Does what was asked, and answers with half of the bytes.
    Truncate,
    /// Answers in good form with something false: a certificate of someone else, an entry about another artifact, a
    /// timestamp of another message, other bytes than the digest says. Services without a lie answer the truth.
    Lie,
}

/// Which requests a fault is for.
#[derive(Clone, Debug)]
pub struct Rule {
    service: Service,
    method: Option<Method>,
    path: Option<String>,
    skip: u32,
    times: Option<u32>,
    fault: Fault,
}

impl Rule {
    /// A fault for every request to `service`.
    pub fn new(service: Service, fault: Fault) -> Self {
        Self {
            service,
            method: None,
            path: None,
            skip: 0,
            times: None,
            fault,
        }
    }

    /// Only for requests with this method, in capital letters.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Method::from_bytes(method.as_bytes()).ok();
        self
    }

    /// Only for requests whose path contains `part`.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        self.path = Some(part.to_owned());
        self
    }

    /// Lets the first `count` matching requests pass.
    #[must_use]
    pub fn skip(mut self, count: u32) -> Self {
        self.skip = count;
        self
    }

    /// Only `count` times.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.times = Some(count);
        self
    }

    fn matches(&self, service: Service, request: &Request) -> bool {
        self.service == service
            && self
                .method
                .as_ref()
                .is_none_or(|method| method == request.method())
            && self
                .path
                .as_ref()
                .is_none_or(|part| request.uri().path().contains(part))
    }
}

/// One request that a server has answered, or was told not to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The server.
    pub service: Service,
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The status of the answer; absent if the connection was closed instead.
    pub status: Option<u16>,
}

/// The faults to make and the requests seen; clones share both.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    rules: Vec<Rule>,
    seen: std::collections::VecDeque<Seen>,
}

impl Faults {
    /// Adds a fault. The first rule that matches a request is taken.
    pub fn add(&self, rule: Rule) {
        lock(&self.0).rules.push(rule);
    }

    /// Removes every fault.
    pub fn clear(&self) {
        lock(&self.0).rules.clear();
    }

    /// The last requests to `service`, oldest first.
    pub fn requests(&self, service: Service) -> Vec<Seen> {
        let inner = lock(&self.0);
        inner
            .seen
            .iter()
            .filter(|seen| seen.service == service)
            .cloned()
            .collect()
    }

    /// The fault for a request, counted.
    fn take(&self, service: Service, request: &Request) -> Option<Fault> {
        let mut inner = lock(&self.0);
        for rule in &mut inner.rules {
            if !rule.matches(service, request) || rule.times == Some(0) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
                continue;
            }
            rule.times = rule.times.map(|times| times - 1);
            return Some(rule.fault.clone());
        }
        None
    }

    fn remember(&self, seen: Seen) {
        let mut inner = lock(&self.0);
        if inner.seen.len() == MAX_REMEMBERED {
            inner.seen.pop_front();
        }
        inner.seen.push_back(seen);
    }
}

/// Marks a request that is to be answered with a lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lying;

/// Whether a request is to be answered with a lie.
pub(super) fn is_lying(request: &Request) -> bool {
    request.extensions().get::<Lying>().is_some()
}

/// The layer around every service.
pub(super) async fn layer(
    State((service, faults)): State<(Service, Faults)>,
    mut request: Request,
    next: Next,
) -> Response {
    let fault = faults.take(service, &request);
    let mut seen = Seen {
        service,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        status: None,
    };
    if fault == Some(Fault::Lie) {
        request.extensions_mut().insert(Lying);
    }
    let response = match fault {
        Some(Fault::Status(status)) => failure(status),
        Some(Fault::RetryAfter(status, seconds)) => {
            let mut response = failure(status);
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
        Some(Fault::Reset) => {
            faults.remember(seen);
            return broken(Bytes::new(), 1);
        }
        Some(Fault::LoseAnswer) => {
            next.run(request).await;
            faults.remember(seen);
            return broken(Bytes::new(), 1);
        }
        Some(Fault::Truncate) => truncated(next.run(request).await).await,
        Some(Fault::Stall(time)) => {
            tokio::time::sleep(time).await;
            next.run(request).await
        }
        Some(Fault::Lie) | None => next.run(request).await,
    };
    seen.status = Some(response.status().as_u16());
    faults.remember(seen);
    response
}

fn failure(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status.is_informational() || status.is_success() {
        return empty(status);
    }
    let body = serde_json::json!({"code": status.as_u16(), "message": "the sandbox was told to fail"});
    json_reply(status, &body)
}

async fn truncated(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, MAX_TRUNCATED_BYTES).await.unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    let mut response = broken(half, bytes.len().max(1));
    *response.status_mut() = parts.status;
    for (name, value) in &parts.headers {
        if name != CONTENT_LENGTH {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// An answer that announces `length` bytes, sends `start` and closes the connection.
fn broken(start: Bytes, length: usize) -> Response {
    let body = BrokenBody {
        start: Some(start).filter(|start| !start.is_empty()),
        flushed: false,
    };
    let mut response = Response::new(Body::new(body));
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

struct BrokenBody {
    start: Option<Bytes>,
    flushed: bool,
}

impl http_body::Body for BrokenBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        if let Some(start) = self.start.take() {
            return Poll::Ready(Some(Ok(http_body::Frame::data(start))));
        }
        if !self.flushed {
            // One turn for the server to send what it has.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
    }
}
