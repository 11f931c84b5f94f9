//! Origins, and which of them belong together.
//!
//! An *origin* is a scheme, a host and a port. Credentials are bound to one.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// Docker Hub's name, as people write it.
const DOCKER_HUB: &str = "docker.io";
/// The host that answers for Docker Hub.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";
/// The names of Docker Hub.
const DOCKER_HUB_NAMES: [&str; 3] = [DOCKER_HUB, "index.docker.io", DOCKER_HUB_HOST];
/// Token servers that are known to belong to a registry of another site.
const KNOWN_REALMS: [(&str, &str); 1] = [(DOCKER_HUB_HOST, "auth.docker.io")];

/// A scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    /// Whether the scheme is `https`; otherwise it is `http`.
    pub(crate) secure: bool,
    /// The host in lower case, an IPv6 address without brackets.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

/// A host with a port, or with any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    host: String,
    port: Option<u16>,
}

/// A text that names no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a destination is written HOST or HOST:PORT, without a scheme or a path")]
pub struct EndpointError;

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = authority(text, "https").ok_or(EndpointError)?;
        let written = text
            .rsplit_once(':')
            .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
        Ok(Self {
            host: host_of(&url).ok_or(EndpointError)?,
            // The URL drops the port that its scheme has anyway. A bare IPv6 address is not a URL, so digits after the
            // last colon are a port.
            port: if written {
                url.port_or_known_default()
            } else {
                None
            },
        })
    }
}

impl Endpoint {
    /// Whether an address goes there.
    pub(crate) fn covers(&self, host: &str, port: u16) -> bool {
        self.host == host && self.port.is_none_or(|own| own == port)
    }

    /// The host alone.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

impl Origin {
    /// The origin of an address. `None` for anything but http and https.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Some(Self {
            secure,
            host: host_of(url)?,
            port: url.port_or_known_default()?,
        })
    }

    /// The address of the registry that a reference calls `name`. `plain` says whether a host and port are reached
    /// without TLS.
    pub(crate) fn of_registry(name: &str, plain: impl Fn(&str, u16) -> bool) -> Option<Self> {
        let name = if DOCKER_HUB_NAMES.contains(&name) {
            DOCKER_HUB_HOST
        } else {
            name
        };
        let without = Self::of(&authority(name, "http")?)?;
        match plain(&without.host, without.port) {
            true => Some(without),
            false => Self::of(&authority(name, "https")?),
        }
    }

    /// The address of a path on this origin.
    pub(crate) fn url(&self, path: &str) -> Option<Url> {
        Url::parse(&format!("{self}{path}")).ok()
    }

    /// Whether the host is the machine itself, as it is written and not as a name server has it.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Whether `other` is a part of the same site: the same host, a host below it, or, where the registry is called
    /// `registry.…` as GitLab's is, the host directly above it or the one called `gitlab.…` beside it, unless what is above
    /// is a top-level domain.
    ///
    /// Other hosts beside each other are not of one site: there is no telling `a.example.com` and `b.example.com`, one
    /// owner, from `a.co.uk` and `b.co.uk` or two tenants of one provider without a list that ages. GitLab's two names are
    /// let through because only the registry itself, over TLS, can send us to the other: whoever could make
    /// `registry.co.uk` say so and owned `gitlab.co.uk` as well could ask for the password at the registry directly.
    pub(crate) fn same_site(&self, other: &str) -> bool {
        if self.host == other {
            return true;
        }
        if self.ip().is_some() || other.parse::<IpAddr>().is_ok() {
            return false;
        }
        let below = other
            .strip_suffix(&self.host)
            .is_some_and(|rest| rest.ends_with('.') && rest.len() > 1);
        let gitlab = self
            .host
            .strip_prefix("registry.")
            .filter(|domain| domain.contains('.'))
            .is_some_and(|domain| other == domain || other.strip_prefix("gitlab.") == Some(domain));
        below || gitlab
    }

    /// Whether a token server at `realm` may be told the credentials for this registry: over https, on the same site,
    /// at this registry's port or 443; or known to belong to it. A registry without TLS may have one at its own
    /// origin only.
    pub(crate) fn trusts_realm(&self, realm: &Self) -> bool {
        if self == realm {
            return true;
        }
        let known = KNOWN_REALMS
            .iter()
            .any(|(registry, host)| *registry == self.host && *host == realm.host && realm.port == 443);
        let same_site = self.same_site(&realm.host) && (realm.port == 443 || realm.port == self.port);
        self.secure && realm.secure && (known || same_site)
    }

    /// The host as an address, if it is one.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        let usual = if self.secure { 443 } else { 80 };
        let (open, close) = if self.host.contains(':') {
            ("[", "]")
        } else {
            ("", "")
        };
        write!(f, "{scheme}://{open}{}{close}", self.host)?;
        if self.port == usual {
            Ok(())
        } else {
            write!(f, ":{}", self.port)
        }
    }
}

