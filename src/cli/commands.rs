//! The commands, and which function runs each.

use super::output::{Console, Target};
use super::{
    Cli, Global, Problem, attest, build, completions, conformance, explain, gate, generate, inspect, key,
    load, pin, policy, save, sbom, sbom_check, sign, trust, verify,
};
use crate::report::ExitCode;

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Verify signatures and attestations of images, files, digests and OCI layouts
    #[command(long_about = verify::LONG_ABOUT)]
    Verify(Box<verify::Args>),
    /// Sign images and files
    #[command(long_about = sign::LONG_ABOUT)]
    Sign(Box<sign::Args>),
    /// Sign a statement about images and files: an SBOM, provenance, a scan
    #[command(long_about = attest::LONG_ABOUT)]
    Attest(Box<attest::Args>),
    /// Decide what an artifact is made of, by its attested SBOMs
    #[command(long_about = sbom_check::LONG_ABOUT)]
    SbomCheck(Box<sbom_check::Args>),
    /// Compare SBOMs, make them smaller, suggest an allow-list
    Sbom(sbom::Args),
    /// Verify every image of deployment files, and put digests in
    #[command(long_about = pin::LONG_ABOUT)]
    Pin(Box<pin::Args>),
    /// Show everything attached to a subject, unverified
    #[command(long_about = inspect::LONG_ABOUT)]
    Inspect(Box<inspect::Args>),
    /// Save an image with all its evidence to an OCI layout
    #[command(long_about = save::LONG_ABOUT)]
    Save(Box<save::Args>),
    /// Push an image with all its evidence to a registry
    #[command(long_about = load::LONG_ABOUT)]
    Load(Box<load::Args>),
    /// Let deployments begin only for what was verified
    Gate(gate::Args),
    /// What a build says of itself: variables for its deployment
    Build(build::Args),
    /// Make private keys, import them, print their public keys
    Key(key::Args),
    /// Lint a policy, write a starting one, show what a pattern accepts
    Policy(policy::Args),
    /// Show, refresh and check the trust roots in use
    Trust(trust::Args),
    /// The long form of a diagnostic code
    Explain(explain::Args),
    /// Print shell completions
    Completions(completions::Args),
    /// Print the man page
    Man(completions::ManArgs),
    /// Sigstore client conformance protocol
    #[command(hide = true)]
    Conformance(conformance::Args),
    /// Write or check the generated files of the repository
    #[command(hide = true)]
    Generate(generate::Args),
}

impl Command {
    /// Name of the command in a report.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Verify(_) => "verify",
            Self::Pin(_) => "pin",
            Self::SbomCheck(_) => "sbom-check",
            Self::Save(_) => "save",
            Self::Load(_) => "load",
            Self::Inspect(_) => "inspect",
            Self::Sign(_) => "sign",
            Self::Attest(_) => "attest",
            Self::Key(_) => "key",
            Self::Gate(_) => "gate",
            Self::Build(_) => "build",
            Self::Sbom(_) => "sbom",
            Self::Policy(_) => "policy",
            Self::Trust(_) => "trust",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            Self::Conformance(_) => "conformance",
            Self::Generate(_) => "generate",
        }
    }
}

impl Command {
    /// Whether it runs until somebody ends it, so that no time is set for the run.
    pub(super) fn is_endless(&self) -> bool {
        matches!(self, Self::Gate(args) if args.is_endless())
    }
}

/// Which of the global options mean something to a command. One that does not is refused, never ignored.
struct Uses {
    /// Findings about subjects or a policy: every format, files, `--quiet` and `--verbose`.
    report: bool,
    /// An answer that can also be printed as JSON.
    json: bool,
    /// `--verbose`, for commands without findings.
    verbose: bool,
    /// `--jobs`.
    jobs: bool,
    /// `--offline`.
    offline: bool,
}

impl Command {
    fn uses(&self) -> Uses {
        let nothing = Uses {
            report: false,
            json: false,
            verbose: false,
            jobs: false,
            offline: false,
        };
        match self {
            Self::Verify(_) | Self::Pin(_) | Self::SbomCheck(_) => Uses {
                report: true,
                json: true,
                jobs: true,
                offline: true,
                ..nothing
            },
            Self::Inspect(_) | Self::Save(_) | Self::Load(_) => Uses {
                json: true,
                jobs: true,
                offline: true,
                ..nothing
            },
            Self::Sign(_) | Self::Attest(_) => Uses {
                json: true,
                verbose: true,
                ..nothing
            },
            Self::Gate(args) if args.is_check() => Uses {
                report: true,
                json: true,
                ..nothing
            },
            Self::Gate(args) => Uses {
                json: args.has_json(),
                ..nothing
            },
            Self::Policy(args) if args.is_check() => Uses {
                report: true,
                json: true,
                ..nothing
            },
            Self::Policy(args) => Uses {
                json: args.is_explain(),
                ..nothing
            },
            Self::Sbom(args) => Uses {
                json: args.is_diff(),
                ..nothing
            },
            Self::Trust(_) => Uses {
                json: true,
                offline: true,
                ..nothing
            },
            Self::Key(_)
            | Self::Build(_)
            | Self::Explain(_)
            | Self::Completions(_)
            | Self::Man(_)
            | Self::Conformance(_)
            | Self::Generate(_) => nothing,
        }
    }

    /// Refuses global options that the command has no use for.
    pub(super) fn check(&self, global: &Global) -> Result<(), Problem> {
        let uses = self.uses();
        let json_only = global.format.iter().all(Target::is_json_on_stdout) && uses.json;
        let idle = [
            (
                "--format",
                !global.format.is_empty() && !uses.report && !json_only,
            ),
            ("--output", global.output.is_some() && !uses.report),
            ("--quiet", global.quiet && !uses.report),
            ("--verbose", global.verbose && !uses.report && !uses.verbose),
            ("--jobs", global.jobs.is_some() && !uses.jobs),
            ("--offline", global.offline && !uses.offline),
        ];
        match idle.into_iter().find(|(_, idle)| *idle) {
            Some(("--format", _)) if uses.json => Err(Problem::usage(
                "this command prints text, or JSON with --format json",
            )),
            Some((flag, _)) => Err(Problem::usage(format!(
                "{flag} means nothing to portcullis {}",
                self.name()
            ))),
            None => Ok(()),
        }
    }
}

/// Runs the command.
pub(super) fn dispatch(cli: Cli, console: &Console) -> ExitCode {
    let global = cli.global;
    match cli.command {
        Command::Verify(args) => verify::run(*args, &global, console),
        Command::Pin(args) => pin::run(*args, &global, console),
        Command::SbomCheck(args) => sbom_check::run(&args, &global, console),
        Command::Save(args) => save::run(&args, &global, console),
        Command::Load(args) => load::run(&args, &global, console),
        Command::Inspect(args) => inspect::run(&args, &global, console),
        Command::Key(args) => key::run(args, console),
        Command::Gate(args) => gate::run(&args, &global, console),
        Command::Build(args) => build::run(&args, console),
        Command::Sign(args) => sign::run(*args, &global, console),
        Command::Sbom(args) => sbom::run(&args, console),
        Command::Attest(args) => attest::run(&args, &global, console),
        Command::Policy(args) => policy::run(args, console),
        Command::Trust(args) => trust::run(args, &global, console),
        Command::Explain(args) => explain::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
        Command::Man(args) => completions::run_man(&args, console),
        Command::Conformance(args) => conformance::run(args, &global, console),
        Command::Generate(args) => generate::run(&args, console),
    }
}
