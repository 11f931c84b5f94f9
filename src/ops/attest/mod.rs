//! Attesting: a checked predicate and its subjects, made into the statement that is signed, and what is said about it.
//!
//! Signing itself is [`crate::ops::sign`]'s.

mod binding;
pub mod image;
mod report;

pub use report::{AttestReport, AttestedReport, Outcome, SubjectLine, attest_report_schema};

use crate::attestation::predicate::Checked;
use crate::attestation::{BuildProblem, StatementSubject, build_statement, size};
use crate::report::{Finding, Severity};
use crate::sbom::binding::{Thing, Verified};
use crate::sigstore::sign::{Complete, Content, Subject};
use crate::subject::Digest;

/// A statement that may be signed.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The artifacts that it is about; never empty.
    pub subjects: Vec<Subject>,
    /// Its bytes.
    pub content: Content,
    /// What is worth knowing about it.
    pub findings: Vec<Finding>,
}

/// Why there is no statement to sign.
#[derive(Debug)]
pub enum NotPrepared {
    /// The predicate is about something else.
    Denied(Vec<Finding>),
    /// The subjects cannot stand in one statement, or it would be too large.
    Unmakeable(BuildProblem),
}

/// Makes the statement of a predicate about subjects. `also` are other digests of the same artifacts: of an image, that of
/// its configuration.
///
/// # Errors
///
/// An SBOM is about another artifact, or nobody could verify the statement.
pub fn prepare(
    subjects: Vec<Subject>,
    also: &[Digest],
    predicate: &Checked,
) -> Result<Prepared, NotPrepared> {
    let verified = |digest: &Digest, of| Verified {
        digest: digest.clone(),
        of,
    };
    let digests = subjects
        .iter()
        .map(|subject| verified(&subject.digest, Thing::Subject));
    let configurations = also.iter().map(|digest| verified(digest, Thing::Config));
    let accepted: Vec<Verified> = digests.chain(configurations).collect();
    let findings = binding::findings(predicate, &accepted);
    if findings.iter().any(|finding| finding.severity == Severity::Deny) {
        return Err(NotPrepared::Denied(findings));
    }
    let about: Vec<StatementSubject> = subjects
        .iter()
        .map(|subject| StatementSubject::new(&subject.name, subject.digest.clone()))
        .collect();
    let statement = build_statement(&about, predicate).map_err(NotPrepared::Unmakeable)?;
    Ok(Prepared {
        subjects,
        content: Content::Statement(statement),
        findings,
    })
}

/// What is worth knowing about a signed statement and the log that it went to.
pub fn size_finding(complete: &Complete) -> Option<Finding> {
    let Content::Statement(statement) = &complete.record().content else {
        return None;
    };
    let sizes = complete.sizes();
    // Only Rekor v1 is sent the envelope.
    let was_sent = sizes.log_request.is_some() && sizes.log_request >= sizes.envelope;
    size::finding(statement.len()).filter(|_| was_sent)
}
