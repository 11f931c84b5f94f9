//! Rekor v1: entries get a time and a promise (SET) at once, and a proof under an ECDSA-signed checkpoint.

use jiff::Timestamp;
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::entry::{InclusionProof, LogEntry, ProposedEntry, Verifier, canonical};
use super::keys::{KeyKind, PrivateKey, digest};
use super::merkle::MerkleTree;
use super::note;
use super::seed::{Seed, sha256};
use super::{Error, Result, b64};

/// The log's host name, first word of its checkpoints.
pub const HOST: &str = "rekor.sandbox.example";
/// How many entries the trees before the current one held: what the global index is ahead of the tree's own.
const EARLIER_ENTRIES: u64 = 1_000_000;
/// Entries of others around ours, so that proofs are never trivial.
const STRANGERS: usize = 5;

/// A Rekor v1 log with one active tree.
#[derive(Clone, Debug)]
pub struct RekorV1 {
    key: PrivateKey,
    tree_id: u64,
    tree: MerkleTree,
}

impl RekorV1 {
    /// A log that already holds a few entries of others.
    pub fn new(seed: &Seed) -> Result<Self> {
        let mut log = Self {
            key: PrivateKey::derive(seed, "rekor v1", KeyKind::P256)?,
            tree_id: u64::from_be_bytes(seed.bytes("rekor v1 tree id")) >> 1,
            tree: MerkleTree::default(),
        };
        log.grow(STRANGERS);
        Ok(log)
    }

    /// The log's key.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The log's id: SHA-256 of its key.
    pub fn log_id(&self) -> [u8; 32] {
        self.key.key_id()
    }

    /// The id of the active tree, with which entry ids begin.
    pub fn tree_id(&self) -> u64 {
        self.tree_id
    }

    /// The tree.
    pub fn tree(&self) -> &MerkleTree {
        &self.tree
    }

    /// Lets others append `entries` entries.
    pub fn grow(&mut self, entries: usize) {
        for _ in 0..entries {
            let entry = format!("entry {} of someone else", self.tree.size());
            self.tree.append(entry.as_bytes());
        }
    }

    /// Appends an entry and gives all evidence for it; two more entries arrive before the checkpoint.
    pub fn log(&mut self, entry: ProposedEntry, at: Timestamp) -> Result<LogEntry> {
        let index = self.tree.append(&entry.body);
        self.grow(2);
        let integrated_time = at.as_second();
        Ok(LogEntry {
            log_id: self.log_id(),
            index: EARLIER_ENTRIES + index,
            integrated_time: Some(integrated_time),
            set: Some(self.promise(&entry.body, EARLIER_ENTRIES + index, integrated_time)?),
            proof: Some(self.prove(index)?),
            entry,
        })
    }

    /// The signed entry timestamp: a signature over the entry as Rekor's API returns it, canonicalised.
    fn promise(&self, body: &[u8], index: u64, integrated_time: i64) -> Result<Vec<u8>> {
        let payload = json!({
            "body": b64(body),
            "integratedTime": integrated_time,
            "logID": hex::encode(self.log_id()),
            "logIndex": index,
        });
        self.key.sign(canonical(&payload).as_bytes())
    }

    /// The proof for entry `index` of the tree at its present size.
    pub fn prove(&self, index: u64) -> Result<InclusionProof> {
        Ok(InclusionProof {
            index,
            size: self.tree.size(),
            root: self.tree.root(),
            hashes: self
                .tree
                .inclusion_proof(index)
                .ok_or(Error::Missing("log entry"))?,
            checkpoint: self.checkpoint()?,
        })
    }

    /// The signed tree head. Rekor v1 puts the tree's id into the origin, but not into the signer's name.
    pub fn checkpoint(&self) -> Result<String> {
        let origin = format!("{HOST} - {}", self.tree_id);
        let body = note::checkpoint_body(&origin, self.tree.size(), &self.tree.root());
        Ok(note::note(
            &body,
            &[note::signature_line(HOST, &self.key, &body)?],
        ))
    }
}

/// A `hashedrekord` 0.0.1 entry: signature over an artifact known by its digest.
pub fn hashedrekord(
    artifact: &[u8],
    algorithm: HashAlgorithm,
    signature: &[u8],
    verifier: &Verifier,
) -> Result<ProposedEntry> {
    hashedrekord_of_digest(&digest(algorithm, artifact)?, algorithm, signature, verifier)
}

/// The same for an artifact of which only the digest is known, as the log itself gets it.
pub fn hashedrekord_of_digest(
    digest: &[u8],
    algorithm: HashAlgorithm,
    signature: &[u8],
    verifier: &Verifier,
) -> Result<ProposedEntry> {
    let value = hex::encode(digest);
    let spec = json!({
        "data": {"hash": {"algorithm": algorithm.as_rekor_str(), "value": value}},
        "signature": {"content": b64(signature), "publicKey": {"content": b64(verifier.pem()?)}},
    });
    Ok(ProposedEntry::new("hashedrekord", "0.0.1", &spec))
}

/// A `dsse` 0.0.1 entry: hashes of the envelope and of its payload, and the signature.
pub fn dsse(envelope: &[u8], payload: &[u8], signature: &[u8], verifier: &Verifier) -> Result<ProposedEntry> {
    let signature = json!({"signature": b64(signature), "verifier": b64(verifier.pem()?)});
    Ok(dsse_of_signatures(envelope, payload, &[signature]))
}

/// The same with several signatures, each an object of signature and verifier, sorted by signature.
pub fn dsse_of_signatures(envelope: &[u8], payload: &[u8], signatures: &[Value]) -> ProposedEntry {
    let spec = json!({
        "envelopeHash": hash(envelope),
        "payloadHash": hash(payload),
        "signatures": signatures,
    });
    ProposedEntry::new("dsse", "0.0.1", &spec)
}

/// An `intoto` 0.0.2 entry: like `dsse`, with the signature in base64 twice, as Rekor stores it.
pub fn intoto(
    envelope: &[u8],
    payload_type: &str,
    payload: &[u8],
    signature: &[u8],
    verifier: &Verifier,
) -> Result<ProposedEntry> {
    let spec = json!({"content": {
        "envelope": {
            "payloadType": payload_type,
            "signatures": [{"publicKey": b64(verifier.pem()?), "sig": b64(b64(signature))}],
        },
        "hash": hash(envelope),
        "payloadHash": hash(payload),
    }});
    Ok(ProposedEntry::new("intoto", "0.0.2", &spec))
}

fn hash(bytes: &[u8]) -> Value {
    json!({"algorithm": "sha256", "value": hex::encode(sha256(bytes))})
}
