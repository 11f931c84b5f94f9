//! Secrets in files, which are read anew each time they are needed: a rotated one needs no restart.

use std::path::PathBuf;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::Fired;
use crate::gate::caller::SharedSecret;
use crate::http::{Secret, bearer};
use crate::ops::read;
use crate::report::{Code, Finding, Origin};
use crate::sigstore::keys::{KeyFile, MAX_KEY_FILE_BYTES, MAX_PASSWORD_BYTES, Password, PrivateKey};

/// Bytes of a token or a key.
const MAX_SECRET_BYTES: u64 = 16 * 1024;

/// A file with one secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile(PathBuf);

/// A secret that signs: the secret itself, to keep it out of messages, and its key.
pub(super) struct Signing {
    pub(super) secret: Secret,
    pub(super) key: SharedSecret,
}

/// A token, and the header that it is sent in.
pub(super) struct Token {
    pub(super) secret: Secret,
    pub(super) header: HeaderValue,
}

impl SecretFile {
    /// The secret in `path`. Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The secret as a bearer token.
    pub(super) fn token(&self) -> Result<Token, Finding> {
        let secret = self.read()?;
        match bearer(&secret) {
            Some(header) => Ok(Token { secret, header }),
            None => Err(self.unusable("it has characters that no header has")),
        }
    }

    /// The secret as the key of a plain HMAC.
    pub(super) fn plain_key(&self) -> Result<Signing, Finding> {
        self.key(SharedSecret::plain)
    }

    /// The secret as Standard Webhooks writes it.
    pub(super) fn webhook_key(&self) -> Result<Signing, Finding> {
        self.key(SharedSecret::webhook)
    }

    /// The private key in the file, opened with the password in the other one if it is encrypted.
    pub(super) fn private_key(&self, password: Option<&Self>) -> Result<PrivateKey, Finding> {
        let bytes = self.bytes(MAX_KEY_FILE_BYTES as u64)?;
        let file = KeyFile::parse(&bytes).map_err(|error| self.unusable(&error.to_string()))?;
        if let (false, Some(_)) = (file.is_encrypted(), password) {
            return Err(self.unusable("it is not encrypted, and there is a password for it"));
        }
        let password = password.map(Self::password).transpose()?;
        file.open(password.as_ref())
            .map_err(|error| self.unusable(&error.to_string()))
    }

    fn password(&self) -> Result<Password, Finding> {
        let bytes = self.bytes(MAX_PASSWORD_BYTES as u64)?;
        Password::of_line(&bytes).map_err(|error| self.unusable(&error.to_string()))
    }

    fn key<E: std::fmt::Display>(
        &self,
        read: impl Fn(&[u8]) -> Result<SharedSecret, E>,
    ) -> Result<Signing, Finding> {
        let secret = self.read()?;
        let key = read(secret.expose().as_bytes()).map_err(|error| self.unusable(&error.to_string()))?;
        Ok(Signing { secret, key })
    }

    /// The text, without the line end that editors add.
    fn read(&self) -> Result<Secret, Finding> {
        let bytes = self.bytes(MAX_SECRET_BYTES)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| self.unusable("it is not text"))?;
        match text.trim() {
            "" => Err(self.unusable("the file is empty")),
            text => Ok(Secret::new(text)),
        }
    }

    fn bytes(&self, limit: u64) -> Result<Zeroizing<Vec<u8>>, Finding> {
        let bytes = read::bounded(&self.0, limit).map_err(|error| self.unusable(&error.to_string()))?;
        Ok(Zeroizing::new(bytes))
    }

    fn unusable(&self, why: &str) -> Finding {
        let message = format!("the secret of the trigger cannot be used: {why}");
        Finding::new(Code::TriggerSecretUnreadable, message)
            .origin(&Origin::flag(self.0.display().to_string()))
            .help("write the secret alone into the file, readable by the gate's user only")
    }
}

/// What an attempt without its secret comes to: the file may be in the middle of a rotation.
pub(super) fn missing(finding: Finding) -> Fired {
    Fired::Retry { finding, after: None }
}
