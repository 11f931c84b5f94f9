//! An issuer on loopback, and a person with a browser.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::http::Secret;
use portcullis::sigstore::oidc::{LoginOptions, Obtained, OidcError, Person, TokenRequest, obtain};
use reqwest::Url;
use serde_json::{Value, json};

use crate::service::{Act, Request, Service};
use crate::{SIGNATURE, now, token, web};

/// The code that the issuer hands out, and the secret of its client: they must stand in nothing that is printed.
pub(crate) const CODE: &str = "one-time+code/&=";
pub(crate) const CLIENT_SECRET: &str = "client-secret";

/// What the person's browser was sent to.
#[derive(Debug, Default, Clone)]
pub(crate) struct Login {
    pub(crate) nonce: String,
    pub(crate) challenge: String,
    pub(crate) redirect: String,
}

/// What the issuer does otherwise than it should.
#[derive(Clone)]
pub(crate) struct Manners {
    /// Members of the discovery document that are replaced.
    pub(crate) document: Value,
    /// Claims of the token that are replaced.
    pub(crate) claims: Value,
    /// What the token endpoint answers instead, by how often it was asked.
    pub(crate) answers: Vec<Act>,
    /// What the device endpoint answers: members that are replaced.
    pub(crate) invitation: Value,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            document: json!({}),
            claims: json!({}),
            answers: Vec::new(),
            invitation: json!({}),
        }
    }
}

pub(crate) struct Issuer {
    pub(crate) service: Service,
    pub(crate) login: Arc<Mutex<Login>>,
}

fn replace(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

/// The fields of a form.
pub(crate) fn form(body: &[u8]) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(body))).unwrap();
    url.query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

fn field<'a>(form: &'a [(String, String)], name: &str) -> &'a str {
    form.iter()
        .find(|(found, _)| found == name)
        .map_or("", |(_, value)| value)
}

impl Issuer {
    pub(crate) fn start(manners: Manners) -> Self {
        let login: Arc<Mutex<Login>> = Arc::default();
        let seen = Arc::clone(&login);
        let asked = Mutex::new(0_usize);
        let service = Service::start(move |request, _| {
            let base = format!("http://{}", request.header("host").unwrap());
            match request.target.as_str() {
                "/auth/.well-known/openid-configuration" => {
                    let document = json!({
                        "issuer": format!("{base}/auth"),
                        "authorization_endpoint": format!("{base}/authorize"),
                        "token_endpoint": format!("{base}/token"),
                        "device_authorization_endpoint": format!("{base}/device"),
                    });
                    Act::body(200, replace(document, &manners.document).to_string())
                }
                "/device" => {
                    let sent = form(&request.body);
                    seen.lock().unwrap().challenge = field(&sent, "code_challenge").to_owned();
                    let invitation = json!({
                        "device_code": CODE, "user_code": "WDJB-MJHT", "verification_uri": format!("{base}/activate"),
                        "expires_in": 300, "interval": 5,
                    });
                    Act::body(200, replace(invitation, &manners.invitation).to_string())
                }
                "/token" => {
                    let mut asked = asked.lock().unwrap();
                    *asked += 1;
                    if let Some(act) = manners.answers.get(*asked - 1) {
                        return act.clone();
                    }
                    exchange(request, &base, &seen.lock().unwrap(), &manners.claims)
                }
                _ => Act::status(404),
            }
        });
        Self { service, login }
    }

    pub(crate) fn options(&self) -> LoginOptions {
        LoginOptions {
            issuer: Url::parse(&format!("{}/auth", self.service.url())).unwrap(),
            client_id: "sigstore".to_owned(),
            client_secret: None,
            redirect: Url::parse("http://localhost:0/auth/callback").unwrap(),
            patience: Duration::from_secs(20),
        }
    }

    /// How often the token endpoint was asked.
    pub(crate) fn polls(&self) -> usize {
        self.service
            .requests()
            .iter()
            .filter(|request| request.target == "/token")
            .count()
    }

