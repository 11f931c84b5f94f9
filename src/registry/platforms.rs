//! From an index to the images in it, for layouts and registries alike.

use std::borrow::Cow;
use std::collections::{BTreeSet, VecDeque};

use super::error::{LayoutError, quoted};
use super::json::{self, Node};
use super::layout::{Entry, Layout};
use super::limits::{MAX_CONFIG_BYTES, MAX_IMAGES};
use super::manifest::{self, Content, Descriptor, Document, ManifestKind};
use crate::subject::{Digest, Platform};

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
    /// The configuration that it names; `None` for an index.
    pub config: Option<Digest>,
}

/// Whatever gives documents and blobs by their descriptors, checked against them.
pub(crate) trait Shelf {
    /// Why there is none.
    type Error: From<LayoutError>;

    /// The manifest or index that `descriptor` points to.
    fn document(&self, descriptor: &Descriptor) -> Result<Cow<'_, Document>, Self::Error>;

    /// The blob that `descriptor` points to, at most `limit` bytes.
    fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Self::Error>;
}

impl Shelf for Layout {
    type Error = LayoutError;

    fn document(&self, descriptor: &Descriptor) -> Result<Cow<'_, Document>, LayoutError> {
        Self::document(self, descriptor).map(Cow::Borrowed)
    }

    fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, LayoutError> {
        Self::blob(self, descriptor, limit)
    }
}

/// What `choice` makes of `root`. The list is never empty and has no digest twice; an index comes before its images.
pub(crate) fn choose<S: Shelf>(
    shelf: &S,
    root: &Entry,
    choice: &PlatformChoice,
) -> Result<Vec<Resolved>, S::Error> {
    let document = shelf.document(&root.descriptor)?;
    match choice {
        PlatformChoice::AsIs => Ok(vec![resolved(shelf, root, false)?]),
        PlatformChoice::One(platform) => match &document.content {
            Content::Image { config, .. } => check_platform(shelf, root, config, platform),
            Content::Index { .. } => pick(shelf, root, platform),
        }
        .map(|one| vec![one]),
        PlatformChoice::All => {
            let mut all = vec![resolved(shelf, root, false)?];
            for entry in images(shelf, root)? {
                all.push(resolved(shelf, &entry, true)?);
            }
            let mut seen = BTreeSet::new();
            all.retain(|one| seen.insert(one.digest.clone()));
            Ok(all)
        }
    }
}

/// The images of an index, at any depth, without BuildKit's attestations. An index inside comes along; every image
/// has to be readable.
fn images<S: Shelf>(shelf: &S, root: &Entry) -> Result<Vec<Entry>, S::Error> {
    let mut images = Vec::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([root.clone()]);
    while let Some(index) = queue.pop_front() {
        for descriptor in shelf.document(&index.descriptor)?.manifests() {
            let kind = descriptor.kind();
            if kind.is_none() || descriptor.is_buildkit_attestation() {
                continue;
            }
            shelf.document(descriptor)?;
            if !seen.insert(descriptor.digest.clone()) {
                continue;
            }
            if images.len() >= MAX_IMAGES {
                return Err(S::Error::from(LayoutError::Limit {
                    file: format!("index {}", root.descriptor.digest),
                    what: "images that are verified together",
                    limit: MAX_IMAGES as u64,
                }));
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
fn pick<S: Shelf>(shelf: &S, root: &Entry, wanted: &Platform) -> Result<Resolved, S::Error> {
    let candidates = platforms(shelf, root)?;
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
        [one] => resolved(shelf, one, true),
        [] => Err(S::Error::from(LayoutError::NotFound {
            layout,
            wanted,
            available: candidates.iter().map(described_platform).collect(),
        })),
        several => Err(S::Error::from(LayoutError::Ambiguous {
            layout,
            wanted,
            candidates: several.iter().copied().map(described_platform).collect(),
        })),
    }
}

/// The image manifests that an index lists, at any depth. Only the indexes have to be readable: an image for
/// another platform may be missing.
fn platforms<S: Shelf>(shelf: &S, root: &Entry) -> Result<Vec<Entry>, S::Error> {
    let mut images = Vec::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([root.descriptor.clone()]);
    while let Some(index) = queue.pop_front() {
        for descriptor in shelf.document(&index)?.manifests() {
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
fn check_platform<S: Shelf>(
    shelf: &S,
    root: &Entry,
    config: &Descriptor,
    wanted: &Platform,
) -> Result<Resolved, S::Error> {
    let bytes = shelf.blob(config, MAX_CONFIG_BYTES)?;
    let file = format!("image configuration {}", config.digest);
    let platform = json::parse(&bytes)
        .and_then(|value| manifest::platform(&Node::root(&value)))
        .map_err(|error| S::Error::from(LayoutError::json(&file, error)))?;
    match platform {
        Some(platform) if fits(&platform, wanted) => Ok(Resolved {
            platform: Some(platform.to_string()),
            ..resolved(shelf, root, false)?
        }),
        other => Err(S::Error::from(LayoutError::NotFound {
            layout: format!("manifest {}", root.descriptor.digest),
            wanted: format!("image for platform {}", quoted(&wanted.to_string())),
            available: other
                .map(|platform| format!("only one for {}", quoted(&platform.to_string())))
                .into_iter()
                .collect(),
        })),
    }
}

/// An entry whose document can be read.
fn resolved<S: Shelf>(shelf: &S, entry: &Entry, with_platform: bool) -> Result<Resolved, S::Error> {
    let platform = entry.descriptor.platform.as_ref().filter(|_| with_platform);
    let document = shelf.document(&entry.descriptor)?;
    let config = match &document.content {
        Content::Image { config, .. } => Some(config.digest.clone()),
        Content::Index { .. } => None,
    };
    Ok(Resolved {
        digest: entry.descriptor.digest.clone(),
        media_type: entry.descriptor.media_type.clone(),
        platform: platform.map(Platform::to_string),
        parent: entry.parent.clone(),
        config,
    })
}

fn described_platform(entry: &Entry) -> String {
    let digest = &entry.descriptor.digest;
    match &entry.descriptor.platform {
        Some(platform) => format!("{} = {digest}", quoted(&platform.to_string())),
        None => format!("{digest} without a platform"),
    }
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
