//! Log entries as both generations of Rekor give them out, and their form in a bundle.

use serde_json::{Value, json};

use super::keys::pem;
use super::merkle::Hash;
use super::{Result, b64};

/// What an entry says the signature verifies with.
#[derive(Clone, Debug)]
pub enum Verifier {
    /// A certificate, as DER.
    Certificate(Vec<u8>),
    /// A public key, as SubjectPublicKeyInfo DER.
    PublicKey(Vec<u8>),
}

impl Verifier {
    /// The PEM form that Rekor v1 stores.
    pub fn pem(&self) -> Result<String> {
        match self {
            Self::Certificate(der) => pem("CERTIFICATE", der),
            Self::PublicKey(der) => pem("PUBLIC KEY", der),
        }
    }
}

/// An entry before it is in a log.
#[derive(Clone, Debug)]
pub struct ProposedEntry {
    /// `hashedrekord`, `dsse` or `intoto`.
    pub kind: &'static str,
    /// The version of the kind.
    pub version: &'static str,
    /// The canonicalised body: what becomes a leaf.
    pub body: Vec<u8>,
}

impl ProposedEntry {
    /// An entry around a `spec`, its JSON canonicalised.
    pub fn new(kind: &'static str, version: &'static str, spec: &Value) -> Self {
        let body = canonical(&json!({"apiVersion": version, "kind": kind, "spec": spec}));
        Self {
            kind,
            version,
            body: body.into_bytes(),
        }
    }
}

/// A proof that an entry is in a tree.
#[derive(Clone, Debug)]
pub struct InclusionProof {
    /// The entry's index in this tree; Rekor v1 also has a global one over all its trees.
    pub index: u64,
    /// The tree's size.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
    /// The audit path.
    pub hashes: Vec<Hash>,
    /// The signed tree head.
    pub checkpoint: String,
}

/// An entry in a log, with the log's evidence for it.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// The entry.
    pub entry: ProposedEntry,
    /// The log's id.
    pub log_id: [u8; 32],
    /// The entry's index (over all trees).
    pub index: u64,
    /// Seconds since the epoch; Rekor v1 only.
    pub integrated_time: Option<i64>,
    /// The signed entry timestamp; Rekor v1 only.
    pub set: Option<Vec<u8>>,
    /// The inclusion proof.
    pub proof: Option<InclusionProof>,
}

impl LogEntry {
    /// The entry as `tlogEntries` of a bundle holds it.
    pub fn to_bundle_json(&self) -> Value {
        let mut json = json!({
            "logIndex": self.index.to_string(),
            "logId": {"keyId": b64(self.log_id)},
            "kindVersion": {"kind": self.entry.kind, "version": self.entry.version},
            "canonicalizedBody": b64(&self.entry.body),
        });
        let mut set = |name: &str, value: Value| {
            if let Some(object) = json.as_object_mut() {
                object.insert(name.to_owned(), value);
            }
        };
        if let Some(time) = self.integrated_time {
            set("integratedTime", json!(time.to_string()));
        }
        if let Some(promise) = &self.set {
            set("inclusionPromise", json!({"signedEntryTimestamp": b64(promise)}));
        }
        if let Some(proof) = &self.proof {
            let proof = json!({
                "logIndex": proof.index.to_string(),
                "rootHash": b64(proof.root),
                "treeSize": proof.size.to_string(),
                "hashes": proof.hashes.iter().map(b64).collect::<Vec<_>>(),
                "checkpoint": {"envelope": proof.checkpoint},
            });
            set("inclusionProof", proof);
        }
        json
    }
}

/// Canonical JSON (RFC 8785) for what log entries contain: objects, arrays, strings and integers.
///
/// Written out because the map type of `serde_json` keeps insertion order as soon as any crate in the build asks for it.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut members: Vec<_> = map.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            let members: Vec<_> = members
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}
