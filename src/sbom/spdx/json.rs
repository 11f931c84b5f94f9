//! SPDX 2 as JSON.

use super::{Creator, DOCUMENT_ID, IMAGE_ID_COMMENT, Relation};
use crate::sbom::cyclonedx::json::image_id;
use crate::sbom::event::{Event, Fact, Visitor};
use crate::sbom::hashes::{self, hashes};
use crate::sbom::json::{Json, Kind};
use crate::sbom::model::{Claim, Component, NamedLicence, Text, Tool};
use crate::sbom::problem::{Refusal, Refused};
use crate::sbom::reading::{Field, Reading};

/// How hashes are called.
const CHECKSUMS: hashes::Names = hashes::Names {
    list: "checksums",
    algorithm: "algorithm",
    value: "checksumValue",
};

/// Members of the document that are lists of things which are told one by one.
pub(in crate::sbom) const LISTS: [&str; 4] = [
    "packages",
    "relationships",
    "documentDescribes",
    "hasExtractedLicensingInfos",
];

/// Takes one element of a list of the document.
pub(in crate::sbom) fn element<'a, V: Visitor<'a>>(
    list: &str,
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    match list {
        "packages" => package(json, reading),
        "relationships" => relationship(json, reading),
        "documentDescribes" => {
            if let Some(id) = reading.text(json, Field::document("documentDescribes"))? {
                reading.root(id).map_err(|reason| json.refuse(reason))?;
            }
            Ok(())
        }
        "hasExtractedLicensingInfos" => extracted(json, reading),
        _ => json.skip(),
    }
}

/// Takes the value of `creationInfo`.
pub(in crate::sbom) fn creation<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    reading.object(json, Field::document("creationInfo"), |reading, json, key| {
        match key {
            "created" => {
                let created = reading.text(json, Field::document("created"))?;
                reading.fact(Fact::Created, created);
            }
            "creators" => {
                let field = Field::document("creators");
                reading.array(json, field, |reading, json| {
                    if let Some(text) = reading.said(json, field)? {
                        tell_creator(text, reading);
                    }
                    Ok(())
                })?;
            }
            _ => json.skip()?,
        }
        Ok(())
    })
}

/// Tells a tool or an author.
pub(super) fn tell_creator<'a, V: Visitor<'a>>(text: Text<'a>, reading: &mut Reading<'_, '_, V>) {
    match super::creator(text) {
        Some(Creator::Tool(name)) => reading.tell(Event::Tool(Tool { name, version: None })),
        Some(Creator::Author(name)) => reading.tell(Event::Fact(Fact::Author, name)),
        None => {}
    }
}

