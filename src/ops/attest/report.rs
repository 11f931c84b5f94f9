//! What a run of attesting says: one document, the same on success and failure.

use schemars::JsonSchema;
use serde::Serialize;

use crate::attestation::predicate::Checked;
use crate::ops::publish::Image;
use crate::ops::sign::{FailureReport, SignedReport};
use crate::report::{ExitCode, Finding, Severity, Verdict, schema_of, visible};
use crate::sigstore::sign::Subject;
use crate::subject::Digest;

/// The version of the document.
const SCHEMA_VERSION: u32 = 1;

/// A run of `attest`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttestReport {
    schema_version: u32,
    command: &'static str,
    /// The exit code of the run.
    pub exit_code: ExitCode,
    /// The predicate type that the statements have; absent when the predicate was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_type: Option<String>,
    /// How large the predicate is, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_bytes: Option<usize>,
    /// What was attested.
    pub attested: Vec<AttestedReport>,
    /// What was not.
    pub failed: Vec<FailureReport>,
    /// Findings about the predicate and the statements.
    pub findings: Vec<Finding>,
}

/// The JSON Schema of the document.
pub fn attest_report_schema() -> String {
    schema_of::<AttestReport>()
}

/// What comes of a run, as it grows.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was attested.
    pub attested: Vec<AttestedReport>,
    /// What was not.
    pub failed: Vec<FailureReport>,
    /// Findings about the predicate and the statements.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// Nothing but findings.
    pub fn of(findings: Vec<Finding>) -> Self {
        Self {
            findings,
            ..Self::default()
        }
    }

    /// Adds findings.
    #[must_use]
    pub fn and(mut self, findings: Vec<Finding>) -> Self {
        self.findings.extend(findings);
        self
    }
}

/// A statement that was signed and published.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttestedReport {
    /// Everything that the statement is about.
    pub subjects: Vec<SubjectLine>,
    /// The signature.
    #[serde(flatten)]
    pub signed: SignedReport,
    /// Referrers with the same predicate type that were removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Digest>,
    /// Those that the registry did not let go of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Digest>,
}

/// One artifact of a statement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SubjectLine {
    name: String,
    digest: Digest,
}

impl SubjectLine {
    /// An image, by its repository and digest.
    pub fn of_image(image: &Image) -> Self {
        Self {
            name: image.name(),
            digest: image.digest().clone(),
        }
    }

    /// The line for standard output: an image by the name that can be pulled, anything else behind its digest.
    fn line(&self) -> String {
        let digest = self.digest.to_string();
        match self.name.ends_with(&digest) {
            true => format!("{}\n", visible(&self.name)),
            false => format!("{digest}  {}\n", visible(&self.name)),
        }
    }
}

impl From<&Subject> for SubjectLine {
    fn from(subject: &Subject) -> Self {
        Self {
            name: subject.name.clone(),
            digest: subject.digest.clone(),
        }
    }
}

impl AttestReport {
    /// Puts a report together. The exit code is that of the worst failure, or of the worst finding that denies.
    pub fn new(command: &'static str, predicate: Option<&Checked>, outcome: Outcome) -> Self {
        let Outcome {
            attested,
            failed,
            findings,
        } = outcome;
        let denying = findings
            .iter()
            .filter(|finding| finding.severity == Severity::Deny);
        let refused = denying.map(|finding| match finding.code.verdict() {
            // What denies is never a success, whatever it is called.
            Verdict::Allowed => Verdict::Undecided,
            other => other,
        });
        let stopped = failed.iter().map(|failure| match failure.finding.code.verdict() {
            Verdict::Misconfigured => Verdict::Misconfigured,
            // The predicate was good, so nothing is denied: it could not be done.
            _ => Verdict::Undecided,
        });
        let verdicts: Vec<Verdict> = refused.chain(stopped).collect();
        let exit_code = match verdicts.is_empty() {
            true if attested.is_empty() => ExitCode::Undecided,
            true => ExitCode::Allowed,
            false => Verdict::worst(verdicts).into(),
        };
        Self {
            schema_version: SCHEMA_VERSION,
            command,
            exit_code,
            predicate_type: predicate.map(|predicate| predicate.predicate_type().to_owned()),
            predicate_bytes: predicate.map(|predicate| predicate.predicate().len()),
            attested,
            failed,
            findings,
        }
    }

    /// The report for people, without the findings.
    pub fn lines(&self) -> String {
        let mut out = String::new();
        if let (Some(name), Some(bytes), false) = (
            &self.predicate_type,
            self.predicate_bytes,
            self.attested.is_empty(),
        ) {
            out.push_str(&format!("predicate {}, {bytes} bytes\n", visible(name)));
        }
        for attested in &self.attested {
            if attested.subjects.len() > 1 {
                out.push_str(&format!(
                    "one statement about {} subjects\n",
                    attested.subjects.len()
                ));
            }
            attested.signed.write(&mut out);
            for digest in &attested.replaced {
                out.push_str(&format!("  removed {digest}, of the same predicate type\n"));
            }
            for digest in &attested.kept {
                out.push_str(&format!(
                    "  the registry keeps {digest}, of the same predicate type\n"
                ));
            }
        }
        for failure in &self.failed {
            failure.write(&mut out);
        }
        out
    }

    /// One line for each subject, for standard output; nothing unless everything was attested.
    pub fn stdout_lines(&self) -> String {
        if self.exit_code != ExitCode::Allowed {
            return String::new();
        }
        let subjects = self.attested.iter().flat_map(|attested| &attested.subjects);
        subjects.map(SubjectLine::line).collect()
    }
}
