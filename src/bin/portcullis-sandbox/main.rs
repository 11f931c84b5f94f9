//! The `portcullis-sandbox` binary: a little Sigstore and a registry on loopback, to try signing on and to test with.

mod demo;
mod image;
mod launch;
mod run;
mod stop;
mod token;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Why a command failed, in words for a person.
type Failure = Box<dyn std::error::Error>;

/// A little Sigstore instance and an image registry on 127.0.0.1, to try signing on.
///
/// It approves everybody and its keys vouch for nothing: never add its trusted root to anything real.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis-sandbox",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "\
Examples:
  portcullis-sandbox demo
  portcullis-sandbox run -- sh -c 'curl -s \"http://$PORTCULLIS_SANDBOX_REGISTRY/v2/\"'
  portcullis-sandbox up --dir /tmp/sandbox &
  . /tmp/sandbox/env
  portcullis-sandbox token --github org/app"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts everything and prints the environment to use; ends on Ctrl-C, SIGTERM or after --for.
    Up(up::Up),
    /// Starts everything, runs a command with the environment set, and ends with its exit code.
    Run(run::Run),
    /// Prints an identity token of a sandbox that is running.
    Token(token::Token),
    /// Signs, verifies, moves a tag and attests with `portcullis`, showing each command as it runs.
    Demo(demo::Demo),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Up(up) => up.run(),
        Command::Run(run) => run.run(),
        Command::Token(token) => token.run(),
        Command::Demo(demo) => demo.run(),
    };
    outcome.unwrap_or_else(|failure| {
        let mut text = format!("portcullis-sandbox: {failure}\n");
        let mut cause = failure.source();
        while let Some(error) = cause {
            text.push_str(&format!("  because: {error}\n"));
            cause = error.source();
        }
        // If standard error is closed there is nobody to tell.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes());
        // The code for "could not do", as in portcullis.
        ExitCode::from(4)
    })
}
