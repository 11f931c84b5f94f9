//! An image of a registry as discovery sees it, for threads that may wait.

use std::borrow::Cow;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::image::{Image, Listed};
use super::prefetch;
use super::stream::{PIECES_AHEAD, Piece, Stream};
use super::trouble::{Trouble, Why};
use crate::http::Worker;
use crate::registry::error::LayoutError;
use crate::registry::layout::Entry;
use crate::registry::manifest::{Descriptor, Document};
use crate::registry::platforms::{self, PlatformChoice, Resolved, Shelf};
use crate::registry::store::{Listing, Store};
use crate::report::Finding;
use crate::subject::Digest;

/// One image of a registry. Its methods wait for the network, so they are not for asynchronous code.
#[derive(Debug, Clone)]
pub struct RemoteStore {
    image: Arc<Image>,
    worker: Arc<Worker>,
}

impl RemoteStore {
    pub(super) fn new(image: Arc<Image>, worker: Arc<Worker>) -> Self {
        Self { image, worker }
    }

    /// Resolves the reference, once, and picks what `choice` asks for. The list is never empty and has no digest twice;
    /// an index comes before its images.
    ///
    /// # Errors
    ///
    /// The finding that says why there is nothing to examine.
    pub fn resolve(&self, choice: &PlatformChoice) -> Result<Vec<Resolved>, Box<Finding>> {
        self.try_resolve(choice)
            .map_err(|trouble| Box::new(trouble.finding()))
    }

    /// Fetches everything that [`crate::registry::discover`] will ask for about these digests, in parallel. Whatever
    /// goes wrong is told when it is asked for.
    pub fn prefetch<'d>(&self, digests: impl IntoIterator<Item = &'d Digest>) {
        let mut tasks = JoinSet::new();
        let work = async {
            for digest in digests {
                tasks.spawn(prefetch::evidence(Arc::clone(&self.image), digest.clone()));
            }
            while tasks.join_next().await.is_some() {}
        };
        let _ = self.worker.block_on(work);
    }

    /// `registry/repository@digest`, as it is printed.
    pub fn name_of(&self, digest: &Digest) -> String {
        format!("{}@{digest}", self.image.name())
    }

    fn try_resolve(&self, choice: &PlatformChoice) -> Result<Vec<Resolved>, Trouble> {
        let root = Entry {
            descriptor: self.wait(self.image.root())?,
            parent: None,
        };
        if *choice == PlatformChoice::All {
            self.fetch_children(&root.descriptor);
        }
        platforms::choose(self, &root, choice)
    }

    /// The image that the reference names, and, if it is an index, its images on their way.
    pub(in crate::registry) fn root_with_children(&self) -> Result<Descriptor, Box<Finding>> {
        let root = self.wait(self.image.root());
        let root = root.map_err(|trouble| Box::new(trouble.finding()))?;
        self.fetch_children(&root);
        Ok(root)
    }

    /// Fetches the images of an index in parallel. Whatever goes wrong is told when one is asked for.
    fn fetch_children(&self, index: &Descriptor) {
        if let Some(index) = self.image.known(&index.digest) {
            let children = prefetch::children(Arc::clone(&self.image), index);
            let _ = self.worker.block_on(children);
        }
    }

    pub(super) fn image(&self) -> &Arc<Image> {
        &self.image
    }

    /// Waits for `work`, whose trouble becomes a finding.
    pub(super) fn finish<T>(
        &self,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Box<Finding>> {
        self.wait(work).map_err(|trouble| Box::new(trouble.finding()))
    }

    /// Begins `work`, which sends what it gets; what is sent can be read from the answer.
    pub(super) fn stream<F>(&self, work: impl FnOnce(mpsc::Sender<Piece>) -> F) -> Stream
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
        self.worker.spawn(work(sender));
        Stream::new(pieces)
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        let ended = || {
            Trouble::new(
                self.image.name(),
                Why::Unreachable("the client has ended".to_owned()),
            )
        };
        self.worker.block_on(work).unwrap_or_else(|| Err(ended()))
    }

    fn listing(&self, work: impl Future<Output = Listed>) -> Listing {
        let listed = match self.wait(async { Ok(work.await) }) {
            Ok(listed) => listed,
            Err(trouble) => Listed {
                failed: Some(trouble),
                ..Listed::default()
            },
        };
        Listing {
            found: listed.found,
            failed: listed.failed.iter().map(Trouble::finding).collect(),
            asked: listed.asked,
        }
    }
}

impl From<LayoutError> for Trouble {
    fn from(error: LayoutError) -> Self {
        Self::new(String::new(), Why::Document(Box::new(error)))
    }
}

impl Shelf for RemoteStore {
    type Error = Trouble;

    fn document(&self, descriptor: &Descriptor) -> Result<Cow<'_, Document>, Trouble> {
        self.wait(self.image.document(descriptor))
            .map(|document| Cow::Owned((*document).clone()))
    }

    fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Trouble> {
        self.wait(self.image.blob(descriptor, limit))
            .map(|bytes| bytes.to_vec())
    }
}

impl Store for RemoteStore {
    fn name(&self) -> String {
        self.image.name().to_owned()
    }

    fn manifest(&self, descriptor: &Descriptor) -> Result<Document, Box<Finding>> {
        Shelf::document(self, descriptor)
            .map(Cow::into_owned)
            .map_err(|trouble| Box::new(trouble.finding()))
    }

    fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, Box<Finding>> {
        Shelf::blob(self, descriptor, limit).map_err(|trouble| Box::new(trouble.finding()))
    }

    fn tagged(&self, tag: &str) -> Listing {
        self.listing(self.image.tagged(tag))
    }

    fn referrers(&self, digest: &Digest) -> Listing {
        self.listing(self.image.referrers(digest))
    }

    /// A registry has no such annotations.
    fn saved_with(&self, _digest: &Digest) -> Option<Listing> {
        None
    }

    /// Those in the indexes that were fetched on the way: the image itself, or the index that it was picked from.
    fn buildkit(&self, digest: &Digest) -> Listing {
        let mut listing = Listing::default();
        for (parent, index) in self.image.known_indexes() {
            let about = |descriptor: &&Descriptor| {
                descriptor.is_buildkit_attestation()
                    && (parent == *digest || descriptor.buildkit_subject().as_ref() == Some(digest))
            };
            listing
                .found
                .extend(index.manifests().iter().filter(about).cloned());
        }
        listing
    }
}
