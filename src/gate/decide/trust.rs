//! The trust root of a gate: loaded at the start, refreshed while it runs, and believed without a refresh only for a while.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

use crate::report::{Code, Finding};
use crate::sigstore::Engine;
use crate::sigstore::trust::{TrustChoice, TrustMaterial, TrustOptions, load};
use crate::subject::Digest;

/// How often a trust root is fetched again. Repositories of trust roots give their metadata days.
const REFRESH: SignedDuration = SignedDuration::from_hours(1);

/// How long a trust root is believed that could not be fetched again. Beyond, nothing is decided.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24);

/// How long to wait before trying again to fetch one.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// A trust root in use.
pub(in crate::gate) struct Trust {
    material: TrustMaterial,
    engine: Engine,
    loaded: Timestamp,
}

impl Trust {
    fn load(choice: &TrustChoice, options: &TrustOptions, now: Timestamp) -> Result<Self, Finding> {
        let material = load(choice, options, now)?;
        let engine = Engine::new(material.root(), material.relaxations())?;
        Ok(Self {
            material,
            engine,
            loaded: now,
        })
    }

    /// SHA-256 of the trusted root.
    pub(super) fn digest(&self) -> &Digest {
        &self.material.report().digest
    }

    pub(super) fn material(&self) -> &TrustMaterial {
        &self.material
    }

    pub(in crate::gate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Until when it is believed without a refresh.
    pub(super) fn until(&self) -> Timestamp {
        self.loaded.checked_add(MAX_AGE).unwrap_or(Timestamp::MAX)
    }

    /// Whether it is old. One from after now is too: the clock was set back.
    fn is_older(&self, age: SignedDuration, now: Timestamp) -> bool {
        let own = now.duration_since(self.loaded);
        own > age || own < -PAUSE
    }
}

/// Keeps the trust root that a configuration names.
pub struct TrustKeeper {
    choice: TrustChoice,
    options: TrustOptions,
    trust: RwLock<Arc<Trust>>,
    /// When it was tried last to fetch it again. Held by whoever tries.
    tried: Mutex<Timestamp>,
}

impl TrustKeeper {
    /// How a gate fetches its trust root, and where in its data directory it keeps what it fetched; a check keeps nothing.
    pub(in crate::gate) fn options(data: Option<&Path>) -> TrustOptions {
        TrustOptions {
            cache_dir: data.map(|data| data.join("tuf")),
            ..TrustOptions::default()
        }
    }

    /// Loads a trust root.
    ///
    /// # Errors
    ///
    /// Why there is none: a gate without one does not start.
    pub fn load(choice: TrustChoice, options: TrustOptions, now: Timestamp) -> Result<Self, Finding> {
        let trust = Trust::load(&choice, &options, now)?;
        Ok(Self {
            choice,
            options,
            trust: RwLock::new(Arc::new(trust)),
            tried: Mutex::new(now),
        })
    }

    /// The trust root that is held, if it needs no refresh.
    pub(super) fn held(&self, now: Timestamp) -> Option<Arc<Trust>> {
        let trust = Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner));
        (!trust.is_older(REFRESH, now)).then_some(trust)
    }

    /// The trust root, refreshed where it is time to. Waits for the repository then.
    pub(in crate::gate) fn current(&self, now: Timestamp) -> Result<Arc<Trust>, Finding> {
        if let Some(trust) = self.held(now) {
            return Ok(trust);
        }
        let refreshed = self.refresh(now);
        let trust = Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner));
        match refreshed {
            Err(finding) if trust.is_older(MAX_AGE, now) => Err(finding),
            _ if trust.is_older(MAX_AGE, now) => Err(Finding::new(
                Code::TrustUnavailable,
                "the trust root could not be fetched again for too long",
            )),
            _ => Ok(trust),
        }
    }

    /// Fetches it again, unless that was tried a moment ago or another thread does.
    fn refresh(&self, now: Timestamp) -> Result<(), Finding> {
        let Ok(mut tried) = self.tried.try_lock() else {
            return Ok(());
        };
        if now.duration_since(*tried).abs() < PAUSE {
            return Ok(());
        }
        *tried = now;
        let trust = Trust::load(&self.choice, &self.options, now)?;
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trust);
        Ok(())
    }
}
