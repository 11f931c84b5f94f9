//! `portcullis verify`.

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use oci_spec::distribution::Reference;

use super::output::Console;
use super::pins::{Failure, PinArgs};
use super::progress::Progress;
use super::registry::{self, RegistryArgs};
use super::trust::TrustArgs;
use super::{Global, Problem, parse_duration, policy_file};
use crate::attestation::{PredicateType, SHORT_NAMES};
use crate::ops::verify::{Outcome, RegistryAccess, Request, Rules, assemble, verify};
use crate::policy::{Demand, DemandKind, FieldRules, Require, Written};
use crate::registry::PlatformChoice;
use crate::registry::client::Client;
use crate::report::{ExitCode, Origin, PolicyReport, Report, Verdict};
use crate::sigstore::Engine;
use crate::sigstore::trust::{TrustChoice, TrustMaterial};
use crate::subject::{PathKind, Platform, Subject};

/// Name of the command in its report.
const COMMAND: &str = "verify";
/// Most lines of a `--from-file` list.
const MAX_LISTED_SUBJECTS: usize = 1_000_000;
/// Most bytes of a `--from-file` list.
const MAX_LIST_BYTES: u64 = 256 << 20;

/// Arguments of `verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Images (registry/repository:tag), files, `-`, digests (sha256:<hex>), oci-layout:DIR[:tag|@digest]
    #[arg(value_name = "SUBJECT", required_unless_present = "from_file")]
    subjects: Vec<String>,
    /// Read more subjects from a file, one on each line; `-` is standard input
    #[arg(long, value_name = "LIST")]
    from_file: Option<PathBuf>,

    #[command(flatten)]
    pins: PinArgs,

    /// Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    bundle: Vec<PathBuf>,
    /// Image of an index to verify, for example linux/amd64
    #[arg(
        long,
        value_name = "OS/ARCH",
        help_heading = "Evidence",
        conflicts_with = "all_platforms"
    )]
    platform: Option<Platform>,
    /// Verify an index and every image in it
    #[arg(long, help_heading = "Evidence")]
    all_platforms: bool,
    /// Which of several candidates have to meet what is asked [default: any]
    #[arg(long, value_name = "RULE", help_heading = "Evidence")]
    require: Option<Require>,

    /// Demand an attestation of this type: a short name, a URI, or any; repeatable
    #[arg(long = "type", value_name = "TYPE", help_heading = "Attestations", value_parser = parse_type, long_help = type_help())]
    predicate_type: Vec<PredicateType>,
    /// Write the verified predicate of the newest accepted attestation
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    predicate_out: Option<PathBuf>,
    /// Oldest allowed evidence by verified time, for example 30d
    #[arg(long, value_name = "DURATION", help_heading = "Attestations", value_parser = parse_duration)]
    max_age: Option<Duration>,
    /// Exact builder id of SLSA provenance
    #[arg(
        long,
        value_name = "URI",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    builder_id: Option<String>,
    /// Exact source repository of SLSA provenance
    #[arg(
        long,
        value_name = "URL",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    source_repository: Option<String>,
    /// Exact source ref of SLSA provenance
    #[arg(
        long,
        value_name = "REF",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    source_ref: Option<String>,
    /// Commit that was audited (all of its hex digits); certificate and provenance have to name it
    #[arg(long, value_name = "SHA", help_heading = "Attestations", value_parser = parse_commit)]
    expect_commit: Option<String>,

    /// Policy file: who may sign what, and which attestations are demanded
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    policy: Option<PathBuf>,
    /// Digest that the policy file has to have, so that a change cannot edit its own judge
    #[arg(long, value_name = "DIGEST", help_heading = "Policy", requires = "policy")]
    policy_digest: Option<crate::subject::Digest>,
    /// Deny where there are warnings
    #[arg(long, help_heading = "Policy")]
    deny_warnings: bool,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Verifies signatures and attestations of images, files, digests and OCI layouts, and says who made them.

Everything that was asked for has to hold. With exit code 0, and only then, standard output has one line for each \
subject: `sha256:<hex>  path` for a file, the digest for a digest, and a reference by digest for an image.";

