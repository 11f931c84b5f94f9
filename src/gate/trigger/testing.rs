//! Orders for the tests of triggers, made as the gate makes them: of a record.

use jiff::Timestamp;

use crate::gate::queue::EventId;
use crate::gate::record::{Decision, Entry, Proof, Record, Ruling};
use crate::gate::{Allowed, Attempt, Order};
use crate::subject::Digest;

/// `sha256:` and 64 times the same hex digit.
pub(in crate::gate) fn digest(digit: char) -> Digest {
    format!("sha256:{}", digit.to_string().repeat(64))
        .parse()
        .unwrap()
}

/// An order for `registry.example/team/app` with the digest of `a`, and others of the same team beside it.
pub(in crate::gate) fn order(beside: &[(&str, char)]) -> Order {
    attempt(1, false, beside)
}

/// The same order at a later attempt.
pub(in crate::gate) fn attempt(number: u32, may_have_happened: bool, beside: &[(&str, char)]) -> Order {
    let attempt = Attempt {
        number,
        may_have_happened,
    };
    let beside = beside.iter().map(|(name, digit)| allowed(name, *digit)).collect();
    Order::new(allowed("app", 'a'), "gate", "prod", attempt).beside(beside)
}

/// An order for an image of another repository, with the digest of `a`.
pub(in crate::gate) fn order_in(repository: &str) -> Order {
    let attempt = Attempt {
        number: 1,
        may_have_happened: false,
    };
    Order::new(
        allowed_in(repository.to_owned(), "app", 'a'),
        "gate",
        "prod",
        attempt,
    )
}

fn allowed(name: &str, digit: char) -> Allowed {
    allowed_in(format!("registry.example/team/{name}"), name, digit)
}

fn allowed_in(repository: String, route: &str, digit: char) -> Allowed {
    let decision = Decision {
        event: EventId(1),
        caller: "ci".to_owned(),
        delivery: None,
        reference: format!("{repository}:v1"),
        received: Timestamp::UNIX_EPOCH,
        time: Timestamp::UNIX_EPOCH,
        route: Some(route.to_owned()),
        repository,
        digest: Some(digest(digit)),
        policy: Some(digest('f')),
        trust: None,
        ruling: Ruling::Allowed(Proof {
            signers: Vec::new(),
            logs: Vec::new(),
            evidence: Vec::new(),
            sboms: Vec::new(),
            signed: None,
        }),
        rollback_from: None,
        cached: false,
        findings: Vec::new(),
    };
    let record = Record {
        number: 7,
        previous: digest('0'),
        hash: digest('1'),
        entry: Entry::Decision(Box::new(decision)),
    };
    Allowed::of(record).unwrap()
}
