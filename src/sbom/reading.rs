//! What every reader does the same way: count against the caps, check fields, and report those that cannot be read.

use super::build::start_of;
use super::event::{Event, Fact, Visitor};
use super::json::{Json, Kind};
use super::limits::Limits;
use super::model::{Component, EdgeKind, Hash, HashAlgorithm, Place, Text};
use super::problem::{Problem, ProblemKind, Refusal, Refused};
use super::vulnerability::Rating;
use crate::purl::Purl;
use crate::severity::{Grade, Written};

/// A document that is being read.
pub(super) struct Reading<'l, 'v, V> {
    pub(super) limits: &'l Limits,
    visitor: &'v mut V,
    components: u32,
    edges: usize,
    vulnerabilities: usize,
    affected: usize,
    roots: usize,
}

/// A field: the component it belongs to, and its name.
#[derive(Clone, Copy)]
pub(super) struct Field {
    pub(super) component: Option<u32>,
    pub(super) name: &'static str,
}

impl Field {
    /// A field of a component.
    pub(super) fn of(component: u32, name: &'static str) -> Self {
        Self {
            component: Some(component),
            name,
        }
    }

    /// A field of the document.
    pub(super) fn document(name: &'static str) -> Self {
        Self {
            component: None,
            name,
        }
    }
}

impl<'l, 'v, V> Reading<'l, 'v, V> {
    pub(super) fn new(limits: &'l Limits, visitor: &'v mut V) -> Self {
        Self {
            limits,
            visitor,
            components: 0,
            edges: 0,
            vulnerabilities: 0,
            affected: 0,
            roots: 0,
        }
    }

