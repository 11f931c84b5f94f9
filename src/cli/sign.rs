//! `portcullis sign`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::identity::IdentityArgs;
use super::output::Console;
use super::progress::Steps;
use super::rules::{default_jobs, public_log_url};
use super::services::ServiceArgs;
use super::signing_key::SigningKeyArgs;
use super::trust::TrustArgs;
use super::{Global, Problem};
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{
    By, Failed, FailureReport, Input, Services, Session, SignReport, SignedReport, finish,
};
use crate::report::{Code, ExitCode, Finding};
use crate::sigstore::Engine;
use crate::sigstore::sign::{Complete, Identity, Step};
use crate::sigstore::trust::TrustMaterial;
use crate::subject::{Algorithm, Digest};

/// Name of the command in its report.
const COMMAND: &str = "sign";

/// Arguments of `sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Files, directories, `-` for standard input, or digests (sha256:<hex>); the last two need --bundle
    #[arg(value_name = "FILE", required_unless_present = "resume")]
    files: Vec<String>,
    /// Where the bundle goes [default: FILE.sigstore.json]; for one file
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Name in a directory that is left out and named as such, repeatable; for example .git
    #[arg(long, value_name = "NAME", conflicts_with = "resume")]
    ignore: Vec<String>,
    /// Replace a bundle that is there
    #[arg(long)]
    overwrite: bool,
    /// Finish a signature that a failed service interrupted
    #[arg(long, value_name = "FILE", conflicts_with_all = ["files", "key", "key_hint", "no_log"])]
    resume: Option<PathBuf>,

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
}

/// What the command does, at length.
pub(super) const LONG_ABOUT: &str = "\
Signs files and directories, and writes a Sigstore bundle beside each. Of a directory the list of all its files is \
signed, in the form of OpenSSF model signing.

Without --key a certificate for an identity token is asked for, and the key lives as long as the run. What was made is \
verified under the trust root in use before it is written: nobody gets a bundle that does not verify. When a service \
fails, what was reached is kept beside the bundle, without any secret, for --resume.

Standard output has one line for each file that was signed: `sha256:<hex>  path`.";

const EXAMPLES: &str = "\
Examples:
  In a CI job that may ask for identity tokens:
    portcullis sign app.tar.gz app.sbom.json

  With a token from a file, and with the services of a private instance:
    portcullis sign app.tar.gz --identity-token-file token.jwt \\
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
    match Run::new(&args, global, console).and_then(|run| run.go(&args)) {
        Ok(report) => {
            console.tell(&report.lines());
            let text = match console.wants_json() {
                true => serde_json::to_string_pretty(&report).unwrap_or_default() + "\n",
                false => report.stdout_lines(),
            };
            console.print_and_exit(&text, report.exit_code)
        }
        Err(problem) => console.fail(&problem),
    }
}

/// One subject and the place of its bundle.
struct Job {
    text: String,
    input: Input,
    bundle: PathBuf,
}

/// Everything that can be known to be wrong is known before a token is shown to anybody.
struct Run<'a> {
    jobs: Vec<Job>,
    existing: Existing,
    global: &'a Global,
    console: &'a Console,
}

impl<'a> Run<'a> {
    fn new(args: &Args, global: &'a Global, console: &'a Console) -> Result<Self, Problem> {
        let existing = match args.overwrite {
            true => Existing::Overwrite,
            false => Existing::Keep,
        };
        let jobs = args.jobs()?;
        args.check(&jobs, existing)?;
        Ok(Self {
            jobs,
            existing,
            global,
            console,
        })
    }

