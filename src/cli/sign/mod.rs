//! `portcullis sign`.

pub(super) mod images;
pub(super) mod jobs;
pub(super) mod outcome;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;

use self::images::Lookup;
use self::jobs::{Job, What};
use self::outcome::{Outcome, Publisher};
use super::identity::IdentityArgs;
use super::output::{Console, to_stderr};
use super::progress::Steps;
use super::registry::{RegistryArgs, tell_sources};
use super::rules::default_jobs;
use super::services::{ServiceArgs, no_services};
use super::signing::{by, token};
use super::signing_key::SigningKeyArgs;
use super::trust::TrustArgs;
use super::{Global, Problem};
use crate::ops::publish::Image;
use crate::ops::sign::unfinished::{self, Unfinished};
use crate::ops::sign::{Destination, FailureReport, Services, Session, SignReport, finish, keep};
use crate::registry::client::Client;
use crate::report::{ExitCode, Finding, visible};
use crate::sigstore::Engine;
use crate::sigstore::sign::{OnStep, SigningConfig, Step};
use crate::subject::Subject;

/// Name of the command in its report.
const COMMAND: &str = "sign";

/// Arguments of `sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Images (registry/repository@sha256:<hex>), files, directories, `-` for standard input, or digests; the last two
    /// need --bundle
    #[arg(value_name = "SUBJECT", required_unless_present = "resume")]
    subjects: Vec<String>,
    /// Where the bundle of a file goes [default: FILE.sigstore.json]; for one file
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Name in a directory that is left out and named as such, repeatable; for example .git
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    ignore: Vec<String>,
    /// Replace a bundle that is there
    #[arg(long)]
    overwrite: bool,
    /// Finish and publish a signature that a failed service or registry interrupted
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subjects", "key", "key_hint", "no_log"])]
    resume: Option<PathBuf>,

    /// Sign what a tag points to now, without asking
    #[arg(short, long, help_heading = "Images", conflicts_with = "resume")]
    yes: bool,
    /// Refuse images that are not named by digest
    #[arg(long, help_heading = "Images", conflicts_with_all = ["resume", "yes"])]
    require_digest: bool,
    /// Sign an index and every image in it
    #[arg(long, help_heading = "Images", conflicts_with = "resume")]
    recursive: bool,
    /// Something to sign along with the digest; repeatable
    #[arg(
        short,
        long,
        value_name = "KEY=VALUE",
        help_heading = "Images",
        conflicts_with = "resume",
        value_parser = jobs::parse_annotation
    )]
    annotation: Vec<(String, String)>,
    /// Write cosign's older form under the .sig tag too, for verifiers that know no bundles
    #[arg(long, help_heading = "Images", conflicts_with = "resume")]
    legacy_tag: bool,

    #[command(flatten)]
    identity: IdentityArgs,
    #[command(flatten)]
    key: SigningKeyArgs,
    /// What bundles call the key [default: the SHA-256 of the public key]
    #[arg(long, value_name = "TEXT", requires = "key", help_heading = "Key")]
    key_hint: Option<String>,
    /// Make no log entry, only a timestamp; verify then wants --key-without-log
    #[arg(long, requires = "key", help_heading = "Key")]
    no_log: bool,

    #[command(flatten)]
    services: ServiceArgs,
    #[command(flatten)]
    trust: TrustArgs,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Signs images, files and directories. The bundle of an image is attached to it in its registry, that of a file or directory \
is written beside it. Of a directory the list of all its files is signed, in the form of OpenSSF model signing.

An image is signed by its digest. A tag is resolved once, shown, and has to be confirmed, on a terminal or with --yes: it \
may have been moved since the image was built.

Without --key a certificate for an identity token is asked for, and the key lives as long as the run. What was made is \
verified under the trust root in use before it is published, and read back afterwards: nobody gets a bundle that does not \
verify. When a service or a registry fails, what was reached is kept in a file, without any secret, for --resume.

With exit code 0, and only then, standard output has one line for each subject: `registry/repository@sha256:<hex>` for an \
image, `sha256:<hex>  path` for a file.";

