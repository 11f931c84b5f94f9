//! The sandbox judged by the Sigstore organisation's own library.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::collections::BTreeSet;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use portcullis::sandbox::bundle::MediaType;
use portcullis::sandbox::ca::{fulcio_extension, raw_fulcio_extension};
use portcullis::sandbox::instance::InstanceKeys;
use portcullis::sandbox::legacy::{self, LegacyLayer};
use portcullis::sandbox::seed::Seed;
use portcullis::sandbox::signing::sha256_of;
use portcullis::sandbox::tamper::{Tamper, Transplant, apply};
use portcullis::sandbox::tsa::TimestampAuthority;
use portcullis::sandbox::tuf::{Hostile, TufOptions};
use portcullis::sandbox::x509::{CODE_SIGNING, TIME_STAMPING};
use portcullis::sandbox::{
    CertificateRequest, Instance, KeyKind, LogKind, Misrecorded, San, SignOptions, StampOptions,
};
use serde_json::{Value, json};
use sigstore_trust_root::TrustedRoot;
use sigstore_tuf::{FileStore, Updater};
use sigstore_types::{Bundle, DerCertificate, DerPublicKey, HashAlgorithm, LogKeyId};
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
    let v1_and_v2 = keyless().logs(&[LogKind::V1, LogKind::V2]).timestamp();
    let v2_and_v1 = keyless().logs(&[LogKind::V2, LogKind::V1]);
    let intoto = keyless().logs(&[LogKind::V1Intoto]);
    let mut blob = |options: &SignOptions| instance.sign_blob(ARTIFACT, options).unwrap();
    let mut shapes = vec![
        ("blob v0.1", blob(&v01)),
        ("blob v0.1 stamped", blob(&v01.clone().timestamp())),
        ("blob v0.2", blob(&keyless().media_type(MediaType::V02))),
        ("blob v1", blob(&keyless())),
        ("blob v1 stamped", blob(&keyless().timestamp())),
        ("blob v2", blob(&keyless().rekor_v2())),
        ("blob v1+v2 stamped", blob(&v1_and_v2)),
        ("blob v2+v1", blob(&v2_and_v1)),
    ];
    shapes.extend([
        ("dsse v0.1", attest(instance, &v01)),
        ("dsse v1", attest(instance, &keyless())),
        ("dsse v1 intoto", attest(instance, &intoto)),
        ("dsse v2", attest(instance, &keyless().rekor_v2())),
    ]);
    shapes
}

/// Applies every mutation to a valid bundle; what the library says differently from what we wrote down.
fn surprises(
    verifier: &Verifier,
    policy: &dyn Policy,
    shape: &str,
    bundle: &Value,
    applied: &mut BTreeSet<Tamper>,
) -> Vec<String> {
    verify(verifier, bundle, policy).unwrap_or_else(|error| panic!("{shape}: {error}"));
    let mut surprises = Vec::new();
    for tamper in Tamper::ALL {
        let mut tampered = bundle.clone();
        if apply(&mut tampered, *tamper) {
            applied.insert(*tamper);
            let accepted = verify(verifier, &tampered, policy).is_ok();
            if accepted != tamper.tolerated_by_library(bundle).is_some() {
                surprises.push(format!("{tamper} on {shape}: accepted is {accepted}"));
            }
        }
    }
    surprises
}

#[test]
fn tampered_bundles_are_refused() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let mut found = Vec::new();
    let mut applied = BTreeSet::new();
    for (shape, bundle) in shapes(&mut instance) {
        found.extend(surprises(
            &verifier,
            &identity_policy(),
            shape,
            &bundle,
            &mut applied,
        ));
    }
    let key = instance.key("managed", KeyKind::P256).unwrap();
    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::from_bytes(key.public_der()));
    let managed = || SignOptions::managed(&key, "hint");
    for (shape, options) in [
        ("managed v1", managed()),
        ("managed v0.1", managed().media_type(MediaType::V01)),
        ("managed v1 stamped", managed().timestamp()),
        ("managed v2", managed().rekor_v2()),
    ] {
        let bundle = instance.sign_blob(ARTIFACT, &options).unwrap();
        found.extend(surprises(&verifier, &policy, shape, &bundle, &mut applied));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    let never: Vec<_> = Tamper::ALL
        .iter()
        .filter(|tamper| !applied.contains(tamper))
        .collect();
    assert!(never.is_empty(), "mutations that no shape knows: {never:?}");
}

