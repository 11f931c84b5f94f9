//! Renderers: a [`Report`] in, a text out.
//!
//! They only read. No renderer decides, prints, reads the environment or asks for the time, so the same report always
//! gives the same bytes. What an outsider can choose (an identity, a file name, a registry's error) goes through
//! [`text`] before it reaches a terminal, a log or a document.

mod github;
mod human;
mod inspection;
mod json;
mod junit;
mod notes;
mod page;
mod sarif;
pub(crate) mod text;

use std::fmt;
use std::str::FromStr;

pub use inspection::{Signs, inspection_json, inspection_tree};
pub(super) use json::document as json_document;
pub(super) use page::paragraph;

use super::{ExitCode, Finding, Report, SubjectKind, SubjectReport, Verdict};

/// A form in which a report can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document of the shape that [`super::schema`] describes.
    Json,
    /// SARIF 2.1.0, for code scanning dashboards.
    Sarif,
    /// JUnit XML, for CI systems that list test cases.
    Junit,
    /// Workflow commands of GitHub Actions.
    Github,
}

impl Format {
    /// Every format, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Human, Self::Json, Self::Sarif, Self::Junit, Self::Github];

    /// The format as it is written after `--format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a format: use human, json, sarif, junit or github")]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// How a report for people is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours may be used. Colour never carries meaning alone.
    pub color: bool,
    /// Columns of the terminal; a digest, URL or identity is never broken to fit.
    pub width: usize,
    /// Whether every place, check and claim is listed.
    pub verbose: bool,
    /// Whether signs beyond ASCII may be used for marks and frames.
    pub unicode: bool,
}

impl Style {
    /// No colour, 100 columns, not verbose: what a file or a pipe gets.
    pub const PLAIN: Self = Self {
        color: false,
        width: 100,
        verbose: false,
        unicode: true,
    };
}

/// Writes the report in a format. `style` shapes the human text; in the formats for machines only its `verbose` shows,
/// in the human text that JUnit carries along.
pub fn render(report: &Report, format: Format, style: &Style) -> String {
    match format {
        Format::Human => human::render(report, style),
        Format::Json => json::render(report),
        Format::Sarif => sarif::render(report),
        Format::Junit => junit::render(report, style),
        Format::Github => github::render(report),
    }
}

/// Writes findings for people, for commands whose answer is no [`Report`].
pub fn render_findings(findings: &[Finding], style: &Style) -> String {
    human::findings(findings, style)
}

/// What standard output holds beside a human report: one line per subject, and nothing at all unless everything is
/// allowed, so that `img=$(portcullis verify …)` never holds something that was not.
///
/// An image's line is `repository@sha256:…`, a file's `sha256:<hex>  path`, a digest's the digest. Signs that could
/// forge a further line, or hide a part of this one, are written as `<U+000A>`.
pub fn stdout_lines(report: &Report) -> Option<String> {
    let passed = report.exit_code == ExitCode::Allowed
        && report.verdict == Verdict::Allowed
        && !report.subjects.is_empty()
        && report
            .subjects
            .iter()
            .all(|subject| subject.verdict == Verdict::Allowed);
    if !passed {
        return None;
    }
    report.subjects.iter().map(stdout_line).collect()
}

/// The line of one allowed subject, or `None` for one whose digest is not known, which nothing may build on.
fn stdout_line(subject: &SubjectReport) -> Option<String> {
    let digest = subject.digest.as_ref()?;
    Some(match subject.kind {
        SubjectKind::Image => format!("{}\n", text::visible(&subject.name)),
        SubjectKind::File | SubjectKind::Directory => format!("{digest}  {}\n", text::visible(&subject.name)),
        SubjectKind::Digest => format!("{digest}\n"),
    })
}

/// The exit code's name in the documentation.
fn exit_name(code: ExitCode) -> &'static str {
    ExitCode::TABLE
        .iter()
        .find(|row| row.0 == code)
        .map_or("", |row| row.1)
}
