//! The identity provider: the flows as a client goes through them, and what it refuses.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::sandbox::server::{Identity, Options, Sandbox};
use portcullis::sandbox::signing::sha256_of;
use serde_json::{Value, json};

use crate::client::{Reply, get, post, send};

const VERIFIER: &str = "a-code-verifier-that-has-more-than-43-letters-in-it";

fn form(url: &str, body: &str) -> Reply {
    send(
        "POST",
        url,
        &[("content-type", "application/x-www-form-urlencoded")],
        body,
    )
}

fn claims(token: &str) -> Value {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&payload).unwrap()
}

/// The query of an authorization request, with one parameter replaced.
fn authorization(replaced: &str, by: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(sha256_of(VERIFIER.as_bytes()));
    [
        ("response_type", "code"),
        ("client_id", "sigstore"),
        ("redirect_uri", "http://127.0.0.1:9/back"),
        ("scope", "openid%20email"),
        ("state", "st%20ate"),
        ("nonce", "once"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| format!("{name}={}", if name == replaced { by } else { value }))
    .join("&")
}

#[test]
fn the_browser_flow_gives_a_token_once() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let discovery = get(&format!(
        "{}/.well-known/openid-configuration",
        sandbox.urls().oidc
    ))
    .expect(200)
    .json();
    let endpoint = |name: &str| discovery[name].as_str().unwrap().to_owned();
    assert_eq!(discovery["issuer"], json!(sandbox.urls().oidc));
    assert_eq!(
        get(&endpoint("jwks_uri")).expect(200).json()["keys"][0]["alg"],
        "ES256"
    );

    let query = authorization("", "");
    let redirect = get(&format!("{}?{query}", endpoint("authorization_endpoint"))).expect(303);
    let location = redirect.header("location").to_owned();
    let (back, query) = location.split_once('?').unwrap();
    assert_eq!(back, "http://127.0.0.1:9/back");
    let (code, state) = query.split_once('&').unwrap();
    assert_eq!(state, "state=st%20ate");

    let request = format!(
        "grant_type=authorization_code&{code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fback&client_id=sigstore&code_verifier={VERIFIER}"
    );
    let token = form(&endpoint("token_endpoint"), &request).expect(200).json();
    let claims = claims(token["id_token"].as_str().unwrap());
    assert_eq!(claims["email"], "dev@example.com");
    assert_eq!(claims["nonce"], "once");
    assert_eq!(claims["aud"], "sigstore");
    let again = form(&endpoint("token_endpoint"), &request).expect(400).json();
    assert_eq!(again["error"], "invalid_grant");
}

#[test]
fn an_authorization_request_with_a_wrong_part_is_refused_and_not_redirected() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    for (name, value) in [
        ("response_type", "token"),
        ("client_id", "other"),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "http://127.0.0.1.evil.example/"),
        ("scope", "email"),
        ("state", ""),
        ("nonce", ""),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
    ] {
        let url = format!("{}/auth?{}", sandbox.urls().oidc, authorization(name, value));
        let reply = get(&url).expect(400);
        assert_eq!(reply.json()["error"], "invalid_request", "{name}={value}");
        assert_eq!(reply.header("location"), "", "{name}={value}");
    }
}

#[test]
fn a_code_is_worth_nothing_without_its_verifier_and_its_address() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let oidc = &sandbox.urls().oidc;
    for (back, verifier) in [
        ("http://127.0.0.1:9/back", "x".repeat(50)),
        ("http://127.0.0.1:9/", VERIFIER.to_owned()),
    ] {
        let redirect = get(&format!("{oidc}/auth?{}", authorization("", ""))).expect(303);
        let (_, code) = redirect.header("location").split_once("code=").unwrap();
        let code = code.split('&').next().unwrap();
        let request =
            format!("grant_type=authorization_code&code={code}&redirect_uri={back}&code_verifier={verifier}");
        assert_eq!(
            form(&format!("{oidc}/token"), &request).expect(400).json()["error"],
            "invalid_grant"
        );
    }
    let unknown = form(&format!("{oidc}/token"), "grant_type=password");
    assert_eq!(unknown.expect(400).json()["error"], "unsupported_grant_type");
}

#[test]
fn the_device_flow_waits_and_then_gives_a_token() {
    let sandbox = Sandbox::start(Options {
        device_polls: 2,
        ..Options::default()
    })
    .unwrap();
    let oidc = &sandbox.urls().oidc;
    let begin = || {
        form(
            &format!("{oidc}/device/code"),
            "client_id=sigstore&scope=openid%20email",
        )
        .expect(200)
        .json()
    };
    let poll = |device: &Value| {
        let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code";
        let body = format!(
            "grant_type={grant}&device_code={}",
            device["device_code"].as_str().unwrap()
        );
        form(&format!("{oidc}/token"), &body)
    };
    let device = begin();
    for _ in 0..2 {
        assert_eq!(poll(&device).expect(400).json()["error"], "authorization_pending");
    }
    let token = poll(&device).expect(200).json();
    assert_eq!(
        claims(token["id_token"].as_str().unwrap())["email"],
        "dev@example.com"
    );
    assert_eq!(poll(&device).expect(400).json()["error"], "invalid_grant");

    // Opening the page approves at once.
    let device = begin();
    get(device["verification_uri_complete"].as_str().unwrap()).expect(200);
    poll(&device).expect(200);
    get(&format!("{oidc}/device?user_code=unknown")).expect(404);
    form(&format!("{oidc}/device/code"), "client_id=other&scope=openid").expect(400);
}

#[test]
fn a_runner_gets_ambient_tokens_for_its_secret_only() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let [(_, url), (_, secret)] = sandbox.actions_environment();
    let ask = |secret: &str| {
        send(
            "GET",
            &format!("{url}&audience=sigstore"),
            &[("authorization", secret)],
            "",
        )
    };
    let reply = ask(&format!("bearer {secret}")).expect(200).json();
    let claims = claims(reply["value"].as_str().unwrap());
    assert_eq!(claims["repository"], "sandbox/demo");
    assert_eq!(claims["aud"], "sigstore");
    ask("bearer wrong").expect(401);
    get(&url).expect(401);
}

#[test]
fn tokens_are_minted_over_http_for_whoever_asks_in_json() {
    let sandbox = Sandbox::start(Options::default()).unwrap();
    let url = format!("{}/sandbox/token", sandbox.urls().oidc);
    let reply = post(&url, &json!({"identity": {"github": {"repository": "org/app"}}}))
        .expect(200)
        .json();
    assert_eq!(
        claims(reply["token"].as_str().unwrap())["sub"],
        "repo:org/app:ref:refs/heads/main"
    );
    let identity = serde_json::to_value(Identity::Email("dev@example.com".to_owned())).unwrap();
    for wrong in [
        json!({}),
        json!({"identity": {"nobody": 1}}),
        json!({"identity": identity, "lifetime_seconds": 0}),
        json!({"identity": identity, "lifetime_seconds": 10_000_000}),
        json!({"identity": identity, "unknown": 1}),
    ] {
        post(&url, &wrong).expect(400);
    }
    let body = json!({"identity": identity}).to_string();
    send("POST", &url, &[("content-type", "text/plain")], body).expect(400);
}