#[test]
fn tamper_names_are_unique() {
    let names: BTreeSet<_> = Tamper::ALL.iter().map(|tamper| tamper.name()).collect();
    assert_eq!(names.len(), Tamper::ALL.len());
}

/// Parts of other valid bundles: the same signer with another artifact, another signer with the same artifact.
#[test]
fn transplants_are_refused() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let shapes = shapes(&mut instance);
    let mut accepted = Vec::new();
    for (shape, bundle) in &shapes {
        for (donor_shape, donor) in donors(&mut instance) {
            for transplant in Transplant::ALL {
                let mut grafted = bundle.clone();
                if transplant.apply(&mut grafted, &donor)
                    && verify(&verifier, &grafted, &identity_policy()).is_ok()
                {
                    accepted.push(format!("{} of {donor_shape} in {shape}", transplant.name()));
                }
            }
        }
    }
    assert!(accepted.is_empty(), "{}", accepted.join("\n"));
}

fn donors(instance: &mut Instance) -> Vec<(String, Value)> {
    let other = |email: &str| SignOptions::keyless(email, ISSUER);
    let mut donors = Vec::new();
    for (email, artifact) in [(EMAIL, b"another".as_slice()), ("mallory@example.com", ARTIFACT)] {
        for (log, options) in [("v1", other(email).timestamp()), ("v2", other(email).rekor_v2())] {
            let name = format!("{log} blob by {email}");
            donors.push((name, instance.sign_blob(artifact, &options).unwrap()));
            let subjects = [("artifact", sha256_of(artifact))];
            let attestation = instance
                .attest(&subjects, "https://example.com/t", &json!({}), &options)
                .unwrap();
            donors.push((format!("{log} attestation by {email}"), attestation));
        }
    }
    donors
}

/// Entries that are truly in the log and say something else than the bundle.
#[test]
fn misrecorded_entries_are_refused() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let mut accepted = Vec::new();
    for what in Misrecorded::ALL {
        for (log, stamps) in [
            (LogKind::V1, 0),
            (LogKind::V1, 1),
            (LogKind::V2, 1),
            (LogKind::V1Intoto, 0),
        ] {
            let mut options = keyless().logs(&[log]);
            options.timestamps = vec![StampOptions::default(); stamps];
            options.misrecorded = Some(what);
            let mut bundles = vec![("dsse", attest(&mut instance, &options))];
            if log != LogKind::V1Intoto {
                bundles.push(("blob", instance.sign_blob(ARTIFACT, &options).unwrap()));
            }
            for (content, bundle) in bundles {
                if verify(&verifier, &bundle, &identity_policy()).is_ok() {
                    accepted.push(format!("{what:?} {log:?} {content}"));
                }
            }
        }
    }
    // For intoto 0.0.2 the library compares the keys of the two certificates, not the certificates.
    assert_eq!(accepted, ["Verifier V1Intoto dsse"]);

    let key = instance.key("managed", KeyKind::P256).unwrap();
    let policy = PublicKeyVerificationPolicy::new(DerPublicKey::from_bytes(key.public_der()));
    for what in Misrecorded::ALL {
        let mut options = SignOptions::managed(&key, "hint");
        options.misrecorded = Some(what);
        let bundle = instance.sign_blob(ARTIFACT, &options).unwrap();
        assert!(verify(&verifier, &bundle, &policy).is_err(), "{what:?}");
    }
}

