//! `portcullis sbom`: diff, trim, suggest.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Problem;
use super::output::Console;
use crate::ops::read::bounded;
use crate::ops::sbom_check;
use crate::report::{ExitCode, visible};
use crate::sbom::drift::{Change, drift};
use crate::sbom::trim::trim;
use crate::sbom::{self, Limits, Refused};
use crate::versions;

/// Arguments of `sbom`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// What differs between two SBOMs, package by package, whatever their formats
    Diff(Diff),
    /// A smaller SBOM that says the same to every check
    Trim(Trim),
    /// An allow-list that accepts what SBOMs say, as the start of a policy
    Suggest(Suggest),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing is verified: both files are taken as they are.

Examples:
  portcullis sbom diff accepted.cdx.json new.cdx.json
  portcullis sbom diff accepted.spdx.json new.cdx.json --format json | jq '.changes[] | select(.class == \"added\")'

The exit code is 0 whether there are differences or not.")]
struct Diff {
    /// The SBOM to compare with
    old: PathBuf,
    /// The SBOM that is compared
    new: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
JSON only, on one line. The result is for checks and for logs with a size limit, not for exchange.

Examples:
  portcullis sbom trim app.spdx.json > app.small.spdx.json")]
struct Trim {
    /// The SBOM
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing is verified, and what nobody knows is not accepted: a component without a licence that SPDX knows, or without a \
package URL, becomes a comment.

Examples:
  portcullis sbom suggest app.cdx.json >> portcullis.toml
  portcullis sbom suggest app.cdx.json web.spdx.json | less")]
struct Suggest {
    /// The SBOMs, of any format
    #[arg(value_name = "SBOM", required = true)]
    files: Vec<PathBuf>,
}

impl Args {
    /// Whether the command's answer can be JSON.
    pub(super) fn is_diff(&self) -> bool {
        matches!(self.command, Command::Diff(_))
    }
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let answer = match &args.command {
        Command::Diff(args) => diff(args, console.wants_json()),
        Command::Trim(args) => small(args),
        Command::Suggest(args) => suggested(&args.files),
    };
    match answer {
        Ok(text) => console.print_and_exit(&text, ExitCode::Allowed),
        Err(problem) => console.fail(&problem),
    }
}

/// The differences as a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Differences<'a> {
    schema_version: u32,
    old: String,
    new: String,
    changes: Vec<Difference<'a>>,
}

#[derive(Serialize)]
struct Difference<'a> {
    class: &'static str,
    package: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    from: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    to: &'a str,
    /// 1-based lines in the two files.
    #[serde(rename = "oldLine", skip_serializing_if = "Option::is_none")]
    old_line: Option<u32>,
    #[serde(rename = "newLine", skip_serializing_if = "Option::is_none")]
    new_line: Option<u32>,
}

/// Version of the JSON that `sbom diff` prints.
const SCHEMA_VERSION: u32 = 1;

fn diff(args: &Diff, is_json: bool) -> Result<String, Problem> {
    let limits = Limits::default();
    let (old, new) = (read(&args.old, &limits)?, read(&args.new, &limits)?);
    let old = sbom::read(&old, &limits).map_err(|refused| refusal(&args.old, &refused))?;
    let new = sbom::read(&new, &limits).map_err(|refused| refusal(&args.new, &refused))?;
    let changes = drift(&old, &new, &versions::compare);
    if !is_json {
        return Ok(lines(&changes));
    }
    let line = |document: &sbom::Document<'_>, index: Option<u32>| {
        index
            .and_then(|index| document.component(index))
            .map(|one| one.place.line)
    };
    let document = Differences {
        schema_version: SCHEMA_VERSION,
        old: args.old.display().to_string(),
        new: args.new.display().to_string(),
        changes: changes
            .iter()
            .map(|change| Difference {
                class: change.class.name(),
                package: &change.package,
                from: &change.from,
                to: &change.to,
                old_line: line(&old, change.old),
                new_line: line(&new, change.new),
            })
            .collect(),
    };
    let text =
        serde_json::to_string_pretty(&document).map_err(|error| Problem::undecided(error.to_string()))?;
    Ok(text + "\n")
}

/// One line for each change, in columns, and how many there are.
fn lines(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "no differences\n".to_owned();
    }
    let widest = changes
        .iter()
        .map(|change| change.class.name().len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for change in changes {
        let values = match (change.from.as_str(), change.to.as_str()) {
            ("", value) | (value, "") if change.old.is_none() || change.new.is_none() => value.to_owned(),
            (from, to) => format!("{} -> {}", or_none(from), or_none(to)),
        };
        let class = change.class.name();
        text += &format!(
            "{class:<widest$}  {}  {}\n",
            visible(&change.package),
            visible(&values)
        );
    }
    let noun = if changes.len() == 1 {
        "difference"
    } else {
        "differences"
    };
    text + &format!("{} {noun}\n", changes.len())
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

fn small(args: &Trim) -> Result<String, Problem> {
    let limits = Limits::default();
    let bytes = read(&args.file, &limits)?;
    trim(&bytes, &limits)
        .map_err(|refused| refusal(&args.file, &refused))?
        .ok_or_else(|| {
            Problem::usage(format!("{}: only JSON can be trimmed", args.file.display()))
                .help("have the generator write JSON")
        })
}

fn suggested(files: &[PathBuf]) -> Result<String, Problem> {
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    with_documents(files, |documents| sbom_check::suggest(documents, &names))
}

/// Reads SBOMs as they are and does something with all of them.
pub(super) fn with_documents<T>(
    files: &[PathBuf],
    act: impl FnOnce(&[sbom::Document<'_>]) -> T,
) -> Result<T, Problem> {
    let limits = Limits::default();
    let texts = files
        .iter()
        .map(|path| read(path, &limits))
        .collect::<Result<Vec<_>, _>>()?;
    let documents = files
        .iter()
        .zip(&texts)
        .map(|(path, text)| sbom::read(text, &limits).map_err(|refused| refusal(path, &refused)));
    Ok(act(&documents.collect::<Result<Vec<_>, _>>()?))
}

fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>, Problem> {
    bounded(path, limits.bytes as u64)
        .map_err(|error| Problem::undecided(format!("{}: {error}", path.display())))
}

/// A file that is no SBOM.
fn refusal(path: &Path, refused: &Refused) -> Problem {
    match refused.finding() {
        Some(finding) => {
            let problem = Problem::finding(&finding);
            Problem {
                message: format!("{}: {}", path.display(), problem.message),
                ..problem
            }
        }
        None => Problem::undecided(format!("{}: {refused}", path.display())),
    }
}
