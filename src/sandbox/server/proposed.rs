//! What clients ask the logs to record, checked as the real logs check it: the signature has to verify.

use serde::Deserialize;
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::reply::{read_pem, unb64};
use crate::sandbox::check::PublicKey;
use crate::sandbox::entry::{ProposedEntry, Verifier};
use crate::sandbox::keys::digest;
use crate::sandbox::{b64, rekor_v1, rekor_v2};

/// Signatures that one envelope may have.
const MAX_SIGNATURES: usize = 16;

/// An entry for Rekor v1, with the verifier and the signature that it records first.
pub(super) fn v1(body: &[u8]) -> Result<(ProposedEntry, Verifier, Vec<u8>), String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Proposed {
        kind: String,
        api_version: String,
        spec: Value,
    }
    let proposed: Proposed = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    match (proposed.kind.as_str(), proposed.api_version.as_str()) {
        ("hashedrekord", "0.0.1") => hashedrekord_v1(&proposed.spec),
        ("dsse", "0.0.1") => dsse_v1(&proposed.spec),
        ("intoto", "0.0.2") => intoto_v1(&proposed.spec),
        (kind, version) => Err(format!(
            "entry kind {kind} version {version} is not supported by this log"
        )),
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.ok_or_else(|| format!("missing {}", pointer.trim_start_matches('/').replace('/', ".")))
}

fn bytes(value: &Value, pointer: &str) -> Result<Vec<u8>, String> {
    let bytes = unb64(text(value, pointer)?).filter(|bytes| !bytes.is_empty());
    bytes.ok_or_else(|| {
        format!(
            "{} is not base64",
            pointer.trim_start_matches('/').replace('/', ".")
        )
    })
}

/// A certificate or a public key in PEM.
fn pem_verifier(pem: &[u8]) -> Result<(Verifier, PublicKey), String> {
    let (label, der) = read_pem(pem).ok_or("invalid public key: failure decoding PEM")?;
    let verifier = match label.as_str() {
        "CERTIFICATE" => Verifier::Certificate(der),
        "PUBLIC KEY" => Verifier::PublicKey(der),
        other => return Err(format!("unknown PEM type {other}")),
    };
    let key = PublicKey::of_verifier(&verifier).map_err(|error| error.to_string())?;
    Ok((verifier, key))
}

fn hashedrekord_v1(spec: &Value) -> Result<(ProposedEntry, Verifier, Vec<u8>), String> {
    let signature = bytes(spec, "/signature/content")?;
    let (verifier, key) = pem_verifier(&bytes(spec, "/signature/publicKey/content")?)?;
    let (hash, length) = match text(spec, "/data/hash/algorithm")? {
        "sha256" => (HashAlgorithm::Sha2256, 32),
        "sha384" => (HashAlgorithm::Sha2384, 48),
        "sha512" => (HashAlgorithm::Sha2512, 64),
        other => return Err(format!("unsupported hash algorithm {other}")),
    };
    let digest = hex::decode(text(spec, "/data/hash/value")?).map_err(|error| error.to_string())?;
    if digest.len() != length {
        return Err("invalid value for hash".to_owned());
    }
    if !key.verifies_digest(&digest, hash, &signature) {
        return Err(
            "verifying signature: invalid signature when validating ASN.1 encoded signature".to_owned(),
        );
    }
    let entry = rekor_v1::hashedrekord_of_digest(&digest, hash, &signature, &verifier);
    Ok((entry.map_err(|error| error.to_string())?, verifier, signature))
}

/// A DSSE envelope as JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    payload: String,
    payload_type: String,
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Deserialize)]
struct EnvelopeSignature {
    sig: String,
}

const UNVERIFIED: &str = "all signatures must have a key that verifies it";

fn dsse_v1(spec: &Value) -> Result<(ProposedEntry, Verifier, Vec<u8>), String> {
    let text = text(spec, "/proposedContent/envelope")?;
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let payload = unb64(&envelope.payload).ok_or("the payload is not base64")?;
    let keys = spec
        .pointer("/proposedContent/verifiers")
        .and_then(Value::as_array);
    let keys = keys.ok_or("missing proposedContent.verifiers")?;
    if keys.is_empty() || keys.len() > MAX_SIGNATURES || envelope.signatures.len() > MAX_SIGNATURES {
        return Err("between one and 16 verifiers and signatures are needed".to_owned());
    }
    let keys = keys
        .iter()
        .map(|key| pem_verifier(&unb64(key.as_str().unwrap_or_default()).unwrap_or_default()))
        .collect::<Result<Vec<_>, _>>()?;
    let pae = sigstore_types::pae(&envelope.payload_type, &payload);
    let mut signed = Vec::new();
    for signature in &envelope.signatures {
        let bytes = unb64(&signature.sig).ok_or("a signature is not base64")?;
        // Always SHA-256, whatever the key's own hash is.
        let by = keys
            .iter()
            .find(|(_, key)| key.verifies(&pae, HashAlgorithm::Sha2256, &bytes));
        let (verifier, _) = by.ok_or(UNVERIFIED)?;
        signed.push((signature.sig.clone(), bytes, verifier));
    }
    signed.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let (_, first, verifier) = signed.first().ok_or("the envelope has no signature")?;
    let failed = |error: crate::sandbox::Error| error.to_string();
    let entry = match signed.as_slice() {
        [_] => rekor_v1::dsse(text.as_bytes(), &payload, first, verifier).map_err(failed)?,
        several => {
            let signatures = several
                .iter()
                .map(|(sig, _, verifier)| Ok(json!({"signature": sig, "verifier": b64(verifier.pem()?)})))
                .collect::<crate::sandbox::Result<Vec<_>>>()
                .map_err(failed)?;
            rekor_v1::dsse_of_signatures(text.as_bytes(), &payload, &signatures)
        }
    };
    Ok((entry, (*verifier).clone(), first.clone()))
}

