//! Where images and evidence can be written to, and what has to be read to copy them.
//!
//! A registry and a layout implement both, so that copying and publishing are written once.

use std::sync::Arc;

use super::content::Content;
use super::manifest::Descriptor;
use super::raw::RawManifest;
use super::store::Store;
use crate::report::Finding;
use crate::subject::Digest;

/// A store whose manifests and blobs can be had as the bytes that they are.
pub trait Source: Store + Sync {
    /// What points to the manifest with this digest, with the size that its bytes have.
    ///
    /// # Errors
    ///
    /// The finding that says why it cannot be had.
    fn describe(&self, digest: &Digest) -> Result<Descriptor, Box<Finding>>;

    /// The manifest that `descriptor` points to, checked against it.
    ///
    /// # Errors
    ///
    /// The finding that says why it cannot be had.
    fn raw(&self, descriptor: &Descriptor) -> Result<RawManifest, Box<Finding>>;

    /// The blob that `descriptor` points to. Nothing is read before it is opened.
    fn content(&self, descriptor: &Descriptor) -> Arc<dyn Content>;
}

/// A place that images and evidence are written to. Everything is written under the digest that it was checked against;
/// an error is a finding that says what could not be written and why.
///
/// Order matters: blobs first, then the manifest that points to them, then what points to that.
pub trait Sink: Sync {
    /// The name of this place for reports: a path or a repository.
    fn place(&self) -> String;

    /// Whether a blob is there already.
    ///
    /// # Errors
    ///
    /// When that could not be found out.
    fn has_blob(&self, blob: &Descriptor) -> Result<bool, Box<Finding>>;

    /// Writes a blob of any size, and makes sure that it is there.
    ///
    /// # Errors
    ///
    /// When it could not be read or written, or is not what the descriptor says. Then it is not there.
    fn put_blob(&self, blob: &Descriptor, content: Arc<dyn Content>) -> Result<(), Box<Finding>>;

    /// Takes a blob over from `other`, the name of another place, without moving its bytes. False when that is not
    /// possible; the blob is then to be put.
    ///
    /// # Errors
    ///
    /// None where it is merely not possible.
    fn mount(&self, _blob: &Descriptor, _other: &str) -> Result<bool, Box<Finding>> {
        Ok(false)
    }

    /// Writes a manifest, and lets `tag` point to it if one is given, whatever it pointed to before.
    ///
    /// # Errors
    ///
    /// When it could not be written, or is not there afterwards.
    fn put_manifest(&self, manifest: &RawManifest, tag: Option<&str>) -> Result<(), Box<Finding>>;

    /// Writes the manifest of an image that people ask for, which everything before was for. Where the place has marks for
    /// that, it gets them.
    ///
    /// # Errors
    ///
    /// As [`Sink::put_manifest`], and where the place keeps another image under `tag` and does not let go of it.
    fn put_image(&self, manifest: &RawManifest, tag: Option<&str>) -> Result<(), Box<Finding>> {
        self.put_manifest(manifest, tag)
    }

    /// Writes manifests whose `subject` is `subject`, and makes sure that they are found by asking what refers to it:
    /// where nothing else lists them, the index under the referrers tag does. Entries of others stay as they are.
    ///
    /// # Errors
    ///
    /// When they could not be written or listed.
    fn attach(&self, subject: &Digest, referrers: &[RawManifest]) -> Result<(), Box<Finding>>;

    /// Adds the layers of `manifest` to those under `tag`, which keeps what it has: how cosign's tags grow. Where there
    /// is no such tag it comes to point to `manifest` itself. The layers have to be there.
    ///
    /// # Errors
    ///
    /// When the tag could not be read or written, or points to an index.
    fn add_layers(&self, tag: &str, manifest: RawManifest) -> Result<(), Box<Finding>>;

    /// Takes referrers away again: out of the list under the referrers tag, and the manifests themselves. Gives those
    /// that the place does not let go of.
    ///
    /// # Errors
    ///
    /// When that could not be done.
    fn detach(&self, subject: &Digest, referrers: &[Digest]) -> Result<Vec<Digest>, Box<Finding>>;
}

/// Writes a blob unless it is there.
///
/// # Errors
///
/// As [`Sink::has_blob`] and [`Sink::put_blob`].
pub fn ensure_blob(
    sink: &dyn Sink,
    blob: &Descriptor,
    content: Arc<dyn Content>,
) -> Result<(), Box<Finding>> {
    match sink.has_blob(blob)? {
        true => Ok(()),
        false => sink.put_blob(blob, content),
    }
}
