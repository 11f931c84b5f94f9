//! What can be attached to a digest, told apart by the media type of each layer.

use std::collections::BTreeMap;

use super::limits::MAX_EVIDENCE_BYTES;
use super::manifest::{Content, Descriptor, Document, ManifestKind};
use super::store::Store;
use crate::report::Finding;
use crate::subject::Digest;

/// Prefix of the media types of a Sigstore bundle: `….bundle.v0.3+json` and, before that, `….bundle+json;version=0.2`.
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// cosign's legacy signature payload.
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// cosign's legacy attestation.
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";
/// An in-toto statement as BuildKit stores it, without a signature.
const IN_TOTO: &str = "application/vnd.in-toto+json";
/// The placeholder for absent content.
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// `artifactType` of the Notary Project's signatures.
const NOTATION: &str = "application/vnd.cncf.notary.signature";

/// What a manifest is called that holds nothing but its own annotations.
const NO_CONTENT: &str = "artifact without content";

/// Annotation with the predicate type of a bundle.
pub(crate) const BUNDLE_PREDICATE: &str = "dev.sigstore.bundle.predicateType";
/// Annotation with the predicate type of a BuildKit statement.
const IN_TOTO_PREDICATE: &str = "in-toto.io/predicate-type";
/// Annotation with the predicate type of a cosign attestation.
const COSIGN_PREDICATE: &str = "predicateType";

/// Something attached to a digest. A claim until it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Index into [`super::Discovery::places`].
    pub place: usize,
    /// Where exactly: a tag or manifest digest, and which of its layers.
    pub location: String,
    /// The digest it hangs on: the one that was asked for. Only what is unsigned may name another, by an annotation.
    pub about: Digest,
    /// Digest of the layer that it is, or of the manifest where no layer is.
    pub digest: Digest,
    /// Its size in bytes as the descriptor of the layer or manifest has it.
    pub size: u64,
    /// What it is.
    pub content: AttachmentContent,
}

/// What an attachment is, and its bytes where they are of use. Digest and size of the bytes have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachmentContent {
    /// A Sigstore bundle of any version.
    Bundle {
        /// The JSON document.
        bytes: Vec<u8>,
        /// The predicate type that the layer's or manifest's annotations claim.
        predicate_type: Option<String>,
    },
    /// A signature in cosign's first form: a simple-signing payload, and everything else in annotations.
    LegacySignature {
        /// The signed payload.
        payload: Vec<u8>,
        /// The layer's annotations.
        annotations: BTreeMap<String, String>,
    },
    /// An attestation in cosign's first form: a DSSE envelope, and the certificate and log entry in annotations.
    LegacyAttestation {
        /// The DSSE envelope.
        envelope: Vec<u8>,
        /// The layer's annotations.
        annotations: BTreeMap<String, String>,
    },
    /// Nothing in it is signed in a way that Portcullis verifies. Listed, never counted; its bytes are not read.
    Unsigned {
        /// What it is, in words.
        format: &'static str,
        /// The layer's media type, or the artifact type of a manifest without layers. A foreign text.
        media_type: String,
        /// The predicate type that annotations claim. A foreign text.
        predicate_type: Option<String>,
    },
    /// It is there and could not be read. Never taken for nothing.
    Unreadable(Box<Finding>),
}

/// One attachment of a manifest, before its bytes are read.
#[derive(Debug)]
pub(crate) enum Item<'d> {
    /// Evidence whose bytes are of use.
    Evidence {
        /// The layer that holds them.
        layer: &'d Descriptor,
        /// How they are to be understood.
        form: Form,
        /// What the annotations claim.
        predicate_type: Option<String>,
    },
    /// Something that is only listed.
    Listed(AttachmentContent),
}

/// The forms of evidence.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    Bundle,
    LegacySignature,
    LegacyAttestation,
}

