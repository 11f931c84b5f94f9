//! `portcullis policy`: check, init, explain.

use std::path::PathBuf;

use jiff::Timestamp;

use super::Problem;
use super::output::Console;
use super::pins::Failure;
use super::sbom;
use crate::ops::{policy_file, sbom_check};
use crate::policy::{Policy, TEMPLATE};
use crate::report::{Code, ExitCode, Finding, Origin, PolicyReport, Report, visible};
use crate::sigstore::certificate::SanKind;
use crate::sigstore::pin::{Explanation, IdentityRule, Pin, TextRule, explain};
use crate::subject::Digest;

/// Arguments of `policy`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Every mistake in a policy file at once, and what is wider than it looks
    Check(Check),
    /// Write a commented starting policy
    Init(Init),
    /// Show which identities a pattern or an exact identity accepts
    Explain(Explain),
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  portcullis policy check portcullis.toml --deny-warnings --format github\n  portcullis policy check portcullis.toml --against app.cdx.json --against web.spdx.json"
)]
struct Check {
    /// The policy file
    file: PathBuf,
    /// Digest that the file has to have
    #[arg(long, value_name = "DIGEST")]
    policy_digest: Option<Digest>,
    /// SBOM to hold the policy against, repeatable: tells which entries of [sbom] nothing in them is met by. Not verified
    #[arg(long, value_name = "SBOM")]
    against: Vec<PathBuf>,
    /// Fail where there are warnings
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  portcullis policy init\n  portcullis policy init - | less")]
struct Init {
    /// File to write, which must not exist; `-` is standard output
    #[arg(default_value = "portcullis.toml")]
    file: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  portcullis policy explain --identity-regex 'https://github\\.com/org/[^/]+/\\.github/workflows/release\\.yml@refs/tags/v.*' \\
      --san https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1.0.0

The exit code is 0 when every given identity is accepted, 1 when one is not.")]
struct Explain {
    /// Pattern for the whole identity
    #[arg(
        long,
        value_name = "REGEX",
        visible_alias = "certificate-identity-regexp",
        required_unless_present = "identity"
    )]
    identity_regex: Option<String>,
    /// Exact identity
    #[arg(
        long,
        value_name = "SAN",
        visible_alias = "certificate-identity",
        conflicts_with = "identity_regex"
    )]
    identity: Option<String>,
    /// Kind of identity, where the text does not tell
    #[arg(long, value_name = "KIND", value_parser = ["email", "uri", "other-name"])]
    identity_kind: Option<String>,
    /// An identity to try, repeatable
    #[arg(long, value_name = "SAN")]
    san: Vec<String>,
}

impl Args {
    /// Whether the command makes a report.
    pub(super) fn is_check(&self) -> bool {
        matches!(self.command, Command::Check(_))
    }

    /// Whether the command's answer can be JSON.
    pub(super) fn is_explain(&self) -> bool {
        matches!(self.command, Command::Explain(_))
    }
}

pub(super) fn run(args: Args, console: &Console) -> ExitCode {
    match args.command {
        Command::Check(args) => check(&args, console),
        Command::Init(args) => init(&args, console),
        Command::Explain(args) => match rule(&args) {
            Ok(rule) => show(&explain(&rule, &args.san), console),
            Err(problem) => console.fail(&problem),
        },
    }
}

fn check(args: &Check, console: &Console) -> ExitCode {
    let now = Timestamp::now();
    let named_by = Origin::flag("FILE");
    let policy = match policy_file::read(&args.file, args.policy_digest.as_ref(), &named_by) {
        Ok(file) => file.policy,
        Err(findings) => return console.finish(&Report::refused("policy check", now, findings)),
    };
    let mut report = Report::new("policy check", now);
    report.policy = Some(PolicyReport {
        path: args.file.display().to_string(),
        digest: policy.digest().clone(),
        pinned: args.policy_digest.is_some(),
    });
    report.pins = policy.pins().iter().map(Pin::report).collect();
    report.findings = policy.warnings().to_vec();
    if let Some(rules) = policy.sbom() {
        report
            .findings
            .extend(crate::policy::review(rules, sbom_check::today(now)));
    }
    if !args.against.is_empty() {
        match against(args, &policy) {
            Ok(findings) => report.findings.extend(findings),
            Err(Failure::Findings(findings)) => report.findings.extend(findings),
            Err(Failure::Usage(problem)) => return console.fail(&problem),
        }
    }
    report.conclude_check(args.deny_warnings);
    let code = console.finish(&report);
    if code != ExitCode::Allowed || console.has_machine_output() {
        return code;
    }
    // The line that --policy-digest wants.
    console.print_and_exit(&format!("{}  {}\n", policy.digest(), args.file.display()), code)
}

