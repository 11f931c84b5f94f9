//! Who calls: every caller is named in the configuration, proves who it is in one way, and speaks for the repositories that
//! it is bound to and for no other.
//!
//! | credential | shown by | one delivery is recognised by |
//! |---|---|---|
//! | `webhook` | Standard Webhooks: HMAC-SHA256 or ed25519 over id, time and body | its id |
//! | `github` | `X-Hub-Signature-256`: HMAC-SHA256 over the body | its body |
//! | `jwt` | an OpenID Connect token of a job, with rules for its claims | the token, which is good for one event |
//! | token | a shared token in `Authorization`, for registries that can send nothing else | its body, and `ce-id` |
//! | `peer` | a client certificate with a SPIFFE ID or subject | its body, and `ce-id` |
//!
//! Signatures are over raw bytes, before anything of them is read. A request that shows two kinds of credentials, or one
//! header field twice, is not believed. Outside, every failure looks the same; the reason is in the gate's log.

mod github;
mod header;
mod jwks;
mod jwt;
mod peer;
mod secret;
mod spent;
mod spiffe;
mod webhook;

use axum::http::HeaderMap;
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;

use super::Fingerprint;
use crate::policy::{Scope, SubjectName};
use crate::subject::{Reference, Subject};
use secret::{TokenHash, sha256};

pub use jwks::Issuers;
pub use jwt::{ALGORITHMS, MAX_TOKEN_BYTES};
pub(crate) use secret::SharedSecret;
pub use secret::{MAX_SECRET_BYTES, MIN_SECRET_BYTES, SecretError};
pub use spent::{Spending, SpentTokens};
pub use spiffe::{NoSpiffeId, SpiffeId, SpiffeRule};
pub use webhook::TOLERANCE;

pub(crate) use github::Keys as GitHubKeys;
pub(crate) use jwt::{ClaimRule, Rule as TokenRule};
pub(crate) use peer::{Peers, certificates, verifier};
pub(crate) use webhook::{Keys as WebhookKeys, signed_fields};

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Send events.
    Announce,
    /// Read decisions about its repositories.
    Read,
    /// Ask whether a cluster may run something.
    Admit,
}

impl Right {
    /// Every right by its name in the configuration.
    pub const ALL: [(&str, Self); 3] = [
        ("announce", Self::Announce),
        ("read", Self::Read),
        ("admit", Self::Admit),
    ];
}

/// How many requests a caller may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests per second in the long run.
    pub per_second: u32,
    /// Requests at once, after a pause.
    pub burst: u32,
}

/// A caller of the configuration.
pub struct Caller {
    pub(crate) name: String,
    pub(crate) repositories: Vec<Scope>,
    pub(crate) rights: Vec<Right>,
    pub(crate) registry: Option<String>,
    pub(crate) rate: Rate,
    pub(crate) credential: Credential,
}

/// How a caller proves who it is.
pub(crate) enum Credential {
    Webhook(WebhookKeys),
    GitHub(GitHubKeys),
    Token(Vec<TokenHash>),
    Oidc(TokenRule),
    Peer(Peers),
}

impl Credential {
    /// Tokens as they stand in files.
    pub(crate) fn tokens(files: &[&[u8]]) -> Result<Self, SecretError> {
        let tokens = files.iter().map(|file| TokenHash::of_file(file));
        Ok(Self::Token(tokens.collect::<Result<_, _>>()?))
    }
}

impl Caller {
    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The registry of notifications that name none.
    pub fn registry(&self) -> Option<&str> {
        self.registry.as_deref()
    }

    /// How often it may call.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Whether it speaks for the repository of an image.
    pub fn speaks_for(&self, reference: &Reference) -> bool {
        let name = SubjectName::of(&Subject::Image(reference.clone()));
        self.repositories.iter().any(|scope| scope.covers(&name))
    }

    /// The authorities of its certificates; none where it shows no certificate.
    pub(crate) fn authorities(&self) -> Option<&[CertificateDer<'static>]> {
        match &self.credential {
            Credential::Peer(peers) => Some(peers.authorities()),
            _ => None,
        }
    }

