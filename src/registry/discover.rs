//! Finding everything that is attached to a digest.
//!
//! Every place is looked in and reported, also when it holds nothing (promise 5). The rules for what a place gives:
//!
//! - *Failed*: the place could not be listed completely, so there may be more than what was delivered.
//! - *Found*: something is attached, including what could not be read; that is delivered as
//!   [`AttachmentContent::Unreadable`] with its finding.
//! - *Nothing*: the place was listed completely and is empty.
//!
//! A manifest that several places lead to is delivered once, with the first of them, and counted by each. Signatures are
//! not looked at here: an attachment is a claim until the caller has verified it.

use std::collections::{BTreeMap, BTreeSet};

use super::attachment::{Attachment, AttachmentContent, classify};
use super::limits::{MAX_ATTACHMENTS, MAX_EVIDENCE_BYTES, MAX_EVIDENCE_TOTAL_BYTES};
use super::manifest::{Content, Descriptor, Document};
use super::store::{Listing, Store};
use crate::report::{Code, Finding, Place, PlaceKind, PlaceOutcome};
use crate::subject::Digest;

/// Hex digits that a referrers tag keeps of a digest (OCI distribution specification, referrers tag schema).
const REFERRERS_TAG_HEX: usize = 64;

/// Everything that is attached to one digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// Every place that was looked in and what it gave.
    pub places: Vec<Place>,
    /// What was found, in the order of the places.
    pub attachments: Vec<Attachment>,
}

/// Looks in every place of `store` for what is attached to `digest`.
///
/// Never fails as a whole: a place that does not answer is a [`Place`] whose outcome says so. Evidence about an index
/// is found by asking for the index's digest, and about its images by asking for theirs.
pub fn discover(store: &impl Store, digest: &Digest) -> Discovery {
    let mut search = Search {
        store,
        digest,
        places: Vec::new(),
        attachments: Vec::new(),
        delivered: BTreeMap::new(),
        bytes: 0,
    };
    search.place(PlaceKind::Referrers, store.name(), store.referrers(digest));
    search.referrers_tag();
    for (kind, tag) in evidence_tags(digest) {
        let listing = store.tagged(&tag);
        search.place(kind, tag, listing);
    }
    if let Some(listing) = store.saved_with(digest) {
        search.place(PlaceKind::SavedLayout, store.name(), listing);
    }
    search.place(PlaceKind::BuildkitIndex, store.name(), store.buildkit(digest));
    Discovery {
        places: search.places,
        attachments: search.attachments,
    }
}

/// The tag under which registries without a referrers API list what is about `digest`.
pub(crate) fn referrers_tag(digest: &Digest) -> String {
    let mut hex = digest.to_hex();
    hex.truncate(REFERRERS_TAG_HEX);
    format!("{}-{hex}", digest.algorithm().name())
}

/// cosign's tags for what is about `digest`.
pub(crate) fn evidence_tags(digest: &Digest) -> [(PlaceKind, String); 3] {
    [
        PlaceKind::SignatureTag,
        PlaceKind::AttestationTag,
        PlaceKind::SbomTag,
    ]
    .map(|kind| (kind, evidence_tag(kind, digest)))
}

/// cosign's tag of this kind for what is about `digest`.
pub(crate) fn evidence_tag(kind: PlaceKind, digest: &Digest) -> String {
    let suffix = match kind {
        PlaceKind::SignatureTag => "sig",
        PlaceKind::AttestationTag => "att",
        _ => "sbom",
    };
    format!("{}-{}.{suffix}", digest.algorithm().name(), digest.to_hex())
}

/// The tags that evidence about a digest is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegacyTag {
    /// The list of referrers, where there is no referrers API.
    Referrers,
    /// cosign's signatures.
    Signatures,
    /// cosign's attestations.
    Attestations,
    /// cosign's SBOM.
    Sbom,
}

