//! Secrets in files.

use std::path::{Path, PathBuf};

use super::Fired;
use crate::http::Secret;
use crate::ops::read;
use crate::report::{Code, Finding, Origin};

/// Bytes of a token or a key.
const MAX_SECRET_BYTES: u64 = 16 * 1024;

/// A file with one secret, which is read anew each time it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile(PathBuf);

impl SecretFile {
    /// The secret in `path`. Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The secret, without the line end that editors add.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is empty, or is no text (`trigger-secret-unreadable`).
    pub fn read(&self) -> Result<Secret, Finding> {
        let refuse = |why: &str| {
            let message = format!("the secret of the trigger cannot be used: {why}");
            Finding::new(Code::TriggerSecretUnreadable, message)
                .origin(&Origin::flag(&self.0.display().to_string()))
                .help("write the secret alone into the file, readable by the gate's user only")
        };
        let bytes = read::bounded(&self.0, MAX_SECRET_BYTES).map_err(|error| refuse(&error.to_string()))?;
        let bytes = zeroize::Zeroizing::new(bytes);
        let text = std::str::from_utf8(&bytes).map_err(|_| refuse("it is not text"))?;
        match text.trim() {
            "" => Err(refuse("the file is empty")),
            text => Ok(Secret::new(text)),
        }
    }

    /// The secret, or what an attempt without it comes to: the file may be in the middle of a rotation.
    pub(super) fn at_hand(&self) -> Result<Secret, Fired> {
        self.read()
            .map_err(|finding| Fired::Retry { finding, after: None })
    }
}

/// A secret that cannot stand in a header.
pub(super) fn unusable() -> Fired {
    let message = "the token has characters that no header has";
    Fired::Refused(Finding::new(Code::TriggerSecretUnreadable, message))
}
