//! Changes to what a tag points to, where several writers change the same tag: the list under a referrers tag, and the
//! layers under cosign's tags.
//!
//! An edit is applied to what the tag points to now, again and again until it has nothing more to add. It remembers what it
//! has seen, so that an entry that a third writer dropped by mistake comes back.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::error::LayoutError;
use super::manifest::{Content, Descriptor, ManifestKind, names};
use super::raw::{Members, RawManifest, expect_kind, unwritable};
use crate::subject::Digest;

/// What a tag is to point to instead, and the blobs that have to be there first.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) manifest: RawManifest,
    pub(crate) blobs: Vec<(Descriptor, Vec<u8>)>,
}

/// A change that is made until it holds.
pub(crate) trait Edit: Send {
    /// What the tag has to point to instead of `current`; `None` when nothing is missing.
    fn apply(&mut self, current: Option<&RawManifest>) -> Result<Option<Change>, LayoutError>;

    /// Manifests of others that were listed before and are not now: dropped by mistake, or on purpose.
    fn dropped(&self, current: Option<&RawManifest>) -> Vec<Digest>;

    /// One of those was dropped on purpose: it is not there any more.
    fn forget(&mut self, digest: &Digest);
}

/// Adds entries to an index, or takes some out.
#[derive(Debug, Default)]
pub(crate) struct ListEdit {
    wanted: BTreeMap<Digest, Box<RawValue>>,
    removed: BTreeSet<Digest>,
    seen: BTreeMap<Digest, Box<RawValue>>,
}

#[derive(Deserialize)]
struct DigestOnly {
    digest: String,
}

impl ListEdit {
    /// Adds these referrers.
    pub(crate) fn adding(referrers: &[&RawManifest]) -> Result<Self, LayoutError> {
        let mut edit = Self::default();
        for referrer in referrers {
            let entry = serde_json::value::to_raw_value(&referrer.referrer_entry())
                .map_err(|error| unwritable(&error))?;
            edit.wanted.insert(referrer.descriptor().digest.clone(), entry);
        }
        Ok(edit)
    }

