//! The store: one SQLite file in a directory that one process has open.
//!
//! | part | answers for |
//! |---|---|
//! | `folder` | the directory: its rights, its lock, its key |
//! | `schema` | tables and their versions |
//! | `writer` | the thread that writes, many pieces of work with one flush |
//! | `events`, `orders` | what waits, what is handed out, what came of it |
//! | `chain` | records, each tied to the one before |
//! | `verdicts` | verdicts that are kept |
//! | `book` | reading, by this process or another |
//!
//! Whatever is answered is on disk: the write-ahead log is flushed at every commit (`synchronous = FULL`).

mod bell;
mod book;
mod chain;
mod events;
mod folder;
mod orders;
mod schema;
mod verdicts;
mod writer;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tokio::sync::watch;

pub use book::{Book, EventState, EventStatus, MAX_READ, OrderState, OrderStatus};
pub(crate) use verdicts::VerdictKey;

use super::order::Order;
use super::queue::{Accepted, End, Event, EventId, NewEvent, Queue, QueueError, Reply, Settled};
use super::record::Proof;
use crate::report::{Code, Finding, Origin};
use crate::subject::Digest;
use bell::Bell;
use folder::Folder;
use writer::{Writer, failed};

/// Why a data directory cannot be used. Nothing in it was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {found}", path.display())]
pub struct Unusable {
    path: PathBuf,
    found: String,
    help: String,
}

/// Why records cannot be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The chain does not hold.
    #[error("{0}")]
    Chain(String),
    /// The file cannot be read.
    #[error("the records cannot be read: {0}")]
    Unreadable(String),
}

impl From<rusqlite::Error> for Broken {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// The store of one gate.
pub struct Store {
    writer: Writer,
    /// For looking what is due, and for verdicts that are kept.
    reader: Mutex<Connection>,
    /// Events that were handed out.
    held: Mutex<BTreeSet<EventId>>,
    bell: Arc<Bell>,
    instance: String,
    head: (i64, Digest),
    folder: Folder,
}

impl Store {
    /// Opens the data directory, makes it if it is not there, and checks all that is in it.
    ///
    /// # Errors
    ///
    /// When another process has it open, others may read it, or its content is damaged or of a newer version.
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        let folder = Folder::open(path)?;
        let damaged = |error: rusqlite::Error| {
            let found = format!("its database cannot be used: {error}");
            Unusable::new(
                path,
                found,
                "keep a copy of the folder for whoever looks into it, and restore it from a backup",
            )
        };
        let connection = Connection::open(folder.database()).map_err(damaged)?;
        schema::set_up(&connection).map_err(damaged)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(damaged)?;
        check(&connection, path)?;
        let head = chain::verify(&connection).map_err(|broken| Unusable::broken(path, &broken))?;
        let instance = instance(&connection).map_err(damaged)?;
        orders::resume(&connection).map_err(damaged)?;
        let reader = Connection::open(folder.database()).map_err(damaged)?;
        schema::set_up(&reader).map_err(damaged)?;
        let bell = Arc::new(Bell::new());
        let writer = Writer::start(connection, Arc::clone(&bell)).map_err(|error| {
            Unusable::new(
                path,
                format!("no thread for it: {error}"),
                "allow this user more threads",
            )
        })?;
        Ok(Self {
            writer,
            reader: Mutex::new(reader),
            held: Mutex::default(),
            bell,
            instance,
            head,
            folder,
        })
    }

    /// The last record when it was opened: its number and hash, for comparing with what was noted elsewhere.
    pub fn head(&self) -> &(i64, Digest) {
        &self.head
    }

    /// A view for reading.
    ///
    /// # Errors
    ///
    /// When the system gives no further file.
    pub fn book(&self) -> Result<Book, Unusable> {
        Book::open(self.folder.path())
    }

    /// Changes whenever something was written.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.bell.watch()
    }

    /// The proof of an *allowed* that is kept under a key. What cannot be read counts as absent: the image is verified
    /// then.
    pub(crate) fn verdict(&self, key: &VerdictKey, now: Timestamp) -> Option<Proof> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts::get(&reader, &self.folder.key, key, now).ok().flatten()
    }

    /// Keeps the proof of an *allowed*. Not being able to is no reason to deny (CVE-2024-51491), so nobody is told.
    pub(crate) fn keep_verdict(&self, key: VerdictKey, proof: Proof, expires: Timestamp, now: Timestamp) {
        let secret = self.folder.key.clone();
        let keep =
            move |connection: &Connection| verdicts::keep(connection, &secret, &key, &proof, expires, now);
        drop(self.writer.try_ask(keep));
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, QueueError> {
        let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        read(&reader).map_err(failed)
    }
}

impl Queue for Store {
    fn accept(&self, event: NewEvent) -> Result<Reply<Accepted>, QueueError> {
        self.writer
            .try_ask(move |connection| events::accept(connection, &event))
    }

