//! Secrets that callers share with the gate: read from files, checked for length, and compared in constant time.
//!
//! Files are named in the configuration and read again on every reload, so a secret is changed by naming the new file beside
//! the old one, and later taking the old one out.

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::jwt;

/// Fewest bytes of a secret: what Standard Webhooks demands, and beyond guessing.
pub const MIN_SECRET_BYTES: usize = 24;
/// Most bytes of a secret.
pub const MAX_SECRET_BYTES: usize = 512;
/// How Standard Webhooks marks a shared secret.
const SHARED: &str = "whsec_";
/// How Standard Webhooks marks a public key.
const PUBLIC: &str = "whpk_";

/// Why a file holds no secret. The message repeats nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Fewer than [`MIN_SECRET_BYTES`] or more than [`MAX_SECRET_BYTES`].
    #[error("a secret has {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} bytes: openssl rand -base64 32 makes one")]
    Length,
    /// `whsec_` or `whpk_` and no base64 behind it.
    #[error("what follows the prefix is not base64")]
    Base64,
    /// `whsk_`, which only the sender may have.
    #[error("this is a private key, which only the sender may have: give the public key, whpk_…")]
    Private,
    /// Not an ed25519 public key.
    #[error("a public key is written whpk_ and the base64 of 32 bytes")]
    Public,
    /// Spaces or control characters, which no header field can carry, or the form of a token of an issuer.
    #[error("a token is printable ASCII without spaces, and has not two dots, as the tokens of issuers have")]
    Token,
}

/// The text of a secret's file, without the line end that editors add.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn of_length(bytes: &[u8]) -> Result<&[u8], SecretError> {
    match (MIN_SECRET_BYTES..=MAX_SECRET_BYTES).contains(&bytes.len()) {
        true => Ok(bytes),
        false => Err(SecretError::Length),
    }
}

/// A key for HMAC-SHA256 whose secret is wiped with it.
pub(crate) struct SharedSecret(hmac::Key);

impl SharedSecret {
    /// A secret as it stands in a file.
    pub(crate) fn plain(file: &[u8]) -> Result<Self, SecretError> {
        let bytes = of_length(trimmed(file))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// A secret of Standard Webhooks: `whsec_` and base64, or any other text as it stands there.
    pub(crate) fn webhook(file: &[u8]) -> Result<Self, SecretError> {
        let text = trimmed(file);
        if text.starts_with(b"whsk_") {
            return Err(SecretError::Private);
        }
        let Some(encoded) = text.strip_prefix(SHARED.as_bytes()) else {
            return Self::plain(file);
        };
        let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?);
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, of_length(&bytes)?)))
    }

    /// The code of these parts, one after the other.
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(part);
        }
        context.sign()
    }

    /// Whether `tag` is the code of these parts, compared in constant time.
    pub(super) fn verifies(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(self.sign(parts).as_ref(), tag).is_ok()
    }
}

/// The bytes of an ed25519 public key, as Standard Webhooks writes one.
pub(super) fn public_key(file: &[u8]) -> Result<[u8; 32], SecretError> {
    let text = trimmed(file);
    if text.starts_with(b"whsk_") {
        return Err(SecretError::Private);
    }
    let encoded = text.strip_prefix(PUBLIC.as_bytes()).ok_or(SecretError::Public)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Public)?;
    bytes.try_into().map_err(|_| SecretError::Public)
}

/// A token that is sent as it is. Only its hash is kept.
pub(crate) struct TokenHash([u8; 32]);

impl TokenHash {
    /// The token in a file.
    pub(super) fn of_file(file: &[u8]) -> Result<Self, SecretError> {
        let token = of_length(trimmed(file))?;
        let text = std::str::from_utf8(token).map_err(|_| SecretError::Token)?;
        match text.bytes().all(|byte| byte.is_ascii_graphic()) && !jwt::has_form(text) {
            true => Ok(Self(sha256(&[token]))),
            false => Err(SecretError::Token),
        }
    }

    /// Whether this is the token. The comparison tells nothing of how much of it is right.
    pub(super) fn is(&self, token: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.0, &sha256(&[token])).is_ok()
    }
}

/// SHA-256 of parts, one after the other.
pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
