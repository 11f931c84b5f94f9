use jiff::{SignedDuration, ToSpan};

use super::*;
use crate::gate::config::RollbackRule;
use crate::gate::hint::Hint;
use crate::gate::queue::{Fingerprint, Follow};
use crate::gate::record::{Decision, Entry, Outcome, Ruling};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let mut builder = tempfile::Builder::new();
    builder
        .permissions(std::fs::Permissions::from_mode(0o700))
        .tempdir()
        .unwrap()
}

fn event(number: u8, reference: &str) -> NewEvent {
    NewEvent {
        caller: "ci".to_owned(),
        fingerprint: Fingerprint([number; 32]),
        hint: Hint::new(reference, None).unwrap(),
        received: now(),
    }
}

fn accept(store: &Store, number: u8) -> Accepted {
    store
        .accept(event(number, "registry.example/app:v1"))
        .unwrap()
        .wait()
        .unwrap()
}

fn digest(letter: char) -> Digest {
    format!("sha256:{}", letter.to_string().repeat(64))
        .parse()
        .unwrap()
}

fn proof(signed: i64) -> Proof {
    Proof {
        signers: Vec::new(),
        logs: Vec::new(),
        evidence: Vec::new(),
        sboms: Vec::new(),
        signed: Some(later(signed)),
    }
}

fn decision(event: EventId, letter: char, ruling: Ruling) -> Box<Decision> {
    Box::new(Decision {
        event,
        caller: "ci".to_owned(),
        delivery: None,
        reference: "registry.example/app:v1".to_owned(),
        received: now(),
        time: now(),
        route: Some("app".to_owned()),
        repository: "registry.example/app".to_owned(),
        digest: Some(digest(letter)),
        policy: None,
        trust: None,
        ruling,
        rollback_from: None,
        cached: false,
        findings: Vec::new(),
    })
}

fn settle(store: &Store, decision: Box<Decision>, rollback: RollbackRule) {
    let triggers = vec!["deploy".to_owned()];
    let follow = Follow { rollback, triggers };
    store.settle(vec![Settled::Decided { decision, follow }]).unwrap();
}

/// Accepts an event and has it allowed.
fn allow(store: &Store, number: u8, letter: char, signed: i64) -> EventId {
    let event = accept(store, number).event();
    settle(
        store,
        decision(event, letter, Ruling::Allowed(proof(signed))),
        RollbackRule::Allow,
    );
    event
}

fn end(outcome: Outcome, due: i64) -> End {
    End {
        outcome,
        due: later(due),
        detail: "as the test says".to_owned(),
    }
}

/// What was recorded of triggers: decision, attempt, result.
fn fired(store: &Store) -> Vec<(i64, u32, Option<Outcome>)> {
    let records = store.book().unwrap().after(0, MAX_READ).unwrap();
    let firings = records.into_iter().filter_map(|record| match record.entry {
        Entry::Firing(firing) | Entry::Fired(firing) => {
            Some((firing.decision, firing.attempt, firing.result))
        }
        _ => None,
    });
    firings.collect()
}

#[test]
fn an_event_is_kept_once_and_handed_out_once() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let first = accept(&store, 1);
    assert!(matches!(first, Accepted::New(_)));
    assert_eq!(accept(&store, 1), Accepted::Again(first.event()));
    assert!(matches!(accept(&store, 2), Accepted::New(_)));
    let mut other = event(1, "registry.example/app:v1");
    other.caller = "other".to_owned();
    assert!(matches!(
        store.accept(other).unwrap().wait().unwrap(),
        Accepted::New(_)
    ));
    assert_eq!(store.claim(2, now()).unwrap().len(), 2);
    assert_eq!(store.claim(2, now()).unwrap().len(), 1);
    assert_eq!(store.claim(2, now()).unwrap().len(), 0);
}

#[test]
fn what_was_handed_out_and_not_settled_waits_after_a_restart() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    accept(&store, 1);
    assert_eq!(store.claim(1, now()).unwrap().len(), 1);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.claim(1, now()).unwrap().len(), 1);
}

