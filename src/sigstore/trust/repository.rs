//! Where the TUF client reads from: the network, or the cache.

use std::fmt;
use std::time::Duration;

use sigstore_tuf::reqwest::{Client, Response, StatusCode, Url, header, redirect};
use sigstore_tuf::transport::FetchFuture;
use sigstore_tuf::{Error, Repository, UpdaterConfig};

use super::TrustError;
use super::cache::SessionStore;
use super::choice::{MAX_BOOTSTRAP_BYTES, TufSource};
use super::document::MAX_TRUST_DOCUMENT_BYTES;
use super::error::chain;

/// How many new TUF roots are followed in one refresh; the public-good repository has had 16 in five years.
pub const MAX_ROOT_ROTATIONS: u32 = 64;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a response may pause between two reads. The whole refresh has its own limit.
const READ_TIMEOUT: Duration = Duration::from_secs(15);

/// Characters of a redirect's target that are shown.
const MAX_SHOWN: usize = 200;

/// The TUF client's limits, in bytes; those not named here are the TUF reference client's.
pub(crate) fn limits() -> UpdaterConfig {
    let mut config = UpdaterConfig::default();
    config.root_max_length = MAX_BOOTSTRAP_BYTES;
    config.target_max_length = MAX_TRUST_DOCUMENT_BYTES;
    config.max_root_rotations = MAX_ROOT_ROTATIONS;
    config
}

/// Why a file could not be fetched. It travels inside the TUF client's transport error.
#[derive(Debug)]
pub(crate) enum FetchError {
    /// No connection, no TLS, no answer, or an answer that broke off.
    Unreachable { url: String, detail: String },
    /// A status other than success.
    Status { url: String, status: StatusCode },
    /// A redirect, which is not followed.
    Redirect { url: String, target: String },
    /// More bytes than the file may have.
    TooLarge { url: String, limit: u64 },
    /// A name in the metadata that does not stay below the repository's address.
    Name { name: String },
}

impl FetchError {
    /// Whether what was served is to blame, so that trying again would not help.
    pub(crate) fn is_invalid(&self) -> bool {
        match self {
            Self::TooLarge { .. } | Self::Name { .. } => true,
            Self::Unreachable { .. } | Self::Status { .. } | Self::Redirect { .. } => false,
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { url, detail } => write!(f, "cannot fetch {url}: {detail}"),
            Self::Status { url, status } => write!(f, "{url} answered {status}"),
            Self::Redirect { url, target } => {
                let shown: String = target.chars().take(MAX_SHOWN).collect();
                write!(f, "{url} redirects to {shown:?}, and redirects are not followed")
            }
            Self::TooLarge { url, limit } => write!(f, "{url} is larger than {limit} bytes"),
            Self::Name { name } => write!(f, "{name:?} is not the name of a file in the repository"),
        }
    }
}

impl std::error::Error for FetchError {}

/// A TUF repository over HTTP.
///
/// Our own rather than the library's: it follows no redirects, tells refused from broken, and takes 403 for "no such
/// file" only where object stores answer so for the next root that does not exist yet.
#[derive(Debug)]
pub(crate) struct HttpRepository {
    base: Url,
    client: Client,
}

impl HttpRepository {
    /// A client for `source`. `HTTPS_PROXY` and `NO_PROXY` are honoured by the HTTP library, except for loopback
    /// addresses; a proxy can withhold metadata, not forge it.
    pub(crate) fn new(source: &TufSource) -> Result<Self, TrustError> {
        let mut builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("portcullis/", env!("CARGO_PKG_VERSION")));
        builder = if source.is_loopback() {
            builder.no_proxy()
        } else {
            builder.https_only(true)
        };
        let client = builder.build().map_err(|error| {
            TrustError::unavailable(format!("cannot set up HTTPS: {}", chain(&error)))
                .help("check that this machine has a certificate store (SSL_CERT_FILE names another one)")
        })?;
        Ok(Self {
            base: source.url.clone(),
            client,
        })
    }

    async fn get(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, FetchError> {
        let url = self.locate(name)?;
        let unreachable = |error: reqwest::Error| FetchError::Unreachable {
            url: url.to_string(),
            detail: chain(&error.without_url()),
        };
        let mut response = self.client.get(url.clone()).send().await.map_err(unreachable)?;
        if is_missing(response.status(), name) {
            return Ok(None);
        }
        check_status(&url, &response)?;
        let too_large = || FetchError::TooLarge {
            url: url.to_string(),
            limit,
        };
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(body))
    }

    /// The address of a file, which has to be below the repository's own.
    fn locate(&self, name: &str) -> Result<Url, FetchError> {
        let outside = || FetchError::Name {
            name: name.to_owned(),
        };
        // `join` would take `//host/` or `https:` at the beginning of a name for another address.
        let url = self.base.join(&format!("./{name}")).map_err(|_| outside())?;
        let below =
            url.as_str().starts_with(self.base.as_str()) && url.query().is_none() && url.fragment().is_none();
        if below { Ok(url) } else { Err(outside()) }
    }

    fn fetch<'a>(&'a self, name: String, limit: u64) -> FetchFuture<'a> {
        Box::pin(async move {
            self.get(&name, limit)
                .await
                .map_err(|error| Error::transport_with_source("fetching", error))
        })
    }
}

fn is_missing(status: StatusCode, name: &str) -> bool {
    status == StatusCode::NOT_FOUND || (status == StatusCode::FORBIDDEN && name.ends_with(".root.json"))
}

fn check_status(url: &Url, response: &Response) -> Result<(), FetchError> {
    let status = response.status();
    if status.is_redirection() {
        let target = response
            .headers()
            .get(header::LOCATION)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        return Err(FetchError::Redirect {
            url: url.to_string(),
            target: target.unwrap_or_default(),
        });
    }
    if status == StatusCode::OK {
        Ok(())
    } else {
        Err(FetchError::Status {
            url: url.to_string(),
            status,
        })
    }
}

impl Repository for HttpRepository {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.fetch(name.to_owned(), max_length)
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        self.fetch(format!("targets/{path}"), max_length)
    }
}

/// The cache as a repository, for `--offline`. Its futures are ready at once.
#[derive(Debug)]
pub(crate) struct CacheRepository {
    store: SessionStore,
}

impl CacheRepository {
    pub(crate) fn new(store: SessionStore) -> Self {
        Self { store }
    }

    /// Finds a file; delegated roles are asked for as `<version>.<role>.json` and kept without the version.
    fn find(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let unversioned = name
            .split_once('.')
            .filter(|(version, rest)| version.bytes().all(|b| b.is_ascii_digit()) && *rest != "root.json")
            .map(|(_, rest)| rest);
        let bytes = self
            .store
            .get(name)
            .or_else(|| unversioned.and_then(|rest| self.store.get(rest)));
        match bytes {
            Some(bytes) if bytes.len() as u64 > limit => Err(Error::transport_with_source(
                "reading the cache",
                FetchError::TooLarge {
                    url: name.to_owned(),
                    limit,
                },
            )),
            other => Ok(other),
        }
    }
}

impl Repository for CacheRepository {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        let found = self.find(name, max_length);
        Box::pin(async move { found })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        let found = self.find(&format!("targets/{path}"), max_length);
        Box::pin(async move { found })
    }
}
