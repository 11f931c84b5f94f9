//! Errors as Argo CD's gateway writes them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

/// The gRPC codes that the API uses, with the HTTP statuses of its gateway.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refusal {
    InvalidArgument,
    NotFound,
    PermissionDenied,
    FailedPrecondition,
    Unauthenticated,
}

impl Refusal {
    pub(super) fn with(self, message: &str) -> Response {
        let (code, status) = match self {
            Self::InvalidArgument => (3, StatusCode::BAD_REQUEST),
            Self::NotFound => (5, StatusCode::NOT_FOUND),
            Self::PermissionDenied => (7, StatusCode::FORBIDDEN),
            Self::FailedPrecondition => (9, StatusCode::BAD_REQUEST),
            Self::Unauthenticated => (16, StatusCode::UNAUTHORIZED),
        };
        (
            status,
            Json(json!({ "error": message, "code": code, "message": message })),
        )
            .into_response()
    }
}
