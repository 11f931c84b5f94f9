//! Patterns of packages; what they mean is in the documentation of the module above.

use std::fmt;

use super::names;
use super::parse::{MAX_PURL_BYTES, MAX_SEGMENTS, Purl, PurlError, kind_of, segment_of};

/// A pattern of packages.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    text: String,
    /// Type, namespace and name.
    pub(super) parts: Vec<Part>,
    /// Whether `**` follows: one or more further parts.
    pub(super) goes_on: bool,
}

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// Exactly this.
    Literal(String),
    /// `*`
    Any,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It does not begin with `pkg:`.
    #[error("it does not begin with pkg:")]
    Scheme,
    /// It names no package.
    #[error("it has a type and no name; write pkg:TYPE/NAME")]
    Name,
    /// A version, which belongs into a key of its own.
    #[error("a version does not belong into a pattern of packages; write it beside it, as a range")]
    Version,
    /// Qualifiers or a subpath.
    #[error("qualifiers and subpaths do not belong into a pattern of packages")]
    Qualifiers,
    /// A `*` that is not a whole part.
    #[error("{0:?} has a wildcard inside a part; * stands for a whole part")]
    PartialWildcard(String),
    /// `**` before the end.
    #[error("** stands only at the end of a pattern")]
    MiddleWildcard,
    /// A part that no package URL has.
    #[error(transparent)]
    Part(#[from] PurlError),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// The text is none, or says something that a pattern cannot say.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        if text.len() > MAX_PURL_BYTES {
            return Err(PurlError::TooLarge.into());
        }
        let rest = text.strip_prefix("pkg:").ok_or(PatternError::Scheme)?;
        if rest.contains(['?', '#']) {
            return Err(PatternError::Qualifiers);
        }
        let (path, goes_on) = match rest.strip_suffix("**") {
            Some("") => ("", true),
            Some(path) if path.ends_with('/') => (path.trim_end_matches('/'), true),
            Some(_) => return Err(wildcard_in(rest)),
            None => (rest, false),
        };
        let mut segments = path
            .split('/')
            .filter(|_| !path.is_empty())
            .enumerate()
            .peekable();
        let mut parts: Vec<Part> = Vec::new();
        while let Some((at, segment)) = segments.next() {
            if at > MAX_SEGMENTS {
                return Err(PurlError::TooLarge.into());
            }
            let is_name = !goes_on && segments.peek().is_none();
            parts.push(part(segment, parts.first(), is_name)?);
        }
        if parts.len() < 2 && !goes_on {
            return Err(PatternError::Name);
        }
        Ok(Self {
            text: text.to_owned(),
            parts,
            goes_on,
        })
    }

    /// The type, where the pattern fixes it. The scheme of versions follows from it.
    pub fn kind(&self) -> Option<&str> {
        match self.parts.first() {
            Some(Part::Literal(kind)) => Some(kind),
            _ => None,
        }
    }

    /// Whether the package is one of these, in any version. [`super::PatternIndex`] asks many patterns at once.
    pub fn matches(&self, purl: &Purl<'_>) -> bool {
        let mut parts = std::iter::once(purl.kind()).chain(purl.path().iter().map(AsRef::as_ref));
        let fits = self.parts.iter().all(|part| match (part, parts.next()) {
            (Part::Literal(text), Some(found)) => text == found,
            (Part::Any, Some(_)) => true,
            (_, None) => false,
        });
        fits && parts.next().is_some() == self.goes_on
    }

    /// Whether every package that `other` means is one of these too.
    pub fn covers(&self, other: &Self) -> bool {
        let covers = |(mine, theirs): (&Part, &Part)| *mine == Part::Any || mine == theirs;
        let is_inside = match (self.goes_on, other.goes_on) {
            (true, true) => other.parts.len() >= self.parts.len(),
            (true, false) => other.parts.len() > self.parts.len(),
            (false, goes_on) => !goes_on && other.parts.len() == self.parts.len(),
        };
        is_inside && self.parts.iter().zip(&other.parts).all(covers)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn wildcard_in(text: &str) -> PatternError {
    let part = text.rsplit('/').next().unwrap_or(text);
    PatternError::PartialWildcard(part.to_owned())
}

/// Reads one part, behind the type where that was read.
fn part(segment: &str, kind: Option<&Part>, is_name: bool) -> Result<Part, PatternError> {
    match segment {
        "*" => return Ok(Part::Any),
        "**" => return Err(PatternError::MiddleWildcard),
        _ if segment.contains('*') => return Err(wildcard_in(segment)),
        // An `@` in front is an npm scope, elsewhere it begins a version.
        _ if segment.get(1..).is_some_and(|rest| rest.contains('@')) => return Err(PatternError::Version),
        _ => {}
    }
    let Some(kind) = kind else {
        return Ok(Part::Literal(kind_of(segment)?.into_owned()));
    };
    let segment = segment_of(segment)?;
    let spelt = match kind {
        // Which spellings are the same depends on the type.
        Part::Any => segment,
        Part::Literal(kind) if is_name => names::name(kind, segment),
        Part::Literal(kind) => names::namespace(kind, segment),
    };
    Ok(Part::Literal(spelt.into_owned()))
}
