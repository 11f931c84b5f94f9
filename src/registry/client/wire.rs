//! The connections of one registry: where a request may go, and which certificate is shown there.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT_ENCODING, HeaderMap};
use reqwest::{Client, Identity, Method, RequestBuilder, Response, Url};

use super::config::ClientConfig;
use super::egress::{Guard, GuardedResolver};
use super::feed::{Feed, Load, Meter};
use super::trouble::Why;
pub(super) use crate::http::Answer;
use crate::http::{
    Fault, Limits, Patience, Vessel, add_authorities, base_client, explain, out_of_time, receive, send,
    set_proxies, set_up,
};

/// Bytes that a registry takes in within a second when it hashes and stores what it got before it answers.
const SETTLED_BYTES_A_SECOND: u64 = 8 * 1024 * 1024;

/// A request to be sent.
pub(super) struct Ask<'a> {
    /// What is to be done.
    pub(super) method: Method,
    /// Where to.
    pub(super) url: Url,
    /// Everything it says about itself.
    pub(super) headers: HeaderMap,
    /// Bytes of a body that are accepted.
    pub(super) limit: u64,
    /// What is sent along.
    pub(super) load: Load<'a>,
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

    /// Sends one request and gives the body of its answer to `vessel`, or keeps it when it is a refusal's.
    pub(super) async fn exchange(
        &self,
        ask: Ask<'_>,
        vessel: &mut impl Vessel<Error: Into<Why>>,
    ) -> Result<Answer, Why> {
        let limit = ask.limit;
        let origin = self
            .guard
            .check(&ask.url)
            .map_err(|refused| Why::Refused(refused.0))?;
        let client = match origin == self.guard.home {
            true => &self.home,
            false => self.away()?,
        };
        let request = client.request(ask.method, ask.url).headers(ask.headers);
        let response = match ask.load {
            Load::Nothing => send(request, self.limits()).await?,
            Load::Form(form) => {
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                send(request.body(form.to_owned()), self.limits()).await?
            }
            Load::Bytes(bytes) => send(request.body(bytes), self.limits()).await?,
            Load::Content(content, size) => {
                let (feed, meter) = Feed::of(content, size);
                self.upload(request.body(reqwest::Body::wrap(feed)), &meter)
                    .await?
            }
        };
        receive(response, vessel, self.limits(), limit)
            .await
            .map_err(Into::into)
    }

    /// Sends a request that may take long, as long as it gets on.
    async fn upload(&self, request: RequestBuilder, meter: &Meter) -> Result<Response, Why> {
        let patience = self.patience();
        let started = Instant::now();
        let mut sending = std::pin::pin!(request.header(ACCEPT_ENCODING, "identity").send());
        loop {
            let before = meter.taken();
            let complete = meter.is_complete();
            let patient_for = match complete {
                true => patience.answer.saturating_add(settling(before)),
                false => patience.read,
            };
            let wait = self.time_for(patient_for).ok_or_else(out_of_time)?;
            if let Ok(result) = tokio::time::timeout(wait, &mut sending).await {
                // What could not be read is why the request failed, whatever the library makes of it.
                return match meter.take_fault() {
                    Some(finding) => Err(Why::Source(finding)),
                    None => result.map_err(|error| explain(&error).into()),
                };
            }
            if meter.taken() == before && meter.is_complete() == complete {
                let what = if complete {
                    "no answer in time"
                } else {
                    "the upload stalled"
                };
                return Err(Why::Unreachable(what.to_owned()));
            }
            let needed = patience.slowest.saturating_mul(started.elapsed().as_secs());
            if !complete && started.elapsed() > patience.grace && meter.taken() < needed {
                let detail = format!("the upload went at less than {} bytes a second", patience.slowest);
                return Err(Why::Unreachable(detail));
            }
        }
    }

    fn away(&self) -> Result<&Client, Why> {
        if let Some(client) = self.away.get() {
            return Ok(client);
        }
        let client = client(&self.guard, &self.config, Purpose::Away)?;
        Ok(self.away.get_or_init(|| client))
    }
}

/// How long a registry may be busy with an upload of this many bytes once it has them.
fn settling(bytes: u64) -> Duration {
    Duration::from_secs(bytes.checked_div(SETTLED_BYTES_A_SECOND).unwrap_or_default())
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
