//! The text of a file, with its places, and the checks that come before any parsing.
//!
//! A manifest is read twice: here, and by whatever deploys it. Where readers are known to disagree about a text, what was
//! verified need not be what runs, so such a text is refused:
//!
//! - YAML 1.1 ends a line (and a comment) at U+0085, U+2028 and U+2029; YAML 1.2 does not.
//! - Kubernetes' tools split a stream at every line that begins with `---` before any YAML is parsed, and drop the rest
//!   of that line; to YAML it is a separator only if a blank or the line's end follows, and the rest is content.

use std::ops::Range;
use std::sync::Arc;

use super::limits::{MAX_MANIFEST_BYTES, MAX_QUOTED_CHARS};
use crate::report::{Code, Excerpt, Finding, Origin};

/// Characters between two remembered offsets.
const STRIDE: usize = 64;

/// A byte order mark, which may stand at the very beginning and nowhere else.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of one file.
#[derive(Debug, Clone)]
pub(super) struct Source {
    label: String,
    text: Arc<str>,
    /// Byte offset of every [`STRIDE`]th character.
    strides: Vec<usize>,
    /// Byte offset of the beginning of every line.
    lines: Vec<usize>,
    /// Lines that separate documents.
    separators: usize,
}

impl Source {
    /// Takes a text that no two readers split differently. `label` names it in messages.
    pub(super) fn new(label: &str, text: &str) -> Result<Self, Finding> {
        if text.len() > MAX_MANIFEST_BYTES {
            let finding = Finding::new(
                Code::DeploymentFileMalformed,
                format!(
                    "the file has {} bytes, and {MAX_MANIFEST_BYTES} is the limit",
                    text.len()
                ),
            );
            return Err(finding.origin(&Origin::flag(label)).help("split the file"));
        }
        let mut source = Self {
            label: label.to_owned(),
            text: text.into(),
            strides: text.char_indices().step_by(STRIDE).map(|(at, _)| at).collect(),
            lines: std::iter::once(0)
                .chain(text.match_indices('\n').map(|(at, _)| at + 1))
                .collect(),
            separators: 0,
        };
        source.check_characters()?;
        source.separators = source.check_separators()?;
        Ok(source)
    }

    /// The whole text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The text behind a byte order mark, and the byte and the character that it begins at.
    pub(super) fn body(&self) -> (&str, usize, usize) {
        match self.text.strip_prefix(BYTE_ORDER_MARK) {
            Some(body) => (body, BYTE_ORDER_MARK.len_utf8(), 1),
            None => (&self.text, 0, 0),
        }
    }

    /// The name of the file.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// How many lines separate documents.
    pub(super) fn separators(&self) -> usize {
        self.separators
    }

    /// The byte offset of a character, or the text's end.
    pub(super) fn byte(&self, character: usize) -> usize {
        let Some(&stride) = self.strides.get(character / STRIDE) else {
            return self.text.len();
        };
        let rest = self.text.get(stride..).unwrap_or_default();
        let within = rest.char_indices().nth(character % STRIDE);
        within.map_or(self.text.len(), |(at, _)| stride + at)
    }

    fn character(&self, byte: usize) -> usize {
        let passed = self.strides.partition_point(|at| *at <= byte).saturating_sub(1);
        let stride = self.strides.get(passed).copied().unwrap_or_default();
        passed * STRIDE + self.text.get(stride..byte).map_or(0, |text| text.chars().count())
    }

