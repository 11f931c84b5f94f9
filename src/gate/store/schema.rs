//! The tables, and how an older file gets the newer ones.

use rusqlite::Connection;

/// The steps from an empty file to the current tables, one for each version. A step is never changed once it was
/// released: the version of a file is the number of steps that it has been through.
const STEPS: [&str; 1] = ["
CREATE TABLE instance (name TEXT NOT NULL) STRICT;

CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    delivery TEXT,
    reference TEXT NOT NULL,
    received INTEGER NOT NULL,  -- milliseconds of the Unix epoch, like every time here
    state INTEGER NOT NULL,     -- 0 waits, 1 decided, 2 dead
    due INTEGER NOT NULL,       -- not to be tried before
    attempts INTEGER NOT NULL DEFAULT 0,
    why TEXT,                   -- why the last attempt did not decide it
    UNIQUE (caller, fingerprint)
) STRICT;
CREATE INDEX events_waiting ON events (due, id) WHERE state = 0;

CREATE TABLE records (
    number INTEGER PRIMARY KEY,
    hash BLOB NOT NULL,
    event INTEGER NOT NULL,
    entry TEXT NOT NULL
) STRICT;
CREATE INDEX records_of_event ON records (event, number);

CREATE TABLE allowed (          -- what was allowed, and when last
    route TEXT NOT NULL,
    repository TEXT NOT NULL,
    digest TEXT NOT NULL,
    signed INTEGER,
    decision INTEGER NOT NULL,
    PRIMARY KEY (route, repository, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX allowed_last ON allowed (route, repository, decision);

CREATE TABLE orders (
    decision INTEGER NOT NULL,
    target TEXT NOT NULL,       -- name of the trigger
    event INTEGER NOT NULL,
    repository TEXT NOT NULL,
    state INTEGER NOT NULL,     -- 0 waits, 1 begun, 2 done, 3 dead
    due INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    may_have_happened INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (decision, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_open ON orders (target, decision) WHERE state < 2;
CREATE INDEX orders_of_repository ON orders (target, repository, decision) WHERE state < 2;
CREATE INDEX orders_begun ON orders (target) WHERE state = 1;
CREATE INDEX orders_failed ON orders (target, repository) WHERE state = 0 AND attempts > 0;
CREATE INDEX orders_latest ON orders (target, repository, decision);
CREATE INDEX orders_of_event ON orders (event);

CREATE TABLE verdicts (
    key BLOB PRIMARY KEY,
    proof TEXT NOT NULL,
    expires INTEGER NOT NULL,
    mac BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX verdicts_expired ON verdicts (expires);
"];

/// The version of the tables that this build writes.
pub(super) const CURRENT: u32 = STEPS.len() as u32;

/// The version of a file; 0 for an empty one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Takes a file through the steps that it has not been through, each in one go. To be called for a version that is not
/// newer than [`CURRENT`].
pub(super) fn migrate(connection: &Connection, from: u32) -> rusqlite::Result<()> {
    for (version, step) in (1..).zip(STEPS).filter(|(version, _)| *version > from) {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE; {step} PRAGMA user_version = {version}; COMMIT;"
        ))?;
    }
    Ok(())
}

/// How a connection behaves: what is committed is on disk, and a damaged file cannot have anything run.
pub(super) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA busy_timeout = 5000;
         PRAGMA synchronous = FULL;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -4096;",
    )
}
