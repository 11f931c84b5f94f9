//! The threads that decide and that set off triggers.
//!
//! One thread hands out events: what can be answered at once is answered in batches, and the rest goes to the threads that
//! verify. Each trigger is set off by one thread at a time, because the store hands out one order of it at a time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle, sleep};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::config::Config;
use super::decide::Judged;
use super::journal::ended_within;
use super::order::{Fired, Order, Trigger};
use super::queue::{End, Event, Follow, Queue, QueueError, Settled};
use super::record::{Note, Outcome, Ruling};
use super::{Gate, Settings};
use crate::report::{Code, Finding};

/// Events that are handed out at a time.
const BATCH: usize = 256;

/// Events that wait for a thread that verifies, for each such thread.
const AHEAD: usize = 4;

/// How long to wait at most before looking what has become due.
const LOOK: Duration = Duration::from_millis(500);

/// How long to wait when the store does not do what it should.
const TROUBLE: Duration = Duration::from_secs(1);

/// The pause before the second attempt; each after it is twice as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// The longest pause between attempts.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// Most triggers that are set off at a time.
const MAX_FIRING: usize = 16;

/// The threads of a gate.
pub(super) struct Workers {
    gate: Arc<Gate>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts them. How many there are is said by the configuration at the start.
    pub(super) fn start(gate: &Arc<Gate>) -> std::io::Result<Self> {
        let settings = gate.settings();
        let deciding = settings.judge.config().decide.workers.max(1);
        let firing = settings.judge.config().triggers.len().clamp(1, MAX_FIRING);
        let mut workers = Self {
            gate: Arc::clone(gate),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        let (work, waiting) = sync_channel(deciding * AHEAD);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..deciding {
            let waiting = Arc::clone(&waiting);
            workers.spawn("gate-decide", move |gate, _| verify(gate, &waiting))?;
        }
        workers.spawn("gate-hand-out", move |gate, stop| hand_out(gate, stop, &work))?;
        for _ in 0..firing {
            workers.spawn("gate-trigger", set_off)?;
        }
        Ok(workers)
    }

    fn spawn(
        &mut self,
        name: &str,
        run: impl FnOnce(&Gate, &AtomicBool) + Send + 'static,
    ) -> std::io::Result<()> {
        let (gate, stop) = (Arc::clone(&self.gate), Arc::clone(&self.stop));
        let thread = Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&gate, &stop))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Lets them finish what they have in hand, for at most `longest`. What is not finished by then waits on disk.
    pub(super) fn stop(self, longest: Duration) {
        self.stop.store(true, Ordering::Relaxed);
        ended_within(&self.threads, longest);
    }
}

fn hand_out(gate: &Gate, stop: &AtomicBool, work: &SyncSender<Event>) {
    while !stop.load(Ordering::Relaxed) {
        let seen = gate.store.changes();
        match gate.store.claim(BATCH, Timestamp::now()) {
            Ok(events) if events.is_empty() => gate.store.wait(seen, LOOK),
            Ok(events) => hand_out_these(gate, stop, work, events),
            Err(error) => trouble(gate, &error),
        }
    }
}

/// Answers what can be answered at once, and hands on the rest.
fn hand_out_these(gate: &Gate, stop: &AtomicBool, work: &SyncSender<Event>, events: Vec<Event>) {
    let settings = gate.settings();
    let now = Timestamp::now();
    let mut settled = Vec::new();
    let mut rest = Vec::new();
    for event in events {
        match settings.judge.at_once(&event.hint.reference, now) {
            Some(judged) => settled.push(settle(&settings, &event, judged, now)),
            None => rest.push(event),
        }
    }
    if !settled.is_empty()
        && let Err(error) = gate.store.settle(settled)
    {
        trouble(gate, &error);
    }
    for event in rest {
        let mut event = event;
        // Waiting here keeps more from being handed out than is verified.
        while let Err(TrySendError::Full(back)) = work.try_send(event) {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            event = back;
            sleep(Duration::from_millis(2));
        }
    }
}

/// Verifies one event after the other, until there is nobody who hands out any.
fn verify(gate: &Gate, waiting: &Mutex<Receiver<Event>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(event) = next else { return };
        let settings = gate.settings();
        let judged = judge(gate, &settings, &event);
        let settled = settle(&settings, &event, judged, Timestamp::now());
        if let Err(error) = gate.store.settle(vec![settled]) {
            trouble(gate, &error);
        }
    }
}

