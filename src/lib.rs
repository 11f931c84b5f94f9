//! Portcullis decides whether a software artifact may pass.

#[cfg(feature = "sandbox")]
pub mod sandbox;
