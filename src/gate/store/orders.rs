//! Orders on disk: made with the decision that they follow from, handed out one at a time for each trigger, ended.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::book::{OrderState, OrderStatus};
use super::chain;
use super::events::{LONGEST_PUT_OFF, time};
use crate::gate::config::RollbackRule;
use crate::gate::order::{Allowed, Attempt, Order};
use crate::gate::queue::{End, EventId};
use crate::gate::record::{Decision, Entry, Firing, Outcome, Ruling};
use crate::gate::rollback::{self, Last};
use crate::subject::Digest;

/// It waits for its turn.
const WAITING: i64 = 0;
/// It was handed out.
const BEGUN: i64 = 1;
/// It is done, or another took its place.
const DONE: i64 = 2;
/// It did not happen, and is not tried again unless a person asks for it.
const DEAD: i64 = 3;

/// An image that is allowed for good: what is kept of it.
pub(super) struct ToFollow {
    repository: String,
    route: String,
    digest: String,
    signed: Option<i64>,
    time: i64,
}

/// Holds an allowed image against what was allowed before it. `None` if it is not allowed in the end.
pub(super) fn weigh(
    connection: &Connection,
    decision: &mut Decision,
    rule: RollbackRule,
) -> rusqlite::Result<Option<ToFollow>> {
    let (Ruling::Allowed(_), Some(route), Some(digest)) =
        (&decision.ruling, &decision.route, &decision.digest)
    else {
        return Ok(None);
    };
    let (route, digest) = (route.clone(), digest.to_string());
    let mut seen = connection
        .prepare_cached("SELECT 1 FROM allowed WHERE route = ?1 AND repository = ?2 AND digest = ?3")?;
    let seen = seen.exists(params![route, decision.repository, digest])?;
    let last = last(connection, &route, &decision.repository)?;
    rollback::apply(decision, last, seen, rule);
    let Ruling::Allowed(proof) = &decision.ruling else {
        return Ok(None);
    };
    Ok(Some(ToFollow {
        repository: decision.repository.clone(),
        route,
        digest,
        signed: proof.signed.map(Timestamp::as_millisecond),
        time: decision.time.as_millisecond(),
    }))
}

fn last(connection: &Connection, route: &str, repository: &str) -> rusqlite::Result<Option<Last>> {
    let mut statement = connection.prepare_cached(
        "SELECT digest, signed FROM allowed WHERE route = ?1 AND repository = ?2 ORDER BY decision DESC LIMIT 1",
    )?;
    let last = statement.query_row(params![route, repository], |row| {
        let digest: String = row.get(0)?;
        let digest: Digest = digest.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
        })?;
        let signed: Option<i64> = row.get(1)?;
        Ok(Last {
            digest,
            signed: signed.map(time),
        })
    });
    last.optional()
}

/// Whether another image of the repository was allowed meanwhile, by an event that came later: deciding this one took
/// longer, so that its orders would bring an old image after a new one. What a person asked for again since is no such
/// thing.
pub(super) fn is_overtaken(
    connection: &Connection,
    allowed: &ToFollow,
    event: EventId,
) -> rusqlite::Result<bool> {
    let mut overtaken = connection.prepare_cached(
        "SELECT 1 FROM (SELECT digest, decision FROM allowed WHERE route = ?1 AND repository = ?2
                        ORDER BY decision DESC LIMIT 1) AS last
         JOIN records ON records.number = last.decision
         WHERE last.digest <> ?3 AND records.event > ?4
         AND NOT EXISTS (SELECT 1 FROM records AS asked WHERE asked.event = ?4 AND asked.number > last.decision
                         AND json_extract(asked.entry, '$.kind') = 'replayed')",
    )?;
    overtaken.exists(params![
        allowed.route,
        allowed.repository,
        allowed.digest,
        event.0
    ])
}

/// Records that an allowed image sets nothing off, since a newer one was allowed before it.
pub(super) fn give_way(
    connection: &Connection,
    allowed: &ToFollow,
    decision: i64,
    event: EventId,
    triggers: &[String],
) -> rusqlite::Result<()> {
    for trigger in triggers {
        let firing = Firing {
            decision,
            event,
            trigger: trigger.clone(),
            attempt: 0,
            time: time(allowed.time),
            result: Some(Outcome::Superseded),
            detail: Some("an event that came later was allowed before it".to_owned()),
        };
        chain::append(connection, &Entry::Fired(firing))?;
    }
    Ok(())
}

