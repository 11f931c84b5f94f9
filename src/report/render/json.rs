//! The JSON document: the report as it is, the same shape on success and on failure.

use std::fmt::Write as _;

use serde::Serialize;

use super::text;
use crate::report::Report;

/// Renders the report, indented, with a line feed at the end.
pub(super) fn render(report: &Report) -> String {
    document(report)
}

/// Any document of ours as indented JSON that is safe to show: signs that act instead of showing are escaped, which
/// every JSON reader undoes.
pub(in crate::report) fn document(value: &impl Serialize) -> String {
    // The documents hold strings, numbers and string-keyed maps only, so writing them cannot fail. If it ever did, the
    // text must not read as a report.
    let raw = serde_json::to_string_pretty(value)
        .unwrap_or_else(|error| format!("{{\"error\": {}}}", serde_json::Value::String(error.to_string())));
    let mut out = String::with_capacity(raw.len() + 1);
    for (at, sign) in raw.char_indices() {
        // Line feeds of the indentation are the only controls outside strings, and inside they are escaped already.
        // Number signs and double colons only occur inside strings too.
        if sign != '\n' && (text::is_hidden(sign) || text::begins_command(&raw, at)) {
            for unit in sign.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(sign);
        }
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_that_act_are_escaped_and_read_back_as_they_were() {
        let hostile = "a\n\u{1b}[2J\u{7f}\u{9b}\u{202E}\u{E0041}##[x]é\"\\";
        let text = document(&hostile);
        assert!(
            text.trim_end().chars().all(|sign| !text::is_hidden(sign)),
            "{text:?}"
        );
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }
}
