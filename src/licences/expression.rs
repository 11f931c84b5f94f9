//! Licence expressions as trees.

use std::fmt;

use super::catalogue;
use super::parse::{self, SyntaxError};
use super::term::{Licence, Term};

/// What a document states about the licences of one component.
///
/// Equal in meaning where equal in value: an `AND` in an `AND` is joined with it, and so is an `OR` in an `OR`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expression {
    /// One licence.
    Term(Term),
    /// All of these hold at once. Made by [`Expression::all`].
    And(Vec<Self>),
    /// The licensee chooses one of these. Made by [`Expression::any`].
    Or(Vec<Self>),
}

impl Expression {
    /// Reads an SPDX licence expression.
    ///
    /// # Errors
    ///
    /// The text is no expression, or exceeds a limit. A word that is no SPDX id is no error: it is a licence that
    /// nobody knows, so another choice of an `OR` can still be taken.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        parse::expression(text)
    }

    /// The licence that a document names in words instead of by an id.
    ///
    /// Only the official name of the SPDX list, letter by letter, or an id means a licence; there is no guessing. Any
    /// other name is an unlisted licence, which no allow list lets pass by accident.
    pub fn from_name(name: &str) -> Self {
        let name = name.trim();
        let known = catalogue::by_name(name).or_else(|| catalogue::term(name));
        Self::Term(known.cloned().unwrap_or_else(|| match Term::from_word(name) {
            // References and placeholders are words that stand for themselves.
            term @ Term {
                licence: Licence::Unstated(_) | Licence::Reference(_),
                ..
            } => term,
            _ => Term::bare(Licence::Unlisted(name.to_owned())),
        }))
    }

    /// All of these at once, which is what a list of licences means unless it says otherwise. `None` for an empty
    /// list: nothing is stated.
    pub fn all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        Self::join(parts, Self::And, |part| match part {
            Self::And(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// A choice of these. `None` for an empty list.
    pub fn any(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        Self::join(parts, Self::Or, |part| match part {
            Self::Or(inner) => Ok(inner),
            other => Err(other),
        })
    }

    fn join(
        parts: impl IntoIterator<Item = Self>,
        make: fn(Vec<Self>) -> Self,
        open: fn(Self) -> Result<Vec<Self>, Self>,
    ) -> Option<Self> {
        let mut flat = Vec::new();
        for part in parts {
            match open(part) {
                Ok(inner) => flat.extend(inner),
                Err(other) => flat.push(other),
            }
        }
        match flat.len() {
            0 | 1 => flat.pop(),
            _ => Some(make(flat)),
        }
    }

    /// Every licence that is named, in the order of the text.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::Term(term) => vec![term],
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
        }
    }
}

/// With current ids, operators in capitals, and no more parentheses than the precedence of `AND` over `OR` needs.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, operator) = match self {
            Self::Term(term) => return term.fmt(f),
            Self::And(parts) => (parts, " AND "),
            Self::Or(parts) => (parts, " OR "),
        };
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                f.write_str(operator)?;
            }
            match (self, part) {
                (Self::And(_), Self::Or(_)) => write!(f, "({part})")?,
                _ => part.fmt(f)?,
            }
        }
        Ok(())
    }
}
