//! Which kind of key works with which log and content: every combination is signed and verified, and the table in the
//! guide says the same.

use std::fmt::Write as _;

use jiff::Timestamp;
use portcullis::report::Verdict;
use portcullis::sandbox::bundle;
use portcullis::sigstore::keys::{KeyFile, KeyKind, PrivateKey, Signer, public_pem};
use portcullis::sigstore::pin::LogRequirement;
use portcullis::sigstore::sign::{Credential, Form, LogVersion, Need, Verifier, natural_form, plan, works};
use portcullis::subject::{Digest, Subject};
use serde_json::Value;

use crate::instance::{ARTIFACT, EMAIL, ISSUER, World, content};
use crate::judge::{self, Question};

const FORMS: [Form; 2] = [Form::Message, Form::Statement];
const LOGS: [Option<LogVersion>; 3] = [Some(LogVersion::V1), Some(LogVersion::V2), None];

/// Whether `portcullis verify` accepts a bundle for this demand.
fn verdict(world: &World, bundle: &str, pin: portcullis::sigstore::pin::Pin) -> Verdict {
    let folder = tempfile::tempdir().unwrap();
    let (file, path) = (folder.path().join("artifact"), folder.path().join("bundle.json"));
    std::fs::write(&file, ARTIFACT).unwrap();
    std::fs::write(&path, bundle).unwrap();
    let question = Question {
        bundles: vec![path],
        ..Question::new(&world.engine, Subject::File(file), judge::anything_by(pin))
    };
    question.ask().verdict()
}

#[test]
fn what_is_signed_keyless_verifies_and_for_nobody_else() {
    for version in LogVersion::ALL {
        for form in FORMS {
            let world = World::new();
            let made = world.sign(version, form).unwrap();
            let accept =
                |name: &str, issuer: &str| verdict(&world, made.json(), judge::identity(name, issuer));
            assert_eq!(accept(EMAIL, ISSUER), Verdict::Allowed, "{version} {form}");
            assert_eq!(accept("dev@examp1e.com", ISSUER), Verdict::Denied);
            assert_eq!(accept(EMAIL, "https://accounts.examp1e.com"), Verdict::Denied);
            assert_eq!(made.timestamps().count(), 1);
            assert_eq!(made.log_entries(|_, _| None).len(), 1);
            let sizes = made.sizes();
            assert_eq!(sizes.envelope.is_some(), form == Form::Statement);
            assert_eq!(sizes.bundle, made.json().len());
            assert!(sizes.log_entry.unwrap() > 100);
        }
    }
}

#[test]
fn the_canonical_bodies_are_those_that_the_sandbox_mints() {
    use portcullis::sandbox::entry::Verifier as Theirs;
    use portcullis::sandbox::{KeyKind as Kind, rekor_v1, rekor_v2};
    for form in FORMS {
        for version in LogVersion::ALL {
            let world = World::new();
            let made = world.sign(version, form).unwrap();
            let record = made.record();
            let Verifier::Certificate(der) = &record.verifier else {
                panic!("a certificate was asked for");
            };
            let verifier = Theirs::Certificate(der.clone());
            let envelope = record.envelope();
            let (payload, message) = match content(form) {
                portcullis::sigstore::sign::Content::Statement(payload) => {
                    let pae = sigstore_types::pae(bundle::IN_TOTO, &payload);
                    (payload, pae)
                }
                portcullis::sigstore::sign::Content::Message(_) => (Vec::new(), ARTIFACT.to_vec()),
            };
            let sha256 = sigstore_types::HashAlgorithm::Sha2256;
            let expected = match (version, form) {
                (LogVersion::V1, Form::Message) => {
                    rekor_v1::hashedrekord(&message, sha256, &record.signature, &verifier)
                }
                (LogVersion::V1, Form::Statement) => rekor_v1::dsse(
                    envelope.unwrap().as_bytes(),
                    &payload,
                    &record.signature,
                    &verifier,
                ),
                (LogVersion::V2, _) => {
                    rekor_v2::hashedrekord(&message, sha256, &record.signature, &verifier, Kind::P256)
                }
            };
            let bundle: Value = serde_json::from_str(made.json()).unwrap();
            let body = &bundle["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"];
            assert_eq!(
                crate::instance::bytes(body),
                expected.unwrap().body,
                "{version} {form}"
            );
        }
    }
}