    /// Tells the visitor.
    pub(super) fn tell<'a>(&mut self, event: Event<'a>)
    where
        V: Visitor<'a>,
    {
        self.visitor.visit(event);
    }

    /// Tells a fact about the document, if it is there.
    pub(super) fn fact<'a>(&mut self, fact: Fact, text: Option<Text<'a>>)
    where
        V: Visitor<'a>,
    {
        if let Some(text) = text {
            self.tell(Event::Fact(fact, text));
        }
    }

    /// Tells a problem.
    pub(super) fn problem<'a>(&mut self, kind: ProblemKind, field: Field, value: &str, place: Place)
    where
        V: Visitor<'a>,
    {
        self.tell(Event::Problem(Problem {
            kind,
            field: field.name,
            component: field.component,
            value: start_of(value),
            place,
        }));
    }

    fn count(counter: &mut usize, limit: usize, what: &'static str) -> Result<(), Refusal> {
        *counter += 1;
        if *counter > limit {
            return Err(Refusal::TooMany { what, limit });
        }
        Ok(())
    }

    /// The index of the next component.
    pub(super) fn next_component(&mut self) -> Result<u32, Refusal> {
        let index = self.components;
        if index as usize >= self.limits.components {
            return Err(Refusal::TooMany {
                what: "components",
                limit: self.limits.components,
            });
        }
        self.components += 1;
        Ok(index)
    }

    /// Tells an edge.
    pub(super) fn edge<'a>(&mut self, from: Text<'a>, to: Text<'a>, kind: EdgeKind) -> Result<(), Refusal>
    where
        V: Visitor<'a>,
    {
        Self::count(&mut self.edges, self.limits.edges, "edges")?;
        self.tell(Event::Edge { from, to, kind });
        Ok(())
    }

    /// Refuses more edges than the cap that are not told yet.
    pub(super) fn fits(&self, waiting: usize) -> Result<(), Refusal> {
        let limit = self.limits.edges;
        if self.edges.saturating_add(waiting) > limit {
            return Err(Refusal::TooMany { what: "edges", limit });
        }
        Ok(())
    }

    /// Counts a vulnerability.
    pub(super) fn next_vulnerability(&mut self) -> Result<(), Refusal> {
        Self::count(
            &mut self.vulnerabilities,
            self.limits.vulnerabilities,
            "vulnerabilities",
        )
    }

    /// Counts a component, or a version of one, that a vulnerability is about.
    pub(super) fn next_affected(&mut self) -> Result<(), Refusal> {
        Self::count(
            &mut self.affected,
            self.limits.edges,
            "components affected by vulnerabilities",
        )
    }

    /// Finds out what a rating comes to.
    pub(super) fn grade<'a>(&mut self, rating: &mut Rating<'a>, has_vector: bool, place: Place)
    where
        V: Visitor<'a>,
    {
        let grade = Grade::of(Written {
            severity: rating.severity.as_deref(),
            score: rating.score.as_deref(),
            method: rating.method.as_deref(),
            has_vector,
        });
        rating.grade = grade.unwrap_or(Grade::Opaque);
        if grade.is_none() {
            let said = [&rating.severity, &rating.score, &rating.method].map(|text| text.as_deref());
            let said: Vec<&str> = said.into_iter().flatten().collect();
            self.problem(
                ProblemKind::BadRating,
                Field::document("ratings"),
                &said.join(" "),
                place,
            );
        }
    }

    /// Tells the id of a root.
    pub(super) fn root<'a>(&mut self, id: Text<'a>) -> Result<(), Refusal>
    where
        V: Visitor<'a>,
    {
        Self::count(&mut self.roots, self.limits.per_component, "described packages")?;
        self.tell(Event::Root(id));
        Ok(())
    }

    /// Refuses one more of what has to stay few: hashes or licences of a component, ratings of a vulnerability.
    pub(super) fn one_more(&self, there: usize, what: &'static str) -> Result<(), Refusal> {
        let limit = self.limits.per_component;
        if there >= limit {
            return Err(Refusal::TooMany { what, limit });
        }
        Ok(())
    }

    /// A text that is not too long to be kept.
    pub(super) fn short<'a>(&mut self, text: Text<'a>, field: Field, place: Place) -> Option<Text<'a>>
    where
        V: Visitor<'a>,
    {
        if text.len() <= self.limits.text {
            return Some(text);
        }
        self.problem(ProblemKind::TooLong, field, &text, place);
        None
    }

    /// A hash, if it is as long as its algorithm makes it.
    pub(super) fn hash<'a>(
        &mut self,
        algorithm: &str,
        hex: Text<'a>,
        field: Field,
        place: Place,
    ) -> Option<Hash<'a>>
    where
        V: Visitor<'a>,
    {
        let Some(algorithm) = HashAlgorithm::from_name(algorithm) else {
            self.problem(ProblemKind::UnknownHashAlgorithm, field, algorithm, place);
            return None;
        };
        let is_hex = hex.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hex || hex.len() != algorithm.hex_digits() {
            self.problem(ProblemKind::BadHash, field, &hex, place);
            return None;
        }
        Some(Hash { algorithm, hex })
    }

    /// Gives a component its package URL, unless it has another one already.
    pub(super) fn purl<'a>(
        &mut self,
        component: &mut Component<'a>,
        purl: Text<'a>,
        field: Field,
        place: Place,
    ) where
        V: Visitor<'a>,
    {
        if Purl::parse(&purl).is_err() {
            self.problem(ProblemKind::BadPurl, field, &purl, place);
        }
        match &component.purl {
            None => component.purl = Some(purl),
            Some(first) if *first == purl => {}
            Some(_) => self.problem(ProblemKind::Conflict, field, &purl, place),
        }
    }

    /// Tells a component that is complete.
    pub(super) fn component<'a>(&mut self, component: Component<'a>)
    where
        V: Visitor<'a>,
    {
        if component.name.is_empty() {
            let field = Field::of(component.index, "name");
            self.problem(ProblemKind::Missing, field, "", component.place);
        }
        self.tell(Event::Component(Box::new(component)));
    }

    /// Takes a string. `null` is no value; another type is a problem.
    pub(super) fn text<'a>(&mut self, json: &mut Json<'a>, field: Field) -> Result<Option<Text<'a>>, Refused>
    where
        V: Visitor<'a>,
    {
        let place = json.place();
        match json.kind()? {
            Kind::String => {
                let text = json.string()?;
                Ok(self.short(text, field, place))
            }
            Kind::Plain => {
                let found = json.plain()?;
                if found != "null" {
                    self.problem(ProblemKind::WrongType, field, found, place);
                }
                Ok(None)
            }
            Kind::Object | Kind::Array => {
                self.wrong_type(json, field)?;
                Ok(None)
            }
        }
    }

    /// Takes a string that an empty string or one of SPDX's two words for "nothing is said" leaves out.
    pub(super) fn said<'a>(&mut self, json: &mut Json<'a>, field: Field) -> Result<Option<Text<'a>>, Refused>
    where
        V: Visitor<'a>,
    {
        Ok(self.text(json, field)?.filter(|text| is_said(text)))
    }

    /// Takes an object. Another type is a problem, and `null` is no value.
    pub(super) fn object<'a>(
        &mut self,
        json: &mut Json<'a>,
        field: Field,
        mut each: impl FnMut(&mut Self, &mut Json<'a>, &str) -> Result<(), Refused>,
    ) -> Result<(), Refused>
    where
        V: Visitor<'a>,
    {
        match json.kind()? {
            Kind::Object => json.object(|json, key| each(self, json, key)),
            _ => self.wrong_type(json, field),
        }
    }

    /// Takes the texts of two members of an object, and passes over the others.
    pub(super) fn two_texts<'a>(
        &mut self,
        json: &mut Json<'a>,
        field: Field,
        keys: [&str; 2],
    ) -> Result<[Option<Text<'a>>; 2], Refused>
    where
        V: Visitor<'a>,
    {
        let [first_key, second_key] = keys;
        let (mut first, mut second) = (None, None);
        self.object(json, field, |reading, json, key| {
            if key == first_key {
                first = reading.text(json, field)?;
            } else if key == second_key {
                second = reading.text(json, field)?;
            } else {
                json.skip()?;
            }
            Ok(())
        })?;
        Ok([first, second])
    }

    /// Takes an array. Another type is a problem, and `null` is no value.
    pub(super) fn array<'a>(
        &mut self,
        json: &mut Json<'a>,
        field: Field,
        mut each: impl FnMut(&mut Self, &mut Json<'a>) -> Result<(), Refused>,
    ) -> Result<(), Refused>
    where
        V: Visitor<'a>,
    {
        match json.kind()? {
            Kind::Array => json.array(|json| each(self, json)),
            _ => self.wrong_type(json, field),
        }
    }

    /// Takes a value of the wrong type and tells it, unless it is `null`.
    pub(super) fn wrong_type<'a>(&mut self, json: &mut Json<'a>, field: Field) -> Result<(), Refused>
    where
        V: Visitor<'a>,
    {
        let place = json.place();
        let from = json.offset();
        json.skip()?;
        let found = json.since(from);
        if found != "null" {
            self.problem(ProblemKind::WrongType, field, found, place);
        }
        Ok(())
    }
}

/// Whether a text says anything: it is not empty, `NOASSERTION` or `NONE`.
pub(crate) fn is_said(text: &str) -> bool {
    !matches!(text, "" | "NOASSERTION" | "NONE")
}
