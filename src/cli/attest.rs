//! `portcullis attest`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::Timestamp;

use super::attest_file::{Place, input};
use super::attest_image::Images;
use super::attest_predicate::PredicateArgs;
use super::identity::IdentityArgs;
use super::output::Console;
use super::registry::RegistryArgs;
use super::services::ServiceArgs;
use super::sign::jobs::check_reference;
use super::signing::Signing;
use super::signing_key::SigningKeyArgs;
use super::trust::TrustArgs;
use super::verify::path_kind;
use super::{Global, Problem};
use crate::attestation::predicate::Checked;
use crate::ops::attest::{AttestReport, NotPrepared, Outcome, prepare, size_finding};
use crate::ops::sign::Input;
use crate::report::{ExitCode, Finding};
use crate::sigstore::sign::Subject;
use crate::sigstore::trust::TrustMaterial;
use crate::subject::{Reference, Subject as Named};

/// Name of the command in its report.
const COMMAND: &str = "attest";

/// Arguments of `attest`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Images (registry/repository:tag), a statement for each; or files, `-` for standard input, and digests (sha256:<hex>),
    /// all in one statement
    #[arg(value_name = "SUBJECT", required = true)]
    subjects: Vec<String>,
    /// Image named by a tag: take what it points to now, without asking
    #[arg(long)]
    yes: bool,
    /// Image: remove earlier attestations of this type by the same signer, once the new one is there
    #[arg(long)]
    replace: bool,
    /// Where the bundle goes [default for one file: FILE.TYPE.sigstore.json; that of an image goes to its registry]
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Replace a bundle that is there
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    predicate: PredicateArgs,
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
Makes an in-toto statement about subjects, signs it, and writes a Sigstore bundle, or attaches it to the image.

The predicate is checked against its type first, and an SBOM has to be about the artifact: what is logged cannot be taken \
back. What was made is verified under the trust root in use before it is published. When a service fails, what was reached \
is kept in a file, without any secret, for `sign --resume`.

With exit code 0, and only then, standard output has one line for each subject: `sha256:<hex>  name`, and of an image the \
reference by digest.";

const EXAMPLES: &str = "\
Examples:
  The SBOM of a file, in a CI job that may ask for identity tokens:
    portcullis attest app.tar.gz --predicate app.cdx.json --type cyclonedx
    portcullis verify app.tar.gz --bundle app.tar.gz.cyclonedx.sigstore.json --type cyclonedx --policy portcullis.toml

  The SBOM of an image, in place of the one that was attached before:
    portcullis attest ghcr.io/org/app@sha256:… --predicate app.spdx.json --type spdx --replace

  Provenance that the job's environment tells, for everything that it built:
    portcullis attest dist/app.tar.gz dist/app.whl --type slsa-provenance --from-ci --bundle provenance.sigstore.json

  What a scanner prints, with a key:
    scanner app.tar.gz | portcullis attest app.tar.gz --predicate - --type https://example.com/scan/v1 --key release.key";

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match attest(args, global, console) {
        Ok(report) => {
            console.tell_findings(&report.findings);
            console.tell(&report.lines());
            match console.wants_json() {
                true => console.print_json(&report, report.exit_code),
                false => console.print_and_exit(&report.stdout_lines(), report.exit_code),
            }
        }
        Err(problem) => console.fail(&problem),
    }
}

/// Everything that can be known to be wrong is known before a token is shown to anybody.
fn attest(args: &Args, global: &Global, console: &Console) -> Result<AttestReport, Problem> {
    let targets = args.targets()?;
    let (predicate, findings) = match args.predicate.read(Timestamp::now())? {
        Ok(checked) => checked,
        Err(findings) => return Ok(AttestReport::new(COMMAND, None, Outcome::of(findings))),
    };
    let outcome = Outcome::of(findings);
    let run = Run {
        args,
        predicate: &predicate,
        global,
        console,
    };
    let outcome = match &targets {
        Targets::Images(images) => run.images(images, outcome),
        Targets::Plain(inputs, place) => run.plain(inputs, place, outcome),
    }?;
    Ok(AttestReport::new(COMMAND, Some(&predicate), outcome))
}

/// A run with a predicate that may be attested. Outcomes begin with what is worth knowing about it.
struct Run<'a> {
    args: &'a Args,
    predicate: &'a Checked,
    global: &'a Global,
    console: &'a Console,
}

