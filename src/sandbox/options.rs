//! What a signature shall look like: who signs, which logs and timestamps vouch for it, which bundle version holds it.

use jiff::Timestamp;
use sigstore_types::HashAlgorithm;

use super::bundle::MediaType;
use super::ca::{CertificateRequest, San};
use super::keys::{KeyKind, PrivateKey};

/// Who signs.
#[derive(Clone, Debug)]
pub enum Signer {
    /// A short-lived key with a certificate.
    Certificate(CertificateRequest),
    /// A long-lived key, which the bundle names by a hint only.
    ManagedKey {
        /// The hint.
        hint: String,
    },
}

/// A log to put the signature into, and as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogKind {
    /// Rekor v1: `hashedrekord` 0.0.1, or `dsse` 0.0.1 for an envelope.
    V1,
    /// Rekor v1: `intoto` 0.0.2 for an envelope.
    V1Intoto,
    /// Rekor v2: `hashedrekord` 0.0.2, over the PAE for an envelope.
    V2,
    /// Rekor v2: `dsse` 0.0.2 for an envelope.
    V2Dsse,
}

/// What a log entry says wrongly. The entry is properly in the log: proof, promise and checkpoint are true.
///
/// A change to a finished bundle never gets past the log's own signatures; this does, and only a comparison of the entry with
/// the bundle notices it (CVE-2022-36056, CVE-2026-22703; sigstore-conformance wrong-hashedrekord-*).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misrecorded {
    /// Another artifact or payload.
    Artifact,
    /// Another signature by the same key.
    Signature,
    /// Another key, or the certificate of another identity.
    Verifier,
}

impl Misrecorded {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Artifact, Self::Signature, Self::Verifier];
}

/// A timestamp to add.
#[derive(Clone, Debug)]
pub struct StampOptions {
    /// The time it states; the time of signing if absent.
    pub at: Option<Timestamp>,
    /// Its hash.
    pub hash: HashAlgorithm,
    /// Whether the token carries the authority's certificate.
    pub embed_certificate: bool,
}

impl Default for StampOptions {
    fn default() -> Self {
        Self {
            at: None,
            hash: HashAlgorithm::Sha2256,
            embed_certificate: true,
        }
    }
}

/// Everything about one signature.
#[derive(Clone, Debug)]
pub struct SignOptions {
    /// The bundle's version.
    pub media_type: MediaType,
    /// Who signs.
    pub signer: Signer,
    /// The key; absent for a fresh one of `key_kind`.
    pub key: Option<PrivateKey>,
    /// The kind of a fresh key.
    pub key_kind: KeyKind,
    /// The hash under the signature. If absent: SHA-256 for artifacts (what the logs record), the key's own for envelopes.
    pub hash: Option<HashAlgorithm>,
    /// Put the artifact's digest beside a message signature.
    pub message_digest: bool,
    /// Put the root into a certificate chain too, which the bundle format forbids.
    pub include_root: bool,
    /// The logs, one entry each.
    pub logs: Vec<LogKind>,
    /// What the log entries say wrongly.
    pub misrecorded: Option<Misrecorded>,
    /// Whether a witness cosigns Rekor v2 checkpoints.
    pub witness: bool,
    /// The timestamps.
    pub timestamps: Vec<StampOptions>,
    /// When; five seconds after the instance's `now` if absent.
    pub signed_at: Option<Timestamp>,
    /// When the log integrates it; `signed_at` if absent.
    pub integrated_at: Option<Timestamp>,
}

impl SignOptions {
    /// A bundle v0.3 signed by an e-mail identity, in Rekor v1.
    pub fn keyless(email: &str, issuer: &str) -> Self {
        Self::certificate(CertificateRequest::new(San::Email(email.to_owned()), issuer))
    }

    /// A bundle v0.3 signed under the certificate asked for, in Rekor v1.
    pub fn certificate(request: CertificateRequest) -> Self {
        Self {
            media_type: MediaType::V03,
            signer: Signer::Certificate(request),
            key: None,
            key_kind: KeyKind::P256,
            hash: None,
            message_digest: true,
            include_root: false,
            logs: vec![LogKind::V1],
            misrecorded: None,
            witness: false,
            timestamps: Vec::new(),
            signed_at: None,
            integrated_at: None,
        }
    }

    /// A bundle v0.3 signed by a long-lived key, in Rekor v1.
    pub fn managed(key: &PrivateKey, hint: &str) -> Self {
        let signer = Signer::ManagedKey {
            hint: hint.to_owned(),
        };
        let request = CertificateRequest::new(San::Email(String::new()), "");
        Self {
            signer,
            key: Some(key.clone()),
            ..Self::certificate(request)
        }
    }

    /// Sets the bundle version.
    #[must_use]
    pub fn media_type(mut self, media_type: MediaType) -> Self {
        self.media_type = media_type;
        self
    }

    /// Sets the kind of the fresh key.
    #[must_use]
    pub fn key_kind(mut self, kind: KeyKind) -> Self {
        self.key_kind = kind;
        self
    }

    /// Sets the logs.
    #[must_use]
    pub fn logs(mut self, logs: &[LogKind]) -> Self {
        self.logs = logs.to_vec();
        self
    }

    /// Adds a timestamp.
    #[must_use]
    pub fn timestamp(mut self) -> Self {
        self.timestamps.push(StampOptions::default());
        self
    }

    /// Rekor v2 and the timestamp it needs, as the public instance signs since 2025.
    #[must_use]
    pub fn rekor_v2(self) -> Self {
        self.logs(&[LogKind::V2]).timestamp()
    }
}
