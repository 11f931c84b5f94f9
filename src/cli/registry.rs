//! The flags that say how registries are reached, and what the environment says about it.

use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::output::to_stderr;
use super::{Global, Problem};
use crate::http::{Endpoint, Proxies, Secret};
use crate::registry::client::{
    Client, ClientConfig, Credential, CredentialOptions, CredentialPath, TlsConfig,
};
use crate::registry::limits::IMAGES_IN_FLIGHT;
use crate::subject::Subject;

/// Bytes of a password, token, certificate or key file.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The time that is left for the report when the time for the run is over, at most. A signature that could not be published
/// is kept in a file by then, on a disk that may be busy.
const REPORT_TIME: Duration = Duration::from_secs(3);

/// How registries are reached.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Registry")]
pub(crate) struct RegistryArgs {
    /// User name for the registry; with --registry-password-stdin
    #[arg(long, value_name = "NAME", requires = "registry_password_stdin")]
    registry_username: Option<String>,
    /// Read the password for the registry from standard input
    #[arg(long, requires = "registry_username")]
    registry_password_stdin: bool,
    /// File with a bearer token for the registry, sent to it as it is
    #[arg(long, value_name = "FILE", conflicts_with = "registry_username")]
    registry_token_file: Option<PathBuf>,
    /// Token server that may be told the credentials although it is of another site than the registry; repeatable
    #[arg(long, value_name = "HOST[:PORT]")]
    registry_auth_host: Vec<Endpoint>,
    /// Go to these hosts and to no other: registry, token server, content delivery network; repeatable
    #[arg(long, value_name = "HOST[:PORT]")]
    registry_egress: Vec<Endpoint>,
    /// PEM certificates of authorities that are trusted for registries, besides the system's
    #[arg(long, value_name = "FILE")]
    registry_ca: Option<PathBuf>,
    /// PEM client certificate for the registry; with --registry-key
    #[arg(long, value_name = "FILE", requires = "registry_key")]
    registry_cert: Option<PathBuf>,
    /// PEM key of the client certificate
    #[arg(long, value_name = "FILE", requires = "registry_cert")]
    registry_key: Option<PathBuf>,
    /// Registry or signing service that is reached without TLS; repeatable. Loopback needs no such flag
    #[arg(long, value_name = "HOST[:PORT]")]
    allow_http: Vec<Endpoint>,
}

impl RegistryArgs {
    /// The client that the flags and the environment make; `None` when no subject is in a registry.
    pub(super) fn client(
        &self,
        subjects: &[(String, Subject)],
        stdin_is_taken: bool,
        global: &Global,
    ) -> Result<Option<Client>, Problem> {
        let images: Vec<_> = subjects
            .iter()
            .filter_map(|(text, subject)| match subject {
                Subject::Image(reference) => Some((text, reference)),
                _ => None,
            })
            .collect();
        let Some((text, first)) = images.first() else {
            let allow_http = (!self.allow_http.is_empty()).then_some("--allow-http");
            return match self.first_flag().or(allow_http) {
                Some(flag) => Err(idle(flag)),
                None => Ok(None),
            };
        };
        if global.offline {
            return Err(Problem::usage(format!(
                "{text} is in a registry, and --offline forbids the network"
            ))
            .help("copy it into an OCI layout while there is a network, and verify oci-layout:DIR"));
        }
        if self.registry_password_stdin && stdin_is_taken {
            return Err(Problem::usage("standard input can be read only once"));
        }
        let one = images
            .iter()
            .all(|(_, other)| other.registry() == first.registry());
        let given = self.credential()?;
        if given.is_some() && !one {
            return Err(Problem::usage(
                "credentials on the command line are for one registry, and there are several",
            )
            .help("log in to each, for example with podman login, and leave the flags out"));
        }
        let config = ClientConfig {
            credentials: CredentialOptions {
                given: given.map(|credential| (first.registry().to_owned(), credential)),
                files: credential_files(),
                allow_helpers: true,
            },
            auth_hosts: self.registry_auth_host.clone(),
            egress: (!self.registry_egress.is_empty()).then(|| self.registry_egress.clone()),
            allow_http: self.allow_http.clone(),
            tls: self.tls()?,
            proxies: proxies(),
            deadline: deadline(global),
            ..ClientConfig::default()
        };
        let client = Client::new(config);
        let client =
            client.map_err(|error| Problem::undecided(format!("cannot start the network: {error}")))?;
        Ok(Some(client))
    }

    /// The hosts that are reached without TLS.
    pub(super) fn allow_http(&self) -> &[Endpoint] {
        &self.allow_http
    }

    /// Whether standard input is read for the password.
    pub(super) fn takes_stdin(&self) -> bool {
        self.registry_password_stdin
    }

    /// Refuses flags that are for registries alone, where nothing is in one.
    pub(super) fn refuse(&self) -> Result<(), Problem> {
        self.first_flag().map_or(Ok(()), |flag| Err(idle(flag)))
    }