    fn go(&self, args: &Args) -> Result<SignReport, Problem> {
        let problem = |finding: Finding| Problem::finding(&finding);
        let signer = args.key.load(self.console)?;
        let draft = args
            .resume
            .as_deref()
            .map(keep::read_draft)
            .transpose()
            .map_err(problem)?;
        let web = args.services.web(self.global)?;
        let material = args
            .trust
            .load_for_signing(self.global, Timestamp::now())
            .map_err(problem)?;
        let engine = Engine::new(material.root(), material.relaxations()).map_err(problem)?;
        let config = match &draft {
            // A resume file names its services itself.
            Some(_) => None,
            None => Some(args.services.config(&material).map_err(problem)?),
        };
        let steps = Steps::new(self.console.shows_progress());
        let on_step = |step: Step, service: &str| steps.step(format!("{step} {service}"));
        let services = |config| Services {
            web: &web,
            config,
            engine: &engine,
            version: args.services.version(),
            now: Timestamp::now,
            on_step: &on_step,
        };
        let publisher = Publisher {
            material: &material,
            existing: self.existing,
        };
        let mut outcome = Outcome::default();
        match (draft, &config) {
            (Some(draft), _) => {
                let empty = super::services::no_services();
                let name = draft.subject().name.clone();
                let result = finish(draft, &services(&empty));
                let bundle = args.resumed_bundle()?;
                outcome.add(&name, result, &bundle, &publisher);
                if outcome.failed.is_empty()
                    && let Some(path) = &args.resume
                {
                    // It has served; if it stays, nothing is wrong.
                    let _ = std::fs::remove_file(path);
                }
            }
            (None, Some(config)) => {
                let services = services(config);
                let token = match &signer {
                    Some(_) => None,
                    None => {
                        let issuer = config.issuers.first().map(|service| &service.url);
                        Some(args.identity.obtain(issuer, &web, self.global)?)
                    }
                };
                let by = match (&signer, &token) {
                    (Some(signer), _) => By::Key {
                        signer: signer.as_ref(),
                        hint: args.key_hint.as_deref(),
                        log: !args.no_log,
                    },
                    (None, Some(obtained)) => By::Identity(Identity::from(&obtained.token)),
                    (None, None) => return Err(Problem::usage("nobody signs: name a key or a token")),
                };
                let mut session = Session::new(services, by);
                for job in &self.jobs {
                    let jobs = self.global.jobs.unwrap_or_else(default_jobs);
                    match job.input.read(std::io::stdin().lock(), jobs, &|_| {}) {
                        Ok(read) => {
                            outcome.add(&job.text, session.sign_read(read), &job.bundle, &publisher);
                        }
                        Err(finding) => outcome.failed.push(FailureReport::plain(&job.text, finding)),
                    }
                }
            }
            (None, None) => {}
        }
        steps.clear();
        Ok(SignReport::new(COMMAND, outcome.signed, outcome.failed))
    }
}

impl Args {
    fn jobs(&self) -> Result<Vec<Job>, Problem> {
        if self.bundle.is_some() && self.files.len() > 1 {
            return Err(
                Problem::usage("--bundle names one bundle, and there are several files")
                    .help("without it, each bundle goes beside its file"),
            );
        }
        let jobs: Vec<Job> = self
            .files
            .iter()
            .map(|text| self.job(text))
            .collect::<Result<_, _>>()?;
        let is_directory = |job: &Job| matches!(job.input, Input::Directory { .. });
        if !self.ignore.is_empty() && !jobs.iter().any(is_directory) {
            return Err(Problem::usage(
                "--ignore is for directories, and nothing here is one",
            ));
        }
        Ok(jobs)
    }

    fn job(&self, text: &str) -> Result<Job, Problem> {
        let mut input = input(text)?;
        let beside = match &input {
            Input::File(path) => Some(keep::bundle_beside(path)),
            // `.` and `..` have no name that a bundle beside them could have.
            Input::Directory { path, .. } => path.file_name().map(|_| keep::bundle_beside(path)),
            Input::Stdin | Input::Digest(_) => None,
        };
        let bundle = self.bundle.clone().or(beside).ok_or_else(|| {
            Problem::usage(format!("{text} has no place for its bundle")).help("name one with --bundle FILE")
        })?;
        if let Input::Directory {
            ignored, evidence, ..
        } = &mut input
        {
            ignored.clone_from(&self.ignore);
            evidence.extend([bundle.clone(), keep::resume_beside(&bundle)]);
        }
        Ok(Job {
            text: text.to_owned(),
            input,
            bundle,
        })
    }

