//! `portcullis gate decisions`: reads the data directory, whether the gate runs or not.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use super::{Code, Console, ExitCode, Finding, Origin};
use crate::cli::Problem;
use crate::gate::config::data_folder;
use crate::gate::record::{Decision, Entry, Record};
use crate::gate::{Book, EventId, EventState, EventStatus, MAX_READ, Ruling};
use crate::report::visible;
use crate::subject::Digest;

/// How often is looked for new records.
const LOOK: Duration = Duration::from_millis(300);

const EXAMPLES: &str = "\
Examples:
  portcullis gate decisions list --config gate.toml
  portcullis gate decisions list --undecided --config gate.toml
  portcullis gate decisions show 42 --config gate.toml
  portcullis gate decisions follow --config gate.toml
  portcullis gate decisions verify --config gate.toml --expect sha256:…";

/// Arguments of `gate decisions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The last records, the newest first
    List(List),
    /// One event: where it is in its life, and everything that was recorded about it
    Show(Show),
    /// Every new record as one line of JSON, until you end it
    Follow(Follow),
    /// Check the whole chain of records, and print the last hash
    Verify(Verify),
}

/// Where the gate keeps its state.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct DataArgs {
    /// Configuration of the gate, which names its data directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data directory of the gate
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    data: DataArgs,
    /// Events that wait or are dead instead, the oldest first
    #[arg(long)]
    undecided: bool,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

#[derive(Debug, clap::Args)]
struct Show {
    /// Number of the event, as the gate answered it
    #[arg(value_name = "EVENT")]
    event: EventId,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, clap::Args)]
struct Follow {
    #[command(flatten)]
    data: DataArgs,
    /// Begin after the record of this number instead of the last
    #[arg(long, value_name = "N")]
    after: Option<i64>,
}

#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    data: DataArgs,
    /// A hash that was noted earlier, which has to be among the records
    #[arg(long, value_name = "DIGEST")]
    expect: Option<Digest>,
}

impl Args {
    pub(super) fn is_endless(&self) -> bool {
        matches!(self.command, Command::Follow(_))
    }

    pub(super) fn has_json(&self) -> bool {
        !self.is_endless()
    }
}

impl DataArgs {
    /// The data directory. Of the configuration only that is read, so that a broken one keeps nobody from looking.
    pub(super) fn folder(&self) -> Result<PathBuf, Problem> {
        match (&self.data, &self.config) {
            (Some(folder), _) => Ok(folder.clone()),
            (None, Some(config)) => data_folder(config).map_err(|findings| first(&findings)),
            (None, None) => Err(Problem::usage(
                "name the configuration with --config, or the folder with --data",
            )),
        }
    }

    fn book(&self) -> Result<Book, Problem> {
        Book::open(&self.folder()?).map_err(|error| Problem::finding(&error.finding()))
    }
}

fn first(findings: &[Finding]) -> Problem {
    let unknown = || Problem::configuration("the configuration cannot be read");
    findings.first().map_or_else(unknown, Problem::finding)
}

pub(super) fn run(args: &Args, console: &Console) -> ExitCode {
    let done = match &args.command {
        Command::List(args) => list(args, console),
        Command::Show(args) => show(args, console),
        Command::Follow(args) => follow(args, console),
        Command::Verify(args) => verify(args, console),
    };
    done.unwrap_or_else(|problem| console.fail(&problem))
}

fn unreadable(error: impl std::fmt::Display) -> Problem {
    Problem::undecided(error.to_string())
}

fn list(args: &List, console: &Console) -> Result<ExitCode, Problem> {
    let book = args.data.book()?;
    let limit = usize::from(args.limit);
    if args.undecided {
        let events = book.undecided(limit).map_err(unreadable)?;
        return Ok(match console.wants_json() {
            true => console.print_json(&events, ExitCode::Allowed),
            false => console.print_and_exit(&lines(&events, event_line), ExitCode::Allowed),
        });
    }
    let records = book.before(i64::MAX, limit).map_err(unreadable)?;
    Ok(match console.wants_json() {
        true => console.print_json(&records, ExitCode::Allowed),
        false => console.print_and_exit(&lines(&records, record_line), ExitCode::Allowed),
    })
}

fn lines<T>(items: &[T], line: impl Fn(&T) -> String) -> String {
    items
        .iter()
        .map(|item| format!("{}\n", visible(&line(item))))
        .collect()
}

fn show(args: &Show, console: &Console) -> Result<ExitCode, Problem> {
    let book = args.data.book()?;
    let status = book.status(args.event).map_err(unreadable)?;
    let Some(status) = status else {
        return Err(Problem::denied(format!("there is no event {}", args.event)));
    };
    let records = book.of_event(args.event).map_err(unreadable)?;
    if console.wants_json() {
        let document = serde_json::json!({ "status": status, "records": records });
        return Ok(console.print_json(&document, ExitCode::Allowed));
    }
    let mut text = lines(&[status], event_line);
    for record in &records {
        text.push_str(&lines(std::slice::from_ref(record), record_line));
        if let Entry::Decision(decision) = &record.entry {
            text.push_str(&lines(&details(decision), String::clone));
        }
    }
    Ok(console.print_and_exit(&text, ExitCode::Allowed))
}

