//! What the integration tests share: the fixture cases, and the program in an environment of its own.
#![allow(
    dead_code,
    reason = "every test binary takes what it needs and leaves the rest"
)]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Folder of the fixture cases.
pub(crate) const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/verify");

/// One folder under `fixtures/verify`.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Name of the folder.
    pub(crate) name: String,
    /// The folder; the program runs in it.
    pub(crate) folder: PathBuf,
    /// The command line after `portcullis verify`.
    pub(crate) arguments: Vec<String>,
}

impl Case {
    /// The case with this name.
    pub(crate) fn named(name: &str) -> Self {
        let folder = Path::new(CASES).join(name);
        let arguments = std::fs::read_to_string(folder.join("args"))
            .unwrap_or_else(|error| panic!("{name}/args: {error}"));
        Self {
            name: name.to_owned(),
            folder,
            arguments: arguments.lines().map(str::to_owned).collect(),
        }
    }

    /// Whether it must be refused.
    pub(crate) fn must_fail(&self) -> bool {
        self.name.ends_with("_fail")
    }

    /// The program with the case's arguments, in the case's folder.
    pub(crate) fn command(&self) -> Program {
        Program::new()
            .argument("verify")
            .arguments(&self.arguments)
            .in_folder(&self.folder)
    }

    /// A file of the case, as text.
    pub(crate) fn text(&self, file: &str) -> String {
        std::fs::read_to_string(self.folder.join(file))
            .unwrap_or_else(|error| panic!("{}/{file}: {error}", self.name))
    }
}

/// Every case, by name.
pub(crate) fn cases() -> Vec<Case> {
    let mut names: Vec<String> = std::fs::read_dir(CASES)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no cases under {CASES}");
    names.iter().map(|name| Case::named(name)).collect()
}

/// The program that is tested, with an empty environment but for what a test adds and a home of its own.
pub(crate) struct Program {
    command: Command,
    /// Kept until the program has ended.
    home: tempfile::TempDir,
}

impl Program {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.env_clear().env("HOME", home.path()).stdin(Stdio::null());
        Self { command, home }
    }

    /// `portcullis verify`.
    pub(crate) fn verify() -> Self {
        Self::new().argument("verify")
    }

    pub(crate) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    pub(crate) fn arguments(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn in_folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn stdin(mut self, stdin: impl Into<Stdio>) -> Self {
        self.command.stdin(stdin);
        self
    }

    pub(crate) fn stdout(mut self, stdout: impl Into<Stdio>) -> Self {
        self.command.stdout(stdout);
        self
    }

    /// The home folder that the program sees.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs it to its end.
    pub(crate) fn run(mut self) -> Run {
        Run::from(self.command.output().unwrap())
    }

    /// Runs it with these bytes on standard input.
    pub(crate) fn run_with_stdin(self, bytes: &[u8]) -> Run {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        self.stdin(file).run()
    }

    /// Runs it with `--format json` and reads the report.
    pub(crate) fn report(self) -> (Run, Value) {
        let run = self.arguments(["--format", "json"]).run();
        let report = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("no report ({error}): {}{}", run.stdout, run.stderr));
        (run, report)
    }

    /// The command itself, for what has no method here. The home folder has to outlive it.
    pub(crate) fn into_parts(self) -> (Command, tempfile::TempDir) {
        (self.command, self.home)
    }
}

/// What came of a run.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The exit code; -1 when a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The codes of a report's findings: of the run, of the subjects and of all candidates, sorted and once each.
pub(crate) fn codes(report: &Value) -> Vec<String> {
    let mut codes = Vec::new();
    collect_codes(report, &mut codes);
    codes.sort();
    codes.dedup();
    codes
}

fn collect_codes(value: &Value, codes: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "findings" {
                    let found = member.as_array().into_iter().flatten();
                    codes.extend(found.filter_map(|finding| finding["code"].as_str().map(str::to_owned)));
                }
                collect_codes(member, codes);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_codes(item, codes)),
        _ => {}
    }
}
