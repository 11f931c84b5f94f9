//! Choosing services from a signing configuration, or from addresses that somebody named.

use jiff::Timestamp;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::combination::{Form, LogVersion, works};
use super::config::{Selector, Service, SigningConfig};
use super::error::SignError;
use super::web::Address;
use crate::sigstore::keys::KeyKind;

/// The API of Fulcio that is spoken, as signing configurations number it.
const FULCIO_VERSION: u64 = 1;
/// The API of timestamp authorities.
const TIMESTAMP_VERSION: u64 = 1;

/// A log that a signature goes into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Log {
    /// Its address.
    pub url: Address,
    /// Its generation.
    pub version: LogVersion,
}

/// The services that make the evidence for a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    /// The logs; one entry each.
    pub logs: Vec<Log>,
    /// The timestamp authorities; one timestamp each.
    pub timestampers: Vec<Address>,
}

/// What is to be signed with which kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The key.
    pub kind: KeyKind,
    /// The content.
    pub form: Form,
    /// Whether there is a certificate. Without one a log entry may be left out.
    pub certificate: bool,
    /// Whether a log entry is made.
    pub log: bool,
    /// The only generation of Rekor to use, if somebody asked for one.
    pub version: Option<LogVersion>,
}

/// The certificate authority to ask: the first that is in use.
///
/// # Errors
///
/// When there is none.
pub fn authority(config: &SigningConfig, now: Timestamp) -> Result<Url, SignError> {
    let usable = |service: &&Service| service.version == FULCIO_VERSION && service.is_current(now);
    config
        .authorities
        .iter()
        .find(usable)
        .map(|service| service.url.clone())
        .ok_or_else(|| {
            SignError::prepare("the signing configuration names no certificate authority that is in use now")
        })
}

/// The logs and timestamp authorities to use.
///
/// A configuration lists services in the order in which they are preferred; newer generations of a log come first, and
/// generations that the key cannot be used with are passed over. Of one operator, one service is used (protobuf-specs,
/// `SigningConfig`).
///
/// # Errors
///
/// When the configuration asks for more services than can be used, or when a time is missing that verification needs.
pub fn plan(config: &SigningConfig, need: Need, now: Timestamp) -> Result<Plan, SignError> {
    let logs = match need.log {
        true => logs(config, need, now)?,
        false if need.certificate => {
            return Err(SignError::prepare(
                "a signature under a certificate has to be logged: nobody could verify it otherwise",
            ));
        }
        false => Vec::new(),
    };
    let timestampers = timestampers(config, now)?;
    let untimed = logs.iter().all(|log| log.version == LogVersion::V2);
    if untimed && timestampers.is_empty() {
        let why = match need.log {
            true => {
                "Rekor v2 gives no time, so a timestamp authority is needed, and the signing configuration names none \
                     that is in use now"
            }
            false => {
                "without a log entry a timestamp authority has to say when it was signed, and the signing \
                      configuration names none that is in use now"
            }
        };
        return Err(SignError::prepare(why));
    }
    Ok(Plan { logs, timestampers })
}

fn logs(config: &SigningConfig, need: Need, now: Timestamp) -> Result<Vec<Log>, SignError> {
    if !works(need.kind, None, need.form) {
        return Err(SignError::prepare(format!(
            "a key of type {} cannot sign {}, only a statement about it",
            need.kind, need.form
        )));
    }
    let mut usable: Vec<(LogVersion, &Service)> = Vec::new();
    let mut passed_over = false;
    for version in LogVersion::ALL {
        for service in &config.logs {
            let is = LogVersion::from_major(service.version) == Some(version) && service.is_current(now);
            let wanted = need.version.is_none_or(|wanted| wanted == version);
            match is && wanted {
                true if works(need.kind, Some(version), need.form) => usable.push((version, service)),
                other => passed_over |= other,
            }
        }
    }
    let chosen = choose(&usable, config.log_selector, |(_, service)| &service.operator);
    chosen
        .map(|chosen| {
            let log = |(version, service): &(LogVersion, &Service)| Log {
                url: service.url.clone().into(),
                version: *version,
            };
            chosen.into_iter().map(log).collect()
        })
        .map_err(|short| {
            let only = need
                .version
                .map(|version| format!(" of {version}"))
                .unwrap_or_default();
            let because = match passed_over {
                true => format!(
                    "; those of Rekor v2 take no key of type {} that could be verified",
                    need.kind
                ),
                false => String::new(),
            };
            SignError::prepare(format!(
                "the signing configuration wants {} and names {} that can be used now{because}",
                counted(short.wanted, &format!("log{only}"), &format!("logs{only}")),
                short.found,
            ))
        })
}

fn timestampers(config: &SigningConfig, now: Timestamp) -> Result<Vec<Address>, SignError> {
    if config.timestampers.is_empty() {
        return Ok(Vec::new());
    }
    let usable: Vec<&Service> = config
        .timestampers
        .iter()
        .filter(|service| service.version == TIMESTAMP_VERSION && service.is_current(now))
        .collect();
    choose(&usable, config.timestamp_selector, |service| &service.operator)
        .map(|chosen| {
            chosen
                .into_iter()
                .map(|service| service.url.clone().into())
                .collect()
        })
        .map_err(|short| {
            SignError::prepare(format!(
                "the signing configuration wants {} and names {} that can be used now",
                counted(short.wanted, "timestamp authority", "timestamp authorities"),
                short.found,
            ))
        })
}

/// Fewer than were asked for.
#[derive(Debug, PartialEq, Eq)]
struct TooFew {
    wanted: usize,
    found: usize,
}

fn choose<'a, T>(
    usable: &'a [T],
    selector: Selector,
    operator: impl Fn(&'a T) -> &'a str,
) -> Result<Vec<&'a T>, TooFew> {
    let mut chosen: Vec<&T> = Vec::new();
    for service in usable {
        let name = operator(service);
        let known = !name.is_empty() && chosen.iter().any(|other| operator(other) == name);
        if !known {
            chosen.push(service);
        }
    }
    let wanted = match selector {
        Selector::Any => 1,
        Selector::All => chosen.len().max(1),
        Selector::Exact(count) => count,
    };
    if chosen.len() < wanted {
        return Err(TooFew {
            wanted,
            found: chosen.len(),
        });
    }
    chosen.truncate(wanted);
    Ok(chosen)
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
