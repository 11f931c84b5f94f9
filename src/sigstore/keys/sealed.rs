//! The encrypted key files of cosign: PKCS #8 under scrypt (RFC 7914) and NaCl's secretbox, described in JSON.
//!
//! The PEM block holds this JSON, bytes in base64; the sealed bytes begin with the 16 bytes of the authenticator:
//!
//! ```text
//! {"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"…"},
//!  "cipher":{"name":"nacl/secretbox","nonce":"…"},"ciphertext":"…"}
//! ```

use aws_lc_rs::rand::fill;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::{Aead as _, KeyInit as _};
use crypto_secretbox::{Key, Nonce, XSalsa20Poly1305};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::cost;
use super::file::{KeyFileError, MAX_KEY_FILE_BYTES};
use super::password::Password;
use super::signer::KeyError;
use crate::strict_json::{self, Limits};

/// The label that is written, and that cosign writes since 2.0.
pub(super) const LABEL: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
/// The label that cosign wrote before.
pub(super) const OLD_LABEL: &str = "ENCRYPTED COSIGN PRIVATE KEY";

/// Bytes of the salt that is written.
const SALT_BYTES: usize = 32;
/// Bytes of a secretbox nonce.
const NONCE_BYTES: usize = 24;
/// scrypt's N that is written: what cosign writes, and one of the three that it reads. 64 MiB and a fifth of a second.
const LOG_N: u8 = 16;
/// scrypt's r and p that are written, the only ones that cosign reads.
const R: u32 = 8;
const P: u32 = 1;

const KDF: &str = "scrypt";
const CIPHER: &str = "nacl/secretbox";

