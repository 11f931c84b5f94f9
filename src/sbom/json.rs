//! A pull reader for JSON that borrows strings, knows where it is, and refuses duplicate keys, all in one pass.
//!
//! serde_json gives neither the line of a component nor a way to notice duplicate keys without a second pass and a copy
//! of every key. What is JSON is decided as serde_json decides it: the unit tests and the fuzz target `sbom_json`
//! hold the two against each other.

use std::borrow::Cow;
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

    /// Takes a number, `true`, `false` or `null`, as it is written.
    pub(super) fn plain(&mut self) -> Result<&'a str, Refused> {
        self.space();
        let from = self.at;
        for word in ["true", "false", "null"] {
            if self.text.get(from..).is_some_and(|rest| rest.starts_with(word)) {
                self.at += word.len();
                return Ok(word);
            }
        }
        self.number()?;
        Ok(self.since(from))
    }

    /// RFC 8259, section 6.
    fn number(&mut self) -> Result<(), Refused> {
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Refused> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.expected("a digit"));
        }
        Ok(())
    }

    /// Takes a string.
    pub(super) fn string(&mut self) -> Result<Text<'a>, Refused> {
        if !self.take(b'"') {
            return Err(self.expected("a string"));
        }
        let from = self.at;
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f))
            .unwrap_or(rest.len());
        self.at += plain;
        if self.peek() == Some(b'"') {
            let text = self.since(from);
            self.at += 1;
            self.bounded(plain)?;
            return Ok(Cow::Borrowed(text));
        }
        let mut owned = self.since(from).to_owned();
        loop {
            let from = self.at;
            while self
                .peek()
                .is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f))
            {
                self.at += 1;
            }
            owned.push_str(self.since(from));
            self.bounded(owned.len())?;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(owned));
                }
                Some(b'\\') => {
                    self.at += 1;
                    owned.push(self.escape()?);
                }
                _ => return Err(self.expected("the end of the string")),
            }
        }
    }

    fn bounded(&self, length: usize) -> Result<(), Refused> {
        if length > self.limits.string {
            return Err(self.refuse(Refusal::TooLarge {
                what: "one string",
                limit: self.limits.string as u64,
            }));
        }
        Ok(())
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, Refused> {
        let letter = self.peek();
        let plain = match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// `uXXXX`, and its second half where it is the first of a surrogate pair.
    fn unicode(&mut self) -> Result<char, Refused> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).ok_or_else(|| self.expected("a character"));
        }
        if self.peek() == Some(b'\\') {
            self.at += 1;
            if self.peek() == Some(b'u') {
                let second = self.unit()?;
                if (0xdc00..0xe000).contains(&second) {
                    let character = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return char::from_u32(character).ok_or_else(|| self.expected("a character"));
                }
            }
        }
        Err(self.expected("the second half of a surrogate pair"))
    }

    /// `uXXXX`.
    fn unit(&mut self) -> Result<u32, Refused> {
        self.at += 1;
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(self.expected("four hex digits"));
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| self.expected("four hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strict_json;

    fn skip(text: &str, limits: &Limits) -> Result<(), Refused> {
        let mut json = Json::new(text, limits);
        json.skip()?;
        json.end()
    }

    /// Both readers, the same answer.
    fn agree(text: &str) {
        let limits = Limits::default();
        let ours = skip(text, &limits);
        let theirs = strict_json::check(
            text.as_bytes(),
            strict_json::Limits {
                bytes: limits.bytes,
                depth: limits.depth,
            },
        );
        // A number beyond a double is JSON all the same; serde_json cannot hold it.
        let is_too_big = theirs
            .as_ref()
            .is_err_and(|problem| problem.to_string().contains("out of range"));
        assert!(
            ours.is_ok() == theirs.is_ok() || is_too_big,
            "{text:?}: {ours:?}, {theirs:?}"
        );
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        for text in [
            "",
            " ",
            "{",
            "[",
            "]",
            "{}",
            "[]",
            "[1,]",
            "[,1]",
            "{\"a\":1,}",
            "{\"a\"}",
            "{a:1}",
            "{\"a\":1 \"b\":2}",
            "null",
            "nul",
            "nullx",
            "true",
            "false",
            "0",
            "-0",
            "01",
            "-",
            "+1",
            "1.",
            ".5",
            "1.5",
            "1e5",
            "1e",
            "1E+5",
            "1e-",
            "1e400",
            "-1e400",
            "NaN",
            "Infinity",
            "-Infinity",
            "0x10",
            "\"a\"",
            "\"",
            "\"\\\"",
            "\"\\u0041\"",
            "\"\\u00\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ud83d\\u0041\"",
            "\"\\x\"",
            "\"\t\"",
            "\"\u{7f}\u{80}\u{2028}\"",
            "\"\\u+123\"",
            "\u{feff}{}",
            "{} {}",
            "'a'",
            "/**/{}",
            "[1 2]",
            "\u{b}1",
            "\"\\u00é\"",
            "{\"a\":{\"b\":1},\"b\":{\"a\":1}}",
            "{\"a\":1,\"a\":1}",
            "{\"a\":1,\"\\u0061\":1}",
            "[{\"x\":{\"é\":1,\"\\u00e9\":2}}]",
        ] {
            agree(text);
        }
        agree(&"[".repeat(99));
        agree(&format!("{}{}", "[".repeat(100), "]".repeat(100)));
        agree(&format!("{}{}", "[".repeat(101), "]".repeat(101)));
    }

    #[test]
    fn a_duplicate_is_found_among_few_keys_and_among_many() {
        for count in [2, FEW_KEYS - 1, FEW_KEYS, FEW_KEYS + 1, 5 * FEW_KEYS] {
            let mut members: Vec<String> = (0..count).map(|key| format!("\"{key}\":0")).collect();
            agree(&format!("{{{}}}", members.join(",")));
            for twice in [0, count / 2, count - 1] {
                members.push(format!("\"{twice}\":0"));
                let text = format!("{{{}}}", members.join(","));
                let refused = skip(&text, &Limits::default()).unwrap_err();
                assert_eq!(
                    refused.reason,
                    Refusal::DuplicateKey {
                        key: twice.to_string()
                    }
                );
                members.pop();
            }
        }
    }

    #[test]
    fn a_refusal_says_where() {
        let refused = skip("{\n  \"a\": 1,\n  \"a\": 2}", &Limits::default()).unwrap_err();
        assert_eq!(
            (refused.place.line, refused.column, refused.place.offset),
            (3, 3, 14)
        );
    }

    #[test]
    fn strings_are_bounded_escaped_or_not() {
        let limits = Limits {
            string: 4,
            ..Limits::default()
        };
        assert!(skip("\"abcd\"", &limits).is_ok());
        assert!(skip("\"ab\\ncd\"", &limits).is_err());
        assert!(skip("\"abcde\"", &limits).is_err());
        assert!(skip("{\"abcde\":1}", &limits).is_err());
    }

    proptest::proptest! {
        #[test]
        fn it_agrees_with_serde_json_on_anything(text in r#"[\[\]{}:,"\\ua0-9eE+\-. \ntrflsd]{0,24}"#) {
            agree(&text);
        }

        #[test]
        fn strings_come_back(text in ".{0,40}") {
            let limits = Limits::default();
            let written = serde_json::to_string(&text).unwrap();
            let mut json = Json::new(&written, &limits);
            proptest::prop_assert_eq!(json.string().unwrap(), text);
        }
    }
}