const EXAMPLES: &str = "\
Examples:
  An image in a registry; what is printed is the digest that was verified, and nothing unless it passed:
    image=$(portcullis verify ghcr.io/org/app:v1 --issuer https://token.actions.githubusercontent.com \\
        --identity https://github.com/org/app/.github/workflows/release.yml@refs/tags/v1)

  A release file, signed by a GitHub workflow on a version tag; its bundle lies beside it:
    portcullis verify app.tar.gz --issuer https://token.actions.githubusercontent.com \\
        --identity-regex 'https://github\\.com/org/app/\\.github/workflows/release\\.yml@refs/tags/v[0-9.]+'

  Build provenance of a wheel, in JSON, without network:
    portcullis verify app.whl --bundle app.whl.intoto.jsonl --type slsa-provenance --offline --format json \\
        --identity https://github.com/org/app/.github/workflows/build.yml@refs/heads/main \\
        --issuer https://token.actions.githubusercontent.com

  Every image of an index in an OCI layout, by the rules of a policy:
    portcullis verify oci-layout:image --all-platforms --policy portcullis.toml";

fn type_help() -> String {
    let names: Vec<&str> = SHORT_NAMES.iter().map(|(name, _)| *name).collect();
    format!(
        "Demand an attestation of this type, about exactly this artifact: a URI, `any`, or one of {}. Repeatable: all of \
         them are demanded",
        names.join(", ")
    )
}

fn parse_type(text: &str) -> Result<PredicateType, String> {
    PredicateType::parse(text).ok_or_else(|| {
        let nearest = SHORT_NAMES
            .iter()
            .max_by(|(a, _), (b, _)| strsim::jaro_winkler(a, text).total_cmp(&strsim::jaro_winkler(b, text)));
        let name = nearest.map_or("slsa-provenance", |(name, _)| name);
        format!("{text:?} is neither a short name nor a URI; did you mean {name}?")
    })
}

fn parse_commit(text: &str) -> Result<String, String> {
    let full = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if full {
        Ok(text.to_owned())
    } else {
        Err("a commit is given with all of its 40 or 64 hex digits".to_owned())
    }
}

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    let now = Timestamp::now();
    let plan = match Plan::new(&args, global) {
        Ok(plan) => plan,
        Err(Failure::Usage(problem)) => return console.fail(&problem),
        Err(Failure::Findings(findings)) => return console.finish(&Report::refused(COMMAND, now, findings)),
    };
    let trusted = args
        .trust
        .load(plan.trust.as_ref(), global, now)
        .and_then(|material| {
            let engine = Engine::new(material.root(), material.relaxations())?;
            Ok((material, engine))
        });
    let (trust, outcomes) = match &trusted {
        Ok((material, engine)) => (
            Ok(material),
            execute(&plan, &args, global, console, engine, now, material),
        ),
        Err(finding) => (Err(finding.clone()), Vec::new()),
    };
    let newest = outcomes
        .iter()
        .flat_map(|outcome| &outcome.predicates)
        .next_back()
        .cloned();
    let mut report = assemble(now, &plan.rules, trust, outcomes, args.deny_warnings);
    report.policy = plan.policy;
    if let (Some(path), Verdict::Allowed) = (&args.predicate_out, report.verdict)
        && let Err(problem) = write_predicate(path, &newest.unwrap_or_default())
    {
        return console.fail(&problem);
    }
    console.finish(&report)
}

fn execute(
    plan: &Plan,
    args: &Args,
    global: &Global,
    console: &Console,
    engine: &Engine,
    now: Timestamp,
    material: &TrustMaterial,
) -> Vec<Outcome> {
    let progress = Progress::new(console.shows_progress(), plan.total_bytes(), plan.subjects.len());
    let client = plan.client.as_ref();
    let open = client.map(|client| |reference: &Reference| client.open(reference));
    let request = Request {
        subjects: &plan.subjects,
        bundles: &args.bundle,
        platform: &plan.platform,
        registry: open.as_ref().map(|open| RegistryAccess {
            open,
            in_flight: registry::in_flight(global),
        }),
        rules: &plan.rules,
        jobs: global.jobs.unwrap_or_else(default_jobs),
        now,
        on_bytes: &|count| progress.bytes(count),
        on_subject: &|_| progress.subject(),
        public_log_url: &|log_id, index| public_log_url(material, log_id, index),
    };
    let outcomes = verify(&request, engine);
    progress.clear();
    if let Some(client) = client.filter(|_| global.verbose) {
        registry::tell_sources(client);
    }
    outcomes
}

