//! CycloneDX as XML. Document type declarations are refused, so no entity is ever expanded.

mod vulnerability;

use roxmltree::{Node, ParsingOptions};

use super::json::{claim, image_id};
use super::{IMAGE_ID_PROPERTY, VERSIONS, VERSIONS_IN_WORDS};
use crate::sbom::document::supported;
use crate::sbom::event::{Event, Fact, Visitor};
use crate::sbom::model::{Component, EdgeKind, Format, Licence, LicenceForm, Place, Text, Tool};
use crate::sbom::problem::{ProblemKind, Refusal, Refused};
use crate::sbom::reading::{Field, Reading, is_said};

/// Namespaces of CycloneDX begin with this; the version follows.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

/// Most nodes of a document: elements, texts and comments.
const MAX_NODES: u32 = 8_000_000;

/// Whether a text is XML.
pub(in crate::sbom) fn is_xml(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// Reads a document.
pub(in crate::sbom) fn read<'a, V: Visitor<'a>>(
    text: &'a str,
    reading: &mut Reading<'_, '_, V>,
) -> Result<(), Refused> {
    let start = |reason| Refused {
        reason,
        place: Place { offset: 0, line: 1 },
        column: 1,
    };
    check_depth(text, reading.limits.depth).map_err(start)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|error| Refused {
        reason: match error {
            roxmltree::Error::DtdDetected => Refusal::Doctype,
            roxmltree::Error::NodesLimitReached => Refusal::TooMany {
                what: "XML nodes",
                limit: MAX_NODES as usize,
            },
            _ => Refusal::Syntax {
                detail: error.to_string(),
            },
        },
        place: Place {
            offset: 0,
            line: error.pos().row,
        },
        column: u64::from(error.pos().col),
    })?;
    let root = document.root_element();
    let version = root
        .tag_name()
        .namespace()
        .and_then(|name| name.strip_prefix(NAMESPACE));
    let Some(version) = version.filter(|_| root.tag_name().name() == "bom") else {
        return Err(start(Refusal::UnknownFormat {
            detail: "the root element is no CycloneDX bom",
        }));
    };
    supported(
        Format::CycloneDxXml,
        Some(version.to_owned()),
        &VERSIONS,
        VERSIONS_IN_WORDS,
    )
    .map_err(start)?;
    let mut reader = Reader {
        reading,
        places: Places { text, at: 0, line: 1 },
    };
    reader
        .reading
        .fact(Fact::SpecVersion, Some(Text::Owned(version.to_owned())));
    let serial = reader.attribute(root, "serialNumber", Field::document("serialNumber"));
    reader.reading.fact(Fact::Serial, serial);
    reader.document(root).map_err(start)?;
    reading.tell(Event::End(Format::CycloneDxXml));
    Ok(())
}

/// Refuses a document that is nested too deeply before a tree is made of it.
fn check_depth(text: &str, limit: usize) -> Result<(), Refusal> {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        match after.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!') => {
                for (begin, end) in [("!--", "-->"), ("![CDATA[", "]]>")] {
                    if let Some((_, after)) = after
                        .strip_prefix(begin)
                        .and_then(|inside| inside.split_once(end))
                    {
                        rest = after;
                        break;
                    }
                }
            }
            Some(b'?') | None => {}
            Some(_) => {
                let (tag, after) = after.split_at(end_of_tag(after));
                rest = after;
                if !tag.ends_with('/') {
                    depth += 1;
                }
            }
        }
        if depth > limit {
            return Err(Refusal::TooDeep { limit });
        }
    }
    Ok(())
}

/// Offset of the `>` that ends a tag: one in an attribute's value does not.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    let end = text.bytes().position(|byte| match (quote, byte) {
        (None, b'>') => true,
        (None, b'"' | b'\'') => {
            quote = Some(byte);
            false
        }
        (Some(open), _) if open == byte => {
            quote = None;
            false
        }
        _ => false,
    });
    end.unwrap_or(text.len())
}

/// Finds lines by counting on from the last place, as nodes are visited in document order.
struct Places<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Places<'_> {
    fn of(&mut self, node: Node<'_, '_>) -> Place {
        let offset = node.range().start;
        if let Some(between) = self.text.as_bytes().get(self.at..offset) {
            let lines = between.iter().filter(|byte| **byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            self.at = offset;
        }
        Place {
            offset: offset as u64,
            line: self.line,
        }
    }
}

struct Reader<'a, 'r, 'l, 'v, V> {
    reading: &'r mut Reading<'l, 'v, V>,
    places: Places<'a>,
}

/// The elements inside one.
fn elements<'n, 'a: 'n>(node: Node<'n, 'a>) -> impl Iterator<Item = Node<'n, 'a>> {
    node.children().filter(Node::is_element)
}

/// The first element of a name inside one.
fn child<'n, 'a: 'n>(node: Node<'n, 'a>, name: &str) -> Option<Node<'n, 'a>> {
    elements(node).find(|child| child.tag_name().name() == name)
}

