//! GitHub's webhook signature: `X-Hub-Signature-256: sha256=<hex of HMAC-SHA256 over the body>`.
//!
//! Neither a time nor the delivery's id is signed, so a delivery is recognised by its body alone.

use super::header;
use super::secret::{SecretError, SharedSecret};

/// The field with the signature.
pub(super) const SIGNATURE: &str = "x-hub-signature-256";

/// The secrets of one caller.
pub(crate) struct Keys(Vec<SharedSecret>);

impl Keys {
    /// Secrets as they stand in files.
    pub(crate) fn new(files: &[&[u8]]) -> Result<Self, SecretError> {
        let secrets = files.iter().map(|file| SharedSecret::plain(file));
        Ok(Self(secrets.collect::<Result<_, _>>()?))
    }

    /// Whether the signature is by one of the secrets.
    pub(super) fn verify(&self, tag: &[u8; 32], body: &[u8]) -> bool {
        self.0.iter().any(|secret| secret.verifies(&[body], tag))
    }
}

/// The signature of a request.
///
/// # Errors
///
/// Says why there is none, for the log.
pub(super) fn signature(headers: &axum::http::HeaderMap) -> Result<[u8; 32], String> {
    let value = header::need(headers, SIGNATURE)?;
    let mut tag = [0; 32];
    let hex = value
        .strip_prefix("sha256=")
        .map(|hex| hex::decode_to_slice(hex, &mut tag));
    match hex {
        Some(Ok(())) => Ok(tag),
        _ => Err(format!("{SIGNATURE} is not sha256= and 64 hexadecimal digits")),
    }
}
