//! Several pins and how many of them have to be met, each by a signer of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::who::{Pin, SignerId};
use crate::report::{Code, Finding, Origin};

/// Most pins in one set.
pub const MAX_PINS: usize = 256;

/// How many pins of a set have to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// One is enough.
    Any,
    /// Every one.
    All,
    /// At least this many.
    AtLeast(usize),
}

/// Pins and how they are combined. Never empty, and never satisfied by nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinSet {
    pins: Vec<Pin>,
    needed: usize,
    combine: Combine,
    origin: Option<Origin>,
}

/// Why pins do not make a set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinSetError {
    /// No pins: nobody would be accepted, or everybody.
    #[error("no pins are given, so it is not said who may sign")]
    Empty,
    /// More than [`MAX_PINS`].
    #[error("{0} pins are given, and at most {MAX_PINS} are allowed")]
    TooMany(usize),
    /// At least none.
    #[error("at least 0 would accept what nobody signed")]
    Nothing,
    /// More than there are.
    #[error("at least {needed} of {given} pins can never be met")]
    Unreachable {
        /// Demanded.
        needed: usize,
        /// Available.
        given: usize,
    },
    /// Two pins of one name.
    #[error("the pin {0:?} is given twice")]
    DoubledName(String),
}

/// One piece of verified evidence and the pins that its signer meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// Which evidence, by the caller's numbering.
    pub evidence: usize,
    /// Who signed it.
    pub signer: SignerId,
    /// Indices of the pins in the set that accept that signer.
    pub pins: Vec<usize>,
}

/// A pin and the evidence that meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fulfilled {
    /// Index of the pin in the set.
    pub pin: usize,
    /// The caller's number of the evidence.
    pub evidence: usize,
}

impl PinSet {
    /// A set of pins.
    pub fn new(pins: Vec<Pin>, combine: Combine, origin: Option<Origin>) -> Result<Self, PinSetError> {
        let given = pins.len();
        if given == 0 {
            return Err(PinSetError::Empty);
        }
        if given > MAX_PINS {
            return Err(PinSetError::TooMany(given));
        }
        let mut names = BTreeSet::new();
        if let Some(pin) = pins.iter().find(|pin| !names.insert(pin.name())) {
            return Err(PinSetError::DoubledName(pin.name().to_owned()));
        }
        let needed = match combine {
            Combine::Any => 1,
            Combine::All => given,
            Combine::AtLeast(0) => return Err(PinSetError::Nothing),
            Combine::AtLeast(needed) if needed > given => {
                return Err(PinSetError::Unreachable { needed, given });
            }
            Combine::AtLeast(needed) => needed,
        };
        Ok(Self {
            pins,
            needed,
            combine,
            origin,
        })
    }

    /// The pins.
    pub fn pins(&self) -> &[Pin] {
        &self.pins
    }

    /// How they are combined.
    pub fn combine(&self) -> Combine {
        self.combine
    }

    /// How many of them have to be met, by as many signers.
    pub fn needed(&self) -> usize {
        self.needed
    }

    /// Whether the evidence meets enough pins, each by a signer of its own.
    ///
    /// One signer counts once however many signatures it made and however many pins accept it (CVE-2026-49834: a
    /// threshold that counted entries instead of signers). Gives the pins with the evidence that meets them.
    pub fn satisfied(&self, met: &[Met]) -> Result<Vec<Fulfilled>, Finding> {
        let fulfilled = self.assign(met);
        if fulfilled.len() >= self.needed {
            return Ok(fulfilled);
        }
        let missing: Vec<&str> = self
            .pins
            .iter()
            .enumerate()
            .filter(|(index, _)| !fulfilled.iter().any(|done| done.pin == *index))
            .map(|(_, pin)| pin.name())
            .collect();
        let finding = Finding::new(
            Code::PinThreshold,
            format!(
                "{} of {} demanded pins are met by signers of their own",
                fulfilled.len(),
                self.needed
            ),
        )
        .found(format!("not met: {}", missing.join(", ")))
        .expected(match self.combine {
            Combine::Any => "any one pin".to_owned(),
            Combine::All => format!("all {} pins, each by another signer", self.pins.len()),
            Combine::AtLeast(needed) => {
                format!("{needed} of {} pins, each by another signer", self.pins.len())
            }
        });
        Err(match &self.origin {
            Some(origin) => finding.origin(origin),
            None => finding,
        })
    }

    /// A largest assignment of signers to pins, by augmenting paths (Kuhn's algorithm for bipartite matching).
    fn assign(&self, met: &[Met]) -> Vec<Fulfilled> {
        let signers: Vec<&SignerId> = met
            .iter()
            .map(|one| &one.signer)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let number: BTreeMap<&SignerId, usize> =
            signers.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        // For each pin, the signers that meet it, each with the first evidence that shows it.
        let mut edges: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); self.pins.len()];
        for one in met {
            for pin in &one.pins {
                if let (Some(row), Some(signer)) = (edges.get_mut(*pin), number.get(&one.signer)) {
                    row.entry(*signer).or_insert(one.evidence);
                }
            }
        }
        let mut taken: Vec<Option<usize>> = vec![None; signers.len()];
        for pin in 0..edges.len() {
            let mut tried = vec![false; signers.len()];
            augment(pin, &edges, &mut taken, &mut tried);
        }
        let mut fulfilled: Vec<Fulfilled> = taken
            .iter()
            .enumerate()
            .filter_map(|(signer, pin)| {
                let pin = (*pin)?;
                let evidence = *edges.get(pin)?.get(&signer)?;
                Some(Fulfilled { pin, evidence })
            })
            .collect();
        fulfilled.sort_by_key(|done| done.pin);
        fulfilled
    }
}

/// Finds a signer for `pin`, moving other pins to other signers where needed. Depth is bounded by [`MAX_PINS`].
fn augment(
    pin: usize,
    edges: &[BTreeMap<usize, usize>],
    taken: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    let Some(row) = edges.get(pin) else { return false };
    for signer in row.keys().copied() {
        if std::mem::replace(tried.get_mut(signer).unwrap_or(&mut true), true) {
            continue;
        }
        let free = match taken.get(signer).copied().flatten() {
            None => true,
            Some(other) => augment(other, edges, taken, tried),
        };
        if free {
            if let Some(place) = taken.get_mut(signer) {
                *place = Some(pin);
            }
            return true;
        }
    }
    false
}
