//! The table of routes: every path, its methods, and who may call. The router, the checks before each handler and the
//! guide are made from it, so that none of them can say something else.

use axum::http::Method;
use axum::routing::MethodFilter;

use crate::gate::admission::MAX_REVIEW_BYTES;
use crate::gate::caller::Right;
use crate::gate::event::MAX_EVENT_BYTES;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody. Nothing is told that is not for everybody.
    Public,
    /// A caller that proved who it is and has this right.
    Caller(Right),
}

/// The method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `GET`, and `HEAD`.
    Get,
    /// `POST`.
    Post,
}

impl Verb {
    /// The method itself.
    pub fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
        }
    }

    pub(super) fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
        }
    }
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Its path, with `{name}` for a part that varies.
    pub path: &'static str,
    /// Its method.
    pub verb: Verb,
    /// Who may call it.
    pub who: Who,
    /// Largest body, in bytes.
    pub body: usize,
    /// What it is for.
    pub purpose: &'static str,
}

/// Declares [`Endpoint`] and its table.
macro_rules! routes {
    ($($endpoint:ident $verb:ident $path:literal $who:expr, $body:expr, $purpose:literal;)*) => {
        /// What is answered.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Endpoint {
            $(#[doc = $purpose] $endpoint,)*
        }

        impl Endpoint {
            /// Every endpoint, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$endpoint,)*];

            /// Its row.
            pub fn route(self) -> Route {
                match self {
                    $(Self::$endpoint => Route {
                        path: $path, verb: Verb::$verb, who: $who, body: $body, purpose: $purpose,
                    },)*
                }
            }
        }
    };
}

routes! {
    Events Post "/v1/events" Who::Caller(Right::Announce), MAX_EVENT_BYTES,
        "Takes an event, and answers when it is on disk.";
    Decisions Get "/v1/decisions" Who::Caller(Right::Read), 0,
        "Lists records, the oldest first: `?after=N` begins after a number, `?limit=N` gives at most so many.";
    Stream Get "/v1/decisions/stream" Who::Caller(Right::Read), 0,
        "Sends records as they are written (server-sent events), from `Last-Event-ID` or `?after=N` on.";
    Decision Get "/v1/decisions/{event}" Who::Caller(Right::Read), 0,
        "Tells where an event is in its life, and everything that was recorded about it.";
    Admission Post "/v1/admission" Who::Caller(Right::Admit), MAX_REVIEW_BYTES,
        "Answers a cluster's AdmissionReview: whether every image of a workload is allowed.";
    Health Get "/healthz" Who::Public, 0,
        "Says that the process runs.";
    Ready Get "/readyz" Who::Public, 0,
        "Says whether events are taken in.";
}
