//! What is signed: files, standard input, digests.

use std::io::Read;
use std::path::PathBuf;

use crate::ops::hash;
use crate::report::{Code, Finding};
use crate::sigstore::sign::Subject;
use crate::subject::Digest;

/// Most bytes of an input: a tebibyte. It is hashed as it is read.
pub const MAX_INPUT_BYTES: u64 = 1 << 40;

/// Something to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file on disk.
    File(PathBuf),
    /// Standard input, read once.
    Stdin,
    /// A SHA-256 alone.
    Digest(Digest),
}

impl Input {
    /// The subject of the signature: its name and SHA-256. `stdin` is read for [`Input::Stdin`] alone.
    ///
    /// # Errors
    ///
    /// `subject-unreadable` when it cannot be read.
    pub fn subject(&self, stdin: impl Read, on_bytes: hash::OnBytes<'_>) -> Result<Subject, Finding> {
        let unreadable = |name: &str, error: std::io::Error| {
            Finding::new(Code::SubjectUnreadable, format!("{name}: {error}"))
        };
        match self {
            Self::File(path) => {
                let shown = path.display().to_string();
                let digest =
                    hash::file(path, MAX_INPUT_BYTES, on_bytes).map_err(|error| unreadable(&shown, error))?;
                // Statements name the file, and nothing of where it lay on the signer's machine.
                let name = path
                    .file_name()
                    .map_or(shown, |name| name.to_string_lossy().into_owned());
                Ok(Subject { name, digest })
            }
            Self::Stdin => {
                let digest = hash::copy(stdin, &mut std::io::sink(), MAX_INPUT_BYTES, on_bytes)
                    .map_err(|error| unreadable("standard input", error))?;
                Ok(Subject {
                    name: "-".to_owned(),
                    digest,
                })
            }
            Self::Digest(digest) => Ok(Subject {
                name: digest.to_string(),
                digest: digest.clone(),
            }),
        }
    }
}
