//! `up`: starts everything and waits.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::Failure;
use crate::launch::{Launch, exports};
use crate::stop::Stops;

/// `portcullis-sandbox up`
#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    launch: Launch,
    /// How to print the environment
    #[arg(long, value_enum, default_value_t = Format::Env)]
    format: Format,
    /// Ends when standard input is closed, for programs that start it
    #[arg(long)]
    stop_with_stdin: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for a shell; the file `env` in the folder has the same
    Env,
    /// One JSON object
    Json,
}

impl Up {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        // Before anything is written, so that a signal in between does not leave the folder behind.
        let stops = Stops::listen(self.launch.lifetime, self.stop_with_stdin)?;
        let launched = self.launch.start()?;
        let text = match self.format {
            Format::Env => exports(&launched.environment),
            Format::Json => format!("{}\n", serde_json::to_string_pretty(&launched.environment)?),
        };
        let mut stdout = std::io::stdout();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()?;
        stops.wait();
        Ok(ExitCode::SUCCESS)
    }
}
