//! Verdicts that are kept: only *allowed*, under a key of everything that they depended on, until the earliest time at
//! which something of it could be otherwise. Each is authenticated, so that nobody who can write the file can allow.

use aws_lc_rs::hmac;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::events::time;
use crate::gate::record::Proof;

/// Most expired verdicts that are removed when one is added.
const MAX_REMOVED: i64 = 16;

/// Longest time that a verdict may still hold. One that seems to hold for longer was kept before the clock was set back.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// What a verdict is kept under: SHA-256 of everything that it depended on.
pub(crate) type VerdictKey = [u8; 32];

/// What is authenticated: the key, the expiry and the proof.
fn authenticated(key: &VerdictKey, expires: i64, proof: &str) -> Vec<u8> {
    [
        b"portcullis gate verdict 1\n",
        key.as_slice(),
        &expires.to_be_bytes(),
        proof.as_bytes(),
    ]
    .concat()
}

/// The proof that is kept under a key, if it has not expired and is what was kept.
pub(super) fn get(
    connection: &Connection,
    secret: &hmac::Key,
    key: &VerdictKey,
    now: Timestamp,
) -> rusqlite::Result<Option<Proof>> {
    let mut statement =
        connection.prepare_cached("SELECT proof, expires, mac FROM verdicts WHERE key = ?1")?;
    let found: Option<(String, i64, Vec<u8>)> = statement
        .query_row(params![key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let kept = found.filter(|(proof, expires, mac)| {
        let left = time(*expires).duration_since(now);
        left.is_positive()
            && left <= LONGEST
            && hmac::verify(secret, &authenticated(key, *expires, proof), mac).is_ok()
    });
    Ok(kept.and_then(|(proof, _, _)| serde_json::from_str(&proof).ok()))
}

/// Keeps the proof of an *allowed*.
pub(super) fn keep(
    connection: &Connection,
    secret: &hmac::Key,
    key: &VerdictKey,
    proof: &Proof,
    expires: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let proof = serde_json::to_string(proof)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let expires = expires.as_millisecond();
    let mac = hmac::sign(secret, &authenticated(key, expires, &proof));
    let mut remove = connection.prepare_cached(
        "DELETE FROM verdicts WHERE key IN (SELECT key FROM verdicts WHERE expires <= ?1 ORDER BY expires LIMIT ?2)",
    )?;
    remove.execute(params![now.as_millisecond(), MAX_REMOVED])?;
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO verdicts (key, proof, expires, mac) VALUES (?1, ?2, ?3, ?4)",
    )?;
    insert
        .execute(params![key, proof, expires, mac.as_ref()])
        .map(drop)
}
