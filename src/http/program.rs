//! Programs that hand out secrets, such as credential helpers and the agents of CI systems: run with what they need, and
//! read within limits.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// How long a program may take to end when it has printed everything.
const GRACE: Duration = Duration::from_secs(1);
/// How often an unfinished program is looked after.
const POLL: Duration = Duration::from_millis(5);

/// Variables with secrets of our own. No other program has a use for them, and some write their environment into logs.
pub(crate) const SECRET_VARIABLES: [&str; 3] =
    ["PORTCULLIS_KEY_PASSWORD", "COSIGN_PASSWORD", "SIGSTORE_ID_TOKEN"];

/// What a program printed.
pub(crate) struct Printed {
    /// Whether it said that it succeeded.
    pub(crate) success: bool,
    /// Its standard output: one byte more than the limit, if there was more.
    pub(crate) output: Zeroizing<Vec<u8>>,
}

/// Runs a program, gives it `question` on standard input, and reads at most `limit` bytes and one. The error calls it
/// `name` and never repeats what it printed.
pub(crate) fn ask(
    mut command: Command,
    name: &str,
    question: &str,
    limit: usize,
    timeout: Duration,
) -> Result<Printed, String> {
    for variable in SECRET_VARIABLES {
        command.env_remove(variable);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{name} could not be run ({})", error.kind()))?;
    let output = exchange(&mut child, question.to_owned(), limit, timeout);
    let success = finish(&mut child, output.is_some());
    match output {
        Some(output) => Ok(Printed { success, output }),
        None => Err(format!("{name} did not answer in time")),
    }
}

/// Writes the question and reads the answer, each on a thread of its own: a program may do neither, and stay.
fn exchange(
    child: &mut Child,
    question: String,
    limit: usize,
    timeout: Duration,
) -> Option<Zeroizing<Vec<u8>>> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    std::thread::spawn(move || {
        // A program that does not listen will be heard of by its answer.
        let _ = stdin.write_all(question.as_bytes());
    });
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // With room for everything, nothing is copied while it grows.
        let mut output = Zeroizing::new(Vec::with_capacity(limit.saturating_add(2)));
        let read = stdout
            .take((limit as u64).saturating_add(1))
            .read_to_end(&mut output);
        // Nobody listens after the deadline.
        let _ = sender.send(read.map(|_| output));
    });
    receiver.recv_timeout(timeout).ok()?.ok()
}

/// Ends the program and tells whether it succeeded.
fn finish(child: &mut Child, answered: bool) -> bool {
    let patience = if answered { GRACE } else { Duration::ZERO };
    let started = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return status.success();
        }
        if started.elapsed() >= patience {
            break;
        }
        std::thread::sleep(POLL);
    }
    // It is ours, and it is late.
    let _ = child.kill();
    let _ = child.wait();
    false
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn no_program_gets_our_secrets() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "env"]).env("KEPT", "kept");
        for variable in SECRET_VARIABLES {
            command.env(variable, "hunter2");
        }
        let printed = ask(command, "sh", "", 64 * 1024, Duration::from_secs(5)).unwrap();
        let text = String::from_utf8_lossy(&printed.output).into_owned();
        assert!(printed.success && text.contains("KEPT=kept"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}
