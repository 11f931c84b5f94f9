//! What can sign, and the kinds of keys.

use std::fmt;

use sigstore_types::HashAlgorithm;

use crate::sigstore::certificate::KeyType;

/// The kind of a key that signs, with the one signature scheme that it is used with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// ECDSA on P-256 with SHA-256; signatures are ASN.1 DER.
    EcdsaP256,
    /// ECDSA on P-384 with SHA-384; signatures are ASN.1 DER.
    EcdsaP384,
    /// Ed25519 over the message itself (RFC 8032, "pure").
    Ed25519,
    /// RSA with a modulus of 2048 bits, PKCS #1 v1.5 with SHA-256.
    Rsa2048,
    /// RSA with a modulus of 3072 bits, PKCS #1 v1.5 with SHA-256.
    Rsa3072,
    /// RSA with a modulus of 4096 bits, PKCS #1 v1.5 with SHA-256.
    Rsa4096,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::EcdsaP256,
        Self::EcdsaP384,
        Self::Ed25519,
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
    ];

    /// The short name, as a command line writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "p256",
            Self::EcdsaP384 => "p384",
            Self::Ed25519 => "ed25519",
            Self::Rsa2048 => "rsa2048",
            Self::Rsa3072 => "rsa3072",
            Self::Rsa4096 => "rsa4096",
        }
    }

    /// The name of key and scheme in Sigstore's protobuf specification (`PublicKeyDetails` in `sigstore_common.proto`).
    pub fn public_key_details(self) -> &'static str {
        match self {
            Self::EcdsaP256 => "PKIX_ECDSA_P256_SHA_256",
            Self::EcdsaP384 => "PKIX_ECDSA_P384_SHA_384",
            Self::Ed25519 => "PKIX_ED25519",
            Self::Rsa2048 => "PKIX_RSA_PKCS1V15_2048_SHA256",
            Self::Rsa3072 => "PKIX_RSA_PKCS1V15_3072_SHA256",
            Self::Rsa4096 => "PKIX_RSA_PKCS1V15_4096_SHA256",
        }
    }

    /// The hash inside the signature scheme. `None` for Ed25519, which signs the message itself.
    pub fn hash(self) -> Option<HashAlgorithm> {
        match self {
            Self::EcdsaP256 | Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => Some(HashAlgorithm::Sha2256),
            Self::EcdsaP384 => Some(HashAlgorithm::Sha2384),
            Self::Ed25519 => None,
        }
    }

    /// The kind of the public key in a DER SubjectPublicKeyInfo.
    ///
    /// # Errors
    ///
    /// [`KeyError::Unsupported`] for a type or size that is not signed with, [`KeyError::Malformed`] for other bytes.
    pub fn of_spki(der: &[u8]) -> Result<Self, KeyError> {
        let key_type = KeyType::of_spki(der).map_err(|_| KeyError::Malformed)?;
        match key_type {
            KeyType::EcdsaP256 => Ok(Self::EcdsaP256),
            KeyType::EcdsaP384 => Ok(Self::EcdsaP384),
            KeyType::Ed25519 => Ok(Self::Ed25519),
            KeyType::Rsa { bits: 2048 } => Ok(Self::Rsa2048),
            KeyType::Rsa { bits: 3072 } => Ok(Self::Rsa3072),
            KeyType::Rsa { bits: 4096 } => Ok(Self::Rsa4096),
            other => Err(KeyError::Unsupported(other.to_string())),
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EcdsaP256 => "ECDSA P-256",
            Self::EcdsaP384 => "ECDSA P-384",
            Self::Ed25519 => "Ed25519",
            Self::Rsa2048 => "RSA 2048",
            Self::Rsa3072 => "RSA 3072",
            Self::Rsa4096 => "RSA 4096",
        })
    }
}

/// Something that holds a private key and signs with it: a key in memory, or a device.
pub trait Signer: Send + Sync {
    /// The kind of its key, which settles the signature scheme.
    fn kind(&self) -> KeyKind;

    /// The public key as DER SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7).
    fn public_key_der(&self) -> &[u8];

    /// Signs `message` with the scheme of [`kind`](Self::kind). The message is hashed here, where the scheme has a hash.
    ///
    /// # Errors
    ///
    /// [`KeyError::Signing`] when the library or the device refuses.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError>;

    /// Signs a message of which only the SHA-256 is at hand, for a scheme that hashes with SHA-256.
    ///
    /// # Errors
    ///
    /// [`KeyError::Signing`] for every other scheme, for a device that wants the message, and as for
    /// [`sign`](Self::sign).
    fn sign_sha256(&self, digest: &[u8; 32]) -> Result<Vec<u8>, KeyError> {
        let _ = digest;
        Err(KeyError::Signing(format!(
            "a key of type {} that is kept here signs whole messages only",
            self.kind()
        )))
    }
}

/// Why a key cannot be used. No message repeats key material.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the encoding that it should be, or numbers that do not belong together.
    #[error("it does not hold a valid key: the encoding is damaged, or its numbers do not belong together")]
    Malformed,
    /// A type or size that is not signed with, by its name.
    #[error(
        "it is a key of type {0}, which is not signed with: use ECDSA P-256 or P-384, Ed25519, or RSA of 2048, 3072 or 4096 bits"
    )]
    Unsupported(String),
    /// No key could be made.
    #[error("no key could be generated: the cryptography library gave no reason")]
    Generation,
    /// No signature could be made; the text says why.
    #[error("no signature could be made: {0}")]
    Signing(String),
}
