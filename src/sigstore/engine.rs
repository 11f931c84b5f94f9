//! The one verification engine: the Sigstore organisation's library in its strict form, and its answers as findings.
//!
//! Signatures, certificates, SCTs, log entries and timestamps are checked there and nowhere else. What is added here
//! is which form of the artifact a bundle needs, which evidence may be *absent* under a trust root or key that says
//! so, and a code for every reason of refusal. Evidence that is present is always verified.
//!
//! The library reads the system clock to refuse log times in the future; there is no way to hand it `now`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sigstore_crypto::KeyAlgorithm;
use sigstore_types::{ArtifactDigest, Bundle, HashAlgorithm, SignatureContent};
use sigstore_verify::{
    IdentityMatcher, Policy, PublicKeyVerificationPolicy, SubjectAltName, VerificationPolicy,
    VerificationResult, Verifier,
};

use super::bundle::ParsedBundle;
use super::certificate::{CertificateFacts, ClaimValue, KeyType, SanKind};
use super::pin::{LogRequirement, PublicKey, SignerFacts};
use super::refusal;
use super::trust::Relaxations;
use crate::report::{Code, Finding, TimeSource, VerifiedTime};
use crate::subject::{Algorithm, Digest};

/// Most bytes of an artifact that has to be held in memory because its signature covers the bytes themselves (pure
/// Ed25519).
const MAX_WHOLE_MESSAGE_BYTES: u64 = 1 << 30;

/// What a bundle has to be about.
#[derive(Debug, Clone, Copy)]
pub struct Artifact<'a> {
    /// Digest of the artifact; of a file always SHA-256.
    pub digest: &'a Digest,
    /// Its bytes, where they can be had.
    pub content: Content<'a>,
}

