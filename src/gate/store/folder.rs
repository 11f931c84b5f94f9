//! The data directory: for one user and one process, with a key that never leaves it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::{hmac, rand};

use super::Unusable;

/// Bytes of the key.
const KEY_BYTES: usize = 32;

/// Rights of other users, none of which the directory may give.
const OTHERS: u32 = 0o077;

/// A data directory that is open in this process and in no other.
pub(super) struct Folder {
    path: PathBuf,
    /// What the cache is authenticated with.
    pub(super) key: hmac::Key,
    /// Held until the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Opens a data directory, and makes it if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, Unusable> {
        let trouble = |what: &str, error: &dyn std::fmt::Display| {
            Unusable::new(
                path,
                format!("{what}: {error}"),
                "name a folder that this user may write, on a disk of this machine",
            )
        };
        if !path.exists() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
            made.map_err(|error| trouble("it cannot be made", &error))?;
        }
        let about = std::fs::metadata(path).map_err(|error| trouble("it cannot be looked at", &error))?;
        if !about.is_dir() || about.permissions().mode() & OTHERS != 0 {
            let found = format!(
                "it is open to other users (mode {:o})",
                about.permissions().mode() & 0o777
            );
            let help = format!(
                "look who could have written there, then chmod 700 {}",
                path.display()
            );
            return Err(Unusable::new(path, found, help));
        }
        let lock = lock(path)?;
        let key = key(&path.join("key")).map_err(|error| trouble("its key cannot be used", &error))?;
        Ok(Self {
            path: path.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            _lock: lock,
        })
    }

    /// The database in it.
    pub(super) fn database(&self) -> PathBuf {
        database(&self.path)
    }

    /// The directory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// The database of a data directory.
pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join("gate.sqlite")
}

fn lock(folder: &Path) -> Result<File, Unusable> {
    let path = folder.join("lock");
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path);
    let locked = opened
        .map_err(TryLockError::Error)
        .and_then(|file| file.try_lock().map(|()| file));
    locked.map_err(|error| match error {
        TryLockError::WouldBlock => Unusable::new(
            folder,
            "another process has it open",
            "stop the other gate, or give each its own data directory",
        ),
        TryLockError::Error(error) => Unusable::new(
            folder,
            format!("it cannot be locked: {error}"),
            "use a file system of this machine",
        ),
    })
}

/// Reads the key, or makes one. Without the old key everything that was kept with it counts as absent.
fn key(path: &Path) -> std::io::Result<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    match File::open(path) {
        Ok(mut file) => {
            file.read_exact(&mut key)?;
            return Ok(key);
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    rand::fill(&mut key).map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    // Written beside and renamed, so that there is never half a key.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&key)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(folder)?.sync_all()?;
    Ok(key)
}
