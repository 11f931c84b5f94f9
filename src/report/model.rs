//! The report: one document with the same shape on success and on failure.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Code, ExitCode, Finding, Severity, Verdict};
use crate::subject::Digest;

/// Version of the JSON report; raised when a member changes meaning or goes away.
pub const SCHEMA_VERSION: &str = "1";

/// Everything one run found out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Version of this document's shape.
    #[schemars(extend("const" = SCHEMA_VERSION))]
    pub schema_version: &'static str,
    /// What made the report.
    pub tool: ToolReport,
    /// The command, for example `verify`.
    pub command: &'static str,
    /// When the run began.
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// The answer for the whole run.
    pub verdict: Verdict,
    /// The number that the process exits with.
    pub exit_code: ExitCode,
    /// The trust root that signatures were checked against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<TrustReport>,
    /// The policy file that was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyReport>,
    /// The file of accepted findings that was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<PolicyReport>,
    /// Who was accepted.
    pub pins: Vec<PinReport>,
    /// Findings about the run as a whole.
    pub findings: Vec<Finding>,
    /// One entry for each subject, in the order in which they were asked.
    pub subjects: Vec<SubjectReport>,
}

/// The program that made the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ToolReport {
    /// `portcullis`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl ToolReport {
    /// This build.
    pub const THIS: Self = Self {
        name: "portcullis",
        version: env!("CARGO_PKG_VERSION"),
    };
}

/// Where the trust root came from and how old it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustReport {
    /// `public-good`, `staging`, `github`, a file or a TUF repository.
    pub name: String,
    /// `file`, `tuf` (refreshed in this run), `cache` (verified, not refreshed) or `built-in`.
    pub source: String,
    /// SHA-256 of the trusted root's bytes.
    pub digest: Digest,
    /// When the material was published or fetched, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub as_of: Option<Timestamp>,
    /// Whole days between then and this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_days: Option<i64>,
}

/// A file that decided: the policy, or the acceptances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyReport {
    /// Its path.
    pub path: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Whether `--policy-digest`, or `--accepted-digest`, pinned it.
    pub pinned: bool,
}

/// One accepted signer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PinReport {
    /// Name of the pin; `command line` for the flags.
    pub name: String,
    /// The rule in words.
    pub rule: String,
}

/// The answer for one subject and all that led to it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubjectReport {
    /// The argument as it was typed.
    pub input: String,
    /// What kind of thing it is.
    pub kind: SubjectKind,
    /// Name to print: `repository@sha256:…`, a path, or a digest.
    pub name: String,
    /// The digest that was verified; absent when the subject could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The platform that picked this digest from an index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The answer.
    pub verdict: Verdict,
    /// Every place that was looked in and what it gave.
    pub places: Vec<Place>,
    /// Every candidate that was examined.
    pub candidates: Vec<CandidateReport>,
    /// Every SBOM that could count, and whether it did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sboms: Vec<SbomReport>,
    /// Findings about the subject as a whole.
    pub findings: Vec<Finding>,
}

/// An SBOM that could count for a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SbomReport {
    /// Where it was found.
    pub location: String,
    /// Digest of the document: of the signed predicate as it stands in the statement, or of the file.
    pub digest: Digest,
    /// Predicate type of the statement that it was attested in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_type: Option<String>,
    /// Earliest verified time of the attestation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub made: Option<Timestamp>,
    /// Whether somebody signed it whom the policy accepts.
    pub authenticated: bool,
    /// Whether it was held against the rules, and had to pass.
    pub counted: bool,
}

/// What kind of thing a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A file or standard input.
    File,
    /// A directory: every file in it.
    Directory,
    /// A digest alone.
    Digest,
    /// An image, in a registry or in an OCI layout.
    Image,
}

/// A place that was looked in for evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// What kind of place.
    pub kind: PlaceKind,
    /// The path, tag or URL that was read.
    pub location: String,
    /// The digest whose evidence was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Digest>,
    /// What was asked over the network and how it was answered, one entry for each request; none for files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<String>,
    /// What it gave.
    pub outcome: PlaceOutcome,
}

/// Kinds of places that evidence is kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceKind {
    /// A file that was named with `--bundle`.
    BundleFile,
    /// A bundle beside the file.
    BesideFile,
    /// Manifests whose `subject` is the digest (OCI 1.1 referrers).
    Referrers,
    /// The index under the referrers tag `sha256-<hex>`.
    ReferrersTag,
    /// cosign's tag `sha256-<hex>.sig`.
    SignatureTag,
    /// cosign's tag `sha256-<hex>.att`.
    AttestationTag,
    /// cosign's tag `sha256-<hex>.sbom`, never signed.
    SbomTag,
    /// Manifests marked by cosign's `kind` annotation in a saved layout.
    SavedLayout,
    /// Attestation manifests that BuildKit puts in the index, unsigned.
    BuildkitIndex,
}

