//! One pass of the TUF client: root, timestamp, snapshot, targets, then the documents that are wanted.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sigstore_trust_root::{SIGNING_CONFIG_TARGET, TRUSTED_ROOT_TARGET};
use sigstore_tuf::{Error, TrustedMetadataSet, Updater};

use super::TrustError;
use super::cache::{Cache, CacheOutcome, CachedSet, SessionStore};
use super::choice::{TrustOptions, TufSource};
use super::error::chain;
use super::network;
use super::repository::{CacheRepository, FetchError, HttpRepository, limits};

/// Where the TUF client keeps the roots that led to the current one.
const ROOT_HISTORY: &str = "root_history/";

/// One TUF role as far as it was verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleState {
    /// `root`, `timestamp`, `snapshot` or `targets`.
    pub role: &'static str,
    /// Its version; only ever rises.
    pub version: u64,
    /// When it expires.
    #[schemars(with = "String")]
    pub expires: Timestamp,
}

/// What a session came to know, as far as it got.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    /// The roles that verified.
    pub(crate) roles: Vec<RoleState>,
    /// The documents that the top-level targets role lists.
    pub(crate) listed: Vec<String>,
}

impl Progress {
    fn of(trusted: &TrustedMetadataSet) -> Self {
        let root = trusted.root();
        let mut roles = vec![role("root", root.version, root.expires)];
        roles.extend(
            trusted
                .timestamp()
                .map(|it| role("timestamp", it.version, it.expires)),
        );
        roles.extend(
            trusted
                .snapshot()
                .map(|it| role("snapshot", it.version, it.expires)),
        );
        let targets = trusted.targets_role("targets");
        roles.extend(targets.map(|it| role("targets", it.version, it.expires)));
        Self {
            roles,
            listed: targets
                .map(|it| it.targets.keys().cloned().collect())
                .unwrap_or_default(),
        }
    }

    /// The roles that have expired by `now`, the first to expire first.
    pub(crate) fn expired(&self, now: Timestamp) -> Option<&RoleState> {
        self.roles
            .iter()
            .filter(|role| role.expires < now)
            .min_by_key(|role| role.expires)
    }
}

fn role(role: &'static str, version: u64, expires: Timestamp) -> RoleState {
    RoleState {
        role,
        version,
        expires,
    }
}

/// The documents of a verified session.
#[derive(Debug, Clone)]
pub(crate) struct Documents {
    pub(crate) trusted_root: Vec<u8>,
    pub(crate) signing_config: Option<Vec<u8>>,
    pub(crate) fetched_at: Timestamp,
}

/// How a session ended, and how far it got.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) progress: Progress,
    pub(crate) documents: Result<Documents, TrustError>,
    /// A complete refresh that is not cached yet.
    pending: Option<(Cache, CachedSet)>,
}

impl Session {
    /// Caches what was refreshed. Called once the documents have proved fit for use: a repository that signs nonsense
    /// must not take away what `--offline` had.
    pub(crate) fn keep(&self, source: &TufSource) -> CacheOutcome {
        match &self.pending {
            Some((cache, set)) => cache.commit(source, set),
            None => CacheOutcome::Off,
        }
    }
}

/// Refreshes from the network. The result is cached by [`Session::keep`].
///
/// The cached set serves as the floor under which no version may fall, and spares what has not changed.
pub(crate) fn refresh(source: &TufSource, options: &TrustOptions, now: Timestamp) -> Session {
    let (cache, old) = Cache::open(options.cache_dir.as_deref(), source);
    let store = SessionStore::new(old.as_ref().map(|set| set.files.clone()).unwrap_or_default());
    let work = || async {
        let repository = HttpRepository::new(source)?;
        let mut updater = updater(repository, source, &store)?;
        let documents = drive(&mut updater, options.signing_config, now).await;
        Ok((Progress::of(updater.trusted()), documents))
    };
    let what = format!("fetching the trust root from {}", source.url);
    let (progress, documents) = match network::run(&what, options.timeout, work) {
        Ok(Ok((progress, documents))) => (progress, documents.map_err(|error| explain(source, &error))),
        Ok(Err(error)) | Err(error) => (Progress::default(), Err(error)),
    };
    let pending = match (&documents, old) {
        (Ok(_), _) => {
            let files = store.files();
            Some((
                cache,
                CachedSet {
                    fetched_at: now,
                    files,
                },
            ))
        }
        (Err(_), Some(old)) => {
            if let Some(set) = with_newer_roots(old, &store) {
                cache.commit(source, &set);
            }
            None
        }
        (Err(_), None) => None,
    };
    Session {
        progress,
        documents,
        pending,
    }
}

