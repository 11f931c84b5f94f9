//! Strings, numbers and words of JSON.

use std::borrow::Cow;

use super::Json;
use crate::sbom::model::Text;
use crate::sbom::problem::{Refusal, Refused};

impl<'a> Json<'a> {
    /// Takes a number, `true`, `false` or `null`, as it is written.
    pub(in crate::sbom) fn plain(&mut self) -> Result<&'a str, Refused> {
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
    pub(in crate::sbom) fn string(&mut self) -> Result<Text<'a>, Refused> {
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
