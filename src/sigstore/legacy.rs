//! cosign's older forms, turned into v0.1 bundles so that one path verifies everything.
//!
//! - `.sig`: a layer with the simple-signing payload; signature, certificate, chain and Rekor bundle are annotations.
//! - `.att`: a layer with the DSSE envelope; certificate, chain and Rekor bundle are annotations.
//! - the bundle of `cosign sign-blob --bundle` before Sigstore bundles: `base64Signature`, `cert`, `rekorBundle`.
//!
//! See cosign's `specs/SIGNATURE_SPEC.md`. What is put together here is a claim like any other bundle.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::bundle::{ParsedBundle, unsupported_log_entry};
use crate::report::{Code, Finding};
use crate::strict_json;

/// Annotation with the base64 signature.
pub(crate) const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// Annotation with the PEM certificate.
pub(crate) const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
/// Annotation with the PEM certificates above it.
pub(crate) const CHAIN: &str = "dev.sigstore.cosign/chain";
/// Annotation with Rekor's promise.
pub(crate) const REKOR_BUNDLE: &str = "dev.sigstore.cosign/bundle";
/// Annotation with an RFC 3161 timestamp.
pub(crate) const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

const PEM_BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const PEM_END: &str = "-----END CERTIFICATE-----";

const BUNDLE_V0_3: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const BUNDLE_V0_1: &str = "application/vnd.dev.sigstore.bundle+json;version=0.1";
/// Most bytes of one annotation that is parsed; a Rekor entry of a large attestation is the longest.
const MAX_ANNOTATION_BYTES: usize = 8 << 20;
/// Most levels of nesting in an annotation or a log entry's body.
const MAX_ANNOTATION_DEPTH: usize = 16;

