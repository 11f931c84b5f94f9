//! The limits on what an image layout or registry may make Portcullis read (promise 7).
//!
//! They are far above what real images and their evidence need. Passing one is an error that names it, never a
//! shortened answer.

/// Bytes of one manifest or index, `index.json` included. The OCI distribution specification asks registries to take
/// manifests of up to 4 MiB, so larger ones could not be pushed.
pub const MAX_MANIFEST_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of the `oci-layout` file, which holds one short member.
pub const MAX_LAYOUT_FILE_BYTES: u64 = 4 * 1024;

/// Bytes of an image configuration; read only to learn the platform of an image that is in no index.
pub const MAX_CONFIG_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of one evidence blob: a bundle, a signature payload or an attestation with its predicate.
pub const MAX_EVIDENCE_BYTES: u64 = 32 * 1024 * 1024;

/// Bytes of all evidence blobs that are kept for one digest.
pub const MAX_EVIDENCE_TOTAL_BYTES: u64 = 256 * 1024 * 1024;

/// Bytes of all blobs that are fetched for one reference, the images inside an index included.
pub const MAX_FETCHED_TOTAL_BYTES: u64 = 2 * MAX_EVIDENCE_TOTAL_BYTES;

/// Bytes of all manifests and indexes of one layout.
pub const MAX_MANIFEST_TOTAL_BYTES: u64 = 64 * 1024 * 1024;

/// Entries of all indexes of one layout together, `index.json` included.
pub const MAX_MANIFESTS: usize = 10_000;

/// Files of a layout of `cosign save` that are looked at for manifests that its `index.json` does not list.
pub const MAX_UNLISTED_FILES: usize = 100_000;

/// How deep indexes may be nested below `index.json`. BuildKit and cosign need two.
pub const MAX_INDEX_DEPTH: usize = 8;

/// Images of one index that `--all-platforms` verifies. Official images have about a dozen.
pub const MAX_IMAGES: usize = 256;

/// Layers of one manifest. Image builders stop at 127; a signature manifest has one layer for each signature.
pub const MAX_LAYERS: usize = 1_000;

/// Attachments that are delivered for one digest (CVE-2023-46737, CVE-2024-29903).
pub const MAX_ATTACHMENTS: usize = 1_000;

/// Pages of one list of referrers that are followed. Registries put at least some dozens on a page.
pub const MAX_PAGES: usize = 100;

/// Bytes of one page of a list of referrers.
pub const MAX_PAGE_BYTES: u64 = MAX_MANIFEST_BYTES;

/// Redirects of one request that are followed.
pub const MAX_REDIRECTS: usize = 5;

/// Bytes of a token server's answer.
pub const MAX_TOKEN_BYTES: u64 = 64 * 1024;

/// Requests that are made of one registry at the same time.
pub const MAX_REQUESTS_IN_FLIGHT: usize = 32;

/// Images of registries that are looked up at the same time unless somebody says otherwise: looking up is waiting.
pub const IMAGES_IN_FLIGHT: usize = 32;

/// Names that a message lists before it says how many more there are.
pub(crate) const MAX_LISTED: usize = 20;

/// Characters of a foreign string that a message repeats.
pub(crate) const MAX_QUOTED_CHARS: usize = 200;
