//! The `[listen]` table: where the gate listens, with which certificate, and how much it takes from whom.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::callers::contents;
use crate::gate::caller::{Caller, Rate, certificates, verifier};
use crate::policy::Files;
use crate::policy::strict_toml::{Reader, Section, number_of, quote};

const KEYS: [&str; 7] = [
    "address",
    "certificate",
    "key",
    "plain-http",
    "connections",
    "source-rate",
    "source-burst",
];

/// Where the gate listens when nothing else is said.
const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8480);
/// Most connections that a configuration may allow.
const MAX_CONNECTIONS: u64 = 4_096;
/// Highest rate that a configuration may allow.
const MAX_RATE: u64 = 1_000_000;

/// How the gate listens.
#[derive(Debug, Clone)]
pub struct ListenConfig {
    /// Address and port.
    pub address: SocketAddr,
    /// TLS; without it, plain HTTP.
    pub tls: Option<Arc<ServerConfig>>,
    /// Connections at a time.
    pub connections: usize,
    /// Requests of one source address, before it is known who calls.
    pub source: Rate,
    /// How long slow clients are waited for. No key sets it.
    pub patience: Patience,
}

/// How long slow clients are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a handshake, for the header of a request, and between two requests.
    pub header: Duration,
    /// For the body of a request.
    pub body: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(10),
        }
    }
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            address: ADDRESS,
            tls: None,
            connections: 256,
            source: Rate {
                per_second: 100,
                burst: 400,
            },
            patience: Patience::default(),
        }
    }
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    files: &Files<'_>,
    callers: &[Caller],
) -> ListenConfig {
    let mut config = ListenConfig::default();
    let section = root
        .get("listen")
        .and_then(|value| Section::open(reader, "[listen]", value, &KEYS));
    if let Some(section) = &section {
        if let Some(text) = section.text(reader, "address") {
            match text.value.parse() {
                Ok(address) => config.address = address,
                Err(_) => reader.mistake(
                    &text.span,
                    format!("{} is no address with a port", quote(text.value)),
                    "write address = \"127.0.0.1:8480\" or \"[::1]:8480\"",
                ),
            }
        }
        config.tls = tls(reader, section, files, callers);
        if let Some(number) = number(reader, section, "connections", MAX_CONNECTIONS) {
            config.connections = usize::try_from(number).unwrap_or(config.connections);
        }
        config.source = rate(reader, section, ["source-rate", "source-burst"], config.source);
        check_plain(reader, section, &config);
    }
    let certified = callers.iter().any(|caller| caller.authorities().is_some());
    if certified && config.tls.is_none() {
        let message = "a caller shows a client certificate, and the gate listens without TLS";
        reader.missing(&(0..0), message, "add certificate and key to [listen]");
    }
    config
}

/// HTTP without TLS beyond this machine has to be asked for: tokens and signatures could be taken from it.
fn check_plain(reader: &mut Reader<'_>, section: &Section<'_>, config: &ListenConfig) {
    let plain = section.switch(reader, "plain-http");
    if config.tls.is_some() || config.address.ip().is_loopback() {
        if let Some(plain) = plain {
            let message = "plain-http says nothing here: the gate listens with TLS, or on this machine alone";
            reader.mistake(&plain.span, message, "leave the key out");
        }
    } else if plain.is_none() && section.get("plain-http").is_none() {
        let span = section.key_span("address").unwrap_or_default();
        let message = format!("{} is listened on without TLS", config.address);
        let help = "add certificate and key, listen on 127.0.0.1, or write plain-http = true where a proxy in front has the TLS";
        reader.mistake(&span, message, help);
    }
}

fn tls(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    callers: &[Caller],
) -> Option<Arc<ServerConfig>> {
    let certificate = section.text(reader, "certificate");
    let key = section.text(reader, "key");
    let (certificate, key) = match (certificate, key) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) => return None,
        (Some(one), None) | (None, Some(one)) => {
            reader.mistake(&one.span, "certificate and key go together", "name both, in PEM");
            return None;
        }
    };
    let chain = contents(reader, &certificate, files)?;
    let secret = contents(reader, &key, files)?;
    match server_config(&chain, &secret, callers) {
        Ok(config) => Some(Arc::new(config)),
        Err(reason) => {
            let message = format!("{} and {}: {reason}", quote(certificate.value), quote(key.value));
            let help = "name the certificate with its chain, and its key, in PEM";
            reader.mistake(&certificate.span, message, help);
            None
        }
    }
}

fn server_config(chain: &[u8], key: &Zeroizing<Vec<u8>>, callers: &[Caller]) -> Result<ServerConfig, String> {
    let chain = certificates(chain)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| "there is no private key in PEM".to_owned())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let authorities: Vec<_> = callers
        .iter()
        .filter_map(Caller::authorities)
        .flatten()
        .cloned()
        .collect();
    let builder = match authorities.is_empty() {
        true => builder.with_no_client_auth(),
        false => builder.with_client_cert_verifier(verifier(&authorities)?),
    };
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| error.to_string())?;
    // A resumed session would bring a certificate along that nobody verifies again.
    config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn number(reader: &mut Reader<'_>, section: &Section<'_>, key: &str, max: u64) -> Option<u64> {
    number_of(reader, key, section.get(key)?, max)
}

/// A rate, by the keys of its two numbers.
pub(super) fn rate(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    [per_second, burst]: [&str; 2],
    default: Rate,
) -> Rate {
    let mut found =
        |key| number(reader, section, key, MAX_RATE).and_then(|number| u32::try_from(number).ok());
    let per_second = found(per_second);
    let burst = found(burst);
    Rate {
        per_second: per_second.unwrap_or(default.per_second),
        // Who is given a higher rate and nothing else can use it.
        burst: burst.unwrap_or_else(|| default.burst.max(per_second.unwrap_or_default())),
    }
}
