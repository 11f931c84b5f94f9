//! Writes minted bundles and repositories to a folder, for other projects' verifiers to judge (`tests/judge/run.sh`).
//!
//! Does nothing unless `PORTCULLIS_SANDBOX_EXPORT` names the folder.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use portcullis::sandbox::signing::sha256_of;
use portcullis::sandbox::tamper::{Tamper, apply};
use portcullis::sandbox::tuf::{Hostile, TufOptions};
use portcullis::sandbox::{
    CertificateRequest, Instance, KeyKind, LogKind, MediaType, San, SignOptions, StampOptions,
};
use serde_json::{Value, json};
use sigstore_trust_root::TrustedRoot;
use sigstore_types::{Bundle, HashAlgorithm};
use sigstore_verify::{VerificationPolicy, Verifier};

const EMAIL: &str = "dev@example.com";
const ISSUER: &str = "https://accounts.example.com";
const ARTIFACT: &[u8] = b"an artifact";

/// A bundle with what a verifier must be told.
struct Minted {
    name: &'static str,
    identity: &'static str,
    issuer: &'static str,
    bundle: Value,
}

#[test]
fn export() {
    let Some(folder) = std::env::var_os("PORTCULLIS_SANDBOX_EXPORT").map(PathBuf::from) else {
        return;
    };
    // Other verifiers have their own clock, so here the instance is as of now.
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap() - SignedDuration::from_hours(1);
    let mut instance = Instance::new(7, now).unwrap();
    let trusted_root = instance.trusted_root_json().unwrap();
    write(&folder, "artifact", ARTIFACT);
    write(&folder, "trusted_root.json", trusted_root.to_string().as_bytes());
    let config = instance.client_trust_config_json().unwrap();
    write(&folder, "trust-config.json", config.to_string().as_bytes());

    let verifier = Verifier::new(&TrustedRoot::from_json(&trusted_root.to_string()).unwrap()).unwrap();
    let mut cases = Vec::new();
    for minted in mint(&mut instance) {
        let name = format!("{}.json", minted.name);
        write(&folder, &name, minted.bundle.to_string().as_bytes());
        cases.push(case(&name, &minted, None));
        for tamper in Tamper::ALL {
            let mut bundle = minted.bundle.clone();
            // What the library accepts is no forgery, and others may see it either way.
            if apply(&mut bundle, *tamper) && refused(&verifier, &bundle) {
                let name = format!("{}-{tamper}.json", minted.name);
                write(&folder, &name, bundle.to_string().as_bytes());
                cases.push(case(&name, &minted, Some(*tamper)));
            }
        }
    }
    write(&folder, "cases.json", Value::from(cases).to_string().as_bytes());
    export_tuf(&folder, &instance);
}

fn refused(verifier: &Verifier, bundle: &Value) -> bool {
    let policy = VerificationPolicy::any_identity();
    match Bundle::from_json(&bundle.to_string()) {
        Ok(bundle) => verifier.verify(ARTIFACT, &bundle, &policy).is_err(),
        Err(_) => true,
    }
}

fn case(file: &str, minted: &Minted, tamper: Option<Tamper>) -> Value {
    json!({
        "file": file,
        "identity": minted.identity,
        "issuer": minted.issuer,
        "dsse": minted.bundle.get("dsseEnvelope").is_some(),
        "tamper": tamper.map(Tamper::name),
    })
}

/// Every shape that sigstore-python supports: one log entry, ECDSA.
fn mint(instance: &mut Instance) -> Vec<Minted> {
    let keyless = || SignOptions::keyless(EMAIL, ISSUER);
    let mut witnessed = keyless().rekor_v2();
    witnessed.witness = true;
    let mut other_stamp = keyless().logs(&[LogKind::V2]);
    other_stamp.timestamps = vec![StampOptions {
        at: None,
        hash: HashAlgorithm::Sha2384,
        embed_certificate: false,
    }];
    let mut without_digest = keyless();
    without_digest.message_digest = false;
    let workflow = "https://github.com/owner/project/.github/workflows/release.yml@refs/tags/v1";
    let workflow_issuer = "https://token.actions.githubusercontent.com";
    let workflow_request = CertificateRequest::github_workflow(
        "owner/project",
        ".github/workflows/release.yml",
        "refs/tags/v1",
        "0123456789abcdef0123456789abcdef01234567",
    );
    let other_name = CertificateRequest::new(San::OtherName("dev!example.com".to_owned()), ISSUER);

    let mut blob = |name, options: SignOptions| Minted {
        name,
        identity: EMAIL,
        issuer: ISSUER,
        bundle: instance.sign_blob(ARTIFACT, &options).unwrap(),
    };
    let mut minted = vec![
        blob("blob-v01", keyless().media_type(MediaType::V01)),
        blob("blob-v02", keyless().media_type(MediaType::V02)),
        blob("blob-v1", keyless()),
        blob(
            "blob-v03-parameter",
            keyless().media_type(MediaType::V03Parameter),
        ),
        blob("blob-v1-stamped", keyless().timestamp()),
        blob("blob-v1-p384", keyless().key_kind(KeyKind::P384)),
        blob("blob-v1-without-digest", without_digest),
        blob("blob-v2", keyless().rekor_v2()),
        blob("blob-v2-witnessed", witnessed),
        blob("blob-v2-other-stamp", other_stamp),
        Minted {
            identity: workflow,
            issuer: workflow_issuer,
            ..blob("blob-workflow", SignOptions::certificate(workflow_request))
        },
        Minted {
            // sigstore-python compares the name with its DER tag and length, on real Fulcio certificates too.
            identity: "\u{c}\u{f}dev!example.com",
            ..blob("blob-other-name", SignOptions::certificate(other_name))
        },
    ];
    for (name, options) in [("dsse-v1", keyless()), ("dsse-v2", keyless().rekor_v2())] {
        let subjects = [("artifact", sha256_of(ARTIFACT))];
        let bundle = instance
            .attest(&subjects, "https://example.com/t", &json!({}), &options)
            .unwrap();
        minted.push(Minted {
            name,
            identity: EMAIL,
            issuer: ISSUER,
            bundle,
        });
    }
    minted
}

/// A folder for every kind of repository: what the client has seen before, and what it meets now.
fn export_tuf(folder: &Path, instance: &Instance) {
    let now = instance.now();
    let variants = Hostile::ALL.map(Some).into_iter().chain([None]);
    for hostile in variants {
        let name = hostile.map_or("honest".to_owned(), |hostile| format!("{hostile:?}"));
        let seen = TufOptions {
            version: 3,
            ..TufOptions::new(now)
        };
        let met = TufOptions {
            version: 4,
            root_version: 2,
            hostile,
            ..TufOptions::new(now)
        };
        for (when, options) in [("seen", seen), ("met", met)] {
            let repository = instance.tuf_repository(&options).unwrap();
            let folder = folder.join("tuf").join(&name).join(when);
            for (file, bytes) in repository.files() {
                // The name that leads out of the folder is the attack; here it stays inside.
                write(&folder, &file.replace("..", "dotdot"), bytes);
            }
        }
    }
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
