//! Reading a report, and choosing what it vouches for.

use serde::Deserialize;
use serde_json::Value;

use super::Variable;
use crate::report::{Code, SCHEMA_VERSION};
use crate::strict_json;
use crate::subject::Digest;

/// Most bytes of a report.
pub const MAX_REPORT_BYTES: usize = 64 << 20;
/// Most levels of a report.
const MAX_REPORT_DEPTH: usize = 32;
/// Longest value, in bytes.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// What one allowed subject's evidence says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    variables: Vec<Variable>,
}

/// Which subject of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection<'a> {
    /// The only one.
    Only,
    /// The one with this name, argument or digest.
    Named(&'a str),
}

/// Why a report gives no variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportProblem {
    /// Not a report of this program.
    #[error("this is no report of portcullis: {0}")]
    NotAReport(String),
    /// The report does not say *allowed*.
    #[error("the report says {0}, and only what was allowed gets variables")]
    NotAllowed(String),
    /// Any signer was accepted, so nothing that the evidence says is anybody's word.
    #[error("the verification accepted any signer, so whoever attacks could have chosen every value")]
    AnyIdentity,
    /// Which subject is meant cannot be told.
    #[error("{0}")]
    Subject(String),
    /// A value that no variable should carry.
    #[error("{name} cannot be carried: {why}")]
    Value {
        /// Name of the variable without prefix.
        name: &'static str,
        /// Why.
        why: &'static str,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    schema_version: String,
    tool: Tool,
    time: String,
    verdict: String,
    exit_code: u8,
    policy: Option<Policy>,
    findings: Vec<Finding>,
    subjects: Vec<Subject>,
}

#[derive(Deserialize)]
struct Finding {
    code: String,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
}

#[derive(Deserialize)]
struct Policy {
    digest: Digest,
}

#[derive(Deserialize)]
struct Subject {
    input: String,
    kind: String,
    name: String,
    digest: Option<Digest>,
    verdict: String,
    candidates: Vec<Candidate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    kind: String,
    accepted: bool,
    verified: bool,
    signer: Option<Signer>,
    times: Vec<Time>,
    logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Signer {
    kind: String,
    identity: String,
    issuer: Option<String>,
    #[serde(default)]
    claims: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Time {
    time: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    log_id: String,
    index: u64,
    url: Option<String>,
}

/// The word for the one verdict that counts.
const ALLOWED: &str = "allowed";

impl Facts {
    /// Reads a JSON report (`--format json`) and takes what it says about one subject.
    ///
    /// # Errors
    ///
    /// It is no report, it does not allow, it allows anybody's signature, or it is about several subjects and none was chosen.
    pub fn read(bytes: &[u8], selection: Selection<'_>) -> Result<Self, ReportProblem> {
        let report = parse(bytes)?;
        // The verdict stands in two places, and both have to say the same.
        if report.verdict != ALLOWED || report.exit_code != 0 {
            return Err(ReportProblem::NotAllowed(report.verdict));
        }
        let any_identity = Code::UnsafeAnyIdentity.name();
        if report.findings.iter().any(|finding| finding.code == any_identity) {
            return Err(ReportProblem::AnyIdentity);
        }
        let subject = select(&report.subjects, selection)?;
        if subject.verdict != ALLOWED {
            return Err(ReportProblem::NotAllowed(subject.verdict.clone()));
        }
        let digest = subject
            .digest
            .as_ref()
            .ok_or_else(|| ReportProblem::NotAReport("an allowed subject has no digest".to_owned()))?;
        // One piece of evidence speaks for all, so that no two variables are from different signers.
        let counted = || {
            subject
                .candidates
                .iter()
                .filter(|one| one.accepted && one.verified)
        };
        let evidence = counted()
            .find(|one| one.kind == "signature")
            .or_else(|| counted().next())
            .ok_or_else(|| ReportProblem::NotAReport("an allowed subject has no evidence".to_owned()))?;
        let mut facts = Self {
            variables: Vec::new(),
        };
        if subject.kind == "image" {
            if !subject.name.ends_with(&format!("@{digest}")) {
                let message = "an image is not named by its digest".to_owned();
                return Err(ReportProblem::NotAReport(message));
            }
            facts.add("IMAGE", Some(&subject.name))?;
        }
        facts.add("DIGEST", Some(&digest.to_string()))?;
        facts.add_signer(evidence)?;
        let signed_at = evidence.times.iter().map(|time| &time.time).min();
        facts.add("SIGNED_AT", signed_at)?;
        if let Some(log) = evidence.logs.first() {
            facts.add("LOG_INDEX", Some(&log.index.to_string()))?;
            facts.add("LOG_ID", Some(&log.log_id))?;
            facts.add("LOG_URL", log.url.as_ref())?;
        }
        facts.add("VERIFIED_AT", Some(&report.time))?;
        let policy = report.policy.map(|policy| policy.digest.to_string());
        facts.add("POLICY_DIGEST", policy.as_ref())?;
        Ok(facts)
    }

    /// The variables, in the order of [`NAMES`](super::NAMES); what is not known is not there.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    fn add_signer(&mut self, evidence: &Candidate) -> Result<(), ReportProblem> {
        let Some(signer) = &evidence.signer else {
            return Ok(());
        };
        let claim = |name: &str| signer.claims.get(name);
        self.add("COMMIT", claim("source-repository-digest"))?;
        self.add("SOURCE_REPOSITORY", claim("source-repository-uri"))?;
        self.add("SOURCE_REF", claim("source-repository-ref"))?;
        let identity = match signer.kind.as_str() {
            "key" => format!("key:{}", signer.identity),
            _ => signer.identity.clone(),
        };
        self.add("SIGNER", Some(&identity))?;
        self.add("ISSUER", signer.issuer.as_ref())?;
        self.add("RUN_URL", claim("run-invocation-uri"))
    }

    fn add(&mut self, name: &'static str, value: Option<&String>) -> Result<(), ReportProblem> {
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Ok(());
        };
        let why = if value.len() > MAX_VALUE_BYTES {
            "it is longer than 8 KiB"
        } else if value.chars().any(is_unseen) {
            "it has a line break or another character that does not show"
        } else {
            self.variables.push(Variable {
                name,
                value: value.clone(),
            });
            return Ok(());
        };
        Err(ReportProblem::Value { name, why })
    }
}