    /// A login by a person whose browser does what `browse` says with the address that it is sent to.
    pub(crate) fn log_in(
        &self,
        options: &LoginOptions,
        browse: impl Fn(&Url, &Login) + Send + Sync + Clone + 'static,
    ) -> Result<Obtained, OidcError> {
        let login = Arc::clone(&self.login);
        let open = move |url: &Url| {
            let value = |name: &str| {
                let mut pairs = url.query_pairs();
                pairs.find(|(found, _)| found == name).unwrap().1.into_owned()
            };
            let now = Login {
                nonce: value("nonce"),
                challenge: value("code_challenge"),
                redirect: value("redirect_uri"),
            };
            assert_eq!(value("response_type"), "code");
            assert_eq!(value("code_challenge_method"), "S256");
            *login.lock().unwrap() = now.clone();
            let (url, browse) = (url.clone(), browse.clone());
            std::thread::spawn(move || browse(&url, &now));
            true
        };
        let told = Mutex::new(String::new());
        let person = Person {
            tell: &|text| told.lock().unwrap().push_str(text),
            open: Some(&open),
            pause: &|_| panic!("the browser flow does not wait like this"),
        };
        let outcome = obtain(&TokenRequest::Browser(options, &person), &web(), now);
        no_secrets(&outcome, &told.lock().unwrap());
        outcome
    }
}

/// Nothing that was printed or returned repeats a secret.
pub(crate) fn no_secrets(outcome: &Result<Obtained, OidcError>, told: &str) {
    let printed = match outcome {
        Ok(obtained) => format!("{obtained} {obtained:?} {told}"),
        Err(error) => format!("{error} {error:?} {told}"),
    };
    for secret in [SIGNATURE, CODE, CLIENT_SECRET] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// The token endpoint: everything that a careful issuer checks.
fn exchange(request: &Request, base: &str, login: &Login, claims: &Value) -> Act {
    let sent = form(&request.body);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, field(&sent, "code_verifier").as_bytes()));
    let code = match field(&sent, "grant_type") {
        "authorization_code" => field(&sent, "code"),
        "urn:ietf:params:oauth:grant-type:device_code" => field(&sent, "device_code"),
        _ => "",
    };
    if challenge != login.challenge || code != CODE || field(&sent, "redirect_uri") != login.redirect {
        return Act::body(400, r#"{"error":"invalid_grant"}"#);
    }
    let mut usual =
        json!({"iss": format!("{base}/auth"), "email": "dev@example.com", "email_verified": true});
    if !login.nonce.is_empty() {
        usual["nonce"] = json!(login.nonce);
    }
    let token = token(replace(usual, claims));
    Act::body(
        200,
        json!({"id_token": token, "access_token": "x", "token_type": "bearer"}).to_string(),
    )
}

/// A browser's request to `target` at the listener: the whole answer, or nothing if nobody listens.
pub(crate) fn visit(redirect: &str, target: &str) -> Option<String> {
    let url = Url::parse(redirect).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap())).ok()?;
    write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// The callback that a well-behaved issuer makes.
pub(crate) fn callback(authorize: &Url, changes: &[(&str, &str)]) -> String {
    let mut pairs = authorize.query_pairs();
    let state = pairs.find(|(name, _)| name == "state").unwrap().1.into_owned();
    let mut url = Url::parse("http://localhost/auth/callback").unwrap();
    let mut values = vec![("code", CODE.to_owned()), ("state", state)];
    for (name, value) in changes {
        values.retain(|(found, _)| found != name);
        if !value.is_empty() {
            values.push((name, (*value).to_owned()));
        }
    }
    url.query_pairs_mut().extend_pairs(values);
    format!("{}?{}", url.path(), url.query().unwrap())
}

/// Options with a client secret.
pub(crate) fn confidential(options: LoginOptions) -> LoginOptions {
    LoginOptions {
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        ..options
    }
}
