//! Signing configurations: which services an instance signs with (protobuf-specs `trustroot.v1.SigningConfig`).
//!
//! Read by hand rather than by the library's type, so that an error names the member, and so that the first version of
//! the format, which has plain addresses, is read too.

use jiff::Timestamp;
use reqwest::Url;
use serde_json::Value;
use sigstore_trust_root::{ServiceConfiguration, ServiceEndpoint, ServiceSelector};

use crate::report::{Code, Finding};
use crate::strict_json;

/// Bytes of a signing configuration; real ones have 2 kB.
pub const MAX_SIGNING_CONFIG_BYTES: usize = 256 * 1024;
/// Most levels of nesting; real ones have five.
const MAX_DEPTH: usize = 16;
/// Services of one kind.
const MAX_SERVICES: usize = 100;
/// Bytes of an address.
const MAX_URL_BYTES: usize = 2048;

const MEDIA_TYPE_V1: &str = "application/vnd.dev.sigstore.signingconfig.v0.1+json";
const MEDIA_TYPE_V2: &str = sigstore_trust_root::SIGNING_CONFIG_MEDIA_TYPE;
/// A trusted root together with a signing configuration.
const MEDIA_TYPE_CLIENT: &str = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";

/// One service, with its window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its address.
    pub url: Url,
    /// Major version of its API.
    pub version: u64,
    /// First moment at which it is to be used.
    pub start: Option<Timestamp>,
    /// Last moment at which it is to be used.
    pub end: Option<Timestamp>,
    /// Who runs it; two services of one operator are not two witnesses. Empty when nobody is named.
    pub operator: String,
}

impl Service {
    /// A service that somebody named by its address: always in use.
    pub fn named(url: Url, version: u64) -> Self {
        Self {
            url,
            version,
            start: None,
            end: None,
            operator: String::new(),
        }
    }

    /// Whether it is in use at `now`.
    pub(super) fn is_current(&self, now: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= now) && self.end.is_none_or(|end| now <= end)
    }
}

/// How many of the services that can be used are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// One, the first.
    Any,
    /// Every one.
    All,
    /// This many.
    Exact(usize),
}

/// The services of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningConfig {
    /// Fulcio.
    pub authorities: Vec<Service>,
    /// Rekor.
    pub logs: Vec<Service>,
    /// How many logs.
    pub log_selector: Selector,
    /// RFC 3161 timestamp authorities.
    pub timestampers: Vec<Service>,
    /// How many timestamp authorities.
    pub timestamp_selector: Selector,
    /// Providers of identity tokens for people.
    pub issuers: Vec<Service>,
}

impl SigningConfig {
    /// Reads a signing configuration, or one inside a client trust configuration. `name` stands for it in messages.
    ///
    /// # Errors
    ///
    /// `signing-config-invalid`, naming the document and the member.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Finding> {
        let limits = strict_json::Limits {
            bytes: MAX_SIGNING_CONFIG_BYTES,
            depth: MAX_DEPTH,
        };
        strict_json::check(bytes, limits)
            .map_err(|problem| invalid(name, "document", &problem.to_string()))?;
        let value: Value =
            serde_json::from_slice(bytes).map_err(|error| invalid(name, "document", &error.to_string()))?;
        let reader = Reader { name, value: &value };
        match reader.text("mediaType")? {
            MEDIA_TYPE_V1 => reader.first_version(),
            MEDIA_TYPE_V2 => reader.second_version(),
            MEDIA_TYPE_CLIENT => match value.get("signingConfig") {
                Some(inner) => Self::parse(name, inner.to_string().as_bytes()),
                None => Err(invalid(name, "signingConfig", "is missing")),
            },
            other => Err(invalid(
                name,
                "mediaType",
                &format!("is {other:?}, and {MEDIA_TYPE_V2} or {MEDIA_TYPE_V1} is expected"),
            )),
        }
    }

    /// Takes over what the trust root's TUF repository published. `name` stands for it in messages.
    ///
    /// # Errors
    ///
    /// `signing-config-invalid`, naming the member.
    pub fn from_published(
        name: &str,
        published: &sigstore_trust_root::SigningConfig,
    ) -> Result<Self, Finding> {
        let list = |member: &str, list: &[ServiceEndpoint]| {
            within(name, member, list.len())?;
            list.iter()
                .enumerate()
                .map(|(index, entry)| {
                    Ok(Service {
                        url: address(name, &format!("{member}[{index}].url"), &entry.url)?,
                        version: u64::from(entry.major_api_version),
                        start: Some(entry.valid_for.start),
                        end: entry.valid_for.end,
                        operator: entry.operator.clone().unwrap_or_default(),
                    })
                })
                .collect::<Result<Vec<_>, Finding>>()
        };
        let selector = |member: &str, config: &ServiceConfiguration| match config.selector {
            ServiceSelector::Any => Ok(Selector::Any),
            ServiceSelector::All => Ok(Selector::All),
            ServiceSelector::Exact => exact(name, member, config.count.map(u64::from)),
            _ => Err(invalid(name, &format!("{member}.selector"), "is undefined")),
        };
        Ok(Self {
            authorities: list("caUrls", &published.ca_urls)?,
            logs: list("rekorTlogUrls", &published.rekor_tlog_urls)?,
            log_selector: selector("rekorTlogConfig", &published.rekor_tlog_config)?,
            timestampers: list("tsaUrls", &published.tsa_urls)?,
            timestamp_selector: selector("tsaConfig", &published.tsa_config)?,
            issuers: list("oidcUrls", &published.oidc_urls)?,
        })
    }
}

