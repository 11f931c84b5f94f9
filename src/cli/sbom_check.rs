//! `portcullis sbom-check`.

use std::path::PathBuf;

use jiff::Timestamp;

use super::examine::Examination;
use super::output::Console;
use super::pins::Failure;
use super::policy_file;
use super::registry::RegistryArgs;
use super::rules::{Asked, by_policy};
use super::trust::TrustArgs;
use super::verify::{check_bundles, is_image, parse_subjects};
use super::{Global, Problem};
use crate::ops::sbom_check;
use crate::ops::verify::{Outcome, Rules, assemble};
use crate::policy::{Acceptances, Accepted, SbomRules};
use crate::registry::PlatformChoice;
use crate::report::{Code, ExitCode, Finding, Origin, PolicyReport, Report};
use crate::subject::{Digest, Platform, Subject};

/// Name of the command in its report.
const COMMAND: &str = "sbom-check";

/// Arguments of `sbom-check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Images (registry/repository:tag), files, `-`, digests (sha256:<hex>), oci-layout:DIR[:tag|@digest]
    #[arg(value_name = "SUBJECT", required = true)]
    subjects: Vec<String>,

    /// Policy file: who signs the SBOM, and what may stand in it (its [sbom] table)
    #[arg(long, value_name = "FILE", required = true, help_heading = "Policy")]
    policy: PathBuf,
    /// Digest that the policy file has to have, so that a change cannot edit its own judge
    #[arg(long, value_name = "DIGEST", help_heading = "Policy")]
    policy_digest: Option<Digest>,
    /// File of accepted findings, each with a reason, an owner and its last day; they stay in the report and do not deny
    #[arg(long, value_name = "FILE", help_heading = "Policy")]
    accepted: Option<PathBuf>,
    /// Digest that the file of accepted findings has to have; needed where the policy is pinned
    #[arg(long, value_name = "DIGEST", help_heading = "Policy", requires = "accepted")]
    accepted_digest: Option<Digest>,
    /// Deny where there are warnings
    #[arg(long, help_heading = "Policy")]
    deny_warnings: bool,

    /// Bundle file, repeatable; JSON Lines hold several. Without it, FILE.sigstore.json and FILE.sigstore are read
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    bundle: Vec<PathBuf>,
    /// Image of an index to check, for example linux/amd64
    #[arg(
        long,
        value_name = "OS/ARCH",
        help_heading = "Evidence",
        conflicts_with = "all_platforms"
    )]
    platform: Option<Platform>,
    /// Check an index and every image in it
    #[arg(long, help_heading = "Evidence")]
    all_platforms: bool,

    #[command(flatten)]
    trust: TrustArgs,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Decides whether what an artifact is made of is acceptable, by its attested SBOMs (SPDX or CycloneDX).

First the subject is verified by every rule of the policy that covers it, as verify does. Only an SBOM from a statement \
that was accepted then is read; it has to be about this artifact, and is held against the policy's [sbom] table. Unsigned \
SBOMs are never counted. Standard output is that of verify: with exit code 0, and only then, one line for each subject.";

const EXAMPLES: &str = "\
Examples:
  An image, with its SBOM attached as an attestation:
    portcullis sbom-check registry.example/app:v1 --policy portcullis.toml

  A file with the bundle that holds its SBOM, for code scanning:
    portcullis sbom-check app.tar.gz --bundle app.sbom.sigstore.json --policy portcullis.toml --format sarif=out.sarif";

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match check(args, global, console) {
        Ok(report) => console.finish(&report),
        Err(Failure::Usage(problem)) => console.fail(&problem),
        Err(Failure::Findings(findings)) => {
            console.finish(&Report::refused(COMMAND, Timestamp::now(), findings))
        }
    }
}

