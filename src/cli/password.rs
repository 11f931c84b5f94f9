//! Where the password of a key file comes from. Never from an argument: other users of the machine can read those.

use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Problem;
use crate::sigstore::keys::{MAX_PASSWORD_BYTES, Password};

/// The environment variables that may hold the password, in the order in which they are asked. The second is cosign's.
const VARIABLES: [&str; 2] = ["PORTCULLIS_KEY_PASSWORD", "COSIGN_PASSWORD"];

/// What to do when there is no password anywhere.
const HELP: &str = "put it into PORTCULLIS_KEY_PASSWORD (or COSIGN_PASSWORD), or give --password-file FILE (- for standard input), or run this on a terminal";

/// The flags that say where the password is.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PasswordArgs {
    /// File whose first line is the password of the key; `-` is standard input [default: PORTCULLIS_KEY_PASSWORD or
    /// COSIGN_PASSWORD in the environment, else the terminal is asked]
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
}

impl PasswordArgs {
    /// Whether standard input is read for the password.
    pub(super) fn takes_stdin(&self) -> bool {
        is_stdin(self.password_file.as_deref())
    }

    /// The password that opens `what`.
    pub(super) fn to_open(&self, what: &str) -> Result<Password, Problem> {
        match self.given()? {
            Some(password) => Ok(password),
            None => ask(&format!("Password of {what}: "))?.ok_or_else(|| {
                Problem::configuration(format!("{what} needs a password, and none was given")).help(HELP)
            }),
        }
    }

    /// The password that `what` is sealed with. A terminal is asked twice.
    pub(super) fn to_seal(&self, what: &str) -> Result<Password, Problem> {
        let password = match self.given()? {
            Some(password) => password,
            None => ask_twice(what)?,
        };
        protecting(password, what)
    }

    fn given(&self) -> Result<Option<Password>, Problem> {
        if let Some(path) = &self.password_file {
            return read(path).map(Some);
        }
        Ok(VARIABLES.iter().find_map(std::env::var_os).map(|value| {
            // The process environment keeps its own copy, which no program can wipe.
            Password::new(value.into_encoded_bytes())
        }))
    }
}

/// A password that `what` may be sealed with: whoever wants none says so.
pub(super) fn protecting(password: Password, what: &str) -> Result<Password, Problem> {
    match password.is_empty() {
        true => Err(Problem::configuration(format!(
            "the password for {what} is empty, which protects nothing"
        ))
        .help("give a password, or say --unencrypted")),
        false => Ok(password),
    }
}

/// Whether a file name means standard input.
pub(super) fn is_stdin(path: Option<&Path>) -> bool {
    path.is_some_and(|path| path.as_os_str() == "-")
}

/// Reads a password file: one line.
pub(super) fn read(path: &Path) -> Result<Password, Problem> {
    let label = if is_stdin(Some(path)) {
        "the password on standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let problem = |detail: String| Problem::configuration(format!("{label}: {detail}"));
    let mut bytes = Zeroizing::new(Vec::with_capacity(256));
    let limit = MAX_PASSWORD_BYTES as u64 + 1;
    let outcome = match is_stdin(Some(path)) {
        true => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
    };
    outcome.map_err(|error| problem(error.to_string()))?;
    Password::of_line(&bytes).map_err(|error| problem(error.to_string()))
}

fn ask_twice(what: &str) -> Result<Password, Problem> {
    let missing =
        || Problem::configuration(format!("{what} is to be encrypted, and no password was given")).help(HELP);
    let first = ask(&format!("New password for {what}: "))?.ok_or_else(missing)?;
    let second = ask("The same again: ")?.ok_or_else(missing)?;
    match first == second {
        true => Ok(first),
        false => Err(Problem::configuration(
            "the two passwords differ: nothing was written",
        )),
    }
}

/// Asks the person, if there is one.
fn ask(prompt: &str) -> Result<Option<Password>, Problem> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(None);
    }
    let answer = rpassword::prompt_password(prompt).map_err(|error| {
        Problem::undecided(format!("the terminal could not be asked for a password: {error}"))
    })?;
    Ok(Some(Password::new(Zeroizing::new(answer).as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_program_gets_the_password() {
        let hidden = crate::http::program::SECRET_VARIABLES;
        assert!(VARIABLES.iter().all(|name| hidden.contains(name)));
    }
}
