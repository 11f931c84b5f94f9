//! The SBOMs that are attested for a subject: which of them have to pass, and what came of each.

use super::document::{self, About, From, Sbom, Tie};
use super::vex::Vex;
use super::{Asked, conclude, is_denial};
use crate::attestation::PredicateType;
use crate::ops::verify::{AttestedSbom, Outcome};
use crate::policy::{Acceptances, SbomRequire};
use crate::report::{Code, Finding, SbomReport, Verdict};
use crate::subject::Digest;

/// Checks the attested SBOMs of a subject that was verified, and adds to its report what was found.
pub(super) fn check(outcome: &mut Outcome, asked: &Asked<'_>, acceptances: &Acceptances) {
    if outcome.report.verdict != Verdict::Allowed {
        return;
    }
    if asked.needs_all() && !outcome.open.is_empty() {
        undecided(outcome);
        return;
    }
    if outcome.sboms.is_empty() {
        let finding = Finding::new(Code::NoEvidence, "no attested SBOM was accepted for this subject")
            .help("have an [[attestation]] rule of type \"spdx\" or \"cyclonedx\" cover the subject");
        outcome.report.verdict = Verdict::NoEvidence;
        outcome.report.findings.push(finding);
        return;
    }
    let (vex, mut findings) = vex(outcome, asked);
    let examine = |sbom: &AttestedSbom| {
        let about = About {
            digests: &outcome.digests,
            vex: &vex,
        };
        examine(sbom, &about, asked, acceptances)
    };
    let (mut counted, found) = match asked.rules.require {
        SbomRequire::All | SbomRequire::Latest => every(&outcome.sboms, asked.rules.require, examine),
        SbomRequire::Any => any(&outcome.sboms, examine),
    };
    findings.extend(found);
    let reports = outcome.sboms.iter().zip(counted.drain(..));
    outcome.report.sboms = reports.map(|(sbom, counted)| report(sbom, counted)).collect();
    outcome.report.verdict = conclude(Verdict::Allowed, &findings);
    outcome.report.findings.append(&mut findings);
}

/// Another SBOM may be where nothing was seen, and it may be the one that does not pass.
pub(super) fn undecided(outcome: &mut Outcome) {
    outcome.report.verdict = Verdict::Undecided;
    for finding in &outcome.open {
        if !outcome.report.findings.contains(finding) {
            outcome.report.findings.push(finding.clone());
        }
    }
}

/// Every SBOM that counts has to pass. Which of them count, and what is found.
fn every(
    sboms: &[AttestedSbom],
    require: SbomRequire,
    mut examine: impl FnMut(&AttestedSbom) -> Vec<Finding>,
) -> (Vec<bool>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut counted = Vec::new();
    for sbom in sboms {
        let newer = sboms.iter().find(|other| supersedes(other, sbom));
        match newer.filter(|_| require == SbomRequire::Latest) {
            Some(newer) => {
                let message = format!(
                    "the SBOM attested in {} did not count: the one in {} is newer",
                    sbom.location, newer.location
                );
                findings.push(Finding::new(Code::SbomNotCounted, message));
                counted.push(false);
            }
            None => {
                findings.extend(examine(sbom));
                counted.push(true);
            }
        }
    }
    (counted, findings)
}

/// One that passes is enough. Where none does, all of them say why.
fn any(
    sboms: &[AttestedSbom],
    examine: impl FnMut(&AttestedSbom) -> Vec<Finding>,
) -> (Vec<bool>, Vec<Finding>) {
    let examined: Vec<Vec<Finding>> = sboms.iter().map(examine).collect();
    let passing = examined
        .iter()
        .position(|findings| !findings.iter().any(is_denial));
    let Some(passing) = passing else {
        return (vec![true; sboms.len()], examined.into_iter().flatten().collect());
    };
    let mut told = Vec::new();
    for (at, (sbom, findings)) in sboms.iter().zip(examined).enumerate() {
        if at == passing {
            told.extend(findings);
            continue;
        }
        let denials = findings.iter().filter(|finding| is_denial(finding)).count();
        let why = match denials {
            0 => "another one was enough".to_owned(),
            1 => "it does not pass, and another one does".to_owned(),
            denials => format!("it does not pass, for {denials} reasons, and another one does"),
        };
        let message = format!("the SBOM attested in {} did not count: {why}", sbom.location);
        told.push(Finding::new(Code::SbomNotCounted, message));
    }
    ((0..sboms.len()).map(|at| at == passing).collect(), told)
}

fn examine(
    sbom: &AttestedSbom,
    about: &About<'_>,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Vec<Finding> {
    let bytes = sbom.text.as_bytes();
    let from = From {
        digest: Digest::sha256(bytes),
        name: sbom.location.clone(),
        is_attested: true,
        origin: format!("attested in {}", sbom.location),
        tie: Tie::Statement,
    };
    let sbom = Sbom { bytes, from };
    document::check(&sbom, about, asked, acceptances)
}

/// What is said about vulnerabilities of the subject, and what of it cannot be read.
pub(super) fn vex<'o>(outcome: &'o Outcome, asked: &Asked<'_>) -> (Vex<'o>, Vec<Finding>) {
    let rules = asked.rules.vulnerabilities.as_ref();
    Vex::read(&outcome.vex, &outcome.digests, rules, asked.now)
}

/// Whether `other` is a newer SBOM of the same format.
pub(super) fn supersedes(other: &AttestedSbom, sbom: &AttestedSbom) -> bool {
    let format = |sbom: &AttestedSbom| PredicateType::short_name(&sbom.predicate_type).to_owned();
    other.made > sbom.made && format(other) == format(sbom)
}

/// The SBOM's part of the report.
pub(super) fn report(sbom: &AttestedSbom, counted: bool) -> SbomReport {
    SbomReport {
        location: sbom.location.clone(),
        digest: Digest::sha256(sbom.text.as_bytes()),
        predicate_type: Some(sbom.predicate_type.clone()),
        made: sbom.made,
        authenticated: true,
        counted,
    }
}
