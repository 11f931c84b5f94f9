//! What rules object to in SBOMs: by rule, the first of each in full, the others one line each.

use super::finding::{self, Context};
use crate::report::render::page::{Page, Span, Tone};
use crate::report::{Code, Finding, Severity, SubjectReport};

/// Severities in the order in which findings are told.
pub(super) const ORDER: [Severity; 3] = [Severity::Deny, Severity::Warning, Severity::Info];

/// Objections of one code that are told in full without `--verbose`.
const IN_FULL: usize = 3;
/// Most objections of one code that get a line without `--verbose`.
const MAX_LINES: usize = 10;

/// Whether a finding is told by itself: it neither objects to a package nor counts those that do.
pub(super) fn stands_alone(finding: &Finding) -> bool {
    !finding.is_objection() && finding.code != Code::SbomObjections
}

fn all(one: &SubjectReport) -> impl Iterator<Item = &Finding> {
    one.findings.iter().filter(|finding| finding.is_objection())
}

/// How many there are, how many of them are new: the first thing to know of hundreds. One speaks for itself.
pub(super) fn summary(page: &mut Page<'_>, one: &SubjectReport) {
    if all(one).count() < 2 {
        return;
    }
    for count in one
        .findings
        .iter()
        .filter(|finding| finding.code == Code::SbomObjections)
    {
        page.field(2, "ingredients", &[Span::new(Tone::Strong, &count.message)]);
    }
}

/// Tells the objections of one severity.
pub(super) fn render(page: &mut Page<'_>, one: &SubjectReport, severity: Severity) {
    let mut codes: Vec<(Code, &str)> = Vec::new();
    for finding in all(one).filter(|finding| finding.severity == severity) {
        let key = (finding.code, document(finding));
        if !codes.contains(&key) {
            codes.push(key);
        }
    }
    for key in codes {
        let alike: Vec<&Finding> = all(one)
            .filter(|finding| finding.severity == severity && (finding.code, document(finding)) == key)
            .collect();
        group(page, &alike);
    }
}

fn document(finding: &Finding) -> &str {
    finding.sbom.as_ref().map_or("", |place| &place.document)
}

/// Objections of one code in one document.
fn group(page: &mut Page<'_>, alike: &[&Finding]) {
    let is_known = alike.iter().all(|finding| finding.accepted.is_some());
    let in_full = match alike.len() {
        all if page.style.verbose => all,
        _ if is_known => 0,
        // One line that says that there is one more would take the room of that one.
        few if few <= IN_FULL + 1 => few,
        _ => IN_FULL,
    };
    let (first, rest) = alike.split_at_checked(in_full).unwrap_or((alike, &[]));
    let mut before: Option<&Finding> = None;
    for finding in first {
        page.blank();
        let context = Context {
            identity: None,
            verified: true,
            drawn: before.is_some_and(|before| before.origin == finding.origin),
        };
        finding::in_context(page, 2, finding, context);
        before = Some(finding);
    }
    let Some(next) = rest.first() else { return };
    page.blank();
    let line = if is_known {
        format!("accepted before, {}:", next.code)
    } else {
        format!("{} more of {}:", rest.len(), next.code)
    };
    page.line(4, &[Span::new(Tone::Strong, line)]);
    for finding in rest.iter().take(MAX_LINES) {
        short(page, finding);
    }
    let left = rest.len().saturating_sub(MAX_LINES);
    if left > 0 {
        let line = format!(
            "and {left} more (--verbose tells all of them in full, --format json has them with their places)"
        );
        page.line(6, &[Span::plain(line)]);
    } else {
        page.line(6, &[Span::new(Tone::Faint, "(--verbose tells them in full)")]);
    }
}

/// The package, what was found of it, and where.
fn short(page: &mut Page<'_>, finding: &Finding) {
    let package = finding.package.as_deref().unwrap_or_default();
    let mut spans = vec![Span::plain(package)];
    if let Some(found) = finding
        .found
        .as_deref()
        .filter(|found| *found != package && !found.is_empty())
    {
        spans.push(Span::plain(format!("({found})")));
    }
    if let Some(place) = &finding.sbom {
        let at = place.path.clone().unwrap_or_else(|| place.words());
        spans.push(Span::new(Tone::Faint, at));
    }
    page.line(6, &spans);
}