/// What a log keeps of a signature, as cosign stores it (`SignedEntryTimestamp` and the entry).
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RekorBundle {
    signed_entry_timestamp: String,
    payload: RekorPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RekorPayload {
    body: String,
    integrated_time: i64,
    log_index: i64,
    #[serde(rename = "logID")]
    log_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BlobBundle {
    base64_signature: String,
    #[serde(default)]
    cert: Option<String>,
    #[serde(default)]
    rekor_bundle: Option<RekorBundle>,
}

/// Whether a kind of log entry binds the signature, so that the verification library accepts it.
pub(super) fn is_supported_entry(kind: &str, version: &str) -> bool {
    matches!(
        (kind, version),
        ("hashedrekord", "0.0.1" | "0.0.2") | ("dsse", "0.0.1") | ("intoto", "0.0.2")
    )
}

/// Turns a `.sig` layer's annotations into a bundle over its payload.
pub fn signature(annotations: &BTreeMap<String, String>) -> Result<ParsedBundle, Finding> {
    let Some(signature) = annotations.get(SIGNATURE) else {
        return Err(malformed(format!("the layer has no {SIGNATURE} annotation")));
    };
    let material = material(annotations)?;
    let value = json!({
        "mediaType": media_type(&material),
        "verificationMaterial": material,
        "messageSignature": { "signature": signature },
    });
    ParsedBundle::from_value(&value, "cosign legacy signature")
}

/// Turns a `.att` layer, its envelope and its annotations, into a bundle.
pub fn attestation(envelope: &[u8], annotations: &BTreeMap<String, String>) -> Result<ParsedBundle, Finding> {
    let envelope = strict_value(envelope, super::bundle::MAX_BUNDLE_BYTES, "the envelope")?;
    let material = material(annotations)?;
    let value = json!({
        "mediaType": media_type(&material),
        "verificationMaterial": material,
        "dsseEnvelope": envelope,
    });
    ParsedBundle::from_value(&value, "cosign legacy attestation")
}

/// The certificate in a layer's annotations, in DER: for showing what a layer claims that makes no bundle.
pub fn claimed_certificate(annotations: &BTreeMap<String, String>) -> Option<Vec<u8>> {
    let pem = annotations.get(CERTIFICATE)?;
    certificates_from_pem(pem).ok()?.into_iter().next()
}

/// Whether a document is a bundle of the older `cosign sign-blob`.
pub(super) fn is_cosign_blob_bundle(text: &str) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Probe {
        #[allow(dead_code, reason = "only its presence is asked")]
        base64_signature: serde::de::IgnoredAny,
    }
    serde_json::from_str::<Probe>(text).is_ok()
}

/// Turns the bundle of the older `cosign sign-blob` into a v0.1 bundle.
pub(super) fn convert_blob_bundle(text: &str) -> Result<Value, Finding> {
    let blob: BlobBundle = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    let certificates = match blob.cert.as_deref().filter(|cert| !cert.is_empty()) {
        Some(cert) => {
            let pem = STANDARD
                .decode(cert)
                .map_err(|error| malformed(format!("cert: {error}")))?;
            let pem = String::from_utf8(pem).map_err(|error| malformed(format!("cert: {error}")))?;
            certificates_from_pem(&pem)?
        }
        None => Vec::new(),
    };
    let entries = blob.rekor_bundle.map(|bundle| log_entry(&bundle)).transpose()?;
    let material = verification_material(&certificates, entries, None);
    Ok(json!({
        "mediaType": media_type(&material),
        "verificationMaterial": material,
        "messageSignature": { "signature": blob.base64_signature },
    }))
}

fn material(annotations: &BTreeMap<String, String>) -> Result<Value, Finding> {
    let mut certificates = Vec::new();
    if let Some(pem) = annotations.get(CERTIFICATE).filter(|pem| !pem.is_empty()) {
        certificates.extend(certificates_from_pem(pem)?);
        if let Some(chain) = annotations.get(CHAIN).filter(|pem| !pem.is_empty()) {
            certificates.extend(certificates_from_pem(chain)?);
        }
    }
    let entry = annotations
        .get(REKOR_BUNDLE)
        .map(|text| {
            let value = strict_value(text.as_bytes(), MAX_ANNOTATION_BYTES, "the Rekor bundle")?;
            let bundle: RekorBundle = serde_json::from_value(value)
                .map_err(|error| malformed(format!("the Rekor bundle: {error}")))?;
            log_entry(&bundle)
        })
        .transpose()?;
    let timestamp = annotations
        .get(TIMESTAMP)
        .map(|text| {
            let value = strict_value(text.as_bytes(), MAX_ANNOTATION_BYTES, "the timestamp annotation")?;
            value
                .get("SignedRFC3161Timestamp")
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| malformed("the timestamp annotation has no SignedRFC3161Timestamp"))
        })
        .transpose()?;
    Ok(verification_material(&certificates, entry, timestamp))
}

/// The bundle version that can hold the material: v0.1 always has a log entry, and a key's signature may have none.
fn media_type(material: &Value) -> &'static str {
    let logged = material
        .get("tlogEntries")
        .and_then(Value::as_array)
        .is_some_and(|entries| !entries.is_empty());
    if material.get("publicKey").is_some() && !logged {
        BUNDLE_V0_3
    } else {
        BUNDLE_V0_1
    }
}

fn verification_material(certificates: &[Vec<u8>], entry: Option<Value>, timestamp: Option<String>) -> Value {
    let entries: Vec<Value> = entry.into_iter().collect();
    let timestamps: Vec<Value> = timestamp
        .into_iter()
        .map(|token| json!({ "signedTimestamp": token }))
        .collect();
    let timestamps = json!({ "rfc3161Timestamps": timestamps });
    if certificates.is_empty() {
        return json!({
            "publicKey": { "hint": "" },
            "tlogEntries": entries,
            "timestampVerificationData": timestamps,
        });
    }
    let certificates: Vec<Value> = certificates
        .iter()
        .map(|der| json!({ "rawBytes": STANDARD.encode(der) }))
        .collect();
    json!({
        "x509CertificateChain": { "certificates": certificates },
        "tlogEntries": entries,
        "timestampVerificationData": timestamps,
    })
}

