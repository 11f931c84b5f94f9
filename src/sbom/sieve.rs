//! A document of any size, sieved: what a decision does not need of it is left where it is.
//!
//! The document is streamed twice. The first time its graph is learnt, with a number for every id; the second time the
//! components are kept that the caller wants, those that the document is about, and those of a cycle. What is kept is a
//! document like any other, and decides like the whole of it under every rule that looks at one component at a time.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use super::cycle;
use super::event::{Event, Visitor};
use super::limits::Limits;
use super::model::{Component, Document, Edge, EdgeKind, Format, Head};
use super::problem::{Problem, ProblemKind, Refusal, Refused};

/// What is left of a document.
#[derive(Debug)]
pub struct Sieved {
    /// What was kept. Its head and its vulnerabilities are empty: nothing that looks at those can use it.
    pub document: Document<'static>,
    /// How many components the whole document has, those that it is about included.
    pub components: usize,
    /// How many components were wanted and not kept, because there were too many. Those of a cycle that is longer than
    /// what may be kept count too.
    pub left_out: usize,
}

/// Sieves the document that `first` and `second` both read: CycloneDX or SPDX 2 as JSON. At most `most` components are
/// kept that `is_wanted` takes.
pub fn sieve<R: Read>(
    first: R,
    second: R,
    limits: &Limits,
    most: usize,
    is_wanted: impl FnMut(&Component<'_>) -> bool,
) -> Result<Sieved, Refused> {
    let mut graph = Graph::new(limits);
    super::stream(first, limits, &mut graph)?;
    let mut learnt = graph.end()?;
    let mut in_cycle = cycle::among(&learnt.edges, learnt.components).unwrap_or_default();
    // One that is too long to be shown is left out as a whole.
    let too_long = if in_cycle.len() > most {
        std::mem::take(&mut in_cycle).len()
    } else {
        0
    };
    in_cycle.sort_unstable();
    let mut keeping = Keeping {
        roots: &learnt.roots,
        in_cycle,
        is_wanted,
        most,
        kept: Vec::new(),
        has_ingredient: false,
        left_out: too_long,
    };
    super::stream(second, limits, &mut keeping)?;
    let (mut kept, left_out) = (keeping.kept, keeping.left_out);
    kept.sort_by_key(|component| component.index);
    let number: HashMap<u32, u32> = kept.iter().map(|component| component.index).zip(0..).collect();
    for (at, component) in (0..).zip(&mut kept) {
        component.index = at;
    }
    let new = |old: &u32| number.get(old).copied();
    for problem in &mut learnt.problems {
        problem.component = problem.component.as_ref().and_then(new);
    }
    let edges = learnt.edges.iter().filter_map(|edge| {
        Some(Edge {
            from: new(&edge.from)?,
            to: new(&edge.to)?,
            kind: edge.kind,
        })
    });
    Ok(Sieved {
        components: learnt.components,
        left_out,
        document: Document {
            format: learnt.format,
            head: Head::default(),
            roots: learnt.roots.iter().filter_map(new).collect(),
            edges: edges.collect(),
            components: kept,
            dangling: learnt.dangling,
            vulnerabilities: Vec::new(),
            named_licences: Vec::new(),
            problems: learnt.problems,
            further_problems: learnt.further_problems,
        },
    })
}

/// The number of an id. Nobody can know in advance which numbers ids have, so nobody can make two of them one.
type Number = u64;

/// Learns the graph of a document without keeping a word of it.
struct Graph {
    numbers: RandomState,
    /// Index of the component with an id. The first one has it.
    ids: HashMap<Number, u32>,
    root_ids: Vec<Number>,
    roots: Vec<u32>,
    edges: Vec<Edge>,
    /// Edges whose ends are not both known yet.
    pending: Vec<(Number, Number, EdgeKind)>,
    components: usize,
    problems: Vec<Problem>,
    further_problems: usize,
    most_problems: usize,
    format: Option<Format>,
}

/// What was learnt.
struct Learnt {
    format: Format,
    roots: Vec<u32>,
    edges: Vec<Edge>,
    dangling: usize,
    components: usize,
    problems: Vec<Problem>,
    further_problems: usize,
}

impl Graph {
    fn new(limits: &Limits) -> Self {
        Self {
            numbers: RandomState::new(),
            ids: HashMap::new(),
            root_ids: Vec::new(),
            roots: Vec::new(),
            edges: Vec::new(),
            pending: Vec::new(),
            components: 0,
            problems: Vec::new(),
            further_problems: 0,
            most_problems: limits.problems,
            format: None,
        }
    }

    fn number(&self, id: &str) -> Number {
        self.numbers.hash_one(id)
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < self.most_problems {
            self.problems.push(problem);
        } else {
            self.further_problems += 1;
        }
    }

    fn component(&mut self, component: &Component<'_>) {
        self.components += 1;
        if component.is_root {
            self.roots.push(component.index);
        }
        let Some(id) = &component.id else { return };
        let number = self.number(id);
        if *self.ids.entry(number).or_insert(component.index) != component.index {
            self.problem(Problem {
                kind: ProblemKind::DuplicateId,
                field: "id",
                component: Some(component.index),
                value: super::build::start_of(id),
                place: component.place,
            });
        }
    }

    fn end(mut self) -> Result<Learnt, Refused> {
        let Some(format) = self.format.filter(|_| self.components > 0) else {
            return Err(super::at_start(Refusal::Empty));
        };
        let mut dangling = 0;
        for (from, to, kind) in std::mem::take(&mut self.pending) {
            match (self.ids.get(&from), self.ids.get(&to)) {
                (Some(&from), Some(&to)) => self.edges.push(Edge { from, to, kind }),
                _ => dangling += 1,
            }
        }
        self.edges.sort_unstable();
        self.edges.dedup();
        for id in &self.root_ids {
            match self.ids.get(id) {
                Some(index) => self.roots.push(*index),
                None => dangling += 1,
            }
        }
        self.roots.sort_unstable();
        self.roots.dedup();
        Ok(Learnt {
            format,
            roots: self.roots,
            edges: self.edges,
            dangling,
            components: self.components,
            problems: self.problems,
            further_problems: self.further_problems,
        })
    }
}

impl<'w> Visitor<'w> for Graph {
    fn visit(&mut self, event: Event<'w>) {
        match event {
            Event::Component(component) => self.component(&component),
            Event::Root(id) => self.root_ids.push(self.number(&id)),
            Event::Edge { from, to, kind } => {
                let (from, to) = (self.number(&from), self.number(&to));
                match (self.ids.get(&from), self.ids.get(&to)) {
                    (Some(&from), Some(&to)) => self.edges.push(Edge { from, to, kind }),
                    _ => self.pending.push((from, to, kind)),
                }
            }
            Event::Nested { parent, child } => self.edges.push(Edge {
                from: parent,
                to: child,
                kind: EdgeKind::Contains,
            }),
            Event::Problem(problem) => self.problem(problem),
            Event::End(format) => self.format = Some(format),
            Event::Fact(..) | Event::Tool(_) | Event::NamedLicence(_) | Event::Vulnerability(_) => {}
        }
    }
}

/// Keeps components.
struct Keeping<'l, F> {
    roots: &'l [u32],
    /// Ascending.
    in_cycle: Vec<u32>,
    is_wanted: F,
    most: usize,
    kept: Vec<Component<'static>>,
    /// Whether something is kept that the document is not about: one such component always is.
    has_ingredient: bool,
    left_out: usize,
}

impl<'w, F: FnMut(&Component<'_>) -> bool> Visitor<'w> for Keeping<'_, F> {
    fn visit(&mut self, event: Event<'w>) {
        let Event::Component(component) = event else {
            return;
        };
        let is_root = self.roots.binary_search(&component.index).is_ok();
        let has_to_stay =
            is_root || !self.has_ingredient || self.in_cycle.binary_search(&component.index).is_ok();
        if !has_to_stay {
            if !(self.is_wanted)(&component) {
                return;
            }
            if self.kept.len() >= self.most {
                self.left_out += 1;
                return;
            }
        }
        self.has_ingredient |= !is_root;
        self.kept.push(component.into_owned());
    }
}
