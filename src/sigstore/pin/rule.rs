//! The rules of a pin, one for each thing a certificate says about its signer.

use std::fmt;

use super::pattern::{PatternError, WholePattern};
use super::shape::Shape;
use crate::report::Origin;
use crate::sigstore::certificate::{Claim, SanKind};

/// A text that is compared: byte for byte, or with a pattern that has to match all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextRule {
    /// Equal, byte for byte: no case folding, no normalisation, no trailing slash.
    Exact(String),
    /// Matched by a pattern from its first to its last character.
    Pattern(WholePattern),
}

impl TextRule {
    /// A rule that demands exactly this text.
    pub fn exact(text: impl Into<String>) -> Self {
        Self::Exact(text.into())
    }

    /// A rule that demands a text matched by this pattern.
    pub fn pattern(text: &str) -> Result<Self, PatternError> {
        WholePattern::new(text).map(Self::Pattern)
    }

    /// Whether the rule accepts `value`.
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Exact(text) => text == value,
            Self::Pattern(pattern) => pattern.is_match(value),
        }
    }

    /// The text or pattern as it was written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Exact(text) => text,
            Self::Pattern(pattern) => pattern.as_str(),
        }
    }

    /// The pattern, when it is one.
    pub fn as_pattern(&self) -> Option<&WholePattern> {
        match self {
            Self::Exact(_) => None,
            Self::Pattern(pattern) => Some(pattern),
        }
    }
}

impl fmt::Display for TextRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(text) => f.write_str(text),
            Self::Pattern(pattern) => write!(f, "pattern {pattern}"),
        }
    }
}

/// Which name a certificate has to carry, and of which kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRule {
    /// The name.
    pub text: TextRule,
    /// Its kind.
    pub kind: SanKind,
    /// Where it was written.
    pub origin: Origin,
}

/// A pattern whose alternatives are identities of different kinds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern accepts {} as well as {}: name the kind of identity, or write one pin for each", .0.words(), .1.words())]
pub struct AmbiguousKind(pub SanKind, pub SanKind);

impl IdentityRule {
    /// A rule whose kind is given, or else read from the text: `://` makes it a URI, an `@` without one an e-mail
    /// address, and anything else a user name.
    pub fn new(text: TextRule, kind: Option<SanKind>, origin: Origin) -> Result<Self, AmbiguousKind> {
        let kind = match (kind, &text) {
            (Some(kind), _) => kind,
            (None, TextRule::Exact(text)) => kind_of(text),
            (None, TextRule::Pattern(pattern)) => kind_of_pattern(pattern)?,
        };
        Ok(Self { text, kind, origin })
    }
}

/// The kind of identity that a text reads as.
pub fn kind_of(text: &str) -> SanKind {
    if text.contains("://") || text.contains("@refs/") {
        return SanKind::Uri;
    }
    match text.split_once('@') {
        Some((mailbox, host)) if !mailbox.is_empty() && !host.is_empty() && !host.contains('/') => {
            SanKind::Email
        }
        _ => SanKind::OtherName,
    }
}

/// The kind of what a pattern accepts, judged on an example of each of its alternatives.
fn kind_of_pattern(pattern: &WholePattern) -> Result<SanKind, AmbiguousKind> {
    let shapes = Shape::of(pattern);
    let mut kinds = shapes.iter().map(|shape| kind_of(&shape.spell()));
    let Some(first) = kinds.next() else {
        return Ok(kind_of(pattern.as_str()));
    };
    match kinds.find(|kind| *kind != first) {
        Some(other) => Err(AmbiguousKind(first, other)),
        None => Ok(first),
    }
}

/// Which issuer has to vouch for the name. Compared byte for byte: anybody can run an issuer whose URL differs in a
/// slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerRule {
    /// The issuer's URL.
    pub text: TextRule,
    /// Where it was written.
    pub origin: Origin,
}

/// What a certificate has to say for one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimRule {
    /// The claim.
    pub claim: Claim,
    /// The demanded value.
    pub text: TextRule,
    /// Where it was written.
    pub origin: Origin,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: TextRule) -> Result<SanKind, AmbiguousKind> {
        IdentityRule::new(text, None, Origin::flag("--identity")).map(|rule| rule.kind)
    }

    #[test]
    fn the_kind_follows_from_the_text() {
        for (text, expected) in [
            (
                "https://github.com/o/r/.github/workflows/w.yml@refs/heads/main",
                SanKind::Uri,
            ),
            ("spiffe://example.org/ns/ci", SanKind::Uri),
            ("alice@example.com", SanKind::Email),
            ("alice", SanKind::OtherName),
            ("alice!example.com", SanKind::OtherName),
            ("@example.com", SanKind::OtherName),
        ] {
            assert_eq!(kind(TextRule::exact(text)), Ok(expected), "{text}");
        }
    }

    #[test]
    fn the_kind_of_a_pattern_follows_from_what_it_accepts() {
        for (text, expected) in [
            (r"^https:\/\/github\.com\/o\/.*$", SanKind::Uri),
            (r"https?://github\.com/.*", SanKind::Uri),
            (r".*@refs/heads/main", SanKind::Uri),
            (r"(alice|bob)@example\.com", SanKind::Email),
            (r".*@example\.com$", SanKind::Email),
            (r"[a-z]+!example\.com", SanKind::OtherName),
        ] {
            assert_eq!(kind(TextRule::pattern(text).unwrap()), Ok(expected), "{text}");
        }
        let both = TextRule::pattern(r"alice@example\.com|https://github\.com/alice/.*").unwrap();
        assert_eq!(
            kind(both.clone()),
            Err(AmbiguousKind(SanKind::Email, SanKind::Uri))
        );
        assert!(IdentityRule::new(both, Some(SanKind::Email), Origin::flag("--identity-regex")).is_ok());
    }

    #[test]
    fn an_exact_text_has_no_wildcards_and_no_tolerance() {
        let issuer = TextRule::exact("https://token.actions.githubusercontent.com");
        assert!(issuer.accepts("https://token.actions.githubusercontent.com"));
        for other in [
            "https://token.actions.githubusercontent.com/",
            "http://token.actions.githubusercontent.com",
            "https://token.actions.githubusercontent.com.evil.example",
            "https://token.actions.githubusercontent.com:443",
            "HTTPS://token.actions.githubusercontent.com",
            "https://tоken.actions.githubusercontent.com",
            " https://token.actions.githubusercontent.com",
            "",
        ] {
            assert!(!issuer.accepts(other), "{other}");
        }
        assert!(!TextRule::exact(".*").accepts("anything"));
    }
}
