//! The gate's own event: `{"reference": "registry.example/app@sha256:…", "delivery": "build-17"}`.
//!
//! | member | meaning |
//! |---|---|
//! | `reference` | the image: registry, repository and a tag or digest |
//! | `delivery` | optional: a name for this delivery in records, at most 256 printable characters |
//!
//! Other members are not looked at.

use super::at::At;
use super::error::EventError;
use super::reference::{delivery, hint};
use crate::gate::hint::{DeliveryId, Hint};

/// Reads it. `outer` is the delivery id of the envelope, for events that have none of their own.
pub(super) fn read(root: &At<'_>, outer: Option<DeliveryId>) -> Result<Hint, EventError> {
    let reference = root.need("reference")?;
    let own = delivery(root.get("delivery"))?;
    hint(&reference.text()?, own.or(outer), &reference)
}
