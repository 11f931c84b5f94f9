//! Blobs: reading, and sending in one piece, in several, or by naming another repository that has them.

use axum::extract::Request;
use axum::http::header::{CONTENT_RANGE, CONTENT_TYPE, HeaderName, LOCATION, RANGE};
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::store::{Refusal, Store};
use super::target::is_digest;
use super::{Answer, CONTENT_DIGEST, Code, Registry, parameter, refuse, reply};
use crate::sandbox::server::faults::is_lying;
use crate::sandbox::server::reply::body;
use crate::sandbox::server::world::lock;

/// Largest body of one request: 512 MiB.
const MAX_BODY_BYTES: usize = 512 * 1024 * 1024;
/// The header with an upload's name.
const UPLOAD_ID: HeaderName = HeaderName::from_static("docker-upload-uuid");

impl From<Refusal> for (Code, String) {
    fn from(refusal: Refusal) -> Self {
        let (code, message) = match refusal {
            Refusal::Unknown => (Code::BlobUploadUnknown, "there is no such upload"),
            Refusal::Digest => (Code::DigestInvalid, "the bytes do not have this digest"),
            Refusal::Order => (
                Code::BlobUploadInvalid,
                "the bytes do not begin where the last ended",
            ),
            Refusal::Full => (Code::NoSpace, "the sandbox's registry is full"),
        };
        (code, message.to_owned())
    }
}

/// GET, HEAD and DELETE of a blob.
pub(super) fn blob(registry: &Registry, name: &str, digest: &str, request: &Request) -> Answer {
    let mut store = lock(&registry.store);
    let Some(bytes) = store.blob(name, digest) else {
        return refuse(Code::BlobUnknown, "the repository has no such blob");
    };
    match *request.method() {
        Method::GET | Method::HEAD => {
            let headers = [
                (CONTENT_TYPE, "application/octet-stream"),
                (CONTENT_DIGEST, digest),
            ];
            let bytes = if is_lying(request) {
                falsified(&bytes)
            } else {
                bytes
            };
            Ok(reply(StatusCode::OK, &headers, bytes))
        }
        Method::DELETE => {
            store
                .change(name, |repository| repository.blobs.remove(digest))
                .map_err(|_| Refusal::Full)?;
            Ok(reply(StatusCode::ACCEPTED, &[], ""))
        }
        _ => refuse(Code::Unsupported, "GET, HEAD or DELETE"),
    }
}

/// As many bytes, but others.
pub(super) fn falsified(bytes: &[u8]) -> axum::body::Bytes {
    bytes.iter().map(|byte| byte ^ 1).collect::<Vec<_>>().into()
}

/// POST to the uploads: mounts, takes a whole blob, or opens an upload.
pub(super) async fn start(registry: &Registry, name: &str, request: Request) -> Answer {
    if request.method() != Method::POST {
        return refuse(Code::Unsupported, "POST");
    }
    if let (Some(digest), Some(from)) = (parameter(&request, "mount"), parameter(&request, "from")) {
        let mut store = lock(&registry.store);
        if store.blob(&from, &digest).is_some() {
            return keep(&mut store, name, &digest);
        }
    }
    let whole = parameter(&request, "digest");
    let Some(bytes) = body(request, MAX_BODY_BYTES).await else {
        return refuse(Code::SizeInvalid, format!("the limit is {MAX_BODY_BYTES} bytes"));
    };
    let mut store = lock(&registry.store);
    if let Some(digest) = whole.filter(|digest| is_digest(digest)) {
        store.put(&digest, bytes)?;
        return keep(&mut store, name, &digest);
    }
    let id = store.start_upload(name);
    let length = store.append(name, id, None, &bytes)?;
    Ok(progress(StatusCode::ACCEPTED, name, id, length))
}

/// Enters a blob that the store has into a repository.
fn keep(store: &mut Store, name: &str, digest: &str) -> Answer {
    store
        .change(name, |repository| repository.blobs.insert(digest.to_owned()))
        .map_err(|_| Refusal::Full)?;
    let location = format!("/v2/{name}/blobs/{digest}");
    let headers = [(LOCATION, location.as_str()), (CONTENT_DIGEST, digest)];
    Ok(reply(StatusCode::CREATED, &headers, ""))
}

/// Where an upload is and how far.
fn progress(status: StatusCode, name: &str, id: u64, length: usize) -> Response {
    let location = format!("/v2/{name}/blobs/uploads/{id}");
    let range = format!("0-{}", length.saturating_sub(1));
    let headers = [
        (LOCATION, location.as_str()),
        (RANGE, range.as_str()),
        (UPLOAD_ID, &id.to_string()),
    ];
    reply(status, &headers, "")
}

/// GET, PATCH, PUT and DELETE of an upload.
pub(super) async fn upload(registry: &Registry, name: &str, id: &str, request: Request) -> Answer {
    let Ok(id) = id.parse::<u64>() else {
        return refuse(Code::BlobUploadUnknown, "there is no such upload");
    };
    let method = request.method().clone();
    let start = match request.headers().get(CONTENT_RANGE).map(|value| value.to_str()) {
        None => None,
        Some(Ok(range)) => match range.split_once('-').and_then(|(start, _)| start.parse().ok()) {
            Some(start) => Some(start),
            None => return refuse(Code::BlobUploadInvalid, "Content-Range is START-END"),
        },
        Some(Err(_)) => return refuse(Code::BlobUploadInvalid, "Content-Range is START-END"),
    };
    let digest = parameter(&request, "digest");
    let length = lock(&registry.store).upload_length(name, id)?;
    match method {
        Method::GET => return Ok(progress(StatusCode::NO_CONTENT, name, id, length)),
        Method::DELETE => {
            lock(&registry.store).end_upload(name, id)?;
            return Ok(reply(StatusCode::NO_CONTENT, &[], ""));
        }
        Method::PATCH | Method::PUT => {}
        _ => return refuse(Code::Unsupported, "GET, PATCH, PUT or DELETE"),
    }
    let Some(bytes) = body(request, MAX_BODY_BYTES).await else {
        return refuse(Code::SizeInvalid, format!("the limit is {MAX_BODY_BYTES} bytes"));
    };
    let mut store = lock(&registry.store);
    match store.append(name, id, start, &bytes) {
        Ok(length) if method == Method::PATCH => {
            return Ok(progress(StatusCode::ACCEPTED, name, id, length));
        }
        Ok(_) => {}
        Err(Refusal::Order) => {
            return Ok(progress(StatusCode::RANGE_NOT_SATISFIABLE, name, id, length));
        }
        Err(refusal) => return Err(refusal.into()),
    }
    let Some(digest) = digest.filter(|digest| is_digest(digest)) else {
        return refuse(Code::DigestInvalid, "PUT needs the digest");
    };
    let bytes = store.end_upload(name, id)?;
    store.put(&digest, bytes)?;
    keep(&mut store, name, &digest)
}
