//! Findings that somebody accepted, for a reason and until a day.
//!
//! Acceptances stand in a file of their own that is named on the command line, so that what a policy demands and what is
//! put up with for a while can be in different hands. Only what a rule about ingredients objects to can be accepted: who
//! signed, what was signed and whether the SBOM is about the artifact never can.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;

use crate::report::{Acceptance, Code, Finding, Origin};
use crate::subject::Digest;

/// A file of acceptances without mistakes.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub(super) digest: Digest,
    pub(super) entries: Vec<Entry>,
}

/// One acceptance.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) target: Target,
    pub(super) reason: String,
    pub(super) owner: String,
    /// The last day on which it holds, in UTC.
    pub(super) expires: Date,
    pub(super) origin: Origin,
}

/// Which findings are accepted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Target {
    /// The one with this fingerprint.
    Fingerprint(String),
    /// Those of one rule about one package, in any version.
    Rule(Code, String),
}

/// The acceptances while a run is decided: which of them were met.
#[derive(Debug, Default)]
pub struct Acceptances {
    entries: Vec<(Entry, AtomicBool)>,
    today: Date,
}

impl Accepted {
    /// SHA-256 of the file's bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The acceptances for a run on this day, in UTC.
    pub fn on(&self, today: Date) -> Acceptances {
        Acceptances {
            entries: self
                .entries
                .iter()
                .map(|entry| (entry.clone(), AtomicBool::new(false)))
                .collect(),
            today,
        }
    }
}

impl Target {
    /// The targets of a finding: none for what cannot be accepted.
    fn of(finding: &Finding) -> Option<[Self; 2]> {
        if !finding.code.can_be_accepted() {
            return None;
        }
        let fingerprint = finding.fingerprint.clone()?;
        let package = finding.package.clone().unwrap_or_default();
        Some([Self::Fingerprint(fingerprint), Self::Rule(finding.code, package)])
    }
}

impl Acceptances {
    /// Marks a finding as known where somebody accepted it. An acceptance that has ended accepts nothing; the message
    /// says so.
    pub fn mark(&self, finding: &mut Finding) {
        if finding.accepted.is_some() || self.entries.is_empty() {
            return;
        }
        let Some(targets) = Target::of(finding) else {
            return;
        };
        let mut ended: Option<&Entry> = None;
        let mut holding: Option<&Entry> = None;
        for (entry, is_met) in &self.entries {
            if !targets.contains(&entry.target) {
                continue;
            }
            is_met.store(true, Ordering::Relaxed);
            if self.today <= entry.expires {
                holding = holding.or(Some(entry));
            } else {
                ended = ended.or(Some(entry));
            }
        }
        match (holding, ended) {
            (Some(entry), _) => finding.accept(Acceptance {
                reason: entry.reason.clone(),
                owner: entry.owner.clone(),
                expires: entry.expires.to_string(),
                origin: entry.origin.clone(),
            }),
            (None, Some(entry)) => {
                let ended = format!("; accepted until {} ({})", entry.expires, entry.reason);
                finding.message += &ended;
            }
            (None, None) => {}
        }
    }

    /// What is to be said about the acceptances themselves after a run: those that have ended and, where everything could
    /// be looked at, those that nothing met.
    pub fn leftovers(&self, everything_was_seen: bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (entry, is_met) in &self.entries {
            let what = match &entry.target {
                Target::Fingerprint(fingerprint) => format!("of {fingerprint}"),
                Target::Rule(code, package) => format!("of {code} for {package}"),
            };
            if entry.expires < self.today {
                let message = format!("the acceptance {what} ended on {}", entry.expires);
                let finding = Finding::new(Code::AcceptanceEnded, message)
                    .found(format!("{}, {}", entry.reason, entry.owner))
                    .origin(&entry.origin)
                    .help("put right what was accepted, and take the entry out");
                findings.push(finding);
            } else if !is_met.load(Ordering::Relaxed) && everything_was_seen {
                let message = format!("nothing that was found meets the acceptance {what}");
                let finding = Finding::new(Code::AcceptanceUnmatched, message)
                    .origin(&entry.origin)
                    .help("take the entry out, unless it is there for another artifact");
                findings.push(finding);
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests;
