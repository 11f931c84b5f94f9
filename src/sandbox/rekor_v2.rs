//! Rekor v2 (tiles): no time and no promise, only a proof under a checkpoint that witnesses may cosign.

use jiff::Timestamp;
use serde_json::{Value, json};
use sigstore_types::HashAlgorithm;

use super::entry::{InclusionProof, LogEntry, ProposedEntry, Verifier};
use super::keys::{KeyKind, PrivateKey, digest};
use super::merkle::MerkleTree;
use super::note;
use super::seed::Seed;
use super::{Error, Result, b64};

/// The log's name: origin of its checkpoints and name of its key.
pub const ORIGIN: &str = "log2025-1.rekor.sandbox.example";
/// The witness's name.
const WITNESS: &str = "witness.sandbox.example";
/// Entries of others before ours.
const STRANGERS: usize = 5;

/// A Rekor v2 log.
#[derive(Clone, Debug)]
pub struct RekorV2 {
    key: PrivateKey,
    witness: PrivateKey,
    tree: MerkleTree,
}

impl RekorV2 {
    /// A log with a key of `kind` (Ed25519 on the public instance) that already holds a few entries of others.
    pub fn new(seed: &Seed, kind: KeyKind) -> Result<Self> {
        let mut log = Self {
            key: PrivateKey::derive(seed, "rekor v2", kind)?,
            witness: PrivateKey::derive(seed, "rekor v2 witness", KeyKind::Ed25519)?,
            tree: MerkleTree::default(),
        };
        log.grow(STRANGERS);
        Ok(log)
    }

    /// The log's key.
    pub fn key(&self) -> &PrivateKey {
        &self.key
    }

    /// The log's id: the id of its note key, of which a checkpoint shows the first four bytes.
    pub fn log_id(&self) -> [u8; 32] {
        note::key_id(ORIGIN, &self.key)
    }

    /// The tree.
    pub fn tree(&self) -> &MerkleTree {
        &self.tree
    }

    /// Lets others append `entries` entries.
    pub fn grow(&mut self, entries: usize) {
        for _ in 0..entries {
            let entry = strangers_entry(self.tree.size());
            self.tree.append(&entry);
        }
    }

    /// Appends an entry and gives the proof for it; `witnessed_at` adds a witness's cosignature.
    pub fn log(&mut self, entry: ProposedEntry, witnessed_at: Option<Timestamp>) -> Result<LogEntry> {
        let index = self.tree.append(&entry.body);
        self.grow(2);
        Ok(LogEntry {
            log_id: self.log_id(),
            index,
            integrated_time: None,
            set: None,
            proof: Some(self.prove(index, witnessed_at)?),
            entry,
        })
    }

    /// The proof for entry `index` of the tree at its present size.
    pub fn prove(&self, index: u64, witnessed_at: Option<Timestamp>) -> Result<InclusionProof> {
        Ok(InclusionProof {
            index,
            size: self.tree.size(),
            root: self.tree.root(),
            hashes: self
                .tree
                .inclusion_proof(index)
                .ok_or(Error::Missing("log entry"))?,
            checkpoint: self.checkpoint(witnessed_at)?,
        })
    }

    /// The signed tree head.
    pub fn checkpoint(&self, witnessed_at: Option<Timestamp>) -> Result<String> {
        let body = note::checkpoint_body(ORIGIN, self.tree.size(), &self.tree.root());
        let mut lines = vec![note::signature_line(ORIGIN, &self.key, &body)?];
        if let Some(at) = witnessed_at {
            lines.push(note::cosignature_line(WITNESS, &self.witness, &body, at)?);
        }
        Ok(note::note(&body, &lines))
    }
}

/// What someone else put into the log as entry `index`.
pub fn strangers_entry(index: u64) -> Vec<u8> {
    format!("entry {index} of someone else").into_bytes()
}

/// A `hashedrekord` 0.0.2 entry: `message` is the artifact, or the PAE of a DSSE envelope.
pub fn hashedrekord(
    message: &[u8],
    hash: HashAlgorithm,
    signature: &[u8],
    verifier: &Verifier,
    kind: KeyKind,
) -> Result<ProposedEntry> {
    let digest = digest(hash, message)?;
    Ok(hashedrekord_of_digest(
        &digest,
        hash,
        signature,
        verifier,
        kind.key_details(),
    ))
}

/// The same for a message of which only the digest is known, as the log itself gets it.
pub fn hashedrekord_of_digest(
    digest: &[u8],
    hash: HashAlgorithm,
    signature: &[u8],
    verifier: &Verifier,
    key_details: &str,
) -> ProposedEntry {
    let spec = json!({"hashedRekordV002": {
        "data": {"algorithm": hash.to_string(), "digest": b64(digest)},
        "signature": signature_json(signature, verifier, key_details),
    }});
    ProposedEntry::new("hashedrekord", "0.0.2", &spec)
}

/// A `dsse` 0.0.2 entry: hash of the payload and the signature.
pub fn dsse(
    payload: &[u8],
    signature: &[u8],
    verifier: &Verifier,
    key_details: &str,
) -> Result<ProposedEntry> {
    let hash = HashAlgorithm::Sha2256;
    let spec = json!({"dsseV002": {
        "payloadHash": {"algorithm": hash.to_string(), "digest": b64(digest(hash, payload)?)},
        "signatures": [signature_json(signature, verifier, key_details)],
    }});
    Ok(ProposedEntry::new("dsse", "0.0.2", &spec))
}

fn signature_json(signature: &[u8], verifier: &Verifier, key_details: &str) -> Value {
    let verifier = match verifier {
        Verifier::Certificate(der) => {
            json!({"keyDetails": key_details, "x509Certificate": {"rawBytes": b64(der)}})
        }
        Verifier::PublicKey(der) => {
            json!({"keyDetails": key_details, "publicKey": {"rawBytes": b64(der)}})
        }
    };
    json!({"content": b64(signature), "verifier": verifier})
}
