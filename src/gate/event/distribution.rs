//! Notifications of distribution (the CNCF registry) and of what is built on it: several events in one body.
//!
//! Its `url` and `request.host` are not looked at: the registry is the one of the caller.

use super::MAX_ENTRIES;
use super::at::At;
use super::error::EventError;
use super::reference::{delivery, in_registry, is_release};
use crate::gate::hint::Hint;
use crate::registry::ManifestKind;

/// Reads one body. What is not a push of a manifest under a tag gives no hint.
pub(super) fn read(root: &At<'_>, registry: Option<&str>) -> Result<Vec<Hint>, EventError> {
    let mut hints = Vec::new();
    for event in root.need("events")?.items(MAX_ENTRIES)? {
        let event = event.object()?;
        if event.need_text("action")? != "push" {
            continue;
        }
        let target = event.need("target")?.object()?;
        let media_type = target.get_text("mediaType")?.unwrap_or_default();
        let tag = target.get_text("tag")?.unwrap_or_default();
        if ManifestKind::of_media_type(&media_type).is_none() || !is_release(&tag) {
            continue;
        }
        let delivery = delivery(event.get("id"))?;
        let (repository, digest) = (target.need("repository")?, target.need("digest")?);
        hints.push(in_registry(registry, &repository, &digest, delivery)?);
    }
    Ok(hints)
}
