//! Header fields that are read once, and refused when they stand there twice.

use axum::http::HeaderMap;

use super::error::{EventError, EventProblem};

/// The header fields of an event.
pub(super) struct Headers<'a>(&'a HeaderMap);

impl<'a> Headers<'a> {
    pub(super) fn new(headers: &'a HeaderMap) -> Self {
        Self(headers)
    }

    /// The value of a field; `None` where there is none.
    pub(super) fn one(&self, name: &str) -> Result<Option<&'a str>, EventError> {
        let mut values = self.0.get_all(name).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(EventError::new(EventProblem::Twice, name));
        }
        let text = value.to_str();
        text.map(Some)
            .map_err(|_| EventError::new(EventProblem::Value(format!("{value:?}")), name))
    }

    /// A field that has to be there.
    pub(super) fn need(&self, name: &str) -> Result<&'a str, EventError> {
        let value = self.one(name)?.filter(|value| !value.is_empty());
        value.ok_or_else(|| EventError::new(EventProblem::Missing, name))
    }

    /// Refuses bodies that say to be something else than one JSON document in the clear. Without the field, the body
    /// has to show it.
    pub(super) fn check_json(&self) -> Result<(), EventError> {
        if let Some(coding) = self.one("content-encoding")?
            && !coding.eq_ignore_ascii_case("identity")
        {
            let problem = EventProblem::MediaType(coding.to_owned());
            return Err(EventError::new(problem, "content-encoding"));
        }
        match self.one("content-type")? {
            Some(written) if !is_json(written) => {
                let problem = EventProblem::MediaType(written.to_owned());
                Err(EventError::new(problem, "content-type"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a media type is JSON, or JSON of some format (RFC 6839, section 3.1).
pub(super) fn is_json(written: &str) -> bool {
    let essence = written.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/")
            && essence.ends_with("+json")
            && essence != "application/cloudevents-batch+json")
}
