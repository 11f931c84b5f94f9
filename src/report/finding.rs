//! One observation, with everything a person needs to act on it.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Code, SbomPlace, Severity};
use crate::subject::Digest;

/// One observation about a subject, a candidate or the run.
///
/// A finding answers, in this order: what was found, what was expected, where that expectation was written, and one
/// safe next step. It never suggests loosening a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The stable code.
    pub code: Code,
    /// Whether it denies, warns or informs; usually the code's own severity.
    pub severity: Severity,
    /// What was found, in one sentence without a full stop.
    pub message: String,
    /// The value that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The value or pattern that was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// Found and expected side by side, part by part; used for identities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartDifference>,
    /// Where the expectation was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Where in an SBOM the offender stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbom: Option<Box<SbomPlace>>,
    /// One safe next step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The package that a rule objects to, without its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// What stays the same when the same is found again in another build: 32 hexadecimal digits, only for what a rule
    /// about ingredients objects to. An acceptance names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Whether the rule only records what it objects to (mode `audit`), so that this does not deny.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub audited: bool,
    /// Who accepted it and until when, where it was known before. It does not deny then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Box<Acceptance>>,
    /// SHA-256 of the SBOM that it is about: of the predicate as it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sbom_digest: Option<Digest>,
}

/// On whose word a finding does not deny.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Acceptance {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, in UTC: `2027-06-30`.
    pub expires: String,
    /// Where it is written.
    pub origin: Origin,
}

/// One part of an identity, found and expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PartDifference {
    /// Name of the part: host, owner, repository, workflow, ref.
    pub part: &'static str,
    /// The part of the SAN that was found.
    pub found: String,
    /// The part that was expected; for a pattern, its text.
    pub expected: String,
    /// Whether this part is as expected.
    pub same: bool,
}

/// Where an expectation was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// A flag (`--identity-regex`) or the path of a file.
    pub source: String,
    /// 1-based line in the file; absent for a flag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// 1-based column, counted in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The file's text and the byte range to underline, for the human renderer.
    #[serde(skip)]
    #[schemars(skip)]
    pub excerpt: Option<Excerpt>,
}

/// A byte range of a text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The whole text.
    pub text: Arc<str>,
    /// The range to underline.
    pub span: std::ops::Range<usize>,
}

impl Acceptance {
    /// The acceptance in words.
    pub(super) fn words(&self) -> String {
        format!("until {} by {}: {}", self.expires, self.owner, self.reason)
    }
}

impl Origin {
    /// An expectation given by a command-line flag.
    pub fn flag(name: impl Into<String>) -> Self {
        Self {
            source: name.into(),
            line: None,
            column: None,
            excerpt: None,
        }
    }

    /// An expectation written in a file, at a byte range of its text. A range outside the text is cut to it.
    pub fn file(path: impl Into<String>, text: &Arc<str>, span: std::ops::Range<usize>) -> Self {
        let end = span.end.min(text.len());
        let start = span.start.min(end);
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self {
            source: path.into(),
            line: Some(line),
            column: Some(column),
            excerpt: Some(Excerpt {
                text: Arc::clone(text),
                span: start..end,
            }),
        }
    }
}

impl Finding {
    /// A finding with the code's own severity.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: message.into(),
            found: None,
            expected: None,
            parts: Vec::new(),
            origin: None,
            sbom: None,
            help: None,
            package: None,
            fingerprint: None,
            audited: false,
            accepted: None,
            sbom_digest: None,
        }
    }

    /// Whether a rule about ingredients objects to a package with it.
    pub(super) fn is_objection(&self) -> bool {
        self.package.is_some() && self.sbom.is_some()
    }

    /// Says that `--deny-warnings` is why something is denied.
    pub(super) fn warnings_denied() -> Self {
        Self::new(Code::WarningsDenied, "there is a warning, and warnings deny")
            .origin(&Origin::flag("--deny-warnings"))
            .help("put right what the warnings name")
    }

    /// Adds what was found.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds where the expectation was written.
    #[must_use]
    pub fn origin(mut self, origin: &Origin) -> Self {
        self.origin = Some(origin.clone());
        self
    }

    /// Adds where in an SBOM the offender stands.
    #[must_use]
    pub fn in_sbom(mut self, place: SbomPlace) -> Self {
        self.sbom = Some(Box::new(place));
        self
    }

    /// Adds one safe next step.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Makes it a record of a rule in mode `audit`: a warning.
    #[must_use]
    pub fn audited(mut self) -> Self {
        self.severity = Severity::Warning;
        self.audited = true;
        self
    }

    /// Makes it known: whatever it said before, it does not deny, and `--deny-warnings` passes it over.
    pub fn accept(&mut self, acceptance: Acceptance) {
        self.severity = Severity::Info;
        self.accepted = Some(Box::new(acceptance));
    }

    /// Adds a comparison part by part.
    #[must_use]
    pub fn parts(mut self, parts: Vec<PartDifference>) -> Self {
        self.parts = parts;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let text: Arc<str> = "a\nüß = 1\n".into();
        let at = text.find('1').unwrap();
        let origin = Origin::file("p.toml", &text, at..at + 1);
        assert_eq!((origin.line, origin.column), (Some(2), Some(6)));
    }

    #[test]
    fn a_range_outside_the_text_is_cut_to_it() {
        let text: Arc<str> = "ab".into();
        let origin = Origin::file("p.toml", &text, 5..9);
        assert_eq!(origin.excerpt.unwrap().span, 2..2);
    }
}
