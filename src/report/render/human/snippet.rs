//! The line of a file with the words that decided underlined, drawn by miette.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, ThemeCharacters, ThemeStyles};

use crate::report::render::{Style, text};
use crate::report::{Excerpt, Origin};

/// Longest line, in characters, that is drawn. A longer one (a minified file) would fill the screen; its place is
/// named all the same.
const MAX_LINE: usize = 400;
/// Lines shown above and below the one that decided: enough to see which table a key is in.
const CONTEXT_LINES: usize = 1;

/// Draws the excerpt of an origin, or nothing where there is none or it cannot be drawn.
pub(super) fn draw(style: &Style, origin: &Origin) -> Option<String> {
    let Excerpt { text, span } = origin.excerpt.as_ref()?;
    let window = window(text, span)?;
    let lines_fit = window.lines().all(|line| line.chars().count() <= MAX_LINE);
    if !lines_fit {
        return None;
    }
    let diagnostic = Underlined {
        source: text::same_length(text),
        label: LabeledSpan::underline(span.start..span.end),
    };
    let mut drawing = String::new();
    GraphicalReportHandler::new_themed(theme(style))
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(CONTEXT_LINES)
        .without_syntax_highlighting()
        .render_report(&mut drawing, &diagnostic)
        .ok()?;
    // The handler begins with a line for its message, which is empty here: the finding has said it.
    let drawn: Vec<&str> = drawing
        .lines()
        .skip_while(|line| line.trim().is_empty())
        .collect();
    (!drawn.is_empty()).then(|| drawn.join("\n"))
}

/// The lines that would be drawn, or `None` for a range that does not lie on character boundaries of the text.
fn window<'t>(text: &'t str, span: &std::ops::Range<usize>) -> Option<&'t str> {
    let before = text.get(..span.start)?;
    let after = text.get(span.end..)?;
    text.get(span.clone())?;
    let start = before
        .rmatch_indices('\n')
        .nth(CONTEXT_LINES)
        .map_or(0, |(at, _)| at + 1);
    let end = after
        .match_indices('\n')
        .nth(CONTEXT_LINES)
        .map_or(text.len(), |(at, _)| span.end + at);
    text.get(start..end)
}

fn theme(style: &Style) -> GraphicalTheme {
    let drawn = if style.unicode {
        ThemeCharacters::unicode()
    } else {
        ThemeCharacters::ascii()
    };
    GraphicalTheme {
        characters: ThemeCharacters {
            error: String::new(),
            ..drawn
        },
        styles: if style.color {
            ThemeStyles {
                // The empty mark must not become an escape sequence around nothing.
                error: ThemeStyles::none().error,
                ..ThemeStyles::ansi()
            }
        } else {
            ThemeStyles::none()
        },
    }
}

/// What miette is asked to draw: a source and one underlined range, without a message of its own.
#[derive(Debug)]
struct Underlined {
    source: String,
    label: LabeledSpan,
}

impl fmt::Display for Underlined {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Underlined {}

impl miette::Diagnostic for Underlined {
    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(self.label.clone())))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn origin(text: &str, span: std::ops::Range<usize>) -> Origin {
        Origin::file("p.toml", &Arc::from(text), span)
    }

    #[test]
    fn the_range_is_underlined_with_a_line_of_context() {
        let text = "a = 1\nb = 2\nc = 3\nd = 4\n";
        let drawing = draw(&Style::PLAIN, &origin(text, 10..11)).unwrap();
        assert!(drawing.contains("[2:5]"), "{drawing}");
        assert!(
            drawing.contains("a = 1") && drawing.contains("c = 3"),
            "{drawing}"
        );
        assert!(!drawing.contains("d = 4"), "{drawing}");
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert_eq!(draw(&Style::PLAIN, &Origin::flag("--identity")), None);
        assert_eq!(
            draw(&Style::PLAIN, &origin("é", 1..2)),
            None,
            "inside a character"
        );
        let long = "x".repeat(MAX_LINE + 1);
        assert_eq!(draw(&Style::PLAIN, &origin(&long, 0..1)), None);
    }

    #[test]
    fn ends_of_the_text_and_empty_ranges_are_drawn() {
        for (text, span) in [
            ("", 0..0),
            ("a", 1..1),
            ("a\n", 2..2),
            ("a\r\nb", 0..4),
            ("\n\n", 0..2),
        ] {
            draw(&Style::PLAIN, &origin(text, span));
        }
    }

    #[test]
    fn escapes_in_the_file_are_not_drawn() {
        let drawing = draw(&Style::PLAIN, &origin("a = \"\u{1b}[2J\u{202E}\"\r\n", 4..9)).unwrap();
        assert!(
            drawing.chars().all(|sign| sign == '\n' || !text::is_hidden(sign)),
            "{drawing:?}"
        );
    }
}
