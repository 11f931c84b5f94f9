//! Identity tokens: JSON Web Tokens signed with ES256 (RFC 7515, RFC 7518 section 3.4).

use p256::ecdsa::Signature;
use serde_json::{Map, Value, json};

use super::reply::{b64url, unb64url};
use crate::sandbox::check::PublicKey;
use crate::sandbox::keys::{KeyKind, PrivateKey};
use crate::sandbox::seed::Seed;
use crate::sandbox::{Error, Result};
use sigstore_types::HashAlgorithm;

/// Longest token that is looked at.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

/// What a token says.
pub(super) type Claims = Map<String, Value>;

/// The key of the identity provider.
#[derive(Debug)]
pub(super) struct TokenKey {
    key: PrivateKey,
    public: PublicKey,
}

impl TokenKey {
    pub(super) fn new(seed: &Seed) -> Result<Self> {
        let key = PrivateKey::derive(seed, "identity tokens", KeyKind::P256)?;
        Ok(Self {
            public: PublicKey::from_der(key.public_der())?,
            key,
        })
    }

    fn id(&self) -> String {
        hex::encode(self.key.key_id().first_chunk::<8>().copied().unwrap_or_default())
    }

    /// The key set (RFC 7517) that the provider publishes.
    pub(super) fn key_set(&self) -> Value {
        // An uncompressed point: 4, x, y.
        let point = self.public.spki().subject_public_key.raw_bytes();
        let half = |from, to| b64url(point.get(from..to).unwrap_or_default());
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id(),
            "x": half(1, 33), "y": half(33, 65),
        }]})
    }

    /// A token with these claims.
    pub(super) fn sign(&self, claims: &Claims) -> Result<String> {
        let header = json!({"alg": "ES256", "kid": self.id(), "typ": "JWT"});
        let signed = format!(
            "{}.{}",
            b64url(header.to_string()),
            b64url(Value::from(claims.clone()).to_string())
        );
        let der = self.key.sign(signed.as_bytes())?;
        let signature = Signature::from_der(&der).map_err(|error| Error::Key(error.to_string()))?;
        Ok(format!("{signed}.{}", b64url(signature.to_bytes())))
    }

    /// The claims of a token that this key has signed; its times and audience are the caller's to judge.
    pub(super) fn open(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let header: Value = serde_json::from_slice(&unb64url(header)?).ok()?;
        // The algorithm is ours to choose, never the token's (RFC 8725 section 3.1).
        if header.get("alg").and_then(Value::as_str) != Some("ES256") {
            return None;
        }
        let signature = Signature::from_slice(&unb64url(signature)?).ok()?;
        let genuine = self.public.verifies(
            signed.as_bytes(),
            HashAlgorithm::Sha2256,
            signature.to_der().as_bytes(),
        );
        if !genuine {
            return None;
        }
        serde_json::from_slice(&unb64url(payload)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_only_with_its_key_and_unchanged() {
        let key = TokenKey::new(&Seed::new(1)).unwrap();
        let claims: Claims = Map::from_iter([("sub".to_owned(), json!("someone"))]);
        let token = key.sign(&claims).unwrap();
        assert_eq!(key.open(&token), Some(claims));
        assert_eq!(TokenKey::new(&Seed::new(2)).unwrap().open(&token), None);

        let parts: Vec<_> = token.split('.').collect();
        let forged = b64url(r#"{"sub":"someone else"}"#);
        assert_eq!(key.open(&format!("{}.{forged}.{}", parts[0], parts[2])), None);
        let none = b64url(r#"{"alg":"none"}"#);
        assert_eq!(key.open(&format!("{none}.{}.", parts[1])), None);
        assert_eq!(key.open("no token"), None);
    }
}
