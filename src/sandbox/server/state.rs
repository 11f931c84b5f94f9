//! What a sandbox with a folder remembers from one start to the next: its seed, its age, and what its logs hold.
//!
//! The logs are replayed, so that they only ever grow: a log that began anew with its old key would contradict itself.

use std::fs::OpenOptions;
use std::io::{Error, Result, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ct::Logged;
use super::reply::unb64;
use super::world::Books;
use crate::sandbox::b64;
use crate::sandbox::entry::{LogEntry, ProposedEntry};
use crate::sandbox::merkle::leaf_hash;

/// The file with the seed. Whoever reads it can forge everything.
const STATE: &str = "state.json";
/// The file with the log entries, one a line.
const ENTRIES: &str = "entries.jsonl";
/// Largest file that is read back: what the logs may hold, in base64, with room around each.
const MAX_FILE_BYTES: u64 = 512 * 1024 * 1024;

/// What keys, certificates and serial numbers are made from.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    pub(super) seed: u64,
    /// When the sandbox was made, in seconds since the epoch.
    pub(super) made: i64,
    /// How often it was started: serial numbers and codes of each start are its own.
    pub(super) starts: u64,
}

/// An entry as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "log", rename_all = "kebab-case", deny_unknown_fields)]
enum Kept {
    /// A MerkleTreeLeaf of the CT log.
    Ct { leaf: String },
    /// An entry of Rekor v1, with its time in seconds since the epoch.
    RekorV1 {
        kind: String,
        version: String,
        body: String,
        at: i64,
    },
    /// An entry of Rekor v2.
    RekorV2 {
        kind: String,
        version: String,
        body: String,
    },
}

/// Reads the state in `dir`, or makes it from `fresh`, and counts this start.
pub(super) fn open(dir: &Path, fresh: State, asked_seed: Option<u64>) -> Result<State> {
    let path = dir.join(STATE);
    let mut state = if path.exists() {
        serde_json::from_slice(&read(&path)?).map_err(|error| invalid(&path, &error))?
    } else {
        fresh
    };
    if asked_seed.is_some_and(|seed| seed != state.seed) {
        return Err(Error::other(
            "the sandbox in this folder was made with another seed",
        ));
    }
    state.starts += 1;
    write_private(&path, serde_json::to_string(&state)?.as_bytes(), false)?;
    Ok(state)
}

fn invalid(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::other(format!("{}: {error}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    if std::fs::metadata(path)?.len() > MAX_FILE_BYTES {
        return Err(invalid(path, &"too large"));
    }
    std::fs::read(path)
}

fn write_private(path: &Path, bytes: &[u8], append: bool) -> Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).write(true).append(append).truncate(!append);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

/// Where entries are kept, if anywhere.
#[derive(Debug, Default)]
pub(super) struct Journal(Option<PathBuf>);

impl Journal {
    /// A journal in `dir`.
    pub(super) fn in_folder(dir: &Path) -> Self {
        Self(Some(dir.join(ENTRIES)))
    }

    /// Keeps an entry of Rekor v1, which has a time, or v2.
    pub(super) fn keep(&self, entry: &LogEntry) -> Result<()> {
        let kind = entry.entry.kind.to_owned();
        let version = entry.entry.version.to_owned();
        let body = b64(&entry.entry.body);
        self.append(&match entry.integrated_time {
            Some(at) => Kept::RekorV1 {
                kind,
                version,
                body,
                at,
            },
            None => Kept::RekorV2 { kind, version, body },
        })
    }

    /// Keeps a leaf of the CT log.
    pub(super) fn keep_leaf(&self, leaf: &[u8]) -> Result<()> {
        self.append(&Kept::Ct { leaf: b64(leaf) })
    }

    fn append(&self, kept: &Kept) -> Result<()> {
        match &self.0 {
            Some(path) => {
                let line = format!("{}\n", serde_json::to_string(kept)?);
                write_private(path, line.as_bytes(), true)
            }
            None => Ok(()),
        }
    }

    /// Puts the entries from before into the logs again.
    pub(super) fn replay(&self, books: &mut Books) -> Result<()> {
        let Some(path) = self.0.as_ref().filter(|path| path.exists()) else {
            return Ok(());
        };
        let bytes = read(path)?;
        let text = std::str::from_utf8(&bytes).map_err(|error| invalid(path, &error))?;
        for line in text.lines() {
            let kept: Kept = serde_json::from_str(line).map_err(|error| invalid(path, &error))?;
            restore(books, kept).ok_or_else(|| invalid(path, &"not an entry of these logs"))?;
        }
        Ok(())
    }
}

fn restore(books: &mut Books, kept: Kept) -> Option<()> {
    match kept {
        Kept::Ct { leaf } => books.certificates.push(Logged::new(unb64(&leaf)?)),
        Kept::RekorV1 {
            kind,
            version,
            body,
            at,
        } => {
            let entry = proposed(books, &kind, &version, &body)?;
            let uuid = books.v1_id(&entry);
            let at = Timestamp::from_second(at).ok()?;
            let logged = books.instance.rekor_v1.log(entry, at).ok()?;
            books.enter_v1(uuid, logged);
        }
        Kept::RekorV2 { kind, version, body } => {
            let entry = proposed(books, &kind, &version, &body)?;
            let hash = leaf_hash(&entry.body);
            let logged = books.instance.rekor_v2.log(entry, None).ok()?;
            books.enter_v2(hash, logged);
        }
    }
    Some(())
}

fn proposed(books: &mut Books, kind: &str, version: &str, body: &str) -> Option<ProposedEntry> {
    const KINDS: [(&str, &str); 5] = [
        ("hashedrekord", "0.0.1"),
        ("hashedrekord", "0.0.2"),
        ("dsse", "0.0.1"),
        ("dsse", "0.0.2"),
        ("intoto", "0.0.2"),
    ];
    let (kind, version) = KINDS.into_iter().find(|known| *known == (kind, version))?;
    let body = unb64(body)?;
    books
        .has_room_for(&body)
        .then_some(ProposedEntry { kind, version, body })
}
