//! Which kinds of keys go together with which forms of a subject, for keys of the signer's own and for certificates.

use portcullis::report::Code;
use portcullis::sandbox::{KeyKind, SignOptions};
use portcullis::sigstore::pin::{LogRequirement, Pin};
use portcullis::subject::{Algorithm, Digest, Subject};
use serde_json::Value;
use sigstore_types::HashAlgorithm;

use crate::judge::{self, anything_by, identity, signature_by};
use crate::{ARTIFACT, EMAIL, ISSUER, World, assert_answer, keyless};

/// The forms in which an artifact can be named; standard input is tested with the program.
const FORMS: [&str; 4] = ["file", "sha256", "sha384", "sha512"];

fn subject(world: &World, form: &str) -> Subject {
    let digest = |algorithm| Subject::Digest(Digest::of(algorithm, ARTIFACT));
    match form {
        "sha256" => digest(Algorithm::Sha256),
        "sha384" => digest(Algorithm::Sha384),
        "sha512" => digest(Algorithm::Sha512),
        _ => world.artifact(),
    }
}

fn key_pin(world: &World, kind: KeyKind) -> Pin {
    let key = world.instance.key("managed", kind).unwrap();
    judge::key(&key.public_pem().unwrap(), LogRequirement::Required)
}

/// What each form of the subject comes to, in the order of [`FORMS`].
type Row = (KeyKind, Option<HashAlgorithm>, [Result<(), Code>; 4]);

/// The subject's form is not enough: a finding of its own, not a riddle.
const FORM: Result<(), Code> = Err(Code::ArtifactFormUnsupported);

/// Message signatures. The log records SHA-256 whatever the signature is over, so that digest or the file is needed; pure
/// Ed25519 is over the bytes, so the file is.
const MESSAGES: [Row; 8] = [
    (KeyKind::P256, None, [Ok(()), Ok(()), FORM, FORM]),
    (
        KeyKind::P256,
        Some(HashAlgorithm::Sha2256),
        [Ok(()), Ok(()), FORM, FORM],
    ),
    (KeyKind::P384, None, [Ok(()), Ok(()), FORM, FORM]),
    // The entry holds another digest than SHA-256, which the library does not take for the artifact's.
    (
        KeyKind::P384,
        Some(HashAlgorithm::Sha2384),
        [Err(Code::UnsupportedLogEntry), FORM, FORM, FORM],
    ),
    (KeyKind::Ed25519, None, [Ok(()), FORM, FORM, FORM]),
    (KeyKind::Rsa2048, None, [Ok(()), Ok(()), FORM, FORM]),
    (
        KeyKind::Rsa2048,
        Some(HashAlgorithm::Sha2512),
        [Err(Code::UnsupportedLogEntry), FORM, FORM, FORM],
    ),
    (
        KeyKind::P256,
        Some(HashAlgorithm::Sha2384),
        [Err(Code::UnsupportedLogEntry), FORM, FORM, FORM],
    ),
];

#[test]
fn message_signatures_by_key_type_and_form_of_the_subject() {
    let mut world = World::new();
    for (kind, hash, expected) in MESSAGES {
        let key = world.instance.key("managed", kind).unwrap();
        let mut by_key = SignOptions::managed(&key, "hint");
        by_key.hash = hash;
        let mut by_certificate = keyless().key_kind(kind);
        by_certificate.hash = hash;
        let by_key = world.sign(&by_key);
        let by_certificate = world.sign(&by_certificate);
        for (form, expected) in FORMS.into_iter().zip(expected) {
            for (how, bundle, pin) in [
                ("key", &by_key, key_pin(&world, kind)),
                ("certificate", &by_certificate, identity(EMAIL, ISSUER)),
            ] {
                let answer = world.ask_about(subject(&world, form), &[bundle], signature_by(pin));
                assert_answer(&format!("{kind:?} {hash:?} {how} {form}"), &answer, expected);
            }
        }
    }
}

