//! Programs of CI systems that print a token.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::file::from_reader;
use super::token::MAX_TOKEN_BYTES;
use crate::http::Secret;

/// How long a program may take; it asks a service.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long it may take to end when it has printed everything.
const GRACE: Duration = Duration::from_secs(1);
/// How often an unfinished program is looked after.
const POLL: Duration = Duration::from_millis(5);

/// Runs `program` and gives what it prints. The error names it and never what it printed.
pub fn run(program: &str, arguments: &[&str]) -> Result<Secret, String> {
    run_for(program, arguments, TIMEOUT)
}

fn run_for(program: &str, arguments: &[&str], timeout: Duration) -> Result<Secret, String> {
    let failed = |what: &str| format!("{program} {what}");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(&format!("could not be run ({})", error.kind())))?;
    let output = output(&mut child, timeout);
    let success = finish(&mut child, output.is_some());
    let output = output.ok_or_else(|| failed("did not answer in time"))?;
    match success {
        true => {
            from_reader(output.as_slice()).map_err(|detail| failed(&format!("printed no token: {detail}")))
        }
        false => Err(failed("failed")),
    }
}

/// What it prints, read on a thread of its own: it may print nothing and stay.
fn output(child: &mut Child, timeout: Duration) -> Option<Zeroizing<Vec<u8>>> {
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut output = Zeroizing::new(Vec::new());
        let read = stdout.take(MAX_TOKEN_BYTES as u64 + 16).read_to_end(&mut output);
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

    fn sh(script: &str) -> Result<Secret, String> {
        run_for("/bin/sh", &["-c", script], Duration::from_secs(5))
    }

    #[test]
    fn what_it_prints_is_the_token() {
        assert_eq!(sh("printf a.b.c").unwrap(), Secret::new("a.b.c"));
    }

    #[test]
    fn an_error_names_the_program_and_not_its_output() {
        for (script, expected) in [
            ("echo token; exit 1", "/bin/sh failed"),
            ("echo token >&2; exit 3", "/bin/sh failed"),
            (
                "printf 'token\\377'",
                "/bin/sh printed no token: it is not text, and a token is",
            ),
            ("yes token", "/bin/sh failed"),
        ] {
            assert_eq!(sh(script).unwrap_err(), expected);
        }
        let error = run("portcullis-has-no-such-program", &[]).unwrap_err();
        assert!(
            error.starts_with("portcullis-has-no-such-program could not be run"),
            "{error}"
        );
        let started = Instant::now();
        let error = run_for("/bin/sh", &["-c", "exec sleep 60"], Duration::from_millis(50)).unwrap_err();
        assert_eq!(error, "/bin/sh did not answer in time");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
