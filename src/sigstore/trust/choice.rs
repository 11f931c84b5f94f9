//! Which trust root is asked for.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use sigstore_trust_root::SigstoreInstance;
use sigstore_tuf::reqwest::Url;

use super::TrustError;
use super::document::read_bounded;

/// Largest TUF root that is read as a bootstrap root, in bytes; the ones in use have 5 to 8 kB.
pub const MAX_BOOTSTRAP_BYTES: u64 = 512 * 1024;

/// How long fetching a trust root may take in all, unless told otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Which trust root signatures are checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrustChoice {
    /// Sigstore's public-good instance.
    PublicGood,
    /// Sigstore's staging instance: for trying things, worth nothing as evidence.
    Staging,
    /// GitHub's own instance, used for the attestations of private repositories.
    GitHub,
    /// A trusted root, or a client trust configuration, in a file. Nothing is fetched.
    File(PathBuf),
    /// Another TUF repository that publishes `trusted_root.json`.
    Tuf {
        /// Where it is: `https`, or `http` on a loopback address.
        url: String,
        /// The TUF root (`root.json`) that its metadata is verified from.
        bootstrap_root: PathBuf,
    },
}

impl TrustChoice {
    /// The public instance, if it is one.
    pub(crate) fn instance(&self) -> Option<SigstoreInstance> {
        match self {
            Self::PublicGood => Some(SigstoreInstance::PublicGood),
            Self::Staging => Some(SigstoreInstance::Staging),
            Self::GitHub => Some(SigstoreInstance::GitHub),
            Self::File(_) | Self::Tuf { .. } => None,
        }
    }

    /// The address of its TUF repository; a file has none.
    pub(crate) fn tuf_url(&self) -> Option<&str> {
        match self {
            Self::File(_) => None,
            Self::Tuf { url, .. } => Some(url),
            Self::PublicGood => Some(SigstoreInstance::PublicGood.tuf_url()),
            Self::Staging => Some(SigstoreInstance::Staging.tuf_url()),
            Self::GitHub => Some(SigstoreInstance::GitHub.tuf_url()),
        }
    }

    /// What may be absent from evidence under this trust root.
    pub fn relaxations(&self) -> Relaxations {
        match self {
            Self::GitHub => Relaxations::NO_LOGS,
            Self::PublicGood | Self::Staging | Self::File(_) | Self::Tuf { .. } => Relaxations::NONE,
        }
    }
}

impl fmt::Display for TrustChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PublicGood => f.write_str("public-good"),
            Self::Staging => f.write_str("staging"),
            Self::GitHub => f.write_str("github"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Tuf { url, .. } => f.write_str(url),
        }
    }
}

/// Which evidence may be **absent** under one trust root. Evidence that is present must verify all the same.
///
/// Only GitHub's own instance has any: it keeps no public logs, so there is nothing its bundles could carry. A root
/// named as a file never has: whoever runs an instance without logs has to say so for a key, not for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relaxations {
    /// A bundle may come without a transparency log entry.
    pub log_entry: bool,
    /// A certificate may come without a signed certificate timestamp.
    pub certificate_timestamp: bool,
}

impl Relaxations {
    /// Everything has to be there.
    pub const NONE: Self = Self {
        log_entry: false,
        certificate_timestamp: false,
    };
    /// An instance without public logs: timestamps of its authority stand in.
    pub const NO_LOGS: Self = Self {
        log_entry: true,
        certificate_timestamp: true,
    };
}

/// How a trust root may be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustOptions {
    /// No network: the cached or built-in root as it is, with a warning.
    pub offline: bool,
    /// Directory for the cache of TUF metadata, see [`default_cache_dir`](super::default_cache_dir). Without one, or
    /// when it cannot be read or written, everything is kept in memory.
    pub cache_dir: Option<PathBuf>,
    /// How long all fetching together may take.
    pub timeout: Duration,
    /// Also get the signing configuration (the service addresses), where the instance publishes one.
    pub signing_config: bool,
}

