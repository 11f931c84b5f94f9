//! Candidates: what was found attached to a subject, in the one form that is examined.

use std::sync::Arc;

use crate::attestation::{FileList, MODEL_SIGNING_TYPE};
use crate::report::{Code, EvidenceKind, Finding};
use crate::sigstore::{ParsedBundle, legacy};
use crate::subject::Digest;

use crate::registry::{Attachment, AttachmentContent};

/// One candidate of a subject. A claim until it was examined.
#[derive(Debug)]
pub(in crate::ops) struct Candidate {
    /// Where it was found.
    pub(in crate::ops) location: String,
    /// Name of its format.
    pub(in crate::ops) format: String,
    /// The digest that it hangs on.
    pub(in crate::ops) about: Digest,
    /// SHA-256 of its bytes as they were found; none where there was nothing to read.
    pub(in crate::ops) digest: Option<Digest>,
    /// What it holds.
    pub(in crate::ops) material: Material,
}

/// What a candidate holds.
#[derive(Debug)]
pub(in crate::ops) enum Material {
    /// A bundle about the subject itself.
    Bundle(Box<ParsedBundle>),
    /// A bundle over a simple-signing payload, which in turn names the image.
    OverPayload {
        /// The bundle.
        bundle: Box<ParsedBundle>,
        /// The payload.
        payload: Vec<u8>,
    },
    /// A bundle over a list of files, and the files of the directory that it is held against.
    OverFiles {
        /// The bundle.
        bundle: Box<ParsedBundle>,
        /// What is in the directory.
        found: Arc<FileList>,
    },
    /// A statement that nobody signed, with the predicate type that it claims.
    Unsigned(Option<String>),
    /// Present, but it cannot be read, for this reason.
    Unreadable(Box<Finding>),
}

impl Candidate {
    /// A candidate from the bytes of a bundle.
    pub(in crate::ops) fn from_bundle(location: String, about: &Digest, bytes: &[u8]) -> Self {
        match ParsedBundle::parse(bytes) {
            Ok(bundle) => Self {
                location,
                format: bundle.format().to_owned(),
                about: about.clone(),
                digest: Some(Digest::sha256(bytes)),
                material: Material::Bundle(Box::new(bundle)),
            },
            Err(finding) => Self::unreadable(location, "bundle", about, finding),
        }
    }

    /// The candidate as one about a directory with these files.
    pub(in crate::ops) fn over_files(self, found: &Arc<FileList>) -> Self {
        let material = match self.material {
            Material::Bundle(bundle) => Material::OverFiles {
                bundle,
                found: Arc::clone(found),
            },
            other => other,
        };
        Self { material, ..self }
    }

    /// A candidate from something that hangs on an image.
    /// One of more than `limit` bytes is refused unread.
    pub(in crate::ops) fn from_attachment(attachment: Attachment, limit: u64) -> Self {
        let Attachment {
            location,
            about,
            content,
            ..
        } = attachment;
        let size = match &content {
            AttachmentContent::Bundle { bytes, .. } => bytes.len(),
            AttachmentContent::LegacySignature { payload, .. } => payload.len(),
            AttachmentContent::LegacyAttestation { envelope, .. } => envelope.len(),
            AttachmentContent::Unsigned { .. } | AttachmentContent::Unreadable(_) => 0,
        };
        if size as u64 > limit {
            let message = format!("{size} bytes, more than the limit of {limit}");
            return Self::unreadable(
                location,
                "evidence",
                &about,
                Finding::new(Code::BundleTooLarge, message),
            );
        }
        match content {
            AttachmentContent::Bundle { bytes, .. } => Self::from_bundle(location, &about, &bytes),
            AttachmentContent::LegacySignature { payload, annotations } => Self::converted(
                location,
                "cosign legacy signature",
                &about,
                &Digest::sha256(&payload),
                legacy::signature(&annotations),
                |bundle| Material::OverPayload { bundle, payload },
            ),
            AttachmentContent::LegacyAttestation {
                envelope,
                annotations,
            } => Self::converted(
                location,
                "cosign legacy attestation",
                &about,
                &Digest::sha256(&envelope),
                legacy::attestation(&envelope, &annotations),
                Material::Bundle,
            ),
            AttachmentContent::Unsigned {
                format,
                predicate_type,
                ..
            } => Self {
                location,
                format: format.to_owned(),
                about,
                digest: None,
                material: Material::Unsigned(predicate_type),
            },
            AttachmentContent::Unreadable(finding) => {
                Self::unreadable(location, "unreadable", &about, *finding)
            }
        }
    }

    fn converted(
        location: String,
        format: &str,
        about: &Digest,
        digest: &Digest,
        bundle: Result<ParsedBundle, Finding>,
        material: impl FnOnce(Box<ParsedBundle>) -> Material,
    ) -> Self {
        match bundle {
            Ok(bundle) => {
                let material = material(Box::new(bundle));
                Self {
                    location,
                    format: format.to_owned(),
                    about: about.clone(),
                    digest: Some(digest.clone()),
                    material,
                }
            }
            Err(finding) => Self::unreadable(location, format, about, finding),
        }
    }

    fn unreadable(location: String, format: &str, about: &Digest, finding: Finding) -> Self {
        let material = Material::Unreadable(Box::new(finding));
        Self {
            location,
            format: format.to_owned(),
            about: about.clone(),
            digest: None,
            material,
        }
    }

    /// The bundle, when there is one.
    pub(in crate::ops) fn bundle(&self) -> Option<&ParsedBundle> {
        match &self.material {
            Material::Bundle(bundle)
            | Material::OverPayload { bundle, .. }
            | Material::OverFiles { bundle, .. } => Some(bundle),
            Material::Unsigned(_) | Material::Unreadable(_) => None,
        }
    }

    /// The predicate type that it claims, when it claims one.
    pub(in crate::ops) fn claimed_predicate_type(&self) -> Option<&str> {
        match &self.material {
            Material::Bundle(bundle) | Material::OverFiles { bundle, .. } => bundle.claimed_predicate_type(),
            Material::Unsigned(predicate_type) => predicate_type.as_deref(),
            Material::OverPayload { .. } | Material::Unreadable(_) => None,
        }
    }

    /// What kind of evidence it is, going by its form.
    pub(in crate::ops) fn kind(&self) -> EvidenceKind {
        match &self.material {
            Material::Unsigned(_) => EvidenceKind::Unsigned,
            Material::Unreadable(_) => EvidenceKind::Unreadable,
            Material::OverPayload { .. } => EvidenceKind::Signature,
            // A directory is signed by a list of its files and in no other way.
            Material::OverFiles { bundle, .. } => match bundle.claimed_predicate_type() {
                None | Some(MODEL_SIGNING_TYPE) => EvidenceKind::Signature,
                Some(_) => EvidenceKind::Attestation,
            },
            Material::Bundle(bundle) if bundle.is_attestation() => {
                let claimed = bundle.claimed_predicate_type();
                // cosign v3 signs images with a statement that says nothing but "signed".
                if claimed == Some(crate::attestation::COSIGN_SIGN_TYPE) {
                    EvidenceKind::Signature
                } else {
                    EvidenceKind::Attestation
                }
            }
            Material::Bundle(_) => EvidenceKind::Signature,
        }
    }
}
