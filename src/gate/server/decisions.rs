//! `GET /v1/decisions`: what was decided and triggered, as far as it is about the caller's repositories.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::State;
use super::enter::Admitted;
use super::reply::{Problem, json};
use crate::gate::caller::Caller;
use crate::gate::record::{Entry, Record};
use crate::gate::{Book, EventId, QueueError};
use crate::subject::Reference;

/// Records of one answer when nothing else is asked for.
const USUAL: usize = 100;
/// Most records of one answer.
const MOST: usize = 500;

/// The numbers of a query.
pub(super) struct Query {
    /// Begin after this record.
    pub(super) after: Option<i64>,
    limit: usize,
}

impl Query {
    /// Reads `after=N&limit=N`.
    pub(super) fn read(query: Option<&str>) -> Result<Self, Problem> {
        let mut found = Self {
            after: None,
            limit: USUAL,
        };
        for pair in query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            match pair.split_once('=') {
                Some(("after", number)) => found.after = Some(record_number(number)?),
                Some(("limit", number)) => {
                    let limit = usize::try_from(record_number(number)?).map_err(|_| Problem::Query)?;
                    found.limit = limit.clamp(1, MOST);
                }
                _ => return Err(Problem::Query),
            }
        }
        Ok(found)
    }
}

/// The number of a record.
pub(super) fn record_number(text: &str) -> Result<i64, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(Problem::Query)
}

/// Lists records.
pub(super) async fn list(state: &Arc<State>, admitted: Admitted) -> Result<Response, Problem> {
    let query = Query::read(admitted.head.uri.query())?;
    let book = Arc::clone(&state.parts.book);
    on_thread(move || {
        let caller = admitted.caller()?;
        let after = query.after.unwrap_or_default();
        let records = book.after(after, query.limit).map_err(unavailable)?;
        let next = records.last().map_or(after, |record| record.number);
        let seen: Vec<_> = records
            .iter()
            .filter(|record| is_visible(&book, caller, record))
            .collect();
        Ok(json(StatusCode::OK, &json!({"records": seen, "next": next})))
    })
    .await
}

/// Tells of one event. One of another's repositories is answered as one that is not there.
pub(super) async fn one(state: &Arc<State>, admitted: Admitted) -> Result<Response, Problem> {
    let last = admitted.head.uri.path().rsplit('/').next().unwrap_or_default();
    let event: EventId = last.parse().map_err(|_| Problem::NotFound)?;
    let book = Arc::clone(&state.parts.book);
    on_thread(move || {
        let status = book.status(event).map_err(unavailable)?;
        let status = status.ok_or(Problem::NotFound)?;
        if !speaks_for(admitted.caller()?, &status.reference) {
            return Err(Problem::NotFound);
        }
        let records = book.of_event(event).map_err(unavailable)?;
        Ok(json(
            StatusCode::OK,
            &json!({"status": status, "records": records}),
        ))
    })
    .await
}

/// Whether a record is about a repository of the caller.
pub(super) fn is_visible(book: &Book, caller: &Caller, record: &Record) -> bool {
    match &record.entry {
        Entry::Decision(decision) => speaks_for(caller, &decision.reference),
        other => {
            let status = book.status(other.event());
            matches!(status, Ok(Some(status)) if speaks_for(caller, &status.reference))
        }
    }
}

fn speaks_for(caller: &Caller, reference: &str) -> bool {
    let reference: Result<Reference, _> = reference.parse();
    reference.is_ok_and(|reference| caller.speaks_for(&reference))
}

/// Reads on a thread that may wait for the disk.
pub(super) async fn on_thread<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(read)
        .await
        .unwrap_or(Err(Problem::Unavailable))
}

pub(super) fn unavailable(_: QueueError) -> Problem {
    Problem::Unavailable
}
