//! Sigstore: trust roots, bundles, cosign's older forms, who may sign, the keys and identity
//! tokens that sign, and the one engine that verifies.

mod authority;
pub mod bundle;
pub mod certificate;
mod engine;
pub mod keys;
pub mod legacy;
pub mod oidc;
pub mod pin;
mod refusal;
pub mod sign;
pub mod trust;

pub use bundle::ParsedBundle;
pub use engine::{Artifact, Content, Engine, SignedPayload, Verified};