    /// The first flag that was given and that is for registries alone.
    fn first_flag(&self) -> Option<&'static str> {
        [
            ("--registry-username", self.registry_username.is_some()),
            ("--registry-token-file", self.registry_token_file.is_some()),
            ("--registry-auth-host", !self.registry_auth_host.is_empty()),
            ("--registry-egress", !self.registry_egress.is_empty()),
            ("--registry-ca", self.registry_ca.is_some()),
            ("--registry-cert", self.registry_cert.is_some()),
        ]
        .into_iter()
        .find_map(|(flag, given)| given.then_some(flag))
    }

    fn credential(&self) -> Result<Option<Credential>, Problem> {
        if let Some(path) = &self.registry_token_file {
            return Ok(Some(Credential::RegistryToken(secret_file(path)?)));
        }
        let Some(username) = &self.registry_username else {
            return Ok(None);
        };
        let mut password = String::new();
        std::io::stdin()
            .lock()
            .take(MAX_FILE_BYTES)
            .read_to_string(&mut password)
            .map_err(|error| Problem::usage(format!("the password on standard input: {error}")))?;
        Ok(Some(Credential::Password {
            username: Secret::new(username.clone()),
            password: line(password, "standard input")?,
        }))
    }

    fn tls(&self) -> Result<TlsConfig, Problem> {
        let authorities = self.registry_ca.as_deref().map(read).transpose()?;
        let client = match (&self.registry_cert, &self.registry_key) {
            (Some(certificate), Some(key)) => {
                let text = format!("{}\n{}", read(certificate)?, read(key)?);
                Some(Secret::new(text))
            }
            _ => None,
        };
        Ok(TlsConfig {
            authorities: authorities.map(String::into_bytes),
            client,
        })
    }
}

fn idle(flag: &str) -> Problem {
    Problem::usage(format!(
        "{flag} is for images in registries, and no subject is one"
    ))
}

/// When requests have to be over, so that there is time left to say what came of them.
pub(super) fn deadline(global: &Global) -> Option<Instant> {
    let reserve = REPORT_TIME.min(global.timeout / 4);
    Instant::now().checked_add(global.timeout.saturating_sub(reserve))
}

/// Images looked up at once.
pub(super) fn in_flight(global: &Global) -> NonZeroUsize {
    let usual = NonZeroUsize::new(IMAGES_IN_FLIGHT).unwrap_or(NonZeroUsize::MIN);
    global.jobs.unwrap_or(usual)
}

/// Says which credentials were used, never what they are.
pub(super) fn tell_sources(client: &Client) {
    for (registry, source) in client.credential_sources() {
        to_stderr(&format!("registry {registry}: {source}\n"));
    }
}

/// The credential files, in the order in which they are asked. `REGISTRY_AUTH_FILE` stands for podman's own.
fn credential_files() -> Vec<CredentialPath> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let home = folder("HOME");
    let under_home = |name: &str| home.as_ref().map(|home| home.join(name));
    let mut files = Vec::new();
    let mut add = |path: Option<PathBuf>, required| {
        files.extend(path.map(|path| CredentialPath { path, required }));
    };
    match folder("REGISTRY_AUTH_FILE") {
        Some(file) => add(Some(file), true),
        None => {
            let config = folder("XDG_CONFIG_HOME").or_else(|| under_home(".config"));
            for folder in [folder("XDG_RUNTIME_DIR"), config] {
                add(folder.map(|folder| folder.join("containers/auth.json")), false);
            }
        }
    }
    let docker = folder("DOCKER_CONFIG").or_else(|| under_home(".docker"));
    add(docker.map(|folder| folder.join("config.json")), false);
    files
}

/// The proxies of the environment, in lower case first as other programs have it.
pub(super) fn proxies() -> Proxies {
    let variable = |names: [&str; 2]| {
        let mut values = names.into_iter().filter_map(|name| std::env::var(name).ok());
        values.find(|value| !value.is_empty())
    };
    let all = || variable(["all_proxy", "ALL_PROXY"]);
    let proxy = |names| variable(names).or_else(all).map(Secret::new);
    Proxies {
        http: proxy(["http_proxy", "HTTP_PROXY"]),
        https: proxy(["https_proxy", "HTTPS_PROXY"]),
        none: variable(["no_proxy", "NO_PROXY"]),
    }
}

/// A secret that is the only line of a file.
pub(super) fn secret_file(path: &Path) -> Result<Secret, Problem> {
    line(read(path)?, &path.display().to_string())
}

/// A secret without the line end that editors and `echo` add.
fn line(text: String, place: &str) -> Result<Secret, Problem> {
    let secret = Secret::new(text.trim_end_matches(['\r', '\n']));
    match secret.is_empty() {
        true => Err(Problem::usage(format!("{place}: there is no secret in it"))),
        false => Ok(secret),
    }
}

fn read(path: &Path) -> Result<String, Problem> {
    let problem = |error: std::io::Error| Problem::usage(format!("{}: {error}", path.display()));
    let mut text = String::new();
    std::fs::File::open(path)
        .map_err(problem)?
        .take(MAX_FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(problem)?;
    Ok(text)
}
