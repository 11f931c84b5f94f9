//! The authorization code flow with PKCE (RFC 6749, section 4.1; RFC 7636; RFC 8252).

use std::time::Instant;

use jiff::Timestamp;
use serde::Deserialize;

use super::listener::{Expected, Listener};
use super::{Flow, SCOPE, random};
use crate::http::Secret;
use crate::sigstore::oidc::ask::secret;
use crate::sigstore::oidc::error::Reason;
use crate::sigstore::oidc::token::IdentityToken;

#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(deserialize_with = "secret")]
    pub(super) id_token: Secret,
}

pub(super) fn run(flow: &Flow<'_>, now: fn() -> Timestamp) -> Result<IdentityToken, Reason> {
    let Some(authorization) = &flow.issuer.authorization else {
        return Err(Reason::Configuration(format!(
            "{} has no endpoint for browsers: use --oidc-device",
            flow.issuer.name
        )));
    };
    let listener = Listener::open(&flow.options.redirect)?;
    let redirect = listener.redirect().to_string();
    let (state, nonce, verifier) = (random::value()?, random::value()?, random::value()?);
    let mut address = authorization.clone();
    address.query_pairs_mut().extend_pairs([
        ("response_type", "code"),
        ("client_id", &flow.options.client_id),
        ("redirect_uri", &redirect),
        ("scope", SCOPE),
        ("state", state.expose()),
        ("nonce", nonce.expose()),
        ("code_challenge", &random::challenge(&verifier)),
        ("code_challenge_method", "S256"),
    ]);
    let opened = flow.person.open.is_some_and(|open| open(&address));
    (flow.person.tell)(&match opened {
        true => format!(
            "Log in with the browser that opens now; if none does, open this address on this machine:\n{address}\n"
        ),
        false => format!("Open this address in a browser on this machine, and log in:\n{address}\n"),
    });
    let expected = Expected {
        state: &state,
        issuer: &flow.issuer.name,
    };
    let code = listener.wait(&expected, Instant::now() + flow.options.patience)?;
    let answer = exchange(flow, &code, &redirect, &verifier)?;
    flow.token(&answer.id_token, Some(&nonce), now())
}

fn exchange(flow: &Flow<'_>, code: &Secret, redirect: &str, verifier: &Secret) -> Result<Answer, Reason> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", redirect),
        ("code_verifier", verifier.expose()),
    ];
    let request = flow.issuer.token_request(
        &flow.options.client_id,
        flow.options.client_secret.as_ref(),
        &fields,
    )?;
    request.answer(flow.web)
}