/// Makes the orders of an allowed image. Earlier ones for the same repository that failed, and wait to be tried again,
/// give way: they would bring back the older image after this one.
pub(super) fn follow(
    connection: &Connection,
    allowed: &ToFollow,
    decision: i64,
    event: EventId,
    triggers: &[String],
) -> rusqlite::Result<()> {
    let mut keep = connection.prepare_cached(
        "INSERT INTO allowed (route, repository, digest, signed, decision) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET decision = excluded.decision",
    )?;
    keep.execute(params![
        allowed.route,
        allowed.repository,
        allowed.digest,
        allowed.signed,
        decision
    ])?;
    for trigger in triggers {
        let mut insert = connection.prepare_cached(
            "INSERT INTO orders (decision, target, event, repository, state, due) VALUES (?1, ?2, ?3, ?4, 0, ?5)",
        )?;
        insert.execute(params![
            decision,
            trigger,
            event.0,
            allowed.repository,
            allowed.time
        ])?;
        supersede(connection, trigger, &allowed.repository, time(allowed.time))?;
    }
    Ok(())
}

/// Ends the orders that failed and that a newer one for the same repository waits behind.
fn supersede(
    connection: &Connection,
    trigger: &str,
    repository: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "SELECT decision, event, attempts FROM orders AS o
         WHERE target = ?1 AND repository = ?2 AND state = 0 AND attempts > 0 AND may_have_happened = 0
         AND EXISTS (SELECT 1 FROM orders AS newer WHERE newer.target = ?1 AND newer.repository = ?2
                     AND newer.state < 2 AND newer.decision > o.decision)",
    )?;
    let rows = statement.query_map(params![trigger, repository], |row| {
        Ok((row.get(0)?, EventId(row.get(1)?), row.get(2)?))
    })?;
    for (decision, event, attempt) in rows.collect::<rusqlite::Result<Vec<(i64, EventId, u32)>>>()? {
        let firing = Firing {
            decision,
            event,
            trigger: trigger.to_owned(),
            attempt,
            time: now,
            result: Some(Outcome::Superseded),
            detail: Some("a newer image of the repository was allowed".to_owned()),
        };
        chain::append(connection, &Entry::Fired(firing))?;
        set(connection, decision, trigger, DONE)?;
    }
    Ok(())
}

fn set(connection: &Connection, decision: i64, trigger: &str, state: i64) -> rusqlite::Result<()> {
    let mut update =
        connection.prepare_cached("UPDATE orders SET state = ?3 WHERE decision = ?1 AND target = ?2")?;
    update.execute(params![decision, trigger, state]).map(drop)
}

/// An order that waits: its decision, trigger and attempts, and whether it may have happened.
type Next = (i64, String, u32, bool);