#[test]
fn what_was_put_off_waits_until_it_is_due() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let event = accept(&store, 1).event();
    store.claim(1, now()).unwrap();
    let (due, why) = (later(60), "the registry did not answer".to_owned());
    store.settle(vec![Settled::Later { event, due, why }]).unwrap();
    assert!(store.claim(1, later(59)).unwrap().is_empty());
    assert_eq!(store.claim(1, later(60)).unwrap()[0].attempts, 1);
    let status = store.book().unwrap().status(event).unwrap().unwrap();
    assert_eq!(status.why.as_deref(), Some("the registry did not answer"));
}

#[test]
fn a_clock_that_was_set_back_does_not_put_anything_off_for_long() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    accept(&store, 1);
    let days_before = now() - 72.hours();
    assert_eq!(store.claim(1, days_before).unwrap().len(), 1);
    allow(&store, 2, 'a', 0);
    assert!(store.begin(days_before).unwrap().is_some());
}

#[test]
fn only_an_allowed_image_becomes_an_order() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    for (number, ruling) in [
        (1, Ruling::Denied),
        (2, Ruling::NoEvidence),
        (3, Ruling::Undecided),
    ] {
        let event = accept(&store, number).event();
        settle(&store, decision(event, 'a', ruling), RollbackRule::Allow);
        assert!(store.begin(now()).unwrap().is_none());
    }
    allow(&store, 4, 'b', 0);
    let order = store.begin(now()).unwrap().unwrap();
    assert_eq!(order.image(), format!("registry.example/app@{}", digest('b')));
    assert!(store.claim(9, now()).unwrap().is_empty(), "all are decided");
}

#[test]
fn a_trigger_has_one_order_in_hand() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    allow(&store, 1, 'a', 0);
    allow(&store, 2, 'b', 1);
    let first = store.begin(now()).unwrap().unwrap();
    assert!(store.begin(now()).unwrap().is_none());
    store.finish(&first, end(Outcome::Done, 0), now()).unwrap();
    let second = store.begin(now()).unwrap().unwrap();
    assert_eq!(second.digest(), &digest('b'));
    assert_ne!(first.id(), second.id());
}

#[test]
fn an_order_that_was_begun_before_a_crash_may_have_happened_and_keeps_its_id() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    allow(&store, 1, 'a', 0);
    let before = store.begin(now()).unwrap().unwrap();
    assert!(!before.attempt().may_have_happened);
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let after = store.begin(now()).unwrap().unwrap();
    assert_eq!(after.id(), before.id());
    assert_eq!(after.attempt().number, 2);
    assert!(after.attempt().may_have_happened);
    // That it failed this time says nothing about the time before.
    store.finish(&after, end(Outcome::Retry, 0), now()).unwrap();
    assert!(store.begin(now()).unwrap().unwrap().attempt().may_have_happened);
}

#[test]
fn an_order_that_failed_gives_way_to_a_newer_one_of_its_repository() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    allow(&store, 1, 'a', 0);
    let first = store.begin(now()).unwrap().unwrap();
    allow(&store, 2, 'b', 1);
    store.finish(&first, end(Outcome::Retry, 60), now()).unwrap();
    let second = store.begin(now()).unwrap().unwrap();
    assert_eq!(second.digest(), &digest('b'));
    store.finish(&second, end(Outcome::Done, 0), now()).unwrap();
    assert!(
        store.begin(later(9_999)).unwrap().is_none(),
        "the older image does not come back"
    );
    let number = first.decision();
    assert!(fired(&store).contains(&(number, 1, Some(Outcome::Superseded))));
}

#[test]
fn an_order_that_failed_is_tried_again_when_it_is_due() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    allow(&store, 1, 'a', 0);
    let order = store.begin(now()).unwrap().unwrap();
    store.finish(&order, end(Outcome::Retry, 60), now()).unwrap();
    assert!(store.begin(later(59)).unwrap().is_none());
    let again = store.begin(later(60)).unwrap().unwrap();
    assert_eq!((again.id(), again.attempt().number), (order.id(), 2));
    assert!(!again.attempt().may_have_happened);
}

