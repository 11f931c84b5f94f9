//! What the size of a statement means for the log that its signature goes to.
//!
//! The number is a default of Rekor v1; an operator may have chosen another, so it is told and never decides. Rekor v2 is
//! sent a digest, whatever the statement's size.

use crate::report::{Code, Finding};

/// Largest attestation that a Rekor v1 log stores when it stores any (`--max_attestation_size`).
pub const REKOR_V1_STORED_BYTES: usize = 100 * 1024;

/// What is worth knowing about a statement of this size that was sent to a Rekor v1 log.
pub fn finding(statement_bytes: usize) -> Option<Finding> {
    (statement_bytes > REKOR_V1_STORED_BYTES).then(|| {
        let message = format!(
            "the statement has {statement_bytes} bytes, and a Rekor v1 log stores attestations of up to \
             {REKOR_V1_STORED_BYTES} at most"
        );
        Finding::new(Code::EnvelopeNotStoredByLog, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_log_does_not_store_is_told() {
        for (bytes, told) in [
            (30_000, false),
            (REKOR_V1_STORED_BYTES, false),
            (REKOR_V1_STORED_BYTES + 1, true),
            (20 << 20, true),
        ] {
            assert_eq!(finding(bytes).is_some(), told, "{bytes}");
        }
    }
}
