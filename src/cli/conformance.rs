//! The Sigstore client conformance protocol (`docs/cli_protocol.md` of sigstore-conformance), for its test suite.

mod sign_bundle;

use std::path::PathBuf;

use jiff::Timestamp;

use super::output::Console;
use super::pins::read_key;
use super::{Global, Problem};
use crate::ops::verify::{Request, Rules, verify};
use crate::policy::{Demand, DemandKind};
use crate::registry::PlatformChoice;
use crate::report::{ExitCode, Finding, Origin, Verdict};
use crate::sigstore::Engine;
use crate::sigstore::pin::{Combine, IdentityRule, IssuerRule, LogRequirement, Pin, PinSet, TextRule, Who};
use crate::sigstore::trust::{TrustChoice, TrustOptions, load};
use crate::subject::{Digest, Subject};

/// Arguments of `conformance`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Protocol,
}

#[derive(Debug, clap::Subcommand)]
enum Protocol {
    /// Sign one file
    SignBundle(sign_bundle::SignBundle),
    /// Verify one bundle
    VerifyBundle(VerifyBundle),
}

#[derive(Debug, clap::Args)]
struct VerifyBundle {
    /// Use the staging instance
    #[arg(long)]
    staging: bool,
    /// The bundle
    #[arg(long)]
    bundle: PathBuf,
    /// Expected identity
    #[arg(long, required_unless_present = "key", requires = "certificate_oidc_issuer")]
    certificate_identity: Option<String>,
    /// Expected issuer
    #[arg(long)]
    certificate_oidc_issuer: Option<String>,
    /// Expected key
    #[arg(long, conflicts_with = "certificate_identity")]
    key: Option<PathBuf>,
    /// Trusted root
    #[arg(long)]
    trusted_root: Option<PathBuf>,
    /// File or digest
    artifact: String,
}

pub(super) fn run(args: Args, global: &Global, console: &Console) -> ExitCode {
    let args = match args.command {
        Protocol::VerifyBundle(args) => args,
        Protocol::SignBundle(args) => {
            return match sign_bundle::sign_bundle(&args, global) {
                Ok(()) => ExitCode::Allowed,
                Err(problem) => console.fail(&problem),
            };
        }
    };
    match verify_bundle(&args) {
        Ok((Verdict::Allowed, _)) => ExitCode::Allowed,
        Ok((verdict, findings)) => {
            let reasons: Vec<String> = findings
                .iter()
                .map(|finding| format!("{}: {}", finding.code, finding.message))
                .collect();
            console.fail(&Problem {
                code: verdict.into(),
                ..Problem::denied(reasons.join("; "))
            })
        }
        Err(finding) => console.fail(&Problem::finding(&finding)),
    }
}

fn verify_bundle(args: &VerifyBundle) -> Result<(Verdict, Vec<Finding>), Finding> {
    let now = Timestamp::now();
    let choice = match (&args.trusted_root, args.staging) {
        (Some(path), _) => TrustChoice::File(path.clone()),
        (None, true) => TrustChoice::Staging,
        (None, false) => TrustChoice::PublicGood,
    };
    // The protocol lets a client take the root that it ships with.
    let options = TrustOptions {
        offline: true,
        ..TrustOptions::default()
    };
    let material = load(&choice, &options, now).map_err(|error| error.finding().clone())?;
    let engine = Engine::new(material.root(), material.relaxations())?;
    let demand = demand(args)?;
    let subject = match args.artifact.parse::<Digest>() {
        Ok(digest) => Subject::Digest(digest),
        Err(_) => Subject::File(PathBuf::from(&args.artifact)),
    };
    let outcomes = verify(
        &Request {
            subjects: &[(args.artifact.clone(), subject)],
            bundles: std::slice::from_ref(&args.bundle),
            platform: &PlatformChoice::AsIs,
            registry: None,
            rules: &Rules::Demands(vec![demand]),
            jobs: std::num::NonZeroUsize::MIN,
            now,
            on_bytes: &|_| {},
            on_subject: &|_| {},
            public_log_url: &|_, _| None,
        },
        &engine,
    );
    let verdict = Verdict::worst(outcomes.iter().map(|outcome| outcome.report.verdict));
    let findings = outcomes
        .into_iter()
        .flat_map(|outcome| {
            let candidates = outcome
                .report
                .candidates
                .into_iter()
                .flat_map(|candidate| candidate.findings);
            outcome
                .report
                .findings
                .into_iter()
                .chain(candidates)
                .collect::<Vec<_>>()
        })
        .collect();
    Ok((verdict, findings))
}

fn demand(args: &VerifyBundle) -> Result<Demand, Finding> {
    let broken = |detail: String| Finding::new(crate::report::Code::InternalError, detail);
    let who = match (
        &args.key,
        &args.certificate_identity,
        &args.certificate_oidc_issuer,
    ) {
        (Some(key), ..) => Who::Key {
            key: read_key(key)?,
            log: LogRequirement::Required,
            origin: Origin::flag("--key"),
        },
        (None, Some(identity), Some(issuer)) => Who::Identity {
            identity: IdentityRule::new(
                TextRule::exact(identity),
                None,
                Origin::flag("--certificate-identity"),
            )
            .map_err(|error| broken(error.to_string()))?,
            issuer: IssuerRule {
                text: TextRule::exact(issuer),
                origin: Origin::flag("--certificate-oidc-issuer"),
            },
        },
        _ => return Err(broken("no identity".to_owned())),
    };
    let pin = Pin::new("conformance", who, Vec::new()).map_err(|error| broken(error.to_string()))?;
    let pins = PinSet::new(vec![pin], Combine::Any, None).map_err(|error| broken(error.to_string()))?;
    Ok(Demand::new(DemandKind::SignatureOrAttestation, pins))
}
