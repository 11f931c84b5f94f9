//! Verifying subjects: prepare → gather → examine → decide → report.
//!
//! 1. *Prepare*: each subject becomes one or more digests over bytes that were hashed here.
//! 2. *Gather*: every place is looked in, and each candidate is read.
//! 3. *Examine*: each candidate is verified once by the engine.
//! 4. *Decide*: each demand is held against all candidates and the places' answers.
//!
//! A denial is a value in the report. There is no error path that leads to *allowed*: an `Approval`
//! can only be made from evidence that passed, and every other way ends in another verdict.

pub(in crate::ops) mod candidate;
mod content;
mod decide;
mod examine;
pub(in crate::ops) mod gather;
mod genuine;
mod prepare;
mod rules;
mod run;
mod summary;
mod tell;

pub use rules::Rules;
pub use run::{assemble, verify_file, verify_subject};

use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::Timestamp;
use oci_spec::distribution::Reference;

use super::{hash, pool};
use crate::policy::Demand;
use crate::registry::PlatformChoice;
use crate::registry::client::RemoteStore;
use crate::report::{CandidateReport, Finding, SubjectReport, Verdict};
use crate::sbom;
use crate::sigstore::Engine;
use crate::sigstore::pin::{LogRequirement, PublicKey};
use crate::subject::{Digest, Subject};
use candidate::Candidate;
use decide::{Decision, Standing};
use examine::{AcceptedKey, Checked};
use prepare::{Asked, Prepared};

/// Most candidates of one subject that are described one by one in a report.
pub const MAX_REPORTED_CANDIDATES: usize = 1_000;

/// What is to be verified, and how.
pub struct Request<'a> {
    /// The subjects, each with the text that was typed.
    pub subjects: &'a [(String, Subject)],
    /// Bundle files that were named; without any, evidence is looked for beside the file or in the layout.
    pub bundles: &'a [PathBuf],
    /// What to do with an image index.
    pub platform: &'a PlatformChoice,
    /// How images in registries are reached; without it they are not.
    pub registry: Option<RegistryAccess<'a>>,
    /// What is demanded of each.
    pub rules: &'a Rules,
    /// Subjects examined at once.
    pub jobs: NonZeroUsize,
    /// The time that ages are measured from.
    pub now: Timestamp,
    /// Told about every chunk of a file that was hashed, in bytes.
    pub on_bytes: hash::OnBytes<'a>,
    /// Told about every subject that is done.
    pub on_subject: &'a (dyn Fn(&SubjectReport) + Sync),
    /// Address of a page that shows an entry of a public log, by hex log id and index.
    pub public_log_url: &'a (dyn Fn(&str, u64) -> Option<String> + Sync),
}

/// How images in registries are reached.
#[derive(Clone, Copy)]
pub struct RegistryAccess<'a> {
    /// Gives the store of an image, or the finding that says why there is none.
    pub open: &'a (dyn Fn(&Reference) -> Result<RemoteStore, Box<Finding>> + Sync),
    /// Images looked up at once. It may be more than there are jobs: looking up is waiting.
    pub in_flight: NonZeroUsize,
}

/// What came of one subject.
pub struct Outcome {
    /// Its part of the report.
    pub report: SubjectReport,
    /// The predicates of the attestations that met a demand, exactly as they were signed, the newest last.
    pub predicates: Vec<String>,
    /// The SBOMs among the attestations that met a demand for one.
    pub sboms: Vec<AttestedSbom>,
    /// The digests that an SBOM of the subject may name.
    pub digests: Vec<sbom::binding::Verified>,
    /// The digests of everything that the accepted SBOMs and provenance are about: the subject, and what was built with it.
    pub named: Vec<Digest>,
    /// What came of it but for the demands for an SBOM.
    pub beside_sbom: Beside,
    /// Whether there is a demand for an SBOM among those that cover the subject.
    pub demands_sbom: bool,
    /// What could not be found out about SBOMs: places that did not answer, candidates that could not be examined.
    pub open: Vec<Finding>,
    /// What is said about vulnerabilities of the subject.
    pub vex: VexEvidence,
}

/// What came of some of the demands on a subject.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Beside {
    /// The verdict; `None` where there is no such demand.
    pub verdict: Option<Verdict>,
    /// What there is to say.
    pub findings: Vec<Finding>,
}

/// The VEX documents among the attestations that met a rule for one.
#[derive(Debug, Clone, Default)]
pub struct VexEvidence {
    /// Each with where it was found.
    pub documents: Vec<AttestedVex>,
    /// Whether there can be no other one that counts: every place answered, and every candidate was examined.
    pub is_complete: bool,
}

