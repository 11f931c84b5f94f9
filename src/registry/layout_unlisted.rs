//! Referrers that a layout holds and does not list.
//!
//! `cosign save` 3.1 stores bundles and their manifests among the blobs and names neither in `index.json`; only the
//! `subject` of each manifest says what it is about. Whoever follows `index.json` alone would find such an image unsigned.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::error::LayoutError;
use super::layout::{check_digest, read};
use super::limits::{MAX_MANIFEST_BYTES, MAX_MANIFEST_TOTAL_BYTES, MAX_UNLISTED_FILES};
use super::manifest::{Content, Descriptor, Document, ManifestKind, names};
use crate::subject::Digest;

/// Manifests by digest, each as it could be read.
pub(super) type Documents = BTreeMap<Digest, Result<Document, LayoutError>>;

/// Finds the manifests with a `subject` under `blobs/sha256` of the layout at `path` that are not in `documents`, adds
/// them there, and gives a descriptor of each.
///
/// Smaller files are read first: a manifest is smaller than the bundle that it points to, so that the bundle need not be
/// read to see that it is no manifest.
pub(super) fn add_referrers(path: &Path, documents: &mut Documents) -> Result<Vec<Descriptor>, LayoutError> {
    let mut content: BTreeSet<Digest> = documents.values().flatten().flat_map(content_of).collect();
    let mut found = Vec::new();
    let mut total = 0_u64;
    for (size, digest) in files(path)? {
        if documents.contains_key(&digest) || content.contains(&digest) {
            continue;
        }
        let file = path.join("blobs/sha256").join(digest.to_hex());
        if !begins_an_object(&file) {
            continue;
        }
        total = total.saturating_add(size);
        if total > MAX_MANIFEST_TOTAL_BYTES {
            return Err(limit(
                path,
                "bytes of unlisted manifests",
                MAX_MANIFEST_TOTAL_BYTES,
            ));
        }
        let bytes = read(&file, MAX_MANIFEST_BYTES, "bytes of a manifest")?;
        // Nobody said that it is a manifest, so one that does not read as a manifest is something else.
        let Ok(document) = Document::parse(&bytes, &file.display().to_string()) else {
            continue;
        };
        if document.subject.is_none() {
            continue;
        }
        content.extend(content_of(&document));
        let media_type = media_type(&document);
        found.push(Descriptor::new(media_type, digest.clone(), bytes.len() as u64));
        let checked = check_digest(&file, &digest, &bytes).map(|()| document);
        documents.insert(digest, checked);
    }
    Ok(found)
}

/// Size and digest of every file under `blobs/sha256` that may be a manifest, the smallest first.
fn files(path: &Path) -> Result<BTreeSet<(u64, Digest)>, LayoutError> {
    let folder = path.join("blobs/sha256");
    let unreadable = |error: &std::io::Error| LayoutError::unreadable(&folder, error);
    let mut files = BTreeSet::new();
    for (number, entry) in fs::read_dir(&folder)
        .map_err(|error| unreadable(&error))?
        .enumerate()
    {
        if number >= MAX_UNLISTED_FILES {
            return Err(limit(path, "files in blobs/sha256", MAX_UNLISTED_FILES as u64));
        }
        let entry = entry.map_err(|error| unreadable(&error))?;
        let name = entry.file_name();
        let digest = name.to_str().and_then(|hex| format!("sha256:{hex}").parse().ok());
        let metadata = fs::metadata(entry.path());
        if let (Some(digest), Ok(metadata)) = (digest, metadata)
            && metadata.is_file()
            && metadata.len() <= MAX_MANIFEST_BYTES
        {
            files.insert((metadata.len(), digest));
        }
    }
    Ok(files)
}

/// Whether the file may be JSON at all; layers are not.
fn begins_an_object(file: &Path) -> bool {
    let mut first = [0];
    File::open(file)
        .and_then(|mut file| file.read_exact(&mut first))
        .is_ok()
        && first == *b"{"
}

/// The blobs that a manifest points to.
fn content_of(document: &Document) -> Vec<Digest> {
    match &document.content {
        Content::Image { config, layers } => {
            let all = layers.iter().chain([config]);
            all.map(|descriptor| descriptor.digest.clone()).collect()
        }
        Content::Index { .. } => Vec::new(),
    }
}

fn media_type(document: &Document) -> String {
    let usual = match document.kind() {
        ManifestKind::Image => names::OCI_MANIFEST,
        ManifestKind::Index => names::OCI_INDEX,
    };
    document.media_type.clone().unwrap_or_else(|| usual.to_owned())
}

fn limit(path: &Path, what: &'static str, limit: u64) -> LayoutError {
    LayoutError::Limit {
        file: path.display().to_string(),
        what,
        limit,
    }
}
