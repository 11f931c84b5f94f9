//! `portcullis pin`.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::examine::Examination;
use super::in_place::Prepared;
use super::output::Console;
use super::pins::Failure;
use super::registry::RegistryArgs;
use super::rules::{Asked, RuleArgs};
use super::trust::TrustArgs;
use super::{Global, Problem};
use crate::manifests::{FindOptions, MAX_MANIFEST_BYTES, Rewritten, TagStyle};
use crate::ops::pin::Pinning;
use crate::ops::verify::assemble;
use crate::registry::PlatformChoice;
use crate::registry::client::Client;
use crate::report::{Code, ExitCode, Finding, Origin, Report, Verdict};

/// Name of the command in its report.
const COMMAND: &str = "pin";
/// The argument for standard input.
const STDIN: &str = "-";
/// What standard input is called in messages.
const STDIN_LABEL: &str = "standard input";

/// Arguments of `pin`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Kubernetes manifests and Compose files; `-` is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Only verify the images; nothing is rewritten
    #[arg(long, conflicts_with_all = ["write", "drop_tag"], help_heading = "Files")]
    check: bool,
    /// Rewrite the files in place instead of printing the one that is given
    #[arg(long, help_heading = "Files")]
    write: bool,
    /// Write repository@digest, without the tag that people see
    #[arg(long, help_heading = "Files")]
    drop_tag: bool,
    /// Let files without images pass beside files with images
    #[arg(long, help_heading = "Files")]
    allow_no_images: bool,

    #[command(flatten)]
    rules: RuleArgs,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Verifies every image that deployment files name, and puts the verified digests in: the same bytes come back, but for the \
images, which read `repository:tag@sha256:…`.

Read are Kubernetes manifests (every workload kind, lists, custom resources that describe pods; YAML streams and JSON) and \
Compose files. Each distinct image is verified once, under the same rules as with verify. Standard output has the pinned \
file with exit code 0, and only then; with --write no file is changed unless every image of all files is allowed. What \
depends on variables is refused: render templates first.";

