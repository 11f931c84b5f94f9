//! CDEvents about artifacts: packaged, published, signed, of any version. They name the artifact by a package URL.

use super::at::At;
use super::error::{EventError, EventProblem};
use super::reference::{delivery, hint};
use crate::gate::hint::Hint;
use crate::purl::Purl;

/// What the types of all CDEvents begin with.
pub(super) const PREFIX: &str = "dev.cdevents.";

/// What happened to an artifact that is then to be looked at.
const PREDICATES: [&str; 3] = ["packaged", "published", "signed"];

/// Reads one.
pub(super) fn read(root: &At<'_>, registry: Option<&str>) -> Result<Vec<Hint>, EventError> {
    let context = root.need("context")?.object()?;
    let kind = context.need("type")?;
    let text = kind.text()?;
    let Some(rest) = text.strip_prefix(PREFIX) else {
        return Err(kind.problem(EventProblem::Value(text.into_owned())));
    };
    let mut steps = rest.split('.');
    let (subject, predicate) = (steps.next(), steps.next().unwrap_or_default());
    if subject != Some("artifact") || !PREDICATES.contains(&predicate) {
        return Ok(Vec::new());
    }
    let delivery = delivery(context.get("id"))?;
    let id = root.need("subject")?.object()?.need("id")?;
    let text = id.text()?;
    let purl = Purl::parse(&text).map_err(|error| id.problem(EventProblem::Purl(error.to_string())))?;
    let Some(reference) = reference(&purl, registry).ok_or_else(|| id.problem(EventProblem::Registry))?
    else {
        return Ok(Vec::new());
    };
    Ok(vec![hint(&reference, delivery, &id)?])
}

/// The reference of a package URL of an image: `Some(None)` for other packages, `None` where no registry is known.
fn reference(purl: &Purl<'_>, registry: Option<&str>) -> Option<Option<String>> {
    let named = purl.qualifier("repository_url");
    let path = || {
        let mut steps: Vec<&str> = purl.namespace().iter().map(AsRef::as_ref).collect();
        steps.push(purl.name());
        steps.join("/")
    };
    let repository = match (purl.kind(), named) {
        // For `oci` the address names the whole repository, for `docker` only its registry.
        ("oci", Some(address)) => address.to_owned(),
        ("oci", None) => format!("{}/{}", registry?, path()),
        ("docker", Some(address)) => format!("{address}/{}", path()),
        ("docker", None) => format!("{}/{}", registry?, path()),
        _ => return Some(None),
    };
    Some(Some(match (purl.version(), purl.qualifier("tag")) {
        (Some(version), _) if version.contains(':') => format!("{repository}@{version}"),
        (Some(version), _) => format!("{repository}:{version}"),
        (None, Some(tag)) => format!("{repository}:{tag}"),
        (None, None) => repository,
    }))
}
