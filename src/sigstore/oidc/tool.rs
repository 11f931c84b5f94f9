//! Programs of CI systems that print a token.

use std::process::Command;
use std::time::Duration;

use super::file::from_reader;
use super::token::MAX_TOKEN_BYTES;
use crate::http::{Secret, program};

/// How long a program may take; it asks a service.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes that are read: a token, a line end, and enough more to see that it is too long.
const MAX_OUTPUT_BYTES: usize = MAX_TOKEN_BYTES + 16;

/// Runs `program` and gives what it prints. The error names it and never what it printed.
pub fn run(program: &str, arguments: &[&str]) -> Result<Secret, String> {
    run_for(program, arguments, TIMEOUT)
}

fn run_for(name: &str, arguments: &[&str], timeout: Duration) -> Result<Secret, String> {
    let failed = |what: &str| format!("{name} {what}");
    let mut command = Command::new(name);
    command.args(arguments);
    let printed = program::ask(command, name, "", MAX_OUTPUT_BYTES, timeout)?;
    match printed.success {
        true => from_reader(printed.output.as_slice())
            .map_err(|detail| failed(&format!("printed no token: {detail}"))),
        false => Err(failed("failed")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::Instant;

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
