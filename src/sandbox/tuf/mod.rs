//! A TUF repository in memory, honest or hostile (The Update Framework 1.0.31).

mod builder;
mod hostile;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sigstore_tuf::transport::FetchFuture;

use super::keys::KeyKind;
use super::seed::Seed;
use super::{Error, Instance, Result};
use builder::Builder;

pub use hostile::Hostile;

/// How a repository is made.
#[derive(Clone, Debug)]
pub struct TufOptions {
    /// When; expiry counts from here.
    pub now: Timestamp,
    /// The newest root. Every version has new root keys and is signed by those of its predecessor too.
    pub root_version: u64,
    /// The version of timestamp, snapshot and targets.
    pub version: u64,
    /// Signatures demanded of every role, and how many keys each has.
    pub threshold: usize,
    /// The kind of all keys.
    pub key_kind: KeyKind,
    /// How long each role is valid; a role that is not named is valid for 30 days.
    pub validity: BTreeMap<&'static str, SignedDuration>,
    /// What is wrong with it.
    pub hostile: Option<Hostile>,
}

impl TufOptions {
    /// An honest repository at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            root_version: 1,
            version: 2,
            threshold: 2,
            key_kind: KeyKind::Ed25519,
            validity: BTreeMap::new(),
            hostile: None,
        }
    }

    /// Makes it hostile.
    #[must_use]
    pub fn hostile(mut self, hostile: Hostile) -> Self {
        self.hostile = Some(hostile);
        self
    }

    fn is(&self, hostile: Hostile) -> bool {
        self.hostile == Some(hostile)
    }

    /// The version of a role: 1 where it is rolled back.
    fn version_of(&self, hostile: Hostile) -> u64 {
        if self.is(hostile) { 1 } else { self.version }
    }

    fn expires(&self, role: &str) -> String {
        let validity = match self.hostile.and_then(Hostile::expired) {
            Some(expired) if expired == role => SignedDuration::from_hours(-1),
            _ => self
                .validity
                .get(role)
                .copied()
                .unwrap_or(SignedDuration::from_hours(24 * 30)),
        };
        // Whole seconds only (TUF section 4.2.1).
        (self.now + validity).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// A repository: file names and their bytes, targets under `targets/`.
#[derive(Clone, Debug)]
pub struct TufRepository {
    files: BTreeMap<String, Vec<u8>>,
}

impl TufRepository {
    /// A repository that distributes `targets`.
    pub fn new(seed: &Seed, targets: &BTreeMap<String, Vec<u8>>, options: &TufOptions) -> Result<Self> {
        let mut builder = Builder {
            seed: seed.child("tuf"),
            options,
            files: BTreeMap::new(),
        };
        builder.roots()?;
        let targets = builder.targets(targets)?;
        let snapshot = builder.snapshot(&targets)?;
        builder.timestamp(&snapshot)?;
        Ok(Self { files: builder.files })
    }

    /// The files by name, as a web server would have them.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The first root, which clients ship.
    pub fn initial_root(&self) -> Result<&[u8]> {
        self.files
            .get("1.root.json")
            .map(Vec::as_slice)
            .ok_or(Error::Missing("root"))
    }

    fn fetch(&self, name: &str, max_length: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        match self.files.get(name) {
            Some(bytes) if bytes.len() as u64 > max_length => Err(sigstore_tuf::Error::transport(format!(
                "{name} is longer than {max_length} bytes"
            ))),
            found => Ok(found.cloned()),
        }
    }
}

impl sigstore_tuf::Repository for TufRepository {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.fetch(name, max_length) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.fetch(&format!("targets/{path}"), max_length) })
    }
}

impl Instance {
    /// A repository with this instance's `trusted_root.json`.
    pub fn tuf_repository(&self, options: &TufOptions) -> Result<TufRepository> {
        let root = self.trusted_root_json()?.to_string().into_bytes();
        let targets = BTreeMap::from([("trusted_root.json".to_owned(), root)]);
        TufRepository::new(self.seed(), &targets, options)
    }
}