    fn claim(&self, most: usize, now: Timestamp) -> Result<Vec<Event>, QueueError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due =
            self.read(|connection| events::due(connection, now, most.saturating_add(held.len())))?;
        due.retain(|event| !held.contains(&event.id));
        due.truncate(most);
        held.extend(due.iter().map(|event| event.id));
        Ok(due)
    }

    fn settle(&self, settled: Vec<Settled>) -> Result<(), QueueError> {
        let settled_events: Vec<EventId> = settled.iter().map(Settled::event).collect();
        let kept = self.writer.ask(move |connection| {
            settled
                .into_iter()
                .try_for_each(|settled| events::settle(connection, settled))
        });
        // Whether they were kept or not, they are nobody's any more.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for event in settled_events {
            held.remove(&event);
        }
        kept
    }

    fn begin(&self, now: Timestamp) -> Result<Option<Order>, QueueError> {
        if self.read(|connection| orders::next(connection, now))?.is_none() {
            return Ok(None);
        }
        let instance = self.instance.clone();
        self.writer
            .ask(move |connection| orders::begin(connection, &instance, now))
    }

    fn finish(&self, order: &Order, end: End, now: Timestamp) -> Result<(), QueueError> {
        let mut firing = order.firing(now);
        firing.result = Some(end.outcome);
        firing.detail = Some(end.detail.clone());
        self.writer
            .ask(move |connection| orders::finish(connection, firing, &end))
    }

    fn changes(&self) -> u64 {
        self.bell.count()
    }

    fn wait(&self, seen: u64, longest: Duration) {
        self.bell.wait(seen, longest);
    }

    fn replay(&self, event: EventId, now: Timestamp) -> Result<bool, QueueError> {
        self.writer
            .ask(move |connection| events::replay(connection, event, now))
    }
}

/// Makes an event of a data directory wait again, as [`Queue::replay`] does. Another process may have the directory open: it
/// notices by itself.
///
/// # Errors
///
/// When the directory is no gate's, or cannot be written.
pub fn replay(path: &Path, event: EventId, now: Timestamp) -> Result<bool, Unusable> {
    let unusable = |error: rusqlite::Error| {
        let help = "name the data directory of a gate, as the user that the gate runs as";
        Unusable::new(path, format!("its database cannot be written: {error}"), help)
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(folder::database(path), flags).map_err(unusable)?;
    schema::set_up(&connection).map_err(unusable)?;
    let version = schema::version(&connection).map_err(unusable)?;
    if version != schema::CURRENT {
        return Err(Unusable::of_version(path, version));
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(unusable)?;
    let revived = events::replay(&transaction, event, now).map_err(unusable)?;
    transaction.commit().map_err(unusable)?;
    Ok(revived)
}

/// Checks the file itself, and brings its tables up to date.
fn check(connection: &Connection, path: &Path) -> Result<(), Unusable> {
    let restore = "keep a copy of the folder for whoever looks into it, and restore it from a backup";
    let unreadable =
        |error: rusqlite::Error| Unusable::new(path, format!("its database is damaged: {error}"), restore);
    let answer: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(unreadable)?;
    if answer != "ok" {
        return Err(Unusable::new(
            path,
            format!("its database is damaged: {answer}"),
            restore,
        ));
    }
    let version = schema::version(connection).map_err(unreadable)?;
    if version > schema::CURRENT {
        return Err(Unusable::of_version(path, version));
    }
    schema::migrate(connection, version).map_err(unreadable)
}

/// The name that tells this data directory from others, made once.
fn instance(connection: &Connection) -> rusqlite::Result<String> {
    use rusqlite::OptionalExtension as _;
    let known = connection
        .query_row("SELECT name FROM instance", [], |row| row.get(0))
        .optional()?;
    if let Some(name) = known {
        return Ok(name);
    }
    let mut random = [0; 8];
    aws_lc_rs::rand::fill(&mut random)
        .map_err(|_| rusqlite::Error::ToSqlConversionFailure("the system gives no random numbers".into()))?;
    let name = hex::encode(random);
    connection.execute("INSERT INTO instance (name) VALUES (?1)", [&name])?;
    Ok(name)
}

impl Unusable {
    fn new(path: &Path, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            found: found.into(),
            help: help.into(),
        }
    }

    fn of_version(path: &Path, version: u32) -> Self {
        let found = format!(
            "its database has version {version}, and this build reads {}",
            schema::CURRENT
        );
        Self::new(
            path,
            found,
            "use the build of portcullis that wrote it, or a newer one",
        )
    }

    fn broken(path: &Path, broken: &Broken) -> Self {
        let help = "somebody or something changed it: keep a copy for whoever looks into it, and restore it from a backup";
        Self::new(path, format!("its records cannot be believed: {broken}"), help)
    }

    /// What is told at the start.
    pub fn finding(&self) -> Finding {
        let origin = Origin::flag(self.path.display().to_string());
        Finding::new(
            Code::GateDataUnusable,
            format!("the data directory cannot be used: {}", self.found),
        )
        .origin(&origin)
        .help(&self.help)
    }
}

#[cfg(test)]
mod tests;
