//! How a component came into the artifact: the shortest way from a root.

use std::collections::VecDeque;

use crate::sbom::Document;

/// Most components of a path that are named.
const MAX_NAMED: usize = 12;

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

    /// The names on the way to a component, from the root; `None` where no way leads to it or where it is the root.
    pub(super) fn to(&self, document: &Document<'_>, index: u32) -> Option<String> {
        let mut names = Vec::new();
        let mut at = index;
        loop {
            names.push(document.component(at)?.name.as_ref());
            let before = self.before.get(at as usize).copied().flatten()?;
            if before == at {
                break;
            }
            if names.len() == MAX_NAMED {
                names.push("…");
                break;
            }
            at = before;
        }
        names.reverse();
        (names.len() > 1).then(|| names.join(" > "))
    }
}

fn reach(before: &mut [Option<u32>], queue: &mut VecDeque<u32>, to: u32, from: u32) {
    if let Some(slot @ None) = before.get_mut(to as usize) {
        *slot = Some(from);
        queue.push_back(to);
    }
}
