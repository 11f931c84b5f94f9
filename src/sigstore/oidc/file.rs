//! A token in a file.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::token::MAX_TOKEN_BYTES;
use crate::http::Secret;

/// Reads a file with a token. The error says why it could not be read, and not what it holds.
pub(super) fn read(path: &Path) -> Result<Secret, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    from_reader(file)
}

/// Reads a token of at most [`MAX_TOKEN_BYTES`] and a line end.
///
/// # Errors
///
/// Says why it could not be read.
pub fn from_reader(reader: impl Read) -> Result<Secret, String> {
    // With room for everything that is accepted, nothing is copied while it grows.
    let limit = MAX_TOKEN_BYTES + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit + 1));
    reader
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!(
            "it is longer than {MAX_TOKEN_BYTES} bytes, and no token is"
        ));
    }
    std::str::from_utf8(&bytes)
        .map(Secret::new)
        .map_err(|_| "it is not text, and a token is".to_owned())
}
