//! CircleCI: the `circleci` program of the job asks for a token. The ones in `CIRCLE_OIDC_TOKEN` and `CIRCLE_OIDC_TOKEN_V2`
//! are made for the organisation and not for Sigstore, so they are never used.

use super::Asking;
use crate::http::Secret;
use crate::sigstore::oidc::error::{OidcError, Reason};

pub(super) const NAME: &str = "CircleCI";

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    if !asking.around.is_true("CIRCLECI") {
        return None;
    }
    let claims = serde_json::json!({ "aud": asking.audience }).to_string();
    let outcome = (asking.around.run)("circleci", &["run", "oidc", "get", "--claims", &claims]);
    Some(outcome.map_err(|detail| {
        OidcError::new(NAME, Reason::Unavailable(detail))
            .help("the job needs a context (any), and the circleci program that its image has")
    }))
}