/// The answer about an event, unless its registry keeps the threads that ask it: then it is put off.
fn judge(gate: &Gate, settings: &Settings, event: &Event) -> Judged {
    let reference = &event.hint.reference;
    let (registry, longest) = (reference.registry(), settings.judge.config().decide.timeout);
    let begun = Instant::now();
    if !gate.slow.may_ask(registry, longest, begun) {
        let message = format!("{registry} took too long a moment ago, and is not asked for now");
        return Judged::undecided(reference, &Finding::new(Code::RegistryUnreachable, message));
    }
    let judged = settings.judge.judge(reference, Timestamp::now());
    gate.slow.took(registry, begun.elapsed(), longest, Instant::now());
    judged
}

/// What becomes of an event after an attempt.
fn settle(settings: &Settings, event: &Event, mut judged: Judged, now: Timestamp) -> Settled {
    let config = settings.judge.config();
    let route = config.route(&event.hint.reference);
    let patience = match judged.ruling {
        Ruling::Undecided => config.decide.deadline,
        Ruling::NoEvidence => route.map(|route| route.wait_for_evidence).unwrap_or_default(),
        Ruling::Allowed(_) | Ruling::Denied => Duration::ZERO,
    };
    let due = after(now, pause(event.attempts.saturating_add(1)));
    if due < after(event.received, of(patience)) {
        let (event, why) = (event.id, judged.words());
        return Settled::Later { event, due, why };
    }
    if judged.ruling == Ruling::Undecided {
        let finding = Finding::new(Code::DeadlinePassed, "it could not be found out in time");
        judged.findings.insert(0, Note::from(&finding));
        return Settled::Dead(judged.decision(event, now));
    }
    let follow = Follow {
        rollback: route.map(|route| route.rollback).unwrap_or_default(),
        triggers: route.map(|route| route.triggers.clone()).unwrap_or_default(),
    };
    let decision = judged.decision(event, now);
    Settled::Decided { decision, follow }
}

fn set_off(gate: &Gate, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let seen = gate.store.changes();
        match gate.store.begin(Timestamp::now()) {
            Ok(None) => gate.store.wait(seen, LOOK),
            Ok(Some(order)) => {
                let settings = gate.settings();
                let fired = fire(&settings, &order, Timestamp::now());
                finish(gate, stop, &settings, &order, fired);
            }
            Err(error) => trouble(gate, &error),
        }
    }
}

fn fire(settings: &Settings, order: &Order, now: Timestamp) -> Fired {
    let config = settings.judge.config();
    let trigger = match wanted(config, order, now) {
        Ok(trigger) => trigger,
        Err(fired) => return fired,
    };
    let fired = catch_unwind(AssertUnwindSafe(|| trigger.fire(order)));
    fired.unwrap_or_else(|_| {
        Fired::Unknown(Finding::new(
            Code::InternalError,
            "the trigger ended without an answer",
        ))
    })
}

/// The trigger of an order, if the order is still to be carried out: what is allowed is allowed for a while, and the
/// configuration may have taken the trigger from the route since.
fn wanted<'c>(config: &'c Config, order: &Order, now: Timestamp) -> Result<&'c dyn Trigger, Fired> {
    if now >= after(order.decided(), of(config.decide.trigger_deadline)) {
        let finding = Finding::new(Code::DeadlinePassed, "its time had passed before its turn came");
        return Err(match order.attempt().may_have_happened {
            true => Fired::Unknown(finding),
            false => Fired::Retry { finding, after: None },
        });
    }
    let mut routes = config.routes.iter().filter(|route| route.name == order.route());
    let follows = routes.any(|route| route.triggers.iter().any(|name| name == order.trigger()));
    let mut triggers = config.triggers.iter();
    let named = triggers.find(|named| follows && named.name == order.trigger());
    named.map(|named| &*named.trigger).ok_or_else(|| {
        let message = "the route has no trigger of this name any more";
        Fired::Refused(Finding::new(Code::TriggerRefused, message))
    })
}

/// Records what came of an order. Until that is on disk the trigger has it in hand, so this does not give up.
fn finish(gate: &Gate, stop: &AtomicBool, settings: &Settings, order: &Order, fired: Fired) {
    let now = Timestamp::now();
    let end = end(
        order,
        fired,
        of(settings.judge.config().decide.trigger_deadline),
        now,
    );
    while let Err(error) = gate.store.finish(order, end.clone(), now) {
        trouble(gate, &error);
        if stop.load(Ordering::Relaxed) {
            return;
        }
    }
}

