//! Signing with an instance: certificate, signature, log entries, timestamps, bundle.

use der::Encode as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::bundle::{self, Content, IN_TOTO, Material};
use super::ca::{CertificateRequest, San};
use super::entry::{LogEntry, ProposedEntry, Verifier};
use super::keys::{KeyKind, PrivateKey, digest};
use super::options::{LogKind, Misrecorded, SignOptions, Signer};
use super::seed::sha256;
use super::tsa::TokenOptions;
use super::{Error, Instance, Result, rekor_v1, rekor_v2};

/// A key and what vouches for it.
#[derive(Clone, Debug)]
pub struct SigningIdentity {
    /// The key.
    pub key: PrivateKey,
    /// How log entries name it.
    pub verifier: Verifier,
    /// How a bundle names it.
    pub material: Material,
}

/// What log entries record of a signature.
struct Record {
    message: Vec<u8>,
    hash: HashAlgorithm,
    signature: Vec<u8>,
    verifier: Verifier,
    kind: KeyKind,
    envelope: Option<Envelope>,
}

struct Envelope {
    json: Value,
    payload_type: String,
    payload: Vec<u8>,
}

impl Instance {
    /// A key with a fresh certificate, or a managed key.
    pub fn identity(&mut self, options: &SignOptions) -> Result<SigningIdentity> {
        self.signatures += 1;
        let label = format!("signer {}", self.signatures);
        let key = match &options.key {
            Some(key) => key.clone(),
            None => PrivateKey::derive(&self.seed, &label, options.key_kind)?,
        };
        let request = match &options.signer {
            Signer::Certificate(request) => request,
            Signer::ManagedKey { hint } => {
                let verifier = Verifier::PublicKey(key.public_der().to_vec());
                return Ok(SigningIdentity {
                    verifier,
                    material: Material::PublicKeyHint(hint.clone()),
                    key,
                });
            }
        };
        let leaf = self
            .ca
            .issue(&key.spki()?, request, &self.ct, self.now)?
            .to_der()?;
        let material = if options.media_type.has_chain() {
            let mut chain = vec![leaf.clone()];
            chain.extend(self.ca.chain_der()?);
            if !options.include_root {
                chain.pop();
            }
            Material::Chain(chain)
        } else {
            Material::Certificate(leaf.clone())
        };
        Ok(SigningIdentity {
            key,
            verifier: Verifier::Certificate(leaf),
            material,
        })
    }

    /// Signs an artifact and gives the bundle.
    pub fn sign_blob(&mut self, artifact: &[u8], options: &SignOptions) -> Result<Value> {
        let identity = self.identity(options)?;
        let hash = options.hash.unwrap_or(HashAlgorithm::Sha2256);
        let signature = identity.key.sign_with(artifact, hash)?;
        let digest = if options.message_digest {
            Some((hash, digest(hash, artifact)?))
        } else {
            None
        };
        let content = Content::Message {
            digest,
            signature: signature.clone(),
        };
        let record = Record {
            message: artifact.to_vec(),
            hash,
            signature,
            verifier: identity.verifier.clone(),
            kind: identity.key.kind(),
            envelope: None,
        };
        self.bundle(&identity, record, &content, options)
    }

    /// Signs an in-toto statement (v1) about `subjects`, which are names with SHA-256 digests.
    pub fn attest(
        &mut self,
        subjects: &[(&str, [u8; 32])],
        predicate_type: &str,
        predicate: &Value,
        options: &SignOptions,
    ) -> Result<Value> {
        let statement = statement(subjects, predicate_type, predicate);
        self.sign_payload(IN_TOTO, statement.to_string().as_bytes(), options)
    }

    /// Signs any payload as a DSSE envelope, garbage included.
    pub fn sign_payload(
        &mut self,
        payload_type: &str,
        payload: &[u8],
        options: &SignOptions,
    ) -> Result<Value> {
        let identity = self.identity(options)?;
        let pae = sigstore_types::pae(payload_type, payload);
        let hash = options.hash.unwrap_or_else(|| identity.key.kind().default_hash());
        let signature = identity.key.sign_with(&pae, hash)?;
        let json = bundle::envelope(payload_type, payload, &signature);
        let content = Content::Envelope(json.clone());
        let envelope = Envelope {
            json,
            payload_type: payload_type.to_owned(),
            payload: payload.to_vec(),
        };
        let record = Record {
            message: pae,
            hash,
            signature,
            verifier: identity.verifier.clone(),
            kind: identity.key.kind(),
            envelope: Some(envelope),
        };
        self.bundle(&identity, record, &content, options)
    }

