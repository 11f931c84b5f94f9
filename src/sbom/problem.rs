//! What can be wrong with an SBOM: a [`Refused`] document is not read at all, a [`Problem`] is one field of a document
//! that is otherwise read.

use std::fmt;

use super::model::{Format, Place};
use crate::report::{Code, Finding};

/// A document that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Refusal,
    /// Where it was noticed.
    pub place: Place,
    /// 1-based column in bytes.
    pub column: u64,
}

/// Why a document is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More bytes than the cap.
    #[error("it has more than {limit} bytes, the limit of {what}")]
    TooLarge {
        /// What is too large: the document, or one element of a streamed one.
        what: &'static str,
        /// The cap.
        limit: u64,
    },
    /// Deeper than the cap.
    #[error("it is nested deeper than {limit} levels")]
    TooDeep {
        /// The cap.
        limit: usize,
    },
    /// More of something than the cap.
    #[error("it has more than {limit} {what}")]
    TooMany {
        /// What there is too much of, in the plural.
        what: &'static str,
        /// The cap.
        limit: usize,
    },
    /// The same key twice in one object, however it is spelled.
    #[error("the key {key:?} stands twice in one object")]
    DuplicateKey {
        /// The key, unescaped.
        key: String,
    },
    /// Not JSON, XML or tag-value, or cut off.
    #[error("it cannot be read: {detail}")]
    Syntax {
        /// What was expected.
        detail: String,
    },
    /// Not UTF-8 without a byte order mark.
    #[error("it is not UTF-8 text: {detail}")]
    NotUtf8 {
        /// What it is instead, as far as can be told.
        detail: &'static str,
    },
    /// Nothing in it: no bytes, only white space, or a document without root and components.
    #[error("it is empty")]
    Empty,
    /// Neither CycloneDX nor SPDX.
    #[error("it is neither CycloneDX nor SPDX: {detail}")]
    UnknownFormat {
        /// What is missing.
        detail: &'static str,
    },
    /// Two readers could take it for two formats, and see different components.
    #[error(
        "it has members of more than one SBOM format, so two programs can read two different documents from it"
    )]
    Ambiguous,
    /// A version that this reader does not know.
    #[error("{format} {version:?} is not supported: {supported} are")]
    UnsupportedVersion {
        /// The format.
        format: Format,
        /// The version as written.
        version: String,
        /// The versions that are.
        supported: &'static str,
    },
    /// An XML document type declaration: entities could expand without bound, or name files.
    #[error("it has a document type declaration, and those are never expanded")]
    Doctype,
    /// The reader that the document came from failed.
    #[error("reading it failed: {detail}")]
    Read {
        /// What the operating system says.
        detail: String,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (line {}, column {})",
            self.reason, self.place.line, self.column
        )
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// The code of the refusal, or `None` where reading failed: that is no statement about the document.
    pub fn code(&self) -> Option<Code> {
        Some(match self.reason {
            Refusal::TooLarge { .. } | Refusal::TooDeep { .. } | Refusal::TooMany { .. } => {
                Code::SbomTooLarge
            }
            Refusal::DuplicateKey { .. } => Code::DuplicateKey,
            Refusal::Empty => Code::SbomEmpty,
            Refusal::Syntax { .. } | Refusal::NotUtf8 { .. } | Refusal::Ambiguous | Refusal::Doctype => {
                Code::SbomMalformed
            }
            Refusal::UnknownFormat { .. } | Refusal::UnsupportedVersion { .. } => Code::SbomUnsupported,
            Refusal::Read { .. } => return None,
        })
    }

    /// The refusal as a finding, or `None` where reading failed.
    pub fn finding(&self) -> Option<Finding> {
        let code = self.code()?;
        let help = match &self.reason {
            Refusal::TooLarge {
                what: super::limits::WHOLE | super::limits::STREAMED,
                ..
            } => "--max-sbom-bytes sets the limit; portcullis sbom trim makes a JSON document smaller",
            Refusal::TooMany {
                what: "components", ..
            } => "--max-sbom-components sets the limit",
            _ => "generate the SBOM again with a current version of its tool, and sign that one",
        };
        Some(Finding::new(code, format!("the SBOM is refused: {self}")).help(help))
    }
}

/// One field that is not as its format has it, in a document that is otherwise read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// Name of the field, as the format writes it.
    pub field: &'static str,
    /// The component it belongs to, by [`super::Component::index`]; `None` for a field of the document.
    pub component: Option<u32>,
    /// The start of the value as it was written; empty where there is none.
    pub value: String,
    /// Where.
    pub place: Place,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A value of another JSON type than the format has.
    WrongType,
    /// A string longer than [`super::Limits::text`].
    TooLong,
    /// A field that the format requires.
    Missing,
    /// A package URL that does not parse.
    BadPurl,
    /// A hash that is no hex, or not as long as its algorithm makes it.
    BadHash,
    /// A hash algorithm without a known length: the value is kept from no comparison, it is left out.
    UnknownHashAlgorithm,
    /// A severity that is no known word, or a score that is no number on the scale of its method.
    BadRating,
    /// A second value for what can only be one, and it differs.
    Conflict,
    /// An id that another component has already.
    DuplicateId,
}

impl ProblemKind {
    /// Whether the value could have changed the decision, so that not reading it must not pass in silence.
    pub fn hides_a_value(self) -> bool {
        !matches!(self, Self::UnknownHashAlgorithm)
    }

    fn words(self) -> &'static str {
        match self {
            Self::WrongType => "has the wrong type",
            Self::TooLong => "is longer than any honest value",
            Self::Missing => "is missing",
            Self::BadPurl => "is no package URL",
            Self::BadHash => "is no hash of its algorithm",
            Self::UnknownHashAlgorithm => "uses an unknown hash algorithm",
            Self::BadRating => "has a severity or score that nobody can compare",
            Self::Conflict => "is given twice with different values",
            Self::DuplicateId => "is the id of another component too",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}: {} {}",
            self.place.line,
            self.field,
            self.kind.words()
        )?;
        if !self.value.is_empty() {
            write!(f, ": {:?}", self.value)?;
        }
        Ok(())
    }
}

impl Problem {
    /// The problem as a finding.
    pub fn finding(&self) -> Finding {
        Finding::new(Code::SbomFieldUnreadable, format!("in the SBOM, {self}"))
            .help("have the generator write this field as its format says, and sign the new SBOM")
    }
}