/// What a place gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum PlaceOutcome {
    /// It answered, and held this many candidates.
    Found {
        /// Number of candidates.
        count: usize,
    },
    /// It answered, and holds nothing.
    Nothing,
    /// It did not answer, so nothing is known about it.
    Failed {
        /// The code of what went wrong; `place-failed` where there is no finer one.
        code: Code,
        /// Why.
        detail: String,
    },
}

/// One candidate: a signature or attestation that might satisfy what was asked.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateReport {
    /// Where it was found: the location of a place, with its position where there are several.
    pub location: String,
    /// Its format, for example `bundle v0.3` or `cosign legacy signature`.
    pub format: String,
    /// The digest that carried it.
    pub about: Digest,
    /// SHA-256 of the bundle, envelope or payload as it was found; absent for what could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
    /// Signature, attestation, or unsigned.
    pub kind: EvidenceKind,
    /// Whether it satisfies what was asked.
    pub accepted: bool,
    /// Whether its signature, certificate, log and timestamps all verified.
    pub verified: bool,
    /// The predicate type of its statement. Only a claim unless `verified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_type: Option<String>,
    /// Names of the pins that accept its signer.
    pub pins: Vec<String>,
    /// Who signed, read from the certificate. Only a claim unless `verified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<SignerReport>,
    /// Verified times of the signature.
    pub times: Vec<VerifiedTime>,
    /// The log entries that travelled with it.
    pub logs: Vec<LogReference>,
    /// What the signer put under the signature beyond the digest (annotations); never mixed with what was derived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<serde_json::Value>,
    /// Why it was rejected, or what is worth knowing about it.
    pub findings: Vec<Finding>,
}

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    /// A signature over the artifact.
    Signature,
    /// A signed statement about the artifact.
    Attestation,
    /// A statement that nobody signed.
    Unsigned,
    /// Something that could not be read.
    Unreadable,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignerReport {
    /// `uri`, `email`, `other-name`, `key`.
    pub kind: &'static str,
    /// The subject alternative name, or the key's SHA-256 fingerprint.
    pub identity: String,
    /// The OIDC issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The Fulcio CI claims, by name.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub claims: std::collections::BTreeMap<String, String>,
}

/// A verified time and who vouches for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedTime {
    /// The time.
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// Who vouches for it.
    pub source: TimeSource,
}

/// Who vouches for a verified time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeSource {
    /// The log's signed integrated time (Rekor v1).
    Log,
    /// A timestamp authority (RFC 3161).
    TimestampAuthority,
}

/// A transparency log entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogReference {
    /// Hex of the log id.
    pub log_id: String,
    /// Index of the entry in its log.
    pub index: u64,
    /// Kind and version of the entry, for example `hashedrekord 0.0.1`.
    pub entry: String,
    /// A page that shows the entry; only for the public-good log, since an internal log has no public address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl PlaceKind {
    /// The kind in words, for people.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::BundleFile => "bundle file",
            Self::BesideFile => "beside the file",
            Self::Referrers => "referrers",
            Self::ReferrersTag => "referrers tag",
            Self::SignatureTag => ".sig tag",
            Self::AttestationTag => ".att tag",
            Self::SbomTag => ".sbom tag (unsigned)",
            Self::SavedLayout => "saved layout",
            Self::BuildkitIndex => "BuildKit index (unsigned)",
        }
    }
}

