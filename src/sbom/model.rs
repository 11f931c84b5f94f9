//! What the readers make of every format: one document with components, edges and vulnerabilities.
//!
//! Text is borrowed from the document where it stands there as it is, so a model is small beside its document.

use std::borrow::Cow;
use std::fmt;

use super::problem::Problem;
use super::vulnerability::Vulnerability;

/// Text that is borrowed from the document, or owned where it had to be unescaped.
pub type Text<'a> = Cow<'a, str>;

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// CycloneDX as JSON.
    CycloneDxJson,
    /// CycloneDX as XML.
    CycloneDxXml,
    /// SPDX 2 as JSON.
    SpdxJson,
    /// SPDX 2 as tag-value.
    SpdxTagValue,
    /// SPDX 3 as JSON-LD.
    Spdx3Json,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CycloneDxJson => "CycloneDX JSON",
            Self::CycloneDxXml => "CycloneDX XML",
            Self::SpdxJson => "SPDX JSON",
            Self::SpdxTagValue => "SPDX tag-value",
            Self::Spdx3Json => "SPDX 3 JSON-LD",
        })
    }
}

/// A place in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Offset from the start, in bytes.
    pub offset: u64,
    /// 1-based line.
    pub line: u32,
}

/// One SBOM.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// How it is written.
    pub format: Format,
    /// What the document says about itself.
    pub head: Head<'a>,
    /// Every component, roots included, in document order. [`Component::index`] is the position.
    pub components: Vec<Component<'a>>,
    /// The components that the document is about, by index, ascending. CycloneDX has at most one.
    pub roots: Vec<u32>,
    /// The edges of the graph, without repetitions, ascending.
    pub edges: Vec<Edge>,
    /// Edges and roots that name something that is no component of this document.
    pub dangling: usize,
    /// Vulnerabilities that the document states.
    pub vulnerabilities: Vec<Vulnerability<'a>>,
    /// Licences that the document defines itself: a `LicenseRef-` id and the name given to it.
    pub named_licences: Vec<NamedLicence<'a>>,
    /// Fields that could not be read, up to [`super::Limits::problems`].
    pub problems: Vec<Problem>,
    /// How many further problems there are.
    pub further_problems: usize,
}

/// What a document says about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head<'a> {
    /// Version of the format: `1.6`, `SPDX-2.3`, `3.0.1`.
    pub spec_version: Text<'a>,
    /// Serial number (CycloneDX) or namespace (SPDX).
    pub serial: Option<Text<'a>>,
    /// Name of the document (SPDX).
    pub name: Option<Text<'a>>,
    /// When it was made, as written.
    pub created: Option<Text<'a>>,
    /// What made it.
    pub tools: Vec<Tool<'a>>,
    /// Who made it: people and organisations.
    pub authors: Vec<Text<'a>>,
    /// Who supplies what it describes (CycloneDX `metadata.supplier`).
    pub supplier: Option<Text<'a>>,
}

/// A generator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool<'a> {
    /// Its name; SPDX writes `name-version` as one word, which is kept.
    pub name: Text<'a>,
    /// Its version, where it stands apart.
    pub version: Option<Text<'a>>,
}

/// One component or package.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component<'a> {
    /// Position in [`Document::components`], counted in document order.
    pub index: u32,
    /// The id that edges use: `bom-ref`, `SPDXID`, `spdxId`.
    pub id: Option<Text<'a>>,
    /// CycloneDX `type` or SPDX primary purpose, as written.
    pub kind: Option<Text<'a>>,
    /// CycloneDX `scope`.
    pub scope: Option<Text<'a>>,
    /// CycloneDX `group`.
    pub group: Option<Text<'a>>,
    /// Name; empty where it is missing, which is a problem.
    pub name: Text<'a>,
    /// Version as written.
    pub version: Option<Text<'a>>,
    /// Package URL as written, even where it does not parse.
    pub purl: Option<Text<'a>>,
    /// The first CPE.
    pub cpe: Option<Text<'a>>,
    /// Who supplies it. SPDX's `NOASSERTION` is `None`.
    pub supplier: Option<Text<'a>>,
    /// CycloneDX `publisher`, or `author` where there is none; SPDX originator.
    pub publisher: Option<Text<'a>>,
    /// Hashes of known algorithms.
    pub hashes: Vec<Hash<'a>>,
    /// Licences as written, each with who says so.
    pub licences: Vec<Licence<'a>>,
    /// The digest of an image's configuration, which Trivy writes as the property `ImageID` of the root.
    pub image_id: Option<Text<'a>>,
    /// Whether the document names this component as what it describes by position (CycloneDX `metadata.component`).
    pub is_root: bool,
    /// Where it begins.
    pub place: Place,
}