/// Whether a host, as it is written, is the machine itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether two registry names mean the same registry; Docker Hub has three.
pub(crate) fn same_registry(one: &str, other: &str) -> bool {
    let hub = |name: &str| {
        DOCKER_HUB_NAMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    one.eq_ignore_ascii_case(other) || (hub(one) && hub(other))
}

/// An address that consists of nothing but `HOST[:PORT]`.
fn authority(text: &str, scheme: &str) -> Option<Url> {
    if text.is_empty() || text.contains(['/', '\\', '?', '#', '@']) || text.contains(char::is_whitespace) {
        return None;
    }
    Url::parse(&format!("{scheme}://{text}")).ok()
}

fn host_of(url: &Url) -> Option<String> {
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    // A dot at the end names the same host and is not the same text.
    let host = host.strip_suffix('.').unwrap_or(host);
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(url: &str) -> Origin {
        Origin::of(&Url::parse(url).unwrap()).unwrap()
    }

    #[test]
    fn a_registry_is_reached_over_https_unless_it_is_plain() {
        for (name, expected) in [
            ("ghcr.io", "https://ghcr.io"),
            ("docker.io", "https://registry-1.docker.io"),
            ("Registry.Example:5000", "https://registry.example:5000"),
            ("localhost:5000", "http://localhost:5000"),
            ("127.0.0.1:443", "http://127.0.0.1:443"),
            ("[::1]:80", "http://[::1]"),
        ] {
            let origin = Origin::of_registry(name, |host, _| is_loopback(host)).unwrap();
            assert_eq!(origin.to_string(), expected, "{name}");
        }
        for name in ["", "a b", "user@host", "host/path", "host?x", "h:99999"] {
            assert_eq!(
                Origin::of_registry(name, |host, _| is_loopback(host)),
                None,
                "{name}"
            );
        }
    }

    #[test]
    fn a_realm_has_to_be_https_and_of_the_same_site() {
        for (registry, realm, trusted) in [
            ("https://r.example", "https://r.example/token", true),
            ("https://r.example:5000", "https://r.example/token", true),
            ("https://r.example:5000", "https://r.example:5000/token", true),
            ("https://r.example", "https://auth.r.example/token", true),
            ("https://registry.gitlab.com", "https://gitlab.com/jwt/auth", true),
            (
                "https://registry.example.com",
                "https://gitlab.example.com/jwt/auth",
                true,
            ),
            (
                "https://registry.example.com:5050",
                "https://gitlab.example.com/jwt/auth",
                true,
            ),
            (
                "https://registry.example.com",
                "http://gitlab.example.com/jwt/auth",
                false,
            ),
            (
                "https://registry.example.com",
                "https://gitlab.example.com:8443/jwt/auth",
                false,
            ),
            (
                "https://registry.example.com",
                "https://gitlab.example.org/jwt/auth",
                false,
            ),
            (
                "https://registry.example.com",
                "https://gitlab.evil.example.com/jwt/auth",
                false,
            ),
            (
                "https://registry.example.com",
                "https://evilgitlab.example.com/jwt/auth",
                false,
            ),
            (
                "https://registry.example.com",
                "https://gitlab.com/jwt/auth",
                false,
            ),
            (
                "https://registry.example.com",
                "https://auth.example.com/token",
                false,
            ),
            (
                "https://gitlab.example.com",
                "https://registry.example.com/token",
                false,
            ),
            ("https://registry.com", "https://gitlab.com/jwt/auth", false),
            ("https://a.github.io", "https://b.github.io/token", false),
            ("https://a.co.uk", "https://b.co.uk/token", false),
            (
                "http://registry.example.com",
                "https://gitlab.example.com/jwt/auth",
                false,
            ),
            (
                "https://registry-1.docker.io",
                "https://auth.docker.io/token",
                true,
            ),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000/token", true),
            ("https://r.example", "http://r.example/token", false),
            ("https://r.example", "https://r.example:8443/token", false),
            ("https://r.example", "https://evilr.example/token", false),
            ("https://r.example", "https://r.example.evil.test/token", false),
            ("https://r.example", "https://example/token", false),
            ("https://a.example.com", "https://b.example.com/token", false),
            ("https://a.example.com", "https://example.com/token", false),
            ("https://registry.com", "https://com/token", false),
            ("https://ghcr.io", "https://auth.docker.io/token", false),
            (
                "https://registry-1.docker.io",
                "https://auth.docker.io:444/token",
                false,
            ),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5001/token", false),
            ("http://127.0.0.1:5000", "https://127.0.0.1/token", false),
            ("https://10.0.0.1", "https://1.10.0.0.1.evil.test/token", false),
        ] {
            assert_eq!(
                origin(registry).trusts_realm(&origin(realm)),
                trusted,
                "{registry} {realm}"
            );
        }
    }

    #[test]
    fn endpoints_are_hosts_with_or_without_a_port() {
        let endpoint = |text: &str| text.parse::<Endpoint>();
        assert!(endpoint("a.example").unwrap().covers("a.example", 8443));
        assert!(endpoint("a.example:443").unwrap().covers("a.example", 443));
        assert!(!endpoint("a.example:443").unwrap().covers("a.example", 444));
        assert!(endpoint("[::1]:5000").unwrap().covers("::1", 5000));
        for text in ["", "https://a.example", "a.example/", "a:b:c", "u@a"] {
            assert_eq!(endpoint(text), Err(EndpointError), "{text}");
        }
    }

    #[test]
    fn odd_spellings_of_addresses_are_the_same_host() {
        assert_eq!(origin("http://0x7f.1/").host, "127.0.0.1");
        assert_eq!(origin("http://2130706433/").host, "127.0.0.1");
        assert_eq!(origin("https://A.Example./").host, "a.example");
        assert!(same_registry("docker.io", "index.docker.io"));
        assert!(!same_registry("docker.io", "ghcr.io"));
    }
}
