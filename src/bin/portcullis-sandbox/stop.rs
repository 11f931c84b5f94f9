//! When to stop: a signal, the end of standard input, or the end of the sandbox's time.

use std::io::Read as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Why the sandbox ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A signal, by its number.
    Signal(i32),
    /// Standard input was closed.
    InputClosed,
    /// Its time is over.
    Expired,
}

/// What can stop the sandbox.
#[derive(Debug)]
pub(crate) struct Stops {
    received: Receiver<Stop>,
    deadline: Instant,
}

impl Stops {
    /// Listens from now on.
    pub(crate) fn listen(lifetime: Duration, with_stdin: bool) -> std::io::Result<Self> {
        let (sender, received) = channel();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let from_signals = sender.clone();
        std::thread::spawn(move || {
            for signal in signals.forever() {
                if from_signals.send(Stop::Signal(signal)).is_err() {
                    break;
                }
            }
        });
        if with_stdin {
            std::thread::spawn(move || {
                let mut stdin = std::io::stdin().lock();
                let mut buffer = [0; 1024];
                while matches!(stdin.read(&mut buffer), Ok(1..)) {}
                // Nobody listens any more if the sandbox has ended already.
                let _ = sender.send(Stop::InputClosed);
            });
        }
        Ok(Self {
            received,
            deadline: Instant::now() + lifetime,
        })
    }

    /// Waits until something stops the sandbox.
    pub(crate) fn wait(&self) -> Stop {
        loop {
            if let Some(stop) = self.wait_for(Duration::from_secs(3600)) {
                return stop;
            }
        }
    }

    /// Waits so long at most.
    pub(crate) fn wait_for(&self, time: Duration) -> Option<Stop> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.received.recv_timeout(time.min(left)) {
            Ok(stop) => Some(stop),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                (Instant::now() >= self.deadline).then_some(Stop::Expired)
            }
        }
    }
}
