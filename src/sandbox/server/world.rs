//! What the servers share: the instance with its logs' contents, the keys of the issuer, and the faults to make.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::faults::Faults;
use super::jwt::TokenKey;
use super::oidc::Pending;
use super::options::{Options, Urls};
use super::registry::Registry;
use super::state::Journal;
use crate::sandbox::Instance;
use crate::sandbox::entry::{LogEntry, ProposedEntry};
use crate::sandbox::merkle::{Hash, leaf_hash};
use crate::sandbox::seed::Seed;

/// Bytes of log entries that the sandbox keeps, over both logs.
const MAX_LOGGED_BYTES: usize = 256 * 1024 * 1024;

/// The shared state.
#[derive(Debug)]
pub(super) struct World {
    /// How the sandbox was asked to be.
    pub(super) options: Options,
    /// Where the services are.
    pub(super) urls: Urls,
    /// The key that signs identity tokens.
    pub(super) tokens: TokenKey,
    /// What shall go wrong.
    pub(super) faults: Faults,
    /// The registry's contents.
    pub(super) registry: Registry,
    /// Browser and device flows under way.
    pub(super) pending: Mutex<Pending>,
    /// Where codes and other secrets come from.
    pub(super) secrets: Seed,
    books: Mutex<Books>,
}

/// The instance and what its logs hold.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) instance: Instance,
    /// Entries of Rekor v1 by their id.
    pub(super) v1: HashMap<String, LogEntry>,
    /// Ids of those entries by their global index.
    pub(super) v1_ids: BTreeMap<u64, String>,
    /// Bodies in Rekor v2 by their index.
    pub(super) v2: BTreeMap<u64, Vec<u8>>,
    /// Indexes in Rekor v2 by leaf hash.
    pub(super) v2_indexes: HashMap<[u8; 32], u64>,
    /// Certificates in the CT log, in order.
    pub(super) certificates: Vec<super::ct::Logged>,
    journal: Journal,
    logged_bytes: usize,
}

/// How handlers get at the state.
pub(super) type Shared = axum::extract::State<Arc<World>>;

impl World {
    pub(super) fn new(
        options: Options,
        urls: Urls,
        secrets: Seed,
        books: Books,
        registry: Registry,
    ) -> crate::sandbox::Result<Self> {
        Ok(Self {
            tokens: TokenKey::new(books.instance.seed())?,
            faults: Faults::default(),
            pending: Mutex::default(),
            secrets,
            books: Mutex::new(books),
            options,
            urls,
            registry,
        })
    }

    /// The instance and the logs, for one caller at a time.
    pub(super) fn books(&self) -> MutexGuard<'_, Books> {
        lock(&self.books)
    }
}

impl Books {
    /// Empty logs of an instance, with what the journal has from before.
    pub(super) fn new(instance: Instance, journal: Journal) -> std::io::Result<Self> {
        let mut books = Self {
            instance,
            v1: HashMap::new(),
            v1_ids: BTreeMap::new(),
            v2: BTreeMap::new(),
            v2_indexes: HashMap::new(),
            certificates: Vec::new(),
            journal: Journal::default(),
            logged_bytes: 0,
        };
        journal.replay(&mut books)?;
        books.journal = journal;
        Ok(books)
    }

    /// The id of an entry in Rekor v1: tree id and leaf hash, in hexadecimal.
    pub(super) fn v1_id(&self, entry: &ProposedEntry) -> String {
        let tree = self.instance.rekor_v1.tree_id();
        format!("{tree:016x}{}", hex::encode(leaf_hash(&entry.body)))
    }

    /// Notes an entry of Rekor v1.
    pub(super) fn enter_v1(&mut self, uuid: String, entry: LogEntry) {
        self.v1_ids.insert(entry.index, uuid.clone());
        self.v1.insert(uuid, entry);
    }

    /// Notes an entry of Rekor v2.
    pub(super) fn enter_v2(&mut self, hash: Hash, entry: LogEntry) {
        self.v2_indexes.insert(hash, entry.index);
        self.v2.insert(entry.index, entry.entry.body);
    }

    /// Keeps an entry for the next start; false if the folder cannot be written.
    pub(super) fn keep(&self, entry: &LogEntry) -> bool {
        self.journal.keep(entry).is_ok()
    }

    /// The same for a leaf of the CT log.
    pub(super) fn keep_leaf(&self, leaf: &[u8]) -> bool {
        self.journal.keep_leaf(leaf).is_ok()
    }

    /// Counts an entry against the space that the logs may take; false if there is no more.
    pub(super) fn has_room_for(&mut self, body: &[u8]) -> bool {
        let sum = self.logged_bytes.saturating_add(body.len());
        if sum > MAX_LOGGED_BYTES {
            return false;
        }
        self.logged_bytes = sum;
        true
    }
}

/// The time as certificates and logs write it: whole seconds.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Locks; a panic elsewhere does not make the state unusable, since every change to it is a single insertion.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
