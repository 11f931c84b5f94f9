//! What the client is told from outside. Nothing here reads the environment.

use std::time::{Duration, Instant};

use super::credentials::CredentialOptions;
use super::origin::Endpoint;
use super::retry::RetryPolicy;
use super::secret::Secret;

/// How the client reaches registries.
#[derive(Debug, Clone, Default)]
pub struct ClientConfig {
    /// Where credentials are looked for.
    pub credentials: CredentialOptions,
    /// Token servers that may be told the credentials of every registry that is asked, besides those of its own site.
    pub auth_hosts: Vec<Endpoint>,
    /// When given, the only destinations: registries, token servers and content delivery networks.
    pub egress: Option<Vec<Endpoint>>,
    /// Hosts that are reached without TLS. Loopback hosts are anyway, unless [`TlsConfig`] says something about TLS.
    pub allow_http: Vec<Endpoint>,
    /// Certificate authorities and client certificate.
    pub tls: TlsConfig,
    /// Proxies, as the environment of the process names them.
    pub proxies: Proxies,
    /// When everything has to be over; what was not found out by then is undecided.
    pub deadline: Option<Instant>,
    /// Waiting and repeating.
    pub patience: Patience,
}

/// Certificates beyond those that the system trusts.
#[derive(Debug, Clone, Default)]
pub struct TlsConfig {
    /// PEM certificates of authorities that are trusted for registries besides the system's.
    pub authorities: Option<Vec<u8>>,
    /// PEM client certificate with its chain and key, shown to the registry's own origin and nowhere else.
    pub client: Option<Secret>,
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
    pub(super) fn hosts(&self) -> Vec<String> {
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
    /// How long to wait before looking once more whether another writer went over a list that was added to.
    pub settle: Duration,
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
            settle: Duration::from_millis(400),
        }
    }
}