fn log_entry(bundle: &RekorBundle) -> Result<Value, Finding> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Kind {
        kind: String,
        api_version: String,
    }
    let body = STANDARD
        .decode(&bundle.payload.body)
        .map_err(|error| malformed(format!("the log entry's body: {error}")))?;
    let value = strict_value(&body, MAX_ANNOTATION_BYTES, "the log entry's body")?;
    let kind: Kind =
        serde_json::from_value(value).map_err(|error| malformed(format!("the log entry's body: {error}")))?;
    if !is_supported_entry(&kind.kind, &kind.api_version) {
        return Err(unsupported_log_entry(&format!(
            "{} {}",
            kind.kind, kind.api_version
        )));
    }
    let log_id =
        hex::decode(&bundle.payload.log_id).map_err(|error| malformed(format!("the log id: {error}")))?;
    Ok(json!({
        "logIndex": bundle.payload.log_index.to_string(),
        "logId": { "keyId": STANDARD.encode(log_id) },
        "kindVersion": { "kind": kind.kind, "version": kind.api_version },
        "integratedTime": bundle.payload.integrated_time.to_string(),
        "inclusionPromise": { "signedEntryTimestamp": bundle.signed_entry_timestamp },
        "canonicalizedBody": bundle.payload.body,
    }))
}

/// Reads every certificate of a PEM text, byte for byte. Anything else in it, a public key above all, is refused: a key
/// in a certificate's place once skipped the whole identity check of another verifier (GHSA-fx35-mq7g-6g98).
///
/// The blocks are split here because the chain reader of `x509-cert` 0.2 never returns from an empty block.
fn certificates_from_pem(pem: &str) -> Result<Vec<Vec<u8>>, Finding> {
    let refuse = |detail: String| {
        Finding::new(
            Code::CertificateMalformed,
            format!("the certificate annotation does not hold PEM certificates: {detail}"),
        )
    };
    let mut certificates = Vec::new();
    let mut rest = pem.trim_ascii();
    while !rest.is_empty() {
        let (body, after) = rest
            .strip_prefix(PEM_BEGIN)
            .ok_or_else(|| refuse(format!("something else than {PEM_BEGIN} stands there")))?
            .split_once(PEM_END)
            .ok_or_else(|| refuse(format!("{PEM_END} is missing")))?;
        let base64: String = body.split_ascii_whitespace().collect();
        let der = STANDARD
            .decode(base64)
            .map_err(|error| refuse(error.to_string()))?;
        let parsed: Result<x509_cert::Certificate, _> = der::Decode::from_der(&der);
        parsed.map_err(|error| refuse(error.to_string()))?;
        certificates.push(der);
        rest = after.trim_ascii_start();
    }
    match certificates.is_empty() {
        true => Err(refuse("it is empty".to_owned())),
        false => Ok(certificates),
    }
}

fn strict_value(bytes: &[u8], limit: usize, what: &str) -> Result<Value, Finding> {
    let limits = strict_json::Limits {
        bytes: limit,
        depth: MAX_ANNOTATION_DEPTH,
    };
    strict_json::check(bytes, limits).map_err(|problem| {
        let code = match problem {
            strict_json::Problem::DuplicateKey { .. } => Code::DuplicateKey,
            strict_json::Problem::Syntax { .. } => Code::BundleMalformed,
            _ => Code::BundleTooLarge,
        };
        Finding::new(code, format!("{what}: {problem}"))
    })?;
    serde_json::from_slice(bytes).map_err(|error| malformed(format!("{what}: {error}")))
}

