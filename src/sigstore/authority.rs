//! Certificate authorities are believed for as long as their own certificates were valid.

use der::Decode;
use jiff::Timestamp;
use sigstore_trust_root::{TimeRange, TrustedRoot};
use x509_cert::Certificate;

use crate::report::{Code, Finding};

/// The trust root with each authority's period cut to what its whole chain allows.
///
/// The verification library takes every certificate of a trusted chain for an anchor, and an anchor's own validity is
/// never looked at: an expired intermediate would go on vouching for certificates (CVE-2026-24122). An authority whose
/// period comes out empty is left out.
///
/// # Errors
///
/// `trust-root-invalid` when a certificate of an authority does not parse.
pub(super) fn within_validity(root: &TrustedRoot) -> Result<TrustedRoot, Finding> {
    let mut root = root.clone();
    for authority in &mut root.certificate_authorities {
        for certificate in &authority.cert_chain.certificates {
            let own = validity(certificate.raw_bytes.as_bytes())?;
            authority.valid_for = Some(authority.valid_for.map_or(own, |window| overlap(window, own)));
        }
    }
    root.certificate_authorities
        .retain(|authority| authority.valid_for.is_none_or(|window| !is_empty(window)));
    Ok(root)
}

fn validity(der: &[u8]) -> Result<TimeRange, Finding> {
    let unusable = |detail: String| {
        Finding::new(
            Code::TrustInvalid,
            format!("a certificate of the trust root cannot be used: {detail}"),
        )
    };
    let certificate = Certificate::from_der(der).map_err(|error| unusable(error.to_string()))?;
    let validity = certificate.tbs_certificate.validity;
    let start = Timestamp::try_from(validity.not_before.to_system_time())
        .map_err(|error| unusable(error.to_string()))?;
    // A time that is too late for a timestamp is the year 9999, which stands for no end (RFC 5280, section 4.1.2.5).
    let end = Timestamp::try_from(validity.not_after.to_system_time()).ok();
    Ok(TimeRange::new(start, end))
}

fn overlap(one: TimeRange, other: TimeRange) -> TimeRange {
    let end = match (one.end, other.end) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (end, None) | (None, end) => end,
    };
    TimeRange::new(one.start.max(other.start), end)
}

fn is_empty(window: TimeRange) -> bool {
    window.end.is_some_and(|end| end < window.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: i64, end: Option<i64>) -> TimeRange {
        let time = |second| Timestamp::from_second(second).unwrap();
        TimeRange::new(time(start), end.map(time))
    }

    #[test]
    fn two_periods_overlap_where_both_hold() {
        for (one, other, expected) in [
            (range(1, None), range(2, Some(9)), range(2, Some(9))),
            (range(3, Some(5)), range(2, Some(9)), range(3, Some(5))),
            (range(1, Some(5)), range(2, Some(4)), range(2, Some(4))),
        ] {
            assert_eq!(overlap(one, other), expected);
            assert_eq!(overlap(other, one), expected);
            assert!(!is_empty(expected));
        }
        assert!(is_empty(overlap(range(1, Some(2)), range(3, None))));
    }

    #[test]
    fn the_built_in_root_keeps_every_authority() {
        let text = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;
        let root = TrustedRoot::from_json(text).unwrap();
        let cut = within_validity(&root).unwrap();
        assert_eq!(
            cut.certificate_authorities.len(),
            root.certificate_authorities.len()
        );
    }
}
