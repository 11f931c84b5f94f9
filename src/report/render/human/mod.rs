//! The report for people: what was decided, why, and what to do next, in that order.

mod candidate;
mod checks;
mod evidence;
mod finding;
mod group;
mod objections;
mod places;
mod snippet;

use super::page::{Mark, Page, Span, Tone};
use super::{Style, exit_name};
use crate::report::{Code, Finding, Report, Severity, SubjectReport, Verdict};

/// Most codes that the last line offers to explain.
const MAX_CODES_OFFERED: usize = 3;

/// Renders the whole report.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    if report.subjects.is_empty() {
        page.line(
            0,
            &[
                page.mark(mark_of(report.verdict)),
                Span::new(tone_of(report.verdict), report.verdict.words()),
                Span::plain(match report.verdict {
                    Verdict::Allowed => "(no mistakes; no subject was examined)",
                    _ => "(nothing was examined)",
                }),
            ],
        );
    }
    let (deciding, remarks): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .partition(|finding| finding.severity == Severity::Deny);
    for run_finding in deciding {
        page.blank();
        finding::render(&mut page, 2, run_finding);
    }
    for one in &report.subjects {
        page.blank();
        subject(&mut page, report, one);
    }
    for run_finding in remarks {
        page.blank();
        finding::render(&mut page, 2, run_finding);
    }
    page.blank();
    circumstances(&mut page, report);
    conclusion(&mut page, report);
    let mut text = page.finish();
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Renders findings that stand beside another answer than a report.
pub(super) fn findings(findings: &[Finding], style: &Style) -> String {
    let mut page = Page::new(style);
    for one in findings {
        finding::render(&mut page, 2, one);
        page.blank();
    }
    page.finish()
}

/// Renders what is known about one subject, for formats that carry the human text along.
pub(super) fn subject_text(report: &Report, one: &SubjectReport, style: &Style) -> String {
    let mut page = Page::new(style);
    subject(&mut page, report, one);
    page.finish()
}

/// The mark of a verdict.
fn mark_of(verdict: Verdict) -> Mark {
    match verdict {
        Verdict::Allowed => Mark::Pass,
        Verdict::Denied | Verdict::Misconfigured => Mark::Fail,
        Verdict::NoEvidence | Verdict::Undecided => Mark::Unknown,
    }
}

/// The tone of a verdict.
fn tone_of(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Allowed => Tone::Good,
        Verdict::Denied | Verdict::Misconfigured => Tone::Bad,
        Verdict::NoEvidence | Verdict::Undecided => Tone::Unsure,
    }
}

fn subject(page: &mut Page<'_>, report: &Report, one: &SubjectReport) {
    headline(page, one);
    objections::summary(page, one);
    match one.verdict {
        Verdict::Allowed => {
            candidate::accepted(page, report, one);
            for remark in one
                .findings
                .iter()
                .filter(|finding| objections::stands_alone(finding))
            {
                finding::render(page, 2, remark);
            }
            for severity in objections::ORDER {
                objections::render(page, one, severity);
            }
            if one.findings.iter().any(Finding::is_objection) {
                page.blank();
            }
            candidate::set_aside(page, report, one);
            places::render(page, one, page.style.verbose);
        }
        Verdict::Undecided => {
            own_findings(page, one);
            places::unanswered(page, one);
            candidate::insufficient(page, report, one);
            candidate::rejected(page, report, one, "known all the same:");
            places::answered(page, one);
        }
        Verdict::Denied | Verdict::NoEvidence | Verdict::Misconfigured => {
            own_findings(page, one);
            candidate::insufficient(page, report, one);
            candidate::rejected(page, report, one, "");
            page.blank();
            places::render(
                page,
                one,
                page.style.verbose || one.verdict == Verdict::NoEvidence,
            );
        }
    }
}

/// Findings about the subject, those that decide before those that remark.
fn own_findings(page: &mut Page<'_>, one: &SubjectReport) {
    for severity in objections::ORDER {
        let own = |finding: &&Finding| finding.severity == severity && objections::stands_alone(finding);
        for own in one.findings.iter().filter(own) {
            page.blank();
            finding::render(page, 2, own);
        }
        objections::render(page, one, severity);
    }
    let denies = |finding: &Finding| finding.severity == Severity::Deny;
    let candidates = one.candidates.iter().flat_map(|candidate| &candidate.findings);
    let explained = one.findings.iter().chain(candidates).any(denies);
    if one.verdict == Verdict::Denied && !explained {
        page.blank();
        page.line(2, &[page.mark(Mark::Fail), Span::plain("no reason was recorded")]);
    }
}

