//! The identity provider: discovery, keys, the browser flow (PKCE), the device flow, GitHub's ambient tokens, and minting.
//!
//! Everything is approved at once, for the person that the options or `login_hint` name. What is checked is what a client
//! can get wrong: redirect address, state, nonce, code challenge, one use of a code.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, HeaderValue, LOCATION};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::identity::{AUDIENCE, Identity, TokenRequest};
use super::reply::{b64url, body, bytes_reply, empty, form, json_reply};
use super::world::{Shared, World, lock, now};
use crate::sandbox::seed::sha256;

/// Largest form.
const MAX_FORM_BYTES: usize = 64 * 1024;
/// Flows that may be under way at once; the oldest are forgotten.
const MAX_PENDING: usize = 1_000;
/// How long a code can be redeemed.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// Seconds between polls that the device flow asks for. Not the usual five: nobody has to type here.
const POLL_SECONDS: u64 = 1;
/// Longest life of a token that is asked for.
const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Flows under way.
#[derive(Debug, Default)]
pub(super) struct Pending {
    issued: u64,
    codes: HashMap<String, Code>,
    devices: HashMap<String, Device>,
}

#[derive(Debug)]
struct Code {
    number: u64,
    email: String,
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    until: Timestamp,
}

#[derive(Debug)]
struct Device {
    number: u64,
    user_code: String,
    challenge: Option<String>,
    polls_left: u32,
    until: Timestamp,
}

pub(super) fn routes(world: Arc<World>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .route("/auth", get(authorize))
        .route("/token", post(token))
        .route("/device/code", post(device_code))
        .route("/device", get(device_page))
        .route("/actions/token", get(actions_token))
        .route("/sandbox/token", post(mint))
        .with_state(world)
}

async fn discovery(State(world): Shared) -> Response {
    let issuer = &world.urls.oidc;
    json_reply(
        StatusCode::OK,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/auth"),
            "token_endpoint": format!("{issuer}/token"),
            "device_authorization_endpoint": format!("{issuer}/device/code"),
            "jwks_uri": format!("{issuer}/keys"),
            "grant_types_supported": ["authorization_code", DEVICE_GRANT],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "email"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_basic", "client_secret_post"],
            "claims_supported": ["iss", "sub", "aud", "iat", "exp", "email", "email_verified", "nonce"],
        }),
    )
}

async fn keys(State(world): Shared) -> Response {
    json_reply(StatusCode::OK, &world.tokens.key_set())
}

/// An error as OAuth writes it (RFC 6749 section 5.2).
fn oauth_error(error: &str, description: &str) -> Response {
    json_reply(
        StatusCode::BAD_REQUEST,
        &json!({"error": error, "error_description": description}),
    )
}

#[derive(Deserialize)]
struct Authorization {
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    code_challenge: String,
    #[serde(default)]
    code_challenge_method: String,
    nonce: Option<String>,
    login_hint: Option<String>,
}

async fn authorize(State(world): Shared, Query(query): Query<Authorization>) -> Response {
    let wrong = if query.response_type != "code" {
        Some("response_type must be code")
    } else if query.client_id != AUDIENCE {
        Some("client_id must be sigstore")
    } else if !is_loopback(&query.redirect_uri) {
        Some("redirect_uri must be http on a loopback address (RFC 8252 section 7.3)")
    } else if !query.scope.split(' ').any(|scope| scope == "openid") {
        Some("scope must contain openid")
    } else if query.state.is_empty() {
        Some("state is missing")
    } else if query.nonce.as_ref().is_none_or(String::is_empty) {
        Some("nonce is missing")
    } else if query.code_challenge_method != "S256" || query.code_challenge.len() != 43 {
        Some("a code_challenge with method S256 is needed (RFC 7636)")
    } else {
        None
    };
    if let Some(description) = wrong {
        // Never a redirect: the address may be the part that is wrong.
        return oauth_error("invalid_request", description);
    }
    let mut pending = lock(&world.pending);
    let number = pending.next();
    let code = secret(&world, "code", number);
    let joint = if query.redirect_uri.contains('?') {
        '&'
    } else {
        '?'
    };
    let location = format!(
        "{}{joint}code={code}&state={}",
        query.redirect_uri,
        escape(&query.state)
    );
    pending.codes.insert(
        code,
        Code {
            number,
            email: query.login_hint.unwrap_or_else(|| world.options.person.clone()),
            redirect_uri: query.redirect_uri,
            challenge: query.code_challenge,
            nonce: query.nonce,
            until: now() + CODE_LIFETIME,
        },
    );
    let mut response = empty(StatusCode::SEE_OTHER);
    match HeaderValue::from_str(&location) {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response
        }
        Err(_) => oauth_error("invalid_request", "redirect_uri has forbidden characters"),
    }
}

