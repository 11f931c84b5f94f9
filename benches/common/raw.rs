//! The signature checks that a bundle needs, and nothing else: no parsing, no hashing of proofs, no decisions.
//!
//! The checks are the bundle's own, with two stand-ins of equal key, scheme and size, because the signed bytes would
//! have to be put together first: the SCT (any P-256 signature) and the timestamp token (the P-384 signature of the
//! timestamp authority's certificate, once more).

use base64::prelude::{BASE64_STANDARD, Engine as _};
use der::{Decode, Encode};
use sigstore_crypto::{KeyAlgorithm, KeyPair, SigningScheme, verify_signature};
use sigstore_trust_root::TrustedRoot;
use sigstore_types::bundle::TransparencyLogEntry;
use sigstore_types::{Bundle, DerPublicKey, SignatureBytes, SignatureContent};
use x509_cert::Certificate;

use super::cases::Case;

/// About the size of the precertificate that an SCT is made over.
const SCT_MESSAGE_BYTES: usize = 1_000;

#[derive(Clone)]
struct Check {
    key: DerPublicKey,
    message: Vec<u8>,
    signature: SignatureBytes,
    scheme: SigningScheme,
}

/// All signature checks of one bundle.
pub struct Checks(Vec<Check>);

impl Checks {
    /// Puts the checks together; each of them has to succeed, and there have to be as many as the bundle needs.
    pub fn of(case: &Case) -> Self {
        let root = TrustedRoot::from_json(case.trusted_root).unwrap();
        let bundle = Bundle::from_json(&case.text()).unwrap();
        let leaf = certificate(bundle.signing_certificate().unwrap().as_bytes());
        let entry = bundle.verification_material.tlog_entries.first().unwrap();
        let log = root
            .rekor_key_for_log(&entry.log_id.key_id)
            .expect("the log is known");
        let fulcio = root
            .certificate_authorities
            .iter()
            .flat_map(|authority| &authority.cert_chain.certificates);
        let mut checks = vec![
            content(&bundle, &leaf, case),
            issued(&leaf, fulcio.map(|cert| cert.raw_bytes.as_bytes())),
            certificate_timestamp(),
            checkpoint(entry, &log),
        ];
        checks.extend(promise(entry, &log));
        let timestamps = &bundle.verification_material.timestamp_verification_data;
        for _ in &timestamps.rfc3161_timestamps {
            let authority = root.timestamp_authorities.first().unwrap();
            let chain: Vec<&[u8]> = authority
                .cert_chain
                .certificates
                .iter()
                .map(|cert| cert.raw_bytes.as_bytes())
                .collect();
            let signer = certificate(chain.first().unwrap());
            let check = issued(&signer, chain.into_iter());
            checks.extend([check.clone(), check]);
        }
        for (scheme, count) in case.checks {
            let found = checks.iter().filter(|check| check.scheme == scheme).count();
            assert_eq!(found, count, "{case}: {}", scheme.name());
        }
        let checks = Self(checks);
        checks.verify();
        checks
    }

    /// Carries every check out.
    pub fn verify(&self) {
        for check in &self.0 {
            verify_signature(&check.key, &check.message, &check.signature, check.scheme).unwrap();
        }
    }
}

fn certificate(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

fn public_key(certificate: &Certificate) -> DerPublicKey {
    let spki = &certificate.tbs_certificate.subject_public_key_info;
    DerPublicKey::new(spki.to_der().unwrap())
}

fn scheme_of(key: &DerPublicKey) -> SigningScheme {
    KeyAlgorithm::from_spki(key).unwrap().default_signing_scheme()
}

/// The signature over the envelope, or over the artifact.
fn content(bundle: &Bundle, leaf: &Certificate, case: &Case) -> Check {
    let key = public_key(leaf);
    let scheme = scheme_of(&key);
    match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) => Check {
            message: envelope.pae(),
            signature: envelope.signature.sig.clone(),
            key,
            scheme,
        },
        SignatureContent::MessageSignature(message) => Check {
            message: case.artifact.to_vec(),
            signature: message.signature.clone(),
            key,
            scheme,
        },
        _ => unreachable!("the bundles hold one or the other"),
    }
}

/// The signature on a certificate, by whichever of `issuers` made it.
fn issued<'a>(certificate: &Certificate, issuers: impl Iterator<Item = &'a [u8]>) -> Check {
    let message = certificate.tbs_certificate.to_der().unwrap();
    let signature = SignatureBytes::from_bytes(certificate.signature.raw_bytes());
    issuers
        .map(|issuer| {
            let key = public_key(&self::certificate(issuer));
            Check {
                scheme: scheme_of(&key),
                message: message.clone(),
                signature: signature.clone(),
                key,
            }
        })
        .find(|check| verify_signature(&check.key, &check.message, &check.signature, check.scheme).is_ok())
        .expect("the trust root holds the issuer")
}

fn certificate_timestamp() -> Check {
    let pair = KeyPair::generate_ecdsa_p256().unwrap();
    let message = vec![0x5a; SCT_MESSAGE_BYTES];
    Check {
        key: pair.public_key_der().unwrap(),
        signature: pair.sign(&message).unwrap(),
        message,
        scheme: SigningScheme::EcdsaP256Sha256,
    }
}

/// The log's own signature on the checkpoint.
fn checkpoint(entry: &TransparencyLogEntry, key: &DerPublicKey) -> Check {
    let proof = entry.inclusion_proof.as_ref().unwrap();
    let checkpoint = proof.checkpoint.checkpoint().unwrap();
    Check {
        scheme: scheme_of(key),
        key: key.clone(),
        message: checkpoint.signed_data().to_vec(),
        signature: checkpoint.signatures().first().unwrap().signature.clone(),
    }
}

/// The signed entry timestamp of Rekor v1, over JSON with sorted keys.
fn promise(entry: &TransparencyLogEntry, key: &DerPublicKey) -> Option<Check> {
    let promise = entry.inclusion_promise.as_ref()?;
    let message = format!(
        r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
        BASE64_STANDARD.encode(entry.canonicalized_body.as_bytes()),
        entry.integrated_time.unwrap().as_second(),
        hex::encode(entry.log_id.key_id.as_bytes()),
        entry.log_index.get(),
    );
    Some(Check {
        scheme: scheme_of(key),
        key: key.clone(),
        message: message.into_bytes(),
        signature: SignatureBytes::from_bytes(promise.signed_entry_timestamp.as_bytes()),
    })
}
