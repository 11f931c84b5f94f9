//! The record: what was decided and what was triggered, in order, each entry tied to the one before by its hash.
//!
//! The hash of an entry is SHA-256 over a fixed text, the hash before, the number and the bytes of the entry. Whoever
//! changes, removes or adds an entry changes every hash after it. Cutting off the end is seen by comparing the last hash
//! with one that was noted elsewhere: `gate decisions verify` prints it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::queue::EventId;
use crate::report::{Finding, Severity};
use crate::subject::Digest;

/// One entry with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Its number, from 1.
    pub number: i64,
    /// The hash of the entry before, or of nothing.
    pub previous: Digest,
    /// Its own hash.
    pub hash: Digest,
    /// What it says.
    pub entry: Entry,
}

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Entry {
    /// An event was decided.
    Decision(Box<Decision>),
    /// A trigger is about to begin. Without an entry about what came of it, it may have happened.
    Firing(Firing),
    /// What came of a trigger.
    Fired(Firing),
    /// A person asked for a dead event or order again.
    Replayed(Replayed),
}

impl Entry {
    /// The event that it is about.
    pub fn event(&self) -> EventId {
        match self {
            Self::Decision(decision) => decision.event,
            Self::Firing(firing) | Self::Fired(firing) => firing.event,
            Self::Replayed(replayed) => replayed.event,
        }
    }
}

/// What was decided about an event, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// The event.
    pub event: EventId,
    /// Who sent it.
    pub caller: String,
    /// The caller's id of the delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<String>,
    /// The image as the event named it.
    pub reference: String,
    /// When the event arrived.
    pub received: Timestamp,
    /// When it was decided.
    pub time: Timestamp,
    /// The route that is for the image; none where the configuration has no such route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// `registry/repository` of the image.
    pub repository: String,
    /// The digest that the reference was resolved to, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// SHA-256 of the policy file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Digest>,
    /// SHA-256 of the trusted root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trust: Option<Digest>,
    /// The answer.
    pub ruling: Ruling,
    /// The digest that was allowed for this route and repository before, where this one is older or was there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_from: Option<Digest>,
    /// Whether the answer was found earlier and kept.
    pub cached: bool,
    /// What was found, at most [`MAX_NOTES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Note>,
}

/// Most findings of one decision that are recorded. The report of `verify` and `sbom-check` has all of them.
pub const MAX_NOTES: usize = 50;

/// Longest message of a recorded finding, in characters. What strangers wrote may be in it.
pub const MAX_NOTE_CHARS: usize = 1_000;

/// The answer about an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Ruling {
    /// Everything that was asked for holds.
    Allowed(Proof),
    /// It does not.
    Denied,
    /// There is nothing of the demanded kind.
    NoEvidence,
    /// It could not be found out by the deadline.
    Undecided,
}

/// What an *allowed* rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// Who signed what was accepted.
    pub signers: Vec<Signer>,
    /// Where that is logged.
    pub logs: Vec<LogEntry>,
    /// SHA-256 of each accepted bundle or envelope.
    pub evidence: Vec<Digest>,
    /// SHA-256 of each SBOM that was checked.
    pub sboms: Vec<Digest>,
    /// The earliest verified time of what was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Timestamp>,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// The subject alternative name, or the fingerprint of the key.
    pub identity: String,
    /// The OIDC issuer; keys have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// An entry of a transparency log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEntry {
    /// Hex of the log's id.
    pub log: String,
    /// Index in that log.
    pub index: u64,
}

impl From<&Finding> for Note {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.name().to_owned(),
            severity: finding.severity,
            message: finding.message.chars().take(MAX_NOTE_CHARS).collect(),
        }
    }
}

/// A finding, as far as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Its stable code.
    pub code: String,
    /// Whether it denies, warns or informs.
    pub severity: Severity,
    /// What was found.
    pub message: String,
}

/// An attempt of a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Firing {
    /// The number of the decision's record.
    pub decision: i64,
    /// The event that was decided.
    pub event: EventId,
    /// Name of the trigger.
    pub trigger: String,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// When.
    pub time: Timestamp,
    /// What came of it; absent when it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Outcome>,
    /// What the target said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The target did it.
    Done,
    /// The target had done it, by an earlier attempt.
    AlreadyDone,
    /// It did not happen, and will be tried again.
    Retry,
    /// It may have happened, and will be tried again.
    Unknown,
    /// It did not happen, and trying again does not help. A person may ask for it again.
    Refused,
    /// It did not happen in time. A person may ask for it again.
    Expired,
    /// It did not happen, and a newer allowed image of the same repository took its place.
    Superseded,
}

/// A person asked for something dead again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// The event.
    pub event: EventId,
    /// When.
    pub time: Timestamp,
}

impl Outcome {
    /// The word for it, in records and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadyDone => "already-done",
            Self::Retry => "retry",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Code;

    #[test]
    fn what_strangers_wrote_makes_no_long_record() {
        let finding = Finding::new(Code::SubjectNotCovered, "é".repeat(100_000));
        assert_eq!(Note::from(&finding).message.chars().count(), MAX_NOTE_CHARS);
    }
}
