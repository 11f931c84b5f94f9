//! JUnit XML, in the dialect that CI systems share: one suite for the run, one case for each subject, and one
//! for each rule that objects to what is in it.
//!
//! *Denied* and *no evidence* are failures; *undecided* and *misconfigured* are errors, since nothing was judged.

use std::fmt::Write as _;

use super::notes::{Level, Note, Objections, counted, notes, objections};
use super::{Style, exit_name, human, text};
use crate::report::{Report, SubjectKind, SubjectReport, Verdict};

/// Renders the report.
pub(super) fn render(report: &Report, style: &Style) -> String {
    let style = Style {
        color: false,
        ..*style
    };
    let all = notes(report);
    let mut cases = String::new();
    let mut verdicts: Vec<Verdict> = report.subjects.iter().map(|subject| subject.verdict).collect();
    // A run that was refused as a whole has a case of its own, or a dashboard would show an empty suite as a success.
    let subjects_say_it = report
        .subjects
        .iter()
        .any(|subject| subject.verdict == report.verdict);
    if !subjects_say_it {
        let about_run: Vec<&Note<'_>> = all.iter().filter(|note| note.subject.is_none()).collect();
        let human = human::render(report, &style);
        case(
            &mut cases,
            "run",
            report.command,
            report.verdict,
            &about_run,
            &human,
        );
    }
    for subject in &report.subjects {
        let about: Vec<&Note<'_>> = all
            .iter()
            .filter(|note| note.subject.is_some_and(|other| std::ptr::eq(other, subject)))
            .collect();
        let human = human::subject_text(report, subject, &style);
        case(
            &mut cases,
            kind(subject),
            &subject.name,
            subject.verdict,
            &about,
            &human,
        );
        for group in objections(about) {
            verdicts.push(rule_case(&mut cases, subject, &group));
        }
    }
    if !subjects_say_it {
        verdicts.push(report.verdict);
    }
    let failed = |tag: &str| {
        verdicts
            .iter()
            .filter(|verdict| tag_of(**verdict) == Some(tag))
            .count()
    };
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        verdicts.len(),
        failed("failure"),
        failed("error")
    );
    let name = format!("portcullis {}", report.command);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"{}\" {counts}>", escape(&name));
    let _ = writeln!(
        out,
        "  <testsuite name=\"{}\" {counts} skipped=\"0\" timestamp=\"{}\">",
        escape(&name),
        escape(&report.time.to_string())
    );
    let _ = writeln!(out, "    <properties>");
    let exit_code = format!("{} ({})", report.exit_code.number(), exit_name(report.exit_code));
    for (name, value) in [
        ("version", report.tool.version),
        ("verdict", report.verdict.words()),
        ("exit-code", &exit_code),
    ] {
        let _ = writeln!(
            out,
            "      <property name=\"{name}\" value=\"{}\"/>",
            escape(value)
        );
    }
    let _ = writeln!(out, "    </properties>");
    out.push_str(&cases);
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn kind(subject: &SubjectReport) -> &'static str {
    match subject.kind {
        SubjectKind::File => "file",
        SubjectKind::Directory => "directory",
        SubjectKind::Digest => "digest",
        SubjectKind::Image => "image",
    }
}

/// The element that says that a case did not pass.
fn tag_of(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Allowed => None,
        Verdict::Denied | Verdict::NoEvidence => Some("failure"),
        Verdict::Undecided | Verdict::Misconfigured => Some("error"),
    }
}

fn case(out: &mut String, class: &str, name: &str, verdict: Verdict, about: &[&Note<'_>], human: &str) {
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\">",
        escape(class),
        escape(&text::visible(name))
    );
    if let Some(tag) = tag_of(verdict) {
        let errors: Vec<&&Note<'_>> = about.iter().filter(|note| note.level == Level::Error).collect();
        let first = errors.first().map_or_else(String::new, |note| {
            format!(": {}: {}", note.finding.code, text::shown(&note.finding.message))
        });
        let code = errors.first().map_or("", |note| note.finding.code.name());
        let (objecting, others): (Vec<&Note<'_>>, Vec<&Note<'_>>) = errors
            .iter()
            .map(|note| **note)
            .partition(|note| note.is_objection());
        let mut body: Vec<String> = others.into_iter().map(|note| told(note)).collect();
        if !objecting.is_empty() {
            let counted = counted(objecting.iter().map(|note| note.finding.as_ref()));
            body.push(format!("{counted}: each rule that objects has a case of its own"));
        }
        let _ = writeln!(
            out,
            "      <{tag} type=\"{code}\" message=\"{}\">{}</{tag}>",
            escape(&format!("{}{first}", verdict.words())),
            escape(&body.join("\n"))
        );
    }
    let _ = writeln!(out, "      <system-out>{}</system-out>", escape(human));
    out.push_str("    </testcase>\n");
}

/// A finding in full.
fn told(note: &Note<'_>) -> String {
    format!("{}: {}", note.finding.code, note.lines().join("\n  "))
}

/// What a rule objects to, as a case beside that of its subject.
fn rule_case(out: &mut String, subject: &SubjectReport, group: &Objections<'_, '_>) -> Verdict {
    let _ = writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\">",
        escape(&text::visible(&subject.name)),
        group.code
    );
    let body: Vec<String> = group.notes.iter().map(|note| told(note)).collect();
    let (counted, body) = (escape(&group.counted()), escape(&body.join("\n")));
    let verdict = if group.level == Level::Error {
        let _ = writeln!(
            out,
            "      <failure type=\"{}\" message=\"{counted}\">{body}</failure>",
            group.code
        );
        Verdict::Denied
    } else {
        let _ = writeln!(out, "      <system-out>{counted}\n{body}</system-out>");
        Verdict::Allowed
    };
    out.push_str("    </testcase>\n");
    verdict
}

/// Escapes text for XML 1.0, in content and in attributes. What that version cannot hold even escaped (most controls,
/// surrogate-like non-characters) is spelled out.
fn escape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for sign in raw.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(sign),
            '\u{FFFE}' | '\u{FFFF}' => spell(&mut out, sign),
            sign if text::is_hidden(sign) => spell(&mut out, sign),
            sign => out.push(sign),
        }
    }
    out
}

fn spell(out: &mut String, sign: char) {
    let _ = write!(out, "&lt;U+{:04X}&gt;", u32::from(sign));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_spelled_out() {
        assert_eq!(escape("a<b>&\"'\n]]>"), "a&lt;b&gt;&amp;&quot;&apos;\n]]&gt;");
        assert_eq!(
            escape("\0\u{1b}\u{FFFE}\u{202E}"),
            "&lt;U+0000&gt;&lt;U+001B&gt;&lt;U+FFFE&gt;&lt;U+202E&gt;"
        );
    }
}
