//! Small pieces of text for people.

use jiff::Timestamp;

/// The UTC day of a time.
pub(crate) fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// A text from outside without control characters, so that it cannot steer a terminal or begin a line.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if is_steering(c) { '\u{fffd}' } else { c })
        .collect()
}

/// Control characters, line separators, and those that turn the direction of text around.
fn is_steering(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(
            plain("a\u{1b}[2Jb\nc\u{202e}d ä"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d ä"
        );
    }
}