#[test]
fn an_older_image_is_recorded_as_a_rollback_and_denied_where_the_route_says_so() {
    let cases = [
        // Seen before, and signed earlier.
        (RollbackRule::Allow, 'a', 0, true),
        (RollbackRule::Deny, 'a', 0, false),
        (RollbackRule::Within(Duration::from_secs(10)), 'a', 0, true),
        (RollbackRule::Within(Duration::from_secs(10)), 'a', -20, false),
        // Never seen, and signed earlier.
        (RollbackRule::Deny, 'c', -1, false),
    ];
    for (rule, letter, signed, allowed) in cases {
        let folder = folder();
        let store = Store::open(folder.path()).unwrap();
        allow(&store, 1, 'a', 0);
        allow(&store, 2, 'b', 5);
        let event = accept(&store, 3).event();
        settle(
            &store,
            decision(event, letter, Ruling::Allowed(proof(signed))),
            rule,
        );
        let Entry::Decision(found) = store.book().unwrap().of_event(event).unwrap().remove(0).entry else {
            panic!("the first record of an event is its decision")
        };
        assert_eq!(
            matches!(found.ruling, Ruling::Allowed(_)),
            allowed,
            "{rule:?} {letter}"
        );
        assert_eq!(found.rollback_from, Some(digest('b')), "{rule:?} {letter}");
        let orders = store.book().unwrap().status(event).unwrap().unwrap().orders;
        assert_eq!(orders.len(), usize::from(allowed));
    }
}

/// Its registry did not answer at first, and a newer build was faster.
#[test]
fn an_event_that_was_overtaken_brings_no_old_image_after_the_new_one() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let slow = accept(&store, 1).event();
    allow(&store, 2, 'b', 5);
    let of = |event| store.book().unwrap().status(event).unwrap().unwrap().orders.len();
    let allowed = || decision(slow, 'a', Ruling::Allowed(proof(0)));
    settle(&store, allowed(), RollbackRule::Allow);
    assert_eq!(of(slow), 0);
    assert_eq!(fired(&store), [(2, 0, Some(Outcome::Superseded))]);
    let order = store.begin(now()).unwrap().unwrap();
    assert_eq!(order.digest(), &digest('b'));
    store.finish(&order, end(Outcome::Done, 0), now()).unwrap();
    assert!(store.begin(now()).unwrap().is_none());
    // A person who wants the old one back says so by a new event.
    assert_eq!(of(allow(&store, 3, 'a', 0)), 1);
}

/// A person who asks for a dead event again wants it, whatever came meanwhile.
#[test]
fn an_event_that_was_asked_for_again_is_not_overtaken_by_what_came_before() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let dead = accept(&store, 1).event();
    let undecided = decision(dead, 'a', Ruling::Undecided);
    store.settle(vec![Settled::Dead(undecided)]).unwrap();
    allow(&store, 2, 'b', 5);
    assert!(store.replay(dead, now()).unwrap());
    settle(
        &store,
        decision(dead, 'a', Ruling::Allowed(proof(0))),
        RollbackRule::Allow,
    );
    assert_eq!(
        store.book().unwrap().status(dead).unwrap().unwrap().orders.len(),
        1
    );
}

#[test]
fn the_same_image_again_and_a_newer_one_are_no_rollbacks() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    for (number, letter, signed) in [(1, 'a', 0), (2, 'a', 0), (3, 'b', 7)] {
        let event = accept(&store, number).event();
        settle(
            &store,
            decision(event, letter, Ruling::Allowed(proof(signed))),
            RollbackRule::Deny,
        );
        assert_eq!(
            store.book().unwrap().status(event).unwrap().unwrap().orders.len(),
            1
        );
    }
}

