//! Portcullis decides whether a software artifact may pass.
//!
//! # Map
//!
//! ```text
//! cli  →  ops  →  registry, sigstore, attestation, policy  →  subject, report
//! ```
//!
//! Imports go one way, left to right.

pub mod report;
pub mod sigstore;
pub mod subject;