/// What the rules let through is signed and verifies; what they forbid is refused before anything is sent.
#[test]
fn every_combination_of_key_log_and_content_is_as_the_table_says() {
    let world = World::new();
    let config = world.config();
    for kind in [
        KeyKind::EcdsaP256,
        KeyKind::EcdsaP384,
        KeyKind::Ed25519,
        KeyKind::Rsa2048,
        KeyKind::Rsa3072,
        KeyKind::Rsa4096,
    ] {
        let key = key(kind);
        let credential = Credential::key(&key, None);
        for log in LOGS {
            for form in FORMS {
                let need = Need {
                    kind,
                    form,
                    certificate: false,
                    log: log.is_some(),
                    version: log,
                };
                let made = plan(&config, need, Timestamp::now())
                    .map_err(Into::into)
                    .and_then(|plan| world.sign_with(&credential, form, plan));
                assert_eq!(
                    made.is_ok(),
                    works(kind, log, form),
                    "{kind} {log:?} {form} {made:?}"
                );
                let Ok(made) = made else { continue };
                let requirement = match log {
                    Some(_) => LogRequirement::Required,
                    None => LogRequirement::MayBeAbsent,
                };
                let pin = judge::key(&public_pem(&key).unwrap(), requirement);
                assert_eq!(
                    verdict(&world, made.json(), pin),
                    Verdict::Allowed,
                    "{kind} {log:?} {form}"
                );
                let other = PrivateKey::generate(kind).unwrap();
                let pin = judge::key(&public_pem(&other).unwrap(), requirement);
                assert_ne!(
                    verdict(&world, made.json(), pin),
                    Verdict::Allowed,
                    "{kind} {log:?} {form}"
                );
            }
        }
    }
}

#[test]
fn a_key_is_named_in_the_bundle_by_its_digest_or_as_somebody_says() {
    let world = World::new();
    let key = PrivateKey::generate(KeyKind::EcdsaP256).unwrap();
    let need = Need {
        kind: KeyKind::EcdsaP256,
        form: Form::Message,
        certificate: false,
        log: true,
        version: None,
    };
    let plan = plan(&world.config(), need, Timestamp::now()).unwrap();
    let digest = Digest::sha256(key.public_key_der());
    let usual = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest.as_bytes());
    for (hint, expected) in [
        (None, usual),
        (Some("release key".to_owned()), "release key".to_owned()),
    ] {
        let credential = Credential::key(&key, hint);
        let made = world.sign_with(&credential, Form::Message, plan.clone()).unwrap();
        let bundle: Value = serde_json::from_str(made.json()).unwrap();
        assert_eq!(bundle["verificationMaterial"]["publicKey"]["hint"], expected);
    }
}

#[test]
fn the_guide_has_the_table() {
    let mut table = String::from(
        "| key | signs a file as | Rekor v1 | Rekor v2 | no log, timestamp only |\n|---|---|---|---|---|\n",
    );
    for kind in KeyKind::ALL {
        let cell = |log| {
            let forms: Vec<&str> = FORMS
                .into_iter()
                .filter(|form| works(kind, log, *form))
                .map(|form| match form {
                    Form::Message => "file",
                    Form::Statement => "statement",
                })
                .collect();
            match forms.is_empty() {
                true => "no".to_owned(),
                false => forms.join(", "),
            }
        };
        let natural = match natural_form(kind) {
            Form::Message => "file",
            Form::Statement => "statement",
        };
        let _ = writeln!(
            table,
            "| {kind} | {natural} | {} | {} | {} |",
            cell(LOGS[0]),
            cell(LOGS[1]),
            cell(LOGS[2])
        );
    }
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/signing.md")).unwrap();
    assert!(
        guide.contains(&table),
        "docs/signing.md should have this table:\n{table}"
    );
}

/// A key of this kind. Large ones take seconds to make, so they come from files.
fn key(kind: KeyKind) -> PrivateKey {
    let file: &[u8] = match kind {
        KeyKind::Rsa3072 => include_bytes!("../../fixtures/keys/private/rsa3072.pkcs8"),
        KeyKind::Rsa4096 => include_bytes!("../../fixtures/keys/private/rsa4096.pkcs8"),
        smaller => return PrivateKey::generate(smaller).unwrap(),
    };
    KeyFile::parse(file).unwrap().open(None).unwrap()
}
