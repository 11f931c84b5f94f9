//! A TUF repository in memory, honest or hostile (The Update Framework 1.0.31).

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sigstore_tuf::canonical_json;
use sigstore_tuf::transport::FetchFuture;

use super::keys::{KeyKind, PrivateKey};
use super::seed::{Seed, sha256};
use super::{Error, Instance, Result};

/// The four top-level roles.
const ROLES: [&str; 4] = ["root", "timestamp", "snapshot", "targets"];

/// What a repository does to its clients. Each is something that a client must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hostile {
    /// A timestamp older than what clients have seen (TUF section 5.4.3.1; CVE-2022-29173).
    TimestampRolledBack,
    /// A new timestamp that names an old snapshot (5.4.3.2).
    SnapshotRolledBack,
    /// A new snapshot that names old targets (5.5.5).
    TargetsRolledBack,
    /// An expired root (5.3.10).
    RootExpired,
    /// An expired timestamp: a freeze attack (5.4.4).
    TimestampExpired,
    /// An expired snapshot (5.5.6).
    SnapshotExpired,
    /// Expired targets (5.6.6).
    TargetsExpired,
    /// One key signs twice under its id, to meet a threshold of two (GHSA-3633-5h82-39pq, CVE-2020-15093).
    DuplicateSignatures,
    /// Too few signatures.
    BelowThreshold,
    /// Signatures by keys that the root does not list, under the ids of those it does.
    WrongKey,
    /// A threshold of zero in the newest root (CVE-2026-23992).
    ZeroThreshold,
    /// A new root that the previous root's keys did not sign (5.3.4).
    RootNotSignedByPredecessor,
    /// A root file under the name of another version (5.3.5).
    RootVersionSkipped,
    /// A snapshot whose bytes are not those that the timestamp names: mix and match (5.5.2).
    SnapshotMixed,
    /// A target whose bytes are not those that the targets name (5.7.2).
    WrongTargetHash,
    /// A target longer than the targets say: endless data (5.7.2).
    OversizedTarget,
    /// The target under a name that leads out of a cache directory (CVE-2026-24137, CVE-2026-24686).
    PathTraversal,
    /// Metadata that is not JSON (CVE-2026-23991).
    MalformedTimestamp,
}

impl Hostile {
    /// Every variant.
    pub const ALL: [Self; 18] = [
        Self::TimestampRolledBack,
        Self::SnapshotRolledBack,
        Self::TargetsRolledBack,
        Self::RootExpired,
        Self::TimestampExpired,
        Self::SnapshotExpired,
        Self::TargetsExpired,
        Self::DuplicateSignatures,
        Self::BelowThreshold,
        Self::WrongKey,
        Self::ZeroThreshold,
        Self::RootNotSignedByPredecessor,
        Self::RootVersionSkipped,
        Self::SnapshotMixed,
        Self::WrongTargetHash,
        Self::OversizedTarget,
        Self::PathTraversal,
        Self::MalformedTimestamp,
    ];

    /// The role that is expired.
    fn expired(self) -> Option<&'static str> {
        match self {
            Self::RootExpired => Some("root"),
            Self::TimestampExpired => Some("timestamp"),
            Self::SnapshotExpired => Some("snapshot"),
            Self::TargetsExpired => Some("targets"),
            _ => None,
        }
    }
}

/// How a repository is made.
#[derive(Clone, Debug)]
pub struct TufOptions {
    /// When; expiry counts from here.
    pub now: Timestamp,
    /// The newest root. Every version has new root keys and is signed by those of its predecessor too.
    pub root_version: u64,
    /// The version of timestamp, snapshot and targets.
    pub version: u64,
    /// Signatures demanded of every role, and how many keys each has.
    pub threshold: usize,
    /// The kind of all keys.
    pub key_kind: KeyKind,
    /// How long each role is valid; a role that is not named is valid for 30 days.
    pub validity: BTreeMap<&'static str, SignedDuration>,
    /// What is wrong with it.
    pub hostile: Option<Hostile>,
}

