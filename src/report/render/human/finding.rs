//! One finding for people: what was found, what was expected, where that was written, one next step.

use unicode_width::UnicodeWidthStr;

use super::snippet;
use crate::report::render::page::{Mark, Page, Span, Tone};
use crate::report::render::text;
use crate::report::{Finding, Origin, PartDifference, SbomPlace, Severity};

/// What the reader has been told before a finding of a candidate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'c> {
    /// The signer's identity, which stands above and need not be repeated as what was found.
    pub(super) identity: Option<&'c str>,
    /// Whether the candidate verified; otherwise what was found in it is only a claim.
    pub(super) verified: bool,
    /// Whether the line that decided is drawn above already.
    pub(super) drawn: bool,
}

/// Renders a finding about the run or a subject.
pub(super) fn render(page: &mut Page<'_>, indent: usize, finding: &Finding) {
    let context = Context {
        identity: None,
        verified: true,
        drawn: false,
    };
    in_context(page, indent, finding, context);
}

/// Renders a finding about a candidate.
pub(super) fn in_context(page: &mut Page<'_>, indent: usize, finding: &Finding, context: Context<'_>) {
    let (mark, tone) = match finding.severity {
        Severity::Deny => (Mark::Fail, Tone::Bad),
        Severity::Warning => (Mark::Warn, Tone::Unsure),
        Severity::Info => (Mark::Dot, Tone::Strong),
    };
    page.line(
        indent,
        &[
            page.mark(mark),
            Span::new(tone, format!("{}:", finding.code)),
            Span::plain(&finding.message),
        ],
    );
    let inner = indent + 4;
    if !finding.parts.is_empty() {
        parts(page, inner, &finding.parts, context.verified);
    }
    // A look-alike is repeated with its signs spelled out.
    let told =
        |found: &str| !finding.parts.is_empty() || (context.identity == Some(found) && found.is_ascii());
    if let Some(found) = finding.found.as_ref().filter(|found| !told(found)) {
        let mut spans = vec![Span::plain(beside(found, finding.expected.as_deref()))];
        spans.extend(claim_mark(context.verified));
        page.field(inner, "found", &spans);
    }
    if let Some(place) = &finding.sbom {
        in_sbom(page, inner, place);
    }
    let drawing = finding
        .origin
        .as_ref()
        .filter(|_| !context.drawn)
        .and_then(|origin| snippet::draw(page.style, origin));
    // Side by side above and underlined below: a third time would only be longer.
    let said = !finding.parts.is_empty() && drawing.is_some();
    if let Some(expected) = finding.expected.as_ref().filter(|_| !said) {
        page.field(
            inner,
            "expected",
            &[Span::plain(beside(expected, finding.found.as_deref()))],
        );
    }
    if let Some(origin) = &finding.origin {
        written_in(page, inner, origin);
    }
    if let Some(drawing) = drawing {
        page.block(inner, &drawing);
    }
    if let Some(accepted) = &finding.accepted {
        page.field(inner, "accepted", &[Span::plain(accepted.words())]);
    } else if let Some(help) = &finding.help {
        page.field(inner, "next", &[Span::plain(help)]);
    }
}

/// Stands behind every value that nothing vouches for.
pub(super) fn claim_mark(verified: bool) -> Option<Span> {
    (!verified).then(|| Span::whole(Tone::Unsure, "(not verified)"))
}

/// A value that stands beside another: where the two differ, signs beyond ASCII are spelled out, since the difference
/// may be invisible.
fn beside(value: &str, other: Option<&str>) -> String {
    match other {
        Some(other) if other != value => text::told_apart(value),
        _ => value.to_owned(),
    }
}

/// Where in the SBOM the offender stands, and how it came into the artifact.
fn in_sbom(page: &mut Page<'_>, indent: usize, place: &SbomPlace) {
    page.field(indent, "in the SBOM", &[Span::plain(place.words())]);
    if let Some(excerpt) = &place.excerpt {
        page.field(indent, "", &[Span::new(Tone::Faint, excerpt)]);
    }
    if let Some(way) = place.way() {
        page.field(indent, "reached by", &[Span::plain(way)]);
    }
    match place.others {
        0 => {}
        1 => page.field(indent, "", &[Span::plain("and once more for this package")]),
        others => page.field(
            indent,
            "",
            &[Span::plain(format!("and {others} times more for this package"))],
        ),
    }
}

/// Where an expectation was written, in the form that terminals and editors make clickable.
fn written_in(page: &mut Page<'_>, indent: usize, origin: &Origin) {
    match (origin.line, origin.column) {
        (Some(line), Some(column)) => {
            page.field(
                indent,
                "written in",
                &[Span::plain(format!("{}:{line}:{column}", origin.source))],
            );
        }
        (Some(line), None) => {
            page.field(
                indent,
                "written in",
                &[Span::plain(format!("{}:{line}", origin.source))],
            );
        }
        _ => page.field(indent, "given by", &[Span::plain(&origin.source)]),
    }
}

/// The table of parts, found beside expected; below each other where the page is too narrow.
fn parts(page: &mut Page<'_>, indent: usize, parts: &[PartDifference], verified: bool) {
    let found_head = if verified {
        "found"
    } else {
        "claimed (not verified)"
    };
    let rows: Vec<[String; 3]> = parts
        .iter()
        .map(|part| {
            let cell = |value: &str| {
                if part.same {
                    text::visible(value)
                } else {
                    text::told_apart(value)
                }
            };
            [part.part.to_owned(), cell(&part.found), cell(&part.expected)]
        })
        .collect();
    let widest = |column: fn(&[String; 3]) -> &String, head: &str| {
        rows.iter()
            .map(|row| column(row).width())
            .max()
            .unwrap_or(0)
            .max(head.width())
    };
    let names = widest(|row| &row[0], "");
    let found = widest(|row| &row[1], found_head);
    let expected = widest(|row| &row[2], "expected");
    let fits = indent + 2 + names + 2 + found + 2 + expected <= page.style.width;
    if fits {
        let pad =
            |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.width())));
        let head = format!("{}  {}  expected", " ".repeat(names + 2), pad(found_head, found));
        page.line(indent, &[Span::new(Tone::Faint, head)]);
        for (part, [name, is, should]) in parts.iter().zip(&rows) {
            let tone = if part.same { Tone::Plain } else { Tone::Bad };
            let line = format!("{}  {}  {should}", pad(name, names), pad(is, found));
            page.line(indent, &[difference_mark(page, part), Span::new(tone, line)]);
        }
    } else {
        for (part, [name, is, should]) in parts.iter().zip(&rows) {
            let name = Span::new(Tone::Strong, name);
            if part.same {
                page.line(
                    indent,
                    &[
                        difference_mark(page, part),
                        name,
                        Span::plain(format!("{is} (as expected)")),
                    ],
                );
            } else {
                page.line(
                    indent,
                    &[difference_mark(page, part), name, Span::plain("differs")],
                );
                page.field(indent + 2, "found", &[Span::new(Tone::Bad, is)]);
                page.field(indent + 2, "expected", &[Span::plain(should)]);
            }
        }
    }
}

fn difference_mark(page: &Page<'_>, part: &PartDifference) -> Span {
    if part.same {
        Span::plain(" ")
    } else {
        page.mark(Mark::Differs)
    }
}
