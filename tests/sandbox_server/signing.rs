//! The whole way over HTTP: token, certificate, signature, log, timestamp, bundle; the library verifies the result.

use portcullis::sandbox::bundle::{Content, IN_TOTO, Material, MediaType, assemble, envelope};
use portcullis::sandbox::seed::Seed;
use portcullis::sandbox::server::{GITHUB, GithubRun, Identity, Options, Sandbox};
use portcullis::sandbox::signing::{sha256_of, statement};
use portcullis::sandbox::{KeyKind, PrivateKey};
use serde_json::{Value, json};
use sigstore_trust_root::TrustedRoot;
use sigstore_types::{Bundle, HashAlgorithm};
use sigstore_verify::{VerificationPolicy, Verifier};

use crate::client::{b64, certificates, get, pem, post, send, unb64};

pub(crate) const ARTIFACT: &[u8] = b"an artifact";
pub(crate) const EMAIL: &str = "dev@example.com";

/// A signer with a certificate for `EMAIL`.
pub(crate) struct Signer {
    pub(crate) key: PrivateKey,
    pub(crate) leaf: Vec<u8>,
}

pub(crate) fn signer(sandbox: &Sandbox, kind: KeyKind) -> Signer {
    let key = PrivateKey::derive(&Seed::new(9), "signer", kind).unwrap();
    let token = sandbox.token(&Identity::Email(EMAIL.to_owned())).unwrap();
    let leaf = certificates(sandbox, &token, &key, EMAIL).remove(0);
    Signer { key, leaf }
}

/// The request that logs a signature over `artifact` in Rekor v1.
pub(crate) fn hashedrekord_v1(signer: &Signer, artifact: &[u8]) -> Value {
    let signature = signer.key.sign_with(artifact, HashAlgorithm::Sha2256).unwrap();
    json!({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": {
        "data": {"hash": {"algorithm": "sha256", "value": hex::encode(sha256_of(artifact))}},
        "signature": {
            "content": b64(&signature),
            "publicKey": {"content": b64(pem("CERTIFICATE", &signer.leaf))},
        },
    }})
}

/// The request that logs a signature over a digest in Rekor v2.
pub(crate) fn hashedrekord_v2(signer: &Signer, digest: &[u8], signature: &[u8]) -> Value {
    json!({"hashedRekordRequestV002": {
        "digest": b64(digest),
        "signature": {"content": b64(signature), "verifier": {
            "x509Certificate": {"rawBytes": b64(&signer.leaf)},
            "keyDetails": signer.key.kind().key_details(),
        }},
    }})
}

/// An entry of Rekor v1 as a bundle holds it.
pub(crate) fn bundle_entry(reply: &Value, kind: &str, version: &str) -> Value {
    let entry = reply.as_object().unwrap().values().next().unwrap();
    let proof = &entry["verification"]["inclusionProof"];
    let unhex = |value: &Value| b64(hex::decode(value.as_str().unwrap()).unwrap());
    let hashes: Vec<String> = proof["hashes"].as_array().unwrap().iter().map(unhex).collect();
    json!({
        "logIndex": entry["logIndex"].to_string(),
        "logId": {"keyId": unhex(&entry["logID"])},
        "kindVersion": {"kind": kind, "version": version},
        "integratedTime": entry["integratedTime"].to_string(),
        "inclusionPromise": {"signedEntryTimestamp": entry["verification"]["signedEntryTimestamp"]},
        "inclusionProof": {
            "logIndex": proof["logIndex"].to_string(),
            "rootHash": unhex(&proof["rootHash"]),
            "treeSize": proof["treeSize"].to_string(),
            "hashes": hashes,
            "checkpoint": {"envelope": proof["checkpoint"]},
        },
        "canonicalizedBody": entry["body"],
    })
}

/// A DER encoded timestamp query for a SHA-256 digest, with the certificate asked for.
pub(crate) fn timestamp_query(digest: &[u8; 32]) -> Vec<u8> {
    let mut query =
        hex::decode("3039020101303130 0d060960864801650304020105000420".replace(' ', "")).unwrap();
    query.extend_from_slice(digest);
    query.extend_from_slice(&[1, 1, 0xff]);
    query
}

pub(crate) fn timestamp(sandbox: &Sandbox, signature: &[u8]) -> Vec<u8> {
    let query = timestamp_query(&sha256_of(signature));
    let headers = [("content-type", "application/timestamp-query")];
    let reply = send("POST", &sandbox.urls().tsa, &headers, query).expect(201);
    assert_eq!(reply.header("content-type"), "application/timestamp-reply");
    reply.body
}

#[track_caller]
fn assert_verifies(sandbox: &Sandbox, bundle: &Value, identity: &str, issuer: &str) {
    let root = TrustedRoot::from_json(&sandbox.trusted_root().to_string()).unwrap();
    let verifier = Verifier::new(&root).unwrap();
    let bundle = Bundle::from_json(&bundle.to_string()).unwrap();
    let policy = VerificationPolicy::new(identity, issuer);
    let result = verifier.verify(ARTIFACT, &bundle, &policy);
    assert!(result.is_ok(), "{:?}", result.err());
}

