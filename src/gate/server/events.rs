//! `POST /v1/events`: an event is answered for when it is on disk.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;

use super::State;
use super::enter::Admitted;
use super::reply::{Problem, event_problem, json};
use crate::gate::caller::{Caller, Delivery, Spending};
use crate::gate::event::{self, Received};
use crate::gate::{Accepted, EventId, Hint, NewEvent, QueueError};

/// The answer: what was taken in, in the order of the body.
#[derive(Serialize)]
struct Taken {
    events: Vec<TakenEvent>,
}

#[derive(Serialize)]
struct TakenEvent {
    id: EventId,
    reference: String,
    /// Whether it is new; otherwise the caller had delivered it before, under the same id.
    new: bool,
}

/// Takes an event in.
pub(super) async fn take(state: &Arc<State>, admitted: &Admitted) -> Result<Response, Problem> {
    let caller = admitted.caller()?;
    let body = admitted.body.bytes.as_slice();
    let received = Received {
        headers: &admitted.head.headers,
        body,
        registry: caller.registry(),
    };
    let hints = match event::read(&received) {
        Ok(hints) => hints,
        Err(error) => {
            tell(
                state,
                "event-refused",
                caller,
                &[("code", &error.code()), ("reason", &error)],
            );
            return Ok(event_problem(&error));
        }
    };
    check(state, caller, &hints, admitted.delivery)?;
    spend(state, caller, admitted.delivery, body)?;
    let events = keep(state, caller, hints, admitted.delivery).await?;
    let status = match events.iter().any(|event| event.new) {
        true => StatusCode::ACCEPTED,
        false => StatusCode::OK,
    };
    Ok(json(status, &Taken { events }))
}

/// Whether the caller speaks for every image, and whether the delivery would be told from a later one.
fn check(state: &State, caller: &Caller, hints: &[Hint], delivery: Delivery) -> Result<(), Problem> {
    if let Some(hint) = hints.iter().find(|hint| !caller.speaks_for(&hint.reference)) {
        tell(
            state,
            "repository-refused",
            caller,
            &[("reference", &hint.reference)],
        );
        return Err(Problem::RepositoryNotPermitted);
    }
    match delivery {
        Delivery::Token { .. } if hints.len() > 1 => Err(Problem::OneImageOnly),
        Delivery::Body(_)
            if hints
                .iter()
                .any(|hint| hint.delivery.is_none() && hint.reference.digest().is_none()) =>
        {
            Err(Problem::DeliveryMissing)
        }
        _ => Ok(()),
    }
}

/// A token is good for one event.
fn spend(state: &State, caller: &Caller, delivery: Delivery, body: &[u8]) -> Result<(), Problem> {
    let Delivery::Token { token, expires } = delivery else {
        return Ok(());
    };
    match state.spent.spend(token, expires, body, Timestamp::now()) {
        Spending::Fine => Ok(()),
        Spending::Spent => {
            tell(
                state,
                "caller-refused",
                caller,
                &[("reason", &"the token was used for another event")],
            );
            Err(Problem::NotAuthenticated)
        }
        Spending::Full => Err(Problem::Busy),
    }
}

async fn keep(
    state: &State,
    caller: &Caller,
    hints: Vec<Hint>,
    delivery: Delivery,
) -> Result<Vec<TakenEvent>, Problem> {
    let received = Timestamp::now();
    let mut replies = Vec::new();
    for (entry, hint) in hints.into_iter().enumerate() {
        let reference = hint.reference.to_string();
        let reply = state.parts.queue.accept(NewEvent {
            caller: caller.name().to_owned(),
            fingerprint: delivery.fingerprint(entry),
            hint,
            received,
        });
        replies.push((reference, reply.map_err(|error| not_kept(state, caller, &error))?));
    }
    let mut events = Vec::new();
    for (reference, reply) in replies {
        let accepted = reply.await.map_err(|error| not_kept(state, caller, &error))?;
        state.broken.store(false, Ordering::Relaxed);
        let new = matches!(accepted, Accepted::New(_));
        let id = accepted.event();
        tell(
            state,
            "event-accepted",
            caller,
            &[("id", &id), ("reference", &reference), ("new", &new)],
        );
        events.push(TakenEvent { id, reference, new });
    }
    Ok(events)
}

fn not_kept(state: &State, caller: &Caller, error: &QueueError) -> Problem {
    tell(state, "event-not-kept", caller, &[("reason", error)]);
    match error {
        QueueError::Busy => Problem::Busy,
        QueueError::Failed(_) => {
            state.broken.store(true, Ordering::Relaxed);
            Problem::Unavailable
        }
    }
}

fn tell(state: &State, event: &str, caller: &Caller, fields: &[(&str, &dyn Display)]) {
    let name = caller.name();
    let mut all: Vec<(&str, &dyn Display)> = vec![("caller", &name)];
    all.extend_from_slice(fields);
    state.parts.log.line(event, &all);
}
