//! An image with everything inside it: what is to be looked at, not what is to be verified.
//!
//! Verification refuses an index as a whole when one of its images cannot be read. For looking that would hide all the
//! others, so here a member that cannot be read is a member with a problem.

use std::collections::BTreeSet;

use super::client::RemoteStore;
use super::error::LayoutError;
use super::layout::Layout;
use super::limits::{MAX_IMAGES, MAX_INDEX_DEPTH};
use super::manifest::Descriptor;
use super::store::Store;
use crate::report::{Code, Finding};
use crate::subject::{Digest, LayoutSelector};

/// A manifest, and the manifests that it lists when it is an index.
#[derive(Debug, Clone)]
pub struct Member {
    /// What points to it. For a tag, what its bytes are.
    pub descriptor: Descriptor,
    /// Why it, or everything below it, could not be read.
    pub problem: Option<Finding>,
    /// The images and indexes inside, without BuildKit's attestations, each digest once in the whole family.
    pub members: Vec<Self>,
}

impl Member {
    /// Every digest of the family, an index before its images.
    pub fn digests(&self) -> Vec<&Digest> {
        let inside = self.members.iter().flat_map(Self::digests);
        std::iter::once(&self.descriptor.digest).chain(inside).collect()
    }

    /// The member with this digest and the indexes on the way to it; `None` when it is not in the family.
    pub fn only(mut self, digest: &Digest) -> Option<Self> {
        if self.descriptor.digest == *digest {
            return Some(self);
        }
        let found = self.members.into_iter().find_map(|member| member.only(digest))?;
        self.members = vec![found];
        Some(self)
    }
}

impl RemoteStore {
    /// The image that the reference names, with everything inside it.
    ///
    /// # Errors
    ///
    /// The finding that says why the image itself cannot be read.
    pub fn family(&self) -> Result<Member, Box<Finding>> {
        Ok(family(self, self.root_with_children()?))
    }
}

impl Layout {
    /// The image that `selector` names, with everything inside it.
    ///
    /// # Errors
    ///
    /// As [`Layout::resolve`].
    pub fn family(&self, selector: &LayoutSelector) -> Result<Member, LayoutError> {
        let root = self.select(selector)?;
        self.document(&root.descriptor)?;
        Ok(family(self, root.descriptor.clone()))
    }
}

fn family(store: &impl Store, root: Descriptor) -> Member {
    let mut walk = Walk {
        store,
        seen: BTreeSet::from([root.digest.clone()]),
    };
    walk.member(root, 0)
}

struct Walk<'s, S> {
    store: &'s S,
    seen: BTreeSet<Digest>,
}

impl<S: Store> Walk<'_, S> {
    fn member(&mut self, descriptor: Descriptor, depth: usize) -> Member {
        let document = match self.store.manifest(&descriptor) {
            Ok(document) => document,
            Err(finding) => {
                return Member {
                    descriptor,
                    problem: Some(*finding),
                    members: Vec::new(),
                };
            }
        };
        let mut members = Vec::new();
        let mut problem = None;
        for inner in document.manifests() {
            if inner.kind().is_none() || inner.is_buildkit_attestation() {
                continue;
            }
            if depth >= MAX_INDEX_DEPTH {
                problem = Some(too_much("levels of indexes", MAX_INDEX_DEPTH));
                break;
            }
            if self.seen.contains(&inner.digest) {
                continue;
            }
            // The root is not one of its own images.
            if self.seen.len() > MAX_IMAGES {
                problem = Some(too_much("images in one index", MAX_IMAGES));
                break;
            }
            self.seen.insert(inner.digest.clone());
            members.push(self.member(inner.clone(), depth.saturating_add(1)));
        }
        Member {
            descriptor,
            problem,
            members,
        }
    }
}

fn too_much(what: &str, limit: usize) -> Finding {
    Finding::new(
        Code::PlaceFailed,
        format!("more {what} than the {limit} that are looked at"),
    )
}
