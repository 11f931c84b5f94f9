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
    /// `sbom-bytes`: largest SBOM, in bytes.
    pub sbom_bytes: u64,
    /// `sbom-components`: most components of one SBOM.
    pub sbom_components: u64,
}

/// Default of [`Limits::sbom_bytes`]: 1 GiB. Attested SBOMs are bounded by `evidence-bytes` as well.
pub(super) const MAX_SBOM_BYTES: u64 = 1 << 30;
/// Default of [`Limits::sbom_components`]. A document that is streamed may have more unless a policy says less.
pub(super) const MAX_SBOM_COMPONENTS: u64 = 250_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            artifact_bytes: u64::MAX,
            bundle_file_bytes: MAX_BUNDLE_FILE_BYTES,
            evidence_bytes: MAX_EVIDENCE_BYTES,
            candidates: MAX_BUNDLES_PER_FILE as u64,
            sbom_bytes: MAX_SBOM_BYTES,
            sbom_components: MAX_SBOM_COMPONENTS,
        }
    }
}

impl Limits {
    /// The keys of the `[limits]` table.
    pub(super) const KEYS: [&'static str; 6] = [
        "artifact-bytes",
        "bundle-file-bytes",
        "evidence-bytes",
        "candidates",
        "sbom-bytes",
        "sbom-components",
    ];

    /// The limit that a key sets.
    pub(super) fn by_key(&mut self, key: &str) -> Option<&mut u64> {
        match key {
            "artifact-bytes" => Some(&mut self.artifact_bytes),
            "bundle-file-bytes" => Some(&mut self.bundle_file_bytes),
            "evidence-bytes" => Some(&mut self.evidence_bytes),
            "candidates" => Some(&mut self.candidates),
            "sbom-bytes" => Some(&mut self.sbom_bytes),
            "sbom-components" => Some(&mut self.sbom_components),
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