fn default_jobs() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Log id of the public-good instance's Rekor v1 log, the only one with a public page for each entry.
const PUBLIC_GOOD_REKOR: &str = "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d";

fn public_log_url(material: &TrustMaterial, log_id: &str, index: u64) -> Option<String> {
    let public = material.report().name == "public-good" && log_id == PUBLIC_GOOD_REKOR;
    public.then(|| format!("https://search.sigstore.dev/?logIndex={index}"))
}

/// Everything that can be known to be wrong is known before a subject is examined.
struct Plan {
    subjects: Vec<(String, Subject)>,
    platform: PlatformChoice,
    rules: Rules,
    trust: Option<TrustChoice>,
    policy: Option<PolicyReport>,
    /// Where there are images in registries.
    client: Option<Client>,
}

impl Plan {
    fn new(args: &Args, global: &Global) -> Result<Self, Failure> {
        let (rules, trust, policy) = match &args.policy {
            Some(path) => args.policy(path)?,
            None => (Rules::Demands(args.demands()?), None, None),
        };
        let subjects = args.subjects()?;
        check_inputs(args, &subjects)?;
        let client = args
            .registry
            .client(&subjects, reads_stdin(args, &subjects) > 0, global)?;
        Ok(Self {
            subjects,
            client,
            platform: args.platform_choice(),
            rules,
            trust,
            policy,
        })
    }

    /// Bytes of the files that will be hashed, for progress.
    fn total_bytes(&self) -> u64 {
        self.subjects
            .iter()
            .filter_map(|(_, subject)| match subject {
                Subject::File(path) => std::fs::metadata(path).ok().map(|metadata| metadata.len()),
                _ => None,
            })
            .sum()
    }
}

impl Args {
    /// What the policy file says. A policy decides alone: a flag beside it that says who may sign or what is demanded
    /// is a contradiction, not an override.
    fn policy(&self, path: &Path) -> Result<(Rules, Option<TrustChoice>, Option<PolicyReport>), Failure> {
        let demanding = [
            ("--require", self.require.is_some()),
            ("--type", !self.predicate_type.is_empty()),
            ("--max-age", self.max_age.is_some()),
            ("--expect-commit", self.expect_commit.is_some()),
        ];
        let given = demanding
            .into_iter()
            .find_map(|(flag, given)| given.then_some(flag));
        if let Some(flag) = self.pins.first_flag().or(given) {
            return Err(
                Problem::usage(format!("{flag} cannot be given together with --policy"))
                    .help("the policy says who may sign and what is demanded; change it there")
                    .into(),
            );
        }
        let policy = policy_file::read(path, self.policy_digest.as_ref()).map_err(Failure::Findings)?;
        if policy.trust().is_some() && self.trust.choice().is_some() {
            return Err(Problem::usage("the policy names its trust root, and a flag names another").into());
        }
        let report = PolicyReport {
            path: path.display().to_string(),
            digest: policy.digest().clone(),
            pinned: self.policy_digest.is_some(),
        };
        let trust = policy.trust().cloned();
        Ok((Rules::Policy(Box::new(policy)), trust, Some(report)))
    }

    fn demands(&self) -> Result<Vec<Demand>, Failure> {
        let pins = self.pins.pins()?;
        let fields = FieldRules {
            builder_id: written("--builder-id", self.builder_id.as_ref()),
            source_repository: written("--source-repository", self.source_repository.as_ref()),
            source_ref: written("--source-ref", self.source_ref.as_ref()),
            commit: written("--expect-commit", self.expect_commit.as_ref()),
        };
        let kinds: Vec<DemandKind> = match self.predicate_type.as_slice() {
            [] => vec![DemandKind::Signature],
            types => types.iter().cloned().map(DemandKind::Attestation).collect(),
        };
        let demand = |kind| Demand {
            require: self.require.unwrap_or_default(),
            max_age: written("--max-age", self.max_age.as_ref()),
            fields: fields.clone(),
            ..Demand::new(kind, pins.clone())
        };
        Ok(kinds.into_iter().map(demand).collect())
    }