/// The bytes of an artifact.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Only the digest is known.
    DigestOnly,
    /// In memory.
    Memory(&'a [u8]),
    /// In a file, which is read again only when a signature needs more than its SHA-256.
    File(&'a Path),
}

/// Proof that a bundle's signature, certificate or key, log entries and timestamps verified for an artifact.
///
/// Only [`Engine`] makes one. It does not say that the signer is the right one: that is for the pins.
#[derive(Debug)]
pub struct Verified {
    signer: SignerFacts,
    times: Vec<VerifiedTime>,
    payload: Option<SignedPayload>,
    logged: bool,
    sct_checked: bool,
}

/// The payload of a verified DSSE envelope.
#[derive(Debug)]
pub struct SignedPayload {
    /// Its payload type.
    pub payload_type: String,
    /// Its bytes, exactly as they were signed.
    pub bytes: Vec<u8>,
}

impl Verified {
    /// Who signed.
    pub fn signer(&self) -> &SignerFacts {
        &self.signer
    }

    /// Verified times of the signature; never empty for a certificate.
    pub fn times(&self) -> &[VerifiedTime] {
        &self.times
    }

    /// Since when the signature is known to exist: the earliest verified time. `None` only for a key without log.
    ///
    /// Anybody can have a signature stamped again later, which makes it no younger.
    pub fn made(&self) -> Option<jiff::Timestamp> {
        self.times.iter().map(|time| time.time).min()
    }

    /// The signed payload, when a statement was signed rather than the artifact itself.
    pub fn payload(&self) -> Option<&SignedPayload> {
        self.payload.as_ref()
    }

    /// Whether the signature's log entries were verified. Only false where absence is tolerated.
    pub fn logged(&self) -> bool {
        self.logged
    }

    /// Whether the certificate's SCT was verified. Only false for keys and where absence is tolerated.
    pub fn sct_checked(&self) -> bool {
        self.sct_checked
    }
}

/// Verifies bundles under one trust root.
pub struct Engine {
    verifier: Verifier,
    relaxations: Relaxations,
}

impl Engine {
    /// Prepares the keys and certificates of a trust root, once for any number of bundles.
    pub fn new(root: &sigstore_trust_root::TrustedRoot, relaxations: Relaxations) -> Result<Self, Finding> {
        let verifier = Verifier::new(root).map_err(|error| {
            Finding::new(
                Code::TrustInvalid,
                format!("the trust root cannot be used: {error}"),
            )
        })?;
        Ok(Self {
            verifier,
            relaxations,
        })
    }

    /// Verifies a bundle that was signed under a certificate.
    pub fn verify_certificate(
        &self,
        bundle: &ParsedBundle,
        artifact: Artifact<'_>,
    ) -> Result<Verified, Finding> {
        let Some(der) = bundle.certificate() else {
            return Err(no_certificate());
        };
        let facts = CertificateFacts::from_der(der)
            .map_err(|error| Finding::new(Code::CertificateMalformed, error.to_string()))?;
        let policy = self.certificate_policy(bundle.bundle(), &facts);
        let algorithm = library_key(&facts.key_type);
        let result = self.run(bundle.bundle(), artifact, algorithm, &policy)?;
        // The library says what it checked; a policy that was meant to be strict and was not is a refusal.
        if !result.certificate_verified() || result.verified_timestamps().is_empty() {
            return Err(Finding::new(
                Code::InternalError,
                "the certificate was not checked",
            ));
        }
        Ok(verified(
            SignerFacts::Certificate(facts),
            bundle.bundle(),
            &result,
        ))
    }

    /// Verifies a bundle that was signed with a key of the signer's own.
    pub fn verify_key(
        &self,
        bundle: &ParsedBundle,
        artifact: Artifact<'_>,
        key: &PublicKey,
        log: LogRequirement,
    ) -> Result<Verified, Finding> {
        let mut policy = PublicKeyVerificationPolicy::new(key.der().clone());
        // Absence is tolerated, never a bad entry: with an entry present the strict policy stays.
        let entries = &bundle.bundle().verification_material.tlog_entries;
        if log == LogRequirement::MayBeAbsent && entries.is_empty() {
            policy = policy.skip_tlog_unsafe();
        }
        let algorithm = KeyAlgorithm::from_spki(key.der()).ok();
        let result = self.run(bundle.bundle(), artifact, algorithm, &policy)?;
        Ok(verified(
            SignerFacts::Key {
                fingerprint: key.fingerprint().to_owned(),
            },
            bundle.bundle(),
            &result,
        ))
    }

    /// The strict policy for the certificate's own identity. Whether that identity is accepted is for the pins, which
    /// see every SAN and its kind; the library is still told exactly whom to expect, so that the two cannot differ
    /// about what the certificate says.
    fn certificate_policy(&self, bundle: &Bundle, facts: &CertificateFacts) -> VerificationPolicy {
        let mut policy = VerificationPolicy::any_identity();
        if let Some(identity) = library_identity(facts) {
            policy = policy.require_identity(identity);
        }
        if let Some(issuer) = facts.issuer.as_ref().and_then(ClaimValue::value) {
            policy = policy.require_issuer(issuer);
        }
        if self.relaxations.log_entry && bundle.verification_material.tlog_entries.is_empty() {
            policy = policy.skip_tlog_unsafe();
        }
        if self.relaxations.certificate_timestamp && !facts.has_sct {
            policy = policy.skip_sct();
        }
        policy
    }

    fn run(
        &self,
        bundle: &Bundle,
        artifact: Artifact<'_>,
        key: Option<KeyAlgorithm>,
        policy: &(impl Policy + ?Sized),
    ) -> Result<VerificationResult, Finding> {
        let refused = |error| refusal::finding(error, bundle);
        match Form::needed(bundle, artifact, key)? {
            Form::Digest(digest) => self.verifier.verify(digest, bundle, policy).map_err(refused),
            Form::Bytes(bytes) => self.verifier.verify(bytes, bundle, policy).map_err(refused),
            Form::WholeFile(path) => {
                let bytes = read_whole(path).map_err(|error| unreadable(path, &error))?;
                if Digest::sha256(&bytes) != *artifact.digest {
                    return Err(changed(path));
                }
                self.verifier
                    .verify(bytes.as_slice(), bundle, policy)
                    .map_err(refused)
            }
            Form::FileStream(path) => {
                let file = File::open(path).map_err(|error| unreadable(path, &error))?;
                let mut hasher = sigstore_crypto::Sha256Hasher::new();
                let tee = Tee {
                    inner: file,
                    hasher: &mut hasher,
                };
                let result = self
                    .verifier
                    .verify_reader(tee, bundle, policy)
                    .map_err(refused)?;
                // The file is named by the digest of its first reading: it has to be the same file still.
                if hasher.finalize().as_bytes() != artifact.digest.as_bytes() {
                    return Err(changed(path));
                }
                Ok(result)
            }
        }
    }
}

/// The library's name for a type of key; none for a type that it cannot check, which it then refuses itself.
fn library_key(key_type: &KeyType) -> Option<KeyAlgorithm> {
    match key_type {
        KeyType::EcdsaP256 => Some(KeyAlgorithm::EcdsaP256),
        KeyType::EcdsaP384 => Some(KeyAlgorithm::EcdsaP384),
        KeyType::Ed25519 => Some(KeyAlgorithm::Ed25519),
        KeyType::Rsa { .. } => Some(KeyAlgorithm::Rsa),
        KeyType::EcdsaP521 | KeyType::Other(_) => None,
    }
}

/// The form of an artifact in which a bundle can be verified.
enum Form<'a> {
    Digest(ArtifactDigest),
    Bytes(&'a [u8]),
    WholeFile(&'a Path),
    FileStream(&'a Path),
}

impl<'a> Form<'a> {
    fn needed(bundle: &Bundle, artifact: Artifact<'a>, key: Option<KeyAlgorithm>) -> Result<Self, Finding> {
        let (algorithms, whole) = match &bundle.content {
            SignatureContent::MessageSignature(message) => {
                let declared = message.message_digest.as_ref().map(|digest| digest.algorithm);
                message_needs(key, declared)
            }
            SignatureContent::DsseEnvelope(envelope) => {
                let algorithms = statement_algorithms(envelope.payload.as_bytes());
                // One matching digest is enough for a statement, so the one at hand will do if any subject has it.
                if algorithms.is_empty()
                    || algorithms.contains(&library_algorithm(artifact.digest.algorithm()))
                {
                    (Vec::new(), false)
                } else {
                    (algorithms, false)
                }
            }
            _ => (Vec::new(), false),
        };
        let at_hand = library_algorithm(artifact.digest.algorithm());
        if !whole && algorithms.iter().all(|algorithm| *algorithm == at_hand) {
            return library_digest(artifact.digest).map(Self::Digest);
        }
        match artifact.content {
            Content::Memory(bytes) => Ok(Self::Bytes(bytes)),
            Content::File(path) if whole => Ok(Self::WholeFile(path)),
            Content::File(path) => Ok(Self::FileStream(path)),
            Content::DigestOnly if whole => Err(Finding::new(
                Code::ArtifactFormUnsupported,
                "the signature is pure Ed25519, which covers the bytes themselves, and only a digest was given",
            )
            .help("name the file itself as the subject")),
            Content::DigestOnly => {
                let names: Vec<&str> = algorithms.iter().map(|algorithm| our_name(*algorithm)).collect();
                Err(Finding::new(
                    Code::ArtifactFormUnsupported,
                    format!(
                        "the signature needs the artifact's {} digest, and only its {} digest was given",
                        names.join(" and "),
                        artifact.digest.algorithm().name()
                    ),
                )
                .help("name the file itself as the subject, or its digest with that algorithm"))
            }
        }
    }
}

/// The digests that a message signature needs, and whether it needs the whole message instead.
///
/// The log entry always holds SHA-256; the signature's own hash follows from the key and the declared digest.
fn message_needs(key: Option<KeyAlgorithm>, declared: Option<HashAlgorithm>) -> (Vec<HashAlgorithm>, bool) {
    let mut algorithms = vec![HashAlgorithm::Sha2256];
    let scheme = match (key, declared) {
        (Some(key), Some(algorithm)) => match key.resolve_signing_scheme(algorithm) {
            Ok(scheme) => Some(scheme),
            // A pair that does not exist is refused by the library, whatever the artifact is.
            Err(_) => return (Vec::new(), false),
        },
        (Some(key), None) => Some(key.default_signing_scheme()),
        (None, _) => None,
    };
    let whole = scheme.is_some_and(|scheme| !scheme.supports_prehashed());
    let hash = scheme.and_then(|scheme| scheme.hash_algorithm());
    for algorithm in declared.into_iter().chain(hash) {
        if !algorithms.contains(&algorithm) {
            algorithms.push(algorithm);
        }
    }
    (algorithms, whole)
}

/// The digest algorithms of a statement's subjects. Empty for a payload that does not parse, which the library then
/// refuses for that reason.
fn statement_algorithms(payload: &[u8]) -> Vec<HashAlgorithm> {
    #[derive(serde::Deserialize)]
    struct Subjects {
        subject: Vec<Subject>,
    }
    #[derive(serde::Deserialize)]
    struct Subject {
        digest: std::collections::BTreeMap<String, serde::de::IgnoredAny>,
    }
    let Ok(statement) = serde_json::from_slice::<Subjects>(payload) else {
        return Vec::new();
    };
    [
        (Algorithm::Sha256, HashAlgorithm::Sha2256),
        (Algorithm::Sha512, HashAlgorithm::Sha2512),
    ]
    .into_iter()
    .filter(|(ours, _)| {
        statement
            .subject
            .iter()
            .any(|subject| subject.digest.contains_key(ours.name()))
    })
    .map(|(_, theirs)| theirs)
    .collect()
}

fn library_algorithm(algorithm: Algorithm) -> HashAlgorithm {
    match algorithm {
        Algorithm::Sha256 => HashAlgorithm::Sha2256,
        Algorithm::Sha384 => HashAlgorithm::Sha2384,
        Algorithm::Sha512 => HashAlgorithm::Sha2512,
    }
}

/// The name of an algorithm as a person types it in front of a digest.
fn our_name(algorithm: HashAlgorithm) -> &'static str {
    match algorithm {
        HashAlgorithm::Sha2256 => Algorithm::Sha256.name(),
        HashAlgorithm::Sha2384 => Algorithm::Sha384.name(),
        HashAlgorithm::Sha2512 => Algorithm::Sha512.name(),
        _ => "unknown",
    }
}

fn library_digest(digest: &Digest) -> Result<ArtifactDigest, Finding> {
    ArtifactDigest::new(library_algorithm(digest.algorithm()), digest.as_bytes())
        .map_err(|error| Finding::new(Code::InternalError, error.to_string()))
}

/// The identity as the library names it: it sees e-mail addresses and URIs only.
fn library_identity(facts: &CertificateFacts) -> Option<IdentityMatcher> {
    let san = facts.san.one()?;
    match san.kind {
        SanKind::Email => Some(SubjectAltName::Email(san.value.clone()).into()),
        SanKind::Uri => Some(SubjectAltName::Uri(san.value.clone()).into()),
        SanKind::OtherName => None,
    }
}

fn verified(signer: SignerFacts, bundle: &Bundle, result: &VerificationResult) -> Verified {
    // The library lists the timestamps of authorities and the integrated times of logs in one row; it says which
    // integrated time it used, and it verified every timestamp that is present.
    let tokens = bundle
        .verification_material
        .timestamp_verification_data
        .rfc3161_timestamps
        .len();
    let certificate = matches!(signer, SignerFacts::Certificate(_));
    let total = result.verified_timestamps().len();
    let times = result
        .verified_timestamps()
        .iter()
        .enumerate()
        .map(|(place, time)| {
            // Certificates: authorities first. Keys: logs first.
            let authority = if certificate {
                place < tokens
            } else {
                place + tokens >= total
            };
            let source = if authority {
                TimeSource::TimestampAuthority
            } else {
                TimeSource::Log
            };
            VerifiedTime { time: *time, source }
        })
        .collect();
    let payload = match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) => Some(SignedPayload {
            payload_type: envelope.payload_type.clone(),
            bytes: envelope.payload.as_bytes().to_vec(),
        }),
        _ => None,
    };
    let logged = result.tlog_verified() && !bundle.verification_material.tlog_entries.is_empty();
    Verified {
        signer,
        times,
        payload,
        logged,
        sct_checked: result.sct_verified(),
    }
}

fn no_certificate() -> Finding {
    Finding::new(
        Code::SignerKindMismatch,
        "the bundle was signed with a key and has no certificate",
    )
    .help("if the signer uses a key of their own, name it with --key")
}

fn unreadable(path: &Path, error: &io::Error) -> Finding {
    Finding::new(Code::SubjectUnreadable, format!("{}: {error}", path.display()))
}

fn changed(path: &Path) -> Finding {
    Finding::new(
        Code::SubjectUnreadable,
        format!("{} changed while it was being verified", path.display()),
    )
}

fn read_whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_WHOLE_MESSAGE_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_WHOLE_MESSAGE_BYTES {
        let limit =
            format!("larger than {MAX_WHOLE_MESSAGE_BYTES} bytes, too large for a pure Ed25519 signature");
        return Err(io::Error::other(limit));
    }
    Ok(bytes)
}

/// Hashes what is read through it.
struct Tee<'a, R> {
    inner: R,
    hasher: &'a mut sigstore_crypto::Sha256Hasher,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