impl LegacyTag {
    /// The tag for `digest`.
    pub fn of(self, digest: &Digest) -> String {
        match self {
            Self::Referrers => referrers_tag(digest),
            Self::Signatures => evidence_tag(PlaceKind::SignatureTag, digest),
            Self::Attestations => evidence_tag(PlaceKind::AttestationTag, digest),
            Self::Sbom => evidence_tag(PlaceKind::SbomTag, digest),
        }
    }

    /// The tag that an entry of a layout stands for by its mark of `cosign save`.
    pub(crate) fn saved_as(descriptor: &Descriptor) -> Option<Self> {
        match descriptor.saved_kind()? {
            "sigs" => Some(Self::Signatures),
            "atts" => Some(Self::Attestations),
            _ => None,
        }
    }
}

struct Search<'a, S> {
    store: &'a S,
    digest: &'a Digest,
    places: Vec<Place>,
    attachments: Vec<Attachment>,
    /// Manifests that have been delivered, with the number of attachments each gave.
    delivered: BTreeMap<Digest, usize>,
    /// Bytes of all evidence that is kept.
    bytes: u64,
}

impl<S: Store> Search<'_, S> {
    /// The index under the referrers tag lists manifests as the referrers API does.
    fn referrers_tag(&mut self) {
        let tag = referrers_tag(self.digest);
        let tagged = self.store.tagged(&tag);
        let mut listing = Listing {
            found: Vec::new(),
            failed: tagged.failed,
            asked: tagged.asked,
        };
        // `cosign copy` gives the image itself this tag. That lists nothing, also where the image is an index.
        let lists = tagged
            .found
            .iter()
            .filter(|descriptor| descriptor.digest != *self.digest);
        for descriptor in lists {
            match self.store.manifest(descriptor) {
                Ok(Document {
                    content: Content::Index { manifests },
                    ..
                }) => listing.found.extend(manifests),
                Ok(Document {
                    content: Content::Image { .. },
                    ..
                }) => listing.failed.push(Finding::new(
                    Code::LayoutMalformed,
                    format!("the referrers tag {tag} has to point to an index, and points to a manifest"),
                )),
                Err(finding) => listing.failed.push(*finding),
            }
        }
        self.place(PlaceKind::ReferrersTag, tag, listing);
    }

    /// Delivers what `listing` holds and reports the place.
    fn place(&mut self, kind: PlaceKind, location: String, listing: Listing) {
        let Listing {
            found,
            mut failed,
            asked,
        } = listing;
        let mut count = 0_usize;
        let mut seen = BTreeSet::new();
        for descriptor in &found {
            if !seen.insert(&descriptor.digest) {
                continue;
            }
            match self.manifest(kind, &location, descriptor) {
                Ok(given) => count = count.saturating_add(given),
                Err(limit) => {
                    failed.push(*limit);
                    break;
                }
            }
        }
        let outcome = match (failed.first(), count) {
            (Some(first), _) => PlaceOutcome::Failed {
                code: first.code,
                detail: match failed.len() {
                    1 => first.message.clone(),
                    several => format!("{}, and {} more", first.message, several.saturating_sub(1)),
                },
            },
            (None, 0) => PlaceOutcome::Nothing,
            (None, count) => PlaceOutcome::Found { count },
        };
        self.places.push(Place {
            kind,
            location,
            about: Some(self.digest.clone()),
            asked,
            outcome,
        });
    }

    /// Delivers one manifest and says how many attachments it has. An error means that a limit ended the search.
    fn manifest(
        &mut self,
        kind: PlaceKind,
        location: &str,
        descriptor: &Descriptor,
    ) -> Result<usize, Box<Finding>> {
        if let Some(count) = self.delivered.get(&descriptor.digest) {
            return Ok(*count);
        }
        let location = match kind {
            PlaceKind::SignatureTag | PlaceKind::AttestationTag | PlaceKind::SbomTag => location.to_owned(),
            _ => descriptor.digest.to_string(),
        };
        // An annotation says what a BuildKit statement is about. That is good enough for a listing and for nothing else:
        // whatever can be verified has to be about the digest that was asked for.
        let listed_about = match kind {
            PlaceKind::BuildkitIndex => descriptor.buildkit_subject(),
            _ => None,
        };
        let listed_about = listed_about.unwrap_or_else(|| self.digest.clone());
        let document = match self.store.manifest(descriptor) {
            Ok(document) => document,
            Err(finding) => {
                self.deliver(
                    location,
                    self.digest.clone(),
                    descriptor,
                    AttachmentContent::Unreadable(finding),
                )?;
                self.delivered.insert(descriptor.digest.clone(), 1);
                return Ok(1);
            }
        };
        if let Some(finding) = self.refers_elsewhere(kind, descriptor, &document) {
            // Not marked as delivered: it may be evidence by another place's rule.
            self.deliver(
                location,
                self.digest.clone(),
                descriptor,
                AttachmentContent::Unreadable(Box::new(finding)),
            )?;
            return Ok(1);
        }
        let items = classify(&document);
        let count = items.len();
        for (index, item) in items.into_iter().enumerate() {
            let layer = match &document.content {
                Content::Image { layers, .. } => layers.get(index),
                Content::Index { .. } => None,
            };
            let location = match layer {
                Some(_) => format!("{location}, layer {} of {count}", index.saturating_add(1)),
                None => location.clone(),
            };
            // One that is over its own limit is not read, so it does not use up the limit of the others.
            if item.size() <= MAX_EVIDENCE_BYTES {
                self.bytes = self.bytes.saturating_add(item.size());
            }
            if self.bytes > MAX_EVIDENCE_TOTAL_BYTES {
                return Err(too_much("bytes", MAX_EVIDENCE_TOTAL_BYTES));
            }
            let content = item.read(self.store);
            let about = match content {
                AttachmentContent::Unsigned { .. } => &listed_about,
                _ => self.digest,
            };
            self.deliver(location, about.clone(), layer.unwrap_or(descriptor), content)?;
        }
        self.delivered.insert(descriptor.digest.clone(), count);
        Ok(count)
    }

    /// A referrer is one because of its `subject`. One that is listed and has another was listed by mistake, or to
    /// make it look like evidence about this digest.
    fn refers_elsewhere(
        &self,
        kind: PlaceKind,
        descriptor: &Descriptor,
        document: &Document,
    ) -> Option<Finding> {
        if !matches!(kind, PlaceKind::Referrers | PlaceKind::ReferrersTag) {
            return None;
        }
        let subject = document.subject.as_ref().map(|subject| &subject.digest);
        (subject != Some(self.digest)).then(|| {
            Finding::new(
                Code::ArtifactMismatch,
                format!(
                    "{} is listed as a referrer of another manifest than its own subject",
                    descriptor.digest
                ),
            )
            .found(subject.map_or_else(|| "no subject".to_owned(), Digest::to_string))
            .expected(self.digest.to_string())
        })
    }

    fn deliver(
        &mut self,
        location: String,
        about: Digest,
        is: &Descriptor,
        content: AttachmentContent,
    ) -> Result<(), Box<Finding>> {
        if self.attachments.len() >= MAX_ATTACHMENTS {
            return Err(too_much("attachments", MAX_ATTACHMENTS as u64));
        }
        self.attachments.push(Attachment {
            // The place is pushed after all that it gives.
            place: self.places.len(),
            location,
            about,
            digest: is.digest.clone(),
            size: is.size,
            content,
        });
        Ok(())
    }
}

fn too_much(what: &str, limit: u64) -> Box<Finding> {
    Box::new(Finding::new(
        Code::LayoutMalformed,
        format!("more is attached than is looked at: {what}, at most {limit}"),
    ))
}
