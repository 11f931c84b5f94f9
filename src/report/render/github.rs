//! Workflow commands of GitHub Actions: annotations on the run and on the policy line that decided.
//!
//! A command is one line, `::error title=…,file=…,line=…::message`. The runner reads any line of a step's output that
//! begins with `::` as a command, so nothing that an outsider wrote may begin a line.

use std::fmt::Write as _;

use super::notes::{Level, Note, Objections, notes, objections};
use super::{exit_name, text};
use crate::report::{Report, SubjectReport, Verdict};

/// Most annotations of one kind that the service keeps for a step; the rest of the lines are only in the log. The
/// verdicts have to be among those that are kept, so findings beyond the limit are written as plain lines.
const MAX_ANNOTATIONS: usize = 10;
/// Most objections of one rule that its annotation names.
const MAX_NAMED: usize = 10;

/// Renders the report.
pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    let all = notes(report);
    for level in [Level::Error, Level::Warning] {
        let verdicts = report
            .subjects
            .iter()
            .filter(|subject| level_of(subject.verdict) == level)
            .count();
        let room = MAX_ANNOTATIONS.saturating_sub(verdicts.max(1));
        let entries = entries(&all, level);
        for (number, entry) in entries.iter().enumerate() {
            match (entry, number < room) {
                (Entry::One(note), true) => annotation(&mut out, note),
                (Entry::One(note), false) => plain_line(&mut out, note),
                (Entry::Many(many), is_annotated) => {
                    if is_annotated {
                        summary(&mut out, many);
                    }
                    folded(&mut out, many);
                }
            }
        }
    }
    for subject in &report.subjects {
        verdict_of_subject(&mut out, subject);
    }
    verdict_of_run(&mut out, report);
    out
}

/// What gets one annotation: a finding, or all objections of a rule together.
enum Entry<'n, 'r> {
    One(&'n Note<'r>),
    Many(Objections<'n, 'r>),
}

/// The entries of a level: single findings first, so that rules with many objections crowd none of them out.
fn entries<'n, 'r>(all: &'n [Note<'r>], level: Level) -> Vec<Entry<'n, 'r>> {
    let of_level = || all.iter().filter(|note| note.level == level);
    let single = of_level().filter(|note| !note.is_objection()).map(Entry::One);
    let grouped = objections(of_level())
        .into_iter()
        .map(|group| match group.notes.as_slice() {
            [only] => Entry::One(only),
            _ => Entry::Many(group),
        });
    single.chain(grouped).collect()
}

/// The objections of a rule as one annotation, the first of them named.
fn summary(out: &mut String, many: &Objections<'_, '_>) {
    let Some(first) = many.notes.first() else { return };
    let mut lines = vec![many.counted()];
    lines.extend(first.subject_line());
    lines.extend(
        many.notes
            .iter()
            .take(MAX_NAMED)
            .map(|note| Objections::line(note)),
    );
    let left = many.notes.len().saturating_sub(MAX_NAMED);
    if left > 0 {
        lines.push(format!("and {left} more, in the log of this step"));
    }
    lines.extend(many.attested_in());
    lines.extend(
        first
            .finding
            .help
            .as_ref()
            .map(|help| format!("next: {}", text::shown(help))),
    );
    command(out, many.level, &properties(first), &lines);
}

/// The objections of a rule as a part of the log that can be unfolded.
fn folded(out: &mut String, many: &Objections<'_, '_>) {
    let _ = writeln!(out, "::group::{}: {}", many.code, many.counted());
    for note in &many.notes {
        let _ = writeln!(out, "{}: {}", many.code, Objections::line(note));
    }
    let _ = writeln!(out, "::endgroup::");
}

fn command_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

fn level_of(verdict: Verdict) -> Level {
    match verdict {
        Verdict::Allowed => Level::Note,
        Verdict::Denied | Verdict::NoEvidence | Verdict::Undecided | Verdict::Misconfigured => Level::Error,
    }
}

