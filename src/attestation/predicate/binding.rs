//! Whether an SBOM is about the artifact that it is to be attested for, by its own word (promise 6 of the design).
//!
//! An SBOM that travels with a signed statement about a digest is believed to describe that digest. One whose own root
//! names another digest was made for another build; it must not get a signature.

use std::ops::Range;

use super::kind::Schema;
use crate::strict_json::Node;
use crate::subject::{Algorithm, Digest};

/// A digest that the root of an SBOM names, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootDigest {
    /// The digest.
    pub digest: Digest,
    /// The bytes of the file that name it.
    pub span: Range<usize>,
}

/// What an SBOM's own root says about the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// Every digest that it names is one of the artifact's.
    Bound,
    /// It names no digest that could be compared.
    Unsaid,
    /// It names these, which are not the artifact's.
    Other(Vec<RootDigest>),
}

/// Most digests of roots that are looked at; a root has one or two.
const MAX_ROOT_DIGESTS: usize = 1_000;

/// What an SBOM says; `None` for other predicates.
pub(super) fn of(schema: Schema, root: Node<'_>, accepted: &[Digest]) -> Option<Binding> {
    let components = match schema {
        Schema::CycloneDx => cyclonedx_roots(root),
        Schema::Spdx if root.member("@graph").is_some() => spdx3_roots(root),
        Schema::Spdx => spdx2_roots(root),
        _ => return None,
    };
    let named: Vec<RootDigest> = components
        .into_iter()
        .flat_map(digests_of)
        // A digest by an algorithm that nobody computed says nothing.
        .filter(|named| {
            accepted
                .iter()
                .any(|digest| digest.algorithm() == named.digest.algorithm())
        })
        .take(MAX_ROOT_DIGESTS)
        .collect();
    if named.is_empty() {
        return Some(Binding::Unsaid);
    }
    let others: Vec<RootDigest> = named
        .into_iter()
        .filter(|named| !accepted.contains(&named.digest))
        .collect();
    Some(if others.is_empty() {
        Binding::Bound
    } else {
        Binding::Other(others)
    })
}

fn items<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    node.member(name).and_then(Node::items).unwrap_or_default()
}

fn text(node: Node<'_>, name: &str) -> Option<String> {
    Some(node.member(name)?.string()?.into_owned())
}

/// CycloneDX: `metadata.component`.
fn cyclonedx_roots(root: Node<'_>) -> Vec<Node<'_>> {
    root.member("metadata")
        .and_then(|metadata| metadata.member("component"))
        .into_iter()
        .collect()
}

/// SPDX 2: what the document describes, by `documentDescribes` or by a relationship.
fn spdx2_roots(root: Node<'_>) -> Vec<Node<'_>> {
    const DOCUMENT: &str = "SPDXRef-DOCUMENT";
    let mut ids: Vec<String> = items(root, "documentDescribes")
        .into_iter()
        .filter_map(|id| id.string().map(|id| id.into_owned()))
        .collect();
    for relationship in items(root, "relationships") {
        let (Some(from), Some(to), Some(kind)) = (
            text(relationship, "spdxElementId"),
            text(relationship, "relatedSpdxElement"),
            text(relationship, "relationshipType"),
        ) else {
            continue;
        };
        match kind.as_str() {
            "DESCRIBES" if from == DOCUMENT => ids.push(to),
            "DESCRIBED_BY" if to == DOCUMENT => ids.push(from),
            _ => {}
        }
    }
    let is_root = |element: &Node<'_>| text(*element, "SPDXID").is_some_and(|id| ids.contains(&id));
    let elements = items(root, "packages").into_iter().chain(items(root, "files"));
    elements.filter(is_root).collect()
}

/// SPDX 3: the root elements of the document, and of an SBOM that is one of them.
fn spdx3_roots(root: Node<'_>) -> Vec<Node<'_>> {
    let graph = items(root, "@graph");
    let id = |node: Node<'_>| text(node, "spdxId").or_else(|| text(node, "@id"));
    let kind = |node: Node<'_>| text(node, "type").unwrap_or_default();
    let roots_of = |node: Node<'_>| -> Vec<String> {
        let roots = items(node, "rootElement");
        roots
            .into_iter()
            .filter_map(|root| Some(root.string()?.into_owned()))
            .collect()
    };
    let documents = graph.iter().filter(|node| kind(**node) == "SpdxDocument");
    let mut ids: Vec<String> = documents.flat_map(|node| roots_of(*node)).collect();
    let is_named = |node: Node<'_>, ids: &[String]| id(node).is_some_and(|id| ids.contains(&id));
    let sboms = graph.iter().filter(|node| kind(**node) == "software_Sbom");
    let inner: Vec<String> = sboms
        .filter(|node| is_named(**node, &ids))
        .flat_map(|node| roots_of(*node))
        .collect();
    ids.extend(inner);
    graph.into_iter().filter(|node| is_named(*node, &ids)).collect()
}

/// The digests that a component, package or element names: in its hashes, in its version, in its package URL.
fn digests_of(component: Node<'_>) -> Vec<RootDigest> {
    let pairs = [
        ("hashes", "alg", "content"),
        ("checksums", "algorithm", "checksumValue"),
        ("verifiedUsing", "algorithm", "hashValue"),
    ];
    let mut found: Vec<RootDigest> = Vec::new();
    for (list, algorithm, value) in pairs {
        for hash in items(component, list) {
            if let (Some(algorithm), Some(node)) = (text(hash, algorithm), hash.member(value)) {
                let digest = node.string().and_then(|hex| digest(&algorithm, &hex));
                found.extend(digest.map(|digest| RootDigest {
                    digest,
                    span: node.span(),
                }));
            }
        }
    }
    // Scanners of images write the digest in place of a version.
    for name in ["version", "versionInfo", "software_packageVersion"] {
        if let Some(node) = component.member(name) {
            let digest = node.string().and_then(|text| text.parse().ok());
            found.extend(digest.map(|digest| RootDigest {
                digest,
                span: node.span(),
            }));
        }
    }
    let references = items(component, "externalRefs")
        .into_iter()
        .filter_map(|reference| reference.member("referenceLocator"));
    let purls = [component.member("purl"), component.member("software_packageUrl")];
    for node in purls.into_iter().flatten().chain(references) {
        let digest = node.string().and_then(|purl| digest_of_purl(&purl));
        found.extend(digest.map(|digest| RootDigest {
            digest,
            span: node.span(),
        }));
    }
    found
}

/// A digest by an algorithm as SBOM formats spell it: `SHA-256`, `SHA256`, `sha256`.
fn digest(algorithm: &str, hex: &str) -> Option<Digest> {
    let name = algorithm.to_ascii_lowercase().replace('-', "");
    let algorithm = Algorithm::ALL.into_iter().find(|known| known.name() == name)?;
    Digest::parse_hex(algorithm, hex).ok()
}

/// The digest of an image in its package URL: `pkg:oci/app@sha256%3A…` (package-url, types oci and docker).
fn digest_of_purl(purl: &str) -> Option<Digest> {
    let rest = purl
        .strip_prefix("pkg:oci/")
        .or_else(|| purl.strip_prefix("pkg:docker/"))?;
    let rest = rest.split(['?', '#']).next()?;
    let (_, version) = rest.rsplit_once('@')?;
    version.replace("%3A", ":").replace("%3a", ":").parse().ok()
}
