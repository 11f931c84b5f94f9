//! JSON documents of any size in little memory: one element of a list after the other is cut out of the stream and read
//! by the code that reads a document in memory.

use std::collections::HashSet;
use std::io::Read;

use super::document::{Members, WRAPPER, is_list};
use super::event::Visitor;
use super::json::Json;
use super::limits::Limits;
use super::model::Place;
use super::problem::{Refusal, Refused};
use super::reading::Reading;

/// Bytes that are asked for at once.
const CHUNK: usize = 64 << 10;

/// Most members of the document itself.
const MAX_MEMBERS: usize = 1_000;

/// Tells `visitor` what the document says that `source` has: CycloneDX or SPDX 2 as JSON.
///
/// Holds no more than [`Limits::element_bytes`] at a time. SPDX 3, XML and tag-value cannot be read in this way and are
/// refused.
pub fn stream<R: Read, V>(source: R, limits: &Limits, visitor: &mut V) -> Result<(), Refused>
where
    V: for<'w> Visitor<'w>,
{
    let mut reading = Reading::new(limits, visitor);
    let mut members = Members::default();
    let mut window = Window {
        source,
        limits,
        buffer: Vec::new(),
        start: 0,
        place: super::START,
        column: 1,
        has_ended: false,
        total: 0,
    };
    window.fill()?;
    super::check_encoding(window.rest())?;
    if window.peek()?.is_none() {
        return Err(window.refuse(Refusal::Empty));
    }
    window.document(&mut members, &mut reading)?;
    if window.peek()?.is_some() {
        return Err(window.expected("the end of the document"));
    }
    members.end(&mut reading, None).map_err(super::at_start)
}

/// The part of the stream that is in memory.
struct Window<'l, R> {
    source: R,
    limits: &'l Limits,
    buffer: Vec<u8>,
    /// What of `buffer` was taken already.
    start: usize,
    /// Place and column of `start`.
    place: Place,
    column: u64,
    has_ended: bool,
    total: u64,
}

