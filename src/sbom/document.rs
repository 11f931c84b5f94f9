//! A JSON document of any format, member by member. The same members serve a document in memory and one that is streamed.

use super::cyclonedx;
use super::event::{Event, Fact, Visitor};
use super::json::{Json, Kind};
use super::model::{Format, Text};
use super::problem::{Refusal, Refused};
use super::reading::{Field, Reading};
use super::spdx::{self, graph::Graph};

/// Reads the members of one document, whatever format it turns out to have.
///
/// The members of the formats have different names, so their order does not matter, and a document that has members of
/// two formats is refused: one program would read the one, another program the other.
#[derive(Default)]
pub(super) struct Members {
    cyclonedx: bool,
    spdx: bool,
    has_graph: bool,
    declared: Option<Format>,
    version: Option<String>,
    spdx_version: Option<String>,
    wrapper: Wrapper,
}

/// Where the reader is with regard to an outer object that only wraps the document.
#[derive(Default, PartialEq, Eq)]
enum Wrapper {
    /// There is none so far.
    #[default]
    None,
    /// Inside it.
    Open,
    /// Behind it.
    Closed,
}

/// GitHub's export wraps the document in an object with this one member.
pub(super) const WRAPPER: &str = "sbom";

/// Whether a member is a list that can be read element by element.
pub(super) fn is_list(key: &str) -> bool {
    cyclonedx::json::LISTS.contains(&key) || spdx::json::LISTS.contains(&key)
}

impl Members {
    /// Takes a whole document. What has to wait for its end is kept in `graph`.
    pub(super) fn document<'a, V: Visitor<'a>>(
        &mut self,
        json: &mut Json<'a>,
        reading: &mut Reading<'_, '_, V>,
        graph: &mut Graph<'a>,
    ) -> Result<(), Refused> {
        if json.kind()? != Kind::Object {
            return Err(json.refuse(Refusal::UnknownFormat {
                detail: "the document is no object",
            }));
        }
        json.object(|json, key| self.member(key, json, reading, Some(&mut *graph)))
    }

    /// Nothing may stand behind a wrapped document, in the object that wraps it.
    pub(super) fn check_open(&self) -> Result<(), Refusal> {
        if self.wrapper == Wrapper::Closed {
            return Err(Refusal::Ambiguous);
        }
        Ok(())
    }

    /// Goes into the object that wraps the document, or gives `false` where this cannot be it.
    pub(super) fn open_wrapper(&mut self) -> Result<bool, Refusal> {
        if self.wrapper != Wrapper::None {
            return Ok(false);
        }
        if self.cyclonedx || self.spdx || self.has_graph {
            return Err(Refusal::Ambiguous);
        }
        self.wrapper = Wrapper::Open;
        Ok(true)
    }

    /// Leaves it.
    pub(super) fn close_wrapper(&mut self) {
        self.wrapper = Wrapper::Closed;
    }

