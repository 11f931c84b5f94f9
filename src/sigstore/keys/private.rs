//! A private key in memory.

use std::fmt;

use aws_lc_rs::digest::{Digest, SHA256};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
};
use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1};
use const_oid::db::rfc8410::ID_ED_25519;
use der::asn1::{ContextSpecific, OctetStringRef, UintRef};
use der::{Decode, Reader, SliceReader, TagNumber};
use pkcs8::PrivateKeyInfo;
use zeroize::Zeroizing;

use super::signer::{KeyError, KeyKind, Signer};

/// A private key that was generated or read. The library that holds its numbers wipes them when it is dropped.
pub struct PrivateKey {
    kind: KeyKind,
    pair: Pair,
    public: Vec<u8>,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

impl PrivateKey {
    /// Makes a new key from the system's randomness. An RSA key takes up to some seconds.
    ///
    /// # Errors
    ///
    /// [`KeyError::Generation`].
    pub fn generate(kind: KeyKind) -> Result<Self, KeyError> {
        let pair = match kind {
            KeyKind::EcdsaP256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map(Pair::Ecdsa),
            KeyKind::EcdsaP384 => EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).map(Pair::Ecdsa),
            KeyKind::Ed25519 => Ed25519KeyPair::generate().map(Pair::Ed25519),
            KeyKind::Rsa2048 => rsa::KeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            KeyKind::Rsa3072 => rsa::KeyPair::generate(KeySize::Rsa3072).map(Pair::Rsa),
            KeyKind::Rsa4096 => rsa::KeyPair::generate(KeySize::Rsa4096).map(Pair::Rsa),
        };
        Self::new(pair.map_err(|_| KeyError::Generation)?)
    }

    /// Reads a DER PrivateKeyInfo (PKCS #8, RFC 5208 and RFC 5958).
    ///
    /// # Errors
    ///
    /// [`KeyError::Unsupported`] for another type or size of key, [`KeyError::Malformed`] for what is not a key.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        let info = PrivateKeyInfo::try_from(der).map_err(|_| KeyError::Malformed)?;
        let pair = match info.algorithm.oid {
            ID_EC_PUBLIC_KEY => {
                let curve = info.algorithm.parameters_oid().map_err(|_| KeyError::Malformed)?;
                EcdsaKeyPair::from_pkcs8(algorithm_of(curve)?, der).map(Pair::Ecdsa)
            }
            ID_ED_25519 => Ed25519KeyPair::from_pkcs8(der).map(Pair::Ed25519),
            RSA_ENCRYPTION => {
                check_rsa_size(info.private_key)?;
                rsa::KeyPair::from_pkcs8(der).map(Pair::Rsa)
            }
            other => return Err(KeyError::Unsupported(format!("algorithm {other}"))),
        };
        Self::new(pair.map_err(|_| KeyError::Malformed)?)
    }

    /// Reads a DER ECPrivateKey that names its curve (SEC 1, RFC 5915).
    pub(super) fn from_sec1_der(der: &[u8]) -> Result<Self, KeyError> {
        let curve = sec1_curve(der).map_err(|_| KeyError::Malformed)?;
        let pair = EcdsaKeyPair::from_private_key_der(algorithm_of(curve)?, der);
        Self::new(Pair::Ecdsa(pair.map_err(|_| KeyError::Malformed)?))
    }

    /// Reads a DER RSAPrivateKey (PKCS #1, RFC 8017).
    pub(super) fn from_pkcs1_der(der: &[u8]) -> Result<Self, KeyError> {
        check_rsa_size(der)?;
        let pair = rsa::KeyPair::from_der(der);
        Self::new(Pair::Rsa(pair.map_err(|_| KeyError::Malformed)?))
    }

    /// The key as DER PrivateKeyInfo, to be written into a file. Wiped when it is dropped.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] when the library cannot encode the key.
    pub fn to_pkcs8_der(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let der = match &self.pair {
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map(|der| Zeroizing::new(der.as_ref().to_vec())),
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map(|der| Zeroizing::new(der.as_ref().to_vec())),
            Pair::Rsa(pair) => {
                AsDer::<Pkcs8V1Der<'_>>::as_der(pair).map(|der| Zeroizing::new(der.as_ref().to_vec()))
            }
        };
        der.map_err(|_| KeyError::Malformed)
    }

    fn new(pair: Pair) -> Result<Self, KeyError> {
        let public = pair.public_der().map_err(|_| KeyError::Malformed)?;
        let kind = KeyKind::of_spki(&public)?;
        Ok(Self { kind, pair, public })
    }
}

impl Pair {
    fn public_der(&self) -> Result<Vec<u8>, Unspecified> {
        let der: PublicKeyX509Der<'_> = match self {
            Self::Ecdsa(pair) => pair.public_key().as_der(),
            Self::Ed25519(pair) => pair.public_key().as_der(),
            Self::Rsa(pair) => pair.public_key().as_der(),
        }?;
        Ok(der.as_ref().to_vec())
    }
}

impl Signer for PrivateKey {
    fn kind(&self) -> KeyKind {
        self.kind
    }

