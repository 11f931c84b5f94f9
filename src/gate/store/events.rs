//! Events on disk: kept once, handed out, settled.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{chain, orders};
use crate::gate::hint::{DeliveryId, Hint};
use crate::gate::queue::{Accepted, Event, EventId, NewEvent, Settled};
use crate::gate::record::{Decision, Entry, Replayed};

/// It waits to be decided.
pub(super) const WAITING: i64 = 0;
/// It is decided.
pub(super) const DECIDED: i64 = 1;
/// It could not be decided in time.
pub(super) const DEAD: i64 = 2;

/// Longest time that an event or order is put off, in milliseconds: an hour. One that seems to wait for longer was put off
/// before the clock was set back, and is due.
pub(super) const LONGEST_PUT_OFF: i64 = 3_600_000;

/// Keeps an event, unless it is kept already.
pub(super) fn accept(connection: &Connection, event: &NewEvent) -> rusqlite::Result<Accepted> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO events (caller, fingerprint, delivery, reference, received, state, due)
         VALUES (?1, ?2, ?3, ?4, ?5, 0, ?5) ON CONFLICT DO NOTHING",
    )?;
    let added = insert.execute(params![
        event.caller,
        event.fingerprint.0,
        event.hint.delivery.as_ref().map(DeliveryId::as_str),
        event.hint.reference.whole(),
        event.received.as_millisecond(),
    ])?;
    if added == 1 {
        return Ok(Accepted::New(EventId(connection.last_insert_rowid())));
    }
    let mut known =
        connection.prepare_cached("SELECT id FROM events WHERE caller = ?1 AND fingerprint = ?2")?;
    let id = known.query_row(params![event.caller, event.fingerprint.0], |row| row.get(0))?;
    Ok(Accepted::Again(EventId(id)))
}

/// Events that wait and are due, the longest due first.
pub(super) fn due(connection: &Connection, now: Timestamp, most: usize) -> rusqlite::Result<Vec<Event>> {
    const COLUMNS: &str = "id, caller, delivery, reference, received, attempts";
    let now = now.as_millisecond();
    let select = |condition: &str, bound: i64| {
        let query = format!(
            "SELECT {COLUMNS} FROM events WHERE state = 0 AND due {condition} ?1 ORDER BY due, id LIMIT ?2"
        );
        let mut statement = connection.prepare_cached(&query)?;
        let rows = statement.query_map(params![bound, i64::try_from(most).unwrap_or(i64::MAX)], event)?;
        rows.collect::<rusqlite::Result<Vec<Event>>>()
    };
    let events = select("<=", now)?;
    if events.is_empty() {
        return select(">", now.saturating_add(LONGEST_PUT_OFF));
    }
    Ok(events)
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let delivery: Option<String> = row.get(2)?;
    let reference: String = row.get(3)?;
    let damaged = |column| {
        let what = "not what was written";
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, what.into())
    };
    let delivery = delivery
        .map(|text| DeliveryId::new(&text))
        .transpose()
        .map_err(|_| damaged(2))?;
    Ok(Event {
        id: EventId(row.get(0)?),
        caller: row.get(1)?,
        hint: Hint::new(&reference, delivery).map_err(|_| damaged(3))?,
        received: time(row.get(4)?),
        attempts: row.get(5)?,
    })
}

/// A time as it is kept. One beyond what the calendar knows is the end of it.
pub(super) fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

/// Keeps what became of an event.
pub(super) fn settle(connection: &Connection, settled: Settled) -> rusqlite::Result<()> {
    match settled {
        Settled::Decided { mut decision, follow } => {
            let event = decision.event;
            let allowed = orders::weigh(connection, &mut decision, follow.rollback)?;
            let number = record(connection, decision, DECIDED)?;
            match allowed {
                Some(allowed) if orders::is_overtaken(connection, &allowed, event)? => {
                    orders::give_way(connection, &allowed, number, event, &follow.triggers)
                }
                Some(allowed) => orders::follow(connection, &allowed, number, event, &follow.triggers),
                None => Ok(()),
            }
        }
        Settled::Dead(decision) => record(connection, decision, DEAD).map(drop),
        Settled::Later { event, due, why } => {
            let mut update = connection.prepare_cached(
                "UPDATE events SET due = ?2, attempts = attempts + 1, why = ?3 WHERE id = ?1 AND state = 0",
            )?;
            update
                .execute(params![event.0, due.as_millisecond(), why])
                .map(drop)
        }
    }
}

fn record(connection: &Connection, decision: Box<Decision>, state: i64) -> rusqlite::Result<i64> {
    let event = decision.event;
    let number = chain::append(connection, &Entry::Decision(decision))?;
    let mut update = connection
        .prepare_cached("UPDATE events SET state = ?2, attempts = attempts + 1, why = NULL WHERE id = ?1")?;
    update.execute(params![event.0, state])?;
    Ok(number)
}

/// Makes an event wait again if it, or an order that followed from it, is dead.
pub(super) fn replay(connection: &Connection, event: EventId, now: Timestamp) -> rusqlite::Result<bool> {
    let state = "SELECT state FROM events WHERE id = ?1";
    let state: Option<i64> = connection
        .query_row(state, params![event.0], |row| row.get(0))
        .optional()?;
    let revived = match state {
        Some(DEAD) => true,
        Some(DECIDED) => orders::forget_dead(connection, event)?,
        _ => false,
    };
    if revived {
        let reference = decided_reference(connection, event)?;
        connection.execute(
            "UPDATE events SET state = 0, due = ?2, received = ?2, attempts = 0, why = NULL,
             reference = ifnull(?3, reference) WHERE id = ?1",
            params![event.0, now.as_millisecond(), reference],
        )?;
        chain::append(connection, &Entry::Replayed(Replayed { event, time: now }))?;
    }
    Ok(revived)
}

/// The image that the event was about when it was decided: a tag that has moved since does not bring in another.
fn decided_reference(connection: &Connection, event: EventId) -> rusqlite::Result<Option<String>> {
    let decisions = "event = ?1 AND json_extract(entry, '$.kind') = 'decision' ORDER BY number DESC";
    let last = chain::select(connection, decisions, params![event.0], 1)?.pop();
    Ok(last.and_then(|record| match record.entry {
        Entry::Decision(decision) => Some(format!("{}@{}", decision.repository, decision.digest?)),
        _ => None,
    }))
}
