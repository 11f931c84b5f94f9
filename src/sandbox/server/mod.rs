//! The sandbox as servers on loopback: what a client of Sigstore and of a registry talks to, without an account or a network.
//!
//! ```
//! use portcullis::sandbox::server::{Fault, Identity, Options, Rule, Sandbox, Service};
//!
//! let sandbox = Sandbox::start(Options::default())?;
//! let token = sandbox.token(&Identity::Email("dev@example.com".to_owned()))?;
//! let config = sandbox.dir().join("signing_config.json");
//! // The next entry is logged, but the answer gets lost.
//! sandbox.faults().add(Rule::new(Service::RekorV1, Fault::LoseAnswer).method("POST").times(1));
//! assert!(token.split('.').count() == 3 && config.exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything listens on 127.0.0.1 and ends with the value. Sizes, counts and lifetimes are bounded. Nothing here is safe
//! to expose: it approves everybody.
//!
//! One file per service: `oidc`, `fulcio`, `ct`, `rekor_v1`, `rekor_v2`, `tsa`, `tuf` and `registry`; a request passes
//! `faults` first. `principal` turns a token into a certificate, `proposed` checks what logs are given, `state` is what a
//! sandbox with a folder remembers.

mod ct;
mod ct_write;
mod faults;
mod files;
mod fulcio;
mod identity;
mod jwt;
mod oidc;
mod options;
mod principal;
mod proposed;
mod registry;
mod rekor_v1;
mod rekor_v2;
mod reply;
mod state;
mod tsa;
mod tuf;
mod world;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::tuf::{TufOptions, TufRepository};
use super::{Error, Instance};
use registry::Registry;
use state::{Journal, State};
use world::{Books, World, now};

pub use faults::{Fault, Faults, Rule, Seen, Service};
pub use identity::{AUDIENCE, GITHUB, GITLAB, GithubRun, GitlabJob, Identity, SPIFFE, TokenRequest};
pub use options::{Access, Options, Ports, RegistryOptions, Urls};

/// Threads that serve. Two suffice: signing takes milliseconds.
const THREADS: usize = 2;

