//! `portcullis sbom-check`.

use std::path::PathBuf;

use jiff::Timestamp;

use super::accepted::read_accepted;
use super::baseline::{self, BaselineArgs, Named};
use super::examine::Examination;
use super::given_sbom::GivenArgs;
use super::output::Console;
use super::pins::Failure;
use super::registry::RegistryArgs;
use super::rules::{Asked, by_policy};
use super::sbom_limits::LimitArgs;
use super::trust::TrustArgs;
use super::verify::{check_bundles, check_files, is_image, parse_subjects};
use super::{Global, Problem};
use crate::ops::sbom_check::{self, Baseline, Cover};
use crate::ops::verify::{Outcome, Rules, assemble};
use crate::policy::rules::Mode;
use crate::policy::{Acceptances, Accepted, SbomRules};
use crate::registry::PlatformChoice;
use crate::registry::client::Client;
use crate::report::{Code, ExitCode, Finding, Origin, PolicyReport, Report};
use crate::sigstore::Engine;
use crate::sigstore::trust::TrustMaterial;
use crate::subject::{Digest, Platform, Subject};

/// Name of the command in its report.
const COMMAND: &str = "sbom-check";

/// Arguments of `sbom-check`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Images (registry/repository:tag), files, `-`, digests (sha256:<hex>), oci-layout:DIR[:tag|@digest]
    #[arg(value_name = "SUBJECT", required_unless_present = "sbom")]
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
    given: GivenArgs,

    #[command(flatten)]
    baseline: BaselineArgs,

    #[command(flatten)]
    limits: LimitArgs,

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
SBOMs are never counted for images; --sbom FILE checks a file instead, and says where nobody signed it. Standard output is that of verify: with exit code 0, and only then, one line for each subject.";

const EXAMPLES: &str = "\
Examples:
  An image, with its SBOM attached as an attestation:
    portcullis sbom-check registry.example/app:v1 --policy portcullis.toml

  A file with the bundle that holds its SBOM, for code scanning:
    portcullis sbom-check app.tar.gz --bundle app.sbom.sigstore.json --policy portcullis.toml --format sarif=out.sarif

  What is new since the release before:
    portcullis sbom-check registry.example/app:v2 --baseline registry.example/app@sha256:… --policy portcullis.toml

  An SBOM at hand, before anything is signed:
    portcullis sbom-check target/app --sbom app.cdx.json --policy portcullis.toml

  The rules alone, without an artifact:
    syft . -o cyclonedx-json | portcullis sbom-check --sbom - --policy portcullis.toml";

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
    let rules = args.sbom_rules(&asked)?;
    let limits = args.limits.or(sbom_check::limits(&asked.rules.limits()));
    let accepted = args.accepted()?;
    let acceptances = match &accepted {
        Some(accepted) => accepted.on(sbom_check::today(now)),
        None => Acceptances::default(),
    };
    let subjects = parse_subjects(args.subjects.clone())?;
    let baseline = args.baseline.named()?;
    args.check_baseline(&rules, baseline.as_ref(), &subjects)?;
    let from_stdin = args.check_inputs(&subjects)?;
    let opened = args.given.open(&limits)?;
    let client = args.client(&subjects, baseline.as_ref(), from_stdin, global)?;
    let run = Run {
        args,
        client: client.as_ref(),
        global,
        console,
        now,
    };
    let examined = args
        .trust
        .load(asked.trust.as_ref(), global, now)
        .and_then(|material| {
            let engine = Engine::new(material.root(), material.relaxations())?;
            Ok((material, engine))
        });
    let (material, engine) = match &examined {
        Ok((material, engine)) => (material, engine),
        Err(finding) => {
            let report = assemble(
                now,
                &asked.rules,
                Err(finding.clone()),
                Vec::new(),
                args.deny_warnings,
            );
            return Ok(named(report, asked.policy));
        }
    };
    let verify = |subjects: &[(String, Subject)], bundles: &[PathBuf], rules: &Rules| {
        run.verify(subjects, bundles, rules, material, engine)
    };
    let baseline = match baseline {
        None => None,
        Some(Named::File(path)) => Some(baseline::file(&path, &limits)?),
        Some(Named::Subject(text, subject)) => Some(Baseline::subject(verify(
            &[(text, subject)],
            args.baseline.bundles(),
            &asked.rules,
        ))),
    };
    let mut outcomes = verify(&subjects, &args.bundle, &asked.rules);
    let finish = |outcomes: Vec<Outcome>, acceptances: &Acceptances| {
        let is_decided = |outcome: &Outcome| outcome.report.sboms.iter().any(|sbom| sbom.counted);
        let everything_was_seen = !outcomes.is_empty() && outcomes.iter().all(is_decided);
        let report = assemble(now, &asked.rules, Ok(material), outcomes, args.deny_warnings);
        let mut report = named(report, asked.policy.clone());
        report.findings.extend(acceptances.leftovers(everything_was_seen));
        report.accepted = args.accepted_report(accepted.as_ref());
        report.conclude(args.deny_warnings);
        report
    };
    let mut question = sbom_check::Asked {
        baseline: baseline.as_ref(),
        ..sbom_check::Asked::new(&rules, &limits, now)
    };
    let Some(opened) = opened else {
        for outcome in &mut outcomes {
            sbom_check::check(outcome, &question, &acceptances);
        }
        return Ok(finish(outcomes, &acceptances));
    };
    let itself = opened.subject();
    let covered = subjects.first().map_or(&itself.1, |(_, subject)| subject);
    let mut own: Vec<Outcome> = Vec::new();
    for rules in Cover::rules(&asked.rules, covered) {
        own.extend(verify(
            std::slice::from_ref(&itself),
            args.given.bundles(),
            &rules,
        ));
    }
    let cover = Cover::of(&own, opened.digest());
    let (given, _kept) = opened.with(cover);
    question.given = Some(&given);
    if outcomes.is_empty() {
        outcomes.push(sbom_check::check_alone(own, &given, &question, &acceptances));
    } else {
        for outcome in &mut outcomes {
            sbom_check::check(outcome, &question, &acceptances);
        }
    }
    Ok(finish(outcomes, &acceptances))
}