fn intoto_v1(spec: &Value) -> Result<(ProposedEntry, Verifier, Vec<u8>), String> {
    let spec = spec.get("content").ok_or("missing content")?;
    let twice = |pointer| {
        let once = bytes(spec, pointer)?;
        let text = String::from_utf8(once).ok();
        text.and_then(|text| unb64(&text))
            .ok_or_else(|| format!("{pointer} is not base64 twice"))
    };
    let payload_type = text(spec, "/envelope/payloadType")?;
    let payload = twice("/envelope/payload")?;
    let signature = twice("/envelope/signatures/0/sig")?;
    if spec.pointer("/envelope/signatures/1").is_some() {
        return Err("this log takes one signature in an intoto entry".to_owned());
    }
    let (verifier, key) = pem_verifier(&bytes(spec, "/envelope/signatures/0/publicKey")?)?;
    let pae = sigstore_types::pae(payload_type, &payload);
    if !key.verifies(&pae, HashAlgorithm::Sha2256, &signature) {
        return Err(UNVERIFIED.to_owned());
    }
    let envelope = crate::sandbox::bundle::envelope(payload_type, &payload, &signature).to_string();
    let entry = rekor_v1::intoto(envelope.as_bytes(), payload_type, &payload, &signature, &verifier);
    Ok((entry.map_err(|error| error.to_string())?, verifier, signature))
}

/// A checked entry for Rekor v2, with what it records.
pub(super) struct ProposedV2 {
    pub(super) entry: ProposedEntry,
    pub(super) verifier: Verifier,
    pub(super) signature: Vec<u8>,
    pub(super) key_details: &'static str,
}

#[derive(Deserialize)]
struct CreateEntryRequest {
    #[serde(rename = "hashedRekordRequestV002")]
    hashed_rekord: Option<HashedRekordRequest>,
    #[serde(rename = "dsseRequestV002")]
    dsse: Option<DsseRequest>,
}

#[derive(Deserialize)]
struct HashedRekordRequest {
    digest: String,
    signature: SignatureV2,
}

#[derive(Deserialize)]
struct SignatureV2 {
    content: String,
    verifier: VerifierV2,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerifierV2 {
    x509_certificate: Option<RawBytes>,
    public_key: Option<RawBytes>,
    key_details: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawBytes {
    raw_bytes: String,
}

#[derive(Deserialize)]
struct DsseRequest {
    envelope: Envelope,
    verifiers: Vec<VerifierV2>,
}

impl VerifierV2 {
    /// The verifier with its key, whose kind must be what `keyDetails` says.
    fn read(&self) -> Option<(Verifier, PublicKey, &'static str)> {
        let verifier = match (&self.x509_certificate, &self.public_key) {
            (Some(certificate), None) => Verifier::Certificate(unb64(&certificate.raw_bytes)?),
            (None, Some(key)) => Verifier::PublicKey(unb64(&key.raw_bytes)?),
            _ => return None,
        };
        let key = PublicKey::of_verifier(&verifier).ok()?;
        let details = key.key_details().filter(|details| *details == self.key_details)?;
        Some((verifier, key, details))
    }
}

/// An entry for Rekor v2. The log says no more about a refusal than the real one does.
pub(super) fn v2(body: &[u8]) -> Result<ProposedV2, &'static str> {
    let request: CreateEntryRequest =
        serde_json::from_slice(body).map_err(|_| "the request is not the JSON of a CreateEntryRequest")?;
    match (request.hashed_rekord, request.dsse) {
        (Some(request), None) => hashedrekord_v2(&request).ok_or("invalid hashedrekord request"),
        (None, Some(request)) => dsse_v2(&request).ok_or("invalid dsse request"),
        _ => Err("invalid type, must be either hashedrekord or dsse"),
    }
}

fn hashedrekord_v2(request: &HashedRekordRequest) -> Option<ProposedV2> {
    let (verifier, key, key_details) = request.signature.verifier.read()?;
    let artifact = unb64(&request.digest)?;
    let signature = unb64(&request.signature.content)?;
    let hash = key.hash();
    if artifact.len() != digest(hash, b"").ok()?.len() || !key.verifies_digest(&artifact, hash, &signature) {
        return None;
    }
    Some(ProposedV2 {
        entry: rekor_v2::hashedrekord_of_digest(&artifact, hash, &signature, &verifier, key_details),
        verifier,
        signature,
        key_details,
    })
}

fn dsse_v2(request: &DsseRequest) -> Option<ProposedV2> {
    // Like the present clients: one signature. The real log takes several.
    let ([signature], [verifier]) = (
        request.envelope.signatures.as_slice(),
        request.verifiers.as_slice(),
    ) else {
        return None;
    };
    let (verifier, key, key_details) = verifier.read()?;
    let payload = unb64(&request.envelope.payload)?;
    let signature = unb64(&signature.sig)?;
    let pae = sigstore_types::pae(&request.envelope.payload_type, &payload);
    if !key.verifies(&pae, key.hash(), &signature) {
        return None;
    }
    Some(ProposedV2 {
        entry: rekor_v2::dsse(&payload, &signature, &verifier, key_details).ok()?,
        verifier,
        signature,
        key_details,
    })
}
