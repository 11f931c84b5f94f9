//! Versions of packages: their order in each ecosystem, and ranges of them.
//!
//! A policy writes ranges in one syntax, whatever the ecosystem; a [`Scheme`], which follows from the package URL's
//! type, says how its versions are ordered:
//!
//! | scheme  | types                    | order                                                      |
//! |---------|--------------------------|------------------------------------------------------------|
//! | semver  | cargo, npm, hex, pub     | Semantic Versioning 2.0.0                                  |
//! | go      | golang                   | the same behind `v`, pseudo-versions and `+incompatible` included |
//! | pep440  | pypi                     | PEP 440                                                    |
//! | deb     | deb                      | deb-version(7)                                             |
//! | rpm     | rpm                      | rpm-version(7)                                             |
//! | apk     | apk                      | apk-tools                                                  |
//! | maven   | maven                    | Maven's ComparableVersion                                  |
//! | gem     | gem                      | Gem::Version                                               |
//! | nuget   | nuget                    | NuGet's SemVer with an optional fourth number              |
//! | text    | every other              | none: equal or not                                         |
//!
//! # Ranges
//!
//! `*` is every version, a missing one too. Otherwise bounds joined by `,` hold at once, and `||` offers
//! alternatives: `>=1.2,<2`, `=1.2.3`, `!=1.0.171`. The schemes' own shorthands are read where the ecosystem has
//! them: `^1.2` and `~1.2` (semver), `~=1.2` (pep440), `~>1.2` (gem). A version without an operator is refused,
//! because Cargo and npm read it differently; so is `=1.2` where three numbers are usual.
//!
//! # When the answer is not known
//!
//! [`Range::contains`] answers [`Answer::Unknown`] where order alone would answer, and the ecosystem or the author of
//! the range probably would not: a version that cannot be read, a pre-release that no bound names, an epoch that no
//! bound names. The caller has no way to overlook it: [`Answer::permits`] is for rules that allow and
//! [`Answer::condemns`] for rules that deny, and an unknown answer neither permits nor acquits.

mod apk;
mod deb;
mod digits;
mod gem;
mod maven;
mod nuget;
mod range;
mod rpm;
mod scheme;
mod version;

pub use range::{Answer, Doubt, MAX_BOUNDS, Range, RangeError};
pub use scheme::Scheme;
pub use version::{MAX_VERSION_BYTES, Version};

/// The order of two versions of a package whose package URL has this type: `None` where one cannot be read, or where
/// the type has no order and they differ.
pub fn compare(kind: &str, a: &str, b: &str) -> Option<std::cmp::Ordering> {
    let scheme = Scheme::of_type(kind);
    Version::parse(scheme, a)?.compare(&Version::parse(scheme, b)?)
}

#[cfg(test)]
mod tests;
