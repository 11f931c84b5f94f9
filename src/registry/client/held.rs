//! Reading a manifest that came over the network: its digest first, then what it is.

use std::sync::Arc;

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::trouble::{Trouble, Why};
use super::wire::Answer;
use crate::registry::error::{LayoutError, quoted};
use crate::registry::manifest::{Descriptor, Document, ManifestKind, names};
use crate::subject::{Algorithm, Digest};

/// Beginning of the media types of Docker's first manifests.
const SCHEMA_1: &str = "application/vnd.docker.distribution.manifest.v1+";
/// The header with which a registry says what digest its answer has.
const CLAIMED_DIGEST: &str = "docker-content-digest";

/// A manifest that was read, or why it makes no sense.
#[derive(Debug, Clone)]
pub(super) struct Held {
    /// What points to it, made from its bytes.
    pub(super) descriptor: Descriptor,
    /// What it is.
    pub(super) document: Result<Arc<Document>, Trouble>,
    /// Its bytes.
    pub(super) bytes: Arc<[u8]>,
}

/// The digest of an answer's bytes: the expected one, or the SHA-256. What the registry claims can only be wrong.
pub(super) fn verified_digest(answer: &Answer, expected: Option<&Digest>) -> Result<Digest, Why> {
    let digest = match expected {
        Some(digest) => {
            check(&answer.body, digest)?;
            digest.clone()
        }
        None => Digest::of(Algorithm::Sha256, &answer.body),
    };
    if let Some(claimed) = claimed_digest(answer) {
        check(&answer.body, &claimed)?;
    }
    Ok(digest)
}

/// The digest that a registry claims its answer, or what it took, to have.
pub(super) fn claimed_digest(answer: &Answer) -> Option<Digest> {
    answer.headers.get(CLAIMED_DIGEST)?.to_str().ok()?.parse().ok()
}

/// Compares bytes with the digest that they were asked by.
pub(super) fn check(bytes: &[u8], expected: &Digest) -> Result<(), Why> {
    let found = Digest::of(expected.algorithm(), bytes);
    match found == *expected {
        true => Ok(()),
        false => Err(Why::Digest {
            expected: expected.clone(),
            found,
        }),
    }
}

/// Reads a manifest whose digest has been checked; `place` names it in errors.
pub(super) fn hold(answer: &Answer, digest: &Digest, place: &str) -> Held {
    let content_type = content_type(&answer.headers);
    let document = parse(answer, content_type.as_deref(), place);
    let own = document
        .as_ref()
        .ok()
        .and_then(|document| document.media_type.clone());
    let usual = |document: &Arc<Document>| match document.kind() {
        ManifestKind::Image => names::OCI_MANIFEST,
        ManifestKind::Index => names::OCI_INDEX,
    };
    let known = content_type.filter(|text| ManifestKind::of_media_type(text).is_some());
    let media_type = own
        .or(known)
        .unwrap_or_else(|| document.as_ref().map_or(names::OCI_MANIFEST, usual).to_owned());
    Held {
        descriptor: Descriptor::new(media_type, digest.clone(), answer.body.len() as u64),
        document,
        bytes: answer.body.as_slice().into(),
    }
}

fn parse(answer: &Answer, content_type: Option<&str>, place: &str) -> Result<Arc<Document>, Trouble> {
    let trouble = |why| Trouble::new(place, why);
    if content_type.is_some_and(|text| text.starts_with(SCHEMA_1)) || is_schema_1(&answer.body) {
        return Err(trouble(Why::Unsupported("a Docker manifest of schema 1")));
    }
    let document =
        Document::parse(&answer.body, place).map_err(|error| trouble(Why::Document(Box::new(error))))?;
    // A header that names another kind of manifest makes it two things to two readers (CVE-2021-41190).
    let said = content_type.and_then(ManifestKind::of_media_type);
    let differs = said.is_some()
        && document
            .media_type
            .as_deref()
            .is_some_and(|own| Some(own) != content_type);
    if differs || said.is_some_and(|kind| kind != document.kind()) {
        let error = LayoutError::MediaTypeMismatch {
            file: place.to_owned(),
            expected: quoted(content_type.unwrap_or_default()),
            found: format!("an {}", document.kind().words()),
        };
        return Err(trouble(Why::Document(Box::new(error))));
    }
    Ok(Arc::new(document))
}

fn is_schema_1(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Version {
        #[serde(rename = "schemaVersion")]
        version: u64,
    }
    serde_json::from_slice::<Version>(bytes).is_ok_and(|found| found.version == 1)
}

/// The media type without its parameters.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let name = text.split(';').next().unwrap_or_default().trim();
    Some(name.to_ascii_lowercase())
}
