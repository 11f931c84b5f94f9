//! The checklist of `--verbose`: which checks a candidate went through, and how each ended.

use crate::report::render::page::{Mark, Page, Span, Tone};
use crate::report::{CandidateReport, EvidenceKind, Group, Severity};

/// How a check ended.
enum Outcome {
    /// It was done and holds.
    Passed(String),
    /// It does not hold.
    Failed(String),
    /// There was nothing to check, which was permitted.
    Absent(&'static str),
    /// An earlier check ended the examination, or the check was not asked for.
    NotDone,
}

/// Lists the checks of a candidate.
pub(super) fn render(page: &mut Page<'_>, indent: usize, candidate: &CandidateReport) {
    page.line(indent, &[Span::new(Tone::Faint, "checks:")]);
    let checks = [
        (Group::Bundle, "document"),
        (Group::Signature, "signature"),
        (Group::Certificate, "certificate"),
        (Group::Log, "log"),
        (Group::Time, "time"),
        (Group::Signer, "signer"),
        (Group::Attestation, "attestation"),
    ];
    for (group, name) in checks {
        let (mark, words) = match outcome(candidate, group) {
            Outcome::Passed(words) => (Mark::Pass, words),
            Outcome::Failed(words) => (Mark::Fail, words),
            Outcome::Absent(words) => (Mark::Dot, words.to_owned()),
            Outcome::NotDone => (Mark::Dot, "not established".to_owned()),
        };
        page.line(
            indent + 2,
            &[
                page.mark(mark),
                Span::plain(format!("{name:12}")),
                Span::plain(words),
            ],
        );
    }
}

fn outcome(candidate: &CandidateReport, group: Group) -> Outcome {
    let against: Vec<&str> = candidate
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Deny && finding.code.group() == group)
        .map(|finding| finding.code.name())
        .collect();
    if !against.is_empty() {
        return Outcome::Failed(against.join(", "));
    }
    let by_key = candidate
        .signer
        .as_ref()
        .is_some_and(|signer| signer.kind == "key");
    match group {
        Group::Bundle if candidate.verified => Outcome::Passed(candidate.format.clone()),
        Group::Signature if candidate.verified => Outcome::Passed(candidate.about.to_string()),
        Group::Certificate if candidate.verified && by_key => Outcome::Absent("none: signed with a key"),
        Group::Certificate if candidate.verified => Outcome::Passed("chains to the trust root".to_owned()),
        Group::Log if candidate.verified && candidate.logs.is_empty() => Outcome::Absent("none: not logged"),
        Group::Log if candidate.verified => {
            Outcome::Passed(counted(candidate.logs.len(), "entry", "entries"))
        }
        Group::Time if candidate.verified && candidate.times.is_empty() => {
            Outcome::Absent("none: no time is proved")
        }
        Group::Time if candidate.verified => {
            Outcome::Passed(counted(candidate.times.len(), "verified time", "verified times"))
        }
        Group::Signer if !candidate.pins.is_empty() => {
            Outcome::Passed(format!("accepted by {}", candidate.pins.join(", ")))
        }
        Group::Attestation if candidate.accepted && candidate.kind == EvidenceKind::Attestation => {
            Outcome::Passed(candidate.predicate_type.clone().unwrap_or_default())
        }
        Group::Attestation if candidate.kind == EvidenceKind::Signature => {
            Outcome::Absent("none: this is a signature")
        }
        _ => Outcome::NotDone,
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    let word = if count == 1 { one } else { many };
    format!("{count} {word}")
}