/// Mutations meet files of any shape.
#[test]
fn mutations_leave_strange_json_alone() {
    let strange = [
        json!(null),
        json!([1]),
        json!("x"),
        json!({}),
        json!({"verificationMaterial": 3, "messageSignature": [], "dsseEnvelope": null}),
        json!({"verificationMaterial": {"tlogEntries": {}, "certificate": {"rawBytes": "AAAA"}}}),
        json!({"verificationMaterial": {"tlogEntries": [null], "x509CertificateChain": {"certificates": [1]}}}),
        json!({"verificationMaterial": {"tlogEntries": [{"logIndex": -1.5, "canonicalizedBody": "e30=",
            "inclusionProof": {"hashes": [], "checkpoint": {"envelope": "\n\n\n"}}}]}}),
    ];
    for bundle in &strange {
        for tamper in Tamper::ALL {
            let mut tampered = bundle.clone();
            assert_eq!(
                apply(&mut tampered, *tamper),
                tampered != *bundle,
                "{tamper} on {bundle}"
            );
        }
        for transplant in Transplant::ALL {
            let mut grafted = bundle.clone();
            assert!(!transplant.apply(&mut grafted, bundle));
        }
    }
}

#[test]
fn times_outside_the_certificate_are_refused() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let late = instance.now() + SignedDuration::from_mins(11);
    let mut options = keyless();
    options.integrated_at = Some(late);
    let bundle = instance.sign_blob(ARTIFACT, &options).unwrap();
    assert!(verify(&verifier, &bundle, &identity_policy()).is_err());

    let mut options = keyless().rekor_v2();
    options.timestamps[0].at = Some(late);
    let bundle = instance.sign_blob(ARTIFACT, &options).unwrap();
    assert!(verify(&verifier, &bundle, &identity_policy()).is_err());
}

#[test]
fn strange_certificates_are_judged_by_the_library() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let request = || CertificateRequest::new(San::Email(EMAIL.to_owned()), ISSUER);
    let mut without_sct = request();
    without_sct.scts = 0;
    let mut two_scts = request();
    two_scts.scts = 2;
    let mut server_certificate = request();
    server_certificate.extended_key_usages = vec![TIME_STAMPING];
    let malformed_issuer = {
        let mut request = request();
        request.claims.remove(&8);
        request.extension(raw_fulcio_extension(8, b"\xff").unwrap())
    };
    for (what, request) in [
        ("without SCT", without_sct),
        ("two SCTs", two_scts),
        ("wrong usage", server_certificate),
        ("malformed issuer", malformed_issuer),
    ] {
        let bundle = instance
            .sign_blob(ARTIFACT, &SignOptions::certificate(request))
            .unwrap();
        assert!(verify(&verifier, &bundle, &identity_policy()).is_err(), "{what}");
    }

    // The library sees no otherName, only the first other name, and one of two extensions: our identity layer's business.
    let any = VerificationPolicy::any_identity();
    let names = [
        San::OtherName("dev".to_owned()),
        San::Uri("https://a.example/x".to_owned()),
    ];
    let other_name = CertificateRequest::new(names[0].clone(), ISSUER);
    let bundle = instance
        .sign_blob(ARTIFACT, &SignOptions::certificate(other_name))
        .unwrap();
    assert!(verify(&verifier, &bundle, &any).unwrap().identity().is_none());
    let mut several = request();
    several.sans.extend(names);
    let bundle = instance
        .sign_blob(ARTIFACT, &SignOptions::certificate(several))
        .unwrap();
    assert_eq!(
        verify(&verifier, &bundle, &any)
            .unwrap()
            .identity()
            .unwrap()
            .as_str(),
        EMAIL
    );
    let doubled = request().extension(fulcio_extension(8, "https://evil.example").unwrap());
    let bundle = instance
        .sign_blob(ARTIFACT, &SignOptions::certificate(doubled))
        .unwrap();
    assert_eq!(verify(&verifier, &bundle, &any).unwrap().issuer(), Some(ISSUER));
}

