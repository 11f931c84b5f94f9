//! One place in a file that names an image.

use std::ops::Range;
use std::path::Path;

use saphyr_parser::ScalarStyle;

use super::source::{Source, quoted};
use super::tree::{Content, Node};
use crate::report::{Code, Finding};
use crate::subject::{Digest, PathKind, Reference, Subject, SubjectError};

/// Number of hex digits of a bare image id, which Docker takes for an image on the machine and not for a name.
const IMAGE_ID_DIGITS: usize = 64;

/// What a text says about an image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    /// The text as the deployment tool reads it.
    pub(super) text: String,
    /// The image.
    pub(super) reference: Reference,
    /// The digest that it is pinned to already.
    pub(super) digest: Option<Digest>,
    /// The bytes to replace: the text without quotes and block indicators.
    pub(super) span: Range<usize>,
}

/// Reads the scalar of an image field.
pub(super) fn read(source: &Source, node: &Node<'_>) -> Result<Named, Finding> {
    let invalid = |message: String| source.finding(Code::ImageReferenceInvalid, &node.span, message);
    let Content::Scalar(value, style) = &node.content else {
        return Err(
            invalid("an image is named by one text, and this is a list or a mapping".to_owned())
                .help("render templates before they are pinned, and quote what begins with a brace"),
        );
    };
    if node.tagged || (*style == ScalarStyle::Plain && !is_text(value)) {
        let finding = match value.as_ref() {
            "" => invalid("there is no image where one is named".to_owned()),
            value => invalid(format!("{} is not a text to readers of YAML", quoted(value)))
                .help("put it in quotes"),
        };
        return Err(finding);
    }
    if value.contains('$') || value.contains("{{") {
        let message = format!("{} depends on variables", quoted(value));
        let finding = source.finding(Code::ImageReferenceVariable, &node.span, message);
        return Err(finding.help(
            "render the file first (docker compose config, helm template, kustomize build, envsubst) and pin the result",
        ));
    }
    let reference = reference(value).map_err(invalid)?;
    let digest = match reference.digest().map(str::parse) {
        None => None,
        Some(Ok(digest)) => Some(digest),
        Some(Err(error)) => return Err(invalid(format!("{}: {error}", quoted(value)))),
    };
    Ok(Named {
        text: value.clone().into_owned(),
        reference,
        digest,
        span: text_span(source, node, value, *style)?,
    })
}

/// Whether YAML readers of either version take a plain scalar for a text.
fn is_text(value: &str) -> bool {
    const WORDS: [&str; 9] = ["", "~", "null", "true", "false", "yes", "no", "on", "off"];
    let bare = value.replace('_', "");
    let based = ["0x", "0o", "0b"]
        .iter()
        .filter_map(|base| bare.strip_prefix(base));
    let number = bare.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-' | '.'))
        && (bare.parse::<f64>().is_ok()
            || based
                .into_iter()
                .any(|rest| rest.bytes().all(|byte| byte.is_ascii_hexdigit())));
    let digits_only = !value.contains(|letter: char| letter.is_ascii_alphabetic());
    !(WORDS.iter().any(|word| value.eq_ignore_ascii_case(word)) || number || digits_only)
}

/// Reads a reference in the way that every reader of it does.
fn reference(text: &str) -> Result<Reference, String> {
    let explain = |detail: &str| format!("{} is not an image reference: {detail}", quoted(text));
    if !text.is_ascii() {
        return Err(explain("it has letters outside ASCII"));
    }
    let id = text.strip_prefix("sha256:").unwrap_or(text);
    if id.len() == IMAGE_ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(explain("it is the id of an image on one machine"));
    }
    // A first part with capitals is a host to Docker and a folder of Docker Hub to others.
    if let Some((first, _)) = text.split_once('/')
        && !first.contains(['.', ':'])
        && first.contains(|letter: char| letter.is_ascii_uppercase())
    {
        return Err(explain(
            "repository names are in lower case, and a host has a dot or a port",
        ));
    }
    match Subject::parse(&format!("oci:{text}"), |_: &Path| PathKind::Missing) {
        Ok(Subject::Image(reference)) => Ok(reference),
        Err(SubjectError::Digest { source, .. }) => Err(explain(&source.to_string())),
        Err(SubjectError::Reference { detail, .. }) => Err(explain(&detail)),
        Ok(_) | Err(_) => Err(explain("it names something else")),
    }
}

/// Where exactly the text stands. The parser's place is not believed: the file must hold the text right there.
fn text_span(
    source: &Source,
    node: &Node<'_>,
    value: &str,
    style: ScalarStyle,
) -> Result<Range<usize>, Finding> {
    let written = source.text().get(node.span.clone()).unwrap_or_default();
    let front = properties(written);
    let rest = written.get(front..).unwrap_or_default();
    let within = match style {
        ScalarStyle::SingleQuoted => rest
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_prefix(value))
            .filter(|rest| rest.starts_with('\''))
            .map(|_| 1..1 + value.len()),
        ScalarStyle::DoubleQuoted => double_quoted(rest),
        ScalarStyle::Plain | ScalarStyle::Literal | ScalarStyle::Folded => rest
            .strip_prefix(value)
            .filter(|rest| rest.trim().is_empty())
            .map(|_| 0..value.len()),
    };
    let Some(within) = within else {
        let message = format!(
            "{} is written in a way that cannot be edited safely",
            quoted(value)
        );
        let finding = source.finding(Code::ImageReferenceInvalid, &node.span, message);
        return Err(finding.help("write the image on one line, without anything between it and its key"));
    };
    let start = node.span.start + front;
    Ok(start + within.start..start + within.end)
}

/// The length of an anchor and a tag in front of a text, with the blanks behind them.
fn properties(written: &str) -> usize {
    let mut rest = written;
    while rest.starts_with(['&', '!']) {
        rest = rest
            .trim_start_matches(|letter: char| !letter.is_whitespace())
            .trim_start();
    }
    written.len() - rest.len()
}

/// What stands between double quotes on one line, escapes and all: it is replaced as a whole.
fn double_quoted(written: &str) -> Option<Range<usize>> {
    let inner = written.strip_prefix('"')?;
    let mut escaped = false;
    for (at, letter) in inner.char_indices() {
        match letter {
            '\n' | '\r' => return None,
            '"' if !escaped => return Some(1..1 + at),
            letter => escaped = letter == '\\' && !escaped,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_does_not_read_as_text_is_no_name() {
        for value in [
            "",
            "~",
            "null",
            "NO",
            "1.2",
            "1e3",
            "-1",
            "0x1f",
            "1_0e3",
            ".5",
            "10:30",
            "2001-12-14",
        ] {
            assert!(!is_text(value), "{value}");
        }
        for value in [
            "nginx",
            "2048:latest",
            "1password/op",
            "nan",
            "nginx:1.2",
            "0xdead/app:1",
        ] {
            assert!(is_text(value), "{value}");
        }
    }

    #[test]
    fn references_that_readers_take_differently_are_refused() {
        let id = "a".repeat(64);
        for text in [
            "Evil/app",
            "nginx:1.2é",
            &id,
            &format!("sha256:{id}"),
            "nginx@sha256:abcd",
            "nginx ",
            " nginx",
            "a b",
            "https://example.com/app",
            "ghcr.io/Org/app",
            "nginx:",
            ":1",
            "@",
        ] {
            assert!(reference(text).is_err(), "{text}");
        }
        for text in [
            "nginx",
            "nginx:1.2",
            "EXAMPLE.com/app",
            "localhost:5000/app",
            "a/b/c",
        ] {
            assert!(reference(text).is_ok(), "{text}");
        }
    }
}
