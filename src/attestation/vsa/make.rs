//! Making a verification summary: from the report of a finished verification, or from the record of one.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::predicate::is_uri;
use super::super::{Provenance, StatementSubject};
use crate::report::{Report, Severity, SubjectKind, SubjectReport, ToolReport, Verdict};
use crate::subject::Digest;

/// The version of SLSA whose summaries are written.
const SLSA_VERSION: &str = "1.1";
/// Nothing is claimed of how the artifact was built.
const LEVEL_0: &str = "SLSA_BUILD_LEVEL_0";
/// There is provenance about exactly this artifact. Whether its builder deserves more, only its verifier's policy could
/// say, and a report does not.
const LEVEL_1: &str = "SLSA_BUILD_LEVEL_1";

/// Whoever makes summaries, and what it calls things.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// Who verifies, a URI. Whoever relies on a summary compares it exactly.
    pub verifier: &'a str,
    /// URI of the policy; the path of its file otherwise, or its digest where the path is not known.
    pub policy_uri: Option<&'a str>,
    /// What the artifact was verified as; the image's package URL, the file or the digest otherwise.
    pub resource_uri: Option<&'a str>,
}

/// A summary to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it is about.
    pub subject: StatementSubject,
    /// The predicate as JSON.
    pub predicate: String,
}

/// Why there is no summary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SummaryProblem {
    /// The verification did not come to a result.
    #[error("the verification is {}, so there is nothing to sum up", .0.words())]
    Unfinished(Verdict),
    /// Flags are no policy that others could look at.
    #[error("a summary names the policy that was met: verify with --policy FILE")]
    NoPolicy,
    /// The subject was not read.
    #[error("the subject has no digest, so a summary would be about nothing")]
    NoDigest,
    /// Something that has to be a URI is none.
    #[error("{what} is {value:?}, and it has to be a URI with its scheme")]
    NotAUri {
        /// What it is.
        what: &'static str,
        /// Its value.
        value: String,
    },
}

/// An image that met a policy, as far as that was recorded.
#[derive(Debug, Clone, Copy)]
pub struct Recorded<'a> {
    /// `registry/repository@digest`.
    pub name: &'a str,
    /// Its digest.
    pub digest: &'a Digest,
    /// When it was allowed.
    pub time: Timestamp,
    /// SHA-256 of the policy.
    pub policy: &'a Digest,
    /// SHA-256 of everything that counted.
    pub evidence: &'a [Digest],
}

/// Makes the summary of an image that was allowed. A record does not say what the evidence was, so no level is claimed.
///
/// # Errors
///
/// Something that has to be a URI is none.
pub fn make_of_record(recorded: &Recorded<'_>, maker: &Maker<'_>) -> Result<Made, SummaryProblem> {
    let inputs = recorded.evidence.iter();
    let facts = Facts {
        name: recorded.name,
        kind: SubjectKind::Image,
        digest: recorded.digest.clone(),
        time: recorded.time,
        tool: ToolReport::THIS,
        policy: (recorded.policy.to_string(), recorded.policy),
        passed: true,
        level: LEVEL_0,
        inputs: Some(
            inputs
                .map(|digest| json!({"digest": digest_set(digest)}))
                .collect(),
        ),
    };
    facts.sum_up(maker)
}

/// Makes the summary of one subject of a report.
///
/// # Errors
///
/// The verification did not finish, or something that a summary has to say is not known. A denial is a result: its
/// summary says FAILED.
pub fn make(report: &Report, subject: &SubjectReport, maker: &Maker<'_>) -> Result<Made, SummaryProblem> {
    let passed = match verdict(report, subject) {
        Verdict::Allowed => true,
        Verdict::Denied | Verdict::NoEvidence => false,
        unfinished => return Err(SummaryProblem::Unfinished(unfinished)),
    };
    let policy = report.policy.as_ref().ok_or(SummaryProblem::NoPolicy)?;
    let digest = subject.digest.clone().ok_or(SummaryProblem::NoDigest)?;
    let facts = Facts {
        name: &subject.name,
        kind: subject.kind,
        digest,
        time: report.time,
        tool: report.tool.clone(),
        policy: (file_uri(&policy.path), &policy.digest),
        passed,
        level: level(subject),
        inputs: inputs(subject),
    };
    facts.sum_up(maker)
}

