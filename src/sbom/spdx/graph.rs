//! SPDX 3.0 as JSON-LD: a flat list of elements that name each other by id.
//!
//! A package's licence and supplier are elements of their own, which may come before or after it, so nothing can be told
//! before the whole graph was read.

use std::collections::HashMap;

use crate::sbom::event::{Event, Fact, Visitor};
use crate::sbom::json::{Json, Kind};
use crate::sbom::model::{Claim, Component, EdgeKind, Format, Licence, LicenceForm, Place, Text, Tool};
use crate::sbom::problem::{ProblemKind, Refusal, Refused};
use crate::sbom::reading::{Field, Reading};

/// The version that is read, and its corrections.
const VERSION: &str = "3.0";

/// Listed licences are named by this IRI and their id.
const LISTED: &str = "https://spdx.org/licenses/";

/// What was read of `@graph`.
#[derive(Default)]
pub(in crate::sbom) struct Graph<'a> {
    packages: Vec<Package<'a>>,
    /// Names of agents and tools by id.
    names: HashMap<Text<'a>, Text<'a>>,
    licences: HashMap<Text<'a>, Licence<'a>>,
    relationships: Vec<Relationship<'a>>,
    /// Root elements of the document, and of each BOM by its id.
    roots: Vec<Text<'a>>,
    boms: HashMap<Text<'a>, Vec<Text<'a>>>,
    version: Option<Text<'a>>,
    created: Option<Text<'a>>,
    created_by: Vec<Text<'a>>,
    created_using: Vec<Text<'a>>,
    name: Option<Text<'a>>,
    serial: Option<Text<'a>>,
}

struct Package<'a> {
    component: Component<'a>,
    supplied_by: Option<Text<'a>>,
    originated_by: Option<Text<'a>>,
}

struct Relationship<'a> {
    kind: Text<'a>,
    from: Text<'a>,
    to: Vec<Text<'a>>,
    place: Place,
}

/// Every member of an element that any kind of element needs.
#[derive(Default)]
struct Element<'a> {
    kind: Text<'a>,
    id: Option<Text<'a>>,
    name: Option<Text<'a>>,
    version: Option<Text<'a>>,
    purl: Option<(Text<'a>, Place)>,
    cpe: Option<Text<'a>>,
    purpose: Option<Text<'a>>,
    supplied_by: Vec<Text<'a>>,
    originated_by: Vec<Text<'a>>,
    hashes: Vec<(Text<'a>, Text<'a>, Place)>,
    identifiers: Vec<(Text<'a>, Text<'a>, Place)>,
    expression: Option<Text<'a>>,
    relationship: Option<Text<'a>>,
    from: Option<Text<'a>>,
    to: Vec<Text<'a>>,
    roots: Vec<Text<'a>>,
    spec_version: Option<Text<'a>>,
    created: Option<Text<'a>>,
    created_by: Vec<Text<'a>>,
    created_using: Vec<Text<'a>>,
}