    /// The 1-based line and column, counted in characters, of a byte offset.
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|at| *at <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let column = self.character(byte).saturating_sub(self.character(start)) + 1;
        (line, column)
    }

    /// A byte range as the origin of a finding.
    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        let end = span.end.min(self.text.len());
        let start = span.start.min(end);
        let (line, column) = self.place(start);
        Origin {
            source: self.label.clone(),
            line: Some(line),
            column: Some(column),
            excerpt: Some(Excerpt {
                text: Arc::clone(&self.text),
                span: start..end,
            }),
        }
    }

    /// A finding about a byte range.
    pub(super) fn finding(&self, code: Code, span: &Range<usize>, message: impl Into<String>) -> Finding {
        Finding::new(code, message).origin(&self.origin(span))
    }

    fn check_characters(&self) -> Result<(), Finding> {
        let mut characters = self.text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let what = match character {
                '\t' | '\n' => continue,
                '\r' if characters.peek().is_some_and(|(_, next)| *next == '\n') => continue,
                '\r' => "a carriage return that ends no line",
                '\u{2028}' | '\u{2029}' | '\u{85}' => "a line end to YAML 1.1 and a letter to YAML 1.2",
                BYTE_ORDER_MARK if at == 0 => continue,
                BYTE_ORDER_MARK => "a byte order mark inside the text",
                other if other.is_control() => "a control character",
                _ => continue,
            };
            let span = at..at + character.len_utf8();
            let message = format!("U+{:04X} is {what}", u32::from(character));
            let finding = self.finding(Code::DeploymentFileAmbiguous, &span, message);
            return Err(finding.help("write it as an escape in double quotes, or remove it"));
        }
        Ok(())
    }

    fn check_separators(&self) -> Result<usize, Finding> {
        let (body, begin, _) = self.body();
        let mut separators = 0;
        let mut at = begin;
        for line in body.split_inclusive('\n') {
            if let Some(rest) = line.strip_prefix("---") {
                let comment = rest.trim_start_matches([' ', '\t']);
                let separates =
                    comment.trim_end().is_empty() || (comment.starts_with('#') && comment != rest);
                if !separates {
                    let span = at..at + line.trim_end().len();
                    let message = "something follows --- on its line, and deployment tools drop it";
                    let finding = self.finding(Code::DeploymentFileAmbiguous, &span, message);
                    return Err(finding.help("put it on a line of its own"));
                }
                separators += 1;
            }
            at += line.len();
        }
        Ok(separators)
    }
}

/// A foreign text for a message: quoted, so that it cannot steer a terminal, and cut.
pub(super) fn quoted(text: &str) -> String {
    let mut cut: String = text.chars().take(MAX_QUOTED_CHARS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("{cut:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_behind_letters_of_every_size() {
        let text = format!("{}é\nü=1 # ß\nimage: x", "🐳".repeat(300));
        let source = Source::new("m.yaml", &text).unwrap();
        for (character, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(source.byte(character), byte);
            assert_eq!(source.character(byte), character);
        }
        assert_eq!(source.place(text.find('=').unwrap()), (2, 2));
        assert_eq!(source.place(text.find("image").unwrap()), (3, 1));
        assert_eq!(source.byte(10_000), text.len());
    }

    #[test]
    fn texts_that_readers_split_differently_are_refused() {
        for (text, line) in [
            ("a: 1\n# x\u{2028}image: evil\n", 2),
            ("a: 1\n# x\u{85}image: evil\n", 2),
            ("a: 1\rb: 2\n", 1),
            ("a: \u{feff}1\n", 1),
            ("a: \u{7}\n", 1),
            ("a: 1\n---b: 2\n", 2),
            ("a: 1\n--- {kind: Pod}\n", 2),
            ("a: 1\n---#x\n", 2),
        ] {
            let finding = Source::new("m.yaml", text).unwrap_err();
            assert_eq!(finding.code, Code::DeploymentFileAmbiguous, "{text:?}");
            assert_eq!(finding.origin.unwrap().line, Some(line), "{text:?}");
        }
    }

    #[test]
    fn separators_may_carry_blanks_and_comments() {
        let source = Source::new(
            "m.yaml",
            "\u{feff}---\na: 1\r\n--- \t\r\nb: 2\n--- # x\nc: -1\n---",
        )
        .unwrap();
        assert_eq!(source.separators(), 4);
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused() {
        let finding = Source::new("m.yaml", &" ".repeat(MAX_MANIFEST_BYTES + 1)).unwrap_err();
        assert_eq!(finding.code, Code::DeploymentFileMalformed);
    }
}
