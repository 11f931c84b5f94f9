//! The checks before every handler, in one place and one order, by the row of the table.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::request::Parts as Head;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use serde_json::json;

use super::reply::{Problem, json};
use super::table::{Endpoint, Who};
use super::{State, admit, body, decisions, events, rate, stream};
use crate::gate::caller::{self, Caller, Delivery, Refused, Shown};
use crate::gate::config::Config;

/// How long a request may take until its answer begins.
const TIME: Duration = Duration::from_secs(30);

/// The other end of a connection.
#[derive(Clone)]
pub(super) struct Peer {
    /// Its address.
    pub(super) address: SocketAddr,
    /// Its certificate and chain, leaf first; empty without one.
    pub(super) chain: Arc<[CertificateDer<'static>]>,
}

/// A request of somebody who was believed.
pub(super) struct Admitted {
    pub(super) config: Arc<Config>,
    /// The caller's place in the configuration.
    index: usize,
    pub(super) delivery: Delivery,
    pub(super) head: Head,
    pub(super) body: body::Whole,
}

impl Admitted {
    /// Who calls.
    pub(super) fn caller(&self) -> Result<&Caller, Problem> {
        self.config.callers.get(self.index).ok_or(Problem::Unavailable)
    }
}

/// Answers a request.
pub(super) async fn enter(state: Arc<State>, endpoint: Endpoint, request: Request) -> Response {
    let answer = tokio::time::timeout(TIME, pass(&state, endpoint, request)).await;
    match answer {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.response(),
        Err(_) => Problem::TooSlow.response(),
    }
}

/// Answers what is in no row of the table.
pub(super) async fn turned_away(state: Arc<State>, request: Request, problem: Problem) -> Response {
    let limited = match request.extensions().get::<Peer>() {
        Some(peer) => spend_of_source(&state, &state.config(), peer),
        None => Err(Problem::Unavailable),
    };
    limited.err().unwrap_or(problem).response()
}

async fn pass(state: &Arc<State>, endpoint: Endpoint, request: Request) -> Result<Response, Problem> {
    let right = match endpoint.route().who {
        Who::Public => return Ok(public(state, endpoint)),
        Who::Caller(right) => right,
    };
    let (head, stream) = request.into_parts();
    let peer = head
        .extensions
        .get::<Peer>()
        .cloned()
        .ok_or(Problem::Unavailable)?;
    let config = state.config();
    spend_of_source(state, &config, &peer)?;
    let refused = |reason: &dyn std::fmt::Display| {
        let fields: [(&str, &dyn std::fmt::Display); 3] = [
            ("source", &peer.address),
            ("path", &head.uri.path()),
            ("reason", reason),
        ];
        state.parts.log.line("caller-refused", &fields);
    };
    // Who shows nothing is turned away before its body is read.
    if let Err(reason) = caller::shows_credential(&head.headers, &peer.chain) {
        refused(&reason);
        return Err(Problem::NotAuthenticated);
    }
    let (limit, time) = (endpoint.route().body, config.listen.patience.body);
    let body = body::read(&head.headers, stream, limit, time, &state.memory).await?;
    let (body, outcome) = identify(state, &config, &head.headers, &peer, body).await?;
    let (index, delivery) = outcome.map_err(|error| {
        refused(&error);
        match error {
            Refused::Unproven(_) => Problem::NotAuthenticated,
            Refused::Unavailable(_) => Problem::Unavailable,
        }
    })?;
    let admitted = Admitted {
        config,
        index,
        delivery,
        head,
        body,
    };
    let caller = admitted.caller()?;
    if !caller.may(right) {
        let fields: [(&str, &dyn std::fmt::Display); 3] = [
            ("caller", &caller.name()),
            ("source", &peer.address),
            ("path", &admitted.head.uri.path()),
        ];
        state.parts.log.line("right-refused", &fields);
        return Err(Problem::NotPermitted);
    }
    let taken = state
        .callers
        .take(caller.name().to_owned(), caller.rate(), Instant::now());
    taken.map_err(later)?;
    serve(state, endpoint, admitted).await
}

/// The handler of each endpoint that is for callers.
async fn serve(state: &Arc<State>, endpoint: Endpoint, admitted: Admitted) -> Result<Response, Problem> {
    match endpoint {
        Endpoint::Events => events::take(state, &admitted).await,
        Endpoint::Decisions => decisions::list(state, admitted).await,
        Endpoint::Decision => decisions::one(state, admitted).await,
        Endpoint::Stream => stream::open(state, admitted).await,
        Endpoint::Admission => admit::answer(state, admitted).await,
        Endpoint::Health | Endpoint::Ready => Ok(public(state, endpoint)),
    }
}

/// What anybody may know.
fn public(state: &State, endpoint: Endpoint) -> Response {
    let ready = !state.broken.load(Ordering::Relaxed) && !*state.closing.borrow();
    match endpoint {
        Endpoint::Ready if !ready => json(StatusCode::SERVICE_UNAVAILABLE, &json!({"status": "not-ready"})),
        Endpoint::Ready => json(StatusCode::OK, &json!({"status": "ready"})),
        _ => json(StatusCode::OK, &json!({"status": "ok"})),
    }
}

fn spend_of_source(state: &State, config: &Config, peer: &Peer) -> Result<(), Problem> {
    let source = rate::source(peer.address.ip());
    let taken = state.sources.take(source, config.listen.source, Instant::now());
    taken.map_err(later)
}

fn later(wait: Duration) -> Problem {
    Problem::TooMany(wait.as_secs() + 1)
}

type Identified = Result<(usize, Delivery), Refused>;

/// Finds out who calls; on another thread where that may wait for the network.
async fn identify(
    state: &Arc<State>,
    config: &Arc<Config>,
    headers: &HeaderMap,
    peer: &Peer,
    body: body::Whole,
) -> Result<(body::Whole, Identified), Problem> {
    let now = Timestamp::now();
    if !caller::may_wait(headers) {
        let outcome = known(state, config, headers, peer, &body.bytes, now);
        return Ok((body, outcome));
    }
    let permit = Arc::clone(&state.tokens)
        .try_acquire_owned()
        .map_err(|_| Problem::Busy)?;
    let (state, config) = (Arc::clone(state), Arc::clone(config));
    let (headers, peer) = (headers.clone(), peer.clone());
    let task = tokio::task::spawn_blocking(move || {
        let outcome = known(&state, &config, &headers, &peer, &body.bytes, now);
        drop(permit);
        (body, outcome)
    });
    task.await.map_err(|_| Problem::Unavailable)
}

fn known(
    state: &State,
    config: &Config,
    headers: &HeaderMap,
    peer: &Peer,
    body: &[u8],
    now: Timestamp,
) -> Identified {
    let shown = Shown {
        headers,
        body,
        peer: &peer.chain,
        now,
    };
    let known = caller::identify(&config.callers, &shown, &state.parts.issuers)?;
    Ok((known.index, known.delivery))
}