impl<'a> Graph<'a> {
    /// Takes the value of `@graph`.
    pub(in crate::sbom) fn read<V: Visitor<'a>>(
        &mut self,
        json: &mut Json<'a>,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<(), Refused> {
        let field = Field::document("@graph");
        reading.array(json, field, |reading, json| {
            let place = json.place();
            let mut element = Element::default();
            reading.object(json, field, |reading, json, key| {
                element.member(key, json, reading)
            })?;
            self.keep(element, place, reading)
                .map_err(|reason| json.refuse(reason))
        })
    }

    fn keep<V: Visitor<'a>>(
        &mut self,
        element: Element<'a>,
        place: Place,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<(), Refusal> {
        match &*element.kind {
            "software_Package" => self.packages.push(element.package(place, reading)?),
            "Relationship" | "LifecycleScopedRelationship" | "software_DependencyRelationship" => {
                if let (Some(kind), Some(from)) = (element.relationship, element.from) {
                    self.relationships.push(Relationship {
                        kind,
                        from,
                        to: element.to,
                        place,
                    });
                }
            }
            "SpdxDocument" => {
                self.serial = element.id;
                self.name = element.name;
                self.roots.extend(element.roots);
            }
            "software_Sbom" | "Bom" => {
                if let Some(id) = element.id {
                    self.boms.insert(id, element.roots);
                }
            }
            "CreationInfo" => {
                self.version = element.spec_version;
                self.created = element.created;
                self.created_by.extend(element.created_by);
                self.created_using.extend(element.created_using);
            }
            "simplelicensing_LicenseExpression" => {
                if let (Some(id), Some(text)) = (element.id, element.expression) {
                    self.licences.insert(id, super::licence(text, Claim::Declared));
                }
            }
            "expandedlicensing_ListedLicense" | "expandedlicensing_CustomLicense" => {
                if let (Some(id), Some(text)) = (element.id, element.name) {
                    let licence = listed(&id).unwrap_or(Licence {
                        form: LicenceForm::Name,
                        text,
                        claim: Claim::Declared,
                    });
                    self.licences.insert(id, licence);
                }
            }
            _ => {
                if let (Some(id), Some(name)) = (element.id, element.name) {
                    self.names.insert(id, name);
                }
            }
        }
        Ok(())
    }

    /// Tells everything, now that every id is known.
    pub(in crate::sbom) fn tell<V: Visitor<'a>>(
        mut self,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<(), Refusal> {
        let version = self.version.take().unwrap_or_default();
        if !version.starts_with(VERSION) {
            return Err(Refusal::UnsupportedVersion {
                format: Format::Spdx3Json,
                version: version.into_owned(),
                supported: "3.0 and its corrections",
            });
        }
        self.tell_head(version, reading);
        self.tell_roots(reading)?;
        let mut positions: HashMap<Text<'a>, usize> = HashMap::new();
        for (position, package) in self.packages.iter().enumerate() {
            if let Some(id) = &package.component.id {
                positions.entry(id.clone()).or_insert(position);
            }
        }
        for relationship in std::mem::take(&mut self.relationships) {
            let package = positions
                .get(&relationship.from)
                .and_then(|position| self.packages.get_mut(*position))
                .map(|package| &mut package.component);
            match (&*relationship.kind, package) {
                ("hasDeclaredLicense", Some(package)) => {
                    licences(package, relationship, Claim::Declared, &self.licences, reading)?;
                }
                ("hasConcludedLicense", Some(package)) => {
                    licences(package, relationship, Claim::Concluded, &self.licences, reading)?;
                }
                ("dependsOn" | "hasStaticLink" | "hasDynamicLink" | "hasPrerequisite", _) => {
                    edges(relationship, EdgeKind::DependsOn, reading)?;
                }
                ("contains", _) => edges(relationship, EdgeKind::Contains, reading)?,
                _ => {}
            }
        }
        for package in self.packages {
            let mut component = package.component;
            let name = |id: Option<Text<'a>>| id.map(|id| self.names.get(&id).cloned().unwrap_or(id));
            component.supplier = name(package.supplied_by);
            component.publisher = name(package.originated_by);
            component.licences.sort_unstable_by_key(|licence| licence.claim);
            reading.component(component);
        }
        Ok(())
    }

    fn tell_head<V: Visitor<'a>>(&mut self, version: Text<'a>, reading: &mut Reading<'_, '_, V>) {
        reading.fact(Fact::SpecVersion, Some(version));
        reading.fact(Fact::Serial, self.serial.take());
        reading.fact(Fact::Name, self.name.take());
        reading.fact(Fact::Created, self.created.take());
        for id in self.created_by.drain(..) {
            let name = self.names.get(&id).cloned().unwrap_or(id);
            reading.fact(Fact::Author, Some(name));
        }
        for id in self.created_using.drain(..) {
            let name = self.names.get(&id).cloned().unwrap_or(id);
            reading.tell(Event::Tool(Tool { name, version: None }));
        }
    }

    /// The document's roots. One that is a BOM stands for its own roots.
    fn tell_roots<V: Visitor<'a>>(&mut self, reading: &mut Reading<'_, '_, V>) -> Result<(), Refusal> {
        let described = self.relationships.iter().filter(|one| one.kind == "describes");
        self.roots
            .extend(described.flat_map(|one| one.to.iter().cloned()));
        for id in self.roots.drain(..) {
            match self.boms.get(&id) {
                Some(roots) => {
                    for root in roots {
                        reading.root(root.clone())?;
                    }
                }
                None => reading.root(id)?,
            }
        }
        Ok(())
    }
}

impl<'a> Element<'a> {
    fn member<V: Visitor<'a>>(
        &mut self,
        key: &str,
        json: &mut Json<'a>,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<(), Refused> {
        let field = Field::document("@graph");
        match key {
            "type" | "@type" => self.kind = reading.text(json, field)?.unwrap_or_default(),
            "spdxId" | "@id" => self.id = reading.text(json, field)?,
            "name" => self.name = reading.text(json, field)?,
            "software_packageVersion" => self.version = reading.said(json, field)?,
            "software_packageUrl" => {
                let place = json.place();
                self.purl = reading.text(json, field)?.map(|purl| (purl, place));
            }
            "software_primaryPurpose" => self.purpose = reading.text(json, field)?,
            "suppliedBy" => references(json, reading, &mut self.supplied_by)?,
            "originatedBy" => references(json, reading, &mut self.originated_by)?,
            "verifiedUsing" => pairs(json, reading, ["algorithm", "hashValue"], &mut self.hashes)?,
            "externalIdentifier" => {
                pairs(
                    json,
                    reading,
                    ["externalIdentifierType", "identifier"],
                    &mut self.identifiers,
                )?;
            }
            "simplelicensing_licenseExpression" => self.expression = reading.text(json, field)?,
            "relationshipType" => self.relationship = reading.text(json, field)?,
            "from" => self.from = reading.text(json, field)?,
            "to" => references(json, reading, &mut self.to)?,
            "rootElement" => references(json, reading, &mut self.roots)?,
            "specVersion" => self.spec_version = reading.text(json, field)?,
            "created" => self.created = reading.text(json, field)?,
            "createdBy" => references(json, reading, &mut self.created_by)?,
            "createdUsing" => references(json, reading, &mut self.created_using)?,
            _ => json.skip()?,
        }
        Ok(())
    }

    fn package<V: Visitor<'a>>(
        self,
        place: Place,
        reading: &mut Reading<'_, '_, V>,
    ) -> Result<Package<'a>, Refusal> {
        let index = reading.next_component()?;
        let mut component = Component {
            index,
            place,
            id: self.id,
            kind: self.purpose,
            name: self.name.unwrap_or_default(),
            version: self.version,
            cpe: self.cpe,
            ..Component::default()
        };
        for (algorithm, hex, place) in self.hashes {
            reading.one_more(component.hashes.len(), "hashes of one component")?;
            component
                .hashes
                .extend(reading.hash(&algorithm, hex, Field::of(index, "verifiedUsing"), place));
        }
        if let Some((purl, place)) = self.purl {
            reading.purl(
                &mut component,
                purl,
                Field::of(index, "software_packageUrl"),
                place,
            );
        }
        for (kind, identifier, place) in self.identifiers {
            match &*kind {
                "packageUrl" | "packageURL" | "purl" => {
                    reading.purl(
                        &mut component,
                        identifier,
                        Field::of(index, "externalIdentifier"),
                        place,
                    );
                }
                "cpe23" | "cpe22" if component.cpe.is_none() => component.cpe = Some(identifier),
                _ => {}
            }
        }
        Ok(Package {
            component,
            supplied_by: self.supplied_by.into_iter().next(),
            originated_by: self.originated_by.into_iter().next(),
        })
    }
}

