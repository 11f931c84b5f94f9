//! Is this SBOM about this artifact? Compares the digests that the root names with those that were verified.
//!
//! Which field each generator uses is in the table of `docs/sbom.md`; the fixtures of `fixtures/sbom` show it.

use super::model::{Component, Document};
use crate::purl::Purl;
use crate::report::{Code, Finding};
use crate::subject::{Algorithm, Digest};

/// A digest that was verified, and what it is the digest of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The digest.
    pub digest: Digest,
    /// What has it.
    pub of: Thing,
}

/// What a verified digest belongs to. The caller says which of them an SBOM may be about: what is not in its list is a
/// mismatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// The file, or the image manifest, or the index that was asked about.
    Subject,
    /// The configuration of the verified image manifest.
    Config,
    /// The index through which the verified image manifest was chosen.
    Index,
    /// The image manifest that was chosen from the verified index.
    Child,
}

impl Thing {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Subject => "the subject",
            Self::Config => "the image's configuration",
            Self::Index => "the index that the image is in",
            Self::Child => "the platform's image in the index",
        }
    }
}

/// Where a root names a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Its hashes or checksums.
    Hash,
    /// The version of its package URL, where the type is `oci` or `docker`.
    Purl,
    /// The `checksum` qualifier of its package URL.
    PurlChecksum,
    /// Its version.
    Version,
    /// Its name, after an at sign.
    Name,
    /// Its `bom-ref`, where that is an image's package URL or a digest.
    Reference,
    /// Trivy's property or annotation `ImageID`.
    ImageId,
}

impl Source {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Purl => "package URL",
            Self::PurlChecksum => "package URL's checksum",
            Self::Version => "version",
            Self::Name => "name",
            Self::Reference => "reference",
            Self::ImageId => "image id",
        }
    }
}

/// A digest that a root names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The digest.
    pub digest: Digest,
    /// Where.
    pub source: Source,
    /// Name of the root.
    pub root: String,
    /// 1-based line at which the root begins.
    pub line: u32,
    /// Byte at which it begins.
    pub offset: u64,
}

/// Whether an SBOM is about the verified artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// At least one named digest is a verified one, and none contradicts.
    Bound {
        /// The named digest that agrees; that of the subject itself where there is one.
        named: Named,
        /// What it is the digest of.
        of: Thing,
    },
    /// A named digest is none of the verified ones, though one of its algorithm is known.
    Mismatch {
        /// The named digest.
        named: Named,
        /// The verified digests of that algorithm.
        expected: Vec<Verified>,
    },
    /// No digest is named that could be compared.
    Unbound {
        /// The digests that are named, with algorithms that nothing was verified with.
        others: Vec<Named>,
        /// Whether the document says at all what it is about.
        has_root: bool,
    },
}

/// Compares the digests that the roots of `document` name with the `verified` ones.
///
/// A digest is compared with those of its algorithm only, and always whole. One digest that differs denies, however many
/// agree: a document that names two artifacts is about neither.
pub fn bind(document: &Document<'_>, verified: &[Verified]) -> Binding {
    let named: Vec<Named> = document
        .roots
        .iter()
        .filter_map(|index| document.component(*index))
        .flat_map(named)
        .collect();
    let mut best: Option<(&Named, Thing)> = None;
    let mut others = Vec::new();
    for one in &named {
        let mut same_algorithm = verified
            .iter()
            .filter(|known| known.digest.algorithm() == one.digest.algorithm())
            .peekable();
        if same_algorithm.peek().is_none() {
            others.push(one.clone());
            continue;
        }
        let matching = verified.iter().filter(|known| known.digest == one.digest);
        // Trivy's image id is the digest of a configuration and of nothing else.
        let agrees = matching
            .filter(|known| one.source != Source::ImageId || known.of == Thing::Config)
            .map(|known| known.of)
            .min();
        match agrees {
            Some(of) if best.is_none_or(|(_, before)| of < before) => best = Some((one, of)),
            Some(_) => {}
            // A configuration that was not looked at contradicts nothing.
            None if one.source == Source::ImageId
                && !verified.iter().any(|known| known.of == Thing::Config) =>
            {
                others.push(one.clone());
            }
            None => {
                return Binding::Mismatch {
                    named: one.clone(),
                    expected: same_algorithm.cloned().collect(),
                };
            }
        }
    }
    match best {
        Some((named, of)) => Binding::Bound {
            named: named.clone(),
            of,
        },
        None => Binding::Unbound {
            others,
            has_root: !document.roots.is_empty(),
        },
    }
}

