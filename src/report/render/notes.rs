//! The findings of a report as one list, for formats that list findings instead of telling a story.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::text;
use crate::report::{
    CandidateReport, Code, Finding, Place, PlaceOutcome, Report, Severity, SubjectReport, Verdict,
};

/// How a dashboard should take a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It stands between the subject and *allowed*.
    Error,
    /// A warning.
    Warning,
    /// Worth knowing; also why a candidate that nobody needed was not counted.
    Note,
}

impl Level {
    /// The level as SARIF and GitHub's documentation spell it.
    pub(super) fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Deny => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Note,
        }
    }
}

/// A finding with what it is about.
#[derive(Debug)]
pub(super) struct Note<'r> {
    /// The finding.
    pub(super) finding: Cow<'r, Finding>,
    /// The subject, unless it is about the whole run.
    pub(super) subject: Option<&'r SubjectReport>,
    /// Locations of the candidates that it is about; none if it is about the subject itself.
    pub(super) candidates: Vec<&'r str>,
    /// Whether what was found is vouched for: false for what only stands in evidence that did not verify.
    pub(super) verified: bool,
    /// How to take it.
    pub(super) level: Level,
}

impl Note<'_> {
    /// What is said, in lines: the subject with its verdict, the message, found, expected, origin, next step.
    pub(super) fn lines(&self) -> Vec<String> {
        let finding = &self.finding;
        let mut lines = vec![text::shown(&finding.message)];
        lines.extend(self.subject_line());
        match self.candidates.as_slice() {
            [] => {}
            [one] => lines.push(format!("at: {}", text::shown(one))),
            [first, rest @ ..] => lines.push(format!("at: {} and {} more", text::shown(first), rest.len())),
        }
        let differing = finding
            .parts
            .iter()
            .filter(|part| !part.same)
            .map(|part| part.part);
        let differing: Vec<&str> = differing.collect();
        let told = |value: &str, other: &Option<String>| match other {
            Some(other) if other != value => text::shown(&text::told_apart(value)),
            _ => text::shown(value),
        };
        if let Some(found) = &finding.found {
            let claim = if self.verified { "" } else { " (not verified)" };
            lines.push(format!("found{claim}: {}", told(found, &finding.expected)));
        }
        if let Some(expected) = &finding.expected {
            lines.push(format!("expected: {}", told(expected, &finding.found)));
        }
        lines.extend(self.in_sbom());
        if !differing.is_empty() {
            lines.push(format!("differs in: {}", differing.join(", ")));
        }
        if let Some(origin) = &finding.origin {
            let source = text::shown(&origin.source);
            lines.push(match origin.line {
                Some(line) => format!("written in: {source}, line {line}"),
                None => format!("given by: {source}"),
            });
        }
        if let Some(accepted) = &finding.accepted {
            lines.push(format!("accepted: {}", text::shown(&accepted.words())));
        } else if let Some(help) = &finding.help {
            lines.push(format!("next: {}", text::shown(help)));
        }
        lines
    }
}

impl Note<'_> {
    /// Where in the SBOM the offender stands, and how it came into the artifact.
    pub(super) fn in_sbom(&self) -> Vec<String> {
        let Some(place) = &self.finding.sbom else {
            return Vec::new();
        };
        let mut lines = vec![format!("in the SBOM: {}", text::shown(&place.words()))];
        if place.attested {
            lines.push(format!("attested in: {}", text::shown(&place.document)));
        }
        lines.extend(
            place
                .way()
                .map(|way| format!("reached by: {}", text::shown(&way))),
        );
        if place.others > 0 {
            lines.push(format!("further components of this package: {}", place.others));
        }
        lines
    }

    /// The subject with its verdict.
    pub(super) fn subject_line(&self) -> Option<String> {
        let subject = self.subject?;
        Some(format!(
            "{}: {}",
            subject.verdict.words(),
            text::shown(&subject.name)
        ))
    }

    /// Whether it objects to a package.
    pub(super) fn is_objection(&self) -> bool {
        self.finding.is_objection()
    }
}

/// Objections of one rule, as formats list them that have room for one entry each.
#[derive(Debug)]
pub(super) struct Objections<'n, 'r> {
    /// The code.
    pub(super) code: Code,
    /// How to take them.
    pub(super) level: Level,
    /// The objections; at least one.
    pub(super) notes: Vec<&'n Note<'r>>,
}

impl Objections<'_, '_> {
    /// How many there are, in how many packages.
    pub(super) fn counted(&self) -> String {
        counted(self.notes.iter().map(|note| note.finding.as_ref()))
    }

    /// What is said about one of them, in one line.
    pub(super) fn line(note: &Note<'_>) -> String {
        let message = text::shown(&note.finding.message);
        let Some(place) = &note.finding.sbom else {
            return message;
        };
        let way = place
            .way()
            .map_or_else(String::new, |way| format!(", reached by {}", text::shown(&way)));
        format!("{message}: {}{way}", text::shown(&place.words()))
    }

    /// The attestations that the SBOMs are in.
    pub(super) fn attested_in(&self) -> Vec<String> {
        let places = self.notes.iter().filter_map(|note| note.finding.sbom.as_ref());
        let attested = places.filter(|place| place.attested);
        let documents: BTreeSet<&str> = attested.map(|place| place.document.as_str()).collect();
        documents
            .into_iter()
            .map(|document| format!("attested in: {}", text::shown(document)))
            .collect()
    }
}