const EXAMPLES: &str = "\
Examples:
  Deploy only what is verified:
    portcullis pin deploy.yaml --policy portcullis.toml > pinned.yaml && kubectl apply -f pinned.yaml

  A rendered chart:
    helm template shop ./chart | portcullis pin - --policy portcullis.toml > pinned.yaml

  Keep digests in the repository up to date:
    portcullis pin --write k8s/*.yaml --allow-no-images --policy portcullis.toml

  Only look, in CI:
    portcullis pin --check compose.yaml --policy portcullis.toml --deny-warnings";

/// A file that was read.
struct Input {
    path: PathBuf,
    label: String,
    text: String,
}

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    match pin(&args, global, console) {
        Ok(code) => code,
        Err(Failure::Usage(problem)) => console.fail(&problem),
        Err(Failure::Findings(findings)) => {
            console.finish(&Report::refused(COMMAND, Timestamp::now(), findings))
        }
    }
}

fn pin(args: &Args, global: &Global, console: &Console) -> Result<ExitCode, Failure> {
    let now = Timestamp::now();
    args.check_usage(console)?;
    let asked = args.rules.asked(&args.trust)?;
    let inputs = read_all(&args.files)?;
    let named: Vec<(String, String)> = inputs
        .iter()
        .map(|input| (input.label.clone(), input.text.clone()))
        .collect();
    let options = FindOptions {
        allow_no_images: args.allow_no_images,
    };
    let pinning = Pinning::new(&named, options).map_err(Failure::Findings)?;
    let stdin_is_taken = args.files.iter().any(|path| path.as_path() == Path::new(STDIN));
    let client = args.registry.client(pinning.subjects(), stdin_is_taken, global)?;
    let mut report = examine(args, global, console, asked, &pinning, client.as_ref(), now);
    let mut pinned = Vec::new();
    if report.verdict == Verdict::Allowed && !args.check {
        match pinning.pinned(&report.subjects, args.tags()) {
            Ok(texts) => pinned = texts,
            Err(finding) => {
                report.findings.push(finding);
                report.conclude(args.rules.deny_warnings());
            }
        }
    }
    console.tell(&refused_places(&pinning, &report));
    if report.verdict != Verdict::Allowed || args.check {
        return Ok(console.finish(&report));
    }
    console.tell(&summary(&inputs, &pinned));
    if args.write {
        write_all(&inputs, &pinned)?;
        return Ok(console.finish(&report));
    }
    let text = pinned.first().map(|pinned| pinned.text.as_str());
    Ok(console.finish_with(&report, text))
}

/// Verifies every image, and reports what came of it.
fn examine(
    args: &Args,
    global: &Global,
    console: &Console,
    asked: Asked,
    pinning: &Pinning,
    client: Option<&Client>,
    now: Timestamp,
) -> Report {
    let examination = Examination {
        subjects: pinning.subjects(),
        bundles: &[],
        // What the file deploys is verified as it is: an index stands for every platform that it may run on.
        platform: &PlatformChoice::AsIs,
        rules: &asked.rules,
        client,
        bytes: 0,
    };
    let (trust, outcomes) = examination.run(&args.trust, asked.trust.as_ref(), global, console, now);
    let trust = trust.as_ref().map_err(Clone::clone);
    let deny_warnings = args.rules.deny_warnings();
    let mut report = assemble(now, &asked.rules, trust, outcomes, deny_warnings);
    report.command = COMMAND;
    report.policy = asked.policy;
    report.findings.extend(pinning.notices().cloned());
    report.conclude(deny_warnings);
    report
}

impl Args {
    fn tags(&self) -> TagStyle {
        if self.drop_tag {
            TagStyle::Drop
        } else {
            TagStyle::Keep
        }
    }

    fn check_usage(&self, console: &Console) -> Result<(), Problem> {
        let is_stdin = |path: &PathBuf| path.as_path() == Path::new(STDIN);
        if self.files.iter().filter(|path| is_stdin(path)).count() > 1 {
            return Err(Problem::usage("standard input can be read only once"));
        }
        if self.write && self.files.iter().any(is_stdin) {
            return Err(
                Problem::usage("--write rewrites files, and standard input is none")
                    .help("leave --write away: the pinned file goes to standard output"),
            );
        }
        if self.write || self.check {
            return Ok(());
        }
        if self.files.len() > 1 {
            return Err(Problem::usage("only one file can go to standard output")
                .help("add --write to rewrite the files in place, or --check to verify them only"));
        }
        if console.has_machine_output() {
            return Err(
                Problem::usage("the pinned file and a report cannot both go to standard output")
                    .help("give the report a file (--format json=report.json), or add --write or --check"),
            );
        }
        Ok(())
    }
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    let mut seen = HashSet::new();
    let mut inputs = Vec::with_capacity(paths.len());
    for path in paths {
        let input = read(path)?;
        if !seen.insert(path.canonicalize().unwrap_or_else(|_| path.clone())) {
            return Err(Problem::usage(format!("{} is named twice", input.label)).into());
        }
        inputs.push(input);
    }
    Ok(inputs)
}

fn read(path: &Path) -> Result<Input, Failure> {
    let (label, bytes) = if path == Path::new(STDIN) {
        (STDIN_LABEL.to_owned(), read_bounded(io::stdin().lock()))
    } else {
        (
            path.display().to_string(),
            File::open(path).and_then(read_bounded),
        )
    };
    let bytes = bytes.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Problem::usage(format!("no such file: {label}")),
        io::ErrorKind::IsADirectory => {
            Problem::usage(format!("{label} is a directory")).help("name the files in it")
        }
        _ => Problem::undecided(format!("{label}: cannot read: {error}")),
    })?;
    let malformed =
        |message: String| Finding::new(Code::DeploymentFileMalformed, message).origin(&Origin::flag(&label));
    if bytes.len() > MAX_MANIFEST_BYTES {
        let message = format!("{label} has more than {MAX_MANIFEST_BYTES} bytes");
        return Err(malformed(message).help("split the file").into());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Input {
            path: path.to_owned(),
            label,
            text,
        }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let message = format!("{label} is not UTF-8 from byte {at} on");
            Err(Finding::new(Code::DeploymentFileMalformed, message)
                .origin(&Origin::flag(&label))
                .into())
        }
    }
}

/// Reads at most one byte more than a file may have: the search tells of what is too large.
fn read_bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_MANIFEST_BYTES).unwrap_or(u64::MAX);
    reader.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where the images that are not allowed are named.
fn refused_places(pinning: &Pinning, report: &Report) -> String {
    let mut text = String::new();
    for ((_, subject), result) in pinning.subjects().iter().zip(&report.subjects) {
        if result.verdict == Verdict::Allowed {
            continue;
        }
        for (file, image) in pinning.uses_of(subject) {
            let (line, column) = (image.line(), image.column());
            text.push_str(&format!(
                "{file}:{line}:{column}: {} is {}",
                image.text(),
                result.verdict.words()
            ));
            text.push_str(&format!(" ({})\n", image.path()));
        }
    }
    text
}

/// What changes, like a diff without its context.
fn summary(inputs: &[Input], pinned: &[Rewritten]) -> String {
    let mut text = String::new();
    for (input, pinned) in inputs.iter().zip(pinned) {
        if pinned.changes.is_empty() {
            text.push_str(&format!("{}: every image has its digest already\n", input.label));
            continue;
        }
        text.push_str(&format!("{}\n", input.label));
        for change in &pinned.changes {
            text.push_str(&format!(
                "{:>6}  - {}\n        + {}\n",
                change.line, change.before, change.after
            ));
        }
    }
    text
}

/// Rewrites the files that change. All new contents are on disk before the first file is replaced.
fn write_all(inputs: &[Input], pinned: &[Rewritten]) -> Result<(), Problem> {
    let problem = |input: &Input, error: io::Error| {
        Problem::undecided(format!("{}: cannot write: {error}", input.label))
            .help("no image was refused; run pin again")
    };
    let mut prepared = Vec::new();
    for (input, pinned) in inputs.iter().zip(pinned) {
        if input.text != pinned.text {
            let new = Prepared::new(&input.path, &input.text, &pinned.text);
            prepared.push((input, new.map_err(|error| problem(input, error))?));
        }
    }
    for (input, new) in prepared {
        new.replace().map_err(|error| problem(input, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::manifests::{find, rewrite};
    use crate::subject::Digest;

    fn pinned(path: &Path, image: &str) -> (Input, Rewritten) {
        let text = format!("services: {{a: {{image: {image}}}}} # c\n");
        let found = find("a.yaml", &text, FindOptions::default()).unwrap();
        let digest =
            |image: &crate::manifests::ImageUse| image.digest().cloned().or(Some(Digest::sha256(b"")));
        let rewritten = rewrite(&found, TagStyle::Keep, digest).unwrap();
        let label = path.file_name().unwrap().to_str().unwrap().to_owned();
        fs::write(path, &text).unwrap();
        (
            Input {
                path: path.to_owned(),
                label,
                text,
            },
            rewritten,
        )
    }

    #[test]
    fn the_summary_shows_what_changes_and_where() {
        let folder = tempfile::tempdir().unwrap();
        let digest = Digest::sha256(b"");
        let (one, one_pinned) = pinned(&folder.path().join("one.yaml"), "nginx:1");
        let (two, two_pinned) = pinned(&folder.path().join("two.yaml"), &format!("nginx@{digest}"));
        assert_eq!(
            summary(&[one, two], &[one_pinned, two_pinned]),
            format!(
                "one.yaml\n     1  - nginx:1\n        + nginx:1@{digest}\ntwo.yaml: every image has its digest already\n"
            )
        );
    }

    #[test]
    fn no_file_is_replaced_when_one_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let (one, one_pinned) = pinned(&folder.path().join("one.yaml"), "nginx:1");
        let (two, two_pinned) = pinned(&folder.path().join("two.yaml"), "nginx:2");
        fs::remove_file(&two.path).unwrap();
        let (inputs, texts) = ([one, two], [one_pinned, two_pinned]);
        assert_eq!(write_all(&inputs, &texts).unwrap_err().code, ExitCode::Undecided);
        assert_eq!(fs::read_to_string(&inputs[0].path).unwrap(), inputs[0].text);
        fs::write(&inputs[1].path, &inputs[1].text).unwrap();
        write_all(&inputs, &texts).unwrap();
        for (input, pinned) in inputs.iter().zip(&texts) {
            assert_eq!(fs::read_to_string(&input.path).unwrap(), pinned.text);
        }
    }
}
