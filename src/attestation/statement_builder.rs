//! Making an in-toto statement, version 1 (in-toto attestation, `spec/v1/statement.md`).
//!
//! The same subjects and predicate always give the same bytes, and the predicate's bytes are the file's own: whoever
//! hashes the predicate before and after finds the same.

use super::predicate::Checked;
use super::statement::{MAX_STATEMENT_BYTES, MAX_SUBJECTS};
use crate::subject::Digest;

/// What a statement is about: a name for people, and the digests that tell it from everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementSubject {
    name: String,
    digests: Vec<Digest>,
}

/// Why no statement can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildProblem {
    /// Nothing to be about.
    #[error("a statement needs at least one subject")]
    NoSubjects,
    /// More subjects than those who verify accept.
    #[error("{0} subjects, more than the limit of {MAX_SUBJECTS}")]
    TooManySubjects(usize),
    /// Two subjects have the same digest, so one of them is a mistake.
    #[error("the subjects {0:?} and {1:?} are the same artifact")]
    SameSubject(String, String),
    /// More bytes than those who verify accept.
    #[error("the statement has {0} bytes, more than the limit of {MAX_STATEMENT_BYTES}")]
    TooLarge(usize),
}

impl StatementSubject {
    /// A subject with its digest.
    pub fn new(name: impl Into<String>, digest: Digest) -> Self {
        Self {
            name: name.into(),
            digests: vec![digest],
        }
    }

    /// Adds a digest of the same bytes by another algorithm. A second one by the same algorithm takes the place of the
    /// first: a subject has one digest by each.
    #[must_use]
    pub fn and(mut self, digest: Digest) -> Self {
        self.digests
            .retain(|known| known.algorithm() != digest.algorithm());
        self.digests.push(digest);
        self.digests.sort();
        self
    }

    /// The digests, in the order of their algorithms.
    pub fn digests(&self) -> &[Digest] {
        &self.digests
    }

    fn write(&self, out: &mut String) {
        // A JSON string never fails to be written.
        let name = serde_json::Value::from(self.name.as_str());
        out.push_str(&format!("{{\"name\":{name},\"digest\":{{"));
        let digests: Vec<String> = self
            .digests
            .iter()
            .map(|digest| format!("\"{}\":\"{}\"", digest.algorithm().name(), digest.to_hex()))
            .collect();
        out.push_str(&digests.join(","));
        out.push_str("}}");
    }
}

/// Makes the statement: the payload of the envelope that is signed.
///
/// # Errors
///
/// There is nothing to be about, or it would exceed what those who verify accept.
pub fn build(subjects: &[StatementSubject], predicate: &Checked) -> Result<Vec<u8>, BuildProblem> {
    check_subjects(subjects)?;
    let mut out = String::with_capacity(predicate.predicate().len() + 256 * (subjects.len() + 1));
    out.push_str("{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[");
    for (index, subject) in subjects.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        subject.write(&mut out);
    }
    let predicate_type = serde_json::Value::from(predicate.predicate_type());
    out.push_str(&format!("],\"predicateType\":{predicate_type},\"predicate\":"));
    out.push_str(predicate.predicate());
    out.push('}');
    if out.len() > MAX_STATEMENT_BYTES {
        return Err(BuildProblem::TooLarge(out.len()));
    }
    Ok(out.into_bytes())
}

fn check_subjects(subjects: &[StatementSubject]) -> Result<(), BuildProblem> {
    if subjects.is_empty() {
        return Err(BuildProblem::NoSubjects);
    }
    if subjects.len() > MAX_SUBJECTS {
        return Err(BuildProblem::TooManySubjects(subjects.len()));
    }
    for (index, subject) in subjects.iter().enumerate() {
        let others = subjects.iter().skip(index + 1);
        let same = |other: &&StatementSubject| {
            other
                .digests
                .iter()
                .any(|digest| subject.digests.contains(digest))
        };
        if let Some(other) = others.into_iter().find(same) {
            return Err(BuildProblem::SameSubject(
                subject.name.clone(),
                other.name.clone(),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::super::Statement;
    use super::super::predicate::{AttestType, MAX_PREDICATE_BYTES};
    use super::*;
    use crate::subject::Algorithm;

    fn predicate(text: &str) -> Checked {
        let attest_type = AttestType::parse("https://example.com/p").unwrap();
        Checked::check(
            "p",
            text.as_bytes(),
            &attest_type,
            MAX_PREDICATE_BYTES,
            Timestamp::UNIX_EPOCH,
        )
        .unwrap()
    }

    fn subject(name: &str) -> StatementSubject {
        StatementSubject::new(name, Digest::sha256(name.as_bytes()))
    }

    #[test]
    fn a_statement_is_written_in_one_way() {
        let both = subject("a").and(Digest::of(Algorithm::Sha512, b"a"));
        let bytes = build(&[both, subject("b\"")], &predicate(" {\"x\": 1.0 }\n")).unwrap();
        let expected = format!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","subject":[{{"name":"a","digest":{{"sha256":"{}","sha512":"{}"}}}},{{"name":"b\"","digest":{{"sha256":"{}"}}}}],"predicateType":"https://example.com/p","predicate":{{"x": 1.0 }}}}"#,
            Digest::sha256(b"a").to_hex(),
            Digest::of(Algorithm::Sha512, b"a").to_hex(),
            Digest::sha256(b"b\"").to_hex(),
        );
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    #[test]
    fn what_could_not_be_verified_is_not_made() {
        let many: Vec<StatementSubject> = (0..=MAX_SUBJECTS)
            .map(|index| subject(&index.to_string()))
            .collect();
        let nothing = predicate("{}");
        assert_eq!(build(&[], &nothing), Err(BuildProblem::NoSubjects));
        assert_eq!(
            build(&many, &nothing),
            Err(BuildProblem::TooManySubjects(MAX_SUBJECTS + 1))
        );
        assert!(build(&many[1..], &nothing).is_ok());
        let twice = [subject("a"), StatementSubject::new("b", Digest::sha256(b"a"))];
        assert!(matches!(
            build(&twice, &nothing),
            Err(BuildProblem::SameSubject(..))
        ));
    }

    proptest! {
        /// Whatever the names are, the statement reads back as what was meant.
        #[test]
        fn statements_read_back(names in prop::collection::btree_set(any::<String>(), 1..5)) {
            let subjects: Vec<StatementSubject> = names.iter().map(|name| subject(name)).collect();
            let bytes = build(&subjects, &predicate("{\"a\": [1e2]}")).unwrap();
            let statement = Statement::parse(&bytes).unwrap();
            prop_assert_eq!(statement.predicate().get(), "{\"a\": [1e2]}");
            prop_assert_eq!(statement.predicate_type(), "https://example.com/p");
            prop_assert!(names.iter().all(|name| statement.is_about(&Digest::sha256(name.as_bytes()))));
            prop_assert!(!statement.is_about(&Digest::sha256(b"something else")));
        }
    }
}