/// The attachments of a manifest: one for each layer, and one for a manifest that has none.
pub(crate) fn classify(document: &Document) -> Vec<Item<'_>> {
    let (config, layers) = match &document.content {
        Content::Image { config, layers } => (Some(config), layers.as_slice()),
        Content::Index { .. } => (None, [].as_slice()),
    };
    // Artifacts of OCI 1.0 have their type in the configuration's media type.
    let artifact_type = document
        .artifact_type
        .as_deref()
        .or(config.map(|config| config.media_type.as_str()))
        .unwrap_or_default();
    if layers.is_empty() {
        let format = match document.kind() {
            ManifestKind::Image => NO_CONTENT,
            ManifestKind::Index => "image index",
        };
        return vec![Item::Listed(AttachmentContent::Unsigned {
            format,
            media_type: artifact_type.to_owned(),
            predicate_type: claimed_predicate(None, document),
        })];
    }
    layers
        .iter()
        .map(|layer| item(layer, artifact_type, document))
        .collect()
}

fn item<'d>(layer: &'d Descriptor, artifact_type: &str, document: &Document) -> Item<'d> {
    let predicate_type = claimed_predicate(Some(layer), document);
    if let Some(form) = form(&layer.media_type) {
        return Item::Evidence {
            layer,
            form,
            predicate_type,
        };
    }
    let media_type = match layer.media_type.as_str() {
        EMPTY => artifact_type,
        other => other,
    };
    Item::Listed(AttachmentContent::Unsigned {
        format: unsigned_format(&layer.media_type, artifact_type),
        media_type: media_type.to_owned(),
        predicate_type,
    })
}

impl Item<'_> {
    /// Bytes that reading it takes.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Evidence { layer, .. } => layer.size,
            Self::Listed(_) => 0,
        }
    }

    /// Reads its bytes if they are of use.
    pub(crate) fn read(self, store: &impl Store) -> AttachmentContent {
        let (layer, form, predicate_type) = match self {
            Self::Listed(content) => return content,
            Self::Evidence {
                layer,
                form,
                predicate_type,
            } => (layer, form, predicate_type),
        };
        let bytes = match store.blob(layer, MAX_EVIDENCE_BYTES) {
            Ok(bytes) => bytes,
            Err(finding) => return AttachmentContent::Unreadable(finding),
        };
        match form {
            Form::Bundle => AttachmentContent::Bundle {
                bytes,
                predicate_type,
            },
            Form::LegacySignature => AttachmentContent::LegacySignature {
                payload: bytes,
                annotations: layer.annotations.clone(),
            },
            Form::LegacyAttestation => AttachmentContent::LegacyAttestation {
                envelope: bytes,
                annotations: layer.annotations.clone(),
            },
        }
    }
}

fn form(media_type: &str) -> Option<Form> {
    match media_type {
        SIMPLE_SIGNING => Some(Form::LegacySignature),
        DSSE => Some(Form::LegacyAttestation),
        other => is_bundle(other).then_some(Form::Bundle),
    }
}

/// Whether a media type is that of a Sigstore bundle.
pub(crate) fn is_bundle(media_type: &str) -> bool {
    media_type
        .strip_prefix(BUNDLE)
        .is_some_and(|rest| rest.starts_with(['.', '+']))
}

fn unsigned_format(media_type: &str, artifact_type: &str) -> &'static str {
    match media_type {
        IN_TOTO => "in-toto statement",
        EMPTY => NO_CONTENT,
        _ if artifact_type == NOTATION => "Notary Project signature",
        other
            if ["spdx", "cyclonedx", "syft"]
                .iter()
                .any(|name| other.contains(name)) =>
        {
            "SBOM"
        }
        _ => "other content",
    }
}

fn claimed_predicate(layer: Option<&Descriptor>, document: &Document) -> Option<String> {
    let annotations = layer
        .map(|layer| &layer.annotations)
        .into_iter()
        .chain([&document.annotations]);
    annotations
        .flat_map(|annotations| {
            [BUNDLE_PREDICATE, IN_TOTO_PREDICATE, COSIGN_PREDICATE].map(|name| annotations.get(name))
        })
        .flatten()
        .next()
        .cloned()
}