    /// Inputs that do not go together, and bundles that are there already.
    fn check(&self, jobs: &[Job], existing: Existing) -> Result<(), Problem> {
        let stdin = jobs.iter().filter(|job| job.input == Input::Stdin).count();
        if stdin + usize::from(self.key.takes_stdin()) + usize::from(self.identity.takes_stdin()) > 1 {
            return Err(Problem::usage("standard input can be read only once"));
        }
        let with_key = self.key.is_given() || self.resume.is_some();
        if let Some(flag) = self.identity.first_flag().filter(|_| with_key) {
            return Err(Problem::usage(format!(
                "{flag} says whose identity signs, and no identity is needed here"
            )));
        }
        for (index, job) in jobs.iter().enumerate() {
            if existing == Existing::Keep && job.bundle.symlink_metadata().is_ok() {
                return Err(
                    Problem::usage(format!("{} is there already", job.bundle.display()))
                        .help("move it away, or replace it with --overwrite"),
                );
            }
            if jobs.iter().take(index).any(|other| other.bundle == job.bundle) {
                return Err(Problem::usage(format!("{} was named twice", job.text)));
            }
        }
        Ok(())
    }

    fn resumed_bundle(&self) -> Result<PathBuf, Problem> {
        let beside = self.resume.as_deref().and_then(keep::bundle_of_resume);
        self.bundle.clone().or(beside).ok_or_else(|| {
            Problem::usage("the resume file's name does not say where the bundle goes")
                .help("name it with --bundle FILE")
        })
    }
}

fn input(text: &str) -> Result<Input, Problem> {
    if text == "-" {
        return Ok(Input::Stdin);
    }
    let path = Path::new(text.strip_prefix("file:").unwrap_or(text));
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(Input::Directory {
            // Without the slash that may stand at its end.
            path: path.components().collect(),
            ignored: Vec::new(),
            evidence: Vec::new(),
        }),
        Ok(_) => Ok(Input::File(path.to_owned())),
        Err(error) => match text.parse::<Digest>() {
            Ok(digest) if digest.algorithm() == Algorithm::Sha256 => Ok(Input::Digest(digest)),
            Ok(_) => Err(Problem::usage(format!("{text}: signatures are over SHA-256"))),
            Err(_) => Err(Problem::usage(format!("{text}: {error}"))),
        },
    }
}

/// Puts bundles, and what there is of them, into files.
struct Publisher<'a> {
    material: &'a TrustMaterial,
    existing: Existing,
}

#[derive(Default)]
struct Outcome {
    signed: Vec<SignedReport>,
    failed: Vec<FailureReport>,
}

impl Outcome {
    fn add(
        &mut self,
        text: &str,
        result: Result<Complete, Failed>,
        bundle: &Path,
        publisher: &Publisher<'_>,
    ) {
        match result {
            Ok(complete) => match keep::write(bundle, complete.json(), publisher.existing) {
                Ok(()) => {
                    let url = |log: &str, index| public_log_url(publisher.material, log, index);
                    self.signed.push(SignedReport::new(text, &complete, bundle, url));
                }
                Err(error) => self
                    .failed
                    .push(FailureReport::plain(text, unwritable(bundle, &error))),
            },
            Err(failed) => {
                let kept = publisher.keep(&failed, bundle);
                self.failed
                    .push(FailureReport::new(text, &failed, kept.as_deref()));
            }
        }
    }
}

impl Publisher<'_> {
    /// Keeps what was reached; a resume file that is there is of an earlier attempt.
    fn keep(&self, failed: &Failed, bundle: &Path) -> Option<PathBuf> {
        let text = failed.draft.as_ref()?.to_json().ok()?;
        let path = keep::resume_beside(bundle);
        keep::write(&path, &text, Existing::Overwrite).ok().map(|()| path)
    }
}

fn unwritable(bundle: &Path, error: &std::io::Error) -> Finding {
    Finding::new(
        Code::ResultUnwritable,
        format!("{}: cannot write: {error}", bundle.display()),
    )
    .help("make room, or name another place with --bundle, and sign again")
}
