//! `portcullis attest`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::attest_predicate::PredicateArgs;
use super::identity::IdentityArgs;
use super::output::Console;
use super::rules::public_log_url;
use super::services::ServiceArgs;
use super::sign;
use super::signing::Signing;
use super::signing_key::SigningKeyArgs;
use super::trust::TrustArgs;
use super::{Global, Problem};
use crate::attestation::predicate::{AttestType, Checked};
use crate::ops::attest::{
    AttestReport, AttestedReport, NotPrepared, Prepared, SubjectLine, prepare, size_finding,
};
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{Failed, FailureReport, Input, SignedReport};
use crate::report::{ExitCode, Finding};
use crate::sigstore::sign::{Complete, Subject};
use crate::sigstore::trust::TrustMaterial;

/// Name of the command in its report.
const COMMAND: &str = "attest";

/// What the bundle of an attestation is called by when its type has no short name.
const NAMELESS: &str = "attestation";

/// Arguments of `attest`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Files, `-` for standard input, or digests (sha256:<hex>); all of them stand in one statement
    #[arg(value_name = "SUBJECT", required = true)]
    subjects: Vec<String>,
    #[command(flatten)]
    predicate: PredicateArgs,

    /// Where the bundle goes [default for one file: FILE.TYPE.sigstore.json]
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Replace a bundle that is there
    #[arg(long)]
    overwrite: bool,

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
Makes an in-toto statement about subjects, signs it, and writes a Sigstore bundle.

The predicate is checked against its type first, and an SBOM has to be about the artifact: what is logged cannot be taken \
back. What was made is verified under the trust root in use before it is published. When a service fails, what was reached \
is kept beside the bundle, without any secret, for `sign --resume`.

With exit code 0, and only then, standard output has one line for each subject: `sha256:<hex>  name`.";

const EXAMPLES: &str = "\
Examples:
  The SBOM of a file, in a CI job that may ask for identity tokens:
    portcullis attest app.tar.gz --predicate app.cdx.json --type cyclonedx
    portcullis verify app.tar.gz --bundle app.tar.gz.cyclonedx.sigstore.json --type cyclonedx --policy portcullis.toml

  Provenance that the job's environment tells, for everything that it built:
    portcullis attest dist/app.tar.gz dist/app.whl --type slsa-provenance --from-ci --bundle provenance.sigstore.json

  What a scanner prints, with a key:
    scanner app.tar.gz | portcullis attest app.tar.gz --predicate - --type https://example.com/scan/v1 --key release.key";

