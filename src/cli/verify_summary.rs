//! `portcullis verify … --attach-vsa` and `--vsa-out`: a signed verification summary of what was allowed.

use std::path::PathBuf;

use jiff::Timestamp;

use super::identity::IdentityArgs;
use super::output::Console;
use super::password::PasswordArgs;
use super::pins::Failure;
use super::rules::public_log_url;
use super::services::ServiceArgs;
use super::signing::Signing;
use super::signing_key::{KeySource, open, parse_source};
use super::trust::TrustArgs;
use super::{Global, Problem};
use crate::attestation::vsa::{Maker, is_name, make};
use crate::http::Endpoint;
use crate::ops::publish::Image;
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{Destination, Session, SignReport, SignedReport, Where, summary_statement};
use crate::registry::client::Client;
use crate::report::{Code, Finding, Report, SubjectReport, Verdict};
use crate::sigstore::sign::{Complete, Content, Subject};
use crate::sigstore::trust::{TrustChoice, TrustMaterial};
use crate::subject::Subject as Named;

/// Name of the command in its report.
const COMMAND: &str = "verify";

/// Whether a summary is signed, and by whom.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Verification summary")]
pub(crate) struct SummaryArgs {
    /// Attach a signed SLSA verification summary to every image, once everything is allowed
    #[arg(long, requires_all = ["policy", "vsa_verifier"])]
    attach_vsa: bool,
    /// Write a signed SLSA verification summary, once the subject is allowed
    #[arg(long, value_name = "FILE", requires_all = ["policy", "vsa_verifier"])]
    vsa_out: Option<PathBuf>,
    /// Who verifies: the id that the summary names
    #[arg(long, value_name = "URI", value_parser = parse_name)]
    vsa_verifier: Option<String>,
    /// What the summary calls the policy [default: the path of its file]
    #[arg(long, value_name = "URI", value_parser = parse_name)]
    vsa_policy: Option<String>,
    /// What the summary calls the artifact [default: the image's package URL, the file, or the digest]
    #[arg(long, value_name = "URI", value_parser = parse_name)]
    vsa_resource: Option<String>,
    /// Private key that signs the summary, as sign's --key [default: an identity token]
    #[arg(long, value_name = "KEY", value_parser = parse_source)]
    vsa_key: Option<KeySource>,
    #[command(flatten)]
    password: PasswordArgs,
    #[command(flatten)]
    identity: IdentityArgs,
    #[command(flatten)]
    services: ServiceArgs,
}

fn parse_name(text: &str) -> Result<String, String> {
    match is_name(text) {
        true => Ok(text.to_owned()),
        false => Err("this has to be a URI with its scheme".to_owned()),
    }
}

/// What a finished verification leaves for its summary.
pub(super) struct Surroundings<'a> {
    pub(super) report: &'a Report,
    pub(super) trust: &'a TrustArgs,
    /// The trust root that the policy names.
    pub(super) from_policy: Option<&'a TrustChoice>,
    pub(super) client: Option<&'a Client>,
    pub(super) allow_http: &'a [Endpoint],
    pub(super) global: &'a Global,
    pub(super) console: &'a Console,
}

impl SummaryArgs {
    /// Whether there is to be a summary.
    pub(super) fn is_asked(&self) -> bool {
        self.attach_vsa || self.vsa_out.is_some()
    }

    /// How many flags read standard input.
    pub(super) fn stdin_readers(&self) -> usize {
        let readers = [
            self.vsa_key == Some(KeySource::Stdin),
            self.password.takes_stdin(),
            self.identity.takes_stdin(),
        ];
        readers.into_iter().filter(|takes| *takes).count()
    }

    /// Flags that do not go together with each other or with the subjects. `one` says that there is one subject only.
    pub(super) fn check(
        &self,
        subjects: &[(String, Named)],
        one: bool,
        global: &Global,
    ) -> Result<(), Problem> {
        if !self.is_asked() {
            return match self.first_flag() {
                Some(flag) => Err(Problem::usage(format!(
                    "{flag} is for signing a verification summary, and none was asked for"
                ))
                .help("ask for one with --attach-vsa or --vsa-out FILE")),
                None => Ok(()),
            };
        }
        if global.offline {
            return Err(Problem::usage(
                "a summary is signed with services, and --offline forbids the network",
            ));
        }
        if let Some(flag) = self.identity.first_flag().filter(|_| self.vsa_key.is_some()) {
            return Err(Problem::usage(format!(
                "{flag} says whose identity signs, and --vsa-key signs"
            )));
        }
        if self.vsa_out.is_some() && !one {
            return Err(Problem::usage("--vsa-out takes exactly one subject"));
        }
        if let Some(path) = self
            .vsa_out
            .as_ref()
            .filter(|path| path.symlink_metadata().is_ok())
        {
            let message = format!("{} is there already", path.display());
            return Err(Problem::usage(message).help("move it away, or name another place with --vsa-out"));
        }
        if self.vsa_resource.is_some() && !one {
            return Err(Problem::usage("--vsa-resource takes exactly one subject"));
        }
        let homeless = |(_, subject): &&(String, Named)| !matches!(subject, Named::Image(_));
        match subjects.iter().find(homeless).filter(|_| self.attach_vsa) {
            Some((text, _)) => Err(Problem::usage(format!(
                "--attach-vsa is for images in registries, and {text} is none"
            ))
            .help("write the summary to a file with --vsa-out FILE")),
            None => Ok(()),
        }
    }

