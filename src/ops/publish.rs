//! Publishing a bundle about an image: attached to it, then looked for with fresh eyes, as everybody else will.
//!
//! A registry that says "created" and forgets, or lists nothing, would leave an image that its maker believes to be
//! signed. So what was written is only published once it is found by asking for it.

use std::time::Duration;

use jiff::Timestamp;

use crate::registry::client::{Client, RemoteStore};
use crate::registry::publish::{self, Bundle, BundleContent, LegacyLayer};
use crate::registry::{Content, Descriptor, Source, Store};
use crate::report::{Code, Finding};
use crate::sigstore::sign::BUNDLE_MEDIA_TYPE;
use crate::subject::{Digest, Reference};

/// How often a list is looked at before what was written counts as lost: lists of some registries lag behind.
const LOOKS: u32 = 5;
/// The pause before the second look; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The image that evidence is about, by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    reference: Reference,
    digest: Digest,
}

impl Image {
    /// The image of `reference`'s repository that has this digest; a tag in `reference` is dropped.
    pub fn new(reference: &Reference, digest: Digest) -> Self {
        let reference = Reference::with_digest(
            reference.registry().to_owned(),
            reference.repository().to_owned(),
            digest.to_string(),
        );
        Self { reference, digest }
    }

    /// Reads `registry/repository@digest`. `None` for anything else, a tag included.
    pub fn parse(text: &str) -> Option<Self> {
        let reference: Reference = text.parse().ok()?;
        let digest = reference.digest()?.parse().ok()?;
        let image = Self::new(&reference, digest);
        (image.name() == text).then_some(image)
    }

    /// `registry/repository@digest`.
    pub fn name(&self) -> String {
        self.at(&self.digest)
    }

    /// Where its repository is, with this digest in the image's place.
    pub fn at(&self, digest: &Digest) -> String {
        format!("{}@{digest}", self.repository())
    }

    /// `registry/repository`.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.reference.registry(), self.reference.repository())
    }

    /// Its digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// It as a reference.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }
}

/// Attaches a bundle of format v0.3 with a statement of this type to an image, reads it back, and gives the digest of the
/// manifest that holds it. `created` is written into the manifest: the same bundle with the same time becomes the same
/// manifest, so doing it again does no harm.
///
/// # Errors
///
/// The finding that says what could not be written, or that what was written is not found.
pub fn image_bundle(
    client: &Client,
    image: &Image,
    bundle: &str,
    predicate_type: &str,
    created: Timestamp,
) -> Result<Digest, Box<Finding>> {
    let store = client.open(image.reference())?;
    let subject = store.describe(image.digest())?;
    let bundle = Bundle {
        bytes: bundle.as_bytes().to_vec(),
        media_type: BUNDLE_MEDIA_TYPE.to_owned(),
        content: BundleContent::DsseEnvelope,
        predicate_type: Some(predicate_type.to_owned()),
        created,
    };
    let manifest = publish::bundle(&store, &subject, &bundle)?;
    look(client, image, |fresh| {
        let listed = publish::listed(fresh, image.digest())?;
        match listed.iter().any(|one| one.digest == manifest.digest) {
            true => holds(fresh, &manifest, &bundle.bytes),
            false => Ok(false),
        }
    })?;
    Ok(manifest.digest)
}

/// Adds a layer under cosign's tag for an image, reads it back, and gives the tag.
///
/// # Errors
///
/// The finding that says what could not be written, or that what was written is not found.
pub fn image_layer(client: &Client, image: &Image, layer: &LegacyLayer) -> Result<String, Box<Finding>> {
    let store = client.open(image.reference())?;
    let tag = publish::legacy(&store, image.digest(), layer)?;
    look(client, image, |fresh| {
        let listing = fresh.tagged(&tag);
        if let Some(failed) = listing.failed.into_iter().next() {
            return Err(Box::new(failed));
        }
        let digest = Digest::sha256(&layer.bytes);
        for found in &listing.found {
            let document = fresh.manifest(found)?;
            let Content::Image { layers, .. } = &document.content else {
                continue;
            };
            let mut ours = layers
                .iter()
                .filter(|one| one.digest == digest && one.annotations == layer.annotations);
            if ours.next().is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    })?;
    Ok(tag)
}

/// Looks, with a store that remembers nothing, until what was written is there.
fn look(
    client: &Client,
    image: &Image,
    is_there: impl Fn(&RemoteStore) -> Result<bool, Box<Finding>>,
) -> Result<(), Box<Finding>> {
    let mut pause = FIRST_PAUSE;
    for look in 1..=LOOKS {
        if is_there(&client.open(image.reference())?)? {
            return Ok(());
        }
        if look < LOOKS {
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2);
        }
    }
    let message = format!(
        "{} took what was written and does not list it with {}, after {LOOKS} looks",
        image.repository(),
        image.digest()
    );
    Err(Box::new(Finding::new(Code::PublishedNotFound, message).help(
        "what was made is kept, so that it can be published later; tell whoever runs the registry",
    )))
}

/// Whether a manifest and the bundle in it can be had. Both are checked against their digests when they are read.
fn holds(store: &RemoteStore, manifest: &Descriptor, bundle: &[u8]) -> Result<bool, Box<Finding>> {
    let document = store.manifest(manifest)?;
    let Content::Image { layers, .. } = &document.content else {
        return Ok(false);
    };
    match layers.as_slice() {
        [layer] => Ok(store.blob(layer, bundle.len() as u64)? == bundle),
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_named_by_its_digest_and_nothing_else() {
        let digest = Digest::sha256(b"image");
        let tagged: Reference = "r.example:5000/org/app:v1".parse().unwrap();
        let image = Image::new(&tagged, digest.clone());
        assert_eq!(image.name(), format!("r.example:5000/org/app@{digest}"));
        assert_eq!(Image::parse(&image.name()), Some(image));
        for text in [
            "r.example:5000/org/app:v1".to_owned(),
            format!("r.example:5000/org/app:v1@{digest}"),
            format!("app@{digest}"),
            "r.example/app@sha256:00".to_owned(),
        ] {
            assert_eq!(Image::parse(&text), None, "{text}");
        }
    }
}