const EXAMPLES: &str = "\
Examples:
  An image, in a CI job that may ask for identity tokens; its digest is what the push said:
    portcullis sign ghcr.io/org/app@sha256:<hex>

  What a tag points to now, with every image of the index:
    portcullis sign ghcr.io/org/app:v1 --yes --recursive --annotation commit=$GITHUB_SHA

  Files, with a token from a file and the services of a private instance:
    portcullis sign app.tar.gz app.sbom.json --identity-token-file token.jwt \\
        --signing-config signing_config.json --trusted-root trusted_root.json

  With a key:
    portcullis sign app.tar.gz --key release.key

  Every file of a directory, for example the weights of a model:
    portcullis sign llama --ignore .git

  What is on standard input:
    tar c dir | tee dir.tar | portcullis sign - --bundle dir.tar.sigstore.json

  After an outage:
    portcullis sign --resume app.tar.gz.sigstore.json.resume";

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    match Run::new(&args, global, console).and_then(|run| run.go()) {
        Ok(report) => {
            console.tell(&report.lines());
            match console.wants_json() {
                true => console.print_json(&report, report.exit_code),
                false => console.print_and_exit(&report.stdout_lines(), report.exit_code),
            }
        }
        Err(problem) => console.fail(&problem),
    }
}

fn problem(finding: &Finding) -> Problem {
    Problem::finding(finding)
}

/// Everything that can be known to be wrong is known before a token is shown to anybody.
struct Run<'a> {
    args: &'a Args,
    jobs: Vec<Job>,
    unfinished: Option<Unfinished>,
    /// Where there are images.
    client: Option<Client>,
    global: &'a Global,
    console: &'a Console,
}

