//! The certificate transparency log's read API (RFC 6962 section 4). The sandbox's own authority logs by itself; others
//! write as [`super::ct_write`] has it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use const_oid::db::rfc6962;
use der::Encode as _;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use x509_cert::certificate::{Certificate, TbsCertificate};

use super::ct_write::add_pre_chain;
use super::reply::{json_reply, plain_error};
use super::world::{Books, Shared, World, now};
use crate::sandbox::merkle::{Hash, leaf_hash, root};
use crate::sandbox::seed::sha256;
use crate::sandbox::{Error, Result, b64};

/// Entries that one request gives at most.
const MAX_ENTRIES: usize = 256;
/// Certificates that are kept; later ones are issued but not listed.
const MAX_CERTIFICATES: usize = 50_000;

/// A certificate in the log.
#[derive(Debug)]
pub(super) struct Logged {
    /// The MerkleTreeLeaf structure.
    leaf: Vec<u8>,
    hash: Hash,
}

impl Logged {
    pub(super) fn new(leaf: Vec<u8>) -> Self {
        Self {
            hash: leaf_hash(&leaf),
            leaf,
        }
    }
}

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/ct/v1/get-sth", get(tree_head))
        .route("/ct/v1/get-entries", get(entries))
        .route("/ct/v1/get-roots", get(roots))
        .route("/ct/v1/add-pre-chain", post(add_pre_chain))
        .with_state(world)
}

/// Notes a certificate that carries the log's promise.
pub(super) fn record(books: &mut Books, certificate: &Certificate, at: Timestamp) -> Result<()> {
    let mut tbs = certificate.tbs_certificate.clone();
    if let Some(extensions) = &mut tbs.extensions {
        extensions.retain(|extension| extension.extn_id != rfc6962::CT_PRECERT_SCTS);
    }
    let issuer = books.instance.ca.intermediate();
    let issuer = issuer.tbs_certificate.subject_public_key_info.to_der()?;
    keep(books, &tbs, &issuer, at)
}

/// Keeps an entry for the precertificate `tbs`, which `issuer_spki` is the issuer's key of.
pub(super) fn keep(books: &mut Books, tbs: &TbsCertificate, issuer_spki: &[u8], at: Timestamp) -> Result<()> {
    if books.certificates.len() >= MAX_CERTIFICATES {
        return Ok(());
    }
    let tbs = tbs.to_der()?;
    let length = u32::try_from(tbs.len()).map_err(|_| Error::Missing("length that fits"))?;
    // Version 1, a timestamped entry, for a precertificate (RFC 6962 section 3.4).
    let mut leaf = vec![0, 0];
    leaf.extend_from_slice(&milliseconds(at).to_be_bytes());
    leaf.extend_from_slice(&1_u16.to_be_bytes());
    leaf.extend_from_slice(&sha256(issuer_spki));
    leaf.extend_from_slice(length.to_be_bytes().get(1..).unwrap_or_default());
    leaf.extend_from_slice(&tbs);
    leaf.extend_from_slice(&[0, 0]);
    if !books.keep_leaf(&leaf) {
        return Err(Error::Missing("folder that can be written"));
    }
    books.certificates.push(Logged::new(leaf));
    Ok(())
}

fn milliseconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond()).unwrap_or_default()
}

async fn tree_head(State(world): Shared) -> Response {
    let books = world.books();
    let hashes: Vec<Hash> = books.certificates.iter().map(|entry| entry.hash).collect();
    let root = root(&hashes);
    let size = hashes.len() as u64;
    let timestamp = milliseconds(now());
    // TreeHeadSignature: version 1, signature type tree_hash (RFC 6962 section 3.5).
    let mut signed = vec![0, 1];
    signed.extend_from_slice(&timestamp.to_be_bytes());
    signed.extend_from_slice(&size.to_be_bytes());
    signed.extend_from_slice(&root);
    let Ok(signature) = books.instance.ct.key().sign(&signed) else {
        return plain_error(StatusCode::INTERNAL_SERVER_ERROR, "error signing");
    };
    // sha256, ecdsa, length (RFC 5246 section 4.7).
    let mut struct_bytes = vec![4, 3];
    struct_bytes.extend_from_slice(&u16::try_from(signature.len()).unwrap_or_default().to_be_bytes());
    struct_bytes.extend_from_slice(&signature);
    json_reply(
        StatusCode::OK,
        &json!({
            "tree_size": size,
            "timestamp": timestamp,
            "sha256_root_hash": b64(root),
            "tree_head_signature": b64(struct_bytes),
        }),
    )
}

#[derive(Deserialize)]
struct Range {
    start: usize,
    end: usize,
}

async fn entries(State(world): Shared, Query(range): Query<Range>) -> Response {
    if range.start > range.end {
        return plain_error(StatusCode::BAD_REQUEST, "start is after end");
    }
    let count = (range.end - range.start).saturating_add(1).min(MAX_ENTRIES);
    let books = world.books();
    let entries = books.certificates.iter().skip(range.start).take(count);
    let entries: Vec<_> = entries
        .map(|entry| json!({"leaf_input": b64(&entry.leaf), "extra_data": ""}))
        .collect();
    if entries.is_empty() {
        return plain_error(StatusCode::BAD_REQUEST, "start is beyond the end of the log");
    }
    json_reply(StatusCode::OK, &json!({"entries": entries}))
}

async fn roots(State(world): Shared) -> Response {
    let root = world.books().instance.ca.root().to_der();
    match root {
        Ok(root) => json_reply(StatusCode::OK, &json!({"certificates": [b64(root)]})),
        Err(_) => plain_error(StatusCode::INTERNAL_SERVER_ERROR, "error encoding"),
    }
}
