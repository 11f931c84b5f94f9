//! Bytes that are too many to keep in memory: read in pieces, hashed on the way, and refused at their end when they are
//! not what they were said to be.

use std::io::{self, Read};

use aws_lc_rs::digest;

use super::manifest::Descriptor;
use crate::report::{Code, Finding};
use crate::subject::{Algorithm, Digest};

/// Something that can be read from its beginning, more than once: an upload that broke off is made again.
///
/// What comes out has been hashed by whoever gives it: a reader whose bytes do not have the digest that was asked for ends
/// with an error and never with a plain end.
pub trait Content: Send + Sync {
    /// Begins at the beginning.
    ///
    /// # Errors
    ///
    /// The finding that says why it cannot be read.
    fn open(&self) -> Result<Box<dyn Read + Send>, Box<Finding>>;
}

impl Content for Vec<u8> {
    fn open(&self) -> Result<Box<dyn Read + Send>, Box<Finding>> {
        Ok(Box::new(io::Cursor::new(self.clone())))
    }
}

/// A digest that is made piece by piece.
pub(crate) struct Hasher {
    algorithm: Algorithm,
    context: digest::Context,
}

impl Hasher {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let context = digest::Context::new(match algorithm {
            Algorithm::Sha256 => &digest::SHA256,
            Algorithm::Sha384 => &digest::SHA384,
            Algorithm::Sha512 => &digest::SHA512,
        });
        Self { algorithm, context }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// The digest. `None` cannot happen: the lengths agree.
    pub(crate) fn finish(self) -> Option<Digest> {
        Digest::new(self.algorithm, self.context.finish().as_ref())
    }
}

/// A finding on its way through code that knows `io::Error` only.
#[derive(Debug)]
struct Carried(Box<Finding>);

impl std::fmt::Display for Carried {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Carried {}

/// The finding as an error of reading.
pub(crate) fn carry(finding: Box<Finding>) -> io::Error {
    io::Error::other(Carried(finding))
}

/// The finding that an error of reading carries; for any other error, one that says that `place` cannot be read.
pub(crate) fn finding_of(error: io::Error, place: &str) -> Box<Finding> {
    match error.downcast::<Carried>() {
        Ok(carried) => carried.0,
        Err(error) => Box::new(Finding::new(
            Code::SubjectUnreadable,
            format!("{place} cannot be read: {error}"),
        )),
    }
}

/// How the bytes of a blob differ from what points to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// Another digest.
    Digest(Digest),
    /// Another number of bytes: at least this many, or exactly when they are fewer.
    Size(u64),
}

/// A reader that compares what it read with a descriptor, and gives an error in place of the end when they differ.
pub(crate) struct Checked<R> {
    inner: R,
    expected: Descriptor,
    hasher: Option<Hasher>,
    count: u64,
    finding: Box<dyn Fn(Difference) -> Finding + Send>,
}

impl<R: Read> Checked<R> {
    /// `finding` says that the bytes are others.
    pub(crate) fn new(
        inner: R,
        expected: Descriptor,
        finding: impl Fn(Difference) -> Finding + Send + 'static,
    ) -> Self {
        Self {
            inner,
            hasher: Some(Hasher::new(expected.digest.algorithm())),
            expected,
            count: 0,
            finding: Box::new(finding),
        }
    }

    fn differs(&self, how: Difference) -> io::Error {
        carry(Box::new((self.finding)(how)))
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if count == 0 && !buffer.is_empty() {
            // Compared once; whoever reads on after the end gets the end again.
            let Some(hasher) = self.hasher.take() else {
                return Ok(0);
            };
            if self.count != self.expected.size {
                return Err(self.differs(Difference::Size(self.count)));
            }
            return match hasher.finish() {
                Some(found) if found == self.expected.digest => Ok(0),
                Some(found) => Err(self.differs(Difference::Digest(found))),
                None => Err(io::Error::other("the hash has the wrong length")),
            };
        }
        self.count = self.count.saturating_add(count as u64);
        if self.count > self.expected.size {
            return Err(self.differs(Difference::Size(self.count)));
        }
        if let (Some(hasher), Some(read)) = (&mut self.hasher, buffer.get(..count)) {
            hasher.update(read);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &'static [u8], expected: &[u8], algorithm: Algorithm) -> Result<Vec<u8>, String> {
        let descriptor = Descriptor::new("a/b", Digest::of(algorithm, expected), expected.len() as u64);
        let mut out = Vec::new();
        Checked::new(bytes, descriptor, |how| {
            Finding::new(Code::RegistryDigestMismatch, format!("{how:?}"))
        })
        .read_to_end(&mut out)
        .map(|_| out)
        .map_err(|error| finding_of(error, "x").message)
    }

    #[test]
    fn only_the_expected_bytes_come_to_a_plain_end() {
        for algorithm in Algorithm::ALL {
            assert_eq!(read(b"abc", b"abc", algorithm), Ok(b"abc".to_vec()));
            assert!(read(b"abd", b"abc", algorithm).unwrap_err().starts_with("Digest"));
            assert_eq!(read(b"ab", b"abc", algorithm).unwrap_err(), "Size(2)");
            assert_eq!(read(b"abcd", b"abc", algorithm).unwrap_err(), "Size(4)");
        }
    }
}
