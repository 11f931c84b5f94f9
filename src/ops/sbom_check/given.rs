//! An SBOM that the caller gives, instead of the attested ones.
//!
//! A file proves nothing about itself. It counts as signed where it is what an accepted statement has inside, where an
//! accepted statement about the subject names its digest too, or where a signature of its own verifies under the pins of
//! the rules that demand an SBOM. Any other file is unauthenticated: never accepted for an image, said in every report.

use std::path::PathBuf;

use super::attested;
use super::document::{self, About, From, Sbom, Tie};
use super::streamed;
use super::vex::Vex;
use super::{Asked, conclude};
use crate::ops::verify::{Outcome, Rules, VexEvidence};
use crate::policy::{Acceptances, Demand, DemandKind, Require};
use crate::report::{Code, Finding, SbomReport, Severity, SubjectKind, SubjectReport, Verdict};
use crate::subject::{Digest, Subject};

/// An SBOM that the caller gives.
pub struct Given {
    /// What it is called in messages.
    pub label: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Where its bytes are.
    pub content: Content,
    /// What a signature of its own says.
    pub cover: Cover,
}

/// Where the bytes of a given SBOM are.
pub enum Content {
    /// Here.
    Memory(Vec<u8>),
    /// In a file, too large to be held.
    File(PathBuf),
}

/// What came of looking for a signature over a given SBOM.
#[derive(Debug, Clone, PartialEq)]
pub enum Cover {
    /// There is one by an accepted signer, found here.
    Signed(String),
    /// There is none.
    Nothing,
    /// There is something, and it is not accepted.
    Refused(Vec<Finding>),
    /// It could not be found out.
    Open(Vec<Finding>),
}

impl Cover {
    /// The rules by which the file itself is verified: a signature over it, or a statement about it, by whoever may sign
    /// SBOMs of the subject. One set of rules for each demand that covers the subject; any of them will do.
    pub fn rules(rules: &Rules, subject: &Subject) -> Vec<Rules> {
        let demands = rules.for_subject(subject).unwrap_or_default();
        let for_sboms = demands.into_iter().filter(Demand::is_for_sbom);
        for_sboms
            .map(|demand| {
                Rules::Demands(vec![Demand {
                    kind: DemandKind::SignatureOrAttestation,
                    require: Require::Any,
                    ..demand
                }])
            })
            .collect()
    }

    /// What verifying the file by those rules gave. `digest` is that of the bytes that are read.
    pub fn of(outcomes: &[Outcome], digest: &Digest) -> Self {
        let reports = || outcomes.iter().map(|outcome| &outcome.report);
        let is_same = |report: &&SubjectReport| report.digest.as_ref() == Some(digest);
        let allowed = reports().find(|report| report.verdict == Verdict::Allowed && is_same(report));
        if let Some(report) = allowed {
            let accepted = report.candidates.iter().find(|candidate| candidate.accepted);
            let location = accepted.map(|candidate| candidate.location.clone());
            return Self::Signed(location.unwrap_or_default());
        }
        let findings = |verdict: Verdict| -> Vec<Finding> {
            let of_verdict = reports().filter(|report| report.verdict == verdict);
            let all = of_verdict.flat_map(|report| {
                let candidates = report.candidates.iter().flat_map(|candidate| &candidate.findings);
                report.findings.iter().chain(candidates).cloned()
            });
            all.collect()
        };
        if reports().any(|report| report.verdict == Verdict::Denied) {
            return Self::Refused(findings(Verdict::Denied));
        }
        if reports().any(|report| report.verdict == Verdict::Undecided) {
            return Self::Open(findings(Verdict::Undecided));
        }
        Self::Nothing
    }
}

/// Who vouches for a given SBOM.
enum Authority {
    /// It is, byte for byte, what is attested.
    Attested { location: String },
    /// An accepted statement is about the subject and about this file.
    NamedWithSubject,
    /// It has a signature of its own.
    Signed { location: String },
}

impl Authority {
    fn words(&self) -> String {
        match self {
            Self::Attested { location } => format!("the same as attested in {location}"),
            Self::NamedWithSubject => "named by an accepted statement about the subject".to_owned(),
            Self::Signed { location } => format!("signed by {location}"),
        }
    }
}

/// Checks the given SBOM of a subject. What else the policy demands of the subject has to hold before it is read.
pub(super) fn check(outcome: &mut Outcome, given: &Given, asked: &Asked<'_>, acceptances: &Acceptances) {
    let before = outcome.beside_sbom.verdict.unwrap_or(Verdict::Allowed);
    outcome.report.verdict = before;
    outcome.report.findings.clone_from(&outcome.beside_sbom.findings);
    if before != Verdict::Allowed {
        return;
    }
    let authority = authority(outcome, given);
    if authority.is_none() && !outcome.open.is_empty() {
        attested::undecided(outcome);
        return;
    }
    if asked.baseline.is_some() && !outcome.open.is_empty() {
        attested::undecided(outcome);
        return;
    }
    let is_image = matches!(outcome.report.kind, SubjectKind::Image | SubjectKind::Digest);
    let mut findings = unauthenticated(authority.as_ref(), given, is_image, asked);
    let verdict = conclude(Verdict::Allowed, &findings);
    if verdict == Verdict::Allowed {
        let tie = match &authority {
            Some(Authority::Attested { .. } | Authority::NamedWithSubject) => Tie::Statement,
            Some(Authority::Signed { .. }) if is_image => Tie::RootOnly,
            Some(Authority::Signed { .. }) | None => Tie::Word,
        };
        let (vex, unread) = attested::vex(outcome, asked);
        findings.extend(unread);
        let about = About {
            digests: &outcome.digests,
            vex: &vex,
        };
        findings.extend(examine(
            given,
            authority.as_ref(),
            &about,
            tie,
            asked,
            acceptances,
        ));
    }
    let mut reports: Vec<SbomReport> = outcome
        .sboms
        .iter()
        .map(|sbom| attested::report(sbom, false))
        .collect();
    reports.push(report(given, authority.is_some(), verdict == Verdict::Allowed));
    outcome.report.sboms = reports;
    outcome.report.verdict = conclude(Verdict::Allowed, &findings);
    outcome.report.findings.extend(findings);
}

