//! What is wrong with a predicate, and where.

use std::ops::Range;
use std::sync::Arc;

use super::kind::AttestType;
use crate::report::{Code, Finding, Origin};
use crate::strict_json::{self, Node, offset_of, pointers};

/// Problems of one file that are described one by one.
pub(super) const MAX_PROBLEMS: usize = 20;
/// Characters of a value that a message repeats.
const MAX_QUOTED_CHARS: usize = 100;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    span: Range<usize>,
    message: String,
    found: Option<String>,
    expected: Option<String>,
    help: Option<String>,
}

impl Problem {
    /// Something wrong at a byte range of the file.
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            code: Code::PredicateInvalid,
            span,
            message: message.into(),
            found: None,
            expected: None,
            help: None,
        }
    }

    /// More bytes than the limit.
    pub(super) fn too_large(message: String) -> Self {
        Self {
            code: Code::PredicateTooLarge,
            ..Self::new(0..0, message)
        }
        .help(
            "leave out what nobody needs, or attest the digest of the document instead; --max-predicate-bytes sets the \
             limit",
        )
    }

    /// What the strict reader says.
    pub(super) fn json(text: &str, problem: &strict_json::Problem, attest_type: &AttestType) -> Self {
        let at = offset_of(text, problem.place());
        let marked = match problem {
            strict_json::Problem::DuplicateKey { .. } => key_ending_at(text, at),
            _ => at..at + 1,
        };
        let span = on_boundaries(text, marked);
        match problem {
            strict_json::Problem::Syntax { .. } => {
                let other = other_language(text, attest_type);
                other.unwrap_or_else(|| Self::new(span, problem.to_string()))
            }
            _ => Self::new(span, problem.to_string()),
        }
    }

    /// A value that is not what it has to be. The message says what, `section` where the specification says so.
    pub(super) fn value(node: Node<'_>, expected: &str, section: &str) -> Self {
        Self {
            found: Some(quoted(node)),
            expected: Some(section.to_owned()),
            ..Self::new(node.mark(), format!("has to be {expected}"))
        }
    }

    /// A member that is not there.
    pub(super) fn missing(object: Node<'_>, name: &str, section: &str) -> Self {
        Self {
            expected: Some(section.to_owned()),
            ..Self::new(object.mark(), format!("the member {name:?} is missing"))
        }
    }

    /// Adds where the specification says so.
    pub(super) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds a next step.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The bytes of the file that it is about.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// `pointer` leads to where it is.
    fn finding(&self, file: &str, text: &Arc<str>, pointer: &str) -> Finding {
        let place = match pointer.is_empty() {
            true => String::new(),
            false => format!("{pointer}: "),
        };
        let finding = Finding::new(self.code, format!("{place}{}", self.message));
        let finding = Finding {
            found: self.found.clone(),
            expected: self.expected.clone(),
            help: self.help.clone(),
            ..finding
        };
        finding.origin(&Origin::file(file, text, self.span()))
    }
}

/// Everything that is wrong with a file.
#[derive(Debug, Clone)]
pub struct Problems {
    file: String,
    text: Arc<str>,
    problems: Vec<Problem>,
    omitted: usize,
}

impl Problems {
    pub(super) fn one(file: &str, text: &Arc<str>, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            text: Arc::clone(text),
            problems: vec![problem],
            omitted: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The problems that are described, in the order of the file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The problems as findings that point into the file; the last one says how many more there are.
    pub fn findings(&self) -> Vec<Finding> {
        let starts: Vec<usize> = self.problems.iter().map(|problem| problem.span.start).collect();
        let mut findings: Vec<Finding> = self
            .problems
            .iter()
            .zip(pointers(&self.text, &starts))
            .map(|(problem, pointer)| problem.finding(&self.file, &self.text, &pointer))
            .collect();
        if self.omitted > 0 {
            let message = format!("{}: {} more problems are not described", self.file, self.omitted);
            findings.push(Finding::new(Code::PredicateInvalid, message));
        }
        findings
    }
}

/// Gathers problems, and counts those beyond the limit.
#[derive(Debug, Default)]
pub(super) struct Collector {
    problems: Vec<Problem>,
    omitted: usize,
}

impl Collector {
    pub(super) fn add(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.omitted += 1;
        }
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn into_problems(mut self, file: &str, text: &Arc<str>) -> Problems {
        self.problems.sort_by_key(|problem| problem.span.start);
        Problems {
            file: file.to_owned(),
            text: Arc::clone(text),
            problems: self.problems,
            omitted: self.omitted,
        }
    }
}

/// A value for a message: a simple one as it is written, cut to size; of others the kind.
fn quoted(node: Node<'_>) -> String {
    if matches!(node.kind(), strict_json::Kind::List | strict_json::Kind::Object) {
        return node.kind().words().to_owned();
    }
    let mut text: String = node.text().chars().take(MAX_QUOTED_CHARS).collect();
    if text.len() < node.text().len() {
        text.push('…');
    }
    text
}

/// The other notations that people have SBOMs in.
fn other_language(text: &str, attest_type: &AttestType) -> Option<Problem> {
    let start = text.trim_start();
    let what = if start.starts_with('<') {
        "the file is XML, and a predicate is JSON"
    } else if start.starts_with("SPDXVersion:") {
        "the file is SPDX tag-value, and a predicate is JSON"
    } else if start.starts_with("---") || start.starts_with("spdxVersion:") || start.starts_with("bomFormat:")
    {
        "the file is YAML, and a predicate is JSON"
    } else {
        return None;
    };
    let end = text.len() - start.len();
    let tools = format!(
        "let the tool that made it write JSON (syft -o spdx-json or cyclonedx-json, trivy --format spdx-json or \
         cyclonedx), then attest that as {attest_type}"
    );
    Some(Problem::new(on_boundaries(text, end..end + 1), what).help(tools))
}

/// The string whose last byte is at `at`.
fn key_ending_at(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let is_quote = |index: usize| {
        let escapes = bytes.get(..index).unwrap_or_default().iter().rev();
        let escapes = escapes.take_while(|byte| **byte == b'\\').count();
        bytes.get(index) == Some(&b'"') && escapes % 2 == 0
    };
    let start = (0..at).rev().find(|index| is_quote(*index)).unwrap_or(at);
    start..at + 1
}

/// The range, cut to the text and widened to whole characters.
fn on_boundaries(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}
