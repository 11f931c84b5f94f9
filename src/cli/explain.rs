//! `portcullis explain CODE`.

use super::Problem;
use super::output::Console;
use crate::report::{self, Code, ExitCode};

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  portcullis explain identity-mismatch\n  portcullis explain --list")]
pub struct Args {
    /// The code, as it stands in a report
    #[arg(required_unless_present = "list")]
    code: Option<String>,
    /// List every code with its one-line meaning
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let Some(name) = &args.code else {
        let lines: String = Code::ALL
            .iter()
            .map(|code| format!("{:<38} {}\n", code.name(), code.title()))
            .collect();
        return console.print_and_exit(&lines, ExitCode::Allowed);
    };
    match name.parse::<Code>() {
        Ok(code) => console.print_and_exit(&report::explain(code), ExitCode::Allowed),
        Err(()) => console.fail(&unknown(name)),
    }
}

fn unknown(name: &str) -> Problem {
    let nearest = Code::ALL
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(a.name(), name).total_cmp(&strsim::jaro_winkler(b.name(), name)));
    let problem = Problem::usage(format!("{name:?} is not a diagnostic code"));
    match nearest {
        Some(code) => problem.help(format!(
            "did you mean {code}? portcullis explain --list shows all"
        )),
        None => problem,
    }
}