/// Statements name digests, so the kind of key does not matter: the digest has to be one that the statement has.
#[test]
fn statements_by_key_type_and_form_of_the_subject() {
    let mut world = World::new();
    for kind in KeyKind::ALL {
        let key = world.instance.key("managed", kind).unwrap();
        for (algorithm, expected) in [
            (Algorithm::Sha256, [Ok(()), Ok(()), FORM, FORM]),
            (Algorithm::Sha512, [Ok(()), FORM, FORM, Ok(())]),
        ] {
            let payload = statement_naming(&[algorithm]);
            let options = SignOptions::managed(&key, "hint");
            let bundle = sign_payload(&mut world, &payload, &options);
            for (form, expected) in FORMS.into_iter().zip(expected) {
                let demand = anything_by(key_pin(&world, kind));
                let answer = world.ask_about(subject(&world, form), &[&bundle], demand);
                assert_answer(&format!("{kind:?} {algorithm:?} {form}"), &answer, expected);
            }
        }
    }
}

#[test]
fn one_matching_digest_of_a_statement_is_enough_and_none_may_differ() {
    let mut world = World::new();
    let bundle = sign_payload(
        &mut world,
        &statement_naming(&[Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512]),
        &keyless(),
    );
    for (form, expected) in FORMS.into_iter().zip([Ok(()), Ok(()), FORM, Ok(())]) {
        let demand = anything_by(identity(EMAIL, ISSUER));
        let answer = world.ask_about(subject(&world, form), &[&bundle], demand);
        assert_answer(form, &answer, expected);
    }
}

fn statement_naming(algorithms: &[Algorithm]) -> String {
    let digests: serde_json::Map<String, Value> = algorithms
        .iter()
        .map(|algorithm| {
            let hex = Digest::of(*algorithm, ARTIFACT).to_hex();
            (algorithm.name().to_owned(), hex.into())
        })
        .collect();
    serde_json::json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "artifact", "digest": digests}],
        "predicateType": "https://example.com/t",
        "predicate": {},
    })
    .to_string()
}

fn sign_payload(world: &mut World, payload: &str, options: &SignOptions) -> Value {
    world
        .instance
        .sign_payload("application/vnd.in-toto+json", payload.as_bytes(), options)
        .unwrap()
}

/// A key's signature may be in no log where its pin says so; a log entry that is there still has to verify.
#[test]
fn a_key_without_log_tolerates_absence_and_nothing_else() {
    let mut world = World::new();
    let key = world.instance.key("managed", KeyKind::P256).unwrap();
    let pin = |log| signature_by(judge::key(&key.public_pem().unwrap(), log));
    let (strict, relaxed) = (LogRequirement::Required, LogRequirement::MayBeAbsent);
    let mut bad_entry = world.sign(&SignOptions::managed(&key, "hint"));
    let body = "/verificationMaterial/tlogEntries/0/inclusionPromise/signedEntryTimestamp";
    *bad_entry.pointer_mut(body).unwrap() = "AAAA".into();
    let unlogged = world.sign(&SignOptions::managed(&key, "hint").logs(&[]));
    let stamped = world.sign(&SignOptions::managed(&key, "hint").logs(&[]).timestamp());
    for (what, bundle, log, expected) in [
        ("unlogged, strict", &unlogged, strict, Err(Code::LogEntryMissing)),
        ("stamped, strict", &stamped, strict, Err(Code::LogEntryMissing)),
        // The library verifies no signature without any evidence of its time, not even a key's.
        ("unlogged, relaxed", &unlogged, relaxed, Err(Code::NoVerifiedTime)),
        ("stamped, relaxed", &stamped, relaxed, Ok(())),
        ("bad entry, relaxed", &bad_entry, relaxed, Err(Code::SetInvalid)),
    ] {
        let answer = world.ask(bundle, pin(log));
        assert_answer(what, &answer, expected);
        if expected.is_ok() {
            assert!(
                answer.codes().contains(&Code::KeyWithoutLog),
                "{what} has to be spelled out"
            );
        }
    }
    // Only the key is relaxed: a certificate without a log entry is refused all the same.
    let certificate = world.sign(&keyless().logs(&[]).timestamp());
    let answer = world.ask(&certificate, signature_by(identity(EMAIL, ISSUER)));
    assert_answer("certificate", &answer, Err(Code::LogEntryMissing));
}
