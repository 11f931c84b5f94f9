//! Signed payloads: statements of every size and shape, and things that are none.

use portcullis::report::Code;
use portcullis::sandbox::SignOptions;
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::judge::{anything_by, attestation_by, identity};
use crate::{ARTIFACT, EMAIL, ISSUER, World, assert_answer, keyless};

const IN_TOTO: &str = "application/vnd.in-toto+json";
const TYPE: &str = "https://example.com/t";

/// A statement about these subjects, each the text of a JSON object.
fn statement(subjects: &[String]) -> String {
    format!(
        r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{}],"predicateType":"{TYPE}","predicate":{{"a":1}}}}"#,
        subjects.join(",")
    )
}

fn hex() -> String {
    Digest::sha256(ARTIFACT).to_hex()
}

fn about(digests: &str) -> String {
    statement(&[format!(r#"{{"name":"artifact","digest":{digests}}}"#)])
}

/// Signs each payload and asks whether it is an accepted attestation of the artifact.
#[track_caller]
fn judge_payloads(rows: Vec<(&str, &str, String, Result<(), Code>)>) {
    let mut world = World::new();
    for (what, payload_type, payload, expected) in rows {
        for options in [keyless(), keyless().rekor_v2()] {
            let bundle = sign(&mut world, payload_type, &payload, &options);
            let demand = anything_by(identity(EMAIL, ISSUER));
            assert_answer(what, &world.ask(&bundle, demand), expected);
        }
    }
}

fn sign(world: &mut World, payload_type: &str, payload: &str, options: &SignOptions) -> Value {
    world
        .instance
        .sign_payload(payload_type, payload.as_bytes(), options)
        .unwrap()
}

#[test]
fn a_payload_that_cannot_be_read_proves_nothing() {
    let good = about(&format!(r#"{{"sha256":"{}"}}"#, hex()));
    let malformed = |what, payload: &str| (what, IN_TOTO, payload.to_owned(), Err(Code::PayloadMalformed));
    let replaced = |from: &str, to: &str| {
        assert!(good.contains(from));
        good.replace(from, to)
    };
    judge_payloads(vec![
        ("good", IN_TOTO, good.clone(), Ok(())),
        malformed("empty", ""),
        malformed("garbage", "garbage"),
        malformed("null", "null"),
        malformed("array", "[]"),
        malformed("object", "{}"),
        malformed("cut off", &good[..good.len() - 1]),
        malformed("two documents", &format!("{good}{good}")),
        malformed("byte order mark", &format!("\u{feff}{good}")),
        malformed("no subjects", &statement(&[])),
        malformed("a subject that is no object", &statement(&["1".to_owned()])),
        malformed("a digest that is no text", &about(r#"{"sha256":1}"#)),
        malformed(
            "another statement type",
            &replaced("Statement/v1", "Statement/v9"),
        ),
        malformed("no statement type", &replaced("\"_type\"", "\"type\"")),
        malformed(
            "no predicate type",
            &replaced("\"predicateType\"", "\"predicate_type\""),
        ),
        malformed(
            "a predicate type that is no text",
            &replaced(&format!("\"{TYPE}\""), "[]"),
        ),
        (
            "another payload type",
            "text/plain",
            good.clone(),
            Err(Code::BundleUnsupported),
        ),
    ]);
}

#[test]
fn a_payload_with_a_key_twice_is_refused_whichever_reader_is_right() {
    let hex = hex();
    let other = Digest::sha256(b"another").to_hex();
    let malformed = |what, payload: String| (what, IN_TOTO, payload, Err(Code::PayloadMalformed));
    let good = about(&format!(r#"{{"sha256":"{hex}"}}"#));
    judge_payloads(vec![
        malformed(
            "digest, good last",
            about(&format!(r#"{{"sha256":"{other}","sha256":"{hex}"}}"#)),
        ),
        malformed(
            "digest, good first",
            about(&format!(r#"{{"sha256":"{hex}","sha256":"{other}"}}"#)),
        ),
        malformed(
            "digest, once escaped",
            about(&format!(r#"{{"sha256":"{hex}","sha25\u0036":"{other}"}}"#)),
        ),
        malformed("subject", good.replacen('{', r#"{"subject":[],"#, 1)),
        malformed(
            "predicate type",
            good.replacen('{', r#"{"predicateType":"x","#, 1),
        ),
        malformed("in the predicate", good.replace(r#"{"a":1}"#, r#"{"a":1,"a":2}"#)),
    ]);
}

#[test]
fn the_subjects_digest_is_compared_whole() {
    let hex = hex();
    let other = Digest::sha256(b"another").to_hex();
    let row = |what, digests: String, expected| (what, IN_TOTO, about(&digests), expected);
    judge_payloads(vec![
        row(
            "upper case",
            format!(r#"{{"sha256":"{}"}}"#, hex.to_uppercase()),
            Ok(()),
        ),
        row(
            "another",
            format!(r#"{{"sha256":"{other}"}}"#),
            Err(Code::ArtifactMismatch),
        ),
        row(
            "a prefix",
            format!(r#"{{"sha256":"{}"}}"#, &hex[..62]),
            Err(Code::PayloadMalformed),
        ),
        row(
            "longer",
            format!(r#"{{"sha256":"{hex}00"}}"#),
            Err(Code::PayloadMalformed),
        ),
        row(
            "with the algorithm",
            format!(r#"{{"sha256":"sha256:{hex}"}}"#),
            Err(Code::PayloadMalformed),
        ),
        row(
            "a space",
            format!(r#"{{"sha256":" {hex}"}}"#),
            Err(Code::PayloadMalformed),
        ),
        row(
            "empty",
            r#"{"sha256":""}"#.to_owned(),
            Err(Code::PayloadMalformed),
        ),
        row("no digests", "{}".to_owned(), Err(Code::PayloadMalformed)),
        row(
            "under another algorithm",
            format!(r#"{{"sha3_256":"{hex}"}}"#),
            Err(Code::BundleUnsupported),
        ),
        row(
            "under the algorithm in upper case",
            format!(r#"{{"SHA256":"{hex}"}}"#),
            Err(Code::BundleUnsupported),
        ),
    ]);
}

#[test]
fn of_many_subjects_one_has_to_match_and_there_is_a_limit() {
    let hex = hex();
    let others = |count: usize| -> Vec<String> {
        (0..count)
            .map(|index| format!(r#"{{"name":"{index}","digest":{{"sha256":"{index:064x}"}}}}"#))
            .collect()
    };
    let with = |mut subjects: Vec<String>| {
        subjects.push(format!(r#"{{"name":"artifact","digest":{{"sha256":"{hex}"}}}}"#));
        statement(&subjects)
    };
    let many_digests: Vec<String> = (0..33)
        .map(|index| format!(r#""algorithm{index}":"00""#))
        .collect();
    judge_payloads(vec![
        ("last of three", IN_TOTO, with(others(2)), Ok(())),
        (
            "none of three",
            IN_TOTO,
            statement(&others(3)),
            Err(Code::ArtifactMismatch),
        ),
        ("last of 1024", IN_TOTO, with(others(1023)), Ok(())),
        (
            "last of 1025",
            IN_TOTO,
            with(others(1024)),
            Err(Code::PayloadMalformed),
        ),
        (
            "too many digests",
            IN_TOTO,
            about(&format!(r#"{{"sha256":"{hex}",{}}}"#, many_digests.join(","))),
            Err(Code::PayloadMalformed),
        ),
    ]);
}

#[test]
fn deep_and_wide_predicates_are_bounded() {
    let good = about(&format!(r#"{{"sha256":"{}"}}"#, hex()));
    let with = |predicate: String| good.replace(r#"{"a":1}"#, &predicate);
    judge_payloads(vec![
        (
            "deep",
            IN_TOTO,
            with(format!("{}{}", "[".repeat(90), "]".repeat(90))),
            Ok(()),
        ),
        (
            "too deep",
            IN_TOTO,
            with(format!("{}{}", "[".repeat(200), "]".repeat(200))),
            Err(Code::PayloadMalformed),
        ),
        (
            "wide",
            IN_TOTO,
            with(format!("[{}0]", "0,".repeat(100_000))),
            Ok(()),
        ),
        (
            "a huge number",
            IN_TOTO,
            with("1".repeat(1000)),
            Err(Code::PayloadMalformed),
        ),
        (
            "absent",
            IN_TOTO,
            good.replace(r#","predicate":{"a":1}"#, ""),
            Ok(()),
        ),
    ]);
}

#[test]
fn the_predicate_is_handed_on_byte_for_byte() {
    let mut world = World::new();
    let payload =
        about(&format!(r#"{{"sha256":"{}"}}"#, hex())).replace(r#"{"a":1}"#, "{ \"z\": 1.0,\n\"a\": 1e2 }");
    let bundle = sign(&mut world, IN_TOTO, &payload, &keyless());
    let answer = world.ask(&bundle, attestation_by(identity(EMAIL, ISSUER), TYPE));
    assert_eq!(answer.predicates, ["{ \"z\": 1.0,\n\"a\": 1e2 }"]);
}

/// A type is demanded exactly; the type that counts is the signed one.
#[test]
fn the_demanded_type_is_compared_whole() {
    let mut world = World::new();
    for (signed, demanded, allowed) in [
        (TYPE, TYPE, true),
        (TYPE, "https://example.com/", false),
        (TYPE, "https://example.com/t/", false),
        (TYPE, "any", true),
        ("https://slsa.dev/provenance/v1", "slsa-provenance", true),
        ("https://slsa.dev/provenance/v1.0", "slsa-provenance", false),
        ("HTTPS://slsa.dev/provenance/v1", "slsa-provenance", false),
        ("", "any", true),
    ] {
        let subject = json!([{"name": "artifact", "digest": {"sha256": hex()}}]);
        let payload = json!({
            "_type": "https://in-toto.io/Statement/v1", "subject": subject, "predicateType": signed, "predicate": {},
        });
        let bundle = sign(&mut world, IN_TOTO, &payload.to_string(), &keyless());
        let answer = world.ask(&bundle, attestation_by(identity(EMAIL, ISSUER), demanded));
        assert_eq!(
            answer.is_allowed(),
            allowed,
            "{signed} for {demanded}: {}",
            answer.explain()
        );
        if !allowed {
            assert_eq!(answer.verdict(), portcullis::report::Verdict::NoEvidence);
        }
    }
}
