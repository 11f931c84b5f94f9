//! The keys of issuers: found by discovery (OpenID Connect Discovery, section 4) at the configured address and nowhere else,
//! kept, and asked for again at a bounded rate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::Url;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

use crate::http::{Call, Method, Repeat, Web};
use crate::strict_json::{self, Limits};

/// Most bytes of a discovery document or a key set.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// Levels of arrays and objects in them.
const MAX_DEPTH: usize = 16;
/// Most keys of one issuer.
const MAX_KEYS: usize = 64;
/// After this long the keys are asked for again: a key that the issuer withdrew is believed no longer than this.
const FRESH: Duration = Duration::from_secs(15 * 60);
/// Keys that could not be asked for again are used for this long.
const STALE: Duration = Duration::from_secs(60 * 60);
/// An issuer is asked at most this often, whatever tokens come in.
const PAUSE: Duration = Duration::from_secs(30);

/// The public keys of one issuer.
#[derive(Default)]
pub(super) struct KeySet(Vec<Key>);

struct Key {
    id: Option<String>,
    /// The algorithm that the issuer uses it for, where it says so.
    algorithm: Option<String>,
    key: DecodingKey,
}

impl KeySet {
    /// The signing keys of a key set (RFC 7517). Keys of kinds that are not known here, and secrets, are left out.
    pub(super) fn read(json: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = document(json)?;
        let keys = document.keys.into_iter().take(MAX_KEYS);
        Some(Self(keys.filter_map(usable).collect()))
    }

    /// The key for a token: the one that it names, or the only one when it names none.
    pub(super) fn find(
        &self,
        id: Option<&str>,
        name: &str,
        algorithm: Algorithm,
    ) -> Result<&DecodingKey, String> {
        let fits = |key: &&Key| {
            key.key.family() == algorithm.family() && key.algorithm.as_deref().is_none_or(|own| own == name)
        };
        let found = match id {
            Some(id) => self
                .0
                .iter()
                .filter(|key| key.id.as_deref() == Some(id))
                .find(fits),
            None if self.0.len() == 1 => self.0.iter().find(fits),
            None => return Err("the token names no key, and its issuer has several".to_owned()),
        };
        found
            .map(|key| &key.key)
            .ok_or_else(|| "the issuer has no such key".to_owned())
    }

    /// Whether a key of this name is there.
    fn has(&self, id: Option<&str>) -> bool {
        match id {
            Some(id) => self.0.iter().any(|key| key.id.as_deref() == Some(id)),
            None => !self.0.is_empty(),
        }
    }
}

fn usable(value: Value) -> Option<Key> {
    if value.get("kty").and_then(Value::as_str) == Some("oct") {
        return None;
    }
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let (id, algorithm) = (text("kid"), text("alg"));
    let key: Jwk = serde_json::from_value(value).ok()?;
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let key = DecodingKey::from_jwk(&key).ok().filter(|_| signs)?;
    Some(Key { id, algorithm, key })
}

/// The keys of every issuer that was asked, shared by all requests. It outlives a reload of the configuration.
pub struct Issuers {
    web: Web,
    known: Mutex<HashMap<String, Known>>,
    /// Held while an issuer is asked for the first time, so that others wait for its answer.
    first: Mutex<()>,
}

#[derive(Clone)]
struct Known {
    keys: Arc<KeySet>,
    fetched: Option<Instant>,
    asked: Instant,
}

impl Known {
    /// An issuer that was not asked yet.
    fn nothing(now: Instant) -> Self {
        Self {
            keys: Arc::default(),
            fetched: None,
            asked: now,
        }
    }
}

impl Issuers {
    /// Asks by `web`.
    pub fn new(web: Web) -> Self {
        Self {
            web,
            known: Mutex::default(),
            first: Mutex::default(),
        }
    }

    /// The keys of an issuer, asked for again when they are old or one is missing. Waits for the network.
    ///
    /// # Errors
    ///
    /// When there are none that may be believed now; trying again later may help.
    pub(super) fn keys(&self, issuer: &str, wanted: Option<&str>) -> Result<Arc<KeySet>, String> {
        let _first = match self.known(issuer) {
            Some(_) => None,
            None => Some(self.first.lock().unwrap_or_else(PoisonError::into_inner)),
        };
        let now = Instant::now();
        let known = self.known(issuer);
        let age = |known: &Known| {
            known
                .fetched
                .map(|fetched| now.saturating_duration_since(fetched))
        };
        if let Some(known) = &known {
            let fresh = age(known).is_some_and(|age| age < FRESH) && known.keys.has(wanted);
            if fresh || now.saturating_duration_since(known.asked) < PAUSE {
                return usable_at(known, age(known));
            }
        }
        let asked = Known {
            asked: now,
            ..known.clone().unwrap_or_else(|| Known::nothing(now))
        };
        // Others use what is there while this thread asks.
        if known.is_some() {
            self.keep(issuer, asked.clone());
        }
        match self.fetch(issuer) {
            Ok(keys) => {
                let keys = Arc::new(keys);
                let fetched = Known {
                    keys: Arc::clone(&keys),
                    fetched: Some(now),
                    asked: now,
                };
                self.keep(issuer, fetched);
                Ok(keys)
            }
            Err(reason) => {
                self.keep(issuer, asked.clone());
                usable_at(&asked, age(&asked)).map_err(|_| reason)
            }
        }
    }

    fn known(&self, issuer: &str) -> Option<Known> {
        self.lock().get(issuer).cloned()
    }

    fn keep(&self, issuer: &str, known: Known) {
        self.lock().insert(issuer.to_owned(), known);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fetch(&self, issuer: &str) -> Result<KeySet, String> {
        #[derive(Deserialize)]
        struct Discovery {
            issuer: String,
            jwks_uri: String,
        }
        let address = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let found: Discovery = document(&self.get(&address)?)
            .ok_or_else(|| format!("{address} answered with something else than a discovery document"))?;
        if found.issuer != issuer {
            return Err(format!("{address} is the document of {}", found.issuer));
        }
        KeySet::read(&self.get(&found.jwks_uri)?)
            .ok_or_else(|| format!("{} answered with something else than a key set", found.jwks_uri))
    }

    fn get(&self, address: &str) -> Result<Vec<u8>, String> {
        let url = Url::parse(address).map_err(|_| format!("{address:?} is no address"))?;
        let reply = self.web.send(&Call {
            method: Method::Get,
            url: &url,
            headers: HeaderMap::new(),
            body: None,
            limit_bytes: MAX_ANSWER_BYTES as u64,
            repeat: Repeat::Harmless,
        });
        let reply = reply.map_err(|fault| fault.to_string())?;
        match reply.status.is_success() {
            true => Ok(reply.body),
            false => Err(format!(
                "{address} answered with status {}",
                reply.status.as_u16()
            )),
        }
    }
}

fn usable_at(known: &Known, age: Option<Duration>) -> Result<Arc<KeySet>, String> {
    match age {
        Some(age) if age < STALE => Ok(Arc::clone(&known.keys)),
        _ => Err("the keys of the issuer could not be had".to_owned()),
    }
}

/// A JSON document without keys twice.
fn document<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Option<T> {
    let limits = Limits {
        bytes: MAX_ANSWER_BYTES,
        depth: MAX_DEPTH,
    };
    strict_json::check(json, limits).ok()?;
    serde_json::from_slice(json).ok()
}
