//! What both generations of Rekor have in common: posting an entry, and believing nothing about it that is not ours.

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{StatusCode, Url};
use sigstore_types::TransparencyLogEntry;

use super::combination::LogVersion;
use super::error::{SignError, Step, said};
use super::record::Record;
use super::services::Log;
use super::web::{endpoint, service_name};
use super::{rekor_v1, rekor_v2};
use crate::http::{Body, Call, Method, Repeat, Reply, Web};
use crate::report::{Code, Finding};

/// Bytes of an answer. Its body is hashes, a key and a signature; a proof adds 64 hashes at most.
pub(super) const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// Puts a signature into a log.
pub(super) fn log(web: &Web, log: &Log, record: &Record) -> Result<TransparencyLogEntry, SignError> {
    let entry = match log.version {
        LogVersion::V1 => rekor_v1::log(web, &log.url, record)?,
        LogVersion::V2 => rekor_v2::log(web, &log.url, record)?,
    };
    accept(&entry, log.version, record)
        .map_err(|detail| SignError::answer(Step::Log, &name(&log.url), detail))?;
    Ok(entry)
}

/// Takes an entry that records our signature and proves that it is in the log. That proof and promise verify is for the
/// engine to say, about the finished bundle.
fn accept(entry: &TransparencyLogEntry, version: LogVersion, record: &Record) -> Result<(), String> {
    if entry.kind_version != record.entry_kind(version) {
        return Err(format!(
            "the entry is of kind {} {}",
            entry.kind_version.kind(),
            entry.kind_version.version()
        ));
    }
    if entry.canonicalized_body.as_bytes() != record.body(version).as_bytes() {
        return Err("the entry records something else than our signature, digest and key".to_owned());
    }
    if entry.inclusion_proof.is_none() {
        return Err("the entry comes without a proof that it is in the log".to_owned());
    }
    let promised = entry.inclusion_promise.is_some() && entry.integrated_time.is_some();
    match version {
        LogVersion::V1 if !promised => Err("the entry comes without a signed time".to_owned()),
        _ => Ok(()),
    }
}

/// Posts an entry: the answer of any status.
pub(super) fn post(web: &Web, base: &Url, path: &str, body: &str) -> Result<Reply, SignError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    web.send(&Call {
        method: Method::Post,
        url: &endpoint(base, path),
        headers,
        body: Some(Body {
            content_type: "application/json",
            bytes: body.as_bytes(),
        }),
        limit_bytes: MAX_ANSWER_BYTES,
        // A log has each entry once, and says so.
        repeat: Repeat::Harmless,
    })
    .map_err(|fault| SignError::web(Step::Log, &fault))
}

/// What a refusal means. `sent` is the number of bytes that were posted.
pub(super) fn refused(base: &Url, reply: &Reply, sent: usize) -> SignError {
    let words = said(&reply.body, &[]);
    if is_too_large(reply.status, words.as_deref()) {
        let message = format!(
            "{} refused an entry of {sent} bytes as too large (HTTP {}{}): the limit is the log's own, set by whoever runs it",
            name(base),
            reply.status.as_u16(),
            words.map(|said| format!(", {said:?}")).unwrap_or_default()
        );
        return SignError::new(
            Step::Log,
            Finding::new(Code::LogEntryTooLarge, message).help(
                "make the predicate smaller, or use a log of Rekor v2, which is sent a digest instead of the envelope",
            ),
        );
    }
    if reply.status == StatusCode::CONFLICT {
        let message = format!(
            "{} has this entry already, and does not give its proof again",
            name(base)
        );
        return SignError::new(
            Step::Log,
            Finding::new(Code::LogEntryExists, message)
                .help("sign again: another signature makes another entry"),
        );
    }
    SignError::status(Step::Log, &name(base), reply, &[])
}

/// Rekor v1 means to answer 413, and as of 1.5.4 answers 500 with the words of Go's HTTP server.
fn is_too_large(status: StatusCode, said: Option<&str>) -> bool {
    let in_words = || said.is_some_and(|said| said.contains("request body too large"));
    status == StatusCode::PAYLOAD_TOO_LARGE || (status == StatusCode::INTERNAL_SERVER_ERROR && in_words())
}

pub(super) fn name(url: &Url) -> String {
    service_name("signature log", url)
}
