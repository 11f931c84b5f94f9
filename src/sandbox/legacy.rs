//! Signatures as cosign stored them before bundles: a payload in an OCI layer and everything else in its annotations.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sigstore_types::{DerCertificate, LogKeyId};

use super::bundle::MediaType;
use super::keys::pem;
use super::options::SignOptions;
use super::{Error, Instance, Result};

/// Annotation with the base64 signature.
pub const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// Annotation with the PEM certificate.
pub const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
/// Annotation with the PEM certificates above it.
pub const CHAIN: &str = "dev.sigstore.cosign/chain";
/// Annotation with Rekor's promise.
pub const BUNDLE: &str = "dev.sigstore.cosign/bundle";
/// Annotation with an RFC 3161 timestamp.
pub const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";
/// Annotation with the predicate type, on attestations.
pub const PREDICATE_TYPE: &str = "predicateType";

/// One layer of cosign's `.sig` or `.att` image.
#[derive(Clone, Debug)]
pub struct LegacyLayer {
    /// The layer's bytes: a simple signing payload, or a DSSE envelope.
    pub payload: Vec<u8>,
    /// The layer's annotations.
    pub annotations: BTreeMap<String, String>,
}

/// The simple signing payload for an image (containers/image `signature.json`).
pub fn simple_signing(docker_reference: &str, manifest_digest: &str) -> Value {
    json!({
        "critical": {
            "identity": {"docker-reference": docker_reference},
            "image": {"docker-manifest-digest": manifest_digest},
            "type": "cosign container image signature",
        },
        "optional": null,
    })
}

impl Instance {
    /// A `.sig` layer: a signature over the simple signing payload for an image.
    pub fn legacy_signature(
        &mut self,
        docker_reference: &str,
        manifest_digest: &str,
        options: &SignOptions,
    ) -> Result<LegacyLayer> {
        let payload = simple_signing(docker_reference, manifest_digest)
            .to_string()
            .into_bytes();
        self.legacy_payload(&payload, options)
    }

    /// A `.sig` layer around any payload, to make wrong ones.
    pub fn legacy_payload(&mut self, payload: &[u8], options: &SignOptions) -> Result<LegacyLayer> {
        let bundle = self.sign_blob(payload, &options.clone().media_type(MediaType::V01))?;
        let mut annotations = self.annotations(&bundle)?;
        let signature = text(&bundle, "/messageSignature/signature")?;
        annotations.insert(SIGNATURE.to_owned(), signature.to_owned());
        Ok(LegacyLayer {
            payload: payload.to_vec(),
            annotations,
        })
    }

    /// An `.att` layer: an envelope around a statement about `subjects`.
    pub fn legacy_attestation(
        &mut self,
        subjects: &[(&str, [u8; 32])],
        predicate_type: &str,
        predicate: &Value,
        options: &SignOptions,
    ) -> Result<LegacyLayer> {
        let options = options.clone().media_type(MediaType::V01);
        let bundle = self.attest(subjects, predicate_type, predicate, &options)?;
        let mut annotations = self.annotations(&bundle)?;
        // The signature is in the envelope.
        annotations.insert(SIGNATURE.to_owned(), String::new());
        annotations.insert(PREDICATE_TYPE.to_owned(), predicate_type.to_owned());
        let envelope = bundle.get("dsseEnvelope").ok_or(Error::Missing("envelope"))?;
        Ok(LegacyLayer {
            payload: envelope.to_string().into_bytes(),
            annotations,
        })
    }

    /// The annotations that hold what a bundle's verification material holds.
    fn annotations(&self, bundle: &Value) -> Result<BTreeMap<String, String>> {
        let mut annotations = BTreeMap::new();
        let chain = "/verificationMaterial/x509CertificateChain/certificates";
        if let Ok(leaf) = text(bundle, &format!("{chain}/0/rawBytes")) {
            let leaf = DerCertificate::from_base64(leaf).map_err(|_| Error::Missing("certificate"))?;
            annotations.insert(CERTIFICATE.to_owned(), pem("CERTIFICATE", leaf.as_bytes())?);
            let chain = self.ca.chain_der()?;
            let above = chain
                .iter()
                .map(|der| pem("CERTIFICATE", der))
                .collect::<Result<String>>()?;
            annotations.insert(CHAIN.to_owned(), above);
        }
        if let Some(entry) = bundle.pointer("/verificationMaterial/tlogEntries/0") {
            annotations.insert(BUNDLE.to_owned(), rekor_bundle(entry)?.to_string());
        }
        let token = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
        if let Ok(token) = text(bundle, token) {
            annotations.insert(
                TIMESTAMP.to_owned(),
                json!({"SignedRFC3161Timestamp": token}).to_string(),
            );
        }
        Ok(annotations)
    }
}

/// Rekor's promise as cosign keeps it: the SET and the four values that it signs.
fn rekor_bundle(entry: &Value) -> Result<Value> {
    let log_id = LogKeyId::from_base64(text(entry, "/logId/keyId")?).map_err(|_| Error::Missing("log id"))?;
    let number = |pointer| -> Result<i64> {
        text(entry, pointer)?
            .parse()
            .map_err(|_| Error::Missing("number in the log entry"))
    };
    Ok(json!({
        "SignedEntryTimestamp": text(entry, "/inclusionPromise/signedEntryTimestamp")?,
        "Payload": {
            "body": text(entry, "/canonicalizedBody")?,
            "integratedTime": number("/integratedTime")?,
            "logIndex": number("/logIndex")?,
            "logID": hex::encode(log_id.as_bytes()),
        },
    }))
}

fn text<'a>(json: &'a Value, pointer: &str) -> Result<&'a str> {
    json.pointer(pointer)
        .and_then(Value::as_str)
        .ok_or(Error::Missing("member of the bundle"))
}