#[test]
fn workflow_claims_arrive() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let request = CertificateRequest::github_workflow(
        "owner/project",
        ".github/workflows/release.yml",
        "refs/tags/v1",
        "0123456789abcdef0123456789abcdef01234567",
    );
    let bundle = instance
        .sign_blob(ARTIFACT, &SignOptions::certificate(request))
        .unwrap();
    let result = verify(&verifier, &bundle, &VerificationPolicy::any_identity()).unwrap();
    let identity = "https://github.com/owner/project/.github/workflows/release.yml@refs/tags/v1";
    assert_eq!(result.identity().unwrap().as_str(), identity);
    let claims = &result.certificate().unwrap().ci_claims;
    assert_eq!(
        claims.source_repository_uri.as_deref(),
        Some("https://github.com/owner/project")
    );
    assert_eq!(
        claims.source_repository_owner_uri.as_deref(),
        Some("https://github.com/owner")
    );
    assert_eq!(claims.source_repository_ref.as_deref(), Some("refs/tags/v1"));
    assert_eq!(
        claims.token_subject.as_deref(),
        Some("repo:owner/project:environment:production")
    );
    assert_eq!(
        claims.deprecated_github.workflow_repository.as_deref(),
        Some("owner/project")
    );
}

/// What our sandbox cannot do is named: the library refuses these on purpose.
#[test]
fn forms_the_library_refuses() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let dsse_v2 = attest(&mut instance, &keyless().logs(&[LogKind::V2Dsse]).timestamp());
    assert!(verify(&verifier, &dsse_v2, &identity_policy()).is_err());
    let mut sha384 = keyless().key_kind(KeyKind::P384);
    sha384.hash = Some(HashAlgorithm::Sha2384);
    let sha384 = instance.sign_blob(ARTIFACT, &sha384).unwrap();
    assert!(verify(&verifier, &sha384, &identity_policy()).is_err());
    let garbage = instance
        .sign_payload("application/vnd.in-toto+json", b"garbage", &keyless())
        .unwrap();
    assert!(verify(&verifier, &garbage, &identity_policy()).is_err());
    let other_type = instance.sign_payload("text/plain", b"{}", &keyless()).unwrap();
    assert!(verify(&verifier, &other_type, &identity_policy()).is_err());
}

#[test]
fn untrusted_timestamp_authorities_are_refused() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let start = instance.now() - SignedDuration::from_hours(24);
    let seed = Seed::new(99);
    let honest = std::mem::replace(
        &mut instance.tsa,
        TimestampAuthority::new(&seed, KeyKind::P256, start).unwrap(),
    );
    let bundle = instance.sign_blob(ARTIFACT, &keyless().rekor_v2()).unwrap();
    assert!(verify(&verifier, &bundle, &identity_policy()).is_err());

    // A trusted authority whose certificate is for something else.
    let wrong_usage =
        TimestampAuthority::with_extended_key_usage(&seed, KeyKind::P256, start, CODE_SIGNING).unwrap();
    instance.tsa = wrong_usage;
    let verifier = self::verifier(&instance);
    let bundle = instance.sign_blob(ARTIFACT, &keyless().rekor_v2()).unwrap();
    assert!(verify(&verifier, &bundle, &identity_policy()).is_err());

    // A server answers requests with the same authority.
    instance.tsa = honest;
    assert!(instance.tsa.answer(b"not a request", instance.now()).is_err());
}

#[test]
fn other_key_kinds_of_the_instance_verify() {
    let now = Timestamp::from_second(NOW).unwrap();
    let keys = InstanceKeys {
        ca: KeyKind::P256,
        rekor_v2: KeyKind::P256,
        tsa: KeyKind::P256,
    };
    let mut instance = Instance::with_keys(8, now, keys).unwrap();
    let verifier = verifier(&instance);
    let bundle = instance.sign_blob(ARTIFACT, &keyless().rekor_v2()).unwrap();
    verify(&verifier, &bundle, &identity_policy()).unwrap();
}

