//! Registries that keep the threads that decide: while one does, one event at a time finds out whether it still does, and
//! the other threads are for everybody else.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a registry is left alone that took too long.
const PAUSE: Duration = Duration::from_secs(30);

/// Most registries that are remembered. Those whose pause is over are forgotten first.
const MAX_REGISTRIES: usize = 1_024;

/// The registries that took too long lately, and until when each is left alone.
#[derive(Default)]
pub(super) struct SlowRegistries(Mutex<HashMap<String, Instant>>);

impl SlowRegistries {
    /// Whether to ask a registry now. After a pause the first that asks is told so, and others wait for what becomes of
    /// it, at most for `attempt`.
    pub(super) fn may_ask(&self, registry: &str, attempt: Duration, now: Instant) -> bool {
        let mut slow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match slow.get_mut(registry) {
            None => true,
            Some(until) if *until > now => false,
            Some(until) => {
                *until = now.checked_add(attempt).unwrap_or(now);
                true
            }
        }
    }

    /// Notes how long an attempt took, of the longest that one may take.
    pub(super) fn took(&self, registry: &str, time: Duration, attempt: Duration, now: Instant) {
        let mut slow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if time < attempt / 2 {
            slow.remove(registry);
            return;
        }
        if slow.len() >= MAX_REGISTRIES {
            slow.retain(|_, until| *until > now);
        }
        if slow.len() < MAX_REGISTRIES {
            slow.insert(registry.to_owned(), now.checked_add(PAUSE).unwrap_or(now));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_that_takes_too_long_keeps_one_thread_at_a_time() {
        let slow = SlowRegistries::default();
        let (start, attempt) = (Instant::now(), Duration::from_secs(60));
        let at = |seconds| start + Duration::from_secs(seconds);
        let may = |registry, seconds| slow.may_ask(registry, attempt, at(seconds));
        assert!(may("slow", 0) && may("slow", 0), "nothing is known yet");
        slow.took("slow", Duration::from_secs(30), attempt, at(60));
        assert!(!may("slow", 89));
        assert!(may("fast", 89));
        assert!(may("slow", 90), "one finds out");
        assert!(!may("slow", 91), "the others wait for it");
        slow.took("slow", Duration::from_secs(60), attempt, at(150));
        assert!(!may("slow", 151), "it still does");
        assert!(may("slow", 180));
        slow.took("slow", Duration::from_secs(1), attempt, at(181));
        assert!(may("slow", 181) && may("slow", 181), "it does not any more");
        assert!(slow.0.lock().unwrap().is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let slow = SlowRegistries::default();
        let (now, attempt) = (Instant::now(), Duration::from_secs(60));
        for number in 0..2 * MAX_REGISTRIES {
            slow.took(&number.to_string(), attempt, attempt, now);
        }
        assert_eq!(slow.0.lock().unwrap().len(), MAX_REGISTRIES);
    }
}
