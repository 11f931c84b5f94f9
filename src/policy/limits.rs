//! Limits that a policy may tighten.

use crate::registry::limits::MAX_EVIDENCE_BYTES;
use crate::sigstore::bundle::{MAX_BUNDLE_FILE_BYTES, MAX_BUNDLES_PER_FILE};

/// Caps on what a verification may cost. A policy can lower them and never raise them above what is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// `artifact-bytes`: largest file that is hashed, in bytes. No limit is built in: hashing takes constant memory.
    pub artifact_bytes: u64,
    /// `bundle-file-bytes`: largest bundle file, in bytes.
    pub bundle_file_bytes: u64,
    /// `evidence-bytes`: largest signature or attestation in a layout or registry, in bytes.
    pub evidence_bytes: u64,
    /// `candidates`: most candidates that are examined for one digest.
    pub candidates: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            artifact_bytes: u64::MAX,
            bundle_file_bytes: MAX_BUNDLE_FILE_BYTES,
            evidence_bytes: MAX_EVIDENCE_BYTES,
            candidates: MAX_BUNDLES_PER_FILE as u64,
        }
    }
}

impl Limits {
    /// The keys of the `[limits]` table.
    pub(super) const KEYS: [&'static str; 4] = [
        "artifact-bytes",
        "bundle-file-bytes",
        "evidence-bytes",
        "candidates",
    ];

    /// The limit that a key sets.
    pub(super) fn by_key(&mut self, key: &str) -> Option<&mut u64> {
        match key {
            "artifact-bytes" => Some(&mut self.artifact_bytes),
            "bundle-file-bytes" => Some(&mut self.bundle_file_bytes),
            "evidence-bytes" => Some(&mut self.evidence_bytes),
            "candidates" => Some(&mut self.candidates),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_sets_a_limit_of_its_own() {
        let mut limits = Limits::default();
        for (number, key) in Limits::KEYS.iter().enumerate() {
            *limits.by_key(key).unwrap() = number as u64;
        }
        for (number, key) in Limits::KEYS.iter().enumerate() {
            assert_eq!(*limits.by_key(key).unwrap(), number as u64, "{key}");
        }
        assert_eq!(limits.by_key("bytes"), None);
    }
}
