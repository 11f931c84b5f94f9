//! Tests of the whole module: fixture folders, generated documents, hostile texts.

mod fixtures;
mod generated;
mod hostile;

use super::{Found, ImageUse};
use crate::subject::Digest;

/// A digest that depends on the image alone, as a registry's would.
fn digest_of(image: &ImageUse) -> Option<Digest> {
    let fresh = || Digest::sha256(image.reference().whole().as_bytes());
    Some(image.digest().cloned().unwrap_or_else(fresh))
}

/// The texts of a file's images.
fn texts(found: &Found) -> Vec<&str> {
    found.images().iter().map(ImageUse::text).collect()
}
