//! The timestamp authority's HTTP API (RFC 3161 section 3.4).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::{get, post};
use const_oid::db::rfc5912;
use der::Decode as _;
use x509_tsp::TimeStampReq;

use super::faults::is_lying;
use super::reply::{body, bytes_reply, plain_error};
use super::world::{Shared, World, now};
use crate::sandbox::keys::pem;
use crate::sandbox::tsa::TokenOptions;

/// Largest request: a digest, a nonce and a policy take a few hundred bytes.
const MAX_QUERY_BYTES: usize = 64 * 1024;

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/v1/timestamp", post(stamp))
        .route("/api/v1/timestamp/certchain", get(chain))
        .with_state(world)
}

async fn stamp(State(world): Shared, request: Request) -> Response {
    let lying = is_lying(&request);
    let content_type = request.headers().get(CONTENT_TYPE);
    if content_type.is_none_or(|value| value != "application/timestamp-query") {
        return plain_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported media type");
    }
    let Some(query) = body(request, MAX_QUERY_BYTES).await else {
        return plain_error(StatusCode::PAYLOAD_TOO_LARGE, "http: request body too large");
    };
    if !is_sound(&query) {
        return plain_error(StatusCode::BAD_REQUEST, "error generating timestamp response");
    }
    let authority = &mut world.books().instance.tsa;
    let reply = if lying {
        authority.stamp(b"another message", now(), &TokenOptions::default())
    } else {
        authority.answer(&query, now())
    };
    match reply {
        Ok(reply) => bytes_reply(StatusCode::CREATED, "application/timestamp-reply", reply),
        Err(_) => plain_error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "error generating timestamp response",
        ),
    }
}

/// Whether a query is one, with a digest as long as its algorithm makes them.
fn is_sound(query: &[u8]) -> bool {
    let Ok(query) = TimeStampReq::from_der(query) else {
        return false;
    };
    let length = match query.message_imprint.hash_algorithm.oid {
        rfc5912::ID_SHA_256 => 32,
        rfc5912::ID_SHA_384 => 48,
        rfc5912::ID_SHA_512 => 64,
        _ => return false,
    };
    query.message_imprint.hashed_message.as_bytes().len() == length
}

async fn chain(State(world): Shared) -> Response {
    let chain = world.books().instance.tsa.chain_der();
    let chain = chain.and_then(|chain| chain.iter().map(|der| pem("CERTIFICATE", der)).collect());
    match chain {
        Ok(chain) => {
            let chain: String = chain;
            bytes_reply(
                StatusCode::OK,
                "application/pem-certificate-chain",
                chain.into_bytes(),
            )
        }
        Err(_) => plain_error(StatusCode::INTERNAL_SERVER_ERROR, "no certificate chain"),
    }
}
