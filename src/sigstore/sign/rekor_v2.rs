//! Rekor v2: `POST /api/v2/log/entries` with `hashedRekordRequestV002`, for envelopes as well.
//!
//! An envelope is logged by the digest of its pre-authentication encoding, which is what was signed: the entry stays
//! small whatever the predicate is, and it is the form that verifiers know.

use reqwest::{StatusCode, Url};
use sigstore_types::TransparencyLogEntry;

use super::combination::LogVersion;
use super::error::{SignError, Step};
use super::record::Record;
use super::rekor::{name, post, refused};
use crate::http::Web;

pub(super) fn log(web: &Web, base: &Url, record: &Record) -> Result<TransparencyLogEntry, SignError> {
    let request = record.request(LogVersion::V2);
    let reply = post(web, base, "api/v2/log/entries", &request)?;
    match reply.status {
        StatusCode::OK | StatusCode::CREATED => serde_json::from_slice(&reply.body).map_err(|error| {
            SignError::answer(Step::Log, &name(base), format!("it is no log entry ({error})"))
        }),
        _ => Err(refused(base, &reply, request.len())),
    }
}
