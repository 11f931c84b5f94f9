//! Values that nobody can guess, and comparing them without telling how far they agree.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::http::Secret;
use crate::sigstore::oidc::error::Reason;

/// Bytes of randomness in a state, a nonce and a PKCE verifier (RFC 7636, section 4.1 wants as many).
const RANDOM_BYTES: usize = 32;

/// A new random value, in base64url.
pub(super) fn value() -> Result<Secret, Reason> {
    let mut bytes = Zeroizing::new([0; RANDOM_BYTES]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice())
        .map_err(|_| Reason::Unavailable("the system gave no randomness".to_owned()))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// The PKCE challenge of a verifier: method S256 (RFC 7636, section 4.2).
pub(super) fn challenge(verifier: &Secret) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, verifier.expose().as_bytes());
    URL_SAFE_NO_PAD.encode(digest)
}

/// Whether two texts are equal, in a time that does not depend on where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn values_are_long_and_differ() {
        let (one, other) = (value().unwrap(), value().unwrap());
        assert_eq!(one.expose().len(), 43);
        assert!(same(one.expose(), one.expose()) && !same(one.expose(), other.expose()));
        assert!(!same("a", "ab"));
    }
}
