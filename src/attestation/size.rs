//! What the sizes of an envelope mean for the logs that it is sent to.
//!
//! The numbers are the defaults of Rekor; an operator may have chosen others, so they warn and never decide.

use crate::report::{Code, Finding};

/// Largest attestation that a Rekor v1 log stores when it stores any (`--max_attestation_size`).
pub const REKOR_V1_STORED_BYTES: usize = 100 * 1024;
/// Largest request that a Rekor v2 log takes (`--max-request-body-size`).
pub const REKOR_V2_REQUEST_BYTES: usize = 4 << 20;

/// The generation of the log that an entry goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogGeneration {
    /// Rekor v1, which may store attestations beside their entries.
    V1,
    /// Rekor v2, which stores digests only.
    V2,
}

/// Size of the DSSE envelope of a statement of this many bytes, without its signature: the payload is in base64.
pub fn envelope_bytes(statement_bytes: usize) -> usize {
    statement_bytes.div_ceil(3).saturating_mul(4)
}

/// What is worth knowing before an envelope is sent to a log.
pub fn findings(statement_bytes: usize, log: LogGeneration) -> Vec<Finding> {
    let size = envelope_bytes(statement_bytes);
    let mut findings = Vec::new();
    if log == LogGeneration::V1 && statement_bytes > REKOR_V1_STORED_BYTES {
        let message = format!(
            "the statement has {statement_bytes} bytes, and a Rekor v1 log stores attestations of up to \
             {REKOR_V1_STORED_BYTES} at most"
        );
        findings.push(Finding::new(Code::EnvelopeNotStoredByLog, message));
    }
    if log == LogGeneration::V2 && size > REKOR_V2_REQUEST_BYTES {
        let message = format!(
            "the envelope has {size} bytes, and a Rekor v2 log takes requests of up to {REKOR_V2_REQUEST_BYTES} unless \
             its operator chose otherwise"
        );
        let finding = Finding::new(Code::EnvelopeOverLogLimit, message);
        findings
            .push(finding.help("attest a smaller predicate, or ask the operator of the log for its limit"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_log_has_its_own_limit() {
        let codes =
            |bytes, log| -> Vec<Code> { findings(bytes, log).iter().map(|finding| finding.code).collect() };
        for (bytes, v1, v2) in [
            (30_000, vec![], vec![]),
            (REKOR_V1_STORED_BYTES, vec![], vec![]),
            (
                REKOR_V1_STORED_BYTES + 1,
                vec![Code::EnvelopeNotStoredByLog],
                vec![],
            ),
            (
                REKOR_V2_REQUEST_BYTES / 4 * 3,
                vec![Code::EnvelopeNotStoredByLog],
                vec![],
            ),
            (
                20 << 20,
                vec![Code::EnvelopeNotStoredByLog],
                vec![Code::EnvelopeOverLogLimit],
            ),
        ] {
            assert_eq!(codes(bytes, LogGeneration::V1), v1, "{bytes}");
            assert_eq!(codes(bytes, LogGeneration::V2), v2, "{bytes}");
        }
    }
}
