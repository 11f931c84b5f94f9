//! A page of text for people: indentation, wrapping, colour.
//!
//! Every word passes [`text::shown`] when it becomes a [`Span`], and colour is put around it afterwards, so no escape
//! sequence on the page comes from anywhere but here.

use unicode_width::UnicodeWidthStr;

use super::{Style, text};

/// Narrowest page: below it, wrapping makes a report longer without making it readable.
const MIN_WIDTH: usize = 40;
/// Columns of a field's label, with the gap behind it.
pub(super) const LABEL: usize = 13;

/// How a span weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    Plain,
    /// What the eye should meet first.
    Strong,
    /// Good news.
    Good,
    /// Bad news.
    Bad,
    /// Not known, or worth a look.
    Unsure,
    /// Labels and what is there for completeness.
    Faint,
}

impl Tone {
    /// The ANSI parameters of the tone.
    fn ansi(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Strong => Some("1"),
            Self::Good => Some("1;32"),
            Self::Bad => Some("1;31"),
            Self::Unsure => Some("1;33"),
            Self::Faint => Some("2"),
        }
    }
}

/// Words of one tone, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    tone: Tone,
    words: String,
    whole: bool,
}

impl Span {
    /// Words in a tone; hidden signs are replaced.
    pub(super) fn new(tone: Tone, words: impl AsRef<str>) -> Self {
        Self {
            tone,
            words: text::shown(words.as_ref()),
            whole: false,
        }
    }

    /// Words that stay on one line.
    pub(super) fn whole(tone: Tone, words: impl AsRef<str>) -> Self {
        Self {
            whole: true,
            ..Self::new(tone, words)
        }
    }

    /// Words as they are; hidden signs are replaced.
    pub(super) fn plain(words: impl AsRef<str>) -> Self {
        Self::new(Tone::Plain, words)
    }
}

/// Marks in front of lines. They carry the meaning that colour repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It could not be found out.
    Unknown,
    /// Worth knowing.
    Warn,
    /// Nothing to say.
    Dot,
    /// Found and expected differ.
    Differs,
}

/// A text that grows line by line.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) style: &'a Style,
    out: String,
}

impl<'a> Page<'a> {
    /// An empty page.
    pub(super) fn new(style: &'a Style) -> Self {
        Self {
            style,
            out: String::new(),
        }
    }

    /// The finished text.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// A mark in its tone.
    pub(super) fn mark(&self, mark: Mark) -> Span {
        let (tone, unicode, ascii) = match mark {
            Mark::Pass => (Tone::Good, "✓", "+"),
            Mark::Fail => (Tone::Bad, "✗", "x"),
            Mark::Unknown => (Tone::Unsure, "?", "?"),
            Mark::Warn => (Tone::Unsure, "!", "!"),
            Mark::Dot => (Tone::Faint, "·", "-"),
            Mark::Differs => (Tone::Bad, "≠", "#"),
        };
        Span::new(tone, if self.style.unicode { unicode } else { ascii })
    }

    /// An empty line, unless the page is empty or ends in one.
    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// Spans on one line, wrapped between words; further lines begin two columns deeper.
    pub(super) fn line(&mut self, indent: usize, spans: &[Span]) {
        self.wrapped(indent, indent + 2, spans);
    }

    /// Spans on one line that stays one line however long it is, so that a search for its words finds it.
    pub(super) fn unbroken(&mut self, spans: &[Span]) {
        for (number, span) in spans.iter().enumerate() {
            if number > 0 {
                self.out.push(' ');
            }
            self.word(span.tone, &span.words);
        }
        self.out.push('\n');
    }

    /// A label in front of spans; further lines begin under the first word.
    pub(super) fn field(&mut self, indent: usize, label: &'static str, spans: &[Span]) {
        let gap = LABEL.saturating_sub(label.width()).max(1);
        let padded = format!("{label}{}", " ".repeat(gap - 1));
        let mut all = vec![Span::new(Tone::Faint, padded)];
        all.extend_from_slice(spans);
        self.wrapped(indent, indent + LABEL, &all);
    }

    /// Lines that are already safe and set, for example by the snippet renderer.
    pub(super) fn block(&mut self, indent: usize, block: &str) {
        for line in block.lines() {
            if !line.is_empty() {
                self.out.extend(std::iter::repeat_n(' ', indent));
                self.out.push_str(line.trim_end());
            }
            self.out.push('\n');
        }
    }

    fn wrapped(&mut self, first: usize, hang: usize, spans: &[Span]) {
        let limit = self.style.width.max(MIN_WIDTH);
        let mut column = first;
        let mut start = true;
        self.out.extend(std::iter::repeat_n(' ', first));
        for span in spans {
            let last = if span.whole { 1 } else { usize::MAX };
            for word in span.words.splitn(last, ' ') {
                let width = word.width();
                if !start && column + 1 + width > limit && column > hang {
                    self.trim_line();
                    self.out.push('\n');
                    self.out.extend(std::iter::repeat_n(' ', hang));
                    column = hang;
                } else if !start {
                    self.out.push(' ');
                    column += 1;
                }
                self.word(span.tone, word);
                column += width;
                start = false;
            }
        }
        self.trim_line();
        self.out.push('\n');
    }

    fn word(&mut self, tone: Tone, word: &str) {
        match tone.ansi() {
            Some(parameters) if self.style.color && !word.is_empty() => {
                self.out.push_str(&format!("\u{1b}[{parameters}m{word}\u{1b}[0m"));
            }
            _ => self.out.push_str(word),
        }
    }

    fn trim_line(&mut self) {
        let kept = self.out.trim_end_matches(' ').len();
        self.out.truncate(kept);
    }
}

/// A paragraph of our own words, indented and wrapped.
pub(in crate::report) fn paragraph(words: &str, indent: usize, width: usize) -> String {
    let style = Style {
        width,
        ..Style::PLAIN
    };
    let mut page = Page::new(&style);
    let span = Span {
        tone: Tone::Plain,
        words: text::visible(words),
        whole: false,
    };
    page.wrapped(indent, indent, &[span]);
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, fill: impl Fn(&mut Page<'_>)) -> String {
        let style = Style {
            width,
            ..Style::PLAIN
        };
        let mut page = Page::new(&style);
        fill(&mut page);
        page.finish()
    }

    #[test]
    fn lines_wrap_between_words_and_never_inside_one() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let text = page(40, |page| {
            page.field(
                2,
                "found",
                &[
                    Span::plain("a few words that do not fit on one line"),
                    Span::plain(&digest),
                ],
            );
        });
        assert_eq!(
            text,
            format!(
                "  found        a few words that do not\n               fit on one line\n               {digest}\n"
            )
        );
    }

    #[test]
    fn spaces_inside_a_text_survive() {
        let text = page(80, |page| page.line(0, &[Span::plain("a  b")]));
        assert_eq!(text, "a  b\n");
    }

    #[test]
    fn colour_goes_around_words_only_when_asked() {
        let style = Style {
            color: true,
            ..Style::PLAIN
        };
        let mut page = Page::new(&style);
        page.line(0, &[Span::new(Tone::Bad, "no"), Span::plain("\u{1b}[32mok")]);
        assert_eq!(page.finish(), "\u{1b}[1;31mno\u{1b}[0m <U+001B>[32mok\n");
    }

    #[test]
    fn blank_lines_do_not_pile_up() {
        let text = page(80, |page| {
            page.blank();
            page.line(0, &[Span::plain("a")]);
            page.blank();
            page.blank();
            page.line(0, &[Span::plain("b")]);
        });
        assert_eq!(text, "a\n\nb\n");
    }
}
