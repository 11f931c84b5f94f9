//! The commands, and which function runs each.

use super::output::Console;
use super::{Cli, completions, conformance, explain, generate, policy, trust, verify};
use crate::report::ExitCode;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Verify signatures and attestations of files, digests and OCI layouts
    Verify(Box<verify::Args>),

    /// Lint a policy, write a starting one, show what a pattern accepts
    Policy(policy::Args),
    /// Show, refresh and check the trust roots in use
    Trust(trust::Args),
    /// The long form of a diagnostic code
    Explain(explain::Args),
    /// Print shell completions
    Completions(completions::Args),
    /// Print the man page
    Man(completions::ManArgs),
    /// Sigstore client conformance protocol
    #[command(hide = true)]
    Conformance(conformance::Args),
    /// Write or check the generated files of the repository
    #[command(hide = true)]
    Generate(generate::Args),
}

impl Command {
    /// Name of the command in a report.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Verify(_) => "verify",
            Self::Policy(_) => "policy",
            Self::Trust(_) => "trust",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            Self::Conformance(_) => "conformance",
            Self::Generate(_) => "generate",
        }
    }
}

/// Runs the command.
pub(super) fn dispatch(cli: Cli, console: &Console) -> ExitCode {
    let global = cli.global;
    match cli.command {
        Command::Verify(args) => verify::run(*args, &global, console),
        Command::Policy(args) => policy::run(args, console),
        Command::Trust(args) => trust::run(args, &global, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
        Command::Man(args) => completions::run_man(&args, console),
        Command::Conformance(args) => conformance::run(args, console),
        Command::Generate(args) => generate::run(&args, console),
    }
}
