//! Records on disk: added at the end, each with a hash over the one before, and checked as a whole.

use rusqlite::{Connection, OptionalExtension, params};

use super::Broken;
use crate::gate::record::{Entry, Record};
use crate::subject::Digest;

/// Makes the hash of a record one of nothing else.
const DOMAIN: &[u8] = b"portcullis gate record 1\n";

/// What the first record is tied to.
pub(super) const START: [u8; 32] = [0; 32];

/// The hash of a record.
fn hash(previous: &[u8; 32], number: i64, entry: &str) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(DOMAIN.len() + 40 + entry.len());
    bytes.extend_from_slice(DOMAIN);
    bytes.extend_from_slice(previous);
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes.extend_from_slice(entry.as_bytes());
    *sigstore_crypto::sha256(&bytes).as_bytes()
}

/// The last record: its number and hash. Number 0 where there is none.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<(i64, [u8; 32])> {
    let mut statement =
        connection.prepare_cached("SELECT number, hash FROM records ORDER BY number DESC LIMIT 1")?;
    let head = statement
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(head.unwrap_or((0, START)))
}

/// Adds a record, and gives its number.
pub(super) fn append(connection: &Connection, entry: &Entry) -> rusqlite::Result<i64> {
    let text = serde_json::to_string(entry)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let (last, previous) = head(connection)?;
    let number = last + 1;
    let mut statement = connection
        .prepare_cached("INSERT INTO records (number, hash, event, entry) VALUES (?1, ?2, ?3, ?4)")?;
    statement.execute(params![
        number,
        hash(&previous, number, &text),
        entry.event().0,
        text
    ])?;
    Ok(number)
}

/// A record by its number.
pub(super) fn get(connection: &Connection, number: i64) -> rusqlite::Result<Option<Record>> {
    let mut records = select(connection, "number = ?1", params![number], 1)?;
    Ok(records.pop())
}

/// Records that a condition holds for, in order. `condition` is of this module and never of a stranger.
pub(super) fn select(
    connection: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
    most: usize,
) -> rusqlite::Result<Vec<Record>> {
    let query = format!(
        "SELECT number, hash, entry, (SELECT before.hash FROM records before WHERE before.number = records.number - 1)
         FROM records WHERE {condition} LIMIT {most}"
    );
    let mut statement = connection.prepare_cached(&query)?;
    let rows = statement.query_map(values, |row| {
        let entry: String = row.get(2)?;
        let entry = serde_json::from_str(&entry).map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(error))
        })?;
        Ok(Record {
            number: row.get(0)?,
            previous: Digest::from_sha256(row.get::<_, Option<[u8; 32]>>(3)?.unwrap_or(START)),
            hash: Digest::from_sha256(row.get(1)?),
            entry,
        })
    })?;
    rows.collect()
}

/// Checks every record from the first to the last, and that every event and order that rests on one finds it. Gives the
/// number of the last and its hash.
pub(super) fn verify(connection: &Connection) -> Result<(i64, Digest), Broken> {
    let mut statement = connection.prepare("SELECT number, hash, entry FROM records ORDER BY number")?;
    let mut rows = statement.query([])?;
    let (mut last, mut previous) = (0, START);
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(0)?;
        if number != last + 1 {
            return Err(Broken::Chain(format!("record {} is missing", last + 1)));
        }
        let found: [u8; 32] = row.get(1)?;
        if found
            != hash(
                &previous,
                number,
                row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?,
            )
        {
            return Err(Broken::Chain(format!("record {number} is not what was recorded")));
        }
        (last, previous) = (number, found);
    }
    let beyond: i64 = connection.query_row(
        "SELECT max(ifnull((SELECT max(decision) FROM orders), 0), ifnull((SELECT max(decision) FROM allowed), 0))",
        [],
        |row| row.get(0),
    )?;
    if beyond > last {
        return Err(Broken::Chain(format!(
            "the records end at {last}, and there was a record {beyond}"
        )));
    }
    Ok((last, Digest::from_sha256(previous)))
}