#[derive(Serialize, Deserialize)]
struct Envelope {
    kdf: KeyDerivation,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct KeyDerivation {
    name: String,
    params: Params,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Params {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

/// Decrypts the JSON of a key file. The result is what was sealed: a DER PrivateKeyInfo.
pub(super) fn open(json: &[u8], password: &Password) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let refused = |why: &str| KeyFileError::Encryption(why.to_owned());
    let limits = Limits {
        bytes: MAX_KEY_FILE_BYTES,
        depth: 4,
    };
    let malformed = "its PEM block is not the JSON of a sealed key";
    strict_json::check(json, limits).map_err(|_| refused(malformed))?;
    let envelope: Envelope = serde_json::from_slice(json).map_err(|_| refused(malformed))?;
    if envelope.kdf.name != KDF || envelope.cipher.name != CIPHER {
        return Err(refused("scrypt and nacl/secretbox are read, and it names others"));
    }
    let Params { n, r, p } = envelope.kdf.params;
    cost::check_scrypt(n, u64::from(r), u64::from(p)).map_err(KeyFileError::Encryption)?;
    let bytes = |text: &str| {
        STANDARD
            .decode(text)
            .map_err(|_| refused("one of its fields is not base64"))
    };
    let nonce: [u8; NONCE_BYTES] = bytes(&envelope.cipher.nonce)?
        .try_into()
        .map_err(|_| refused("its nonce is not 24 bytes long"))?;
    // A power of two of at most 64 bits has at most 63 zeros after the one.
    let log_n = u8::try_from(n.trailing_zeros()).unwrap_or(u8::MAX);
    let key = derive(password, &bytes(&envelope.kdf.salt)?, log_n, r, p)
        .ok_or_else(|| refused("its parameters of scrypt are out of range"))?;
    XSalsa20Poly1305::new(Key::from_slice(key.as_slice()))
        .decrypt(Nonce::from_slice(&nonce), bytes(&envelope.ciphertext)?.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| KeyFileError::WrongPassword)
}

/// Seals `plain` so that [`open`] and cosign read it: the JSON for the PEM block.
pub(super) fn seal(plain: &[u8], password: &Password) -> Result<Vec<u8>, KeyError> {
    let mut salt = [0; SALT_BYTES];
    let mut nonce = [0; NONCE_BYTES];
    fill(&mut salt).map_err(|_| KeyError::Generation)?;
    fill(&mut nonce).map_err(|_| KeyError::Generation)?;
    let key = derive(password, &salt, LOG_N, R, P).ok_or(KeyError::Generation)?;
    let ciphertext = XSalsa20Poly1305::new(Key::from_slice(key.as_slice()))
        .encrypt(Nonce::from_slice(&nonce), plain)
        .map_err(|_| KeyError::Generation)?;
    let envelope = Envelope {
        kdf: KeyDerivation {
            name: KDF.to_owned(),
            params: Params {
                n: 1 << LOG_N,
                r: R,
                p: P,
            },
            salt: STANDARD.encode(salt),
        },
        cipher: Cipher {
            name: CIPHER.to_owned(),
            nonce: STANDARD.encode(nonce),
        },
        ciphertext: STANDARD.encode(ciphertext),
    };
    serde_json::to_vec(&envelope).map_err(|_| KeyError::Generation)
}

fn derive(password: &Password, salt: &[u8], log_n: u8, r: u32, p: u32) -> Option<Zeroizing<[u8; 32]>> {
    let params = scrypt::Params::new(log_n, r, p, 32).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(password.expose(), salt, &params, key.as_mut_slice()).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of secure-systems-lab/go-securesystemslib (the library that cosign seals keys with), package `encrypted`,
    /// under the password `supersecret`. The first is sealed bytes, the others are sealed JSON strings.
    const VECTORS: [(&str, &[u8]); 4] = [
        (
            r#"{"kdf":{"name":"scrypt","params":{"N":32768,"r":8,"p":1},"salt":"N9a7x5JFGbrtB2uBR81jPwp0eiLR4A7FV3mjVAQrg1g="},"cipher":{"name":"nacl/secretbox","nonce":"2h8HxMmgRfuYdpswZBQaU3xJ1nkA/5Ik"},"ciphertext":"SEW6sUh0jf2wfdjJGPNS9+bkk2uB+Cxamf32zR8XkQ=="}"#,
            b"reallyimportant",
        ),
        (
            r#"{"kdf":{"name":"scrypt","params":{"N":32768,"r":8,"p":1},"salt":"WO3mVvyTwJ9vwT5/Tk5OW5WPIBUofMjcpEfrLnfY4uA="},"cipher":{"name":"nacl/secretbox","nonce":"tCy7HcTFr4uxv4Nrg/DWmncuZ148U1MX"},"ciphertext":"08n43p5G5yviPEZpO7tPPF4aZQkWiWjkv4taFdhDBA0tamKH4nw="}"#,
            b"\"cmVhbGx5aW1wb3J0YW50\"",
        ),
        (
            r#"{"kdf":{"name":"scrypt","params":{"N":65536,"r":8,"p":1},"salt":"FhzPOt9/bJG4PTq6lQ6ecG6GzaOuOy/ynG5+yRiFlNs="},"cipher":{"name":"nacl/secretbox","nonce":"aw1ng1jHaDz/tQ7V2gR9O2+IGQ8xJEuE"},"ciphertext":"HycvuLZL4sYH0BrYTh4E/H20VtAW6u5zL5Pr+IBjYLYnCPzDkq8="}"#,
            b"\"cmVhbGx5aW1wb3J0YW50\"",
        ),
        (
            r#"{"kdf":{"name":"scrypt","params":{"N":131072,"r":8,"p":1},"salt":"m38E3kouJTtiheLQN22NQ8DTito5hrjpUIskqcd375k="},"cipher":{"name":"nacl/secretbox","nonce":"Y6PM13yA+o44pE/W1ZBwczeGnTV/m9Zc"},"ciphertext":"6H8sqj1K6B6yDjtH5AQ6lbFigg/C2yDDJc4rYJ79w9aVPImFIPI="}"#,
            b"\"cmVhbGx5aW1wb3J0YW50\"",
        ),
    ];

    #[test]
    fn what_cosigns_library_sealed_is_opened() {
        for (json, plain) in VECTORS {
            let opened = open(json.as_bytes(), &Password::new("supersecret")).unwrap();
            assert_eq!(opened.as_slice(), plain);
        }
    }

    #[test]
    fn what_was_sealed_is_opened_with_its_password_alone() {
        let json = seal(b"plain", &Password::new("right")).unwrap();
        let opened = open(&json, &Password::new("right")).unwrap();
        assert_eq!(opened.as_slice(), b"plain");
        for wrong in ["", "Right", "right\n"] {
            assert_eq!(
                open(&json, &Password::new(wrong)).unwrap_err(),
                KeyFileError::WrongPassword
            );
        }
    }

    #[test]
    fn hostile_parameters_are_refused_before_they_cost_anything() {
        let good = VECTORS[0].0;
        for (from, to) in [
            ("32768", "1073741824"),
            ("32768", "18446744073709551615"),
            ("32768", "99"),
            (r#""r":8"#, r#""r":4294967295"#),
            (r#""p":1"#, r#""p":0"#),
            (r#""p":1"#, r#""p":65536"#),
            ("scrypt", "none"),
            ("nacl/secretbox", "none"),
            ("2h8HxMmgRfuYdpswZBQaU3xJ1nkA/5Ik", "AAAA"),
            ("2h8HxMmgRfuYdpswZBQaU3xJ1nkA/5Ik", "?"),
            (r#""p":1"#, r#""p":1,"p":1"#),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            let error = open(bad.as_bytes(), &Password::new("supersecret")).unwrap_err();
            assert!(matches!(error, KeyFileError::Encryption(_)), "{to}: {error}");
        }
    }
}