/// cosign's annotations hold what a v0.1 bundle holds.
#[test]
fn legacy_layers_verify_as_bundles() {
    let mut instance = instance();
    let verifier = verifier(&instance);
    let digest = format!("sha256:{}", "a".repeat(64));
    let layer = instance
        .legacy_signature("registry.example/app", &digest, &keyless().timestamp())
        .unwrap();
    let payload: Value = serde_json::from_slice(&layer.payload).unwrap();
    assert_eq!(payload["critical"]["image"]["docker-manifest-digest"], digest);
    let bundle = bundle_from(&layer);
    let bundle = Bundle::from_json(&bundle.to_string()).unwrap();
    verifier
        .verify(layer.payload.as_slice(), &bundle, &identity_policy())
        .unwrap();

    let subjects = [("artifact", sha256_of(ARTIFACT))];
    let layer = instance
        .legacy_attestation(&subjects, "https://example.com/t", &json!({}), &keyless())
        .unwrap();
    assert!(layer.annotations.contains_key("predicateType"));
    let envelope: Value = serde_json::from_slice(&layer.payload).unwrap();
    assert!(envelope["signatures"][0]["sig"].is_string());
}

fn bundle_from(layer: &LegacyLayer) -> Value {
    let annotations = &layer.annotations;
    let pem = format!(
        "{}{}",
        annotations[legacy::CERTIFICATE],
        annotations[legacy::CHAIN]
    );
    let certificates: Vec<_> = pem
        .split_inclusive("-----END CERTIFICATE-----\n")
        .map(|pem| json!({"rawBytes": DerCertificate::from_pem(pem).unwrap().to_base64()}))
        .collect();
    let rekor: Value = serde_json::from_str(&annotations[legacy::BUNDLE]).unwrap();
    let token: Value = serde_json::from_str(&annotations[legacy::TIMESTAMP]).unwrap();
    let payload = &rekor["Payload"];
    let log_id = hex::decode(payload["logID"].as_str().unwrap()).unwrap();
    json!({
        "mediaType": MediaType::V01.as_str(),
        "verificationMaterial": {
            "x509CertificateChain": {"certificates": certificates},
            "tlogEntries": [{
                "logIndex": payload["logIndex"],
                "logId": {"keyId": LogKeyId::from_bytes(&log_id).to_base64()},
                "kindVersion": {"kind": "hashedrekord", "version": "0.0.1"},
                "integratedTime": payload["integratedTime"],
                "inclusionPromise": {"signedEntryTimestamp": rekor["SignedEntryTimestamp"]},
                "canonicalizedBody": payload["body"],
            }],
            "timestampVerificationData": {
                "rfc3161Timestamps": [{"signedTimestamp": token["SignedRFC3161Timestamp"]}],
            },
        },
        "messageSignature": {"signature": annotations[legacy::SIGNATURE]},
    })
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let mint = |seed| {
        let mut instance = Instance::new(seed, Timestamp::from_second(NOW).unwrap()).unwrap();
        let shapes = shapes(&mut instance);
        let rsa = instance
            .sign_blob(ARTIFACT, &keyless().key_kind(KeyKind::Rsa2048))
            .unwrap();
        let repository = instance.tuf_repository(&TufOptions::new(instance.now())).unwrap();
        let root = instance.trusted_root_json().unwrap().to_string();
        (
            format!("{shapes:?}"),
            rsa.to_string(),
            repository.files().clone(),
            root,
        )
    };
    assert_eq!(mint(1), mint(1));
    assert_ne!(mint(1).3, mint(2).3);
}

fn tuf_options() -> TufOptions {
    TufOptions::new(Timestamp::from_second(NOW).unwrap())
}

