//! What a verification summary has to say, where one is demanded.

use jiff::{SignedDuration, Timestamp};

use super::genuine::{Genuine, Says};
use crate::attestation::vsa::Summary;
use crate::attestation::{PredicateType, Statement};
use crate::policy::{Demand, DemandKind, SummaryRules};
use crate::report::{Code, Finding};

/// How far the verifier's clock may be ahead of ours.
const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Why a genuine summary does not meet a demand. Empty when it does, and for everything else where no summary is demanded.
///
/// A demand for any attestation is none for a summary, but one that failed would meet it just by being signed: what
/// says that the artifact failed never counts for it.
pub(super) fn shortcomings(genuine: &Genuine, demand: &Demand, now: Timestamp) -> Vec<Finding> {
    let is_demanded = match &demand.kind {
        DemandKind::Attestation(predicate_type) => predicate_type.is_summary(),
        DemandKind::Signature | DemandKind::SignatureOrAttestation => false,
    };
    let Says::Statement(statement) = &genuine.says else {
        let finding = || Finding::new(Code::PredicateMalformed, "this is no summary");
        return is_demanded.then(finding).into_iter().collect();
    };
    if !is_demanded && !is_summary(statement) {
        return Vec::new();
    }
    let summary = match Summary::parse(statement.predicate_type(), statement.predicate().get()) {
        Ok(summary) => summary,
        Err(detail) => {
            let message = format!("the summary cannot be read: {detail}");
            return vec![Finding::new(Code::PredicateMalformed, message)];
        }
    };
    let mut findings = Vec::new();
    // A summary that failed is never what was asked for, whatever else is demanded of it.
    if !summary.passed {
        findings.push(
            Finding::new(Code::SummaryFailed, "the verifier says that the artifact failed")
                .found("FAILED")
                .expected("PASSED")
                .help("find out from the verifier why; the artifact did not meet its policy"),
        );
    }
    if let Some(rules) = &demand.summary {
        findings.extend(compare(&summary, rules));
    }
    findings.extend(future(&summary, now));
    findings.extend(age(&summary, demand, now));
    findings
}

fn is_summary(statement: &Statement) -> bool {
    PredicateType::parse(statement.predicate_type()).is_some_and(|found| found.is_summary())
}

fn compare(summary: &Summary, rules: &SummaryRules) -> Vec<Finding> {
    let verifier = (summary.verifier != rules.verifier.value).then(|| {
        Finding::new(Code::SummaryVerifierMismatch, "another verifier made the summary")
            .found(&summary.verifier)
            .expected(&rules.verifier.value)
            .origin(&rules.verifier.origin)
    });
    let resource = rules
        .resource_uri
        .as_ref()
        .filter(|rule| rule.value != summary.resource_uri);
    let resource = resource.map(|rule| {
        Finding::new(
            Code::SummaryResourceMismatch,
            "the artifact was verified as another resource",
        )
        .found(&summary.resource_uri)
        .expected(&rule.value)
        .origin(&rule.origin)
    });
    let policy = rules
        .policy
        .as_ref()
        .filter(|rule| !summary.is_by_policy(&rule.value));
    let policy = policy.map(|rule| {
        let named: Vec<String> = summary
            .policy_digests
            .iter()
            .take(3)
            .map(|(algorithm, hex)| format!("{algorithm}:{hex}"))
            .collect();
        Finding::new(
            Code::SummaryPolicyMismatch,
            "the artifact was verified by another policy",
        )
        .found(named.join(", "))
        .expected(rule.value.to_string())
        .origin(&rule.origin)
    });
    let level = rules.level.as_ref().filter(|rule| !summary.reaches(&rule.value));
    let level = level.map(|rule| {
        Finding::new(Code::SummaryLevelTooLow, "the summary does not reach the level")
            .found(summary.levels.join(", "))
            .expected(&rule.value)
            .origin(&rule.origin)
    });
    [verifier, resource, policy, level]
        .into_iter()
        .flatten()
        .collect()
}

/// A verification that is still to come would never grow too old.
fn future(summary: &Summary, now: Timestamp) -> Option<Finding> {
    (summary.time_verified > now + MAX_CLOCK_SKEW).then(|| {
        Finding::new(
            Code::PredicateMalformed,
            "the summary is about a verification that lies in the future",
        )
        .found(summary.time_verified.to_string())
        .expected(format!("at most {now}"))
        .help("check the clocks of this machine and of the verifier")
    })
}

/// A summary is as old as the verification that it sums up, however lately it was signed.
fn age(summary: &Summary, demand: &Demand, now: Timestamp) -> Option<Finding> {
    let limit = demand.max_age.as_ref()?;
    let age = now.as_second().saturating_sub(summary.time_verified.as_second());
    let allowed = i64::try_from(limit.value.as_secs()).unwrap_or(i64::MAX);
    (age > allowed).then(|| {
        let message = format!("the verification was {} days ago", age / 86_400);
        Finding::new(Code::EvidenceTooOld, message)
            .found(summary.time_verified.to_string())
            .expected(format!("at most {} days ago", allowed / 86_400))
            .origin(&limit.origin)
            .help("verify the artifact anew")
    })
}
