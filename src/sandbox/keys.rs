//! Key pairs of the kinds that Sigstore signs with, with deterministic signatures (RFC 6979, RFC 8032, PKCS #1 v1.5).

use const_oid::db::{rfc5912, rfc8410};
use der::{Any, Decode as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use sigstore_types::HashAlgorithm;
use spki::{AlgorithmIdentifierOwned, EncodePublicKey as _, SubjectPublicKeyInfoOwned};

use super::seed::{Seed, sha256};
use super::{Error, Result};

/// The kind of a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// ECDSA over P-256, with SHA-256 unless told otherwise.
    P256,
    /// ECDSA over P-384, with SHA-384 unless told otherwise.
    P384,
    /// Pure Ed25519.
    Ed25519,
    /// RSA with a 2048 bit modulus, PKCS #1 v1.5 with SHA-256 unless told otherwise.
    Rsa2048,
}

impl KeyKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::P256, Self::P384, Self::Ed25519, Self::Rsa2048];

    /// The name in Sigstore's protobuf specification (`PublicKeyDetails`).
    pub fn key_details(self) -> &'static str {
        match self {
            Self::P256 => "PKIX_ECDSA_P256_SHA_256",
            Self::P384 => "PKIX_ECDSA_P384_SHA_384",
            Self::Ed25519 => "PKIX_ED25519",
            Self::Rsa2048 => "PKIX_RSA_PKCS1V15_2048_SHA256",
        }
    }

    /// The hash that signatures of this kind use when nobody chooses one.
    pub fn default_hash(self) -> HashAlgorithm {
        match self {
            Self::P384 => HashAlgorithm::Sha2384,
            Self::P256 | Self::Ed25519 | Self::Rsa2048 => HashAlgorithm::Sha2256,
        }
    }
}

#[derive(Clone, Debug)]
enum Pair {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    Rsa(Box<rsa::RsaPrivateKey>),
}

/// A private key and its public half.
#[derive(Clone, Debug)]
pub struct PrivateKey {
    pair: Pair,
    spki: Vec<u8>,
}

impl PrivateKey {
    /// The key named `label` under `seed`.
    pub fn derive(seed: &Seed, label: &str, kind: KeyKind) -> Result<Self> {
        let mut rng = seed.rng(label);
        let pair = match kind {
            KeyKind::P256 => Pair::P256(p256::ecdsa::SigningKey::random(&mut rng)),
            KeyKind::P384 => Pair::P384(p384::ecdsa::SigningKey::random(&mut rng)),
            KeyKind::Ed25519 => Pair::Ed25519(ed25519_dalek::SigningKey::from_bytes(&seed.bytes(label))),
            KeyKind::Rsa2048 => Pair::Rsa(Box::new(
                rsa::RsaPrivateKey::new(&mut rng, 2048).map_err(key_error)?,
            )),
        };
        let spki = match &pair {
            Pair::P256(key) => key.verifying_key().to_public_key_der(),
            Pair::P384(key) => key.verifying_key().to_public_key_der(),
            Pair::Ed25519(key) => key.verifying_key().to_public_key_der(),
            Pair::Rsa(key) => key.to_public_key().to_public_key_der(),
        };
        Ok(Self {
            pair,
            spki: spki.map_err(key_error)?.into_vec(),
        })
    }

    /// What kind of key this is.
    pub fn kind(&self) -> KeyKind {
        match &self.pair {
            Pair::P256(_) => KeyKind::P256,
            Pair::P384(_) => KeyKind::P384,
            Pair::Ed25519(_) => KeyKind::Ed25519,
            Pair::Rsa(_) => KeyKind::Rsa2048,
        }
    }

    /// The public key as SubjectPublicKeyInfo DER.
    pub fn public_der(&self) -> &[u8] {
        &self.spki
    }

    /// The public key as PEM (`BEGIN PUBLIC KEY`).
    pub fn public_pem(&self) -> Result<String> {
        pem("PUBLIC KEY", &self.spki)
    }

    /// The private key as PKCS #8 PEM, for programs that sign with a key file.
    pub fn private_pem(&self) -> Result<String> {
        use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
        let pem = match &self.pair {
            Pair::P256(key) => key.to_pkcs8_pem(LineEnding::LF),
            Pair::P384(key) => key.to_pkcs8_pem(LineEnding::LF),
            Pair::Ed25519(key) => key.to_pkcs8_pem(LineEnding::LF),
            Pair::Rsa(key) => key.to_pkcs8_pem(LineEnding::LF),
        };
        Ok(pem.map_err(key_error)?.to_string())
    }