/// Refreshes a client that knows the metadata of `seen` from the repository that `options` describe, and gets the target.
fn refresh(
    instance: &Instance,
    seen: &TufOptions,
    options: &TufOptions,
) -> Result<Vec<u8>, sigstore_tuf::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let cache = tempfile::tempdir().unwrap();
    runtime.block_on(async {
        updater(instance, seen, cache.path())
            .refresh(seen.now)
            .await
            .unwrap();
        let mut updater = updater(instance, options, cache.path());
        updater.refresh(options.now).await?;
        updater.get_target("trusted_root.json", options.now).await
    })
}

fn updater(instance: &Instance, options: &TufOptions, cache: &Path) -> Updater {
    let repository = instance.tuf_repository(options).unwrap();
    let root = repository.initial_root().unwrap().to_vec();
    Updater::new(repository, &root)
        .unwrap()
        .with_store(FileStore::new(cache))
}

#[test]
fn honest_tuf_repositories_load() {
    let instance = instance();
    let trusted_root = instance.trusted_root_json().unwrap().to_string().into_bytes();
    for key_kind in [KeyKind::Ed25519, KeyKind::P256] {
        for root_version in [1, 4] {
            let seen = TufOptions {
                version: 1,
                key_kind,
                ..tuf_options()
            };
            let options = TufOptions {
                root_version,
                key_kind,
                ..tuf_options()
            };
            assert_eq!(refresh(&instance, &seen, &options).unwrap(), trusted_root);
        }
    }
}

/// A target name that leads out of the cache is not written there.
#[test]
fn target_names_stay_in_the_cache() {
    let instance = instance();
    let options = tuf_options().hostile(Hostile::PathTraversal);
    let outside = tempfile::tempdir().unwrap();
    let cache = outside.path().join("a").join("b");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut updater = updater(&instance, &options, &cache);
        updater.refresh(options.now).await.unwrap();
        let _either = updater.get_target("../../trusted_root.json", options.now).await;
    });
    let names = |folder: &Path| -> Vec<_> {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect()
    };
    assert_eq!(names(outside.path()), ["a"]);
    assert_eq!(names(&outside.path().join("a")), ["b"]);
}

#[test]
fn hostile_tuf_repositories_are_refused() {
    let instance = instance();
    for hostile in Hostile::ALL {
        // Rolled-back metadata has version 1, all else is newer than what the client has seen.
        let seen = TufOptions {
            version: 3,
            ..tuf_options()
        };
        let options = TufOptions {
            version: 4,
            root_version: 2,
            ..tuf_options()
        }
        .hostile(hostile);
        let error = refresh(&instance, &seen, &options).expect_err(&format!("{hostile:?} was accepted"));
        assert!(
            error.to_string().contains(own_reason(hostile)),
            "{hostile:?}: {error}"
        );
    }
}

/// What the library's refusal says, so that none is refused for another reason than its own.
fn own_reason(hostile: Hostile) -> &'static str {
    match hostile {
        Hostile::TimestampRolledBack => "rollback detected for timestamp",
        Hostile::SnapshotRolledBack => "rollback detected for snapshot",
        Hostile::TargetsRolledBack => "rollback detected for targets.json",
        Hostile::RootExpired => "root metadata expired",
        Hostile::TimestampExpired => "timestamp metadata expired",
        Hostile::SnapshotExpired => "snapshot metadata expired",
        Hostile::TargetsExpired => "targets metadata expired",
        Hostile::DuplicateSignatures => "duplicate signature",
        Hostile::BelowThreshold => "1/2 valid signatures",
        Hostile::WrongKey => "role timestamp: 0/2 valid signatures",
        Hostile::ZeroThreshold => "threshold 0",
        Hostile::RootNotSignedByPredecessor => "role root: 0/2 valid signatures",
        Hostile::RootVersionSkipped => "root version must increment by one",
        Hostile::SnapshotMixed => "snapshot.json: length",
        Hostile::WrongTargetHash => "sha256 mismatch",
        Hostile::OversizedTarget => "is longer than",
        Hostile::PathTraversal => "is not listed",
        Hostile::MalformedTimestamp => "JSON",
    }
}
