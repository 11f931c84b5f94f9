//! Where the client may connect to, by name, by address and by what a name server answers.
//!
//! Three kinds of hosts are told apart. *Named*: the registry that somebody typed, and every host on a list that
//! somebody wrote. *Of the site*: what belongs to the registry by [`Origin::same_site`]. *Foreign*: whatever else a
//! registry points to, such as a content delivery network.
//!
//! | address | named | of the site | foreign |
//! |---|---|---|---|
//! | public | yes | yes | yes |
//! | private (RFC 1918, RFC 4193, RFC 6598) | yes | yes | no |
//! | loopback | as literal or `localhost`, or on the egress list | no | no |
//! | link-local, cloud metadata, multicast, reserved | as literal, or on the egress list | no | no |
//!
//! So a registry cannot make this machine ask its own network (server-side request forgery), and a name server cannot
//! turn a harmless name into 169.254.169.254.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::http::{Endpoint, Origin, Refused, is_loopback};

/// What kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Public,
    Private,
    Loopback,
    /// Link-local, cloud metadata, multicast, unspecified or reserved.
    Special,
}

/// The rules for one registry.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// The registry's own origin.
    pub(crate) home: Origin,
    /// When given, the only destinations.
    pub(crate) only: Option<Vec<Endpoint>>,
    /// Hosts that somebody named besides.
    pub(crate) named: Vec<Endpoint>,
    /// Hosts that may be reached without TLS.
    pub(crate) plain: Vec<Endpoint>,
    /// Hosts of proxies, which somebody named in the settings of this machine.
    pub(crate) proxies: Vec<String>,
}

impl Guard {
    /// Checks an address before anything is sent to it, and gives its origin.
    pub(crate) fn check(&self, url: &Url) -> Result<Origin, Refused> {
        let refuse = |why: String| Err(Refused(why));
        let Some(origin) = Origin::of(url) else {
            return refuse("the address is neither http nor https".to_owned());
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse(format!("an address at {origin} has a user name in it"));
        }
        let named = |endpoint: &Endpoint| endpoint.covers(&origin.host, origin.port);
        let plain = self.plain.iter().any(named) || (origin.host == self.home.host && !self.home.secure);
        if !origin.secure && !plain {
            return refuse(format!("{origin} would be reached without TLS"));
        }
        if let Some(only) = &self.only
            && !only
                .iter()
                .any(|endpoint| endpoint.covers(&origin.host, origin.port))
        {
            return refuse(format!("{origin} is not on the egress list"));
        }
        match origin.ip() {
            Some(ip) if !self.allows_literal(&origin, ip) => {
                refuse(format!("{origin} is an address that nobody named"))
            }
            None if is_loopback(&origin.host) && !self.is_named(&origin.host) => {
                refuse(format!("{origin} is this machine, and nobody named it"))
            }
            _ => Ok(origin),
        }
    }

    /// Which of a name server's answers may be connected to.
    fn admit(
        &self,
        name: &str,
        answers: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Refused> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut seen = false;
        let admitted: Vec<SocketAddr> = answers
            .inspect(|_| seen = true)
            .filter(|answer| self.allows_answer(&name, answer.ip()))
            .collect();
        if seen && admitted.is_empty() {
            return Err(Refused(format!("{name} leads to an address that is not public")));
        }
        Ok(admitted)
    }

    fn allows_literal(&self, origin: &Origin, ip: IpAddr) -> bool {
        self.is_named(&origin.host) || reach(ip) == Reach::Public
    }

    fn allows_answer(&self, name: &str, ip: IpAddr) -> bool {
        if self.proxies.iter().any(|proxy| proxy == name) || self.listed(name) {
            return true;
        }
        // A name for this machine that leads elsewhere would be reached without TLS.
        if is_loopback(name) {
            return reach(ip) == Reach::Loopback && self.is_named(name);
        }
        match reach(ip) {
            Reach::Public => true,
            Reach::Private => self.is_named(name) || self.home.same_site(name),
            Reach::Loopback | Reach::Special => false,
        }
    }

    fn is_named(&self, host: &str) -> bool {
        self.home.host == host
            || self.listed(host)
            || self.named.iter().any(|endpoint| endpoint.host() == host)
    }

