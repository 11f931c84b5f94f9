//! What is signed and who signs it, and the log entries that record it: what is sent to a log, and what has to come back.
//!
//! The bodies are written out as canonical JSON (RFC 8785): nothing in them but names that are fixed, base64 and
//! hexadecimal, so the members only have to stand in order. Logs keep exactly these bytes, which a test holds against
//! entries of the public logs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sigstore_types::KindVersion;

use super::combination::{Form, LogVersion};
use crate::attestation::IN_TOTO_PAYLOAD_TYPE;
use crate::sigstore::keys::KeyKind;

/// SHA-256 of bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    *sigstore_crypto::sha256(bytes).as_bytes()
}

pub(super) fn base64(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// What a signature is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An artifact, by its SHA-256.
    Message([u8; 32]),
    /// The bytes of an in-toto statement.
    Statement(Vec<u8>),
}

impl Content {
    /// Which of the two.
    pub fn form(&self) -> Form {
        match self {
            Self::Message(_) => Form::Message,
            Self::Statement(_) => Form::Statement,
        }
    }

    /// The digest of what is signed, as logs record it: of the artifact, or of the envelope's pre-authentication
    /// encoding.
    fn digest(&self) -> [u8; 32] {
        match self {
            Self::Message(digest) => *digest,
            Self::Statement(payload) => sha256(&sigstore_types::pae(IN_TOTO_PAYLOAD_TYPE, payload)),
        }
    }
}

/// What a verifier checks the signature with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verifier {
    /// A certificate in DER.
    Certificate(Vec<u8>),
    /// A public key of the signer's own.
    Key {
        /// DER SubjectPublicKeyInfo.
        spki: Vec<u8>,
        /// What the bundle calls it; a verifier brings the key itself.
        hint: String,
    },
}

impl Verifier {
    /// PEM as Rekor v1 keeps it.
    fn pem(&self) -> String {
        match self {
            Self::Certificate(der) => pem("CERTIFICATE", der),
            Self::Key { spki, .. } => pem("PUBLIC KEY", spki),
        }
    }