/// The report as one of this command.
fn named(mut report: Report, policy: Option<PolicyReport>) -> Report {
    report.command = COMMAND;
    report.policy = policy;
    report
}

/// What verifying needs, whatever is verified.
struct Run<'a> {
    args: &'a Args,
    client: Option<&'a Client>,
    global: &'a Global,
    console: &'a Console,
    now: Timestamp,
}

impl Run<'_> {
    fn verify(
        &self,
        subjects: &[(String, Subject)],
        bundles: &[PathBuf],
        rules: &Rules,
        material: &TrustMaterial,
        engine: &Engine,
    ) -> Vec<Outcome> {
        let examination = Examination {
            subjects,
            bundles,
            platform: &self.args.platform_choice(),
            rules,
            client: self.client,
            bytes: 0,
        };
        examination.verify(engine, material, self.global, self.console, self.now)
    }
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
        let accepted = read_accepted(path, self.accepted_digest.as_ref());
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

    /// The client for the subjects and the baseline together.
    fn client(
        &self,
        subjects: &[(String, Subject)],
        baseline: Option<&Named>,
        from_stdin: bool,
        global: &Global,
    ) -> Result<Option<Client>, Problem> {
        let mut all = subjects.to_vec();
        if let Some(Named::Subject(text, subject)) = baseline {
            all.push((text.clone(), subject.clone()));
        }
        self.registry.client(&all, from_stdin, global)
    }

    /// Refuses a rule about differences without anything to compare with, and the other way round.
    fn check_baseline(
        &self,
        rules: &SbomRules,
        baseline: Option<&Named>,
        subjects: &[(String, Subject)],
    ) -> Result<(), Problem> {
        let drift = rules.drift.as_ref();
        if baseline.is_none() {
            return match drift.filter(|drift| drift.needs_baseline()) {
                Some(_) => Err(Problem::usage("the policy's [sbom.drift] needs a baseline to compare with").help(
                    "name what was accepted last with --baseline; for a first release the policy can say required = false",
                )),
                None => Ok(()),
            };
        }
        if drift.is_some_and(|drift| drift.mode == Mode::Off) {
            return Err(Problem::usage(
                "--baseline is for the policy's [sbom.drift], and its mode is off",
            ));
        }
        if subjects.len() > 1 || self.all_platforms {
            return Err(Problem::usage(
                "--baseline is what one artifact is compared with, and there are several",
            ));
        }
        Ok(())
    }

    /// Refuses inputs that do not go together; says whether standard input is one.
    fn check_inputs(&self, subjects: &[(String, Subject)]) -> Result<bool, Problem> {
        let is_stdin = |(_, subject): &&(String, Subject)| *subject == Subject::Stdin;
        let from_stdin = subjects.iter().filter(is_stdin).count() + usize::from(self.given.takes_stdin());
        if from_stdin > 1 {
            return Err(Problem::usage("standard input can be read only once"));
        }
        if self.given.is_given() {
            if subjects.len() > 1 || self.all_platforms {
                return Err(Problem::usage(
                    "--sbom is about one artifact, and there are several",
                ));
            }
            check_files("--bundle", &self.bundle)?;
        } else {
            check_bundles(&self.bundle, subjects)?;
        }
        if subjects.is_empty() && !self.bundle.is_empty() {
            return Err(Problem::usage("--bundle is for a SUBJECT, and there is none")
                .help("name a bundle over the SBOM file with --sbom-bundle"));
        }
        let picks_images = self.platform.is_some() || self.all_platforms;
        if picks_images && !subjects.iter().any(|(_, subject)| is_image(subject)) {
            return Err(Problem::usage(
                "--platform and --all-platforms are for images, and no subject is one",
            ));
        }
        Ok(from_stdin > 0)
    }
}
