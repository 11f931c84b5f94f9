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
