//! Wakes threads when there may be something new to do.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Rung after every transaction.
pub(super) struct Bell {
    rung: Mutex<u64>,
    waiting: Condvar,
    watched: watch::Sender<u64>,
}

impl Bell {
    pub(super) fn new() -> Self {
        Self {
            rung: Mutex::new(0),
            waiting: Condvar::new(),
            watched: watch::Sender::new(0),
        }
    }

    pub(super) fn ring(&self) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        *rung = rung.wrapping_add(1);
        self.watched.send_replace(*rung);
        self.waiting.notify_all();
    }

    /// How often it was rung.
    pub(super) fn count(&self) -> u64 {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it was rung since `seen`, at most for `longest`.
    pub(super) fn wait(&self, seen: u64, longest: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        // A thread that is woken looks for work itself, so it does not matter what woke it.
        drop(
            self.waiting
                .wait_timeout_while(rung, longest, |rung| *rung == seen),
        );
    }

    /// For asynchronous code: changes whenever the bell is rung.
    pub(super) fn watch(&self) -> watch::Receiver<u64> {
        self.watched.subscribe()
    }
}