fn follow(args: &Follow, console: &Console) -> Result<ExitCode, Problem> {
    let book = args.data.book()?;
    let newest = || book.before(i64::MAX, 1).map_err(unreadable);
    let mut last = match args.after {
        Some(number) => number,
        None => newest()?.first().map_or(0, |record| record.number),
    };
    loop {
        let records = book.after(last, MAX_READ).map_err(unreadable)?;
        for record in &records {
            let line = serde_json::to_string(record).map_err(unreadable)?;
            console.print(&format!("{line}\n"))?;
            last = record.number;
        }
        if records.is_empty() {
            std::thread::sleep(LOOK);
        }
    }
}

fn verify(args: &Verify, console: &Console) -> Result<ExitCode, Problem> {
    let book = args.data.book()?;
    let (count, hash) = book
        .verify()
        .map_err(|broken| Problem::denied(broken.to_string()))?;
    if let Some(expected) = &args.expect
        && !book.has(expected).map_err(unreadable)?
    {
        let finding = Finding::new(
            Code::GateDataUnusable,
            format!("no record has the hash {expected}"),
        )
        .origin(&Origin::flag("--expect"))
        .help(
            "the records were cut off or replaced since it was noted: keep a copy for whoever looks into it",
        );
        return Err(Problem::finding(&finding));
    }
    if console.wants_json() {
        let document = serde_json::json!({ "records": count, "hash": hash });
        return Ok(console.print_json(&document, ExitCode::Allowed));
    }
    Ok(console.print_and_exit(&format!("{hash}  {count} records\n"), ExitCode::Allowed))
}

fn event_line(status: &EventStatus) -> String {
    let state = match status.state {
        EventState::Waiting => "waiting",
        EventState::Decided => "decided",
        EventState::Dead => "dead",
    };
    let mut line = format!(
        "event {}  {}  {state}  {}  by {}  attempts {}",
        status.event, status.received, status.reference, status.caller, status.attempts
    );
    if let (Some(due), Some(why)) = (status.due, &status.why) {
        let _ = write!(line, "  next {due}: {why}");
    }
    line
}

fn record_line(record: &Record) -> String {
    let (number, event) = (record.number, record.entry.event());
    match &record.entry {
        Entry::Decision(decision) => {
            let digest = decision.digest.as_ref().map_or_else(
                || decision.reference.clone(),
                |digest| format!("{}@{digest}", decision.repository),
            );
            let cached = if decision.cached { "  cached" } else { "" };
            let rollback = if decision.rollback_from.is_some() {
                "  rollback"
            } else {
                ""
            };
            let route = decision.route.as_deref().unwrap_or("no route");
            format!(
                "{number}  event {event}  {}  {}  {digest}  {route}{cached}{rollback}",
                decision.time,
                words(&decision.ruling)
            )
        }
        Entry::Firing(firing) => {
            format!(
                "{number}  event {event}  {}  trigger {} begins, attempt {}",
                firing.time, firing.trigger, firing.attempt
            )
        }
        Entry::Fired(firing) => {
            let result = firing.result.map_or("", |outcome| outcome.name());
            let detail = firing.detail.as_deref().unwrap_or_default();
            format!(
                "{number}  event {event}  {}  trigger {} {result}: {detail}",
                firing.time, firing.trigger
            )
        }
        Entry::Replayed(replayed) => format!("{number}  event {event}  {}  replayed", replayed.time),
    }
}

fn words(ruling: &Ruling) -> &'static str {
    match ruling {
        Ruling::Allowed(_) => "allowed",
        Ruling::Denied => "denied",
        Ruling::NoEvidence => "no evidence",
        Ruling::Undecided => "undecided",
    }
}

/// What a decision rests on, and what was found.
fn details(decision: &Decision) -> Vec<String> {
    let mut lines = Vec::new();
    if let Ruling::Allowed(proof) = &decision.ruling {
        lines.extend(proof.signers.iter().map(|signer| {
            let issuer = signer.issuer.as_deref().unwrap_or("a key");
            format!("    signed by {} ({issuer})", signer.identity)
        }));
        lines.extend(
            proof
                .logs
                .iter()
                .map(|entry| format!("    logged in {} at {}", entry.log, entry.index)),
        );
        lines.extend(proof.sboms.iter().map(|sbom| format!("    SBOM {sbom}")));
    }
    lines.extend(
        decision
            .rollback_from
            .iter()
            .map(|digest| format!("    rolls back from {digest}")),
    );
    lines.extend(
        decision
            .findings
            .iter()
            .map(|note| format!("    {}: {}", note.code, note.message)),
    );
    lines
}
