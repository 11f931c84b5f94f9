//! The old signature log's HTTP API.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{ETAG, HeaderValue, LOCATION};
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::faults::is_lying;
use super::proposed;
use super::reply::{MAX_REQUEST_BYTES, body, bytes_reply, json_reply, plain_error};
use super::world::{Books, Shared, World, now};
use crate::sandbox::entry::LogEntry;
use crate::sandbox::rekor_v1::hashedrekord_of_digest;
use crate::sandbox::{Result, b64};

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/v1/log/entries", get(by_index).post(create))
        .route("/api/v1/log/entries/{uuid}", get(by_uuid))
        .route("/api/v1/log", get(log_info))
        .route("/api/v1/log/publicKey", get(public_key))
        .with_state(world)
}

async fn create(State(world): Shared, request: Request) -> Response {
    let lying = is_lying(&request);
    let limit = world.options.rekor_v1_limit.unwrap_or(MAX_REQUEST_BYTES);
    let Some(body) = body(request, limit).await else {
        // As the real one at 1.5.4 says it, which means to answer 413 and does not.
        return plain_error(StatusCode::INTERNAL_SERVER_ERROR, "http: request body too large");
    };
    let (mut entry, verifier, signature) = match proposed::v1(&body) {
        Ok(proposed) => proposed,
        Err(error) => {
            return plain_error(
                StatusCode::BAD_REQUEST,
                &format!("error processing entry: {error}"),
            );
        }
    };
    if lying {
        let other = hashedrekord_of_digest(&[0; 32], HashAlgorithm::Sha2256, &signature, &verifier);
        entry = match other {
            Ok(other) => other,
            Err(_) => return broken(),
        };
    }
    let mut books = world.books();
    let uuid = books.v1_id(&entry);
    let location = format!("/api/v1/log/entries/{uuid}");
    if books.v1.contains_key(&uuid) {
        let message = format!("an equivalent entry already exists in the transparency log with UUID {uuid}");
        return located(plain_error(StatusCode::CONFLICT, &message), &location, None);
    }
    if !books.has_room_for(&entry.body) {
        return plain_error(StatusCode::INSUFFICIENT_STORAGE, "the sandbox's logs are full");
    }
    match books.instance.rekor_v1.log(entry, now()) {
        Ok(logged) if books.keep(&logged) => {
            let reply = json_reply(StatusCode::CREATED, &entry_json(&uuid, &logged));
            let reply = located(reply, &location, Some(&uuid));
            books.enter_v1(uuid, logged);
            reply
        }
        _ => broken(),
    }
}

fn broken() -> Response {
    plain_error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "unexpected result from transparency log",
    )
}

fn located(mut response: Response, location: &str, etag: Option<&str>) -> Response {
    let headers = [(LOCATION, Some(location)), (ETAG, etag)];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn entry_json(uuid: &str, entry: &LogEntry) -> Value {
    let proof = entry.proof.as_ref().map(|proof| {
        json!({
            "checkpoint": proof.checkpoint,
            "hashes": proof.hashes.iter().map(hex::encode).collect::<Vec<_>>(),
            "logIndex": proof.index,
            "rootHash": hex::encode(proof.root),
            "treeSize": proof.size,
        })
    });
    json!({uuid: {
        "body": b64(&entry.entry.body),
        "integratedTime": entry.integrated_time,
        "logID": hex::encode(entry.log_id),
        "logIndex": entry.index,
        "verification": {
            "inclusionProof": proof,
            "signedEntryTimestamp": entry.set.as_ref().map(b64),
        },
    }})
}

#[derive(Deserialize)]
struct ByIndex {
    #[serde(rename = "logIndex")]
    log_index: u64,
}

async fn by_index(State(world): Shared, Query(query): Query<ByIndex>) -> Response {
    let books = world.books();
    match books.v1_ids.get(&query.log_index) {
        Some(uuid) => existing(&books, uuid),
        None => plain_error(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn by_uuid(State(world): Shared, Path(uuid): Path<String>) -> Response {
    let books = world.books();
    // A bare leaf hash names an entry of the active tree.
    let uuid = match uuid.len() {
        64 => format!("{:016x}{uuid}", books.instance.rekor_v1.tree_id()),
        _ => uuid,
    };
    existing(&books, &uuid)
}

/// An entry with a proof under the present checkpoint.
fn existing(books: &Books, uuid: &str) -> Response {
    let Some(entry) = books.v1.get(uuid) else {
        return plain_error(StatusCode::NOT_FOUND, "Not Found");
    };
    match renewed(books, entry) {
        Ok(entry) => json_reply(StatusCode::OK, &entry_json(uuid, &entry)),
        Err(_) => broken(),
    }
}

fn renewed(books: &Books, entry: &LogEntry) -> Result<LogEntry> {
    let mut entry = entry.clone();
    if let Some(proof) = &entry.proof {
        entry.proof = Some(books.instance.rekor_v1.prove(proof.index)?);
    }
    Ok(entry)
}

async fn log_info(State(world): Shared) -> Response {
    let books = world.books();
    let log = &books.instance.rekor_v1;
    let Ok(checkpoint) = log.checkpoint() else {
        return broken();
    };
    json_reply(
        StatusCode::OK,
        &json!({
            "inactiveShards": [],
            "rootHash": hex::encode(log.tree().root()),
            "signedTreeHead": checkpoint,
            "treeID": log.tree_id().to_string(),
            "treeSize": log.tree().size(),
        }),
    )
}

async fn public_key(State(world): Shared) -> Response {
    match world.books().instance.rekor_v1.key().public_pem() {
        Ok(pem) => bytes_reply(StatusCode::OK, "application/x-pem-file", pem.into_bytes()),
        Err(_) => broken(),
    }
}
