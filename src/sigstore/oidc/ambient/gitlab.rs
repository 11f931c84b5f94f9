//! GitLab CI: a job has a token only if its file says so, and then it is in `SIGSTORE_ID_TOKEN`, which was asked before.

use super::Asking;
use crate::http::Secret;
use crate::sigstore::oidc::error::{OidcError, Reason};

pub(super) const NAME: &str = "GitLab CI";

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    if !asking.around.is_true("GITLAB_CI") {
        return None;
    }
    let reason = Reason::Configuration("this job has no SIGSTORE_ID_TOKEN".to_owned());
    Some(Err(OidcError::new(NAME, reason).help(format!(
        "add to the job: id_tokens: {{SIGSTORE_ID_TOKEN: {{aud: {}}}}}",
        asking.audience
    ))))
}
