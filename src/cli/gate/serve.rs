//! `portcullis gate serve`.

use std::path::PathBuf;

use jiff::Timestamp;

use super::{Console, ExitCode, Report};
use crate::cli::output::{to_stderr, to_stdout};
use crate::gate::log::Log;
use crate::gate::{check, serve};

/// Name of the command in its report.
const COMMAND: &str = "gate serve";

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Listens for events that tell of images. Each is kept on disk before it is acknowledged, verified by the policy of its route \
with the engine of verify and sbom-check, and recorded. Only for what is allowed the triggers of the route are set off.

Standard output has every record as one line of JSON, standard error one line of JSON for everything else that happens. \
SIGHUP has the configuration read again: all of it is taken over, or nothing. SIGTERM ends the gate in good order.";

const EXAMPLES: &str = "\
Examples:
  Check the configuration, the policies and the trust root, and start nothing:
    portcullis gate serve --config gate.toml --check

  Run:
    portcullis gate serve --config gate.toml";

/// Arguments of `gate serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Configuration of the gate
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Check everything that the gate would start with, and start nothing
    #[arg(long)]
    check: bool,
    /// With --check: deny where there are warnings
    #[arg(long, requires = "check")]
    deny_warnings: bool,
}

impl Args {
    pub(super) fn is_endless(&self) -> bool {
        !self.check
    }
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let now = Timestamp::now();
    if args.check {
        return match check(&args.config, now) {
            Ok(config) => {
                let mut report = Report::new(COMMAND, now);
                report.findings = config.warnings;
                report.conclude_check(args.deny_warnings);
                console.finish(&report)
            }
            Err(findings) => console.finish(&Report::refused(COMMAND, now, findings)),
        };
    }
    let log = Log::new(to_stderr);
    // Whoever reads the records may have gone. They are kept in the data directory in any case.
    let record = |line: &str| drop(to_stdout(line));
    match serve(&args.config, log, record) {
        Ok(()) => ExitCode::Allowed,
        Err(findings) => console.finish(&Report::refused(COMMAND, now, findings)),
    }
}
