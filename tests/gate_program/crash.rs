//! A gate that is killed again and again, at any moment and right after a trigger left: nothing that it accepted is lost,
//! and nothing is set off that it did not allow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use portcullis::gate::record::{Decision, Entry, Outcome};
use portcullis::gate::{EventId, EventState, OrderState, Ruling};

use crate::program::{Gated, PATIENCE, number, until};
use crate::service::{Act, Service};

const EVENTS: usize = 500;
/// Kills, at least.
const KILLS: usize = 24;
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

/// Receives triggers. Some ask for the gate to be killed, and are answered after that.
fn receiver(kill: Sender<Sender<()>>) -> Service {
    let kill = Mutex::new(kill);
    Service::start(move |_, before| {
        if before % KILL_AT == KILL_AT - 1 {
            let (done, killed) = channel();
            let _ = kill.lock().unwrap().send(done);
            let _ = killed.recv_timeout(PATIENCE);
        }
        Act::status(200)
    })
}

/// Sends events until each was answered for, however often the gate is killed meanwhile.
fn send_all(
    gated: &Gated,
    images: &[String],
    next: &AtomicUsize,
    answered: &AtomicUsize,
) -> BTreeMap<String, EventId> {
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
        answered.fetch_add(1, Ordering::SeqCst);
    }
}

/// What kills the gate and starts it again.
struct Killer<'g> {
    gated: &'g Gated,
    /// Triggers that are not answered before the gate is killed.
    asked: Receiver<Sender<()>>,
    answered: &'g AtomicUsize,
    random: Random,
    kills: usize,
    kills_in_triggers: usize,
}

impl Killer<'_> {
    /// Kills the gate a few events after it was started, at any moment, or when a trigger asks for it.
    fn once(&mut self) {
        let target = self.answered.load(Ordering::SeqCst) + 3 + self.random.below(30) as usize;
        let end = Instant::now() + Duration::from_secs(2);
        let mut asked = None;
        while asked.is_none()
            && Instant::now() < end
            && self.answered.load(Ordering::SeqCst) < target.min(EVENTS)
        {
            asked = self.asked.recv_timeout(Duration::from_millis(2)).ok();
        }
        let moment = Duration::from_millis(self.random.below(30));
        let asked = asked.or_else(|| self.asked.recv_timeout(moment).ok());
        self.kill(asked);
    }

    fn kill(&mut self, asked: Option<Sender<()>>) {
        self.gated.kill();
        self.kills += 1;
        if let Some(done) = asked {
            self.kills_in_triggers += 1;
            let _ = done.send(());
        }
        self.gated.start();
    }

    /// Kills the gate only when a trigger asks for it, until everything is worked off.
    fn rest(&mut self, accepted: &BTreeMap<String, EventId>) {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Ok(done) = self.asked.recv_timeout(Duration::from_millis(50)) {
                self.kill(Some(done));
            }
            let book = self.gated.book();
            let open = accepted.values().find_map(|event| {
                let status = book.status(*event).unwrap().unwrap();
                let waits = status.state == EventState::Waiting
                    || status.orders.iter().any(|order| order.state != OrderState::Done);
                waits.then_some(status)
            });
            let Some(open) = open else { return };
            assert!(Instant::now() < end, "not everything was worked off: {open:?}");
        }
    }
}

#[test]
fn nothing_that_was_accepted_is_lost_however_often_the_gate_is_killed() {
    let (kill, asked) = channel();
    let receiver = receiver(kill);
    let gated = Gated::new(&receiver.url(), "", "[decide]\ncache = \"1h\"\n");
    let mut images: Vec<String> = (0..4)
        .map(|number| gated.world.at(&gated.signed(&format!("signed {number}"), "v1")))
        .collect();
    let refused = gated.world.at(&gated.world.push("unsigned", "v2"));
    images.push(refused.clone());
    gated.start();

    let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let mut killer = Killer {
        gated: &gated,
        asked,
        answered: &answered,
        random: Random::new(),
        kills: 0,
        kills_in_triggers: 0,
    };
    let accepted: BTreeMap<String, EventId> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| scope.spawn(|| send_all(&gated, &images, &next, &answered)))
            .collect();
        while killer.kills < KILLS || senders.iter().any(|sender| !sender.is_finished()) {
            killer.once();
        }
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    killer.rest(&accepted);
    assert!(gated.end().success());
    assert!(killer.kills_in_triggers > 0, "no trigger was interrupted");
    eprintln!(
        "{} kills, {} of them in triggers",
        killer.kills, killer.kills_in_triggers
    );
    compare(&gated, &receiver, &accepted, &refused);
}

/// Holds what was answered for against what was decided and what was received.
fn compare(gated: &Gated, receiver: &Service, accepted: &BTreeMap<String, EventId>, refused: &str) {
    assert_eq!(accepted.len(), EVENTS);
    let events: BTreeSet<EventId> = accepted.values().copied().collect();
    assert_eq!(events.len(), EVENTS, "each delivery is an event of its own");
    gated.book().verify().unwrap();
    let decisions: BTreeMap<EventId, (i64, Decision)> = {
        let decisions = gated.decisions();
        assert_eq!(decisions.len(), EVENTS, "each event is decided once");
        decisions
            .into_iter()
            .map(|(number, decision)| (decision.event, (number, decision)))
            .collect()
    };
    assert_eq!(decisions.keys().copied().collect::<BTreeSet<_>>(), events);

    let mut received: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    let requests = receiver.requests();
    for request in &requests {
        let id = request.header("webhook-id").unwrap().to_owned();
        let decision = id.split('-').nth(1).unwrap().parse().unwrap();
        received.entry(decision).or_default().insert(id);
    }
    assert!(
        received.values().all(|ids| ids.len() == 1),
        "one id for each decision, however often it was sent"
    );
    // An event that is decided after a newer one of the same repository comes too late to be deployed.
    let overtaken: BTreeSet<i64> = gated
        .fired()
        .into_iter()
        .filter(|firing| firing.result == Some(Outcome::Superseded))
        .map(|firing| firing.decision)
        .collect();
    for (delivery, event) in accepted {
        let (number, decision) = &decisions[event];
        assert_eq!(decision.delivery.as_deref(), Some(delivery.as_str()));
        let allowed = matches!(decision.ruling, Ruling::Allowed(_));
        assert_eq!(allowed, decision.reference != refused, "{decision:?}");
        let fires = allowed && !overtaken.contains(number);
        assert!(allowed || !received.contains_key(number), "{decision:?}");
        assert!(!fires || received.contains_key(number), "{decision:?}");
    }
    let records = gated.records();
    let begun = records
        .iter()
        .filter(|record| matches!(record.entry, Entry::Firing(_)))
        .count();
    assert!(
        requests.len() <= begun,
        "nothing fired that was not recorded before"
    );
    let done = gated
        .fired()
        .into_iter()
        .filter(|firing| firing.result == Some(Outcome::Done))
        .count();
    let undone = received
        .keys()
        .filter(|number| overtaken.contains(number))
        .count();
    assert_eq!(done + undone, received.len(), "each is recorded as done once");
    assert!(
        done > EVENTS / 4,
        "{done} are too few: hardly anything was set off"
    );
}
