//! Bearer tokens of an OpenID Connect issuer, read and checked against one rule and one key set. Pure.
//!
//! The algorithm, the keys and the times are the gate's to choose, never the token's (RFC 8725): a token says which of the
//! issuer's keys to use (`kid`) and nothing about where keys are. `jku`, `jwk`, `x5u` and `x5c` are not looked at.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use serde_json::{Map, Value};

use super::jwks::KeySet;
use super::secret::sha256;
use crate::gate::Fingerprint;
use crate::strict_json::{self, Limits};

/// Longest token, in bytes. Those of CI systems have about two kilobytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;
/// Levels of arrays and objects in a token's parts.
const MAX_DEPTH: usize = 16;
/// Clocks may differ by this much before a token counts as not valid yet. Its end is taken as it stands.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// The algorithms that a configuration may name. None of them has a secret that the issuer shares with anybody.
pub const ALGORITHMS: [(&str, Algorithm); 7] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// A token that was read. Nothing in it is believed before [`Token::check`].
pub(super) struct Token<'a> {
    signed: &'a str,
    signature: &'a str,
    algorithm: String,
    /// The name of the key.
    pub(super) key: Option<String>,
    claims: Map<String, Value>,
}

/// What a token has to be.
pub(crate) struct Rule {
    /// `iss`, exactly.
    pub(crate) issuer: String,
    /// `aud`, or one of its values.
    pub(crate) audience: String,
    /// Algorithms that are believed.
    pub(crate) algorithms: Vec<Algorithm>,
    /// Longest time from `iat` to `exp`.
    pub(crate) max_lifetime: SignedDuration,
    /// Claims that have to be there, each with one of the values.
    pub(crate) claims: Vec<ClaimRule>,
}

/// One claim and the values that it may have.
pub(crate) struct ClaimRule {
    /// Name of the claim.
    pub(crate) name: String,
    /// Its values, compared whole. Numbers and flags are compared as they are written in JSON.
    pub(crate) values: Vec<String>,
}

/// A token that was believed.
pub(super) struct Checked {
    /// What one use of it is recognised by: `jti`, or the hash of what was signed.
    pub(super) fingerprint: Fingerprint,
    /// When it ends.
    pub(super) expires: Timestamp,
}

/// Whether a bearer token has the form of a JWT; otherwise it is a shared one.
pub(super) fn has_form(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 2
}

