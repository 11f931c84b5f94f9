//! What triggers are given, and what they answer.
//!
//! [`Order`] is made of [`Allowed`], and [`Allowed`] of a record that says so. There is no other way to either, so nothing
//! fires that was not allowed and recorded before.

use jiff::Timestamp;

use super::queue::EventId;
use super::record::{Decision, Entry, Firing, Proof, Record, Ruling};
use crate::report::Finding;
use crate::subject::Digest;

/// A decision that allowed an image, as it stands in the record.
#[derive(Debug, Clone)]
pub struct Allowed {
    number: i64,
    decision: Box<Decision>,
    route: String,
    digest: Digest,
    proof: Proof,
}

impl Allowed {
    /// The decision of a record, if it is one that allowed.
    pub fn of(record: Record) -> Option<Self> {
        let Entry::Decision(decision) = record.entry else {
            return None;
        };
        let Ruling::Allowed(proof) = &decision.ruling else {
            return None;
        };
        Some(Self {
            number: record.number,
            route: decision.route.clone()?,
            digest: decision.digest.clone()?,
            proof: proof.clone(),
            decision,
        })
    }

    /// `registry/repository` of the image.
    pub(super) fn repository(&self) -> &str {
        &self.decision.repository
    }
}

/// What one trigger has to bring about: this digest of this repository, and no other.
#[derive(Debug, Clone)]
pub struct Order {
    allowed: Allowed,
    beside: Vec<Allowed>,
    trigger: String,
    id: String,
    attempt: Attempt,
}

/// Which attempt this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// An earlier attempt may have happened: the process ended, or the target did not answer. A trigger that can read
    /// back what the target did has to do so before it asks for it again.
    pub may_have_happened: bool,
}

impl Order {
    /// The order of an allowed decision to a trigger. `instance` tells this data directory from others.
    pub(super) fn new(allowed: Allowed, instance: &str, trigger: &str, attempt: Attempt) -> Self {
        let id = format!("{instance}-{}-{trigger}", allowed.number);
        Self {
            allowed,
            beside: Vec::new(),
            trigger: trigger.to_owned(),
            id,
            attempt,
        }
    }

    /// Adds what is allowed for the same trigger by the latest decision about each other repository: an application may
    /// have several images, and each of them has events of its own.
    pub(super) fn beside(mut self, allowed: Vec<Allowed>) -> Self {
        self.beside = allowed;
        self
    }

    /// Whether an image may be deployed by this order: it is the one that was verified, or one that stands beside it.
    pub(super) fn covers(&self, repository: &str, digest: &Digest) -> bool {
        let mut allowed = std::iter::once(&self.allowed).chain(&self.beside);
        allowed.any(|allowed| allowed.decision.repository == repository && allowed.digest == *digest)
    }

    /// Stable and unique: the same for every attempt, another for every decision and trigger. To be sent as the webhook
    /// id or left in the target, so that a repetition is recognised. ASCII letters, digits, `-` and `_`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Name of the route.
    pub fn route(&self) -> &str {
        &self.allowed.route
    }

    /// `registry/repository`, without tag and digest.
    pub fn repository(&self) -> &str {
        &self.allowed.decision.repository
    }

    /// The digest that was verified.
    pub fn digest(&self) -> &Digest {
        &self.allowed.digest
    }

    /// `registry/repository@sha256:…`.
    pub fn image(&self) -> String {
        format!("{}@{}", self.repository(), self.digest())
    }

    /// The event that led to it.
    pub fn event(&self) -> EventId {
        self.allowed.decision.event
    }

    /// The number of the decision in the record.
    pub fn decision(&self) -> i64 {
        self.allowed.number
    }

    /// When it was decided.
    pub fn decided(&self) -> Timestamp {
        self.allowed.decision.time
    }

    /// What the decision rests on.
    pub fn proof(&self) -> &Proof {
        &self.allowed.proof
    }

    /// The whole decision.
    pub fn details(&self) -> &Decision {
        &self.allowed.decision
    }

    /// What is recorded when it begins.
    pub(super) fn firing(&self, now: Timestamp) -> Firing {
        Firing {
            decision: self.allowed.number,
            event: self.event(),
            trigger: self.trigger.clone(),
            attempt: self.attempt.number,
            time: now,
            result: None,
            detail: None,
        }
    }

    /// Name of the trigger.
    pub fn trigger(&self) -> &str {
        &self.trigger
    }

    /// Which attempt this is.
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fired {
    /// The target did it, or has begun to and nothing more can be known. The text is what it said, for people.
    Done(String),
    /// The target had done it before, by an earlier attempt of the same order.
    AlreadyDone(String),
    /// It did not happen, and trying again does not help.
    Refused(Finding),
    /// It did not happen, and is to be tried again; not before the time, where the target gave one.
    Retry {
        /// Why.
        finding: Finding,
        /// Not before.
        after: Option<Timestamp>,
    },
    /// Nobody knows whether it happened. It is tried again, with [`Attempt::may_have_happened`].
    Unknown(Finding),
}

/// Something that lets a deployment begin. It waits for the network, so it runs on threads of its own; every wait in it has
/// a limit.
pub trait Trigger: Send + Sync {
    /// Carries out an order. Called for one order of a route at a time.
    fn fire(&self, order: &Order) -> Fired;
}
