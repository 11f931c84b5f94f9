//! Durations as people write them: `90s`, `30m`, `12h`, `30d`, `2w`.

use std::time::Duration;

/// Longest duration that is accepted: a hundred years. More is a typing mistake.
pub const MAX_DURATION: Duration = Duration::from_secs(100 * 365 * 86_400);

/// A text that is no duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Not a number followed by a unit.
    #[error("a duration is a whole number and a unit: 90s, 30m, 12h, 30d or 2w")]
    Form,
    /// Zero, which nothing can satisfy.
    #[error("a duration of zero can never be kept")]
    Zero,
    /// More than [`MAX_DURATION`].
    #[error("a duration of more than a hundred years")]
    TooLong,
}

/// Reads a duration.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let unit = text.chars().next_back().ok_or(DurationError::Form)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return Err(DurationError::Form),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DurationError::Form);
    }
    let number: u64 = number.parse().map_err(|_| DurationError::TooLong)?;
    let duration = Duration::from_secs(number.checked_mul(seconds).ok_or(DurationError::TooLong)?);
    match duration {
        Duration::ZERO => Err(DurationError::Zero),
        duration if duration > MAX_DURATION => Err(DurationError::TooLong),
        duration => Ok(duration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_and_mistakes() {
        for (text, expected) in [
            ("90s", Ok(90)),
            ("30m", Ok(1_800)),
            ("12h", Ok(43_200)),
            ("30d", Ok(2_592_000)),
            ("2w", Ok(1_209_600)),
            ("", Err(DurationError::Form)),
            ("30", Err(DurationError::Form)),
            ("d", Err(DurationError::Form)),
            ("-1d", Err(DurationError::Form)),
            ("+1d", Err(DurationError::Form)),
            ("1.5h", Err(DurationError::Form)),
            ("1 d", Err(DurationError::Form)),
            ("3ü", Err(DurationError::Form)),
            ("0s", Err(DurationError::Zero)),
            ("36501d", Err(DurationError::TooLong)),
            ("99999999999999999999d", Err(DurationError::TooLong)),
        ] {
            assert_eq!(parse(text), expected.map(Duration::from_secs), "{text}");
        }
    }
}
