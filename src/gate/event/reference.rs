//! References and delivery ids of events, checked.

use super::at::At;
use super::error::{EventError, EventProblem};
use crate::gate::hint::{DeliveryId, Hint};
use crate::subject::Digest;

/// The hint of a reference that was written at a place. It has to have a tag or a digest: what one without them means
/// differs from tool to tool.
pub(super) fn hint(text: &str, delivery: Option<DeliveryId>, place: &At<'_>) -> Result<Hint, EventError> {
    let refuse = |detail: String| place.problem(EventProblem::Reference(detail));
    let hint = Hint::new(text, delivery).map_err(|error| refuse(error.to_string()))?;
    // The reader of references adds `latest` where there is neither.
    let last = text.rsplit('/').next().unwrap_or_default();
    match hint.reference.digest().is_some() || last.contains(':') {
        true => Ok(hint),
        false => Err(refuse("it has neither a tag nor a digest".to_owned())),
    }
}

/// A repository in the registry of the caller, by digest: what the notifications of registries name.
pub(super) fn in_registry(
    registry: Option<&str>,
    repository: &At<'_>,
    digest: &At<'_>,
    delivery: Option<DeliveryId>,
) -> Result<Hint, EventError> {
    let name = repository.text()?;
    let Some(registry) = registry else {
        return Err(repository.problem(EventProblem::Registry));
    };
    let text = digest.text()?;
    let value: Digest = text
        .parse()
        .map_err(|error| digest.problem(EventProblem::Reference(format!("{error}"))))?;
    hint(&format!("{registry}/{name}@{value}"), delivery, repository)
}

/// The delivery id in a member, when it is there.
pub(super) fn delivery(member: Option<At<'_>>) -> Result<Option<DeliveryId>, EventError> {
    let Some(member) = member else { return Ok(None) };
    let text = member.text()?;
    let id = DeliveryId::new(&text).map_err(|_| member.problem(EventProblem::Delivery));
    id.map(Some)
}

/// Whether a tag is a release: cosign keeps signatures, attestations and SBOMs under tags that are made of the digest
/// that they are about, and the referrers tag is made likewise.
pub(super) fn is_release(tag: &str) -> bool {
    let Some(rest) = tag.strip_prefix("sha256-") else {
        return !tag.is_empty();
    };
    let hex = rest.split('.').next().unwrap_or_default();
    !(hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