    /// Takes the value of one member of the document. Without a `graph` to keep it in, SPDX 3 is refused.
    pub(super) fn member<'a, V: Visitor<'a>>(
        &mut self,
        key: &str,
        json: &mut Json<'a>,
        reading: &mut Reading<'_, '_, V>,
        graph: Option<&mut Graph<'a>>,
    ) -> Result<(), Refused> {
        self.check_open().map_err(|reason| json.refuse(reason))?;
        if is_list(key) {
            let Some(field) = self.list(key) else {
                return json.skip();
            };
            return reading.array(json, field, |reading, json| Self::element(key, json, reading));
        }
        match key {
            "bomFormat" => {
                self.cyclonedx = true;
                let text = reading.text(json, Field::document("bomFormat"))?;
                if text.as_deref() == Some("CycloneDX") {
                    self.declared = Some(Format::CycloneDxJson);
                }
            }
            "specVersion" => {
                self.cyclonedx = true;
                let version = reading.text(json, Field::document("specVersion"))?;
                self.version = version.as_deref().map(str::to_owned);
                reading.fact(Fact::SpecVersion, version);
            }
            "serialNumber" => {
                let serial = reading.text(json, Field::document("serialNumber"))?;
                reading.fact(Fact::Serial, serial);
            }
            "metadata" => {
                self.cyclonedx = true;
                cyclonedx::json::metadata(json, reading)?;
            }
            "spdxVersion" => {
                self.spdx = true;
                let version = reading.text(json, Field::document("spdxVersion"))?;
                self.spdx_version = version.as_deref().map(str::to_owned);
                reading.fact(Fact::SpecVersion, version);
                self.declared = Some(Format::SpdxJson);
            }
            "documentNamespace" => {
                self.spdx = true;
                let serial = reading.text(json, Field::document("documentNamespace"))?;
                reading.fact(Fact::Serial, serial);
            }
            "creationInfo" => {
                self.spdx = true;
                spdx::json::creation(json, reading)?;
            }
            "name" => {
                let name: Option<Text<'a>> = reading.text(json, Field::document("name"))?;
                reading.fact(Fact::Name, name);
            }
            "@context" => {
                self.has_graph = true;
                let from = json.offset();
                json.skip()?;
                if json.since(from).contains("spdx.org/rdf/3.") {
                    self.declared = Some(Format::Spdx3Json);
                }
            }
            "@graph" => {
                self.has_graph = true;
                let graph = graph.ok_or_else(|| {
                    json.refuse(Refusal::UnknownFormat {
                        detail: "SPDX 3 cannot be streamed",
                    })
                })?;
                graph.read(json, reading)?;
            }
            WRAPPER => match graph {
                Some(graph)
                    if json.kind()? == Kind::Object
                        && self.open_wrapper().map_err(|reason| json.refuse(reason))? =>
                {
                    self.document(json, reading, graph)?;
                    self.close_wrapper();
                }
                _ => json.skip()?,
            },
            _ => json.skip()?,
        }
        Ok(())
    }

    /// Notes that a list is there. Its field, or `None` where this list cannot be here.
    pub(super) fn list(&mut self, key: &str) -> Option<Field> {
        let name = |lists: &[&'static str]| lists.iter().find(|list| **list == key).copied();
        if let Some(name) = name(&cyclonedx::json::LISTS) {
            self.cyclonedx = true;
            return Some(Field::document(name));
        }
        let name = name(&spdx::json::LISTS)?;
        self.spdx = true;
        Some(Field::document(name))
    }

    /// Takes one element of a list.
    pub(super) fn element<'a, V: Visitor<'a>>(
        key: &str,
        json: &mut Json<'a>,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<(), Refused> {
        if cyclonedx::json::LISTS.contains(&key) {
            cyclonedx::json::element(key, json, reading)
        } else {
            spdx::json::element(key, json, reading)
        }
    }

    /// Decides what the document is, now that all of it was seen.
    pub(super) fn end<'a, V: Visitor<'a>>(
        self,
        reading: &mut Reading<'_, '_, V>,
        graph: Option<Graph<'a>>,
    ) -> Result<(), Refusal> {
        if [self.cyclonedx, self.spdx, self.has_graph]
            .into_iter()
            .filter(|is_there| *is_there)
            .count()
            > 1
        {
            return Err(Refusal::Ambiguous);
        }
        let format = self.declared.ok_or(Refusal::UnknownFormat {
            detail: "there is no member bomFormat, spdxVersion or @context that says so",
        })?;
        match format {
            Format::SpdxJson => supported(
                format,
                self.spdx_version,
                &spdx::VERSIONS,
                spdx::VERSIONS_IN_WORDS,
            )?,
            Format::Spdx3Json => graph.unwrap_or_default().tell(reading)?,
            _ => supported(
                format,
                self.version,
                &cyclonedx::VERSIONS,
                cyclonedx::VERSIONS_IN_WORDS,
            )?,
        }
        reading.tell(Event::End(format));
        Ok(())
    }
}

/// Refuses a version that is not in `known`.
pub(super) fn supported(
    format: Format,
    version: Option<String>,
    known: &[&str],
    supported: &'static str,
) -> Result<(), Refusal> {
    let version = version.unwrap_or_default();
    if known.contains(&version.as_str()) {
        return Ok(());
    }
    Err(Refusal::UnsupportedVersion {
        format,
        version,
        supported,
    })
}
