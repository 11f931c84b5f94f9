//! A gate that is killed again and again, at any moment and right after a trigger left: nothing that it accepted is lost,
//! and nothing is set off that it did not allow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use portcullis::gate::record::Outcome;
use portcullis::gate::{EventId, EventState, OrderState, Ruling};

use crate::program::{Gated, PATIENCE, number, until};
use crate::service::{Act, Service};

const EVENTS: usize = 500;
/// Kills at random moments, at least.
const KILLS: usize = 20;
/// Every so many triggers, the gate is killed before it is answered.
const KILL_AT: usize = 40;
/// Threads that send events.
const SENDERS: usize = 4;

/// Numbers that are another series in every run; the seed is printed, so that a failure can be looked into.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let seed = u64::from(now.subsec_nanos()) | 1;
        eprintln!("seed {seed}");
        Self(seed)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Receives triggers. Before some are answered, `kill` is told and has killed the gate when it answers.
fn receiver(kill: Sender<Sender<()>>, counted: Arc<AtomicUsize>) -> Service {
    let kill = Mutex::new(kill);
    Service::start(move |_, before| {
        counted.store(before + 1, Ordering::SeqCst);
        if before % KILL_AT == KILL_AT - 1 {
            let (done, killed) = channel();
            let _ = kill.lock().unwrap().send(done);
            let _ = killed.recv_timeout(PATIENCE);
        }
        Act::status(200)
    })
}

/// Sends every event until it was answered for, however often the gate is killed meanwhile.
fn send_all(gated: &Gated, images: &[String], next: &AtomicUsize) -> BTreeMap<String, EventId> {
    let mut accepted = BTreeMap::new();
    loop {
        let index = next.fetch_add(1, Ordering::SeqCst);
        if index >= EVENTS {
            return accepted;
        }
        let delivery = format!("event-{index}");
        let event = until(|| {
            let (status, answer) = gated.send(&delivery, &images[index % images.len()])?;
            assert!([200, 202].contains(&status), "{status} {answer}");
            Some(number(&answer))
        });
        accepted.insert(delivery, event);
        // So that the kills fall among the events.
        std::thread::sleep(Duration::from_millis(25));
    }
}

#[test]
fn nothing_that_was_accepted_is_lost_however_often_the_gate_is_killed() {
    let (kill, kills_asked) = channel();
    let counted: Arc<AtomicUsize> = Arc::default();
    let receiver = receiver(kill, Arc::clone(&counted));
    let gated = Gated::new(&receiver.url(), "", "[decide]\ncache = \"1h\"\n");
    let mut images: Vec<String> = (0..4)
        .map(|number| gated.world.at(&gated.signed(&format!("signed {number}"), "v1")))
        .collect();
    images.push(gated.world.at(&gated.world.push("unsigned", "v2")));
    let refused = images.last().unwrap().clone();
    gated.start();

    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut random = Random::new();
    let (mut kills, mut kills_in_triggers) = (0, 0);
    let accepted = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| scope.spawn(|| send_all(&gated, &images, &next)))
            .collect();
        let killer = scope.spawn(|| {
            while !stop.load(Ordering::SeqCst) {
                let until_next = Duration::from_millis(10 + random.below(250));
                let asked = kills_asked.recv_timeout(until_next);
                gated.kill();
                kills += 1;
                if let Ok(done) = asked {
                    kills_in_triggers += 1;
                    let _ = done.send(());
                }
                gated.start();
            }
        });
        let accepted: Vec<_> = senders.into_iter().map(|sender| sender.join().unwrap()).collect();
        stop.store(true, Ordering::SeqCst);
        killer.join().unwrap();
        accepted
    });
    let accepted: BTreeMap<String, EventId> = accepted.into_iter().flatten().collect();
    assert!(kills >= KILLS, "{kills} kills are too few");

    // The kills that triggers still ask for are served while the rest is worked off.
    let end = Instant::now() + PATIENCE;
    loop {
        if let Ok(done) = kills_asked.recv_timeout(Duration::from_millis(50)) {
            gated.kill();
            kills_in_triggers += 1;
            let _ = done.send(());
            gated.start();
        }
        let statuses: Vec<_> = accepted
            .values()
            .map(|event| gated.book().status(*event).unwrap().unwrap())
            .collect();
        let open = statuses.iter().any(|status| {
            let orders = status.orders.iter();
            status.state == EventState::Waiting || orders.clone().any(|order| order.state != OrderState::Done)
        });
        if !open {
            break;
        }
        assert!(
            Instant::now() < end,
            "not everything was worked off: {:#?}",
            statuses
                .iter()
                .filter(|status| status.state == EventState::Waiting)
                .take(3)
                .collect::<Vec<_>>()
        );
    }
    assert!(gated.end().success());
    assert!(kills_in_triggers > 0, "no trigger was interrupted");
    compare(&gated, &receiver, &accepted, &refused);
    eprintln!(
        "{kills} kills, {kills_in_triggers} of them in triggers, {} requests",
        counted.load(Ordering::SeqCst)
    );
}

/// Holds what was answered for against what was decided and what was received.
fn compare(gated: &Gated, receiver: &Service, accepted: &BTreeMap<String, EventId>, refused: &str) {
    assert_eq!(accepted.len(), EVENTS);
    assert_eq!(
        accepted.values().collect::<BTreeSet<_>>().len(),
        EVENTS,
        "each delivery is an event of its own"
    );
    gated.book().verify().unwrap();
    let decisions = gated.decisions();
    assert_eq!(decisions.len(), EVENTS, "each event is decided once");
    let by_event: BTreeMap<EventId, _> = decisions
        .iter()
        .map(|(number, decision)| (decision.event, (number, decision)))
        .collect();
    assert_eq!(
        by_event.keys().collect::<BTreeSet<_>>(),
        accepted.values().collect::<BTreeSet<_>>()
    );

    let mut received: BTreeMap<String, usize> = BTreeMap::new();
    for request in receiver.requests() {
        *received
            .entry(request.header("webhook-id").unwrap().to_owned())
            .or_default() += 1;
    }
    let attempts: usize = gated
        .records()
        .iter()
        .filter(|record| matches!(record.entry, portcullis::gate::record::Entry::Firing(_)))
        .count();
    assert!(
        received.values().sum::<usize>() <= attempts,
        "nothing fired that was not recorded before"
    );
    let ids: BTreeSet<i64> = received
        .keys()
        .map(|id| id.split('-').nth(1).unwrap().parse().unwrap())
        .collect();
    for (delivery, event) in accepted {
        let (number, decision) = by_event[event];
        assert_eq!(decision.delivery.as_deref(), Some(delivery.as_str()));
        let allowed = matches!(decision.ruling, Ruling::Allowed(_));
        assert_eq!(allowed, decision.reference != *refused, "{decision:?}");
        assert_eq!(ids.contains(number), allowed, "{decision:?}");
    }
    assert_eq!(
        received.len(),
        ids.len(),
        "one id for each decision, however often it was sent"
    );
    let done = gated
        .fired()
        .into_iter()
        .filter(|firing| firing.result == Some(Outcome::Done))
        .count();
    assert_eq!(done, ids.len(), "each is recorded as done once");
}