fn malformed(detail: impl Into<String>) -> Finding {
    Finding::new(Code::BundleMalformed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotations(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn rekor(kind: &str, version: &str) -> String {
        let body = STANDARD.encode(json!({ "kind": kind, "apiVersion": version, "spec": {} }).to_string());
        json!({
            "SignedEntryTimestamp": STANDARD.encode("set"),
            "Payload": { "body": body, "integratedTime": 1, "logIndex": 2, "logID": "00ff" }
        })
        .to_string()
    }

    #[test]
    fn a_signature_with_a_key_becomes_a_bundle_with_its_log_entry() {
        let annotations = annotations(&[
            (SIGNATURE, "c2ln"),
            (REKOR_BUNDLE, &rekor("hashedrekord", "0.0.1")),
        ]);
        let bundle = signature(&annotations).unwrap();
        assert_eq!(bundle.format(), "cosign legacy signature");
        let entry = &bundle.log_entries(|_, _| None)[0];
        assert_eq!(
            (entry.index, entry.log_id.as_str(), entry.entry.as_str()),
            (2, "00ff", "hashedrekord 0.0.1")
        );
    }

    #[test]
    fn entries_that_log_no_signature_are_refused_by_name() {
        for (kind, version) in [
            ("intoto", "0.0.1"),
            ("rekord", "0.0.1"),
            ("hashedrekord", "0.0.9"),
        ] {
            let annotations = annotations(&[(SIGNATURE, "c2ln"), (REKOR_BUNDLE, &rekor(kind, version))]);
            let finding = signature(&annotations).unwrap_err();
            assert_eq!(finding.code, Code::UnsupportedLogEntry, "{kind} {version}");
            assert_eq!(
                finding.found.as_deref(),
                Some(format!("{kind} {version}").as_str())
            );
        }
    }

    #[test]
    fn a_public_key_in_the_place_of_the_certificate_is_refused() {
        let key =
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n";
        let finding = signature(&annotations(&[(SIGNATURE, "c2ln"), (CERTIFICATE, key)])).unwrap_err();
        assert_eq!(finding.code, Code::CertificateMalformed);
        let blob = json!({ "base64Signature": "c2ln", "cert": STANDARD.encode(key) }).to_string();
        assert_eq!(
            ParsedBundle::parse(blob.as_bytes()).unwrap_err().code,
            Code::CertificateMalformed
        );
    }

    #[test]
    fn certificates_that_are_none_are_refused_and_end() {
        let block = |body: &str| format!("{PEM_BEGIN}{body}{PEM_END}");
        for text in [
            block(""),
            block("\n"),
            block("\n\n\n"),
            block("\nAAAA\n"),
            block("\n!\n"),
            format!("{PEM_BEGIN}\nAAAA"),
            format!("text\n{}", block("\nAAAA\n")),
            "\n".to_owned(),
        ] {
            let finding = certificates_from_pem(&text).unwrap_err();
            assert_eq!(finding.code, Code::CertificateMalformed, "{text:?}");
        }
    }

    #[test]
    fn broken_annotations_are_named() {
        for (pairs, code) in [
            (vec![], Code::BundleMalformed),
            (
                vec![(SIGNATURE, "c2ln"), (REKOR_BUNDLE, "{}")],
                Code::BundleMalformed,
            ),
            (
                vec![(SIGNATURE, "c2ln"), (REKOR_BUNDLE, "{\"a\":1,\"a\":1}")],
                Code::DuplicateKey,
            ),
            (
                vec![(SIGNATURE, "c2ln"), (TIMESTAMP, "{}")],
                Code::BundleMalformed,
            ),
            (vec![(SIGNATURE, "!")], Code::BundleMalformed),
            (
                vec![(SIGNATURE, "c2ln"), (CERTIFICATE, "garbage")],
                Code::CertificateMalformed,
            ),
        ] {
            assert_eq!(
                signature(&annotations(&pairs)).unwrap_err().code,
                code,
                "{pairs:?}"
            );
        }
    }
}