impl Run<'_> {
    /// One statement for each image.
    fn images(&self, references: &[(String, Reference)], mut outcome: Outcome) -> Result<Outcome, Problem> {
        let args = self.args;
        let named = |(text, reference): &(String, Reference)| (text.clone(), Named::Image(reference.clone()));
        let subjects: Vec<(String, Named)> = references.iter().map(named).collect();
        let client = args
            .registry
            .client(&subjects, args.stdin_readers() > 0, self.global)?
            .ok_or_else(|| Problem::usage("there is nothing to attest"))?;
        let images = Images {
            client: &client,
            predicate: self.predicate,
            replace: args.replace,
            yes: args.yes,
            console: self.console,
            type_name: args.predicate.type_name(),
        };
        let mut ready = Vec::new();
        for (text, reference) in references {
            match images.ready(text, reference) {
                Ok(one) => ready.push(one),
                Err(findings) => outcome.findings.extend(findings),
            }
        }
        // Nothing is signed unless everything may be.
        if ready.len() < references.len() {
            return Ok(outcome);
        }
        let signing = args.signing(self.console)?;
        let material = args.material(self.global)?;
        signing.session(&material, self.global, self.console, |session| {
            for one in ready {
                images.attest(one, session, &material, &mut outcome);
            }
        })?;
        Ok(outcome)
    }

    /// One statement about files and digests.
    fn plain(&self, inputs: &[Input], place: &Place, mut outcome: Outcome) -> Result<Outcome, Problem> {
        let subjects = inputs
            .iter()
            .map(|input| {
                let read = input.read(std::io::stdin().lock(), NonZeroUsize::MIN, &|_| {});
                read.map(|signable| signable.subject)
            })
            .collect::<Result<Vec<Subject>, Finding>>();
        let subjects = match subjects {
            Ok(subjects) => subjects,
            Err(finding) => return Ok(outcome.and(vec![finding])),
        };
        let first = subjects.first().cloned();
        let prepared = match prepare(subjects, &[], self.predicate) {
            Ok(prepared) => prepared,
            Err(NotPrepared::Denied(findings)) => return Ok(outcome.and(findings)),
            Err(NotPrepared::Unmakeable(problem)) => return Err(Problem::usage(problem.to_string())),
        };
        outcome.findings.extend(prepared.findings.iter().cloned());
        let signing = self.args.signing(self.console)?;
        let material = self.args.material(self.global)?;
        let first = first.ok_or_else(|| Problem::usage("there is nothing to attest"))?;
        let result = signing.session(&material, self.global, self.console, |session| {
            session.sign_content(first, prepared.content.clone())
        })?;
        outcome
            .findings
            .extend(result.as_ref().ok().and_then(size_finding));
        match place.publish(&prepared, result, &material) {
            Ok(attested) => outcome.attested.push(attested),
            Err(failure) => outcome.failed.push(failure),
        }
        Ok(outcome)
    }
}

impl Args {
    /// What is attested. Images and other things are not mixed: they come to different statements in different places.
    fn targets(&self) -> Result<Targets, Problem> {
        let images = self
            .subjects
            .iter()
            .map(|text| (text, Named::parse(text, path_kind)))
            .filter_map(|(text, subject)| match subject {
                Ok(Named::Image(reference)) => Some((text.clone(), reference)),
                _ => None,
            })
            .collect::<Vec<_>>();
        let targets = match images.len() {
            0 => self.plain()?,
            count if count < self.subjects.len() => {
                return Err(
                    Problem::usage("images and other subjects cannot be attested in one run")
                        .help("each image gets a statement of its own, in its registry"),
                );
            }
            _ => {
                let for_files = [
                    ("--bundle", self.bundle.is_some()),
                    ("--overwrite", self.overwrite),
                ];
                if let Some((flag, _)) = for_files.into_iter().find(|(_, given)| *given) {
                    return Err(Problem::usage(format!(
                        "{flag} is for files, and the bundle of an image goes to its registry"
                    )));
                }
                for (text, reference) in &images {
                    check_reference(text, reference, self.yes)?;
                }
                Targets::Images(images)
            }
        };
        let stdin = match &targets {
            Targets::Plain(inputs, _) => inputs.iter().filter(|input| **input == Input::Stdin).count(),
            Targets::Images(_) => usize::from(self.registry.takes_stdin()),
        };
        if stdin + self.stdin_readers() > 1 {
            return Err(Problem::usage("standard input can be read only once"));
        }
        Ok(targets)
    }

    fn plain(&self) -> Result<Targets, Problem> {
        self.registry.refuse()?;
        let for_images = [("--yes", self.yes), ("--replace", self.replace)];
        if let Some((flag, _)) = for_images.into_iter().find(|(_, given)| *given) {
            return Err(Problem::usage(format!(
                "{flag} is for images, and no subject is one"
            )));
        }
        let inputs = self
            .subjects
            .iter()
            .map(|text| input(text))
            .collect::<Result<Vec<Input>, Problem>>()?;
        let place = Place::new(
            self.bundle.as_deref(),
            self.overwrite,
            &inputs,
            self.predicate.type_name(),
        )?;
        Ok(Targets::Plain(inputs, place))
    }

    /// How many flags read standard input.
    fn stdin_readers(&self) -> usize {
        let readers = [
            self.predicate.takes_stdin(),
            self.key.takes_stdin(),
            self.identity.takes_stdin(),
        ];
        readers.into_iter().filter(|takes| *takes).count()
    }

    fn material(&self, global: &Global) -> Result<TrustMaterial, Problem> {
        self.trust
            .load_for_signing(global, Timestamp::now())
            .map_err(|finding| Problem::finding(&finding))
    }

    fn signing(&self, console: &Console) -> Result<Signing<'_>, Problem> {
        if let Some(flag) = self.identity.first_flag().filter(|_| self.key.is_given()) {
            return Err(Problem::usage(format!(
                "{flag} says whose identity signs, and no identity is needed here"
            )));
        }
        Ok(Signing {
            signer: self.key.load(console)?,
            key_hint: self.key_hint.as_deref(),
            log: !self.no_log,
            identity: &self.identity,
            services: &self.services,
            allow_http: self.registry.allow_http(),
        })
    }
}

/// What is attested.
enum Targets {
    /// Images, with the texts that name them.
    Images(Vec<(String, Reference)>),
    /// Everything else, and where its bundle goes.
    Plain(Vec<Input>, Place),
}
