//! CycloneDX as JSON.

mod vulnerability;

use super::IMAGE_ID_PROPERTY;
use crate::sbom::event::{Event, Fact, Visitor};
use crate::sbom::hashes::{self, hashes};
use crate::sbom::json::{Json, Kind};
use crate::sbom::model::{Claim, Component, EdgeKind, Licence, LicenceForm, Text, Tool};
use crate::sbom::problem::{ProblemKind, Refused};
use crate::sbom::reading::{Field, Reading};

/// How hashes are called.
const HASHES: hashes::Names = hashes::Names {
    list: "hashes",
    algorithm: "alg",
    value: "content",
};

/// Members of the document that are lists of things which are told one by one.
pub(in crate::sbom) const LISTS: [&str; 3] = ["components", "dependencies", "vulnerabilities"];

/// Takes one element of a list of the document.
pub(in crate::sbom) fn element<'a, V: Visitor<'a>>(
    list: &str,
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    match list {
        "components" => component(json, reading, None),
        "dependencies" => dependency(json, reading),
        "vulnerabilities" => vulnerability::vulnerability(json, reading),
        _ => json.skip(),
    }
}

/// Takes the value of `metadata`.
pub(in crate::sbom) fn metadata<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    reading.object(json, Field::document("metadata"), |reading, json, key| {
        match key {
            "timestamp" => {
                let created = reading.text(json, Field::document("timestamp"))?;
                reading.fact(Fact::Created, created);
            }
            "tools" => tools(json, reading)?,
            "authors" => reading.array(json, Field::document("authors"), |reading, json| {
                let author = entity(json, reading, Field::document("authors"))?;
                reading.fact(Fact::Author, author);
                Ok(())
            })?,
            "supplier" => {
                let supplier = entity(json, reading, Field::document("supplier"))?;
                reading.fact(Fact::Supplier, supplier);
            }
            "component" => {
                let is_there = json.kind()? == Kind::Object;
                if is_there {
                    component(json, reading, Some(Outer::Document))?;
                } else {
                    reading.wrong_type(json, Field::document("metadata.component"))?;
                }
            }
            _ => json.skip()?,
        }
        Ok(())
    })
}

/// `tools`: a list of tools up to 1.4, an object with components and services since 1.5.
fn tools<'a, V: Visitor<'a>>(json: &mut Json<'a>, reading: &mut Reading<'_, '_, V>) -> Result<(), Refused> {
    let field = Field::document("tools");
    match json.kind()? {
        Kind::Array => json.array(|json| tool(json, reading)),
        Kind::Object => json.object(|json, key| match key {
            "components" | "services" => reading.array(json, field, |reading, json| tool(json, reading)),
            _ => json.skip(),
        }),
        _ => reading.wrong_type(json, field),
    }
}