struct Reader<'a> {
    name: &'a str,
    value: &'a Value,
}

impl<'a> Reader<'a> {
    /// v0.1: addresses alone, so no windows, and every log is a Rekor v1.
    fn first_version(&self) -> Result<SigningConfig, Finding> {
        let one = |member: &str| match self.value.get(member) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(vec![Service::named(address(self.name, member, text)?, 1)]),
            Some(_) => Err(invalid(self.name, member, "is not text")),
        };
        let list = |member: &str| {
            self.list(member)?
                .iter()
                .enumerate()
                .map(|(index, value)| {
                    let member = format!("{member}[{index}]");
                    let text = value
                        .as_str()
                        .ok_or_else(|| invalid(self.name, &member, "is not text"))?;
                    Ok(Service::named(address(self.name, &member, text)?, 1))
                })
                .collect::<Result<Vec<_>, Finding>>()
        };
        Ok(SigningConfig {
            authorities: one("caUrl")?,
            logs: list("tlogUrls")?,
            log_selector: Selector::Any,
            timestampers: list("tsaUrls")?,
            timestamp_selector: Selector::Any,
            issuers: one("oidcUrl")?,
        })
    }

    fn second_version(&self) -> Result<SigningConfig, Finding> {
        Ok(SigningConfig {
            authorities: self.services("caUrls")?,
            logs: self.services("rekorTlogUrls")?,
            log_selector: self.selector("rekorTlogConfig")?,
            timestampers: self.services("tsaUrls")?,
            timestamp_selector: self.selector("tsaConfig")?,
            issuers: self.services("oidcUrls")?,
        })
    }

    fn services(&self, member: &str) -> Result<Vec<Service>, Finding> {
        self.list(member)?
            .iter()
            .enumerate()
            .map(|(index, value)| {
                let name = format!("{member}[{index}]");
                let entry = Reader {
                    name: self.name,
                    value,
                };
                entry.service(&name)
            })
            .collect()
    }

    fn service(&self, member: &str) -> Result<Service, Finding> {
        let bad = |part: &str, detail: &str| invalid(self.name, &format!("{member}.{part}"), detail);
        let text = |part: &str| self.value.get(part).and_then(Value::as_str);
        let url = text("url").ok_or_else(|| bad("url", "is missing or not text"))?;
        let version = self.value.get("majorApiVersion").and_then(Value::as_u64);
        let period = self
            .value
            .get("validFor")
            .ok_or_else(|| bad("validFor", "is missing"))?;
        let time = |part: &str| match period.get(part) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => text
                .parse::<Timestamp>()
                .map(Some)
                .map_err(|error| bad(&format!("validFor.{part}"), &format!("is not a time: {error}"))),
            Some(_) => Err(bad(&format!("validFor.{part}"), "is not a time")),
        };
        let start = time("start")?.ok_or_else(|| bad("validFor.start", "is missing"))?;
        Ok(Service {
            url: address(self.name, &format!("{member}.url"), url)?,
            version: version.ok_or_else(|| bad("majorApiVersion", "is missing or not a number"))?,
            start: Some(start),
            end: time("end")?,
            operator: text("operator").unwrap_or_default().to_owned(),
        })
    }

    /// Without a selector one service is meant, as in the library.
    fn selector(&self, member: &str) -> Result<Selector, Finding> {
        let Some(config) = self.value.get(member).filter(|value| !value.is_null()) else {
            return Ok(Selector::Any);
        };
        match config.get("selector").map(Value::as_str) {
            None => Ok(Selector::Any),
            Some(Some("ANY")) => Ok(Selector::Any),
            Some(Some("ALL")) => Ok(Selector::All),
            Some(Some("EXACT")) => exact(self.name, member, config.get("count").and_then(Value::as_u64)),
            Some(_) => Err(invalid(
                self.name,
                &format!("{member}.selector"),
                "is none of ANY, ALL and EXACT",
            )),
        }
    }

    fn text(&self, member: &str) -> Result<&'a str, Finding> {
        self.value
            .get(member)
            .and_then(Value::as_str)
            .ok_or_else(|| invalid(self.name, member, "is missing or not text"))
    }

    fn list(&self, member: &str) -> Result<&'a [Value], Finding> {
        match self.value.get(member) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(list)) => within(self.name, member, list.len()).map(|()| list.as_slice()),
            Some(_) => Err(invalid(self.name, member, "is not a list")),
        }
    }
}

fn exact(name: &str, member: &str, count: Option<u64>) -> Result<Selector, Finding> {
    count
        .and_then(|count| usize::try_from(count).ok())
        .filter(|count| (1..=MAX_SERVICES).contains(count))
        .map(Selector::Exact)
        .ok_or_else(|| {
            let detail = format!("is not a number from 1 to {MAX_SERVICES}");
            invalid(name, &format!("{member}.count"), &detail)
        })
}

fn within(name: &str, member: &str, count: usize) -> Result<(), Finding> {
    match count > MAX_SERVICES {
        true => Err(invalid(
            name,
            member,
            &format!("has more than {MAX_SERVICES} entries"),
        )),
        false => Ok(()),
    }
}

fn address(name: &str, member: &str, text: &str) -> Result<Url, Finding> {
    let url = (text.len() <= MAX_URL_BYTES)
        .then(|| Url::parse(text).ok())
        .flatten()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| invalid(name, member, "is not an http or https address"))
}

fn invalid(name: &str, member: &str, detail: &str) -> Finding {
    Finding::new(
        Code::SigningConfigInvalid,
        format!("{name} is not a usable signing configuration: {member} {detail}"),
    )
    .help("get signing_config.json again from whoever runs the instance")
}
