//! Deciding what an artifact is made of: its attested SBOMs, after they were verified, held against a policy.
//!
//! The signature comes first. What is read here is the predicate of a statement whose signature, signer and subject were
//! accepted by [`crate::ops::verify`]; anything else is never parsed. A subject that was not allowed by then is not
//! allowed here either, and nothing here turns another verdict into *allowed*.

mod against;
mod completeness;
mod document;
mod ingredients;
mod paths;
mod places;
mod suggest;
mod tally;
mod vex;
mod vulnerabilities;

pub use against::unused_rules;
pub use suggest::suggest;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use self::vex::Vex;
use super::verify::{AttestedSbom, Outcome};
use crate::attestation::PredicateType;
use crate::policy::{Acceptances, SbomRequire, SbomRules};
use crate::report::{Code, Finding, Severity, Verdict};

/// Checks the SBOMs of a subject that was verified, and adds to its report what was found. What `acceptances` know of
/// does not deny.
pub fn check(outcome: &mut Outcome, rules: &SbomRules, acceptances: &Acceptances, now: Timestamp) {
    if outcome.report.verdict != Verdict::Allowed {
        return;
    }
    let counted = counted(&outcome.sboms, rules.require);
    if counted.is_empty() {
        let finding = Finding::new(Code::NoEvidence, "no attested SBOM was accepted for this subject")
            .help("have an [[attestation]] rule of type \"spdx\" or \"cyclonedx\" cover the subject");
        outcome.report.verdict = Verdict::NoEvidence;
        outcome.report.findings.push(finding);
        return;
    }
    let (vex, mut findings) = Vex::read(
        &outcome.vex,
        &outcome.digests,
        rules.vulnerabilities.as_ref(),
        now,
    );
    for sbom in counted {
        findings.extend(document::check(
            sbom,
            &outcome.digests,
            rules,
            acceptances,
            &vex,
            now,
        ));
    }
    let denials = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Deny);
    let verdicts = denials.map(|finding| finding.code.verdict());
    outcome.report.verdict = Verdict::worst(verdicts.chain([outcome.report.verdict]));
    outcome.report.findings.extend(findings);
}

/// The SBOMs that have to pass.
fn counted(sboms: &[AttestedSbom], require: SbomRequire) -> Vec<&AttestedSbom> {
    let format = |sbom: &AttestedSbom| PredicateType::short_name(&sbom.predicate_type).to_owned();
    let is_superseded = |sbom: &AttestedSbom| {
        sboms
            .iter()
            .any(|other| format(other) == format(sbom) && other.made > sbom.made)
    };
    sboms
        .iter()
        .filter(|sbom| require == SbomRequire::All || !is_superseded(sbom))
        .collect()
}

/// The day by which exceptions and acceptances end, in UTC.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
