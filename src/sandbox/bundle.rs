//! Bundles, put together from their parts as JSON, so that tests can also put together wrong ones.

use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::b64;
use super::entry::LogEntry;

/// The payload type of in-toto statements.
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// A version of the bundle format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// v0.1: a SET is enough.
    V01,
    /// v0.2: an inclusion proof is required.
    V02,
    /// v0.3: a single certificate, no chain.
    V03,
    /// v0.3 written as a parameter, as some signers did.
    V03Parameter,
}

impl MediaType {
    /// Every version.
    pub const ALL: [Self; 4] = [Self::V01, Self::V02, Self::V03, Self::V03Parameter];

    /// The media type as a bundle states it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V01 => "application/vnd.dev.sigstore.bundle+json;version=0.1",
            Self::V02 => "application/vnd.dev.sigstore.bundle+json;version=0.2",
            Self::V03 => "application/vnd.dev.sigstore.bundle.v0.3+json",
            Self::V03Parameter => "application/vnd.dev.sigstore.bundle+json;version=0.3",
        }
    }

    /// Whether certificates come as a chain.
    pub fn has_chain(self) -> bool {
        matches!(self, Self::V01 | Self::V02)
    }
}

/// What names the signer in a bundle.
#[derive(Clone, Debug)]
pub enum Material {
    /// A single certificate, as DER.
    Certificate(Vec<u8>),
    /// A chain from the leaf up, as DER.
    Chain(Vec<Vec<u8>>),
    /// A hint to a key that the verifier has.
    PublicKeyHint(String),
}

impl Material {
    fn member(&self) -> (&'static str, Value) {
        match self {
            Self::Certificate(der) => ("certificate", json!({"rawBytes": b64(der)})),
            Self::Chain(chain) => {
                let certificates: Vec<_> = chain.iter().map(|der| json!({"rawBytes": b64(der)})).collect();
                ("x509CertificateChain", json!({"certificates": certificates}))
            }
            Self::PublicKeyHint(hint) => ("publicKey", json!({"hint": hint})),
        }
    }
}

/// What a bundle signs.
#[derive(Clone, Debug)]
pub enum Content {
    /// A signature over an artifact.
    Message {
        /// The artifact's digest, which the format does not require.
        digest: Option<(HashAlgorithm, Vec<u8>)>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// A DSSE envelope.
    Envelope(Value),
}

impl Content {
    fn member(&self) -> (&'static str, Value) {
        match self {
            Self::Message {
                digest: Some((algorithm, digest)),
                signature,
            } => (
                "messageSignature",
                json!({
                    "messageDigest": {"algorithm": algorithm.to_string(), "digest": b64(digest)},
                    "signature": b64(signature),
                }),
            ),
            Self::Message {
                digest: None,
                signature,
            } => ("messageSignature", json!({"signature": b64(signature)})),
            Self::Envelope(envelope) => ("dsseEnvelope", envelope.clone()),
        }
    }
}

/// A DSSE envelope with one signature.
pub fn envelope(payload_type: &str, payload: &[u8], signature: &[u8]) -> Value {
    json!({
        "payload": b64(payload),
        "payloadType": payload_type,
        "signatures": [{"sig": b64(signature)}],
    })
}

/// A bundle from its parts.
pub fn assemble(
    media_type: MediaType,
    material: &Material,
    entries: &[LogEntry],
    timestamps: &[Vec<u8>],
    content: &Content,
) -> Value {
    let mut verification_material = serde_json::Map::new();
    let (name, value) = material.member();
    verification_material.insert(name.to_owned(), value);
    let entries: Vec<_> = entries.iter().map(LogEntry::to_bundle_json).collect();
    verification_material.insert("tlogEntries".to_owned(), Value::from(entries));
    if !timestamps.is_empty() {
        let tokens: Vec<_> = timestamps
            .iter()
            .map(|token| json!({"signedTimestamp": b64(token)}))
            .collect();
        verification_material.insert(
            "timestampVerificationData".to_owned(),
            json!({"rfc3161Timestamps": tokens}),
        );
    }
    let mut bundle = serde_json::Map::new();
    bundle.insert("mediaType".to_owned(), Value::from(media_type.as_str()));
    bundle.insert(
        "verificationMaterial".to_owned(),
        Value::from(verification_material),
    );
    let (name, value) = content.member();
    bundle.insert(name.to_owned(), value);
    Value::from(bundle)
}