    fn bundle(
        &mut self,
        identity: &SigningIdentity,
        mut record: Record,
        content: &Content,
        options: &SignOptions,
    ) -> Result<Value> {
        let at = options
            .signed_at
            .unwrap_or(self.now + SignedDuration::from_secs(5));
        let mut timestamps = Vec::new();
        for stamp in &options.timestamps {
            let token = TokenOptions {
                hash: stamp.hash,
                embed_certificate: stamp.embed_certificate,
                nonce: None,
            };
            timestamps.push(
                self.tsa
                    .stamp(&record.signature, stamp.at.unwrap_or(at), &token)?,
            );
        }
        if let Some(what) = options.misrecorded {
            self.misrecord(&mut record, what, identity)?;
        }
        let entries = options
            .logs
            .iter()
            .map(|log| self.log(*log, &record, at, options))
            .collect::<Result<Vec<_>>>()?;
        Ok(bundle::assemble(
            options.media_type,
            &identity.material,
            &entries,
            &timestamps,
            content,
        ))
    }

    /// Makes a record say something else than what was signed.
    fn misrecord(
        &mut self,
        record: &mut Record,
        what: Misrecorded,
        identity: &SigningIdentity,
    ) -> Result<()> {
        match (what, &identity.verifier) {
            (Misrecorded::Artifact, _) => match &mut record.envelope {
                Some(envelope) => {
                    envelope.payload = b"another payload".to_vec();
                    record.message = sigstore_types::pae(&envelope.payload_type, &envelope.payload);
                }
                None => record.message = b"another artifact".to_vec(),
            },
            (Misrecorded::Signature, _) => {
                record.signature = identity.key.sign_with(b"another artifact", record.hash)?;
            }
            (Misrecorded::Verifier, Verifier::Certificate(_)) => {
                let san = San::Email("mallory@example.com".to_owned());
                let request = CertificateRequest::new(san, "https://mallory.example");
                let leaf = self
                    .ca
                    .issue(&identity.key.spki()?, &request, &self.ct, self.now)?;
                record.verifier = Verifier::Certificate(leaf.to_der()?);
            }
            (Misrecorded::Verifier, Verifier::PublicKey(_)) => {
                let key = self.key("mallory", KeyKind::P256)?;
                record.verifier = Verifier::PublicKey(key.public_der().to_vec());
            }
        }
        Ok(())
    }

    fn log(
        &mut self,
        log: LogKind,
        record: &Record,
        at: Timestamp,
        options: &SignOptions,
    ) -> Result<LogEntry> {
        let entry = record.propose(log)?;
        match log {
            LogKind::V1 | LogKind::V1Intoto => self.rekor_v1.log(entry, options.integrated_at.unwrap_or(at)),
            LogKind::V2 | LogKind::V2Dsse => self.rekor_v2.log(entry, options.witness.then_some(at)),
        }
    }
}

impl Record {
    fn propose(&self, log: LogKind) -> Result<ProposedEntry> {
        let Self {
            message,
            hash,
            signature,
            verifier,
            kind,
            envelope,
        } = self;
        match (log, envelope) {
            (LogKind::V1, None) => rekor_v1::hashedrekord(message, *hash, signature, verifier),
            (LogKind::V1, Some(dsse)) => rekor_v1::dsse(
                dsse.json.to_string().as_bytes(),
                &dsse.payload,
                signature,
                verifier,
            ),
            (LogKind::V1Intoto, Some(dsse)) => {
                let json = dsse.json.to_string();
                rekor_v1::intoto(
                    json.as_bytes(),
                    &dsse.payload_type,
                    &dsse.payload,
                    signature,
                    verifier,
                )
            }
            (LogKind::V2, _) => rekor_v2::hashedrekord(message, *hash, signature, verifier, *kind),
            (LogKind::V2Dsse, Some(dsse)) => {
                rekor_v2::dsse(&dsse.payload, signature, verifier, kind.key_details())
            }
            (LogKind::V1Intoto | LogKind::V2Dsse, None) => Err(Error::Missing("envelope to log")),
        }
    }
}

/// An in-toto statement (v1) about `subjects`.
pub fn statement(subjects: &[(&str, [u8; 32])], predicate_type: &str, predicate: &Value) -> Value {
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(name, sha256)| json!({"name": name, "digest": {"sha256": hex::encode(sha256)}}))
        .collect();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": predicate_type,
        "predicate": predicate,
    })
}

/// SHA-256 of an artifact, as subjects name it.
pub fn sha256_of(artifact: &[u8]) -> [u8; 32] {
    sha256(artifact)
}
