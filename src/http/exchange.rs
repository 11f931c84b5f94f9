//! One request and its answer, with every limit that a single one has: how long it may take and how much may come back.
//! No redirects, no retries, no credentials.

use std::error::Error;
use std::fmt;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{
    Certificate, Client, ClientBuilder, NoProxy, Proxy, RequestBuilder, Response, StatusCode, redirect,
};

use super::certificate::Distrust;
use super::config::{Patience, Proxies};
use super::retry::retry_after;

/// Headers of one answer.
const MAX_HEADERS: usize = 100;
/// Bytes of a body that only says why something was refused.
const MAX_REFUSAL_BYTES: u64 = 16 * 1024;
/// Idle connections that are kept for each host.
const MAX_IDLE: usize = 16;
/// Characters of a foreign cause that an error repeats.
const MAX_CAUSE_CHARS: usize = 200;

/// A destination that is not gone to. It travels inside the HTTP library's errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(pub(crate) String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

/// Why an exchange gave no whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No connection, no TLS, no answer in time, or an answer that broke off.
    Unreachable(String),
    /// A server that may be somebody else.
    Certificate(Distrust),
    /// An address that is not gone to.
    Refused(String),
    /// More bytes than are read.
    TooLarge(u64),
    /// An answer that was not asked for in this form.
    Protocol(String),
}

/// The time for the whole run is over.
pub(crate) fn out_of_time() -> Fault {
    Fault::Unreachable("the time for the whole run is over".to_owned())
}

/// An answer that came back whole.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its header fields.
    pub(crate) headers: HeaderMap,
    /// Its body. Of a refusal, as much as came.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// How long the server asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let value = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        retry_after(value, jiff::Timestamp::now())
    }
}

/// The limits on time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits<'a> {
    /// Of each part of an exchange.
    pub(crate) patience: &'a Patience,
    /// Of everything.
    pub(crate) deadline: Option<Instant>,
}

impl Limits<'_> {
    /// The time that is left, at most `wanted`. `None` when it is over.
    pub(crate) fn time_for(&self, wanted: Duration) -> Option<Duration> {
        let Some(deadline) = self.deadline else {
            return Some(wanted);
        };
        let left = deadline.saturating_duration_since(Instant::now());
        (!left.is_zero()).then(|| wanted.min(left))
    }
}

/// Where the body of an answer goes, piece by piece.
pub(crate) trait Vessel {
    /// Why it takes no more, or why nothing more comes.
    type Error: From<Fault>;

    /// What comes next is the beginning.
    fn restart(&mut self);

    /// Takes the next piece.
    async fn take(&mut self, chunk: &[u8]) -> Result<(), Self::Error>;
}

impl Vessel for Vec<u8> {
    type Error = Fault;

    fn restart(&mut self) {
        self.clear();
    }

    async fn take(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        self.extend_from_slice(chunk);
        Ok(())
    }
}

/// Sends a request and reads an answer of at most `limit` bytes.
pub(crate) async fn exchange(
    request: RequestBuilder,
    limits: Limits<'_>,
    limit: u64,
) -> Result<Answer, Fault> {
    let response = send(request, limits).await?;
    let mut body = Vec::new();
    let answer = receive(response, &mut body, limits, limit).await?;
    Ok(match answer.status.is_success() {
        true => Answer { body, ..answer },
        false => answer,
    })
}

/// Sends a request that is small, and waits for the header of the answer.
pub(crate) async fn send(request: RequestBuilder, limits: Limits<'_>) -> Result<Response, Fault> {
    let time = limits.time_for(limits.patience.answer).ok_or_else(out_of_time)?;
    tokio::time::timeout(time, request.header(ACCEPT_ENCODING, "identity").send())
        .await
        .map_err(|_| Fault::Unreachable("no answer in time".to_owned()))?
        .map_err(|error| explain(&error))
}