/// Every digest that a root names.
fn named(root: &Component<'_>) -> Vec<Named> {
    let mut found: Vec<(Source, Option<Digest>)> = Vec::new();
    for hash in &root.hashes {
        let algorithm = match hash.algorithm {
            super::HashAlgorithm::Sha256 => Algorithm::Sha256,
            super::HashAlgorithm::Sha384 => Algorithm::Sha384,
            super::HashAlgorithm::Sha512 => Algorithm::Sha512,
            // Nothing is ever verified with the others.
            _ => continue,
        };
        found.push((Source::Hash, Digest::parse_hex(algorithm, &hash.hex).ok()));
    }
    if let Some(purl) = root.purl.as_deref().and_then(|purl| Purl::parse(purl).ok()) {
        found.push((Source::Purl, image_digest(&purl)));
        let checksums = purl.qualifier("checksum").unwrap_or_default();
        found.extend(
            checksums
                .split(',')
                .map(|checksum| (Source::PurlChecksum, digest(checksum))),
        );
    }
    if let Some(version) = root.version.as_deref() {
        found.push((Source::Version, digest(version)));
    }
    found.push((Source::Name, digest(&root.name).or_else(|| after_at(&root.name))));
    if let Some(id) = root.id.as_deref() {
        let from_purl = Purl::parse(id).ok().and_then(|purl| image_digest(&purl));
        found.push((
            Source::Reference,
            digest(id).or(from_purl).or_else(|| after_at(id)),
        ));
    }
    if let Some(id) = root.image_id.as_deref() {
        found.push((Source::ImageId, digest(id)));
    }
    found
        .into_iter()
        .filter_map(|(source, digest)| {
            Some(Named {
                digest: digest?,
                source,
                root: root.name.chars().take(200).collect(),
                line: root.place.line,
                offset: root.place.offset,
            })
        })
        .collect()
}

/// A text that is a digest and nothing else. The algorithm's case does not matter.
fn digest(text: &str) -> Option<Digest> {
    let (algorithm, hex) = text.trim().split_once(':')?;
    format!("{}:{hex}", algorithm.to_ascii_lowercase()).parse().ok()
}

/// The digest after the last at sign, as in `registry.example/app@sha256:…`.
fn after_at(text: &str) -> Option<Digest> {
    text.rsplit_once('@').and_then(|(_, after)| digest(after))
}

/// The digest that the package URL of an image has as its version. Other types have versions that only look like digests.
pub fn image_digest(purl: &Purl<'_>) -> Option<Digest> {
    if !matches!(purl.kind(), "oci" | "docker") {
        return None;
    }
    digest(purl.version()?)
}

impl Binding {
    /// What is wrong, as a finding; `None` where the document is bound.
    pub fn finding(&self) -> Option<Finding> {
        match self {
            Self::Bound { .. } => None,
            Self::Mismatch { named, expected } => {
                let expected: Vec<String> = expected
                    .iter()
                    .map(|known| format!("{} ({})", known.digest, known.of.words()))
                    .collect();
                let message = format!(
                    "the SBOM is about another artifact: the {} of its root {:?} (line {}) is not a digest of this one",
                    named.source.words(),
                    named.root,
                    named.line
                );
                Some(
                    Finding::new(Code::SbomDigestMismatch, message)
                        .found(named.digest.to_string())
                        .expected(expected.join(" or "))
                        .help("generate the SBOM from exactly the artifact that is published, by its digest, and sign it"),
                )
            }
            Self::Unbound { others, has_root } => {
                let message = match (has_root, others.first()) {
                    (false, _) => "the SBOM does not say what it is about".to_owned(),
                    (true, None) => "the root of the SBOM names no digest".to_owned(),
                    (true, Some(named)) => format!(
                        "the root of the SBOM names only a digest that nothing here can be compared with ({} {})",
                        named.source.words(),
                        named.digest
                    ),
                };
                Some(Finding::new(Code::SbomRootUnbound, message).help(
                    "generate the SBOM from the image by its digest, or give the root component a SHA-256 hash of the artifact",
                ))
            }
        }
    }
}
