//! Makes a [`Document`] of what a reader tells.

use std::collections::HashMap;

use super::event::{Event, Fact, Visitor};
use super::limits::Limits;
use super::model::{Component, Document, Edge, EdgeKind, Format, Head, Text};
use super::problem::{Problem, ProblemKind, Refusal, Refused};

/// Collects events.
pub(super) struct Builder<'a> {
    head: Head<'a>,
    components: Vec<Component<'a>>,
    /// Index of the component with an id, and its position in `components`. The first one has it.
    ids: HashMap<Text<'a>, (u32, usize)>,
    root_ids: Vec<Text<'a>>,
    edges: Vec<Edge>,
    /// Edges whose ends are not both known yet.
    pending: Vec<(Text<'a>, Text<'a>, EdgeKind)>,
    named_licences: Vec<super::model::NamedLicence<'a>>,
    vulnerabilities: Vec<super::vulnerability::Vulnerability<'a>>,
    problems: Vec<Problem>,
    further_problems: usize,
    most_problems: usize,
    format: Option<Format>,
}

impl<'a> Visitor<'a> for Builder<'a> {
    fn visit(&mut self, event: Event<'a>) {
        match event {
            Event::Fact(fact, text) => self.fact(fact, text),
            Event::Tool(tool) => self.head.tools.push(tool),
            Event::Component(component) => self.component(*component),
            Event::Root(id) => self.root_ids.push(id),
            Event::Edge { from, to, kind } => match (self.ids.get(&from), self.ids.get(&to)) {
                (Some(&(from, _)), Some(&(to, _))) => self.edges.push(Edge { from, to, kind }),
                _ => self.pending.push((from, to, kind)),
            },
            Event::Nested { parent, child } => self.edges.push(Edge {
                from: parent,
                to: child,
                kind: EdgeKind::Contains,
            }),
            Event::NamedLicence(licence) => self.named_licences.push(licence),
            Event::Vulnerability(vulnerability) => self.vulnerabilities.push(vulnerability),
            Event::Problem(problem) => self.problem(problem),
            Event::End(format) => self.format = Some(format),
        }
    }
}

impl<'a> Builder<'a> {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            head: Head::default(),
            components: Vec::new(),
            ids: HashMap::new(),
            root_ids: Vec::new(),
            edges: Vec::new(),
            pending: Vec::new(),
            named_licences: Vec::new(),
            vulnerabilities: Vec::new(),
            problems: Vec::new(),
            further_problems: 0,
            most_problems: limits.problems,
            format: None,
        }
    }

    fn fact(&mut self, fact: Fact, text: Text<'a>) {
        match fact {
            Fact::SpecVersion => self.head.spec_version = text,
            Fact::Serial => self.head.serial = Some(text),
            Fact::Name => self.head.name = Some(text),
            Fact::Created => self.head.created = Some(text),
            Fact::Author => self.head.authors.push(text),
            Fact::Supplier => self.head.supplier = Some(text),
        }
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < self.most_problems {
            self.problems.push(problem);
        } else {
            self.further_problems += 1;
        }
    }

    fn component(&mut self, component: Component<'a>) {
        if let Some(id) = &component.id {
            let own = (component.index, self.components.len());
            let (index, at) = *self.ids.entry(id.clone()).or_insert(own);
            // Some generators state the root among the components once more.
            let is_same = |first| says_the_same(first, &component);
            if index != component.index && !self.components.get(at).is_some_and(is_same) {
                self.problem(Problem {
                    kind: ProblemKind::DuplicateId,
                    field: "id",
                    component: Some(component.index),
                    value: start_of(id),
                    place: component.place,
                });
            }
        }
        self.components.push(component);
    }

    /// The document, or a refusal where there is nothing in it.
    pub(super) fn finish(mut self) -> Result<Document<'a>, Refused> {
        let empty = Refused {
            reason: Refusal::Empty,
            place: super::model::Place { offset: 0, line: 1 },
            column: 1,
        };
        let Some(format) = self.format.filter(|_| !self.components.is_empty()) else {
            return Err(empty);
        };
        // Nested components come before what they are nested in.
        self.components.sort_by_key(|component| component.index);
        let mut dangling = 0;
        for (from, to, kind) in std::mem::take(&mut self.pending) {
            match (self.ids.get(&from), self.ids.get(&to)) {
                (Some(&(from, _)), Some(&(to, _))) => self.edges.push(Edge { from, to, kind }),
                _ => dangling += 1,
            }
        }
        self.edges.sort_unstable();
        self.edges.dedup();
        let mut roots: Vec<u32> = Vec::new();
        for id in &self.root_ids {
            match self.ids.get(id) {
                Some((index, _)) => roots.push(*index),
                None => dangling += 1,
            }
        }
        roots.extend(
            self.components
                .iter()
                .filter(|one| one.is_root)
                .map(|one| one.index),
        );
        roots.sort_unstable();
        roots.dedup();
        Ok(Document {
            format,
            head: self.head,
            components: self.components,
            roots,
            edges: self.edges,
            dangling,
            vulnerabilities: self.vulnerabilities,
            named_licences: self.named_licences,
            problems: self.problems,
            further_problems: self.further_problems,
        })
    }
}

/// Whether nothing that a decision could rest on differs between two components of one id.
fn says_the_same<'a>(one: &Component<'a>, other: &Component<'a>) -> bool {
    let placed = Component {
        index: one.index,
        place: one.place,
        is_root: one.is_root,
        ..other.clone()
    };
    placed == *one
}

/// The start of a value, for a problem.
pub(super) fn start_of(text: &str) -> String {
    text.chars().take(80).collect()
}