    /// The member of a Rekor v2 verifier that names it.
    fn member(&self) -> String {
        match self {
            Self::Certificate(der) => format!(r#""x509Certificate":{{"rawBytes":"{}"}}"#, base64(der)),
            Self::Key { spki, .. } => format!(r#""publicKey":{{"rawBytes":"{}"}}"#, base64(spki)),
        }
    }
}

/// PEM with lines of 64 characters (RFC 7468).
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = base64(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// A finished signature with all that log entries say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What was signed.
    pub content: Content,
    /// The signature; ECDSA in DER.
    pub signature: Vec<u8>,
    /// The kind of the key.
    pub kind: KeyKind,
    /// What verifies it.
    pub verifier: Verifier,
}

impl Record {
    /// The DSSE envelope around a statement, as it is in the bundle and as Rekor v1 is sent it. `None` for a message.
    pub fn envelope(&self) -> Option<String> {
        match &self.content {
            Content::Message(_) => None,
            Content::Statement(payload) => Some(format!(
                r#"{{"payload":"{}","payloadType":"{IN_TOTO_PAYLOAD_TYPE}","signatures":[{{"sig":"{}"}}]}}"#,
                base64(payload),
                base64(&self.signature)
            )),
        }
    }

    /// The kind of entry that a log makes of it.
    pub(super) fn entry_kind(&self, version: LogVersion) -> KindVersion {
        match (version, self.content.form()) {
            (LogVersion::V1, Form::Message) => KindVersion::HashedRekordV001,
            (LogVersion::V1, Form::Statement) => KindVersion::DsseV001,
            (LogVersion::V2, _) => KindVersion::HashedRekordV002,
        }
    }

    /// What is sent to the log.
    pub(super) fn request(&self, version: LogVersion) -> String {
        match (version, self.envelope()) {
            // For a message, what is sent is what is kept.
            (LogVersion::V1, None) => self.body(version),
            (LogVersion::V1, Some(envelope)) => {
                let envelope = serde_json::Value::from(envelope);
                format!(
                    r#"{{"apiVersion":"0.0.1","kind":"dsse","spec":{{"proposedContent":{{"envelope":{envelope},"verifiers":["{}"]}}}}}}"#,
                    base64(self.verifier.pem())
                )
            }
            (LogVersion::V2, _) => format!(
                r#"{{"hashedRekordRequestV002":{{"digest":"{}","signature":{}}}}}"#,
                base64(self.content.digest()),
                self.signature_v2()
            ),
        }
    }

    /// The canonical body of the entry: what becomes a leaf of the log.
    pub(super) fn body(&self, version: LogVersion) -> String {
        match (version, &self.content) {
            (LogVersion::V1, Content::Message(digest)) => format!(
                r#"{{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{{"data":{{"hash":{{"algorithm":"sha256","value":"{}"}}}},"signature":{{"content":"{}","publicKey":{{"content":"{}"}}}}}}}}"#,
                hex::encode(digest),
                base64(&self.signature),
                base64(self.verifier.pem())
            ),
            (LogVersion::V1, Content::Statement(payload)) => {
                let envelope = self.envelope().unwrap_or_default();
                format!(
                    r#"{{"apiVersion":"0.0.1","kind":"dsse","spec":{{"envelopeHash":{{"algorithm":"sha256","value":"{}"}},"payloadHash":{{"algorithm":"sha256","value":"{}"}},"signatures":[{{"signature":"{}","verifier":"{}"}}]}}}}"#,
                    hex::encode(sha256(envelope.as_bytes())),
                    hex::encode(sha256(payload)),
                    base64(&self.signature),
                    base64(self.verifier.pem())
                )
            }
            (LogVersion::V2, content) => format!(
                r#"{{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{{"hashedRekordV002":{{"data":{{"algorithm":"SHA2_256","digest":"{}"}},"signature":{}}}}}}}"#,
                base64(content.digest()),
                self.signature_v2()
            ),
        }
    }

    fn signature_v2(&self) -> String {
        format!(
            r#"{{"content":"{}","verifier":{{"keyDetails":"{}",{}}}}}"#,
            base64(&self.signature),
            self.kind.public_key_details(),
            self.verifier.member()
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Signatures that others made, in the public logs: a message in v1, under a certificate and with a key, a message
    /// and a statement in v2, and a statement in v1.
    const REAL: [(&str, LogVersion); 6] = [
        ("github-workflow-wheel", LogVersion::V1),
        ("cosign-v3-blob", LogVersion::V1),
        ("managed-key", LogVersion::V1),
        ("rekor-v2-message-staging", LogVersion::V2),
        ("rekor-v2-attestation-staging", LogVersion::V2),
        ("pypi-publish-attestation", LogVersion::V1),
    ];

    fn bundle(name: &str) -> Value {
        let path = format!(
            "{}/fixtures/verify/{name}/bundle.sigstore.json",
            env!("CARGO_MANIFEST_DIR")
        );
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    fn bytes(value: &Value) -> Vec<u8> {
        STANDARD.decode(value.as_str().unwrap()).unwrap()
    }

    /// The record that the signer of a bundle must have had.
    fn record(bundle: &Value, body: &Value) -> Record {
        let material = &bundle["verificationMaterial"];
        let verifier = if material["certificate"].is_object() {
            Verifier::Certificate(bytes(&material["certificate"]["rawBytes"]))
        } else if material["x509CertificateChain"].is_object() {
            Verifier::Certificate(bytes(
                &material["x509CertificateChain"]["certificates"][0]["rawBytes"],
            ))
        } else {
            let pem = bytes(&body["spec"]["signature"]["publicKey"]["content"]);
            let lines = String::from_utf8(pem).unwrap();
            let text: String = lines.lines().filter(|line| !line.starts_with('-')).collect();
            Verifier::Key {
                spki: STANDARD.decode(text).unwrap(),
                hint: String::new(),
            }
        };
        let (content, signature) = if bundle["dsseEnvelope"].is_object() {
            (
                Content::Statement(bytes(&bundle["dsseEnvelope"]["payload"])),
                bytes(&bundle["dsseEnvelope"]["signatures"][0]["sig"]),
            )
        } else {
            let message = &bundle["messageSignature"];
            let digest = bytes(&message["messageDigest"]["digest"]);
            (
                Content::Message(digest.try_into().unwrap()),
                bytes(&message["signature"]),
            )
        };
        Record {
            content,
            signature,
            kind: KeyKind::EcdsaP256,
            verifier,
        }
    }

    #[test]
    fn entries_are_byte_for_byte_what_the_public_logs_keep() {
        for (name, version) in REAL {
            let bundle = bundle(name);
            let entry = &bundle["verificationMaterial"]["tlogEntries"][0];
            let kept = String::from_utf8(bytes(&entry["canonicalizedBody"])).unwrap();
            let body: Value = serde_json::from_str(&kept).unwrap();
            let record = record(&bundle, &body);
            let mut ours = record.body(version);
            if let Some(theirs) = body["spec"]["envelopeHash"]["value"].as_str() {
                // It is over the JSON that was sent, which every signer spaces differently.
                let envelope = record.envelope().unwrap();
                let own = hex::encode(sha256(envelope.as_bytes()));
                assert!(ours.contains(&own), "{name}");
                ours = ours.replace(&own, theirs);
            }
            assert_eq!(ours, kept, "{name}");
            let kind = &entry["kindVersion"];
            let expected = record.entry_kind(version);
            assert_eq!(
                (kind["kind"].as_str(), kind["version"].as_str()),
                (Some(expected.kind()), Some(expected.version()))
            );
        }
    }

    #[test]
    fn requests_are_json_that_says_what_the_entry_will_say() {
        let bundle = bundle("rekor-v2-message-staging");
        let record = record(&bundle, &Value::Null);
        let sent: Value = serde_json::from_str(&record.request(LogVersion::V2)).unwrap();
        let kept: Value = serde_json::from_str(&record.body(LogVersion::V2)).unwrap();
        let request = &sent["hashedRekordRequestV002"];
        let spec = &kept["spec"]["hashedRekordV002"];
        assert_eq!(request["digest"], spec["data"]["digest"]);
        assert_eq!(request["signature"], spec["signature"]);

        let statement = Record {
            content: Content::Statement(b"{\"_type\":\"x\"}".to_vec()),
            ..record
        };
        let sent: Value = serde_json::from_str(&statement.request(LogVersion::V1)).unwrap();
        let proposed = &sent["spec"]["proposedContent"];
        assert_eq!(proposed["envelope"], statement.envelope().unwrap());
        assert!(bytes(&proposed["verifiers"][0]).starts_with(b"-----BEGIN CERTIFICATE-----\n"));
    }
}
