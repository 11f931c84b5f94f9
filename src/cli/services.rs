//! The flags that say with which services to sign, and what they come to.

use std::io::Read;
use std::path::{Path, PathBuf};

use reqwest::Url;

use super::registry::{deadline, proxies};
use super::{Global, Problem};
use crate::http::{Endpoint, Web, WebConfig};
use crate::report::{Code, Finding};
use crate::sigstore::sign::{LogVersion, MAX_SIGNING_CONFIG_BYTES, Selector, Service, SigningConfig};
use crate::sigstore::trust::TrustMaterial;

/// Bytes of a file of certificates.
const MAX_CERTIFICATES_BYTES: u64 = 1024 * 1024;

/// With which services signatures are made.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Services")]
pub(crate) struct ServiceArgs {
    /// Services to sign with (signing_config.json) [default: those that the instance publishes]
    #[arg(long, value_name = "FILE")]
    signing_config: Option<PathBuf>,
    /// Certificate authority (Fulcio) to use instead
    #[arg(long, value_name = "URL")]
    fulcio_url: Option<Url>,
    /// Signature log (Rekor) to use instead; with --rekor-version
    #[arg(long, value_name = "URL", requires = "rekor_version")]
    rekor_url: Option<Url>,
    /// Generation of Rekor: with --rekor-url what it is, else the only one to use
    #[arg(long, value_name = "1|2", value_parser = parse_version)]
    rekor_version: Option<LogVersion>,
    /// Timestamp authority to use instead, its whole address; repeatable
    #[arg(long, value_name = "URL", visible_alias = "timestamp-server-url")]
    timestamp_url: Vec<Url>,
    /// PEM certificates of authorities that are trusted for services, besides the system's
    #[arg(long, value_name = "FILE")]
    service_ca: Option<PathBuf>,
}

fn parse_version(text: &str) -> Result<LogVersion, String> {
    let version = text.parse().ok().and_then(LogVersion::from_major);
    version.ok_or_else(|| "the generations of Rekor are 1 and 2".to_owned())
}

impl ServiceArgs {
    /// How services are asked. `allow_http`, of the flags for registries, names those without TLS too.
    pub(super) fn web(&self, global: &Global, allow_http: &[Endpoint]) -> Result<Web, Problem> {
        let authorities = self
            .service_ca
            .as_deref()
            .map(|path| {
                read(path, MAX_CERTIFICATES_BYTES)
                    .map_err(|error| Problem::configuration(format!("{}: {error}", path.display())))
            })
            .transpose()?;
        let config = WebConfig {
            deadline: deadline(global),
            authorities,
            proxies: proxies(),
            allow_http: allow_http.to_vec(),
            ..WebConfig::default()
        };
        Web::new(config).map_err(|error| Problem::undecided(format!("cannot start the network: {error}")))
    }

    /// The services, from the flags, the file, or what the instance publishes.
    pub(super) fn config(&self, material: &TrustMaterial) -> Result<SigningConfig, Finding> {
        let mut config = match (&self.signing_config, material.signing_config()) {
            (Some(path), _) => read_config(path)?,
            (None, Some(published)) => {
                let name = format!("the signing configuration of {}", material.report().name);
                SigningConfig::from_published(&name, published)?
            }
            (None, None) if self.names_services() => no_services(),
            (None, None) => {
                return Err(Finding::new(
                    Code::SigningConfigInvalid,
                    format!(
                        "{} says what to trust, and not which services to sign with",
                        material.report().name
                    ),
                )
                .help("name them with --signing-config FILE"));
            }
        };
        if let Some(url) = &self.fulcio_url {
            config.authorities = vec![Service::named(url.clone(), 1)];
        }
        if let (Some(url), Some(version)) = (&self.rekor_url, self.rekor_version) {
            config.logs = vec![Service::named(url.clone(), version.major())];
            config.log_selector = Selector::Any;
        }
        if !self.timestamp_url.is_empty() {
            let named = |url: &Url| Service::named(url.clone(), 1);
            config.timestampers = self.timestamp_url.iter().map(named).collect();
            config.timestamp_selector = Selector::All;
        }
        Ok(config)
    }

    /// The only generation of Rekor to use.
    pub(super) fn version(&self) -> Option<LogVersion> {
        self.rekor_version
    }

    /// The first flag that was given, for commands that need not sign.
    pub(super) fn first_flag(&self) -> Option<&'static str> {
        [
            ("--signing-config", self.signing_config.is_some()),
            ("--fulcio-url", self.fulcio_url.is_some()),
            ("--rekor-url", self.rekor_url.is_some()),
            ("--rekor-version", self.rekor_version.is_some()),
            ("--timestamp-url", !self.timestamp_url.is_empty()),
            ("--service-ca", self.service_ca.is_some()),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }

    fn names_services(&self) -> bool {
        self.fulcio_url.is_some() || self.rekor_url.is_some() || !self.timestamp_url.is_empty()
    }
}

/// A configuration that names nothing.
pub(super) fn no_services() -> SigningConfig {
    SigningConfig {
        authorities: Vec::new(),
        logs: Vec::new(),
        log_selector: Selector::Any,
        timestampers: Vec::new(),
        timestamp_selector: Selector::Any,
        issuers: Vec::new(),
    }
}

/// Reads a signing configuration.
pub(super) fn read_config(path: &Path) -> Result<SigningConfig, Finding> {
    let name = path.display().to_string();
    let bytes = read(path, MAX_SIGNING_CONFIG_BYTES as u64)
        .map_err(|error| Finding::new(Code::SigningConfigInvalid, format!("{name}: {error}")))?;
    SigningConfig::parse(&name, &bytes)
}

fn read(path: &Path, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(std::io::Error::other(format!("it is larger than {limit} bytes"))),
        false => Ok(bytes),
    }
}
