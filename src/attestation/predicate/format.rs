//! Formats of texts that readers of attestations rely on.

/// Whether a text is an absolute URI or IRI: a scheme, a colon, and something without space, control or delimiter
/// characters (RFC 3986 section 4.3, RFC 3987).
pub(in crate::attestation) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|sign: char| sign.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign));
    let is_forbidden = |sign: char| sign.is_whitespace() || sign.is_control() || "<>\"{}|\\^`".contains(sign);
    is_scheme && !rest.is_empty() && !rest.contains(is_forbidden)
}

/// Whether a text is a time as RFC 3339 section 5.6 writes it, in upper case, as the common readers demand.
pub(in crate::attestation) fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else {
        return false;
    };
    let (clock, zone_fits) = match time.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => {
            let cut = time.len().saturating_sub(6);
            let zone = time.get(cut..).unwrap_or_default();
            (
                time.get(..cut).unwrap_or_default(),
                has_form(zone, "+00:00") || has_form(zone, "-00:00"),
            )
        }
    };
    let (whole, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let fraction_fits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    // The calendar is jiff's: no 31st of February.
    has_form(date, "0000-00-00")
        && has_form(whole, "00:00:00")
        && fraction_fits
        && zone_fits
        && text.parse::<jiff::Timestamp>().is_ok()
}

/// Whether a text is like a pattern in which 0 stands for any digit.
fn has_form(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(found, wanted)| match wanted {
                b'0' => found.is_ascii_digit(),
                other => found == other,
            })
}

/// Whether a text is lower-case hex of this many digits.
pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_have_a_scheme_and_no_space() {
        for (text, expected) in [
            ("https://example.com/x?a=b#c", true),
            ("pkg:oci/app@sha256%3Aab", true),
            ("urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", true),
            ("git+https://example.com/ü", true),
            ("", false),
            ("example.com/x", false),
            ("https:", false),
            (":x", false),
            ("1a:x", false),
            ("https://example.com/a b", false),
            ("https://example.com/\u{7f}", false),
            ("https://example.com/<x>", false),
        ] {
            assert_eq!(is_uri(text), expected, "{text}");
        }
    }

    #[test]
    fn times_are_whole_and_possible() {
        for (text, expected) in [
            ("2026-01-31T12:00:00Z", true),
            ("2026-01-31T12:00:00.123456789Z", true),
            ("2026-01-31T12:00:00+02:00", true),
            ("2026-01-31T12:00:00-11:30", true),
            ("2026-01-31", false),
            ("2026-01-31 12:00:00Z", false),
            ("2026-01-31T12:00Z", false),
            ("2026-01-31T12:00:00", false),
            ("2026-01-31t12:00:00z", false),
            ("2026-02-30T12:00:00Z", false),
            ("2026-01-31T25:00:00Z", false),
            ("2026-01-31T12:00:00.Z", false),
            ("2026-01-31T12:00:00+0200", false),
            ("1760000000", false),
            ("", false),
        ] {
            assert_eq!(is_time(text), expected, "{text}");
        }
    }
}