fn annotation(out: &mut String, note: &Note<'_>) {
    command(out, note.level, &properties(note), &note.lines());
}

/// The title, and the place that the annotation is shown at: the policy line that decided, or else the line of an SBOM
/// that is a file. A line of a signed predicate is a line of no file.
fn properties(note: &Note<'_>) -> Vec<(&'static str, String)> {
    let mut properties = vec![("title", format!("portcullis: {}", note.finding.code))];
    let origin = note.finding.origin.as_ref();
    if let Some((origin, line)) = origin.and_then(|origin| Some((origin, origin.line?))) {
        properties.push(("file", origin.source.clone()));
        properties.push(("line", line.to_string()));
        properties.extend(origin.column.map(|column| ("col", column.to_string())));
    } else if let Some(place) = note.finding.sbom.as_ref().filter(|place| !place.attested) {
        properties.push(("file", place.document.clone()));
        properties.push(("line", place.line.to_string()));
        properties.extend(place.column.map(|column| ("col", column.to_string())));
    }
    properties
}

/// A finding as a line of the log that is no command: it begins with its code.
fn plain_line(out: &mut String, note: &Note<'_>) {
    let _ = writeln!(out, "{}: {}", note.finding.code, note.lines().join("; "));
}

fn verdict_of_subject(out: &mut String, subject: &SubjectReport) {
    let mut line = format!("{}: {}", subject.verdict.words(), text::shown(&subject.name));
    let digest = subject.digest.as_ref().map(ToString::to_string);
    if let Some(digest) = digest.filter(|digest| !subject.name.contains(digest)) {
        let _ = write!(line, " {digest}");
    }
    let title = format!("portcullis: {}", subject.verdict.words());
    command(out, level_of(subject.verdict), &[("title", title)], &[line]);
}

/// The verdict of the run, where the subjects' verdicts do not say it already.
fn verdict_of_run(out: &mut String, report: &Report) {
    let [only] = report.subjects.as_slice() else {
        return run_command(out, report);
    };
    if only.verdict != report.verdict {
        run_command(out, report);
    }
}

fn run_command(out: &mut String, report: &Report) {
    let words = report.verdict.words();
    let code = report.exit_code;
    let examined = match report.subjects.len() {
        0 => "nothing was examined".to_owned(),
        1 => "1 subject".to_owned(),
        count => format!("{count} subjects"),
    };
    let line = format!(
        "{words}: {examined}, exit code {} ({})",
        code.number(),
        exit_name(code)
    );
    command(
        out,
        level_of(report.verdict),
        &[("title", format!("portcullis: {words}"))],
        &[line],
    );
}

fn command(out: &mut String, level: Level, properties: &[(&'static str, String)], lines: &[String]) {
    let properties: Vec<String> = properties
        .iter()
        .map(|(name, value)| format!("{name}={}", property(value)))
        .collect();
    let _ = writeln!(
        out,
        "::{} {}::{}",
        command_name(level),
        properties.join(","),
        lines
            .iter()
            .map(|line| data(line))
            .collect::<Vec<_>>()
            .join("%0A")
    );
}

/// Escapes a message. Hidden signs are spelled out first, so the only line breaks are those between our own lines.
fn data(raw: &str) -> String {
    text::visible(raw).replace('%', "%25")
}

/// Escapes a property's value, which ends at a comma or a double colon.
fn property(raw: &str) -> String {
    data(raw).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_cannot_end_itself_or_begin_another() {
        assert_eq!(property("a,line=1::x\n%0A"), "a%2Cline=1%3A%3Ax<U+000A>%250A");
    }

    #[test]
    fn a_message_stays_on_its_line() {
        assert_eq!(
            data("x\r\n::set-output name=y::z 100%"),
            "x<U+000D><U+000A><U+003A>:set-output name=y::z 100%25"
        );
    }
}
