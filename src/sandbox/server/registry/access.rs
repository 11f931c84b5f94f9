//! Who may use the registry: Bearer tokens from the registry's own token endpoint (distribution token authentication).

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use jiff::SignedDuration;
use serde_json::json;

use super::target::Target;
use super::{Code, parameters};
use crate::sandbox::server::jwt::Claims;
use crate::sandbox::server::options::Access;
use crate::sandbox::server::reply::{empty, json_reply, unb64};
use crate::sandbox::server::world::{Shared, World, now};

/// How long a token is good.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// The audience that tells these tokens from identity tokens, which the same key signs.
const AUDIENCE: &str = "sandbox registry";

/// Lets a request pass, or gives the answer that says how to get a token.
pub(super) fn check(world: &World, target: Option<&Target>, request: &Request) -> Result<(), Box<Response>> {
    if world.registry.options.access == Access::Open {
        return Ok(());
    }
    let scope = target.and_then(Target::name).map(|name| {
        let action = match *request.method() {
            Method::GET | Method::HEAD => "pull",
            _ => "push",
        };
        (name, action)
    });
    let granted = credentials(request, "bearer").and_then(|token| granted_scopes(world, &token));
    match (granted, scope) {
        (Some(_), None) => Ok(()),
        (Some(scopes), Some((name, action))) if allows(&scopes, name, action) => Ok(()),
        (_, scope) => Err(Box::new(challenge(world, scope))),
    }
}

fn credentials(request: &Request, wanted: &str) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case(wanted)
        .then(|| credentials.trim().to_owned())
}

fn granted_scopes(world: &World, token: &str) -> Option<String> {
    let claims = world.tokens.open(token)?;
    let is_ours = claims.get("aud").is_some_and(|audience| audience == AUDIENCE);
    let expiry = claims.get("exp").and_then(serde_json::Value::as_i64)?;
    let scopes = claims.get("scope").and_then(serde_json::Value::as_str)?;
    (is_ours && expiry > now().as_second()).then(|| scopes.to_owned())
}

/// Whether scopes like `repository:NAME:pull,push` allow an action.
fn allows(scopes: &str, name: &str, action: &str) -> bool {
    scopes.split(' ').any(|scope| {
        let parts: Option<(&str, &str)> = scope
            .strip_prefix("repository:")
            .and_then(|scope| scope.rsplit_once(':'));
        parts.is_some_and(|(granted, actions)| granted == name && actions.split(',').any(|it| it == action))
    })
}

fn challenge(world: &World, scope: Option<(&str, &str)>) -> Response {
    let host = &world.urls.registry;
    let mut header = format!("Bearer realm=\"http://{host}/token\",service=\"{host}\"");
    if let Some((name, action)) = scope {
        let actions = if action == "pull" { "pull" } else { "pull,push" };
        header.push_str(&format!(",scope=\"repository:{name}:{actions}\""));
    }
    let mut response = Code::Unauthorized.reply("a token is needed");
    if let Ok(header) = HeaderValue::from_str(&header) {
        response.headers_mut().insert(WWW_AUTHENTICATE, header);
    }
    response
}

/// The token endpoint: user and password by Basic authentication, scopes in the query.
pub(super) async fn token(State(world): Shared, request: Request) -> Response {
    let Access::Bearer { user, password } = &world.registry.options.access else {
        return empty(StatusCode::NOT_FOUND);
    };
    if request.method() != Method::GET {
        return Code::Unsupported.reply("GET");
    }
    let given = credentials(&request, "basic").and_then(|given| unb64(&given));
    if given.as_deref() != Some(format!("{user}:{password}").as_bytes()) {
        return Code::Denied.reply("user or password is wrong");
    }
    let claims = json!({
        "aud": AUDIENCE,
        "exp": (now() + LIFETIME).as_second(),
        "scope": parameters(&request, "scope").join(" "),
    });
    let claims: Claims = claims.as_object().cloned().unwrap_or_default();
    match world.tokens.sign(&claims) {
        Ok(token) => json_reply(
            StatusCode::OK,
            &json!({"token": token, "access_token": token, "expires_in": LIFETIME.as_secs()}),
        ),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
