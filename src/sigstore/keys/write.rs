//! Keys as files.

use der::pem::LineEnding;
use zeroize::Zeroizing;

use super::password::Password;
use super::private::PrivateKey;
use super::sealed;
use super::signer::{KeyError, Signer};

/// The public key as PEM SubjectPublicKeyInfo (`PUBLIC KEY`), as `verify --key` and cosign read it.
///
/// # Errors
///
/// [`KeyError::Malformed`] when it cannot be encoded.
pub fn public_pem(signer: &dyn Signer) -> Result<String, KeyError> {
    encode("PUBLIC KEY", signer.public_key_der())
}

impl PrivateKey {
    /// The key in a file that only the password opens: `ENCRYPTED SIGSTORE PRIVATE KEY`, which cosign 2 and 3 read too.
    ///
    /// # Errors
    ///
    /// [`KeyError`] when the system has no randomness or the key cannot be encoded.
    pub fn to_sealed_pem(&self, password: &Password) -> Result<String, KeyError> {
        encode(sealed::LABEL, &sealed::seal(&self.to_pkcs8_der()?, password)?)
    }

    /// The key in a file that anyone can use who can read it: PKCS #8 (`PRIVATE KEY`).
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] when it cannot be encoded.
    pub fn to_plain_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        encode("PRIVATE KEY", &self.to_pkcs8_der()?).map(Zeroizing::new)
    }
}

fn encode(label: &str, bytes: &[u8]) -> Result<String, KeyError> {
    der::pem::encode_string(label, LineEnding::LF, bytes).map_err(|_| KeyError::Malformed)
}
