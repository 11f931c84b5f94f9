//! Checks of a trust root's entries, one by one.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use sigstore_trust_root::TrustedRoot;
use sigstore_verify::Verifier;

use super::describe::{EntryState, certificate_authorities, state, timestamp_authorities};
use super::error::chain;
use super::text::day;

/// How far ahead the end of something that is in use is warned about.
const WARN_AHEAD: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Works, and will not or may not for long.
    Warn,
    /// Verification cannot work with this.
    Fail,
}

/// One check and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// How it came out.
    pub state: CheckState,
    /// What was seen.
    pub detail: String,
    /// One next step; absent when all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Check {
    pub(crate) fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            state: CheckState::Ok,
            detail: detail.into(),
            help: None,
        }
    }

    pub(crate) fn warn(name: impl Into<String>, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            state: CheckState::Warn,
            help: Some(help.into()),
            ..Self::ok(name, detail)
        }
    }

    pub(crate) fn fail(name: impl Into<String>, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            state: CheckState::Fail,
            help: Some(help.into()),
            ..Self::ok(name, detail)
        }
    }
}

const FIX_ENTRY: &str = "ask whoever runs this instance for a corrected trusted_root.json";

/// Whether verification could use each entry: it parses, its period is one, its id is its own.
///
/// Each entry is judged by the verification library itself, alone.
pub(crate) fn entries(root: &TrustedRoot) -> Vec<Check> {
    let mut none = root.clone();
    none.tlogs.clear();
    none.ctlogs.clear();
    none.certificate_authorities.clear();
    none.timestamp_authorities.clear();

    let mut checks = Vec::new();
    for (place, entry) in root.certificate_authorities.iter().enumerate() {
        let mut one = none.clone();
        one.certificate_authorities.push(entry.clone());
        checks.push(judge(
            format!("certificate authority {} ({})", place + 1, entry.uri),
            &one,
        ));
    }
    for (place, entry) in root.timestamp_authorities.iter().enumerate() {
        let mut one = none.clone();
        one.timestamp_authorities.push(entry.clone());
        let uri = entry.uri.as_deref().unwrap_or("no address");
        checks.push(judge(format!("timestamp authority {} ({uri})", place + 1), &one));
    }
    let mut ids = BTreeSet::new();
    for (place, entry) in root.tlogs.iter().enumerate() {
        let mut one = none.clone();
        one.tlogs.push(entry.clone());
        let name = format!("signature log {} ({})", place + 1, entry.base_url);
        let fresh = ids.insert(entry.log_id.key_id.as_bytes().to_vec());
        checks.push(judge_log(name, fresh, &one));
    }
    let mut ids = BTreeSet::new();
    for (place, entry) in root.ctlogs.iter().enumerate() {
        let mut one = none.clone();
        one.ctlogs.push(entry.clone());
        let name = format!("certificate log {} ({})", place + 1, entry.base_url);
        let fresh = ids.insert(entry.log_id.key_id.as_bytes().to_vec());
        checks.push(judge_log(name, fresh, &one));
    }
    checks
}

fn judge(name: String, one: &TrustedRoot) -> Check {
    match Verifier::new(one) {
        Ok(_) => Check::ok(name, "parses"),
        Err(error) => Check::fail(name, chain(&error), FIX_ENTRY),
    }
}

fn judge_log(name: String, fresh: bool, one: &TrustedRoot) -> Check {
    if fresh {
        judge(name, one)
    } else {
        Check::fail(name, "another log has the same id", FIX_ENTRY)
    }
}

/// Whether the root is of use for signatures made at `now`: one authority and one log of each kind in use, and their
/// certificates not at their end.
pub(crate) fn currency(root: &TrustedRoot, now: Timestamp) -> Vec<Check> {
    let authorities = certificate_authorities(root, now);
    let timestampers = timestamp_authorities(root, now);
    let logs: Vec<EntryState> = root
        .tlogs
        .iter()
        .map(|log| state(log.public_key.valid_for, now))
        .collect();
    let certificate_logs: Vec<EntryState> = root
        .ctlogs
        .iter()
        .map(|log| state(log.public_key.valid_for, now))
        .collect();
    let authority_states: Vec<EntryState> = authorities.iter().map(|entry| entry.state).collect();
    let timestamper_states: Vec<EntryState> = timestampers.iter().map(|entry| entry.state).collect();

    let mut checks = vec![
        in_use("certificate authorities", &authority_states),
        in_use("timestamp authorities", &timestamper_states),
        in_use("signature logs", &logs),
        in_use("certificate logs", &certificate_logs),
    ];
    for entry in authorities.iter().chain(&timestampers) {
        if entry.state != EntryState::Active {
            continue;
        }
        for cert in &entry.certificates {
            let (Some(subject), Some(end)) = (&cert.subject, cert.not_after) else {
                continue;
            };
            checks.extend(ending(&format!("certificate {subject}"), end, now));
        }
        if let Some(end) = entry.until {
            checks.extend(ending(&format!("period of {}", entry.uri), end, now));
        }
    }
    checks
}

fn in_use(what: &str, states: &[EntryState]) -> Check {
    let name = format!("{what} in use");
    let active = states
        .iter()
        .filter(|state| **state == EntryState::Active)
        .count();
    let detail = format!("{active} of {}", states.len());
    if active > 0 {
        Check::ok(name, detail)
    } else if states.is_empty() {
        Check::warn(
            name,
            "none listed",
            format!("evidence that needs one of the {what} will be denied"),
        )
    } else {
        Check::warn(
            name,
            detail,
            "new signatures will be denied: get a newer trust root, or check this machine's clock",
        )
    }
}

fn ending(what: &str, end: Timestamp, now: Timestamp) -> Option<Check> {
    if end < now {
        let help = "whoever runs this instance has to replace it and publish a new trust root";
        Some(Check::warn(what, format!("ended on {}", day(end)), help))
    } else if end.duration_since(now) < WARN_AHEAD {
        let help = "expect a new trust root before then";
        Some(Check::warn(what, format!("ends on {}", day(end)), help))
    } else {
        None
    }
}
