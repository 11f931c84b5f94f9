//! `portcullis gate`.

mod decisions;
mod replay;
mod routes;
mod serve;
mod submit;

use super::Global;
use super::output::Console;
use crate::report::{Code, ExitCode, Finding, Origin, Report};

/// Arguments of `gate`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  portcullis gate serve --config gate.toml --check
  portcullis gate serve --config gate.toml
  portcullis gate submit --gate https://gate.example --secret-file gate.secret \"$image\"
  portcullis gate decisions list --config gate.toml
  portcullis gate replay 42 --config gate.toml";

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Listen for events, verify what they are about, and let deployments begin for what is allowed
    #[command(long_about = serve::LONG_ABOUT)]
    Serve(serve::Args),
    /// Tell a gate of an image, as a build system does
    Submit(submit::Args),
    /// What was accepted, decided and triggered
    Decisions(decisions::Args),
    /// Have a dead event, or one whose trigger is dead, decided again
    Replay(replay::Args),
    /// The routes of the gate, and who may call each
    Routes(routes::Args),
}

impl Args {
    /// Whether it runs until somebody ends it.
    pub(super) fn is_endless(&self) -> bool {
        match &self.command {
            Command::Serve(args) => args.is_endless(),
            Command::Decisions(args) => args.is_endless(),
            Command::Submit(_) | Command::Replay(_) | Command::Routes(_) => false,
        }
    }

    /// Whether it checks a configuration, and nothing else.
    pub(super) fn is_check(&self) -> bool {
        matches!(&self.command, Command::Serve(args) if !args.is_endless())
    }

    /// Whether its answer can be printed as JSON.
    pub(super) fn has_json(&self) -> bool {
        match &self.command {
            Command::Decisions(args) => args.has_json(),
            Command::Routes(_) => true,
            Command::Serve(_) | Command::Submit(_) | Command::Replay(_) => false,
        }
    }
}

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match &args.command {
        Command::Serve(args) => serve::run(args, console),
        Command::Submit(args) => submit::run(args, global, console),
        Command::Decisions(args) => decisions::run(args, console),
        Command::Replay(args) => replay::run(args, console),
        Command::Routes(routes::Args {}) => routes::run(console),
    }
}
