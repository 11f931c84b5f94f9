//! An OCI image layout directory (OCI image specification, `image-layout.md`).
//!
//! Opening a layout reads `oci-layout`, `index.json` and every manifest that it reaches, once. The path of a blob is
//! only ever built from a digest that parsed, so nothing in the layout can name a file elsewhere. All bytes are hashed
//! here and compared with the digest they are stored under (promise 4). A manifest that cannot be read does not keep
//! the others from being read; its error is kept and told to whoever asks for it.
//!
//! A blob may be a symbolic link, since some build tools make such layouts; what it leads to has to be a regular file
//! with the right bytes.
//!
//! A layout with the marks of `cosign save` may hold referrers that nothing lists: see [`super::layout_unlisted`].
//!
//! Not read: the layers of images. A signature covers the manifest, which names them by digest.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::error::{LayoutError, quoted};
use super::json::{self, Node};
use super::layout_unlisted::{self, Documents};
use super::limits::{
    MAX_INDEX_DEPTH, MAX_LAYOUT_FILE_BYTES, MAX_MANIFEST_BYTES, MAX_MANIFEST_TOTAL_BYTES, MAX_MANIFESTS,
};
use super::manifest::{Content, Descriptor, Document};
use crate::subject::Digest;

/// The only version of the layout format.
pub(super) const LAYOUT_VERSION: &str = "1.0.0";

/// An OCI image layout whose manifests have been read.
#[derive(Debug, Clone)]
pub struct Layout {
    path: PathBuf,
    entries: Vec<Entry>,
    documents: Documents,
    /// Referrers that no index lists.
    unlisted: Vec<Descriptor>,
}

/// One entry of `index.json` or of an index that it reaches.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What it says.
    pub(crate) descriptor: Descriptor,
    /// The index that holds it; `None` for `index.json`, which has no digest that anybody signs.
    pub(crate) parent: Option<Digest>,
}

impl Layout {
    /// Opens the layout in the directory `path` and reads its manifests.
    ///
    /// # Errors
    ///
    /// When `oci-layout` or `index.json` is missing, malformed or of another version, or when the layout as a whole
    /// exceeds [`MAX_MANIFESTS`], [`MAX_INDEX_DEPTH`] or [`MAX_MANIFEST_TOTAL_BYTES`].
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, LayoutError> {
        let path = path.into();
        check_version(&path)?;
        let file = path.join("index.json");
        let name = file.display().to_string();
        let bytes = read(&file, MAX_MANIFEST_BYTES, "bytes of an index")?;
        let Content::Index { manifests } = Document::parse(&bytes, &name)?.content else {
            return Err(LayoutError::Malformed {
                file: name,
                place: "the top level".to_owned(),
                detail: "index.json has to be an index, this is a manifest".to_owned(),
            });
        };
        let mut layout = Self {
            path,
            entries: Vec::new(),
            documents: BTreeMap::new(),
            unlisted: Vec::new(),
        };
        layout.walk(manifests)?;
        if layout.top_level().any(|entry| entry.saved_kind().is_some()) {
            layout.unlisted = layout_unlisted::add_referrers(&layout.path, &mut layout.documents)?;
        }
        Ok(layout)
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of `index.json`, for reports.
    pub(crate) fn index_path(&self) -> String {
        self.path.join("index.json").display().to_string()
    }

    /// Every entry of every index, those of `index.json` first.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of `index.json`.
    pub(crate) fn top_level(&self) -> impl Iterator<Item = &Descriptor> {
        self.entries
            .iter()
            .filter(|entry| entry.parent.is_none())
            .map(|entry| &entry.descriptor)
    }

    /// Everything that is known to be a manifest, listed or not.
    pub(crate) fn known(&self) -> impl Iterator<Item = &Descriptor> {
        let listed = self.entries.iter().map(|entry| &entry.descriptor);
        listed.chain(&self.unlisted)
    }

    /// The manifest or index that `descriptor` points to, checked against it.
    ///
    /// # Errors
    ///
    /// When the layout does not reach it, when it could not be read, or when it is not what `descriptor` says.
    pub fn document(&self, descriptor: &Descriptor) -> Result<&Document, LayoutError> {
        let file = || self.blob_path(&descriptor.digest).display().to_string();
        match self.documents.get(&descriptor.digest) {
            Some(Ok(document)) => {
                document.agrees_with(descriptor, file)?;
                Ok(document)
            }
            Some(Err(error)) => Err(error.clone()),
            None if descriptor.kind().is_some() => Err(LayoutError::Unreadable {
                file: file(),
                detail: "index.json does not lead to it".to_owned(),
            }),
            None => Err(LayoutError::Malformed {
                file: file(),
                place: "the descriptor that points to it".to_owned(),
                detail: format!(
                    "{} is no type of manifest that is supported",
                    quoted(&descriptor.media_type)
                ),
            }),
        }
    }

    /// The bytes that `descriptor` points to, at most `limit` of them; their size and digest are checked.
    ///
    /// # Errors
    ///
    /// When they cannot be read, are not what `descriptor` says or are more than `limit`.
    pub fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, LayoutError> {
        let file = self.blob_path(&descriptor.digest);
        let size_mismatch = |found| LayoutError::SizeMismatch {
            file: file.display().to_string(),
            expected: descriptor.size,
            found,
        };
        // Asked before reading: limits on what is read in all go by the descriptors.
        match fs::metadata(&file) {
            Ok(metadata) if metadata.is_file() && metadata.len() != descriptor.size => {
                return Err(size_mismatch(metadata.len()));
            }
            Ok(_) | Err(_) => {}
        }
        let bytes = read(&file, limit, "bytes of a blob")?;
        if bytes.len() as u64 != descriptor.size {
            return Err(size_mismatch(bytes.len() as u64));
        }
        check_digest(&file, &descriptor.digest, &bytes)?;
        Ok(bytes)
    }

    /// Where the blob with this digest is kept. Both parts come from a digest that parsed: a name out of three, and hex.
    pub(super) fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.path
            .join("blobs")
            .join(digest.algorithm().name())
            .join(digest.to_hex())
    }

