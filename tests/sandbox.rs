//! The sandbox judged by the Sigstore organisation's own library.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use jiff::Timestamp;
use portcullis::sandbox::bundle::MediaType;
use portcullis::sandbox::instance::sha256_of;
use portcullis::sandbox::tamper::{Tamper, Transplant, apply};
use portcullis::sandbox::{Instance, KeyKind, LogKind, SignOptions, StampOptions};
use serde_json::{Value, json};
use sigstore_trust_root::TrustedRoot;
use sigstore_types::{Bundle, DerPublicKey, HashAlgorithm};
use sigstore_verify::{
    Policy, PublicKeyVerificationPolicy, VerificationPolicy, VerificationResult, Verifier,
};

const EMAIL: &str = "dev@example.com";
const ISSUER: &str = "https://accounts.example.com";
const ARTIFACT: &[u8] = b"an artifact";
const NOW: i64 = 1_760_000_000;

fn instance() -> Instance {
    Instance::new(7, Timestamp::from_second(NOW).unwrap()).unwrap()
}

fn keyless() -> SignOptions {
    SignOptions::keyless(EMAIL, ISSUER)
}

fn verifier(instance: &Instance) -> Verifier {
    let root = instance.trusted_root_json().unwrap().to_string();
    Verifier::new(&TrustedRoot::from_json(&root).unwrap()).unwrap()
}

fn identity_policy() -> VerificationPolicy {
    VerificationPolicy::new(EMAIL, ISSUER)
}

fn verify(
    verifier: &Verifier,
    bundle: &Value,
    policy: &dyn Policy,
) -> Result<VerificationResult, Box<dyn std::error::Error>> {
    let bundle = Bundle::from_json(&bundle.to_string())?;
    Ok(verifier.verify(ARTIFACT, &bundle, policy)?)
}

fn attest(instance: &mut Instance, options: &SignOptions) -> Value {
    let subjects = [("artifact", sha256_of(ARTIFACT))];
    instance
        .attest(
            &subjects,
            "https://slsa.dev/provenance/v1",
            &json!({"a": 1}),
            options,
        )
        .unwrap()
}

/// What is minted in every combination that the formats allow verifies.
#[test]
fn every_shape_verifies() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let logs: [(&[LogKind], usize); 5] = [
        (&[LogKind::V1], 0),
        (&[LogKind::V1], 1),
        (&[LogKind::V2], 1),
        (&[LogKind::V2], 2),
        (&[LogKind::V1, LogKind::V2], 1),
    ];
    let mut failures = Vec::new();
    for media_type in MediaType::ALL {
        for kind in KeyKind::ALL {
            for (logs, stamps) in logs {
                // v0.1 demands a SET; Rekor v2's library support is P-256 only.
                let v2 = logs.contains(&LogKind::V2);
                if (media_type == MediaType::V01 && logs == [LogKind::V2]) || (v2 && kind != KeyKind::P256) {
                    continue;
                }
                let mut options = keyless().media_type(media_type).key_kind(kind).logs(logs);
                options.timestamps = vec![StampOptions::default(); stamps];
                let blob = instance.sign_blob(ARTIFACT, &options).unwrap();
                let attestation = attest(&mut instance, &options);
                for (what, bundle) in [("blob", blob), ("attestation", attestation)] {
                    if let Err(error) = verify(&verifier, &bundle, &identity_policy()) {
                        failures.push(format!(
                            "{media_type:?} {kind:?} {logs:?} {stamps} {what}: {error}"
                        ));
                    }
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn variants_verify() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let intoto = attest(&mut instance, &keyless().logs(&[LogKind::V1Intoto]));
    verify(&verifier, &intoto, &identity_policy()).unwrap();

    let mut witnessed = keyless().rekor_v2();
    witnessed.witness = true;
    let witnessed = instance.sign_blob(ARTIFACT, &witnessed).unwrap();
    verify(&verifier, &witnessed, &identity_policy()).unwrap();

    for hash in [HashAlgorithm::Sha2256, HashAlgorithm::Sha2384] {
        for embed_certificate in [true, false] {
            let mut options = keyless().logs(&[LogKind::V2]);
            options.timestamps = vec![StampOptions {
                at: None,
                hash,
                embed_certificate,
            }];
            let bundle = instance.sign_blob(ARTIFACT, &options).unwrap();
            verify(&verifier, &bundle, &identity_policy()).unwrap();
        }
    }
}

#[test]
fn managed_keys_verify() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    for kind in KeyKind::ALL {
        let key = instance.key("managed", kind).unwrap();
        let policy = PublicKeyVerificationPolicy::new(DerPublicKey::from_bytes(key.public_der()));
        let options = SignOptions::managed(&key, "hint");
        let blob = instance.sign_blob(ARTIFACT, &options).unwrap();
        verify(&verifier, &blob, &policy).unwrap();
        let attestation = attest(&mut instance, &options);
        verify(&verifier, &attestation, &policy).unwrap();

        // Without any log the library wants a timestamp and a policy that says so.
        let blob = instance
            .sign_blob(ARTIFACT, &options.logs(&[]).timestamp())
            .unwrap();
        assert!(verify(&verifier, &blob, &policy).is_err());
        verify(&verifier, &blob, &policy.skip_tlog_unsafe()).unwrap();
    }
}

/// Bundles of every shape, by name.
fn shapes(instance: &mut Instance) -> Vec<(&'static str, Value)> {
    let v01 = keyless().media_type(MediaType::V01);
    let both = keyless().logs(&[LogKind::V1, LogKind::V2]).timestamp();
    let intoto = keyless().logs(&[LogKind::V1Intoto]);
    vec![
        ("blob v0.1", instance.sign_blob(ARTIFACT, &v01).unwrap()),
        ("blob v1", instance.sign_blob(ARTIFACT, &keyless()).unwrap()),
        ("blob v1 stamped", instance.sign_blob(ARTIFACT, &keyless().timestamp()).unwrap()),
        ("blob v2", instance.sign_blob(ARTIFACT, &keyless().rekor_v2()).unwrap()),
        ("blob v1+v2", instance.sign_blob(ARTIFACT, &both).unwrap()),
        ("dsse v0.1", attest(instance, &v01)),
        ("dsse v1", attest(instance, &keyless())),
        ("dsse v1 intoto", attest(instance, &intoto)),
        ("dsse v2", attest(instance, &keyless().rekor_v2())),
    ]
}

#[test]
fn tampered_bundles_are_refused() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let mut accepted = Vec::new();
    for (shape, bundle) in shapes(&mut instance) {
        verify(&verifier, &bundle, &identity_policy()).unwrap();
        for tamper in Tamper::ALL {
            let mut tampered = bundle.clone();
            if apply(&mut tampered, *tamper) && verify(&verifier, &tampered, &identity_policy()).is_ok() {
                accepted.push((tamper.name(), shape));
            }
        }
    }
    accepted.sort();
    println!("{accepted:#?}");
}
