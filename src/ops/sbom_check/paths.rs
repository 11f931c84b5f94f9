//! How a component came into the artifact: the shortest way from a root.

use std::collections::VecDeque;

use crate::sbom::{Component, Document};

/// Most components of a path that are named.
const MAX_NAMED: usize = 12;
/// Longest version that is named beside its component. Longer ones are digests.
const MAX_VERSION: usize = 32;

/// The shortest way to every component.
pub(super) struct Paths {
    /// For each component the one before it; itself where it begins a path.
    before: Vec<Option<u32>>,
}

impl Paths {
    /// Finds all of them at once, in time linear in the graph.
    pub(super) fn of(document: &Document<'_>) -> Self {
        let mut before: Vec<Option<u32>> = vec![None; document.components.len()];
        let mut queue: VecDeque<u32> = VecDeque::new();
        for root in &document.roots {
            reach(&mut before, &mut queue, *root, *root);
        }
        while let Some(from) = queue.pop_front() {
            // Edges are sorted, so those of one component are one slice.
            let begin = document.edges.partition_point(|edge| edge.from < from);
            let edges = document.edges.iter().skip(begin);
            for edge in edges.take_while(|edge| edge.from == from) {
                reach(&mut before, &mut queue, edge.to, from);
            }
        }
        Self { before }
    }

    /// The names on the way to a component, from the root, both included; none where no way leads to it or where it is
    /// the root. Where the way is long, `...` stands for the part next to the root.
    pub(super) fn to(&self, document: &Document<'_>, index: u32) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = index;
        while let (Some(component), Some(before)) = (document.component(at), self.before(at)) {
            names.push(named(component));
            if before == at {
                break;
            }
            if names.len() == MAX_NAMED {
                names.push("...".to_owned());
                break;
            }
            at = before;
        }
        names.reverse();
        if names.len() > 1 { names } else { Vec::new() }
    }

    fn before(&self, index: u32) -> Option<u32> {
        self.before.get(index as usize).copied().flatten()
    }
}

/// Name and version: a tree often holds a package in several.
fn named(component: &Component<'_>) -> String {
    match component.version.as_deref() {
        Some(version) if !version.is_empty() && version.len() <= MAX_VERSION => {
            format!("{}@{version}", component.name)
        }
        _ => component.name.to_string(),
    }
}

fn reach(before: &mut [Option<u32>], queue: &mut VecDeque<u32>, to: u32, from: u32) {
    if let Some(slot @ None) = before.get_mut(to as usize) {
        *slot = Some(from);
        queue.push_back(to);
    }
}
