//! GitHub Actions: a request to the address that a job with `id-token: write` is given.

use reqwest::Url;
use serde::Deserialize;

use super::Asking;
use crate::http::Secret;
use crate::sigstore::oidc::ask::{Question, secret};
use crate::sigstore::oidc::error::{OidcError, Reason};

pub(super) const NAME: &str = "GitHub Actions";

const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

#[derive(Deserialize)]
struct Answer {
    #[serde(deserialize_with = "secret")]
    value: Secret,
}

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    let around = asking.around;
    let (url, token) = (around.variable(URL), around.variable(TOKEN));
    if !around.is_true("GITHUB_ACTIONS") && url.is_none() {
        return None;
    }
    let (Some(url), Some(token)) = (url, token) else {
        let reason = Reason::Configuration("this job may not ask for an identity token".to_owned());
        return Some(Err(OidcError::new(NAME, reason).help(
            "give the job the permission `id-token: write` (a pull request from a fork never has it)",
        )));
    };
    Some(request(asking, &url, &Secret::new(token)).map_err(|reason| OidcError::new(NAME, reason)))
}

fn request(asking: &Asking<'_>, url: &str, token: &Secret) -> Result<Secret, Reason> {
    let mut url = Url::parse(url).map_err(|_| Reason::Configuration(format!("{URL} is not an address")))?;
    url.query_pairs_mut().append_pair("audience", asking.audience);
    let answer: Answer = Question::get(&url).bearer(token)?.answer(asking.web)?;
    Ok(answer.value)
}
