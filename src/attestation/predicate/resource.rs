//! Digest sets and resource descriptors of the in-toto attestation framework, which most predicate types use.

use super::format::is_hex;
use super::problem::{Collector, Problem};
use super::shape::{self, Shape, may};
use crate::strict_json::{Kind, Node};

/// Where digest sets are specified.
const DIGEST_SET: &str = "in-toto attestation v1, DigestSet";
/// Where resource descriptors are specified.
const DESCRIPTOR: &str = "in-toto attestation v1, ResourceDescriptor";

/// Algorithms with the hex digits of their digests. Git object ids have either length.
const ALGORITHMS: &[(&str, &[usize])] = &[
    ("md5", &[32]),
    ("sha1", &[40]),
    ("sha224", &[56]),
    ("sha256", &[64]),
    ("sha384", &[96]),
    ("sha512", &[128]),
    ("sha512_224", &[56]),
    ("sha512_256", &[64]),
    ("sha3_224", &[56]),
    ("sha3_256", &[64]),
    ("sha3_384", &[96]),
    ("sha3_512", &[128]),
    ("shake128", &[32]),
    ("shake256", &[64]),
    ("blake2s", &[64]),
    ("blake2b", &[128]),
    ("ripemd160", &[40]),
    ("gitCommit", &[40, 64]),
    ("gitTree", &[40, 64]),
    ("gitBlob", &[40, 64]),
    ("gitTag", &[40, 64]),
];

static DESCRIPTOR_SHAPE: Shape = Shape::Object(&[
    may("name", &Shape::Text),
    may("uri", &Shape::Uri),
    may("digest", &Shape::Digests),
    may("content", &Shape::Text),
    may("downloadLocation", &Shape::Uri),
    may("mediaType", &Shape::Text),
    may("annotations", &Shape::Map(&Shape::Any)),
]);

/// Checks a digest set: lower-case hex of the right length for every algorithm that is known.
pub(super) fn digests(node: Node<'_>, section: &str, found: &mut Collector) {
    let Some(members) = node.members() else {
        found.add(Problem::value(node, "an object of digests by algorithm", section));
        return;
    };
    for member in members {
        let known = ALGORITHMS.iter().find(|(name, _)| *name == member.name);
        let text = member.value.string();
        let Some((name, lengths)) = known else {
            // Other algorithms have other notations; the specification asks for a text.
            if text.is_none_or(|text| text.is_empty()) {
                found.add(Problem::value(member.value, "a digest", DIGEST_SET));
            }
            continue;
        };
        let fits = text.is_some_and(|text| lengths.iter().any(|digits| is_hex(&text, *digits)));
        if !fits {
            let digits: Vec<String> = lengths.iter().map(usize::to_string).collect();
            let expected = format!("the {} lower-case hex digits of {name}", digits.join(" or "));
            found.add(Problem::value(member.value, &expected, DIGEST_SET));
        }
    }
}

/// Checks a resource descriptor: it has to say at least one of URI, digest and content.
pub(super) fn descriptor(node: Node<'_>, section: &str, found: &mut Collector) {
    shape::check(node, &DESCRIPTOR_SHAPE, DESCRIPTOR, found);
    let says = |name| node.member(name).is_some_and(|value| value.kind() != Kind::Null);
    if node.kind() == Kind::Object && !["uri", "digest", "content"].into_iter().any(says) {
        found.add(
            Problem::new(
                node.mark(),
                "the descriptor has none of uri, digest and content, so it names nothing",
            )
            .expected(format!("{DESCRIPTOR}; used by {section}")),
        );
    }
}
