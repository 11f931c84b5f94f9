//! The connections of one registry: where a request may go, and which certificate is shown there.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, Identity, Url};

use super::config::ClientConfig;
use super::egress::{Guard, GuardedResolver};
use super::trouble::Why;
pub(super) use crate::http::Answer;
use crate::http::{Fault, Limits, Patience, add_authorities, base_client, exchange, set_proxies, set_up};

/// A request to be sent.
pub(super) struct Ask<'a> {
    /// Where to.
    pub(super) url: Url,
    /// Everything it says about itself.
    pub(super) headers: HeaderMap,
    /// Bytes of a body that are accepted.
    pub(super) limit: u64,
    /// A form to be posted; without it the request is a GET.
    pub(super) form: Option<&'a str>,
}

/// A connection pool for one registry, and one without its client certificate for everybody else.
#[derive(Debug)]
pub(super) struct Wire {
    guard: Arc<Guard>,
    home: Client,
    away: OnceLock<Client>,
    config: Arc<ClientConfig>,
}

impl Wire {
    /// Sets up the connections for a registry. Nothing is sent.
    pub(super) fn new(guard: Arc<Guard>, config: Arc<ClientConfig>) -> Result<Self, Why> {
        let home = client(&guard, &config, Purpose::Home)?;
        let wire = Self {
            guard,
            home,
            away: OnceLock::new(),
            config,
        };
        if wire.guard.home.secure && wire.config.tls.client.is_none() {
            // The same certificates for all, so one pool will do.
            let _ = wire.away.set(wire.home.clone());
        }
        Ok(wire)
    }

    /// The rules on where to go.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The limits on time.
    pub(super) fn patience(&self) -> &Patience {
        &self.config.patience
    }

    /// The time that is left, at most `wanted`. `None` when it is over.
    pub(super) fn time_for(&self, wanted: Duration) -> Option<Duration> {
        self.limits().time_for(wanted)
    }

    fn limits(&self) -> Limits<'_> {
        Limits {
            patience: self.patience(),
            deadline: self.config.deadline,
        }
    }

    /// Sends one request and reads the answer.
    pub(super) async fn exchange(&self, ask: Ask<'_>) -> Result<Answer, Why> {
        let origin = self
            .guard
            .check(&ask.url)
            .map_err(|refused| Why::Refused(refused.0))?;
        let client = match origin == self.guard.home {
            true => &self.home,
            false => self.away()?,
        };
        let request = match ask.form {
            None => client.get(ask.url),
            Some(form) => client
                .post(ask.url)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form.to_owned()),
        };
        Ok(exchange(request, ask.headers, self.limits(), ask.limit).await?)
    }

    fn away(&self) -> Result<&Client, Why> {
        if let Some(client) = self.away.get() {
            return Ok(client);
        }
        let client = client(&self.guard, &self.config, Purpose::Away)?;
        Ok(self.away.get_or_init(|| client))
    }
}

impl From<Fault> for Why {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Unreachable(detail) => Self::Unreachable(detail),
            Fault::Certificate(distrust) => Self::Certificate(distrust),
            Fault::Refused(detail) => Self::Refused(detail),
            Fault::TooLarge(limit) => Self::TooLarge(limit),
            Fault::Protocol(detail) => Self::Protocol(detail),
        }
    }
}

/// What a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The registry's own origin.
    Home,
    /// Every other origin.
    Away,
}

fn client(guard: &Arc<Guard>, config: &ClientConfig, purpose: Purpose) -> Result<Client, Why> {
    let invalid = |what: &str| Why::Credentials(format!("{what} cannot be used"));
    let mut builder = base_client(&config.patience).dns_resolver(GuardedResolver(Arc::clone(guard)));
    // Proxies never stand before loopback.
    if !guard.home.is_loopback() {
        builder = set_proxies(builder, &config.proxies)
            .ok_or_else(|| invalid("the proxy address in the environment"))?;
    }
    if purpose == Purpose::Home && !guard.home.secure {
        // Reading the system's certificates takes longer than asking a registry on loopback, and it shows none.
        builder = builder.tls_certs_only(std::iter::empty());
    } else if let Some(pem) = &config.tls.authorities {
        builder = add_authorities(builder, pem).ok_or_else(|| invalid("the file of --registry-ca"))?;
    }
    if let Some(pem) = config.tls.client.as_ref().filter(|_| purpose == Purpose::Home) {
        let identity = Identity::from_pem(pem.expose().as_bytes());
        builder = builder.identity(identity.map_err(|_| invalid("the client certificate or its key"))?);
    }
    Ok(set_up(builder)?)
}