/// Gives the body of an answer to `vessel`, at most `limit` bytes. A refusal's own body is kept in the answer instead.
pub(crate) async fn receive<V: Vessel>(
    mut response: Response,
    vessel: &mut V,
    limits: Limits<'_>,
    limit: u64,
) -> Result<Answer, V::Error> {
    let mut answer = Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: Vec::new(),
    };
    if !answer.status.is_success() {
        // Whatever a refusal says besides its status, the status counts.
        let _ = read(&mut response, &mut answer.body, limits, MAX_REFUSAL_BYTES).await;
        return Ok(answer);
    }
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !answer.headers.get_all(CONTENT_ENCODING).iter().all(plain) {
        let detail = "the answer is compressed, which was not asked for";
        return Err(Fault::Protocol(detail.to_owned()).into());
    }
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(Fault::TooLarge(limit).into());
    }
    read(&mut response, vessel, limits, limit).await?;
    Ok(answer)
}

/// Reads a body of at most `limit` bytes.
async fn read<V: Vessel>(
    response: &mut Response,
    vessel: &mut V,
    limits: Limits<'_>,
    limit: u64,
) -> Result<(), V::Error> {
    let started = Instant::now();
    let patience = limits.patience;
    let mut count = 0_u64;
    loop {
        let wait = limits.time_for(patience.read).ok_or_else(out_of_time)?;
        let chunk = match tokio::time::timeout(wait, response.chunk()).await {
            Err(_) => return Err(Fault::Unreachable("the answer stalled".to_owned()).into()),
            Ok(Err(error)) => return Err(explain(&error).into()),
            Ok(Ok(None)) => return Ok(()),
            Ok(Ok(Some(chunk))) => chunk,
        };
        count = count.saturating_add(chunk.len() as u64);
        if count > limit {
            return Err(Fault::TooLarge(limit).into());
        }
        vessel.take(&chunk).await?;
        let elapsed = started.elapsed();
        let needed = patience.slowest.saturating_mul(elapsed.as_secs());
        if elapsed > patience.grace && count < needed {
            let detail = format!("the answer came at less than {} bytes a second", patience.slowest);
            return Err(Fault::Unreachable(detail).into());
        }
    }
}

/// A client that follows nothing, repeats nothing, and takes nothing from the environment.
pub(crate) fn base_client(patience: &Patience) -> ClientBuilder {
    Client::builder()
        .connect_timeout(patience.connect)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MAX_HEADERS)
        .pool_max_idle_per_host(MAX_IDLE)
        .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")))
        .no_proxy()
}

/// Trusts the authorities in `pem` besides the system's. `None` when it holds no certificate.
pub(crate) fn add_authorities(builder: ClientBuilder, pem: &[u8]) -> Option<ClientBuilder> {
    let certificates = Certificate::from_pem_bundle(pem)
        .ok()
        .filter(|certificates| !certificates.is_empty())?;
    Some(builder.tls_certs_merge(certificates))
}

/// Goes through proxies. `None` when an address of one cannot be used; it may hold a password, so it is not repeated.
pub(crate) fn set_proxies(mut builder: ClientBuilder, proxies: &Proxies) -> Option<ClientBuilder> {
    let none = proxies.none.as_deref().and_then(NoProxy::from_string);
    if let Some(address) = &proxies.http {
        builder = builder.proxy(Proxy::http(address.expose()).ok()?.no_proxy(none.clone()));
    }
    if let Some(address) = &proxies.https {
        builder = builder.proxy(Proxy::https(address.expose()).ok()?.no_proxy(none));
    }
    Some(builder)
}

/// Makes the client.
pub(crate) fn set_up(builder: ClientBuilder) -> Result<Client, Fault> {
    let why = |error: reqwest::Error| {
        let cause = root(&error).unwrap_or_else(|| "unknown reason".to_owned());
        Fault::Unreachable(format!("cannot set up HTTPS: {cause}"))
    };
    builder.build().map_err(why)
}

/// Whether an answer points elsewhere.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// What the HTTP library's error means. The address is left out: its query may hold a signature.
pub(crate) fn explain(error: &reqwest::Error) -> Fault {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return Fault::Refused(refused.0.clone());
        }
        source = cause.source();
    }
    if let Some(distrust) = Distrust::find(error) {
        return Fault::Certificate(distrust);
    }
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the answer broke off"
    };
    match root(error) {
        Some(cause) => Fault::Unreachable(format!("{what} ({cause})")),
        None => Fault::Unreachable(what.to_owned()),
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
    Some(shown.take(MAX_CAUSE_CHARS).collect())
}