/// The first line: verdict, name and digest; below it how it was asked for, where that reads differently.
fn headline(page: &mut Page<'_>, one: &SubjectReport) {
    let mut spans = vec![
        page.mark(mark_of(one.verdict)),
        Span::new(tone_of(one.verdict), format!("{}:", one.verdict.words())),
        Span::new(Tone::Strong, &one.name),
    ];
    if let Some(digest) = &one.digest {
        let digest = digest.to_string();
        if !one.name.contains(&digest) {
            spans.push(Span::plain(digest));
        }
    }
    page.unbroken(&spans);
    let same =
        one.input == one.name || Some(&one.input) == one.digest.as_ref().map(ToString::to_string).as_ref();
    if !same {
        page.field(2, "asked as", &[Span::plain(&one.input)]);
    }
    if let Some(platform) = &one.platform {
        page.field(2, "platform", &[Span::plain(platform)]);
    }
}

/// What the run relied on: trust root and policy. Always where it is stale or something was refused.
fn circumstances(page: &mut Page<'_>, report: &Report) {
    let troubled = report.verdict != Verdict::Allowed || page.style.verbose;
    if let Some(trust) = &report.trust {
        let refreshed = matches!(trust.source.as_str(), "tuf" | "file");
        if troubled || !refreshed {
            let mut spans = vec![
                Span::plain(format!("{},", trust.name)),
                Span::plain(source_words(&trust.source)),
            ];
            if let Some(age) = trust.age_days {
                let tone = if refreshed { Tone::Plain } else { Tone::Unsure };
                spans.push(Span::new(tone, age_words(age)));
            }
            if page.style.verbose {
                spans.push(Span::new(Tone::Faint, trust.digest.to_string()));
            }
            page.field(0, "trust root", &spans);
        }
    }
    if let Some(policy) = report.policy.as_ref().filter(|_| troubled) {
        let mut spans = vec![Span::plain(&policy.path)];
        if policy.pinned {
            spans.push(Span::plain("(pinned by its digest)"));
        }
        if page.style.verbose {
            spans.push(Span::new(Tone::Faint, policy.digest.to_string()));
        }
        page.field(0, "policy", &spans);
    }
}

/// How the trust root was had; an unknown word is shown as it is.
fn source_words(source: &str) -> &str {
    match source {
        "file" => "read from a file",
        "tuf" => "refreshed in this run",
        "cache" => "from the cache, not refreshed",
        "built-in" => "built in, not refreshed",
        other => other,
    }
}

fn age_words(days: i64) -> String {
    match days {
        ..0 => format!("({} days in the future: check the clock)", days.unsigned_abs()),
        0 => "(less than a day old)".to_owned(),
        1 => "(1 day old)".to_owned(),
        _ => format!("({days} days old)"),
    }
}

/// The last lines: counts where there are several subjects, the exit code with its name, and where to read more.
fn conclusion(page: &mut Page<'_>, report: &Report) {
    let several = report.subjects.len() > 1;
    if several {
        let counts: Vec<String> = [
            Verdict::Allowed,
            Verdict::Denied,
            Verdict::NoEvidence,
            Verdict::Undecided,
            Verdict::Misconfigured,
        ]
        .into_iter()
        .filter_map(|verdict| {
            let count = report
                .subjects
                .iter()
                .filter(|one| one.verdict == verdict)
                .count();
            (count > 0).then(|| format!("{count} {}", verdict.words()))
        })
        .collect();
        let line = format!("{} subjects: {}", report.subjects.len(), counts.join(", "));
        page.line(0, &[Span::new(Tone::Strong, line)]);
    }
    if several || report.verdict != Verdict::Allowed {
        let (code, words) = (report.exit_code, report.verdict.words());
        let name = exit_name(code);
        let line = if name == words {
            format!("exit code {}: {words}", code.number())
        } else {
            format!("exit code {}: {words} ({name})", code.number())
        };
        page.line(0, &[Span::new(tone_of(report.verdict), line)]);
    }
    let codes = denying_codes(report);
    for code in codes.iter().take(MAX_CODES_OFFERED) {
        page.field(0, "more", &[Span::plain(format!("portcullis explain {code}"))]);
    }
}

/// The codes that decided against something, each once, in the order in which they are shown.
fn denying_codes(report: &Report) -> Vec<Code> {
    let refused = report
        .subjects
        .iter()
        .filter(|one| one.verdict != Verdict::Allowed);
    let about_subjects = refused.flat_map(|one| {
        let candidates = one.candidates.iter().filter(|candidate| !candidate.accepted);
        one.findings
            .iter()
            .chain(candidates.flat_map(|candidate| candidate.findings.iter()))
    });
    let mut codes = Vec::new();
    for found in report.findings.iter().chain(about_subjects) {
        if found.severity == Severity::Deny && !codes.contains(&found.code) {
            codes.push(found.code);
        }
    }
    codes
}
