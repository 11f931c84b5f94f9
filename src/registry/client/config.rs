//! What the client is told from outside. Nothing here reads the environment.

use std::time::{Duration, Instant};

use super::credentials::CredentialOptions;
use crate::http::{Endpoint, Patience, Proxies, Secret};

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
    /// What registries without conditional writes are given time for.
    pub settle: Settle,
}

/// How long to wait before looking once more whether another writer went over a list that was added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settle(pub Duration);

impl Default for Settle {
    fn default() -> Self {
        Self(Duration::from_millis(400))
    }
}

/// Certificates beyond those that the system trusts.
#[derive(Debug, Clone, Default)]
pub struct TlsConfig {
    /// PEM certificates of authorities that are trusted for registries besides the system's.
    pub authorities: Option<Vec<u8>>,
    /// PEM client certificate with its chain and key, shown to the registry's own origin and nowhere else.
    pub client: Option<Secret>,
}
