//! The password of a key file.

use std::fmt;

use zeroize::Zeroizing;

/// Longest password that is read from a file, in bytes, with its line end.
pub const MAX_PASSWORD_BYTES: usize = 4096;

/// Why the content of a file is no password. No message repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// More than [`MAX_PASSWORD_BYTES`].
    #[error("a password has at most {MAX_PASSWORD_BYTES} bytes")]
    TooLong,
    /// Several lines.
    #[error("it has more than one line, and a password is one")]
    SeveralLines,
}

/// A password: never printed, and wiped from memory when it is dropped (promise 8).
#[derive(Clone)]
pub struct Password(Zeroizing<Vec<u8>>);

impl Password {
    /// Takes the bytes of a password as they are.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// Takes the one line that a file with a password holds, without its line end.
    ///
    /// # Errors
    ///
    /// [`PasswordError`] for what is no single line.
    pub fn of_line(bytes: &[u8]) -> Result<Self, PasswordError> {
        if bytes.len() > MAX_PASSWORD_BYTES {
            return Err(PasswordError::TooLong);
        }
        let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.contains(&b'\n') {
            true => Err(PasswordError::SeveralLines),
            false => Ok(Self::new(line)),
        }
    }

    /// Whether there is nothing in it. Some key files are sealed with an empty password.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for Password {}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
