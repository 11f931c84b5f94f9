//! Attaching evidence to an image: a bundle as an OCI 1.1 referrer, the way cosign's bundle specification lays it out, and
//! signatures in cosign's first form as layers under its tags.
//!
//! ```no_run
//! # fn example(
//! #     store: &portcullis::registry::client::RemoteStore,
//! #     digest: &portcullis::subject::Digest,
//! #     bytes: Vec<u8>,
//! # ) -> Result<(), Box<portcullis::report::Finding>> {
//! use portcullis::registry::{Source, publish};
//!
//! let subject = store.describe(digest)?;
//! let bundle = publish::Bundle {
//!     bytes,
//!     media_type: "application/vnd.dev.sigstore.bundle.v0.3+json".to_owned(),
//!     content: publish::BundleContent::DsseEnvelope,
//!     predicate_type: Some("https://slsa.dev/provenance/v1".to_owned()),
//!     created: jiff::Timestamp::now(),
//! };
//! let earlier = publish::earlier(store, digest, "https://slsa.dev/provenance/v1")?;
//! publish::bundle(store, &subject, &bundle)?;
//! // Only where somebody asked for it to replace what was there.
//! publish::remove(store, digest, &earlier)?;
//! # Ok(())
//! # }
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{Timestamp, Unit};
use serde_json::json;

use super::attachment::{BUNDLE_PREDICATE, is_bundle};
use super::discover::{evidence_tag, referrers_tag};
use super::edit::{IMAGE_CONFIG, image_config, pointer};
use super::error::LayoutError;
use super::manifest::{Content, Descriptor, Document, names};
use super::raw::RawManifest;
use super::sink::{Sink, ensure_blob};
use super::store::Store;
use crate::report::{Finding, PlaceKind};
use crate::subject::Digest;

/// The placeholder for a configuration that says nothing (OCI image specification, "guidance for an empty descriptor").
const EMPTY_TYPE: &str = "application/vnd.oci.empty.v1+json";
/// Its bytes.
const EMPTY: &[u8] = b"{}";
/// Annotation with what kind of content a bundle has.
const BUNDLE_CONTENT: &str = "dev.sigstore.bundle.content";
/// Annotation with the time at which something was made.
const CREATED: &str = "org.opencontainers.image.created";
/// Annotation with the file name that a layer is to be saved under.
const TITLE: &str = "org.opencontainers.image.title";

/// A Sigstore bundle that is to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The JSON document.
    pub bytes: Vec<u8>,
    /// Its media type, which becomes the artifact type.
    pub media_type: String,
    /// What is in it.
    pub content: BundleContent,
    /// The predicate type of its statement, for those who list. Nobody vouches for it.
    pub predicate_type: Option<String>,
    /// When it was made.
    pub created: Timestamp,
}

/// What a bundle holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleContent {
    /// A signature over the artifact's digest.
    MessageSignature,
    /// A signed statement.
    DsseEnvelope,
}

impl BundleContent {
    /// The value of the annotation (cosign's bundle specification, "Annotations").
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageSignature => "message-signature",
            Self::DsseEnvelope => "dsse-envelope",
        }
    }
}

/// Evidence in cosign's first form: a layer whose annotations hold the signature, certificate and log entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyLayer {
    /// Under which of cosign's tags it goes.
    pub kind: LegacyKind,
    /// The payload or envelope.
    pub bytes: Vec<u8>,
    /// The layer's annotations.
    pub annotations: BTreeMap<String, String>,
}

/// cosign's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegacyKind {
    /// `.sig`: simple-signing payloads.
    Signature,
    /// `.att`: DSSE envelopes.
    Attestation,
}

impl LegacyKind {
    fn media_type(self) -> &'static str {
        match self {
            Self::Signature => "application/vnd.dev.cosign.simplesigning.v1+json",
            Self::Attestation => "application/vnd.dsse.envelope.v1+json",
        }
    }

    fn place(self) -> PlaceKind {
        match self {
            Self::Signature => PlaceKind::SignatureTag,
            Self::Attestation => PlaceKind::AttestationTag,
        }
    }
}

