//! From a token to a certificate: what Fulcio puts in for each kind of issuer.

use jiff::Timestamp;
use serde_json::Value;

use super::identity::{AUDIENCE, GITHUB, GITLAB, SPIFFE};
use super::jwt::{Claims, TokenKey};
use crate::sandbox::ca::{CertificateRequest, San};

/// Seconds that clocks may differ, as Fulcio's token library has it for `nbf`.
const LEEWAY: i64 = 300;

/// Who asks for a certificate.
#[derive(Debug)]
pub(super) struct Principal {
    /// What a proof of possession signs.
    pub(super) challenge: String,
    /// What the certificate shall say.
    pub(super) request: CertificateRequest,
}

/// The principal of a token, or why there is none; the reason is for the log only, as in Fulcio.
pub(super) fn authenticate(
    key: &TokenKey,
    provider: &str,
    token: &str,
    now: Timestamp,
) -> Result<Principal, String> {
    let claims = key
        .open(token)
        .ok_or("the signature of the token does not verify")?;
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    let now = now.as_second();
    match time("exp") {
        Some(expiry) if expiry > now => {}
        _ => return Err("the token has expired".to_owned()),
    }
    if time("nbf").is_some_and(|start| start > now.saturating_add(LEEWAY)) {
        return Err("the token is not valid yet".to_owned());
    }
    let audience = match claims.get("aud") {
        Some(Value::String(audience)) => audience == AUDIENCE,
        Some(Value::Array(audiences)) => audiences.iter().any(|audience| audience == AUDIENCE),
        _ => false,
    };
    if !audience {
        return Err(format!("the token is not for {AUDIENCE}"));
    }
    match text(&claims, "iss")? {
        GITHUB => github(&claims),
        GITLAB => gitlab(&claims),
        SPIFFE => spiffe(&claims),
        issuer if issuer == provider => email(&claims, issuer),
        issuer => Err(format!("{issuer} is not configured")),
    }
}

fn text<'a>(claims: &'a Claims, name: &str) -> Result<&'a str, String> {
    let value = claims.get(name).and_then(Value::as_str);
    value.ok_or_else(|| format!("the token has no {name}"))
}

fn email(claims: &Claims, issuer: &str) -> Result<Principal, String> {
    let address = text(claims, "email")?;
    if claims.get("email_verified") != Some(&Value::Bool(true)) {
        return Err("the address is not verified".to_owned());
    }
    let has_form = address.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && !host.is_empty() && !host.contains('@') && address.is_ascii()
    });
    if !has_form {
        return Err("the address has not the form of one".to_owned());
    }
    Ok(Principal {
        challenge: address.to_owned(),
        request: CertificateRequest::new(San::Email(address.to_owned()), issuer),
    })
}

fn spiffe(claims: &Claims) -> Result<Principal, String> {
    let id = text(claims, "sub")?;
    let trust_domain = id.strip_prefix("spiffe://").unwrap_or_default();
    if trust_domain.split('/').next().unwrap_or_default().is_empty() || !id.is_ascii() {
        return Err("the subject is no SPIFFE ID".to_owned());
    }
    Ok(Principal {
        challenge: id.to_owned(),
        request: CertificateRequest::new(San::Uri(id.to_owned()), SPIFFE),
    })
}

fn github(claims: &Claims) -> Result<Principal, String> {
    let claim = |name| text(claims, name);
    let uri = |path: &str| format!("https://github.com/{path}");
    let repository = claim("repository")?;
    let signer = uri(claim("job_workflow_ref")?);
    let run = format!(
        "{repository}/actions/runs/{}/attempts/{}",
        claim("run_id")?,
        claim("run_attempt")?
    );
    let mut request = CertificateRequest::new(San::Uri(signer.clone()), GITHUB)
        .claim(2, claim("event_name")?)
        .claim(3, claim("sha")?)
        .claim(4, claim("workflow")?)
        .claim(5, repository)
        .claim(6, claim("ref")?)
        .claim(9, &signer)
        .claim(10, claim("job_workflow_sha")?)
        .claim(11, claim("runner_environment")?)
        .claim(12, &uri(repository))
        .claim(13, claim("sha")?)
        .claim(14, claim("ref")?)
        .claim(15, claim("repository_id")?)
        .claim(16, &uri(claim("repository_owner")?))
        .claim(17, claim("repository_owner_id")?)
        .claim(18, &uri(claim("workflow_ref")?))
        .claim(19, claim("workflow_sha")?)
        .claim(20, claim("event_name")?)
        .claim(21, &uri(&run))
        .claim(22, claim("repository_visibility")?)
        .claim(24, claim("sub")?);
    if let Ok(environment) = claim("environment") {
        request = request.claim(23, environment);
    }
    Ok(Principal {
        challenge: claim("sub")?.to_owned(),
        request,
    })
}

fn gitlab(claims: &Claims) -> Result<Principal, String> {
    let claim = |name| text(claims, name);
    let uri = |path: &str| format!("{GITLAB}/{path}");
    let project = claim("project_path")?;
    let signer = format!("https://{}", claim("ci_config_ref_uri")?);
    let kind = if claim("ref_type")? == "tag" {
        "tags"
    } else {
        "heads"
    };
    let request = CertificateRequest::new(San::Uri(signer.clone()), GITLAB)
        .claim(9, &signer)
        .claim(10, claim("ci_config_sha")?)
        .claim(11, claim("runner_environment")?)
        .claim(12, &uri(project))
        .claim(13, claim("sha")?)
        .claim(14, &format!("refs/{kind}/{}", claim("ref")?))
        .claim(15, claim("project_id")?)
        .claim(16, &uri(claim("namespace_path")?))
        .claim(17, claim("namespace_id")?)
        .claim(18, &signer)
        .claim(19, claim("ci_config_sha")?)
        .claim(20, claim("pipeline_source")?)
        .claim(21, &uri(&format!("{project}/-/jobs/{}", claim("job_id")?)))
        .claim(22, claim("project_visibility")?);
    Ok(Principal {
        challenge: claim("sub")?.to_owned(),
        request,
    })
}