/// A VEX document from a statement about the subject that was verified, signed by somebody who may.
#[derive(Debug, Clone)]
pub struct AttestedVex {
    /// The predicate, exactly as it was signed.
    pub text: String,
    /// Where the attestation was found.
    pub location: String,
}

/// An SBOM from a statement that was verified, signed by somebody who may.
#[derive(Debug, Clone)]
pub struct AttestedSbom {
    /// The predicate, exactly as it was signed.
    pub text: String,
    /// The statement's predicate type.
    pub predicate_type: String,
    /// Earliest verified time, where there is one.
    pub made: Option<Timestamp>,
    /// Where the attestation was found.
    pub location: String,
}

impl Outcome {
    /// What came of a subject about which nothing was accepted.
    pub(in crate::ops) fn of(report: SubjectReport) -> Self {
        Self {
            beside_sbom: Beside {
                verdict: Some(report.verdict),
                findings: report.findings.clone(),
            },
            report,
            predicates: Vec::new(),
            sboms: Vec::new(),
            digests: Vec::new(),
            named: Vec::new(),
            demands_sbom: false,
            open: Vec::new(),
            vex: VexEvidence::default(),
        }
    }
}

impl Request<'_> {
    /// Threads that one argument may use: all of them when it is the only one, else one, because the arguments share
    /// them already.
    fn jobs_of_each(&self) -> NonZeroUsize {
        match self.subjects {
            [_] => self.jobs,
            _ => NonZeroUsize::MIN,
        }
    }
}

/// Verifies every subject, in order, whatever becomes of the others.
///
/// Each is prepared and verified in one go, so that the evidence of no more than `jobs` subjects is held at once.
pub fn verify(request: &Request<'_>, engine: &Engine) -> Vec<Outcome> {
    let is_image = |(_, subject): &(String, Subject)| matches!(subject, Subject::Image(_));
    // Looking up an image is mostly waiting, so more of them are looked up at once than are examined.
    let at_once = match request.registry {
        Some(registry) if request.subjects.iter().any(is_image) => request.jobs.max(registry.in_flight),
        _ => request.jobs,
    };
    let outcomes = pool::map(at_once, request.subjects, |(input, subject)| {
        verify_argument(Asked { input, subject }, request, engine)
    });
    outcomes.into_iter().flatten().collect()
}

/// Verifies what one argument stands for, which may be several images.
fn verify_argument(asked: Asked<'_>, request: &Request<'_>, engine: &Engine) -> Vec<Outcome> {
    let jobs = request.jobs_of_each();
    let prepared = prepare::prepare(asked, request);
    // One image with many candidates is as much work as many images: whichever there are more of shares the jobs.
    let inner = if prepared.len() == 1 {
        jobs
    } else {
        NonZeroUsize::MIN
    };
    pool::map(jobs, &prepared, |prepared| {
        let outcome = verify_one(prepared, request, engine, inner);
        (request.on_subject)(&outcome.report);
        outcome
    })
}

