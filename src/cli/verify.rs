//! `portcullis verify`.

use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::examine::Examination;
use super::output::{Console, write_file};
use super::pins::Failure;
use super::registry::RegistryArgs;
use super::rules::{Asked, RuleArgs};
use super::trust::TrustArgs;
use super::verify_summary::{SummaryArgs, Surroundings};
use super::{Global, Problem};
use crate::ops::verify::{Rules, assemble};
use crate::registry::PlatformChoice;
use crate::registry::client::Client;
use crate::report::{ExitCode, PolicyReport, Report, Verdict};
use crate::sigstore::trust::TrustChoice;
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
    /// Images (registry/repository:tag), files, directories, `-`, digests (sha256:<hex>), oci-layout:DIR[:tag|@digest]
    #[arg(value_name = "SUBJECT", required_unless_present = "from_file")]
    subjects: Vec<String>,
    /// Read more subjects from a file, one on each line, # begins a comment; `-` is standard input
    #[arg(long, value_name = "LIST")]
    from_file: Option<PathBuf>,

    #[command(flatten)]
    rules: RuleArgs,

    /// Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    bundle: Vec<PathBuf>,
    /// Name in a directory that does not count, repeatable; for example .git. Bundles that are named never count
    #[arg(long, value_name = "NAME", help_heading = "Evidence")]
    ignore: Vec<String>,
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

    /// Write the verified predicate of the newest accepted attestation
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Attestations",
        requires = "predicate_type"
    )]
    predicate_out: Option<PathBuf>,
    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    registry: RegistryArgs,

    #[command(flatten)]
    summary: SummaryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Verifies signatures and attestations of images, files, directories, digests and OCI layouts, and says who made them.

A directory is what was signed when every file of it is: none missing, none changed, none added. \
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

  By a policy, leaving a signed verification summary with the image for those who rely on this verifier:
    portcullis verify ghcr.io/org/app:v1 --policy portcullis.toml --attach-vsa --vsa-verifier https://verifier.example.com

  Every image of an index in an OCI layout, by the rules of a policy:
    portcullis verify oci-layout:image --all-platforms --policy portcullis.toml";

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    let now = Timestamp::now();
    let plan = match Plan::new(&args, global) {
        Ok(plan) => plan,
        Err(Failure::Usage(problem)) => return console.fail(&problem),
        Err(Failure::Findings(findings)) => return console.finish(&Report::refused(COMMAND, now, findings)),
    };
    let examination = Examination {
        subjects: &plan.subjects,
        bundles: &args.bundle,
        platform: &plan.platform,
        rules: &plan.rules,
        client: plan.client.as_ref(),
        bytes: plan.total_bytes(),
    };
    let (trust, outcomes) = examination.run(&args.trust, plan.trust.as_ref(), global, console, now);
    let trust = trust.as_ref().map_err(Clone::clone);
    let newest = outcomes
        .iter()
        .flat_map(|outcome| &outcome.predicates)
        .next_back()
        .cloned();
    let mut report = assemble(now, &plan.rules, trust, outcomes, args.rules.deny_warnings());
    report.policy = plan.policy;
    if let (Some(path), Verdict::Allowed) = (&args.predicate_out, report.verdict)
        && let Err(problem) = write_predicate(path, &newest.unwrap_or_default())
    {
        return console.fail(&problem);
    }
    if args.summary.is_asked() && report.verdict == Verdict::Allowed {
        let signed = args.summary.sign(&Surroundings {
            report: &report,
            trust: &args.trust,
            from_policy: plan.trust.as_ref(),
            client: plan.client.as_ref(),
            allow_http: args.registry.allow_http(),
            global,
            console,
        });
        match signed {
            Ok(signed) => {
                let code = console.finish(&report);
                console.tell(&signed.lines());
                return code;
            }
            Err(Failure::Usage(problem)) => return console.fail(&problem),
            // Without its summary the run did not do what it was asked to.
            Err(Failure::Findings(findings)) => report.fail(findings),
        }
    }
    console.finish(&report)
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
        let Asked { rules, trust, policy } = args.rules.asked(&args.trust)?;
        let subjects = args.subjects()?;
        check_inputs(args, &subjects)?;
        let one = subjects.len() == 1 && !args.all_platforms;
        args.summary.check(&subjects, one, global)?;
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
        Ok(ignoring(parse_subjects(texts)?, &self.ignore)?)
    }
}

