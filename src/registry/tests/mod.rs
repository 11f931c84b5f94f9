//! Tests of layouts, and the builder that makes them.

mod discovering;
mod hostile;
mod reading;
mod real;
mod selecting;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::manifest::names::{DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST};
use super::{Layout, LayoutError};
use crate::subject::Digest;

const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
const DSSE: &str = "application/vnd.dsse.envelope.v1+json";

/// A layout in a temporary directory, built blob by blob.
struct Builder {
    directory: TempDir,
    index: Vec<Value>,
}

impl Builder {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        fs::create_dir_all(directory.path().join("blobs/sha256")).unwrap();
        let builder = Self {
            directory,
            index: Vec::new(),
        };
        builder.write("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#);
        builder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.directory.path().join(name), bytes).unwrap();
    }

    fn path_of(&self, descriptor: &Value) -> PathBuf {
        let digest = digest(descriptor);
        self.directory.path().join("blobs/sha256").join(digest.to_hex())
    }

    /// Stores a blob and gives its descriptor.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes);
        let descriptor = json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()});
        fs::write(self.path_of(&descriptor), bytes).unwrap();
        descriptor
    }

    fn document(&self, document: &Value) -> Value {
        let media_type = document["mediaType"].as_str().unwrap();
        self.blob(media_type, document.to_string().as_bytes())
    }

    /// A runnable image whose content is told apart by `name`.
    fn image(&self, name: &str) -> Value {
        self.document(&self.image_document(name))
    }

    fn image_document(&self, name: &str) -> Value {
        let config = json!({"os": "linux", "architecture": "amd64", "author": name}).to_string();
        json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": self.blob(CONFIG, config.as_bytes()),
            "layers": [self.blob(LAYER, name.as_bytes())],
        })
    }

    /// A manifest with these layers; about `subject` if there is one.
    fn artifact(&self, layers: &[Value], subject: Option<&Value>) -> Value {
        let mut document = json!({
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "artifactType": BUNDLE,
            "config": self.blob("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": layers,
        });
        if let Some(subject) = subject {
            document["subject"] = subject.clone();
        }
        self.document(&document)
    }

    fn index_of(&self, manifests: &[Value]) -> Value {
        self.document(&json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests}))
    }

    /// Adds an entry to `index.json`.
    fn add(&mut self, descriptor: &Value) -> &mut Self {
        self.index.push(descriptor.clone());
        self
    }

    fn add_tagged(&mut self, descriptor: &Value, tag: &str) -> &mut Self {
        self.add(&annotated(descriptor, "org.opencontainers.image.ref.name", tag))
    }

    /// Writes `index.json` and opens the layout.
    fn open(&self) -> Result<Layout, LayoutError> {
        let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": self.index});
        self.write("index.json", index.to_string().as_bytes());
        Layout::open(self.directory.path())
    }
}

fn digest(descriptor: &Value) -> Digest {
    descriptor["digest"].as_str().unwrap().parse().unwrap()
}

fn annotated(descriptor: &Value, name: &str, value: &str) -> Value {
    let mut descriptor = descriptor.clone();
    descriptor["annotations"][name] = json!(value);
    descriptor
}

fn on_platform(descriptor: &Value, platform: &str) -> Value {
    let platform: crate::subject::Platform = platform.parse().unwrap();
    let mut descriptor = descriptor.clone();
    descriptor["platform"] = json!({"os": platform.os, "architecture": platform.architecture});
    if let Some(variant) = platform.variant {
        descriptor["platform"]["variant"] = json!(variant);
    }
    descriptor
}

/// A BuildKit attestation manifest about `about`, as it stands in an index.
fn buildkit(builder: &Builder, about: &Value) -> Value {
    let statement = builder.blob("application/vnd.in-toto+json", b"{}");
    let statement = annotated(
        &statement,
        "in-toto.io/predicate-type",
        "https://slsa.dev/provenance/v0.2",
    );
    let manifest = on_platform(&builder.artifact(&[statement], None), "unknown/unknown");
    let manifest = annotated(&manifest, "vnd.docker.reference.type", "attestation-manifest");
    annotated(
        &manifest,
        "vnd.docker.reference.digest",
        about["digest"].as_str().unwrap(),
    )
}
