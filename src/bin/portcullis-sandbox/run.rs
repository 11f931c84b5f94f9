//! `run`: a sandbox for the time of one command.

use std::ffi::OsString;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::time::{Duration, Instant};

use clap::Args;

use crate::Failure;
use crate::launch::Launch;
use crate::stop::{Stop, Stops};

/// How often the command is looked after.
const LOOK: Duration = Duration::from_millis(20);
/// How long the command may take to end by itself after a signal, which a terminal sends to it as well.
const GRACE: Duration = Duration::from_secs(3);

/// `portcullis-sandbox run`
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    launch: Launch,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let stops = Stops::listen(self.launch.lifetime, false)?;
        let launched = self.launch.start()?;
        let (program, arguments) = self.command.split_first().ok_or("a command is needed")?;
        let mut child = Command::new(program)
            .args(arguments)
            .envs(&launched.environment)
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
        let status = watch(&mut child, &stops)?;
        Ok(exit_code(status))
    }
}

/// Waits for the command; ends it if the sandbox has to end first.
fn watch(child: &mut Child, stops: &Stops) -> Result<ExitStatus, Failure> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let Some(stop) = stops.wait_for(LOOK) else {
            continue;
        };
        let grace = Instant::now()
            + if stop == Stop::Expired {
                Duration::ZERO
            } else {
                GRACE
            };
        while Instant::now() < grace {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(LOOK);
        }
        child.kill()?;
        child.wait()?;
        return Err(match stop {
            Stop::Expired => "the command outlived the sandbox (--for) and was ended".into(),
            Stop::Signal(_) | Stop::InputClosed => "the command was ended with the sandbox".into(),
        });
    }
}

/// The command's code; 128 and the number for a signal, as shells have it.
fn exit_code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    let code = status.code().or(signal.map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
