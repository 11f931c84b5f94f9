//! Where images and the evidence about them are kept: OCI image layouts and registries, and what is attached to a digest
//! in them.
//!
//! [`Layout::open`] reads a layout, [`Layout::resolve`] finds the digests that were asked for, and [`discover`] lists
//! every place in which evidence about a digest could be, with what it gave. Signatures are not looked at here.
//! [`client`] does the same over a network: a [`client::RemoteStore`] is one image of a registry.
//!
//! What can be written to is a [`Sink`]: a registry, and a layout by its [`LayoutWriter`]. What can be copied from is a
//! [`Source`]; [`archive`] makes one of a `docker save` archive. [`publish`] attaches evidence.

pub mod archive;
mod attachment;
pub mod client;
mod content;
mod discover;
mod edit;
mod error;
mod family;
mod json;
mod layout;
mod layout_source;
mod layout_unlisted;
mod layout_writer;
pub mod limits;
mod manifest;
mod platforms;
pub mod publish;
mod rationed;
mod raw;
mod select;
mod sink;
mod store;

#[cfg(test)]
mod tests;

pub use attachment::{Attachment, AttachmentContent};
pub use content::Content as BlobContent;
pub use discover::{Discovery, LegacyTag, discover};
pub use error::LayoutError;
pub use family::Member;
pub use layout::Layout;
pub use layout_writer::LayoutWriter;
pub use manifest::{Content, Descriptor, Document, ManifestKind};
pub use platforms::{PlatformChoice, Resolved};
pub use raw::RawManifest;
pub use sink::{Sink, Source, ensure_blob};
pub use store::{Listing, Store};
