//! SPDX 2 as tag-value: one `Tag: value` on each line, and `<text>` around values of several lines.

use super::json::{external_reference, tell_creator, tell_relationship};
use super::{IMAGE_ID_COMMENT, entity, licence};
use crate::sbom::cyclonedx::json::image_id;
use crate::sbom::document::supported;
use crate::sbom::event::{Event, Fact, Visitor};
use crate::sbom::model::{Claim, Component, Format, NamedLicence, Place, Text};
use crate::sbom::problem::{ProblemKind, Refusal, Refused};
use crate::sbom::reading::{Field, Reading, is_said};

/// The tag that a document begins with.
const FIRST_TAG: &str = "SPDXVersion:";

/// Whether a text is tag-value: its first line that is no comment says the version.
pub(in crate::sbom) fn is_tag_value(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .is_some_and(|line| line.starts_with(FIRST_TAG))
}

/// What the lines are about, until the next tag that begins something.
enum Section<'a> {
    Document,
    Package(Box<Component<'a>>),
    Licence(NamedLicence<'a>),
    /// A file or a snippet.
    Other,
}

struct Reader<'a, 'r, 'l, 'v, V> {
    reading: &'r mut Reading<'l, 'v, V>,
    section: Section<'a>,
    version: Option<&'a str>,
}

/// Reads a document.
pub(in crate::sbom) fn read<'a, V: Visitor<'a>>(
    text: &'a str,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    let mut reader = Reader {
        reading,
        section: Section::Document,
        version: None,
    };
    let mut lines = Lines { text, at: 0, line: 0 };
    while let Some((place, line)) = lines.next() {
        let refuse = |reason| Refused {
            reason,
            place,
            column: 1,
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else {
            return Err(refuse(Refusal::Syntax {
                detail: "a tag, a colon and a value expected".to_owned(),
            }));
        };
        let value = value.trim();
        let value = match value.strip_prefix("<text>") {
            Some(begun) => lines.rest_of_text(begun).ok_or_else(|| {
                refuse(Refusal::Syntax {
                    detail: "the document ends inside <text>".to_owned(),
                })
            })?,
            None => value,
        };
        reader.tag(tag.trim(), value, place).map_err(refuse)?;
    }
    reader.close();
    let version = reader.version.map(str::to_owned);
    supported(
        Format::SpdxTagValue,
        version,
        &super::VERSIONS,
        super::VERSIONS_IN_WORDS,
    )
    .map_err(|reason| Refused {
        reason,
        place: Place { offset: 0, line: 1 },
        column: 1,
    })?;
    reading.tell(Event::End(Format::SpdxTagValue));
    Ok(())
}

/// The lines of a text with their places.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<(Place, &'a str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let line = rest.split_once('\n').map_or(rest, |(line, _)| line);
        let place = Place {
            offset: self.at as u64,
            line: self.line.saturating_add(1),
        };
        self.at += line.len() + 1;
        self.line = place.line;
        Some((place, line))
    }

    /// What stands between `<text>` and `</text>`, whose first line is `begun`.
    fn rest_of_text(&mut self, begun: &'a str) -> Option<&'a str> {
        if let Some((inside, _)) = begun.split_once("</text>") {
            return Some(inside);
        }
        let rest = self.text.get(self.at..)?;
        let (inside, _) = rest.split_once("</text>")?;
        let end = self.at + inside.len();
        while self.at <= end && self.next().is_some() {}
        // Only the first line is ever looked at: what takes several lines decides nothing.
        Some(begun)
    }
}

impl<'a, V: Visitor<'a>> Reader<'a, '_, '_, '_, V> {
    /// Tells what the section that ends was about.
    fn close(&mut self) {
        match std::mem::replace(&mut self.section, Section::Other) {
            Section::Package(mut one) => {
                one.licences.sort_unstable_by_key(|licence| licence.claim);
                self.reading.component(*one);
            }
            Section::Licence(licence) => self.reading.tell(Event::NamedLicence(licence)),
            Section::Document | Section::Other => {}
        }
    }