/// Takes one id or a list of them. An element that stands in the place of its id is named by its own id.
fn references<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    into: &mut Vec<Text<'a>>,
) -> Result<(), Refused> {
    let field = Field::document("@graph");
    match json.kind()? {
        Kind::Array => json.array(|json| {
            into.extend(reference(json, reading)?);
            reading.fits(into.len()).map_err(|reason| json.refuse(reason))
        }),
        Kind::String | Kind::Object => {
            into.extend(reference(json, reading)?);
            Ok(())
        }
        Kind::Plain => reading.wrong_type(json, field),
    }
}

fn reference<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<Option<Text<'a>>, Refused> {
    let field = Field::document("@graph");
    if json.kind()? != Kind::Object {
        return reading.text(json, field);
    }
    let mut id = None;
    json.object(|json, key| {
        match key {
            "spdxId" | "@id" => id = reading.text(json, field)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(id)
}

/// Takes a list of objects of which two members are wanted.
fn pairs<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    names: [&str; 2],
    into: &mut Vec<(Text<'a>, Text<'a>, Place)>,
) -> Result<(), Refused> {
    let field = Field::document("@graph");
    reading.array(json, field, |reading, json| {
        let place = json.place();
        let [mut first, mut second]: [Option<Text<'a>>; 2] = [None, None];
        reading.object(json, field, |reading, json, key| {
            if key == names[0] {
                first = reading.text(json, field)?;
            } else if key == names[1] {
                second = reading.text(json, field)?;
            } else {
                json.skip()?;
            }
            Ok(())
        })?;
        reading
            .one_more(into.len(), "hashes or identifiers of one element")
            .map_err(|reason| json.refuse(reason))?;
        if let (Some(first), Some(second)) = (first, second) {
            into.push((first, second, place));
        }
        Ok(())
    })
}

/// Gives a package the licences that a relationship names.
fn licences<'a, V: Visitor<'a>>(
    package: &mut Component<'a>,
    relationship: Relationship<'a>,
    claim: Claim,
    known: &HashMap<Text<'a>, Licence<'a>>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refusal> {
    for id in relationship.to {
        reading.one_more(package.licences.len(), "licences of one component")?;
        match known.get(&id).cloned().or_else(|| listed(&id)) {
            Some(licence) => package.licences.push(Licence { claim, ..licence }),
            None => {
                let field = Field::of(package.index, "license");
                reading.problem(ProblemKind::Missing, field, &id, relationship.place);
            }
        }
    }
    Ok(())
}

/// A licence that is named by an IRI of the specification.
fn listed<'a>(id: &str) -> Option<Licence<'a>> {
    if let Some(id) = id.strip_prefix(LISTED) {
        return Some(Licence {
            form: LicenceForm::Id,
            text: Text::Owned(id.to_owned()),
            claim: Claim::Declared,
        });
    }
    // `https://spdx.org/rdf/3.0.1/terms/Licensing/NoAssertion`, or the name of that individual.
    let word = match id.rsplit(['/', '_']).next() {
        Some("NoAssertion" | "NoAssertionLicense") => "NOASSERTION",
        Some("None" | "NoneLicense") => "NONE",
        _ => return None,
    };
    Some(super::licence(Text::Borrowed(word), Claim::Declared))
}

fn edges<'a, V: Visitor<'a>>(
    relationship: Relationship<'a>,
    kind: EdgeKind,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refusal> {
    for to in relationship.to {
        reading.edge(relationship.from.clone(), to, kind)?;
    }
    Ok(())
}
