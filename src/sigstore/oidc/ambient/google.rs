//! Google Cloud: the metadata server of a machine, or another service account through it.
//!
//! The metadata server is reached without TLS, as Google has it: it is part of the machine. `GCE_METADATA_HOST` names another
//! one, as it does for Google's own libraries. `GOOGLE_SERVICE_ACCOUNT_NAME` names an account that the machine's own one may
//! act for (`roles/iam.serviceAccountTokenCreator`).

use reqwest::Url;
use serde::Deserialize;

use super::Asking;
use crate::http::{Secret, Web, WebConfig};
use crate::sigstore::oidc::ask::{Question, secret};
use crate::sigstore::oidc::error::{OidcError, Reason};

pub(super) const NAME: &str = "Google Cloud";

const METADATA_HOST: &str = "metadata.google.internal";
const ACCOUNTS: &str = "computeMetadata/v1/instance/service-accounts/default";
const IAM: &str = "https://iamcredentials.googleapis.com";
/// What Linux calls a machine of Google.
const PRODUCTS: [&str; 2] = ["Google", "Google Compute Engine"];
/// Longest name of a service account, in bytes.
const MAX_ACCOUNT_BYTES: usize = 256;

#[derive(Deserialize)]
struct Access {
    #[serde(deserialize_with = "secret")]
    access_token: Secret,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(deserialize_with = "secret")]
    token: Secret,
}

pub(super) fn ask(asking: &Asking<'_>) -> Option<Result<Secret, OidcError>> {
    let account = asking.around.variable("GOOGLE_SERVICE_ACCOUNT_NAME");
    if account.is_none() && !is_google(asking) {
        return None;
    }
    Some(request(asking, account.as_deref(), IAM).map_err(|reason| OidcError::new(NAME, reason)))
}

fn is_google(asking: &Asking<'_>) -> bool {
    let name = std::fs::read_to_string(asking.around.product_name_path).unwrap_or_default();
    PRODUCTS.contains(&name.trim())
}

pub(super) fn request(asking: &Asking<'_>, account: Option<&str>, iam: &str) -> Result<Secret, Reason> {
    let host = asking.around.variable("GCE_METADATA_HOST");
    let host = host.as_deref().unwrap_or(METADATA_HOST);
    let metadata = metadata_web(host)?;
    let Some(account) = account else {
        let mut url = address(&format!("http://{host}/{ACCOUNTS}/identity"))?;
        url.query_pairs_mut()
            .append_pair("audience", asking.audience)
            .append_pair("format", "full");
        return Question::get(&url)
            .header("metadata-flavor", "Google")
            .text(&metadata);
    };
    // The name becomes part of a path.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@.-_".contains(&byte);
    if !account.bytes().all(plain) || account.len() > MAX_ACCOUNT_BYTES {
        return Err(Reason::Configuration(
            "GOOGLE_SERVICE_ACCOUNT_NAME is no e-mail address of a service account".to_owned(),
        ));
    }
    let url = address(&format!("http://{host}/{ACCOUNTS}/token"))?;
    let access: Access = Question::get(&url)
        .header("metadata-flavor", "Google")
        .answer(&metadata)?;
    let url = address(&format!(
        "{iam}/v1/projects/-/serviceAccounts/{account}:generateIdToken"
    ))?;
    let body = serde_json::json!({"audience": asking.audience, "includeEmail": true});
    let identity: Identity = Question::json(&url, &body)
        .bearer(&access.access_token)?
        .answer(asking.web)?;
    Ok(identity.token)
}

/// A client for the metadata server alone: without TLS, and without the proxies, which lead out of the machine.
fn metadata_web(host: &str) -> Result<Web, Reason> {
    let endpoint = host
        .parse()
        .map_err(|_| Reason::Configuration("GCE_METADATA_HOST is no HOST or HOST:PORT".to_owned()))?;
    let config = WebConfig {
        allow_http: vec![endpoint],
        ..WebConfig::default()
    };
    Web::new(config).map_err(|error| Reason::Unavailable(format!("cannot start the network: {error}")))
}

fn address(text: &str) -> Result<Url, Reason> {
    Url::parse(text)
        .map_err(|_| Reason::Configuration("the address of the metadata server cannot be made".to_owned()))
}

#[cfg(test)]
mod tests;
