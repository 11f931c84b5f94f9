//! The gate: a service that hears of builds, verifies them, and lets a deployment begin for what it allowed, and for
//! nothing else.
//!
//! # The life of an event
//!
//! 1. A door (HTTP) knows who calls, and reads a [`Hint`] from the body: which image, and the caller's own id for it.
//!    Nothing else of a body is ever used.
//! 2. The event is kept ([`Queue::accept`]). Only when it is on disk is the caller told so. One that was kept already is
//!    recognised.
//! 3. A worker finds its route, resolves the image to a digest once, verifies it and its SBOM by the route's policy, and
//!    writes a [`Decision`] into the [record](record::Record), in one transaction with everything that follows from it.
//! 4. What was allowed becomes an [`Order`] for each trigger of the route. That a trigger begins is recorded before it
//!    does, and what came of it afterwards.
//!
//! # What is promised
//!
//! * Nothing fires that was not recorded as allowed: an [`Order`] is made of [`Allowed`], and that of a record.
//! * What was accepted is decided or seen as dead by a person, whatever happens to the process in between.
//! * What could not be found out is tried again until its deadline, and then not deployed.
//! * One order at a time for one trigger, which is one application.
//!
//! The process that has the data directory open is its only one; a lock sees to it.

pub mod admission;
pub mod caller;
pub mod config;
mod decide;
pub mod event;
mod hint;
mod journal;
pub mod log;
mod order;
mod queue;
pub mod record;
mod rollback;
mod serve;
pub mod server;
mod slow;
mod store;
pub mod trigger;
mod work;

pub use decide::{Judge, Judged, TrustKeeper};
pub use hint::{DeliveryId, Hint, HintError, MAX_DELIVERY_BYTES, MAX_REFERENCE_BYTES};
pub use order::{Allowed, Attempt, Fired, Order, Trigger};
pub use queue::{
    Accepted, End, Event, EventId, Fingerprint, Follow, NewEvent, NoEventId, Queue, QueueError, Reply,
    Settled,
};
pub use record::{Decision, Proof, Ruling};
use serve::{Gate, Settings};
pub use serve::{check, serve};
pub use store::{
    Book, Broken, EventState, EventStatus, MAX_READ, OrderState, OrderStatus, Store, Unusable, replay,
};
