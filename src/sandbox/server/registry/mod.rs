//! The image registry (OCI distribution specification 1.1): pull, push, tags, conditional writes, referrers.

mod access;
mod blobs;
mod manifests;
mod store;
mod target;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, HeaderName, HeaderValue, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::any;
use serde_json::json;

use super::options::RegistryOptions;
use super::reply::json_reply;
use super::world::{Shared, World};
use store::Store;
use target::Target;

/// The registry's contents and how it behaves.
#[derive(Debug)]
pub(super) struct Registry {
    options: RegistryOptions,
    store: Mutex<Store>,
    requests: AtomicU32,
}

impl Registry {
    /// A registry in memory, or with what is under `dir`.
    pub(super) fn new(options: RegistryOptions, dir: Option<&Path>) -> std::io::Result<Self> {
        let store = match dir {
            Some(dir) => Store::open(dir)?,
            None => Store::default(),
        };
        Ok(Self {
            options,
            store: Mutex::new(store),
            requests: AtomicU32::new(0),
        })
    }

    /// Whether this request is one too many.
    fn is_throttled(&self) -> bool {
        let count = self.requests.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        self.options
            .throttle_every
            .is_some_and(|every| every > 0 && count.is_multiple_of(every))
    }
}

/// An error of the specification's list, with its status.
#[derive(Clone, Copy, Debug)]
pub(super) enum Code {
    BlobUnknown,
    BlobUploadInvalid,
    BlobUploadUnknown,
    DigestInvalid,
    ManifestBlobUnknown,
    ManifestInvalid,
    ManifestUnknown,
    NameInvalid,
    NameUnknown,
    SizeInvalid,
    Unauthorized,
    Denied,
    Unsupported,
    TooManyRequests,
    PreconditionFailed,
    NoSpace,
}

impl Code {
    fn parts(self) -> (&'static str, StatusCode) {
        match self {
            Self::BlobUnknown => ("BLOB_UNKNOWN", StatusCode::NOT_FOUND),
            Self::BlobUploadInvalid => ("BLOB_UPLOAD_INVALID", StatusCode::BAD_REQUEST),
            Self::BlobUploadUnknown => ("BLOB_UPLOAD_UNKNOWN", StatusCode::NOT_FOUND),
            Self::DigestInvalid => ("DIGEST_INVALID", StatusCode::BAD_REQUEST),
            Self::ManifestBlobUnknown => ("MANIFEST_BLOB_UNKNOWN", StatusCode::NOT_FOUND),
            Self::ManifestInvalid => ("MANIFEST_INVALID", StatusCode::BAD_REQUEST),
            Self::ManifestUnknown => ("MANIFEST_UNKNOWN", StatusCode::NOT_FOUND),
            Self::NameInvalid => ("NAME_INVALID", StatusCode::BAD_REQUEST),
            Self::NameUnknown => ("NAME_UNKNOWN", StatusCode::NOT_FOUND),
            Self::SizeInvalid => ("SIZE_INVALID", StatusCode::PAYLOAD_TOO_LARGE),
            Self::Unauthorized => ("UNAUTHORIZED", StatusCode::UNAUTHORIZED),
            Self::Denied => ("DENIED", StatusCode::FORBIDDEN),
            Self::Unsupported => ("UNSUPPORTED", StatusCode::METHOD_NOT_ALLOWED),
            Self::TooManyRequests => ("TOOMANYREQUESTS", StatusCode::TOO_MANY_REQUESTS),
            Self::PreconditionFailed => ("PRECONDITION_FAILED", StatusCode::PRECONDITION_FAILED),
            Self::NoSpace => ("UNAVAILABLE", StatusCode::INSUFFICIENT_STORAGE),
        }
    }

    /// The answer.
    fn reply(self, message: &str) -> Response {
        let (code, status) = self.parts();
        json_reply(status, &json!({"errors": [{"code": code, "message": message}]}))
    }
}

/// An answer, or one of the specification's errors with a message.
type Answer = Result<Response, (Code, String)>;

/// An error with its message.
fn refuse<T>(code: Code, message: impl Into<String>) -> Result<T, (Code, String)> {
    Err((code, message.into()))
}

/// An answer with headers and a body.
fn reply(status: StatusCode, headers: &[(HeaderName, &str)], body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The header with the digest of what was sent.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/token", any(access::token))
        .route("/v2/", any(serve))
        .route("/v2/{*path}", any(serve))
        .with_state(world)
}

async fn serve(State(world): Shared, request: Request) -> Response {
    let registry = &world.registry;
    if registry.is_throttled() {
        let mut response = Code::TooManyRequests.reply("slow down");
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(1));
        return response;
    }
    let is_head = request.method() == Method::HEAD;
    let target = request.uri().path().strip_prefix("/v2/").unwrap_or_default();
    let target = Target::parse(target);
    if let Err(response) = access::check(&world, target.as_ref().ok(), &request) {
        return *response;
    }
    let answer = match target {
        Ok(target) => answer(registry, target, request).await,
        Err(refusal) => Err(refusal),
    };
    let response = answer.unwrap_or_else(|(code, message)| code.reply(&message));
    if is_head { without_body(response) } else { response }
}

/// The answer to HEAD: the same with the length, but without the bytes.
fn without_body(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let length = axum::body::HttpBody::size_hint(&body).exact();
    if let Some(length) = length.filter(|_| !parts.headers.contains_key(CONTENT_LENGTH)) {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, Body::empty())
}

async fn answer(registry: &Registry, target: Target, request: Request) -> Answer {
    match target {
        Target::Base => Ok(reply(StatusCode::OK, &[], "{}")),
        Target::Uploads { name } => blobs::start(registry, &name, request).await,
        Target::Upload { name, id } => blobs::upload(registry, &name, &id, request).await,
        Target::Blob { name, digest } => blobs::blob(registry, &name, &digest, &request),
        Target::Manifest { name, reference } => {
            manifests::manifest(registry, &name, &reference, request).await
        }
        Target::Tags { name } => manifests::tags(registry, &name, &request),
        Target::Referrers { name, digest } => manifests::referrers(registry, &name, &digest, &request),
    }
}

/// The value of a parameter in the query, decoded.
fn parameter(request: &Request, name: &str) -> Option<String> {
    parameters(request, name).into_iter().next()
}

/// All values of a parameter in the query, decoded.
fn parameters(request: &Request, name: &str) -> Vec<String> {
    let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let pairs = query.map(|query| query.0).unwrap_or_default();
    pairs
        .into_iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value)
        .collect()
}