impl Component<'_> {
    /// The component without the document that it was read from.
    pub fn into_owned(self) -> Component<'static> {
        fn own(text: Option<Text<'_>>) -> Option<Text<'static>> {
            text.map(|text| Cow::Owned(text.into_owned()))
        }
        let hashes = self.hashes.into_iter().map(|hash| Hash {
            algorithm: hash.algorithm,
            hex: Cow::Owned(hash.hex.into_owned()),
        });
        let licences = self.licences.into_iter().map(|licence| Licence {
            form: licence.form,
            text: Cow::Owned(licence.text.into_owned()),
            claim: licence.claim,
        });
        Component {
            index: self.index,
            id: own(self.id),
            kind: own(self.kind),
            scope: own(self.scope),
            group: own(self.group),
            name: Cow::Owned(self.name.into_owned()),
            version: own(self.version),
            purl: own(self.purl),
            cpe: own(self.cpe),
            supplier: own(self.supplier),
            publisher: own(self.publisher),
            hashes: hashes.collect(),
            licences: licences.collect(),
            image_id: own(self.image_id),
            is_root: self.is_root,
            place: self.place,
        }
    }
}

/// A hash of a component.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash<'a> {
    /// The algorithm.
    pub algorithm: HashAlgorithm,
    /// Hex of the algorithm's length, in the case it was written in.
    pub hex: Text<'a>,
}

/// Hash algorithms with the names that the formats use for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum HashAlgorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Blake2b256,
    Blake2b384,
    Blake2b512,
    Blake3,
}

impl HashAlgorithm {
    /// Reads a name in any of the formats' spellings: `SHA-256`, `SHA256`, `sha256`, `BLAKE2b-256`, `blake2b256`.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain: String = name
            .chars()
            .filter(|letter| !matches!(letter, '-' | '_'))
            .map(|letter| letter.to_ascii_lowercase())
            .take(12)
            .collect();
        Some(match plain.as_str() {
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha224" => Self::Sha224,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            "sha3256" => Self::Sha3_256,
            "sha3384" => Self::Sha3_384,
            "sha3512" => Self::Sha3_512,
            "blake2b256" => Self::Blake2b256,
            "blake2b384" => Self::Blake2b384,
            "blake2b512" => Self::Blake2b512,
            "blake3" => Self::Blake3,
            _ => return None,
        })
    }

    /// Hex digits of its digests.
    pub fn hex_digits(self) -> usize {
        match self {
            Self::Md5 => 32,
            Self::Sha1 => 40,
            Self::Sha224 => 56,
            Self::Sha256 | Self::Sha3_256 | Self::Blake2b256 | Self::Blake3 => 64,
            Self::Sha384 | Self::Sha3_384 | Self::Blake2b384 => 96,
            Self::Sha512 | Self::Sha3_512 | Self::Blake2b512 => 128,
        }
    }
}

/// A licence as a document states it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Licence<'a> {
    /// How it is written.
    pub form: LicenceForm,
    /// The id, name or expression.
    pub text: Text<'a>,
    /// Who says so.
    pub claim: Claim,
}

/// How a licence is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LicenceForm {
    /// An SPDX id (CycloneDX `license.id`).
    Id,
    /// Any words (CycloneDX `license.name`).
    Name,
    /// An SPDX licence expression, or SPDX's `NONE` and `NOASSERTION`.
    Expression,
}

/// Who says that a licence applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// The component's authors.
    Declared,
    /// Whoever made the document.
    Concluded,
    /// CycloneDX without `acknowledgement`: it does not say.
    Unstated,
}

/// A licence that the document defines itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedLicence<'a> {
    /// Its id, `LicenseRef-…`.
    pub id: Text<'a>,
    /// The name that the document gives to it.
    pub name: Option<Text<'a>>,
}

/// An edge of the graph, by component index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// The component that depends or contains.
    pub from: u32,
    /// The component that is depended on or contained.
    pub to: u32,
    /// Which of the two.
    pub kind: EdgeKind,
}

/// What an edge means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// The one needs the other.
    DependsOn,
    /// The one has the other inside.
    Contains,
}

impl<'a> Document<'a> {
    /// The component with this index.
    pub fn component(&self, index: u32) -> Option<&Component<'a>> {
        self.components.get(usize::try_from(index).ok()?)
    }

    /// Whether a component is one of those that the document describes.
    pub fn is_root(&self, index: u32) -> bool {
        self.roots.binary_search(&index).is_ok()
    }

    /// What a decision is about: everything but the root. Where a document describes several things, none of them is the
    /// artifact alone, and whatever else they are would go unseen; so all of them count.
    pub fn ingredients(&self) -> impl Iterator<Item = &Component<'a>> {
        let root = match self.roots.as_slice() {
            [root] => Some(*root),
            _ => None,
        };
        self.components
            .iter()
            .filter(move |component| Some(component.index) != root)
    }
}