/// Characters that end a line, act on a terminal, or make one text look like another.
fn is_unseen(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

fn parse(bytes: &[u8]) -> Result<Report, ReportProblem> {
    let limits = strict_json::Limits {
        bytes: MAX_REPORT_BYTES,
        depth: MAX_REPORT_DEPTH,
    };
    let no_report = |error: String| ReportProblem::NotAReport(error);
    strict_json::check(bytes, limits).map_err(|error| no_report(error.to_string()))?;
    let value: Value = serde_json::from_slice(bytes).map_err(|error| no_report(error.to_string()))?;
    if !value.is_object() {
        return Err(no_report("it is no JSON object".to_owned()));
    }
    let report: Report = serde_json::from_value(value).map_err(|error| no_report(error.to_string()))?;
    if report.tool.name != "portcullis" || report.schema_version != SCHEMA_VERSION {
        return Err(no_report(
            "it is another program's, or of another version".to_owned(),
        ));
    }
    Ok(report)
}

fn select<'r>(subjects: &'r [Subject], selection: Selection<'_>) -> Result<&'r Subject, ReportProblem> {
    let names = || {
        let names: Vec<&str> = subjects
            .iter()
            .take(10)
            .map(|subject| subject.name.as_str())
            .collect();
        names.join(", ")
    };
    match selection {
        Selection::Only => match subjects {
            [one] => Ok(one),
            [] => Err(ReportProblem::Subject(
                "the report is about no subject".to_owned(),
            )),
            several => Err(ReportProblem::Subject(format!(
                "the report is about {} subjects; choose one with --subject: {}",
                several.len(),
                names()
            ))),
        },
        Selection::Named(wanted) => {
            let is_wanted = |subject: &&Subject| {
                let digest = subject.digest.as_ref().map(Digest::to_string);
                subject.name == wanted || subject.input == wanted || digest.as_deref() == Some(wanted)
            };
            let found: Vec<&Subject> = subjects.iter().filter(is_wanted).collect();
            match found.as_slice() {
                [one] => Ok(one),
                [] => Err(ReportProblem::Subject(format!(
                    "the report is not about {wanted:?}, but about {}",
                    names()
                ))),
                several => Err(ReportProblem::Subject(format!(
                    "{} subjects of the report are called {wanted:?}; choose one by its name or digest: {}",
                    several.len(),
                    names()
                ))),
            }
        }
    }
}
