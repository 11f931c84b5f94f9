//! SBOMs as values: one model for CycloneDX and SPDX, what an SBOM is about, and how two of them differ.
//!
//! Everything here is pure: bytes in, values out. Nothing here decides; rules do, from what is said here.
//!
//! [`read`] makes a [`Document`] of bytes in memory, and [`stream`] tells a [`Visitor`] what a reader of bytes has, with
//! little memory; [`sieve`] keeps a small document of a large one. [`binding`] compares the digests that the root of a
//! document names with those that were verified. [`locate`](locate::locate) says where a component stands, and a value in it.
//! [`drift`](drift::drift) compares two documents, and [`trim`](trim::trim) leaves out of one what no check reads.

pub mod binding;
mod build;
pub mod cycle;
mod cyclonedx;
mod document;
pub mod drift;
mod event;
mod hashes;
mod json;
mod limits;
pub mod locate;
mod model;
mod problem;
mod reading;
mod sieve;
mod spdx;
mod stream;
#[cfg(test)]
mod tests;
pub mod trim;
mod vulnerability;

pub use event::{Event, Fact, Visitor};
pub use limits::{
    Limits, MAX_BYTES, MAX_COMPONENTS, MAX_DEPTH, MAX_EDGES, MAX_ELEMENT_BYTES, MAX_PER_COMPONENT,
    MAX_PROBLEMS, MAX_STREAMED_BYTES, MAX_STREAMED_COMPONENTS, MAX_STREAMED_EDGES, MAX_STRING_BYTES,
    MAX_TEXT_BYTES, MAX_VULNERABILITIES,
};
pub use model::{
    Claim, Component, Document, Edge, EdgeKind, Format, Hash, HashAlgorithm, Head, Licence, LicenceForm,
    NamedLicence, Place, Text, Tool,
};
pub use problem::{Problem, ProblemKind, Refusal, Refused};
pub(crate) use reading::is_said;
pub use sieve::{Sieved, sieve};
pub use stream::stream;
pub use vulnerability::{Affected, AffectedVersion, Rating, Vulnerability};

use build::Builder;
use document::Members;
use json::Json;
use reading::Reading;
use spdx::graph::Graph;

/// Reads a document of any format, found by its content.
pub fn read<'a>(bytes: &'a [u8], limits: &'a Limits) -> Result<Document<'a>, Refused> {
    let mut builder = Builder::new(limits);
    visit(bytes, limits, &mut builder)?;
    builder.finish()
}

/// Tells `visitor` everything that a document in memory says.
pub fn visit<'a, V: Visitor<'a>>(
    bytes: &'a [u8],
    limits: &'a Limits,
    visitor: &mut V,
) -> Result<(), Refused> {
    let text = text(bytes, limits)?;
    let mut reading = Reading::new(limits, visitor);
    if cyclonedx::xml::is_xml(text) {
        return cyclonedx::xml::read(text, &mut reading);
    }
    if spdx::tag_value::is_tag_value(text) {
        return spdx::tag_value::read(text, &mut reading);
    }
    let mut json = Json::new(text, limits);
    let mut members = Members::default();
    let mut graph = Graph::default();
    members.document(&mut json, &mut reading, &mut graph)?;
    json.end()?;
    members.end(&mut reading, Some(graph)).map_err(at_start)
}

/// The start of a document.
const START: Place = Place { offset: 0, line: 1 };

/// A refusal of the document as a whole.
fn at_start(reason: Refusal) -> Refused {
    Refused {
        reason,
        place: START,
        column: 1,
    }
}

/// The bytes as text: not too many, not empty, UTF-8 without a byte order mark.
fn text<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, Refused> {
    if bytes.len() > limits.bytes {
        return Err(at_start(Refusal::TooLarge {
            what: limits::WHOLE,
            limit: limits.bytes as u64,
        }));
    }
    check_encoding(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        Refused {
            reason: Refusal::NotUtf8 {
                detail: "there are bytes that no character has",
            },
            place: Place {
                offset: before.len() as u64,
                line: u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1),
            },
            column: (before.len() - line_start) as u64 + 1,
        }
    })?;
    if text.trim_start().is_empty() {
        return Err(at_start(Refusal::Empty));
    }
    Ok(text)
}

/// Refuses the marks of other encodings, and that of UTF-8, which RFC 8259 does not allow either.
fn check_encoding(bytes: &[u8]) -> Result<(), Refused> {
    let detail = match bytes {
        [0xef, 0xbb, 0xbf, ..] => "it begins with a byte order mark",
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, _, ..] | [_, 0, ..] => "it is UTF-16 or UTF-32",
        _ => return Ok(()),
    };
    Err(at_start(Refusal::NotUtf8 { detail }))
}
