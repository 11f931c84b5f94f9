//! The new signature log's HTTP API: writing as Rekor v2 has it, reading as tiles (C2SP `tlog-tiles`).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::json;
use sigstore_types::HashAlgorithm;

use super::faults::is_lying;
use super::proposed;
use super::reply::{Grpc, MAX_REQUEST_BYTES, body, bytes_reply, grpc_error, json_reply};
use super::world::{Books, Shared, World};
use crate::sandbox::merkle::{Hash, leaf_hash, root};
use crate::sandbox::rekor_v2::{hashedrekord_of_digest, strangers_entry};

/// Hashes or entries in a full tile.
const TILE_WIDTH: u64 = 256;
/// Longest entry that an entry bundle can hold, which prefixes each with two bytes of length.
const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/v2/log/entries", post(create))
        .route("/api/v2/checkpoint", get(checkpoint))
        .route("/api/v2/tile/entries/{*path}", get(entry_bundle))
        .route("/api/v2/tile/{level}/{*path}", get(hash_tile))
        .route(
            "/healthz",
            get(async || json_reply(StatusCode::OK, &json!({"status": "SERVING"}))),
        )
        .with_state(world)
}

async fn create(State(world): Shared, request: Request) -> Response {
    let lying = is_lying(&request);
    let limit = world.options.rekor_v2_limit.unwrap_or(MAX_REQUEST_BYTES);
    let Some(body) = body(request, limit).await else {
        let message = format!("http: request body too large: the limit is {limit} bytes");
        return grpc_error(Grpc::Canceled, &message);
    };
    let mut entry = match proposed::v2(&body) {
        Ok(entry) => entry,
        Err(message) => return grpc_error(Grpc::InvalidArgument, message),
    };
    if lying {
        let (signature, verifier) = (entry.signature, entry.verifier);
        let digest = [0; 32];
        entry.entry = hashedrekord_of_digest(
            &digest,
            HashAlgorithm::Sha2256,
            &signature,
            &verifier,
            entry.key_details,
        );
    }
    let entry = entry.entry;
    if entry.body.len() > MAX_ENTRY_BYTES {
        return grpc_error(Grpc::InvalidArgument, "invalid entry");
    }
    let mut books = world.books();
    let hash = leaf_hash(&entry.body);
    if let Some(index) = books.v2_indexes.get(&hash) {
        let index = *index;
        let message =
            format!("an equivalent entry already exists in the transparency log with index {index}");
        let mut response = grpc_error(Grpc::AlreadyExists, &message);
        response
            .headers_mut()
            .insert("x-log-index", HeaderValue::from(index));
        return response;
    }
    if !books.has_room_for(&entry.body) {
        return grpc_error(Grpc::ResourceExhausted, "the sandbox's logs are full");
    }
    match books.instance.rekor_v2.log(entry, None) {
        Ok(logged) if books.keep(&logged) => {
            let reply = json_reply(StatusCode::CREATED, &logged.to_bundle_json());
            books.enter_v2(hash, logged);
            reply
        }
        _ => grpc_error(Grpc::Internal, "failed to integrate entry"),
    }
}

async fn checkpoint(State(world): Shared) -> Response {
    match world.books().instance.rekor_v2.checkpoint(None) {
        Ok(checkpoint) => bytes_reply(
            StatusCode::OK,
            "text/plain; charset=utf-8",
            checkpoint.into_bytes(),
        ),
        Err(_) => grpc_error(Grpc::Internal, "no checkpoint"),
    }
}

async fn hash_tile(State(world): Shared, Path((level, path)): Path<(u32, String)>) -> Response {
    let books = world.books();
    let leaves = books.instance.rekor_v2.tree().leaves();
    match tile_range(&path, level, leaves.len() as u64) {
        Some(range) => {
            // A node at this level is the head of a full subtree.
            let span = TILE_WIDTH.pow(level);
            let hashes = range.map(|node| subtree(leaves, node * span, span));
            bytes_reply(
                StatusCode::OK,
                "application/octet-stream",
                hashes.collect::<Vec<_>>().concat(),
            )
        }
        None => grpc_error(Grpc::NotFound, "no such tile"),
    }
}

fn subtree(leaves: &[Hash], start: u64, span: u64) -> Hash {
    let bounds = usize::try_from(start)
        .ok()
        .zip(usize::try_from(start + span).ok());
    root(
        bounds
            .and_then(|(start, end)| leaves.get(start..end))
            .unwrap_or_default(),
    )
}

async fn entry_bundle(State(world): Shared, Path(path): Path<String>) -> Response {
    let books = world.books();
    let size = books.instance.rekor_v2.tree().size();
    match tile_range(&path, 0, size) {
        Some(range) => {
            let bundle: Vec<u8> = range.flat_map(|index| prefixed(&books, index)).collect();
            bytes_reply(StatusCode::OK, "application/octet-stream", bundle)
        }
        None => grpc_error(Grpc::NotFound, "no such tile"),
    }
}

fn prefixed(books: &Books, index: u64) -> Vec<u8> {
    let stranger = || strangers_entry(index);
    let entry = books.v2.get(&index).cloned().unwrap_or_else(stranger);
    let length = u16::try_from(entry.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), entry.as_slice()].concat()
}

/// The nodes of the tile that `path` names, if the tree of `size` entries has them all.
///
/// `path` is the index in groups of three digits, all but the last behind an `x`, and `.p/W` for a tile of width W.
fn tile_range(path: &str, level: u32, size: u64) -> Option<std::ops::Range<u64>> {
    let nodes = size / TILE_WIDTH.checked_pow(level)?;
    let (index, width) = match path.split_once(".p/") {
        Some((index, width)) => (
            index,
            width
                .parse()
                .ok()
                .filter(|width| (1..TILE_WIDTH).contains(width))?,
        ),
        None => (path, TILE_WIDTH),
    };
    let mut groups: Vec<&str> = index.split('/').collect();
    let last = groups.pop()?;
    let mut number: u64 = 0;
    for group in groups {
        number = number
            .checked_mul(1000)?
            .checked_add(three_digits(group.strip_prefix('x')?)?)?;
    }
    let number = number.checked_mul(1000)?.checked_add(three_digits(last)?)?;
    let start = number.checked_mul(TILE_WIDTH)?;
    let end = start.checked_add(width)?;
    (end <= nodes).then_some(start..end)
}

fn three_digits(text: &str) -> Option<u64> {
    let is_number = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_paths_name_what_the_tree_has() {
        let cases = [
            ("000", 0, 256, Some(0..256)),
            ("000", 0, 255, None),
            ("000.p/8", 0, 8, Some(0..8)),
            ("000.p/9", 0, 8, None),
            ("000.p/0", 0, 8, None),
            ("000.p/256", 0, 300, None),
            ("001.p/44", 0, 300, Some(256..300)),
            ("000.p/1", 1, 300, Some(0..1)),
            ("x001/000", 0, 256_256, Some(256_000..256_256)),
            ("1", 0, 1000, None),
            ("001/000", 0, 1_000_000, None),
            ("000", 9, 1000, None),
        ];
        for (path, level, size, expected) in cases {
            assert_eq!(
                tile_range(path, level, size),
                expected,
                "{path} at {level} of {size}"
            );
        }
    }
}