fn is_loopback(uri: &str) -> bool {
    let Ok(uri) = uri.parse::<Uri>() else {
        return false;
    };
    uri.scheme_str() == Some("http")
        && uri
            .host()
            .is_some_and(|host| ["127.0.0.1", "[::1]", "localhost"].contains(&host))
}

/// Escapes a value for a query.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A value that cannot be guessed without the seed.
fn secret(world: &World, kind: &str, number: u64) -> String {
    let bytes: [u8; 24] = world.secrets.bytes(&format!("{kind} {number}"));
    b64url(bytes)
}

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Deserialize)]
struct TokenForm {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    device_code: String,
}

async fn token(State(world): Shared, request: Request) -> Response {
    let form = body(request, MAX_FORM_BYTES)
        .await
        .and_then(|body| form::<TokenForm>(&body));
    let Some(form) = form else {
        return oauth_error("invalid_request", "the form cannot be read");
    };
    match form.grant_type.as_str() {
        "authorization_code" => redeem(&world, &form),
        DEVICE_GRANT => poll(&world, &form),
        _ => oauth_error("unsupported_grant_type", "authorization_code or device_code"),
    }
}

fn is_answer(challenge: &str, verifier: &str) -> bool {
    (43..=128).contains(&verifier.len()) && b64url(sha256(verifier.as_bytes())) == challenge
}

fn redeem(world: &World, form: &TokenForm) -> Response {
    // Taken out whatever comes of it: a code is good for one attempt.
    let code = lock(&world.pending).codes.remove(&form.code);
    let Some(code) = code.filter(|code| code.until > now()) else {
        return oauth_error("invalid_grant", "the code is unknown, used or expired");
    };
    if code.redirect_uri != form.redirect_uri {
        return oauth_error(
            "invalid_grant",
            "redirect_uri is not the one of the authorization request",
        );
    }
    if !is_answer(&code.challenge, &form.code_verifier) {
        return oauth_error("invalid_grant", "code_verifier does not match code_challenge");
    }
    let mut request = TokenRequest::new(Identity::Email(code.email));
    request.nonce = code.nonce;
    granted(world, &request)
}

fn granted(world: &World, request: &TokenRequest) -> Response {
    let Ok(token) = world.mint(request) else {
        return oauth_error("server_error", "the token cannot be signed");
    };
    let mut response = json_reply(
        StatusCode::OK,
        &json!({
            "access_token": token,
            "id_token": token,
            "token_type": "Bearer",
            "expires_in": request.lifetime.as_secs(),
        }),
    );
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Deserialize)]
struct DeviceForm {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    scope: String,
    code_challenge: Option<String>,
}

async fn device_code(State(world): Shared, request: Request) -> Response {
    let form = body(request, MAX_FORM_BYTES)
        .await
        .and_then(|body| form::<DeviceForm>(&body));
    let Some(form) = form else {
        return oauth_error("invalid_request", "the form cannot be read");
    };
    if form.client_id != AUDIENCE || !form.scope.split(' ').any(|scope| scope == "openid") {
        return oauth_error(
            "invalid_request",
            "client_id must be sigstore, and scope contain openid",
        );
    }
    let mut pending = lock(&world.pending);
    let number = pending.next();
    let device_code = secret(&world, "device", number);
    let user_code = format!("SAND-{:04}", number % 10_000);
    let page = format!("{}/device", world.urls.oidc);
    let reply = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": page,
        "verification_uri_complete": format!("{page}?user_code={user_code}"),
        "expires_in": CODE_LIFETIME.as_secs(),
        "interval": POLL_SECONDS,
    });
    pending.devices.insert(
        device_code,
        Device {
            number,
            user_code,
            challenge: form.code_challenge.filter(|challenge| !challenge.is_empty()),
            polls_left: world.options.device_polls,
            until: now() + CODE_LIFETIME,
        },
    );
    json_reply(StatusCode::OK, &reply)
}

