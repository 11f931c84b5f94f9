//! What is demanded of a subject: by flags or by a policy file, in one form.
//!
//! A [`Demand`] is the form. Flags make one directly; [`parse`] reads a policy file, whose rules make one for each
//! subject that they cover. Nothing here does I/O: files that a policy names are read through [`Files`].

mod accepted;
mod demand;
pub mod duration;
mod file;
mod limits;
mod review;
mod rule;
pub mod rules;
mod sbom;
mod scope;
mod usage;

/// Reading TOML files strictly, with the places of their mistakes, for files that are written in the same way.
pub(crate) mod strict_toml {
    pub(crate) use super::file::reader::{MAX_FINDINGS, Reader};
    pub(crate) use super::file::rules::scopes;
    pub(crate) use super::file::table::{Found, Section, number_of, quote};
    pub(crate) use super::file::trust::{open as open_trust, read as read_trust};
    pub(crate) use super::file::{Unpinned, text_of, version};
}

pub use accepted::{Acceptances, Accepted};
pub use demand::{Demand, DemandKind, FieldRules, RepositoryBinding, Require, SummaryRules, Written};
pub use file::{Files, MAX_ACCEPTED_BYTES, MAX_POLICY_BYTES, parse, parse_accepted};
pub use limits::Limits;
pub use review::review;
pub use sbom::{SbomRequire, SbomRules};
pub use scope::{MAX_SCOPE_BYTES, Scope, ScopeError, SubjectName};

pub use usage::Usage;

use self::rule::Rule;
use crate::report::{Code, Finding, Origin};
use crate::sigstore::pin::Pin;
use crate::sigstore::trust::TrustChoice;
use crate::subject::{Digest, Subject};

/// The commented policy that `portcullis policy init` writes.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A policy without mistakes.
#[derive(Debug, Clone)]
pub struct Policy {
    label: String,
    digest: Digest,
    trust: Option<TrustChoice>,
    pins: Vec<Pin>,
    rules: Vec<Rule>,
    sbom: Option<SbomRules>,
    limits: Limits,
    warnings: Vec<Finding>,
    unpinned: Vec<Finding>,
}

impl Policy {
    /// Everything that the policy demands of a subject: one demand for each rule that covers it, and all of them have
    /// to hold. Never empty: a subject that no rule covers is an error, and is not allowed.
    pub fn demands_for(&self, subject: &Subject) -> Result<Vec<Demand>, Finding> {
        let name = SubjectName::of(subject);
        let covering: Vec<&Rule> = self.rules.iter().filter(|rule| rule.covers(&name)).collect();
        // Of what has no name it cannot be told which scopes cover it, and the stricter rule may be among them.
        let untold = name.as_str().is_none() && covering.len() < self.rules.len();
        // What is optional demands nothing, and a subject of which nothing is demanded is not allowed.
        if covering.iter().all(|rule| rule.is_optional) || untold {
            return Err(self.not_covered(subject, &name));
        }
        covering.into_iter().map(|rule| rule.demand(subject)).collect()
    }

    fn not_covered(&self, subject: &Subject, name: &SubjectName) -> Finding {
        let scopes: Vec<&str> = self
            .rules
            .iter()
            .flat_map(|rule| &rule.scopes)
            .map(Scope::as_str)
            .collect();
        let (found, message, help) = match name.as_str() {
            Some(name) => (
                name,
                format!("no rule of the policy covers {subject}"),
                "check that the subject is meant to pass by this policy; if so, add it to the rule that is meant for it",
            ),
            None => (
                "a path with .. in it, or not in UTF-8",
                format!("it cannot be told which rules of the policy cover {subject}"),
                "name the file by a path without ..",
            ),
        };
        Finding::new(Code::SubjectNotCovered, message)
            .found(found.to_owned())
            .expected(scopes.join(", "))
            .origin(&Origin::flag(&self.label))
            .help(help)
    }

    /// What is demanded of SBOMs, where the policy says anything about them.
    pub fn sbom(&self) -> Option<&SbomRules> {
        self.sbom.as_ref()
    }

    /// SHA-256 of the file's bytes.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The trust root that the policy names.
    pub fn trust(&self) -> Option<&TrustChoice> {
        self.trust.as_ref()
    }

    /// Who may sign, for a report.
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// The limits.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// What is weak in the policy although nothing is wrong with it.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// Files whose content decides and which the policy's digest does not fix, as mistakes.
    ///
    /// They count where the policy is pinned (`--policy-digest`): whoever may change a key file beside a pinned policy
    /// can edit the judge after all.
    pub fn unpinned(&self) -> &[Finding] {
        &self.unpinned
    }
}

/// Whether a policy file is the pinned one (`--policy-digest`). To be asked before the file is parsed.
pub fn check_digest(label: &str, bytes: &[u8], expected: &Digest) -> Result<(), Finding> {
    let pinned = Pinned {
        code: Code::PolicyDigestMismatch,
        what: "policy",
        flag: "--policy-digest",
    };
    pinned.check(label, bytes, expected)
}

/// Whether a file of accepted findings is the pinned one (`--accepted-digest`). To be asked before the file is parsed.
pub fn check_accepted_digest(label: &str, bytes: &[u8], expected: &Digest) -> Result<(), Finding> {
    let pinned = Pinned {
        code: Code::AcceptedDigestMismatch,
        what: "file of accepted findings",
        flag: "--accepted-digest",
    };
    pinned.check(label, bytes, expected)
}

/// A file that a flag pins by its digest.
struct Pinned {
    code: Code,
    what: &'static str,
    flag: &'static str,
}

impl Pinned {
    fn check(&self, label: &str, bytes: &[u8], expected: &Digest) -> Result<(), Finding> {
        let found = Digest::of(expected.algorithm(), bytes);
        if found == *expected {
            return Ok(());
        }
        let what = self.what;
        Err(
            Finding::new(self.code, format!("{label} is not the pinned {what}"))
                .found(found.to_string())
                .expected(expected.to_string())
                .origin(&Origin::flag(self.flag))
                .help(format!(
                    "read what changed in the {what} before pinning its new digest"
                )),
        )
    }
}

#[cfg(test)]
mod tests;