/// What each text means.
pub(super) fn parse_subjects(texts: Vec<String>) -> Result<Vec<(String, Subject)>, Problem> {
    let parse = |text: String| match Subject::parse(&text, path_kind) {
        Ok(subject) => Ok((text, subject)),
        Err(error) => Err(Problem::usage(error.to_string())),
    };
    texts.into_iter().map(parse).collect()
}

/// The directories among the subjects without what is to be ignored in them.
fn ignoring(
    mut subjects: Vec<(String, Subject)>,
    names: &[String],
) -> Result<Vec<(String, Subject)>, Problem> {
    let mut directories = 0_usize;
    for (_, subject) in &mut subjects {
        if let Subject::Directory { ignored, .. } = subject {
            directories = directories.saturating_add(1);
            ignored.extend_from_slice(names);
        }
    }
    match (directories, names) {
        (0, [_, ..]) => Err(Problem::usage(
            "--ignore is for directories, and no subject is one",
        )),
        _ => Ok(subjects),
    }
}

pub(super) fn path_kind(path: &Path) -> PathKind {
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
    subjects.iter().filter(is_stdin).count() + usize::from(list_is_stdin) + args.summary.stdin_readers()
}

/// Inputs that do not go together, or that are not there.
fn check_inputs(args: &Args, subjects: &[(String, Subject)]) -> Result<(), Problem> {
    if reads_stdin(args, subjects) > 1 {
        return Err(Problem::usage("standard input can be read only once"));
    }
    check_bundles(&args.bundle, subjects)?;
    let picks_images = args.platform.is_some() || args.all_platforms;
    if picks_images && !subjects.iter().any(|(_, subject)| is_image(subject)) {
        return Err(Problem::usage(
            "--platform and --all-platforms are for images, and no subject is one",
        ));
    }
    if args.predicate_out.is_some() && (subjects.len() != 1 || args.all_platforms) {
        return Err(Problem::usage("--predicate-out takes exactly one subject"));
    }
    Ok(())
}

/// Whether a subject is an image, wherever it is kept.
pub(super) fn is_image(subject: &Subject) -> bool {
    matches!(subject, Subject::Layout { .. } | Subject::Image(_))
}

/// Files that a flag names have to be there.
pub(super) fn check_files(flag: &str, paths: &[PathBuf]) -> Result<(), Problem> {
    match paths.iter().find(|path| !path.exists()) {
        Some(missing) => Err(Problem::usage(format!("no such file: {}", missing.display()))
            .help(format!("{flag} names a file"))),
        None => Ok(()),
    }
}

/// Bundle files have to be there, and subjects that are kept nowhere need one.
pub(super) fn check_bundles(bundles: &[PathBuf], subjects: &[(String, Subject)]) -> Result<(), Problem> {
    check_files("--bundle", bundles)?;
    let homeless = subjects
        .iter()
        .find(|(_, subject)| matches!(subject, Subject::Stdin | Subject::Digest(_)));
    match (homeless, bundles) {
        (Some((text, _)), []) => Err(
            Problem::usage(format!("{text} has no place to look for evidence in"))
                .help("name its bundle with --bundle FILE"),
        ),
        _ => Ok(()),
    }
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
    // A file that anybody can name must not take itself out of a list that was made of file names.
    let is_comment = |line: &&str| line.starts_with('#');
    if let Some(both) = text
        .lines()
        .filter(is_comment)
        .find(|line| Path::new(line).exists())
    {
        return Err(Problem::usage(format!(
            "{}: {both} is a comment and also the name of a file here: write ./{both} for the file",
            path.display()
        )));
    }
    // Lines are taken as they are, but for the line end: a file name may begin or end with a space.
    let lines: Vec<String> = text
        .lines()
        .filter(|line| !line.is_empty() && !is_comment(line))
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
    write_file(path, predicate)
        .map_err(|error| Problem::undecided(format!("{}: cannot write: {error}", path.display())))
}
