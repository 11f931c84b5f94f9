//! Asking the services that hand out tokens: JSON in answers, bounded, and wiped.

use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::Reason;
use crate::http::{Body, Call, Method, Repeat, Secret, Web, basic, bearer};
use crate::strict_json::{self, Limits};

/// Bytes of an answer: a token and what comes with it.
const MAX_ANSWER_BYTES: usize = 128 * 1024;
/// Levels of arrays and objects in an answer.
const MAX_DEPTH: usize = 16;
/// Longest error code of an issuer that is repeated, in characters.
const MAX_ERROR_CODE_CHARS: usize = 64;

/// Bytes of a usual form: with this much room none of it is copied while it grows.
const FORM_BYTES: usize = 8 * 1024;

/// A request for a token.
pub(super) struct Question<'a> {
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<(&'static str, Zeroizing<Vec<u8>>)>,
    pub(super) repeat: Repeat,
}

impl<'a> Question<'a> {
    /// A `GET`, which may be repeated.
    pub(super) fn get(url: &'a Url) -> Self {
        Self {
            method: Method::Get,
            url,
            headers: HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]),
            body: None,
            repeat: Repeat::Harmless,
        }
    }

    /// A `POST` of a form. What it holds may be good for one use, so it is not repeated.
    pub(super) fn form(url: &'a Url, fields: &[(&str, &str)]) -> Self {
        let mut body = Zeroizing::new(Vec::with_capacity(FORM_BYTES));
        for (name, value) in fields {
            if !body.is_empty() {
                body.push(b'&');
            }
            encode(&mut body, name);
            body.push(b'=');
            encode(&mut body, value);
        }
        Self {
            method: Method::Post,
            body: Some(("application/x-www-form-urlencoded", body)),
            repeat: Repeat::OnlyWhenRefused,
            ..Self::get(url)
        }
    }

    /// A `POST` of JSON.
    pub(super) fn json(url: &'a Url, value: &serde_json::Value) -> Self {
        Self {
            method: Method::Post,
            body: Some(("application/json", Zeroizing::new(value.to_string().into_bytes()))),
            ..Self::get(url)
        }
    }

    pub(super) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers
            .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    pub(super) fn bearer(self, token: &Secret) -> Result<Self, Reason> {
        self.authorized(bearer(token))
    }

    pub(super) fn basic(self, user: &str, password: &Secret) -> Result<Self, Reason> {
        self.authorized(basic(&Secret::new(user), password))
    }

    fn authorized(mut self, value: Option<HeaderValue>) -> Result<Self, Reason> {
        let value = value.ok_or_else(|| {
            Reason::Configuration("the secret for the request has characters that no header has".to_owned())
        })?;
        self.headers.insert(AUTHORIZATION, value);
        Ok(self)
    }

    /// The answer's status and body, whatever they are.
    pub(super) fn send(self, web: &Web) -> Result<(u16, Zeroizing<Vec<u8>>), Reason> {
        let body = self
            .body
            .as_ref()
            .map(|(content_type, bytes)| Body { content_type, bytes });
        let reply = web.send(&Call {
            method: self.method,
            url: self.url,
            headers: self.headers,
            body,
            limit_bytes: MAX_ANSWER_BYTES as u64,
            repeat: self.repeat,
        })?;
        Ok((reply.status.as_u16(), Zeroizing::new(reply.body)))
    }

    /// The text of an answer that has to be a success.
    pub(super) fn text(self, web: &Web) -> Result<Secret, Reason> {
        let asked = place(self.url);
        let (status, body) = self.send(web)?;
        if !(200..300).contains(&status) {
            return Err(refused(&asked, status, &body));
        }
        std::str::from_utf8(&body)
            .map(Secret::new)
            .map_err(|_| Reason::Unavailable(format!("{asked} answered with something else than text")))
    }

    /// The JSON of an answer that has to be a success.
    pub(super) fn answer<T: for<'de> Deserialize<'de>>(self, web: &Web) -> Result<T, Reason> {
        let asked = place(self.url);
        let (status, body) = self.send(web)?;
        match (200..300).contains(&status) {
            true => parse(&asked, &body),
            false => Err(refused(&asked, status, &body)),
        }
    }
}

/// Appends `text` as a form writes it.
fn encode(body: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => body.push(byte),
            other => body.extend_from_slice(format!("%{other:02X}").as_bytes()),
        }
    }
}

/// Reads a member of an answer that is a secret.
pub(super) fn secret<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Secret, D::Error> {
    String::deserialize(reader).map(Secret::new)
}

/// Reads JSON; the error does not repeat it.
pub(super) fn parse<T: for<'de> Deserialize<'de>>(asked: &str, body: &[u8]) -> Result<T, Reason> {
    let limits = Limits {
        bytes: MAX_ANSWER_BYTES,
        depth: MAX_DEPTH,
    };
    let wrong = || {
        Reason::Unavailable(format!(
            "{asked} answered with something else than the JSON that was asked for"
        ))
    };
    strict_json::check(body, limits).map_err(|_| wrong())?;
    serde_json::from_slice(body).map_err(|_| wrong())
}

/// An answer that is no success. Of its body only an error code is repeated, and only if it looks like one: the rest may
/// repeat what was sent.
pub(super) fn refused(asked: &str, status: u16, body: &[u8]) -> Reason {
    let detail = match error_code(body) {
        Some(code) => format!("{asked} answered with status {status}, {code}"),
        None => format!("{asked} answered with status {status}"),
    };
    match status {
        400 | 401 | 403 | 404 => Reason::Configuration(detail),
        _ => Reason::Unavailable(detail),
    }
}

/// The error code of RFC 6749, section 5.2.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Failure {
        error: String,
    }
    let failure: Failure = serde_json::from_slice(body).ok()?;
    plain_code(&failure.error)
}

/// A text that can only be an error code.
pub(super) fn plain_code(text: &str) -> Option<String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    (plain && !text.is_empty() && text.len() <= MAX_ERROR_CODE_CHARS).then(|| text.to_owned())
}

/// An address without what may be secret in it.
pub(super) fn place(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
