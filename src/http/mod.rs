//! HTTP as this program speaks it: every exchange has a limit on bytes and on time, and goes where it was sent.
//!
//! [`Web`] asks services that somebody configured: certificate authorities, logs, timestamp authorities, token
//! endpoints. The registry client has rules of its own on where it may go, and shares everything else.
//!
//! | part | answers for |
//! |---|---|
//! | `web` | a call to a service: attempts, deadline, no redirects |
//! | `exchange` | one request and its answer: bytes, time, proxies, what an error means |
//! | `certificate` | a server whose certificate is not to be believed |
//! | `retry`, `config` | how often, how patiently, through which proxy |
//! | `origin` | scheme, host and port, and the hosts that flags name |
//! | `program` | programs that are asked for a secret instead of a service |
//! | `secret` | passwords and tokens, and the headers they are sent in |
//! | `worker` | the threads that requests are driven on |
//!
//! Inside it is asynchronous; at the border of [`Web`] it is not.

mod certificate;
mod config;
mod exchange;
mod origin;
pub(crate) mod program;
pub(crate) mod retry;
mod secret;
mod web;
mod worker;

pub use config::{Patience, Proxies, WebConfig};
pub use origin::{Endpoint, EndpointError};
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use web::{Body, Call, Method, Repeat, Reply, Web, WebFault, WebFaultKind};

pub use certificate::Distrust;
pub(crate) use exchange::{
    Answer, Fault, Limits, Refused, Vessel, add_authorities, base_client, explain, is_redirect, out_of_time,
    receive, send, set_proxies, set_up,
};
pub(crate) use origin::{Origin, authority, is_loopback};
pub(crate) use secret::{basic, bearer};
pub(crate) use worker::Worker;
