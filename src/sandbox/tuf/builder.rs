//! Making and signing the metadata files (TUF section 4).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sigstore_tuf::canonical_json;

use super::{Hostile, TufOptions};
use crate::sandbox::keys::{KeyKind, PrivateKey};
use crate::sandbox::seed::{Seed, sha256};
use crate::sandbox::{Error, Result};

/// The four top-level roles.
const ROLES: [&str; 4] = ["root", "timestamp", "snapshot", "targets"];

pub(super) struct Builder<'a> {
    pub(super) seed: Seed,
    pub(super) options: &'a TufOptions,
    pub(super) files: BTreeMap<String, Vec<u8>>,
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

    pub(super) fn roots(&mut self) -> Result<()> {
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

    pub(super) fn targets(&mut self, targets: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
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

    pub(super) fn snapshot(&mut self, targets: &[u8]) -> Result<Vec<u8>> {
        let version = self.options.version_of(Hostile::SnapshotRolledBack);
        let targets_version = self.options.version_of(Hostile::TargetsRolledBack);
        let meta = json!({"targets.json": file_json(targets_version, targets)});
        let signed = self.signed("snapshot", version, "meta", meta);
        self.publish("snapshot", format!("{version}.snapshot.json"), &signed)
    }

    pub(super) fn timestamp(&mut self, snapshot: &[u8]) -> Result<()> {
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
