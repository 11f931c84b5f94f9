//! Why a layout gave no answer.

use std::path::Path;

use super::json::JsonError;
use super::limits::{MAX_LISTED, MAX_QUOTED_CHARS};
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// Why an OCI image layout, or something in it, could not be used.
///
/// Foreign texts in messages are quoted and cut, so that they cannot steer a terminal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The directory is not a layout of a version that is known.
    #[error("{path} is not an OCI image layout: {detail}")]
    NotALayout {
        /// The directory.
        path: String,
        /// What is missing or different.
        detail: String,
    },
    /// The operating system did not give the bytes, or the file is not there.
    #[error("{file} cannot be read: {detail}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the operating system says.
        detail: String,
    },
    /// A document does not parse or contradicts itself or what points to it.
    #[error("{file} is malformed at {place}: {detail}")]
    Malformed {
        /// The file.
        file: String,
        /// Where in it.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// A key stands twice in an object.
    #[error("{file} has the same key twice in one object, at line {line} column {column}")]
    DuplicateKey {
        /// The file.
        file: String,
        /// 1-based line of the second one.
        line: usize,
        /// 1-based column at which the second one ends.
        column: usize,
    },
    /// The bytes do not have the digest that they are stored under (CVE-2023-33959).
    #[error("{file} does not hold what its name says: its bytes have the digest {found}")]
    DigestMismatch {
        /// The file.
        file: String,
        /// The digest in the file's name.
        expected: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// The number of bytes is not the one in the descriptor.
    #[error("{file} has {found} bytes, and what points to it says {expected}")]
    SizeMismatch {
        /// The file.
        file: String,
        /// Bytes according to the descriptor.
        expected: u64,
        /// Bytes of the file.
        found: u64,
    },
    /// The media type in the descriptor and the document do not go together (index and manifest confusion).
    #[error("{file} is {found}, and what points to it says {expected}")]
    MediaTypeMismatch {
        /// The file.
        file: String,
        /// What the descriptor says, quoted.
        expected: String,
        /// What the document is, quoted.
        found: String,
    },
    /// A limit was passed.
    #[error("{file} exceeds a limit: {what}, at most {limit}")]
    Limit {
        /// The file.
        file: String,
        /// What is limited.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// Nothing in the layout is what was asked for.
    #[error("{layout} has no {wanted}; {}", listed(available))]
    NotFound {
        /// The layout or index.
        layout: String,
        /// What was asked for.
        wanted: String,
        /// What is there.
        available: Vec<String>,
    },
    /// More than one thing in the layout is what was asked for.
    #[error("{layout} has more than one {wanted}; {}", listed(candidates))]
    Ambiguous {
        /// The layout or index.
        layout: String,
        /// What was asked for.
        wanted: String,
        /// What it could be.
        candidates: Vec<String>,
    },
}

impl LayoutError {
    /// The code of a finding about the subject.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreadable { .. } => Code::SubjectUnreadable,
            Self::DuplicateKey { .. } => Code::DuplicateKey,
            Self::NotFound { .. } | Self::Ambiguous { .. } => Code::SubjectNotFound,
            Self::NotALayout { .. }
            | Self::Malformed { .. }
            | Self::DigestMismatch { .. }
            | Self::SizeMismatch { .. }
            | Self::MediaTypeMismatch { .. }
            | Self::Limit { .. } => Code::LayoutMalformed,
        }
    }

    /// The finding when this keeps the subject from being read.
    pub fn finding(&self) -> Finding {
        self.with_code(self.code())
    }

    /// The finding when this keeps evidence from being read.
    pub fn evidence_finding(&self) -> Finding {
        self.with_code(match self {
            Self::Unreadable { .. } => Code::EvidenceUnreadable,
            other => other.code(),
        })
    }

    pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable {
            file: file.display().to_string(),
            detail: match error.kind() {
                std::io::ErrorKind::NotFound => "it is not there".to_owned(),
                _ => error.to_string(),
            },
        }
    }

    pub(crate) fn json(file: &str, error: JsonError) -> Self {
        let file = file.to_owned();
        match error {
            JsonError::Duplicate { line, column } => Self::DuplicateKey { file, line, column },
            JsonError::Invalid { place, detail } => Self::Malformed { file, place, detail },
        }
    }

    fn with_code(&self, code: Code) -> Finding {
        let finding = Finding::new(code, self.to_string());
        match self {
            Self::DigestMismatch { expected, found, .. } => finding
                .found(found.to_string())
                .expected(expected.to_string())
                .help("copy the layout again from where it came from"),
            Self::SizeMismatch { expected, found, .. } => finding
                .found(format!("{found} bytes"))
                .expected(format!("{expected} bytes"))
                .help("copy the layout again from where it came from"),
            Self::MediaTypeMismatch { expected, found, .. } => {
                finding.found(found.clone()).expected(expected.clone())
            }
            Self::Unreadable { .. } => finding.help("check that the layout was copied completely"),
            Self::Ambiguous { .. } => finding.help("name one by its digest: oci-layout:DIR@sha256:…"),
            Self::NotALayout { .. }
            | Self::Malformed { .. }
            | Self::DuplicateKey { .. }
            | Self::Limit { .. }
            | Self::NotFound { .. } => finding,
        }
    }
}

/// A foreign text for a message: quoted, without control characters, and cut.
pub(crate) fn quoted(text: &str) -> String {
    let cut: String = text.chars().take(MAX_QUOTED_CHARS).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{cut:?}{more}")
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "it holds no image".to_owned();
    }
    let shown: Vec<&str> = names.iter().take(MAX_LISTED).map(String::as_str).collect();
    match names.len().saturating_sub(MAX_LISTED) {
        0 => format!("it holds {}", shown.join(", ")),
        more => format!("it holds {} and {more} more", shown.join(", ")),
    }
}
