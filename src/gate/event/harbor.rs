//! Notifications of Harbor, in its default form and as CloudEvents.
//!
//! Its `resource_url` is not looked at: the registry is the one of the caller.

use super::MAX_ENTRIES;
use super::at::At;
use super::error::EventError;
use super::reference::{in_registry, is_release};
use crate::gate::hint::{DeliveryId, Hint};

/// Reads the default form.
pub(super) fn read(root: &At<'_>, registry: Option<&str>) -> Result<Vec<Hint>, EventError> {
    let is_push = root.need_text("type")? == "PUSH_ARTIFACT";
    let data = root.need("event_data")?.object()?;
    read_data(is_push, &data, registry, None)
}

/// Reads what both forms have in them.
pub(super) fn read_data(
    is_push: bool,
    data: &At<'_>,
    registry: Option<&str>,
    delivery: Option<DeliveryId>,
) -> Result<Vec<Hint>, EventError> {
    if !is_push {
        return Ok(Vec::new());
    }
    let repository = data.need("repository")?.object()?.need("repo_full_name")?;
    let mut hints = Vec::new();
    for resource in data.need("resources")?.items(MAX_ENTRIES)? {
        let resource = resource.object()?;
        let tag = resource.get_text("tag")?.unwrap_or_default();
        // Of a push without a tag, Harbor gives the digest in its place.
        if tag.contains(':') || !is_release(&tag) {
            continue;
        }
        let digest = resource.need("digest")?;
        hints.push(in_registry(registry, &repository, &digest, delivery.clone())?);
    }
    Ok(hints)
}