fn verify_one(
    prepared: &Prepared<'_>,
    request: &Request<'_>,
    engine: &Engine,
    jobs: NonZeroUsize,
) -> Outcome {
    let mut report = prepared.report();
    let Some(found) = prepared.found() else {
        return Outcome::of(report);
    };
    let demands = match request.rules.for_subject(prepared.subject()) {
        Ok(demands) => demands,
        Err(finding) => {
            report.verdict = finding.code.verdict();
            report.findings.push(finding);
            return Outcome::of(report);
        }
    };
    let keys = accepted_keys(&demands);
    let checked = pool::map(jobs, &found.evidence.candidates, |candidate: &Candidate| {
        examine::check(candidate, engine, found.content(), &keys)
    });
    let complete = found.evidence.is_complete();
    let mut tallies: Vec<Tally> = checked.iter().map(|_| Tally::default()).collect();
    let mut verdicts = Vec::new();
    let mut beside_sbom = Beside::default();
    let mut open = Vec::new();
    let mut vex_is_complete = true;
    for demand in &demands {
        let standings = stand(&checked, demand, request.now, &mut tallies);
        let decision = decide::decide(&demand.pins, demand.require, complete, &standings);
        accept(&decision, demand, &standings, &mut tallies);
        if demand.is_for_vex() {
            let is_open = |standing: &Standing| matches!(standing, Standing::Unknown);
            vex_is_complete &= complete && !standings.iter().any(is_open);
        }
        if demand.is_optional {
            continue;
        }
        let findings = tell::findings(&decision, demand, &checked, &found.evidence.places);
        report.findings.extend(findings.iter().cloned());
        let verdict = decision.verdict();
        verdicts.push(verdict);
        if demand.is_for_sbom() {
            open.extend(tell::open(&checked, &standings));
        } else {
            let before = beside_sbom.verdict;
            beside_sbom.verdict = Some(Verdict::worst(before.into_iter().chain([verdict])));
            beside_sbom.findings.extend(findings);
        }
    }
    let demands_sbom = demands.iter().any(Demand::is_for_sbom);
    if demands_sbom {
        open.extend(tell::failed_places(&found.evidence.places));
    }
    report.verdict = Verdict::worst(verdicts);
    report.places = found.evidence.places.clone();
    let unsigned = tell::unsigned(&checked);
    beside_sbom.findings.extend(unsigned.iter().cloned());
    report.findings.extend(unsigned);
    let predicates = tell::predicates(&checked, &tallies);
    let sboms = tell::sboms(&checked, &tallies);
    let named = tell::named(&checked, &tallies);
    let vex = VexEvidence {
        documents: tell::vex(&checked, &tallies),
        is_complete: vex_is_complete,
    };
    report.candidates = describe(&checked, tallies, request);
    let cut = tell::cut_to_size(&mut report.candidates);
    beside_sbom.findings.extend(cut.iter().cloned());
    report.findings.extend(cut);
    Outcome {
        report,
        predicates,
        sboms,
        digests: prepared.digests().to_vec(),
        named,
        beside_sbom,
        demands_sbom,
        open,
        vex,
    }
}

/// What the demands together made of one candidate.
#[derive(Default)]
struct Tally {
    accepted: bool,
    /// Whether a demand for an SBOM rests on it.
    is_sbom: bool,
    /// Whether a demand for provenance rests on it.
    is_build: bool,
    /// Whether a rule for VEX accepts it.
    is_vex: bool,
    pins: Vec<String>,
    findings: Vec<Finding>,
}

fn stand(checked: &[Checked<'_>], demand: &Demand, now: Timestamp, tallies: &mut [Tally]) -> Vec<Standing> {
    let mut standings = Vec::with_capacity(checked.len());
    for (checked, tally) in checked.iter().zip(tallies) {
        let (standing, findings) = checked.stand(demand, now);
        for finding in findings {
            if !tally.findings.contains(&finding) {
                tally.findings.push(finding);
            }
        }
        standings.push(standing);
    }
    standings
}

/// Marks the candidates that a decision rests on, with the pins that accept them.
fn accept(decision: &Decision, demand: &Demand, standings: &[Standing], tallies: &mut [Tally]) {
    let Decision::Allowed(approval) = decision else {
        return;
    };
    for index in approval.candidates() {
        let (Some(tally), Some(Standing::Meets(met))) = (tallies.get_mut(*index), standings.get(*index))
        else {
            continue;
        };
        tally.accepted = true;
        tally.is_vex |= demand.is_for_vex();
        tally.is_sbom |= demand.is_for_sbom();
        tally.is_build |= demand.is_for_provenance();
        for name in met
            .pins()
            .iter()
            .filter_map(|pin| demand.pins.pins().get(*pin))
            .map(|pin| pin.name())
        {
            if !tally.pins.iter().any(|known| known == name) {
                tally.pins.push(name.to_owned());
            }
        }
    }
}

fn describe(checked: &[Checked<'_>], tallies: Vec<Tally>, request: &Request<'_>) -> Vec<CandidateReport> {
    let described = checked.iter().zip(tallies);
    described
        .map(|(checked, tally)| {
            checked.report(
                tally.accepted,
                tally.pins,
                tally.findings,
                &request.public_log_url,
            )
        })
        .collect()
}

fn accepted_keys(demands: &[Demand]) -> Vec<AcceptedKey<'_>> {
    let mut keys: Vec<AcceptedKey<'_>> = Vec::new();
    for pin in demands.iter().flat_map(|demand| demand.pins.pins()) {
        if let Some(key) = pin.key() {
            let log = if pin.log_may_be_absent() {
                LogRequirement::MayBeAbsent
            } else {
                LogRequirement::Required
            };
            let known = |(other, requirement): &AcceptedKey<'_>| same_key(other, key) && *requirement == log;
            if !keys.iter().any(known) {
                keys.push((key, log));
            }
        }
    }
    keys
}

fn same_key(one: &PublicKey, other: &PublicKey) -> bool {
    one.fingerprint() == other.fingerprint()
}
