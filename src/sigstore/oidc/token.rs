//! An identity token: a JWT (RFC 7519) that an issuer made about the one who signs.
//!
//! Its claims are read to choose the challenge, to say who will have signed, and to refuse early what the certificate
//! authority would refuse. Its signature is not checked: that is the authority's part, and nothing is decided by it here.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::http::Secret;
use crate::strict_json::{self, Limits};

/// Longest token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// Clocks may differ by this much before a token counts as not valid yet.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Levels of arrays and objects in a token's parts.
const MAX_DEPTH: usize = 16;

/// A token that was read, not yet expired and made for the audience that was asked for. The token itself is never
/// printed, and wiped from memory when it is dropped (promise 8).
#[derive(Clone)]
pub struct IdentityToken {
    raw: Secret,
    claims: Claims,
    challenge: String,
    expires: Timestamp,
}

/// Why a token cannot be used. No message repeats the token; some repeat claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Nothing.
    #[error("it is empty")]
    Empty,
    /// More than [`MAX_TOKEN_BYTES`].
    #[error("it is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLarge,
    /// Not three parts of base64url with JSON.
    #[error("it is not a JWT: {0}")]
    NotJwt(&'static str),
    /// `alg: none`, or no algorithm.
    #[error("it is not signed (its algorithm is {0:?}), and nobody may believe it")]
    Unsigned(String),
    /// A claim is missing or of another kind than it has to be.
    #[error("its claim {0} is missing or malformed")]
    Claim(&'static str),
    /// It was made for somebody else.
    #[error("it was made for {}, and {wanted} was asked for", .found.join(", "))]
    Audience {
        /// The audience that it has to have.
        wanted: String,
        /// The audiences that it has.
        found: Vec<String>,
    },
    /// Its time is over.
    #[error("it expired at {0}: get a new one, and sign right after")]
    Expired(Timestamp),
    /// Its time has not come.
    #[error("it is valid from {0} on: check the clock of this machine")]
    NotYet(Timestamp),
    /// The issuer does not vouch for the e-mail address.
    #[error("its issuer has not verified the e-mail address {0}")]
    UnverifiedEmail(String),
}

#[derive(Clone, Deserialize)]
struct Header {
    #[serde(default)]
    alg: String,
}

#[derive(Clone, Deserialize)]
struct Claims {
    iss: String,
    #[serde(default)]
    sub: String,
    aud: Audiences,
    exp: serde_json::Number,
    #[serde(default)]
    nbf: Option<serde_json::Number>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<Flag>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    job_workflow_ref: Option<String>,
    #[serde(default)]
    ci_config_ref_uri: Option<String>,
    #[serde(default)]
    federated_claims: Option<Federated>,
}

/// One audience or several (RFC 7519, section 4.1.3).
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
}

/// Some issuers write the flag as a text.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Text(String),
}

/// What Dex says about the issuer that it asked itself.
#[derive(Clone, Deserialize)]
struct Federated {
    #[serde(default)]
    connector_id: Option<String>,
}

