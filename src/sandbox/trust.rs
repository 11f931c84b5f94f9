//! The trusted root: what verifiers know of an instance.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::keys::PrivateKey;
use super::{Instance, Result, b64, rekor_v1, rekor_v2};

/// The trusted root of `instance`, all of it valid from `start` on.
pub fn trusted_root(instance: &Instance, start: Timestamp) -> Result<Value> {
    let v1 = &instance.rekor_v1;
    let v2 = &instance.rekor_v2;
    Ok(json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "tlogs": [
            log(&format!("https://{}", rekor_v1::HOST), v1.key(), v1.log_id(), start),
            log(&format!("https://{}", rekor_v2::ORIGIN), v2.key(), v2.log_id(), start),
        ],
        "certificateAuthorities": [authority(
            "https://fulcio.sandbox.example", "sandbox", &instance.ca.chain_der()?, start,
        )],
        "ctlogs": [log(
            "https://ctfe.sandbox.example", instance.ct.key(), instance.ct.key().key_id(), start,
        )],
        "timestampAuthorities": [authority(
            "https://timestamp.sandbox.example/api/v1/timestamp",
            "sandbox-tsa-selfsigned",
            &instance.tsa.chain_der()?,
            start,
        )],
    }))
}

/// The trusted root together with the service addresses, as sigstore-python takes it (`ClientTrustConfig`).
pub fn client_trust_config(trusted_root: &Value, start: Timestamp) -> Value {
    let service = |url: &str, version: u32| {
        json!({
            "url": url,
            "majorApiVersion": version,
            "validFor": {"start": start.to_string()},
            "operator": "sandbox.example",
        })
    };
    json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": trusted_root,
        "signingConfig": {
            "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
            "caUrls": [service("https://fulcio.sandbox.example", 1)],
            "oidcUrls": [service("https://oauth2.sandbox.example/auth", 1)],
            "rekorTlogUrls": [
                service(&format!("https://{}", rekor_v2::ORIGIN), 2),
                service(&format!("https://{}", rekor_v1::HOST), 1),
            ],
            "rekorTlogConfig": {"selector": "ANY"},
            "tsaUrls": [service("https://timestamp.sandbox.example/api/v1/timestamp", 1)],
            "tsaConfig": {"selector": "ANY"},
        },
    })
}

fn log(url: &str, key: &PrivateKey, id: [u8; 32], start: Timestamp) -> Value {
    json!({
        "baseUrl": url,
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": b64(key.public_der()),
            "keyDetails": key.kind().key_details(),
            "validFor": {"start": start.to_string()},
        },
        "logId": {"keyId": b64(id)},
    })
}

fn authority(uri: &str, common_name: &str, chain: &[Vec<u8>], start: Timestamp) -> Value {
    let certificates: Vec<_> = chain.iter().map(|der| json!({"rawBytes": b64(der)})).collect();
    json!({
        "subject": {"organization": "sandbox.example", "commonName": common_name},
        "uri": uri,
        "certChain": {"certificates": certificates},
        "validFor": {"start": start.to_string()},
    })
}
