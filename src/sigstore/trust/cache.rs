//! The cache of verified TUF metadata.
//!
//! One file holds all that one refresh verified, so that a reader never sees halves of two refreshes: it is written
//! beside its final name and renamed. There is no lock. Nothing in the file is believed: everything is verified from the
//! bootstrap root again when it is read, so whoever can write to it can at most bring back a set that was once genuine,
//! and only under `--offline`, where its age is reported.
//!
//! The file's name is a hash of the repository's address and bootstrap root; no name in metadata ever becomes a path
//! (CVE-2026-24137). Whatever fails here never denies anything (CVE-2024-51491).

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sigstore_tuf::MetadataStore;

use super::choice::TufSource;
use crate::subject::Digest;

/// Largest cache file that is read or written, in bytes. The public-good one has about 60 kB.
pub const MAX_CACHE_BYTES: u64 = 32 * 1024 * 1024;

/// Version of the file's shape; another one is read as no cache.
const FORMAT: u32 = 1;

/// The only name that is ever written, inside a directory named by a hash.
const FILE_NAME: &str = "verified.json";

/// The directory that a door gives as [`TrustOptions::cache_dir`](super::TrustOptions::cache_dir) when nobody named
/// one: the user's cache directory. `None` without a home directory. Reads the environment.
pub fn default_cache_dir() -> Option<PathBuf> {
    Some(
        directories::ProjectDirs::from("", "", "portcullis")?
            .cache_dir()
            .join("tuf"),
    )
}

/// What became of the metadata that a refresh verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "state", content = "detail")]
pub enum CacheOutcome {
    /// There is no cache directory.
    Off,
    /// It was written.
    Written,
    /// Another run wrote in the meantime; its result stays.
    LeftToOther,
    /// It could not be written, and was used from memory.
    Failed(String),
}

/// A cache file as it was when this run began.
#[derive(Debug)]
pub(crate) struct Cache {
    /// The directory of this repository, absent when there is no cache.
    dir: Option<PathBuf>,
    /// The bytes that were found, to notice when another run replaces them.
    found: Option<Digest>,
}

/// One verified set of metadata and targets, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CachedSet {
    /// When it was fetched. Only a claim, but metadata is verified as of then, so it lies before its expiry.
    pub(crate) fetched_at: Timestamp,
    pub(crate) files: Files,
}

/// Metadata and targets by the name that the TUF client gives them.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CacheFile {
    format: u32,
    /// For whoever looks into the file.
    repository: String,
    fetched_at: Timestamp,
    files: BTreeMap<String, String>,
}

impl Cache {
    /// Opens the cache of a repository and reads what is in it; anything unreadable is no cache.
    pub(crate) fn open(root: Option<&Path>, source: &TufSource) -> (Self, Option<CachedSet>) {
        let dir = root.map(|root| root.join(directory_name(source)));
        let bytes = dir.as_deref().and_then(|dir| read(&dir.join(FILE_NAME)));
        let cache = Self {
            dir,
            found: bytes.as_deref().map(Digest::sha256),
        };
        (cache, bytes.as_deref().and_then(decode))
    }

    /// Whether there is a file at all, readable as a cache or not.
    pub(crate) fn exists(&self) -> bool {
        self.found.is_some()
    }

    /// Replaces the file as a whole.
    pub(crate) fn commit(&self, source: &TufSource, set: &CachedSet) -> CacheOutcome {
        let Some(dir) = &self.dir else {
            return CacheOutcome::Off;
        };
        let path = dir.join(FILE_NAME);
        if read(&path).map(|bytes| Digest::sha256(&bytes)) != self.found {
            return CacheOutcome::LeftToOther;
        }
        match encode(source, set).and_then(|bytes| write(dir, &path, &bytes)) {
            Ok(()) => CacheOutcome::Written,
            Err(error) => CacheOutcome::Failed(error.to_string()),
        }
    }
}

/// Hex of the hash of address and bootstrap root: another root for the same address is another repository.
fn directory_name(source: &TufSource) -> String {
    let mut named = source.url.as_str().as_bytes().to_vec();
    named.push(0);
    named.extend_from_slice(&source.bootstrap);
    Digest::sha256(&named).to_hex()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    // Asked before opening: opening a pipe that somebody put in its place would wait for ever.
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let file = fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_CACHE_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MAX_CACHE_BYTES).then_some(bytes)
}

fn decode(bytes: &[u8]) -> Option<CachedSet> {
    let file: CacheFile = serde_json::from_slice(bytes).ok()?;
    if file.format != FORMAT {
        return None;
    }
    let mut files = Files::new();
    for (name, text) in file.files {
        files.insert(name, STANDARD.decode(text).ok()?);
    }
    Some(CachedSet {
        fetched_at: file.fetched_at,
        files,
    })
}

fn encode(source: &TufSource, set: &CachedSet) -> std::io::Result<Vec<u8>> {
    let file = CacheFile {
        format: FORMAT,
        repository: source.url.to_string(),
        fetched_at: set.fetched_at,
        files: set
            .files
            .iter()
            .filter(|(name, _)| !is_versioned_copy(name))
            .map(|(name, bytes)| (name.clone(), STANDARD.encode(bytes)))
            .collect(),
    };
    let bytes = serde_json::to_vec(&file)?;
    if bytes.len() as u64 > MAX_CACHE_BYTES {
        return Err(std::io::Error::other("the metadata is too large to cache"));
    }
    Ok(bytes)
}

/// The client also keeps `<version>.snapshot.json`; the copy without version is enough, and these would pile up.
fn is_versioned_copy(name: &str) -> bool {
    name.split_once('.')
        .is_some_and(|(version, rest)| version.bytes().all(|b| b.is_ascii_digit()) && rest == "snapshot.json")
}

fn write(dir: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut file = tempfile::Builder::new().prefix(".verified-").tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.persist(path)?;
    Ok(())
}

/// The metadata of one session, in memory. The TUF client writes to it as it verifies; only a complete session is
/// committed.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionStore {
    files: Arc<Mutex<Files>>,
}

impl SessionStore {
    pub(crate) fn new(files: Files) -> Self {
        Self {
            files: Arc::new(Mutex::new(files)),
        }
    }

    /// A copy of everything in it.
    pub(crate) fn files(&self) -> Files {
        self.lock().clone()
    }

    pub(crate) fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.lock().get(name).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetadataStore for SessionStore {
    fn load(&self, name: &str) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        Ok(self.get(name))
    }

    fn store(&self, name: &str, bytes: &[u8]) -> sigstore_tuf::Result<()> {
        self.lock().insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }
}
