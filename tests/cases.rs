//! The directory cases: every folder under `fixtures/verify` is run, and what it prints is compared with what it printed
//! before. A new case is a new folder; nothing here changes.
//!
//! `INSTA_UPDATE=always cargo test --test cases` writes the snapshots of new and changed cases; look at them before they
//! are committed.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod support;

use std::num::NonZeroUsize;

use portcullis::ops::pool;
use serde_json::Value;
use support::{Case, Run, cases};

/// What a case's sentence begins with, and the exit code that this stands for.
const OPENINGS: [(&str, i32); 7] = [
    ("Allowed: ", 0),
    ("Allowed, with a warning", 0),
    ("Allowed, with warnings: ", 0),
    ("Denied: ", 1),
    ("Usage error: ", 2),
    ("No evidence: ", 3),
    ("Configuration error: ", 5),
];

struct Outcome {
    case: Case,
    human: Run,
    json: Run,
}

#[test]
fn every_case_ends_as_its_folder_says() {
    let cases = cases();
    let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let outcomes = pool::map(jobs, &cases, |case| Outcome {
        case: case.clone(),
        human: case.command().run(),
        json: case.command().arguments(["--format", "json"]).run(),
    });
    let mut wrong = Vec::new();
    for outcome in &outcomes {
        wrong.extend(problems(outcome));
        for (name, text) in [("human", human(outcome)), ("json", json(outcome))] {
            let same =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| snapshot(outcome, name, &text)));
            if same.is_err() {
                wrong.push(format!("{}: another {name} output", outcome.case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What contradicts the folder's name, its sentence or a promise of every run.
fn problems(outcome: &Outcome) -> Vec<String> {
    let Outcome { case, human, json } = outcome;
    let mut problems = Vec::new();
    let mut check = |holds: bool, problem: &str| {
        if !holds {
            problems.push(format!("{}: {problem}", case.name));
        }
    };
    let readme = case.text("README.md");
    let mut lines = readme.lines().filter(|line| !line.is_empty());
    check(
        lines.next() == Some(&format!("# {}", case.name)),
        "the README's heading is not the folder's name",
    );
    let sentence = lines.next().unwrap_or_default();
    let stated = OPENINGS.iter().find(|(opening, _)| sentence.starts_with(opening));
    check(
        stated.is_some_and(|(_, code)| *code == human.code),
        &format!("exit code {} does not fit the sentence", human.code),
    );
    check(
        case.must_fail() == (human.code != 0),
        &format!("exit code {} does not fit the name", human.code),
    );
    check(human.code == json.code, "the exit code depends on the format");
    check(
        human.stdout.is_empty() == (human.code != 0),
        "standard output has to be empty unless, and only unless, everything is allowed",
    );
    if json.code != 2 {
        let report: Value = serde_json::from_str(&json.stdout).unwrap_or_default();
        check(
            report["exitCode"] == json.code,
            "the report states another exit code",
        );
    }
    problems
}

/// What a person sees.
fn human(outcome: &Outcome) -> String {
    let Run { code, stdout, stderr } = &outcome.human;
    format!("exit code {code}\n---- standard output\n{stdout}---- standard error\n{stderr}")
}

/// The report, without what changes from day to day and from release to release.
fn json(outcome: &Outcome) -> String {
    let Ok(mut report) = serde_json::from_str::<Value>(&outcome.json.stdout) else {
        return format!("no report\n---- standard error\n{}", outcome.json.stderr);
    };
    report["time"] = "[time]".into();
    report["tool"]["version"] = "[version]".into();
    if report["trust"]["source"] == "built-in" {
        report["trust"]["digest"] = "[digest]".into();
        report["trust"]["asOf"] = "[date]".into();
        report["trust"]["ageDays"] = "[n]".into();
    }
    serde_json::to_string_pretty(&report).unwrap()
}

fn snapshot(outcome: &Outcome, name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => &outcome.case.folder,
        prepend_module_to_snapshot => false,
        omit_expression => true,
        filters => [
            (r"\d+ days old", "[n] days old"),
            (r"evidence is \d+ days", "evidence is [n] days"),
            (r"built into this program, published\s+\d{4}-\d\d-\d\d", "built into this program, published [date]"),
            (r"(trust root   .*, built in, .*\n             )sha256:[0-9a-f]{64}", "$1[digest]"),
        ],
    }, {
        insta::assert_snapshot!(name, text);
    });
}
