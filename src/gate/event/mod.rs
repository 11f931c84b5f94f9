//! Events: what build systems and registries send, read down to hints.
//!
//! An event is a hint and nothing else. Of everything it says, an artifact's reference and a delivery id are read; where
//! to fetch, whom to trust and what to deploy comes from the configuration. Addresses of signatures, registries, SBOMs and
//! deployments in an event are not looked at.
//!
//! Which form an event has is decided by its body, not by header fields, which most signatures do not cover; only
//! CloudEvents in binary mode have their attributes there. A body that has the marks of two forms is refused.
//!
//! | form | mark | reference |
//! |---|---|---|
//! | `native` | `reference` | as it stands there |
//! | `cloudevents` | `specversion`, or the header field `ce-specversion` | in `data`, by `type` |
//! | `cdevents` | `context` | the package URL of the subject |
//! | `distribution` | `events` | registry of the caller, repository, digest |
//! | `zot` | CloudEvents of type `….image.updated` | registry of the caller, name, digest |
//! | `harbor` | `event_data`, or CloudEvents of type `harbor.artifact.pushed` | registry of the caller, repository, digest |
//! | `github` | `package`, `registry_package` | address of the package, digest |
//!
//! Registries tell of every manifest that is pushed. Those without a tag, which are parts of an index and signatures, and
//! tags of cosign's for signatures are no release, so they give no hint. An event that is well formed and tells of something
//! else (a pull, a deletion, a package that is no image) gives none either.

mod at;
mod cdevents;
mod cloudevents;
mod distribution;
mod error;
mod github;
mod harbor;
mod headers;
mod native;
mod reference;
mod zot;

pub use error::{EventError, EventProblem};

use self::at::At;
use self::headers::Headers;
use super::hint::Hint;
use crate::strict_json::{self, Limits};

/// Largest event, in bytes. A zot notification holds a whole manifest; the others have a few kilobytes.
pub const MAX_EVENT_BYTES: usize = 512 * 1024;
/// Levels of arrays and objects in an event.
const MAX_DEPTH: usize = 32;
/// Most entries of one body, and so most hints that come of it.
pub const MAX_ENTRIES: usize = 64;

/// An event as it came in.
#[derive(Clone, Copy)]
pub struct Received<'a> {
    /// Its header fields.
    pub headers: &'a axum::http::HeaderMap,
    /// Its body.
    pub body: &'a [u8],
    /// The registry, host and port, that repositories without one are in. The caller's configuration names it.
    pub registry: Option<&'a str>,
}

/// Reads an event. No hint means that it is well formed and tells of nothing that could be deployed.
///
/// # Errors
///
/// [`EventError`], with the place of what is wrong.
pub fn read(received: &Received<'_>) -> Result<Vec<Hint>, EventError> {
    let limits = Limits {
        bytes: MAX_EVENT_BYTES,
        depth: MAX_DEPTH,
    };
    let headers = Headers::new(received.headers);
    headers.check_json()?;
    strict_json::check(received.body, limits).map_err(|problem| EventError::new(problem.into(), ""))?;
    let text = std::str::from_utf8(received.body).map_err(|_| EventError::new(EventProblem::NotUtf8, ""))?;
    let root = At::document(text)
        .ok_or_else(|| EventError::new(EventProblem::Unknown, ""))?
        .object()?;
    let mut hints = Vec::new();
    for hint in by_form(&headers, &root, received.registry)? {
        // A registry may tell of one push twice in one body.
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    Ok(hints)
}

/// The members that only one form has at its top.
const MARKS: [(&str, Form); 8] = [
    ("reference", Form::Native),
    ("specversion", Form::CloudEvents),
    ("context", Form::CdEvents),
    ("events", Form::Distribution),
    ("event_data", Form::Harbor),
    ("package", Form::GitHub),
    ("registry_package", Form::GitHub),
    ("zen", Form::GitHubPing),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Native,
    CloudEvents,
    CdEvents,
    Distribution,
    Harbor,
    GitHub,
    GitHubPing,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::Native => "a native event",
            Self::CloudEvents => "a CloudEvent",
            Self::CdEvents => "a CDEvent",
            Self::Distribution => "a notification of distribution",
            Self::Harbor => "a notification of Harbor",
            Self::GitHub => "a package event of GitHub",
            Self::GitHubPing => "a ping of GitHub",
        }
    }

    fn of(root: &At<'_>) -> Result<Self, EventError> {
        let mut found: Option<Self> = None;
        for (mark, form) in MARKS {
            match found {
                _ if !root.has(mark) => {}
                Some(earlier) if earlier != form => {
                    return Err(root.problem(EventProblem::Ambiguous(earlier.name(), form.name())));
                }
                _ => found = Some(form),
            }
        }
        found.ok_or_else(|| root.problem(EventProblem::Unknown))
    }
}

fn by_form(headers: &Headers<'_>, root: &At<'_>, registry: Option<&str>) -> Result<Vec<Hint>, EventError> {
    if let Some(attributes) = cloudevents::Attributes::in_headers(headers)? {
        return cloudevents::read(&attributes, root, registry);
    }
    match Form::of(root)? {
        Form::Native => Ok(vec![native::read(root, None)?]),
        Form::CloudEvents => {
            let (attributes, data) = cloudevents::Attributes::in_body(root)?;
            cloudevents::read(&attributes, &data, registry)
        }
        Form::CdEvents => cdevents::read(root, registry),
        Form::Distribution => distribution::read(root, registry),
        Form::Harbor => harbor::read(root, registry),
        Form::GitHub => github::read(headers, root),
        Form::GitHubPing => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests;
