//! The origin of a registry, and which others belong to it. Credentials are bound to one.

use std::net::IpAddr;

use crate::http::{Origin, authority};

/// Docker Hub's name, as people write it.
const DOCKER_HUB: &str = "docker.io";
/// The host that answers for Docker Hub.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";
/// The names of Docker Hub.
const DOCKER_HUB_NAMES: [&str; 3] = [DOCKER_HUB, "index.docker.io", DOCKER_HUB_HOST];
/// Token servers that are known to belong to a registry of another site.
const KNOWN_REALMS: [(&str, &str); 1] = [(DOCKER_HUB_HOST, "auth.docker.io")];

impl Origin {
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

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::*;
    use crate::http::is_loopback;

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
    fn docker_hub_has_three_names() {
        assert!(same_registry("docker.io", "index.docker.io"));
        assert!(!same_registry("docker.io", "ghcr.io"));
    }
}