    fn platform_choice(&self) -> PlatformChoice {
        match (&self.platform, self.all_platforms) {
            (Some(platform), _) => PlatformChoice::One(platform.clone()),
            (None, true) => PlatformChoice::All,
            (None, false) => PlatformChoice::AsIs,
        }
    }

    /// Every subject that was named, by argument and by list.
    fn subjects(&self) -> Result<Vec<(String, Subject)>, Failure> {
        let mut texts = self.subjects.clone();
        if let Some(list) = &self.from_file {
            texts.extend(read_list(list)?);
        }
        if texts.is_empty() {
            return Err(Problem::usage("the list names no subjects, and nothing is never allowed").into());
        }
        let parse = |text: String| match Subject::parse(&text, path_kind) {
            Ok(subject) => Ok((text, subject)),
            Err(error) => Err(Failure::from(Problem::usage(error.to_string()))),
        };
        texts.into_iter().map(parse).collect()
    }
}

fn written<T: Clone>(flag: &str, value: Option<&T>) -> Option<Written<T>> {
    value.map(|value| Written {
        value: value.clone(),
        origin: Origin::flag(flag),
    })
}

fn path_kind(path: &Path) -> PathKind {
    match std::fs::metadata(path) {
        Err(_) => PathKind::Missing,
        Ok(metadata) if !metadata.is_dir() => PathKind::File,
        Ok(_) if path.join("oci-layout").is_file() => PathKind::Layout,
        Ok(_) => PathKind::Directory,
    }
}

/// How many inputs are standard input.
fn reads_stdin(args: &Args, subjects: &[(String, Subject)]) -> usize {
    let is_stdin = |(_, subject): &&(String, Subject)| *subject == Subject::Stdin;
    let list_is_stdin = args.from_file.as_deref() == Some(Path::new("-"));
    subjects.iter().filter(is_stdin).count() + usize::from(list_is_stdin)
}

/// Inputs that do not go together, or that are not there.
fn check_inputs(args: &Args, subjects: &[(String, Subject)]) -> Result<(), Problem> {
    if reads_stdin(args, subjects) > 1 {
        return Err(Problem::usage("standard input can be read only once"));
    }
    if let Some(missing) = args.bundle.iter().find(|path| !path.exists()) {
        return Err(
            Problem::usage(format!("no such file: {}", missing.display())).help("--bundle names a file")
        );
    }
    let homeless = subjects
        .iter()
        .find(|(_, subject)| matches!(subject, Subject::Stdin | Subject::Digest(_)));
    if let (Some((text, _)), true) = (homeless, args.bundle.is_empty()) {
        return Err(
            Problem::usage(format!("{text} has no place to look for evidence in"))
                .help("name its bundle with --bundle FILE"),
        );
    }
    let is_image = |subject: &Subject| matches!(subject, Subject::Layout { .. } | Subject::Image(_));
    let picks_images = args.platform.is_some() || args.all_platforms;
    if picks_images && !subjects.iter().any(|(_, subject)| is_image(subject)) {
        return Err(Problem::usage(
            "--platform and --all-platforms are for images, and no subject is one",
        ));
    }
    if args.predicate_out.is_some() && subjects.len() != 1 {
        return Err(Problem::usage("--predicate-out takes exactly one subject"));
    }
    Ok(())
}

fn read_list(path: &Path) -> Result<Vec<String>, Problem> {
    let problem = |error: std::io::Error| Problem::usage(format!("{}: {error}", path.display()));
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MAX_LIST_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(problem)?;
    } else {
        let file = std::fs::File::open(path).map_err(problem)?;
        file.take(MAX_LIST_BYTES + 1)
            .read_to_string(&mut text)
            .map_err(problem)?;
    }
    // Lines are taken as they are, but for the line end: a file name may begin or end with a space.
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if text.len() as u64 > MAX_LIST_BYTES || lines.len() > MAX_LISTED_SUBJECTS {
        return Err(Problem::usage(format!(
            "{}: more than {MAX_LISTED_SUBJECTS} subjects",
            path.display()
        )));
    }
    Ok(lines)
}

fn write_predicate(path: &Path, predicate: &str) -> Result<(), Problem> {
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(path)?;
        std::io::Write::write_all(&mut file, predicate.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| Problem::undecided(format!("{}: cannot write: {error}", path.display())))
}
