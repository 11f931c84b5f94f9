//! Answers: JSON, and problems as RFC 9457 writes them, each with a stable code.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;

use crate::gate::event::EventError;

/// Why a request is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// Who calls is not known.
    NotAuthenticated,
    /// The caller may not do this.
    NotPermitted,
    /// The caller does not speak for this repository.
    RepositoryNotPermitted,
    /// An event without an id whose body may be the same another time.
    DeliveryMissing,
    /// A token is good for one image.
    OneImageOnly,
    /// The body is too long.
    TooLarge,
    /// The request did not come in time.
    TooSlow,
    /// The body broke off.
    BrokenOff,
    /// Too many requests; after so many seconds there will be room.
    TooMany(u64),
    /// The gate has too much to do.
    Busy,
    /// The gate cannot write, or an issuer does not answer.
    Unavailable,
    /// No such path, or nothing that this caller may see.
    NotFound,
    /// The path has another method.
    Method,
    /// A number in the path, the query or `Last-Event-ID` that is none.
    Query,
    /// No review.
    Review,
}

/// Seconds after which something that is busy may be asked again.
const PAUSE_SECONDS: u64 = 5;

impl Problem {
    /// Status, stable code, and what it means.
    fn parts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::NotAuthenticated => (
                401,
                "not-authenticated",
                "The gate does not know who calls. Its log says why.",
            ),
            Self::NotPermitted => (403, "not-permitted", "This caller may not do this."),
            Self::RepositoryNotPermitted => (
                403,
                "repository-not-permitted",
                "This caller does not speak for the repository. Nothing of the event was taken in.",
            ),
            Self::DeliveryMissing => (
                422,
                "event-delivery-missing",
                "The event names a tag and has no id, so a later one would be taken for it: add delivery, or name a digest.",
            ),
            Self::OneImageOnly => (
                422,
                "event-one-image-only",
                "A token is good for one image, and the event names several.",
            ),
            Self::TooLarge => (413, "body-too-large", "The body is longer than this route reads."),
            Self::TooSlow => (408, "request-too-slow", "The request did not come in time."),
            Self::BrokenOff => (400, "body-broken-off", "The body broke off."),
            Self::TooMany(_) => (429, "too-many-requests", "Too many requests: try again later."),
            Self::Busy => (503, "busy", "The gate has too much to do: send it again."),
            Self::Unavailable => (
                503,
                "unavailable",
                "The gate cannot do this now: send it again. Its log says why.",
            ),
            Self::NotFound => (404, "not-found", "There is nothing here."),
            Self::Method => (405, "method-not-allowed", "This path has another method."),
            Self::Query => (
                400,
                "query-invalid",
                "A number in the path, the query or Last-Event-ID cannot be read.",
            ),
            Self::Review => (
                400,
                "review-invalid",
                "This is no AdmissionReview of admission.k8s.io/v1 with a request and a uid.",
            ),
        }
    }

    /// The answer.
    pub(super) fn response(self) -> Response {
        let (status, code, detail) = self.parts();
        let mut response = problem(status, code, detail, None);
        let headers = response.headers_mut();
        let mut pause = |seconds: u64| headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        match self {
            Self::TooMany(seconds) => drop(pause(seconds)),
            Self::Busy | Self::Unavailable => drop(pause(PAUSE_SECONDS)),
            Self::NotAuthenticated => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}

/// The answer to an event that cannot be read.
pub(super) fn event_problem(error: &EventError) -> Response {
    let detail = error.problem.to_string();
    problem(error.status(), error.code(), &detail, Some(&error.place))
}

fn problem(status: u16, code: &str, detail: &str, place: Option<&str>) -> Response {
    let mut body = json!({"status": status, "code": code, "detail": detail});
    if let (Some(place), Some(members)) = (place, body.as_object_mut()) {
        members.insert("place".to_owned(), place.into());
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    text(status, "application/problem+json", body.to_string())
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(body) => text(status, "application/json", body),
        Err(_) => Problem::Unavailable.response(),
    }
}

fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")];
    (status, headers, body).into_response()
}