    fn public_key_der(&self) -> &[u8] {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let signature = match &self.pair {
            Pair::Ecdsa(pair) => pair
                .sign(&SystemRandom::new(), message)
                .map(|signature| signature.as_ref().to_vec()),
            Pair::Ed25519(pair) => pair
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec()),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map(|()| signature)
            }
        };
        signature.map_err(|_| refused())
    }

    fn sign_sha256(&self, digest: &[u8; 32]) -> Result<Vec<u8>, KeyError> {
        let digest = Digest::import_less_safe(digest, &SHA256).map_err(|_| refused())?;
        let signature = match &self.pair {
            // The library compares the scheme's hash with the digest's, so P-384 is refused there.
            Pair::Ecdsa(pair) => pair
                .sign_digest(&digest)
                .map(|signature| signature.as_ref().to_vec()),
            Pair::Ed25519(_) => Err(Unspecified),
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature)
                    .map(|()| signature)
            }
        };
        signature.map_err(|_| refused())
    }
}

fn refused() -> KeyError {
    KeyError::Signing("the cryptography library refused".to_owned())
}

/// Shows the kind and nothing of the key.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.kind)
    }
}

/// The scheme for keys on `curve`.
fn algorithm_of(curve: ObjectIdentifier) -> Result<&'static EcdsaSigningAlgorithm, KeyError> {
    match curve {
        SECP_256_R_1 => Ok(&ECDSA_P256_SHA256_ASN1_SIGNING),
        SECP_384_R_1 => Ok(&ECDSA_P384_SHA384_ASN1_SIGNING),
        other => Err(KeyError::Unsupported(format!("EC curve {other}"))),
    }
}

/// The curve that an ECPrivateKey names.
fn sec1_curve(der: &[u8]) -> Result<ObjectIdentifier, der::Error> {
    SliceReader::new(der)?.sequence(|inner| {
        let _version = UintRef::decode(inner)?;
        let _key = OctetStringRef::decode(inner)?;
        let curve = ContextSpecific::<ObjectIdentifier>::decode_explicit(inner, TagNumber::N0)?;
        inner.read_slice(inner.remaining_len())?;
        Ok(curve.ok_or(der::ErrorKind::Failed)?.value)
    })
}

/// Refuses an RSA key of a size that is not signed with, by its size. `der` is an RSAPrivateKey (RFC 8017, appendix A.1.2).
fn check_rsa_size(der: &[u8]) -> Result<(), KeyError> {
    let bits = modulus_bits(der).map_err(|_| KeyError::Malformed)?;
    match bits {
        2048 | 3072 | 4096 => Ok(()),
        other => Err(KeyError::Unsupported(format!("RSA {other}"))),
    }
}

fn modulus_bits(der: &[u8]) -> Result<usize, der::Error> {
    SliceReader::new(der)?.sequence(|inner| {
        let _version = UintRef::decode(inner)?;
        let modulus = UintRef::decode(inner)?;
        // The other numbers are for the library to check.
        inner.read_slice(inner.remaining_len())?;
        let bytes = modulus.as_bytes();
        let unused = bytes.first().map_or(0, |first| first.leading_zeros() as usize);
        Ok((bytes.len() * 8).saturating_sub(unused))
    })
}

#[cfg(test)]
mod tests {
    use sigstore_crypto::VerificationKey;
    use sigstore_types::{DerPublicKey, SignatureBytes};

    use super::*;

    #[test]
    fn what_each_kind_signs_is_accepted_as_verify_would() {
        for kind in KeyKind::ALL {
            let key = PrivateKey::generate(kind).unwrap();
            assert_eq!(key.kind(), kind);
            let public = VerificationKey::from_spki(&DerPublicKey::from_bytes(key.public_key_der())).unwrap();
            let signature = SignatureBytes::from_bytes(&key.sign(b"message").unwrap());
            public.verify(b"message", &signature).unwrap();
            assert!(public.verify(b"another", &signature).is_err(), "{kind}");
        }
    }

    #[test]
    fn a_digest_is_signed_where_the_scheme_hashes_with_sha256_and_nowhere_else() {
        let digest = sigstore_crypto::sha256(b"message");
        for kind in KeyKind::ALL {
            let key = PrivateKey::generate(kind).unwrap();
            let signature = key.sign_sha256(digest.as_bytes());
            if kind.hash() == Some(sigstore_types::HashAlgorithm::Sha2256) {
                let public =
                    VerificationKey::from_spki(&DerPublicKey::from_bytes(key.public_key_der())).unwrap();
                let signature = SignatureBytes::from_bytes(&signature.unwrap());
                public.verify(b"message", &signature).unwrap();
            } else {
                assert!(signature.is_err(), "{kind}");
            }
        }
    }

    #[test]
    fn a_key_survives_its_own_encoding() {
        for kind in [
            KeyKind::EcdsaP256,
            KeyKind::EcdsaP384,
            KeyKind::Ed25519,
            KeyKind::Rsa2048,
        ] {
            let key = PrivateKey::generate(kind).unwrap();
            let again = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
            assert_eq!(again.kind(), kind);
            assert_eq!(again.public_key_der(), key.public_key_der());
        }
    }

    #[test]
    fn nothing_prints_a_key() {
        let key = PrivateKey::generate(KeyKind::Ed25519).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(Ed25519)");
    }

    #[test]
    fn what_is_no_key_is_malformed() {
        for bytes in [&b""[..], b"0", &[0x30, 0x80], &[0xff; 4096]] {
            assert_eq!(
                PrivateKey::from_pkcs8_der(bytes).unwrap_err(),
                KeyError::Malformed
            );
        }
    }
}