pub(super) fn run(args: &Args, global: &Global, console: &Console) -> ExitCode {
    match attest(args, global, console) {
        Ok(report) => {
            console.tell_findings(&report.findings);
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

/// Everything that can be known to be wrong is known before a token is shown to anybody.
fn attest(args: &Args, global: &Global, console: &Console) -> Result<AttestReport, Problem> {
    let refused = |predicate: Option<&Checked>, findings| {
        Ok(AttestReport::new(
            COMMAND,
            predicate,
            Vec::new(),
            Vec::new(),
            findings,
        ))
    };
    let attest_type = args.predicate.attest_type();
    let inputs = args.inputs()?;
    let place = Place::new(args, &inputs, attest_type)?;
    let (predicate, mut findings) = match args.predicate.read(Timestamp::now())? {
        Ok(checked) => checked,
        Err(findings) => return refused(None, findings),
    };
    let subjects = inputs
        .iter()
        .map(|input| input.subject(std::io::stdin().lock(), &|_| {}))
        .collect::<Result<Vec<Subject>, Finding>>();
    let subjects = match subjects {
        Ok(subjects) => subjects,
        Err(finding) => return refused(Some(&predicate), vec![finding]),
    };
    let prepared = match prepare(subjects, &[], &predicate) {
        Ok(prepared) => prepared,
        Err(NotPrepared::Denied(findings)) => return refused(Some(&predicate), findings),
        Err(NotPrepared::Unmakeable(problem)) => return Err(Problem::usage(problem.to_string())),
    };
    findings.extend(prepared.findings.iter().cloned());
    let signing = args.signing(console)?;
    let material = args
        .trust
        .load_for_signing(global, Timestamp::now())
        .map_err(|finding| Problem::finding(&finding))?;
    let Some(first) = prepared.subjects.first().cloned() else {
        return Err(Problem::usage("there is nothing to attest"));
    };
    let result = signing.session(&material, global, console, |session| {
        session.sign_content(first, prepared.content.clone())
    })?;
    findings.extend(result.as_ref().ok().and_then(size_finding));
    let (attested, failed) = match place.publish(&prepared, result, &material) {
        Ok(attested) => (vec![attested], Vec::new()),
        Err(failure) => (Vec::new(), vec![failure]),
    };
    Ok(AttestReport::new(
        COMMAND,
        Some(&predicate),
        attested,
        failed,
        findings,
    ))
}

impl Args {
    fn inputs(&self) -> Result<Vec<Input>, Problem> {
        let inputs = self
            .subjects
            .iter()
            .map(|text| sign::input(text))
            .collect::<Result<Vec<Input>, Problem>>()?;
        let stdin = inputs.iter().filter(|input| **input == Input::Stdin).count();
        let readers = [
            self.predicate.takes_stdin(),
            self.key.takes_stdin(),
            self.identity.takes_stdin(),
        ];
        if stdin + readers.into_iter().filter(|takes| *takes).count() > 1 {
            return Err(Problem::usage("standard input can be read only once"));
        }
        Ok(inputs)
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
        })
    }
}

/// Where the bundle goes.
struct Place {
    bundle: PathBuf,
    existing: Existing,
}

impl Place {
    fn new(args: &Args, inputs: &[Input], attest_type: &AttestType) -> Result<Self, Problem> {
        let existing = match args.overwrite {
            true => Existing::Overwrite,
            false => Existing::Keep,
        };
        let bundle = match (&args.bundle, inputs) {
            (Some(bundle), _) => bundle.clone(),
            (None, [Input::File(path)]) => beside(path, attest_type),
            (None, [_]) => {
                return Err(Problem::usage("the subject has no place for its bundle")
                    .help("name one with --bundle FILE"));
            }
            (None, _) => {
                return Err(Problem::usage(
                    "one statement is about all of these, so its bundle has no place of its own",
                )
                .help("name one with --bundle FILE, or attest each subject by itself"));
            }
        };
        if existing == Existing::Keep && bundle.symlink_metadata().is_ok() {
            return Err(Problem::usage(format!("{} is there already", bundle.display()))
                .help("move it away, or replace it with --overwrite"));
        }
        Ok(Self { bundle, existing })
    }

    /// Writes the bundle, or what there is of it.
    fn publish(
        &self,
        prepared: &Prepared,
        result: Result<Complete, Failed>,
        material: &TrustMaterial,
    ) -> Result<AttestedReport, FailureReport> {
        let text = names(prepared);
        let complete = match result {
            Ok(complete) => complete,
            Err(failed) => {
                let kept = self.keep(&failed);
                return Err(FailureReport::new(&text, &failed, kept.as_deref()));
            }
        };
        keep::write(&self.bundle, complete.json(), self.existing)
            .map_err(|error| FailureReport::plain(&text, sign::unwritable(&self.bundle, &error)))?;
        let url = |log: &str, index| public_log_url(material, log, index);
        Ok(AttestedReport {
            subjects: prepared.subjects.iter().map(SubjectLine::from).collect(),
            signed: SignedReport::new(&text, &complete, &self.bundle, url),
            replaced: Vec::new(),
            kept: Vec::new(),
        })
    }

    /// Keeps what was reached; a resume file that is there is of an earlier attempt.
    fn keep(&self, failed: &Failed) -> Option<PathBuf> {
        let text = failed.draft.as_ref()?.to_json().ok()?;
        let path = keep::resume_beside(&self.bundle);
        keep::write(&path, &text, Existing::Overwrite).ok().map(|()| path)
    }
}

/// The subjects in a line.
fn names(prepared: &Prepared) -> String {
    let names: Vec<&str> = prepared
        .subjects
        .iter()
        .map(|subject| subject.name.as_str())
        .collect();
    names.join(", ")
}

/// `FILE.TYPE.sigstore.json`: the signature of the file itself is beside it under a name of its own.
fn beside(file: &Path, attest_type: &AttestType) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(attest_type.short_name().unwrap_or(NAMELESS));
    keep::bundle_beside(Path::new(&name))
}
