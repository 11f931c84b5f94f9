//! The one thread that writes. What is asked of it while it waits for the disk is written together next time, with one
//! flush for all (group commit), and nobody is answered before that flush.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::bell::Bell;
use crate::gate::queue::{QueueError, Reply};

/// Most pieces of work that wait. Beyond, the door answers that it is busy.
const MAX_WAITING: usize = 4_096;

/// Most pieces of work in one transaction, so that no reply waits for long.
const MAX_TOGETHER: usize = 1_024;

/// One piece of work: does it in an open transaction, or hears why there is none, and gives what tells its asker once the
/// transaction is over.
type Work = Box<dyn FnOnce(Result<&Connection, QueueError>) -> Tell + Send>;
type Tell = Box<dyn FnOnce(Result<(), QueueError>)>;

/// Hands work to the thread that writes. Dropping it waits until all work is done.
pub(super) struct Writer {
    /// Gone only while it is dropped.
    work: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            // A panic of that thread was printed, and its askers were told.
            drop(thread.join());
        }
    }
}

impl Writer {
    /// Starts the thread. The bell is rung after everything that was written.
    pub(super) fn start(connection: Connection, bell: Arc<Bell>) -> std::io::Result<Self> {
        let (work, waiting) = sync_channel(MAX_WAITING);
        let thread = std::thread::Builder::new().name("gate-writer".to_owned());
        let thread = thread.spawn(move || run(&connection, &waiting, &bell))?;
        Ok(Self {
            work: Some(work),
            thread: Some(thread),
        })
    }

    /// Hands over work, or says at once that too much waits.
    pub(super) fn try_ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<Reply<T>, QueueError> {
        let (work, reply) = wrap(work);
        let sender = self.work.as_ref().ok_or_else(QueueError::ended)?;
        sender.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => QueueError::Busy,
            TrySendError::Disconnected(_) => QueueError::ended(),
        })?;
        Ok(reply)
    }

    /// Hands over work and waits until it is on disk.
    pub(super) fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, QueueError> {
        let (work, reply) = wrap(work);
        let sender = self.work.as_ref().ok_or_else(QueueError::ended)?;
        sender.send(work).map_err(|_| QueueError::ended())?;
        reply.wait()
    }
}

fn wrap<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> (Work, Reply<T>) {
    let (sender, reply) = Reply::new();
    let work = move |connection: Result<&Connection, QueueError>| -> Tell {
        let result = connection.and_then(|connection| alone(connection, work).map_err(failed));
        // Whoever asked may have gone.
        Box::new(move |committed| drop(sender.send(result.and_then(|value| committed.map(|()| value)))))
    };
    (Box::new(work), reply)
}

/// Does a piece of work so that its failure leaves nothing of it, and the others as they are.
fn alone<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.prepare_cached("SAVEPOINT piece")?.execute([])?;
    let result = work(connection);
    // A full disk ends the whole transaction, and the savepoint with it.
    if result.is_err() && !connection.is_autocommit() {
        connection.prepare_cached("ROLLBACK TO piece")?.execute([])?;
    }
    if !connection.is_autocommit() {
        connection.prepare_cached("RELEASE piece")?.execute([])?;
    }
    result
}

fn run(connection: &Connection, waiting: &Receiver<Work>, bell: &Bell) {
    while let Ok(first) = waiting.recv() {
        let rest = waiting.try_iter().take(MAX_TOGETHER - 1);
        let (tells, committed) = together(connection, std::iter::once(first).chain(rest));
        if committed.is_ok() {
            bell.ring();
        }
        for tell in tells {
            tell(committed.clone());
        }
    }
}

/// Does work in one transaction. What came of each is told by the caller, after the transaction.
fn together(
    connection: &Connection,
    work: impl Iterator<Item = Work>,
) -> (Vec<Tell>, Result<(), QueueError>) {
    let execute = |statement| {
        let executed = connection
            .prepare_cached(statement)
            .and_then(|mut prepared| prepared.execute([]));
        executed.map(drop).map_err(failed)
    };
    let mut open = execute("BEGIN IMMEDIATE");
    let mut tells = Vec::new();
    for piece in work {
        if open.is_ok() && connection.is_autocommit() {
            open = Err(QueueError::Failed(
                "the transaction was ended by an error".to_owned(),
            ));
        }
        tells.push(piece(open.clone().map(|()| connection)));
    }
    let committed = match open {
        Ok(()) if connection.is_autocommit() => Err(QueueError::Failed(
            "the transaction was ended by an error".to_owned(),
        )),
        Ok(()) => execute("COMMIT"),
        Err(error) => Err(error),
    };
    if committed.is_err() && !connection.is_autocommit() {
        // Where this fails too, the next BEGIN does, and everybody is told.
        let _ = execute("ROLLBACK");
    }
    (tells, committed)
}

/// An error of the database, for people.
pub(super) fn failed(error: rusqlite::Error) -> QueueError {
    QueueError::Failed(error.to_string())
}
