//! From what a person asked for to digests.

use std::collections::{BTreeSet, VecDeque};

use super::error::{LayoutError, quoted};
use super::json::{self, Node};
use super::layout::{Entry, Layout};
use super::limits::{MAX_CONFIG_BYTES, MAX_IMAGES};
use super::manifest::{self, Content, Descriptor, Document, ManifestKind};
use crate::subject::{Digest, LayoutSelector, Platform};

/// What to do with an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlatformChoice {
    /// It is verified as itself.
    AsIs,
    /// One of its images is: `--platform`.
    One(Platform),
    /// It and each of its images are: `--all-platforms`.
    All,
}

/// A manifest that is to be verified. Its bytes have been read and have this digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Its digest.
    pub digest: Digest,
    /// Its media type.
    pub media_type: String,
    /// Its platform, when a platform or all of them were asked for.
    pub platform: Option<String>,
    /// The index that it was found in; `None` for an entry of `index.json`, which has no digest.
    pub parent: Option<Digest>,
}

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
        let document = self.document(&root.descriptor)?;
        match choice {
            PlatformChoice::AsIs => Ok(vec![resolved(root, false)]),
            PlatformChoice::One(platform) => match &document.content {
                Content::Image { config, .. } => self.check_platform(root, config, platform),
                Content::Index { .. } => self.pick(root, platform),
            }
            .map(|one| vec![one]),
            PlatformChoice::All => self.images(root).map(|images| {
                let mut seen = BTreeSet::new();
                let all = std::iter::once(resolved(root, false))
                    .chain(images.iter().map(|entry| resolved(entry, true)));
                all.filter(|one| seen.insert(one.digest.clone())).collect()
            }),
        }
    }

    /// The one entry that `selector` names.
    fn select(&self, selector: &LayoutSelector) -> Result<&Entry, LayoutError> {
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

    /// The images of an index, at any depth, without BuildKit's attestations. An index inside comes along; every image
    /// has to be readable.
    fn images(&self, root: &Entry) -> Result<Vec<Entry>, LayoutError> {
        let mut images = Vec::new();
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([root.clone()]);
        while let Some(index) = queue.pop_front() {
            for descriptor in self.document(&index.descriptor)?.manifests() {
                let kind = descriptor.kind();
                if kind.is_none() || descriptor.is_buildkit_attestation() {
                    continue;
                }
                self.document(descriptor)?;
                if !seen.insert(descriptor.digest.clone()) {
                    continue;
                }
                if images.len() >= MAX_IMAGES {
                    return Err(LayoutError::Limit {
                        file: format!("index {}", root.descriptor.digest),
                        what: "images that are verified together",
                        limit: MAX_IMAGES as u64,
                    });
                }
                let entry = Entry {
                    descriptor: descriptor.clone(),
                    parent: Some(index.descriptor.digest.clone()),
                };
                if kind == Some(ManifestKind::Index) {
                    queue.push_back(entry.clone());
                }
                images.push(entry);
            }
        }
        Ok(images)
    }

    /// The one image of an index that runs on `wanted`.
    fn pick(&self, root: &Entry, wanted: &Platform) -> Result<Resolved, LayoutError> {
        let candidates = self.platforms(root)?;
        let fits: Vec<&Entry> = candidates
            .iter()
            .filter(|entry| {
                entry
                    .descriptor
                    .platform
                    .as_ref()
                    .is_some_and(|platform| fits(platform, wanted))
            })
            .collect();
        let layout = format!("index {}", root.descriptor.digest);
        let wanted = format!("image for platform {}", quoted(&wanted.to_string()));
        match fits.as_slice() {
            [one] => {
                self.document(&one.descriptor)?;
                Ok(resolved(one, true))
            }
            [] => Err(LayoutError::NotFound {
                layout,
                wanted,
                available: candidates.iter().map(described_platform).collect(),
            }),
            several => Err(LayoutError::Ambiguous {
                layout,
                wanted,
                candidates: several.iter().copied().map(described_platform).collect(),
            }),
        }
    }

    /// The image manifests that an index lists, at any depth. Only the indexes have to be readable: an image for
    /// another platform may be missing.
    fn platforms(&self, root: &Entry) -> Result<Vec<Entry>, LayoutError> {
        let mut images = Vec::new();
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([root.descriptor.clone()]);
        while let Some(index) = queue.pop_front() {
            for descriptor in self.document(&index)?.manifests() {
                if descriptor.is_buildkit_attestation() || !seen.insert(descriptor.digest.clone()) {
                    continue;
                }
                match descriptor.kind() {
                    Some(ManifestKind::Index) => queue.push_back(descriptor.clone()),
                    Some(ManifestKind::Image) => images.push(Entry {
                        descriptor: descriptor.clone(),
                        parent: Some(index.digest.clone()),
                    }),
                    None => {}
                }
            }
        }
        Ok(images)
    }

    /// Checks that an image in no index runs on `wanted`: its configuration says so, and the manifest names it by digest.
    fn check_platform(
        &self,
        root: &Entry,
        config: &Descriptor,
        wanted: &Platform,
    ) -> Result<Resolved, LayoutError> {
        let bytes = self.blob(config, MAX_CONFIG_BYTES)?;
        let file = format!("image configuration {}", config.digest);
        let platform = json::parse(&bytes)
            .and_then(|value| manifest::platform(&Node::root(&value)))
            .map_err(|error| LayoutError::json(&file, error))?;
        match platform {
            Some(platform) if fits(&platform, wanted) => Ok(Resolved {
                platform: Some(platform.to_string()),
                ..resolved(root, false)
            }),
            other => Err(LayoutError::NotFound {
                layout: format!("manifest {}", root.descriptor.digest),
                wanted: format!("image for platform {}", quoted(&wanted.to_string())),
                available: other
                    .map(|platform| format!("only one for {}", quoted(&platform.to_string())))
                    .into_iter()
                    .collect(),
            }),
        }
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

fn resolved(entry: &Entry, with_platform: bool) -> Resolved {
    let platform = entry.descriptor.platform.as_ref().filter(|_| with_platform);
    Resolved {
        digest: entry.descriptor.digest.clone(),
        media_type: entry.descriptor.media_type.clone(),
        platform: platform.map(Platform::to_string),
        parent: entry.parent.clone(),
    }
}

fn described_platform(entry: &Entry) -> String {
    let digest = &entry.descriptor.digest;
    match &entry.descriptor.platform {
        Some(platform) => format!("{} = {digest}", quoted(&platform.to_string())),
        None => format!("{digest} without a platform"),
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

/// Whether an image for `has` is one for `wanted`. Without a wanted variant any variant will do; the caller refuses
/// when several fit.
fn fits(has: &Platform, wanted: &Platform) -> bool {
    has.os == wanted.os
        && has.architecture == wanted.architecture
        && (wanted.variant.is_none() || variant(has) == variant(wanted))
}

/// The variant, or the one that is meant when none is written.
fn variant(platform: &Platform) -> Option<&str> {
    let usual = match platform.architecture.as_str() {
        "amd64" => Some("v1"),
        "arm64" => Some("v8"),
        "arm" => Some("v7"),
        _ => None,
    };
    platform.variant.as_deref().or(usual)
}
