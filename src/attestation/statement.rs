//! in-toto statements, read strictly (in-toto attestation framework, statement layer v1 and v0.1).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::strict_json;
use crate::subject::{Algorithm, Digest};

/// The DSSE payload type of an in-toto statement.
pub const IN_TOTO_PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// Most bytes of a statement.
pub(super) const MAX_STATEMENT_BYTES: usize = 64 << 20;
/// Most levels of nesting; SBOM predicates nest deepest.
pub(super) const MAX_STATEMENT_DEPTH: usize = 100;
/// Most subjects of one statement (CVE-2024-45395; sigstore clients use the same number).
pub(super) const MAX_SUBJECTS: usize = 1024;
/// Most digests of one subject.
const MAX_DIGESTS: usize = 32;
/// The accepted statement types.
const STATEMENT_TYPES: [&str; 2] = [
    "https://in-toto.io/Statement/v1",
    "https://in-toto.io/Statement/v0.1",
];

/// A statement: which artifacts it is about, and a predicate of some type.
#[derive(Debug, Clone)]
pub struct Statement {
    subjects: Vec<BTreeMap<String, String>>,
    predicate_type: String,
    predicate: Box<RawValue>,
}

/// Why a payload is not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementProblem {
    /// Not JSON within the limits, or with a duplicate key.
    #[error(transparent)]
    Json(#[from] strict_json::Problem),
    /// A member is missing or of the wrong type.
    #[error("not an in-toto statement: {0}")]
    Shape(String),
    /// Some other statement type.
    #[error("statement type {0:?} is not supported")]
    Type(String),
    /// Nothing to be about.
    #[error("the statement has no subjects, so it is about nothing")]
    NoSubjects,
    /// Over a cap.
    #[error("{what}: {found}, more than the limit of {limit}")]
    TooMany {
        /// What was counted.
        what: &'static str,
        /// The count.
        found: usize,
        /// The cap.
        limit: usize,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(rename = "_type")]
    statement_type: String,
    subject: Vec<WireSubject>,
    predicate_type: String,
    predicate: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct WireSubject {
    #[serde(default)]
    digest: BTreeMap<String, String>,
}

impl Statement {
    /// Reads a statement from a verified payload.
    pub fn parse(payload: &[u8]) -> Result<Self, StatementProblem> {
        let limits = strict_json::Limits {
            bytes: MAX_STATEMENT_BYTES,
            depth: MAX_STATEMENT_DEPTH,
        };
        strict_json::check(payload, limits)?;
        // serde reads an array as an object whose members come in a certain order, and other readers do not.
        if payload.trim_ascii_start().first() != Some(&b'{') {
            return Err(StatementProblem::Shape("it is no JSON object".to_owned()));
        }
        let wire: Wire =
            serde_json::from_slice(payload).map_err(|error| StatementProblem::Shape(error.to_string()))?;
        if !STATEMENT_TYPES.contains(&wire.statement_type.as_str()) {
            return Err(StatementProblem::Type(wire.statement_type));
        }
        if wire.subject.is_empty() {
            return Err(StatementProblem::NoSubjects);
        }
        within("subjects", wire.subject.len(), MAX_SUBJECTS)?;
        for subject in &wire.subject {
            within("digests of one subject", subject.digest.len(), MAX_DIGESTS)?;
        }
        let nothing = || serde_json::value::to_raw_value(&serde_json::Map::new());
        let predicate = match wire.predicate {
            Some(predicate) => predicate,
            None => nothing().map_err(|error| StatementProblem::Shape(error.to_string()))?,
        };
        Ok(Self {
            subjects: wire.subject.into_iter().map(|subject| subject.digest).collect(),
            predicate_type: wire.predicate_type,
            predicate,
        })
    }

    /// The predicate type, a URI.
    pub fn predicate_type(&self) -> &str {
        &self.predicate_type
    }

    /// The predicate exactly as it was signed.
    pub fn predicate(&self) -> &RawValue {
        &self.predicate
    }

    /// Whether one of the subjects carries exactly this digest: same algorithm, same bytes, hex in either case.
    pub fn is_about(&self, digest: &Digest) -> bool {
        self.subjects.iter().any(|subject| {
            subject.get(digest.algorithm().name()).is_some_and(|written| {
                Digest::parse_hex(digest.algorithm(), written).is_ok_and(|found| found == *digest)
            })
        })
    }

    /// The digests that the statement names, as far as their algorithms are known; for messages.
    pub fn digests(&self) -> impl Iterator<Item = Digest> {
        self.subjects.iter().flat_map(|subject| {
            Algorithm::ALL.into_iter().filter_map(|algorithm| {
                subject
                    .get(algorithm.name())
                    .and_then(|hex| Digest::parse_hex(algorithm, hex).ok())
            })
        })
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), StatementProblem> {
    if found > limit {
        Err(StatementProblem::TooMany { what, found, limit })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(digest: &str) -> String {
        format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"a","digest":{digest}}}],"predicateType":"https://example.com/p","predicate":{{"b": 1}}}}"#
        )
    }

    #[test]
    fn the_digest_is_compared_by_algorithm_and_bytes() {
        let digest = Digest::sha256(b"x");
        let hex = digest.to_hex();
        let about = |text: String| Statement::parse(text.as_bytes()).unwrap().is_about(&digest);
        assert!(about(statement(&format!(r#"{{"sha256":"{hex}"}}"#))));
        assert!(about(statement(&format!(
            r#"{{"sha256":"{}"}}"#,
            hex.to_uppercase()
        ))));
        assert!(!about(statement(&format!(r#"{{"sha512":"{hex}"}}"#))));
        assert!(!about(statement(&format!(r#"{{"sha256":"{}"}}"#, &hex[..63]))));
        assert!(!about(statement(&format!(r#"{{"sha256":"{hex}00"}}"#))));
        assert!(!about(statement(r#"{"sha256":""}"#)));
        assert!(!about(statement("{}")));
    }

    #[test]
    fn the_predicate_is_kept_byte_for_byte() {
        let statement = Statement::parse(statement(r#"{"sha256":""}"#).as_bytes()).unwrap();
        assert_eq!(statement.predicate().get(), r#"{"b": 1}"#);
    }

    #[test]
    fn anything_that_is_not_a_statement_is_refused() {
        let many = format!("[{}]", vec![r#"{"digest":{}}"#; MAX_SUBJECTS + 1].join(","));
        for (text, expected) in [
            ("{}".to_owned(), "not an in-toto statement"),
            ("[]".to_owned(), "not an in-toto statement"),
            (
                r#"["https://in-toto.io/Statement/v1",[{"digest":{}}],"https://example.com/p",{}]"#
                    .to_owned(),
                "no JSON object",
            ),
            ("garbage".to_owned(), "not JSON"),
            (
                statement("{}").replace("Statement/v1", "Statement/v9"),
                "not supported",
            ),
            (
                statement("{}").replace(r#"[{"name":"a","digest":{}}]"#, "[]"),
                "about nothing",
            ),
            (
                statement("{}").replace(r#"[{"name":"a","digest":{}}]"#, &many),
                "more than the limit",
            ),
            (statement(r#"{"sha256":1}"#), "not an in-toto statement"),
            (statement(r#"{"sha256":"","sha256":""}"#), "stands twice"),
        ] {
            let error = Statement::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
