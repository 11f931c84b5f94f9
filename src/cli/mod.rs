//! The command line: arguments in, a request to [`crate::ops`], a report out. One file for each command.

mod accepted;
mod attest;
mod attest_file;
mod attest_image;
mod attest_predicate;
mod baseline;
mod build;
mod commands;
mod completions;
mod conformance;
mod copying;
mod examine;
mod explain;
mod gate;
mod generate;
mod given_sbom;
mod identity;
mod in_place;
mod inspect;
mod key;
mod load;
mod output;
mod password;
mod pin;
mod pins;
mod policy;
mod problem;
mod progress;
mod registry;
mod rules;
mod save;
mod sbom;
mod sbom_check;
mod sbom_limits;
mod services;
mod sign;
mod signing;
mod signing_key;
mod trust;
mod verify;
mod verify_summary;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser};

pub use commands::Command;
pub(crate) use problem::Problem;

use crate::report::ExitCode;
use output::Console;

/// Decides whether a software artifact may pass.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// Options that every command has.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Exit codes: 0 allowed, 1 denied, 2 usage, 3 no evidence, 4 undecided (retry may help), 5 configuration, 101 bug.

Examples:
  portcullis verify app.tar.gz --identity-regex 'https://github\\.com/org/app/\\.github/workflows/release\\.yml@refs/tags/v[0-9.]+' \\
      --issuer https://token.actions.githubusercontent.com
  portcullis explain identity-mismatch";

/// Options that every command has.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Output format [default: human]: human, json, sarif, junit or github; repeatable, each with a file of its own if it is followed by `=FILE`. The human report goes to
    /// standard error; another format without a file goes to standard output
    #[arg(long, global = true, value_name = "FORMAT[=FILE]", value_parser = output::parse_target)]
    pub format: Vec<output::Target>,
    /// File for the one format that names none
    #[arg(short, long, global = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Say nothing about what passed
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Show every check and every place
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: output::ColorChoice,
    /// Limit for the whole run, for example 30s or 2m; what was not found out by then is undecided
    #[arg(long, global = true, value_name = "DURATION", default_value = "5m", value_parser = parse_duration)]
    pub timeout: Duration,
    /// Subjects examined at once [default: number of processors]
    #[arg(long, global = true, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Never use the network; a cached or built-in trust root is used as it is, and the report gives its age
    #[arg(long, global = true)]
    pub offline: bool,
}

/// Runs one command line and returns the exit code. Prints; never exits.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return output::clap_message(&error),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return output::clap_message(&error),
    };
    let console = match Console::new(&cli.global) {
        Ok(console) => console,
        Err(problem) => return problem.show_plainly(),
    };
    if let Err(problem) = cli.command.check(&cli.global) {
        return console.fail(&problem);
    }
    if cli.command.is_endless() {
        if matches.value_source("timeout") == Some(ValueSource::CommandLine) {
            let message = format!(
                "--timeout means nothing to portcullis {}: it runs until it is ended",
                cli.command.name()
            );
            return console.fail(&Problem::usage(message));
        }
        return commands::dispatch(cli, &console);
    }
    let timeout = cli.global.timeout;
    let command = cli.command.name();
    let for_timeout = console.clone();
    supervise(
        timeout,
        move || commands::dispatch(cli, &console),
        || for_timeout.timed_out(command, timeout),
    )
}

/// Runs `work` until it ends or the deadline passes. A panic in it is a bug and never a pass (CVE-2026-44310).
///
/// The work has a thread of its own, so that a stalled read cannot outlive the deadline: the process ends with the main
/// thread.
fn supervise(
    timeout: Duration,
    work: impl FnOnce() -> ExitCode + Send + 'static,
    too_late: impl FnOnce() -> Option<ExitCode>,
) -> ExitCode {
    use std::sync::mpsc::RecvTimeoutError;
    let (sender, receiver) = std::sync::mpsc::channel();
    let worker = std::thread::spawn(move || {
        // Nobody listens after the deadline.
        let _ = sender.send(work());
    });
    match receiver.recv_timeout(timeout) {
        Ok(code) => code,
        // Work that is reporting already may finish its sentence.
        Err(RecvTimeoutError::Timeout) => {
            too_late().unwrap_or_else(|| receiver.recv().unwrap_or(ExitCode::Bug))
        }
        // The worker ended without a code: it panicked, and the panic's message is on standard error.
        Err(RecvTimeoutError::Disconnected) => {
            drop(worker.join());
            ExitCode::Bug
        }
    }
}

/// The whole command line as clap sees it; also for completions and man pages.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads a duration: a number with s, m, h or d.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    crate::policy::duration::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_bug_and_a_deadline_is_undecided() {
        let long = Duration::from_secs(60);
        let too_late = || Some(ExitCode::Undecided);
        assert_eq!(supervise(long, || ExitCode::Denied, too_late), ExitCode::Denied);
        assert_eq!(supervise(long, || panic!("on purpose"), too_late), ExitCode::Bug);
        let (_held, stalled) = std::sync::mpsc::channel::<ExitCode>();
        let stall = move || stalled.recv().unwrap_or(ExitCode::Allowed);
        assert_eq!(
            supervise(Duration::from_millis(50), stall, too_late),
            ExitCode::Undecided
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
