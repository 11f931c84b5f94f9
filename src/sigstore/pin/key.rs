//! A pinned public key.

use std::fmt;

use sigstore_crypto::VerificationKey;
use sigstore_types::DerPublicKey;
use spki::SubjectPublicKeyInfoRef;

use crate::report::{Code, Finding, Origin};
use crate::sigstore::certificate::KeyType;
use crate::subject::Digest;

/// Largest key file that is read, in bytes; an RSA 8192 key takes 1.5 KiB.
pub const MAX_KEY_BYTES: usize = 16 * 1024;

/// Shortest RSA modulus that is accepted, in bits.
pub const MIN_RSA_BITS: usize = 2048;

/// Longest RSA modulus that is accepted, in bits: the verification library's own limit.
pub const MAX_RSA_BITS: usize = 8192;

/// A public key of a type that can be verified, with its fingerprint.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    der: DerPublicKey,
    key_type: KeyType,
    fingerprint: Digest,
}

/// Why a file is not a usable public key. No message repeats what the file holds: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// More than [`MAX_KEY_BYTES`].
    #[error("it is {0} bytes long, and at most {MAX_KEY_BYTES} are read")]
    TooLarge(usize),
    /// No PEM block.
    #[error("it holds no PEM block: a public key file begins with -----BEGIN PUBLIC KEY-----")]
    NotPem,
    /// More than one PEM block.
    #[error("it holds {0} PEM blocks: a key file holds one key")]
    Several(usize),
    /// A private key.
    #[error("it holds a private key: name the file with the public key, and keep this one secret")]
    Private,
    /// A certificate.
    #[error("it holds a certificate: a pin needs the public key alone, or an identity and its issuer")]
    Certificate,
    /// A PEM block of another kind.
    #[error("its PEM block is not a PUBLIC KEY (for a PKCS #1 key: openssl rsa -RSAPublicKey_in -pubout)")]
    OtherBlock,
    /// Not a SubjectPublicKeyInfo.
    #[error("its PEM block does not hold a public key: {0}")]
    Malformed(String),
    /// A type that the verification library cannot check.
    #[error(
        "it is a key of type {0}, which cannot be verified: use ECDSA P-256 or P-384, Ed25519, or RSA of at least {MIN_RSA_BITS} bits"
    )]
    Unsupported(KeyType),
    /// An RSA key outside [`MIN_RSA_BITS`] to [`MAX_RSA_BITS`].
    #[error("its RSA modulus has {0} bits: {MIN_RSA_BITS} to {MAX_RSA_BITS} are accepted")]
    RsaSize(usize),
}

impl KeyError {
    /// The finding for a key that was named somewhere: the configuration is wrong, so nothing is examined.
    pub fn finding(&self, label: &str, origin: &Origin) -> Finding {
        Finding::new(
            Code::KeyInvalid,
            format!("{label} cannot be used as a public key: {self}"),
        )
        .expected(
            "a PEM file with one public key: ECDSA P-256 or P-384, Ed25519, or RSA of at least 2048 bits",
        )
        .origin(origin)
    }
}

