//! A whole Sigstore instance: the parts that belong together, and their trusted root.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::Result;
use super::ca::CertificateAuthority;
use super::ct::CtLog;
use super::keys::{KeyKind, PrivateKey};
use super::rekor_v1::RekorV1;
use super::rekor_v2::RekorV2;
use super::seed::Seed;
use super::trust;
use super::tsa::TimestampAuthority;

/// A certificate authority, CT log, two signature logs and a timestamp authority that belong together.
///
/// The parts are public: a test may take one from another instance, and servers call them directly.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The certificate authority.
    pub ca: CertificateAuthority,
    /// The certificate transparency log.
    pub ct: CtLog,
    /// The old signature log.
    pub rekor_v1: RekorV1,
    /// The new signature log.
    pub rekor_v2: RekorV2,
    /// The timestamp authority.
    pub tsa: TimestampAuthority,
    pub(super) seed: Seed,
    pub(super) now: Timestamp,
    pub(super) signatures: u64,
}

/// Which kinds of keys the parts of an instance have.
#[derive(Clone, Copy, Debug)]
pub struct InstanceKeys {
    /// The certificate authority's root and intermediate.
    pub ca: KeyKind,
    /// The Rekor v2 log.
    pub rekor_v2: KeyKind,
    /// The timestamp authority.
    pub tsa: KeyKind,
}

impl Default for InstanceKeys {
    /// As on the public instance.
    fn default() -> Self {
        Self {
            ca: KeyKind::P384,
            rekor_v2: KeyKind::Ed25519,
            tsa: KeyKind::P384,
        }
    }
}

impl Instance {
    /// The instance that `seed` gives, a year old at `now`.
    ///
    /// Verifiers refuse log entries from the future, so `now` must not be later than the machine's clock.
    pub fn new(seed: u64, now: Timestamp) -> Result<Self> {
        Self::with_keys(seed, now, InstanceKeys::default())
    }

    /// The same with other kinds of keys.
    pub fn with_keys(seed: u64, now: Timestamp, keys: InstanceKeys) -> Result<Self> {
        let seed = Seed::new(seed);
        let start = now - SignedDuration::from_hours(24 * 365);
        Ok(Self {
            ca: CertificateAuthority::new(&seed, keys.ca, start)?,
            ct: CtLog::new(&seed)?,
            rekor_v1: RekorV1::new(&seed)?,
            rekor_v2: RekorV2::new(&seed, keys.rekor_v2)?,
            tsa: TimestampAuthority::new(&seed, keys.tsa, start)?,
            seed,
            now,
            signatures: 0,
        })
    }

    /// The time the instance was made for.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The seed, for parts that are made later.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The key named `label`, for managed keys.
    pub fn key(&self, label: &str, kind: KeyKind) -> Result<PrivateKey> {
        PrivateKey::derive(&self.seed, &format!("key {label}"), kind)
    }

    /// The trusted root, as JSON.
    pub fn trusted_root_json(&self) -> Result<Value> {
        trust::trusted_root(self, self.start())
    }

    /// The trusted root and the service addresses, as JSON for sigstore-python's `--trust-config`.
    pub fn client_trust_config_json(&self) -> Result<Value> {
        Ok(trust::client_trust_config(
            &self.trusted_root_json()?,
            self.start(),
        ))
    }

    /// When its parts begin to be valid.
    pub fn start(&self) -> Timestamp {
        self.now - SignedDuration::from_hours(24 * 365)
    }
}
