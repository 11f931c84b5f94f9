//! Manifests and indexes: the OCI and Docker documents that point to everything else.
//!
//! A document is either an image manifest (`layers`) or an index (`manifests`). One that could be read as both is
//! refused, and so is one whose own `mediaType` or shape is not what the descriptor pointing to it says: otherwise
//! two tools could agree on a digest and disagree on what it means (CVE-2021-41190).

use std::collections::BTreeMap;

use super::error::{LayoutError, quoted};
use super::json::{self, JsonError, Node, Object};
use super::limits::{MAX_LAYERS, MAX_MANIFESTS};
use crate::subject::{Digest, Platform};

/// Media types and annotation names that decide how something is read.
pub(crate) mod names {
    /// OCI image manifest.
    pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// OCI image index.
    pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// Docker image manifest, schema 2.
    pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// Docker manifest list.
    pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// The annotation of an `index.json` entry that holds its tag.
    pub(crate) const REF_NAME: &str = "org.opencontainers.image.ref.name";
    /// cosign's annotation of an `index.json` entry in a saved layout.
    pub(crate) const KIND: &str = "kind";
    /// Prefix of the values of [`KIND`].
    pub(crate) const KIND_PREFIX: &str = "dev.cosignproject.cosign/";
    /// Annotation of a BuildKit attestation manifest's entry.
    pub(crate) const REFERENCE_TYPE: &str = "vnd.docker.reference.type";
    /// Its value.
    pub(crate) const ATTESTATION_MANIFEST: &str = "attestation-manifest";
    /// Annotation with the digest that a BuildKit attestation manifest is about.
    pub(crate) const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";
}

/// Whether a document is a manifest or an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// One image or artifact: a configuration and layers.
    Image,
    /// A list of manifests.
    Index,
}

impl ManifestKind {
    /// The kind that a media type names; `None` when it names no manifest that is supported.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            names::OCI_MANIFEST | names::DOCKER_MANIFEST => Some(Self::Image),
            names::OCI_INDEX | names::DOCKER_LIST => Some(Self::Index),
            _ => None,
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Image => "image manifest",
            Self::Index => "image index",
        }
    }
}

/// A pointer to content: its type, digest and size (OCI image specification, `descriptor.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// `mediaType`.
    pub media_type: String,
    /// `digest`.
    pub digest: Digest,
    /// `size` in bytes.
    pub size: u64,
    /// `annotations`; nobody vouches for them unless the document that holds them is itself verified.
    pub annotations: BTreeMap<String, String>,
    /// `platform`, when os and architecture are given.
    pub platform: Option<Platform>,
    /// `artifactType`.
    pub artifact_type: Option<String>,
}

impl Descriptor {
    /// A pointer with nothing but what every one has.
    pub fn new(media_type: impl Into<String>, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.into(),
            digest,
            size,
            annotations: BTreeMap::new(),
            platform: None,
            artifact_type: None,
        }
    }

    /// The kind of manifest that this points to; `None` when it points to something else.
    pub fn kind(&self) -> Option<ManifestKind> {
        ManifestKind::of_media_type(&self.media_type)
    }

    /// The tag of an `index.json` entry.
    pub(crate) fn tag(&self) -> Option<&str> {
        self.annotations.get(names::REF_NAME).map(String::as_str)
    }

    /// cosign's mark in a saved layout, without its prefix: `image`, `imageIndex`, `sigs`, `atts`.
    pub(crate) fn saved_kind(&self) -> Option<&str> {
        self.annotations
            .get(names::KIND)
            .and_then(|kind| kind.strip_prefix(names::KIND_PREFIX))
    }

    /// Whether this is a BuildKit attestation manifest.
    ///
    /// An entry with a real platform is not, whatever its annotation says: a container runtime would run it.
    pub(crate) fn is_buildkit_attestation(&self) -> bool {
        let marked = self.annotations.get(names::REFERENCE_TYPE).map(String::as_str)
            == Some(names::ATTESTATION_MANIFEST);
        let runs = self
            .platform
            .as_ref()
            .is_some_and(|platform| platform.os != "unknown" || platform.architecture != "unknown");
        marked && !runs
    }

    /// The digest that a BuildKit attestation manifest is about, when it names one.
    pub(crate) fn buildkit_subject(&self) -> Option<Digest> {
        self.annotations
            .get(names::REFERENCE_DIGEST)
            .and_then(|text| text.parse().ok())
    }

    fn read(node: &Node<'_>) -> Result<Self, JsonError> {
        let object = node.object(&[
            "mediaType",
            "digest",
            "size",
            "annotations",
            "platform",
            "artifactType",
        ])?;
        let digest = object.required("digest")?;
        Ok(Self {
            media_type: object.required("mediaType")?.text()?.to_owned(),
            size: object.required("size")?.number()?,
            annotations: annotations(&object)?,
            platform: object
                .optional("platform")
                .map(|node| platform(&node))
                .transpose()?
                .flatten(),
            artifact_type: text(&object, "artifactType")?,
            digest: digest
                .text()?
                .parse()
                // The error may repeat a part of the text, so only the fact is told.
                .map_err(|_| digest.invalid("this is not a sha256, sha384 or sha512 digest"))?,
        })
    }
}

