//! Files with a private key: which forms are read, and what is wrong with the others.

use std::fmt;

use zeroize::Zeroizing;

use super::password::Password;
use super::pem::{self, Block};
use super::private::PrivateKey;
use super::signer::KeyError;
use super::{pbes2, sealed};

/// Largest private key file that is read, in bytes; a sealed RSA 4096 key takes 5 KiB.
pub const MAX_KEY_FILE_BYTES: usize = 64 * 1024;

/// A private key file that was read, its key perhaps still encrypted. The bytes are wiped when it is dropped.
pub struct KeyFile {
    form: Form,
    bytes: Zeroizing<Vec<u8>>,
}

/// How the key is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `PRIVATE KEY`: PKCS #8 (RFC 5958).
    Pkcs8,
    /// `EC PRIVATE KEY`: SEC 1 (RFC 5915).
    Sec1,
    /// `RSA PRIVATE KEY`: PKCS #1 (RFC 8017).
    Pkcs1,
    /// `ENCRYPTED PRIVATE KEY`: PKCS #8 under PBES2 (RFC 8018).
    EncryptedPkcs8,
    /// `ENCRYPTED SIGSTORE PRIVATE KEY`, `ENCRYPTED COSIGN PRIVATE KEY`: PKCS #8 under scrypt and NaCl's secretbox.
    Sealed,
}

/// Why a file is not a usable private key. No message repeats what the file holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Nothing in it.
    #[error("it is empty: a private key file begins with -----BEGIN")]
    Empty,
    /// More than [`MAX_KEY_FILE_BYTES`].
    #[error("it is larger than {MAX_KEY_FILE_BYTES} bytes, and a private key is smaller")]
    TooLarge,
    /// DER instead of PEM.
    #[error("it is DER, and PEM is read: convert it with openssl pkey -inform DER -in FILE -out FILE.pem")]
    Der,
    /// No PEM block.
    #[error("it holds no PEM block: a private key file begins with -----BEGIN … PRIVATE KEY-----")]
    NotPem,
    /// A block without end, or that is not base64.
    #[error("its PEM block is damaged: copy the file again, with every line of it")]
    DamagedPem,
    /// More than one block.
    #[error("it holds {0} PEM blocks: name a file with the private key alone")]
    Several(usize),
    /// A public key.
    #[error("it holds a public key: name the file with the private key that belongs to it")]
    Public,
    /// A certificate.
    #[error("it holds a certificate: name the file with the private key that belongs to it")]
    Certificate,
    /// OpenSSH's own form.
    #[error(
        "it is in OpenSSH's form: convert it with ssh-keygen -p -m PKCS8 -f FILE, or make a key with portcullis key generate"
    )]
    OpenSsh,
    /// OpenSSL's encryption of before PKCS #8.
    #[error(
        "it is encrypted in OpenSSL's old form, which protects badly: convert it with openssl pkcs8 -topk8 -in FILE -out FILE.new"
    )]
    OldEncryption,
    /// Another PEM block.
    #[error("its PEM block is no private key that is known here (known: {})", LABELS.join(", "))]
    UnknownBlock,
    /// It is encrypted, and there is no password.
    #[error("it is encrypted, and no password was given")]
    NeedsPassword,
    /// It could not be decrypted.
    #[error("the password is wrong, or the file is damaged")]
    WrongPassword,
    /// Encrypted with something else, or parameters out of range; the text says what.
    #[error("its encryption is not accepted: {0}")]
    Encryption(String),
    /// The key in it cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The labels of the forms that are read.
const LABELS: [&str; 6] = [
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    sealed::LABEL,
    sealed::OLD_LABEL,
    "EC PRIVATE KEY",
    "RSA PRIVATE KEY",
];

impl KeyFile {
    /// Takes the key out of its PEM block. Nothing is decrypted yet.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] for everything that is not one private key in PEM.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if bytes.len() > MAX_KEY_FILE_BYTES {
            return Err(KeyFileError::TooLarge);
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(KeyFileError::Empty);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| not_text(bytes))?;
        let Block { label, bytes } = pem::only_block(text)?;
        let form = match label {
            "PRIVATE KEY" => Form::Pkcs8,
            "EC PRIVATE KEY" => Form::Sec1,
            "RSA PRIVATE KEY" => Form::Pkcs1,
            "ENCRYPTED PRIVATE KEY" => Form::EncryptedPkcs8,
            sealed::LABEL | sealed::OLD_LABEL => Form::Sealed,
            _ => return Err(KeyFileError::UnknownBlock),
        };
        Ok(Self { form, bytes })
    }

    /// Whether a password is needed to read the key.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.form, Form::EncryptedPkcs8 | Form::Sealed)
    }

    /// Reads the key. The password is not looked at if the file is not encrypted.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::NeedsPassword`], [`KeyFileError::WrongPassword`], [`KeyFileError::Encryption`] or
    /// [`KeyFileError::Key`].
    pub fn open(&self, password: Option<&Password>) -> Result<PrivateKey, KeyFileError> {
        let password = || password.ok_or(KeyFileError::NeedsPassword);
        let pkcs8 = match self.form {
            Form::Pkcs8 => return Ok(PrivateKey::from_pkcs8_der(&self.bytes)?),
            Form::Sec1 => return Ok(PrivateKey::from_sec1_der(&self.bytes)?),
            Form::Pkcs1 => return Ok(PrivateKey::from_pkcs1_der(&self.bytes)?),
            Form::EncryptedPkcs8 => pbes2::decrypt(&self.bytes, password()?)?,
            Form::Sealed => sealed::open(&self.bytes, password()?)?,
        };
        Ok(PrivateKey::from_pkcs8_der(&pkcs8)?)
    }
}

/// Shows the form and nothing of the key.
impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({:?})", self.form)
    }
}

/// What bytes are that are no text: DER if they begin with a SEQUENCE.
fn not_text(bytes: &[u8]) -> KeyFileError {
    match bytes.first() {
        Some(0x30) => KeyFileError::Der,
        _ => KeyFileError::NotPem,
    }
}

#[cfg(test)]
mod tests;