/// How many objections there are, in how many packages.
pub(super) fn counted<'f>(objections: impl Iterator<Item = &'f Finding>) -> String {
    let packages: Vec<&str> = objections
        .map(|one| one.package.as_deref().unwrap_or_default())
        .collect();
    let distinct = packages.iter().collect::<HashSet<_>>().len();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!(
        "{} finding{} in {distinct} package{}",
        packages.len(),
        plural(packages.len()),
        plural(distinct)
    )
}

/// The objections among `notes`, by subject, level, code and line of the policy, in the order in which they come.
pub(super) fn objections<'n, 'r>(notes: impl IntoIterator<Item = &'n Note<'r>>) -> Vec<Objections<'n, 'r>> {
    let mut all: Vec<Objections<'n, 'r>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for note in notes.into_iter().filter(|note| note.is_objection()) {
        let finding = &note.finding;
        let subject = note.subject.map(|subject| std::ptr::from_ref(subject));
        let origin = finding
            .origin
            .as_ref()
            .map(|origin| (&origin.source, origin.line));
        let key = format!("{:?}", (subject, note.level, finding.code, origin));
        match known.get(&key).and_then(|at| all.get_mut(*at)) {
            Some(same) => same.notes.push(note),
            None => {
                known.insert(key, all.len());
                all.push(Objections {
                    code: finding.code,
                    level: note.level,
                    notes: vec![note],
                });
            }
        }
    }
    all
}

/// Every finding once, with the run's first. A subject that is not allowed has at least one error among them.
pub(super) fn notes(report: &Report) -> Vec<Note<'_>> {
    let mut all: Vec<Note<'_>> = report
        .findings
        .iter()
        .map(|finding| Note {
            finding: Cow::Borrowed(finding),
            subject: None,
            candidates: Vec::new(),
            verified: true,
            level: Level::of_severity(finding.severity),
        })
        .collect();
    for subject in &report.subjects {
        all.extend(of_subject(subject));
    }
    all
}

fn of_subject(subject: &SubjectReport) -> Vec<Note<'_>> {
    let mut notes: Vec<Note<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let of_candidates = subject.candidates.iter().flat_map(|candidate| {
        candidate
            .findings
            .iter()
            .map(move |finding| (finding, Some(candidate)))
    });
    let own = subject.findings.iter().map(|finding| (finding, None));
    for (finding, candidate) in own.chain(of_candidates) {
        let level = level(subject, candidate, finding);
        let place = candidate.map(|candidate| candidate.location.as_str());
        let verified = candidate.is_none_or(|candidate| candidate.verified);
        let key = format!("{level:?} {verified} {} {}", place.is_some(), said(finding));
        match known.get(&key).and_then(|at| notes.get_mut(*at)) {
            Some(note) => note.candidates.extend(place),
            None => {
                known.insert(key, notes.len());
                notes.push(Note {
                    finding: Cow::Borrowed(finding),
                    subject: Some(subject),
                    candidates: place.into_iter().collect(),
                    verified,
                    level,
                });
            }
        }
    }
    if subject.verdict != Verdict::Allowed && notes.iter().all(|note| note.level != Level::Error) {
        notes.extend(reasons_in_places(subject));
    }
    notes
}

/// What a finding says; two that say the same are told once.
fn said(finding: &Finding) -> String {
    let origin = finding
        .origin
        .as_ref()
        .map(|origin| (&origin.source, origin.line, origin.column));
    format!(
        "{:?}",
        (
            finding.code,
            &finding.message,
            &finding.found,
            &finding.expected,
            origin,
            &finding.sbom,
            &finding.help
        )
    )
}

/// How a finding is to be taken: what rejects a candidate is no error where another candidate was good enough.
fn level(subject: &SubjectReport, candidate: Option<&CandidateReport>, finding: &Finding) -> Level {
    let accepted = candidate.is_none_or(|candidate| candidate.accepted);
    match (subject.verdict, Level::of_severity(finding.severity)) {
        (Verdict::Allowed, Level::Error) => Level::Note,
        (Verdict::Allowed, Level::Warning) if !accepted => Level::Note,
        (_, level) => level,
    }
}

/// Errors for a subject without a denying finding: the places that did not answer, or that no reason was recorded.
fn reasons_in_places(subject: &SubjectReport) -> Vec<Note<'_>> {
    let error = |finding| Note {
        finding: Cow::Owned(finding),
        subject: Some(subject),
        candidates: Vec::new(),
        verified: true,
        level: Level::Error,
    };
    let failed: Vec<Note<'_>> = subject.places.iter().filter_map(failure).map(error).collect();
    if failed.is_empty() {
        let message = format!("{}, and no reason was recorded", subject.verdict.words());
        return vec![error(Finding::new(Code::InternalError, message))];
    }
    failed
}

fn failure(place: &Place) -> Option<Finding> {
    match &place.outcome {
        PlaceOutcome::Failed { detail, .. } => {
            let message = format!("a place did not answer: {detail}");
            Some(Finding::new(Code::PlaceFailed, message).found(&place.location))
        }
        PlaceOutcome::Found { .. } | PlaceOutcome::Nothing => None,
    }
}