fn tool<'a, V: Visitor<'a>>(json: &mut Json<'a>, reading: &mut Reading<'_, '_, V>) -> Result<(), Refused> {
    let field = Field::document("tools");
    let mut name: Option<Text<'a>> = None;
    let mut version = None;
    reading.object(json, field, |reading, json, key| {
        match key {
            "name" => name = reading.text(json, field)?,
            "version" => version = reading.text(json, field)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if let Some(name) = name {
        reading.tell(Event::Tool(Tool { name, version }));
    }
    Ok(())
}

/// The name of a person or an organisation, or its e-mail address where it has no name.
fn entity<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    field: Field,
) -> Result<Option<Text<'a>>, Refused> {
    let mut name: Option<Text<'a>> = None;
    let mut email = None;
    reading.object(json, field, |reading, json, key| {
        match key {
            "name" => name = reading.said(json, field)?,
            "email" => email = reading.said(json, field)?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(name.or(email))
}

/// What a component stands in.
#[derive(Clone, Copy)]
enum Outer {
    /// `metadata.component`.
    Document,
    /// Another component.
    Component(u32),
}

fn component<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    outer: Option<Outer>,
) -> Result<(), Refused> {
    let place = json.place();
    if json.kind()? != Kind::Object {
        return reading.wrong_type(json, Field::document("components"));
    }
    let index = reading.next_component().map_err(|reason| json.refuse(reason))?;
    let mut one = Component {
        index,
        place,
        is_root: matches!(outer, Some(Outer::Document)),
        ..Component::default()
    };
    let mut author = None;
    json.object(|json, key| {
        match key {
            "bom-ref" => one.id = reading.text(json, Field::of(index, "bom-ref"))?,
            "type" => one.kind = reading.text(json, Field::of(index, "type"))?,
            "scope" => one.scope = reading.text(json, Field::of(index, "scope"))?,
            "group" => one.group = reading.said(json, Field::of(index, "group"))?,
            "name" => one.name = reading.text(json, Field::of(index, "name"))?.unwrap_or_default(),
            "version" => {
                one.version = reading
                    .text(json, Field::of(index, "version"))?
                    .filter(|text| !text.is_empty())
            }
            "purl" => {
                let place = json.place();
                let field = Field::of(index, "purl");
                if let Some(purl) = reading.text(json, field)?.filter(|purl| !purl.is_empty()) {
                    reading.purl(&mut one, purl, field, place);
                }
            }
            "cpe" => one.cpe = reading.said(json, Field::of(index, "cpe"))?,
            "publisher" => one.publisher = reading.said(json, Field::of(index, "publisher"))?,
            "author" => author = reading.said(json, Field::of(index, "author"))?,
            "supplier" => one.supplier = entity(json, reading, Field::of(index, "supplier"))?,
            "hashes" => hashes(json, reading, &mut one, &HASHES)?,
            "licenses" => licences(json, reading, &mut one)?,
            "properties" if one.is_root => properties(json, reading, &mut one)?,
            "components" => reading.array(json, Field::of(index, "components"), |reading, json| {
                component(json, reading, Some(Outer::Component(index)))
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    one.publisher = one.publisher.or(author);
    if let Some(Outer::Component(parent)) = outer {
        reading.tell(Event::Nested { parent, child: index });
    }
    reading.component(one);
    Ok(())
}

/// `licenses`: `{license: {id | name}}` or `{expression}`, with `acknowledgement` since 1.6.
fn licences<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
) -> Result<(), Refused> {
    let field = Field::of(one.index, "licenses");
    reading.array(json, field, |reading, json| {
        let place = json.place();
        if json.kind()? != Kind::Object {
            return reading.wrong_type(json, field);
        }
        let mut found = Choice::default();
        json.object(|json, key| match key {
            "license" => reading.object(json, field, |reading, json, key| {
                found.member(key, json, reading, field)
            }),
            "expression" | "acknowledgement" => found.member(key, json, reading, field),
            _ => json.skip(),
        })?;
        reading
            .one_more(one.licences.len(), "licences of one component")
            .map_err(|reason| json.refuse(reason))?;
        match found.licence() {
            Ok(licence) => one.licences.push(licence),
            Err(kind) => reading.problem(kind, field, "", place),
        }
        Ok(())
    })
}

/// The ways to write a licence, of which one is to be used.
#[derive(Default)]
struct Choice<'a> {
    id: Option<Text<'a>>,
    name: Option<Text<'a>>,
    expression: Option<Text<'a>>,
    acknowledgement: Option<Text<'a>>,
}

impl<'a> Choice<'a> {
    fn member<V: Visitor<'a>>(
        &mut self,
        key: &str,
        json: &mut Json<'a>,
        reading: &mut Reading<'_, '_, V>,
        field: Field,
    ) -> Result<(), Refused> {
        let slot = match key {
            "id" => &mut self.id,
            "name" => &mut self.name,
            "expression" => &mut self.expression,
            "acknowledgement" => &mut self.acknowledgement,
            _ => return json.skip(),
        };
        *slot = reading.text(json, field)?.filter(|text| !text.is_empty());
        Ok(())
    }

    fn licence(self) -> Result<Licence<'a>, ProblemKind> {
        let claim = claim(self.acknowledgement.as_deref());
        let (form, text) = match (self.id, self.name, self.expression) {
            (Some(id), None, None) => (LicenceForm::Id, id),
            (None, Some(name), None) => (LicenceForm::Name, name),
            (None, None, Some(expression)) => (LicenceForm::Expression, expression),
            // Some tools write the id as the name too.
            (Some(id), Some(name), None) if id == name => (LicenceForm::Id, id),
            (None, None, None) => return Err(ProblemKind::Missing),
            _ => return Err(ProblemKind::Conflict),
        };
        Ok(Licence { form, text, claim })
    }
}

/// Who says so, from `acknowledgement`.
pub(super) fn claim(acknowledgement: Option<&str>) -> Claim {
    match acknowledgement {
        Some("declared") => Claim::Declared,
        Some("concluded") => Claim::Concluded,
        _ => Claim::Unstated,
    }
}

/// The one property that names a digest.
fn properties<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
) -> Result<(), Refused> {
    let field = Field::of(one.index, "properties");
    reading.array(json, field, |reading, json| {
        let place = json.place();
        let [name, value] = reading.two_texts(json, field, ["name", "value"])?;
        if name.as_deref() == Some(IMAGE_ID_PROPERTY) {
            image_id(reading, one, value, field, place);
        }
        Ok(())
    })
}

/// Gives a root its image id, unless it has another one already.
pub(in crate::sbom) fn image_id<'a, V: Visitor<'a>>(
    reading: &mut Reading<'_, '_, V>,
    one: &mut Component<'a>,
    value: Option<Text<'a>>,
    field: Field,
    place: crate::sbom::model::Place,
) {
    match (&one.image_id, value) {
        (Some(first), Some(second)) if *first != second => {
            reading.problem(ProblemKind::Conflict, field, &second, place);
        }
        (None, value) => one.image_id = value,
        _ => {}
    }
}

fn dependency<'a, V: Visitor<'a>>(
    json: &mut Json<'a>,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    let field = Field::document("dependencies");
    let mut from: Option<Text<'a>> = None;
    // Where `ref` comes after `dependsOn`, the other ends wait for it.
    let mut waiting: Vec<Text<'a>> = Vec::new();
    reading.object(json, field, |reading, json, key| {
        match key {
            "ref" => from = reading.text(json, field)?,
            "dependsOn" => reading.array(json, field, |reading, json| {
                let Some(to) = reading.text(json, field)? else {
                    return Ok(());
                };
                match &from {
                    Some(from) => reading
                        .edge(from.clone(), to, EdgeKind::DependsOn)
                        .map_err(|reason| json.refuse(reason)),
                    None => {
                        waiting.push(to);
                        reading.fits(waiting.len()).map_err(|reason| json.refuse(reason))
                    }
                }
            })?,
            _ => json.skip()?,
        }
        Ok(())
    })?;
    if let Some(from) = from {
        for to in waiting {
            reading
                .edge(from.clone(), to, EdgeKind::DependsOn)
                .map_err(|reason| json.refuse(reason))?;
        }
    }
    Ok(())
}
