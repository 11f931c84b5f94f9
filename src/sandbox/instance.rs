//! A whole Sigstore instance, and signing with it.

use der::Encode as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::bundle::{self, Content, IN_TOTO, Material};
use super::ca::CertificateAuthority;
use super::ct::CtLog;
use super::entry::{LogEntry, ProposedEntry, Verifier};
use super::keys::{KeyKind, PrivateKey, digest};
use super::options::{LogKind, SignOptions, Signer};
use super::rekor_v1::{self, RekorV1};
use super::rekor_v2::{self, RekorV2};
use super::seed::{Seed, sha256};
use super::trust;
use super::tsa::{TimestampAuthority, TokenOptions};
use super::{Error, Result};

/// A certificate authority, CT log, two signature logs and a timestamp authority that belong together.
///
/// The parts are public: a test may take one from another instance, and servers call them directly.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The certificate authority.
    pub ca: CertificateAuthority,
    /// The certificate transparency log.
    pub ct: CtLog,
    /// The old signature log.
    pub rekor_v1: RekorV1,
    /// The new signature log.
    pub rekor_v2: RekorV2,
    /// The timestamp authority.
    pub tsa: TimestampAuthority,
    seed: Seed,
    now: Timestamp,
    signatures: u64,
}

/// Which kinds of keys the parts of an instance have.
#[derive(Clone, Copy, Debug)]
pub struct InstanceKeys {
    /// The certificate authority's root and intermediate.
    pub ca: KeyKind,
    /// The Rekor v2 log.
    pub rekor_v2: KeyKind,
    /// The timestamp authority.
    pub tsa: KeyKind,
}

impl Default for InstanceKeys {
    /// As on the public instance.
    fn default() -> Self {
        Self {
            ca: KeyKind::P384,
            rekor_v2: KeyKind::Ed25519,
            tsa: KeyKind::P384,
        }
    }
}

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

/// What is signed, with what the logs want to know of it.
struct Signed<'a> {
    message: &'a [u8],
    hash: HashAlgorithm,
    signature: &'a [u8],
    envelope: Option<Envelope<'a>>,
}

struct Envelope<'a> {
    json: String,
    payload_type: &'a str,
    payload: &'a [u8],
}

impl Instance {
    /// The instance that `seed` gives, a year old at `now`.
    ///
    /// Verifiers refuse log entries from the future, so `now` must not be later than the machine's clock.
    pub fn new(seed: u64, now: Timestamp) -> Result<Self> {
        Self::with_keys(seed, now, InstanceKeys::default())
    }

    /// The same with other kinds of keys.
    pub fn with_keys(seed: u64, now: Timestamp, keys: InstanceKeys) -> Result<Self> {
        let seed = Seed::new(seed);
        let start = now - SignedDuration::from_hours(24 * 365);
        Ok(Self {
            ca: CertificateAuthority::new(&seed, keys.ca, start)?,
            ct: CtLog::new(&seed)?,
            rekor_v1: RekorV1::new(&seed)?,
            rekor_v2: RekorV2::new(&seed, keys.rekor_v2)?,
            tsa: TimestampAuthority::new(&seed, keys.tsa, start)?,
            seed,
            now,
            signatures: 0,
        })
    }

    /// The time the instance was made for.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The seed, for parts that are made later.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The key named `label`, for managed keys.
    pub fn key(&self, label: &str, kind: KeyKind) -> Result<PrivateKey> {
        PrivateKey::derive(&self.seed, &format!("key {label}"), kind)
    }

    /// The trusted root, as JSON.
    pub fn trusted_root_json(&self) -> Result<Value> {
        trust::trusted_root(self, self.start())
    }

    /// The trusted root and the service addresses, as JSON for sigstore-python's `--trust-config`.
    pub fn client_trust_config_json(&self) -> Result<Value> {
        Ok(trust::client_trust_config(
            &self.trusted_root_json()?,
            self.start(),
        ))
    }

