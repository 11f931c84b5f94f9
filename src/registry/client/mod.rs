//! A client for OCI registries that believes nothing it is sent (OCI distribution specification 1.1).
//!
//! [`Client::open`] gives a [`RemoteStore`] for a reference: [`RemoteStore::resolve`] turns the tag into digests over
//! bytes that were hashed here, once, and [`RemoteStore::prefetch`] fetches everything that discovery will ask for in
//! parallel, each thing once.
//!
//! | part | answers for |
//! |---|---|
//! | `origin`, `egress` | where requests may go, by name, by address and by what a name server says |
//! | `challenge`, `token`, `credential`, `credentials`, `pass` | who we say we are, and to whom |
//! | `wire` | one exchange, over [`crate::http`]: TLS and where to |
//! | `session` | attempts, redirects and tokens, for one registry |
//! | `image`, `held`, `memo`, `link`, `prefetch` | manifests, tags, referrers and blobs, each at most once |
//! | `order`, `write`, `feed` | what is written, with which right, and how a large blob is sent |
//! | `merge` | tags that several writers add to |
//! | `stream` | large blobs that are read |
//! | `store`, `sink` | the same for threads that may wait: discovery, copying, publishing |
//! | `trouble` | why there was no answer, as a finding |
//!
//! Inside it is asynchronous; at its border it is not.

mod challenge;
mod config;
mod credential;
mod credentials;
mod egress;
mod feed;
mod held;
mod image;
mod link;
mod memo;
mod merge;
mod order;
mod origin;
mod pass;
mod prefetch;
mod session;
mod sink;
mod store;
mod stream;
mod token;
mod trouble;
mod wire;
mod write;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oci_spec::distribution::Reference;

pub use config::{ClientConfig, Settle, TlsConfig};
pub use credential::Credential;
pub use credentials::{CredentialOptions, CredentialPath, CredentialSource, HELPER_TIMEOUT};
pub use store::RemoteStore;

use crate::http::Worker;
use crate::report::Finding;
use credentials::Keyring;
use image::Image;
use session::Session;
use trouble::Trouble;

/// Threads that requests are driven on; they mostly wait.
const WORKERS: usize = 2;

/// All that the images of one run share: connections, tokens, credentials and threads.
#[derive(Debug)]
pub struct Client {
    config: Arc<ClientConfig>,
    keyring: Arc<Keyring>,
    sessions: Mutex<HashMap<String, Result<Arc<Session>, Trouble>>>,
    worker: Arc<Worker>,
}

impl Client {
    /// Sets up a client. Nothing is sent and nothing is read before an image is asked for.
    ///
    /// # Errors
    ///
    /// When the system gives no threads.
    pub fn new(config: ClientConfig) -> std::io::Result<Self> {
        Ok(Self {
            keyring: Keyring::new(config.credentials.clone()),
            config: Arc::new(config),
            sessions: Mutex::default(),
            worker: Arc::new(Worker::start("registry", WORKERS)?),
        })
    }

    /// The store of the image that `reference` names. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A finding when the registry's name, a certificate or a proxy address cannot be used.
    pub fn open(&self, reference: &Reference) -> Result<RemoteStore, Box<Finding>> {
        let session = self
            .session(reference.registry())
            .map_err(|trouble| Box::new(trouble.finding()))?;
        let image = Image::new(session, reference)
            .map_err(|why| Box::new(Trouble::new(reference.to_string(), why).finding()))?;
        Ok(RemoteStore::new(Arc::new(image), Arc::clone(&self.worker)))
    }

    /// Which registry was asked with which credentials so far; for people, never for decisions.
    pub fn credential_sources(&self) -> Vec<(String, CredentialSource)> {
        self.keyring.used()
    }

    fn session(&self, registry: &str) -> Result<Arc<Session>, Trouble> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let make =
            || Session::new(registry, Arc::clone(&self.config), Arc::clone(&self.keyring)).map(Arc::new);
        sessions.entry(registry.to_owned()).or_insert_with(make).clone()
    }
}