    fn first_flag(&self) -> Option<&'static str> {
        let own = [
            ("--vsa-verifier", self.vsa_verifier.is_some()),
            ("--vsa-policy", self.vsa_policy.is_some()),
            ("--vsa-resource", self.vsa_resource.is_some()),
            ("--vsa-key", self.vsa_key.is_some()),
            ("--password-file", self.password.password_file.is_some()),
        ];
        let own = own.into_iter().find_map(|(flag, given)| given.then_some(flag));
        own.or_else(|| self.identity.first_flag())
            .or_else(|| self.services.first_flag())
    }

    /// Signs and publishes the summary of each subject of a report that allows everything.
    ///
    /// # Errors
    ///
    /// Why a summary could not be signed or published.
    pub(super) fn sign(&self, around: &Surroundings<'_>) -> Result<SignReport, Failure> {
        let material = around
            .trust
            .load_with_services(around.from_policy, around.global, Timestamp::now())
            .map_err(|finding| Failure::Findings(vec![finding]))?;
        let signing = Signing {
            signer: match &self.vsa_key {
                Some(source) => Some(open(source, &self.password, around.console)?),
                None => None,
            },
            key_hint: None,
            log: true,
            identity: &self.identity,
            services: &self.services,
            allow_http: around.allow_http,
        };
        let subjects = &around.report.subjects;
        let signed = signing.session(&material, around.global, around.console, |session| {
            subjects
                .iter()
                .map(|subject| self.one(subject, session, around, &material))
                .collect::<Result<Vec<_>, Finding>>()
        })?;
        let signed = signed.map_err(|finding| Failure::Findings(vec![finding]))?;
        let signed = signed.into_iter().flatten().collect();
        Ok(SignReport::new(COMMAND, signed, Vec::new()))
    }

    fn one(
        &self,
        subject: &SubjectReport,
        session: &mut Session<'_>,
        around: &Surroundings<'_>,
        material: &TrustMaterial,
    ) -> Result<Vec<SignedReport>, Finding> {
        let (about, content) = self.statement(around.report, subject)?;
        let mut complete = session
            .sign_content(about, content)
            .map_err(|failed| *failed.finding)?;
        let url = |log: &str, index| public_log_url(material, log, index);
        let mut reports = Vec::new();
        if let Some(path) = &self.vsa_out {
            write(path, &complete)?;
            reports.push(SignedReport::new(
                &subject.name,
                &complete,
                Where::File(path),
                url,
            ));
        }
        if self.attach_vsa {
            let (Some(image), Some(client)) = (Image::parse(&subject.name), around.client) else {
                let message = format!("{} is in no registry", subject.name);
                return Err(Finding::new(Code::InternalError, message));
            };
            let destination = Destination::bundle(image, Timestamp::now());
            let (attached, published) = destination
                .publish(client, complete)
                .map_err(|failed| *failed.finding)?;
            complete = attached;
            let place = Where::Registry(&destination, &published);
            reports.push(SignedReport::new(&subject.name, &complete, place, url));
        }
        Ok(reports)
    }

    /// The statement, of a subject that is allowed and of no other.
    fn statement(&self, report: &Report, subject: &SubjectReport) -> Result<(Subject, Content), Finding> {
        let bug = |detail: String| Finding::new(Code::InternalError, detail);
        if subject.verdict != Verdict::Allowed {
            return Err(bug(format!("{} is not allowed", subject.name)));
        }
        let maker = Maker {
            verifier: self.vsa_verifier.as_deref().unwrap_or_default(),
            policy_uri: self.vsa_policy.as_deref(),
            resource_uri: self.vsa_resource.as_deref(),
        };
        let made = make(report, subject, &maker).map_err(|problem| bug(problem.to_string()))?;
        summary_statement(&subject.name, made)
    }
}

fn write(path: &std::path::Path, complete: &Complete) -> Result<(), Finding> {
    keep::write(path, complete.json(), Existing::Keep).map_err(|error| {
        let message = format!("{}: cannot write: {error}", path.display());
        Finding::new(Code::ResultUnwritable, message)
            .help("make room, or name another place with --vsa-out, and verify again")
    })
}
