//! Text that others chose, made safe to show.
//!
//! A certificate's identity, a predicate type, a file name or a registry's error message can hold terminal escapes,
//! line breaks that forge a second report line, bidirectional controls that make one text read as another, or commands
//! that a CI system would run when it sees them in a log (`::error::` at the start of a line, `##[…]` and `##vso[…]`
//! anywhere). The signs that do it are written as their code point (`<U+202E>`), which cannot be mistaken for an escape
//! in a pattern.

/// Most characters of one text that a report for people shows; the JSON report has it whole.
pub(crate) const MAX_SHOWN: usize = 1024;

/// Replaces every sign that acts instead of showing: controls, line breaks, bidirectional controls, invisible signs, and
/// those that begin a CI system's log command.
pub(crate) fn visible(text: &str) -> String {
    replace(text, is_hidden)
}

/// Like [`visible`], cut after [`MAX_SHOWN`] characters with a note of how many are missing.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        None => visible(text),
        Some((at, _)) => {
            let (head, rest) = text.split_at(at);
            format!(
                "{}... (and {} more characters)",
                visible(head),
                rest.chars().count()
            )
        }
    }
}

/// Like [`visible`], and every sign beyond ASCII by its code point: for two texts that differ but may look alike.
pub(crate) fn told_apart(text: &str) -> String {
    replace(text, |sign| is_hidden(sign) || !sign.is_ascii())
}

/// Replaces hidden signs by others of the same length in bytes, so that byte ranges of the text stay right. Line feeds
/// and tabs stay.
pub(crate) fn same_length(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, sign) in text.char_indices() {
        match sign {
            '\n' | '\t' => out.push(sign),
            // A carriage return belongs to the line end on some systems and would draw over the line on others.
            '\r' => out.push(' '),
            sign if is_hidden(sign) => match sign.len_utf8() {
                2 => out.push('¿'),
                3 => out.push('\u{FFFD}'),
                length => out.extend(std::iter::repeat_n('?', length)),
            },
            sign if begins_command(text, at) => out.extend(std::iter::repeat_n('?', sign.len_utf8())),
            sign => out.push(sign),
        }
    }
    out
}

/// Whether the sign at this byte begins what a CI system would take for a command in its log: GitHub's `::` after
/// nothing but white space (lines are trimmed and may be wrapped here) and with a name behind it, or the `#` before `#[`, `#vso[` or
/// `#teamcity[`, which count anywhere in a line.
pub(crate) fn begins_command(text: &str, at: usize) -> bool {
    let Some((before, rest)) = text.split_at_checked(at) else {
        return false;
    };
    if let Some(command) = rest.strip_prefix("::") {
        // A command's name follows at once. Python's classifiers (`License :: OSI Approved`) are in many SBOMs.
        return !command.starts_with(' ') && before.chars().next_back().is_none_or(char::is_whitespace);
    }
    rest.strip_prefix("##").is_some_and(|word| {
        word.trim_start_matches(|sign: char| sign.is_ascii_alphabetic())
            .starts_with('[')
    })
}

/// Whether a sign changes how its neighbours are shown, or shows nothing itself.
pub(crate) fn is_hidden(sign: char) -> bool {
    sign.is_control()
        || matches!(
            sign,
            '\u{00AD}'
                | '\u{034F}'
                | '\u{061C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

fn replace(text: &str, hide: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, sign) in text.char_indices() {
        if hide(sign) || begins_command(text, at) {
            out.push_str(&format!("<U+{:04X}>", u32::from(sign)));
        } else {
            out.push(sign);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_act_are_written_as_code_points() {
        let rows = [
            ("plain text, ünïcode", "plain text, ünïcode"),
            ("\u{1b}[2Jgone", "<U+001B>[2Jgone"),
            ("a\nallowed: b", "a<U+000A>allowed: b"),
            ("a\r\tb\0", "a<U+000D><U+0009>b<U+0000>"),
            ("C1 \u{9b}31m", "C1 <U+009B>31m"),
            ("gpj.\u{202E}exe", "gpj.<U+202E>exe"),
            ("git\u{200B}hub.com", "git<U+200B>hub.com"),
            ("\u{2028}line\u{2029}", "<U+2028>line<U+2029>"),
            ("tag\u{E0041}", "tag<U+E0041>"),
            ("::error::x", "<U+003A>:error::x"),
            ("a ::error::x", "a <U+003A>:error::x"),
            ("a\u{a0}::error::x", "a\u{a0}<U+003A>:error::x"),
            ("std::fmt", "std::fmt"),
            ("License :: OSI Approved", "License :: OSI Approved"),
            (":: ::error::x", ":: <U+003A>:error::x"),
            ("a ::", "a <U+003A>:"),
            ("a##[add-mask]b", "a<U+0023>#[add-mask]b"),
            ("##vso[task.setvariable]", "<U+0023>#vso[task.setvariable]"),
            ("## heading, C##", "## heading, C##"),
            (r"^https://github\.com/\n$", r"^https://github\.com/\n$"),
        ];
        for (raw, expected) in rows {
            assert_eq!(visible(raw), expected);
        }
    }

    #[test]
    fn look_alikes_are_told_apart() {
        assert_eq!(told_apart("g\u{456}thub.com"), "g<U+0456>thub.com");
    }

    #[test]
    fn a_long_text_is_cut_with_a_count() {
        let long = "é".repeat(MAX_SHOWN + 5);
        let text = shown(&long);
        assert!(text.ends_with("... (and 5 more characters)"), "{text}");
        assert_eq!(shown(&"é".repeat(MAX_SHOWN)), "é".repeat(MAX_SHOWN));
    }

    #[test]
    fn a_cleaned_source_keeps_its_byte_ranges() {
        let raw = "##[x] ::y a\u{1b}\u{9b}\u{202E}\u{E0041}\r\n\tz";
        let clean = same_length(raw);
        assert_eq!(clean.len(), raw.len());
        assert_eq!(clean.find('z'), raw.find('z'));
        assert!(
            clean
                .chars()
                .all(|sign| matches!(sign, '\n' | '\t') || !is_hidden(sign))
        );
    }
}
