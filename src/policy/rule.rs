//! A rule of a policy, and the demand that it makes of one subject.

use std::time::Duration;

use super::demand::{Demand, DemandKind, FieldRules, RepositoryBinding, Require, SummaryRules, Written};
use super::scope::{Scope, SubjectName, repository_name};
use crate::report::{Code, Finding};
use crate::sigstore::pin::PinSet;
use crate::subject::Subject;

/// One `[[signature]]` or `[[attestation]]` table.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    /// For which subjects; none means for every one.
    pub(super) scopes: Vec<Scope>,
    pub(super) kind: DemandKind,
    pub(super) pins: PinSet,
    pub(super) require: Require,
    pub(super) max_age: Option<Written<Duration>>,
    pub(super) fields: FieldRules,
    pub(super) summary: Option<SummaryRules>,
    pub(super) binding: Written<Binding>,
    pub(super) is_optional: bool,
}

/// How the repository in a signed payload counts; which repository that is depends on the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Ignore,
    Exact,
    Prefix,
}

impl Rule {
    pub(super) fn covers(&self, name: &SubjectName) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|scope| scope.covers(name))
    }

    /// The demand that the rule makes of a subject that it covers.
    pub(super) fn demand(&self, subject: &Subject) -> Result<Demand, Finding> {
        Ok(Demand {
            kind: self.kind.clone(),
            pins: self.pins.clone(),
            require: self.require,
            max_age: self.max_age.clone(),
            fields: self.fields.clone(),
            summary: self.summary.clone(),
            repository_binding: self.bind(subject)?,
            is_optional: self.is_optional,
        })
    }

    fn bind(&self, subject: &Subject) -> Result<RepositoryBinding, Finding> {
        let bound = |repository: String| {
            let written = Written {
                value: repository,
                origin: self.binding.origin.clone(),
            };
            match self.binding.value {
                Binding::Ignore => RepositoryBinding::Ignore,
                Binding::Exact => RepositoryBinding::Exact(written),
                Binding::Prefix => RepositoryBinding::Prefix(written),
            }
        };
        match subject {
            _ if self.binding.value == Binding::Ignore => Ok(RepositoryBinding::Ignore),
            Subject::Image(reference) => Ok(bound(repository_name(reference))),
            // A layout does not say which repository it came from, so the demand cannot be kept.
            Subject::Layout { .. } => Err(Finding::new(
                Code::PolicyInvalid,
                "the policy binds signatures to their repository, and an OCI layout does not say its repository",
            )
            .found(subject.to_string())
            .origin(&self.binding.origin)
            .help("verify the image in its registry, or write a rule of its own for layouts")),
            // Signatures of files name no repository; one that does all the same is for something else.
            Subject::File(_) | Subject::Directory { .. } | Subject::Stdin | Subject::Digest(_) => {
                Ok(bound(subject.to_string()))
            }
        }
    }
}
