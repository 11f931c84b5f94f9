//! The long form of finding codes and the table of exit codes, for `portcullis explain`, the man page and the guides.

use std::fmt::Write as _;

use super::{Code, ExitCode, Group, Severity, Verdict, render};

/// Columns of the text that `portcullis explain` prints.
const WIDTH: usize = 80;

/// What a code means, what it leads to, and how it looks in a report: the text of `portcullis explain CODE`.
pub fn explain(code: Code) -> String {
    let (mark, member) = match code.severity() {
        Severity::Deny => ("✗", "deny"),
        Severity::Warning => ("!", "warning"),
        Severity::Info => ("·", "info"),
    };
    let mut out = format!("{code}\n");
    out.push_str(&render::paragraph(code.title(), 2, WIDTH));
    out.push_str("\nWhat it means\n");
    out.push_str(&render::paragraph(code.explanation(), 2, WIDTH));
    out.push_str("\nWhat it leads to\n");
    out.push_str(&render::paragraph(&consequence(code), 2, WIDTH));
    out.push_str("\nHow it looks\n");
    let rows = [
        ("human", format!("{mark} {code}: what was found, in one sentence")),
        (
            "json",
            format!("\"code\": \"{code}\", \"severity\": \"{member}\""),
        ),
        ("sarif", format!("\"ruleId\": \"{code}\"")),
    ];
    for (format, line) in rows {
        let _ = writeln!(out, "  {format:7}{line}");
    }
    out
}

/// Every code with its explanation, grouped, as Markdown: the file `docs/codes.md`.
pub fn explain_all() -> String {
    let mut out = String::from(
        "# Finding codes\n\n<!-- Generated from src/report/code.rs; a test compares the two. -->\n\nEvery finding has a \
         code that stays the same in every output and every version. `portcullis explain CODE` prints these texts.\n\n",
    );
    for group in Group::ALL {
        let _ = writeln!(out, "## {}\n", group.heading());
        out.push_str("| code | severity | verdict | meaning |\n|---|---|---|---|\n");
        let codes: Vec<Code> = Code::ALL
            .iter()
            .copied()
            .filter(|code| code.group() == *group)
            .collect();
        for code in &codes {
            let _ = writeln!(
                out,
                "| [`{code}`](#{code}) | {} | {} | {} |",
                severity_words(code.severity()),
                code.verdict().words(),
                cell(code.title())
            );
        }
        for code in &codes {
            let _ = writeln!(
                out,
                "\n### {code}\n\n{}\n\n{}",
                code.explanation(),
                consequence(*code)
            );
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The exit codes as plain text in columns, for help texts and the man page.
pub fn exit_codes_text() -> String {
    let mut out = String::new();
    for (code, name, meaning) in ExitCode::TABLE {
        let head = format!("{:>3}  {name:15}", code.number());
        let indent = head.len();
        let body = render::paragraph(meaning, indent, WIDTH);
        out.push_str(&head);
        out.push_str(body.get(indent..).unwrap_or_default());
    }
    out
}

/// The exit codes as a Markdown table, for the README.
pub fn exit_codes_markdown() -> String {
    let mut out = String::from("| code | name | meaning |\n|---|---|---|\n");
    for (code, name, meaning) in ExitCode::TABLE {
        let _ = writeln!(out, "| {} | {name} | {} |", code.number(), cell(meaning));
    }
    out
}

/// What a code does to a subject, and with which exit code the run then ends.
fn consequence(code: Code) -> String {
    let ends = |verdict: Verdict| {
        let words = verdict.words();
        format!("{words} (exit code {})", ExitCode::from(verdict).number())
    };
    let verdict = code.verdict();
    match code.severity() {
        Severity::Deny => format!("It denies: the verdict is {}.", ends(verdict)),
        Severity::Warning => format!(
            "It warns: the verdict stays {}, and with --deny-warnings it is {}.",
            ends(Verdict::Allowed),
            ends(Verdict::Denied)
        ),
        Severity::Info if verdict == Verdict::Allowed => {
            "It informs, and changes nothing about the verdict.".to_owned()
        }
        Severity::Info => format!(
            "It informs. Where nothing else counts, the verdict is {}.",
            ends(verdict)
        ),
    }
}

fn severity_words(severity: Severity) -> &'static str {
    match severity {
        Severity::Deny => "denies",
        Severity::Warning => "warns",
        Severity::Info => "informs",
    }
}

/// Text for a cell of a Markdown table, where a bar would begin the next one.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_names_code_meaning_verdict_and_exit_code() {
        for code in Code::ALL {
            let text: Vec<String> = explain(*code).split_whitespace().map(str::to_owned).collect();
            let text = text.join(" ");
            assert!(text.starts_with(&format!("{code} {}", code.title())), "{text}");
            assert!(text.contains(code.explanation()), "{text}");
            let number = ExitCode::from(code.verdict()).number();
            let silent = code.severity() == Severity::Info && code.verdict() == Verdict::Allowed;
            assert!(silent || text.contains(&format!("exit code {number}")), "{text}");
        }
    }

    #[test]
    fn lines_of_an_explanation_fit_the_page() {
        for code in Code::ALL {
            for line in explain(*code).lines() {
                assert!(line.chars().count() <= WIDTH, "{code}: {line}");
            }
        }
    }

    #[test]
    fn the_list_has_every_code_once() {
        let list = explain_all();
        for code in Code::ALL {
            assert_eq!(list.matches(&format!("\n### {code}\n")).count(), 1, "{code}");
        }
    }

    #[test]
    fn both_tables_have_every_exit_code() {
        let (text, markdown) = (exit_codes_text(), exit_codes_markdown());
        for (code, name, _) in ExitCode::TABLE {
            assert!(text.contains(&format!("{:>3}  {name} ", code.number())), "{text}");
            assert!(
                markdown.contains(&format!("| {} | {name} |", code.number())),
                "{markdown}"
            );
        }
    }
}