impl Report {
    /// A report about nothing yet: undecided until [`Self::conclude`] says otherwise.
    pub fn new(command: &'static str, time: Timestamp) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            tool: ToolReport::THIS,
            command,
            time,
            verdict: Verdict::Undecided,
            exit_code: ExitCode::Undecided,
            trust: None,
            policy: None,
            accepted: None,
            pins: Vec::new(),
            findings: Vec::new(),
            subjects: Vec::new(),
        }
    }

    /// The report of a run that ended before any subject was examined: the same shape as any other.
    pub fn refused(command: &'static str, time: Timestamp, findings: Vec<Finding>) -> Self {
        let mut report = Self {
            findings,
            ..Self::new(command, time)
        };
        report.conclude(false);
        report
    }

    /// Joins the subjects' verdicts with the findings of the run. The exit code is a total function of the result.
    ///
    /// A finding of the run that denies makes the whole run misconfigured: such findings are about policy, trust or
    /// keys. With `deny_warnings` a warning denies, and a finding says that this is why.
    pub fn conclude(&mut self, deny_warnings: bool) {
        if deny_warnings {
            self.turn_warnings_into_denials();
        }
        let of_run = self
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Deny)
            .map(|finding| finding.code.verdict());
        self.verdict = Verdict::worst(self.subjects.iter().map(|subject| subject.verdict).chain(of_run));
        self.exit_code = self.verdict.into();
    }

    /// Concludes the report of a run that checks files and asks nothing about a subject: without mistakes, they are what was
    /// asked for.
    pub fn conclude_check(&mut self, deny_warnings: bool) {
        self.conclude(deny_warnings);
        if self.subjects.is_empty() && self.verdict == Verdict::Undecided && !self.denies() {
            self.verdict = Verdict::Allowed;
            self.exit_code = self.verdict.into();
        }
    }

    /// Whether a finding of the run denies.
    fn denies(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity == Severity::Deny)
    }

    /// Makes it the report of a run that did not do all that it was asked to: whatever the findings say of themselves, it
    /// allows nothing any more.
    pub fn fail(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.conclude(false);
        if self.verdict == Verdict::Allowed {
            self.verdict = Verdict::Undecided;
            self.exit_code = self.verdict.into();
        }
    }

    /// Denies every allowed subject that has a warning, and the run if it has one itself.
    fn turn_warnings_into_denials(&mut self) {
        let warns = |finding: &Finding| finding.severity == Severity::Warning;
        for subject in &mut self.subjects {
            if subject.verdict == Verdict::Allowed && subject.all_findings().any(warns) {
                subject.verdict = Verdict::Denied;
                subject.findings.push(Finding::warnings_denied());
            }
        }
        let said = self
            .findings
            .iter()
            .any(|finding| finding.code == Code::WarningsDenied);
        if !said && self.findings.iter().any(warns) {
            self.findings.push(Finding::warnings_denied());
        }
    }

    /// Every finding in the report, the run's first.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .chain(self.subjects.iter().flat_map(SubjectReport::all_findings))
    }
}

impl SubjectReport {
    /// The subject's own findings and those of the candidates that were accepted.
    ///
    /// A rejected candidate's findings say why that candidate does not count; they are not findings about the subject.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        let accepted = self.candidates.iter().filter(|candidate| candidate.accepted);
        self.findings
            .iter()
            .chain(accepted.flat_map(|candidate| candidate.findings.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(subject: Verdict, about_subject: Vec<Finding>, about_run: Vec<Finding>) -> Report {
        Report {
            schema_version: SCHEMA_VERSION,
            tool: ToolReport::THIS,
            command: "verify",
            time: Timestamp::UNIX_EPOCH,
            verdict: Verdict::Undecided,
            exit_code: ExitCode::Undecided,
            trust: None,
            policy: None,
            accepted: None,
            pins: Vec::new(),
            findings: about_run,
            subjects: vec![SubjectReport {
                input: "a".to_owned(),
                kind: SubjectKind::File,
                name: "a".to_owned(),
                digest: None,
                platform: None,
                verdict: subject,
                places: Vec::new(),
                candidates: Vec::new(),
                sboms: Vec::new(),
                findings: about_subject,
            }],
        }
    }

    fn warning() -> Finding {
        Finding::new(Code::UnsafeAnyIdentity, "any signer was accepted")
    }

    #[test]
    fn a_warning_passes_unless_warnings_deny() {
        let mut report = report(Verdict::Allowed, vec![warning()], Vec::new());
        report.conclude(false);
        assert_eq!(report.exit_code, ExitCode::Allowed);
        report.conclude(true);
        assert_eq!(report.exit_code, ExitCode::Denied);
        assert_eq!(report.subjects[0].verdict, Verdict::Denied);
        assert_eq!(report.subjects[0].findings[1].code, Code::WarningsDenied);
    }

    #[test]
    fn a_warning_about_the_run_denies_and_says_so_once() {
        let mut report = report(Verdict::Allowed, Vec::new(), vec![warning()]);
        report.conclude(true);
        report.conclude(true);
        assert_eq!(report.verdict, Verdict::Denied);
        assert_eq!(report.findings.len(), 2);
    }

    #[test]
    fn denying_warnings_leaves_other_verdicts_as_they_are() {
        let mut report = report(Verdict::NoEvidence, vec![warning()], Vec::new());
        report.conclude(true);
        assert_eq!(report.verdict, Verdict::NoEvidence);
        assert_eq!(report.subjects[0].findings, [warning()]);
    }

    #[test]
    fn a_run_that_failed_allows_nothing_whatever_its_findings_say() {
        for findings in [Vec::new(), vec![warning()]] {
            let mut report = report(Verdict::Allowed, Vec::new(), Vec::new());
            report.conclude(false);
            report.fail(findings);
            assert_eq!(report.exit_code, ExitCode::Undecided);
        }
    }

    #[test]
    fn a_denying_finding_about_the_run_decides_over_allowed_subjects() {
        let invalid = Finding::new(Code::PolicyInvalid, "unknown key");
        let mut report = report(Verdict::Allowed, Vec::new(), vec![invalid]);
        report.conclude(false);
        assert_eq!(report.exit_code, ExitCode::Configuration);
    }
}