    /// Reads everything that `index.json` reaches, breadth first, each document once.
    fn walk(&mut self, top_level: Vec<Descriptor>) -> Result<(), LayoutError> {
        let mut total = 0_u64;
        let mut queue = VecDeque::from([(None, 0, top_level)]);
        while let Some((parent, depth, descriptors)) = queue.pop_front() {
            for descriptor in descriptors {
                self.admit(depth)?;
                let is_manifest = descriptor.kind().is_some();
                let digest = descriptor.digest.clone();
                self.entries.push(Entry {
                    descriptor,
                    parent: parent.clone(),
                });
                // The specification asks readers to pass over types that they do not know.
                if !is_manifest || self.documents.contains_key(&digest) {
                    continue;
                }
                let document = self.read_document(&digest, &mut total)?;
                if let Ok(Document {
                    content: Content::Index { manifests },
                    ..
                }) = &document
                {
                    queue.push_back((Some(digest.clone()), depth + 1, manifests.clone()));
                }
                self.documents.insert(digest, document);
            }
        }
        Ok(())
    }

    /// Checks the limits on the number of entries and the depth of their indexes.
    fn admit(&self, depth: usize) -> Result<(), LayoutError> {
        let limit = |what, limit: usize| LayoutError::Limit {
            file: self.path.display().to_string(),
            what,
            limit: limit as u64,
        };
        if self.entries.len() >= MAX_MANIFESTS {
            return Err(limit("entries of all indexes", MAX_MANIFESTS));
        }
        if depth > MAX_INDEX_DEPTH {
            return Err(limit("depth of nested indexes", MAX_INDEX_DEPTH));
        }
        Ok(())
    }

    /// Reads one document. The outer error is about the layout as a whole, the inner one about this document.
    fn read_document(
        &self,
        digest: &Digest,
        total: &mut u64,
    ) -> Result<Result<Document, LayoutError>, LayoutError> {
        let file = self.blob_path(digest);
        let bytes = match read(&file, MAX_MANIFEST_BYTES, "bytes of a manifest") {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        *total = total.saturating_add(bytes.len() as u64);
        if *total > MAX_MANIFEST_TOTAL_BYTES {
            return Err(LayoutError::Limit {
                file: self.path.display().to_string(),
                what: "bytes of all manifests",
                limit: MAX_MANIFEST_TOTAL_BYTES,
            });
        }
        Ok(check_digest(&file, digest, &bytes)
            .and_then(|()| Document::parse(&bytes, &file.display().to_string())))
    }
}

/// Checks the `oci-layout` file.
fn check_version(path: &Path) -> Result<(), LayoutError> {
    let file = path.join("oci-layout");
    let not_a_layout = |detail: String| LayoutError::NotALayout {
        path: path.display().to_string(),
        detail,
    };
    if matches!(fs::metadata(&file), Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
        return Err(not_a_layout("it has no oci-layout file".to_owned()));
    }
    let bytes = read(&file, MAX_LAYOUT_FILE_BYTES, "bytes of an oci-layout file")?;
    let name = file.display().to_string();
    let value = json::parse(&bytes).map_err(|error| LayoutError::json(&name, error))?;
    let version = Node::root(&value)
        .object(&["imageLayoutVersion"])
        .and_then(|object| object.required("imageLayoutVersion")?.text().map(str::to_owned))
        .map_err(|error| LayoutError::json(&name, error))?;
    match version == LAYOUT_VERSION {
        true => Ok(()),
        false => Err(not_a_layout(format!(
            "its imageLayoutVersion is {}, known is {LAYOUT_VERSION:?}",
            quoted(&version)
        ))),
    }
}

/// Reads a regular file of at most `limit` bytes. Devices and pipes are refused: reading them may never end.
pub(super) fn read(path: &Path, limit: u64, what: &'static str) -> Result<Vec<u8>, LayoutError> {
    let too_large = || LayoutError::Limit {
        file: path.display().to_string(),
        what,
        limit,
    };
    let unreadable = |error: &std::io::Error| LayoutError::unreadable(path, error);
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(LayoutError::Unreadable {
            file: path.display().to_string(),
            detail: "it is not a regular file".to_owned(),
        });
    }
    if metadata.len() > limit {
        return Err(too_large());
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default());
    // One byte more than allowed: a file that grows while it is read is noticed.
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    match bytes.len() as u64 > limit {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}

pub(super) fn check_digest(file: &Path, expected: &Digest, bytes: &[u8]) -> Result<(), LayoutError> {
    let found = Digest::of(expected.algorithm(), bytes);
    match found == *expected {
        true => Ok(()),
        false => Err(LayoutError::DigestMismatch {
            file: file.display().to_string(),
            expected: expected.clone(),
            found,
        }),
    }
}
