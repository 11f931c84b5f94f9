//! Notifications of zot: CloudEvents whose type ends in what happened, with a prefix that its configuration may set.

use super::at::At;
use super::error::EventError;
use super::reference::{in_registry, is_release};
use crate::gate::hint::{DeliveryId, Hint};
use crate::registry::ManifestKind;

/// What zot tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    /// A manifest was pushed.
    Updated,
    /// Something else.
    Other,
}

impl Notice {
    /// The notice of an event's type; `None` when it is none of zot's.
    pub(super) fn of_type(kind: &str) -> Option<Self> {
        let ends = |end: &str| kind.ends_with(end);
        match () {
            () if ends(".image.updated") => Some(Self::Updated),
            () if ends(".image.deleted") || ends(".image.lint_failed") || ends(".repository.created") => {
                Some(Self::Other)
            }
            () => None,
        }
    }
}

/// Reads one.
pub(super) fn read(
    notice: Notice,
    data: &At<'_>,
    registry: Option<&str>,
    id: DeliveryId,
) -> Result<Vec<Hint>, EventError> {
    if notice == Notice::Other {
        return Ok(Vec::new());
    }
    let name = data.need("name")?;
    let reference = data.need_text("reference")?;
    let media_type = data.get_text("mediaType")?.unwrap_or_default();
    // A push by digest has the digest as its reference.
    if ManifestKind::of_media_type(&media_type).is_none()
        || reference.contains(':')
        || !is_release(&reference)
    {
        return Ok(Vec::new());
    }
    let digest = data.need("digest")?;
    Ok(vec![in_registry(registry, &name, &digest, Some(id))?])
}
