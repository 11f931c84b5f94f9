//! When to try again, and after how long.
//!
//! Tried again are 429, 5xx and transport faults, never a refusal. The pause doubles and is drawn at random between
//! nothing and the whole of it ("full jitter"), so that many clients do not come back together. A server's
//! `Retry-After` (RFC 9110, 10.2.3) is kept to when it is short enough to be worth waiting for.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;

/// How often and how patiently a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Requests at most, the first included.
    pub attempts: u32,
    /// Longest pause after the first attempt; it doubles with each.
    pub base: Duration,
    /// Longest pause of all, also when `Retry-After` asks for more: then there is no further attempt.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            base: Duration::from_millis(500),
            longest: Duration::from_secs(20),
        }
    }
}

impl RetryPolicy {
    /// How long to wait after attempt number `attempt` (from 1), `None` when that was the last one.
    ///
    /// `asked` is what the server asks for; `random` is any number.
    pub(crate) fn pause(&self, attempt: u32, asked: Option<Duration>, random: u64) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = self
            .base
            .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        let ceiling = doubled.min(self.longest);
        let micros = u64::try_from(ceiling.as_micros()).unwrap_or(u64::MAX);
        let jitter = Duration::from_micros(random.checked_rem(micros.saturating_add(1)).unwrap_or(0));
        match asked {
            Some(asked) if asked > self.longest => None,
            Some(asked) => Some(asked.saturating_add(jitter.min(self.longest.saturating_sub(asked)))),
            None => Some(jitter),
        }
    }
}

/// Reads `Retry-After`: seconds, or a date that is compared with `now`.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that do not fit are a very long time, not no time.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(value)
        .ok()?;
    let seconds = date.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// Whether a later attempt may have another status.
pub(crate) fn may_pass(status: StatusCode) -> bool {
    let lasting = [
        StatusCode::NOT_IMPLEMENTED,
        StatusCode::HTTP_VERSION_NOT_SUPPORTED,
    ];
    status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || (status.is_server_error() && !lasting.contains(&status))
}

/// A number that differs from one call to the next; good enough to spread requests, and for nothing else.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 4,
        base: Duration::from_secs(1),
        longest: Duration::from_secs(3),
    };

    #[test]
    fn pauses_double_up_to_the_longest_and_end_after_the_last_attempt() {
        for (attempt, ceiling) in [(1, 1_000_000), (2, 2_000_000), (3, 3_000_000)] {
            assert_eq!(
                POLICY.pause(attempt, None, ceiling),
                Some(Duration::from_micros(ceiling))
            );
            assert_eq!(POLICY.pause(attempt, None, ceiling + 1), Some(Duration::ZERO));
        }
        assert_eq!(POLICY.pause(4, None, 0), None);
    }

    #[test]
    fn a_server_is_waited_for_unless_it_asks_for_too_much() {
        let asked = |seconds| POLICY.pause(1, Some(Duration::from_secs(seconds)), 0);
        assert_eq!(asked(2), Some(Duration::from_secs(2)));
        assert_eq!(asked(4), None);
        let crowded = POLICY.pause(1, Some(Duration::from_secs(3)), 1_000_000);
        assert_eq!(
            crowded,
            Some(Duration::from_secs(3)),
            "jitter stays below the longest pause"
        );
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2024-11-06T08:49:37Z".parse().unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Wed, 06 Nov 2024 08:49:57 GMT", Some(20)),
            ("Wed, 06 Nov 2024 08:40:00 GMT", Some(0)),
            ("-3", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(
                retry_after(value, now),
                seconds.map(Duration::from_secs),
                "{value:?}"
            );
        }
    }

    #[test]
    fn random_numbers_differ() {
        assert_ne!((random(), random()), (random(), random()));
    }
}