/// The old set with the roots that verified since, if there are any: a key that was seen to be withdrawn stays
/// withdrawn, even where the refresh failed later on (TUF specification 5.3.8).
fn with_newer_roots(old: CachedSet, store: &SessionStore) -> Option<CachedSet> {
    let mut set = old.clone();
    let roots = store
        .files()
        .into_iter()
        .filter(|(name, _)| name.starts_with(ROOT_HISTORY));
    set.files.extend(roots);
    (set != old).then_some(set)
}

/// Verifies the cached set as of the time at which it was fetched. No network, no runtime.
///
/// `None` when there is no cache. A cache that does not verify is an error, which the caller may pass over.
pub(crate) fn from_cache(source: &TufSource, options: &TrustOptions) -> Option<Session> {
    let (cache, set) = Cache::open(options.cache_dir.as_deref(), source);
    let Some(set) = set else {
        return cache
            .exists()
            .then(|| failed(TrustError::invalid("the cache file cannot be read")));
    };
    let store = SessionStore::new(set.files);
    let mut updater = match updater(CacheRepository::new(store.clone()), source, &store) {
        Ok(updater) => updater,
        Err(error) => return Some(failed(error)),
    };
    // A root that was published with an end in the past must not take away what was fetched before it.
    let at = set.fetched_at.min(updater.trusted().root().expires);
    let outcome = ready(drive(&mut updater, options.signing_config, at));
    let documents = match outcome {
        Some(outcome) => outcome.map_err(|error| explain(source, &error)),
        None => Err(TrustError::invalid("the cache did not answer at once")),
    };
    Some(Session {
        progress: Progress::of(updater.trusted()),
        documents,
        pending: None,
    })
}

fn failed(error: TrustError) -> Session {
    Session {
        progress: Progress::default(),
        documents: Err(error),
        pending: None,
    }
}

fn updater(
    repository: impl sigstore_tuf::Repository + 'static,
    source: &TufSource,
    store: &SessionStore,
) -> Result<Updater, TrustError> {
    let updater = Updater::new(repository, &source.bootstrap).map_err(|error| {
        TrustError::invalid(format!(
            "the TUF root that trust begins with is not valid: {}",
            chain(&error)
        ))
        .help("get root.json again from whoever runs the repository, over a way that you trust")
    })?;
    Ok(updater.with_config(limits()).with_store(store.clone()))
}

/// Runs the client's workflow with metadata judged as of `at`.
async fn drive(updater: &mut Updater, signing_config: bool, at: Timestamp) -> Result<Documents, Error> {
    updater.refresh(at).await?;
    let trusted_root = updater.get_target(TRUSTED_ROOT_TARGET, at).await?;
    let signing_config = match signing_config {
        true => match updater.get_target(SIGNING_CONFIG_TARGET, at).await {
            Ok(bytes) => Some(bytes),
            // Instances that nobody can sign with, such as GitHub's, publish none.
            Err(Error::TargetNotFound(_)) => None,
            Err(error) => return Err(error),
        },
        false => None,
    };
    Ok(Documents {
        trusted_root,
        signing_config,
        fetched_at: at,
    })
}

/// Polls a future that never waits.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Tells nobody answered from what was answered must not be believed.
fn explain(source: &TufSource, error: &Error) -> TrustError {
    let url = &source.url;
    if let Error::Transport {
        message,
        source: cause,
    } = error
    {
        let fetch = cause
            .as_deref()
            .and_then(|cause| cause.downcast_ref::<FetchError>());
        return match fetch {
            Some(fetch) if fetch.is_invalid() => {
                TrustError::invalid(format!("the TUF repository {url} is not acceptable: {fetch}"))
            }
            Some(fetch) => {
                TrustError::unavailable(format!("the TUF repository {url} did not answer: {fetch}"))
            }
            // The client's own: a file that has to be there is not.
            None => TrustError::unavailable(format!("the TUF repository {url} is incomplete: {message}")),
        }
        .help("`portcullis trust endpoints` lists the hosts that have to be reachable");
    }
    let refused = TrustError::invalid(format!(
        "the metadata of the TUF repository {url} is refused: {}",
        chain(error)
    ));
    match error {
        Error::Expired { .. } => {
            refused.help("check this machine's clock; otherwise the repository is out of date")
        }
        Error::Rollback { .. } => {
            refused.help("an older state was served than was seen before: ask whoever runs it")
        }
        _ => refused.help("`portcullis trust doctor` shows each part"),
    }
}
