//! Reading what was accepted, decided and triggered, for people and for the door that answers them.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::Serialize;

use super::events::time;
use super::{Broken, Unusable, chain, events, folder, orders, schema};
use crate::gate::queue::{EventId, QueueError};
use crate::gate::record::Record;
use crate::subject::Digest;

/// Most entries that are read at once.
pub const MAX_READ: usize = 1_000;

/// A view of a data directory that never writes. Another process may have the directory open.
pub struct Book {
    connection: Mutex<Connection>,
}

/// An event, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventStatus {
    /// Its number.
    pub event: EventId,
    /// Who sent it.
    pub caller: String,
    /// The caller's id of the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    /// The image that it named.
    pub reference: String,
    /// When it arrived, or was asked for again.
    pub received: Timestamp,
    /// Whether it waits, is decided, or is dead.
    pub state: EventState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Why the last attempt did not decide it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What it set off.
    pub orders: Vec<OrderStatus>,
}

/// Where an event is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventState {
    /// It waits to be decided.
    Waiting,
    /// It is decided.
    Decided,
    /// It could not be decided in time, and waits for a person.
    Dead,
}

/// An order, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderStatus {
    /// The record of the decision that it follows from.
    pub decision: i64,
    /// Name of the trigger.
    pub trigger: String,
    /// Where it is in its life.
    pub state: OrderState,
    /// How often it was tried.
    pub attempts: u32,
}

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// It waits for its turn, or to be tried again.
    Waiting,
    /// The trigger was set off, and has not said what came of it.
    Begun,
    /// It is done, or a newer one took its place.
    Done,
    /// It did not happen, and waits for a person.
    Dead,
}

impl Book {
    /// Opens a data directory for reading.
    ///
    /// # Errors
    ///
    /// When there is none, or it is of another version.
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        let unreadable = |error: rusqlite::Error| {
            Unusable::new(
                path,
                format!("its database cannot be read: {error}"),
                "name the data directory of a gate",
            )
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(folder::database(path), flags).map_err(unreadable)?;
        schema::set_up(&connection).map_err(unreadable)?;
        let version = schema::version(&connection).map_err(unreadable)?;
        if version != schema::CURRENT {
            return Err(Unusable::of_version(path, version));
        }
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Records after a number, the oldest first, at most `most` and [`MAX_READ`].
    pub fn after(&self, number: i64, most: usize) -> Result<Vec<Record>, QueueError> {
        self.read(|connection| {
            chain::select(
                connection,
                "number > ?1 ORDER BY number",
                params![number],
                most.min(MAX_READ),
            )
        })
    }

    /// Records before a number, the newest first, at most `most` and [`MAX_READ`].
    pub fn before(&self, number: i64, most: usize) -> Result<Vec<Record>, QueueError> {
        self.read(|connection| {
            chain::select(
                connection,
                "number < ?1 ORDER BY number DESC",
                params![number],
                most.min(MAX_READ),
            )
        })
    }

    /// Everything that was recorded about an event, the oldest first, at most [`MAX_READ`].
    pub fn of_event(&self, event: EventId) -> Result<Vec<Record>, QueueError> {
        self.read(|connection| {
            chain::select(
                connection,
                "event = ?1 ORDER BY number",
                params![event.0],
                MAX_READ,
            )
        })
    }

    /// Where an event is in its life; `None` where there is no such event.
    pub fn status(&self, event: EventId) -> Result<Option<EventStatus>, QueueError> {
        self.read(|connection| status(connection, event))
    }

    /// The events that wait or are dead, the oldest first, at most `most` and [`MAX_READ`].
    pub fn undecided(&self, most: usize) -> Result<Vec<EventStatus>, QueueError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM events WHERE state <> 1 ORDER BY id LIMIT ?1")?;
            let most = i64::try_from(most.min(MAX_READ)).unwrap_or(i64::MAX);
            let ids = statement.query_map(params![most], |row| Ok(EventId(row.get(0)?)))?;
            let mut found = Vec::new();
            for id in ids.collect::<rusqlite::Result<Vec<EventId>>>()? {
                found.extend(status(connection, id)?);
            }
            Ok(found)
        })
    }

    /// Whether a record has this hash.
    pub fn has(&self, hash: &Digest) -> Result<bool, QueueError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT 1 FROM records WHERE hash = ?1")?;
            statement.exists(params![hash.as_bytes()])
        })
    }

    /// Checks the whole chain. Gives the number of records and the last hash; one that was noted earlier has to be found
    /// in it again.
    pub fn verify(&self) -> Result<(i64, Digest), Broken> {
        chain::verify(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, QueueError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // One moment of the file for all that is read, however much is written meanwhile.
        let transaction = connection
            .unchecked_transaction()
            .map_err(super::writer::failed)?;
        read(&transaction).map_err(super::writer::failed)
    }
}

fn status(connection: &Connection, event: EventId) -> rusqlite::Result<Option<EventStatus>> {
    let mut statement = connection.prepare_cached(
        "SELECT caller, delivery, reference, received, state, attempts, due, why FROM events WHERE id = ?1",
    )?;
    let found = statement.query_row(params![event.0], |row| {
        let state = match row.get(4)? {
            events::WAITING => EventState::Waiting,
            events::DECIDED => EventState::Decided,
            _ => EventState::Dead,
        };
        let due: i64 = row.get(6)?;
        Ok(EventStatus {
            event,
            caller: row.get(0)?,
            delivery: row.get(1)?,
            reference: row.get(2)?,
            received: time(row.get(3)?),
            state,
            attempts: row.get(5)?,
            due: (state == EventState::Waiting).then(|| time(due)),
            why: row.get(7)?,
            orders: Vec::new(),
        })
    });
    let Some(mut status) = found.optional()? else {
        return Ok(None);
    };
    status.orders = orders::of_event(connection, event)?;
    Ok(Some(status))
}
