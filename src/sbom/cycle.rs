//! Cycles in the dependency graph.

use super::model::{Document, Edge, EdgeKind};

/// One cycle of `DependsOn` edges, as component indexes in the order in which each depends on the next, or `None` where
/// the graph has none. Which one is reported depends only on the document.
pub fn find(document: &Document<'_>) -> Option<Vec<u32>> {
    among(&document.edges, document.components.len())
}

/// Like [`find`], in a graph of this many components, with its edges sorted.
pub(super) fn among(edges: &[Edge], components: usize) -> Option<Vec<u32>> {
    // Edges are sorted, so those of one component are one slice.
    let next = |from: u32| {
        let begin = edges.partition_point(|edge| edge.from < from);
        let end = edges.partition_point(|edge| edge.from <= from);
        edges.get(begin..end).unwrap_or_default()
    };
    let mut state = vec![State::New; components];
    let mut path: Vec<(u32, usize)> = Vec::new();
    for start in 0..u32::try_from(components).unwrap_or(u32::MAX) {
        if state_of(&state, start) != State::New {
            continue;
        }
        path.push((start, 0));
        set(&mut state, start, State::Open);
        while let Some((from, done)) = path.last_mut() {
            let Some(Edge { to, kind, .. }) = next(*from).get(*done) else {
                set(&mut state, *from, State::Done);
                path.pop();
                continue;
            };
            *done += 1;
            if *kind != EdgeKind::DependsOn {
                continue;
            }
            match state_of(&state, *to) {
                State::New => {
                    set(&mut state, *to, State::Open);
                    path.push((*to, 0));
                }
                State::Open => {
                    return Some(
                        path.iter()
                            .map(|(index, _)| *index)
                            .skip_while(|index| index != to)
                            .collect(),
                    );
                }
                State::Done => {}
            }
        }
    }
    None
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// On the path that is followed.
    Open,
    Done,
}

fn state_of(state: &[State], index: u32) -> State {
    state.get(index as usize).copied().unwrap_or(State::Done)
}

fn set(state: &mut [State], index: u32, to: State) {
    if let Some(slot) = state.get_mut(index as usize) {
        *slot = to;
    }
}