#[test]
fn dead_events_and_dead_orders_can_be_asked_for_again_and_keep_their_digest() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let dead = accept(&store, 1).event();
    let decided = allow(&store, 2, 'a', 0);
    store.claim(1, now()).unwrap();
    let mut undecided = decision(dead, 'a', Ruling::Undecided);
    undecided.digest = None;
    store.settle(vec![Settled::Dead(undecided)]).unwrap();
    assert!(!store.replay(decided, now()).unwrap(), "its order waits");
    let order = store.begin(now()).unwrap().unwrap();
    store.finish(&order, end(Outcome::Refused, 0), now()).unwrap();
    for event in [dead, decided] {
        assert!(store.replay(event, now()).unwrap());
        assert!(!store.replay(event, now()).unwrap(), "it waits already");
    }
    assert!(!store.replay(EventId(99), now()).unwrap());
    let again = store.claim(9, now()).unwrap();
    let references: Vec<String> = again.iter().map(|event| event.hint.reference.whole()).collect();
    assert!(
        references.contains(&"registry.example/app:v1".to_owned()),
        "{references:?}"
    );
    assert!(
        references.contains(&format!("registry.example/app@{}", digest('a'))),
        "{references:?}"
    );
}

#[test]
fn a_verdict_is_found_under_its_key_until_it_expires() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    store.keep_verdict([1; 32], proof(3), later(60), now());
    accept(&store, 1);
    assert_eq!(store.verdict(&[1; 32], later(59)), Some(proof(3)));
    assert_eq!(store.verdict(&[1; 32], later(60)), None);
    assert_eq!(store.verdict(&[2; 32], now()), None);
    let day = 24 * 3600;
    assert_eq!(store.verdict(&[1; 32], later(60 - day)), Some(proof(3)));
    assert_eq!(
        store.verdict(&[1; 32], later(59 - day)),
        None,
        "the clock was set back"
    );
}

#[test]
fn a_verdict_that_somebody_else_wrote_or_moved_counts_for_nothing() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    store.keep_verdict([1; 32], proof(3), later(60), now());
    accept(&store, 1);
    let other = Connection::open(folder.path().join("gate.sqlite")).unwrap();
    for change in [
        "UPDATE verdicts SET key = zeroblob(32)",
        "UPDATE verdicts SET expires = expires + 1000",
        "UPDATE verdicts SET proof = replace(proof, '2026', '2027')",
    ] {
        let taken = [[0; 32], [1; 32]].map(|key| store.verdict(&key, now()).is_some());
        assert!(taken.contains(&true), "before {change}");
        let transaction = other.unchecked_transaction().unwrap();
        transaction.execute(change, []).unwrap();
        transaction.commit().unwrap();
        let taken = [[0; 32], [1; 32]].map(|key| store.verdict(&key, now()).is_some());
        assert_eq!(taken, [false, false], "after {change}");
        store.keep_verdict([1; 32], proof(3), later(60), now());
        accept(&store, 9);
        let _ = other.execute("DELETE FROM verdicts WHERE key = zeroblob(32)", []);
    }
}

#[test]
fn one_process_has_the_directory() {
    let folder = folder();
    let _store = Store::open(folder.path()).unwrap();
    let refused = Store::open(folder.path()).err().unwrap();
    assert!(refused.to_string().contains("another process"), "{refused}");
}

#[test]
fn a_directory_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o750)).unwrap();
    let refused = Store::open(folder.path()).err().unwrap();
    assert!(refused.to_string().contains("mode 750"), "{refused}");
    assert!(refused.finding().help.unwrap().contains("chmod 700"));
}

