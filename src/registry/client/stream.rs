//! A blob on its way: fetched on the client's threads, read on another, a few pieces apart. A fetch that breaks off is made
//! again, and what had come already is passed over; the reader compares the digest of the whole.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use tokio::sync::mpsc;

use super::image::Image;
use super::session::{Question, Redirects};
use super::trouble::{Trouble, Why};
use crate::http::Vessel;
use crate::registry::content::carry;
use crate::registry::manifest::Descriptor;

/// Pieces that are fetched ahead of the reader.
pub(super) const PIECES_AHEAD: usize = 8;

/// A piece of a blob, or why there is no more.
pub(super) type Piece = Result<Bytes, Trouble>;

/// The reading end.
pub(super) struct Stream {
    pieces: mpsc::Receiver<Piece>,
    rest: Bytes,
}

impl Stream {
    pub(super) fn new(pieces: mpsc::Receiver<Piece>) -> Self {
        Self {
            pieces,
            rest: Bytes::new(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(trouble)) => return Err(carry(Box::new(trouble.finding()))),
            }
        }
        let count = self.rest.len().min(buffer.len());
        if let Some(place) = buffer.get_mut(..count) {
            self.rest.copy_to_slice(place);
        }
        Ok(count)
    }
}

/// The sending end: counts what was sent, and passes over that much when it comes again.
pub(super) struct Sending<'a> {
    sender: &'a mpsc::Sender<Piece>,
    sent: u64,
    skip: u64,
}

impl Vessel for Sending<'_> {
    type Error = Why;

    fn restart(&mut self) {
        self.skip = self.sent;
    }

    async fn take(&mut self, chunk: &[u8]) -> Result<(), Why> {
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX).min(chunk.len());
        self.skip = self.skip.saturating_sub(skip as u64);
        let new = chunk.get(skip..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        self.sent = self.sent.saturating_add(new.len() as u64);
        let piece = Bytes::copy_from_slice(new);
        self.sender
            .send(Ok(piece))
            .await
            .map_err(|_| Why::Protocol("nobody wants the rest".to_owned()))
    }
}

impl Image {
    /// Fetches a blob into `sender`. The last thing it sends is the trouble, if there is any.
    pub(super) async fn stream(&self, descriptor: &Descriptor, sender: mpsc::Sender<Piece>) {
        let path = format!("/v2/{}/blobs/{}", self.repository(), descriptor.digest);
        let question = Question {
            repository: self.repository(),
            path: &path,
            accept: None,
            limit: descriptor.size,
            redirects: Redirects::Follow,
        };
        let mut sending = Sending {
            sender: &sender,
            sent: 0,
            skip: 0,
        };
        if let Err(trouble) = self.session().ask_into(question, &mut sending).await {
            // A reader that is gone has its own reason.
            let _ = sender.send(Err(trouble)).await;
        }
    }
}
