//! The seam between the gate and where its events are kept.
//!
//! The store keeps them in one SQLite file, for one process. A queue that several replicas share is another
//! implementation of [`Queue`], which hands each event to one of them at a time.

use std::fmt;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use super::config::RollbackRule;
use super::hint::Hint;
use super::order::Order;
use super::record::{Decision, Outcome};

/// The number of an event, given in the order in which they were accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub(super) i64);

/// What one delivery is recognised by when it comes again: SHA-256 of what was signed, or of the caller's webhook id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// An event that a caller was believed.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Name of the caller in the configuration.
    pub caller: String,
    /// What it is recognised by, together with the caller.
    pub fingerprint: Fingerprint,
    /// What it says.
    pub hint: Hint,
    /// When it arrived.
    pub received: Timestamp,
}

/// An event that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is new.
    New(EventId),
    /// The caller delivered it before, as this event.
    Again(EventId),
}

impl Accepted {
    /// The event, new or not.
    pub fn event(self) -> EventId {
        match self {
            Self::New(event) | Self::Again(event) => event,
        }
    }
}

/// An event to be decided.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// Who sent it.
    pub caller: String,
    /// What it says.
    pub hint: Hint,
    /// When it arrived, or when a person asked for it again.
    pub received: Timestamp,
    /// How often it was tried to decide it.
    pub attempts: u32,
}

/// What became of an attempt to decide an event.
#[derive(Debug)]
pub enum Settled {
    /// It is decided. The decision and the orders that follow from it are kept in one step, and the event is done.
    Decided {
        /// What was decided.
        decision: Box<Decision>,
        /// What follows if it is allowed.
        follow: Follow,
    },
    /// It could not be found out yet. It is handed out again from `due` on.
    Later {
        /// The event.
        event: EventId,
        /// Not before this time.
        due: Timestamp,
        /// Why, for people.
        why: String,
    },
    /// It could not be found out by its deadline. The decision says so; a person may ask for it again.
    Dead(Box<Decision>),
}

impl Settled {
    /// The event.
    pub fn event(&self) -> EventId {
        match self {
            Self::Decided { decision, .. } | Self::Dead(decision) => decision.event,
            Self::Later { event, .. } => *event,
        }
    }
}

/// What follows from an allowed image.
#[derive(Debug, Clone)]
pub struct Follow {
    /// What becomes of it if it is older than the one that was allowed last. It is found out in the same step in which
    /// the decision is kept, so that two decisions at once cannot both be the newest.
    pub rollback: RollbackRule,
    /// Names of the triggers that get an order.
    pub triggers: Vec<String>,
}

/// Why the queue did not do what it was asked to. Nothing was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Too much is waiting to be written. Trying again in a moment helps.
    #[error("too many events wait to be written")]
    Busy,
    /// There is no room on the disk, or the disk does not do what it should.
    #[error("the data directory cannot be written: {0}")]
    Failed(String),
}

impl QueueError {
    /// Whoever writes is not there any more.
    pub(super) fn ended() -> Self {
        Self::Failed("the store has ended".to_owned())
    }
}

/// What becomes of an order after an attempt.
#[derive(Debug, Clone)]
pub struct End {
    /// What came of the attempt.
    pub outcome: Outcome,
    /// When it is tried again, where the outcome says so.
    pub due: Timestamp,
    /// What the target said, or why it did not happen, for people.
    pub detail: String,
}

/// Where events are kept from when they are accepted until they are decided.
pub trait Queue: Send + Sync {
    /// Keeps an event. The reply comes when it is on disk; without a reply it may be or not, and the caller has to send
    /// it again, which is harmless.
    ///
    /// # Errors
    ///
    /// [`QueueError::Busy`] at once when too much waits to be written.
    fn accept(&self, event: NewEvent) -> Result<Reply<Accepted>, QueueError>;

    /// Hands out events that wait and are due, the oldest first, at most `most`. Each is held by whoever got it until it
    /// is settled, or until the process ends.
    fn claim(&self, most: usize, now: Timestamp) -> Result<Vec<Event>, QueueError>;

    /// Keeps what became of events that were handed out: all of them or, on an error, none.
    fn settle(&self, settled: Vec<Settled>) -> Result<(), QueueError>;

    /// Hands out an order that waits and is due, of a trigger that has none in hand, and records that it begins. Each is
    /// held by whoever got it until [`finish`](Self::finish), or until the process ends; then it is handed out again as
    /// one that may have happened.
    fn begin(&self, now: Timestamp) -> Result<Option<Order>, QueueError>;

    /// Records what came of an order that was handed out.
    fn finish(&self, order: &Order, end: End, now: Timestamp) -> Result<(), QueueError>;

    /// A number that is another whenever something was written. To be asked before looking for work.
    fn changes(&self) -> u64;

    /// Waits until [`changes`](Self::changes) is not `seen` any more, at most for `longest`.
    fn wait(&self, seen: u64, longest: Duration);

    /// Makes an event wait again, as if it arrived `now`, if it is dead or an order that followed from it is. A digest that
    /// was found for it stays. `false` when there is nothing dead of that number.
    fn replay(&self, event: EventId, now: Timestamp) -> Result<bool, QueueError>;
}

/// An answer that comes when something is on disk. Await it, or [`wait`](Self::wait) on a thread that may.
#[derive(Debug)]
pub struct Reply<T>(oneshot::Receiver<Result<T, QueueError>>);

impl<T> Reply<T> {
    /// A reply, and what it is given by.
    pub(super) fn new() -> (oneshot::Sender<Result<T, QueueError>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }

    /// Waits for it on the calling thread, which must not be one of an asynchronous runtime.
    pub fn wait(self) -> Result<T, QueueError> {
        self.0
            .blocking_recv()
            .unwrap_or_else(|_| Err(QueueError::ended()))
    }
}

impl<T> Future for Reply<T> {
    type Output = Result<T, QueueError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = Pin::new(&mut self.0).poll(context);
        answer.map(|answer| answer.unwrap_or_else(|_| Err(QueueError::ended())))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A text that is no number of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the id of an event is a number, as the gate answered it")]
pub struct NoEventId;

impl FromStr for EventId {
    type Err = NoEventId;

    fn from_str(text: &str) -> Result<Self, NoEventId> {
        match text.parse() {
            Ok(number) if number > 0 && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Self(number)),
            _ => Err(NoEventId),
        }
    }
}