    fn listed(&self, host: &str) -> bool {
        let mut only = self.only.iter().flatten();
        only.any(|endpoint| endpoint.host() == host)
    }
}

/// Asks the system's resolver and lets through what the guard admits.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver(pub(crate) Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let answers = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let admitted = guard.admit(name.as_str(), answers)?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, d] = ip.octets();
    match (a, b, c, d) {
        (127, ..) => Reach::Loopback,
        // Alibaba Cloud keeps its metadata within the range of RFC 6598.
        (100, 100, 100, 200) => Reach::Special,
        (10, ..) | (172, 16..=31, ..) | (192, 168, ..) | (100, 64..=127, ..) | (198, 18..=19, ..) => {
            Reach::Private
        }
        (0 | 224..=255, ..) | (169, 254, ..) | (192, 0, 0, _) | (192, 0, 2, _) => Reach::Special,
        _ => Reach::Public,
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    if ip.is_loopback() {
        return Reach::Loopback;
    }
    let [a, b, c, d, e, f, g, h] = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        reach_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b, c, d, e, f) {
        // Mapped and compatible IPv4 (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056): it is the inner address that counts.
        (0, 0, 0, 0, 0, 0 | 0xffff) => embedded(g, h),
        (0x64, 0xff9b, 0, 0, 0, 0) => embedded(g, h),
        (0x64, 0xff9b, 1, ..) => Reach::Private,
        (0x2002, high, low, ..) => embedded(high, low),
        // Teredo (RFC 4380) hides the address that it leads to.
        (0x2001, 0, ..) => Reach::Special,
        // Amazon keeps its metadata within the private range.
        (0xfd00, 0x0ec2, ..) => Reach::Special,
        (0xfc00..=0xfdff, ..) | (0xfec0..=0xfeff, ..) => Reach::Private,
        (0xfe80..=0xfebf, ..) | (0xff00..=0xffff, ..) => Reach::Special,
        _ => Reach::Public,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(home: &str) -> Guard {
        Guard {
            home: Origin::of(&Url::parse(home).unwrap()).unwrap(),
            only: None,
            named: Vec::new(),
            plain: Vec::new(),
            proxies: vec!["proxy.corp".to_owned()],
        }
    }

    fn only(home: &str, list: &[&str]) -> Guard {
        Guard {
            only: Some(list.iter().map(|text| text.parse().unwrap()).collect()),
            ..guard(home)
        }
    }

    fn goes(guard: &Guard, url: &str) -> bool {
        guard.check(&Url::parse(url).unwrap()).is_ok()
    }

    fn answers(guard: &Guard, name: &str, ip: &str) -> bool {
        let answer = SocketAddr::new(ip.parse().unwrap(), 0);
        guard.admit(name, std::iter::once(answer)).is_ok()
    }

    #[test]
    fn addresses_are_told_apart_also_inside_ipv6() {
        for (reach_of, addresses) in [
            (
                Reach::Public,
                &[
                    "8.8.8.8",
                    "100.63.0.1",
                    "172.32.0.1",
                    "2606:4700::1",
                    "::ffff:8.8.8.8",
                    "64:ff9b::808:808",
                ][..],
            ),
            (
                Reach::Private,
                &[
                    "10.0.0.1",
                    "172.16.0.1",
                    "192.168.1.1",
                    "100.64.0.1",
                    "fd12::1",
                    "::ffff:10.0.0.1",
                    "64:ff9b::a00:1",
                    "2002:a00:1::",
                ],
            ),
            (
                Reach::Loopback,
                &[
                    "127.0.0.1",
                    "127.9.9.9",
                    "::1",
                    "::ffff:127.0.0.1",
                    "64:ff9b::7f00:1",
                ],
            ),
            (
                Reach::Special,
                &[
                    "169.254.169.254",
                    "0.0.0.0",
                    "::",
                    "fe80::1",
                    "224.0.0.1",
                    "255.255.255.255",
                    "192.0.0.192",
                    "100.100.100.200",
                    "fd00:ec2::254",
                    "::ffff:169.254.169.254",
                    "64:ff9b::a9fe:a9fe",
                    "2002:a9fe:a9fe::",
                    "::a9fe:a9fe",
                ],
            ),
        ] {
            for address in addresses {
                assert_eq!(reach(address.parse().unwrap()), reach_of, "{address}");
            }
        }
    }

    #[test]
    fn a_registry_cannot_send_us_into_our_own_network() {
        let guard = guard("https://r.example");
        for (url, allowed) in [
            ("https://r.example/v2/", true),
            ("https://cdn.example.net/blob", true),
            ("https://8.8.8.8/blob", true),
            ("http://r.example/v2/", false),
            ("http://cdn.example.net/", false),
            ("ftp://r.example/", false),
            ("https://user:pw@r.example/", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://2852039166/latest/meta-data", false),
            ("https://[::ffff:169.254.169.254]/", false),
            ("https://10.0.0.1/", false),
            ("https://127.0.0.1/", false),
            ("https://localhost/", false),
            ("https://[::1]/", false),
        ] {
            assert_eq!(goes(&guard, url), allowed, "{url}");
        }
    }

    #[test]
    fn a_name_server_cannot_either() {
        let guard = guard("https://r.corp");
        for (name, ip, allowed) in [
            ("r.corp", "10.0.0.1", true),
            ("auth.r.corp", "10.0.0.2", true),
            ("proxy.corp", "10.0.0.3", true),
            ("gitlab.corp", "10.0.0.4", false),
            ("cdn.example.net", "8.8.8.8", true),
            ("cdn.example.net", "10.0.0.1", false),
            ("cdn.example.net.", "fd00::1", false),
            ("r.corp", "169.254.169.254", false),
            ("r.corp", "127.0.0.1", false),
            ("localhost", "127.0.0.1", false),
        ] {
            assert_eq!(answers(&guard, name, ip), allowed, "{name} {ip}");
        }
        let mixed = ["10.0.0.1:0", "8.8.8.8:0"].map(|text| text.parse().unwrap());
        let admitted = guard.admit("cdn.example.net", mixed.into_iter()).unwrap();
        assert_eq!(admitted, [mixed[1]]);
    }

    #[test]
    fn what_somebody_typed_is_gone_to() {
        assert!(goes(&guard("http://127.0.0.1:5000"), "http://127.0.0.1:5000/v2/"));
        assert!(goes(&guard("https://169.254.1.1"), "https://169.254.1.1/v2/"));
        let local = guard("http://localhost:5000");
        assert!(goes(&local, "http://localhost:5000/v2/") && answers(&local, "localhost", "127.0.0.1"));
        assert!(!answers(&local, "localhost", "10.0.0.1"));
    }

    #[test]
    fn an_egress_list_is_the_whole_list() {
        let guard = only("https://r.corp", &["r.corp:443", "cdn.corp"]);
        for (url, allowed) in [
            ("https://r.corp/v2/", true),
            ("https://cdn.corp:8443/blob", true),
            ("https://r.corp:444/v2/", false),
            ("https://auth.r.corp/token", false),
            ("https://8.8.8.8/", false),
        ] {
            assert_eq!(goes(&guard, url), allowed, "{url}");
        }
        assert!(answers(&guard, "cdn.corp", "10.0.0.1"));
        assert!(!goes(&only("https://r.corp", &[]), "https://r.corp/v2/"));
    }

    /// What the HTTP library asks before it connects.
    #[test]
    fn the_resolver_gives_nothing_that_is_not_admitted() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let resolve = |guard: Guard| {
            let resolver = GuardedResolver(Arc::new(guard));
            runtime.block_on(resolver.resolve("localhost".parse().unwrap()))
        };
        let Err(refused) = resolve(guard("https://r.example")) else {
            panic!("a name that leads to this machine was admitted");
        };
        assert!(refused.downcast_ref::<Refused>().is_some(), "{refused}");
        assert!(resolve(only("https://r.example", &["r.example"])).is_err());
        let mut named = resolve(guard("http://localhost:5000")).unwrap_or_else(|error| panic!("{error}"));
        assert!(named.all(|address| address.ip().is_loopback()));
    }
}