    /// Takes these out.
    pub(crate) fn removing(digests: impl IntoIterator<Item = Digest>) -> Self {
        Self {
            removed: digests.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The entries that are there, as they are written, by their digests.
    fn entries(current: &RawManifest) -> Result<Vec<(Digest, Box<RawValue>)>, LayoutError> {
        let entries = Members::of(current)?.elements("manifests")?;
        let with_digest = |entry: Box<RawValue>| {
            let read: DigestOnly = serde_json::from_str(entry.get()).map_err(|error| unwritable(&error))?;
            let digest = read.digest.parse().map_err(|_| LayoutError::Malformed {
                file: format!("index {}", current.descriptor().digest),
                place: "manifests".to_owned(),
                detail: "an entry has no digest that is supported".to_owned(),
            })?;
            Ok((digest, entry))
        };
        entries.into_iter().map(with_digest).collect()
    }
}

impl Edit for ListEdit {
    fn apply(&mut self, current: Option<&RawManifest>) -> Result<Option<Change>, LayoutError> {
        let (media_type, there) = match current {
            Some(current) => {
                expect_kind(current, ManifestKind::Index, "what the referrers tag points to")?;
                (current.descriptor().media_type.as_str(), Self::entries(current)?)
            }
            None => (names::OCI_INDEX, Vec::new()),
        };
        let before = there.len();
        let mut kept: Vec<_> = there
            .into_iter()
            .filter(|(digest, _)| !self.removed.contains(digest))
            .collect();
        let removes = kept.len() < before;
        let present: BTreeSet<Digest> = kept.iter().map(|(digest, _)| digest.clone()).collect();
        self.seen.extend(kept.iter().cloned());
        let missing = self.seen.iter().chain(&self.wanted);
        let missing: BTreeMap<_, _> = missing.filter(|(digest, _)| !present.contains(digest)).collect();
        if missing.is_empty() && !removes {
            return Ok(None);
        }
        kept.extend(
            missing
                .into_iter()
                .map(|(digest, entry)| (digest.clone(), entry.clone())),
        );
        let entries: Vec<Box<RawValue>> = kept.into_iter().map(|(_, entry)| entry).collect();
        let mut members = match current {
            Some(current) => Members::of(current)?,
            None => serde_json::from_value(json!({"mediaType": names::OCI_INDEX, "schemaVersion": 2}))
                .map_err(|error| unwritable(&error))?,
        };
        members.set("manifests", &entries)?;
        Ok(Some(Change {
            manifest: members.into_manifest(media_type)?,
            blobs: Vec::new(),
        }))
    }

    fn dropped(&self, current: Option<&RawManifest>) -> Vec<Digest> {
        let listed: BTreeSet<&Digest> = current
            .iter()
            .flat_map(|current| current.document().manifests())
            .map(|descriptor| &descriptor.digest)
            .collect();
        let others = self
            .seen
            .keys()
            .filter(|digest| !self.wanted.contains_key(digest));
        others
            .filter(|digest| !listed.contains(digest))
            .cloned()
            .collect()
    }

    fn forget(&mut self, digest: &Digest) {
        self.seen.remove(digest);
    }
}

/// Adds the layers of one manifest to another.
#[derive(Debug)]
pub(crate) struct LayersEdit {
    /// What the tag points to when there is nothing yet.
    alone: RawManifest,
    /// Layers that have to be there, in the order in which they were seen.
    layers: Vec<Box<RawValue>>,
}

impl LayersEdit {
    /// Adds the layers of `manifest`.
    pub(crate) fn adding(manifest: RawManifest) -> Result<Self, LayoutError> {
        expect_kind(
            &manifest,
            ManifestKind::Image,
            "the manifest whose layers are added",
        )?;
        Ok(Self {
            layers: Members::of(&manifest)?.elements("layers")?,
            alone: manifest,
        })
    }
}

impl Edit for LayersEdit {
    fn apply(&mut self, current: Option<&RawManifest>) -> Result<Option<Change>, LayoutError> {
        let Some(current) = current else {
            return Ok(Some(Change {
                manifest: self.alone.clone(),
                blobs: Vec::new(),
            }));
        };
        expect_kind(current, ManifestKind::Image, "what the tag points to")?;
        let mut members = Members::of(current)?;
        let mut layers = members.elements("layers")?;
        // The same payload is signed by several: only the whole entry, with its annotations, tells them apart.
        let value = |entry: &RawValue| serde_json::from_str::<Value>(entry.get()).unwrap_or_default();
        let mut present: Vec<Value> = layers.iter().map(|layer| value(layer)).collect();
        let missing: Vec<Box<RawValue>> = self
            .layers
            .iter()
            .filter(|layer| !present.contains(&value(layer)))
            .cloned()
            .collect();
        for layer in &layers {
            if !self.layers.iter().any(|known| value(known) == value(layer)) {
                self.layers.push(layer.clone());
            }
        }
        if missing.is_empty() {
            return Ok(None);
        }
        present.extend(missing.iter().map(|layer| value(layer)));
        layers.extend(missing);
        members.set("layers", &layers)?;
        let mut blobs = Vec::new();
        if let Content::Image { config, .. } = &current.document().content
            && is_image_config(&config.media_type)
        {
            let digests = present.iter().filter_map(|layer| layer.get("digest"));
            let bytes = image_config(digests.filter_map(Value::as_str));
            let new = Descriptor::new(
                config.media_type.clone(),
                Digest::sha256(&bytes),
                bytes.len() as u64,
            );
            members.set("config", &pointer(&new))?;
            blobs.push((new, bytes));
        }
        Ok(Some(Change {
            manifest: members.into_manifest(&current.descriptor().media_type)?,
            blobs,
        }))
    }

    /// A registry refuses a manifest whose layers are not there, so layers are not asked for one by one.
    fn dropped(&self, _: Option<&RawManifest>) -> Vec<Digest> {
        Vec::new()
    }

    fn forget(&mut self, _: &Digest) {}
}

/// Media type of an image configuration.
pub(crate) const IMAGE_CONFIG: &str = "application/vnd.oci.image.config.v1+json";

fn is_image_config(media_type: &str) -> bool {
    [IMAGE_CONFIG, "application/vnd.docker.container.image.v1+json"].contains(&media_type)
}

/// The configuration of an image that nobody runs, whose layers are not compressed: its digests are theirs.
pub(crate) fn image_config<'a>(layers: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let layers: Vec<&str> = layers.collect();
    let config = json!({
        "architecture": "",
        "config": {},
        "os": "",
        "rootfs": {"type": "layers", "diff_ids": layers},
    });
    config.to_string().into_bytes()
}

/// A descriptor of nothing but type, digest and size, as JSON.
pub(crate) fn pointer(descriptor: &Descriptor) -> Value {
    json!({
        "mediaType": descriptor.media_type,
        "digest": descriptor.digest.to_string(),
        "size": descriptor.size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn referrer(name: &str) -> RawManifest {
        let empty = Descriptor::new("application/vnd.oci.empty.v1+json", Digest::sha256(b"{}"), 2);
        let document = json!({
            "schemaVersion": 2,
            "mediaType": names::OCI_MANIFEST,
            "artifactType": "application/x",
            "config": pointer(&empty),
            "layers": [],
            "annotations": {"name": name},
        });
        RawManifest::new(document.to_string().into_bytes(), names::OCI_MANIFEST).unwrap()
    }

    fn digests(manifest: &RawManifest) -> Vec<Digest> {
        let manifests = manifest.document().manifests();
        manifests.iter().map(|entry| entry.digest.clone()).collect()
    }

    #[test]
    fn entries_of_others_stay_as_they_are_written() {
        let theirs = format!(
            r#"{{ "size":  7,"x-unknown":{{"b":1.0,"a":"\u0041"}},"digest":"{}","mediaType":"{}"}}"#,
            Digest::sha256(b"theirs"),
            names::OCI_MANIFEST
        );
        let before = format!(r#"{{"x":[ 1 ],"manifests":[{theirs}],"schemaVersion":2}}"#);
        let before = RawManifest::new(before.into_bytes(), names::OCI_INDEX).unwrap();
        let ours = referrer("ours");
        let change = ListEdit::adding(&[&ours])
            .unwrap()
            .apply(Some(&before))
            .unwrap()
            .unwrap();
        let text = String::from_utf8(change.manifest.bytes().to_vec()).unwrap();
        assert!(text.contains(&theirs), "{text}");
        assert!(text.starts_with(r#"{"x":[ 1 ],"manifests":["#) && text.ends_with(r#""schemaVersion":2}"#));
        assert_eq!(digests(&change.manifest)[1], ours.descriptor().digest);
        let mut again = ListEdit::adding(&[&ours]).unwrap();
        assert!(again.apply(Some(&change.manifest)).unwrap().is_none());
    }

    #[test]
    fn what_was_seen_comes_back_unless_it_is_gone() {
        let (a, b, c) = (referrer("a"), referrer("b"), referrer("c"));
        let with_a = ListEdit::adding(&[&a]).unwrap().apply(None).unwrap().unwrap();
        let with_c = ListEdit::adding(&[&c]).unwrap().apply(None).unwrap().unwrap();
        let mut edit = ListEdit::adding(&[&b]).unwrap();
        assert!(edit.apply(Some(&with_a.manifest)).unwrap().is_some());
        assert_eq!(
            edit.dropped(Some(&with_c.manifest)),
            [a.descriptor().digest.clone()]
        );
        let change = edit.apply(Some(&with_c.manifest)).unwrap().unwrap();
        assert_eq!(digests(&change.manifest).len(), 3);
        edit.forget(&a.descriptor().digest);
        let change = edit.apply(Some(&with_c.manifest)).unwrap().unwrap();
        assert_eq!(digests(&change.manifest).len(), 2);
    }

    #[test]
    fn entries_are_taken_out_and_nothing_else() {
        let (a, b) = (referrer("a"), referrer("b"));
        let both = ListEdit::adding(&[&a, &b]).unwrap().apply(None).unwrap().unwrap();
        let mut edit = ListEdit::removing([a.descriptor().digest.clone()]);
        let change = edit.apply(Some(&both.manifest)).unwrap().unwrap();
        assert_eq!(digests(&change.manifest), [b.descriptor().digest.clone()]);
        assert!(edit.apply(Some(&change.manifest)).unwrap().is_none());
        let mut edit = ListEdit::removing([a.descriptor().digest.clone()]);
        assert!(edit.apply(None).unwrap().is_none());
    }

    #[test]
    fn a_manifest_under_a_referrers_tag_is_not_overwritten() {
        let manifest = referrer("somebody's image");
        assert!(
            ListEdit::adding(&[&manifest])
                .unwrap()
                .apply(Some(&manifest))
                .is_err()
        );
    }
}