/// Checks a given SBOM without a subject: the rules are held against the document, and it is compared with no artifact.
/// `own` is what came of looking for a signature over the file; its places and candidates are reported.
pub fn check_alone(
    own: Vec<Outcome>,
    given: &Given,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Outcome {
    let mut report = SubjectReport {
        input: given.label.clone(),
        kind: SubjectKind::File,
        name: given.label.clone(),
        digest: Some(given.digest.clone()),
        platform: None,
        verdict: Verdict::Undecided,
        places: Vec::new(),
        candidates: Vec::new(),
        sboms: Vec::new(),
        findings: Vec::new(),
    };
    if let Some(own) = own.into_iter().next() {
        report.places = own.report.places;
        report.candidates = own.report.candidates;
    }
    let authority = own_signature(given);
    let mut findings = unauthenticated(authority.as_ref(), given, false, asked);
    let message = "no artifact was named: the rules were held against the SBOM, and what it says it is about was \
                   compared with nothing";
    findings.push(
        Finding::new(Code::SbomWithoutSubject, message)
            .help("name the artifact before --sbom, so that it is verified and compared"),
    );
    let is_read = conclude(Verdict::Allowed, &findings) == Verdict::Allowed;
    if is_read {
        let (vex, _) = Vex::read(&VexEvidence::default(), &[], None, asked.now);
        let about = About {
            digests: &[],
            vex: &vex,
        };
        findings.extend(examine(
            given,
            authority.as_ref(),
            &about,
            Tie::Nothing,
            asked,
            acceptances,
        ));
    }
    report.sboms = vec![self::report(given, authority.is_some(), is_read)];
    report.verdict = conclude(Verdict::Allowed, &findings);
    report.findings = findings;
    Outcome::of(report)
}

fn authority(outcome: &Outcome, given: &Given) -> Option<Authority> {
    if let Content::Memory(bytes) = &given.content {
        let same = outcome
            .sboms
            .iter()
            .find(|sbom| sbom.text.as_bytes() == bytes.trim_ascii());
        if let Some(sbom) = same {
            let location = sbom.location.clone();
            return Some(Authority::Attested { location });
        }
    }
    if outcome.named.contains(&given.digest) {
        return Some(Authority::NamedWithSubject);
    }
    own_signature(given)
}

fn own_signature(given: &Given) -> Option<Authority> {
    match &given.cover {
        Cover::Signed(location) => Some(Authority::Signed {
            location: location.clone(),
        }),
        Cover::Nothing | Cover::Refused(_) | Cover::Open(_) => None,
    }
}

/// What there is to say about a file that nobody vouches for.
fn unauthenticated(
    authority: Option<&Authority>,
    given: &Given,
    is_image: bool,
    asked: &Asked<'_>,
) -> Vec<Finding> {
    if authority.is_some() {
        return Vec::new();
    }
    let finding = |why: &str| {
        let help =
            "attest it for the artifact (portcullis attest), or name the bundle over it with --sbom-bundle";
        Finding::new(Code::SbomUnauthenticated, format!("{}: {why}", given.label)).help(help)
    };
    let denied = |mut finding: Finding| {
        finding.severity = Severity::Deny;
        finding
    };
    match &given.cover {
        Cover::Refused(findings) => {
            let mut told = findings.clone();
            told.push(denied(finding(
                "there is a signature over this SBOM, and it is not accepted",
            )));
            return told;
        }
        Cover::Open(findings) => return findings.clone(),
        Cover::Nothing | Cover::Signed(_) => {}
    }
    if is_image {
        let why =
            "nobody whom the policy accepts signed this SBOM, and an unsigned one never counts for an image";
        return vec![denied(finding(why))];
    }
    let warning = finding("nobody signed this SBOM as far as is known: it is believed because it was named");
    vec![match &asked.rules.unauthenticated {
        Some(origin) => denied(warning).origin(origin),
        None => warning,
    }]
}

fn examine(
    given: &Given,
    authority: Option<&Authority>,
    about: &About<'_>,
    tie: Tie,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Vec<Finding> {
    let origin = match authority {
        Some(authority) => format!("{}, {}", given.label, authority.words()),
        None => format!("{}, unauthenticated", given.label),
    };
    let from = From {
        digest: given.digest.clone(),
        name: given.label.clone(),
        is_attested: false,
        origin,
        tie,
    };
    match &given.content {
        Content::Memory(bytes) => document::check(&Sbom { bytes, from }, about, asked, acceptances),
        Content::File(path) => streamed::check(path, &from, about, asked, acceptances),
    }
}

fn report(given: &Given, authenticated: bool, counted: bool) -> SbomReport {
    SbomReport {
        location: given.label.clone(),
        digest: given.digest.clone(),
        predicate_type: None,
        made: None,
        authenticated,
        counted,
    }
}
