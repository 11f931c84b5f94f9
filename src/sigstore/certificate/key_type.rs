//! The type of a public key, from its SubjectPublicKeyInfo.

use std::fmt;

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5912::{ID_EC_PUBLIC_KEY, RSA_ENCRYPTION, SECP_256_R_1, SECP_384_R_1, SECP_521_R_1};
use const_oid::db::rfc8410::ID_ED_25519;
use der::asn1::UintRef;
use der::{Decode, Reader, SliceReader};
use spki::SubjectPublicKeyInfoRef;

/// The type of a public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyType {
    /// ECDSA on P-256.
    EcdsaP256,
    /// ECDSA on P-384.
    EcdsaP384,
    /// ECDSA on P-521, which the verification library cannot check.
    EcdsaP521,
    /// Ed25519.
    Ed25519,
    /// RSA with a modulus of this many bits.
    Rsa {
        /// Length of the modulus.
        bits: usize,
    },
    /// Anything else, by the OID of its algorithm (and curve).
    Other(String),
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EcdsaP256 => f.write_str("ECDSA P-256"),
            Self::EcdsaP384 => f.write_str("ECDSA P-384"),
            Self::EcdsaP521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::Other(oid) => write!(f, "algorithm {oid}"),
        }
    }
}

impl KeyType {
    /// Reads the type from a DER SubjectPublicKeyInfo. The error says what is malformed.
    pub fn of_spki(der: &[u8]) -> Result<Self, der::Error> {
        let info = SubjectPublicKeyInfoRef::from_der(der)?;
        match info.algorithm.oid {
            ID_EC_PUBLIC_KEY => {
                let parameters = info.algorithm.parameters.ok_or(der::ErrorKind::Failed)?;
                let curve = parameters.decode_as::<ObjectIdentifier>()?;
                Ok(match curve {
                    SECP_256_R_1 => Self::EcdsaP256,
                    SECP_384_R_1 => Self::EcdsaP384,
                    SECP_521_R_1 => Self::EcdsaP521,
                    other => Self::Other(format!("EC curve {other}")),
                })
            }
            ID_ED_25519 => Ok(Self::Ed25519),
            RSA_ENCRYPTION => Ok(Self::Rsa {
                bits: modulus_bits(info.subject_public_key.raw_bytes())?,
            }),
            other => Ok(Self::Other(other.to_string())),
        }
    }
}

/// Bits of the modulus in an RSAPublicKey (RFC 8017, appendix A.1.1).
fn modulus_bits(der: &[u8]) -> Result<usize, der::Error> {
    let mut reader = SliceReader::new(der)?;
    let bits = reader.sequence(|inner| {
        let modulus = UintRef::decode(inner)?;
        let _exponent = UintRef::decode(inner)?;
        let bytes = modulus.as_bytes();
        let unused = bytes.first().map_or(0, |first| first.leading_zeros() as usize);
        Ok::<_, der::Error>((bytes.len() * 8).saturating_sub(unused))
    })?;
    reader.finish(bits)
}