    /// The public key, decoded.
    pub fn spki(&self) -> Result<SubjectPublicKeyInfoOwned> {
        Ok(SubjectPublicKeyInfoOwned::from_der(&self.spki)?)
    }

    /// The raw bytes of an Ed25519 public key, which signed notes use instead of the SPKI.
    pub fn raw_ed25519(&self) -> Option<[u8; 32]> {
        match &self.pair {
            Pair::Ed25519(key) => Some(key.verifying_key().to_bytes()),
            _ => None,
        }
    }

    /// SHA-256 of the SubjectPublicKeyInfo: the log id of RFC 6962 section 3.2.
    pub fn key_id(&self) -> [u8; 32] {
        sha256(&self.spki)
    }

    /// Signs with the kind's default hash.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        self.sign_with(message, self.kind().default_hash())
    }

    /// Signs with a chosen hash; Ed25519 ignores it. ECDSA signatures are DER, as everywhere in Sigstore.
    pub fn sign_with(&self, message: &[u8], hash: HashAlgorithm) -> Result<Vec<u8>> {
        let digest = digest(hash, message)?;
        match &self.pair {
            Pair::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).map_err(key_error)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Pair::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(&digest).map_err(key_error)?;
                Ok(signature.to_der().as_bytes().to_vec())
            }
            Pair::Ed25519(key) => Ok(key.sign(message).to_bytes().to_vec()),
            Pair::Rsa(key) => {
                use rsa::Pkcs1v15Sign;
                let padding = match hash {
                    HashAlgorithm::Sha2384 => Pkcs1v15Sign::new::<rsa::sha2::Sha384>(),
                    HashAlgorithm::Sha2512 => Pkcs1v15Sign::new::<rsa::sha2::Sha512>(),
                    _ => Pkcs1v15Sign::new::<rsa::sha2::Sha256>(),
                };
                key.sign(padding, &digest).map_err(key_error)
            }
        }
    }

    /// The X.509 name of the signature algorithm that [`sign_with`](Self::sign_with) uses (RFC 5758, RFC 8410, RFC 8017).
    pub fn signature_algorithm(&self, hash: HashAlgorithm) -> AlgorithmIdentifierOwned {
        let (oid, parameters) = match (&self.pair, hash) {
            (Pair::P256(_) | Pair::P384(_), HashAlgorithm::Sha2384) => (rfc5912::ECDSA_WITH_SHA_384, None),
            (Pair::P256(_) | Pair::P384(_), HashAlgorithm::Sha2512) => (rfc5912::ECDSA_WITH_SHA_512, None),
            (Pair::P256(_) | Pair::P384(_), _) => (rfc5912::ECDSA_WITH_SHA_256, None),
            (Pair::Ed25519(_), _) => (rfc8410::ID_ED_25519, None),
            (Pair::Rsa(_), HashAlgorithm::Sha2384) => {
                (rfc5912::SHA_384_WITH_RSA_ENCRYPTION, Some(Any::null()))
            }
            (Pair::Rsa(_), HashAlgorithm::Sha2512) => {
                (rfc5912::SHA_512_WITH_RSA_ENCRYPTION, Some(Any::null()))
            }
            (Pair::Rsa(_), _) => (rfc5912::SHA_256_WITH_RSA_ENCRYPTION, Some(Any::null())),
        };
        AlgorithmIdentifierOwned { oid, parameters }
    }
}

/// The digest of `bytes` under any hash that Sigstore knows.
pub fn digest(hash: HashAlgorithm, bytes: &[u8]) -> Result<Vec<u8>> {
    match hash {
        HashAlgorithm::Sha2256 => Ok(sigstore_crypto::sha256(bytes).as_bytes().to_vec()),
        HashAlgorithm::Sha2384 => Ok(sigstore_crypto::sha384(bytes).as_bytes().to_vec()),
        HashAlgorithm::Sha2512 => Ok(sigstore_crypto::sha512(bytes).as_bytes().to_vec()),
        _ => Err(Error::Missing("hash algorithm")),
    }
}

/// PEM with the line ends that Sigstore's services write: logs record these bytes, so `\n` or `\r\n` matters.
pub fn pem(label: &str, der: &[u8]) -> Result<String> {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).map_err(key_error)
}

fn key_error(error: impl std::fmt::Display) -> Error {
    Error::Key(error.to_string())
}
