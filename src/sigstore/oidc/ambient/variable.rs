//! A token in `SIGSTORE_ID_TOKEN`, where GitLab's `id_tokens` put it and people can too.

use super::Asking;
use crate::http::Secret;
use crate::sigstore::oidc::error::OidcError;

pub(super) const NAME: &str = "SIGSTORE_ID_TOKEN";

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    asking.around.variable(NAME).map(|token| Ok(Secret::new(token)))
}
