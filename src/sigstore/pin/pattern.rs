//! A regular expression that is matched against the whole of a string.

use std::fmt;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast;

/// Longest pattern text, in bytes. An identity pattern that needs more is several pins.
pub const MAX_PATTERN_BYTES: usize = 4 * 1024;

/// Largest compiled pattern, in bytes: bounds what `\w{1000}{1000}` can cost.
pub const MAX_PROGRAM_BYTES: usize = 1024 * 1024;

/// A pattern that accepts a string only when it matches all of it.
///
/// The text is compiled on its own first, so that it cannot close the group it is then put into: `x)|(?:y` is not a
/// regular expression, and as a part of `\A(?:…)\z` it would have become one that matches far too much.
#[derive(Debug, Clone)]
pub struct WholePattern {
    text: String,
    whole: Regex,
    anywhere: Regex,
}

/// Why a text is not a usable pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The empty pattern, which no identity matches.
    #[error("the pattern is empty")]
    Empty,
    /// More than [`MAX_PATTERN_BYTES`].
    #[error("the pattern is {0} bytes long, and at most {MAX_PATTERN_BYTES} are allowed")]
    TooLong(usize),
    /// Compiles to more than [`MAX_PROGRAM_BYTES`].
    #[error(
        "the pattern needs more than {MAX_PROGRAM_BYTES} bytes when compiled: use fewer or smaller repetitions"
    )]
    TooComplex,
    /// Not a regular expression.
    #[error("not a regular expression: {0}")]
    Syntax(String),
}

impl WholePattern {
    /// Compiles a pattern, first on its own and then anchored at both ends.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        if text.len() > MAX_PATTERN_BYTES {
            return Err(PatternError::TooLong(text.len()));
        }
        let anywhere = compile(text)?;
        // Under `(?x)` a comment at the end would swallow what is put behind it; the line break that ends it counts
        // for nothing there.
        let end = if ends_in_comment(text) { "\n" } else { "" };
        let whole = compile(&format!(r"\A(?:{text}{end})\z"))?;
        Ok(Self {
            text: text.to_owned(),
            whole,
            anywhere,
        })
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the pattern matches all of `value`.
    pub fn is_match(&self, value: &str) -> bool {
        self.whole.is_match(value)
    }

    /// Whether the pattern is found somewhere in `value` but does not match all of it: tools that search would have
    /// accepted this.
    pub fn would_match_part(&self, value: &str) -> bool {
        !self.is_match(value) && self.anywhere.is_match(value)
    }
}

impl fmt::Display for WholePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for WholePattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for WholePattern {}

fn compile(text: &str) -> Result<Regex, PatternError> {
    RegexBuilder::new(text)
        .size_limit(MAX_PROGRAM_BYTES)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => PatternError::TooComplex,
            error => PatternError::Syntax(last_line(&error.to_string())),
        })
}

/// The reason in the regex crate's message, without the drawing above it.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message);
    line.strip_prefix("error: ").unwrap_or(line).to_owned()
}