impl IdentityToken {
    /// Reads a token that has to be for `audience` and valid at `now`. White space around it is no part of it.
    ///
    /// # Errors
    ///
    /// [`TokenError`].
    pub fn parse(text: &str, audience: &str, now: Timestamp) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TokenError::Empty);
        }
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(TokenError::NotJwt(
                "it has not three parts with dots between them",
            ));
        };
        let header: Header = read(header)?;
        if header.alg.is_empty() || header.alg.eq_ignore_ascii_case("none") || signature.is_empty() {
            return Err(TokenError::Unsigned(header.alg));
        }
        decode(signature)?;
        let claims: Claims = read(claims)?;
        let expires = numeric_date(&claims.exp).ok_or(TokenError::Claim("exp"))?;
        if expires <= now {
            return Err(TokenError::Expired(expires));
        }
        if let Some(nbf) = &claims.nbf {
            let from = numeric_date(nbf).ok_or(TokenError::Claim("nbf"))?;
            if from > now + SKEW {
                return Err(TokenError::NotYet(from));
            }
        }
        claims.check_audience(audience)?;
        let challenge = claims.challenge()?;
        Ok(Self {
            raw: Secret::new(text),
            claims,
            challenge,
            expires,
        })
    }

    /// The token itself, for the certificate authority and for nobody else.
    pub fn secret(&self) -> &Secret {
        &self.raw
    }

    /// Who made it (`iss`).
    pub fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// The issuer that the certificate will name: behind Dex, the one that the person logged in to.
    pub fn certificate_issuer(&self) -> &str {
        let federated = self.claims.federated_claims.as_ref();
        let connector = federated.and_then(|federated| federated.connector_id.as_deref());
        // Dex's connectors have names of any kind; the public instance's are addresses of issuers.
        connector
            .filter(|name| name.contains("://"))
            .unwrap_or(self.issuer())
    }

    /// Whom it is about (`sub`); may be empty where it has an e-mail address.
    pub fn subject(&self) -> &str {
        &self.claims.sub
    }

    /// The e-mail address, which its issuer has verified.
    pub fn email(&self) -> Option<&str> {
        self.claims.email.as_deref().filter(|email| !email.is_empty())
    }

    /// What the proof of possession signs: the e-mail address if there is one, else the subject, as Fulcio takes it for every
    /// kind of issuer.
    pub fn challenge(&self) -> &str {
        &self.challenge
    }

    /// When it ends (`exp`).
    pub fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Who will have signed, for people: the CI workflow or the e-mail address where it names one, else the subject.
    pub fn identity(&self) -> &str {
        let workflow = self.claims.job_workflow_ref.as_deref();
        let workflow = workflow.or(self.claims.ci_config_ref_uri.as_deref());
        workflow.unwrap_or(&self.challenge)
    }

    /// The value that ties it to one login (OpenID Connect Core, section 2).
    pub(super) fn nonce(&self) -> Option<&str> {
        self.claims.nonce.as_deref()
    }
}

impl Claims {
    fn check_audience(&self, wanted: &str) -> Result<(), TokenError> {
        let found = match &self.aud {
            Audiences::One(one) => std::slice::from_ref(one),
            Audiences::Several(several) => several,
        };
        match found.iter().any(|audience| audience == wanted) {
            true => Ok(()),
            false => Err(TokenError::Audience {
                wanted: wanted.to_owned(),
                found: found.to_vec(),
            }),
        }
    }

    fn challenge(&self) -> Result<String, TokenError> {
        if self.iss.is_empty() {
            return Err(TokenError::Claim("iss"));
        }
        let verified = match &self.email_verified {
            Some(Flag::Bool(flag)) => *flag,
            Some(Flag::Text(text)) => text == "true",
            None => false,
        };
        match self.email.as_deref().filter(|email| !email.is_empty()) {
            Some(email) if verified => Ok(email.to_owned()),
            Some(email) => Err(TokenError::UnverifiedEmail(email.to_owned())),
            None if self.sub.is_empty() => Err(TokenError::Claim("sub")),
            None => Ok(self.sub.clone()),
        }
    }
}

/// Shows who it is about and nothing of the token.
impl fmt::Debug for IdentityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityToken({} by {})", self.identity(), self.issuer())
    }
}

fn decode(part: &str) -> Result<Zeroizing<Vec<u8>>, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(part);
    bytes
        .map(Zeroizing::new)
        .map_err(|_| TokenError::NotJwt("a part is not base64url"))
}

fn read<T: for<'a> Deserialize<'a>>(part: &str) -> Result<T, TokenError> {
    let json = decode(part)?;
    let limits = Limits {
        bytes: MAX_TOKEN_BYTES,
        depth: MAX_DEPTH,
    };
    strict_json::check(&json, limits)
        .map_err(|_| TokenError::NotJwt("a part is not JSON, or has a key twice"))?;
    serde_json::from_slice(&json).map_err(|_| {
        TokenError::NotJwt("a claim that every token has (iss, sub, aud, exp) is missing or malformed")
    })
}

/// A NumericDate; some issuers write fractions.
pub(crate) fn numeric_date(number: &serde_json::Number) -> Option<Timestamp> {
    let seconds = match number.as_i64() {
        Some(seconds) => seconds,
        None => {
            let float = number.as_f64()?;
            // Within what a timestamp can hold, and so within what a cast keeps.
            (float.abs() < 253_402_207_200.0).then_some(float as i64)?
        }
    };
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests;
