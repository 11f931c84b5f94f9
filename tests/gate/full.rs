//! What is answered when an event cannot be kept.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use portcullis::gate::{Accepted, End, Event, EventId, NewEvent, Order, Queue, QueueError, Reply, Settled};

use crate::client::Ask;
use crate::door::{Setup, WEBHOOK, event, native};

/// A queue that keeps nothing, and says why.
struct Broken(Mutex<QueueError>);

impl Queue for Broken {
    fn accept(&self, _: NewEvent) -> Result<Reply<Accepted>, QueueError> {
        Err(self.0.lock().unwrap().clone())
    }

    fn claim(&self, _: usize, _: Timestamp) -> Result<Vec<Event>, QueueError> {
        Ok(Vec::new())
    }

    fn settle(&self, _: Vec<Settled>) -> Result<(), QueueError> {
        Ok(())
    }

    fn begin(&self, _: Timestamp) -> Result<Option<Order>, QueueError> {
        Ok(None)
    }

    fn finish(&self, _: &Order, _: End, _: Timestamp) -> Result<(), QueueError> {
        Ok(())
    }

    fn changes(&self) -> u64 {
        0
    }

    fn wait(&self, _: u64, _: Duration) {}

    fn replay(&self, _: EventId, _: Timestamp) -> Result<bool, QueueError> {
        Ok(false)
    }
}

#[test]
fn an_event_that_cannot_be_kept_is_never_acknowledged() {
    let queue = Arc::new(Broken(Mutex::new(QueueError::Busy)));
    let door = Setup::new(WEBHOOK)
        .queue(Arc::clone(&queue) as Arc<dyn Queue>)
        .open();
    let body = native("registry.example/team/app", "1");
    let answer = event("m1", &body).send(door.address);
    assert_eq!((answer.status, answer.code().as_str()), (503, "busy"));
    assert!(answer.head.contains("retry-after"), "{answer:?}");
    let ready = || Ask::get("/readyz").send(door.address).status;
    assert_eq!(ready(), 200, "busy passes");
    *queue.0.lock().unwrap() = QueueError::Failed("no space left on device /srv/secret".to_owned());
    let answer = event("m1", &body).send(door.address);
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"));
    assert!(
        !answer.body.contains("space"),
        "what is wrong inside is for the log: {answer:?}"
    );
    assert!(door.log().contains("no space left"));
    assert_eq!(ready(), 503);
    assert_eq!(Ask::get("/healthz").send(door.address).status, 200);
}
