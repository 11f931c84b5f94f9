//! Attestations of images: what is known about one before it is signed, and replacing what was attached earlier.

use crate::ops::publish::Image;
use crate::ops::sign::Published;
use crate::registry::client::{Client, RemoteStore};
use crate::registry::limits::MAX_EVIDENCE_BYTES;
use crate::registry::{Content, Source, Store, publish};
use crate::report::Finding;
use crate::sigstore::ParsedBundle;
use crate::sigstore::sign::Complete;
use crate::subject::Digest;

/// What became of earlier attestations.
#[derive(Debug, Clone, Default)]
pub struct Replaced {
    /// Removed.
    pub removed: Vec<Digest>,
    /// The registry did not let go of these.
    pub kept: Vec<Digest>,
}

/// The digest of an image's configuration, which some generators of SBOMs name; none for an index.
///
/// # Errors
///
/// When the image cannot be had.
pub fn config(client: &Client, image: &Image) -> Result<Option<Digest>, Box<Finding>> {
    let store = client.open(image.reference())?;
    let document = store.manifest(&store.describe(image.digest())?)?;
    Ok(match document.content {
        Content::Image { config, .. } => Some(config.digest),
        Content::Index { .. } => None,
    })
}

/// The attestations of this type that are attached now, to be asked before another one is attached.
///
/// # Errors
///
/// When it could not be found out.
pub fn earlier(client: &Client, image: &Image, predicate_type: &str) -> Result<Vec<Digest>, Box<Finding>> {
    let store = client.open(image.reference())?;
    publish::earlier(&store, image.digest(), predicate_type)
}

/// Removes those of `earlier` whose signer is that of the new one, which has been published. Those of others stay.
///
/// # Errors
///
/// When one could not be read or removed.
pub fn replace(
    client: &Client,
    image: &Image,
    earlier: &[Digest],
    new: &Complete,
    published: &Published,
) -> Result<Replaced, Box<Finding>> {
    let store = client.open(image.reference())?;
    let mut ours = Vec::new();
    for digest in earlier
        .iter()
        .filter(|digest| *published != Published::Manifest((*digest).clone()))
    {
        if is_ours(&store, digest, new)? {
            ours.push(digest.clone());
        }
    }
    let kept = publish::remove(&store, image.digest(), &ours)?;
    ours.retain(|digest| !kept.contains(digest));
    Ok(Replaced { removed: ours, kept })
}

fn is_ours(store: &RemoteStore, digest: &Digest, new: &Complete) -> Result<bool, Box<Finding>> {
    let document = store.manifest(&store.describe(digest)?)?;
    let Content::Image { layers, .. } = &document.content else {
        return Ok(false);
    };
    let [layer] = layers.as_slice() else {
        return Ok(false);
    };
    let bytes = store.blob(layer, MAX_EVIDENCE_BYTES)?;
    // What does not read as a bundle is not ours.
    Ok(ParsedBundle::parse(&bytes).is_ok_and(|bundle| new.has_signer_of(&bundle)))
}
