//! Rekor v1: `POST /api/v1/log/entries` with `hashedrekord` or `dsse` 0.0.1.

use std::collections::BTreeMap;

use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{StatusCode, Url};
use sigstore_rekor::LogEntry;
use sigstore_types::TransparencyLogEntry;

use super::combination::LogVersion;
use super::error::{SignError, Step};
use super::record::Record;
use super::rekor::{MAX_ANSWER_BYTES, name, post, refused};
use super::web::endpoint;
use crate::http::{Call, Method, Repeat, Reply, Web};

const ENTRIES: &str = "api/v1/log/entries";
/// Hexadecimal digits of an entry's id: the hash of its leaf, with the tree's id before it where there are several.
const ID_LENGTHS: [usize; 2] = [64, 80];

pub(super) fn log(web: &Web, base: &Url, record: &Record) -> Result<TransparencyLogEntry, SignError> {
    let request = record.request(LogVersion::V1);
    let reply = post(web, base, ENTRIES, &request)?;
    let reply = match reply.status {
        StatusCode::OK | StatusCode::CREATED => reply,
        // An earlier attempt arrived although we never heard of it.
        StatusCode::CONFLICT => existing(web, base, &reply)?,
        _ => return Err(refused(base, &reply, request.len())),
    };
    read(&reply.body, record).map_err(|detail| SignError::answer(Step::Log, &name(base), detail))
}

/// Fetches the entry that a conflict points to.
fn existing(web: &Web, base: &Url, conflict: &Reply) -> Result<Reply, SignError> {
    let wrong = |detail: &str| SignError::answer(Step::Log, &name(base), detail);
    // Only the id is taken from where it points to: the log itself is asked, and nobody else.
    let id = conflict
        .headers
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit('/').next())
        .filter(|id| ID_LENGTHS.contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .ok_or_else(|| wrong("it has the entry already, and does not say which it is"))?;
    let reply = web
        .send(&Call {
            method: Method::Get,
            url: &endpoint(base, &format!("{ENTRIES}/{id}")),
            headers: HeaderMap::new(),
            body: None,
            limit_bytes: MAX_ANSWER_BYTES,
            repeat: Repeat::Harmless,
        })
        .map_err(|fault| SignError::web(Step::Log, &fault))?;
    match reply.status {
        StatusCode::OK => Ok(reply),
        _ => Err(refused(base, &reply, 0)),
    }
}

/// The one entry of an answer, which is an object with the entry's id as its only member.
fn read(body: &[u8], record: &Record) -> Result<TransparencyLogEntry, String> {
    let entries: BTreeMap<String, LogEntry> =
        serde_json::from_slice(body).map_err(|error| format!("it is no log entry ({error})"))?;
    let mut entries = entries.into_values();
    let (Some(entry), None) = (entries.next(), entries.next()) else {
        return Err("it is not one log entry".to_owned());
    };
    entry
        .to_bundle_entry(record.entry_kind(LogVersion::V1))
        .map_err(|error| format!("the entry cannot be read ({error})"))
}
