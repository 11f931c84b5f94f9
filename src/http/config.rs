//! How long servers are waited for, and which proxies stand before them. Nothing here reads the environment.

use std::time::{Duration, Instant};

use super::origin::Endpoint;
use super::retry::RetryPolicy;
use super::secret::Secret;

/// How [`Web`](super::Web) reaches services.
#[derive(Debug, Clone, Default)]
pub struct WebConfig {
    /// When everything has to be over.
    pub deadline: Option<Instant>,
    /// Waiting and repeating.
    pub patience: Patience,
    /// PEM certificates of authorities that are trusted besides the system's.
    pub authorities: Option<Vec<u8>>,
    /// Proxies, as the environment of the process names them. None stands before loopback.
    pub proxies: Proxies,
    /// Hosts that are reached without TLS when an address says so. Loopback is anyway.
    pub allow_http: Vec<Endpoint>,
}

/// Proxies by the scheme of the address that is asked for.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    /// `HTTP_PROXY`.
    pub http: Option<Secret>,
    /// `HTTPS_PROXY`.
    pub https: Option<Secret>,
    /// `NO_PROXY`.
    pub none: Option<String>,
}

impl Proxies {
    /// The proxies' hosts. Somebody named them in the settings of this machine, so they may be in a private network.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let host = |address: &Secret| {
            let text = address.expose();
            // As the HTTP library has it: a proxy may be named without a scheme.
            let url = match text.contains("://") {
                true => reqwest::Url::parse(text),
                false => reqwest::Url::parse(&format!("http://{text}")),
            };
            url.ok()?.host_str().map(str::to_ascii_lowercase)
        };
        [&self.http, &self.https]
            .into_iter()
            .flatten()
            .filter_map(host)
            .collect()
    }
}

/// The limits on time. Every one of them has a default that suits real registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a connection may take to come about.
    pub connect: Duration,
    /// How long a server may take until its whole header is there.
    pub answer: Duration,
    /// How long a body may pause between two reads.
    pub read: Duration,
    /// After this long a body has to have come at [`Patience::slowest`] or faster, on the whole.
    pub grace: Duration,
    /// Bytes per second under which a body is given up: a server can keep a connection busy for ever, byte by byte.
    pub slowest: u64,
    /// When a request is made again.
    pub retry: RetryPolicy,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            read: Duration::from_secs(15),
            grace: Duration::from_secs(10),
            slowest: 1024,
            retry: RetryPolicy::default(),
        }
    }
}
