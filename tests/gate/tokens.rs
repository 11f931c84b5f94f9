//! Tokens of OpenID Connect issuers, and what a forger tries.

use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::client::{Answer, Ask};
use crate::door::{Door, Setup, native, seconds};
use crate::service::{Act, Service};

const AUDIENCE: &str = "https://gate.example";

struct Key {
    pair: EcdsaKeyPair,
    id: String,
}

impl Key {
    fn new(id: &str) -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            id: id.to_owned(),
        }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let half = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": half(1), "y": half(33)})
    }

    fn sign(&self, claims: &Value) -> String {
        self.sign_with(&json!({"alg": "ES256", "typ": "JWT", "kid": self.id}), claims)
    }

    fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

/// An issuer on loopback, whose keys may change.
struct Issuer {
    service: Service,
    keys: Arc<Mutex<Value>>,
}

impl Issuer {
    fn start(keys: Value) -> Self {
        let keys = Arc::new(Mutex::new(keys));
        let served = Arc::clone(&keys);
        let service = Service::start(move |request, _| {
            let url = format!("http://{}", request.header("host").unwrap());
            match request.target.as_str() {
                "/.well-known/openid-configuration" => Act::body(
                    200,
                    json!({"issuer": url, "jwks_uri": format!("{url}/jwks")}).to_string(),
                ),
                "/jwks" => Act::body(200, served.lock().unwrap().to_string()),
                _ => Act::status(404),
            }
        });
        Self { service, keys }
    }

    fn url(&self) -> String {
        self.service.url()
    }

    fn asked(&self) -> usize {
        self.service.requests().len()
    }
}

fn caller(issuer: &str, rest: &str) -> String {
    format!(
        r#"
[[caller]]
name = "ci"
repositories = ["registry.example/team/*"]
may = ["announce", "read"]
rate = 1000
[caller.oidc]
issuer = "{issuer}"
audience = "{AUDIENCE}"
algorithms = ["ES256", "RS256"]
max-lifetime = "10m"
{rest}
[caller.oidc.claims]
repository = "org/app"
ref = ["refs/heads/main", "refs/heads/release"]
"#
    )
}

fn claims(issuer: &str, id: &str) -> Value {
    let now = seconds();
    json!({"iss": issuer, "aud": AUDIENCE, "sub": "repo:org/app:ref:refs/heads/main", "jti": id, "iat": now - 5,
        "nbf": now - 5, "exp": now + 300, "repository": "org/app", "ref": "refs/heads/main"})
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    match value {
        Value::Null => drop(changed.as_object_mut().unwrap().remove(name)),
        value => changed[name] = value,
    }
    changed
}

fn send(door: &Door, token: &str, content: &str) -> Answer {
    let body = native("registry.example/team/app", content);
    let ask = Ask::post("/v1/events", body).header("authorization", format!("Bearer {token}"));
    ask.send(door.address)
}

