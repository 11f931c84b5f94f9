//! Hashing files of any size in constant memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::subject::{Algorithm, Digest};

/// Bytes read at a time: large enough that the hash, not the reading, is what takes the time.
const CHUNK_BYTES: usize = 256 << 10;

/// Told about every chunk that was hashed, in bytes; for progress.
pub type OnBytes<'a> = &'a (dyn Fn(u64) + Sync);

/// SHA-256 of a file of at most `limit` bytes.
pub fn file(path: &Path, limit: u64, on_bytes: OnBytes<'_>) -> io::Result<Digest> {
    copy(File::open(path)?, &mut io::sink(), limit, on_bytes)
}

/// SHA-256 of everything that `reader` gives, which is written to `copy` at the same time. More than `limit` bytes are
/// an error.
pub fn copy(
    mut reader: impl Read,
    copy: &mut impl Write,
    limit: u64,
    on_bytes: OnBytes<'_>,
) -> io::Result<Digest> {
    let mut total: u64 = 0;
    let mut hasher = sigstore_crypto::Sha256Hasher::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let filled = chunk.get(..count).unwrap_or_default();
        total = total.saturating_add(count as u64);
        if total > limit {
            return Err(io::Error::other(format!(
                "larger than the limit of {limit} bytes"
            )));
        }
        hasher.update(filled);
        copy.write_all(filled)?;
        on_bytes(count as u64);
    }
    Digest::new(Algorithm::Sha256, hasher.finalize().as_bytes().as_slice())
        .ok_or_else(|| io::Error::other("the hash has the wrong length"))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn a_file_larger_than_a_chunk_hashes_like_its_bytes() {
        let bytes: Vec<u8> = (0..CHUNK_BYTES * 2 + 17).map(|index| index as u8).collect();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &bytes).unwrap();
        let seen = AtomicU64::new(0);
        let digest = super::file(file.path(), u64::MAX, &|count| {
            seen.fetch_add(count, Ordering::Relaxed);
        });
        assert_eq!(digest.unwrap(), Digest::sha256(&bytes));
        assert_eq!(seen.into_inner(), bytes.len() as u64);
    }

    #[test]
    fn more_than_the_limit_is_an_error_and_no_digest() {
        let digest = |limit| copy(&b"abc"[..], &mut io::sink(), limit, &|_| {});
        assert_eq!(digest(3).unwrap(), Digest::sha256(b"abc"));
        assert!(digest(2).is_err());
    }

    #[test]
    fn a_failed_copy_is_an_error_and_no_digest() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        assert!(copy(&b"abc"[..], &mut Full, u64::MAX, &|_| {}).is_err());
    }
}
