//! TOML that holds texts of strangers: nothing in them ends a string or a comment.

use crate::report::visible;

/// A comment line.
pub(super) fn comment(text: &str) -> String {
    format!("# {}\n", visible(text))
}

/// A basic string. Everything but plain ASCII is escaped, so that what is read is what stands there.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(sign),
            _ => out.push_str(&format!("\\U{:08X}", u32::from(sign))),
        }
    }
    out.push('"');
    out
}
