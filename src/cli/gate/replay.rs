//! `portcullis gate replay`.

use jiff::Timestamp;

use super::decisions::DataArgs;
use super::{Console, ExitCode};
use crate::cli::Problem;
use crate::gate::{EventId, replay};

const EXAMPLES: &str = "\
Examples:
  portcullis gate decisions list --undecided --config gate.toml
  portcullis gate replay 42 --config gate.toml

An event whose image was resolved to a digest is decided again about that digest. The gate may be running.";

/// Arguments of `gate replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Number of the event, as the gate answered it
    #[arg(value_name = "EVENT")]
    event: EventId,
    #[command(flatten)]
    data: DataArgs,
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let event = args.event;
    let replayed = args.data.folder().and_then(|folder| {
        replay(&folder, event, Timestamp::now()).map_err(|error| Problem::finding(&error.finding()))
    });
    match replayed {
        Ok(true) => {
            console.print_and_exit(&format!("{event} waits to be decided again\n"), ExitCode::Allowed)
        }
        Ok(false) => {
            let problem = Problem::denied(format!("there is nothing dead about event {event}"));
            console.fail(&problem.help("gate decisions show tells where it is in its life"))
        }
        Err(problem) => console.fail(&problem),
    }
}
