//! Manifests as the bytes that they are: what is copied and published has to keep its digest, so it is never written
//! anew. A list that grows keeps what is in it byte for byte, with members that are unknown here.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::error::LayoutError;
use super::limits::MAX_MANIFEST_BYTES;
use super::manifest::{Content, Descriptor, Document, ManifestKind};
use crate::subject::{Algorithm, Digest};

/// A manifest or index: its bytes, what they say, and what points to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawManifest {
    descriptor: Descriptor,
    document: Document,
    bytes: Vec<u8>,
}

impl RawManifest {
    /// Reads `bytes`, which are given out as `media_type`.
    ///
    /// # Errors
    ///
    /// When they are longer than [`MAX_MANIFEST_BYTES`], do not parse, or are not of that type.
    pub fn new(bytes: Vec<u8>, media_type: &str) -> Result<Self, LayoutError> {
        let digest = Digest::of(Algorithm::Sha256, &bytes);
        Self::with_digest(bytes, media_type, digest)
    }

    /// The same for bytes whose digest has been checked.
    pub(crate) fn with_digest(bytes: Vec<u8>, media_type: &str, digest: Digest) -> Result<Self, LayoutError> {
        let file = format!("manifest {digest}");
        if bytes.len() as u64 > MAX_MANIFEST_BYTES {
            let what = "bytes of a manifest";
            let limit = MAX_MANIFEST_BYTES;
            return Err(LayoutError::Limit { file, what, limit });
        }
        let document = Document::parse(&bytes, &file)?;
        let descriptor = Descriptor::new(media_type, digest, bytes.len() as u64);
        document.agrees_with(&descriptor, || file.clone())?;
        Ok(Self {
            descriptor,
            document,
            bytes,
        })
    }

    /// What points to it: type, digest and size.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// What it says.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its entry in a list of referrers, as a registry with a referrers API would make it (OCI distribution
    /// specification 1.1, "Pushing Manifests with Subject").
    pub(crate) fn referrer_entry(&self) -> Value {
        let Descriptor {
            media_type,
            digest,
            size,
            ..
        } = &self.descriptor;
        let mut entry = json!({"mediaType": media_type, "digest": digest.to_string(), "size": size});
        let configured = match &self.document.content {
            Content::Image { config, .. } => Some(&config.media_type),
            Content::Index { .. } => None,
        };
        let artifact_type = self.document.artifact_type.as_ref().or(configured);
        if let (Some(members), Some(artifact_type)) = (entry.as_object_mut(), artifact_type) {
            members.insert("artifactType".to_owned(), json!(artifact_type));
        }
        let annotations = &self.document.annotations;
        if let (Some(members), false) = (entry.as_object_mut(), annotations.is_empty()) {
            members.insert("annotations".to_owned(), json!(annotations));
        }
        entry
    }
}

/// The members of a JSON object in their order, each value as it is written.
#[derive(Debug)]
pub(crate) struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    /// Reads an object that is known to parse, without doubled keys.
    pub(crate) fn of(manifest: &RawManifest) -> Result<Self, LayoutError> {
        serde_json::from_slice(&manifest.bytes).map_err(|error| unwritable(&error))
    }

    /// The elements of an array, as they are written. An absent one has none.
    pub(crate) fn elements(&self, name: &str) -> Result<Vec<Box<RawValue>>, LayoutError> {
        let member = self.0.iter().find(|(own, _)| own == name);
        member.map_or(Ok(Vec::new()), |(_, value)| {
            serde_json::from_str(value.get()).map_err(|error| unwritable(&error))
        })
    }

    /// Puts another value in the place of a member, or at the end.
    pub(crate) fn set(&mut self, name: &str, value: &impl Serialize) -> Result<(), LayoutError> {
        let value = serde_json::value::to_raw_value(value).map_err(|error| unwritable(&error))?;
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some((_, place)) => *place = value,
            None => self.0.push((name.to_owned(), value)),
        }
        Ok(())
    }

    /// The object as a manifest of this type.
    pub(crate) fn into_manifest(self, media_type: &str) -> Result<RawManifest, LayoutError> {
        let bytes = serde_json::to_vec(&self).map_err(|error| unwritable(&error))?;
        RawManifest::new(bytes, media_type)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A document that was read before and cannot be taken apart, or one that cannot be written.
pub(crate) fn unwritable(error: &serde_json::Error) -> LayoutError {
    LayoutError::Malformed {
        file: "the manifest that is to be changed".to_owned(),
        place: format!("line {} column {}", error.line(), error.column()),
        detail: "it cannot be taken apart".to_owned(),
    }
}

/// The kind of document that something has to be.
pub(crate) fn expect_kind(
    manifest: &RawManifest,
    kind: ManifestKind,
    place: &str,
) -> Result<(), LayoutError> {
    let found = manifest.document.kind();
    match found == kind {
        true => Ok(()),
        false => Err(LayoutError::MediaTypeMismatch {
            file: place.to_owned(),
            expected: format!("an {}", kind.words()),
            found: format!("an {}", found.words()),
        }),
    }
}
