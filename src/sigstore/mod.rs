//! Sigstore: trust roots, bundles, identities and keys.

pub mod trust;