    fn tag(&mut self, tag: &str, value: &'a str, place: Place) -> Result<(), Refusal> {
        match tag {
            "SPDXVersion" => {
                if self.version.is_some() {
                    return Err(Refusal::DuplicateKey { key: tag.to_owned() });
                }
                self.version = Some(value);
                self.reading.fact(Fact::SpecVersion, Some(value.into()));
            }
            "DocumentName" => self.reading.fact(Fact::Name, Some(value.into())),
            "DocumentNamespace" => self.reading.fact(Fact::Serial, Some(value.into())),
            "Created" => self.reading.fact(Fact::Created, Some(value.into())),
            "Creator" => tell_creator(value.into(), self.reading),
            "Relationship" => {
                let mut words = value.split_whitespace();
                if let (Some(from), Some(kind), Some(to)) = (words.next(), words.next(), words.next()) {
                    tell_relationship(from.into(), kind, to.into(), self.reading)?;
                }
            }
            "PackageName" => {
                self.close();
                self.section = Section::Package(Box::new(Component {
                    index: self.reading.next_component()?,
                    place,
                    name: value.into(),
                    ..Component::default()
                }));
            }
            "LicenseID" => {
                self.close();
                self.section = Section::Licence(NamedLicence {
                    id: value.into(),
                    name: None,
                });
            }
            "FileName" | "SnippetSPDXID" => {
                self.close();
            }
            _ => self.inside(tag, value, place)?,
        }
        Ok(())
    }

    fn inside(&mut self, tag: &str, value: &'a str, place: Place) -> Result<(), Refusal> {
        match &mut self.section {
            Section::Licence(licence) if tag == "LicenseName" => {
                licence.name = Some(value).filter(|name| is_said(name)).map(Text::Borrowed);
            }
            Section::Package(one) => package(tag, value, place, one, self.reading)?,
            _ => {}
        }
        Ok(())
    }
}

fn package<'a, V: Visitor<'a>>(
    tag: &str,
    value: &'a str,
    place: Place,
    one: &mut Component<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refusal> {
    let index = one.index;
    let Some(name) = FIELDS.iter().find(|name| **name == tag) else {
        return Ok(());
    };
    let field = Field::of(index, name);
    let Some(text) = reading.short(value.into(), field, place) else {
        return Ok(());
    };
    let said = Some(text.clone()).filter(|text| is_said(text));
    // Tags that may stand more than once; a second one of the others replaces nothing.
    match tag {
        "ExternalRef" => {
            let mut words = value.split_whitespace();
            if let (Some(_), Some(kind), Some(locator)) = (words.next(), words.next(), words.next()) {
                external_reference(kind, locator.into(), reading, one, place);
            }
            return Ok(());
        }
        "PackageChecksum" => {
            match value.split_once(':') {
                Some((algorithm, hex)) => {
                    reading.one_more(one.hashes.len(), "hashes of one component")?;
                    one.hashes
                        .extend(reading.hash(algorithm.trim(), hex.trim().into(), field, place));
                }
                None => reading.problem(ProblemKind::Missing, field, value, place),
            }
            return Ok(());
        }
        "AnnotationComment" => {
            let id = value.strip_prefix(IMAGE_ID_COMMENT).map(Text::Borrowed);
            image_id(reading, one, id, field, place);
            return Ok(());
        }
        _ => {}
    }
    let is_second = match tag {
        "SPDXID" => set(&mut one.id, Some(text)),
        "PackageVersion" => set(&mut one.version, said),
        "PackageSupplier" => set(&mut one.supplier, said.and_then(entity)),
        "PackageOriginator" => set(&mut one.publisher, said.and_then(entity)),
        "PrimaryPackagePurpose" => set(&mut one.kind, said),
        "PackageLicenseDeclared" => add(one, text, Claim::Declared),
        _ => add(one, text, Claim::Concluded),
    };
    if is_second {
        reading.problem(ProblemKind::Conflict, field, value, place);
    }
    Ok(())
}

/// The tags of a package that are read.
const FIELDS: [&str; 10] = [
    "SPDXID",
    "PackageVersion",
    "PackageSupplier",
    "PackageOriginator",
    "PrimaryPackagePurpose",
    "PackageLicenseDeclared",
    "PackageLicenseConcluded",
    "ExternalRef",
    "PackageChecksum",
    "AnnotationComment",
];

/// Fills a slot. Whether it was filled before.
fn set<'a>(slot: &mut Option<Text<'a>>, value: Option<Text<'a>>) -> bool {
    if slot.is_some() {
        return true;
    }
    *slot = value;
    false
}

/// Adds a licence. Whether there was one of the same claim before.
fn add<'a>(one: &mut Component<'a>, text: Text<'a>, claim: Claim) -> bool {
    if one.licences.iter().any(|licence| licence.claim == claim) {
        return true;
    }
    one.licences.push(licence(text, claim));
    false
}
