//! From what a person asked for to digests.

use std::collections::BTreeSet;

use super::error::{LayoutError, quoted};
use super::layout::{Entry, Layout};
use super::manifest::{Descriptor, Document};
use super::platforms::{self, PlatformChoice, Resolved};
use crate::subject::{Digest, LayoutSelector};

impl Layout {
    /// Finds what `selector` and `choice` name. The list is never empty and has no digest twice; an index comes before
    /// its images.
    ///
    /// # Errors
    ///
    /// [`LayoutError::NotFound`] and [`LayoutError::Ambiguous`] list what is there. Any other error says why the
    /// manifest that was asked for, or one that it depends on, could not be read.
    pub fn resolve(
        &self,
        selector: &LayoutSelector,
        choice: &PlatformChoice,
    ) -> Result<Vec<Resolved>, LayoutError> {
        let root = self.select(selector)?;
        platforms::choose(self, root, choice)
    }

    /// The one entry that `selector` names.
    pub(super) fn select(&self, selector: &LayoutSelector) -> Result<&Entry, LayoutError> {
        let (wanted, candidates) = match selector {
            LayoutSelector::Only => ("image".to_owned(), self.only()),
            LayoutSelector::Tag(tag) => (
                format!("image tagged {}", quoted(tag)),
                self.unique(|entry| entry.parent.is_none() && entry.descriptor.tag() == Some(tag)),
            ),
            LayoutSelector::Digest(digest) => (
                format!("manifest {digest}"),
                self.unique(|entry| entry.descriptor.digest == *digest),
            ),
        };
        match candidates.as_slice() {
            [one] => Ok(one),
            [] => Err(LayoutError::NotFound {
                layout: self.path().display().to_string(),
                wanted,
                available: self.top_level().map(|entry| self.describe(entry)).collect(),
            }),
            several => Err(LayoutError::Ambiguous {
                layout: self.path().display().to_string(),
                wanted,
                candidates: several
                    .iter()
                    .map(|entry| self.describe(&entry.descriptor))
                    .collect(),
            }),
        }
    }

    /// The entries that `wanted` takes, each digest once.
    fn unique(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<&Entry> {
        let mut seen = BTreeSet::new();
        self.entries()
            .iter()
            .filter(|entry| wanted(entry) && seen.insert(&entry.descriptor.digest))
            .collect()
    }

    /// The images of the layout. Some tools list the images of an index in `index.json` as well; without a tag of their
    /// own they are not counted.
    fn only(&self) -> Vec<&Entry> {
        let images = self.unique(|entry| self.may_be_image(entry));
        let roots: BTreeSet<&Digest> = images.iter().map(|entry| &entry.descriptor.digest).collect();
        let inside: BTreeSet<&Digest> = self
            .entries()
            .iter()
            .filter(|entry| entry.parent.as_ref().is_some_and(|parent| roots.contains(parent)))
            .map(|entry| &entry.descriptor.digest)
            .collect();
        images
            .into_iter()
            .filter(|entry| entry.descriptor.tag().is_some() || !inside.contains(&entry.descriptor.digest))
            .collect()
    }

    /// Whether an entry of `index.json` is, or could be, an image and not evidence about one. An entry that cannot be
    /// read could be.
    fn may_be_image(&self, entry: &Entry) -> bool {
        let descriptor = &entry.descriptor;
        let saved_evidence = descriptor
            .saved_kind()
            .is_some_and(|kind| kind != "image" && kind != "imageIndex");
        let refers = || {
            self.document(descriptor)
                .is_ok_and(|document| document.subject.is_some())
        };
        entry.parent.is_none()
            && descriptor.kind().is_some()
            && !saved_evidence
            && !descriptor.is_buildkit_attestation()
            && !descriptor.tag().is_some_and(is_evidence_tag)
            && !refers()
    }

    /// An entry of `index.json` for a message.
    fn describe(&self, descriptor: &Descriptor) -> String {
        let tag = match descriptor.tag() {
            Some(tag) => format!("{} = ", quoted(tag)),
            None => String::new(),
        };
        let note = match self.document(descriptor) {
            Err(_) => " (unreadable)".to_owned(),
            Ok(Document { subject: Some(_), .. }) => " (about another manifest)".to_owned(),
            Ok(document) => match descriptor.saved_kind() {
                Some(kind) => format!(" ({})", quoted(kind)),
                None => format!(" ({})", document.kind().words()),
            },
        };
        format!("{tag}{}{note}", descriptor.digest)
    }
}

/// Whether a tag is one that evidence is kept under: `sha256-<hex>`, with `.sig`, `.att` or `.sbom` for cosign's.
fn is_evidence_tag(tag: &str) -> bool {
    let name = tag.split_once('.').map_or(tag, |(name, _)| name);
    name.split_once('-').is_some_and(|(algorithm, hex)| {
        ["sha256", "sha384", "sha512"].contains(&algorithm)
            && hex.len() >= 64
            && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
