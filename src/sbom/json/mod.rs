//! A pull reader for JSON that borrows strings, knows where it is, and refuses duplicate keys, all in one pass.
//!
//! serde_json gives neither the line of a component nor a way to notice duplicate keys without a second pass and a copy
//! of every key. What is JSON is decided as serde_json decides it: the unit tests and the fuzz target `sbom_json`
//! hold the two against each other.

mod scalar;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use super::limits::Limits;
use super::model::{Place, Text};
use super::problem::{Refusal, Refused};

/// What the next value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    String,
    /// A number, `true`, `false` or `null`.
    Plain,
}

/// A reader over one text.
pub(super) struct Json<'a> {
    text: &'a str,
    at: usize,
    /// Where `text` begins in the document.
    start: Place,
    start_column: u64,
    /// Line of `at`, and the offset in `text` at which it begins.
    line: u32,
    line_start: usize,
    depth: usize,
    limits: &'a Limits,
    /// Keys of the objects that are open, the innermost last.
    keys: Vec<Text<'a>>,
}

/// Objects with more keys are checked with a hash set. Objects of an SBOM have fewer, and comparing is quicker for them.
const FEW_KEYS: usize = 24;

impl<'a> Json<'a> {
    /// Reads a whole document.
    pub(super) fn new(text: &'a str, limits: &'a Limits) -> Self {
        Self::part(text, super::START, 1, 0, limits)
    }

    /// Reads a part of a document that begins at a place and a column of it and is `depth` levels inside it.
    pub(super) fn part(text: &'a str, start: Place, column: u64, depth: usize, limits: &'a Limits) -> Self {
        Self {
            text,
            at: 0,
            start,
            start_column: column,
            line: start.line,
            line_start: 0,
            depth,
            limits,
            keys: Vec::new(),
        }
    }

    /// Where the next value begins.
    pub(super) fn place(&mut self) -> Place {
        self.space();
        Place {
            offset: self.start.offset + self.at as u64,
            line: self.line,
        }
    }

    /// Offset of the next byte in the text.
    pub(super) fn offset(&mut self) -> usize {
        self.space();
        self.at
    }

    /// The text from `from` up to where the reader stands.
    pub(super) fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// A refusal at the current place.
    pub(super) fn refuse(&self, reason: Refusal) -> Refused {
        Refused {
            reason,
            place: Place {
                offset: self.start.offset + self.at as u64,
                line: self.line,
            },
            column: (self.at - self.line_start) as u64
                + if self.line_start == 0 {
                    self.start_column
                } else {
                    1
                },
        }
    }

    fn expected(&self, what: &str) -> Refused {
        let detail = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => format!("{what} expected, {found:?} found"),
            None => format!("{what} expected, but the document ends"),
        };
        self.refuse(Refusal::Syntax { detail })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.line = self.line.saturating_add(1);
                    self.line_start = self.at;
                }
                _ => break,
            }
        }
    }

    /// Takes `byte` after white space, if it is there.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    /// What the next value is, without taking it.
    pub(super) fn kind(&mut self) -> Result<Kind, Refused> {
        self.space();
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => Ok(Kind::Plain),
            _ => Err(self.expected("a value")),
        }
    }

    /// Nothing but white space may follow.
    pub(super) fn end(&mut self) -> Result<(), Refused> {
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the document")),
        }
    }

    fn deeper(&mut self) -> Result<(), Refused> {
        if self.depth >= self.limits.depth {
            return Err(self.refuse(Refusal::TooDeep {
                limit: self.limits.depth,
            }));
        }
        self.depth += 1;
        Ok(())
    }

    /// Takes an object. `each` is called for every member and has to take its value.
    pub(super) fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        if !self.take(b'{') {
            return Err(self.expected("an object"));
        }
        self.deeper()?;
        let mark = self.keys.len();
        let mut many: Option<HashSet<Text<'a>>> = None;
        if !self.take(b'}') {
            loop {
                self.space();
                let begin = self.at;
                let key = self.string()?;
                if !self.remember(&key, mark, &mut many) {
                    self.at = begin;
                    return Err(self.refuse(Refusal::DuplicateKey {
                        key: key.chars().take(100).collect(),
                    }));
                }
                if !self.take(b':') {
                    return Err(self.expected("a colon"));
                }
                each(self, &key)?;
                if self.take(b',') {
                    continue;
                }
                if self.take(b'}') {
                    break;
                }
                return Err(self.expected("a comma or the end of the object"));
            }
        }
        self.keys.truncate(mark);
        self.depth -= 1;
        Ok(())
    }

    /// Notes a key of the object whose keys begin at `mark`. `false` where it is there already.
    fn remember(&mut self, key: &Text<'a>, mark: usize, many: &mut Option<HashSet<Text<'a>>>) -> bool {
        let open = self.keys.get(mark..).unwrap_or_default();
        if let Some(set) = many {
            return set.insert(key.clone());
        }
        if open.contains(key) {
            return false;
        }
        if open.len() < FEW_KEYS {
            self.keys.push(key.clone());
        } else {
            let mut set: HashSet<Text<'a>> = open.iter().cloned().collect();
            set.insert(key.clone());
            *many = Some(set);
        }
        true
    }

    /// Takes an array. `each` is called before every element and has to take it.
    pub(super) fn array(
        &mut self,
        mut each: impl FnMut(&mut Self) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        if !self.take(b'[') {
            return Err(self.expected("an array"));
        }
        self.deeper()?;
        if !self.take(b']') {
            loop {
                each(self)?;
                if self.take(b',') {
                    continue;
                }
                if self.take(b']') {
                    break;
                }
                return Err(self.expected("a comma or the end of the array"));
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Takes any value. What is inside has to be well formed and without duplicate keys all the same.
    pub(super) fn skip(&mut self) -> Result<(), Refused> {
        match self.kind()? {
            Kind::Object => self.object(|json, _| json.skip()),
            Kind::Array => self.array(Self::skip),
            Kind::String => self.string().map(drop),
            Kind::Plain => self.plain().map(drop),
        }
    }
}
