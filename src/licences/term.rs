//! One licence in an expression.

use std::fmt;

use super::catalogue;

/// A licence without its exception.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Licence {
    /// A licence of the SPDX list, under its current id. `or_later` is `+` or the suffix `-or-later`.
    Listed {
        /// The id without `-only`, `-or-later` and `+`, such as `GPL-2.0` or `Apache-2.0`.
        id: &'static str,
        /// Whether the licensee may choose a later version.
        or_later: bool,
    },
    /// `LicenseRef-…` or `DocumentRef-…:LicenseRef-…`, as written: a text that only the document knows.
    Reference(String),
    /// `NOASSERTION` or `NONE`: the document says that it does not say, or that there is none.
    Unstated(&'static str),
    /// Any other word, as written.
    Unlisted(String),
}

/// What follows `WITH`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Addition {
    /// An exception of the SPDX list, under its current id: it adds permission.
    Listed(&'static str),
    /// `AdditionRef-…` or any other word: it may add or take away.
    Unlisted(String),
}

/// A licence, with its exception if it has one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The licence.
    pub licence: Licence,
    /// What follows `WITH`.
    pub addition: Option<Addition>,
}

impl Term {
    /// A licence without an exception.
    pub(super) fn bare(licence: Licence) -> Self {
        Self {
            licence,
            addition: None,
        }
    }

    /// Reads a single word: an id in any letter case, current or deprecated, a reference, or anything else.
    pub(super) fn from_word(word: &str) -> Self {
        let bare = |licence| Self::bare(licence);
        if let Some(term) = catalogue::term(word) {
            return term.clone();
        }
        for unstated in ["NOASSERTION", "NONE"] {
            if word.eq_ignore_ascii_case(unstated) {
                return bare(Licence::Unstated(unstated));
            }
        }
        if let Some(id) = word.strip_suffix('+')
            && let Some(Self {
                licence: Licence::Listed { id, or_later: false },
                addition: None,
            }) = catalogue::term(id)
            && !catalogue::says_which_versions(word)
        {
            return bare(Licence::Listed { id, or_later: true });
        }
        if catalogue::is_reference(word, "LicenseRef-") {
            return bare(Licence::Reference(word.to_owned()));
        }
        bare(Licence::Unlisted(word.to_owned()))
    }
}

impl Addition {
    /// Reads the word behind `WITH`.
    pub(super) fn from_word(word: &str) -> Self {
        match catalogue::exception(word) {
            Some(id) => Self::Listed(id),
            None => Self::Unlisted(word.to_owned()),
        }
    }
}

impl fmt::Display for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed { id, or_later } => {
                f.write_str(id)?;
                f.write_str(match (catalogue::is_gnu(id), or_later) {
                    (true, true) => "-or-later",
                    (true, false) => "-only",
                    (false, true) => "+",
                    (false, false) => "",
                })
            }
            Self::Unstated(word) => f.write_str(word),
            Self::Reference(word) | Self::Unlisted(word) => f.write_str(word),
        }
    }
}

impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listed(id) => f.write_str(id),
            Self::Unlisted(word) => f.write_str(word),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.addition {
            Some(addition) => write!(f, "{} WITH {addition}", self.licence),
            None => self.licence.fmt(f),
        }
    }
}
