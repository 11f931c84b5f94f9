//! What the servers share: the instance with its logs' contents, the keys of the issuer, and the faults to make.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::faults::Faults;
use super::jwt::TokenKey;
use super::oidc::Pending;
use super::options::{Options, Urls};
use super::registry::Registry;
use crate::sandbox::Instance;
use crate::sandbox::entry::LogEntry;
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
    logged_bytes: usize,
}

/// How handlers get at the state.
pub(super) type Shared = axum::extract::State<Arc<World>>;

impl World {
    pub(super) fn new(
        options: Options,
        urls: Urls,
        instance: Instance,
        registry: Registry,
    ) -> crate::sandbox::Result<Self> {
        Ok(Self {
            tokens: TokenKey::new(instance.seed())?,
            faults: Faults::default(),
            pending: Mutex::default(),
            secrets: instance.seed().child("secrets"),
            books: Mutex::new(Books {
                instance,
                v1: HashMap::new(),
                v1_ids: BTreeMap::new(),
                v2: BTreeMap::new(),
                v2_indexes: HashMap::new(),
                certificates: Vec::new(),
                logged_bytes: 0,
            }),
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
