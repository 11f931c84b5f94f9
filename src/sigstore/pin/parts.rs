//! Identities taken apart, so that a mismatch shows which part differs.

use regex_syntax::ast::{self, Ast};

use super::pattern::WholePattern;
use super::rule::{IdentityRule, TextRule, kind_of};
use crate::report::PartDifference;
use crate::sigstore::certificate::{San, SanKind};

/// The parts of an identity, in the order in which they are shown.
const ORDER: [&str; 9] = [
    "scheme",
    "host",
    "owner",
    "repository",
    "workflow",
    "path",
    "ref",
    "mailbox",
    "user",
];

/// Named parts of an identity or of a pattern.
type Parts = Vec<(&'static str, String)>;

/// Found and expected side by side; empty where the pattern cannot be taken apart.
pub(super) fn compare(rule: &IdentityRule, san: &San) -> Vec<PartDifference> {
    let found = of_text(san.kind, &san.value);
    let (expected, is_pattern) = match &rule.text {
        TextRule::Exact(text) => (of_text(kind_of(text), text), false),
        TextRule::Pattern(pattern) => match of_pattern(rule.kind, pattern) {
            Some(parts) => (parts, true),
            None => return Vec::new(),
        },
    };
    let look_up = |parts: &Parts, name| {
        parts
            .iter()
            .find(|(part, _)| *part == name)
            .map(|(_, text)| text.clone())
            .unwrap_or_default()
    };
    let mut differences = Vec::new();
    for part in ORDER {
        let (found, expected) = (look_up(&found, part), look_up(&expected, part));
        let same = found == expected
            || is_pattern && WholePattern::new(&expected).is_ok_and(|pattern| pattern.is_match(&found));
        // The scheme is only worth a line when it is the difference.
        if (found.is_empty() && expected.is_empty()) || (part == "scheme" && same) {
            continue;
        }
        differences.push(PartDifference {
            part,
            found,
            expected,
            same,
        });
    }
    differences
}

/// One symbol of an identity: a plain character, or a part of a pattern that is more than one.
struct Symbol<'a> {
    plain: Option<char>,
    text: &'a str,
}

fn of_text(kind: SanKind, text: &str) -> Parts {
    let symbols: Vec<Symbol<'_>> = text
        .char_indices()
        .map(|(at, c)| Symbol {
            plain: Some(c),
            text: text.get(at..at + c.len_utf8()).unwrap_or_default(),
        })
        .collect();
    take_apart(kind, &symbols)
}

/// The parts of a pattern, or `None` when it has alternatives or flags at its top level.
fn of_pattern(kind: SanKind, pattern: &WholePattern) -> Option<Parts> {
    let parsed = ast::parse::Parser::new().parse(pattern.as_str()).ok()?;
    let Ast::Concat(concat) = &parsed else { return None };
    let mut symbols = Vec::new();
    for part in &concat.asts {
        let span = part.span();
        let text = pattern.as_str().get(span.start.offset..span.end.offset)?;
        match part {
            Ast::Flags(_) => return None,
            Ast::Assertion(_) | Ast::Empty(_) => {}
            Ast::Literal(literal) => symbols.push(Symbol {
                plain: Some(literal.c),
                text,
            }),
            _ => symbols.push(Symbol { plain: None, text }),
        }
    }
    Some(take_apart(kind, &symbols))
}