fn package<'a, V: Visitor<'a>>(json: &mut Json<'a>, reading: &mut Reading<'_, '_, V>) -> Result<(), Refused> {
    let place = json.place();
    if json.kind()? != Kind::Object {
        return reading.wrong_type(json, Field::document("packages"));
    }
    let index = reading.next_component().map_err(|reason| json.refuse(reason))?;
    let mut one = Component {
        index,
        place,
        ..Component::default()
    };
    json.object(|json, key| {
        match key {
            "SPDXID" => one.id = reading.text(json, Field::of(index, "SPDXID"))?,
            "name" => one.name = reading.text(json, Field::of(index, "name"))?.unwrap_or_default(),
            "versionInfo" => one.version = reading.said(json, Field::of(index, "versionInfo"))?,
            "primaryPackagePurpose" => {
                one.kind = reading.text(json, Field::of(index, "primaryPackagePurpose"))?
            }
            "supplier" => {
                one.supplier = reading
                    .said(json, Field::of(index, "supplier"))?
                    .and_then(super::entity);
            }
            "originator" => {
                one.publisher = reading
                    .said(json, Field::of(index, "originator"))?
                    .and_then(super::entity);
            }
            "licenseDeclared" => {
                let text = reading.text(json, Field::of(index, "licenseDeclared"))?;
                one.licences
                    .extend(text.map(|text| super::licence(text, Claim::Declared)));
            }
            "licenseConcluded" => {
                let text = reading.text(json, Field::of(index, "licenseConcluded"))?;
                one.licences
                    .extend(text.map(|text| super::licence(text, Claim::Concluded)));
            }
            "checksums" => hashes(json, reading, &mut one, &CHECKSUMS)?,
            "externalRefs" => external_references(json, reading, &mut one)?,
            "annotations" => annotations(json, reading, &mut one)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    // JSON objects have no order; lists of licences do.
    one.licences.sort_unstable_by_key(|licence| licence.claim);
    reading.component(one);
    Ok(())
}

fn external_references<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
) -> Result<(), Refused> {
    let field = Field::of(one.index, "externalRefs");
    reading.array(json, field, |reading, json| {
        let place = json.place();
        let [kind, locator] = reading.two_texts(json, field, ["referenceType", "referenceLocator"])?;
        if let (Some(kind), Some(locator)) = (kind, locator) {
            external_reference(&kind, locator, reading, one, place);
        }
        Ok(())
    })
}

/// Takes from an external reference what the model has. The type can be a name or the end of a URL.
pub(super) fn external_reference<'a, V: Visitor<'a>>(
    kind: &str,
    locator: Text<'a>,
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
    place: crate::sbom::model::Place,
) {
    match kind.rsplit('/').next().unwrap_or(kind) {
        "purl" => {
            let field = Field::of(one.index, "purl");
            reading.purl(one, locator, field, place);
        }
        "cpe23Type" | "cpe22Type" if one.cpe.is_none() => one.cpe = Some(locator),
        _ => {}
    }
}

/// The one annotation that names a digest. Only a root's is looked at later.
fn annotations<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
) -> Result<(), Refused> {
    let field = Field::of(one.index, "annotations");
    reading.array(json, field, |reading, json| {
        reading.object(json, field, |reading, json, key| {
            if key != "comment" {
                return json.skip();
            }
            let place = json.place();
            let comment = reading.text(json, field)?;
            let value = match comment {
                Some(Text::Borrowed(text)) => text.strip_prefix(IMAGE_ID_COMMENT).map(Text::Borrowed),
                Some(Text::Owned(text)) => text
                    .strip_prefix(IMAGE_ID_COMMENT)
                    .map(|id| Text::Owned(id.to_owned())),
                None => None,
            };
            image_id(reading, one, value, field, place);
            Ok(())
        })
    })
}

fn relationship<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    let field = Field::document("relationships");
    let mut from: Option<Text<'a>> = None;
    let mut to: Option<Text<'a>> = None;
    let mut kind: Option<Text<'a>> = None;
    reading.object(json, field, |reading, json, key| {
        match key {
            "spdxElementId" => from = reading.text(json, field)?,
            "relatedSpdxElement" => to = reading.text(json, field)?,
            "relationshipType" => kind = reading.text(json, field)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if let (Some(from), Some(to), Some(kind)) = (from, to, kind) {
        tell_relationship(from, &kind, to, reading).map_err(|reason| json.refuse(reason))?;
    }
    Ok(())
}

/// Tells what a relationship means for the graph, if anything.
pub(super) fn tell_relationship<'a, V: Visitor<'a>>(
    from: Text<'a>,
    kind: &str,
    to: Text<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refusal> {
    match Relation::from_type(kind) {
        Some(Relation::Describes) if from == DOCUMENT_ID => reading.root(to),
        Some(Relation::DescribedBy) if to == DOCUMENT_ID => reading.root(from),
        // Files are no components: what a package contains of them is no edge of this graph.
        Some(Relation::Edge(_) | Relation::Reversed(_)) if is_file(&from) || is_file(&to) => Ok(()),
        Some(Relation::Edge(kind)) => reading.edge(from, to, kind),
        Some(Relation::Reversed(kind)) => reading.edge(to, from, kind),
        Some(Relation::Describes | Relation::DescribedBy) | None => Ok(()),
    }
}

/// Whether an id is that of a file, as every generator that lists files writes it.
pub(in crate::sbom) fn is_file(id: &str) -> bool {
    id.starts_with("SPDXRef-File")
}

fn extracted<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    let field = Field::document("hasExtractedLicensingInfos");
    let mut id: Option<Text<'a>> = None;
    let mut name = None;
    reading.object(json, field, |reading, json, key| {
        match key {
            "licenseId" => id = reading.text(json, field)?,
            "name" => name = reading.said(json, field)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if let Some(id) = id {
        reading.tell(Event::NamedLicence(NamedLicence { id, name }));
    }
    Ok(())
}
