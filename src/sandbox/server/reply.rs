//! Answers in the shapes that the real services give them.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Largest request that a service takes unless it is told otherwise, as Fulcio and Rekor v2 have it: 4 MiB.
pub(super) const MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// Most of a request over the limit that is read before the refusal: as much as the largest documents take.
const MAX_DROPPED_BYTES: usize = 64 * 1024 * 1024;

/// The gRPC status codes that a gRPC gateway shows in its JSON errors, with their HTTP statuses.
#[derive(Clone, Copy, Debug)]
pub(super) enum Grpc {
    Canceled,
    InvalidArgument,
    NotFound,
    AlreadyExists,
    ResourceExhausted,
    Internal,
}

impl Grpc {
    fn code_and_status(self) -> (u8, StatusCode) {
        match self {
            Self::Canceled => (1, StatusCode::PAYLOAD_TOO_LARGE),
            Self::InvalidArgument => (3, StatusCode::BAD_REQUEST),
            Self::NotFound => (5, StatusCode::NOT_FOUND),
            Self::AlreadyExists => (6, StatusCode::CONFLICT),
            Self::ResourceExhausted => (8, StatusCode::TOO_MANY_REQUESTS),
            Self::Internal => (13, StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// An answer with a JSON body.
pub(super) fn json_reply(status: StatusCode, body: &Value) -> Response {
    bytes_reply(status, "application/json", body.to_string().into_bytes())
}

/// An answer with a body of any type.
pub(super) fn bytes_reply(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    (status, [(CONTENT_TYPE, content_type)], body).into_response()
}

/// An error as a gRPC gateway writes it (Fulcio, Rekor v2).
pub(super) fn grpc_error(code: Grpc, message: &str) -> Response {
    let (code, status) = code.code_and_status();
    json_reply(status, &json!({"code": code, "message": message, "details": []}))
}

/// An error as Rekor v1 and the timestamp authority write it.
pub(super) fn plain_error(status: StatusCode, message: &str) -> Response {
    json_reply(status, &json!({"code": status.as_u16(), "message": message}))
}

/// The body of a request, if it is not larger than `limit` bytes.
pub(super) async fn body(request: Request, limit: usize) -> Option<Bytes> {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        // Read and dropped, up to a bound, so that the client gets to see the answer instead of a reset connection.
        let _ = to_bytes(request.into_body(), MAX_DROPPED_BYTES).await;
        return None;
    }
    to_bytes(request.into_body(), limit).await.ok()
}

/// The fields of a form (`application/x-www-form-urlencoded`), which is written like a query.
pub(super) fn form<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(body).ok()?;
    let uri: Uri = format!("/?{text}").parse().ok()?;
    let query = axum::extract::Query::<T>::try_from_uri(&uri).ok()?;
    Some(query.0)
}

/// The bytes behind standard base64.
pub(super) fn unb64(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

/// The first PEM block: its label and its bytes. Lines may be of any length, as the real services have it.
pub(super) fn read_pem(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let body: String = body.split_whitespace().collect();
    Some((label.to_owned(), unb64(&body)?))
}

/// Base64 for URLs without padding (RFC 7515 section 2).
pub(super) fn b64url(bytes: impl AsRef<[u8]>) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes behind base64 for URLs.
pub(super) fn unb64url(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).ok()
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
