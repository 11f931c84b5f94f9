//! One HTTP exchange at a time, with every limit that a single one has: where it may go, how long it may take and how
//! much may come back. No redirects, no retries, no credentials of its own.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{
    Certificate, Client, ClientBuilder, Identity, Method, NoProxy, Proxy, RequestBuilder, Response,
    StatusCode, Url, redirect,
};

use super::certificate::Distrust;
use super::config::{ClientConfig, Patience, Proxies};
use super::egress::{Guard, GuardedResolver, Refused};
use super::feed::{Feed, Load, Meter};
use super::retry::retry_after;
use super::trouble::Why;
use crate::registry::limits::MAX_QUOTED_CHARS;

/// Headers of one answer.
const MAX_HEADERS: usize = 100;
/// Bytes of a body that only says why something was refused.
const MAX_REFUSAL_BYTES: u64 = 16 * 1024;
/// Bytes that a registry takes in within a second when it hashes and stores what it got before it answers.
const SETTLED_BYTES_A_SECOND: u64 = 8 * 1024 * 1024;
/// Idle connections that are kept for each host.
const MAX_IDLE: usize = 16;

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

/// Where the body of an answer goes, piece by piece.
pub(super) trait Vessel {
    /// What comes next is the beginning.
    fn restart(&mut self);

    /// Takes the next piece.
    async fn take(&mut self, chunk: &[u8]) -> Result<(), Why>;
}

impl Vessel for Vec<u8> {
    fn restart(&mut self) {
        self.clear();
    }

    async fn take(&mut self, chunk: &[u8]) -> Result<(), Why> {
        self.extend_from_slice(chunk);
        Ok(())
    }
}

/// An answer that came back whole.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its header fields.
    pub(super) headers: HeaderMap,
    /// Its body. Of a refusal, as much as came.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// How long the server asks to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let value = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        retry_after(value, jiff::Timestamp::now())
    }
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
        let Some(deadline) = self.config.deadline else {
            return Some(wanted);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| wanted.min(left))
    }

    /// Sends one request and gives the body of its answer to `vessel`, or keeps it when it is a refusal's.
    pub(super) async fn exchange(&self, ask: Ask<'_>, vessel: &mut impl Vessel) -> Result<Answer, Why> {
        let limit = ask.limit;
        let origin = self
            .guard
            .check(&ask.url)
            .map_err(|refused| Why::Refused(refused.0))?;
        let client = match origin == self.guard.home {
            true => &self.home,
            false => self.away()?,
        };
        let mut headers = ask.headers;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let request = client.request(ask.method, ask.url);
        let response = match ask.load {
            Load::Nothing => self.send(request.headers(headers)).await?,
            Load::Form(form) => {
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                self.send(request.headers(headers).body(form.to_owned())).await?
            }
            Load::Bytes(bytes) => self.send(request.headers(headers).body(bytes)).await?,
            Load::Content(content, size) => {
                let (feed, meter) = Feed::of(content, size);
                let request = request.headers(headers).body(reqwest::Body::wrap(feed));
                self.upload(request, &meter).await?
            }
        };
        self.receive(response, vessel, limit).await
    }

    /// Sends a request that is small.
    async fn send(&self, request: RequestBuilder) -> Result<Response, Why> {
        let limit = self.time_for(self.patience().answer).ok_or_else(out_of_time)?;
        tokio::time::timeout(limit, request.send())
            .await
            .map_err(|_| Why::Unreachable("no answer in time".to_owned()))?
            .map_err(|error| explain(&error))
    }

    /// Sends a request that may take long, as long as it gets on.
    async fn upload(&self, request: RequestBuilder, meter: &Meter) -> Result<Response, Why> {
        let patience = self.patience();
        let started = Instant::now();
        let mut sending = std::pin::pin!(request.send());
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
                    None => result.map_err(|error| explain(&error)),
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

    async fn receive(
        &self,
        mut response: Response,
        vessel: &mut impl Vessel,
        limit: u64,
    ) -> Result<Answer, Why> {
        let mut answer = Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
        };
        if !answer.status.is_success() {
            // Whatever a refusal says besides its status, the status counts.
            let _ = self
                .body(&mut response, &mut answer.body, MAX_REFUSAL_BYTES)
                .await;
            return Ok(answer);
        }
        let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
        if !answer.headers.get_all(CONTENT_ENCODING).iter().all(plain) {
            return Err(Why::Protocol(
                "the answer is compressed, which was not asked for".to_owned(),
            ));
        }
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(Why::TooLarge(limit));
        }
        self.body(&mut response, vessel, limit).await?;
        Ok(answer)
    }

    /// Reads a body of at most `limit` bytes.
    async fn body(&self, response: &mut Response, vessel: &mut impl Vessel, limit: u64) -> Result<(), Why> {
        let started = Instant::now();
        let patience = self.patience();
        let mut count = 0_u64;
        loop {
            let wait = self.time_for(patience.read).ok_or_else(out_of_time)?;
            let chunk = match tokio::time::timeout(wait, response.chunk()).await {
                Err(_) => return Err(Why::Unreachable("the answer stalled".to_owned())),
                Ok(Err(error)) => return Err(explain(&error)),
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(chunk))) => chunk,
            };
            count = count.saturating_add(chunk.len() as u64);
            if count > limit {
                return Err(Why::TooLarge(limit));
            }
            vessel.take(&chunk).await?;
            let elapsed = started.elapsed();
            let needed = patience.slowest.saturating_mul(elapsed.as_secs());
            if elapsed > patience.grace && count < needed {
                let detail = format!("the answer came at less than {} bytes a second", patience.slowest);
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

pub(super) fn out_of_time() -> Why {
    Why::Unreachable("the time for the whole run is over".to_owned())
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
    let mut builder = Client::builder()
        .connect_timeout(config.patience.connect)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MAX_HEADERS)
        .pool_max_idle_per_host(MAX_IDLE)
        .dns_resolver(GuardedResolver(Arc::clone(guard)))
        .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")));
    builder = proxied(builder, guard, &config.proxies)?;
    if purpose == Purpose::Home && !guard.home.secure {
        // Reading the system's certificates takes longer than asking a registry on loopback, and it shows none.
        builder = builder.tls_certs_only(std::iter::empty());
    } else if let Some(pem) = &config.tls.authorities {
        let certificates = Certificate::from_pem_bundle(pem)
            .ok()
            .filter(|certificates| !certificates.is_empty())
            .ok_or_else(|| invalid("the file of --registry-ca"))?;
        builder = builder.tls_certs_merge(certificates);
    }
    if let Some(pem) = config.tls.client.as_ref().filter(|_| purpose == Purpose::Home) {
        let identity = Identity::from_pem(pem.expose().as_bytes());
        builder = builder.identity(identity.map_err(|_| invalid("the client certificate or its key"))?);
    }
    builder
        .build()
        .map_err(|error| Why::Unreachable(format!("cannot set up HTTPS: {}", chain(&error))))
}