    /// Whether it may do something.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// Shows its name and nothing of its credential.
impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Caller({})", self.name)
    }
}

/// What a request shows of who sends it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Its header fields.
    pub headers: &'a HeaderMap,
    /// Its body, as it came.
    pub body: &'a [u8],
    /// The client certificate and its chain, leaf first; empty without one.
    pub peer: &'a [CertificateDer<'static>],
    /// When it came.
    pub now: Timestamp,
}

/// A caller that was believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Which of the callers it is.
    pub index: usize,
    /// What this delivery is recognised by.
    pub delivery: Delivery,
}

/// What a delivery of a caller is recognised by when it comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The id that its sender gave it and signed.
    Id(Fingerprint),
    /// Its body: a second announcement of the same is taken for the first.
    Body(Fingerprint),
    /// The token that came with it, which is good for one event.
    Token {
        /// The token.
        token: Fingerprint,
        /// When it ends.
        expires: Timestamp,
    },
}

impl Delivery {
    /// What the entry of that number in the body is recognised by.
    pub fn fingerprint(self, entry: usize) -> Fingerprint {
        let (Self::Id(whole) | Self::Body(whole) | Self::Token { token: whole, .. }) = self;
        Fingerprint(sha256(&[&whole.0, &entry.to_le_bytes()]))
    }
}

/// Why a caller is not believed. Nothing of it is told to the one who calls.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It did not prove who it is.
    #[error("{0}")]
    Unproven(String),
    /// Whether it is genuine could not be found out.
    #[error("{0}")]
    Unavailable(String),
}

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self::Unproven(reason)
    }
}

/// The kind of credential that a request shows.
enum Kind<'a> {
    Webhook,
    GitHub,
    Bearer(&'a str),
    Peer,
}

impl<'a> Kind<'a> {
    fn of(headers: &'a HeaderMap, peer: &[CertificateDer<'_>]) -> Result<Self, String> {
        let bearer = header::one(headers, "authorization")?;
        let webhook = headers.contains_key(webhook::SIGNATURE);
        let github = headers.contains_key(github::SIGNATURE);
        match (webhook, github, bearer) {
            (true, false, None) => Ok(Self::Webhook),
            (false, true, None) => Ok(Self::GitHub),
            (false, false, Some(value)) => value
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, token)| Self::Bearer(token))
                .ok_or_else(|| "authorization is not Bearer and a token".to_owned()),
            (false, false, None) if peer.is_empty() => Err("there is no credential".to_owned()),
            (false, false, None) => Ok(Self::Peer),
            _ => Err("there are credentials of several kinds".to_owned()),
        }
    }
}

