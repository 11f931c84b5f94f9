//! SLSA verification summaries, version 1 (slsa.dev/verification_summary).

use super::problem::{Collector, Problem};
use super::shape::{self, Shape, may, need};
use crate::strict_json::{Kind, Node};

const SECTION: &str = "SLSA verification summary v1, Fields";

static SUMMARY: Shape = Shape::Object(&[
    need(
        "verifier",
        &Shape::Object(&[need("id", &Shape::Uri), may("version", &Shape::Map(&Shape::Text))]),
    ),
    need("timeVerified", &Shape::Time),
    need("resourceUri", &Shape::Uri),
    need("policy", &Shape::Resource),
    may("inputAttestations", &Shape::List(&Shape::Resource)),
    need("verificationResult", &Shape::OneOf(&["PASSED", "FAILED"])),
    need(
        "verifiedLevels",
        &Shape::List(&Shape::Like(
            is_level,
            "a level: SLSA_TRACK_LEVEL_n, FAILED, or one that does not begin with SLSA_",
        )),
    ),
    may("dependencyLevels", &Shape::Map(&Shape::Whole(0))),
    may(
        "slsaVersion",
        &Shape::Like(is_version, "a version of SLSA, such as 1.1"),
    ),
]);

/// Names that begin with `SLSA_` belong to SLSA.
fn is_level(text: &str) -> bool {
    match text.strip_prefix("SLSA_") {
        Some(level) => level.rsplit_once("_LEVEL_").is_some_and(|(track, number)| {
            !track.is_empty() && number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
        }),
        None => !text.trim().is_empty(),
    }
}

fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.')
        .is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}

/// Checks a summary.
pub(super) fn check(root: Node<'_>, found: &mut Collector) {
    shape::check(root, &SUMMARY, SECTION, found);
    let has = |node: Node<'_>, name| node.member(name).is_some_and(|value| value.kind() != Kind::Null);
    if let Some(policy) = root.member("policy")
        && !has(policy, "uri")
    {
        found.add(Problem::missing(policy, "uri", SECTION));
    }
    for input in root
        .member("inputAttestations")
        .and_then(Node::items)
        .unwrap_or_default()
    {
        if !has(input, "digest") {
            found.add(Problem::missing(input, "digest", SECTION));
        }
    }
}
