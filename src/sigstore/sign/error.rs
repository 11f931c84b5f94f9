//! Why a signature could not be made, and which step it was.

use std::fmt;

use reqwest::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::http::{Reply, WebFault, WebFaultKind};
use crate::report::{Code, Finding};
use crate::sigstore::keys::KeyError;

/// Characters of a service's own explanation that are repeated.
const MAX_SAID_CHARS: usize = 200;
/// Bytes of a secret in a row that a service's explanation must not repeat.
const MAX_REPEATED: usize = 12;

/// A step of making a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Which services are used, and whether they can be used with the key.
    Prepare,
    /// The certificate for the key.
    Certificate,
    /// The signature itself.
    Sign,
    /// A timestamp from an authority.
    Timestamp,
    /// The entry in a log.
    Log,
    /// The finished bundle, verified.
    Verify,
    /// The verified bundle, put where it is looked for.
    Publish,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Prepare => "preparing",
            Self::Certificate => "getting the certificate",
            Self::Sign => "signing",
            Self::Timestamp => "getting a timestamp",
            Self::Log => "logging the signature",
            Self::Verify => "verifying what was made",
            Self::Publish => "publishing",
        })
    }
}

/// A step that failed. No part of it repeats a token or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{step}: {}", .finding.message)]
pub struct SignError {
    /// The step.
    pub step: Step,
    /// Why, boxed because a finding is large.
    pub finding: Box<Finding>,
}

impl SignError {
    pub(super) fn new(step: Step, finding: Finding) -> Self {
        Self {
            step,
            finding: Box::new(finding),
        }
    }

    /// The services do not go together with the key, or cannot be used.
    pub(crate) fn prepare(message: impl Into<String>) -> Self {
        Self::new(Step::Prepare, Finding::new(Code::SigningUnsupported, message))
    }

    /// A service answered with something else than it was asked for.
    pub(super) fn answer(step: Step, service: &str, detail: impl fmt::Display) -> Self {
        let message = format!("{service} answered with something that cannot be used: {detail}");
        Self::new(
            step,
            Finding::new(Code::ServiceAnswerInvalid, message)
                .help("nothing was published; check the address of the service, and tell whoever runs it"),
        )
    }

    /// A service was asked and gave no answer.
    pub(super) fn web(step: Step, fault: &WebFault) -> Self {
        let (code, help) = match &fault.kind {
            WebFaultKind::Certificate(distrust) => (Code::ServiceRefusedDestination, distrust.help()),
            WebFaultKind::Unreachable(_) => (
                Code::ServiceUnreachable,
                "check the network and the proxy settings, then try again",
            ),
            WebFaultKind::Refused(_) => (
                Code::ServiceRefusedDestination,
                "check the address in the signing configuration; services are asked over https, and redirects are not \
                 followed",
            ),
            WebFaultKind::TooLarge(_) | WebFaultKind::Protocol(_) => (
                Code::ServiceAnswerInvalid,
                "check that this address is the service and that no proxy answers in its place",
            ),
            WebFaultKind::Configuration(_) => (
                Code::SigningConfigInvalid,
                "check the file of certificate authorities and the proxy settings",
            ),
        };
        Self::new(step, Finding::new(code, fault.to_string()).help(help))
    }

    /// A service said no.
    pub(super) fn status(step: Step, service: &str, reply: &Reply, secrets: &[&str]) -> Self {
        let status = reply.status;
        let mut message = format!("{service} answered {status}");
        if let Some(said) = said(&reply.body, secrets) {
            message.push_str(&format!(" ({said:?})"));
        }
        let (code, help) = match status {
            StatusCode::TOO_MANY_REQUESTS => (
                Code::ServiceUnreachable,
                "it takes no more requests now: try again later",
            ),
            status if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => (
                Code::ServiceUnreachable,
                "the service has trouble: try again later",
            ),
            _ => (
                Code::ServiceRefused,
                "check that the token, the key and the services belong to the same Sigstore instance",
            ),
        };
        Self::new(step, Finding::new(code, message).help(help))
    }

    pub(super) fn key(error: &KeyError) -> Self {
        Self::new(Step::Sign, Finding::new(Code::SigningFailed, error.to_string()))
    }

    /// The exit code's reason.
    pub fn code(&self) -> Code {
        self.finding.code
    }
}

/// What a service says about its refusal, if that is one line of text that repeats nothing secret.
pub(super) fn said(body: &[u8], secrets: &[&str]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Said {
        message: String,
    }
    let said: Said = serde_json::from_slice(body).ok()?;
    let text: String = said
        .message
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_SAID_CHARS)
        .collect();
    let repeats = |secret: &&str| {
        let bytes = secret.as_bytes();
        bytes
            .windows(MAX_REPEATED.min(bytes.len()).max(1))
            .any(|part| text.as_bytes().windows(part.len()).any(|window| window == part))
    };
    let text = text.trim();
    (!text.is_empty() && !secrets.iter().any(repeats)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_explained_unless_it_repeats_a_secret() {
        let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2lnbmF0dXJl";
        for (body, expected) in [
            (
                r#"{"code":3,"message":"email not verified"}"#.to_owned(),
                Some("email not verified"),
            ),
            (format!(r#"{{"message":"bad token {token}"}}"#), None),
            (r#"{"message":"bad token …ciOiJub25lIn0.eyJz…"}"#.to_owned(), None),
            (r#"{"message":"a\n\u001b[2Jb"}"#.to_owned(), Some("a  [2Jb")),
            (r#"{"message":""}"#.to_owned(), None),
            ("<html>".to_owned(), None),
        ] {
            assert_eq!(said(body.as_bytes(), &[token]).as_deref(), expected, "{body}");
        }
    }
}