impl<R: Read> Window<'_, R> {
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn refuse(&self, reason: Refusal) -> Refused {
        Refused {
            reason,
            place: self.place,
            column: self.column,
        }
    }

    fn expected(&self, what: &str) -> Refused {
        self.refuse(Refusal::Syntax {
            detail: format!("{what} expected"),
        })
    }

    /// Reads more. Whether there was more.
    fn fill(&mut self) -> Result<bool, Refused> {
        if self.has_ended {
            return Ok(false);
        }
        if self.start >= CHUNK {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let room = u64::try_from(CHUNK).unwrap_or(u64::MAX);
        let read = self
            .source
            .by_ref()
            .take(room)
            .read_to_end(&mut self.buffer)
            .map_err(|error| {
                self.refuse(Refusal::Read {
                    detail: error.to_string(),
                })
            })?;
        self.has_ended = read == 0;
        self.total = self.total.saturating_add(read as u64);
        if self.total > self.limits.streamed_bytes {
            return Err(self.refuse(Refusal::TooLarge {
                what: super::limits::STREAMED,
                limit: self.limits.streamed_bytes,
            }));
        }
        Ok(!self.has_ended)
    }

    /// Takes `count` bytes.
    fn consume(&mut self, count: usize) {
        let taken = self
            .buffer
            .get(self.start..self.start + count)
            .unwrap_or_default();
        let lines = taken.iter().filter(|byte| **byte == b'\n').count();
        self.column = match taken.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => (taken.len() - last) as u64,
            None => self.column + taken.len() as u64,
        };
        self.place = Place {
            offset: self.place.offset + taken.len() as u64,
            line: self
                .place
                .line
                .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)),
        };
        self.start += taken.len();
    }

    /// The next byte that is no white space, without taking it.
    fn peek(&mut self) -> Result<Option<u8>, Refused> {
        loop {
            let rest = self.rest();
            match rest
                .iter()
                .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            {
                Some(at) => {
                    let found = rest.get(at).copied();
                    self.consume(at);
                    return Ok(found);
                }
                None => {
                    let all = rest.len();
                    self.consume(all);
                    if !self.fill()? {
                        return Ok(None);
                    }
                }
            }
        }
    }

    /// Takes `byte`, if it is next.
    fn take(&mut self, byte: u8) -> Result<bool, Refused> {
        let is_next = self.peek()? == Some(byte);
        if is_next {
            self.consume(1);
        }
        Ok(is_next)
    }

    /// Length of the next value, all of which is in the window then.
    fn whole_value(&mut self) -> Result<usize, Refused> {
        if self.peek()?.is_none() {
            return Err(self.expected("a value, but the document ends:"));
        }
        let mut extent = Extent::default();
        loop {
            if let Some(end) = extent.find(self.rest()) {
                return Ok(end);
            }
            if self.rest().len() > self.limits.element_bytes {
                return Err(self.refuse(Refusal::TooLarge {
                    what: "one element of a streamed document",
                    limit: self.limits.element_bytes as u64,
                }));
            }
            if !self.fill()? {
                // What is cut off is refused by whoever reads it.
                return Ok(self.rest().len());
            }
        }
    }

    /// Hands the next value to `read`, which has to take all of it.
    fn value<T>(
        &mut self,
        depth: usize,
        read: impl for<'w> FnOnce(&mut Json<'w>) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        let length = self.whole_value()?;
        let bytes = self.rest().get(..length).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| {
            self.refuse(Refusal::NotUtf8 {
                detail: "there are bytes that no character has",
            })
        })?;
        let mut json = Json::part(text, self.place, self.column, depth, self.limits);
        let value = read(&mut json)?;
        json.end()?;
        self.consume(length);
        Ok(value)
    }

    /// Takes the object that is the document.
    fn document<V>(&mut self, members: &mut Members, reading: &mut Reading<'_, '_, V>) -> Result<(), Refused>
    where
        V: for<'w> Visitor<'w>,
    {
        if !self.take(b'{')? {
            return Err(self.refuse(Refusal::UnknownFormat {
                detail: "only JSON objects can be streamed",
            }));
        }
        if self.take(b'}')? {
            return Ok(());
        }
        let mut keys: HashSet<String> = HashSet::new();
        loop {
            if self.peek()? != Some(b'"') {
                return Err(self.expected("a member"));
            }
            let key = self.value(1, |json| Ok(json.string()?.into_owned()))?;
            if !self.take(b':')? {
                return Err(self.expected("a colon"));
            }
            if !keys.insert(key.clone()) {
                return Err(self.refuse(Refusal::DuplicateKey {
                    key: key.chars().take(100).collect(),
                }));
            }
            if keys.len() > MAX_MEMBERS {
                return Err(self.refuse(Refusal::TooMany {
                    what: "members of the document",
                    limit: MAX_MEMBERS,
                }));
            }
            self.member(&key, members, reading)?;
            if self.take(b',')? {
                continue;
            }
            if self.take(b'}')? {
                return Ok(());
            }
            return Err(self.expected("a comma or the end of the document"));
        }
    }

    fn member<V>(
        &mut self,
        key: &str,
        members: &mut Members,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<(), Refused>
    where
        V: for<'w> Visitor<'w>,
    {
        members.check_open().map_err(|reason| self.refuse(reason))?;
        let next = self.peek()?;
        if key == WRAPPER
            && next == Some(b'{')
            && members.open_wrapper().map_err(|reason| self.refuse(reason))?
        {
            self.document(members, reading)?;
            members.close_wrapper();
            return Ok(());
        }
        if !is_list(key) || next != Some(b'[') {
            return self.value(1, |json| members.member(key, json, reading, None));
        }
        members.list(key);
        self.consume(1);
        if self.take(b']')? {
            return Ok(());
        }
        loop {
            self.value(2, |json| Members::element(key, json, reading))?;
            if self.take(b',')? {
                continue;
            }
            if self.take(b']')? {
                return Ok(());
            }
            return Err(self.expected("a comma or the end of the list"));
        }
    }
}

/// Looks for the end of a value without reading it, and goes on where it stopped when there is more.
#[derive(Default)]
struct Extent {
    at: usize,
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl Extent {
    /// Where the value at the start of `bytes` ends, or `None` where that is not among them.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        while let Some(byte) = bytes.get(self.at) {
            if self.is_in_string {
                let ends = *byte == b'"' && !self.is_escaped;
                self.is_escaped = *byte == b'\\' && !self.is_escaped;
                self.at += 1;
                if ends {
                    self.is_in_string = false;
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                continue;
            }
            match byte {
                b'"' => self.is_in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth == 0 => return Some(self.at),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Some(self.at + 1);
                    }
                }
                b',' | b' ' | b'\t' | b'\r' | b'\n' if self.depth == 0 => return Some(self.at),
                _ => {}
            }
            self.at += 1;
        }
        None
    }
}