/// Whether a request shows one kind of credential, whatever it is worth. The body is not needed for that.
///
/// # Errors
///
/// Says why not, for the log.
pub fn shows_credential(headers: &HeaderMap, peer: &[CertificateDer<'_>]) -> Result<(), String> {
    Kind::of(headers, peer).map(|_| ())
}

/// Whether [`identify`] may wait for the network for such a request.
pub fn may_wait(headers: &HeaderMap) -> bool {
    let value = headers.get("authorization").and_then(|value| value.to_str().ok());
    value.is_some_and(jwt::has_form)
}

/// Finds out who calls. May wait for an issuer's keys ([`may_wait`]).
///
/// # Errors
///
/// [`Refused`], for the log.
pub fn identify(callers: &[Caller], shown: &Shown<'_>, issuers: &Issuers) -> Result<Known, Refused> {
    match Kind::of(shown.headers, shown.peer)? {
        Kind::Webhook => by_webhook(callers, shown),
        Kind::GitHub => by_github(callers, shown),
        Kind::Bearer(token) if jwt::has_form(token) => by_issuer(callers, token, shown.now, issuers),
        Kind::Bearer(token) => by_token(callers, token, shown),
        Kind::Peer => by_certificate(callers, shown),
    }
}

fn by_body(body: &[u8]) -> Delivery {
    Delivery::Body(Fingerprint(sha256(&[b"body\0", body])))
}

/// Where a token or the connection proves the whole request, its header fields count too: CloudEvents in binary mode have
/// their id there, and the bodies of two of them may be the same.
fn by_request(shown: &Shown<'_>) -> Delivery {
    match shown.headers.get("ce-id") {
        None => by_body(shown.body),
        Some(id) => {
            let body = sha256(&[shown.body]);
            Delivery::Body(Fingerprint(sha256(&[b"body and ce-id\0", &body, id.as_bytes()])))
        }
    }
}

fn by_webhook(callers: &[Caller], shown: &Shown<'_>) -> Result<Known, Refused> {
    let signed = webhook::Signed::read(shown.headers, shown.now)?;
    let index = callers.iter().position(|caller| match &caller.credential {
        Credential::Webhook(keys) => keys.verify(&signed, shown.body),
        _ => false,
    });
    let index = index.ok_or_else(|| "no caller's key made the signature".to_owned())?;
    Ok(Known {
        index,
        delivery: Delivery::Id(signed.fingerprint()),
    })
}

fn by_github(callers: &[Caller], shown: &Shown<'_>) -> Result<Known, Refused> {
    let tag = github::signature(shown.headers)?;
    let index = callers.iter().position(|caller| match &caller.credential {
        Credential::GitHub(keys) => keys.verify(&tag, shown.body),
        _ => false,
    });
    let index = index.ok_or_else(|| "no caller's secret made the signature".to_owned())?;
    Ok(Known {
        index,
        delivery: by_body(shown.body),
    })
}

fn by_token(callers: &[Caller], token: &str, shown: &Shown<'_>) -> Result<Known, Refused> {
    let index = callers.iter().position(|caller| match &caller.credential {
        Credential::Token(tokens) => tokens.iter().any(|own| own.is(token.as_bytes())),
        _ => false,
    });
    let index = index.ok_or_else(|| "no caller has this token".to_owned())?;
    Ok(Known {
        index,
        delivery: by_request(shown),
    })
}

fn by_issuer(callers: &[Caller], text: &str, now: Timestamp, issuers: &Issuers) -> Result<Known, Refused> {
    let token = jwt::Token::read(text)?;
    let rules: Vec<_> = callers
        .iter()
        .enumerate()
        .filter_map(|(index, caller)| match &caller.credential {
            Credential::Oidc(rule) if token.issuer() == Some(&rule.issuer) => Some((index, caller, rule)),
            _ => None,
        })
        .collect();
    // Only an issuer of the configuration is ever asked.
    let Some((_, _, first)) = rules.first() else {
        return Err(Refused::Unproven(
            "no caller has the issuer of this token".to_owned(),
        ));
    };
    let keys = issuers.keys(&first.issuer, token.key.as_deref());
    let keys = keys.map_err(Refused::Unavailable)?;
    let mut reasons = Vec::new();
    for (index, caller, rule) in rules {
        match token.check(rule, &keys, now) {
            Ok(checked) => {
                let delivery = Delivery::Token {
                    token: checked.fingerprint,
                    expires: checked.expires,
                };
                return Ok(Known { index, delivery });
            }
            Err(reason) => reasons.push(format!("{}: {reason}", caller.name)),
        }
    }
    Err(Refused::Unproven(reasons.join("; ")))
}

fn by_certificate(callers: &[Caller], shown: &Shown<'_>) -> Result<Known, Refused> {
    let mut reasons = Vec::new();
    for (index, caller) in callers.iter().enumerate() {
        if let Credential::Peer(peers) = &caller.credential {
            match peers.check(shown.peer, shown.now) {
                Ok(()) => {
                    return Ok(Known {
                        index,
                        delivery: by_request(shown),
                    });
                }
                Err(reason) => reasons.push(format!("{}: {reason}", caller.name)),
            }
        }
    }
    Err(Refused::Unproven(reasons.join("; ")))
}
