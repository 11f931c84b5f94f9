//! `GET /v1/decisions/stream`: records as they are written, as server-sent events. A client that lost its connection goes on
//! where it was by `Last-Event-ID`, which browsers send by themselves.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http_body::Frame;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, timeout_at};

use super::State;
use super::decisions::{Query, is_visible, on_thread, record_number, unavailable};
use super::enter::Admitted;
use super::reply::Problem;
use crate::gate::record::{Entry, Record};

/// How long a stream lasts. Its client connects again, and proves again who it is.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// After so much silence a comment is sent, so that nothing in between takes the connection for dead.
const SILENCE: Duration = Duration::from_secs(15);
/// How long a client may take to read what was sent.
const STALLED: Duration = Duration::from_secs(30);
/// Records that are read at once.
const AT_ONCE: usize = 100;
/// Chunks that wait for the client.
const WAITING: usize = 4;

/// Opens a stream.
pub(super) async fn open(state: &Arc<State>, admitted: Admitted) -> Result<Response, Problem> {
    let permit = Arc::clone(&state.streams).try_acquire_owned();
    let permit = permit.map_err(|_| Problem::Busy)?;
    let asked = Query::read(admitted.head.uri.query())?.after;
    let last = match admitted.head.headers.get("last-event-id") {
        Some(value) => Some(record_number(value.to_str().map_err(|_| Problem::Query)?)?),
        None => asked,
    };
    let after = match last {
        Some(after) => after,
        None => newest(state).await?,
    };
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::spawn(follow(Arc::clone(state), Arc::new(admitted), after, sender));
    let headers = [(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-store")];
    let body = Chunks {
        receiver,
        _permit: permit,
    };
    Ok((headers, Body::new(body)).into_response())
}

async fn newest(state: &Arc<State>) -> Result<i64, Problem> {
    let book = Arc::clone(&state.parts.book);
    on_thread(move || {
        let newest = book.before(i64::MAX, 1).map_err(unavailable)?;
        Ok(newest.first().map_or(0, |record| record.number))
    })
    .await
}

/// Sends records until the client goes, the time is over, the configuration changes or the gate ends.
async fn follow(state: Arc<State>, admitted: Arc<Admitted>, mut after: i64, sender: mpsc::Sender<Bytes>) {
    let end = Instant::now() + LONGEST;
    let mut changes = state.parts.changes.clone();
    let mut closing = state.closing.clone();
    let mut configs = state.parts.config.clone();
    // The header goes out at once, so that the client knows that it is connected.
    let mut text = ": connected\n\n".to_owned();
    loop {
        // What a caller may read, and whether it is one, may be another: it proves again who it is.
        if !Arc::ptr_eq(&configs.borrow_and_update(), &admitted.config) {
            return;
        }
        changes.mark_unchanged();
        loop {
            let Ok((found, last)) = read(&state, &admitted, after).await else {
                return;
            };
            let more = last > after;
            after = last;
            text.push_str(&found);
            if !more {
                break;
            }
            if !send(&sender, &mut text).await {
                return;
            }
        }
        if !send(&sender, &mut text).await {
            return;
        }
        let quiet = end.min(Instant::now() + SILENCE);
        tokio::select! {
            changed = timeout_at(quiet, changes.changed()) => match changed {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(_) if Instant::now() >= end => return,
                Err(_) => text.push_str(": still here\n\n"),
            },
            _ = configs.changed() => {}
            _ = closing.changed() => return,
        }
    }
}

/// What was sent has to be taken; a client that does not read is given up.
async fn send(sender: &mpsc::Sender<Bytes>, text: &mut String) -> bool {
    if text.is_empty() {
        return !sender.is_closed();
    }
    let chunk = Bytes::from(std::mem::take(text));
    matches!(
        tokio::time::timeout(STALLED, sender.send(chunk)).await,
        Ok(Ok(()))
    )
}

/// The records after a number as they are sent, and the number of the last that was looked at.
async fn read(state: &Arc<State>, admitted: &Arc<Admitted>, after: i64) -> Result<(String, i64), Problem> {
    let book = Arc::clone(&state.parts.book);
    let admitted = Arc::clone(admitted);
    on_thread(move || {
        let caller = admitted.caller()?;
        let records = book.after(after, AT_ONCE).map_err(unavailable)?;
        let last = records.last().map_or(after, |record| record.number);
        let seen = records.iter().filter(|record| is_visible(&book, caller, record));
        Ok((seen.map(event).collect(), last))
    })
    .await
}

fn event(record: &Record) -> String {
    let name = match record.entry {
        Entry::Decision(_) => "decision",
        Entry::Firing(_) => "firing",
        Entry::Fired(_) => "fired",
        Entry::Replayed(_) => "replayed",
    };
    // JSON has no line end in it.
    let data = serde_json::to_string(record).unwrap_or_default();
    format!("id: {}\nevent: {name}\ndata: {data}\n\n", record.number)
}

/// The chunks of a stream as a body.
struct Chunks {
    receiver: mpsc::Receiver<Bytes>,
    _permit: OwnedSemaphorePermit,
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let chunk = self.receiver.poll_recv(context);
        chunk.map(|chunk| chunk.map(|bytes| Ok(Frame::data(bytes))))
    }
}