/// A manifest or index whose bytes have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its size in bytes.
    pub size: u64,
    /// Its own `mediaType`, which OCI documents may leave out.
    pub media_type: Option<String>,
    /// `artifactType`.
    pub artifact_type: Option<String>,
    /// `subject`: what this hangs on (OCI 1.1).
    pub subject: Option<Descriptor>,
    /// `annotations` of the document itself.
    pub annotations: BTreeMap<String, String>,
    /// What it lists.
    pub content: Content,
}

/// What a document lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An image manifest.
    Image {
        /// The configuration.
        config: Descriptor,
        /// The layers.
        layers: Vec<Descriptor>,
    },
    /// An index.
    Index {
        /// The manifests.
        manifests: Vec<Descriptor>,
    },
}

impl Document {
    /// Parses a manifest or index; `file` names it in errors. Its digest is not checked here.
    pub(crate) fn parse(bytes: &[u8], file: &str) -> Result<Self, LayoutError> {
        let value = json::parse(bytes).map_err(|error| LayoutError::json(file, error))?;
        let document = Self::read(&Node::root(&value), bytes.len() as u64)
            .map_err(|error| LayoutError::json(file, error))?;
        let limit = match &document.content {
            Content::Image { layers, .. } if layers.len() > MAX_LAYERS => Some(("layers", MAX_LAYERS)),
            Content::Index { manifests } if manifests.len() > MAX_MANIFESTS => {
                Some(("manifests in one index", MAX_MANIFESTS))
            }
            _ => None,
        };
        match limit {
            Some((what, limit)) => Err(LayoutError::Limit {
                file: file.to_owned(),
                what,
                limit: limit as u64,
            }),
            None => Ok(document),
        }
    }

    /// Reads an answer of the referrers API. A registry written in Go may write the list of nothing as `null`; that is
    /// believed of a document that says of itself that it is an index.
    pub(crate) fn parse_referrers(bytes: &[u8], file: &str) -> Result<Self, LayoutError> {
        let mut value = json::parse(bytes).map_err(|error| LayoutError::json(file, error))?;
        let is_index = value
            .get("mediaType")
            .and_then(serde_json::Value::as_str)
            .and_then(ManifestKind::of_media_type)
            == Some(ManifestKind::Index);
        match value.get_mut("manifests") {
            Some(manifests) if is_index && manifests.is_null() => {
                *manifests = serde_json::Value::Array(Vec::new());
                Self::read(&Node::root(&value), bytes.len() as u64)
                    .map_err(|error| LayoutError::json(file, error))
            }
            _ => Self::parse(bytes, file),
        }
    }

    /// Whether it is a manifest or an index.
    pub fn kind(&self) -> ManifestKind {
        match self.content {
            Content::Image { .. } => ManifestKind::Image,
            Content::Index { .. } => ManifestKind::Index,
        }
    }

