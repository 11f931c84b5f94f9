//! What is signed: files, directories, standard input, digests.

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::ops::{directory, hash};
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
    /// A directory: every file in it.
    Directory {
        /// The directory.
        path: PathBuf,
        /// Names of files and directories in it that are left out.
        ignored: Vec<String>,
        /// Where its bundle goes, and what there is of it; left out as well.
        evidence: Vec<PathBuf>,
    },
    /// Standard input, read once.
    Stdin,
    /// A SHA-256 alone.
    Digest(Digest),
}

/// What is signed of an input.
#[derive(Debug, Clone)]
pub struct Signable {
    /// What the signature is about.
    pub subject: Subject,
    /// The statement, where the input is signed by one; else the artifact itself is signed, if the key can.
    pub statement: Option<Vec<u8>>,
}

impl From<Subject> for Signable {
    fn from(subject: Subject) -> Self {
        Self {
            subject,
            statement: None,
        }
    }
}

impl Input {
    /// Reads and hashes it, a directory's files on `jobs` threads. `stdin` is read for [`Input::Stdin`] alone.
    ///
    /// # Errors
    ///
    /// `subject-unreadable` when it cannot be read, `directory-unrepresentable` when it cannot be listed.
    pub fn read(
        &self,
        stdin: impl Read,
        jobs: NonZeroUsize,
        on_bytes: hash::OnBytes<'_>,
    ) -> Result<Signable, Finding> {
        let unreadable = |name: &str, error: std::io::Error| {
            Finding::new(Code::SubjectUnreadable, format!("{name}: {error}"))
        };
        match self {
            Self::File(path) => {
                let digest = hash::file(path, MAX_INPUT_BYTES, on_bytes)
                    .map_err(|error| unreadable(&path.display().to_string(), error))?;
                let name = own_name(path);
                Ok(Subject { name, digest }.into())
            }
            Self::Directory {
                path,
                ignored,
                evidence,
            } => {
                let reading = directory::Reading {
                    ignored,
                    evidence,
                    limit: MAX_INPUT_BYTES,
                    jobs,
                    on_bytes,
                };
                let list = directory::read(path, &reading)?;
                let name = own_name(path);
                Ok(Signable {
                    statement: Some(list.statement(&name)),
                    subject: Subject {
                        name,
                        digest: list.digest(),
                    },
                })
            }
            Self::Stdin => {
                let digest = hash::copy(stdin, &mut std::io::sink(), MAX_INPUT_BYTES, on_bytes)
                    .map_err(|error| unreadable("standard input", error))?;
                let name = "-".to_owned();
                Ok(Subject { name, digest }.into())
            }
            Self::Digest(digest) => Ok(Subject {
                name: digest.to_string(),
                digest: digest.clone(),
            }
            .into()),
        }
    }
}

/// The last step of a path. Statements name what was signed, and nothing of where it lay on the signer's machine.
fn own_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
