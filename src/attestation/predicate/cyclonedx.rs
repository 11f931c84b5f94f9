//! CycloneDX SBOMs as JSON, versions 1.2 to 1.7 (cyclonedx.org/docs).

use super::problem::{Collector, Problem};
use super::shape::{self, Shape, may, need};
use crate::strict_json::Node;

const SECTION: &str = "CycloneDX 1.7, JSON reference";

/// Versions that have a JSON form.
const VERSIONS: &[&str] = &["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"];
/// Versions in which a component has to say its version.
const VERSIONED_COMPONENTS: &[&str] = &["1.2", "1.3"];

static BOM: Shape = Shape::Object(&[
    need("bomFormat", &Shape::OneOf(&["CycloneDX"])),
    need("specVersion", &Shape::OneOf(VERSIONS)),
    may(
        "serialNumber",
        &Shape::Like(is_serial_number, "a UUID as a URN, urn:uuid: and lower-case hex"),
    ),
    may("version", &Shape::Whole(1)),
    may(
        "metadata",
        &Shape::Object(&[may("timestamp", &Shape::Time), may("component", &COMPONENT)]),
    ),
    may("components", &Shape::List(&COMPONENT)),
    may(
        "dependencies",
        &Shape::List(&Shape::Object(&[
            need("ref", &Shape::Name),
            may("dependsOn", &Shape::List(&Shape::Text)),
        ])),
    ),
]);

static COMPONENT: Shape = Shape::Object(&[
    need("type", &Shape::OneOf(COMPONENT_TYPES)),
    need("name", &Shape::Name),
    may("version", &Shape::Text),
    may("bom-ref", &Shape::Name),
    may("purl", &Shape::Like(is_purl, "a package URL, pkg:type/name")),
    may(
        "hashes",
        &Shape::List(&Shape::Object(&[
            need("alg", &Shape::OneOf(HASHES)),
            need("content", &Shape::Like(is_hash, "the hex digits of a hash")),
        ])),
    ),
    may("components", &Shape::List(&COMPONENT)),
]);

const COMPONENT_TYPES: &[&str] = &[
    "application",
    "framework",
    "library",
    "container",
    "platform",
    "operating-system",
    "device",
    "device-driver",
    "firmware",
    "file",
    "machine-learning-model",
    "data",
    "cryptographic-asset",
];

const HASHES: &[&str] = &[
    "MD5",
    "SHA-1",
    "SHA-256",
    "SHA-384",
    "SHA-512",
    "SHA3-256",
    "SHA3-384",
    "SHA3-512",
    "BLAKE2b-256",
    "BLAKE2b-384",
    "BLAKE2b-512",
    "BLAKE3",
    "Streebog-256",
    "Streebog-512",
];

fn is_serial_number(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    let parts: Vec<&str> = uuid.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| super::format::is_hex(part, part.len()))
}

fn is_purl(text: &str) -> bool {
    text.starts_with("pkg:") && text.contains('/')
}

fn is_hash(text: &str) -> bool {
    matches!(text.len(), 32 | 40 | 64 | 96 | 128) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Checks a document.
pub(super) fn check(root: Node<'_>, found: &mut Collector) {
    shape::check(root, &BOM, SECTION, found);
    let version = root.member("specVersion").and_then(|version| version.string());
    if version.is_some_and(|version| VERSIONED_COMPONENTS.contains(&version.as_ref())) {
        for component in root
            .member("components")
            .and_then(Node::items)
            .unwrap_or_default()
        {
            if component.member("version").is_none() {
                found.add(Problem::missing(component, "version", "CycloneDX 1.3, component"));
            }
        }
    }
}
