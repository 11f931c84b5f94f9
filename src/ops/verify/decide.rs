//! The verdict of one demand: a pure function of what was collected and what the places answered.
//!
//! The rules are those of the design: with *any* a demand is met as soon as the accepted signers are there; *denied*
//! and *no evidence* need every place to have answered; *all* and *latest* need complete discovery before *allowed*.

use jiff::Timestamp;

use crate::policy::Require;
use crate::report::{Finding, Verdict};
use crate::sigstore::Verified;
use crate::sigstore::pin::{self, PinSet, SignerId};

/// How one candidate stands towards one demand.
#[derive(Debug)]
pub(super) enum Standing {
    /// Of another kind or type than the demand asks for.
    Other,
    /// Of the demanded kind, but rejected: a bad signature, or a signer that no pin accepts.
    Rejected,
    /// It could not be found out whether it counts.
    Unknown,
    /// By an accepted signer, but it does not say what is demanded. Counts against *latest* and *all*.
    Insufficient(Accepted),
    /// Meets the demand.
    Meets(Met),
}

/// A verified candidate by a signer that pins accept. Only made from what the engine verified.
#[derive(Debug)]
pub(super) struct Accepted {
    signer: SignerId,
    pins: Vec<usize>,
    time: Option<Timestamp>,
}

impl Accepted {
    /// Records that the pins with these indices accept the signer of `verified`. `None` when none does.
    pub(super) fn by(verified: &Verified, pins: Vec<usize>) -> Option<Self> {
        let time = verified.made();
        (!pins.is_empty()).then(|| Self {
            signer: verified.signer().id(),
            pins,
            time,
        })
    }

    /// Indices of the pins.
    pub(super) fn pins(&self) -> &[usize] {
        &self.pins
    }
}

/// Proof that a verified candidate meets a demand: its signer is accepted and nothing that was asked of it is missing.
#[derive(Debug)]
pub(super) struct Met(Accepted);

impl Met {
    /// Takes an accepted candidate whose content was found to be sufficient.
    pub(super) fn sufficient(accepted: Accepted, shortcomings: &[Finding]) -> Result<Self, Accepted> {
        if shortcomings.is_empty() {
            Ok(Self(accepted))
        } else {
            Err(accepted)
        }
    }

    /// Indices of the pins that accept the signer.
    pub(super) fn pins(&self) -> &[usize] {
        self.0.pins()
    }
}

/// What came of one demand.
#[derive(Debug)]
pub(super) enum Decision {
    /// Met. Can only be made from evidence that meets the demand.
    Allowed(Approval),
    /// Evidence was examined and does not do.
    Denied(Shortfall),
    /// Nothing of the demanded kind anywhere.
    NoEvidence,
    /// A place did not answer, or a candidate could not be examined.
    Undecided,
}

/// Why a demand is not met although there is evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shortfall {
    /// Every candidate was rejected.
    AllRejected,
    /// Candidates were accepted, but not for enough pins; the finding says which are missing.
    TooFewPins(Box<Finding>),
    /// `require = "all"` and a candidate does not meet the demand.
    NotAll,
    /// `require = "latest"` and the latest does not meet the demand.
    LatestInsufficient,
}

/// Indices of the candidates that met a demand; never empty.
#[derive(Debug)]
pub(super) struct Approval {
    candidates: Vec<usize>,
}

impl Approval {
    fn of(candidates: Vec<usize>) -> Option<Self> {
        (!candidates.is_empty()).then_some(Self { candidates })
    }

    /// Which candidates.
    pub(super) fn candidates(&self) -> &[usize] {
        &self.candidates
    }
}

impl Decision {
    /// The verdict that a decision stands for.
    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::Allowed(_) => Verdict::Allowed,
            Self::Denied(_) => Verdict::Denied,
            Self::NoEvidence => Verdict::NoEvidence,
            Self::Undecided => Verdict::Undecided,
        }
    }
}

/// Decides one demand. `complete` says that every place answered.
pub(super) fn decide(pins: &PinSet, require: Require, complete: bool, standings: &[Standing]) -> Decision {
    let complete = complete
        && !standings
            .iter()
            .any(|standing| matches!(standing, Standing::Unknown));
    if require != Require::Any && !complete {
        return Decision::Undecided;
    }
    if require == Require::All && standings.iter().any(blocks_all) {
        return Decision::Denied(Shortfall::NotAll);
    }
    let counted = match require {
        Require::Any | Require::All => meeting(standings),
        Require::Latest => latest(standings, pins.needed() > 1),
    };
    let threshold = match pins.satisfied(&counted) {
        Ok(_) => match Approval::of(counted.iter().map(|met| met.evidence).collect()) {
            Some(approval) => return Decision::Allowed(approval),
            None => Shortfall::AllRejected,
        },
        Err(finding) => Shortfall::TooFewPins(Box::new(finding)),
    };
    if !complete {
        return Decision::Undecided;
    }
    if standings
        .iter()
        .all(|standing| matches!(standing, Standing::Other))
    {
        return Decision::NoEvidence;
    }
    if counted.is_empty() {
        let insufficient = standings
            .iter()
            .any(|standing| matches!(standing, Standing::Insufficient(_)));
        return Decision::Denied(match require {
            Require::Latest if insufficient => Shortfall::LatestInsufficient,
            _ => Shortfall::AllRejected,
        });
    }
    Decision::Denied(threshold)
}

fn meeting(standings: &[Standing]) -> Vec<pin::Met> {
    let indexed = standings.iter().enumerate();
    indexed
        .filter_map(|(evidence, standing)| match standing {
            Standing::Meets(Met(accepted)) => Some(pin::Met {
                evidence,
                signer: accepted.signer.clone(),
                pins: accepted.pins.clone(),
            }),
            _ => None,
        })
        .collect()
}

/// The candidates that meet the demand and are not older than any other by an accepted signer; where several signers
/// are demanded, not older than any other by the same signer. A candidate without a verified time is older than every
/// one that has it. Of two in the same second it cannot be told which is later: one that falls short blocks the other.
fn latest(standings: &[Standing], each_signer: bool) -> Vec<pin::Met> {
    let accepted: Vec<(&Accepted, bool)> = standings
        .iter()
        .filter_map(|standing| match standing {
            Standing::Insufficient(accepted) => Some((accepted, false)),
            Standing::Meets(Met(accepted)) => Some((accepted, true)),
            _ => None,
        })
        .collect();
    let superseded = |candidate: &Accepted| {
        accepted.iter().any(|(other, meets)| {
            let rival = !each_signer || other.signer == candidate.signer;
            rival && (other.time > candidate.time || (other.time == candidate.time && !meets))
        })
    };
    let mut counted = meeting(standings);
    counted.retain(|met| match standings.get(met.evidence) {
        Some(Standing::Meets(Met(candidate))) => !superseded(candidate),
        _ => false,
    });
    counted
}

fn blocks_all(standing: &Standing) -> bool {
    matches!(standing, Standing::Rejected | Standing::Insufficient(_))
}