#[test]
fn a_job_s_token_is_believed_and_each_fault_is_the_same_401() {
    let key = Key::new("k1");
    let issuer = Issuer::start(json!({"keys": [key.jwk()]}));
    let url = issuer.url();
    let door = Setup::new(&caller(&url, "")).open();
    let good = claims(&url, "t1");
    let now = seconds();
    let stranger = Key::new("k1");
    let header = |alg: &str| json!({"alg": alg, "kid": "k1"});
    // The public key as a secret of HMAC, in the forms in which libraries have taken it.
    let hs256 = |secret: &[u8]| {
        let signed = unsigned(&header("HS256"), &good);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
    };
    let own = json!({"alg": "ES256", "kid": "mine", "jwk": stranger.jwk(), "jku": format!("{url}/mine")});
    let doubled = {
        let text = good.to_string().replacen('{', r#"{"repository":"org/app","#, 1);
        let header = URL_SAFE_NO_PAD.encode(header("ES256").to_string());
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(text));
        let signature = key.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    let token = |name: &str, value: Value| key.sign(&with(&good, name, value));
    let faults = [
        ("alg none", format!("{}.", unsigned(&header("none"), &good))),
        (
            "alg none, with a signature",
            format!("{}.AAAA", unsigned(&header("none"), &good)),
        ),
        ("alg nOnE", format!("{}.AAAA", unsigned(&header("nOnE"), &good))),
        ("HS256 by the public key", hs256(key.pair.public_key().as_ref())),
        ("HS256 by the key set", hs256(key.jwk().to_string().as_bytes())),
        ("another algorithm", key.sign_with(&header("ES384"), &good)),
        ("RS256 with an EC key", key.sign_with(&header("RS256"), &good)),
        ("no algorithm", key.sign_with(&json!({"kid": "k1"}), &good)),
        ("another's key of the same name", stranger.sign(&good)),
        ("a key of its own", stranger.sign_with(&own, &good)),
        (
            "critical parameters",
            key.sign_with(&json!({"alg": "ES256", "kid": "k1", "crit": ["x"]}), &good),
        ),
        ("another issuer", token("iss", json!("https://evil.example"))),
        ("a list of issuers", token("iss", json!([url]))),
        ("an issuer with a slash", token("iss", json!(format!("{url}/")))),
        ("another audience", token("aud", json!("https://other.example"))),
        ("no audience", token("aud", Value::Null)),
        ("a part of the audience", token("aud", json!("https://gate"))),
        ("expired", token("exp", json!(now - 1))),
        ("without end", token("exp", Value::Null)),
        ("an end in words", token("exp", json!("never"))),
        ("too long a life", token("exp", json!(now + 3_600))),
        ("made in the future", token("iat", json!(now + 120))),
        ("without a start", token("iat", Value::Null)),
        ("not yet valid", token("nbf", json!(now + 120))),
        ("another repository", token("repository", json!("org/app2"))),
        ("no repository", token("repository", Value::Null)),
        ("a list of repositories", token("repository", json!(["org/app"]))),
        ("another branch", token("ref", json!("refs/pull/1/merge"))),
        ("a claim twice", doubled),
        ("nothing signed", "..".to_owned()),
        ("no JSON", "e30.e30.e30".to_owned()),
        (
            "too long",
            format!("{}.{}.AAAA", "A".repeat(9_000), "A".repeat(9_000)),
        ),
    ];
    let mut answers = Vec::new();
    for (name, token) in &faults {
        let answer = send(&door, token, "1");
        assert_eq!(answer.status, 401, "{name}: {answer:?}");
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "every refusal looks the same: {answers:?}");
    let asked: Vec<String> = issuer
        .service
        .requests()
        .into_iter()
        .map(|request| request.target)
        .collect();
    assert_eq!(
        asked,
        ["/.well-known/openid-configuration", "/jwks"],
        "asked once, and nowhere else"
    );

    let token = key.sign(&good);
    assert_eq!(send(&door, &token, "1").status, 202);
    assert!(!door.log().contains(&token), "a token in the log");
    let listed = with(
        &claims(&url, "t2"),
        "aud",
        json!(["https://other.example", AUDIENCE]),
    );
    assert_eq!(send(&door, &key.sign(&listed), "1").status, 202);
}

#[test]
fn a_token_is_good_for_one_event() {
    let key = Key::new("k1");
    let issuer = Issuer::start(json!({"keys": [key.jwk()]}));
    let door = Setup::new(&caller(&issuer.url(), "")).open();
    let token = key.sign(&claims(&issuer.url(), "t1"));
    assert_eq!(send(&door, &token, "1").status, 202);
    assert_eq!(
        send(&door, &token, "1").status,
        200,
        "the same again, for a sender that got no answer"
    );
    assert_eq!(send(&door, &token, "2").status, 401, "another image");
    // Signed anew with the same id, and with none at all.
    assert_eq!(
        send(&door, &key.sign(&claims(&issuer.url(), "t1")), "2").status,
        401
    );
    let nameless = key.sign(&with(&claims(&issuer.url(), ""), "jti", Value::Null));
    assert_eq!(send(&door, &nameless, "3").status, 202);
    assert_eq!(send(&door, &nameless, "4").status, 401);
    assert_eq!(door.waiting(), 2);
    // Reading spends nothing.
    let fresh = key.sign(&claims(&issuer.url(), "t9"));
    for _ in 0..3 {
        let ask = Ask::get("/v1/decisions").header("authorization", format!("Bearer {fresh}"));
        assert_eq!(ask.send(door.address).status, 200);
    }
    assert_eq!(send(&door, &fresh, "5").status, 202);
}

#[test]
fn a_token_is_good_for_one_image() {
    let key = Key::new("k1");
    let issuer = Issuer::start(json!({"keys": [key.jwk()]}));
    let callers =
        caller(&issuer.url(), "").replace("name = \"ci\"", "name = \"ci\"\nregistry = \"registry.example\"");
    let door = Setup::new(&callers).open();
    let push = |name: &str| {
        json!({"action": "push", "target": {"mediaType": "application/vnd.oci.image.index.v1+json", "tag": "v1",
            "repository": name, "digest": format!("sha256:{}", "a".repeat(64))}})
    };
    let body = json!({"events": [push("team/a"), push("team/b")]}).to_string();
    let token = key.sign(&claims(&issuer.url(), "t1"));
    let ask = Ask::post("/v1/events", body).header("authorization", format!("Bearer {token}"));
    let answer = ask.send(door.address);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (422, "event-one-image-only")
    );
}

