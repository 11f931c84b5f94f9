//! Checks signatures as the servers receive them: over a message, or over a digest where the log never sees the message.
//!
//! The verifiers of this crate do not use it: they have the library's. A log that checks what it is given needs the digest
//! form, and the key kinds that real logs take.

use const_oid::db::rfc5912;
use der::{Decode as _, Encode as _};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use sigstore_types::HashAlgorithm;
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::certificate::Certificate;

use super::entry::Verifier;
use super::keys::digest;
use super::{Error, Result};

/// Smallest RSA modulus that Fulcio and Rekor accept, in bits.
const MIN_RSA_BITS: usize = 2048;

#[derive(Clone, Debug)]
enum Kind {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
    Rsa(Box<rsa::RsaPublicKey>),
}

/// A public key of a kind that the servers accept.
#[derive(Clone, Debug)]
pub struct PublicKey {
    kind: Kind,
    spki: SubjectPublicKeyInfoOwned,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// If it is malformed, of another kind, or an RSA key of less than 2048 bits.
    pub fn from_der(der: &[u8]) -> Result<Self> {
        Self::from_spki(SubjectPublicKeyInfoOwned::from_der(der)?)
    }

    /// Reads a decoded SubjectPublicKeyInfo; see [`from_der`](Self::from_der).
    pub fn from_spki(spki: SubjectPublicKeyInfoOwned) -> Result<Self> {
        let der = spki.to_der()?;
        let kind = match spki.algorithm.oid {
            rfc5912::RSA_ENCRYPTION => {
                let key = rsa::RsaPublicKey::from_public_key_der(&der).map_err(unreadable)?;
                if key.size() * 8 < MIN_RSA_BITS {
                    return Err(Error::Key(format!("RSA below {MIN_RSA_BITS} bits is insecure")));
                }
                Kind::Rsa(Box::new(key))
            }
            const_oid::db::rfc8410::ID_ED_25519 => {
                Kind::Ed25519(ed25519_dalek::VerifyingKey::from_public_key_der(&der).map_err(unreadable)?)
            }
            _ => match p256::ecdsa::VerifyingKey::from_public_key_der(&der) {
                Ok(key) => Kind::P256(key),
                Err(_) => {
                    Kind::P384(p384::ecdsa::VerifyingKey::from_public_key_der(&der).map_err(unreadable)?)
                }
            },
        };
        Ok(Self { kind, spki })
    }

    /// The key that a log entry's verifier names.
    pub fn of_verifier(verifier: &Verifier) -> Result<Self> {
        match verifier {
            Verifier::PublicKey(der) => Self::from_der(der),
            Verifier::Certificate(der) => Self::from_spki(
                Certificate::from_der(der)?
                    .tbs_certificate
                    .subject_public_key_info,
            ),
        }
    }

    /// The key, to put into a certificate.
    pub fn spki(&self) -> &SubjectPublicKeyInfoOwned {
        &self.spki
    }

    /// Its name in Sigstore's protobuf specification (`PublicKeyDetails`); an unusual RSA size has none.
    pub fn key_details(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::P256(_) => Some("PKIX_ECDSA_P256_SHA_256"),
            Kind::P384(_) => Some("PKIX_ECDSA_P384_SHA_384"),
            Kind::Ed25519(_) => Some("PKIX_ED25519"),
            Kind::Rsa(key) => match key.size() * 8 {
                2048 => Some("PKIX_RSA_PKCS1V15_2048_SHA256"),
                3072 => Some("PKIX_RSA_PKCS1V15_3072_SHA256"),
                4096 => Some("PKIX_RSA_PKCS1V15_4096_SHA256"),
                _ => None,
            },
        }
    }

    /// The hash that goes with the key in that specification.
    pub fn hash(&self) -> HashAlgorithm {
        match &self.kind {
            Kind::P384(_) => HashAlgorithm::Sha2384,
            Kind::P256(_) | Kind::Ed25519(_) | Kind::Rsa(_) => HashAlgorithm::Sha2256,
        }
    }

    /// Whether `signature` over `message` is by this key; Ed25519 takes no hash.
    pub fn verifies(&self, message: &[u8], hash: HashAlgorithm, signature: &[u8]) -> bool {
        match &self.kind {
            Kind::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Kind::P256(_) | Kind::P384(_) | Kind::Rsa(_) => {
                digest(hash, message).is_ok_and(|digest| self.verifies_digest(&digest, hash, signature))
            }
        }
    }

    /// Whether `signature` over the message with `digest` is by this key. Never for Ed25519, which signs messages only.
    pub fn verifies_digest(&self, digest: &[u8], hash: HashAlgorithm, signature: &[u8]) -> bool {
        match &self.kind {
            Kind::P256(key) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok()),
            Kind::P384(key) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok()),
            Kind::Ed25519(_) => false,
            Kind::Rsa(key) => {
                let padding = match hash {
                    HashAlgorithm::Sha2384 => rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha384>(),
                    HashAlgorithm::Sha2512 => rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha512>(),
                    _ => rsa::Pkcs1v15Sign::new::<rsa::sha2::Sha256>(),
                };
                key.verify(padding, digest, signature).is_ok()
            }
        }
    }
}

/// The hash of an X.509 signature algorithm, for certificate requests; Ed25519 has none of its own and gets SHA-256.
pub fn signature_hash(algorithm: const_oid::ObjectIdentifier) -> Option<HashAlgorithm> {
    match algorithm {
        rfc5912::ECDSA_WITH_SHA_256
        | rfc5912::SHA_256_WITH_RSA_ENCRYPTION
        | const_oid::db::rfc8410::ID_ED_25519 => Some(HashAlgorithm::Sha2256),
        rfc5912::ECDSA_WITH_SHA_384 | rfc5912::SHA_384_WITH_RSA_ENCRYPTION => Some(HashAlgorithm::Sha2384),
        rfc5912::ECDSA_WITH_SHA_512 | rfc5912::SHA_512_WITH_RSA_ENCRYPTION => Some(HashAlgorithm::Sha2512),
        _ => None,
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Key(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::keys::{KeyKind, PrivateKey};
    use crate::sandbox::seed::Seed;

    #[test]
    fn a_signature_counts_over_its_message_and_over_its_digest_and_over_nothing_else() {
        for kind in KeyKind::ALL {
            let key = PrivateKey::derive(&Seed::new(1), "check", kind).unwrap();
            let public = PublicKey::from_der(key.public_der()).unwrap();
            let hash = kind.default_hash();
            let signature = key.sign(b"message").unwrap();
            assert!(public.verifies(b"message", hash, &signature), "{kind:?}");
            assert!(!public.verifies(b"another", hash, &signature), "{kind:?}");
            assert!(!public.verifies(b"message", hash, b""), "{kind:?}");
            let digest = digest(hash, b"message").unwrap();
            let by_digest = public.verifies_digest(&digest, hash, &signature);
            assert_eq!(by_digest, kind != KeyKind::Ed25519, "{kind:?}");
            assert_eq!(public.key_details(), Some(kind.key_details()));
        }
    }
}
