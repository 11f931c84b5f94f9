//! Numbers of any length in versions.

use std::cmp::Ordering;

/// Compares two runs of ASCII digits by value; leading zeros do not count.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Splits off the leading part whose bytes all satisfy `belongs`.
pub(super) fn split_run(text: &str, belongs: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|byte| !belongs(byte)).unwrap_or(text.len());
    // `belongs` is asked about ASCII only, so a run ends at the border of a letter.
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Splits `epoch:rest`. `None` where the epoch is no number of at most nine digits.
pub(super) fn split_epoch(text: &str) -> Option<(Option<u32>, &str)> {
    match text.split_once(':') {
        None => Some((None, text)),
        Some((epoch, rest)) => {
            let is_number =
                !epoch.is_empty() && epoch.len() <= 9 && epoch.bytes().all(|b| b.is_ascii_digit());
            is_number.then(|| epoch.parse().ok().map(|epoch| (Some(epoch), rest)))?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_compare_by_value() {
        assert_eq!(compare("10", "9"), Ordering::Greater);
        assert_eq!(compare("0010", "10"), Ordering::Equal);
        assert_eq!(compare("", "0"), Ordering::Equal);
        assert_eq!(
            compare("99999999999999999999", "100000000000000000000"),
            Ordering::Less
        );
    }

    #[test]
    fn an_epoch_is_a_number() {
        assert_eq!(split_epoch("1:2"), Some((Some(1), "2")));
        assert_eq!(split_epoch("2"), Some((None, "2")));
        assert_eq!(split_epoch("a:2"), None);
        assert_eq!(split_epoch(":2"), None);
    }
}
