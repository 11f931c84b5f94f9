//! Buildkite: the agent asks for a token.

use super::Asking;
use crate::http::Secret;
use crate::sigstore::oidc::error::{OidcError, Reason};

pub(super) const NAME: &str = "Buildkite";

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    if !asking.around.is_true("BUILDKITE") {
        return None;
    }
    let arguments = ["oidc", "request-token", "--audience", asking.audience];
    let outcome = (asking.around.run)("buildkite-agent", &arguments);
    Some(outcome.map_err(|detail| {
        OidcError::new(NAME, Reason::Unavailable(detail))
            .help("the agent has to be on the PATH, and new enough to know oidc request-token")
    }))
}
