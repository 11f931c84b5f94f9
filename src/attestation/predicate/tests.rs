use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::report::Code;

fn attest_type(name: &str) -> AttestType {
    AttestType::parse(name).unwrap()
}

fn check(name: &str, bytes: &[u8]) -> Result<Checked, Problems> {
    let now = Timestamp::from_second(1_760_000_000).unwrap();
    Checked::check("p.json", bytes, &attest_type(name), 1 << 20, now)
}

fn refusal(name: &str, bytes: &[u8]) -> (Code, String) {
    let finding = check(name, bytes).unwrap_err().findings().remove(0);
    (finding.code, finding.message)
}

const VEX: &str = r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://e.example/1","author":"A","timestamp":"2026-01-31T12:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-1"},"status":"fixed"}]}"#;

#[test]
fn the_predicate_keeps_its_bytes() {
    let written = "\n {\"b\": 1.0,\n\"a\":  1e2, \"\\u0063\": \"é\"} \n";
    let checked = check("https://example.com/p", written.as_bytes()).unwrap();
    assert_eq!(checked.predicate(), written.trim());
    assert_eq!(checked.predicate_type(), "https://example.com/p");
}

#[test]
fn what_cosign_calls_custom_is_a_text_with_a_time() {
    let checked = check("custom", b" [1, \"a\"]\n").unwrap();
    assert_eq!(
        checked.predicate(),
        r#"{"Data":"[1, \"a\"]","Timestamp":"2025-10-09T08:53:20Z"}"#
    );
    let wrapped = br#"{"Data":"x","Timestamp":"2025-10-09T08:53:20Z"}"#;
    assert_eq!(check("custom", wrapped).unwrap().predicate().as_bytes(), wrapped);
}

#[test]
fn a_vex_document_says_its_own_predicate_type() {
    let old = VEX.replace("/ns/v0.2.0", "/ns");
    for (name, text, expected) in [
        ("openvex", VEX, Some("https://openvex.dev/ns/v0.2.0")),
        ("openvex", old.as_str(), Some("https://openvex.dev/ns")),
        (
            "https://openvex.dev/ns",
            old.as_str(),
            Some("https://openvex.dev/ns"),
        ),
        ("https://openvex.dev/ns", VEX, None),
    ] {
        let found = check(name, text.as_bytes()).ok();
        assert_eq!(found.as_ref().map(Checked::predicate_type), expected, "{name}");
    }
}

#[test]
fn files_that_are_no_utf8_text_are_named_for_what_they_are() {
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, expected) in [
        (utf16.as_slice(), "UTF-16"),
        ("\u{feff}{}".as_bytes(), "byte order mark"),
        (b"{\"a\": \"\xff\"}".as_slice(), "byte 7 of the file is not UTF-8"),
        (b"".as_slice(), "not JSON"),
        (b"---\nbomFormat: CycloneDX\n".as_slice(), "YAML"),
    ] {
        let (code, message) = refusal("cyclonedx", bytes);
        assert_eq!(code, Code::PredicateInvalid);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_limit_is_named() {
    let text = format!("\"{}\"", "a".repeat(1 << 20));
    let (code, message) = refusal("custom", text.as_bytes());
    assert_eq!(code, Code::PredicateTooLarge);
    assert!(
        message.contains("1048578 bytes") && message.contains("1048576"),
        "{message}"
    );
}

/// What a statement may nest, its predicate may nest one level less; both limits are met by one document.
#[test]
fn the_deepest_predicate_makes_a_readable_statement() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let deepest = format!("{{\"a\":{}}}", nested(MAX_PREDICATE_DEPTH - 1));
    let deeper = format!("{{\"a\":{}}}", nested(MAX_PREDICATE_DEPTH));
    let statement = |predicate: &str| {
        let head =
            r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{}],"predicateType":"a:b","predicate":"#;
        crate::attestation::Statement::parse(format!("{head}{predicate}}}").as_bytes())
    };
    assert!(check("a:b", deepest.as_bytes()).is_ok() && statement(&deepest).is_ok());
    assert!(check("a:b", deeper.as_bytes()).is_err() && statement(&deeper).is_err());
}

#[test]
fn a_minified_line_and_letters_of_several_bytes_are_survived() {
    let text = VEX
        .replace("\"A\"", "\"Ä\u{1F600}\"")
        .replace("\"fixed\"", "\"föxed\"");
    let problems = check("openvex", text.as_bytes()).unwrap_err();
    assert_eq!(&text[problems.problems()[0].span()], "\"föxed\"");
    assert!(problems.findings()[0].message.starts_with("/statements/0/status"));
}

proptest! {
    /// Whatever becomes of a document, what is said about it points into it.
    #[test]
    fn spans_lie_in_the_file(
        at in 0..VEX.len(), cut in 0..40usize, with in "[\\PC\"{}\\[\\],:\\\\]{0,8}", name in prop::sample::select(AttestType::names().collect::<Vec<_>>()),
    ) {
        let mut text = VEX.to_owned();
        text.replace_range(at..(at + cut).min(VEX.len()), &with);
        if let Err(problems) = check(name, text.as_bytes()) {
            prop_assert!(!problems.problems().is_empty());
            for problem in problems.problems() {
                prop_assert!(text.get(problem.span()).is_some(), "{:?}", problem);
            }
            for finding in problems.findings() {
                prop_assert!(finding.origin.is_none_or(|origin| origin.line >= Some(1)));
            }
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes: Vec<u8>) {
        for name in ["spdx", "cyclonedx", "custom"] {
            let _ = check(name, &bytes).map_err(|problems| problems.findings());
        }
    }
}
