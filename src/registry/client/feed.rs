//! What is sent along with a request. A blob is read on a thread of its own, a few pieces ahead of what the network
//! takes, so that its size does not matter.

use std::io::Read;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

use crate::registry::content::{Content, finding_of};
use crate::report::Finding;

/// Bytes that are read at a time.
const PIECE_BYTES: usize = 128 * 1024;
/// Pieces that are read ahead.
const PIECES_AHEAD: usize = 4;

/// The body of a request.
#[derive(Clone)]
pub(super) enum Load<'a> {
    /// None.
    Nothing,
    /// A form.
    Form(&'a str),
    /// A manifest.
    Bytes(Bytes),
    /// A blob of this many bytes.
    Content(Arc<dyn Content>, u64),
}

/// How far an upload has got.
#[derive(Debug, Default)]
pub(super) struct Meter {
    taken: AtomicU64,
    complete: AtomicBool,
    fault: Mutex<Option<Box<Finding>>>,
}

impl Meter {
    /// Bytes that the network took.
    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// Whether it took them all.
    pub(super) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Relaxed)
    }

    /// Why the bytes could not be read, if that is why the upload ended.
    pub(super) fn take_fault(&self) -> Option<Box<Finding>> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn fail(&self, finding: Box<Finding>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(finding);
    }
}

/// The body that the HTTP library takes pieces from.
pub(super) struct Feed {
    pieces: mpsc::Receiver<Bytes>,
    left: u64,
    meter: Arc<Meter>,
}

/// The bytes ended too early or could not be read; the [`Meter`] knows why.
#[derive(Debug, thiserror::Error)]
#[error("what was to be sent could not be read")]
pub(super) struct Unread;

impl Feed {
    /// Begins to read `content`, of which `size` bytes are sent. Has to be called on a runtime.
    pub(super) fn of(content: Arc<dyn Content>, size: u64) -> (Self, Arc<Meter>) {
        let (sender, pieces) = mpsc::channel(PIECES_AHEAD);
        let meter = Arc::new(Meter::default());
        if size == 0 {
            meter.complete.store(true, Ordering::Relaxed);
        }
        let for_reader = Arc::clone(&meter);
        drop(tokio::task::spawn_blocking(move || {
            if let Err(finding) = pump(content.as_ref(), &sender) {
                for_reader.fail(finding);
            }
        }));
        let feed = Self {
            pieces,
            left: size,
            meter: Arc::clone(&meter),
        };
        (feed, meter)
    }
}

/// Reads pieces until the end, or until nobody wants them any more.
fn pump(content: &dyn Content, sender: &mpsc::Sender<Bytes>) -> Result<(), Box<Finding>> {
    let mut reader = content.open()?;
    // The last piece waits for the end of the content, where its digest is compared: a blob that is not what it was said
    // to be is never sent whole.
    let mut held: Option<Bytes> = None;
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let limit = PIECE_BYTES as u64;
        reader
            .by_ref()
            .take(limit)
            .read_to_end(&mut piece)
            .map_err(|error| finding_of(error, "what is to be sent"))?;
        let ended = piece.is_empty();
        if let Some(piece) = held.replace(piece.into())
            && sender.blocking_send(piece).is_err()
        {
            return Ok(());
        }
        if ended {
            return Ok(());
        }
    }
}

impl Body for Feed {
    type Data = Bytes;
    type Error = Unread;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Unread>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        match this.pieces.poll_recv(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(piece)) => {
                let size = piece.len() as u64;
                // More than was announced cannot be sent; fewer is found out at the end.
                let Some(left) = this.left.checked_sub(size) else {
                    return Poll::Ready(Some(Err(Unread)));
                };
                this.left = left;
                this.meter.taken.fetch_add(size, Ordering::Relaxed);
                this.meter.complete.store(left == 0, Ordering::Relaxed);
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Poll::Ready(None) => Poll::Ready(Some(Err(Unread))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
