//! A reader that gives no more than it was told to.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// How much a [`Rationed`] reader may give, for whoever decides that.
#[derive(Debug, Clone)]
pub(super) struct Ration(Rc<Cell<u64>>);

/// A reader with a ration: an error, and not an end, when it is used up.
#[derive(Debug)]
pub(super) struct Rationed<R> {
    inner: R,
    ration: Ration,
}

impl Ration {
    /// Allows this many bytes from now on, whatever is left.
    pub(super) fn allow(&self, bytes: u64) {
        self.0.set(bytes);
    }
}

impl<R> Rationed<R> {
    /// A reader that gives nothing until something is allowed.
    pub(super) fn new(inner: R) -> (Self, Ration) {
        let ration = Ration(Rc::default());
        let reader = Self {
            inner,
            ration: ration.clone(),
        };
        (reader, ration)
    }
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.ration.0.get();
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other(
                "an entry is described by more bytes than are read",
            ));
        }
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        let count = self.inner.read(part)?;
        self.ration.allow(left.saturating_sub(count as u64));
        Ok(count)
    }
}
