//! Portcullis decides whether a software artifact may pass.
//!
//! # Map
//!
//! ```text
//! cli  →  ops  →  registry, sigstore, attestation, policy  →  subject, report
//! ```
//!
//! Imports go one way, left to right.

pub mod attestation;
pub mod cli;
pub mod ops;
pub mod policy;
pub mod registry;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod sigstore;
pub mod strict_json;
pub mod subject;