fn ends_in_comment(text: &str) -> bool {
    ast::parse::Parser::new()
        .parse_with_comments(text)
        .is_ok_and(|parsed| {
            parsed
                .comments
                .last()
                .is_some_and(|comment| comment.span.end.offset >= text.len())
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assume, proptest};

    use super::*;

    fn accepts(pattern: &str, value: &str) -> bool {
        WholePattern::new(pattern).unwrap().is_match(value)
    }

    const MAIN: &str = r"https://github\.com/org/repo/\.github/workflows/deploy\.yml@refs/heads/main";

    #[test]
    fn only_the_whole_string_counts() {
        let san = "https://github.com/org/repo/.github/workflows/deploy.yml@refs/heads/main";
        for pattern in [
            MAIN.to_owned(),
            format!("^{MAIN}"),
            format!("{MAIN}$"),
            format!("^{MAIN}$"),
            format!("(?m)^{MAIN}$"),
        ] {
            assert!(accepts(&pattern, san), "{pattern}");
            for (other, why) in [
                (format!("{san}-evil"), "longer branch"),
                (format!("{san}2"), "longer branch"),
                (format!("{san}/../x"), "path behind it"),
                (format!("{san}\n"), "line break behind it"),
                (format!("{san}\nx"), "second line"),
                (format!("x\n{san}"), "line before it"),
                (format!("https://evil.example/?{san}"), "in a query"),
                (san.replace("github.com", "githubXcom"), "look-alike host"),
                (san.replace("github.com", "github.com@evil.example"), "user info"),
                (san.replace("org", "оrg"), "Cyrillic letter"),
                (san.replace("https", "http"), "other scheme"),
                (san.to_uppercase(), "upper case"),
                (String::new(), "nothing"),
            ] {
                assert!(!accepts(&pattern, &other), "{pattern} accepts {other} ({why})");
            }
        }
    }

    #[test]
    fn a_pattern_cannot_leave_its_group() {
        for text in ["x)|(?:y", "x)", "(?:x", "x)|(", ")(", "[", "a\\", "x)(?m)(?:y"] {
            assert!(
                matches!(WholePattern::new(text), Err(PatternError::Syntax(_))),
                "{text}"
            );
        }
        // Alternatives stay inside.
        assert!(accepts("x|y", "y") && !accepts("x|y", "xz") && !accepts("x|y", "zy"));
        // The longer alternative is found although the shorter one comes first.
        assert!(accepts("a|ab", "ab"));
    }

    #[test]
    fn flags_do_not_reach_the_anchors() {
        assert!(accepts("(?i)main", "MAIN") && !accepts("(?i)main", "MAIN2"));
        assert!(!accepts("(?m)^a$", "a\nb") && !accepts("(?m)^a$", "b\na"));
        assert!(accepts("(?s)a.b", "a\nb") && !accepts("a.b", "a\nb"));
        assert!(!accepts("(?s)a.b", "a\nbc"));
        assert!(!accepts("(?mR)^a$", "a\r\nb"));
        assert!(!accepts("(?U)a+", "aab"));
        assert!(accepts("(?x) a b # comment", "ab") && !accepts("(?x) a b # comment", "abc"));
        assert!(!accepts("(?x)a # )|(?:.*", "zzz"));
        assert!(!accepts("a#b", "a") && accepts("a#b", "a#b"));
    }

    #[test]
    fn limits_hold() {
        assert_eq!(WholePattern::new(""), Err(PatternError::Empty));
        let long = "a".repeat(MAX_PATTERN_BYTES + 1);
        assert_eq!(WholePattern::new(&long), Err(PatternError::TooLong(long.len())));
        assert!(WholePattern::new(&long[1..]).is_ok());
        assert_eq!(
            WholePattern::new(r"(\w{100}){100}"),
            Err(PatternError::TooComplex)
        );
        assert!(matches!(
            WholePattern::new(&"(".repeat(2000)),
            Err(PatternError::Syntax(_))
        ));
        assert!(WholePattern::new(&format!("{}a{}", "(".repeat(2000), ")".repeat(2000))).is_err());
    }

    #[test]
    fn the_message_is_one_line() {
        let error = WholePattern::new("(a").unwrap_err();
        assert_eq!(error.to_string(), "not a regular expression: unclosed group");
    }

    #[test]
    fn a_match_in_a_part_is_told_apart() {
        let pattern = WholePattern::new("^https://github.com/org/").unwrap();
        assert!(pattern.would_match_part("https://github.com/org/repo"));
        assert!(!pattern.would_match_part("https://github.com/org/"));
        assert!(!pattern.would_match_part("https://github.com/other/"));
    }

    proptest! {
        #[test]
        fn never_more_than_the_bare_pattern_matches(
            pattern in r"[ab.(|)\[\]?*+^$x\\#\n)]{1,12}|\(\?[imsxU]\)[ab.|#^$]{1,8}",
            value in r"[ab\n#x.]{0,8}",
        ) {
            prop_assume!(Regex::new(&pattern).is_ok());
            let Ok(whole) = WholePattern::new(&pattern) else {
                prop_assert!(pattern.is_empty());
                return Ok(());
            };
            if whole.is_match(&value) {
                prop_assert!(matches_all_of_it(&pattern, &value), "{pattern:?} accepts {value:?}");
            }
        }

        #[test]
        fn a_literal_accepts_itself_and_nothing_longer(value in any::<String>(), more in ".{1,4}") {
            prop_assume!(!value.is_empty() && value.len() < 1000);
            let pattern = WholePattern::new(&regex::escape(&value)).unwrap();
            prop_assert!(pattern.is_match(&value));
            let (before, after) = (format!("{more}{value}"), format!("{value}{more}"));
            prop_assert!(!pattern.is_match(&before));
            prop_assert!(!pattern.is_match(&after));
        }
    }

    /// Whether the pattern, printed anew from its parsed form and so without flags, comments or stray parentheses,
    /// matches all of `value`.
    fn matches_all_of_it(pattern: &str, value: &str) -> bool {
        let hir = regex_syntax::parse(pattern).unwrap();
        let printed = Regex::new(&format!(r"\A(?:{hir})\z")).unwrap();
        printed.is_match(value)
    }
}
