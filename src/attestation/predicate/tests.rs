use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

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

mod binding_of_sboms {
    use super::*;

    fn digest() -> Digest {
        Digest::sha256(b"x")
    }

    fn cyclonedx(component: &str) -> String {
        format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{{"component":{{"type":"container","name":"a",{component}}}}}}}"#
        )
    }

    fn spdx2(package: &str) -> String {
        format!(
            r#"{{"spdxVersion":"SPDX-2.3","dataLicense":"CC0-1.0","SPDXID":"SPDXRef-DOCUMENT","name":"a","documentNamespace":"https://e.example/1",
            "creationInfo":{{"created":"2026-01-31T12:00:00Z","creators":["Tool: t"]}},
            "packages":[{{"SPDXID":"SPDXRef-other","name":"o","downloadLocation":"NOASSERTION","versionInfo":"{other}"}},
            {{"SPDXID":"SPDXRef-root","name":"a","downloadLocation":"NOASSERTION",{package}}}],
            "relationships":[{{"spdxElementId":"SPDXRef-DOCUMENT","relationshipType":"DESCRIBES","relatedSpdxElement":"SPDXRef-root"}}]}}"#,
            other = Digest::sha256(b"other")
        )
    }

    fn spdx3(hash: &str) -> String {
        format!(
            r#"{{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
            {{"type":"SpdxDocument","spdxId":"e:d","rootElement":["e:s"]}},
            {{"type":"software_Sbom","spdxId":"e:s","rootElement":["e:p"]}},
            {{"type":"software_Package","spdxId":"e:p","verifiedUsing":[{{"type":"Hash","algorithm":"sha256","hashValue":"{hash}"}}]}}]}}"#
        )
    }

    #[track_caller]
    fn assert_binding(name: &str, text: &str, digest: &Digest, expected: &str) {
        let checked = check(name, text.as_bytes()).unwrap();
        let found = match checked.binding(std::slice::from_ref(digest)) {
            None => "no SBOM".to_owned(),
            Some(Binding::Bound) => "bound".to_owned(),
            Some(Binding::Unsaid) => "unsaid".to_owned(),
            Some(Binding::Other(others)) => {
                let span = &text[others[0].span.clone()];
                assert!(span.contains(&others[0].digest.to_hex()), "{span}");
                format!("{} others", others.len())
            }
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_root_is_compared_and_nothing_else() {
        let other = Digest::sha256(b"other");
        let hex = |digest: &Digest| digest.to_hex();
        for (digest, expected) in [(&digest(), "bound"), (&Digest::sha256(b"y"), "1 others")] {
            let subject = self::digest();
            let (named, hex) = (&subject, hex(&subject));
            let cases = [
                ("cyclonedx", cyclonedx(&format!(r#""version":"{named}""#))),
                (
                    "cyclonedx",
                    cyclonedx(&format!(
                        r#""hashes":[{{"alg":"SHA-256","content":"{hex}"}},{{"alg":"SHA-512","content":"{hex}{hex}"}}]"#
                    )),
                ),
                (
                    "cyclonedx",
                    cyclonedx(&format!(
                        r#""purl":"pkg:oci/a@sha256%3A{hex}?repository_url=e.example/a""#
                    )),
                ),
                (
                    "spdx",
                    spdx2(&format!(
                        r#""checksums":[{{"algorithm":"SHA256","checksumValue":"{hex}"}}]"#
                    )),
                ),
                ("spdx", spdx2(&format!(r#""versionInfo":"{named}""#))),
                ("spdx", spdx3(&hex)),
            ];
            for (name, text) in cases {
                assert_binding(name, &text, digest, expected);
            }
        }
        // The other package of the SPDX document is not the root, so its digest is nobody's claim about the artifact.
        assert_binding("spdx", &spdx2(r#""versionInfo":"1""#), &other, "unsaid");
    }

    #[test]
    fn a_root_that_names_nothing_to_compare_says_nothing() {
        let sha512 = Digest::of(crate::subject::Algorithm::Sha512, b"x");
        for component in [
            r#""version":"1.0""#.to_owned(),
            r#""purl":"pkg:cargo/a@1.0""#.to_owned(),
            format!(r#""version":"{sha512}""#),
        ] {
            assert_binding("cyclonedx", &cyclonedx(&component), &digest(), "unsaid");
        }
        let unsaid = check("cyclonedx", cyclonedx(r#""version":"1.0""#).as_bytes()).unwrap();
        assert_eq!(
            unsaid.binding_findings(&[digest()])[0].code,
            Code::SbomRootUnbound
        );
        assert_binding("openvex", VEX, &digest(), "no SBOM");
    }

    /// An image is named by its manifest or by its configuration; both are it.
    #[test]
    fn one_digest_that_fits_does_not_excuse_another() {
        let text = cyclonedx(&format!(
            r#""version":"{}","purl":"pkg:oci/a@{}""#,
            digest(),
            Digest::sha256(b"configuration")
        ));
        let checked = check("cyclonedx", text.as_bytes()).unwrap();
        let findings = checked.binding_findings(&[digest()]);
        assert_eq!(findings[0].code, Code::SbomDigestMismatch);
        assert_eq!(
            findings[0].found,
            Some(Digest::sha256(b"configuration").to_string())
        );
        assert!(findings[0].origin.as_ref().unwrap().excerpt.is_some());
        let both = [digest(), Digest::sha256(b"configuration")];
        assert_eq!(checked.binding(&both), Some(Binding::Bound));
    }
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
