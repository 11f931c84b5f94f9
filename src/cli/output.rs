//! Where results go. A result that could not be written is never a pass.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::{Global, Problem};
use crate::report::{
    Code, ExitCode, Finding, Format, Origin, Report, Signs, Style, UnknownFormat, render, render_findings,
    stdout_lines,
};

/// Width of the human report when standard error is no terminal.
const PLAIN_WIDTH: usize = 100;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A format and the file that it goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    format: Format,
    file: Option<PathBuf>,
}

impl Target {
    /// Whether it is JSON on standard output.
    pub(super) fn is_json_on_stdout(&self) -> bool {
        self.format == Format::Json && self.file.is_none()
    }
}

/// Reads `FORMAT` or `FORMAT=FILE`.
pub(super) fn parse_target(text: &str) -> Result<Target, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("the file name after = is empty".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = name.parse().map_err(|error: UnknownFormat| error.to_string())?;
    Ok(Target { format, file })
}

/// Who reports: the work, or the deadline. Never both, so that a report is whole and belongs to the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Speaker {
    Work = 1,
    Deadline = 2,
}

/// Whose turn it is to report; nobody's at first.
#[derive(Debug, Clone, Default)]
struct Turn(Arc<AtomicU8>);

impl Turn {
    /// Takes the turn for `speaker`; false when the other has it.
    fn take(&self, speaker: Speaker) -> bool {
        let wanted = speaker as u8;
        match self
            .0
            .compare_exchange(0, wanted, Ordering::SeqCst, Ordering::SeqCst)
        {
            Ok(_) => true,
            Err(taken) => taken == wanted,
        }
    }
}

/// Where everything that a run has to say goes.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    turn: Turn,
    files: Vec<(Format, PathBuf)>,
    stdout: Option<Format>,
    human: bool,
    quiet: bool,
    style: Style,
    progress: bool,
}

impl Console {
    /// Sorts out the targets. Two formats cannot share standard output.
    pub(super) fn new(global: &Global) -> Result<Self, Problem> {
        let mut console = Self {
            turn: Turn::default(),
            files: Vec::new(),
            stdout: None,
            human: false,
            quiet: global.quiet,
            style: style(global),
            progress: io::stderr().is_terminal() && std::env::var_os("CI").is_none() && !global.quiet,
        };
        let mut output = global.output.clone();
        let human = [Target {
            format: Format::Human,
            file: None,
        }];
        let targets = if global.format.is_empty() {
            &human[..]
        } else {
            &global.format
        };
        for target in targets {
            match (target.format, target.file.clone().or_else(|| output.take())) {
                (format, Some(file)) => console.files.push((format, file)),
                (Format::Human, None) => console.human = true,
                (format, None) if console.stdout.is_none() => console.stdout = Some(format),
                (_, None) => {
                    return Err(Problem::usage("two formats cannot both go to standard output")
                        .help("give one of them a file: --format sarif=out.sarif --format json"));
                }
            }
        }
        if output.is_some() {
            return Err(Problem::usage(
                "--output names a file, but every --format has one already",
            ));
        }
        Ok(console)
    }

    /// Whether progress may be drawn on standard error.
    pub(crate) fn shows_progress(&self) -> bool {
        self.progress
    }

    /// Writes the report everywhere it goes and returns the exit code: the report's own, or undecided when something
    /// could not be written. Standard output comes last, so that it never promises what another file failed to hold.
    pub(crate) fn finish(&self, report: &Report) -> ExitCode {
        self.finish_with(report, stdout_lines(report).as_deref())
    }

    /// Like [`Self::finish`], with another text than the list of subjects for standard output. It is printed only if the
    /// report allows, and if no report for machines goes there.
    pub(crate) fn finish_with(&self, report: &Report, text: Option<&str>) -> ExitCode {
        if !self.turn.take(Speaker::Work) {
            return ExitCode::Undecided;
        }
        match self.write_report(report, text) {
            Ok(()) => report.exit_code,
            Err(problem) => self.fail(&problem),
        }
    }

    /// Whether people want to hear nothing but what is wrong.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Says something to people beside the report, unless they want to hear nothing.
    pub(crate) fn tell(&self, text: &str) {
        if self.human && !self.quiet {
            to_stderr(text);
        }
    }

    /// Shows findings to people, for commands whose answer is no report.
    pub(crate) fn tell_findings(&self, findings: &[Finding]) {
        self.tell(&render_findings(findings, &self.style));
    }

    fn write_report(&self, report: &Report, text: Option<&str>) -> Result<(), Problem> {
        for (format, path) in &self.files {
            let text = render(
                report,
                *format,
                &Style {
                    color: false,
                    ..self.style
                },
            );
            write_file(path, &text)
                .map_err(|error| Problem::undecided(format!("{}: cannot write: {error}", path.display())))?;
        }
        if self.human && !(self.quiet && report.exit_code == ExitCode::Allowed) {
            to_stderr(&render(report, Format::Human, &self.style));
        }
        match self.stdout {
            Some(format) => self.print(&render(
                report,
                format,
                &Style {
                    color: false,
                    ..self.style
                },
            )),
            None => match text.filter(|_| report.exit_code == ExitCode::Allowed) {
                Some(text) => self.print(text),
                None => Ok(()),
            },
        }
    }