/// The entries of the policy that the SBOMs have no use for.
fn against(args: &Check, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    let rules = policy.sbom().ok_or_else(|| {
        Finding::new(Code::PolicyInvalid, "the policy has no [sbom] table")
            .origin(&Origin::flag("--against"))
            .help("add [sbom], and under it what may be in the artifact")
    })?;
    Ok(sbom::with_documents(&args.against, |documents| {
        sbom_check::unused_rules(rules, documents)
    })?)
}

fn init(args: &Init, console: &Console) -> ExitCode {
    if args.file.as_os_str() == "-" {
        return console.print_and_exit(TEMPLATE, ExitCode::Allowed);
    }
    let path = args.file.display();
    let written = std::fs::File::create_new(&args.file)
        .and_then(|mut file| std::io::Write::write_all(&mut file, TEMPLATE.as_bytes()));
    match written {
        Ok(()) => console.print_and_exit(&format!("{path}\n"), ExitCode::Allowed),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => console.fail(&Problem::usage(
            format!("{path} is there already, and nothing is overwritten"),
        )),
        Err(error) => console.fail(&Problem::undecided(format!("{path}: {error}"))),
    }
}

fn rule(args: &Explain) -> Result<IdentityRule, Problem> {
    let kind = args
        .identity_kind
        .as_deref()
        .map(|kind| {
            kind.parse::<SanKind>()
                .map_err(|error| Problem::usage(error.to_string()))
        })
        .transpose()?;
    let (text, flag) = match (&args.identity_regex, &args.identity) {
        (Some(pattern), _) => (
            TextRule::pattern(pattern)
                .map_err(|error| Problem::usage(format!("--identity-regex: {error}")))?,
            "--identity-regex",
        ),
        (None, Some(identity)) => (TextRule::exact(identity), "--identity"),
        (None, None) => return Err(Problem::usage("give --identity-regex or --identity")),
    };
    IdentityRule::new(text, kind, Origin::flag(flag))
        .map_err(|error| Problem::usage(error.to_string()).help("add --identity-kind"))
}

fn show(explanation: &Explanation, console: &Console) -> ExitCode {
    let code = match explanation.samples.iter().all(|sample| sample.accepted) {
        true => ExitCode::Allowed,
        false => ExitCode::Denied,
    };
    let text = if console.wants_json() {
        serde_json::to_string_pretty(explanation).unwrap_or_default()
    } else {
        lines(explanation).join("\n")
    };
    console.print_and_exit(&(text + "\n"), code)
}

fn lines(explanation: &Explanation) -> Vec<String> {
    let mut lines = vec![format!(
        "{} identity: {}",
        explanation.kind,
        visible(&explanation.rule)
    )];
    let mark = |accepted: bool| if accepted { "accepts" } else { "refuses" };
    for sample in &explanation.samples {
        lines.push(format!("{}  {}", mark(sample.accepted), visible(&sample.value)));
        lines.extend(sample.findings.iter().map(reason));
    }
    if !explanation.probes.is_empty() {
        lines.push(String::new());
        lines.push("look-alikes:".to_owned());
    }
    for probe in &explanation.probes {
        lines.push(format!(
            "{}  {}  ({})",
            mark(probe.accepted),
            visible(&probe.value),
            probe.change
        ));
    }
    for warning in &explanation.warnings {
        lines.push(String::new());
        lines.push(format!(
            "warning: {}: {}",
            warning.code,
            visible(&warning.message)
        ));
        lines.extend(
            warning
                .found
                .iter()
                .map(|found| format!("  lets in  {}", visible(found))),
        );
        lines.extend(warning.help.iter().map(|help| format!("  next     {help}")));
    }
    lines
}

fn reason(finding: &Finding) -> String {
    format!("         {}: {}", finding.code, visible(&finding.message))
}