impl<'a> Token<'a> {
    /// Reads a token in compact form.
    ///
    /// # Errors
    ///
    /// Says why it is none, for the log.
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(format!("the token is longer than {MAX_TOKEN_BYTES} bytes"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or("the token is no JWT")?;
        let (header, claims) = signed.split_once('.').ok_or("the token is no JWT")?;
        let header = part(header)?;
        if header.contains_key("crit") {
            return Err("the token has critical header parameters, and none is known here".to_owned());
        }
        let text = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            signed,
            signature,
            algorithm: text("alg").ok_or("the token names no algorithm")?,
            key: text("kid"),
            claims: part(claims)?,
        })
    }

    /// Who says to have made it.
    pub(super) fn issuer(&self) -> Option<&str> {
        self.text("iss")
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, String> {
        let Some(value) = self.claims.get(name) else {
            return Ok(None);
        };
        let wrong = || format!("the token's {name} is no time");
        let number = value.as_number().ok_or_else(wrong)?;
        crate::sigstore::oidc::numeric_date(number)
            .map(Some)
            .ok_or_else(wrong)
    }

    /// Checks the signature by the issuer's keys, and every claim.
    ///
    /// # Errors
    ///
    /// Says what does not hold, for the log.
    pub(super) fn check(&self, rule: &Rule, keys: &KeySet, now: Timestamp) -> Result<Checked, String> {
        if self.issuer() != Some(&rule.issuer) {
            return Err("the token is of another issuer".to_owned());
        }
        let algorithm = self.algorithm(rule)?;
        let key = keys.find(self.key.as_deref(), &self.algorithm, algorithm)?;
        if !genuine(self.signature, self.signed, key, algorithm) {
            return Err("the signature of the token does not verify".to_owned());
        }
        self.check_audience(&rule.audience)?;
        let expires = self.check_times(rule.max_lifetime, now)?;
        for claim in &rule.claims {
            self.check_claim(claim)?;
        }
        let fingerprint = match self.text("jti") {
            Some(id) if !id.is_empty() => sha256(&[b"jti\0", rule.issuer.as_bytes(), b"\0", id.as_bytes()]),
            // What was signed: the signature itself can be written in more than one way.
            _ => sha256(&[b"token\0", self.signed.as_bytes()]),
        };
        Ok(Checked {
            fingerprint: Fingerprint(fingerprint),
            expires,
        })
    }

    fn algorithm(&self, rule: &Rule) -> Result<Algorithm, String> {
        let known = ALGORITHMS.iter().find(|(name, _)| *name == self.algorithm);
        known
            .map(|(_, algorithm)| *algorithm)
            .filter(|algorithm| rule.algorithms.contains(algorithm))
            .ok_or_else(|| {
                format!(
                    "the token's algorithm {:?} is not one that is believed",
                    self.algorithm
                )
            })
    }

    fn check_audience(&self, wanted: &str) -> Result<(), String> {
        let found = match self.claims.get("aud") {
            Some(Value::String(one)) => one == wanted,
            Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
            _ => false,
        };
        match found {
            true => Ok(()),
            false => Err("the token is for another audience".to_owned()),
        }
    }

    fn check_times(&self, max_lifetime: SignedDuration, now: Timestamp) -> Result<Timestamp, String> {
        let expires = self.time("exp")?.ok_or("the token has no end")?;
        let issued = self
            .time("iat")?
            .ok_or("the token does not say when it was made")?;
        if expires <= now {
            return Err(format!("the token expired at {expires}"));
        }
        if issued > now + SKEW {
            return Err(format!("the token was made at {issued}, which has not come yet"));
        }
        if self.time("nbf")?.is_some_and(|start| start > now + SKEW) {
            return Err("the token is not valid yet".to_owned());
        }
        match expires.duration_since(issued) > max_lifetime {
            true => Err("the token lives longer than the configuration lets it".to_owned()),
            false => Ok(expires),
        }
    }

    fn check_claim(&self, rule: &ClaimRule) -> Result<(), String> {
        let found = match self.claims.get(&rule.name) {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => return Err(format!("the token has no claim {}", rule.name)),
        };
        // Whoever has an account at an issuer may write any address into it.
        let unproven = rule.name == "email" && self.claims.get("email_verified") != Some(&Value::Bool(true));
        match rule.values.contains(&found) {
            true if unproven => Err("the issuer does not say that it verified the token's email".to_owned()),
            true => Ok(()),
            false => Err(format!("the token's claim {} is {found:?}", rule.name)),
        }
    }
}

/// Whether the signature is the key's. The key has to be of the algorithm's family: a public key is no secret for HMAC.
fn genuine(signature: &str, signed: &str, key: &DecodingKey, algorithm: Algorithm) -> bool {
    key.family() == algorithm.family()
        && key.family() != AlgorithmFamily::Hmac
        && matches!(
            jsonwebtoken::crypto::verify(signature, signed.as_bytes(), key, algorithm),
            Ok(true)
        )
}

/// One part of a token: base64url of a JSON object without a key twice.
fn part(text: &str) -> Result<Map<String, Value>, String> {
    let json = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| "a part of the token is not base64url")?;
    let limits = Limits {
        bytes: MAX_TOKEN_BYTES,
        depth: MAX_DEPTH,
    };
    strict_json::check(&json, limits).map_err(|_| "a part of the token is not JSON, or has a key twice")?;
    serde_json::from_slice(&json).map_err(|_| "a part of the token is no JSON object".to_owned())
}