impl TufOptions {
    /// An honest repository at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            root_version: 1,
            version: 2,
            threshold: 2,
            key_kind: KeyKind::Ed25519,
            validity: BTreeMap::new(),
            hostile: None,
        }
    }

    /// Makes it hostile.
    #[must_use]
    pub fn hostile(mut self, hostile: Hostile) -> Self {
        self.hostile = Some(hostile);
        self
    }

    fn is(&self, hostile: Hostile) -> bool {
        self.hostile == Some(hostile)
    }

    /// The version of a role: 1 where it is rolled back.
    fn version_of(&self, hostile: Hostile) -> u64 {
        if self.is(hostile) { 1 } else { self.version }
    }

    fn expires(&self, role: &str) -> String {
        let validity = match self.hostile.and_then(Hostile::expired) {
            Some(expired) if expired == role => SignedDuration::from_hours(-1),
            _ => self
                .validity
                .get(role)
                .copied()
                .unwrap_or(SignedDuration::from_hours(24 * 30)),
        };
        // Whole seconds only (TUF section 4.2.1).
        (self.now + validity).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

/// A repository: file names and their bytes, targets under `targets/`.
#[derive(Clone, Debug)]
pub struct TufRepository {
    files: BTreeMap<String, Vec<u8>>,
}

impl TufRepository {
    /// A repository that distributes `targets`.
    pub fn new(seed: &Seed, targets: &BTreeMap<String, Vec<u8>>, options: &TufOptions) -> Result<Self> {
        let mut builder = Builder {
            seed: seed.child("tuf"),
            options,
            files: BTreeMap::new(),
        };
        builder.roots()?;
        let targets = builder.targets(targets)?;
        let snapshot = builder.snapshot(&targets)?;
        builder.timestamp(&snapshot)?;
        Ok(Self { files: builder.files })
    }

    /// The files by name, as a web server would have them.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// The first root, which clients ship.
    pub fn initial_root(&self) -> Result<&[u8]> {
        self.files
            .get("1.root.json")
            .map(Vec::as_slice)
            .ok_or(Error::Missing("root"))
    }

    fn fetch(&self, name: &str, max_length: u64) -> sigstore_tuf::Result<Option<Vec<u8>>> {
        match self.files.get(name) {
            Some(bytes) if bytes.len() as u64 > max_length => Err(sigstore_tuf::Error::transport(format!(
                "{name} is longer than {max_length} bytes"
            ))),
            found => Ok(found.cloned()),
        }
    }
}

impl sigstore_tuf::Repository for TufRepository {
    fn fetch_metadata<'a>(&'a self, name: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.fetch(name, max_length) })
    }

    fn fetch_target<'a>(&'a self, path: &'a str, max_length: u64) -> FetchFuture<'a> {
        Box::pin(async move { self.fetch(&format!("targets/{path}"), max_length) })
    }
}

impl Instance {
    /// A repository with this instance's `trusted_root.json`.
    pub fn tuf_repository(&self, options: &TufOptions) -> Result<TufRepository> {
        let root = self.trusted_root_json()?.to_string().into_bytes();
        let targets = BTreeMap::from([("trusted_root.json".to_owned(), root)]);
        TufRepository::new(self.seed(), &targets, options)
    }
}

struct Builder<'a> {
    seed: Seed,
    options: &'a TufOptions,
    files: BTreeMap<String, Vec<u8>>,
}

