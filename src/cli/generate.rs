//! `portcullis generate`: writes or checks the files of the repository that are made from the code.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::output::Console;
use super::{Problem, completions};
use crate::ops::attest::attest_report_schema;
use crate::ops::sign::sign_report_schema;
use crate::report::{ExitCode, explain_all, inspection_schema, schema};

/// Arguments of `generate`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Root of the repository
    #[arg(default_value = ".")]
    root: PathBuf,
    /// Only compare; exit with 1 if a file differs
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let mut stale = Vec::new();
    for (path, text) in files() {
        let target = args.root.join(&path);
        let outcome = if args.check {
            compare(&target, &text).map(|same| {
                if !same {
                    stale.push(path)
                }
            })
        } else {
            write(&target, &text)
        };
        if let Err(error) = outcome {
            return console.fail(&Problem::undecided(format!("{}: {error}", target.display())));
        }
    }
    if stale.is_empty() {
        return ExitCode::Allowed;
    }
    let list: Vec<String> = stale.iter().map(|path| path.display().to_string()).collect();
    let problem = Problem {
        code: ExitCode::Denied,
        ..Problem::usage(format!("out of date: {}", list.join(", ")))
    };
    console.fail(&problem.help("run cargo run -- generate and commit the result"))
}

/// Every generated file: its path from the root of the repository, and its text.
fn files() -> Vec<(PathBuf, String)> {
    let mut files = vec![
        (PathBuf::from("docs/report.schema.json"), schema()),
        (PathBuf::from("docs/inspection.schema.json"), inspection_schema()),
        (
            PathBuf::from("docs/sign-report.schema.json"),
            sign_report_schema(),
        ),
        (
            PathBuf::from("docs/attest-report.schema.json"),
            attest_report_schema(),
        ),
        (PathBuf::from("docs/codes.md"), explain_all()),
    ];
    for shell in clap_complete::Shell::value_variants() {
        let name = format!("completions/portcullis.{shell}");
        files.push((PathBuf::from(name), completions::completions(*shell)));
    }
    for (name, text) in completions::man_pages() {
        files.push((PathBuf::from(format!("man/{name}.1")), text));
    }
    files
}

fn compare(path: &Path, text: &str) -> std::io::Result<bool> {
    match std::fs::read_to_string(path) {
        Ok(found) => Ok(found == text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(path, text)
}
