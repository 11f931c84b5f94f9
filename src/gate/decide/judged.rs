//! An answer about an image, before it is recorded.

use super::{Note, Proof, Ruling};
use crate::gate::queue::Event;
use crate::gate::record::{Decision, LogEntry, MAX_NOTES, Signer};
use crate::policy::SubjectName;
use crate::report::{CandidateReport, Code, Finding, Report, Verdict};
use crate::subject::{Digest, Reference, Subject};
use jiff::Timestamp;

/// An answer about an image.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The image as it was named.
    pub reference: Reference,
    /// `registry/repository` of it.
    pub repository: String,
    /// The route that is for it.
    pub route: Option<String>,
    /// The digest that the reference was resolved to.
    pub digest: Option<Digest>,
    /// SHA-256 of the policy file.
    pub policy: Option<Digest>,
    /// SHA-256 of the trusted root.
    pub trust: Option<Digest>,
    /// The answer.
    pub ruling: Ruling,
    /// Whether it was found earlier and kept.
    pub cached: bool,
    /// What was found, what denies first, at most [`MAX_NOTES`].
    pub findings: Vec<Note>,
}

impl Judged {
    /// Nothing is known yet.
    pub(super) fn new(reference: &Reference) -> Self {
        let name = SubjectName::of(&Subject::Image(reference.clone()));
        Self {
            reference: reference.clone(),
            repository: name.as_str().unwrap_or_default().to_owned(),
            route: None,
            digest: None,
            policy: None,
            trust: None,
            ruling: Ruling::Undecided,
            cached: false,
            findings: Vec::new(),
        }
    }

    /// It was not looked at.
    pub(in crate::gate) fn undecided(reference: &Reference, why: &Finding) -> Self {
        Self::new(reference).refused(Ruling::Undecided, std::slice::from_ref(why))
    }

    /// It is not allowed. `ruling` is never *allowed* here.
    pub(super) fn refused(mut self, ruling: Ruling, findings: &[Finding]) -> Self {
        self.ruling = ruling;
        self.note(findings.iter());
        self
    }

    /// What a report says about the digest that was resolved.
    pub(super) fn by_report(mut self, report: &Report, digest: &Digest, sboms: Vec<Digest>) -> Self {
        let [subject] = report.subjects.as_slice() else {
            let finding = Finding::new(Code::InternalError, "the report is not about one image");
            return self.refused(Ruling::Undecided, &[finding]);
        };
        if report.verdict == Verdict::Allowed && subject.digest.as_ref() == Some(digest) {
            self.ruling = Ruling::Allowed(proof(&subject.candidates, sboms));
            self.note(report.all_findings());
            return self;
        }
        let rejected = subject.candidates.iter().filter(|candidate| !candidate.accepted);
        let findings: Vec<&Finding> = report
            .all_findings()
            .chain(rejected.flat_map(|candidate| &candidate.findings))
            .collect();
        self.ruling = ruling(report.verdict, &findings);
        self.note(findings.into_iter());
        self
    }

    fn note<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>) {
        let mut findings: Vec<&Finding> = findings.collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        self.findings = findings.into_iter().take(MAX_NOTES).map(Note::from).collect();
    }

    /// The findings in one line.
    pub fn words(&self) -> String {
        let words: Vec<&str> = self.findings.iter().map(|note| note.message.as_str()).collect();
        words.join("; ")
    }

    /// What is recorded of it.
    pub(in crate::gate) fn decision(self, event: &Event, time: Timestamp) -> Box<Decision> {
        Box::new(Decision {
            event: event.id,
            caller: event.caller.clone(),
            delivery: event.hint.delivery.as_ref().map(ToString::to_string),
            reference: self.reference.whole(),
            received: event.received,
            time,
            route: self.route,
            repository: self.repository,
            digest: self.digest,
            policy: self.policy,
            trust: self.trust,
            ruling: self.ruling,
            rollback_from: None,
            cached: self.cached,
            findings: self.findings,
        })
    }
}

/// The ruling of a verdict that does not allow. What is wrong with the gate itself says nothing about the image, so it is
/// tried again; that no rule of the policy covers the image does.
pub(super) fn ruling(verdict: Verdict, findings: &[&Finding]) -> Ruling {
    match verdict {
        Verdict::Denied => Ruling::Denied,
        Verdict::NoEvidence => Ruling::NoEvidence,
        Verdict::Misconfigured
            if findings
                .iter()
                .any(|finding| finding.code == Code::SubjectNotCovered) =>
        {
            Ruling::Denied
        }
        // An *allowed* that is about another digest is none.
        Verdict::Misconfigured | Verdict::Undecided | Verdict::Allowed => Ruling::Undecided,
    }
}

fn proof(candidates: &[CandidateReport], sboms: Vec<Digest>) -> Proof {
    let accepted: Vec<&CandidateReport> = candidates.iter().filter(|candidate| candidate.accepted).collect();
    let signers = accepted.iter().filter_map(|candidate| candidate.signer.as_ref());
    let logs = accepted.iter().flat_map(|candidate| &candidate.logs);
    let times = accepted.iter().flat_map(|candidate| &candidate.times);
    let mut proof = Proof {
        signers: signers
            .map(|signer| Signer {
                identity: signer.identity.clone(),
                issuer: signer.issuer.clone(),
            })
            .collect(),
        logs: logs
            .map(|log| LogEntry {
                log: log.log_id.clone(),
                index: log.index,
            })
            .collect(),
        evidence: accepted
            .iter()
            .filter_map(|candidate| candidate.evidence_digest.clone())
            .collect(),
        sboms,
        signed: times.map(|time| time.time).min(),
    };
    proof.signers.dedup();
    proof
}
