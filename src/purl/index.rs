//! Many patterns at once.

use std::collections::HashMap;

use super::parse::Purl;
use super::pattern::{Part, Pattern};

/// Patterns as a tree of their parts: a package walks down the branches that fit it and meets only patterns that
/// match.
#[derive(Debug, Clone, Default)]
pub struct PatternIndex {
    /// The first node is the root.
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    literal: HashMap<Box<str>, usize>,
    any: Option<usize>,
    /// Patterns that end here.
    end: Vec<usize>,
    /// Patterns that take one or more further parts from here.
    goes_on: Vec<usize>,
}

impl PatternIndex {
    /// An index of patterns; the numbers that it answers are their positions.
    pub fn new<'p>(patterns: impl IntoIterator<Item = &'p Pattern>) -> Self {
        let mut index = Self {
            nodes: vec![Node::default()],
        };
        for (number, pattern) in patterns.into_iter().enumerate() {
            index.add(number, pattern);
        }
        index
    }

    fn add(&mut self, number: usize, pattern: &Pattern) {
        let mut at = 0;
        for part in &pattern.parts {
            let next = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else {
                return;
            };
            at = match part {
                Part::Literal(text) => *node.literal.entry(text.as_str().into()).or_insert(next),
                Part::Any => *node.any.get_or_insert(next),
            };
            if at == next {
                self.nodes.push(Node::default());
            }
        }
        if let Some(node) = self.nodes.get_mut(at) {
            let list = if pattern.goes_on {
                &mut node.goes_on
            } else {
                &mut node.end
            };
            list.push(number);
        }
    }

    /// The positions of the patterns that match, ascending. Costs at most one step for each pattern with a wildcard
    /// that could match, and usually one for each part of the package.
    pub fn matching(&self, purl: &Purl<'_>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut open: Vec<&Node> = self.nodes.first().into_iter().collect();
        let parts = std::iter::once(purl.kind()).chain(purl.path().iter().map(AsRef::as_ref));
        for part in parts {
            let mut next = Vec::with_capacity(open.len());
            for node in open {
                found.extend(&node.goes_on);
                let reached = [node.literal.get(part).copied(), node.any];
                next.extend(reached.into_iter().flatten().filter_map(|at| self.nodes.get(at)));
            }
            open = next;
        }
        found.extend(open.iter().flat_map(|node| &node.end));
        found.sort_unstable();
        found
    }
}
