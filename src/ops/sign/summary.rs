//! Verification summaries on their way to a signature.

use jiff::Timestamp;

use crate::attestation::build_statement;
use crate::attestation::predicate::{AttestType, Checked};
use crate::attestation::vsa::{Made, VSA_TYPE};
use crate::report::{Code, Finding};
use crate::sigstore::sign::{Content, Subject};

/// The statement that signs a summary, and what it is about. `name` stands for that in reports.
///
/// # Errors
///
/// `internal-error` when the summary is none that anybody would accept.
pub fn summary_statement(name: &str, made: Made) -> Result<(Subject, Content), Finding> {
    let bug = |detail: String| Finding::new(Code::InternalError, detail);
    let attest_type = AttestType::parse(VSA_TYPE).map_err(|problem| bug(problem.to_string()))?;
    let predicate =
        Checked::made("the summary", made.predicate, &attest_type, Timestamp::now()).map_err(|problems| {
            let texts: Vec<String> = problems.findings().into_iter().map(|one| one.message).collect();
            bug(format!("the summary is not valid: {}", texts.join("; ")))
        })?;
    let digest = made.subject.digests().first().cloned();
    let digest = digest.ok_or_else(|| bug("the subject has no digest".to_owned()))?;
    let statement =
        build_statement(&[made.subject], &predicate).map_err(|problem| bug(problem.to_string()))?;
    let about = Subject {
        name: name.to_owned(),
        digest,
    };
    Ok((about, Content::Statement(statement)))
}
