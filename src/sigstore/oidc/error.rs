//! Why there is no identity token.

use super::token::TokenError;
use crate::http::{WebFault, WebFaultKind};

/// Why no token could be obtained. No message repeats a token, a code or a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}: {reason}")]
pub struct OidcError {
    /// Where the token was to come from.
    pub source_name: String,
    /// What went wrong.
    pub reason: Reason,
    /// What to do about it.
    pub help: Option<String>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// A setting, a permission or a file is not as it has to be: trying again does not help.
    #[error("{0}")]
    Configuration(String),
    /// A service or a program did not do its part: trying again may help.
    #[error("{0}")]
    Unavailable(String),
    /// The person, or the issuer on their behalf, did not agree, or not in time.
    #[error("{0}")]
    Refused(String),
    /// A token came that cannot be used.
    #[error("the token cannot be used: {0}")]
    Token(#[from] TokenError),
}

impl OidcError {
    pub(super) fn new(source_name: impl Into<String>, reason: Reason) -> Self {
        Self {
            source_name: source_name.into(),
            reason,
            help: None,
        }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether something has to be changed before another try can succeed; otherwise it may succeed as it is.
    pub fn is_configuration(&self) -> bool {
        matches!(self.reason, Reason::Configuration(_) | Reason::Token(_))
    }
}

impl From<WebFault> for Reason {
    fn from(fault: WebFault) -> Self {
        match fault.kind {
            WebFaultKind::Configuration(_) | WebFaultKind::Refused(_) => {
                Self::Configuration(fault.to_string())
            }
            _ => Self::Unavailable(fault.to_string()),
        }
    }
}
