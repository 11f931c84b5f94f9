//! Checking a predicate against its type before it is signed.
//!
//! What is signed is logged for good and read by programs that somebody else wrote, so mistakes are found before: the
//! members that the specification requires, their JSON types, and the formats that readers rely on. Members that a
//! specification does not know are fine. The bytes are kept as they are; nothing is written anew.
//!
//! A new type is a file with its `Shape` (`shape.rs`) and a row in `kind.rs`.

mod cyclonedx;
mod format;
mod kind;
mod openvex;
mod problem;
mod provenance;
mod resource;
mod shape;
mod spdx;
mod test_result;
mod vsa;
mod vuln;

use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;

pub(super) use format::{is_time, is_uri};
pub use kind::{AttestType, UnknownAttestType};
pub use problem::{Problem, Problems};

use crate::report::Origin;
use crate::strict_json::{self, Node};
use kind::Schema;
use problem::Collector;

/// Most bytes of a predicate unless somebody says otherwise. Its bundle is a third larger, and everybody who verifies
/// the artifact reads it.
pub const MAX_PREDICATE_BYTES: usize = 20 << 20;

/// Most levels of nesting. A statement may have 100, and the predicate stands on its second.
pub const MAX_PREDICATE_DEPTH: usize = super::statement::MAX_STATEMENT_DEPTH - 1;

/// A predicate that was checked against its type.
#[derive(Debug, Clone)]
pub struct Checked {
    file: String,
    text: Arc<str>,
    predicate_type: String,
    schema: Schema,
    wrapped: Option<String>,
}

impl Checked {
    /// Checks the bytes of a predicate file. `file` is its name for messages, `limit` the most bytes it may have
    /// ([`MAX_PREDICATE_BYTES`] unless somebody chose another), `now` is written where a type asks for a time.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, up to a limit, each with its place in the file.
    pub fn check(
        file: &str,
        bytes: &[u8],
        attest_type: &AttestType,
        limit: usize,
        now: Timestamp,
    ) -> Result<Self, Problems> {
        let refuse = |text: &Arc<str>, problem| Problems::one(file, text, problem);
        let text = match readable(bytes, limit) {
            Ok(text) => Arc::from(text),
            Err(problem) => return Err(refuse(&Arc::from(String::from_utf8_lossy(bytes)), problem)),
        };
        let limits = strict_json::Limits {
            bytes: limit,
            depth: MAX_PREDICATE_DEPTH,
        };
        if let Err(problem) = strict_json::check(bytes, limits) {
            let problem = Problem::json(&text, &problem, attest_type);
            return Err(refuse(&text, problem));
        }
        let Some(root) = Node::document(&text) else {
            return Err(refuse(&text, Problem::new(0..0, "this is not JSON")));
        };
        let mut found = Collector::default();
        let predicate_type = kind::check(root, attest_type, &mut found);
        let problems = found.into_problems(file, &text);
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            file: file.to_owned(),
            wrapped: kind::wrapped(root, attest_type, now),
            predicate_type,
            schema: attest_type.schema(),
            text,
        })
    }

    /// A predicate that this program made.
    ///
    /// # Errors
    ///
    /// What is wrong with it, by the same checks: what we make ourselves is not believed either.
    pub fn made(
        what: &str,
        json: String,
        attest_type: &AttestType,
        now: Timestamp,
    ) -> Result<Self, Problems> {
        Self::check(what, json.as_bytes(), attest_type, MAX_PREDICATE_BYTES, now)
    }

    /// The predicate type to write into the statement, a URI.
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// The predicate as it is signed: the file's own JSON without the space around it, or the object that cosign puts
    /// around a predicate of type `custom`.
    pub fn predicate(&self) -> &str {
        self.wrapped.as_deref().unwrap_or_else(|| self.text.trim())
    }

    /// The document, where it is an SBOM.
    pub fn sbom(&self) -> Option<&str> {
        matches!(self.schema, Schema::CycloneDx | Schema::Spdx).then_some(&*self.text)
    }

    /// The name of the file, for messages.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// A place in the file.
    pub fn origin(&self, span: Range<usize>) -> Origin {
        Origin::file(&self.file, &self.text, span)
    }
}

/// The text of a file, when there is a chance that it is JSON.
fn readable(bytes: &[u8], limit: usize) -> Result<&str, Problem> {
    if bytes.len() > limit {
        let message = format!(
            "the predicate has {} bytes, more than the limit of {limit}",
            bytes.len()
        );
        return Err(Problem::too_large(message));
    }
    let start = bytes.get(..3).unwrap_or(bytes);
    if start.starts_with(&[0xFF, 0xFE]) || start.starts_with(&[0xFE, 0xFF]) {
        return Err(Problem::new(0..0, "the file is in UTF-16, and JSON is in UTF-8")
            .help("save it as UTF-8; in PowerShell: Out-File -Encoding utf8NoBOM"));
    }
    if start == [0xEF, 0xBB, 0xBF] {
        return Err(Problem::new(
            0..0,
            "the file begins with a byte order mark, which JSON must not have",
        )
        .help("save it as UTF-8 without byte order mark"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let message = format!("byte {} of the file is not UTF-8", error.valid_up_to());
        Problem::new(0..0, message).help("save the file as UTF-8")
    })
}

#[cfg(test)]
mod tests;
