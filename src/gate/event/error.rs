//! Why an event is not taken in.

use crate::strict_json;

/// An event that says nothing the gate could look at. It names the place, so that its sender can put it right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", at(.place))]
pub struct EventError {
    /// What is wrong.
    pub problem: EventProblem,
    /// The JSON pointer (RFC 6901) of the value, or the name of the header field; empty for the whole event.
    pub place: String,
}

/// What is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventProblem {
    /// Not JSON, too deep, too long, or a key twice.
    #[error("{0}")]
    Json(#[from] strict_json::Problem),
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// A media type that is not read here.
    #[error("events are sent as JSON, one at a time, and this is {0:?}")]
    MediaType(String),
    /// None of the forms that are read.
    #[error(
        "this is none of the events that are known here: native, CloudEvents, CDEvents, distribution, zot, Harbor, GitHub"
    )]
    Unknown,
    /// Two forms at once, which two readers could read differently.
    #[error("it can be read as {0} and as {1}, so it is read as neither")]
    Ambiguous(&'static str, &'static str),
    /// A member or header field that has to be there.
    #[error("it is missing")]
    Missing,
    /// A value of another type.
    #[error("it has to be {wanted}, and is {found}")]
    Kind {
        /// The type that it has to have.
        wanted: &'static str,
        /// The type that it has.
        found: &'static str,
    },
    /// A value that is not one of those that are read.
    #[error("{0:?} is not a value that is read here")]
    Value(String),
    /// A header field twice.
    #[error("the header field stands there twice")]
    Twice,
    /// Not an image reference with a registry host and a tag or digest.
    #[error("it is no image reference with a registry, a repository and a tag or digest: {0}")]
    Reference(String),
    /// A repository without a registry, and the caller's configuration names none.
    #[error("the event names no registry, and neither does the configuration of this caller")]
    Registry,
    /// A package URL that is none.
    #[error("it is no package URL: {0}")]
    Purl(String),
    /// A delivery id that is too long or not printable.
    #[error(
        "a delivery id has 1 to {} printable characters without spaces",
        crate::gate::MAX_DELIVERY_BYTES
    )]
    Delivery,
    /// More entries than are read.
    #[error("there are more than {0} entries")]
    TooMany(usize),
}

impl EventError {
    /// Something is wrong with the value at a place.
    pub(super) fn new(problem: EventProblem, place: impl Into<String>) -> Self {
        Self {
            problem,
            place: place.into(),
        }
    }

    /// The stable code of the problem.
    pub fn code(&self) -> &'static str {
        match self.problem {
            EventProblem::Json(strict_json::Problem::TooLarge { .. }) => "event-too-large",
            EventProblem::Json(_) | EventProblem::NotUtf8 => "event-not-json",
            EventProblem::MediaType(_) => "event-media-type",
            EventProblem::Unknown => "event-unknown",
            EventProblem::Ambiguous(..) => "event-ambiguous",
            EventProblem::Missing => "event-member-missing",
            EventProblem::Kind { .. } => "event-member-type",
            EventProblem::Value(_) => "event-member-value",
            EventProblem::Twice => "event-header-twice",
            EventProblem::Reference(_) => "event-reference-invalid",
            EventProblem::Registry => "event-registry-unknown",
            EventProblem::Purl(_) => "event-purl-invalid",
            EventProblem::Delivery => "event-delivery-invalid",
            EventProblem::TooMany(_) => "event-too-many-entries",
        }
    }

    /// The HTTP status that says so: 400 for what cannot be read, 413, 415, and 422 for what was read and makes no
    /// sense.
    pub fn status(&self) -> u16 {
        match self.problem {
            EventProblem::Json(strict_json::Problem::TooLarge { .. }) => 413,
            EventProblem::Json(_) | EventProblem::NotUtf8 | EventProblem::Twice => 400,
            EventProblem::MediaType(_) => 415,
            _ => 422,
        }
    }
}

fn at(place: &str) -> String {
    match place {
        "" => String::new(),
        place => format!("{place}: "),
    }
}
