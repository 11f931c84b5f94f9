//! Getting a token from a registry's token server (distribution specification, token authentication; OAuth2 refresh).
//!
//! The realm is text from the network: it is only told credentials, and only asked at all, when it is a place that
//! belongs to the registry (CVE-2020-15157, CVE-2026-48978). Redirects are not followed.

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde::Deserialize;

use super::credential::Credential;
use super::egress::Guard;
use super::feed::Load;
use super::trouble::Why;
use super::wire::{Answer, Ask};
use crate::http::{Endpoint, Origin, Secret, basic, bearer};
use crate::registry::limits::MAX_TOKEN_BYTES;

/// Bytes of a token; larger ones do not fit into a header that servers take.
const MAX_TOKEN_CHARS: usize = 16 * 1024;
/// How this client calls itself where OAuth2 wants a name.
const CLIENT_ID: &str = "portcullis";

/// A token server that may be asked, and what it is to be asked.
pub(super) struct TokenRequest {
    url: Url,
    form: Option<Secret>,
    authorization: Option<HeaderValue>,
}

impl TokenRequest {
    /// What to ask for `scopes`. An error means that the realm is not to be asked.
    pub(super) fn new(
        guard: &Guard,
        auth_hosts: &[Endpoint],
        realm: &str,
        service: Option<&str>,
        scopes: &[String],
        credential: Option<&Credential>,
    ) -> Result<Self, Why> {
        // A form has one scope with spaces, an address one for each (OAuth 2.0 and token authentication).
        let together = scopes.join(" ");
        let mut url = trusted_realm(guard, auth_hosts, realm)?;
        let mut authorization = None;
        let mut form = None;
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        pairs.extend(service.map(|service| ("service", service)));
        match credential {
            Some(Credential::IdentityToken(token)) => {
                pairs.extend([
                    ("scope", together.as_str()),
                    ("grant_type", "refresh_token"),
                    ("client_id", CLIENT_ID),
                    ("refresh_token", token.expose()),
                ]);
                form = Some(form_of(&pairs));
            }
            Some(Credential::Password { username, password }) => {
                authorization = basic(username, password);
            }
            Some(Credential::RegistryToken(_)) | None => {}
        }
        if form.is_none() {
            pairs.extend(scopes.iter().map(|scope| ("scope", scope.as_str())));
            url.query_pairs_mut().extend_pairs(&pairs);
        }
        Ok(Self {
            url,
            form,
            authorization,
        })
    }

    /// What is asked, for reports.
    pub(super) fn asked(&self) -> String {
        let method = if self.form.is_some() { "POST" } else { "GET" };
        asked(method, &self.url)
    }

    /// The request.
    pub(super) fn ask(&self) -> Ask<'_> {
        let mut headers = HeaderMap::new();
        if let Some(value) = &self.authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        let (method, load) = match &self.form {
            Some(form) => (Method::POST, Load::Form(form.expose())),
            None => (Method::GET, Load::Nothing),
        };
        Ask {
            method,
            url: self.url.clone(),
            headers,
            limit: MAX_TOKEN_BYTES,
            load,
        }
    }
}

/// The token in a token server's answer, ready to be sent to the registry.
pub(super) fn read(answer: &Answer) -> Result<HeaderValue, Why> {
    match answer.status {
        StatusCode::OK => {}
        status if status.is_redirection() => {
            return Err(Why::Refused(
                "the token server points elsewhere, and credentials do not follow".to_owned(),
            ));
        }
        StatusCode::TOO_MANY_REQUESTS => return Err(Why::Throttled(answer.retry_after())),
        status if status.is_server_error() => {
            return Err(Why::Unreachable(format!("the token server answered {status}")));
        }
        status => return Err(Why::Unauthorised(format!("the token server answered {status}"))),
    }
    let unusable = || Why::Protocol("the token server's answer holds no usable token".to_owned());
    let reply: Reply = serde_json::from_slice(&answer.body).map_err(|_| unusable())?;
    let token = Secret::new(
        [reply.token, reply.access_token]
            .into_iter()
            .flatten()
            .find(|token| !token.is_empty())
            .ok_or_else(unusable)?,
    );
    let sendable =
        token.expose().len() <= MAX_TOKEN_CHARS && token.expose().bytes().all(|byte| byte.is_ascii_graphic());
    bearer(&token).filter(|_| sendable).ok_or_else(unusable)
}

#[derive(Deserialize)]
struct Reply {
    token: Option<String>,
    access_token: Option<String>,
}