impl Default for TrustOptions {
    fn default() -> Self {
        Self {
            offline: false,
            cache_dir: None,
            timeout: DEFAULT_TIMEOUT,
            signing_config: false,
        }
    }
}

/// A TUF repository with the root that everything in it is verified from.
#[derive(Debug, Clone)]
pub(crate) struct TufSource {
    /// Ends in a slash.
    pub(crate) url: Url,
    /// The TUF root that trust begins with.
    pub(crate) bootstrap: Vec<u8>,
}

impl TufSource {
    /// The repository of a choice; `None` for a file.
    pub(crate) fn of(choice: &TrustChoice) -> Result<Option<Self>, TrustError> {
        let bootstrap = match (choice, choice.instance()) {
            (TrustChoice::Tuf { bootstrap_root, .. }, _) => {
                read_bounded(bootstrap_root, MAX_BOOTSTRAP_BYTES, "TUF root")?
            }
            (_, Some(instance)) => instance.tuf_root().to_vec(),
            (_, None) => return Ok(None),
        };
        let Some(url) = choice.tuf_url() else {
            return Ok(None);
        };
        Ok(Some(Self {
            url: parse_url(url)?,
            bootstrap,
        }))
    }

    /// Whether the repository is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }
}

/// Reads the address of a TUF repository.
///
/// Metadata is signed, so plain `http` could not forge it, but it would let anybody on the way hold updates back
/// unseen; and a user name, query or fragment would be dropped or printed.
fn parse_url(text: &str) -> Result<Url, TrustError> {
    let with_slash = if text.ends_with('/') {
        text.to_owned()
    } else {
        format!("{text}/")
    };
    let Ok(url) = Url::parse(&with_slash) else {
        return Err(
            TrustError::invalid("the address of the TUF repository is not a URL")
                .instead_of(text, "https://host/path"),
        );
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TrustError::invalid(
            "the address of the TUF repository holds a user name or password: they would end up in reports",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(
            TrustError::invalid("the address of the TUF repository has a query or fragment")
                .instead_of(text, "https://host/path"),
        );
    }
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !secure || url.host_str().is_none() {
        return Err(TrustError::invalid("a TUF repository is only read over https")
            .instead_of(text, "https://host/path")
            .help("plain http is accepted on a loopback address only"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(host);
    bare == "localhost"
        || bare
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Code;

    #[test]
    fn only_https_and_loopback_addresses_are_read() {
        for good in [
            "https://tuf.example.com",
            "https://tuf.example.com/a/b/",
            "http://127.0.0.1:8080",
            "http://[::1]:1/x",
            "http://localhost/",
        ] {
            assert!(
                parse_url(good).is_ok_and(|url| url.as_str().ends_with('/')),
                "{good}"
            );
        }
        for bad in [
            "",
            "tuf.example.com",
            "http://tuf.example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "file:///etc/passwd",
            "https://user:secret@tuf.example.com/",
            "https://tuf.example.com/?a=b",
            "https://tuf.example.com/#a",
            "https://",
        ] {
            let error = parse_url(bad).expect_err(bad);
            assert_eq!(error.code(), Code::TrustInvalid, "{bad}");
            assert!(!format!("{error:?}").contains("secret"), "{bad}");
        }
    }

    #[test]
    fn only_githubs_instance_relaxes_anything() {
        let path = PathBuf::from("github-trusted-root.json");
        let url = SigstoreInstance::GitHub.tuf_url().to_owned();
        let strict = [
            TrustChoice::PublicGood,
            TrustChoice::Staging,
            TrustChoice::File(path.clone()),
            TrustChoice::Tuf {
                url,
                bootstrap_root: path,
            },
        ];
        for choice in strict {
            assert_eq!(choice.relaxations(), Relaxations::NONE, "{choice}");
        }
        assert_eq!(TrustChoice::GitHub.relaxations(), Relaxations::NO_LOGS);
    }
}
