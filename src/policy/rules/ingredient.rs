//! What a rule asks about one component.

use std::borrow::Cow;

use super::licences::Several;
use crate::licences::Expression;
use crate::purl::{Purl, PurlError, unidentified};

/// One component of an artifact, as its document states it.
#[derive(Debug, Clone)]
pub struct Ingredient<'a> {
    /// The group that its name is in, where that stands apart.
    pub group: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// Its version; used where the package URL has none.
    pub version: Option<&'a str>,
    /// Which package it is.
    pub identity: Identity<'a>,
    /// Who supplies it.
    pub supplier: Option<&'a str>,
    /// Its hashes: algorithm in lower case with dashes (`sha-256`), and hexadecimal digits.
    pub hashes: Vec<(&'a str, &'a str)>,
    /// Everything that is stated about its licences; all of it holds at once. `None` where nothing is.
    pub licences: Option<Expression>,
}

/// Which package a component is.
#[derive(Debug, Clone)]
pub enum Identity<'a> {
    /// By a package URL.
    Package(Purl<'a>),
    /// By a package URL that cannot be read.
    Unreadable(&'a str, PurlError),
    /// By its name alone.
    Unnamed,
}

/// A licence as a document writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceText<'a> {
    /// An id or an expression.
    Expression(&'a str),
    /// Words.
    Name(&'a str),
}

impl<'a> Identity<'a> {
    /// Reads a package URL, where there is one.
    pub fn of(text: Option<&'a str>) -> Self {
        match text.filter(|text| !text.is_empty()) {
            None => Self::Unnamed,
            Some(text) => match Purl::parse(text) {
                Ok(purl) => Self::Package(purl),
                Err(error) => Self::Unreadable(text, error),
            },
        }
    }
}

impl Ingredient<'_> {
    /// The package without its version, for people and for fingerprints.
    pub fn package(&self) -> String {
        match &self.identity {
            Identity::Package(purl) => purl.package(),
            _ => unidentified(self.group, self.name, self.supplier),
        }
    }

    /// The version to compare by: that of the package URL, or else the component's own.
    pub(super) fn comparable_version(&self) -> Option<Cow<'_, str>> {
        let of_purl = match &self.identity {
            Identity::Package(purl) => purl.comparable_version(),
            _ => None,
        };
        of_purl.or(self.version.map(Cow::Borrowed))
    }
}

impl LicenceText<'_> {
    /// What one licence means. A text that is no expression is the name of a licence that nobody knows, so that the rest
    /// of the list still counts.
    fn read(self) -> Expression {
        match self {
            LicenceText::Expression(text) => {
                Expression::parse(text).unwrap_or_else(|_| Expression::from_name(text))
            }
            LicenceText::Name(text) => Expression::from_name(text),
        }
    }

    /// Joins one list of licences.
    pub fn join<'t>(
        texts: impl IntoIterator<Item = LicenceText<'t>>,
        several: Several,
    ) -> Option<Expression> {
        let parts = texts.into_iter().map(LicenceText::read);
        match several {
            Several::All => Expression::all(parts),
            Several::Any => Expression::any(parts),
        }
    }
}