    fn start(&self) -> Timestamp {
        self.now - SignedDuration::from_hours(24 * 365)
    }

    /// A key with a fresh certificate, or a managed key.
    pub fn identity(&mut self, options: &SignOptions) -> Result<SigningIdentity> {
        self.signatures += 1;
        let key = match &options.key {
            Some(key) => key.clone(),
            None => PrivateKey::derive(
                &self.seed,
                &format!("signer {}", self.signatures),
                options.key_kind,
            )?,
        };
        let request = match &options.signer {
            Signer::ManagedKey { hint } => {
                return Ok(SigningIdentity {
                    verifier: Verifier::PublicKey(key.public_der().to_vec()),
                    material: Material::PublicKeyHint(hint.clone()),
                    key,
                });
            }
            Signer::Certificate(request) => request,
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
        let signed = Signed {
            message: artifact,
            hash,
            signature: &signature,
            envelope: None,
        };
        let content = Content::Message {
            digest,
            signature: signature.clone(),
        };
        self.bundle(&identity, &signed, &content, options)
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
        let envelope = Envelope {
            json: json.to_string(),
            payload_type,
            payload,
        };
        let signed = Signed {
            message: &pae,
            hash,
            signature: &signature,
            envelope: Some(envelope),
        };
        self.bundle(&identity, &signed, &Content::Envelope(json), options)
    }

    fn bundle(
        &mut self,
        identity: &SigningIdentity,
        signed: &Signed<'_>,
        content: &Content,
        options: &SignOptions,
    ) -> Result<Value> {
        let at = options
            .signed_at
            .unwrap_or(self.now + SignedDuration::from_secs(5));
        let entries = options
            .logs
            .iter()
            .map(|log| self.log(*log, identity, signed, at, options))
            .collect::<Result<Vec<_>>>()?;
        let mut timestamps = Vec::new();
        for stamp in &options.timestamps {
            let token = TokenOptions {
                hash: stamp.hash,
                embed_certificate: stamp.embed_certificate,
                nonce: None,
            };
            timestamps.push(self.tsa.stamp(signed.signature, stamp.at.unwrap_or(at), &token)?);
        }
        Ok(bundle::assemble(
            options.media_type,
            &identity.material,
            &entries,
            &timestamps,
            content,
        ))
    }

    fn log(
        &mut self,
        log: LogKind,
        identity: &SigningIdentity,
        signed: &Signed<'_>,
        at: Timestamp,
        options: &SignOptions,
    ) -> Result<LogEntry> {
        let entry = propose(log, identity, signed)?;
        match log {
            LogKind::V1 | LogKind::V1Intoto => self.rekor_v1.log(entry, options.integrated_at.unwrap_or(at)),
            LogKind::V2 | LogKind::V2Dsse => self.rekor_v2.log(entry, options.witness.then_some(at)),
        }
    }
}

fn propose(log: LogKind, identity: &SigningIdentity, signed: &Signed<'_>) -> Result<ProposedEntry> {
    let (signature, verifier, kind) = (signed.signature, &identity.verifier, identity.key.kind());
    match (log, &signed.envelope) {
        (LogKind::V1, None) => rekor_v1::hashedrekord(signed.message, signed.hash, signature, verifier),
        (LogKind::V1, Some(dsse)) => rekor_v1::dsse(dsse.json.as_bytes(), dsse.payload, signature, verifier),
        (LogKind::V1Intoto, Some(dsse)) => rekor_v1::intoto(
            dsse.json.as_bytes(),
            dsse.payload_type,
            dsse.payload,
            signature,
            verifier,
        ),
        (LogKind::V2, _) => rekor_v2::hashedrekord(signed.message, signed.hash, signature, verifier, kind),
        (LogKind::V2Dsse, Some(dsse)) => rekor_v2::dsse(dsse.payload, signature, verifier, kind),
        (LogKind::V1Intoto | LogKind::V2Dsse, None) => Err(Error::Missing("envelope to log")),
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