/// Serial numbers that one start may use up.
const NUMBERS_PER_START: u64 = 1 << 32;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A port is taken, or not allowed.
    #[error("cannot listen on 127.0.0.1:{port} for {service}: {source}")]
    Listen {
        /// The service.
        service: &'static str,
        /// The port; 0 stands for any.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
    /// There are not so many ports.
    #[error("ports from {0} on do not suffice for {count} services", count = Service::ALL.len())]
    Ports(u16),
    /// The folder cannot be made, read or written.
    #[error("cannot use {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The runtime cannot be started.
    #[error("cannot start serving: {0}")]
    Runtime(std::io::Error),
    /// The instance cannot be made.
    #[error(transparent)]
    Instance(#[from] Error),
}

/// A running sandbox. It ends when it is dropped, and takes a temporary folder with it.
#[derive(Debug)]
pub struct Sandbox {
    runtime: Option<Runtime>,
    world: Arc<World>,
    trusted_root: Value,
    signing_config: Value,
    dir: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Sandbox {
    /// Starts all services and writes `trusted_root.json`, `signing_config.json` and `trust_config.json`.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let start = now();
        let seed = options
            .seed
            .unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
        let (dir, temporary) = folder(options.dir.as_deref())?;
        let failed = |source| StartError::Folder {
            path: dir.clone(),
            source,
        };
        let fresh = State {
            seed,
            made: start.as_second(),
            starts: 0,
        };
        let (state, journal) = match &options.dir {
            Some(_) => (
                state::open(&dir, fresh, options.seed).map_err(failed)?,
                Journal::in_folder(&dir),
            ),
            None => (fresh, Journal::default()),
        };
        let instance = revived(state)?;
        let kept = options.dir.as_ref().map(|dir| dir.join("registry"));
        let registry = Registry::new(options.registry.clone(), kept.as_deref()).map_err(failed)?;

        let listeners = listen(options.ports)?;
        let port = |service| {
            let address = listeners
                .get(&service)
                .and_then(|listener| listener.local_addr().ok());
            address.map(|address| address.port()).unwrap_or_default()
        };
        let urls = Urls::new(port);
        let trusted_root = instance.trusted_root_json()?;
        let signing_config = files::signing_config(&urls, instance.start());
        let repository = tuf_repository(&instance, &trusted_root, &signing_config, start, state.starts)?;
        let write = |name: &str, value: &[u8]| files::write(&dir, name, value).map_err(failed);
        write("trusted_root.json", trusted_root.to_string().as_bytes())?;
        write("signing_config.json", signing_config.to_string().as_bytes())?;
        let both = files::client_trust_config(&trusted_root, &signing_config);
        write("trust_config.json", both.to_string().as_bytes())?;
        write("tuf_root.json", repository.initial_root()?)?;

        let secrets = instance.seed().child(&format!("secrets {}", state.starts));
        let books = Books::new(instance, journal).map_err(failed)?;
        let world = Arc::new(World::new(options, urls, secrets, books, registry)?);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let files = Arc::new(repository.files().clone());
        for (service, listener) in listeners {
            serve(&runtime, listener, router(service, &world, &files)).map_err(StartError::Runtime)?;
        }
        Ok(Self {
            runtime: Some(runtime),
            world,
            trusted_root,
            signing_config,
            dir,
            _temporary: temporary,
        })
    }

    /// Where the services are.
    pub fn urls(&self) -> &Urls {
        &self.world.urls
    }

    /// The folder with the written files.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The trusted root.
    pub fn trusted_root(&self) -> &Value {
        &self.trusted_root
    }

    /// The signing configuration (v0.2) with both logs.
    pub fn signing_config(&self) -> &Value {
        &self.signing_config
    }

    /// The signing configuration with only the logs of Rekor's API version 1 or 2.
    pub fn signing_config_for_log(&self, version: u32) -> Value {
        files::with_log_version(&self.signing_config, version)
    }

    /// Trusted root and signing configuration as sigstore-python's `--trust-config` takes them.
    pub fn client_trust_config(&self) -> Value {
        files::client_trust_config(&self.trusted_root, &self.signing_config)
    }

    /// What shall go wrong, and what was requested.
    pub fn faults(&self) -> &Faults {
        &self.world.faults
    }

    /// A token for Fulcio, good for ten minutes.
    pub fn token(&self, identity: &Identity) -> Result<String, Error> {
        self.mint(&TokenRequest::new(identity.clone()))
    }

    /// Any token, wrong ones included.
    pub fn mint(&self, request: &TokenRequest) -> Result<String, Error> {
        self.world.mint(request)
    }

    /// What a GitHub Actions job has in its environment to get tokens, for the run of [`Options::github_run`].
    pub fn actions_environment(&self) -> [(&'static str, String); 2] {
        let url = format!("{}/actions/token?api-version=2.0", self.world.urls.oidc);
        [
            ("ACTIONS_ID_TOKEN_REQUEST_URL", url),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", self.world.actions_token()),
        ]
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Does not wait for stalled requests.
            runtime.shutdown_background();
        }
    }
}

fn folder(asked: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>), StartError> {
    match asked {
        Some(dir) => {
            let failed = |source| StartError::Folder {
                path: dir.to_owned(),
                source,
            };
            std::fs::create_dir_all(dir).map_err(failed)?;
            Ok((dir.canonicalize().map_err(failed)?, None))
        }
        None => {
            let failed = |source| StartError::Folder {
                path: std::env::temp_dir(),
                source,
            };
            let temporary = tempfile::Builder::new()
                .prefix("portcullis-sandbox-")
                .tempdir()
                .map_err(failed)?;
            Ok((temporary.path().to_owned(), Some(temporary)))
        }
    }
}

/// The instance of a state, which numbers nothing as an earlier start of it did.
fn revived(state: State) -> Result<Instance, Error> {
    let made = jiff::Timestamp::from_second(state.made).map_err(|error| Error::Time(error.to_string()))?;
    let mut instance = Instance::new(state.seed, made)?;
    let numbers = state.starts.saturating_mul(NUMBERS_PER_START);
    instance.ca.skip(numbers);
    instance.tsa.skip(numbers);
    Ok(instance)
}

fn listen(ports: Ports) -> Result<HashMap<Service, TcpListener>, StartError> {
    let mut listeners = HashMap::new();
    for (offset, service) in (0_u16..).zip(Service::ALL) {
        let port = match ports {
            Ports::Free => 0,
            Ports::From(first) => first.checked_add(offset).ok_or(StartError::Ports(first))?,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .map_err(|source| StartError::Listen {
                service: service.name(),
                port,
                source,
            })?;
        listeners.insert(service, listener);
    }
    Ok(listeners)
}

fn tuf_repository(
    instance: &Instance,
    trusted_root: &Value,
    signing_config: &Value,
    start: jiff::Timestamp,
    starts: u64,
) -> Result<TufRepository, Error> {
    // The names under which the public instance distributes them.
    let targets = BTreeMap::from([
        (
            "trusted_root.json".to_owned(),
            trusted_root.to_string().into_bytes(),
        ),
        (
            "signing_config.v0.2.json".to_owned(),
            signing_config.to_string().into_bytes(),
        ),
    ]);
    // Addresses and expiry change with every start, so the metadata's version does too.
    let options = TufOptions {
        version: starts.saturating_add(1),
        ..TufOptions::new(start)
    };
    TufRepository::new(instance.seed(), &targets, &options)
}

fn router(service: Service, world: &Arc<World>, files: &Arc<tuf::Files>) -> Router {
    let world = Arc::clone(world);
    let faults = world.faults.clone();
    let router = match service {
        Service::Oidc => oidc::routes(world),
        Service::Fulcio => fulcio::routes(world),
        Service::Ct => ct::routes(world),
        Service::RekorV1 => rekor_v1::routes(world),
        Service::RekorV2 => rekor_v2::routes(world),
        Service::Tsa => tsa::routes(world),
        Service::Tuf => tuf::routes(Arc::clone(files)),
        Service::Registry => registry::routes(world),
    };
    router.layer(axum::middleware::from_fn_with_state(
        (service, faults),
        faults::layer,
    ))
}

fn serve(runtime: &Runtime, listener: TcpListener, router: Router) -> std::io::Result<()> {
    let _guard = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    runtime.spawn(async move { axum::serve(listener, router).await });
    Ok(())
}
