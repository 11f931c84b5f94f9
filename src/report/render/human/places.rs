//! The places that were looked in, and what each gave.

use crate::report::render::page::{Mark, Page, Span, Tone};
use crate::report::{Place, PlaceOutcome, SubjectReport};

/// Most places that are listed one by one without `--verbose`.
const MAX_LISTED: usize = 40;
/// Columns of a place's outcome.
const OUTCOME: usize = 10;
/// Columns of a place's kind.
const KIND: usize = 24;

/// The outcome of a place in a word or two.
fn outcome_words(outcome: &PlaceOutcome) -> String {
    match outcome {
        PlaceOutcome::Found { count } => format!("{count} found"),
        PlaceOutcome::Nothing => "nothing".to_owned(),
        PlaceOutcome::Failed { .. } => "no answer".to_owned(),
    }
}

/// Every place: in one line each where `full`, otherwise all of them in one field.
pub(super) fn render(page: &mut Page<'_>, one: &SubjectReport, full: bool) {
    if full {
        list(page, one, "looked in", &one.places.iter().collect::<Vec<_>>());
    } else if !one.places.is_empty() {
        let last = one.places.len() - 1;
        let spans: Vec<Span> = one
            .places
            .iter()
            .enumerate()
            .map(|(number, place)| compact(place, if number == last { "" } else { ";" }))
            .collect();
        page.field(2, "looked in", &spans);
    } else {
        nowhere(page);
    }
}

/// A place and its outcome in a few words that stay together; with the reason, if it did not answer.
fn compact(place: &Place, end: &str) -> Span {
    let words = format!("{}: {}", place.kind.words(), outcome_words(&place.outcome));
    match &place.outcome {
        PlaceOutcome::Failed { detail, .. } => Span::plain(format!("{words} ({detail}){end}")),
        PlaceOutcome::Found { .. } | PlaceOutcome::Nothing => {
            Span::whole(Tone::Plain, format!("{words}{end}"))
        }
    }
}

/// The places that did not answer, with the reason.
pub(super) fn unanswered(page: &mut Page<'_>, one: &SubjectReport) {
    let failed: Vec<&Place> = one.places.iter().filter(|place| !answers(place)).collect();
    if !failed.is_empty() {
        list(page, one, "did not answer", &failed);
    }
}

/// The places that answered.
pub(super) fn answered(page: &mut Page<'_>, one: &SubjectReport) {
    let answered: Vec<&Place> = one.places.iter().filter(|place| answers(place)).collect();
    let heading = if answered.len() == one.places.len() {
        "looked in"
    } else {
        "answered"
    };
    list(page, one, heading, &answered);
}

fn answers(place: &Place) -> bool {
    !matches!(place.outcome, PlaceOutcome::Failed { .. })
}

fn nowhere(page: &mut Page<'_>) {
    page.field(2, "looked in", &[Span::plain("no place")]);
}

fn list(page: &mut Page<'_>, one: &SubjectReport, heading: &str, places: &[&Place]) {
    page.blank();
    if places.is_empty() {
        if one.places.is_empty() {
            nowhere(page);
        }
        return;
    }
    page.line(2, &[Span::new(Tone::Faint, format!("{heading}:"))]);
    let shown = if page.style.verbose {
        places.len()
    } else {
        MAX_LISTED
    };
    for place in places.iter().take(shown) {
        line(page, one, place);
    }
    if let Some(rest) = places.len().checked_sub(shown).filter(|rest| *rest > 0) {
        page.line(
            4,
            &[Span::plain(format!(
                "and {rest} more places (--verbose lists them)"
            ))],
        );
    }
}

fn line(page: &mut Page<'_>, one: &SubjectReport, place: &Place) {
    let (mark, tone) = match place.outcome {
        PlaceOutcome::Found { .. } => (Mark::Pass, Tone::Plain),
        PlaceOutcome::Nothing => (Mark::Dot, Tone::Plain),
        PlaceOutcome::Failed { .. } => (Mark::Unknown, Tone::Unsure),
    };
    let mut spans = vec![
        page.mark(mark),
        Span::new(tone, format!("{:OUTCOME$}", outcome_words(&place.outcome))),
        Span::plain(format!("{:KIND$}", place.kind.words())),
        Span::plain(&place.location),
    ];
    if let Some(about) = place
        .about
        .as_ref()
        .filter(|about| Some(*about) != one.digest.as_ref())
    {
        spans.push(Span::plain("about"));
        spans.push(Span::plain(about.to_string()));
    }
    page.line(4, &spans);
    if let PlaceOutcome::Failed { detail, .. } = &place.outcome {
        page.line(8, &[Span::plain(detail)]);
    }
    for asked in place.asked.iter().filter(|_| page.style.verbose) {
        page.line(8, &[Span::new(Tone::Faint, asked)]);
    }
}
