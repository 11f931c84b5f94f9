//! Package URLs: which package a document speaks of, and patterns of packages in a policy.
//!
//! [`Purl::parse`] is strict: two readers that take one text for two packages are how a denied package passes for an
//! allowed one. What the specification's registries treat as one name is one name here (`pkg:pypi/Zope_Interface` is
//! `pkg:pypi/zope-interface`), in documents as in patterns.
//!
//! # Patterns
//!
//! `pkg:cargo/serde` is exactly that package in any version. `*` in place of a whole part stands for one part
//! (`pkg:npm/@babel/*`), `**` at the end for one or more (`pkg:golang/github.com/org/**`). There are no wildcards
//! inside a part: `pkg:npm/lodash` and `pkg:npm/lodash-evil` have nothing in common. Versions, qualifiers and
//! subpaths do not belong into a pattern; ranges of versions stand beside it.
//!
//! [`PatternIndex`] finds the patterns that match a package in the time that the package's parts take, however many
//! patterns there are.

mod index;
mod lint;
mod names;
mod parse;
mod pattern;
mod unidentified;

pub use index::PatternIndex;
pub use parse::{MAX_PURL_BYTES, MAX_SEGMENTS, Purl, PurlError};
pub use pattern::{Pattern, PatternError};
pub use unidentified::unidentified;

#[cfg(test)]
mod tests;
