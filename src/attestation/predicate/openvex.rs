//! OpenVEX documents (github.com/openvex/spec, version 0.2.0 and what came before).

use super::problem::{Collector, Problem};
use super::shape::{self, Shape, may, need};
use crate::attestation::vex::Document;
use crate::strict_json::{Kind, Node};

const SECTION: &str = "OpenVEX 0.2.0, The VEX Document and The VEX Statement";

/// The context, and predicate type, of version 0.2.0.
pub(super) const V0_2_0: &str = "https://openvex.dev/ns/v0.2.0";
/// Contexts that are known, which are the predicate types as well.
const CONTEXTS: &[&str] = &[V0_2_0, "https://openvex.dev/ns", "https://openvex.dev/ns/v0.0.1"];

static DOCUMENT: Shape = Shape::Object(&[
    need("@context", &Shape::OneOf(CONTEXTS)),
    need("@id", &Shape::Uri),
    need("author", &Shape::Name),
    need("timestamp", &Shape::Time),
    may("last_updated", &Shape::Time),
    need("version", &Shape::Any),
    need("statements", &Shape::Some(&STATEMENT)),
]);

static STATEMENT: Shape = Shape::Object(&[
    need("vulnerability", &Shape::Any),
    need(
        "status",
        &Shape::OneOf(&["not_affected", "affected", "fixed", "under_investigation"]),
    ),
    may("timestamp", &Shape::Time),
    may("last_updated", &Shape::Time),
    may("action_statement_timestamp", &Shape::Time),
    may(
        "justification",
        &Shape::OneOf(&[
            "component_not_present",
            "vulnerable_code_not_present",
            "vulnerable_code_not_in_execute_path",
            "vulnerable_code_cannot_be_controlled_by_adversary",
            "inline_mitigations_already_exist",
        ]),
    ),
    may("impact_statement", &Shape::Text),
    may("action_statement", &Shape::Text),
]);

/// What version 0.2.0 has besides: before it a vulnerability and a product were texts.
static DOCUMENT_0_2_0: Shape = Shape::Object(&[
    may("version", &Shape::Whole(1)),
    may("statements", &Shape::List(&STATEMENT_0_2_0)),
]);

static STATEMENT_0_2_0: Shape = Shape::Object(&[
    may(
        "vulnerability",
        &Shape::Object(&[need("name", &Shape::Name), may("@id", &Shape::Uri)]),
    ),
    may(
        "products",
        &Shape::List(&Shape::Object(&[
            may("@id", &Shape::Uri),
            may("identifiers", &Shape::Map(&Shape::Text)),
            may("hashes", &Shape::Map(&Shape::Text)),
            may("subcomponents", &Shape::List(&Shape::Map(&Shape::Any))),
        ])),
    ),
]);

/// Checks a document, and gives the predicate type: the one that was demanded as a URI, else the document's own context.
pub(super) fn check(root: Node<'_>, demanded: Option<String>, found: &mut Collector) -> String {
    shape::check(root, &DOCUMENT, SECTION, found);
    let context = root.member("@context").and_then(Node::string).unwrap_or_default();
    if context == V0_2_0 {
        shape::check(root, &DOCUMENT_0_2_0, SECTION, found);
    }
    for statement in root
        .member("statements")
        .and_then(Node::items)
        .unwrap_or_default()
    {
        check_reasons(statement, found);
    }
    // What sbom-check cannot read excuses nothing and denies, whatever else there is.
    if found.is_empty()
        && let Err(detail) = Document::parse(root.text())
    {
        found.add(Problem::new(root.mark(), detail).expected(SECTION));
    }
    if let (Some(uri), Some(node)) = (&demanded, root.member("@context"))
        && *uri != context
    {
        found.add(Problem::value(node, &format!("{uri:?}, as --type says"), SECTION));
    }
    demanded.unwrap_or_else(|| context.into_owned())
}

/// A status without the reason that it needs tells its reader nothing.
fn check_reasons(statement: Node<'_>, found: &mut Collector) {
    let says = |name| {
        statement
            .member(name)
            .is_some_and(|value| value.kind() == Kind::Text && value.text() != "\"\"")
    };
    let status = statement
        .member("status")
        .and_then(Node::string)
        .unwrap_or_default();
    let lacks = match status.as_ref() {
        "not_affected" if !says("justification") && !says("impact_statement") => {
            "not_affected needs a justification or an impact_statement"
        }
        "affected" if !says("action_statement") => "affected needs an action_statement",
        _ => return,
    };
    found.add(Problem::new(statement.mark(), lacks).expected("OpenVEX 0.2.0, Statement Fields"));
}
