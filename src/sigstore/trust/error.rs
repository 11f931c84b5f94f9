//! Why there is no trust root to verify against.

use crate::report::{Code, Finding, Origin};

/// A trust root could not be had, or is not fit for use.
///
/// It has one of two codes: `trust-root-unavailable` (nobody answered; undecided, trying again may help) or
/// `trust-root-invalid` (what was given or served must not be believed; misconfigured).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .finding.message)]
pub struct TrustError {
    /// Boxed: a finding is large, and errors travel through every `Result` here.
    finding: Box<Finding>,
}

impl TrustError {
    /// What was given or served does not parse, does not verify, has expired, or exceeds a limit.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            finding: Box::new(Finding::new(Code::TrustInvalid, message)),
        }
    }

    /// The trust root could not be fetched.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self {
            finding: Box::new(Finding::new(Code::TrustUnavailable, message)),
        }
    }

    /// Adds one safe next step.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.finding.help = Some(help.into());
        self
    }

    /// Adds what was found and what was expected in its place.
    #[must_use]
    pub(crate) fn instead_of(mut self, found: impl Into<String>, expected: impl Into<String>) -> Self {
        self.finding.found = Some(found.into());
        self.finding.expected = Some(expected.into());
        self
    }

    /// Adds the place in the file that is wrong.
    #[must_use]
    pub(crate) fn at(mut self, origin: Origin) -> Self {
        self.finding.origin = Some(origin);
        self
    }

    /// `trust-root-unavailable` or `trust-root-invalid`.
    pub fn code(&self) -> Code {
        self.finding.code
    }

    /// The error as a finding of the run.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }
}

impl From<TrustError> for Finding {
    fn from(error: TrustError) -> Self {
        *error.finding
    }
}

/// An error and its causes in one line, each once.
///
/// Libraries differ in whether they repeat the cause in their own text; a cause that is already there is left out.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = cause.source();
    }
    text
}
