//! SLSA verification summaries, version 1: made from a finished verification, and read to rely on one.
//!
//! A summary is a verifier's word that an artifact met a policy. It is worth as much as its verifier, so relying on one
//! names the signer and the verifier, both exactly (slsa.dev/verification_summary, `verifier`).

mod make;
mod read;

pub use make::{Made, Maker, Recorded, SummaryProblem, make, make_of_record};
pub use read::Summary;

/// Whether a text can stand for a verifier, a policy or a resource: an absolute URI.
pub fn is_name(text: &str) -> bool {
    super::predicate::is_uri(text)
}

/// The predicate type.
pub const VSA_TYPE: &str = "https://slsa.dev/verification_summary/v1";