fn check(args: &Args, global: &Global, console: &Console) -> Result<Report, Failure> {
    let now = Timestamp::now();
    let asked = by_policy(&args.policy, args.policy_digest.as_ref(), &args.trust)?;
    let sbom_rules = args.sbom_rules(&asked)?;
    let accepted = args.accepted()?;
    let acceptances = match &accepted {
        Some(accepted) => accepted.on(sbom_check::today(now)),
        None => Acceptances::default(),
    };
    let subjects = parse_subjects(args.subjects.clone())?;
    let from_stdin = args.check_inputs(&subjects)?;
    let client = args.registry.client(&subjects, from_stdin, global)?;
    let examination = Examination {
        subjects: &subjects,
        bundles: &args.bundle,
        platform: &args.platform_choice(),
        rules: &asked.rules,
        client: client.as_ref(),
        bytes: 0,
    };
    let (trust, mut outcomes) = examination.run(&args.trust, asked.trust.as_ref(), global, console, now);
    for outcome in &mut outcomes {
        sbom_check::check(outcome, &sbom_rules, &acceptances, now);
    }
    let is_decided = |outcome: &Outcome| !outcome.sboms.is_empty();
    let everything_was_seen = !outcomes.is_empty() && outcomes.iter().all(is_decided);
    let trust = trust.as_ref().map_err(Clone::clone);
    let mut report = assemble(now, &asked.rules, trust, outcomes, args.deny_warnings);
    report.command = COMMAND;
    report.policy = asked.policy;
    report.findings.extend(acceptances.leftovers(everything_was_seen));
    report.accepted = args.accepted_report(accepted.as_ref());
    report.conclude(args.deny_warnings);
    Ok(report)
}

impl Args {
    /// What the policy says about SBOMs. One that says nothing cannot be what was meant.
    fn sbom_rules(&self, asked: &Asked) -> Result<SbomRules, Finding> {
        let rules = match &asked.rules {
            Rules::Policy(policy) => policy.sbom(),
            Rules::Demands(_) => None,
        };
        rules.cloned().ok_or_else(|| {
            Finding::new(Code::PolicyInvalid, "the policy has no [sbom] table")
                .origin(&Origin::flag(self.policy.display().to_string()))
                .help("add [sbom], and under it what may be in the artifact")
        })
    }

    /// The accepted findings. A pinned policy is worth nothing beside acceptances that anybody can edit.
    fn accepted(&self) -> Result<Option<Accepted>, Failure> {
        let Some(path) = &self.accepted else {
            return Ok(None);
        };
        if self.policy_digest.is_some() && self.accepted_digest.is_none() {
            return Err(Problem::usage(
                "the policy is pinned by its digest, and the file of accepted findings is not",
            )
            .help("pin it too, with --accepted-digest")
            .into());
        }
        let accepted = policy_file::read_accepted(path, self.accepted_digest.as_ref());
        accepted.map(Some).map_err(Failure::Findings)
    }

    fn accepted_report(&self, accepted: Option<&Accepted>) -> Option<PolicyReport> {
        Some(PolicyReport {
            path: self.accepted.as_ref()?.display().to_string(),
            digest: accepted?.digest().clone(),
            pinned: self.accepted_digest.is_some(),
        })
    }

    fn platform_choice(&self) -> PlatformChoice {
        match (&self.platform, self.all_platforms) {
            (Some(platform), _) => PlatformChoice::One(platform.clone()),
            (None, true) => PlatformChoice::All,
            (None, false) => PlatformChoice::AsIs,
        }
    }

    /// Refuses inputs that do not go together; says whether standard input is a subject.
    fn check_inputs(&self, subjects: &[(String, Subject)]) -> Result<bool, Problem> {
        let is_stdin = |(_, subject): &&(String, Subject)| *subject == Subject::Stdin;
        let from_stdin = subjects.iter().filter(is_stdin).count();
        if from_stdin > 1 {
            return Err(Problem::usage("standard input can be read only once"));
        }
        check_bundles(&self.bundle, subjects)?;
        let picks_images = self.platform.is_some() || self.all_platforms;
        if picks_images && !subjects.iter().any(|(_, subject)| is_image(subject)) {
            return Err(Problem::usage(
                "--platform and --all-platforms are for images, and no subject is one",
            ));
        }
        Ok(from_stdin > 0)
    }
}