/// Attaches a bundle to `subject` and gives what points to its manifest. The subject need not be in the same place.
///
/// # Errors
///
/// The finding that says what could not be written. What was written by then does no harm: it is not listed.
pub fn bundle(sink: &dyn Sink, subject: &Descriptor, bundle: &Bundle) -> Result<Descriptor, Box<Finding>> {
    let manifest = bundle_manifest(subject, bundle).map_err(|error| Box::new(error.evidence_finding()))?;
    let layer = described(&bundle.media_type, &bundle.bytes);
    ensure_blob(sink, &layer, Arc::new(bundle.bytes.clone()))?;
    ensure_blob(sink, &described(EMPTY_TYPE, EMPTY), Arc::new(EMPTY.to_vec()))?;
    let descriptor = manifest.descriptor().clone();
    sink.attach(&subject.digest, &[manifest])?;
    Ok(descriptor)
}

/// Adds a layer to those under one of cosign's tags for `subject`, and gives the tag. What is there stays.
///
/// # Errors
///
/// The finding that says what could not be written.
pub fn legacy(sink: &dyn Sink, subject: &Digest, layer: &LegacyLayer) -> Result<String, Box<Finding>> {
    let manifest = legacy_manifest(layer).map_err(|error| Box::new(error.evidence_finding()))?;
    let blob = described(layer.kind.media_type(), &layer.bytes);
    let config = image_config([blob.digest.to_string().as_str()].into_iter());
    ensure_blob(sink, &blob, Arc::new(layer.bytes.clone()))?;
    ensure_blob(sink, &described(IMAGE_CONFIG, &config), Arc::new(config))?;
    let tag = evidence_tag(layer.kind.place(), subject);
    sink.add_layers(&tag, manifest)?;
    Ok(tag)
}

/// The bundles about `subject` whose annotations name this predicate type: what a new one could replace. To be asked
/// before the new one is attached. Whose they are is not looked at; who may delete them is the registry's to say.
///
/// # Errors
///
/// When it could not be found out what is attached.
pub fn earlier(
    store: &impl Store,
    subject: &Digest,
    predicate_type: &str,
) -> Result<Vec<Digest>, Box<Finding>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for descriptor in listed(store, subject)? {
        if descriptor.kind().is_none() || !seen.insert(descriptor.digest.clone()) {
            continue;
        }
        let document = store.manifest(&descriptor)?;
        if is_about(&document, subject) && holds_bundle(&document, predicate_type) {
            found.push(descriptor.digest);
        }
    }
    Ok(found)
}

/// Everything that the referrers API and the referrers tag list about `subject`; what both list, twice.
///
/// # Errors
///
/// When it could not be found out what is attached.
pub fn listed(store: &impl Store, subject: &Digest) -> Result<Vec<Descriptor>, Box<Finding>> {
    let mut listing = store.referrers(subject);
    let tagged = store.tagged(&referrers_tag(subject));
    listing.failed.extend(tagged.failed);
    for index in &tagged.found {
        listing
            .found
            .extend(store.manifest(index)?.manifests().iter().cloned());
    }
    match listing.failed.into_iter().next() {
        Some(failed) => Err(Box::new(failed)),
        None => Ok(listing.found),
    }
}

/// Takes away what was attached, and gives those that the place does not let go of.
///
/// # Errors
///
/// When that could not be done.
pub fn remove(sink: &dyn Sink, subject: &Digest, referrers: &[Digest]) -> Result<Vec<Digest>, Box<Finding>> {
    match referrers {
        [] => Ok(Vec::new()),
        _ => sink.detach(subject, referrers),
    }
}

fn is_about(document: &Document, subject: &Digest) -> bool {
    let about = document.subject.as_ref().map(|about| &about.digest);
    about == Some(subject)
}

