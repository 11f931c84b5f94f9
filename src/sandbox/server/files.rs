//! The files that clients start from: trusted root, signing configuration, both together, a token, the first TUF root.

use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::options::Urls;

/// The signing configuration (v0.2) with the sandbox's addresses.
pub(super) fn signing_config(urls: &Urls, start: Timestamp) -> Value {
    let service = |url: &str, version: u32| {
        json!({
            "url": url,
            "majorApiVersion": version,
            "validFor": {"start": start.to_string()},
            "operator": "sandbox.example",
        })
    };
    json!({
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        "caUrls": [service(&urls.fulcio, 1)],
        "oidcUrls": [service(&urls.oidc, 1)],
        "rekorTlogUrls": [service(&urls.rekor_v2, 2), service(&urls.rekor_v1, 1)],
        "rekorTlogConfig": {"selector": "ANY"},
        "tsaUrls": [service(&urls.tsa, 1)],
        "tsaConfig": {"selector": "ANY"},
    })
}

/// The same with only the logs of one API version.
pub(super) fn with_log_version(config: &Value, version: u32) -> Value {
    let mut config = config.clone();
    if let Some(logs) = config.get_mut("rekorTlogUrls").and_then(Value::as_array_mut) {
        logs.retain(|log| log.get("majorApiVersion") == Some(&json!(version)));
    }
    config
}

/// Trusted root and signing configuration in one, as sigstore-python takes them.
pub(super) fn client_trust_config(trusted_root: &Value, signing_config: &Value) -> Value {
    json!({
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": trusted_root,
        "signingConfig": signing_config,
    })
}

/// Writes a file whole or not at all.
pub(super) fn write(dir: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let part = dir.join(format!("{name}.part"));
    std::fs::write(&part, bytes)?;
    std::fs::rename(part, dir.join(name))
}