impl PublicKey {
    /// Reads a PEM file that holds one public key and nothing else.
    pub fn from_pem(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() > MAX_KEY_BYTES {
            return Err(KeyError::TooLarge(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| KeyError::NotPem)?;
        let labels: Vec<&str> = text.split("-----BEGIN ").skip(1).map(label).collect();
        if labels.iter().any(|label| label.contains("PRIVATE")) {
            return Err(KeyError::Private);
        }
        match labels.as_slice() {
            [] => Err(KeyError::NotPem),
            ["PUBLIC KEY"] => {
                // The library's message may quote the file, so it is not passed on.
                let der = DerPublicKey::from_pem(text)
                    .map_err(|_| KeyError::Malformed("the PEM encoding is damaged".to_owned()))?;
                Self::from_der(der)
            }
            [label] if label.ends_with("CERTIFICATE") => Err(KeyError::Certificate),
            [_] => Err(KeyError::OtherBlock),
            several => Err(KeyError::Several(several.len())),
        }
    }

    fn from_der(der: DerPublicKey) -> Result<Self, KeyError> {
        let malformed = |error: der::Error| KeyError::Malformed(error.to_string());
        let key_type = KeyType::of_spki(der.as_bytes()).map_err(malformed)?;
        match key_type {
            KeyType::EcdsaP256 | KeyType::EcdsaP384 | KeyType::Ed25519 => {}
            KeyType::Rsa { bits } if (MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) => {}
            KeyType::Rsa { bits } => return Err(KeyError::RsaSize(bits)),
            other @ (KeyType::EcdsaP521 | KeyType::Other(_)) => return Err(KeyError::Unsupported(other)),
        }
        check_raw(&der, &key_type)?;
        VerificationKey::from_spki(&der).map_err(|error| KeyError::Malformed(error.to_string()))?;
        let fingerprint = Digest::sha256(der.as_bytes());
        Ok(Self {
            der,
            key_type,
            fingerprint,
        })
    }

    /// The key as the verification library takes it.
    pub fn der(&self) -> &DerPublicKey {
        &self.der
    }

    /// Its type.
    pub fn key_type(&self) -> &KeyType {
        &self.key_type
    }

    /// SHA-256 of its DER SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> &Digest {
        &self.fingerprint
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", self.key_type, self.fingerprint)
    }
}

fn label(rest: &str) -> &str {
    rest.split_once("-----").map_or(rest, |(label, _)| label)
}

/// Checks the length of the raw key: elliptic-curve points have to be uncompressed (SEC 1, section 2.3.3).
fn check_raw(der: &DerPublicKey, key_type: &KeyType) -> Result<(), KeyError> {
    let raw = SubjectPublicKeyInfoRef::try_from(der.as_bytes())
        .ok()
        .and_then(|info| info.subject_public_key.as_bytes())
        .ok_or_else(|| KeyError::Malformed("its key is not a whole number of bytes".to_owned()))?;
    let (length, first) = match key_type {
        KeyType::EcdsaP256 => (65, Some(4)),
        KeyType::EcdsaP384 => (97, Some(4)),
        KeyType::Ed25519 => (32, None),
        KeyType::EcdsaP521 | KeyType::Rsa { .. } | KeyType::Other(_) => return Ok(()),
    };
    if raw.len() == length && (first.is_none() || raw.first().copied() == first) {
        Ok(())
    } else {
        Err(KeyError::Malformed(format!(
            "a {key_type} key is {length} bytes, uncompressed"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `openssl` for these tests alone.
    fn pem(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/");
        std::fs::read(format!("{folder}{name}")).unwrap()
    }

    const PRIVATE: &[u8] = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";

    #[test]
    fn keys_that_can_be_verified_are_read() {
        for (file, expected) in [
            ("p256.pub", KeyType::EcdsaP256),
            ("p384.pub", KeyType::EcdsaP384),
            ("ed25519.pub", KeyType::Ed25519),
            ("rsa2048.pub", KeyType::Rsa { bits: 2048 }),
            ("rsa4096.pub", KeyType::Rsa { bits: 4096 }),
        ] {
            let key = PublicKey::from_pem(&pem(file)).unwrap();
            assert_eq!(key.key_type(), &expected, "{file}");
            assert_eq!(key.fingerprint(), &Digest::sha256(key.der().as_bytes()));
            let windows = String::from_utf8(pem(file)).unwrap().replace('\n', "\r\n");
            assert_eq!(PublicKey::from_pem(windows.as_bytes()), Ok(key), "{file}");
        }
    }

    #[test]
    fn everything_else_is_refused_by_what_it_is() {
        let two = [pem("p256.pub"), pem("p384.pub")].concat();
        let both = [pem("p256.pub"), PRIVATE.to_vec()].concat();
        let cut = pem("p256.pub")[..80].to_vec();
        for (bytes, error) in [
            (pem("p521.pub"), KeyError::Unsupported(KeyType::EcdsaP521)),
            (pem("rsa1024.pub"), KeyError::RsaSize(1024)),
            (pem("rsa-pkcs1.pub"), KeyError::OtherBlock),
            (PRIVATE.to_vec(), KeyError::Private),
            (both, KeyError::Private),
            (two, KeyError::Several(2)),
            (
                b"-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJ".to_vec(),
                KeyError::Private,
            ),
            (
                b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_vec(),
                KeyError::Certificate,
            ),
            (b"".to_vec(), KeyError::NotPem),
            (b"\xff\xfe".to_vec(), KeyError::NotPem),
            (b"ssh-ed25519 AAAA".to_vec(), KeyError::NotPem),
            (cut, KeyError::Malformed("the PEM encoding is damaged".into())),
            (
                vec![b'a'; MAX_KEY_BYTES + 1],
                KeyError::TooLarge(MAX_KEY_BYTES + 1),
            ),
        ] {
            assert_eq!(PublicKey::from_pem(&bytes), Err(error));
        }
    }

    #[test]
    fn damaged_der_is_refused_at_every_byte_that_gives_the_type() {
        let key = PublicKey::from_pem(&pem("p256.pub")).unwrap();
        let der = key.der().as_bytes();
        for cut in 0..der.len() {
            assert!(PublicKey::from_der(DerPublicKey::new(der[..cut].to_vec())).is_err());
        }
        // The header: tags, lengths, both OIDs, unused bits, point form.
        for at in 0..27 {
            let mut changed = der.to_vec();
            changed[at] ^= 0x01;
            assert!(
                PublicKey::from_der(DerPublicKey::new(changed)).is_err(),
                "byte {at}"
            );
        }
        assert!(PublicKey::from_der(DerPublicKey::new([der, b"\0"].concat())).is_err());
    }

    #[test]
    fn no_message_repeats_what_the_file_holds() {
        let secret = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCD";
        for text in [
            format!("-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----"),
            format!("-----BEGIN PUBLIC KEY-----\n{secret}!\n-----END PUBLIC KEY-----"),
            format!("-----BEGIN PUBLIC KEY-----\n{secret}"),
            format!("-----BEGIN {secret}-----\n"),
            secret.to_owned(),
        ] {
            let error = PublicKey::from_pem(text.as_bytes()).unwrap_err();
            let finding = error.finding("app.pub", &Origin::flag("--key"));
            assert!(!format!("{error:?} {finding:?}").contains(secret), "{error:?}");
        }
    }
}
