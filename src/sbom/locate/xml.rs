//! Places in XML, as XPaths without namespaces.

use std::collections::{HashMap, HashSet};

use roxmltree::{Document, Node};

use super::{MAX_PATH, Sought, Spot};

/// Finds them.
pub(super) fn spots(text: &str, sought: &[Sought<'_>]) -> Vec<Option<Spot>> {
    // The document was read before, so nothing is refused here.
    let Ok(document) = Document::parse(text) else {
        return vec![None; sought.len()];
    };
    let wanted: HashSet<u64> = sought.iter().map(|one| one.offset).collect();
    let by_offset: HashMap<u64, Node<'_, '_>> = document
        .descendants()
        .filter(Node::is_element)
        .map(|node| (node.range().start as u64, node))
        .filter(|(offset, _)| wanted.contains(offset))
        .collect();
    let spot = |one: &Sought<'_>| by_offset.get(&one.offset).and_then(|node| spot(*node, one));
    sought.iter().map(spot).collect()
}

fn spot(component: Node<'_, '_>, sought: &Sought<'_>) -> Option<Spot> {
    let place = |node: Node<'_, '_>, is_value| {
        let path = path(node);
        (path.len() <= MAX_PATH).then(|| Spot {
            offset: node.range().start,
            path: Some(path),
            is_value,
        })
    };
    let says = |node: &Node<'_, '_>| node.text().map(str::trim) == sought.value && sought.value.is_some();
    let members = component
        .children()
        .filter(|child| sought.members.contains(&child.tag_name().name()));
    let value = members
        .flat_map(|member| member.descendants())
        .filter(Node::is_element)
        .find(says);
    value
        .and_then(|node| place(node, true))
        .or_else(|| place(component, false))
}

fn path(node: Node<'_, '_>) -> String {
    let mut steps: Vec<String> = node
        .ancestors()
        .filter(Node::is_element)
        .map(|one| {
            let name = one.tag_name().name();
            let same = |other: &Node<'_, '_>| other.is_element() && other.tag_name().name() == name;
            let before = one.prev_siblings().skip(1).filter(same).count();
            let is_only = before == 0 && !one.next_siblings().skip(1).any(|other| same(&other));
            if is_only {
                format!("/{name}")
            } else {
                format!("/{name}[{}]", before + 1)
            }
        })
        .collect();
    steps.reverse();
    steps.concat()
}
