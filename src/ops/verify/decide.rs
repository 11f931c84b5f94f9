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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::Origin;
    use crate::sigstore::pin::{Combine, Pin, SignerFacts, Who};
    use crate::subject::Digest;

    /// A candidate in short: its standing, its signer, and its verified second if it has one.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Kind {
        Other,
        Rejected,
        Unknown,
        Insufficient(u8, Option<i64>),
        Meets(u8, Option<i64>),
    }

    use Kind::{Insufficient, Meets, Other, Rejected, Unknown};

    /// A standing whose signer meets the pin of the same number.
    fn standing(kind: Kind) -> Standing {
        let accepted = |signer: u8, second: Option<i64>| Accepted {
            signer: SignerFacts::Key {
                fingerprint: Digest::sha256(&[signer]),
            }
            .id(),
            pins: vec![usize::from(signer)],
            time: second.map(|second| Timestamp::from_second(second).unwrap()),
        };
        match kind {
            Other => Standing::Other,
            Rejected => Standing::Rejected,
            Unknown => Standing::Unknown,
            Insufficient(signer, second) => Standing::Insufficient(accepted(signer, second)),
            Meets(signer, second) => Standing::Meets(Met(accepted(signer, second))),
        }
    }

    /// As many pins as there are signers.
    fn pins(combine: Combine) -> PinSet {
        let pin = |number: usize| {
            let origin = Origin::flag("test");
            Pin::new(number.to_string(), Who::AnyUnsafe { origin }, Vec::new()).unwrap()
        };
        PinSet::new((0..3).map(pin).collect(), combine, None).unwrap()
    }

    fn decision(combine: Combine, require: Require, complete: bool, kinds: &[Kind]) -> Decision {
        let standings: Vec<Standing> = kinds.iter().map(|kind| standing(*kind)).collect();
        decide(&pins(combine), require, complete, &standings)
    }

    fn verdict(combine: Combine, require: Require, complete: bool, kinds: &[Kind]) -> Verdict {
        decision(combine, require, complete, kinds).verdict()
    }

    const ALL: [Require; 3] = [Require::Any, Require::All, Require::Latest];
    /// An accepted signer's candidates, in the order of their times.
    const GOOD: Kind = Meets(0, Some(10));
    const LATER_GOOD: Kind = Meets(0, Some(20));
    const BAD: Kind = Insufficient(0, Some(10));
    const LATER_BAD: Kind = Insufficient(0, Some(20));

    /// The verdicts under any, all and latest when every place answered, and then when one did not.
    #[test]
    fn the_truth_table() {
        use Verdict::{Allowed as A, Denied as D, NoEvidence as N, Undecided as U};
        let rows: [(&[Kind], [Verdict; 3], [Verdict; 3]); 22] = [
            (&[], [N, N, N], [U, U, U]),
            (&[Other], [N, N, N], [U, U, U]),
            (&[Other, Other], [N, N, N], [U, U, U]),
            (&[Rejected], [D, D, D], [U, U, U]),
            (&[Rejected, Other], [D, D, D], [U, U, U]),
            (&[Unknown], [U, U, U], [U, U, U]),
            (&[Unknown, Rejected], [U, U, U], [U, U, U]),
            (&[Unknown, BAD], [U, U, U], [U, U, U]),
            (&[BAD], [D, D, D], [U, U, U]),
            (&[BAD, Rejected, Other], [D, D, D], [U, U, U]),
            (&[GOOD], [A, A, A], [A, U, U]),
            (&[GOOD, Other], [A, A, A], [A, U, U]),
            (&[GOOD, Unknown], [A, U, U], [A, U, U]),
            (&[GOOD, Rejected], [A, D, A], [A, U, U]),
            (&[GOOD, LATER_GOOD], [A, A, A], [A, U, U]),
            (&[GOOD, LATER_BAD], [A, D, D], [A, U, U]),
            (&[BAD, LATER_GOOD], [A, D, A], [A, U, U]),
            (&[GOOD, BAD], [A, D, D], [A, U, U]),
            (&[GOOD, Insufficient(1, Some(20))], [A, D, D], [A, U, U]),
            // Without a verified time a candidate is older than every one that has it, and never supersedes.
            (&[GOOD, Insufficient(0, None)], [A, D, A], [A, U, U]),
            (&[Meets(0, None), BAD], [A, D, D], [A, U, U]),
            (&[Meets(0, None), Insufficient(0, None)], [A, D, D], [A, U, U]),
        ];
        for (kinds, complete, incomplete) in rows {
            for (index, require) in ALL.into_iter().enumerate() {
                let what = format!("{kinds:?} under {require:?}");
                assert_eq!(
                    verdict(Combine::Any, require, true, kinds),
                    complete[index],
                    "{what}"
                );
                assert_eq!(
                    verdict(Combine::Any, require, false, kinds),
                    incomplete[index],
                    "{what}, incomplete"
                );
            }
        }
    }

    #[test]
    fn several_pins_need_as_many_signers() {
        use Verdict::{Allowed as A, Denied as D};
        let two = Combine::AtLeast(2);
        for (combine, kinds, expected) in [
            (two, vec![GOOD, LATER_GOOD], D),
            (two, vec![GOOD, Meets(1, Some(5))], A),
            (two, vec![GOOD, Insufficient(1, Some(5))], D),
            (Combine::All, vec![GOOD, Meets(1, None)], D),
            (Combine::All, vec![GOOD, Meets(1, None), Meets(2, None)], A),
        ] {
            assert_eq!(
                verdict(combine, Require::Any, true, &kinds),
                expected,
                "{combine:?} {kinds:?}"
            );
        }
        // Where several signers are demanded, the latest of each counts.
        for (kinds, expected) in [
            (vec![GOOD, Meets(1, Some(99))], A),
            (vec![GOOD, LATER_BAD, Meets(1, Some(5))], D),
            (vec![BAD, LATER_GOOD, Meets(1, Some(5))], A),
            (vec![GOOD, BAD, Meets(1, Some(5))], D),
        ] {
            assert_eq!(verdict(two, Require::Latest, true, &kinds), expected, "{kinds:?}");
        }
    }

    #[test]
    fn a_denial_says_what_is_missing() {
        let shortfall = |combine, require, kinds: &[Kind]| match decision(combine, require, true, kinds) {
            Decision::Denied(shortfall) => shortfall,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            shortfall(Combine::Any, Require::Any, &[Rejected]),
            Shortfall::AllRejected
        );
        assert_eq!(
            shortfall(Combine::Any, Require::All, &[GOOD, Rejected]),
            Shortfall::NotAll
        );
        assert_eq!(
            shortfall(Combine::Any, Require::Latest, &[GOOD, LATER_BAD]),
            Shortfall::LatestInsufficient
        );
        assert!(matches!(
            shortfall(Combine::All, Require::Any, &[GOOD]),
            Shortfall::TooFewPins(_)
        ));
    }

    #[test]
    fn an_approval_rests_on_what_met_the_demand_and_on_the_latest_alone_where_that_is_asked() {
        let candidates = |require, kinds: &[Kind]| match decision(Combine::Any, require, true, kinds) {
            Decision::Allowed(approval) => approval.candidates().to_vec(),
            other => panic!("{other:?}"),
        };
        let kinds = [Rejected, GOOD, Other, LATER_GOOD, Meets(1, Some(20))];
        assert_eq!(candidates(Require::Any, &kinds), [1, 3, 4]);
        assert_eq!(candidates(Require::Latest, &kinds), [3, 4]);
    }

    fn kind() -> impl Strategy<Value = Kind> {
        let who = || (0..3_u8, prop::option::of(0..4_i64));
        prop_oneof![
            Just(Other),
            Just(Rejected),
            Just(Unknown),
            who().prop_map(|(signer, second)| Insufficient(signer, second)),
            who().prop_map(|(signer, second)| Meets(signer, second)),
        ]
    }

    fn combine() -> impl Strategy<Value = Combine> {
        prop_oneof![Just(Combine::Any), Just(Combine::All), Just(Combine::AtLeast(2))]
    }

    proptest! {
        #[test]
        fn what_does_not_count_never_turns_a_refusal_into_allowed(
            combine in combine(),
            require in prop::sample::select(&ALL),
            complete: bool,
            kinds in prop::collection::vec(kind(), 0..6),
            useless in prop_oneof![Just(Other), Just(Rejected), Just(Unknown), Just(Insufficient(1, Some(2)))],
            place: prop::sample::Index,
        ) {
            let before = verdict(combine, require, complete, &kinds);
            let mut more = kinds.clone();
            more.insert(place.index(kinds.len() + 1), useless);
            let after = verdict(combine, require, complete, &more);
            prop_assert!(before == Verdict::Allowed || after != Verdict::Allowed);
        }

        #[test]
        fn without_every_answer_nothing_is_denied_or_found_absent(
            combine in combine(),
            require in prop::sample::select(&ALL),
            kinds in prop::collection::vec(kind(), 0..6),
        ) {
            let incomplete = verdict(combine, require, false, &kinds);
            prop_assert!(matches!(incomplete, Verdict::Allowed | Verdict::Undecided));
            // And a missing answer never allows what all answers together do not.
            if incomplete == Verdict::Allowed {
                prop_assert_eq!(verdict(combine, require, true, &kinds), Verdict::Allowed);
            }
        }

        #[test]
        fn the_order_of_the_candidates_decides_nothing(
            combine in combine(),
            require in prop::sample::select(&ALL),
            complete: bool,
            (kinds, shuffled) in prop::collection::vec(kind(), 0..6)
                .prop_flat_map(|kinds| (Just(kinds.clone()), Just(kinds).prop_shuffle())),
        ) {
            prop_assert_eq!(
                verdict(combine, require, complete, &kinds),
                verdict(combine, require, complete, &shuffled)
            );
        }

        #[test]
        fn allowed_rests_on_candidates_that_meet_the_demand(
            combine in combine(),
            require in prop::sample::select(&ALL),
            complete: bool,
            kinds in prop::collection::vec(kind(), 0..6),
        ) {
            if let Decision::Allowed(approval) = decision(combine, require, complete, &kinds) {
                prop_assert!(!approval.candidates().is_empty());
                for index in approval.candidates() {
                    prop_assert!(matches!(kinds[*index], Meets(..)));
                }
            }
        }
    }
}