fn take_apart(kind: SanKind, symbols: &[Symbol<'_>]) -> Parts {
    match kind {
        SanKind::Email => match symbols.iter().rposition(|symbol| symbol.plain == Some('@')) {
            Some(at) => vec![
                ("mailbox", join(symbols.get(..at))),
                ("host", join(symbols.get(at + 1..))),
            ],
            None => vec![("mailbox", join(Some(symbols)))],
        },
        SanKind::Uri => uri_parts(symbols),
        SanKind::OtherName => vec![("user", join(Some(symbols)))],
    }
}

fn uri_parts(symbols: &[Symbol<'_>]) -> Parts {
    let is = |symbol: &Symbol<'_>, c| symbol.plain == Some(c);
    let scheme_end = symbols
        .windows(3)
        .position(|window| matches!(window, [a, b, c] if is(a, ':') && is(b, '/') && is(c, '/')));
    let Some(scheme_end) = scheme_end else {
        return vec![("path", join(Some(symbols)))];
    };
    let rest = symbols.get(scheme_end + 3..).unwrap_or_default();
    let mut parts = vec![("scheme", join(symbols.get(..scheme_end)))];
    let host_end = rest
        .iter()
        .position(|symbol| is(symbol, '/'))
        .unwrap_or(rest.len());
    parts.push(("host", join(rest.get(..host_end))));
    let path = rest.get(host_end + 1..).unwrap_or_default();
    let ref_start = path.iter().position(|symbol| is(symbol, '@'));
    let before = path.get(..ref_start.unwrap_or(path.len())).unwrap_or_default();
    let steps: Vec<String> = before
        .split(|symbol| is(symbol, '/'))
        .map(|step| join(Some(step)))
        .collect();
    match ref_start {
        Some(at) if steps.len() >= 2 => {
            parts.extend(workflow_parts(&steps));
            parts.push(("ref", join(path.get(at + 1..))));
        }
        _ => parts.push(("path", join(Some(path)))),
    }
    parts
}

/// Owner, repository and workflow of a CI identity. GitHub's repositories have one name, GitLab's have several and an
/// empty step before the file.
fn workflow_parts(steps: &[String]) -> Parts {
    let is_file_start =
        |step: &String| step.is_empty() || step == ".github" || step == r"\.github" || step == "[.]github";
    let file = steps
        .iter()
        .skip(1)
        .position(is_file_start)
        .map_or(2, |at| at + 1)
        .min(steps.len());
    let part = |range: Option<&[String]>| range.unwrap_or_default().join("/");
    vec![
        ("owner", part(steps.get(..1))),
        ("repository", part(steps.get(1..file))),
        (
            "workflow",
            part(steps.get(file..)).trim_start_matches('/').to_owned(),
        ),
    ]
}

fn join(symbols: Option<&[Symbol<'_>]>) -> String {
    symbols
        .unwrap_or_default()
        .iter()
        .map(|symbol| symbol.text)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Origin;

    const FOUND: &str = "https://github.com/fork/app/.github/workflows/release.yml@refs/pull/7/merge";

    fn differing(text: TextRule, kind: SanKind, value: &str) -> Vec<(&'static str, bool)> {
        let rule = IdentityRule::new(text, Some(kind), Origin::flag("--identity")).unwrap();
        let san = San {
            kind,
            value: value.into(),
        };
        compare(&rule, &san)
            .into_iter()
            .map(|part| (part.part, part.same))
            .collect()
    }

    #[test]
    fn a_workflow_identity_is_compared_part_by_part() {
        let expected = [
            ("host", true),
            ("owner", false),
            ("repository", true),
            ("workflow", true),
            ("ref", false),
        ];
        let exact =
            TextRule::exact("https://github.com/org/app/.github/workflows/release.yml@refs/heads/main");
        assert_eq!(differing(exact, SanKind::Uri, FOUND), expected);
        for text in [
            r"https://github\.com/org/[^/]+/\.github/workflows/release\.yml@refs/heads/main",
            r"^https:\/\/github\.com\/(org|corp)\/app\/\.github\/workflows\/[a-z]+\.ya?ml@refs/(heads|tags)/.*$",
        ] {
            let pattern = TextRule::pattern(text).unwrap();
            assert_eq!(differing(pattern, SanKind::Uri, FOUND), expected, "{text}");
        }
    }

    #[test]
    fn other_forms_are_taken_apart_too() {
        let gitlab = "https://gitlab.com/group/sub/app//.gitlab-ci.yml@refs/heads/main";
        assert_eq!(
            of_text(SanKind::Uri, gitlab),
            [
                ("scheme", "https".to_owned()),
                ("host", "gitlab.com".to_owned()),
                ("owner", "group".to_owned()),
                ("repository", "sub/app".to_owned()),
                ("workflow", ".gitlab-ci.yml".to_owned()),
                ("ref", "refs/heads/main".to_owned()),
            ]
        );
        let user_info = "https://github.com@evil.example/org/app/x.yml@refs/heads/main";
        assert_eq!(
            of_text(SanKind::Uri, user_info)[1],
            ("host", "github.com@evil.example".to_owned())
        );
        assert_eq!(
            differing(
                TextRule::exact("alice@example.com"),
                SanKind::Email,
                "alice@evil.example"
            ),
            [("host", false), ("mailbox", true)]
        );
        assert_eq!(
            differing(
                TextRule::exact("spiffe://example.org/a"),
                SanKind::Uri,
                "spiffe://example.org/b"
            ),
            [("host", true), ("path", false)]
        );
        assert_eq!(
            differing(
                TextRule::exact("http://example.org/a"),
                SanKind::Uri,
                "https://example.org/a"
            ),
            [("scheme", false), ("host", true), ("path", true)]
        );
    }

    #[test]
    fn what_cannot_be_taken_apart_is_left_whole() {
        for text in [
            r"https://a/b@c|https://d/e@f",
            r"(?i)https://github\.com/org/app@x",
        ] {
            assert_eq!(
                differing(TextRule::pattern(text).unwrap(), SanKind::Uri, FOUND),
                [],
                "{text}"
            );
        }
        for value in [
            "",
            "@",
            "://",
            "https://",
            "https:///@",
            "///@@@",
            "https://h/@r",
            "https://h/o@",
        ] {
            for kind in SanKind::ALL {
                assert!(of_text(kind, value).len() <= ORDER.len(), "{value}");
            }
        }
    }
}