impl Builder<'_> {
    /// The keys of a role; those of the root role change with every version of the root.
    fn keys(&self, role: &str, root_version: u64) -> Result<Vec<PrivateKey>> {
        let epoch = if role == "root" { root_version } else { 0 };
        (0..self.options.threshold)
            .map(|number| {
                PrivateKey::derive(
                    &self.seed,
                    &format!("{role} {epoch} {number}"),
                    self.options.key_kind,
                )
            })
            .collect()
    }

    fn roots(&mut self) -> Result<()> {
        for version in 1..=self.options.root_version {
            let newest = version == self.options.root_version;
            let signed = self.root(version, newest)?;
            let mut signers = self.keys("root", version)?;
            let forgotten = newest && self.options.is(Hostile::RootNotSignedByPredecessor);
            if version > 1 && !forgotten {
                signers.extend(self.keys("root", version - 1)?);
            }
            let signatures = signers
                .iter()
                .map(|key| signature(key, &signed))
                .collect::<Result<Vec<_>>>()?;
            self.store(format!("{version}.root.json"), &signed, &signatures)?;
        }
        Ok(())
    }

    fn root(&self, version: u64, newest: bool) -> Result<Value> {
        let mut keys = serde_json::Map::new();
        let mut roles = serde_json::Map::new();
        for role in ROLES {
            let mut ids = Vec::new();
            for key in self.keys(role, version)? {
                let json = key_json(&key)?;
                let id = key_id(&json)?;
                keys.insert(id.clone(), json);
                ids.push(id);
            }
            let zero = newest && role == "timestamp" && self.options.is(Hostile::ZeroThreshold);
            let threshold = if zero { 0 } else { self.options.threshold };
            roles.insert(role.to_owned(), json!({"keyids": ids, "threshold": threshold}));
        }
        let skipped = newest && version > 1 && self.options.is(Hostile::RootVersionSkipped);
        Ok(json!({
            "_type": "root",
            "spec_version": "1.0.31",
            "version": if skipped { version + 1 } else { version },
            "expires": self.options.expires("root"),
            "consistent_snapshot": true,
            "keys": keys,
            "roles": roles,
        }))
    }

    fn targets(&mut self, targets: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
        let version = self.options.version_of(Hostile::TargetsRolledBack);
        let mut listed = serde_json::Map::new();
        for (name, bytes) in targets {
            let hash = hex::encode(sha256(bytes));
            let mut stored = bytes.clone();
            match self.options.hostile {
                Some(Hostile::WrongTargetHash) => {
                    if let Some(byte) = stored.last_mut() {
                        *byte ^= 1;
                    }
                }
                Some(Hostile::OversizedTarget) => stored.extend_from_slice(&[b' '; 4096]),
                _ => {}
            }
            let name = if self.options.is(Hostile::PathTraversal) {
                format!("../../{name}")
            } else {
                name.clone()
            };
            let file = match name.rsplit_once('/') {
                Some((directory, file)) => format!("targets/{directory}/{hash}.{file}"),
                None => format!("targets/{hash}.{name}"),
            };
            self.files.insert(file, stored);
            listed.insert(name, json!({"length": bytes.len(), "hashes": {"sha256": hash}}));
        }
        let signed = self.signed("targets", version, "targets", Value::from(listed));
        self.publish("targets", format!("{version}.targets.json"), &signed)
    }

    fn snapshot(&mut self, targets: &[u8]) -> Result<Vec<u8>> {
        let version = self.options.version_of(Hostile::SnapshotRolledBack);
        let targets_version = self.options.version_of(Hostile::TargetsRolledBack);
        let meta = json!({"targets.json": file_json(targets_version, targets)});
        let signed = self.signed("snapshot", version, "meta", meta);
        self.publish("snapshot", format!("{version}.snapshot.json"), &signed)
    }

    fn timestamp(&mut self, snapshot: &[u8]) -> Result<()> {
        let version = self.options.version_of(Hostile::TimestampRolledBack);
        let snapshot_version = self.options.version_of(Hostile::SnapshotRolledBack);
        let mut pinned = snapshot.to_vec();
        if self.options.is(Hostile::SnapshotMixed) {
            pinned.push(b'\n');
        }
        let meta = json!({"snapshot.json": file_json(snapshot_version, &pinned)});
        let signed = self.signed("timestamp", version, "meta", meta);
        self.publish("timestamp", "timestamp.json".to_owned(), &signed)?;
        if self.options.is(Hostile::MalformedTimestamp) {
            self.files
                .insert("timestamp.json".to_owned(), b"{\"signed\": [".to_vec());
        }
        Ok(())
    }

    fn signed(&self, role: &str, version: u64, member: &str, value: Value) -> Value {
        json!({
            "_type": role,
            "spec_version": "1.0.31",
            "version": version,
            "expires": self.options.expires(role),
            member: value,
        })
    }

    /// Signs for a role and stores the file. What is wrong with signatures shows on the timestamp, which clients read first.
    fn publish(&mut self, role: &str, name: String, signed: &Value) -> Result<Vec<u8>> {
        let keys = self.keys(role, 0)?;
        let mut signatures = keys
            .iter()
            .map(|key| signature(key, signed))
            .collect::<Result<Vec<_>>>()?;
        match self.options.hostile {
            Some(Hostile::DuplicateSignatures) if role == "timestamp" => {
                let first = signatures.first().cloned();
                signatures = [first.clone(), first].into_iter().flatten().collect();
            }
            Some(Hostile::BelowThreshold) if role == "timestamp" => signatures.truncate(1),
            Some(Hostile::WrongKey) if role == "timestamp" => {
                let stranger = PrivateKey::derive(&self.seed, "stranger", self.options.key_kind)?;
                let forged = signature(&stranger, signed)?;
                for signature in &mut signatures {
                    if let (Some(target), Some(sig)) = (signature.get_mut("sig"), forged.get("sig")) {
                        *target = sig.clone();
                    }
                }
            }
            _ => {}
        }
        self.store(name, signed, &signatures)
    }

    fn store(&mut self, name: String, signed: &Value, signatures: &[Value]) -> Result<Vec<u8>> {
        let file = serde_json::to_vec(&json!({"signed": signed, "signatures": signatures}))?;
        self.files.insert(name, file.clone());
        Ok(file)
    }
}

/// A pin of a metadata file.
fn file_json(version: u64, bytes: &[u8]) -> Value {
    json!({"version": version, "length": bytes.len(), "hashes": {"sha256": hex::encode(sha256(bytes))}})
}

/// A key as TUF writes it: Ed25519 in hex, others as PEM.
fn key_json(key: &PrivateKey) -> Result<Value> {
    match (key.kind(), key.raw_ed25519()) {
        (_, Some(raw)) => {
            Ok(json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex::encode(raw)}}))
        }
        (KeyKind::P256, _) => Ok(json!({
            "keytype": "ecdsa",
            "scheme": "ecdsa-sha2-nistp256",
            "keyval": {"public": key.public_pem()?},
        })),
        _ => Err(Error::Missing("TUF scheme for this kind of key")),
    }
}

fn key_id(key: &Value) -> Result<String> {
    Ok(hex::encode(sha256(&canonical_json::to_canonical_bytes(key)?)))
}

fn signature(key: &PrivateKey, signed: &Value) -> Result<Value> {
    let bytes = canonical_json::to_canonical_bytes(signed)?;
    Ok(json!({"keyid": key_id(&key_json(key)?)?, "sig": hex::encode(key.sign(&bytes)?)}))
}
