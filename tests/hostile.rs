//! Input from strangers, made up and spoilt at random: never a panic, never allowed.
//!
//! Bundles that are valid but for a spoilt byte may still be allowed where nothing covers that byte (a hint, an unknown
//! member); then the report has to say the same about who signed, what and when.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "support/judge.rs"]
mod judge;
mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use judge::{Answer, Question, anybody, anything_by, engine, engine_for};
use portcullis::report::{Code, Verdict};
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::sigstore::trust::TrustChoice;
use portcullis::sigstore::{Engine, ParsedBundle, legacy};
use portcullis::subject::{Digest, Subject};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::Case;
use tempfile::TempDir;

const ARTIFACT: &[u8] = b"an artifact";

/// Asks about bundles as bytes.
struct Court {
    engine: Engine,
    digest: Digest,
    folder: TempDir,
}

impl Court {
    fn new(engine: Engine, digest: Digest) -> Self {
        Self {
            engine,
            digest,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn ask(&self, bundle: &[u8]) -> Answer {
        let path = self.folder.path().join("bundle");
        std::fs::write(&path, bundle).unwrap();
        Question::digest(&self.engine, &self.digest, &path, anything_by(anybody())).ask()
    }
}

/// A real bundle, the court that allows it, and its answer.
struct Real {
    court: Court,
    bytes: Vec<u8>,
    intact: Answer,
}

impl Real {
    fn new(name: &str) -> Self {
        let case = Case::named(name);
        let bytes = case.text("bundle.sigstore.json").into_bytes();
        let trust = match case.arguments.iter().any(|argument| argument == "staging") {
            true => TrustChoice::Staging,
            false => TrustChoice::PublicGood,
        };
        let subject = &case.arguments[0];
        let digest = subject
            .parse()
            .unwrap_or_else(|_| Digest::sha256(&std::fs::read(case.folder.join(subject)).unwrap()));
        let court = Court::new(engine_for(&trust), digest);
        let intact = court.ask(&bytes);
        assert!(intact.is_allowed(), "{name}: {}", intact.explain());
        Self { court, bytes, intact }
    }

    /// Whether spoilt bytes are refused, or change nothing that the report says.
    fn withstands(&self, spoilt: &[u8]) -> Result<(), String> {
        let answer = self.court.ask(spoilt);
        if answer.is_allowed() && !answer.says_the_same_as(&self.intact) {
            return Err(answer.explain());
        }
        Ok(())
    }
}

thread_local! {
    /// One of each generation: v0.1 with a chain, v0.3 with a message and a timestamp, an envelope, Rekor v2.
    static REAL: RefCell<Vec<Real>> = RefCell::new(
        ["message-v0.1", "cosign-v3-blob", "npm-provenance-sha512", "rekor-v2-envelope-staging"]
            .into_iter()
            .map(Real::new)
            .collect(),
    );
}

/// A way to spoil bytes. Places are taken modulo the length.
#[derive(Debug, Clone)]
enum Spoil {
    Flip(usize, u8),
    Cut(usize),
    Drop(usize, usize),
    Double(usize, usize),
    Move(usize, usize, usize),
    Insert(usize, Vec<u8>),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let place = || any::<usize>();
    let token = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..5),
        prop::sample::select(vec![
            "\"", "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "\\u0000", "="
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        4 => (place(), 1..=255_u8).prop_map(|(at, bits)| Spoil::Flip(at, bits)),
        1 => place().prop_map(Spoil::Cut),
        1 => (place(), 1..40_usize).prop_map(|(at, count)| Spoil::Drop(at, count)),
        1 => (place(), 1..400_usize).prop_map(|(at, count)| Spoil::Double(at, count)),
        1 => (place(), place(), 1..100_usize).prop_map(|(from, to, count)| Spoil::Move(from, to, count)),
        1 => (place(), token).prop_map(|(at, bytes)| Spoil::Insert(at, bytes)),
    ]
}

impl Spoil {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let length = bytes.len().max(1);
        let range =
            |at: usize, count: usize| (at % length)..(at % length).saturating_add(count).min(bytes.len());
        match self {
            Self::Flip(at, bits) => {
                if let Some(byte) = bytes.get_mut(at % length) {
                    *byte ^= bits;
                }
            }
            Self::Cut(at) => bytes.truncate(at % length),
            Self::Drop(at, count) => {
                bytes.drain(range(*at, *count));
            }
            Self::Double(at, count) => {
                let part = bytes[range(*at, *count)].to_vec();
                let end = range(*at, *count).end;
                bytes.splice(end..end, part);
            }
            Self::Move(from, to, count) => {
                let part: Vec<u8> = bytes.drain(range(*from, *count)).collect();
                let to = to % bytes.len().max(1);
                bytes.splice(to..to, part);
            }
            Self::Insert(at, new) => {
                let at = range(*at, 0).start.min(bytes.len());
                bytes.splice(at..at, new.iter().copied());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn spoilt_bundles_are_refused_or_say_the_same(
        which in 0..4_usize,
        spoils in prop::collection::vec(spoil(), 1..4),
    ) {
        let outcome = REAL.with_borrow(|real| {
            let mut bytes = real[which].bytes.clone();
            spoils.iter().for_each(|spoil| spoil.apply(&mut bytes));
            real[which].withstands(&bytes)
        });
        prop_assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
    }

    #[test]
    fn bytes_that_are_no_bundle_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        REAL.with_borrow(|real| {
            prop_assert!(!real[0].court.ask(&bytes).is_allowed());
            Ok(())
        })?;
    }

    #[test]
    fn json_that_looks_like_a_bundle_is_refused(value in bundle_like()) {
        REAL.with_borrow(|real| {
            prop_assert!(!real[0].court.ask(value.to_string().as_bytes()).is_allowed());
            Ok(())
        })?;
    }
}

/// JSON values of every kind, small.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        prop::sample::select(vec![
            "AAAA",
            "MA==",
            "0",
            "-1",
            "18446744073709551616",
            "hashedrekord",
            "0.0.1"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// A bundle's members with anything in them.
fn bundle_like() -> impl Strategy<Value = Value> {
    let media_type = prop_oneof![
        Just(json!("application/vnd.dev.sigstore.bundle.v0.3+json")),
        Just(json!("application/vnd.dev.sigstore.bundle+json;version=0.1")),
        anything(),
    ];
    let names = [
        "certificate",
        "x509CertificateChain",
        "publicKey",
        "tlogEntries",
        "timestampVerificationData",
    ];
    let material = prop::collection::btree_map(prop::sample::select(names.to_vec()), anything(), 0..4)
        .prop_map(Value::from_iter);
    let content = prop_oneof![
        anything().prop_map(|value| ("messageSignature", value)),
        anything().prop_map(|value| ("dsseEnvelope", value)),
        (anything(), anything()).prop_map(|(digest, signature)| (
            "messageSignature",
            json!({"messageDigest": digest, "signature": signature})
        )),
        (anything(), anything()).prop_map(|(payload, signatures)| (
            "dsseEnvelope",
            json!({"payload": payload, "payloadType": "application/vnd.in-toto+json", "signatures": signatures})
        )),
    ];
    (media_type, material, content).prop_map(|(media_type, material, (name, content))| {
        json!({"mediaType": media_type, "verificationMaterial": material, name: content})
    })
}

#[test]
fn a_key_twice_is_refused_in_every_object_of_every_bundle() {
    REAL.with_borrow(|real| {
        for Real { court, bytes, .. } in real {
            let text = std::str::from_utf8(bytes).unwrap();
            let value: Value = serde_json::from_str(text).unwrap();
            let count = objects(&value);
            assert!(count > 5);
            for which in 0..count {
                let answer = court.ask(with_doubled_key(&value, which).as_bytes());
                assert_eq!(
                    (answer.verdict(), answer.reason()),
                    (Verdict::Denied, Some(Code::DuplicateKey)),
                    "{}",
                    answer.explain()
                );
            }
        }
    });
}

/// How many objects with members a value holds.
fn objects(value: &Value) -> usize {
    match value {
        Value::Object(members) => {
            usize::from(!members.is_empty()) + members.values().map(objects).sum::<usize>()
        }
        Value::Array(items) => items.iter().map(objects).sum(),
        _ => 0,
    }
}

/// The document with the first key of one of its objects written twice.
fn with_doubled_key(value: &Value, which: usize) -> String {
    fn write(value: &Value, countdown: &mut isize, text: &mut String) {
        match value {
            Value::Object(members) => {
                let mut parts = Vec::new();
                if !members.is_empty() {
                    *countdown -= 1;
                }
                if *countdown == -1 {
                    *countdown -= 1;
                    let (name, first) = members.iter().next().unwrap();
                    parts.push(format!("{}:{first}", json!(name)));
                }
                for (name, member) in members {
                    let mut part = format!("{}:", json!(name));
                    write(member, countdown, &mut part);
                    parts.push(part);
                }
                text.push_str(&format!("{{{}}}", parts.join(",")));
            }
            Value::Array(items) => {
                let mut parts = Vec::new();
                for item in items {
                    let mut part = String::new();
                    write(item, countdown, &mut part);
                    parts.push(part);
                }
                text.push_str(&format!("[{}]", parts.join(",")));
            }
            other => text.push_str(&other.to_string()),
        }
    }
    let mut text = String::new();
    write(value, &mut isize::try_from(which).unwrap(), &mut text);
    text
}

#[test]
fn depth_length_and_size_are_bounded() {
    let million = |item: &str| format!("[{}{item}]", format!("{item},").repeat(999_999));
    let template = |content: &str| {
        format!(
            r#"{{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{content},"messageSignature":{{"signature":"AAAA"}}}}"#
        )
    };
    let documents = [
        "[".repeat(1_000_000),
        "{\"a\":".repeat(1_000_000),
        format!("{}{}", "[".repeat(500_000), "]".repeat(500_000)),
        million("0"),
        million("{}"),
        "1".repeat(1_000_000),
        format!("\"{}\"", "\\u0000".repeat(1_000_000)),
        format!("-{}e{}", "9".repeat(1000), "9".repeat(1000)),
        " ".repeat(1_000_000),
        template(&format!(r#"{{"tlogEntries":{}}}"#, million("{}"))),
        template(&format!(
            r#"{{"x509CertificateChain":{{"certificates":{}}}}}"#,
            million(r#"{"rawBytes":""}"#)
        )),
        template(&format!(
            r#"{{"publicKey":{{"hint":""}},"timestampVerificationData":{{"rfc3161Timestamps":{}}}}}"#,
            million(r#"{"signedTimestamp":""}"#)
        )),
        // As many documents as there are lines.
        "{}\n".repeat(100_000),
    ];
    REAL.with_borrow(|real| {
        for document in &documents {
            let start = std::time::Instant::now();
            let answer = real[0].court.ask(document.as_bytes());
            let head = &document[..40.min(document.len())];
            assert!(!answer.is_allowed(), "{head}");
            assert!(
                start.elapsed().as_secs() < 10,
                "{head} took {:?}",
                start.elapsed()
            );
        }
    });
}

thread_local! {
    /// An instance that signs whatever it is given, and the court that trusts it.
    static MINT: RefCell<(Instance, Court)> = RefCell::new({
        let instance = Instance::new(7, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
        let court = Court::new(
            engine(&instance.trusted_root_json().unwrap()),
            Digest::sha256(ARTIFACT),
        );
        (instance, court)
    });
}

/// Members of a statement, each right or replaced by anything.
fn statement_like(hex: String) -> impl Strategy<Value = (bool, Value)> {
    let good_subject = json!([{"name": "a", "digest": {"sha256": hex}}]);
    let subject = prop_oneof![
        Just((true, good_subject)),
        anything().prop_map(|value| (false, value)),
        prop::collection::vec(anything(), 0..3).prop_map(|items| (false, Value::from(items))),
        anything().prop_map(|digest| (false, json!([{"name": "a", "digest": digest}]))),
        prop::collection::btree_map("sha(256|512|1)", ".{0,70}", 0..3)
            .prop_map(|digest| (false, json!([{"digest": digest}]))),
    ];
    let or_anything =
        |good: Value| prop_oneof![3 => Just((true, good)), 1 => anything().prop_map(|value| (false, value))];
    (
        or_anything(json!("https://in-toto.io/Statement/v1")),
        subject,
        or_anything(json!("https://example.com/t")),
        anything(),
    )
        .prop_map(|((type_good, statement_type), (subject_good, subject), (_, predicate_type), predicate)| {
            let good = type_good && subject_good && predicate_type.is_string();
            let statement = json!({
                "_type": statement_type, "subject": subject, "predicateType": predicate_type, "predicate": predicate,
            });
            (good, statement)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Genuinely signed and logged: only a statement about this artifact is allowed.
    #[test]
    fn a_signed_payload_is_allowed_only_if_it_is_a_statement_about_the_artifact(
        (good, statement) in statement_like(Digest::sha256(ARTIFACT).to_hex()),
        garbage in prop::option::weighted(0.2, prop::collection::vec(any::<u8>(), 0..60)),
    ) {
        let good = good && garbage.is_none();
        let payload = garbage.unwrap_or_else(|| statement.to_string().into_bytes());
        let options = SignOptions::keyless("dev@example.com", "https://accounts.example.com");
        MINT.with_borrow_mut(|(instance, court)| {
            let bundle = instance
                .sign_payload("application/vnd.in-toto+json", &payload, &options)
                .unwrap();
            let answer = court.ask(bundle.to_string().as_bytes());
            prop_assert_eq!(answer.is_allowed(), good, "{}", answer.explain());
            Ok(())
        })?;
    }
}

proptest! {
    /// cosign's annotations with anything in them: a bundle or a finding, and nothing that verifies.
    #[test]
    fn annotations_of_the_legacy_forms_are_refused(
        annotations in annotations(),
        envelope in prop_oneof![
            anything().prop_map(|value| value.to_string().into_bytes()),
            prop::collection::vec(any::<u8>(), 0..60),
        ],
    ) {
        let bundles = [legacy::signature(&annotations), legacy::attestation(&envelope, &annotations)];
        REAL.with_borrow(|real| {
            let Court { engine, digest, .. } = &real[0].court;
            for bundle in bundles.into_iter().flatten() {
                let artifact = portcullis::sigstore::Artifact {
                    digest,
                    content: portcullis::sigstore::Content::DigestOnly,
                };
                prop_assert!(engine.verify_certificate(&bundle, artifact).is_err());
            }
            Ok(())
        })?;
    }
}

fn annotations() -> impl Strategy<Value = BTreeMap<String, String>> {
    let names = [
        "dev.cosignproject.cosign/signature",
        "dev.sigstore.cosign/certificate",
        "dev.sigstore.cosign/chain",
        "dev.sigstore.cosign/bundle",
        "dev.sigstore.cosign/rfc3161timestamp",
        "predicateType",
    ];
    let pem = prop::collection::vec(any::<u8>(), 0..60).prop_map(|bytes| {
        let body = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    });
    let rekor = (anything(), anything(), anything(), anything()).prop_map(|(set, body, time, id)| {
        json!({
            "SignedEntryTimestamp": set,
            "Payload": {"body": body, "integratedTime": time, "logIndex": time, "logID": id},
        })
        .to_string()
    });
    let value = prop_oneof![
        ".{0,20}",
        anything().prop_map(|value| value.to_string()),
        pem,
        rekor,
        Just("c2lnbmF0dXJl".to_owned()),
    ];
    prop::collection::btree_map(prop::sample::select(names.to_vec()), value, 0..6).prop_map(|members| {
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    })
}

/// cosign's older bundle of `sign-blob` with anything in it.
#[test]
fn older_blob_bundles_that_are_none_are_refused_by_name() {
    for (document, code) in [
        (json!({"base64Signature": "c2ln"}), None),
        (json!({"base64Signature": "c2ln", "cert": ""}), None),
        (json!({"base64Signature": 1}), Some(Code::BundleMalformed)),
        (json!({"base64Signature": "!"}), Some(Code::BundleMalformed)),
        (
            json!({"base64Signature": "c2ln", "cert": "!"}),
            Some(Code::BundleMalformed),
        ),
        (
            json!({"base64Signature": "c2ln", "cert": "AAAA"}),
            Some(Code::CertificateMalformed),
        ),
        (
            json!({"base64Signature": "c2ln", "rekorBundle": {}}),
            Some(Code::BundleMalformed),
        ),
        (
            json!({"base64Signature": "c2ln", "rekorBundle": {"SignedEntryTimestamp": "", "Payload": {
                "body": "e30=", "integratedTime": 0, "logIndex": -1, "logID": "zz"}}}),
            Some(Code::BundleMalformed),
        ),
    ] {
        let text = document.to_string();
        let parsed = ParsedBundle::parse(text.as_bytes());
        assert_eq!(parsed.as_ref().err().map(|finding| finding.code), code, "{text}");
        REAL.with_borrow(|real| assert!(!real[0].court.ask(text.as_bytes()).is_allowed()));
    }
}

/// The subject of a question that is not asked here, so that every form of it stays in use.
#[test]
fn a_subject_that_cannot_be_read_is_never_allowed() {
    REAL.with_borrow(|real| {
        let Real { court, bytes, .. } = &real[0];
        let bundle = court.folder.path().join("good");
        std::fs::write(&bundle, bytes).unwrap();
        for path in [
            court.folder.path().to_owned(),
            court.folder.path().join("missing"),
        ] {
            let question = Question {
                bundles: vec![bundle.clone()],
                ..Question::new(&court.engine, Subject::File(path), anything_by(anybody()))
            };
            assert_eq!(question.ask().verdict(), Verdict::Undecided);
        }
    });
}
