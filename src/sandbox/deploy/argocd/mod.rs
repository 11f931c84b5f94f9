//! Argo CD's application API: what a client with one token sees of it.

mod answer;
mod application;
mod routes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::listen::Listening;

pub use application::{Application, Ending, Sync};

/// What goes wrong once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgoFault {
    /// The next request that asks for a sync is answered with this status, and nothing is done.
    Refuse(u16),
    /// The next sync is begun, and then answered with this status.
    BeginAndAnswer(u16),
    /// The next request of any kind is answered with this status.
    Anything(u16),
}

/// A fake of Argo CD.
#[derive(Debug)]
pub struct ArgoCd {
    shared: Arc<Mutex<Shared>>,
    listening: Listening,
}

#[derive(Debug)]
struct Shared {
    token: String,
    applications: BTreeMap<String, Application>,
    faults: Vec<ArgoFault>,
    requests: Vec<String>,
}

impl ArgoCd {
    /// Starts it without applications. `token` is the only one that it knows.
    pub fn start(token: &str) -> std::io::Result<Self> {
        let shared = Arc::new(Mutex::new(Shared {
            token: token.to_owned(),
            applications: BTreeMap::new(),
            faults: Vec::new(),
            requests: Vec::new(),
        }));
        Ok(Self {
            listening: Listening::start(routes::router(Arc::clone(&shared)))?,
            shared,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// Adds or replaces an application.
    pub fn put(&self, name: &str, application: Application) {
        lock(&self.shared)
            .applications
            .insert(name.to_owned(), application);
    }

    /// Changes an application, if there is one.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Application)) {
        if let Some(application) = lock(&self.shared).applications.get_mut(name) {
            change(application);
        }
    }

    /// Lets something go wrong once. Several wait for their turn.
    pub fn fault(&self, fault: ArgoFault) {
        lock(&self.shared).faults.push(fault);
    }

    /// Takes another token from now on.
    pub fn rotate(&self, token: &str) {
        token.clone_into(&mut lock(&self.shared).token);
    }

    /// Every sync that was begun, in its order.
    pub fn syncs(&self, name: &str) -> Vec<Sync> {
        let shared = lock(&self.shared);
        let application = shared.applications.get(name);
        application
            .map(|application| application.syncs.clone())
            .unwrap_or_default()
    }

    /// Method and path of every request, the refused ones included.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared).requests.clone()
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