fn put_together(signer: &Signer, entry: &Value, stamps: &[Vec<u8>], content: &Content) -> Value {
    let material = Material::Certificate(signer.leaf.clone());
    let mut bundle = assemble(MediaType::V03, &material, &[], stamps, content);
    bundle["verificationMaterial"]["tlogEntries"] = json!([entry]);
    bundle
}

#[test]
fn a_signature_in_rekor_v1_verifies() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    for kind in [KeyKind::P256, KeyKind::P384] {
        let signer = signer(&sandbox, kind);
        let request = hashedrekord_v1(&signer, ARTIFACT);
        let url = format!("{}/api/v1/log/entries", sandbox.urls().rekor_v1);
        let created = post(&url, &request).expect(201);
        let content = Content::Message {
            digest: Some((HashAlgorithm::Sha2256, sha256_of(ARTIFACT).to_vec())),
            signature: unb64(&request["spec"]["signature"]["content"]),
        };
        let entry = bundle_entry(&created.json(), "hashedrekord", "0.0.1");
        let bundle = put_together(&signer, &entry, &[], &content);
        assert_verifies(&sandbox, &bundle, EMAIL, &sandbox.urls().oidc);

        // Read back, the entry has a proof under a newer checkpoint.
        let again = get(&format!(
            "{}{}",
            sandbox.urls().rekor_v1,
            created.header("location")
        ))
        .expect(200);
        let entry = bundle_entry(&again.json(), "hashedrekord", "0.0.1");
        let bundle = put_together(&signer, &entry, &[], &content);
        assert_verifies(&sandbox, &bundle, EMAIL, &sandbox.urls().oidc);
    }
}

#[test]
fn a_signature_in_rekor_v2_with_a_timestamp_verifies() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let signer = signer(&sandbox, KeyKind::P256);
    let signature = signer.key.sign(ARTIFACT).unwrap();
    let request = hashedrekord_v2(&signer, &sha256_of(ARTIFACT), &signature);
    let url = format!("{}/api/v2/log/entries", sandbox.urls().rekor_v2);
    let entry = post(&url, &request).expect(201).json();
    let content = Content::Message {
        digest: Some((HashAlgorithm::Sha2256, sha256_of(ARTIFACT).to_vec())),
        signature: signature.clone(),
    };
    let bundle = put_together(&signer, &entry, &[timestamp(&sandbox, &signature)], &content);
    assert_verifies(&sandbox, &bundle, EMAIL, &sandbox.urls().oidc);
}

#[test]
fn an_attestation_by_a_workflow_verifies_in_both_logs() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let key = PrivateKey::derive(&Seed::new(9), "workflow", KeyKind::P256).unwrap();
    let run = Identity::Github(GithubRun::new("owner/project"));
    let token = sandbox.token(&run).unwrap();
    let challenge = "repo:owner/project:ref:refs/heads/main";
    let leaf = certificates(&sandbox, &token, &key, challenge).remove(0);
    let signer = Signer { key, leaf };
    let workflow = "https://github.com/owner/project/.github/workflows/release.yml@refs/heads/main";

    let statement = statement(
        &[("artifact", sha256_of(ARTIFACT))],
        "https://example.com/t",
        &json!({}),
    );
    let payload = statement.to_string().into_bytes();
    let pae = sigstore_types::pae(IN_TOTO, &payload);
    let signature = signer.key.sign(&pae).unwrap();
    let envelope = envelope(IN_TOTO, &payload, &signature);
    let content = Content::Envelope(envelope.clone());

    let request = json!({"apiVersion": "0.0.1", "kind": "dsse", "spec": {"proposedContent": {
        "envelope": envelope.to_string(),
        "verifiers": [b64(pem("CERTIFICATE", &signer.leaf))],
    }}});
    let url = format!("{}/api/v1/log/entries", sandbox.urls().rekor_v1);
    let entry = bundle_entry(&post(&url, &request).expect(201).json(), "dsse", "0.0.1");
    let bundle = put_together(&signer, &entry, &[], &content);
    assert_verifies(&sandbox, &bundle, workflow, GITHUB);

    let stamp = timestamp(&sandbox, &signature);
    let url = format!("{}/api/v2/log/entries", sandbox.urls().rekor_v2);
    let by_digest = hashedrekord_v2(&signer, &sha256_of(&pae), &signature);
    let whole = json!({"dsseRequestV002": {
        "envelope": envelope,
        "verifiers": [by_digest["hashedRekordRequestV002"]["signature"]["verifier"]],
    }});
    let entry = post(&url, &by_digest).expect(201).json();
    let bundle = put_together(&signer, &entry, &[stamp], &content);
    assert_verifies(&sandbox, &bundle, workflow, GITHUB);

    // The library does not read this kind, which the public instance does not take any more.
    let entry = post(&url, &whole).expect(201).json();
    assert_eq!(entry["kindVersion"], json!({"kind": "dsse", "version": "0.0.2"}));
}
