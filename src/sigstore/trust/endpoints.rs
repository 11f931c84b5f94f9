//! Which hosts have to be reachable, for whoever keeps the firewall.
//!
//! Everything here comes from the trust root and signing configuration in use. Verification contacts nothing but the
//! TUF repository: certificates, log entries and timestamps travel with the evidence.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sigstore_trust_root::{ServiceEndpoint, SigningConfig};
use sigstore_tuf::reqwest::Url;

use super::choice::TrustChoice;
use super::load::TrustMaterial;
use super::text::plain;

/// What a host is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Checking evidence.
    Verify,
    /// Making signatures.
    Sign,
}

/// The kind of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    /// The TUF repository of the trust root.
    TrustRoot,
    /// Fulcio.
    CertificateAuthority,
    /// Rekor.
    SignatureLog,
    /// An RFC 3161 timestamp authority.
    TimestampAuthority,
    /// The OpenID Connect provider for people; CI systems bring their own token.
    IdentityProvider,
}

/// One host to allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The address it was taken from.
    pub url: String,
    /// What it is.
    pub service: Service,
    /// What it is needed for.
    pub needed_for: Vec<Purpose>,
    /// The document that names it.
    pub named_by: String,
    /// From when it is in use, if that lies in the future.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub from: Option<Timestamp>,
}

/// The hosts that a configuration contacts. For signing it needs material that was loaded with its signing
/// configuration; services whose time has ended are left out.
pub fn endpoints(choice: &TrustChoice, material: &TrustMaterial, now: Timestamp) -> Vec<Endpoint> {
    let refresh = choice.tuf_url().map(|url| Endpoint {
        needed_for: vec![Purpose::Verify, Purpose::Sign],
        ..endpoint(url, Service::TrustRoot, format!("--trust {choice}"))
    });
    let signing = material.signing_config().map(|config| services(config, now));
    refresh.into_iter().chain(signing.into_iter().flatten()).collect()
}

fn services(config: &SigningConfig, now: Timestamp) -> Vec<Endpoint> {
    let lists: [(Service, &[ServiceEndpoint]); 4] = [
        (Service::CertificateAuthority, &config.ca_urls),
        (Service::SignatureLog, &config.rekor_tlog_urls),
        (Service::TimestampAuthority, &config.tsa_urls),
        (Service::IdentityProvider, &config.oidc_urls),
    ];
    let mut found = Vec::new();
    for (service, list) in lists {
        for entry in list {
            if entry.valid_for.end.is_some_and(|end| end < now) {
                continue;
            }
            let start = entry.valid_for.start;
            found.push(Endpoint {
                from: (start > now).then_some(start),
                ..endpoint(&entry.url, service, "the signing configuration".to_owned())
            });
        }
    }
    found
}

fn endpoint(address: &str, service: Service, named_by: String) -> Endpoint {
    // Some trust roots name hosts without a scheme.
    let parsed = Url::parse(address)
        .ok()
        .filter(Url::has_host)
        .or_else(|| Url::parse(&format!("https://{address}")).ok());
    let host = parsed.as_ref().and_then(|url| url.host_str());
    Endpoint {
        host: plain(host.unwrap_or(address)),
        port: parsed
            .as_ref()
            .and_then(Url::port_or_known_default)
            .unwrap_or(443),
        url: plain(address),
        service,
        needed_for: vec![Purpose::Sign],
        named_by,
        from: None,
    }
}

impl Endpoint {
    /// The endpoint as a line for people.
    pub fn line(&self) -> String {
        let purposes: Vec<&str> = self.needed_for.iter().map(|purpose| purpose.word()).collect();
        let later = self.from.map(|from| format!(", from {}", super::text::day(from)));
        format!(
            "{}:{}  {}  to {}, named by {}{}",
            self.host,
            self.port,
            self.service.words(),
            purposes.join(" and "),
            self.named_by,
            later.unwrap_or_default()
        )
    }
}

impl Purpose {
    fn word(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Sign => "sign",
        }
    }
}

impl Service {
    fn words(self) -> &'static str {
        match self {
            Self::TrustRoot => "trust root (TUF)",
            Self::CertificateAuthority => "certificate authority (Fulcio)",
            Self::SignatureLog => "signature log (Rekor)",
            Self::TimestampAuthority => "timestamp authority",
            Self::IdentityProvider => "identity provider (OIDC)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigstore::trust::{BUILT_IN_AS_OF, TrustOptions, load};

    fn hosts(choice: &TrustChoice, signing_config: bool, now: Timestamp) -> Vec<String> {
        let options = TrustOptions {
            offline: true,
            signing_config,
            ..TrustOptions::default()
        };
        let material = load(choice, &options, now).unwrap();
        let found = endpoints(choice, &material, now);
        found
            .iter()
            .map(|it| format!("{}:{} {:?}", it.host, it.port, it.needed_for))
            .collect()
    }

    #[test]
    fn verification_contacts_the_tuf_repository_alone() {
        assert_eq!(
            hosts(&TrustChoice::PublicGood, false, BUILT_IN_AS_OF),
            ["tuf-repo-cdn.sigstore.dev:443 [Verify, Sign]"]
        );
        assert_eq!(
            hosts(&TrustChoice::GitHub, true, BUILT_IN_AS_OF),
            ["tuf-repo.github.com:443 [Verify, Sign]"]
        );
    }

    #[test]
    fn signing_hosts_come_from_the_signing_configuration() {
        assert_eq!(
            hosts(&TrustChoice::PublicGood, true, BUILT_IN_AS_OF),
            [
                "tuf-repo-cdn.sigstore.dev:443 [Verify, Sign]",
                "fulcio.sigstore.dev:443 [Sign]",
                "rekor.sigstore.dev:443 [Sign]",
                "timestamp.sigstore.dev:443 [Sign]",
                "oauth2.sigstore.dev:443 [Sign]",
            ]
        );
    }

    #[test]
    fn a_service_that_starts_later_says_from_when() {
        let service = |url: &str, valid_for: serde_json::Value| serde_json::json!({"url": url, "majorApiVersion": 1, "validFor": valid_for});
        let config = serde_json::json!({
            "mediaType": sigstore_trust_root::SIGNING_CONFIG_MEDIA_TYPE,
            "caUrls": [
                service("https://old.example.com", serde_json::json!({"start": "2020-01-01T00:00:00Z", "end": "2021-01-01T00:00:00Z"})),
                service("http://ca.example.com:5555/x", serde_json::json!({"start": "2020-01-01T00:00:00Z"})),
            ],
            "tsaUrls": [service("tsa.example.com", serde_json::json!({"start": "2027-01-01T00:00:00Z"}))],
        });
        let config = SigningConfig::from_json(&config.to_string()).unwrap();
        let lines: Vec<String> = services(&config, BUILT_IN_AS_OF)
            .iter()
            .map(Endpoint::line)
            .collect();
        assert_eq!(
            lines,
            [
                "ca.example.com:5555  certificate authority (Fulcio)  to sign, named by the signing configuration",
                "tsa.example.com:443  timestamp authority  to sign, named by the signing configuration, from 2027-01-01",
            ]
        );
    }
}
