//! The TUF repository that distributes the trusted root and the signing configuration.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::reply::{bytes_reply, empty};

/// The files of the repository by their paths.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

pub(super) fn routes(files: Arc<Files>) -> Router {
    Router::new().route("/{*path}", get(file)).with_state(files)
}

async fn file(State(files): State<Arc<Files>>, Path(path): Path<String>) -> Response {
    match files.get(&path) {
        Some(bytes) if path.ends_with(".json") => {
            bytes_reply(StatusCode::OK, "application/json", bytes.clone())
        }
        Some(bytes) => bytes_reply(StatusCode::OK, "application/octet-stream", bytes.clone()),
        None => empty(StatusCode::NOT_FOUND),
    }
}
