//! Any text in any member: no output breaks, nothing acts, the verdict is always told.

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis::report::{
    CandidateReport, Code, Excerpt, Finding, Format, PlaceOutcome, Report, Style, render, stdout_lines,
};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use crate::samples;

/// Texts that have done harm somewhere, and any others.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<char>(), 0..8).prop_map(String::from_iter),
        "[ -~]{0,40}",
        proptest::sample::select(vec![
            "\n",
            "\r\n",
            "\u{1b}[2J",
            "\u{9b}31m",
            "\u{7}",
            "\0",
            "\u{202E}",
            "\u{2066}",
            "\u{2028}",
            "\u{85}",
            "\u{200B}",
            "\u{FFFE}",
            "\u{E0041}",
            "::error::x",
            "\n::set-output name=a::b",
            " ::stop-commands::t",
            "\u{a0}::notice::x",
            "##[add-mask]x",
            "##vso[task.complete]",
            "%0A",
            "%",
            ",",
            "]]>",
            "<!--",
            "&amp;",
            "\"",
            "'",
            "[x](http://evil.example)",
            "{0}",
            "\\",
            "\t",
            "  ",
        ])
        .prop_map(str::to_owned),
        Just("x".repeat(2000)),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Puts other texts in every member that an outsider can choose.
fn spoil(report: &mut Report, texts: &[String]) {
    let mut at = 0;
    let mut next = || {
        at += 1;
        texts[at % texts.len()].clone()
    };
    for finding in &mut report.findings {
        spoil_finding(finding, &mut next);
    }
    for pin in &mut report.pins {
        (pin.name, pin.rule) = (next(), next());
    }
    if let Some(trust) = &mut report.trust {
        (trust.name, trust.source) = (next(), next());
    }
    if let Some(policy) = &mut report.policy {
        policy.path = next();
    }
    for subject in &mut report.subjects {
        (subject.name, subject.input, subject.platform) = (next(), next(), Some(next()));
        for place in &mut subject.places {
            place.location = next();
            if let PlaceOutcome::Failed { detail, .. } = &mut place.outcome {
                *detail = next();
            }
        }
        for finding in &mut subject.findings {
            spoil_finding(finding, &mut next);
        }
        for candidate in &mut subject.candidates {
            spoil_candidate(candidate, &mut next);
        }
    }
}

fn spoil_candidate(candidate: &mut CandidateReport, next: &mut impl FnMut() -> String) {
    (candidate.location, candidate.format) = (next(), next());
    candidate.predicate_type = Some(next());
    candidate.pins = vec![next()];
    candidate.signed = Some(serde_json::json!({ next(): next() }));
    if let Some(signer) = &mut candidate.signer {
        (signer.identity, signer.issuer) = (next(), Some(next()));
        signer.claims = BTreeMap::from([(next(), next())]);
    }
    for log in &mut candidate.logs {
        (log.log_id, log.entry, log.url) = (next(), next(), Some(next()));
    }
    for finding in &mut candidate.findings {
        spoil_finding(finding, next);
    }
}

fn spoil_finding(finding: &mut Finding, next: &mut impl FnMut() -> String) {
    finding.message = next();
    (finding.found, finding.expected, finding.help) = (Some(next()), Some(next()), Some(next()));
    for part in &mut finding.parts {
        (part.found, part.expected) = (next(), next());
    }
    finding.package = finding.package.as_ref().map(|_| next());
    if let Some(place) = &mut finding.sbom {
        (place.document, place.path, place.version) = (next(), Some(next()), Some(next()));
        (place.reached_by, place.excerpt) = (vec![next(), next()], Some(next()));
    }
    if let Some(accepted) = &mut finding.accepted {
        (accepted.reason, accepted.owner) = (next(), next());
    }
    if let Some(origin) = &mut finding.origin {
        origin.source = next();
        if let Some(Excerpt { text, span }) = &mut origin.excerpt {
            let words = next();
            *span = words.len() / 3..words.len();
            *text = Arc::from(words);
        }
    }
}

/// Whether a sign would act on a terminal or in a log instead of being shown.
fn acts(sign: char) -> bool {
    sign.is_control()
        || "\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}\u{200B}\u{2028}\u{2029}"
            .contains(sign)
}

/// Whether GitHub's runner would look for a command here: its name follows the colons at once.
fn begins_command(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("::") && !line.starts_with(":: ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_in_any_member_breaks_an_output(
        texts in proptest::collection::vec(text(), 1..12),
        which in any::<proptest::sample::Index>(),
        width in 0_usize..200,
        verbose in any::<bool>(),
        unicode in any::<bool>(),
    ) {
        let all = samples::all();
        let (_, mut report) = all[which.index(all.len())].clone();
        spoil(&mut report, &texts);
        let style = Style { color: false, width, verbose, unicode };
        let output = |format| render(&report, format, &style);
        let words = report.verdict.words();

        for format in Format::ALL {
            let text = output(format);
            prop_assert!(text.chars().all(|sign| sign == '\n' || !acts(sign)), "{format}: {text:?}");
            prop_assert!(!text.contains("##[") && !text.contains("##vso["), "{format}: {text}");
        }

        let human = output(Format::Human);
        prop_assert!(human.contains(words), "{human}");
        let commands = human.lines().filter(|line| begins_command(line)).count();
        prop_assert_eq!(commands, 0, "{}", human);

        let github = output(Format::Github);
        prop_assert!(github.contains(words), "{github}");
        for line in github.lines() {
            let ours = ["::error title=portcullis%3A ", "::warning title=portcullis%3A ", "::notice title=portcullis%3A "];
            let begins_group = Code::ALL.iter().any(|code| line.starts_with(&format!("::group::{code}: ")));
            let command = ours.iter().any(|start| line.starts_with(start)) || begins_group || line == "::endgroup::";
            prop_assert!(command || !begins_command(line), "{line}");
        }

        let json: serde_json::Value = serde_json::from_str(&output(Format::Json)).unwrap();
        prop_assert_eq!(&json, &serde_json::to_value(&report).unwrap());

        let sarif: serde_json::Value = serde_json::from_str(&output(Format::Sarif)).unwrap();
        prop_assert_eq!(&sarif["runs"][0]["properties"]["verdict"], &json["verdict"]);

        let junit = output(Format::Junit);
        let document = roxmltree::Document::parse(&junit);
        prop_assert!(document.is_ok(), "{document:?}\n{junit}");
        let verdict = format!("name=\"verdict\" value=\"{words}\"");
        prop_assert!(junit.contains(&verdict), "{junit}");

        if let Some(lines) = stdout_lines(&report) {
            prop_assert_eq!(lines.lines().count(), report.subjects.len());
        }
    }
}