    /// Checks that this is what `descriptor` says it points to; `file` names it in errors.
    pub(crate) fn agrees_with(
        &self,
        descriptor: &Descriptor,
        file: impl Fn() -> String,
    ) -> Result<(), LayoutError> {
        if self.size != descriptor.size {
            return Err(LayoutError::SizeMismatch {
                file: file(),
                expected: descriptor.size,
                found: self.size,
            });
        }
        let same_type = self
            .media_type
            .as_ref()
            .is_none_or(|own| *own == descriptor.media_type);
        if same_type && descriptor.kind() == Some(self.kind()) {
            return Ok(());
        }
        Err(LayoutError::MediaTypeMismatch {
            file: file(),
            expected: quoted(&descriptor.media_type),
            found: match &self.media_type {
                Some(own) => format!("an {} of type {}", self.kind().words(), quoted(own)),
                None => format!("an {}", self.kind().words()),
            },
        })
    }

    /// The manifests of an index; empty for an image.
    pub fn manifests(&self) -> &[Descriptor] {
        match &self.content {
            Content::Image { .. } => &[],
            Content::Index { manifests } => manifests,
        }
    }

    fn read(node: &Node<'_>, size: u64) -> Result<Self, JsonError> {
        let object = node.object(&[
            "schemaVersion",
            "mediaType",
            "artifactType",
            "subject",
            "annotations",
            "config",
            "layers",
            "manifests",
            "fsLayers",
            "blobs",
        ])?;
        if object.required("schemaVersion")?.number()? != 2 {
            return Err(node.invalid("schemaVersion has to be 2"));
        }
        let media_type = text(&object, "mediaType")?;
        let content = read_content(node, &object)?;
        let document = Self {
            size,
            media_type,
            artifact_type: text(&object, "artifactType")?,
            subject: object
                .optional("subject")
                .map(|node| Descriptor::read(&node))
                .transpose()?,
            annotations: annotations(&object)?,
            content,
        };
        let own_kind = document.media_type.as_deref().map(ManifestKind::of_media_type);
        match own_kind {
            Some(kind) if kind != Some(document.kind()) => Err(node.invalid(format!(
                "mediaType does not go with what the document is, an {}",
                document.kind().words()
            ))),
            _ => Ok(document),
        }
    }
}

fn read_content(node: &Node<'_>, object: &Object<'_>) -> Result<Content, JsonError> {
    let image = ["layers", "config", "fsLayers", "blobs"]
        .into_iter()
        .find(|name| object.has(name));
    match (image, object.optional("manifests")) {
        (Some(name), Some(_)) => Err(node.invalid(format!(
            "\"manifests\" and {name:?} together could be read as an index and as a manifest"
        ))),
        (None, Some(manifests)) => Ok(Content::Index {
            manifests: descriptors(&manifests)?,
        }),
        (_, None) => {
            if let Some(name) = ["fsLayers", "blobs"].into_iter().find(|name| object.has(name)) {
                return Err(node.invalid(format!("manifests with {name:?} are not supported")));
            }
            Ok(Content::Image {
                config: Descriptor::read(&object.required("config")?)?,
                layers: descriptors(&object.required("layers")?)?,
            })
        }
    }
}

fn descriptors(list: &Node<'_>) -> Result<Vec<Descriptor>, JsonError> {
    list.items()?.iter().map(Descriptor::read).collect()
}

fn annotations(object: &Object<'_>) -> Result<BTreeMap<String, String>, JsonError> {
    match object.optional("annotations") {
        Some(node) => node.texts(),
        None => Ok(BTreeMap::new()),
    }
}

fn text(object: &Object<'_>, name: &str) -> Result<Option<String>, JsonError> {
    object
        .optional(name)
        .map(|node| node.text().map(str::to_owned))
        .transpose()
}

/// Reads `os`, `architecture` and `variant` of a descriptor's platform or of an image configuration. Without the
/// first two, which some tools leave empty, there is no platform.
pub(crate) fn platform(node: &Node<'_>) -> Result<Option<Platform>, JsonError> {
    let object = node.object(&["os", "architecture", "variant"])?;
    let part = |name| Ok::<_, JsonError>(text(&object, name)?.filter(|text| !text.is_empty()));
    let (os, architecture, variant) = (part("os")?, part("architecture")?, part("variant")?);
    Ok(os.zip(architecture).map(|(os, architecture)| Platform {
        os,
        architecture,
        variant,
    }))
}
