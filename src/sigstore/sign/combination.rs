//! Which kind of key can be used with which log for which content, so that what is signed can be verified.
//!
//! The rules are those of this program's own verification, which is stricter than some logs: nothing is signed that
//! `verify` would refuse. A test signs every combination and verifies it, and `docs/signing.md` has the table.

use std::fmt;

use serde::{Deserialize, Serialize};
use sigstore_types::HashAlgorithm;

use crate::sigstore::keys::KeyKind;

/// A generation of Rekor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogVersion {
    /// Rekor v1: gives a time and a promise.
    V1,
    /// Rekor v2 (tiles): gives neither, so a timestamp is needed.
    V2,
}

impl LogVersion {
    /// Both, the newer first.
    pub const ALL: [Self; 2] = [Self::V2, Self::V1];

    /// Its number in a signing configuration.
    pub fn major(self) -> u64 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    /// The version that a signing configuration names by its number.
    pub fn from_major(major: u64) -> Option<Self> {
        match major {
            1 => Some(Self::V1),
            2 => Some(Self::V2),
            _ => None,
        }
    }
}

impl fmt::Display for LogVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "Rekor v1",
            Self::V2 => "Rekor v2",
        })
    }
}

/// What the signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// The artifact, known by its SHA-256.
    Message,
    /// An in-toto statement about it, in a DSSE envelope.
    Statement,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Message => "the artifact itself",
            Self::Statement => "a statement about it",
        })
    }
}

/// The form in which a key signs an artifact when nobody asks for another.
///
/// Logs record the SHA-256 of an artifact, and verification takes no other digest for it: a key whose scheme hashes
/// otherwise (P-384), or hashes the message itself (Ed25519), signs a statement that names the digest.
pub fn natural_form(kind: KeyKind) -> Form {
    match kind.hash() == Some(HashAlgorithm::Sha2256) {
        true => Form::Message,
        false => Form::Statement,
    }
}

/// Whether a signature by a key of this kind can be verified once it is in a log of this generation; with no log, once it
/// has a timestamp.
pub fn works(kind: KeyKind, log: Option<LogVersion>, form: Form) -> bool {
    let message = form == Form::Statement || natural_form(kind) == Form::Message;
    let logged = match log {
        // The verification library reads entries of Rekor v2 with P-256 alone.
        Some(LogVersion::V2) => kind == KeyKind::EcdsaP256,
        // Rekor v1 checks envelopes with SHA-256 whatever the curve is, so it refuses what P-384 signs with its own hash.
        Some(LogVersion::V1) => kind != KeyKind::EcdsaP384,
        None => true,
    };
    message && logged
}
