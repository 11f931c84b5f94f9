//! Asking a service that somebody configured.

use std::fmt;
use std::net::SocketAddr;
use std::sync::OnceLock;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode, Url};

use super::certificate::Distrust;
use super::config::WebConfig;
use super::exchange::{
    Answer, Fault, Limits, Refused, add_authorities, base_client, exchange, is_redirect, out_of_time,
    set_proxies, set_up,
};
use super::origin::{Origin, is_loopback};
use super::retry::{may_pass, random};
use super::worker::Worker;

/// Threads that requests are driven on; they mostly wait.
const WORKERS: usize = 1;

/// What is done with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Post => "POST",
        })
    }
}

/// What is sent along.
#[derive(Clone, Copy)]
pub struct Body<'a> {
    /// Its media type.
    pub content_type: &'static str,
    /// Its bytes. They may hold a secret: nothing here prints them.
    pub bytes: &'a [u8],
}

/// Whether a call may be made again when it is not known whether it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It does no harm.
    Harmless,
    /// Only after an answer that says that nothing was done (429): a one-time code is spent by the first call.
    OnlyWhenRefused,
}

/// A question to a service.
#[derive(Clone)]
pub struct Call<'a> {
    /// How.
    pub method: Method,
    /// Where.
    pub url: &'a Url,
    /// Header fields beyond those that every request has. Mark secrets as sensitive.
    pub headers: HeaderMap,
    /// What is sent along.
    pub body: Option<Body<'a>>,
    /// Bytes of an answer that are accepted. Of a refusal, at most 16 KiB are read, whatever this says.
    pub limit_bytes: u64,
    /// Whether it may be made twice.
    pub repeat: Repeat,
}

/// An answer that came back whole, of any status but a redirect.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: StatusCode,
    /// Its header fields.
    pub headers: HeaderMap,
    /// Its body. Of a status other than 2xx, as much as came within the limit. It is a stranger's text, and may repeat
    /// what was sent.
    pub body: Vec<u8>,
}

/// A call that got no answer. No part of it repeats what was sent or what a body said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{asked}: {kind}")]
pub struct WebFault {
    /// What was asked: method, origin and path, without the query.
    pub asked: String,
    /// What became of it.
    pub kind: WebFaultKind,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebFaultKind {
    /// No connection, no TLS, no answer in time, or one that broke off, after every attempt.
    #[error("{0}")]
    Unreachable(String),
    /// The server may be somebody else.
    #[error("its certificate {}", .0.words())]
    Certificate(Distrust),
    /// An address that is not gone to: without TLS, not http at all, or a redirect.
    #[error("refused: {0}")]
    Refused(String),
    /// More bytes than are read.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(u64),
    /// An answer in a form that was not asked for.
    #[error("{0}")]
    Protocol(String),
    /// The certificates or the proxy that were configured cannot be used.
    #[error("{0}")]
    Configuration(String),
}

impl From<Fault> for WebFaultKind {
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

/// Services that are asked over HTTPS, or over HTTP where that was allowed.
///
/// Redirects are an error: what is sent is meant for the one who was named. Calls are made again after 429, 5xx and
/// transport faults, as often as [`super::RetryPolicy`] says, and never beyond the deadline. The methods wait for the
/// network, so they are not for asynchronous code; threads may share one `Web`.
#[derive(Debug)]
pub struct Web {
    config: WebConfig,
    worker: Worker,
    outside: OnceLock<Client>,
    loopback: OnceLock<Client>,
}

impl Web {
    /// Sets everything up. Nothing is sent.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub fn new(config: WebConfig) -> std::io::Result<Self> {
        Ok(Self {
            config,
            worker: Worker::start("web", WORKERS)?,
            outside: OnceLock::new(),
            loopback: OnceLock::new(),
        })
    }

    /// Makes a call.
    ///
    /// # Errors
    ///
    /// When there is no answer, or one that must not be believed. A status of any kind is an answer: 429 and 5xx once
    /// all attempts were made.
    pub fn send(&self, call: &Call<'_>) -> Result<Reply, WebFault> {
        let fault = |kind| WebFault {
            asked: format!("{} {}", call.method, shown(call.url)),
            kind,
        };
        let origin = self.check(call.url).map_err(fault)?;
        let client = self.client(&origin).map_err(fault)?;
        let answer = self
            .worker
            .block_on(self.persist(client, call))
            .ok_or_else(|| fault(out_of_time().into()))?
            .map_err(|broken| fault(broken.into()))?;
        if is_redirect(answer.status) {
            let detail = "it points elsewhere, and redirects are not followed".to_owned();
            return Err(fault(WebFaultKind::Refused(detail)));
        }
        Ok(Reply {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
        })
    }

