//! Oddities of rules by a table, each with the line that is told.

use std::path::Path;

use jiff::civil::date;

use super::*;
use crate::policy::{Files, parse};

const HEAD: &str = r#"version = 1
[[pin]]
name = "dev"
identity = "dev@example.com"
issuer = "https://accounts.example.com"
[[attestation]]
type = "cyclonedx"
pins = ["dev"]
"#;

/// The findings about a policy, each as code and text that is underlined.
fn told(text: &str) -> Vec<(Code, String)> {
    let files = Files {
        folder: Path::new("."),
        read: &|_| Err("no files here".to_owned()),
    };
    let policy = parse("policy.toml", format!("{HEAD}{text}").as_bytes(), &files)
        .unwrap_or_else(|findings| panic!("{findings:#?}"));
    let underlined = |finding: Finding| {
        let excerpt = finding.origin.unwrap().excerpt.unwrap();
        (finding.code, excerpt.text[excerpt.span].to_owned())
    };
    review(policy.sbom().unwrap(), date(2026, 5, 1))
        .into_iter()
        .map(underlined)
        .collect()
}

fn components(allow: &[&str], deny: &[&str]) -> String {
    let tables = |list: &str, entries: &[&str]| -> String {
        entries
            .iter()
            .map(|entry| format!("[[sbom.components.{list}]]\n{}\n", entry.replace("; ", "\n")))
            .collect()
    };
    format!("{}{}", tables("allow", allow), tables("deny", deny))
}

#[test]
fn entries_about_packages_that_never_decide_are_told() {
    use Code::{PolicyRuleContradicted as Contradicted, PolicyRuleShadowed as Shadowed};
    type Row<'a> = (&'a [&'a str], &'a [&'a str], &'a [(Code, &'a str)]);
    let rows: [Row<'_>; 12] = [
        (
            &["package = \"pkg:npm/a\"", "package = \"pkg:npm/b\""],
            &["package = \"pkg:npm/c\""],
            &[],
        ),
        // Wider, before or behind.
        (
            &["package = \"pkg:npm/@a/*\"", "package = \"pkg:npm/@a/b\""],
            &[],
            &[(Shadowed, "\"pkg:npm/@a/b\"")],
        ),
        (
            &["package = \"pkg:npm/@a/b\"", "package = \"pkg:npm/@a/**\""],
            &[],
            &[(Shadowed, "\"pkg:npm/@a/b\"")],
        ),
        // The same twice: the second one.
        (
            &[
                "package = \"pkg:npm/a\"; versions = \">=1\"",
                "package = \"pkg:npm/A\"; versions = \">=1\"",
            ],
            &[],
            &[(Shadowed, "\"pkg:npm/A\"")],
        ),
        (
            &["packages = [\"pkg:npm/a\", \"pkg:npm/A\"]"],
            &[],
            &[(Shadowed, "\"pkg:npm/A\"")],
        ),
        // Not wider: other versions, a hash, a supplier.
        (
            &[
                "package = \"pkg:npm/a\"; versions = \">=1\"",
                "package = \"pkg:npm/a\"; versions = \">=2\"",
            ],
            &[],
            &[],
        ),
        (
            &[
                "package = \"pkg:npm/a\"; suppliers = [\"A\"]",
                "package = \"pkg:npm/a\"; suppliers = [\"B\"]",
            ],
            &[],
            &[],
        ),
        (
            &[
                "package = \"pkg:npm/a\"; suppliers = [\"A\"]",
                "package = \"pkg:npm/a\"",
            ],
            &[],
            &[(Shadowed, "\"pkg:npm/a\"")],
        ),
        // Denied as a whole, or only in part.
        (
            &["package = \"pkg:npm/@a/b\""],
            &["package = \"pkg:npm/@a/*\""],
            &[(Contradicted, "\"pkg:npm/@a/b\"")],
        ),
        (
            &["package = \"pkg:npm/a\""],
            &["package = \"pkg:npm/a\"; versions = \"<2\""],
            &[],
        ),
        (
            &["package = \"pkg:npm/a\"; versions = \"<2\""],
            &["package = \"pkg:npm/a\"; versions = \"<2\""],
            &[(Contradicted, "\"pkg:npm/a\"")],
        ),
        (
            &[],
            &["package = \"pkg:npm/**\"", "package = \"pkg:npm/a\""],
            &[(Shadowed, "\"pkg:npm/a\"")],
        ),
    ];
    for (allow, deny, expected) in rows {
        let expected: Vec<_> = expected
            .iter()
            .map(|(code, text)| (*code, (*text).to_owned()))
            .collect();
        assert_eq!(told(&components(allow, deny)), expected, "{allow:?} {deny:?}");
    }
}

#[test]
fn licences_that_never_decide_are_told() {
    use Code::{PolicyRuleContradicted as Contradicted, PolicyRuleShadowed as Shadowed};
    /// What a policy says, the SBOM that it is held against, and what is said of it.
    type Row = (&'static str, &'static str, &'static [(Code, &'static str)]);
    let rows: [Row; 6] = [
        ("\"MIT\", \"ISC\"", "\"GPL-3.0-only\"", &[]),
        ("\"MIT\"", "\"MIT\"", &[(Contradicted, "\"MIT\"")]),
        (
            "\"GPL-3.0-only\"",
            "\"GPL-2.0-or-later\"",
            &[(Contradicted, "\"GPL-3.0-only\"")],
        ),
        (
            "\"GPL-2.0\", \"GPL-2.0-only\"",
            "\"ISC\"",
            &[(Shadowed, "\"GPL-2.0-only\"")],
        ),
        (
            "\"GPL-2.0-only WITH Classpath-exception-2.0\", \"GPL-2.0-only\"",
            "\"ISC\"",
            &[(Shadowed, "\"GPL-2.0-only WITH Classpath-exception-2.0\"")],
        ),
        ("\"GPL-2.0-only\", \"GPL-2.0-or-later\"", "\"ISC\"", &[]),
    ];
    for (allow, deny, expected) in rows {
        let text = format!("[sbom.licences]\nallow = [{allow}]\ndeny = [{deny}]\n");
        let expected: Vec<_> = expected
            .iter()
            .map(|(code, text)| (*code, (*text).to_owned()))
            .collect();
        assert_eq!(told(&text), expected, "{allow} {deny}");
    }
}

#[test]
fn an_exception_that_has_ended_is_told() {
    for table in [
        "[[sbom.components.exception]]",
        "[sbom.vulnerabilities]\ndeny = \"high\"\n[[sbom.vulnerabilities.exception]]\nid = \"CVE-1\"",
    ] {
        let exception = |day| {
            format!("{table}\npackage = \"pkg:npm/a\"\nreason = \"r\"\nowner = \"o\"\nexpires = \"{day}\"\n")
        };
        assert_eq!(told(&exception("2026-05-01")), []);
        assert_eq!(
            told(&exception("2026-04-30")),
            [(Code::PolicyExceptionEnded, "\"pkg:npm/a\"".to_owned())]
        );
    }
}
