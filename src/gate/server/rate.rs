//! Token buckets: how often a caller, or a source address, may ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::gate::caller::Rate;

/// Most buckets that are kept. Full ones are forgotten first: whoever has one has not asked for a while.
const MAX_BUCKETS: usize = 16_384;

/// A bucket for each key.
pub(super) struct Buckets<K>(Mutex<HashMap<K, Bucket>>);

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// Takes a token.
    ///
    /// # Errors
    ///
    /// After how long there will be one.
    pub(super) fn take(&self, key: K, rate: Rate, now: Instant) -> Result<(), Duration> {
        let burst = f64::from(rate.burst.max(1));
        let per_second = f64::from(rate.per_second.max(1));
        let refill = |bucket: &Bucket| {
            let passed = now.saturating_duration_since(bucket.filled).as_secs_f64();
            (bucket.tokens + passed * per_second).min(burst)
        };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| refill(bucket) < burst);
            // Nobody new is let in while more ask than can be told apart.
            if buckets.len() >= MAX_BUCKETS {
                return Err(Duration::from_secs(1));
            }
        }
        let full = Bucket {
            tokens: burst,
            filled: now,
        };
        let bucket = buckets.entry(key).or_insert(full);
        let tokens = refill(bucket);
        let left = tokens - 1.0;
        *bucket = Bucket {
            tokens: if left >= 0.0 { left } else { tokens },
            filled: now,
        };
        match left >= 0.0 {
            true => Ok(()),
            false => Err(Duration::from_secs_f64(-left / per_second)),
        }
    }
}

/// What a source is counted by: an IPv4 address, or the network of an IPv6 address, of which everybody has many.
pub(super) fn source(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        per_second: 2,
        burst: 3,
    };

    #[test]
    fn a_burst_then_the_rate() {
        let buckets = Buckets::default();
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(buckets.take("a", RATE, start), Ok(()));
        }
        assert_eq!(buckets.take("a", RATE, start), Err(Duration::from_millis(500)));
        assert_eq!(buckets.take("b", RATE, start), Ok(()), "others have their own");
        let later = start + Duration::from_millis(500);
        assert_eq!(buckets.take("a", RATE, later), Ok(()));
        assert!(buckets.take("a", RATE, later).is_err());
        let much_later = start + Duration::from_secs(60);
        let taken = (0..10).filter(|_| buckets.take("a", RATE, much_later).is_ok());
        assert_eq!(taken.count(), 3);
    }

    #[test]
    fn many_sources_do_not_fill_the_memory() {
        let buckets = Buckets::default();
        let start = Instant::now();
        for key in 0..MAX_BUCKETS {
            assert_eq!(buckets.take(key, RATE, start), Ok(()));
        }
        assert!(buckets.take(MAX_BUCKETS, RATE, start).is_err());
        assert_eq!(buckets.take(0, RATE, start), Ok(()), "who is known is served");
        let later = start + Duration::from_secs(10);
        assert_eq!(buckets.take(MAX_BUCKETS, RATE, later), Ok(()));
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let at = |text: &str| source(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }
}
