//! cosign's vulnerability scan record, version 1 (cosign, `specs/COSIGN_VULN_ATTESTATION_SPEC.md`).

use super::problem::{Collector, Problem};
use super::shape::{self, Shape, may, need};
use crate::strict_json::Node;

const SECTION: &str = "cosign vulnerability scan record v1, Fields";

static RECORD: Shape = Shape::Object(&[
    may(
        "invocation",
        &Shape::Object(&[
            may("parameters", &Shape::Any),
            may("uri", &Shape::Text),
            may("event_id", &Shape::Text),
            may("builder.id", &Shape::Text),
        ]),
    ),
    need(
        "scanner",
        &Shape::Object(&[
            may("uri", &Shape::Text),
            may("version", &Shape::Text),
            may("db", &Shape::Map(&Shape::Any)),
            need("result", &Shape::Any),
        ]),
    ),
    need(
        "metadata",
        &Shape::Object(&[
            need("scanStartedOn", &Shape::Time),
            need("scanFinishedOn", &Shape::Time),
        ]),
    ),
]);

/// Checks a record.
pub(super) fn check(root: Node<'_>, found: &mut Collector) {
    // The first text of the specification said `scanners`; what reads it never did.
    if let (Some(scanners), None) = (root.member("scanners"), root.member("scanner")) {
        found.add(
            Problem::new(
                scanners.mark(),
                "readers look for one object under \"scanner\", not for \"scanners\"",
            )
            .expected(SECTION)
            .help("write one record for each scanner"),
        );
        return;
    }
    shape::check(root, &RECORD, SECTION, found);
}
