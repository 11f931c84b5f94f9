//! GitHub's `package` and `registry_package` events: a container image was published.
//!
//! GitHub's registry sends no notifications of its own. The address of the package (`package_url`) is the image's
//! reference; GitHub writes the owner as it is spelt, and references are in lower case.

use super::at::At;
use super::error::{EventError, EventProblem};
use super::headers::Headers;
use super::reference::{hint, is_release};
use crate::gate::hint::{DeliveryId, Hint};
use crate::subject::Digest;

/// Reads one.
pub(super) fn read(headers: &Headers<'_>, root: &At<'_>) -> Result<Vec<Hint>, EventError> {
    let package = match root.get("package") {
        Some(package) => package,
        None => root.need("registry_package")?,
    }
    .object()?;
    let published = ["published", "updated"].contains(&root.need_text("action")?.as_ref());
    let Some(version) = package.get("package_version") else {
        return Ok(Vec::new());
    };
    let tag = container_tag(&version)?;
    let Some(tag) = tag.filter(|tag| published && is_release(tag)) else {
        return Ok(Vec::new());
    };
    let address = version.need("package_url")?;
    let text = address.text()?.to_ascii_lowercase();
    let repository = match text.rsplit_once(':') {
        Some((repository, end)) if !end.contains('/') => repository,
        _ => &text,
    };
    // The version of a container package is the digest of its manifest.
    let reference = match version
        .get_text("version")?
        .map(|version| version.parse::<Digest>())
    {
        Some(Ok(digest)) => format!("{repository}@{digest}"),
        _ => format!("{repository}:{tag}"),
    };
    Ok(vec![hint(&reference, delivery(headers)?, &address)?])
}

/// The tag of a container image; `None` for other packages and for images without one.
fn container_tag(version: &At<'_>) -> Result<Option<String>, EventError> {
    let Some(container) = version.get("container_metadata") else {
        return Ok(None);
    };
    let Some(tag) = container.object()?.get("tag") else {
        return Ok(None);
    };
    let name = tag.object()?.get_text("name")?;
    Ok(name.map(|name| name.into_owned()))
}

/// The delivery's id. No signature covers it, so it is a name for records and nothing more.
fn delivery(headers: &Headers<'_>) -> Result<Option<DeliveryId>, EventError> {
    const NAME: &str = "x-github-delivery";
    let Some(text) = headers.one(NAME)? else {
        return Ok(None);
    };
    let id = DeliveryId::new(text).map_err(|_| EventError::new(EventProblem::Delivery, NAME));
    id.map(Some)
}