impl<'a, V: Visitor<'a>> Reader<'a, '_, '_, '_, V> {
    fn attribute(&mut self, node: Node<'_, 'a>, name: &str, field: Field) -> Option<Text<'a>> {
        let value = match node.attribute_node(name)?.value_storage() {
            roxmltree::StringStorage::Borrowed(text) => Text::Borrowed(*text),
            roxmltree::StringStorage::Owned(text) => Text::Owned(text.as_ref().to_owned()),
        };
        let place = self.places.of(node);
        self.reading.short(value, field, place)
    }

    /// The text of an element, without the white space around it.
    fn text(&mut self, node: Node<'_, 'a>, field: Field) -> Option<Text<'a>> {
        let place = self.places.of(node);
        let mut texts = node.children().filter(Node::is_text);
        let first = texts.next()?;
        if texts.next().is_some() || elements(node).next().is_some() {
            // A comment in the middle, or elements where text belongs.
            self.reading.problem(ProblemKind::WrongType, field, "", place);
            return None;
        }
        let text = match first.text_storage()? {
            roxmltree::StringStorage::Borrowed(text) => Text::Borrowed(text.trim()),
            roxmltree::StringStorage::Owned(text) => Text::Owned(text.trim().to_owned()),
        };
        self.reading.short(text, field, place)
    }

    /// The text of an element that says something.
    fn said(&mut self, node: Node<'_, 'a>, field: Field) -> Option<Text<'a>> {
        self.text(node, field).filter(|text| is_said(text))
    }

    fn document(&mut self, root: Node<'_, 'a>) -> Result<(), Refusal> {
        for member in elements(root) {
            match member.tag_name().name() {
                "metadata" => self.metadata(member)?,
                "components" => self.components(member, None)?,
                "dependencies" => self.dependencies(member, None)?,
                "vulnerabilities" => {
                    for vulnerability in elements(member) {
                        self.vulnerability(vulnerability)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn metadata(&mut self, node: Node<'_, 'a>) -> Result<(), Refusal> {
        for member in elements(node) {
            match member.tag_name().name() {
                "timestamp" => {
                    let created = self.text(member, Field::document("timestamp"));
                    self.reading.fact(Fact::Created, created);
                }
                "tools" => self.tools(member),
                "authors" => {
                    for author in elements(member) {
                        let author = self.entity(author, Field::document("authors"));
                        self.reading.fact(Fact::Author, author);
                    }
                }
                "supplier" => {
                    let supplier = self.entity(member, Field::document("supplier"));
                    self.reading.fact(Fact::Supplier, supplier);
                }
                "component" => self.component(member, true, None)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// `tools`: a list of tools up to 1.4, lists of components and services since 1.5.
    fn tools(&mut self, node: Node<'_, 'a>) {
        let field = Field::document("tools");
        for member in elements(node) {
            if matches!(member.tag_name().name(), "components" | "services") {
                self.tools(member);
                continue;
            }
            let name = child(member, "name").and_then(|name| self.text(name, field));
            let version = child(member, "version").and_then(|version| self.text(version, field));
            if let Some(name) = name {
                self.reading.tell(Event::Tool(Tool { name, version }));
            }
        }
    }

    fn entity(&mut self, node: Node<'_, 'a>, field: Field) -> Option<Text<'a>> {
        ["name", "email"]
            .into_iter()
            .find_map(|name| self.said(child(node, name)?, field))
    }

    fn components(&mut self, node: Node<'_, 'a>, parent: Option<u32>) -> Result<(), Refusal> {
        elements(node).try_for_each(|component| self.component(component, false, parent))
    }

    fn component(&mut self, node: Node<'_, 'a>, is_root: bool, parent: Option<u32>) -> Result<(), Refusal> {
        let index = self.reading.next_component()?;
        let mut one = Component {
            index,
            place: self.places.of(node),
            is_root,
            id: self.attribute(node, "bom-ref", Field::of(index, "bom-ref")),
            kind: self.attribute(node, "type", Field::of(index, "type")),
            ..Component::default()
        };
        let mut author = None;
        for member in members_once(node)? {
            match member.tag_name().name() {
                "group" => one.group = self.said(member, Field::of(index, "group")),
                "name" => one.name = self.text(member, Field::of(index, "name")).unwrap_or_default(),
                "version" => {
                    one.version = self
                        .text(member, Field::of(index, "version"))
                        .filter(|text| !text.is_empty());
                }
                "scope" => one.scope = self.text(member, Field::of(index, "scope")),
                "cpe" => one.cpe = self.said(member, Field::of(index, "cpe")),
                "publisher" => one.publisher = self.said(member, Field::of(index, "publisher")),
                "author" => author = self.said(member, Field::of(index, "author")),
                "supplier" => one.supplier = self.entity(member, Field::of(index, "supplier")),
                "purl" => {
                    let field = Field::of(index, "purl");
                    if let Some(purl) = self.text(member, field).filter(|purl| !purl.is_empty()) {
                        let place = self.places.of(member);
                        self.reading.purl(&mut one, purl, field, place);
                    }
                }
                "hashes" => self.hashes(member, &mut one)?,
                "licenses" => self.licences(member, &mut one)?,
                "properties" if is_root => self.properties(member, &mut one),
                "components" => self.components(member, Some(index))?,
                // The extension that 1.2 and 1.3 had for them. What it states is not read, and not passed over.
                "vulnerabilities" => {
                    let place = self.places.of(member);
                    let field = Field::of(index, "vulnerabilities");
                    self.reading.problem(ProblemKind::WrongType, field, "", place);
                }
                _ => {}
            }
        }
        one.publisher = one.publisher.or(author);
        if let Some(parent) = parent {
            self.reading.tell(Event::Nested { parent, child: index });
        }
        self.reading.component(one);
        Ok(())
    }

    fn hashes(&mut self, node: Node<'_, 'a>, one: &mut Component<'a>) -> Result<(), Refusal> {
        let field = Field::of(one.index, "hashes");
        for hash in elements(node) {
            let place = self.places.of(hash);
            let algorithm = self.attribute(hash, "alg", field);
            match (algorithm, self.text(hash, field)) {
                (Some(algorithm), Some(content)) => {
                    self.reading
                        .one_more(one.hashes.len(), "hashes of one component")?;
                    one.hashes
                        .extend(self.reading.hash(&algorithm, content, field, place));
                }
                _ => self.reading.problem(ProblemKind::Missing, field, "", place),
            }
        }
        Ok(())
    }

    fn licences(&mut self, node: Node<'_, 'a>, one: &mut Component<'a>) -> Result<(), Refusal> {
        let field = Field::of(one.index, "licenses");
        for entry in elements(node) {
            let place = self.places.of(entry);
            self.reading
                .one_more(one.licences.len(), "licences of one component")?;
            let found = if entry.tag_name().name() == "expression" {
                self.text(entry, field)
                    .map(|text| (LicenceForm::Expression, text))
            } else {
                let mut names = elements(entry).filter(|one| matches!(one.tag_name().name(), "id" | "name"));
                match (names.next(), names.next()) {
                    (Some(one), None) if one.tag_name().name() == "id" => {
                        self.text(one, field).map(|text| (LicenceForm::Id, text))
                    }
                    (Some(one), None) => self.text(one, field).map(|text| (LicenceForm::Name, text)),
                    (Some(_), Some(_)) => {
                        self.reading.problem(ProblemKind::Conflict, field, "", place);
                        continue;
                    }
                    (None, _) => None,
                }
            };
            match found.filter(|(_, text)| !text.is_empty()) {
                Some((form, text)) => one.licences.push(Licence {
                    form,
                    text,
                    claim: claim(entry.attribute("acknowledgement")),
                }),
                None => self.reading.problem(ProblemKind::Missing, field, "", place),
            }
        }
        Ok(())
    }

    fn properties(&mut self, node: Node<'_, 'a>, one: &mut Component<'a>) {
        let field = Field::of(one.index, "properties");
        for property in elements(node) {
            if property.attribute("name") == Some(IMAGE_ID_PROPERTY) {
                let value = self.text(property, field);
                let place = self.places.of(property);
                image_id(self.reading, one, value, field, place);
            }
        }
    }

    /// `dependency` elements, one inside the other.
    fn dependencies(&mut self, node: Node<'_, 'a>, from: Option<&Text<'a>>) -> Result<(), Refusal> {
        let field = Field::document("dependencies");
        for dependency in elements(node).filter(|one| one.tag_name().name() == "dependency") {
            let Some(to) = self.attribute(dependency, "ref", field) else {
                continue;
            };
            if let Some(from) = from {
                self.reading.edge(from.clone(), to.clone(), EdgeKind::DependsOn)?;
            }
            self.dependencies(dependency, Some(&to))?;
        }
        Ok(())
    }
}

/// Most kinds of elements in one; the schema has half as many.
const MAX_MEMBERS: usize = 64;

/// The elements inside one of which the schema has each at most once. A second one could be meant for another
/// reader.
fn members_once<'n, 'a>(node: Node<'n, 'a>) -> Result<Vec<Node<'n, 'a>>, Refusal> {
    let mut members: Vec<Node<'n, 'a>> = Vec::new();
    for member in elements(node) {
        let name = member.tag_name().name();
        if members.iter().any(|other| other.tag_name().name() == name) {
            return Err(Refusal::DuplicateKey {
                key: name.chars().take(100).collect(),
            });
        }
        if members.len() >= MAX_MEMBERS {
            return Err(Refusal::TooMany {
                what: "kinds of elements in one",
                limit: MAX_MEMBERS,
            });
        }
        members.push(member);
    }
    Ok(members)
}
