//! What verified evidence has to say: age, provenance fields, commit, repository.

use jiff::Timestamp;

use super::genuine::{Genuine, Says};
use super::summary;
use crate::attestation::Provenance;
use crate::policy::{Demand, RepositoryBinding, Written};
use crate::report::{Code, Finding};
use crate::sigstore::certificate::{Claim, ClaimValue};
use crate::sigstore::pin::SignerFacts;

/// Why a genuine candidate by an accepted signer does not meet a demand. Empty when it does.
pub(super) fn shortcomings(genuine: &Genuine, demand: &Demand, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(age(genuine, demand, now));
    findings.extend(provenance(genuine, demand));
    findings.extend(commit(genuine, demand));
    findings.extend(summary::shortcomings(genuine, demand, now));
    findings.extend(repository(genuine, demand));
    findings
}

/// What is worth knowing about a candidate that meets a demand.
pub(super) fn notes(genuine: &Genuine) -> Vec<Finding> {
    let verified = &genuine.verified;
    let mut notes = Vec::new();
    match verified.signer() {
        SignerFacts::Key { .. } if !verified.logged() => notes.push(
            Finding::new(
                Code::KeyWithoutLog,
                "the signature is in no transparency log; it was accepted because the key's pin says so",
            )
            .help("log the signature, so that misuse of the key can be noticed"),
        ),
        SignerFacts::Certificate(_) if !verified.logged() || !verified.sct_checked() => {
            notes.push(Finding::new(
                Code::WeakerTrust,
                "this trust root keeps no public log; a timestamp authority vouches for the time alone",
            ))
        }
        _ => {}
    }
    notes
}

fn age(genuine: &Genuine, demand: &Demand, now: Timestamp) -> Option<Finding> {
    let limit = demand.max_age.as_ref()?;
    let words = |seconds: i64| format!("{} days", seconds / 86_400);
    let Some(made) = genuine.verified.made() else {
        let finding = Finding::new(Code::EvidenceTooOld, "nothing proves when the evidence was made");
        return Some(finding.origin(&limit.origin));
    };
    let age = now.as_second().saturating_sub(made.as_second());
    let allowed = i64::try_from(limit.value.as_secs()).unwrap_or(i64::MAX);
    (age > allowed).then(|| {
        Finding::new(
            Code::EvidenceTooOld,
            format!("the evidence is {} old", words(age)),
        )
        .found(made.to_string())
        .expected(format!("at most {} old", words(allowed)))
        .origin(&limit.origin)
        .help("make the attestation anew for this artifact")
    })
}

fn provenance(genuine: &Genuine, demand: &Demand) -> Vec<Finding> {
    let rules = &demand.fields;
    if rules.builder_id.is_none() && rules.source_repository.is_none() && rules.source_ref.is_none() {
        return Vec::new();
    }
    let provenance = match &genuine.says {
        Says::Statement(statement) => {
            Provenance::parse(statement.predicate_type(), statement.predicate().get())
        }
        Says::Artifact | Says::Image(_) => None,
    };
    let Some(provenance) = provenance else {
        return vec![Finding::new(
            Code::PredicateMalformed,
            "this is not SLSA provenance that can be read",
        )];
    };
    [
        field(
            Code::BuilderMismatch,
            "builder id",
            rules.builder_id.as_ref(),
            provenance.builder_id,
        ),
        field(
            Code::SourceMismatch,
            "source repository",
            rules.source_repository.as_ref(),
            provenance.source_repository,
        ),
        field(
            Code::SourceMismatch,
            "source ref",
            rules.source_ref.as_ref(),
            provenance.source_ref,
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn field(code: Code, name: &str, rule: Option<&Written<String>>, found: Option<String>) -> Option<Finding> {
    let rule = rule?;
    if found.as_ref() == Some(&rule.value) {
        return None;
    }
    let finding = match found {
        Some(found) => Finding::new(code, format!("the provenance names another {name}")).found(found),
        None => Finding::new(code, format!("the provenance does not say its {name}")),
    };
    Some(finding.expected(&rule.value).origin(&rule.origin))
}

/// The commit stands in the certificate, in the provenance, or in both; wherever it stands it has to be the one.
fn commit(genuine: &Genuine, demand: &Demand) -> Vec<Finding> {
    let Some(rule) = &demand.fields.commit else {
        return Vec::new();
    };
    let mut stated = Vec::new();
    if let SignerFacts::Certificate(facts) = genuine.verified.signer() {
        match facts.claim(Claim::SourceRepositoryDigest) {
            Some(ClaimValue::Value(value)) => stated.push(("certificate", value)),
            Some(unreadable) => {
                let detail = unreadable.problem().unwrap_or("unreadable").to_owned();
                return vec![Finding::new(
                    Code::ClaimMalformed,
                    format!("source-repository-digest: {detail}"),
                )];
            }
            None => {}
        }
    }
    if let Says::Statement(statement) = &genuine.says {
        let provenance = Provenance::parse(statement.predicate_type(), statement.predicate().get());
        stated.extend(
            provenance
                .and_then(|provenance| provenance.source_commit)
                .map(|commit| ("provenance", commit)),
        );
    }
    if stated.is_empty() {
        let finding = Finding::new(
            Code::CommitMismatch,
            "neither the certificate nor the provenance names a commit",
        );
        return vec![finding.expected(&rule.value).origin(&rule.origin)];
    }
    stated
        .into_iter()
        .filter(|(_, found)| !found.eq_ignore_ascii_case(&rule.value))
        .map(|(place, found)| {
            Finding::new(Code::CommitMismatch, format!("the {place} names another commit"))
                .found(found)
                .expected(&rule.value)
                .origin(&rule.origin)
        })
        .collect()
}

fn repository(genuine: &Genuine, demand: &Demand) -> Option<Finding> {
    let Says::Image(payload) = &genuine.says else {
        return None;
    };
    let found = repository_of(&payload.docker_reference);
    let found = found.as_str();
    let (rule, holds) = match &demand.repository_binding {
        RepositoryBinding::Ignore => return None,
        RepositoryBinding::Exact(rule) => (rule, found == rule.value),
        RepositoryBinding::Prefix(rule) => {
            let below = found
                .strip_prefix(rule.value.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            (rule, below)
        }
    };
    (!holds).then(|| {
        Finding::new(
            Code::RepositoryMismatch,
            "the signature was made for another repository",
        )
        .found(found)
        .expected(&rule.value)
        .origin(&rule.origin)
    })
}

/// The repository of a `docker-reference`, with Docker Hub's host in its one spelling: cosign writes `index.docker.io`.
fn repository_of(reference: &str) -> String {
    let repository = without_tag(reference);
    match repository.split_once('/') {
        Some(("index.docker.io" | "registry-1.docker.io", rest)) => format!("docker.io/{rest}"),
        _ => repository.to_owned(),
    }
}

/// The reference without a tag or a digest.
fn without_tag(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_or_digest_is_no_part_of_the_repository() {
        for (reference, repository) in [
            ("example.com/app", "example.com/app"),
            ("index.docker.io/library/app:v1", "docker.io/library/app"),
            ("example.com/app:v1", "example.com/app"),
            ("localhost:5000/app", "localhost:5000/app"),
            ("localhost:5000/app:v1@sha256:00", "localhost:5000/app"),
        ] {
            assert_eq!(repository_of(reference), repository);
        }
    }
}
