//! What lets a deployment begin.
//!
//! A trigger is named in the configuration with how it proves who we are: one without that is refused. Each carries out one
//! [`Order`](super::Order) at a time.

mod webhook;

use std::sync::Arc;

use super::order::Trigger;

pub use webhook::{Webhook, WebhookError};

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
