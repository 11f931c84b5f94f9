//! Deciding what an artifact is made of: its SBOMs, held against a policy.
//!
//! The signature comes first. What is read here is the predicate of a statement whose signature, signer and subject were
//! accepted by [`crate::ops::verify`], or a file that the caller names ([`Given`]). A subject that was not allowed by then
//! is not allowed here either, and nothing here turns another verdict into *allowed*.

mod against;
mod attested;
mod baseline;
mod completeness;
mod document;
mod drift;
mod given;
mod ingredients;
mod paths;
mod places;
mod streamed;
mod suggest;
mod tally;
mod vex;
mod vulnerabilities;

pub use against::unused_rules;
pub use suggest::suggest;

pub use baseline::Baseline;
pub use given::{Content, Cover, Given, check_alone};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::verify::{Outcome, Rules};
use crate::policy::rules::{DriftRules, Mode};
use crate::policy::{self, Acceptances, SbomRequire, SbomRules};
use crate::report::{Code, Finding, Severity, Verdict};
use crate::sbom::Limits;

/// What is asked about the SBOMs of a subject.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The policy's rules about them.
    pub rules: &'a SbomRules,
    /// Caps for one document.
    pub limits: &'a Limits,
    /// The SBOM to take instead of the attested ones.
    pub given: Option<&'a Given>,
    /// What to compare with.
    pub baseline: Option<&'a Baseline>,
    /// The time that exceptions end by.
    pub now: Timestamp,
}

impl<'a> Asked<'a> {
    /// The attested SBOMs, compared with nothing.
    pub fn new(rules: &'a SbomRules, limits: &'a Limits, now: Timestamp) -> Self {
        Self {
            rules,
            limits,
            given: None,
            baseline: None,
            now,
        }
    }

    /// The day on which exceptions end, in UTC.
    fn today(&self) -> Date {
        today(self.now)
    }

    /// Whether the SBOM is compared with a baseline.
    fn is_compared(&self) -> bool {
        let is_on = |rules: &DriftRules| rules.mode != Mode::Off;
        self.baseline.is_some() && self.rules.drift.as_ref().is_none_or(is_on)
    }

    /// Whether every SBOM that there is has to be known before anything is allowed.
    fn needs_all(&self) -> bool {
        self.rules.require != SbomRequire::Any || self.baseline.is_some()
    }
}

/// Checks the SBOMs of a subject that was verified, and adds to its report what was found. What `acceptances` know of
/// does not deny.
pub fn check(outcome: &mut Outcome, asked: &Asked<'_>, acceptances: &Acceptances) {
    match asked.given {
        Some(given) => given::check(outcome, given, asked, acceptances),
        None => attested::check(outcome, asked, acceptances),
    }
}

/// Asks the rules about SBOMs that a policy has, where its demands for SBOMs cover the subject: for commands that verify
/// whatever the policy says, and have no SBOM or baseline of their own.
///
/// A rule about differences that needs a baseline is not met: there is none here.
pub fn check_as_demanded(outcome: &mut Outcome, rules: &Rules, now: Timestamp) {
    let Rules::Policy(policy) = rules else { return };
    let Some(rules) = policy.sbom() else { return };
    let limits = limits(&policy.limits());
    if outcome.report.verdict != Verdict::Allowed {
        return;
    }
    if !outcome.demands_sbom {
        let message =
            "no rule of the policy demands an SBOM of this subject, so [sbom] says nothing about it";
        outcome
            .report
            .findings
            .push(Finding::new(Code::SbomNotChecked, message));
        return;
    }
    attested::check(outcome, &Asked::new(rules, &limits, now), &Acceptances::default());
}

/// The caps for one document that a policy sets.
pub fn limits(policy: &policy::Limits) -> Limits {
    let usual = Limits::default();
    Limits {
        bytes: usual
            .bytes
            .min(usize::try_from(policy.sbom_bytes).unwrap_or(usize::MAX)),
        streamed_bytes: policy.sbom_bytes,
        components: usize::try_from(policy.sbom_components).unwrap_or(usize::MAX),
        ..usual
    }
}

/// The day by which exceptions and acceptances end, in UTC.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The verdict that findings about an SBOM leave of the one before.
fn conclude(before: Verdict, findings: &[Finding]) -> Verdict {
    let denials = findings.iter().filter(|finding| is_denial(finding));
    Verdict::worst(denials.map(|finding| finding.code.verdict()).chain([before]))
}

fn is_denial(finding: &Finding) -> bool {
    finding.severity == Severity::Deny
}

#[cfg(test)]
mod tests;