    /// Writes to standard output; a closed pipe or a full disk is a problem.
    pub(crate) fn print(&self, text: &str) -> Result<(), Problem> {
        to_stdout(text)
            .map_err(|error| Problem::undecided(format!("cannot write to standard output: {error}")))
    }

    /// Prints the result of a command that has no report. Nothing, when the deadline has spoken: what is printed would
    /// belong to another exit code.
    pub(crate) fn print_and_exit(&self, text: &str, code: ExitCode) -> ExitCode {
        if !self.turn.take(Speaker::Work) {
            return ExitCode::Undecided;
        }
        match self.print(text) {
            Ok(()) => code,
            Err(problem) => self.fail(&problem),
        }
    }

    /// Prints a document for machines. One that cannot be written is no success.
    pub(crate) fn print_json(&self, document: &impl serde::Serialize, code: ExitCode) -> ExitCode {
        match serde_json::to_string_pretty(document) {
            Ok(text) => self.print_and_exit(&format!("{text}\n"), code),
            Err(error) => self.fail(&Problem::undecided(format!("cannot write JSON: {error}"))),
        }
    }

    /// Says what went wrong and returns the exit code.
    pub(crate) fn fail(&self, problem: &Problem) -> ExitCode {
        to_stderr(&problem.text());
        problem.code
    }

    /// Whether standard output holds a report for machines.
    pub(crate) fn has_machine_output(&self) -> bool {
        self.stdout.is_some()
    }

    /// The signs that a tree on standard output may be drawn with.
    pub(crate) fn signs(&self) -> Signs {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty());
        let utf8 = locale.is_some_and(|value| value.to_ascii_lowercase().replace('-', "").contains("utf8"));
        match utf8 && io::stdout().is_terminal() {
            true => Signs::Boxes,
            false => Signs::Ascii,
        }
    }

    /// Whether standard output should hold JSON.
    pub(crate) fn wants_json(&self) -> bool {
        self.stdout == Some(Format::Json)
    }

    /// Reports that the deadline passed, in every format that was asked for; `None` when the work is reporting already.
    pub(super) fn timed_out(&self, command: &'static str, timeout: Duration) -> Option<ExitCode> {
        let finding = Finding::new(
            Code::TimedOut,
            format!("not finished after {timeout:?}, so nothing is decided"),
        )
        .origin(&Origin::flag("--timeout"))
        .help("try again, or allow more time with --timeout");
        if !self.turn.take(Speaker::Deadline) {
            return None;
        }
        let report = Report::refused(command, Timestamp::now(), vec![finding]);
        Some(match self.write_report(&report, None) {
            Ok(()) => report.exit_code,
            Err(problem) => self.fail(&problem),
        })
    }
}

fn style(global: &Global) -> Style {
    let terminal = io::stderr().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    let width = if terminal { terminal_width() } else { PLAIN_WIDTH };
    Style {
        color,
        width,
        verbose: global.verbose,
        unicode: true,
    }
}

fn terminal_width() -> usize {
    terminal_size::terminal_size_of(io::stderr())
        .map_or(PLAIN_WIDTH, |(columns, _)| usize::from(columns.0).clamp(40, 160))
}

/// Writes a whole file, and says so when the disk is full.
pub(super) fn write_file(path: &std::path::Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all().or_else(|error| match error.kind() {
        // Pipes and devices cannot be synced; regular files can, and a full disk shows here at the latest.
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    })
}

/// Writes to standard output, at once.
pub(super) fn to_stdout(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Writes to standard error. If even that fails there is nobody left to tell.
pub(super) fn to_stderr(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Shows what clap has to say: help and version on standard output, mistakes on standard error.
pub(super) fn clap_message(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked_for {
        return match to_stdout(&error.render().to_string()) {
            Ok(()) => ExitCode::Allowed,
            Err(_) => ExitCode::Undecided,
        };
    }
    to_stderr(&error.render().to_string());
    ExitCode::Usage
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn after_the_deadline_no_result_is_printed() {
        let global = crate::cli::Cli::parse_from(["portcullis", "man", "--quiet"]).global;
        let console = Console::new(&global).unwrap();
        assert_eq!(console.print_and_exit("", ExitCode::Allowed), ExitCode::Allowed);
        let late = Console::new(&global).unwrap();
        assert_eq!(
            late.timed_out("man", Duration::from_secs(1)),
            Some(ExitCode::Undecided)
        );
        assert_eq!(
            late.print_and_exit("result", ExitCode::Allowed),
            ExitCode::Undecided
        );
    }

    #[test]
    fn a_document_that_cannot_be_written_is_no_success() {
        let global = crate::cli::Cli::parse_from(["portcullis", "man", "--quiet"]).global;
        let console = Console::new(&global).unwrap();
        let unwritable = std::collections::BTreeMap::from([(vec![1], "a key that is a list")]);
        assert_eq!(
            console.print_json(&unwritable, ExitCode::Allowed),
            ExitCode::Undecided
        );
    }
}
