//! The gate's HTTP server: one table of routes, the same checks before every handler, and limits on everything that a
//! stranger can make it hold or wait for.
//!
//! Before a handler runs, in this order: the source's rate, the size of the body, who calls, what that caller may do, the
//! caller's rate (`enter`). Nothing is read from a body before its signature holds.
//!
//! | part | answers for |
//! |---|---|
//! | `table` | which paths there are, and who may call them |
//! | `enter` | the checks |
//! | `events`, `decisions`, `stream`, `admit` | the handlers |
//! | `connection` | accepting, TLS, timeouts, ending in good order |
//! | `rate`, `body` | limits |
//! | `reply` | answers |

mod admit;
mod body;
mod connection;
mod decisions;
mod enter;
mod events;
mod rate;
mod reply;
mod stream;
mod table;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::Router;
use axum::extract::Request;
use axum::routing::on;
use tokio::sync::{Semaphore, watch};

use self::rate::Buckets;
use self::reply::Problem;
use super::admission::Decide;
use super::caller::{Issuers, SpentTokens};
use super::config::Config;
use super::log::Log;
use super::queue::Queue;
use super::store::Book;

pub use connection::run;
pub use table::{Endpoint, Route, Verb, Who};

/// Most bytes of all bodies that are being read or worked on, in KiB.
const BODY_MEMORY_KIB: usize = 64 * 1024;
/// Most requests at a time whose caller has a token: each may wait for the keys of its issuer.
const MAX_TOKENS: usize = 16;
/// Most questions of clusters at a time.
const MAX_REVIEWS: usize = 16;
/// Most streams of records at a time.
const MAX_STREAMS: usize = 64;

/// What the server works with.
pub struct Parts {
    /// The configuration in force; a reload sends a new one.
    pub config: watch::Receiver<Arc<Config>>,
    /// Where events are kept.
    pub queue: Arc<dyn Queue>,
    /// Where decisions are read.
    pub book: Arc<Book>,
    /// Changes whenever something was written.
    pub changes: watch::Receiver<u64>,
    /// What decides for clusters.
    pub decide: Arc<Decide>,
    /// The keys of token issuers.
    pub issuers: Issuers,
    /// Where lines go.
    pub log: Log,
}

/// What requests share.
struct State {
    parts: Parts,
    spent: SpentTokens,
    sources: Buckets<IpAddr>,
    callers: Buckets<String>,
    memory: Arc<Semaphore>,
    tokens: Arc<Semaphore>,
    reviews: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    /// The last event could not be written.
    broken: AtomicBool,
    /// The gate is ending.
    closing: watch::Receiver<bool>,
}

impl State {
    fn new(parts: Parts, closing: watch::Receiver<bool>) -> Self {
        Self {
            parts,
            spent: SpentTokens::default(),
            sources: Buckets::default(),
            callers: Buckets::default(),
            memory: Arc::new(Semaphore::new(BODY_MEMORY_KIB)),
            tokens: Arc::new(Semaphore::new(MAX_TOKENS)),
            reviews: Arc::new(Semaphore::new(MAX_REVIEWS)),
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            broken: AtomicBool::new(false),
            closing,
        }
    }

    fn config(&self) -> Arc<Config> {
        Arc::clone(&self.parts.config.borrow())
    }
}

/// The router of the table. Every handler stands behind the same checks.
fn router(state: &Arc<State>) -> Router {
    let mut router = Router::new();
    for endpoint in Endpoint::ALL {
        let route = endpoint.route();
        let state = Arc::clone(state);
        let handler = move |request: Request| enter::enter(Arc::clone(&state), *endpoint, request);
        router = router.route(route.path, on(route.verb.filter(), handler));
    }
    let unknown = Arc::clone(state);
    let method = Arc::clone(state);
    router
        .fallback(move |request: Request| {
            enter::turned_away(Arc::clone(&unknown), request, Problem::NotFound)
        })
        .method_not_allowed_fallback(move |request: Request| {
            enter::turned_away(Arc::clone(&method), request, Problem::Method)
        })
}
