//! What a candidate says: who signed, when, where it is logged. Only a claim unless it was verified.

use jiff::Timestamp;

use super::finding::claim_mark;
use crate::report::render::page::{Page, Span, Tone};
use crate::report::{
    CandidateReport, EvidenceKind, LogReference, Report, SignerReport, SubjectReport, TimeSource,
    VerifiedTime,
};

/// Renders what a candidate says. Of one that is not accepted, only what helps to see whose it is.
pub(super) fn render(
    page: &mut Page<'_>,
    indent: usize,
    report: &Report,
    one: &SubjectReport,
    candidate: &CandidateReport,
) {
    if let Some(signer) = &candidate.signer {
        who(page, indent, signer, candidate.verified);
    } else if candidate.kind == EvidenceKind::Unsigned {
        page.field(indent, "signed by", &[Span::plain("nobody")]);
    }
    times(page, indent, candidate);
    if let Some(predicate_type) = &candidate.predicate_type {
        page.field(indent, "type", &claimed(predicate_type, candidate.verified));
    }
    if Some(&candidate.about) != one.digest.as_ref() {
        page.field(indent, "about", &[Span::plain(candidate.about.to_string())]);
    }
    if candidate.accepted || page.style.verbose {
        log(page, indent, candidate);
    }
    pins(page, indent, report, candidate);
    if page.style.verbose {
        details(page, indent, candidate);
    }
}

/// The form in which times are shown to people.
fn time_words(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn who(page: &mut Page<'_>, indent: usize, signer: &SignerReport, verified: bool) {
    let label = if verified { "signed by" } else { "claims to be" };
    let identity = match signer.kind {
        "key" => format!("key {}", signer.identity),
        "email" => format!("{} (e-mail)", signer.identity),
        "other-name" => format!("{} (user name)", signer.identity),
        _ => signer.identity.clone(),
    };
    page.field(indent, label, &claimed(&identity, verified));
    if let Some(issuer) = &signer.issuer {
        page.field(indent, "issuer", &claimed(issuer, verified));
    }
}

fn claimed(value: &str, verified: bool) -> Vec<Span> {
    let mut spans = vec![Span::plain(value)];
    spans.extend(claim_mark(verified));
    spans
}

/// The verified times; that there is none is said only of evidence that was accepted.
fn times(page: &mut Page<'_>, indent: usize, candidate: &CandidateReport) {
    for (number, VerifiedTime { time, source }) in candidate.times.iter().enumerate() {
        let label = if number == 0 { "signed at" } else { "" };
        let voucher = match source {
            TimeSource::Log => "by the transparency log's clock",
            TimeSource::TimestampAuthority => "by a timestamp authority's clock",
        };
        let words = format!("{}, {voucher}", time_words(*time));
        page.field(indent, label, &claimed(&words, candidate.verified));
    }
    if candidate.times.is_empty() && candidate.accepted {
        page.field(
            indent,
            "signed at",
            &[Span::plain("not known: nothing proves a time")],
        );
    }
}

fn log(page: &mut Page<'_>, indent: usize, candidate: &CandidateReport) {
    for (number, entry) in candidate.logs.iter().enumerate() {
        let LogReference {
            log_id,
            index,
            entry,
            url,
        } = entry;
        let label = if number == 0 { "log entry" } else { "" };
        page.field(
            indent,
            label,
            &claimed(&format!("index {index} ({entry})"), candidate.verified),
        );
        if let Some(url) = url {
            page.field(indent, "", &[Span::plain(url)]);
        }
        if page.style.verbose {
            page.field(indent, "", &[Span::new(Tone::Faint, format!("log id {log_id}"))]);
        }
    }
    if candidate.logs.is_empty() && candidate.accepted {
        page.field(
            indent,
            "log entry",
            &[Span::plain("none: the signature is not logged")],
        );
    }
}

/// The pins that accept the signer, each with its rule.
fn pins(page: &mut Page<'_>, indent: usize, report: &Report, candidate: &CandidateReport) {
    for (number, name) in candidate.pins.iter().enumerate() {
        let label = if number == 0 { "accepted by" } else { "" };
        let spans = match report.pins.iter().find(|pin| pin.name == *name) {
            Some(pin) => vec![Span::plain(format!("{name}:")), Span::plain(&pin.rule)],
            None => vec![Span::plain(name)],
        };
        page.field(indent, label, &spans);
    }
}

/// CI claims of the certificate and what else was signed, for `--verbose`.
fn details(page: &mut Page<'_>, indent: usize, candidate: &CandidateReport) {
    for (name, value) in candidate.signer.iter().flat_map(|signer| &signer.claims) {
        let mut spans = vec![Span::plain(format!("{name}:"))];
        spans.extend(claimed(value, candidate.verified));
        page.field(indent, "claim", &spans);
    }
    if let Some(signed) = &candidate.signed {
        page.field(
            indent,
            "signed too",
            &claimed(&signed.to_string(), candidate.verified),
        );
    }
}
