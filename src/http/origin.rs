//! Origins and hosts, as addresses and flags write them.
//!
//! An *origin* is a scheme, a host and a port.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

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

    /// The address of a path on this origin.
    pub(crate) fn url(&self, path: &str) -> Option<Url> {
        Url::parse(&format!("{self}{path}")).ok()
    }

    /// Whether the host is the machine itself, as it is written and not as a name server has it.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
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

/// An address that consists of nothing but `HOST[:PORT]`.
pub(crate) fn authority(text: &str, scheme: &str) -> Option<Url> {
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
    }
}
