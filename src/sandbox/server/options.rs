//! How a sandbox shall be, and where its services are.

use std::path::PathBuf;

use super::faults::Service;
use super::identity::GithubRun;

/// Ports of the services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// Whatever the system has free.
    #[default]
    Free,
    /// One after the other from this one, in the order of [`Service::ALL`].
    From(u16),
}

/// Who may use the registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Everyone.
    #[default]
    Open,
    /// Whoever shows a token of the registry's token endpoint, which wants this user and password.
    Bearer {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
}

/// How the registry shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryOptions {
    /// Whether there is a referrers API (OCI distribution 1.1). Without it, clients keep the referrers tag themselves.
    pub referrers_api: bool,
    /// Whether `If-Match` and `If-None-Match` on manifests are honoured, or ignored as by most registries.
    pub conditional_writes: bool,
    /// Who may use it.
    pub access: Access,
    /// Every so-manieth request is answered with 429 and `Retry-After: 1`.
    pub throttle_every: Option<u32>,
}

impl Default for RegistryOptions {
    fn default() -> Self {
        Self {
            referrers_api: true,
            conditional_writes: true,
            access: Access::Open,
            throttle_every: None,
        }
    }
}

/// How a sandbox shall be. The default suits tests: free ports, nothing kept, keys that nobody else has.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where keys come from; a random one if absent. Whoever knows it can forge everything.
    pub seed: Option<u64>,
    /// Folder for the written files, and for what a later start there finds again: keys, logs, the registry's contents. A
    /// temporary one if absent.
    pub dir: Option<PathBuf>,
    /// The ports.
    pub ports: Ports,
    /// The person that browser and device flows approve.
    pub person: String,
    /// The workflow run that ambient GitHub tokens are for.
    pub github_run: GithubRun,
    /// How often a device flow answers "pending" before it approves.
    pub device_polls: u32,
    /// Largest request to Rekor v1 in bytes; 4 MiB if absent.
    pub rekor_v1_limit: Option<usize>,
    /// Largest request to Rekor v2 in bytes; 4 MiB if absent, as in the real one.
    pub rekor_v2_limit: Option<usize>,
    /// The registry.
    pub registry: RegistryOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: None,
            dir: None,
            ports: Ports::Free,
            person: "dev@example.com".to_owned(),
            github_run: GithubRun::new("sandbox/demo"),
            device_polls: 1,
            rekor_v1_limit: None,
            rekor_v2_limit: None,
            registry: RegistryOptions::default(),
        }
    }
}

/// Where the services are. All are plain HTTP on 127.0.0.1, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Urls {
    /// The identity provider; also the issuer of its tokens.
    pub oidc: String,
    /// The certificate authority.
    pub fulcio: String,
    /// The certificate transparency log.
    pub ct: String,
    /// The old signature log.
    pub rekor_v1: String,
    /// The new signature log.
    pub rekor_v2: String,
    /// The timestamp authority, with its path.
    pub tsa: String,
    /// The TUF repository.
    pub tuf: String,
    /// The registry as image references name it: `127.0.0.1:PORT`.
    pub registry: String,
}

impl Urls {
    pub(super) fn new(port: impl Fn(Service) -> u16) -> Self {
        let url = |service| format!("http://127.0.0.1:{}", port(service));
        Self {
            oidc: url(Service::Oidc),
            fulcio: url(Service::Fulcio),
            ct: url(Service::Ct),
            rekor_v1: url(Service::RekorV1),
            rekor_v2: url(Service::RekorV2),
            tsa: format!("{}/api/v1/timestamp", url(Service::Tsa)),
            tuf: url(Service::Tuf),
            registry: format!("127.0.0.1:{}", port(Service::Registry)),
        }
    }
}
