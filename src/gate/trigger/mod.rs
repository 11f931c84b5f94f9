//! Setting a deployment off: what happens after *allowed*, and only then.
//!
//! A [`Trigger`] gets an [`Order`], which only an allowed decision makes, and says what became of it ([`Fired`]). It never
//! follows an address, a name or a revision that an event brought: where to go and with which secret is configuration.
//!
//! | trigger | proves itself with | repeats |
//! |---|---|---|
//! | [`ArgoCd`] | bearer token | at most once: the application's operation says whose it is |
//! | [`Flux`] | HMAC over the body | at least once; the receiver's effect is the same each time |
//! | [`Dispatch`] | bearer token | at least once, with a stable id in the payload |
//! | [`Webhook`] | Standard Webhooks signature | at least once, with a stable id |
//! | [`Summary`] | a signature; the registry's credentials | at least once; another summary says the same |
//!
//! There is no trigger without a secret (S0.57, S0.58), and none that starts a program. Secrets are read from their file
//! at every attempt, so a rotated one needs no restart.

mod argocd;
mod dispatch;
mod flux;
mod message;
mod post;
mod secret;
mod summary;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod webhook;

use std::sync::Arc;

use super::{Fired, Order, Trigger};

pub use argocd::{ArgoCd, AutoSync, Options};
pub use dispatch::Dispatch;
pub use flux::Flux;
pub use secret::SecretFile;
pub use summary::{Naming, Signing, Summary, Trusted};
pub use webhook::Webhook;

/// A trigger by its name in the configuration.
#[derive(Clone)]
pub struct NamedTrigger {
    /// The name.
    pub name: String,
    /// What carries out its orders.
    pub trigger: Arc<dyn Trigger>,
}

impl std::fmt::Debug for NamedTrigger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NamedTrigger({})", self.name)
    }
}
