//! A TUF repository with keys of its own, signed anew as often as a test likes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sigstore_crypto::KeyPair;
use sigstore_tuf::canonical_json::to_canonical_bytes;

use super::server::{Answer, Answers};

/// A key with the id that the root gives it.
pub(crate) struct Key {
    pair: KeyPair,
    id: String,
}

impl Key {
    pub(crate) fn new(id: &str) -> Self {
        Self {
            pair: KeyPair::generate_ecdsa_p256().unwrap(),
            id: id.to_owned(),
        }
    }

    fn object(&self) -> Value {
        let public = self.pair.public_key_der().unwrap().to_pem();
        json!({"keytype": "ecdsa", "scheme": "ecdsa-sha2-nistp256", "keyval": {"public": public}})
    }

    fn sign(&self, bytes: &[u8]) -> Value {
        json!({"keyid": self.id, "sig": hex::encode(self.pair.sign(bytes).unwrap().as_bytes())})
    }
}

/// A repository; change its fields, then ask for its files.
pub(crate) struct Repository {
    pub(crate) root_keys: Vec<Key>,
    pub(crate) timestamp_key: Key,
    pub(crate) snapshot_key: Key,
    pub(crate) targets_key: Key,
    /// Version of the newest root, and that of all other roles.
    pub(crate) root_version: u64,
    pub(crate) version: u64,
    /// How many timestamp signatures the root demands.
    pub(crate) timestamp_threshold: u64,
    /// By role, and `all` for those not named.
    pub(crate) expires: BTreeMap<&'static str, &'static str>,
    /// The documents by name.
    pub(crate) targets: BTreeMap<String, Vec<u8>>,
    /// A delegated role that lists the documents in place of the top-level one.
    pub(crate) delegated: Option<(String, Key)>,
    /// Roots that were signed before.
    old_roots: Vec<(String, Vec<u8>)>,
}

impl Repository {
    pub(crate) fn new(targets: &[(&str, &str)]) -> Self {
        Self {
            root_keys: vec![Key::new("root-a"), Key::new("root-b")],
            timestamp_key: Key::new("timestamp-a"),
            snapshot_key: Key::new("snapshot-a"),
            targets_key: Key::new("targets-a"),
            root_version: 1,
            version: 5,
            timestamp_threshold: 1,
            expires: BTreeMap::from([("all", "2026-12-01T00:00:00Z"), ("root", "2027-06-01T00:00:00Z")]),
            targets: targets
                .iter()
                .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
                .collect(),
            delegated: None,
            old_roots: Vec::new(),
        }
    }

    fn expires(&self, role: &str) -> &'static str {
        self.expires.get(role).unwrap_or_else(|| &self.expires["all"])
    }

    /// The current root, signed by all root keys.
    pub(crate) fn root(&self) -> Vec<u8> {
        let role = |key: &Key, threshold: u64| json!({"keyids": [key.id], "threshold": threshold});
        let root_ids: Vec<&str> = self.root_keys.iter().map(|key| key.id.as_str()).collect();
        let others = [&self.timestamp_key, &self.snapshot_key, &self.targets_key];
        let keys: BTreeMap<&str, Value> = self
            .root_keys
            .iter()
            .chain(others)
            .map(|key| (key.id.as_str(), key.object()))
            .collect();
        let signed = json!({
            "_type": "root", "spec_version": "1.0.31", "version": self.root_version,
            "expires": self.expires("root"), "consistent_snapshot": true, "keys": keys,
            "roles": {
                "root": {"keyids": root_ids, "threshold": 2},
                "timestamp": role(&self.timestamp_key, self.timestamp_threshold),
                "snapshot": role(&self.snapshot_key, 1),
                "targets": role(&self.targets_key, 1),
            },
        });
        envelope(&signed, &self.root_keys.iter().collect::<Vec<_>>())
    }

    /// Lets a role expire at another time.
    pub(crate) fn expire(&mut self, role: &'static str, time: &'static str) {
        self.expires.insert(role, time);
    }

    /// Keeps the current root as an old one; what is changed afterwards goes into the next.
    pub(crate) fn next_root(&mut self) {
        self.old_roots
            .push((format!("{}.root.json", self.root_version), self.root()));
        self.root_version += 1;
    }

    /// Every file by its path.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let version = self.version;
        let mut files: BTreeMap<String, Vec<u8>> = self.old_roots.iter().cloned().collect();
        files.insert(format!("{}.root.json", self.root_version), self.root());

        let mut listed = BTreeMap::new();
        for (name, bytes) in &self.targets {
            let hash = sigstore_crypto::sha256(bytes).to_hex();
            listed.insert(
                name.clone(),
                json!({"length": bytes.len(), "hashes": {"sha256": hash}}),
            );
            files.insert(format!("targets/{hash}.{name}"), bytes.clone());
        }
        let mut meta = BTreeMap::from([("targets.json".to_owned(), json!({"version": version}))]);
        let mut targets = json!({
            "_type": "targets", "spec_version": "1.0.31", "version": version,
            "expires": self.expires("targets"), "targets": listed,
        });
        if let Some((role, key)) = &self.delegated {
            let mut inner = targets.clone();
            inner["expires"] = json!(self.expires(role));
            let file = role.replace('/', "%2F");
            files.insert(format!("{version}.{file}.json"), envelope(&inner, &[key]));
            meta.insert(format!("{role}.json"), json!({"version": version}));
            targets["targets"] = json!({});
            targets["delegations"] = json!({
                "keys": {&key.id: key.object()},
                "roles": [{
                    "name": role, "keyids": [key.id], "threshold": 1, "terminating": true, "paths": ["*"],
                }],
            });
        }
        files.insert(
            format!("{version}.targets.json"),
            envelope(&targets, &[&self.targets_key]),
        );

        let snapshot = json!({
            "_type": "snapshot", "spec_version": "1.0.31", "version": version,
            "expires": self.expires("snapshot"), "meta": meta,
        });
        files.insert(
            format!("{version}.snapshot.json"),
            envelope(&snapshot, &[&self.snapshot_key]),
        );
        let timestamp = json!({
            "_type": "timestamp", "spec_version": "1.0.31", "version": version,
            "expires": self.expires("timestamp"), "meta": {"snapshot.json": {"version": version}},
        });
        files.insert(
            "timestamp.json".to_owned(),
            envelope(&timestamp, &[&self.timestamp_key]),
        );
        files
    }

    /// Every file as an answer of the server.
    pub(crate) fn answers(&self) -> Answers {
        self.files()
            .into_iter()
            .map(|(path, bytes)| (path, Answer::File(bytes)))
            .collect()
    }
}

/// Signed metadata.
pub(crate) fn envelope(signed: &Value, keys: &[&Key]) -> Vec<u8> {
    let bytes = to_canonical_bytes(signed).unwrap();
    let signatures: Vec<Value> = keys.iter().map(|key| key.sign(&bytes)).collect();
    serde_json::to_vec(&json!({"signed": signed, "signatures": signatures})).unwrap()
}
