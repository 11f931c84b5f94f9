//! `portcullis gate routes`: the table that the server is made from, for gateways and firewalls in front of it.

use serde::Serialize;

use super::{Console, ExitCode};
use crate::gate::caller::Right;
use crate::gate::server::{Endpoint, Who};

const EXAMPLES: &str = "\
Examples:
  portcullis gate routes
  portcullis gate routes --format json | jq -r '.[] | select(.who == \"public\") | .path'";

/// Arguments of `gate routes`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {}

/// One route.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    method: String,
    path: &'static str,
    /// `public`, or the right that a caller needs.
    who: &'static str,
    max_body_bytes: usize,
    purpose: &'static str,
}

impl Row {
    fn of(endpoint: Endpoint) -> Self {
        let route = endpoint.route();
        Self {
            method: route.verb.method().to_string(),
            path: route.path,
            who: match route.who {
                Who::Public => "public",
                Who::Caller(right) => right_name(right),
            },
            max_body_bytes: route.body,
            purpose: route.purpose,
        }
    }
}

fn right_name(right: Right) -> &'static str {
    let named = Right::ALL.iter().find(|(_, own)| *own == right);
    named.map_or("", |(name, _)| name)
}

pub(super) fn run(console: &Console) -> ExitCode {
    let rows: Vec<Row> = Endpoint::ALL.iter().map(|endpoint| Row::of(*endpoint)).collect();
    if console.wants_json() {
        return console.print_json(&rows, ExitCode::Allowed);
    }
    let line = |row: &Row| format!("{:<4} {:<24} {}\n", row.method, row.path, row.who);
    console.print_and_exit(&rows.iter().map(line).collect::<String>(), ExitCode::Allowed)
}