/// A job that is ready to be signed.
enum Ready<'j> {
    File(&'j Job),
    Image(&'j Job, Vec<Image>),
}

impl<'a> Run<'a> {
    fn new(args: &'a Args, global: &'a Global, console: &'a Console) -> Result<Self, Problem> {
        let jobs = args.jobs()?;
        let unfinished = args
            .resume
            .as_deref()
            .map(unfinished::read)
            .transpose()
            .map_err(|finding| problem(&finding))?;
        let resumed = unfinished.iter().filter_map(|unfinished| {
            let image = &unfinished.destination.as_ref()?.image;
            Some((image.name(), Subject::Image(image.reference().clone())))
        });
        let named = jobs.iter().filter_map(|job| {
            let reference = job.image()?;
            Some((job.text.clone(), Subject::Image(reference.clone())))
        });
        let subjects: Vec<_> = named.chain(resumed).collect();
        let client = match subjects.is_empty() {
            true => {
                args.registry.refuse()?;
                None
            }
            false => args.registry.client(&subjects, false, global)?,
        };
        Ok(Self {
            args,
            jobs,
            unfinished,
            client,
            global,
            console,
        })
    }

    fn go(&self) -> Result<SignReport, Problem> {
        let args = self.args;
        let web = args.services.web(self.global, args.registry.allow_http())?;
        let material = args
            .trust
            .load_for_signing(self.global, Timestamp::now())
            .map_err(|finding| problem(&finding))?;
        let engine =
            Engine::new(material.root(), material.relaxations()).map_err(|finding| problem(&finding))?;
        // A resume file names its services itself.
        let config = match &self.unfinished {
            Some(_) => no_services(),
            None => args
                .services
                .config(&material)
                .map_err(|finding| problem(&finding))?,
        };
        let steps = Steps::new(self.console.shows_progress());
        let begun = Instant::now();
        let on_step = |step: Step, service: &str| {
            let text = format!("{step} {service}");
            if self.global.verbose {
                to_stderr(&format!(
                    "{:7.3} s  {}\n",
                    begun.elapsed().as_secs_f64(),
                    visible(text.trim_end())
                ));
            }
            steps.step(&text);
        };
        let services = Services {
            web: &web,
            config: &config,
            engine: &engine,
            version: args.services.version(),
            now: Timestamp::now,
            on_step: &on_step,
        };
        let publisher = Publisher {
            material: &material,
            existing: args.existing(),
            client: self.client.as_ref(),
        };
        let outcome = match &self.unfinished {
            Some(unfinished) => self.finish(unfinished, &services, &publisher),
            None => self.sign(&services, &publisher, &config),
        };
        steps.clear();
        if let (true, Some(client)) = (self.global.verbose, &self.client) {
            tell_sources(client);
        }
        let outcome = outcome?;
        Ok(SignReport::new(COMMAND, outcome.signed, outcome.failed))
    }

    /// Finishes what an earlier run began.
    fn finish(
        &self,
        unfinished: &Unfinished,
        services: &Services<'_>,
        publisher: &Publisher<'_>,
    ) -> Result<Outcome, Problem> {
        let mut outcome = Outcome::default();
        let Some(resume) = &self.args.resume else {
            return Ok(outcome);
        };
        let name = unfinished.draft.subject().name.clone();
        match &unfinished.destination {
            Some(_) if self.args.bundle.is_some() || self.args.overwrite => {
                return Err(Problem::usage(
                    "--bundle and --overwrite are for files, and this signature is of an image",
                ));
            }
            Some(destination) => {
                let result = finish(unfinished.draft.clone(), services);
                tell_publishing(services.on_step, destination, result.is_ok());
                outcome.image(&name, result, destination, resume, publisher);
            }
            None => {
                let bundle = self.args.resumed_bundle(resume)?;
                let result = finish(unfinished.draft.clone(), services);
                outcome.file(&name, result, &bundle, publisher);
            }
        }
        if outcome.failed.is_empty() {
            // It has served; if it stays, nothing is wrong.
            let _ = std::fs::remove_file(resume);
        }
        Ok(outcome)
    }

    fn sign(
        &self,
        services: &Services<'_>,
        publisher: &Publisher<'_>,
        config: &SigningConfig,
    ) -> Result<Outcome, Problem> {
        let args = self.args;
        let signer = args.key.load(self.console)?;
        let mut outcome = Outcome::default();
        let ready = self.resolve(&mut outcome);
        if ready.is_empty() {
            return Ok(outcome);
        }
        let token = token(
            signer.as_deref(),
            &args.identity,
            config,
            services.web,
            self.global,
        )?;
        let by = by(
            signer.as_deref(),
            token.as_ref(),
            args.key_hint.as_deref(),
            !args.no_log,
        )?;
        let mut session = Session::new(*services, by);
        if args.legacy_tag {
            session
                .check_legacy()
                .map_err(|failed| problem(&failed.finding))?;
        }
        for ready in &ready {
            match ready {
                Ready::File(job) => {
                    let jobs = default_jobs();
                    sign_file(job, jobs, &mut session, &mut outcome, publisher);
                }
                Ready::Image(job, images) => {
                    for image in images {
                        let text = match images.len() {
                            1 => job.text.clone(),
                            _ => image.name(),
                        };
                        self.sign_image(
                            &text,
                            image,
                            &mut session,
                            &mut outcome,
                            publisher,
                            services.on_step,
                        );
                    }
                }
            }
        }
        Ok(outcome)
    }

    /// Finds every image, and has tags confirmed.
    fn resolve(&self, outcome: &mut Outcome) -> Vec<Ready<'_>> {
        let mut ready = Vec::new();
        for job in &self.jobs {
            match (&job.what, &self.client) {
                (What::Image(reference), Some(client)) => {
                    let lookup = Lookup {
                        client,
                        recursive: self.args.recursive,
                        yes: self.args.yes,
                        console: self.console,
                    };
                    match lookup.resolve(&job.text, reference) {
                        Ok(images) => ready.push(Ready::Image(job, images)),
                        Err(finding) => outcome.failed.push(FailureReport::plain(&job.text, *finding)),
                    }
                }
                _ => ready.push(Ready::File(job)),
            }
        }
        ready
    }

    /// Signs an image in each form that was asked for.
    fn sign_image(
        &self,
        text: &str,
        image: &Image,
        session: &mut Session<'_>,
        outcome: &mut Outcome,
        publisher: &Publisher<'_>,
        on_step: OnStep<'_>,
    ) {
        let annotations: BTreeMap<String, String> = self.args.annotation.iter().cloned().collect();
        let now = Timestamp::now();
        let mut destinations = vec![Destination::bundle(image.clone(), now)];
        if self.args.legacy_tag {
            destinations.push(Destination::legacy(image.clone(), &annotations, now));
        }
        for destination in &destinations {
            let result = destination.sign(session, &annotations);
            tell_publishing(on_step, destination, result.is_ok());
            let resume = keep::resume_for(destination);
            outcome.image(text, result, destination, &resume, publisher);
        }
    }
}

fn tell_publishing(on_step: OnStep<'_>, destination: &Destination, is_signed: bool) {
    if is_signed {
        on_step(Step::Publish, &destination.image.name());
    }
}

fn sign_file(
    job: &Job,
    jobs: NonZeroUsize,
    session: &mut Session<'_>,
    outcome: &mut Outcome,
    publisher: &Publisher<'_>,
) {
    let What::File { input, bundle } = &job.what else {
        return;
    };
    match input.read(std::io::stdin().lock(), jobs, &|_| {}) {
        Ok(read) => outcome.file(&job.text, session.sign_read(read), bundle, publisher),
        Err(finding) => outcome.failed.push(FailureReport::plain(&job.text, finding)),
    }
}

impl Args {
    fn resumed_bundle(&self, resume: &Path) -> Result<PathBuf, Problem> {
        let beside = keep::bundle_of_resume(resume);
        self.bundle.clone().or(beside).ok_or_else(|| {
            Problem::usage("the resume file's name does not say where the bundle goes")
                .help("name it with --bundle FILE")
        })
    }
}