#[test]
fn jobs_that_come_at_once_wait_for_the_issuer_s_first_answer() {
    let key = Key::new("k1");
    let issuer = Issuer::start(json!({"keys": [key.jwk()]}));
    let door = Setup::new(&caller(&issuer.url(), "")).open();
    let tokens: Vec<String> = (0..8)
        .map(|number| key.sign(&claims(&issuer.url(), &format!("t{number}"))))
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let door = &door;
        let threads: Vec<_> = tokens
            .iter()
            .map(|token| scope.spawn(move || send(door, token, token).status))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses, [202; 8]);
    assert_eq!(issuer.asked(), 2, "one discovery and one key set for all");
}

/// The keys of two issuers may have the same names.
#[test]
fn a_key_belongs_to_its_issuer() {
    let (one, other) = (Key::new("k1"), Key::new("k1"));
    let first = Issuer::start(json!({"keys": [one.jwk()]}));
    let second = Issuer::start(json!({"keys": [other.jwk()]}));
    let callers = caller(&first.url(), "") + &caller(&second.url(), "").replace("\"ci\"", "\"ci2\"");
    let door = Setup::new(&callers).open();
    assert_eq!(
        send(&door, &one.sign(&claims(&first.url(), "a")), "1").status,
        202
    );
    assert_eq!(
        send(&door, &other.sign(&claims(&second.url(), "b")), "2").status,
        202
    );
    assert_eq!(
        send(&door, &other.sign(&claims(&first.url(), "c")), "3").status,
        401
    );
    assert_eq!(
        send(&door, &one.sign(&claims(&second.url(), "d")), "4").status,
        401
    );
}

#[test]
fn an_issuer_is_asked_at_a_bounded_rate_and_its_absence_is_no_401() {
    let key = Key::new("k1");
    let issuer = Issuer::start(json!({"keys": [key.jwk()]}));
    let door = Setup::new(&caller(&issuer.url(), "")).open();
    for number in 0..20 {
        let unknown = Key::new(&format!("unknown-{number}"));
        assert_eq!(
            send(&door, &unknown.sign(&claims(&issuer.url(), "t")), "1").status,
            401
        );
    }
    assert_eq!(issuer.asked(), 2, "one discovery and one key set");

    // A service that is there and is no issuer.
    let silent = Service::start(|_, _| Act::status(404));
    let door = Setup::new(&caller(&silent.url(), "")).open();
    let answer = send(&door, &key.sign(&claims(&silent.url(), "t")), "1");
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"));
    assert!(answer.head.contains("retry-after"), "{answer:?}");
    assert_eq!(door.waiting(), 0);
}

#[test]
fn keys_that_an_issuer_does_not_own_or_that_are_secrets_are_not_used() {
    let key = Key::new("k1");
    let secret = json!({"kty": "oct", "kid": "s1", "alg": "HS256", "k": URL_SAFE_NO_PAD.encode([7; 32])});
    let mut encryption = key.jwk();
    encryption["use"] = json!("enc");
    let issuer = Issuer::start(json!({"keys": [secret, encryption]}));
    let door = Setup::new(&caller(&issuer.url(), "")).open();
    assert_eq!(
        send(&door, &key.sign(&claims(&issuer.url(), "t")), "1").status,
        401
    );
    *issuer.keys.lock().unwrap() = json!({"keys": [key.jwk()]});
    assert_eq!(
        send(&door, &key.sign(&claims(&issuer.url(), "t")), "1").status,
        401,
        "asked again only after a pause"
    );

    let liar = Service::start(|request, _| match request.target.as_str() {
        "/jwks" => Act::status(500),
        _ => Act::body(
            200,
            json!({"issuer": "https://other.example", "jwks_uri": "http://127.0.0.1/jwks"}).to_string(),
        ),
    });
    let door = Setup::new(&caller(&liar.url(), "")).open();
    assert_eq!(send(&door, &key.sign(&claims(&liar.url(), "t")), "1").status, 503);
    assert!(
        door.log().contains("is the document of https://other.example"),
        "{}",
        door.log()
    );
}

#[test]
fn an_address_that_the_issuer_did_not_verify_is_nobody_s() {
    let key = Key::new("k1");
    let issuer = Issuer::start(json!({"keys": [key.jwk()]}));
    let url = issuer.url();
    let callers = caller(&url, "").replace("repository = \"org/app\"", "email = \"ci@example.com\"");
    let door = Setup::new(&callers).open();
    let claims = |id| with(&claims(&url, id), "email", json!("ci@example.com"));
    let verified = |id, value| key.sign(&with(&claims(id), "email_verified", value));
    assert_eq!(send(&door, &key.sign(&claims("t1")), "1").status, 401);
    assert_eq!(send(&door, &verified("t2", json!(false)), "2").status, 401);
    assert_eq!(send(&door, &verified("t3", json!("true")), "3").status, 401);
    assert_eq!(send(&door, &verified("t4", json!(true)), "4").status, 202);
}