fn end(order: &Order, fired: Fired, patience: SignedDuration, now: Timestamp) -> End {
    let (outcome, detail, not_before) = match fired {
        Fired::Done(detail) => (Outcome::Done, detail, None),
        Fired::AlreadyDone(detail) => (Outcome::AlreadyDone, detail, None),
        Fired::Refused(finding) => (Outcome::Refused, finding.message, None),
        Fired::Retry { finding, after } => (Outcome::Retry, finding.message, after),
        Fired::Unknown(finding) => (Outcome::Unknown, finding.message, None),
    };
    let longest = after(now, LONGEST_PAUSE);
    let due = after(now, pause(order.attempt().number))
        .max(not_before.unwrap_or(now))
        .min(longest);
    let again = matches!(outcome, Outcome::Retry | Outcome::Unknown);
    let outcome = match again && due >= after(order.decided(), patience) {
        true => Outcome::Expired,
        false => outcome,
    };
    End { outcome, due, detail }
}

/// The pause after an attempt.
fn pause(attempt: u32) -> SignedDuration {
    let doubled = 1_i32
        .checked_shl(attempt.saturating_sub(1))
        .filter(|factor| *factor > 0);
    doubled
        .and_then(|factor| FIRST_PAUSE.checked_mul(factor))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

fn of(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn after(start: Timestamp, duration: SignedDuration) -> Timestamp {
    start.checked_add(duration).unwrap_or(Timestamp::MAX)
}

fn trouble(gate: &Gate, error: &QueueError) {
    gate.log.line("store-trouble", &[("detail", error)]);
    sleep(TROUBLE);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::config::load;
    use crate::gate::trigger::testing::attempt;

    /// A configuration whose route `app` has these triggers.
    fn config(triggers: &str) -> Config {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write(
            "policy.toml",
            "version = 1\n[[pin]]\nname = \"a\"\nidentity = \"dev@example.com\"\nissuer = \"https://ci.example\"\n\
             [[signature]]\npins = [\"a\"]\n",
        );
        write("secret", "0123456789abcdef0123456789abcdef");
        write(
            "gate.toml",
            &format!(
                "version = 1\ndata = \"data\"\n[trust]\nroot = \"public-good\"\n\
                 [[trigger]]\nname = \"prod\"\nkind = \"webhook\"\nurl = \"http://127.0.0.1:1/\"\nsecret-file = \"secret\"\n\
                 [[route]]\nname = \"app\"\nrepositories = [\"registry.example/**\"]\npolicy = \"policy.toml\"\n{triggers}"
            ),
        );
        load(&folder.path().join("gate.toml")).unwrap()
    }

    /// The order was decided at the beginning of the epoch, and may be carried out for an hour.
    #[test]
    fn an_order_whose_time_has_passed_or_whose_route_has_changed_is_not_carried_out() {
        let (with, without) = (config("triggers = [\"prod\"]\n"), config(""));
        let at = |second| Timestamp::from_second(second).unwrap();
        let (fresh, begun) = (attempt(1, false, &[]), attempt(2, true, &[]));
        let refusal = |config, order, second| wanted(config, order, at(second)).err();
        assert_eq!(refusal(&with, &fresh, 3599), None);
        let late = refusal(&with, &fresh, 3600).unwrap();
        assert!(matches!(late, Fired::Retry { .. }), "{late:?}");
        let end_of = |order, fired| end(order, fired, SignedDuration::from_hours(1), at(3600)).outcome;
        assert_eq!(end_of(&fresh, late), Outcome::Expired);
        let late = refusal(&with, &begun, 3600).unwrap();
        assert!(matches!(late, Fired::Unknown(_)), "{late:?}");
        assert_eq!(end_of(&begun, late), Outcome::Expired);
        let gone = refusal(&without, &fresh, 0).unwrap();
        assert!(matches!(gone, Fired::Refused(_)), "{gone:?}");
    }

    #[test]
    fn pauses_double_until_the_longest() {
        let seconds: Vec<i64> = [1, 2, 3, 9, 10, 31, 32, 33, u32::MAX]
            .map(|attempt| pause(attempt).as_secs())
            .to_vec();
        assert_eq!(seconds, [1, 2, 4, 256, 300, 300, 300, 300, 300]);
    }
}
