//! Starting a sandbox from the command line, and the files and variables that programs find it by.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::SignedDuration;
use portcullis::sandbox::server::{
    Access, GithubRun, Identity, Options, Ports, RegistryOptions, Sandbox, TokenRequest,
};

use crate::Failure;

/// Name of the file with the identity token, in the sandbox's folder.
const TOKEN_FILE: &str = "identity-token";
/// Name of the file to source in a shell.
const ENV_FILE: &str = "env";
/// Longest life of a sandbox.
const MAX_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// How the sandbox shall be.
#[derive(Debug, Args)]
pub(crate) struct Launch {
    /// Folder for its files, made if need be; a later start finds keys, logs and images again there. Without it, a temporary one
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Ports from this one on, one for each service; without it, free ones
    #[arg(long, value_name = "PORT")]
    ports_from: Option<u16>,
    /// How long it lives at most, like 30m or 2h
    #[arg(long = "for", value_name = "DURATION", default_value = "3h", value_parser = duration)]
    pub(crate) lifetime: Duration,
    /// Number that the keys are made from; without it, a random one
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// The person that the identity token is for, and that browser and device flows approve
    #[arg(long, value_name = "ADDRESS", default_value = "dev@example.com")]
    email: String,
    /// Offers tokens of a GitHub Actions run of this repository (OWNER/NAME) instead, as a runner does
    #[arg(long, value_name = "REPOSITORY", conflicts_with = "email")]
    github_actions: Option<String>,
    /// A registry without the referrers API
    #[arg(long)]
    hide_referrers: bool,
    /// A registry that demands Bearer tokens for this user and password, from the environment variable SANDBOX_REGISTRY_PASSWORD
    #[arg(long, value_name = "USER")]
    registry_user: Option<String>,
    /// A registry that answers every so-manieth request with 429
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    throttle_every: Option<u32>,
    /// Largest entry that Rekor v1 takes, in bytes
    #[arg(long, value_name = "BYTES")]
    rekor_v1_limit: Option<usize>,
    /// Largest entry that Rekor v2 takes, in bytes
    #[arg(long, value_name = "BYTES")]
    rekor_v2_limit: Option<usize>,
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text
        .parse()
        .map_err(|_| "a duration like 90s, 30m or 2h is needed")?;
    let duration = Duration::try_from(duration).map_err(|_| "a duration cannot be negative")?;
    if duration.is_zero() || duration > MAX_LIFETIME {
        return Err("between one second and a week".to_owned());
    }
    Ok(duration)
}

/// A running sandbox with what its users need to know.
#[derive(Debug)]
pub(crate) struct Launched {
    pub(crate) sandbox: Sandbox,
    /// Variables by name.
    pub(crate) environment: BTreeMap<String, String>,
}

impl Launch {
    /// Starts it and writes the token and the file to source.
    pub(crate) fn start(&self) -> Result<Launched, Failure> {
        let access = match &self.registry_user {
            None => Access::Open,
            Some(user) => Access::Bearer {
                user: user.clone(),
                password: std::env::var("SANDBOX_REGISTRY_PASSWORD").map_err(
                    |_| "--registry-user needs the environment variable SANDBOX_REGISTRY_PASSWORD",
                )?,
            },
        };
        let mut options = Options {
            seed: self.seed,
            dir: self.dir.clone(),
            ports: self.ports_from.map_or(Ports::Free, Ports::From),
            person: self.email.clone(),
            rekor_v1_limit: self.rekor_v1_limit,
            rekor_v2_limit: self.rekor_v2_limit,
            registry: RegistryOptions {
                referrers_api: !self.hide_referrers,
                access,
                throttle_every: self.throttle_every,
                ..RegistryOptions::default()
            },
            ..Options::default()
        };
        if let Some(repository) = &self.github_actions {
            options.github_run = GithubRun::new(repository);
        }
        let sandbox = Sandbox::start(options)?;
        let identity = match &self.github_actions {
            Some(repository) => Identity::Github(GithubRun::new(repository)),
            None => Identity::Email(self.email.clone()),
        };
        let lifetime = SignedDuration::try_from(self.lifetime)?;
        let token = sandbox.mint(&TokenRequest::new(identity).lifetime(lifetime))?;
        let token_file = sandbox.dir().join(TOKEN_FILE);
        write_private(&token_file, token.as_bytes())?;

        let mut environment = variables(&sandbox, &token_file);
        if self.github_actions.is_some() {
            let ambient = sandbox.actions_environment();
            environment.extend(ambient.map(|(name, value)| (name.to_owned(), value)));
        } else {
            environment.insert("SIGSTORE_ID_TOKEN".to_owned(), token);
        }
        let script = exports(&environment);
        write_private(&sandbox.dir().join(ENV_FILE), script.as_bytes())?;
        Ok(Launched { sandbox, environment })
    }
}

fn variables(sandbox: &Sandbox, token_file: &Path) -> BTreeMap<String, String> {
    let urls = sandbox.urls();
    let file = |name: &str| sandbox.dir().join(name).display().to_string();
    [
        ("DIR", sandbox.dir().display().to_string()),
        ("TRUSTED_ROOT", file("trusted_root.json")),
        ("SIGNING_CONFIG", file("signing_config.json")),
        ("TRUST_CONFIG", file("trust_config.json")),
        ("TUF_ROOT", file("tuf_root.json")),
        ("TOKEN_FILE", token_file.display().to_string()),
        ("ISSUER", urls.oidc.clone()),
        ("FULCIO", urls.fulcio.clone()),
        ("CT", urls.ct.clone()),
        ("REKOR_V1", urls.rekor_v1.clone()),
        ("REKOR_V2", urls.rekor_v2.clone()),
        ("TSA", urls.tsa.clone()),
        ("TUF", urls.tuf.clone()),
        ("REGISTRY", urls.registry.clone()),
    ]
    .map(|(name, value)| (format!("PORTCULLIS_SANDBOX_{name}"), value))
    .into()
}

/// The variables as a shell script.
pub(crate) fn exports(environment: &BTreeMap<String, String>) -> String {
    environment
        .iter()
        .map(|(name, value)| format!("export {name}='{}'\n", value.replace('\'', r"'\''")))
        .collect()
}

/// Writes a file that only its owner may read: it holds a token.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
