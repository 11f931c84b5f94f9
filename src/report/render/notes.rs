//! The findings of a report as one list, for formats that list findings instead of telling a story.

use std::borrow::Cow;
use std::collections::HashMap;

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
        if let Some(subject) = self.subject {
            lines.push(format!(
                "{}: {}",
                subject.verdict.words(),
                text::shown(&subject.name)
            ));
        }
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
