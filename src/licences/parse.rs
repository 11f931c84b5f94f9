//! Reading licence expressions (SPDX 2.3 annex D, SPDX 3.0 annex B).
//!
//! `or = and *( "OR" and )`, `and = operand *( "AND" operand )`, `operand = "(" or ")" / word [ "WITH" word ]`.

use super::expression::Expression;
use super::term::{Addition, Term};

/// Longest expression that is read, in bytes. The longest real ones list the licences of a distribution's kernel:
/// some kilobytes.
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
        tokens: tokens(text),
        next: 0,
        end: text.len(),
        terms: 0,
    };
    if parser.tokens.is_empty() {
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

/// The tokens of a text, each with the byte at which it begins.
fn tokens(text: &str) -> Vec<(Token<'_>, usize)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let end = rest
            .find(|letter: char| letter.is_whitespace() || letter == '(' || letter == ')')
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let token = match (word, after.chars().next()) {
            ("", None) => return tokens,
            ("", Some(bracket)) => {
                rest = after.strip_prefix(bracket).unwrap_or_default();
                let token = if bracket == '(' { Token::Open } else { Token::Close };
                tokens.push((token, at));
                continue;
            }
            ("AND" | "and", _) => Token::And,
            ("OR" | "or", _) => Token::Or,
            ("WITH" | "with", _) => Token::With,
            (word, _) => Token::Word(word),
        };
        tokens.push((token, at));
        rest = after;
    }
}

struct Parser<'a> {
    tokens: Vec<(Token<'a>, usize)>,
    next: usize,
    /// Length of the text.
    end: usize,
    terms: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<(Token<'a>, usize)> {
        self.tokens.get(self.next).copied()
    }

    /// Steps over the next token if it is this one.
    fn take(&mut self, wanted: Token<'_>) -> bool {
        let is_wanted = self.peek().is_some_and(|(token, _)| token == wanted);
        self.next += usize::from(is_wanted);
        is_wanted
    }

    fn word(&mut self, expected: &'static str) -> Result<&'a str, SyntaxError> {
        match self.peek() {
            Some((Token::Word(word), _)) => {
                self.next += 1;
                Ok(word)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn unexpected(&self, expected: &'static str) -> SyntaxError {
        let at = self.peek().map_or(self.end, |(_, at)| at);
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
            // A deprecated id that brings its exception along has no room for another.
            if term.addition.is_some() {
                return Err(self.unexpected("no second exception"));
            }
            term.addition = Some(Addition::from_word(self.word("an exception")?));
        }
        Ok(Expression::Term(term))
    }
}
