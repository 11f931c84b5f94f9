//! Whole runs: from rules and a trust root to a report.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{Outcome, Request, Rules, verify};
use crate::registry::PlatformChoice;
use crate::report::{Finding, Report};
use crate::sigstore::Engine;
use crate::sigstore::trust::TrustMaterial;
use crate::subject::Subject;

/// Name of the command in reports.
const COMMAND: &str = "verify";

/// Puts a run's outcomes into a concluded report; warnings deny when `deny_warnings` is set.
pub fn assemble(
    now: Timestamp,
    rules: &Rules,
    trust: Result<&TrustMaterial, Finding>,
    outcomes: Vec<Outcome>,
    deny_warnings: bool,
) -> Report {
    let mut report = Report::new(COMMAND, now);
    report.pins = rules.pins();
    report.findings = rules.warnings();
    match trust {
        Ok(material) => {
            report.trust = Some(material.report().clone());
            report.findings.extend(material.findings().iter().cloned());
        }
        Err(finding) => report.findings.push(finding),
    }
    report.subjects = outcomes.into_iter().map(|outcome| outcome.report).collect();
    report.conclude(deny_warnings);
    report
}

/// Verifies one file against named bundles, or against those beside it when none are named.
pub fn verify_file(
    path: &Path,
    bundles: &[PathBuf],
    rules: &Rules,
    trust: &TrustMaterial,
    now: Timestamp,
) -> Report {
    verify_subject(&Subject::File(path.to_owned()), bundles, rules, trust, now)
}

/// Verifies one subject on the calling thread. Blocks while it reads and hashes; never touches the network.
pub fn verify_subject(
    subject: &Subject,
    bundles: &[PathBuf],
    rules: &Rules,
    trust: &TrustMaterial,
    now: Timestamp,
) -> Report {
    let engine = match Engine::new(trust.root(), trust.relaxations()) {
        Ok(engine) => engine,
        Err(finding) => return Report::refused(COMMAND, now, vec![finding]),
    };
    let request = Request {
        subjects: &[(subject.to_string(), subject.clone())],
        bundles,
        platform: &PlatformChoice::AsIs,
        registry: None,
        rules,
        jobs: NonZeroUsize::MIN,
        now,
        on_bytes: &|_| {},
        on_subject: &|_| {},
        public_log_url: &|_, _| None,
    };
    assemble(now, rules, Ok(trust), verify(&request, &engine), false)
}
