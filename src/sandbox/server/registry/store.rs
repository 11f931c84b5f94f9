//! What the registry holds, in memory and, if it has a folder, there too.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use sigstore_types::HashAlgorithm;

use super::target::{is_digest, is_name};
use crate::sandbox::keys::digest as hash;

/// Bytes of blobs and open uploads that the registry holds at most: 1 GiB.
const MAX_TOTAL_BYTES: usize = 1024 * 1024 * 1024;
/// Uploads that may be open; the oldest is dropped for another.
const MAX_UPLOADS: usize = 256;
/// Largest index file that is read back.
const MAX_INDEX_BYTES: u64 = 64 * 1024 * 1024;
/// The file that says what is where.
const INDEX: &str = "repositories.json";

/// All repositories.
#[derive(Debug, Default)]
pub(super) struct Store {
    dir: Option<PathBuf>,
    bytes: usize,
    blobs: HashMap<String, Bytes>,
    repositories: BTreeMap<String, Repository>,
    uploads: BTreeMap<u64, Upload>,
    next_upload: u64,
}

/// One repository.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Repository {
    /// Digests of its blobs.
    pub(super) blobs: BTreeSet<String>,
    /// Media types of its manifests by digest; their bytes are among the blobs.
    pub(super) manifests: BTreeMap<String, String>,
    /// Digests by tag.
    pub(super) tags: BTreeMap<String, String>,
}

/// A blob that is being sent.
#[derive(Debug)]
struct Upload {
    name: String,
    bytes: Vec<u8>,
}

/// Why bytes were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no such upload.
    Unknown,
    /// They do not have the digest that was announced.
    Digest,
    /// They do not begin where the last ones ended.
    Order,
    /// The registry is full, or its folder cannot be written.
    Full,
}

impl Store {
    /// The store in a folder, with what is there from before.
    pub(super) fn open(dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(dir.join("blobs"))?;
        let mut store = Self {
            dir: Some(dir.to_owned()),
            ..Self::default()
        };
        let index = dir.join(INDEX);
        if !index.exists() {
            return Ok(store);
        }
        if std::fs::metadata(&index)?.len() > MAX_INDEX_BYTES {
            return Err(Error::other(format!("{} is too large", index.display())));
        }
        let repositories: BTreeMap<String, Repository> =
            serde_json::from_slice(&std::fs::read(&index)?).map_err(Error::other)?;
        let mut digests = BTreeSet::new();
        for (name, repository) in &repositories {
            let all = repository.blobs.iter().chain(repository.manifests.keys());
            digests.extend(all.filter(|digest| is_digest(digest)).cloned());
            if !is_name(name) {
                return Err(Error::other(format!(
                    "{} names no repository: {name}",
                    index.display()
                )));
            }
        }
        for digest in digests {
            let path = blob_path(dir, &digest);
            let bytes = std::fs::read(&path)?;
            if !has_digest(&bytes, &digest) {
                return Err(Error::other(format!(
                    "{} is not what its name says",
                    path.display()
                )));
            }
            store.bytes = store.bytes.saturating_add(bytes.len());
            store.blobs.insert(digest, bytes.into());
        }
        store.repositories = repositories;
        Ok(store)
    }

    /// A repository, if anything was ever put into it.
    pub(super) fn repository(&self, name: &str) -> Option<&Repository> {
        self.repositories.get(name)
    }

    /// A blob of a repository.
    pub(super) fn blob(&self, name: &str, digest: &str) -> Option<Bytes> {
        let repository = self.repositories.get(name)?;
        if repository.blobs.contains(digest) {
            self.blobs.get(digest).cloned()
        } else {
            None
        }
    }

    /// A manifest of a repository with its media type.
    pub(super) fn manifest(&self, name: &str, digest: &str) -> Option<(&str, Bytes)> {
        let media_type = self.repositories.get(name)?.manifests.get(digest)?;
        Some((media_type, self.blobs.get(digest)?.clone()))
    }

