//! Results of tests, version 0.1 (in-toto attestation, `spec/predicates/test-result.md`).

use super::shape::{Shape, may, need};

/// Where it is specified.
pub(super) const SECTION: &str = "in-toto test result v0.1, Fields";

static NAMES: Shape = Shape::List(&Shape::Text);

/// The predicate.
pub(super) static SHAPE: Shape = Shape::Object(&[
    need("result", &Shape::OneOf(&["PASSED", "WARNED", "FAILED"])),
    need("configuration", &Shape::List(&Shape::Resource)),
    may("url", &Shape::Uri),
    may("passedTests", &NAMES),
    may("warnedTests", &NAMES),
    may("failedTests", &NAMES),
]);
