//! The timestamp authority's HTTP API (RFC 3161 section 3.4).

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::{get, post};
use const_oid::db::rfc5912;
use der::asn1::{OctetString, Uint};
use der::{Decode as _, Encode as _};
use serde::Deserialize;
use spki::AlgorithmIdentifierOwned;
use x509_tsp::{MessageImprint, TimeStampReq, TspVersion};

use super::faults::is_lying;
use super::reply::{body, bytes_reply, plain_error, unb64};
use super::world::{Shared, World, now};
use crate::sandbox::keys::pem;
use crate::sandbox::tsa::TokenOptions;

/// Largest request: a digest, a nonce and a policy take a few hundred bytes.
const MAX_QUERY_BYTES: usize = 64 * 1024;
/// What the real one says, whatever is wrong.
const FAILED: &str = "error generating timestamp response";

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/v1/timestamp", post(stamp))
        .route("/api/v1/timestamp/certchain", get(chain))
        .with_state(world)
}

async fn stamp(State(world): Shared, request: Request) -> Response {
    let lying = is_lying(&request);
    let content_type = request.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let read = match content_type {
        "application/timestamp-query" => |body: &[u8]| TimeStampReq::from_der(body).ok(),
        "application/json" => from_json,
        _ => return plain_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported media type"),
    };
    let Some(query) = body(request, MAX_QUERY_BYTES).await else {
        return plain_error(StatusCode::PAYLOAD_TOO_LARGE, "http: request body too large");
    };
    let Some(query) = read(&query)
        .filter(is_sound)
        .and_then(|query| query.to_der().ok())
    else {
        return plain_error(StatusCode::BAD_REQUEST, FAILED);
    };
    let authority = &mut world.books().instance.tsa;
    let reply = if lying {
        authority.stamp(b"another message", now(), &TokenOptions::default())
    } else {
        authority.answer(&query, now())
    };
    match reply {
        Ok(reply) => bytes_reply(StatusCode::CREATED, "application/timestamp-reply", reply),
        Err(_) => plain_error(StatusCode::INTERNAL_SERVER_ERROR, FAILED),
    }
}

/// The form of a query that Sigstore's timestamp authority also takes, and sigstore-js sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonQuery {
    artifact_hash: String,
    hash_algorithm: String,
    nonce: Option<u64>,
    #[serde(default)]
    certificates: bool,
}

fn from_json(body: &[u8]) -> Option<TimeStampReq> {
    let query: JsonQuery = serde_json::from_slice(body).ok()?;
    let oid = match query.hash_algorithm.as_str() {
        "sha256" => rfc5912::ID_SHA_256,
        "sha384" => rfc5912::ID_SHA_384,
        "sha512" => rfc5912::ID_SHA_512,
        _ => return None,
    };
    let nonce = match query.nonce {
        Some(nonce) => Some(Uint::new(&nonce.to_be_bytes()).ok()?.into()),
        None => None,
    };
    Some(TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint {
            hash_algorithm: AlgorithmIdentifierOwned {
                oid,
                parameters: None,
            },
            hashed_message: OctetString::new(unb64(&query.artifact_hash)?).ok()?,
        },
        req_policy: None,
        nonce,
        cert_req: query.certificates,
        extensions: None,
    })
}

/// Whether the digest is as long as its algorithm makes them.
fn is_sound(query: &TimeStampReq) -> bool {
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