fn holds_bundle(document: &Document, predicate_type: &str) -> bool {
    let Content::Image { layers, .. } = &document.content else {
        return false;
    };
    let named = document.annotations.get(BUNDLE_PREDICATE).map(String::as_str);
    named == Some(predicate_type) && layers.iter().all(|layer| is_bundle(&layer.media_type))
}

fn bundle_manifest(subject: &Descriptor, bundle: &Bundle) -> Result<RawManifest, LayoutError> {
    let layer = described(&bundle.media_type, &bundle.bytes);
    let title = format!(
        "{}-{}.sigstore.json",
        layer.digest.algorithm().name(),
        layer.digest.to_hex()
    );
    // Whole seconds, as others write them.
    let created = bundle.created.round(Unit::Second).unwrap_or(bundle.created);
    let mut annotations = BTreeMap::from([
        (BUNDLE_CONTENT, bundle.content.name().to_owned()),
        (CREATED, created.to_string()),
    ]);
    annotations.extend(
        bundle
            .predicate_type
            .iter()
            .map(|name| (BUNDLE_PREDICATE, name.clone())),
    );
    let mut entry = pointer(&layer);
    if let Some(members) = entry.as_object_mut() {
        members.insert("annotations".to_owned(), json!({TITLE: title}));
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": names::OCI_MANIFEST,
        "artifactType": bundle.media_type,
        "config": pointer(&described(EMPTY_TYPE, EMPTY)),
        "layers": [entry],
        "subject": pointer(subject),
        "annotations": annotations,
    });
    RawManifest::new(manifest.to_string().into_bytes(), names::OCI_MANIFEST)
}

fn legacy_manifest(layer: &LegacyLayer) -> Result<RawManifest, LayoutError> {
    let blob = described(layer.kind.media_type(), &layer.bytes);
    let config = image_config([blob.digest.to_string().as_str()].into_iter());
    let mut entry = pointer(&blob);
    if let Some(members) = entry.as_object_mut() {
        members.insert("annotations".to_owned(), json!(layer.annotations));
    }
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": names::OCI_MANIFEST,
        "config": pointer(&described(IMAGE_CONFIG, &config)),
        "layers": [entry],
    });
    RawManifest::new(manifest.to_string().into_bytes(), names::OCI_MANIFEST)
}

fn described(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor::new(media_type, Digest::sha256(bytes), bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_bundle_is_laid_out_as_the_specification_has_it() {
        let subject = Descriptor::new(names::OCI_INDEX, Digest::sha256(b"image"), 7);
        let media_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        let bundle = Bundle {
            bytes: b"{\"bundle\":1}".to_vec(),
            media_type: media_type.to_owned(),
            content: BundleContent::DsseEnvelope,
            predicate_type: Some("https://slsa.dev/provenance/v1".to_owned()),
            created: "2024-03-08T18:18:20.406Z".parse().unwrap(),
        };
        let manifest = bundle_manifest(&subject, &bundle).unwrap();
        let found: Value = serde_json::from_slice(manifest.bytes()).unwrap();
        let layer = Digest::sha256(&bundle.bytes);
        let expected = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": media_type,
            "config": {
                "mediaType": "application/vnd.oci.empty.v1+json",
                "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
                "size": 2,
            },
            "layers": [{
                "mediaType": media_type,
                "digest": layer.to_string(),
                "size": 12,
                "annotations": {
                    "org.opencontainers.image.title": format!("sha256-{}.sigstore.json", layer.to_hex()),
                },
            }],
            "subject": {
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "digest": subject.digest.to_string(),
                "size": 7,
            },
            "annotations": {
                "dev.sigstore.bundle.content": "dsse-envelope",
                "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1",
                "org.opencontainers.image.created": "2024-03-08T18:18:20Z",
            },
        });
        assert_eq!(found, expected);
        let entry = manifest.referrer_entry();
        assert_eq!(entry["artifactType"], media_type);
        assert_eq!(entry["annotations"], expected["annotations"]);
    }
}