/// What a summary says, whatever it is known from.
struct Facts<'a> {
    name: &'a str,
    kind: SubjectKind,
    digest: Digest,
    time: Timestamp,
    tool: ToolReport,
    /// What the policy is called when the maker calls it nothing, and its digest.
    policy: (String, &'a Digest),
    passed: bool,
    /// The level of what passed.
    level: &'static str,
    /// The evidence that counted, if all of it is known.
    inputs: Option<Vec<Value>>,
}

impl Facts<'_> {
    fn sum_up(self, maker: &Maker<'_>) -> Result<Made, SummaryProblem> {
        let resource_uri = match maker.resource_uri {
            Some(uri) => uri.to_owned(),
            None => resource_uri(self.kind, self.name, &self.digest),
        };
        let (policy_uri, policy_digest) = self.policy;
        let policy_uri = maker.policy_uri.unwrap_or(&policy_uri);
        let mut predicate = json!({
            "verifier": {
                "id": uri("the verifier's id", maker.verifier)?,
                "version": {self.tool.name: self.tool.version},
            },
            "timeVerified": self.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "resourceUri": uri("the resource", &resource_uri)?,
            "policy": {"uri": uri("the policy", policy_uri)?, "digest": digest_set(policy_digest)},
            "verificationResult": if self.passed { "PASSED" } else { "FAILED" },
            "verifiedLevels": [if self.passed { self.level } else { "FAILED" }],
            "slsaVersion": SLSA_VERSION,
        });
        if let (true, Some(inputs), Some(members)) = (self.passed, self.inputs, predicate.as_object_mut()) {
            members.insert("inputAttestations".to_owned(), Value::Array(inputs));
        }
        Ok(Made {
            subject: StatementSubject::new(self.name, self.digest),
            predicate: predicate.to_string(),
        })
    }
}

/// The subject's verdict, unless a finding about the whole run denies: then nothing in the run passed.
fn verdict(report: &Report, subject: &SubjectReport) -> Verdict {
    let of_run = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Deny);
    Verdict::worst(
        of_run
            .map(|finding| finding.code.verdict())
            .chain([subject.verdict]),
    )
}

fn level(subject: &SubjectReport) -> &'static str {
    let has_provenance = subject.candidates.iter().any(|candidate| {
        let predicate_type = candidate.predicate_type.as_deref();
        candidate.accepted && candidate.verified && predicate_type.is_some_and(Provenance::is_provenance)
    });
    if has_provenance { LEVEL_1 } else { LEVEL_0 }
}

/// The evidence that counted, all of it or none: a part would read as the whole (`inputAttestations`).
fn inputs(subject: &SubjectReport) -> Option<Vec<Value>> {
    let counted = subject.candidates.iter().filter(|candidate| candidate.accepted);
    counted
        .map(|candidate| {
            let digest = candidate.evidence_digest.as_ref()?;
            let mut input = Map::new();
            if is_uri(&candidate.location) {
                input.insert("uri".to_owned(), candidate.location.clone().into());
            }
            input.insert("digest".to_owned(), digest_set(digest));
            Some(Value::Object(input))
        })
        .collect()
}

fn digest_set(digest: &Digest) -> Value {
    json!({digest.algorithm().name(): digest.to_hex()})
}

fn uri(what: &'static str, value: &str) -> Result<String, SummaryProblem> {
    if is_uri(value) {
        Ok(value.to_owned())
    } else {
        Err(SummaryProblem::NotAUri {
            what,
            value: value.to_owned(),
        })
    }
}

/// What an artifact is called when nobody says: an image by its package URL (purl, type oci), a file by its path, and
/// anything else by its digest.
fn resource_uri(kind: SubjectKind, name: &str, digest: &Digest) -> String {
    let repository = name.split_once('@').map(|(repository, _)| repository);
    match (kind, repository) {
        (SubjectKind::Image, Some(repository)) => {
            let name = repository.rsplit('/').next().unwrap_or(repository);
            format!(
                "pkg:oci/{}@{}%3A{}?repository_url={}",
                percent_encoded(&name.to_ascii_lowercase()),
                digest.algorithm().name(),
                digest.to_hex(),
                percent_encoded(repository)
            )
        }
        (SubjectKind::File | SubjectKind::Directory, _) => file_uri(name),
        (SubjectKind::Image | SubjectKind::Digest, _) => digest.to_string(),
    }
}

fn file_uri(path: &str) -> String {
    format!("file:{}", percent_encoded(path))
}

/// The text with everything but the unreserved characters and slashes percent-encoded (RFC 3986 section 2.1).
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests;
