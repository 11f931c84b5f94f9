//! SPDX SBOMs: 2.2 and 2.3 as JSON (spdx.github.io/spdx-spec), 3.0 as JSON-LD.

use super::format::is_hex;
use super::problem::{Collector, Problem};
use super::shape::{self, Shape, may, need};
use crate::strict_json::{Kind, Node};

const SECTION_2: &str = "SPDX 2.3, clauses 6 to 11";
const SECTION_3: &str = "SPDX 3.0, serialization in JSON-LD";

/// Versions whose JSON form is checked.
const VERSIONS: &[&str] = &["SPDX-2.2", "SPDX-2.3"];

static SPDX_2: Shape = Shape::Object(&[
    need("spdxVersion", &Shape::OneOf(VERSIONS)),
    need("dataLicense", &Shape::OneOf(&["CC0-1.0"])),
    need("SPDXID", &Shape::OneOf(&["SPDXRef-DOCUMENT"])),
    need("name", &Shape::Name),
    need("documentNamespace", &Shape::Uri),
    need(
        "creationInfo",
        &Shape::Object(&[
            need("created", &Shape::Time),
            need("creators", &Shape::Some(&Shape::Name)),
        ]),
    ),
    may("documentDescribes", &Shape::List(&Shape::Text)),
    may("packages", &Shape::List(&PACKAGE)),
    may(
        "files",
        &Shape::List(&Shape::Object(&[
            need("SPDXID", &ID),
            need("fileName", &Shape::Name),
            may("checksums", &Shape::List(&CHECKSUM)),
        ])),
    ),
    may(
        "relationships",
        &Shape::List(&Shape::Object(&[
            need("spdxElementId", &Shape::Name),
            need("relationshipType", &Shape::Name),
            need("relatedSpdxElement", &Shape::Name),
        ])),
    ),
]);

static ID: Shape = Shape::Like(
    is_id,
    "an SPDX identifier, SPDXRef- followed by letters, digits, . and -",
);

static PACKAGE: Shape = Shape::Object(&[
    need("SPDXID", &ID),
    need("name", &Shape::Name),
    need("downloadLocation", &Shape::Name),
    may("versionInfo", &Shape::Text),
    may("checksums", &Shape::List(&CHECKSUM)),
    may(
        "externalRefs",
        &Shape::List(&Shape::Object(&[
            need("referenceCategory", &Shape::Name),
            need("referenceType", &Shape::Name),
            need("referenceLocator", &Shape::Name),
        ])),
    ),
]);

static CHECKSUM: Shape = Shape::Object(&[
    need("algorithm", &Shape::Name),
    need(
        "checksumValue",
        &Shape::Like(is_checksum, "the lower-case hex digits of a checksum"),
    ),
]);

fn is_id(text: &str) -> bool {
    text.strip_prefix("SPDXRef-").is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .chars()
                .all(|sign| sign.is_ascii_alphanumeric() || ".-".contains(sign))
    })
}

fn is_checksum(text: &str) -> bool {
    !text.is_empty() && is_hex(text, text.len())
}

static SPDX_3: Shape = Shape::Object(&[
    need("@context", &Shape::Any),
    need(
        "@graph",
        &Shape::Some(&Shape::Object(&[need("type", &Shape::Name)])),
    ),
]);

/// Checks a document of either generation.
pub(super) fn check(root: Node<'_>, found: &mut Collector) {
    if root.member("@context").is_some() {
        shape::check(root, &SPDX_3, SECTION_3, found);
        check_context(root, found);
        check_document(root, found);
    } else {
        shape::check(root, &SPDX_2, SECTION_2, found);
    }
}

/// The context decides what all other names mean.
fn check_context(root: Node<'_>, found: &mut Collector) {
    let Some(context) = root.member("@context") else {
        return;
    };
    let is_spdx = |node: Node<'_>| {
        node.string()
            .is_some_and(|text| text.starts_with("https://spdx.org/rdf/3."))
    };
    let among = context.items().unwrap_or_default();
    if !is_spdx(context) && !among.into_iter().any(is_spdx) {
        found.add(Problem::value(context, "the context of SPDX 3", SECTION_3));
    }
}

fn check_document(root: Node<'_>, found: &mut Collector) {
    let Some(graph) = root.member("@graph") else {
        return;
    };
    let is_document = |node: Node<'_>| {
        let kind = node.member("type");
        kind.is_some_and(|kind| kind.string().as_deref() == Some("SpdxDocument"))
    };
    let items = graph.items().unwrap_or_default();
    let documents: Vec<Node<'_>> = items.into_iter().filter(|node| is_document(*node)).collect();
    let [document] = documents.as_slice() else {
        let count = documents.len();
        found.add(Problem::new(
            graph.mark(),
            format!("there has to be one SpdxDocument in the graph, and there are {count}"),
        ));
        return;
    };
    let named = |name| document.member(name).is_some_and(|id| id.kind() == Kind::Text);
    if !named("spdxId") && !named("@id") {
        found.add(Problem::missing(*document, "spdxId", SECTION_3));
    }
}
