//! The file that is being read, and every mistake that was found in it.

use std::ops::Range;
use std::sync::Arc;

use crate::report::{Code, Finding, Origin};

/// Most mistakes that are listed.
pub(crate) const MAX_FINDINGS: usize = 100;

/// The file that is being read, and what is wrong with it so far.
pub(crate) struct Reader<'a> {
    /// The code of a mistake in this kind of file.
    code: Code,
    label: &'a str,
    text: Arc<str>,
    findings: Vec<Finding>,
    /// How many mistakes were found beyond those that are listed.
    more: usize,
    /// Mistakes in other files that this one names, with places of their own.
    elsewhere: Vec<Finding>,
    /// Lines that do not parse: what is read from them or missing because of them is not worth telling.
    broken: Vec<Range<usize>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(code: Code, label: &'a str, text: &str) -> Self {
        Self {
            code,
            label,
            text: text.into(),
            findings: Vec::new(),
            more: 0,
            elsewhere: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// The place of a range in the file.
    pub(crate) fn origin(&self, span: &Range<usize>) -> Origin {
        Origin::file(self.label, &self.text, span.clone())
    }

    /// Notes a syntax error.
    pub(crate) fn syntax(&mut self, message: &str, span: Range<usize>) {
        let start = self
            .text
            .get(..span.start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let rest = self.text.get(span.end..).unwrap_or_default();
        let end = span.end + rest.find('\n').unwrap_or(rest.len());
        self.broken.push(start..end);
        let finding = Finding::new(self.code, format!("not TOML: {message}"));
        self.push(finding, &span);
    }

    /// Keeps a finding with its place, as long as the list is not full: finding the line of a place takes time.
    fn push(&mut self, finding: Finding, span: &Range<usize>) {
        if self.is_full() {
            self.more += 1;
        } else {
            let origin = self.origin(span);
            self.findings.push(finding.origin(&origin));
        }
    }

    /// Counts a mistake that is not listed.
    pub(crate) fn count_one_more(&mut self) {
        self.more += 1;
    }

    /// Whether no more mistakes are listed.
    pub(crate) fn is_full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }

    /// Notes a mistake at a place, unless that line does not parse anyway.
    pub(crate) fn note(&mut self, finding: Finding, span: &Range<usize>) {
        if !self
            .broken
            .iter()
            .any(|line| line.start <= span.start && span.start <= line.end)
        {
            self.push(finding, span);
        }
    }

    /// Notes a mistake in words.
    pub(crate) fn mistake(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.note(Finding::new(self.code, message).help(help), span);
    }

    /// Notes that something is missing; not told of a file with syntax errors, for it may be in a line that was lost.
    pub(crate) fn missing(
        &mut self,
        span: &Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.broken.is_empty() {
            self.mistake(span, message, help);
        }
    }

    /// Notes mistakes in another file, which have their places already.
    pub(crate) fn elsewhere(&mut self, findings: Vec<Finding>) {
        self.elsewhere.extend(findings);
    }

    /// Whether anything is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.elsewhere.is_empty()
    }

    /// Everything that is wrong, in the order of the file, at most [`MAX_FINDINGS`].
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings;
        findings.sort_by_key(|finding| {
            let excerpt = finding.origin.as_ref().and_then(|origin| origin.excerpt.as_ref());
            excerpt.map_or(0, |excerpt| excerpt.span.start)
        });
        findings.extend(self.elsewhere);
        if self.more > 0 {
            let message = format!("{} more mistakes are not listed", self.more);
            findings.push(Finding::new(Code::LargeListTruncated, message));
        }
        findings
    }
}
