//! CloudEvents 1.0 over HTTP, in structured mode (attributes and `data` in the body) and in binary mode (attributes in
//! `ce-` header fields, the body is the data).
//!
//! The type of an event says what its data is: CDEvents, Harbor's and zot's have theirs, and every other type carries the
//! gate's own event.

use super::at::At;
use super::error::{EventError, EventProblem};
use super::headers::{Headers, is_json};
use super::{cdevents, harbor, native, zot};
use crate::gate::hint::{DeliveryId, Hint};

/// The version of the specification that is read.
const VERSION: &str = "1.0";

/// The attributes that are read.
pub(super) struct Attributes {
    kind: String,
    id: DeliveryId,
}

impl Attributes {
    /// The attributes of binary mode; `None` when the event is not in it.
    pub(super) fn in_headers(headers: &Headers<'_>) -> Result<Option<Self>, EventError> {
        let Some(version) = headers.one("ce-specversion")? else {
            return Ok(None);
        };
        if version != VERSION {
            let problem = EventProblem::Value(version.to_owned());
            return Err(EventError::new(problem, "ce-specversion"));
        }
        headers.need("ce-source")?;
        let id = DeliveryId::new(headers.need("ce-id")?);
        Ok(Some(Self {
            kind: headers.need("ce-type")?.to_owned(),
            id: id.map_err(|_| EventError::new(EventProblem::Delivery, "ce-id"))?,
        }))
    }

    /// The attributes of structured mode, and the data.
    pub(super) fn in_body<'t>(root: &At<'t>) -> Result<(Self, At<'t>), EventError> {
        let version = root.need("specversion")?;
        if version.text()? != VERSION {
            return Err(version.problem(EventProblem::Value(version.text()?.into_owned())));
        }
        root.need_text("source")?;
        let id = root.need("id")?;
        if let Some(media_type) = root.get("datacontenttype")
            && !is_json(&media_type.text()?)
        {
            let problem = EventProblem::MediaType(media_type.text()?.into_owned());
            return Err(media_type.problem(problem));
        }
        let attributes = Self {
            kind: root.need_text("type")?.into_owned(),
            id: DeliveryId::new(&id.text()?).map_err(|_| id.problem(EventProblem::Delivery))?,
        };
        Ok((attributes, root.need("data")?.object()?))
    }
}

/// Reads the data of an event.
pub(super) fn read(
    attributes: &Attributes,
    data: &At<'_>,
    registry: Option<&str>,
) -> Result<Vec<Hint>, EventError> {
    let (kind, id) = (attributes.kind.as_str(), attributes.id.clone());
    if kind.starts_with(cdevents::PREFIX) {
        return cdevents::read(data, registry);
    }
    if kind.starts_with("harbor.") {
        return harbor::read_data(kind == "harbor.artifact.pushed", data, registry, Some(id));
    }
    match zot::Notice::of_type(kind) {
        Some(notice) if !data.has("reference") || data.has("name") => zot::read(notice, data, registry, id),
        _ => Ok(vec![native::read(data, Some(id))?]),
    }
}
