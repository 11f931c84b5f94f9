//! Tells every record that is written, as one line of JSON, for whoever collects them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::{Duration, Instant};

use super::queue::Queue;
use super::store::{Book, MAX_READ, Store};

/// How long to wait at most before looking again.
const LOOK: Duration = Duration::from_millis(500);

/// The thread that tells.
pub(super) struct Journal {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Journal {
    /// Tells every record after those that are there now.
    pub(super) fn start(
        store: Arc<Store>,
        book: Book,
        tell: impl Fn(&str) + Send + 'static,
    ) -> std::io::Result<Self> {
        let stop: Arc<AtomicBool> = Arc::default();
        let asked = Arc::clone(&stop);
        let thread = Builder::new().name("gate-journal".to_owned()).spawn(move || {
            let mut last = store.head().0;
            loop {
                // Asked before reading, so that what was written before the end is told.
                let (ending, seen) = (asked.load(Ordering::Relaxed), store.changes());
                let told = tell_after(&book, last, &tell);
                match told {
                    Some(number) => last = number,
                    None if ending => return,
                    None => store.wait(seen, LOOK),
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Tells what is left, and ends. Whoever reads may have stopped reading, so this waits for at most `longest`.
    pub(super) fn stop(self, longest: Duration) {
        self.stop.store(true, Ordering::Relaxed);
        ended_within(std::slice::from_ref(&self.thread), longest);
    }
}

/// Waits until threads have ended, at most for `longest`.
pub(super) fn ended_within(threads: &[JoinHandle<()>], longest: Duration) {
    let end = Instant::now() + longest;
    while Instant::now() < end && threads.iter().any(|thread| !thread.is_finished()) {
        sleep(Duration::from_millis(10));
    }
}

/// Tells the records after a number, and gives the number of the last; `None` where there were none.
fn tell_after(book: &Book, last: i64, tell: &impl Fn(&str)) -> Option<i64> {
    // What cannot be read now is read next time.
    let records = book.after(last, MAX_READ).ok()?;
    for record in &records {
        if let Ok(line) = serde_json::to_string(record) {
            tell(&format!("{line}\n"));
        }
    }
    records.last().map(|record| record.number)
}