/// The order to begin next: of a trigger that has none in hand, due, and the oldest of its repository.
pub(super) fn next(connection: &Connection, now: Timestamp) -> rusqlite::Result<Option<Next>> {
    // One trigger after the other, so that a long line before one of them is never walked along.
    let mut targets = connection.prepare_cached(
        "SELECT target FROM orders WHERE state < 2 AND target > ?1 ORDER BY target LIMIT 1",
    )?;
    let mut busy = connection.prepare_cached("SELECT 1 FROM orders WHERE target = ?1 AND state = 1")?;
    let mut first = connection.prepare_cached(
        "SELECT decision, target, attempts, may_have_happened FROM orders AS o
         WHERE target = ?1 AND state < 2 AND state = 0 AND (due <= ?2 OR due > ?3)
         AND NOT EXISTS (SELECT 1 FROM orders AS older WHERE older.target = ?1 AND older.repository = o.repository
                         AND older.state < 2 AND older.decision < o.decision)
         ORDER BY decision LIMIT 1",
    )?;
    let moment = now.as_millisecond();
    let mut target = String::new();
    while let Some(found) = targets.query_row(params![target], |row| row.get(0)).optional()? {
        target = found;
        if busy.exists(params![target])? {
            continue;
        }
        let next = first.query_row(
            params![target, moment, moment.saturating_add(LONGEST_PUT_OFF)],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        );
        if let Some(next) = next.optional()? {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

/// Most other repositories of one trigger. An application with more images needs several triggers.
const MAX_BESIDE: usize = 64;

/// What is allowed for a trigger by the latest decision about each repository but one.
fn beside(connection: &Connection, trigger: &str, own: &str) -> rusqlite::Result<Vec<Allowed>> {
    let mut repositories = connection.prepare_cached(
        "SELECT repository FROM orders WHERE target = ?1 AND repository > ?2 ORDER BY repository LIMIT 1",
    )?;
    let mut latest = connection
        .prepare_cached("SELECT max(decision) FROM orders WHERE target = ?1 AND repository = ?2")?;
    let mut beside = Vec::new();
    let mut repository = String::new();
    while let Some(found) = repositories
        .query_row(params![trigger, repository], |row| row.get(0))
        .optional()?
    {
        repository = found;
        if repository == own {
            continue;
        }
        if beside.len() == MAX_BESIDE {
            break;
        }
        let decision = latest.query_row(params![trigger, repository], |row| row.get(0))?;
        beside.extend(chain::get(connection, decision)?.and_then(Allowed::of));
    }
    Ok(beside)
}

/// Hands out an order, and records that it begins.
pub(super) fn begin(
    connection: &Connection,
    instance: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Order>> {
    let Some((decision, trigger, attempts, may_have_happened)) = next(connection, now)? else {
        return Ok(None);
    };
    let Some(allowed) = chain::get(connection, decision)?.and_then(Allowed::of) else {
        // The record says otherwise than the table. The record is believed.
        set(connection, decision, &trigger, DEAD)?;
        return Ok(None);
    };
    let attempt = Attempt {
        number: attempts.saturating_add(1),
        may_have_happened,
    };
    let beside = beside(connection, &trigger, allowed.repository())?;
    let order = Order::new(allowed, instance, &trigger, attempt).beside(beside);
    chain::append(connection, &Entry::Firing(order.firing(now)))?;
    let mut update = connection
        .prepare_cached("UPDATE orders SET state = ?3, attempts = ?4 WHERE decision = ?1 AND target = ?2")?;
    update.execute(params![decision, trigger, BEGUN, attempt.number])?;
    Ok(Some(order))
}

/// Records what came of an order.
pub(super) fn finish(connection: &Connection, firing: Firing, end: &End) -> rusqlite::Result<()> {
    let (state, may_have_happened) = match end.outcome {
        Outcome::Done | Outcome::AlreadyDone | Outcome::Superseded => (DONE, false),
        Outcome::Refused | Outcome::Expired => (DEAD, false),
        Outcome::Retry => (WAITING, false),
        Outcome::Unknown => (WAITING, true),
    };
    let mut update = connection.prepare_cached(
        "UPDATE orders SET state = ?3, due = ?4, may_have_happened = ?5 OR (?3 = 0 AND may_have_happened)
         WHERE decision = ?1 AND target = ?2 RETURNING repository",
    )?;
    let repository: String = update.query_row(
        params![
            firing.decision,
            firing.trigger,
            state,
            end.due.as_millisecond(),
            may_have_happened
        ],
        |row| row.get(0),
    )?;
    let (trigger, now) = (firing.trigger.clone(), firing.time);
    chain::append(connection, &Entry::Fired(firing))?;
    supersede(connection, &trigger, &repository, now)
}

/// After the start of a process: what was begun and not ended may have happened.
pub(super) fn resume(connection: &Connection) -> rusqlite::Result<()> {
    let resume = "UPDATE orders SET state = 0, may_have_happened = 1 WHERE state = 1";
    connection.execute(resume, []).map(drop)
}

/// Forgets the dead orders of an event, which is decided again. `false` when there are none.
pub(super) fn forget_dead(connection: &Connection, event: EventId) -> rusqlite::Result<bool> {
    let forget = "UPDATE orders SET state = 2 WHERE event = ?1 AND state = 3";
    Ok(connection.execute(forget, params![event.0])? > 0)
}

/// The orders of an event, for people.
pub(super) fn of_event(connection: &Connection, event: EventId) -> rusqlite::Result<Vec<OrderStatus>> {
    let mut statement = connection.prepare_cached(
        "SELECT decision, target, state, attempts FROM orders WHERE event = ?1 ORDER BY decision, target",
    )?;
    let rows = statement.query_map(params![event.0], |row| {
        Ok(OrderStatus {
            decision: row.get(0)?,
            trigger: row.get(1)?,
            state: match row.get(2)? {
                WAITING => OrderState::Waiting,
                BEGUN => OrderState::Begun,
                DONE => OrderState::Done,
                _ => OrderState::Dead,
            },
            attempts: row.get(3)?,
        })
    })?;
    rows.collect()
}
