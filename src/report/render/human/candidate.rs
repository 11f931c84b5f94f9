//! Candidates: those that were accepted, and those that were not, with the reason.

use super::group::{Group, grouped};
use super::{checks, evidence, finding};
use crate::report::render::page::{Mark, Page, Span, Tone};
use crate::report::{CandidateReport, EvidenceKind, Report, Severity, SubjectReport};

/// Most groups of rejected candidates that are shown without `--verbose`.
const MAX_GROUPS: usize = 10;

/// What an allowed subject stands on: who signed, when, where it is logged, which pins it meets, and warnings.
pub(super) fn accepted(page: &mut Page<'_>, report: &Report, one: &SubjectReport) {
    let groups = grouped(page, accepted_ones(one), |page, candidate| {
        body(page, 2, report, one, candidate);
    });
    for (number, group) in groups.iter().enumerate() {
        if number > 0 {
            page.blank();
        }
        for (number, location) in group.locations(page).iter().enumerate() {
            let label = if number == 0 { "evidence" } else { "" };
            page.field(
                2,
                label,
                &[
                    Span::plain(format!("{},", what_words(group.first))),
                    Span::plain(location),
                ],
            );
        }
        page.block(0, &group.body);
    }
}

/// What was accepted of a subject that is not allowed: enough by itself, but not for all that was asked.
pub(super) fn insufficient(page: &mut Page<'_>, report: &Report, one: &SubjectReport) {
    let groups = grouped(page, accepted_ones(one), |page, candidate| {
        body(page, 6, report, one, candidate);
    });
    for group in &groups {
        page.blank();
        group_headline(page, Mark::Pass, "accepted:", group);
        page.block(0, &group.body);
    }
}

/// Everything that was not accepted, with the reason; under a heading, unless that is empty.
pub(super) fn rejected(page: &mut Page<'_>, report: &Report, one: &SubjectReport, heading: &'static str) {
    let rejected_ones = one.candidates.iter().filter(|candidate| !candidate.accepted);
    let groups = grouped(page, rejected_ones, |page, candidate| {
        body(page, 6, report, one, candidate);
    });
    if !heading.is_empty() && !groups.is_empty() {
        page.blank();
        page.line(2, &[Span::new(Tone::Faint, heading)]);
    }
    let shown = if page.style.verbose {
        groups.len()
    } else {
        MAX_GROUPS
    };
    for group in groups.iter().take(shown) {
        page.blank();
        let (mark, word) = if denies(group.first) {
            (Mark::Fail, "rejected:")
        } else {
            (Mark::Dot, "not counted:")
        };
        group_headline(page, mark, word, group);
        page.block(0, &group.body);
    }
    let left: usize = groups.iter().skip(shown).map(|group| group.places.len()).sum();
    if left > 0 {
        page.blank();
        let line = format!("and {left} more candidates, for other reasons (--verbose lists them)");
        page.line(2, &[Span::plain(line)]);
    }
}

/// The candidates that an allowed subject did not need: counted by code, in full with `--verbose`.
pub(super) fn set_aside(page: &mut Page<'_>, report: &Report, one: &SubjectReport) {
    if page.style.verbose {
        rejected(page, report, one, "not counted:");
        return;
    }
    let mut counts: Vec<(String, usize)> = Vec::new();
    for candidate in one.candidates.iter().filter(|candidate| !candidate.accepted) {
        let code = candidate
            .findings
            .iter()
            .max_by_key(|finding| finding.severity)
            .map_or_else(|| what_words(candidate), |finding| finding.code.to_string());
        match counts.iter_mut().find(|(known, _)| *known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    if !counts.is_empty() {
        let words: Vec<String> = counts
            .iter()
            .map(|(code, count)| format!("{count} ({code})"))
            .collect();
        page.field(2, "not counted", &[Span::plain(words.join(", "))]);
    }
}

/// A candidate's format and kind.
pub(super) fn what_words(candidate: &CandidateReport) -> String {
    let kind = match candidate.kind {
        EvidenceKind::Signature => "signature",
        EvidenceKind::Attestation => "attestation",
        EvidenceKind::Unsigned => "unsigned statement",
        EvidenceKind::Unreadable => "unreadable",
    };
    if candidate.format.contains(kind) {
        candidate.format.clone()
    } else {
        format!("{} ({kind})", candidate.format)
    }
}

fn accepted_ones(one: &SubjectReport) -> impl Iterator<Item = &CandidateReport> {
    one.candidates.iter().filter(|candidate| candidate.accepted)
}

fn denies(candidate: &CandidateReport) -> bool {
    let mut findings = candidate.findings.iter();
    findings.any(|finding| finding.severity == Severity::Deny)
}

fn group_headline(page: &mut Page<'_>, mark: Mark, word: &str, group: &Group<'_>) {
    let what = what_words(group.first);
    let what = match group.places.len() {
        0 | 1 => what,
        count => format!("{count} times {what}"),
    };
    page.line(
        2,
        &[
            page.mark(mark),
            Span::new(Tone::Strong, word),
            Span::new(Tone::Strong, what),
        ],
    );
    for (number, location) in group.locations(page).iter().enumerate() {
        let label = if number == 0 { "at" } else { "" };
        page.field(6, label, &[Span::plain(location)]);
    }
}

/// What a candidate says and each finding about it, those that deny first.
fn body(
    page: &mut Page<'_>,
    indent: usize,
    report: &Report,
    one: &SubjectReport,
    candidate: &CandidateReport,
) {
    evidence::render(page, indent, report, one, candidate);
    let context = finding::Context {
        identity: candidate.signer.as_ref().map(|signer| signer.identity.as_str()),
        verified: candidate.verified,
        drawn: false,
    };
    let mut ordered: Vec<_> = candidate.findings.iter().collect();
    ordered.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for reason in ordered {
        finding::in_context(page, indent, reason, context);
    }
    if candidate.findings.is_empty() && !candidate.accepted {
        // Nothing is wrong with it: it was not what decided.
        let why = match candidate.kind {
            EvidenceKind::Unsigned => "nobody signed it, so it does not count",
            _ => "of another kind than was asked for, or not enough alone",
        };
        page.line(indent, &[Span::plain(why)]);
    }
    if page.style.verbose {
        checks::render(page, indent, candidate);
    }
}
