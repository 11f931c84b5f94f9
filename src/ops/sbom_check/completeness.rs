//! What the rule about completeness asks of a document.

use crate::policy::rules::{CompletenessRules, DocumentStated, Element, Ruling};
use crate::purl::Purl;
use crate::sbom::{self, Component, Document, Text};

use jiff::Timestamp;

/// Everything that the document lacks.
pub(super) fn check(
    document: &Document<'_>,
    components: &[&Component<'_>],
    rules: &CompletenessRules,
    now: Timestamp,
) -> Vec<Ruling> {
    rules.rule(&stated(document, components, rules), now)
}

fn stated<'d>(
    document: &'d Document<'_>,
    components: &[&'d Component<'_>],
    rules: &CompletenessRules,
) -> DocumentStated<'d> {
    let head = &document.head;
    let is_related = related(document);
    let lacks = |component: &Component<'_>, element: Element| {
        let is_empty = |text: &Option<Text<'_>>| !text.as_deref().is_some_and(says_something);
        match element {
            Element::Name => !says_something(&component.name),
            Element::Version => is_empty(&component.version),
            Element::Supplier => is_empty(&component.supplier),
            Element::Id => !is_purl(&component.purl) && is_empty(&component.cpe),
            Element::Relationships => {
                let index = usize::try_from(component.index).unwrap_or(usize::MAX);
                !is_related.get(index).copied().unwrap_or_default()
            }
            Element::Author | Element::Timestamp => false,
        }
    };
    let lacking = rules.demanded.iter().map(|demanded| {
        let lacking = components
            .iter()
            .filter(|component| lacks(component, demanded.element));
        (
            demanded.element,
            lacking.map(|component| named(component)).collect(),
        )
    });
    DocumentStated {
        created: head.created.as_deref().filter(|text| says_something(text)),
        has_author: head.authors.iter().any(|author| says_something(author)),
        tools: head
            .tools
            .iter()
            .map(|tool| (tool.name.as_ref(), tool.version.as_deref()))
            .collect(),
        components: components.len(),
        lacking: lacking.collect(),
    }
}

/// White space says as little as nothing.
fn says_something(text: &str) -> bool {
    sbom::is_said(text.trim())
}

/// Whether there is a package URL that names a package.
fn is_purl(text: &Option<Text<'_>>) -> bool {
    text.as_deref().is_some_and(|text| Purl::parse(text).is_ok())
}

/// For each component whether an edge begins or ends at it. One from itself to itself relates it to nothing.
fn related(document: &Document<'_>) -> Vec<bool> {
    let mut is_related = vec![false; document.components.len()];
    let edges = document.edges.iter().filter(|edge| edge.from != edge.to);
    for index in edges.flat_map(|edge| [edge.from, edge.to]) {
        if let Some(one) = usize::try_from(index).ok().and_then(|at| is_related.get_mut(at)) {
            *one = true;
        }
    }
    is_related
}

/// A component for people, with its line.
fn named(component: &Component<'_>) -> String {
    let name = [
        Some(&component.name),
        component.purl.as_ref(),
        component.id.as_ref(),
    ]
    .into_iter()
    .flatten()
    .find(|text| !text.is_empty());
    let name = name.map_or("one without a name", |text| text.as_ref());
    format!("{name} (line {})", component.place.line)
}