/// Proxies are taken from the configuration and not from the environment, and never stand before loopback.
fn proxied(builder: ClientBuilder, guard: &Guard, proxies: &Proxies) -> Result<ClientBuilder, Why> {
    let mut builder = builder.no_proxy();
    if guard.home.is_loopback() {
        return Ok(builder);
    }
    let none = proxies.none.as_deref().and_then(NoProxy::from_string);
    // The address of a proxy may hold a password, so it is not repeated.
    let invalid = |_| Why::Credentials("the proxy address in the environment cannot be used".to_owned());
    if let Some(address) = &proxies.http {
        builder = builder.proxy(
            Proxy::http(address.expose())
                .map_err(invalid)?
                .no_proxy(none.clone()),
        );
    }
    if let Some(address) = &proxies.https {
        builder = builder.proxy(Proxy::https(address.expose()).map_err(invalid)?.no_proxy(none));
    }
    Ok(builder)
}

/// What the HTTP library's error means. The address is left out: its query may hold a signature.
fn explain(error: &reqwest::Error) -> Why {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return Why::Refused(refused.0.clone());
        }
        source = cause.source();
    }
    if let Some(distrust) = Distrust::find(error) {
        return Why::Certificate(distrust);
    }
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the answer broke off"
    };
    match root(error) {
        Some(cause) => Why::Unreachable(format!("{what} ({cause})")),
        None => Why::Unreachable(what.to_owned()),
    }
}

/// The innermost cause, which says most.
fn root(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source()?;
    while let Some(next) = cause.source() {
        cause = next;
    }
    // It may repeat what a server said, for example the names in its certificate.
    let text = cause.to_string();
    let shown = text.chars().filter(|character| !character.is_control());
    Some(shown.take(MAX_QUOTED_CHARS).collect())
}

fn chain(error: &reqwest::Error) -> String {
    root(error).unwrap_or_else(|| "unknown reason".to_owned())
}
