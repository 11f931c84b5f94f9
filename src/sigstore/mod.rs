//! Sigstore: what certificates say, and who may sign.

pub mod certificate;
pub mod pin;
