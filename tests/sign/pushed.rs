//! Images in the sandbox's registry.

use std::sync::Arc;

use portcullis::http::Secret;
use portcullis::registry::client::{Client, ClientConfig, Credential, CredentialOptions};
use portcullis::registry::{Descriptor, RawManifest, Sink};
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::world::World;

pub(crate) const REPOSITORY: &str = "org/app";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Images are pushed as a build would; the registry has to be open.
impl World {
    pub(crate) fn registry(&self) -> String {
        self.sandbox.urls().registry.clone()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(ClientConfig::default()).unwrap()
    }

    /// `registry/repository:tag`.
    pub(crate) fn tagged(&self, tag: &str) -> String {
        format!("{}/{REPOSITORY}:{tag}", self.registry())
    }

    /// `registry/repository@digest`.
    pub(crate) fn at(&self, digest: &Digest) -> String {
        format!("{}/{REPOSITORY}@{digest}", self.registry())
    }

    /// Pushes an image of this content, as `tag`.
    pub(crate) fn push(&self, content: &str, tag: &str) -> Digest {
        self.push_with(&self.client(), content, tag)
    }

    /// The same where there is a login.
    pub(crate) fn push_as(&self, content: &str, tag: &str, user: &str, password: &str) -> Digest {
        let credential = Credential::Password {
            username: Secret::new(user),
            password: Secret::new(password),
        };
        let client = Client::new(ClientConfig {
            credentials: CredentialOptions {
                given: Some((self.registry(), credential)),
                ..CredentialOptions::default()
            },
            ..ClientConfig::default()
        });
        self.push_with(&client.unwrap(), content, tag)
    }

    fn push_with(&self, client: &Client, content: &str, tag: &str) -> Digest {
        let store = client.open(&self.tagged(tag).parse().unwrap()).unwrap();
        push_into(&store, content, tag)
    }

    /// Pushes an index of two images, as `tag`; its digest comes first.
    pub(crate) fn push_index(&self, tag: &str) -> Vec<Digest> {
        let client = self.client();
        let store = client.open(&self.tagged(tag).parse().unwrap()).unwrap();
        let images: Vec<(RawManifest, &str)> = ["amd64", "arm64"]
            .into_iter()
            .map(|architecture| (image(&store, "many", architecture), architecture))
            .collect();
        let mut entries = Vec::new();
        let mut digests = Vec::new();
        for (manifest, architecture) in &images {
            store.put_manifest(manifest, None).unwrap();
            let mut entry = pointer(manifest.descriptor());
            entry["platform"] = json!({"os": "linux", "architecture": architecture});
            entries.push(entry);
            digests.push(manifest.descriptor().digest.clone());
        }
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries});
        let index = RawManifest::new(index.to_string().into_bytes(), INDEX).unwrap();
        store.put_manifest(&index, Some(tag)).unwrap();
        digests.insert(0, index.descriptor().digest.clone());
        digests
    }

    /// `verify` by the e-mail address in the token.
    pub(crate) fn verify_image(&self, image: &str, more: &[&str]) -> i32 {
        self.verify_image_as(image, crate::world::EMAIL, more)
    }

    /// The report of `verify` about an image by the e-mail address in the token.
    pub(crate) fn report(&self, image: &str) -> Value {
        let issuer = self.sandbox.urls().oidc.trim_end_matches('/').to_owned();
        let identity = crate::world::EMAIL;
        let output = self
            .command()
            .args(["verify", image, "--identity", identity, "--issuer", &issuer])
            .args(["--format", "json", "--trusted-root"])
            .arg(self.trusted_root())
            .output()
            .unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub(crate) fn verify_image_as(&self, image: &str, identity: &str, more: &[&str]) -> i32 {
        let issuer = self.sandbox.urls().oidc.trim_end_matches('/').to_owned();
        self.verify(&[&[image, "--identity", identity, "--issuer", &issuer], more].concat())
    }
}

/// Pushes an image into a repository under a tag.
pub(crate) fn push_into(sink: &impl Sink, content: &str, tag: &str) -> Digest {
    let manifest = image(sink, content, "amd64");
    sink.put_manifest(&manifest, Some(tag)).unwrap();
    manifest.descriptor().digest.clone()
}

fn image(sink: &impl Sink, content: &str, architecture: &str) -> RawManifest {
    let layer = content.as_bytes().to_vec();
    let config = json!({
        "architecture": architecture, "os": "linux", "rootfs": {"type": "layers", "diff_ids": []},
    })
    .to_string()
    .into_bytes();
    let mut described = Vec::new();
    for (media_type, bytes) in [(LAYER, layer), (CONFIG, config)] {
        let descriptor = Descriptor::new(media_type, Digest::sha256(&bytes), bytes.len() as u64);
        sink.put_blob(&descriptor, Arc::new(bytes)).unwrap();
        described.push(pointer(&descriptor));
    }
    let manifest = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": described[1], "layers": [described[0]],
    });
    RawManifest::new(manifest.to_string().into_bytes(), MANIFEST).unwrap()
}

fn pointer(descriptor: &Descriptor) -> Value {
    json!({
        "mediaType": descriptor.media_type, "digest": descriptor.digest.to_string(), "size": descriptor.size,
    })
}
