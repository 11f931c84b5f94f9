//! What discovery needs from the place that holds an image and its evidence.
//!
//! A layout implements it here. A registry gives the same answers over the network, so that one discovery serves both.

use super::layout::{Entry, Layout};
use super::manifest::{Descriptor, Document, ManifestKind};
use crate::report::Finding;
use crate::subject::Digest;

/// Manifests with a `subject` from drafts of OCI 1.1 and before. They are not supported, and may be about anything.
const DRAFT_ARTIFACTS: [&str; 2] = [
    "application/vnd.oci.artifact.manifest.v1+json",
    "application/vnd.cncf.oras.artifact.manifest.v1+json",
];

/// An answer to "what is there": what was found, and why that may not be all.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// What was found.
    pub found: Vec<Descriptor>,
    /// What kept the list from being complete. Empty means that there is nothing else.
    pub failed: Vec<Finding>,
    /// What was asked over a network and how it was answered, for the report. Empty for a layout.
    pub asked: Vec<String>,
}

/// A source of manifests, blobs and tags.
///
/// Everything it returns has been hashed and compared with the digest and size in the descriptor. An error is a finding
/// that says what could not be read and why; "it is not there" is an empty list and never an error, an unreachable
/// registry is an error and never an empty list (promise 5).
pub trait Store {
    /// The name of this store for reports: a path or a repository.
    fn name(&self) -> String;

    /// The manifest or index that `descriptor` points to.
    fn manifest(&self, descriptor: &Descriptor) -> Result<Document, Box<Finding>>;

    /// The blob that `descriptor` points to, at most `limit` bytes.
    fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Box<Finding>>;

    /// What a tag points to; more than one in a layout that has the tag twice.
    fn tagged(&self, tag: &str) -> Listing;

    /// The manifests whose `subject` is `digest` (OCI 1.1).
    fn referrers(&self, digest: &Digest) -> Listing;

    /// The manifests that cosign's `kind` annotations tie to `digest`; `None` where there are no such annotations.
    fn saved_with(&self, digest: &Digest) -> Option<Listing>;

    /// The BuildKit attestation manifests about `digest`, or inside it when it is an index.
    fn buildkit(&self, digest: &Digest) -> Listing;
}

impl Store for Layout {
    fn name(&self) -> String {
        self.index_path()
    }

    fn manifest(&self, descriptor: &Descriptor) -> Result<Document, Box<Finding>> {
        self.document(descriptor)
            .cloned()
            .map_err(|error| Box::new(error.evidence_finding()))
    }

    fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Box<Finding>> {
        Self::blob(self, descriptor, limit).map_err(|error| Box::new(error.evidence_finding()))
    }

    fn tagged(&self, tag: &str) -> Listing {
        Listing {
            found: self
                .top_level()
                .filter(|descriptor| descriptor.tag() == Some(tag))
                .cloned()
                .collect(),
            ..Listing::default()
        }
    }

    /// Looks into every manifest that the layout reaches. One that cannot be read could be a referrer, so it makes the
    /// list incomplete.
    fn referrers(&self, digest: &Digest) -> Listing {
        let mut listing = Listing::default();
        for descriptor in self.known() {
            let media_type = descriptor.media_type.as_str();
            if descriptor.kind().is_none() && !DRAFT_ARTIFACTS.contains(&media_type) {
                continue;
            }
            match self.document(descriptor) {
                Ok(document) => {
                    let about = document.subject.as_ref().map(|subject| &subject.digest);
                    if about == Some(digest) {
                        listing.found.push(descriptor.clone());
                    }
                }
                Err(error) => listing.failed.push(error.evidence_finding()),
            }
        }
        listing
    }

    /// A saved layout does not say what its signatures are about: it is the image that was saved with them. With
    /// several images, each gets all of them, and verification tells which fit.
    fn saved_with(&self, digest: &Digest) -> Option<Listing> {
        let is_image = |kind: Option<&str>| matches!(kind, Some("image" | "imageIndex"));
        let saved = self
            .top_level()
            .any(|descriptor| descriptor.digest == *digest && is_image(descriptor.saved_kind()));
        let mut listing = Listing::default();
        if saved {
            let evidence = |descriptor: &&Descriptor| {
                let kind = descriptor.saved_kind();
                kind.is_some() && !is_image(kind)
            };
            listing.found = self.top_level().filter(evidence).cloned().collect();
        }
        Some(listing)
    }

    fn buildkit(&self, digest: &Digest) -> Listing {
        let about = |entry: &&Entry| {
            entry.descriptor.is_buildkit_attestation()
                && (entry.parent.as_ref() == Some(digest)
                    || entry.descriptor.buildkit_subject().as_ref() == Some(digest))
        };
        // An index that cannot be read may hold more of them.
        let unread = self
            .entries()
            .iter()
            .filter(|entry| entry.descriptor.kind() == Some(ManifestKind::Index))
            .filter_map(|entry| self.document(&entry.descriptor).err());
        Listing {
            found: self
                .entries()
                .iter()
                .filter(about)
                .map(|entry| entry.descriptor.clone())
                .collect(),
            failed: unread.map(|error| error.evidence_finding()).collect(),
            asked: Vec::new(),
        }
    }
}
