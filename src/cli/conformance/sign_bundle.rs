//! `conformance sign-bundle`. The one command that takes a token as an argument, because the protocol says so.

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::attestation::Statement;
use crate::cli::identity;
use crate::cli::services::read_config;
use crate::cli::{Global, Problem, registry};
use crate::http::{Secret, Web, WebConfig};
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{By, Input, Services, Session};
use crate::report::{Code, Finding};
use crate::sigstore::Engine;
use crate::sigstore::oidc::{AUDIENCE, TokenRequest, obtain};
use crate::sigstore::sign::{Content, Identity, SigningConfig, Subject};
use crate::sigstore::trust::{TrustChoice, TrustOptions, load};
use crate::subject::Algorithm;

/// Most bytes of a statement.
const MAX_STATEMENT_BYTES: u64 = 64 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct SignBundle {
    /// Use the staging instance
    #[arg(long)]
    staging: bool,
    /// The file is an in-toto statement, to be signed as it is
    #[arg(long)]
    in_toto: bool,
    /// Identity token
    #[arg(long, value_parser = secret)]
    identity_token: Secret,
    /// Where the bundle goes
    #[arg(long)]
    bundle: PathBuf,
    /// Trusted root
    #[arg(long)]
    trusted_root: Option<PathBuf>,
    /// Signing configuration
    #[arg(long)]
    signing_config: Option<PathBuf>,
    /// The file
    artifact: PathBuf,
}

fn secret(text: &str) -> Result<Secret, std::convert::Infallible> {
    Ok(Secret::new(text))
}

pub(super) fn sign_bundle(args: &SignBundle, global: &Global) -> Result<(), Problem> {
    let problem = |finding: Finding| Problem::finding(&finding);
    let instance = match args.staging {
        true => TrustChoice::Staging,
        false => TrustChoice::PublicGood,
    };
    let choice = match &args.trusted_root {
        Some(path) => TrustChoice::File(path.clone()),
        None => instance.clone(),
    };
    // The protocol lets a client take the root and the services that it ships with.
    let options = TrustOptions {
        offline: true,
        signing_config: true,
        ..TrustOptions::default()
    };
    let loaded = |choice: &TrustChoice| {
        load(choice, &options, Timestamp::now()).map_err(|error| Problem::finding(error.finding()))
    };
    let material = loaded(&choice)?;
    let config = match &args.signing_config {
        Some(path) => read_config(path).map_err(problem)?,
        None => {
            let published = loaded(&instance)?;
            let published = published
                .signing_config()
                .ok_or_else(|| Problem::configuration("the instance publishes no services to sign with"))?;
            SigningConfig::from_published("the built-in signing configuration", published).map_err(problem)?
        }
    };
    let engine = Engine::new(material.root(), material.relaxations()).map_err(problem)?;
    let web = Web::new(WebConfig {
        deadline: registry::deadline(global),
        proxies: registry::proxies(),
        ..WebConfig::default()
    });
    let web = web.map_err(|error| Problem::undecided(format!("cannot start the network: {error}")))?;
    let request = TokenRequest::Given {
        name: "--identity-token".to_owned(),
        token: args.identity_token.clone(),
        audience: AUDIENCE,
    };
    let obtained = obtain(&request, &web, Timestamp::now).map_err(|error| identity::problem(&error))?;
    let services = Services {
        web: &web,
        config: &config,
        engine: &engine,
        version: None,
        now: Timestamp::now,
        on_step: &|_, _| {},
    };
    let identity = Identity::from(&obtained.token);
    let mut session = Session::new(services, By::Identity(identity));
    let complete = match args.in_toto {
        true => {
            let (subject, payload) = statement(&args.artifact).map_err(problem)?;
            session.sign_content(subject, Content::Statement(payload))
        }
        false => {
            let input = Input::File(args.artifact.clone());
            let read = input.read(std::io::empty(), NonZeroUsize::MIN, &|_| {});
            session.sign_read(read.map_err(problem)?)
        }
    };
    let complete = complete.map_err(|failed| Problem::finding(&failed.finding))?;
    keep::write(&args.bundle, complete.json(), Existing::Overwrite)
        .map_err(|error| Problem::undecided(format!("{}: cannot write: {error}", args.bundle.display())))
}

/// A statement and the first of its subjects that has a SHA-256.
fn statement(path: &Path) -> Result<(Subject, Vec<u8>), Finding> {
    let name = path.display().to_string();
    let mut payload = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_STATEMENT_BYTES).read_to_end(&mut payload))
        .map_err(|error| Finding::new(Code::SubjectUnreadable, format!("{name}: {error}")))?;
    let malformed = |detail: String| Finding::new(Code::PayloadMalformed, format!("{name}: {detail}"));
    let statement = Statement::parse(&payload).map_err(|error| malformed(error.to_string()))?;
    let digest = statement
        .digests()
        .find(|digest| digest.algorithm() == Algorithm::Sha256)
        .ok_or_else(|| malformed("no subject of the statement has a SHA-256 digest".to_owned()))?;
    Ok((Subject { name, digest }, payload))
}
