//! The real signed layouts, pushed to a registry as it would hold them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portcullis::subject::Digest;
use serde_json::Value;

use crate::http::{push_blob, push_manifest};

/// An image that others signed, as `cosign save` wrote it.
pub(crate) struct Saved {
    /// The digest of the image or index.
    pub(crate) root: String,
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    blobs: BTreeMap<String, Vec<u8>>,
    attestations: String,
}

impl Saved {
    /// The layout of one release of the generator; `None` where the layouts are not at hand. In CI they have to be.
    pub(crate) fn release(version: &str) -> Option<Self> {
        let folder = folder()?.join(format!("slsa-container-{version}/container_workflow_dispatch"));
        let root = std::fs::read_to_string(folder.with_extension("digest")).unwrap();
        let (mut manifests, mut blobs) = (BTreeMap::new(), BTreeMap::new());
        for entry in std::fs::read_dir(folder.join("blobs/sha256")).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            let digest = Digest::sha256(&bytes).to_string();
            match serde_json::from_slice::<Value>(&bytes) {
                Ok(json) if json["schemaVersion"] == 2 => {
                    let media_type = json["mediaType"].as_str().unwrap().to_owned();
                    manifests.insert(digest, (media_type, bytes));
                }
                _ => drop(blobs.insert(digest, bytes)),
            }
        }
        let index: Value =
            serde_json::from_slice(&std::fs::read(folder.join("index.json")).unwrap()).unwrap();
        let attestations = &index["manifests"][1];
        assert_eq!(
            attestations["annotations"]["kind"],
            "dev.cosignproject.cosign/atts"
        );
        Some(Self {
            root: root.trim().to_owned(),
            attestations: attestations["digest"].as_str().unwrap().to_owned(),
            manifests,
            blobs,
        })
    }

    /// The digest of BuildKit's attestation manifest in the index.
    pub(crate) fn buildkit(&self) -> String {
        let index: Value = serde_json::from_slice(&self.manifests[&self.root].1).unwrap();
        let mut entries = index["manifests"].as_array().unwrap().iter();
        let entry = entries
            .find(|entry| entry["annotations"]["vnd.docker.reference.type"] == "attestation-manifest")
            .unwrap();
        entry["digest"].as_str().unwrap().to_owned()
    }

    /// Pushes the image under `tag`, with its attestation under cosign's tag.
    pub(crate) fn push(&self, host: &str, repository: &str, tag: &str) {
        self.push_unsigned(host, repository, tag);
        let (media_type, bytes) = &self.manifests[&self.attestations];
        let name = format!("{}.att", self.root.replace(':', "-"));
        push_manifest(host, repository, &name, media_type, bytes);
    }

    /// Pushes the image alone, as a mirror does that knows nothing of signatures.
    pub(crate) fn push_unsigned(&self, host: &str, repository: &str, tag: &str) {
        for (digest, bytes) in &self.blobs {
            push_blob(host, repository, digest, bytes);
        }
        // Registries take an index after its images.
        let (indexes, images): (Vec<_>, Vec<_>) = self
            .manifests
            .iter()
            .filter(|(digest, _)| **digest != self.attestations)
            .partition(|(_, (media_type, _))| media_type.contains("index") || media_type.contains("list"));
        for (digest, (media_type, bytes)) in images.into_iter().chain(indexes) {
            push_manifest(host, repository, digest, media_type, bytes);
        }
        let (media_type, bytes) = &self.manifests[&self.root];
        push_manifest(host, repository, tag, media_type, bytes);
    }
}

fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/real", "../../shared/real"]
        .map(|path| root.join(path))
        .into_iter()
        .find(|path| path.is_dir());
    assert!(
        found.is_some() || std::env::var_os("CI").is_none_or(|value| value != "true"),
        "the real layouts are missing, and in CI that is a failure"
    );
    if found.is_none() {
        println!("skipped: the real layouts are not at hand");
    }
    found
}
