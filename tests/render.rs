//! The renderers, on one report for each situation that a reader meets.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

#[path = "render/samples.rs"]
mod samples;

use portcullis::report::{Format, Style, render};

/// Compares with the snapshot `tests/snapshots/<name>.snap`.
fn snapshot(name: &str, text: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn people_read_what_was_decided_why_and_what_to_do() {
    for (name, report) in samples::all() {
        snapshot(
            &format!("{name}.human"),
            &render(&report, Format::Human, &Style::PLAIN),
        );
    }
}

#[test]
fn pipelines_read_json() {
    for (name, report) in samples::all() {
        snapshot(
            &format!("{name}.json"),
            &render(&report, Format::Json, &Style::PLAIN),
        );
    }
}

#[test]
fn dashboards_read_sarif() {
    for (name, report) in samples::all() {
        snapshot(
            &format!("{name}.sarif"),
            &without_rules(&render(&report, Format::Sarif, &Style::PLAIN)),
        );
    }
}

/// The SARIF document without its rules, which are the same in every report and have a test of their own.
fn without_rules(sarif: &str) -> String {
    let mut log: serde_json::Value = serde_json::from_str(sarif).unwrap();
    log["runs"][0]["tool"]["driver"]["rules"] = "…".into();
    serde_json::to_string_pretty(&log).unwrap()
}

#[test]
fn ci_systems_read_junit() {
    for (name, report) in samples::all() {
        snapshot(
            &format!("{name}.junit"),
            &render(&report, Format::Junit, &Style::PLAIN),
        );
    }
}

#[test]
fn workflows_read_commands() {
    for (name, report) in samples::all() {
        snapshot(
            &format!("{name}.github"),
            &render(&report, Format::Github, &Style::PLAIN),
        );
    }
}