    /// Whether an address may be gone to, before anything is sent.
    ///
    /// # Errors
    ///
    /// Says why not.
    pub fn check_address(&self, url: &Url) -> Result<(), WebFaultKind> {
        self.check(url).map(|_| ())
    }

    fn check(&self, url: &Url) -> Result<Origin, WebFaultKind> {
        let refuse = |detail: String| Err(WebFaultKind::Refused(detail));
        let Some(origin) = Origin::of(url) else {
            return refuse("the address is neither http nor https".to_owned());
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the address has a user name in it".to_owned());
        }
        let mut plain = self.config.allow_http.iter();
        let plain = plain.any(|endpoint| endpoint.covers(&origin.host, origin.port));
        if !origin.secure && !origin.is_loopback() && !plain {
            return refuse(format!("{origin} would be reached without TLS"));
        }
        Ok(origin)
    }

    fn client(&self, origin: &Origin) -> Result<&Client, WebFaultKind> {
        let place = match origin.is_loopback() {
            true => &self.loopback,
            false => &self.outside,
        };
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = self.make(origin)?;
        Ok(place.get_or_init(|| client))
    }

    fn make(&self, origin: &Origin) -> Result<Client, WebFaultKind> {
        let invalid = |what: &str| WebFaultKind::Configuration(format!("{what} cannot be used"));
        let mut builder = base_client(&self.config.patience).dns_resolver(HonestLoopback);
        if !origin.is_loopback() {
            builder = set_proxies(builder, &self.config.proxies)
                .ok_or_else(|| invalid("the proxy address in the environment"))?;
        }
        if let Some(pem) = &self.config.authorities {
            builder = add_authorities(builder, pem)
                .ok_or_else(|| invalid("the file of certificate authorities for services"))?;
        }
        Ok(set_up(builder)?)
    }

    async fn persist(&self, client: &Client, call: &Call<'_>) -> Result<Answer, Fault> {
        let limits = Limits {
            patience: &self.config.patience,
            deadline: self.config.deadline,
        };
        let mut attempt = 0;
        loop {
            attempt += 1;
            let request = match call.method {
                Method::Get => client.get(call.url.clone()),
                Method::Post => client.post(call.url.clone()),
            };
            let mut headers = call.headers.clone();
            let request = match call.body {
                Some(body) => {
                    headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
                    request.body(body.bytes.to_vec())
                }
                None => request,
            };
            let result = exchange(request.headers(headers), limits, call.limit_bytes).await;
            let harmless = call.repeat == Repeat::Harmless;
            let wait = match &result {
                Ok(answer) if answer.status == StatusCode::TOO_MANY_REQUESTS => answer.retry_after(),
                Ok(answer) if harmless && may_pass(answer.status) => answer.retry_after(),
                Err(Fault::Unreachable(_)) if harmless => None,
                _ => return result,
            };
            // A pause that would use up the time is not begun.
            let pause = self
                .config
                .patience
                .retry
                .pause(attempt, wait, random())
                .filter(|pause| limits.time_for(*pause).is_some_and(|left| left >= *pause));
            let Some(pause) = pause else {
                return result;
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// Method, origin and path of an address; a query may hold a secret.
fn shown(url: &Url) -> String {
    match Origin::of(url) {
        Some(origin) => format!("{origin}{}", url.path()),
        None => format!("{}:…", url.scheme()),
    }
}

/// The system's resolver, but for names of this machine, which lead to this machine or nowhere: they are spoken to
/// without TLS.
#[derive(Debug)]
struct HonestLoopback;

impl Resolve for HonestLoopback {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let answers = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let local = is_loopback(&name.as_str().to_ascii_lowercase());
            let admitted: Vec<SocketAddr> = answers
                .filter(|answer| !local || answer.ip().is_loopback())
                .collect();
            if admitted.is_empty() {
                return Err(Refused(format!("{} leads to no address of this machine", name.as_str())).into());
            }
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}
