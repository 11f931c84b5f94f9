//! Checkpoints: tree heads in the signed note format of the transparency-dev community (C2SP `signed-note`,
//! `tlog-checkpoint` and `tlog-cosignature`).

use jiff::Timestamp;
use sigstore_types::HashAlgorithm;

use super::keys::{KeyKind, PrivateKey};
use super::merkle::Hash;
use super::seed::sha256;
use super::{Result, b64};

/// The type byte of Ed25519 note keys.
const ED25519: u8 = 1;
/// The type byte of Ed25519 cosignatures.
const COSIGNATURE: u8 = 4;

/// The unsigned text of a checkpoint, with its final newline.
pub fn checkpoint_body(origin: &str, size: u64, root: &Hash) -> String {
    format!("{origin}\n{size}\n{}\n", b64(root))
}

/// The id of a note key, whose first four bytes are the hint in a signature line.
///
/// Ed25519 keys hash name, type and key; ECDSA keys hash the SubjectPublicKeyInfo alone, which is also what Rekor v1 uses.
pub fn key_id(name: &str, key: &PrivateKey) -> [u8; 32] {
    match key.raw_ed25519() {
        Some(raw) => typed_key_id(name, ED25519, &raw),
        None => key.key_id(),
    }
}

fn typed_key_id(name: &str, kind: u8, raw: &[u8; 32]) -> [u8; 32] {
    sha256(&[name.as_bytes(), b"\n", &[kind], raw.as_slice()].concat())
}

/// A signature line over `body`.
pub fn signature_line(name: &str, key: &PrivateKey, body: &str) -> Result<String> {
    let hash = if key.kind() == KeyKind::P384 {
        HashAlgorithm::Sha2384
    } else {
        HashAlgorithm::Sha2256
    };
    let signature = key.sign_with(body.as_bytes(), hash)?;
    Ok(line(name, &key_id(name, key), &signature))
}

/// A witness's cosignature line: a promise to have seen this tree head at a time.
pub fn cosignature_line(name: &str, key: &PrivateKey, body: &str, at: Timestamp) -> Result<String> {
    let message = format!("cosignature/v1\ntime {}\n{body}", at.as_second());
    let signature = [
        &at.as_second().to_be_bytes(),
        key.sign(message.as_bytes())?.as_slice(),
    ]
    .concat();
    let id = key
        .raw_ed25519()
        .map_or_else(|| key.key_id(), |raw| typed_key_id(name, COSIGNATURE, &raw));
    Ok(line(name, &id, &signature))
}

/// The note: text, blank line, signatures.
pub fn note(body: &str, lines: &[String]) -> String {
    format!("{body}\n{}", lines.concat())
}

fn line(name: &str, id: &[u8; 32], signature: &[u8]) -> String {
    let hint = id.first_chunk::<4>().copied().unwrap_or_default();
    format!("\u{2014} {name} {}\n", b64([&hint, signature].concat()))
}
