//! Reading licence expressions (SPDX 2.3 annex D, SPDX 3.0 annex B).
//!
//! `or = and *( "OR" and )`, `and = operand *( "AND" operand )`, `operand = "(" or ")" / word [ "WITH" word ]`.

use std::ops::Range;

use super::expression::Expression;
use super::term::{Addition, Term};

/// Longest expression that is read, in bytes. The longest real ones list the licences of a distribution's kernel: some kilobytes.
pub const MAX_EXPRESSION_BYTES: usize = 64 * 1024;
/// Most licences in one expression.
pub const MAX_TERMS: usize = 2048;
/// Deepest nesting of parentheses.
pub const MAX_DEPTH: usize = 64;

/// Why a text is no licence expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// Nothing but spaces.
    #[error("there is no licence in it")]
    Empty,
    /// Something else was expected at this byte.
    #[error("expected {expected} at byte {at}")]
    Unexpected {
        /// What would have been right.
        expected: &'static str,
        /// Where, in bytes from the start.
        at: usize,
    },
    /// A limit was exceeded.
    #[error("it exceeds {limit} {of}")]
    TooLarge {
        /// The number that was exceeded.
        limit: usize,
        /// What is counted.
        of: &'static str,
    },
}

/// A piece of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    And,
    Or,
    With,
    Word(&'a str),
}

pub(super) fn expression(text: &str) -> Result<Expression, SyntaxError> {
    if text.len() > MAX_EXPRESSION_BYTES {
        return Err(too_large(MAX_EXPRESSION_BYTES, "bytes"));
    }
    let mut parser = Parser {
        text,
        at: 0,
        terms: 0,
    };
    if parser.peek().is_none() {
        return Err(SyntaxError::Empty);
    }
    let whole = parser.or(0)?;
    match parser.peek() {
        None => Ok(whole),
        Some(_) => Err(parser.unexpected("AND, OR or the end")),
    }
}

fn too_large(limit: usize, of: &'static str) -> SyntaxError {
    SyntaxError::TooLarge { limit, of }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    terms: usize,
}

impl<'a> Parser<'a> {
    /// The next token and its place.
    fn peek(&self) -> Option<(Token<'a>, Range<usize>)> {
        let rest = self.text.get(self.at..)?;
        let trimmed = rest.trim_start();
        let start = self.at + (rest.len() - trimmed.len());
        let end = trimmed
            .find(|letter: char| letter.is_whitespace() || letter == '(' || letter == ')')
            .unwrap_or(trimmed.len());
        let (token, length) = match (trimmed.chars().next()?, trimmed.get(..end)?) {
            ('(', _) => (Token::Open, 1),
            (')', _) => (Token::Close, 1),
            (_, "AND" | "and") => (Token::And, end),
            (_, "OR" | "or") => (Token::Or, end),
            (_, "WITH" | "with") => (Token::With, end),
            (_, word) => (Token::Word(word), end),
        };
        Some((token, start..start + length))
    }

    /// Steps over the next token if it is this one.
    fn take(&mut self, wanted: Token<'_>) -> bool {
        match self.peek() {
            Some((token, place)) if token == wanted => {
                self.at = place.end;
                true
            }
            _ => false,
        }
    }

    fn word(&mut self, expected: &'static str) -> Result<&'a str, SyntaxError> {
        match self.peek() {
            Some((Token::Word(word), place)) => {
                self.at = place.end;
                Ok(word)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn unexpected(&self, expected: &'static str) -> SyntaxError {
        let at = self.peek().map_or(self.text.len(), |(_, place)| place.start);
        SyntaxError::Unexpected { expected, at }
    }

    fn or(&mut self, depth: usize) -> Result<Expression, SyntaxError> {
        let mut parts = vec![self.and(depth)?];
        while self.take(Token::Or) {
            parts.push(self.and(depth)?);
        }
        Expression::any(parts).ok_or(SyntaxError::Empty)
    }

    fn and(&mut self, depth: usize) -> Result<Expression, SyntaxError> {
        let mut parts = vec![self.operand(depth)?];
        while self.take(Token::And) {
            parts.push(self.operand(depth)?);
        }
        Expression::all(parts).ok_or(SyntaxError::Empty)
    }

    fn operand(&mut self, depth: usize) -> Result<Expression, SyntaxError> {
        if self.take(Token::Open) {
            if depth == MAX_DEPTH {
                return Err(too_large(MAX_DEPTH, "nested parentheses"));
            }
            let inner = self.or(depth + 1)?;
            return match self.take(Token::Close) {
                true => Ok(inner),
                false => Err(self.unexpected("AND, OR or )")),
            };
        }
        let word = self.word("a licence or (")?;
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(too_large(MAX_TERMS, "licences"));
        }
        let mut term = Term::from_word(word);
        if self.take(Token::With) {
            let before = self.at;
            let addition = Addition::from_word(self.word("an exception")?);
            // A deprecated id that brings its exception along has no room for another.
            if term.addition.is_some() {
                self.at = before;
                return Err(self.unexpected("no second exception"));
            }
            term.addition = Some(addition);
        }
        Ok(Expression::Term(term))
    }
}
