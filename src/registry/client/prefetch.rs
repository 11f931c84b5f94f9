//! Fetching in parallel what discovery will ask for one after another. It decides nothing: what it leaves out is fetched
//! when it is asked for, and what it fetched is checked in the same way.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::image::Image;
use crate::registry::attachment::{Item, classify};
use crate::registry::discover::{evidence_tags, referrers_tag};
use crate::registry::limits::MAX_IMAGES;
use crate::registry::manifest::{Descriptor, Document};
use crate::subject::Digest;

/// Manifests of one place that are fetched ahead.
const MAX_AHEAD: usize = 64;
/// Bytes of a blob that is fetched ahead. Together with [`MAX_AHEAD`] this bounds what nobody may come to need.
const MAX_BLOB_AHEAD: u64 = 1024 * 1024;

/// Fetches everything that hangs on `digest`.
pub(super) async fn evidence(image: Arc<Image>, digest: Digest) {
    let mut tasks = JoinSet::new();
    tasks.spawn(referrers(Arc::clone(&image), digest.clone()));
    tasks.spawn(tagged_referrers(Arc::clone(&image), digest.clone()));
    for (_, tag) in evidence_tags(&digest) {
        let image = Arc::clone(&image);
        tasks.spawn(async move {
            let listed = image.tagged(&tag).await;
            candidates(&image, &listed.found, None).await;
        });
    }
    while tasks.join_next().await.is_some() {}
}

/// Fetches the images of an index.
pub(super) async fn children(image: Arc<Image>, index: Arc<Document>) {
    let mut tasks = JoinSet::new();
    for descriptor in index.manifests().iter().take(MAX_IMAGES) {
        if descriptor.kind().is_some() && !descriptor.is_buildkit_attestation() {
            let (image, descriptor) = (Arc::clone(&image), descriptor.clone());
            tasks.spawn(async move { drop(image.document(&descriptor).await) });
        }
    }
    while tasks.join_next().await.is_some() {}
}

async fn referrers(image: Arc<Image>, digest: Digest) {
    let listed = image.referrers(&digest).await;
    candidates(&image, &listed.found, Some(&digest)).await;
}

async fn tagged_referrers(image: Arc<Image>, digest: Digest) {
    for descriptor in image.tagged(&referrers_tag(&digest)).await.found {
        if let Ok(index) = image.document(&descriptor).await {
            candidates(&image, index.manifests(), Some(&digest)).await;
        }
    }
}

/// Fetches candidates and their evidence. A referrer has to be about `about`, otherwise it is not read.
async fn candidates(image: &Arc<Image>, found: &[Descriptor], about: Option<&Digest>) {
    let mut tasks = JoinSet::new();
    for descriptor in found.iter().take(MAX_AHEAD) {
        let (image, descriptor, about) = (Arc::clone(image), descriptor.clone(), about.cloned());
        tasks.spawn(async move {
            let Ok(document) = image.document(&descriptor).await else {
                return;
            };
            let subject = document.subject.as_ref().map(|subject| &subject.digest);
            if about.is_none() || subject == about.as_ref() {
                blobs(&image, &document).await;
            }
        });
    }
    while tasks.join_next().await.is_some() {}
}

async fn blobs(image: &Arc<Image>, document: &Document) {
    let mut tasks = JoinSet::new();
    for item in classify(document).into_iter().take(MAX_AHEAD) {
        if let Item::Evidence { layer, .. } = item
            && layer.size <= MAX_BLOB_AHEAD
        {
            let (image, layer) = (Arc::clone(image), layer.clone());
            tasks.spawn(async move { drop(image.blob(&layer, MAX_BLOB_AHEAD).await) });
        }
    }
    while tasks.join_next().await.is_some() {}
}
