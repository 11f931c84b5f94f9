//! Whether an allowed image is older than what was allowed before it, and what becomes of it then.

use jiff::{SignedDuration, Timestamp};

use super::config::RollbackRule;
use super::record::{Decision, Note, Proof, Ruling};
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// The image that was allowed last for a route and repository.
pub(super) struct Last {
    /// Its digest.
    pub(super) digest: Digest,
    /// Its earliest verified time.
    pub(super) signed: Option<Timestamp>,
}

/// Notes in a decision that it brings back an older image, and turns it into a denial where the rule says so. `seen` says
/// whether the image was allowed before.
pub(super) fn apply(decision: &mut Decision, last: Option<Last>, seen: bool, rule: RollbackRule) {
    let (Ruling::Allowed(proof), Some(last), Some(digest)) = (&decision.ruling, last, &decision.digest)
    else {
        return;
    };
    let older = matches!((proof.signed, last.signed), (Some(own), Some(last)) if own < last);
    if *digest == last.digest || !(seen || older) {
        return;
    }
    let refusal = refusal(proof, decision.time, rule);
    decision.rollback_from = Some(last.digest);
    match refusal {
        None => {
            let finding = Finding::new(
                Code::Rollback,
                "an older image takes the place of the one that was allowed last",
            );
            decision.findings.push(Note::from(&finding));
        }
        Some(why) => {
            let finding = Finding::new(
                Code::RollbackDenied,
                format!("the image is older than the one that was allowed last: {why}"),
            );
            decision.findings.push(Note::from(&finding));
            decision.ruling = Ruling::Denied;
        }
    }
}

fn refusal(proof: &Proof, now: Timestamp, rule: RollbackRule) -> Option<&'static str> {
    match rule {
        RollbackRule::Allow => None,
        RollbackRule::Deny => Some("rollback = \"deny\""),
        RollbackRule::Within(longest) => match proof.signed {
            None => Some("its age is not known, and rollback-within is set"),
            Some(signed) => {
                let longest = SignedDuration::try_from(longest).unwrap_or(SignedDuration::MAX);
                (now.duration_since(signed) > longest)
                    .then_some("it was signed longer ago than rollback-within")
            }
        },
    }
}