fn trusted_realm(guard: &Guard, auth_hosts: &[Endpoint], realm: &str) -> Result<Url, Why> {
    let url = Url::parse(realm)
        .map_err(|_| Why::Protocol("its token server's address is not an absolute address".to_owned()))?;
    let origin = guard.check(&url).map_err(|refused| Why::Refused(refused.0))?;
    let listed = auth_hosts
        .iter()
        .any(|host| host.covers(&origin.host, origin.port));
    // The guard lets http through for hosts that were named for it only.
    let over_tls = origin.secure || !guard.home.secure;
    if over_tls && (listed || guard.home.trusts_realm(&origin)) {
        return Ok(url);
    }
    Err(Why::Refused(format!(
        "the token server {origin} does not belong to {}",
        guard.home
    )))
}

/// Method, origin and path of an address, for reports. A query may hold a signature or token.
pub(super) fn asked(method: &str, url: &Url) -> String {
    match Origin::of(url) {
        Some(origin) => format!("{method} {origin}{}", url.path()),
        None => method.to_owned(),
    }
}

fn form_of(pairs: &[(&str, &str)]) -> Secret {
    // The address is a vessel: only its query is used.
    let encoded = Url::parse("https://form.invalid/").ok().and_then(|mut url| {
        url.query_pairs_mut().extend_pairs(pairs);
        url.query().map(str::to_owned)
    });
    Secret::new(encoded.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard {
            home: Origin::of(&Url::parse("https://r.example").unwrap()).unwrap(),
            only: None,
            named: vec!["login.other".parse().unwrap()],
            plain: Vec::new(),
            proxies: Vec::new(),
        }
    }

    fn request(realm: &str, credential: Option<&Credential>) -> Result<TokenRequest, Why> {
        let listed = ["login.other".parse().unwrap()];
        TokenRequest::new(
            &guard(),
            &listed,
            realm,
            Some("a&b"),
            &["repository:app:pull".to_owned(), "repository:b:pull".to_owned()],
            credential,
        )
    }

    fn answer(body: &str) -> Result<HeaderValue, Why> {
        read(&Answer {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn a_password_goes_into_a_header_and_an_identity_token_into_a_form() {
        let password = Credential::Password {
            username: Secret::new("u"),
            password: Secret::new("p"),
        };
        let asked = request("https://r.example/token?x=1", Some(&password)).unwrap();
        let ask = asked.ask();
        assert_eq!(
            ask.url.query(),
            Some("x=1&service=a%26b&scope=repository%3Aapp%3Apull&scope=repository%3Ab%3Apull")
        );
        assert!(ask.headers.contains_key(AUTHORIZATION) && matches!(ask.load, Load::Nothing));
        assert_eq!(asked.asked(), "GET https://r.example/token");

        let identity = Credential::IdentityToken(Secret::new("s&t"));
        let asked = request("https://r.example/token", Some(&identity)).unwrap();
        let ask = asked.ask();
        assert_eq!(ask.url.query(), None);
        let Load::Form(form) = ask.load else { panic!() };
        assert!(
            form.contains("scope=repository%3Aapp%3Apull+repository%3Ab%3Apull&"),
            "{form}"
        );
        assert!(form.ends_with("refresh_token=s%26t") && ask.headers.is_empty());
    }

    #[test]
    fn realms_elsewhere_are_refused_even_without_credentials() {
        for realm in [
            "https://evil.test/token",
            "http://r.example/token",
            "http://login.other/token",
            "https://user@r.example/token",
            "https://169.254.169.254/token",
        ] {
            assert!(matches!(request(realm, None), Err(Why::Refused(_))), "{realm}");
        }
        assert!(matches!(request("/token", None), Err(Why::Protocol(_))));
        assert!(request("https://login.other/token", None).is_ok());
    }

    #[test]
    fn a_reply_without_a_usable_token_gives_none() {
        assert_eq!(
            answer(r#"{"token":"","access_token":"abc"}"#).unwrap(),
            "Bearer abc"
        );
        let long = format!(r#"{{"token":"{}"}}"#, "a".repeat(MAX_TOKEN_CHARS + 1));
        for body in [
            "",
            "[]",
            "{}",
            r#"{"token":7}"#,
            r#"{"token":"a\nb"}"#,
            r#"{"token":"a b"}"#,
            &long,
        ] {
            assert!(matches!(answer(body), Err(Why::Protocol(_))), "{body:.40}");
        }
    }
}