#[test]
fn a_directory_that_is_made_is_for_one_user() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let path = folder.path().join("a/b");
    drop(Store::open(&path).unwrap());
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(
        std::fs::metadata(path.join("key")).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn changed_missing_and_cut_records_keep_the_gate_from_starting() {
    for (change, told) in [
        (
            "UPDATE records SET entry = replace(entry, 'allowed', 'denied') WHERE number = 2",
            "record 2 is not",
        ),
        (
            "UPDATE records SET hash = zeroblob(32) WHERE number = 3",
            "record 3 is not",
        ),
        ("DELETE FROM records WHERE number = 2", "record 2 is missing"),
        ("DELETE FROM records WHERE number = 3", "the records end at 2"),
        (
            "UPDATE records SET number = 7 WHERE number = 3",
            "record 3 is missing",
        ),
        (
            "UPDATE records SET entry = 'x' WHERE number = 1",
            "record 1 is not",
        ),
    ] {
        let folder = folder();
        let store = Store::open(folder.path()).unwrap();
        for (number, letter) in [(1, 'a'), (2, 'b'), (3, 'c')] {
            allow(&store, number, letter, i64::from(number));
        }
        assert_eq!(store.book().unwrap().verify().unwrap().0, 3);
        drop(store);
        Connection::open(folder.path().join("gate.sqlite"))
            .unwrap()
            .execute(change, [])
            .unwrap();
        let refused = Store::open(folder.path()).err().expect(change);
        assert!(refused.to_string().contains(told), "{change}: {refused}");
    }
}

#[test]
fn the_head_is_what_verify_finds() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.head().0, 0);
    allow(&store, 1, 'a', 0);
    let found = store.book().unwrap().verify().unwrap();
    drop(store);
    assert_eq!(*Store::open(folder.path()).unwrap().head(), found);
}

#[test]
fn a_damaged_database_keeps_the_gate_from_starting() {
    for damage in [vec![b'x'; 10_000], vec![]] {
        let folder = folder();
        let store = Store::open(folder.path()).unwrap();
        for number in 1..40 {
            allow(&store, number, 'a', 0);
        }
        drop(store);
        let path = folder.path().join("gate.sqlite");
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        match damage.is_empty() {
            true => bytes.truncate(middle),
            false => bytes[middle..middle + damage.len()].copy_from_slice(&damage),
        }
        std::fs::write(&path, bytes).unwrap();
        let refused = Store::open(folder.path()).err().unwrap();
        assert!(refused.finding().help.unwrap().contains("backup"), "{refused}");
    }
}

#[test]
fn a_newer_version_is_not_touched() {
    let folder = folder();
    drop(Store::open(folder.path()).unwrap());
    let connection = Connection::open(folder.path().join("gate.sqlite")).unwrap();
    connection.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(connection);
    assert!(
        Store::open(folder.path())
            .err()
            .unwrap()
            .to_string()
            .contains("version 99")
    );
}

#[test]
fn what_fails_leaves_nothing_and_the_others_stay() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    // A decision about an event that is not there can be recorded; one about a dead statement cannot.
    let failed = store
        .writer
        .ask(|connection| connection.execute("INSERT INTO nowhere VALUES (1)", []));
    assert!(matches!(failed, Err(QueueError::Failed(_))));
    assert!(matches!(accept(&store, 1), Accepted::New(_)));
}

#[test]
fn a_full_disk_loses_nothing_that_was_answered() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    accept(&store, 1);
    store
        .writer
        .ask(|connection| connection.execute_batch("PRAGMA max_page_count = 1"))
        .unwrap();
    let pages: i64 = store
        .writer
        .ask(|connection| connection.query_row("PRAGMA max_page_count", [], |row| row.get(0)))
        .unwrap();
    let mut kept = 1;
    let mut refused = false;
    for number in 2..=250 {
        let mut event = event(number, "registry.example/app:v1");
        event.caller = "c".repeat(2_000);
        match store.accept(event).unwrap().wait() {
            Ok(_) => kept += 1,
            Err(QueueError::Failed(_)) => refused = true,
            Err(QueueError::Busy) => panic!("one at a time is not too much"),
        }
    }
    assert!(refused, "{pages} pages were enough");
    // There is room again.
    store
        .writer
        .ask(|connection| connection.execute_batch("PRAGMA max_page_count = 4294967294"))
        .unwrap();
    assert!(matches!(accept(&store, 251), Accepted::New(_)));
    assert_eq!(store.claim(999, now()).unwrap().len(), kept + 1);
}
