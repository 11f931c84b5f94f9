//! Credential helper programs: the server's name on standard input, JSON on standard output.

use std::process::Command;
use std::time::Duration;

use serde::Deserialize;

use crate::http::{Secret, program};
use crate::registry::client::credential::Credential;

/// How long a helper may take. Some ask a service in the cloud.
pub const HELPER_TIMEOUT: Duration = Duration::from_secs(20);

/// Bytes of a helper's answer.
const MAX_OUTPUT_BYTES: usize = 64 * 1024;
/// The user name with which a helper says that its secret is an identity token.
const TOKEN_USER: &str = "<token>";
/// What helpers print when they have nothing; the protocol has no code for it.
const NOT_FOUND: &str = "credentials not found";

#[derive(Deserialize)]
struct Reply {
    #[serde(rename = "Username")]
    username: String,
    #[serde(rename = "Secret")]
    secret: String,
}

/// Asks `program` for the credentials of `server`. `Ok(None)`: it has none. An error names the program and never what
/// it printed.
pub(super) fn get(program: &str, server: &str, timeout: Duration) -> Result<Option<Credential>, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if !program.bytes().all(plain) {
        return Err("a credential helper was not run: its name has characters that no helper has".to_owned());
    }
    let mut command = Command::new(program);
    command.arg("get");
    ask(command, program, server, timeout)
}

fn ask(command: Command, name: &str, server: &str, timeout: Duration) -> Result<Option<Credential>, String> {
    let failed = |what: &str| format!("{name} {what}");
    let printed = program::ask(command, name, &format!("{server}\n"), MAX_OUTPUT_BYTES, timeout)?;
    let output = printed.output;
    if output.len() > MAX_OUTPUT_BYTES {
        return Err(failed("answered with more than is read"));
    }
    if !printed.success {
        let text = String::from_utf8_lossy(&output).to_ascii_lowercase();
        return match text.contains(NOT_FOUND) {
            true => Ok(None),
            false => Err(failed("failed")),
        };
    }
    let reply: Reply =
        serde_json::from_slice(&output).map_err(|_| failed("answered with something else than JSON"))?;
    let secret = Secret::new(reply.secret);
    if secret.is_empty() {
        return Ok(None);
    }
    Ok(Some(match reply.username.as_str() {
        TOKEN_USER => Credential::IdentityToken(secret),
        _ => Credential::Password {
            username: Secret::new(reply.username),
            password: secret,
        },
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn run(script: &str) -> Result<Option<Credential>, String> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        ask(
            command,
            "docker-credential-x",
            "r.example",
            Duration::from_secs(5),
        )
    }

    #[test]
    fn a_helper_is_told_the_server_and_gives_a_password_or_a_token() {
        let password = Credential::Password {
            username: Secret::new("u"),
            password: Secret::new("p"),
        };
        let asked = "read server; test \"$server\" = r.example || exit 1; ";
        assert_eq!(
            run(&format!("{asked} echo '{{\"Username\":\"u\",\"Secret\":\"p\"}}'")),
            Ok(Some(password))
        );
        let token = Credential::IdentityToken(Secret::new("t"));
        assert_eq!(
            run("echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'"),
            Ok(Some(token))
        );
        assert_eq!(
            run("echo credentials not found in native keychain; exit 1"),
            Ok(None)
        );
        assert_eq!(run("echo '{\"Username\":\"\",\"Secret\":\"\"}'"), Ok(None));
    }

    #[test]
    fn a_helper_that_misbehaves_is_named_and_not_repeated() {
        for script in [
            "echo hunter2; exit 1",
            "echo hunter2",
            "echo hunter2 >&2; exit 3",
            "echo '{\"Username\":\"hunter2\"}'",
            "while :; do echo hunter2hunter2hunter2hunter2hunter2hunter2; done",
        ] {
            let message = run(script).unwrap_err();
            assert!(message.starts_with("docker-credential-x "), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
        for name in ["../evil", "a b", "a/b", "$(x)"] {
            assert!(
                get(name, "r.example", HELPER_TIMEOUT)
                    .unwrap_err()
                    .contains("not run")
            );
        }
    }

    #[test]
    fn a_helper_that_does_not_end_is_ended() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec sleep 600"]);
        let started = Instant::now();
        let answer = ask(
            command,
            "docker-credential-x",
            "r.example",
            Duration::from_millis(200),
        );
        assert_eq!(
            answer,
            Err("docker-credential-x did not answer in time".to_owned())
        );
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}