fn poll(world: &World, form: &TokenForm) -> Response {
    let mut pending = lock(&world.pending);
    let Some(device) = pending.devices.get_mut(&form.device_code) else {
        return oauth_error("invalid_grant", "the device code is unknown or used");
    };
    if device.until <= now() {
        return oauth_error("expired_token", "the device code has expired");
    }
    if device
        .challenge
        .as_ref()
        .is_some_and(|challenge| !is_answer(challenge, &form.code_verifier))
    {
        return oauth_error("invalid_grant", "code_verifier does not match code_challenge");
    }
    if device.polls_left > 0 {
        device.polls_left -= 1;
        return oauth_error("authorization_pending", "the user has not answered yet");
    }
    pending.devices.remove(&form.device_code);
    drop(pending);
    granted(
        world,
        &TokenRequest::new(Identity::Email(world.options.person.clone())),
    )
}

#[derive(Deserialize)]
struct DevicePage {
    #[serde(default)]
    user_code: String,
}

/// The page where a user would confirm; opening it approves.
async fn device_page(State(world): Shared, Query(query): Query<DevicePage>) -> Response {
    let mut pending = lock(&world.pending);
    let device = pending
        .devices
        .values_mut()
        .find(|device| device.user_code == query.user_code);
    let (status, text) = match device {
        Some(device) => {
            device.polls_left = 0;
            (StatusCode::OK, "Approved. This is a sandbox: nobody was asked.\n")
        }
        None => (StatusCode::NOT_FOUND, "There is no such code.\n"),
    };
    bytes_reply(status, "text/plain; charset=utf-8", text.into())
}

impl Pending {
    /// The number of the next flow; makes room for it.
    fn next(&mut self) -> u64 {
        self.issued += 1;
        let oldest = self.issued.saturating_sub(MAX_PENDING as u64);
        self.codes.retain(|_, code| code.number > oldest);
        self.devices.retain(|_, device| device.number > oldest);
        self.issued
    }
}

#[derive(Deserialize)]
struct ActionsQuery {
    audience: Option<String>,
}

/// What a GitHub Actions runner offers to its jobs: `ACTIONS_ID_TOKEN_REQUEST_URL`.
async fn actions_token(
    State(world): Shared,
    Query(query): Query<ActionsQuery>,
    request: Request,
) -> Response {
    let header = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if token.is_none_or(|(_, token)| token != world.actions_token()) {
        return json_reply(
            StatusCode::UNAUTHORIZED,
            &json!({"message": "the request token is wrong"}),
        );
    }
    let run = Identity::Github(world.options.github_run.clone());
    let audience = query
        .audience
        .unwrap_or_else(|| "https://github.com/sandbox".to_owned());
    match world.mint(&TokenRequest::new(run).audience(&audience)) {
        Ok(token) => json_reply(StatusCode::OK, &json!({"count": token.len(), "value": token})),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A token to mint over HTTP. JSON, so that no web page can ask for one without the browser asking first.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MintForm {
    identity: Identity,
    audience: Option<String>,
    lifetime_seconds: Option<i64>,
}

async fn mint(State(world): Shared, request: Request) -> Response {
    let is_json = request
        .headers()
        .get(axum::http::header::CONTENT_TYPE)
        .is_some_and(|value| value == "application/json");
    let form = body(request, MAX_FORM_BYTES).await.filter(|_| is_json);
    let form = form.map(|body| serde_json::from_slice::<MintForm>(&body));
    let form = match form {
        Some(Ok(form)) => form,
        Some(Err(error)) => return oauth_error("invalid_request", &error.to_string()),
        None => return oauth_error("invalid_request", "a JSON object is needed"),
    };
    let mut request = TokenRequest::new(form.identity);
    if let Some(audience) = form.audience {
        request.audience = audience;
    }
    if let Some(seconds) = form.lifetime_seconds {
        let lifetime = SignedDuration::from_secs(seconds);
        if lifetime <= SignedDuration::ZERO || lifetime > MAX_LIFETIME {
            return oauth_error("invalid_request", "lifetime_seconds must be between 1 and a week");
        }
        request.lifetime = lifetime;
    }
    match world.mint(&request) {
        Ok(token) => json_reply(StatusCode::OK, &json!({"token": token})),
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

impl World {
    /// A token.
    pub(super) fn mint(&self, request: &TokenRequest) -> crate::sandbox::Result<String> {
        self.tokens.sign(&request.claims(&self.urls.oidc, now()))
    }

    /// The secret that a job shows to get ambient tokens.
    pub(super) fn actions_token(&self) -> String {
        secret(self, "actions", 0)
    }
}