    /// Changes a repository, and writes the index.
    pub(super) fn change<T>(&mut self, name: &str, change: impl FnOnce(&mut Repository) -> T) -> Result<T> {
        let result = change(self.repositories.entry(name.to_owned()).or_default());
        if let Some(dir) = &self.dir {
            let index = serde_json::to_vec(&self.repositories)?;
            let part = dir.join(format!("{INDEX}.part"));
            std::fs::write(&part, index)?;
            std::fs::rename(part, dir.join(INDEX))?;
        }
        Ok(result)
    }

    /// Takes bytes with the digest they must have.
    pub(super) fn put(&mut self, digest: &str, bytes: Bytes) -> std::result::Result<(), Refusal> {
        if !has_digest(&bytes, digest) {
            return Err(Refusal::Digest);
        }
        if self.blobs.contains_key(digest) {
            return Ok(());
        }
        self.make_room(bytes.len())?;
        if let Some(dir) = &self.dir {
            let path = blob_path(dir, digest);
            std::fs::write(path, &bytes).map_err(|_| Refusal::Full)?;
        }
        self.blobs.insert(digest.to_owned(), bytes);
        Ok(())
    }

    fn make_room(&mut self, more: usize) -> std::result::Result<(), Refusal> {
        let sum = self.bytes.saturating_add(more);
        if sum > MAX_TOTAL_BYTES {
            return Err(Refusal::Full);
        }
        self.bytes = sum;
        Ok(())
    }

    /// Opens an upload and gives its number.
    pub(super) fn start_upload(&mut self, name: &str) -> u64 {
        if self.uploads.len() >= MAX_UPLOADS
            && let Some((_, dropped)) = self.uploads.pop_first()
        {
            self.bytes = self.bytes.saturating_sub(dropped.bytes.len());
        }
        self.next_upload += 1;
        let upload = Upload {
            name: name.to_owned(),
            bytes: Vec::new(),
        };
        self.uploads.insert(self.next_upload, upload);
        self.next_upload
    }

    /// How many bytes an upload has.
    pub(super) fn upload_length(&self, name: &str, id: u64) -> std::result::Result<usize, Refusal> {
        let upload = self.uploads.get(&id).filter(|upload| upload.name == name);
        upload.map(|upload| upload.bytes.len()).ok_or(Refusal::Unknown)
    }

    /// Appends to an upload and gives its new length; `start` must be its old one.
    pub(super) fn append(
        &mut self,
        name: &str,
        id: u64,
        start: Option<usize>,
        bytes: &[u8],
    ) -> std::result::Result<usize, Refusal> {
        let length = self.upload_length(name, id)?;
        if start.is_some_and(|start| start != length) {
            return Err(Refusal::Order);
        }
        self.make_room(bytes.len())?;
        let upload = self.uploads.get_mut(&id).ok_or(Refusal::Unknown)?;
        upload.bytes.extend_from_slice(bytes);
        Ok(upload.bytes.len())
    }

    /// Closes an upload and gives its bytes.
    pub(super) fn end_upload(&mut self, name: &str, id: u64) -> std::result::Result<Bytes, Refusal> {
        self.upload_length(name, id)?;
        let upload = self.uploads.remove(&id).ok_or(Refusal::Unknown)?;
        self.bytes = self.bytes.saturating_sub(upload.bytes.len());
        Ok(upload.bytes.into())
    }
}

fn blob_path(dir: &Path, digest: &str) -> PathBuf {
    dir.join("blobs").join(digest.replace(':', "-"))
}

fn has_digest(bytes: &[u8], digest: &str) -> bool {
    digest_like(bytes, digest).is_some_and(|actual| actual == digest)
}

/// The digest of `bytes` by the algorithm that `digest` names.
pub(super) fn digest_like(bytes: &[u8], digest: &str) -> Option<String> {
    let (algorithm, name) = match digest.split_once(':')?.0 {
        "sha256" => (HashAlgorithm::Sha2256, "sha256"),
        "sha512" => (HashAlgorithm::Sha2512, "sha512"),
        _ => return None,
    };
    Some(format!("{name}:{}", hex::encode(hash(algorithm, bytes).ok()?)))
}
