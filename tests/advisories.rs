//! Lessons of advisories, ours and others', that no other test holds. `docs/advisories.md` says which test holds which.
#![cfg(feature = "sandbox")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "support/judge.rs"]
mod judge;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use judge::{Answer, Question, anybody, engine, identity, signature_by};
use portcullis::policy::Demand;
use portcullis::report::Verdict;
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::sigstore::Engine;
use portcullis::subject::{Digest, LayoutSelector, Subject};
use serde_json::{Value, json};
use tempfile::TempDir;

const EMAIL: &str = "dev@example.com";
const ISSUER: &str = "https://accounts.example.com";

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// An instance, what verifies it, and a folder.
struct World {
    instance: Instance,
    engine: Engine,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let instance = Instance::new(11, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
        Self {
            engine: engine(&instance.trusted_root_json().unwrap()),
            instance,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn ask(&self, subject: Subject, bundles: Vec<PathBuf>, demands: Vec<Demand>) -> Answer {
        let question = Question::new(&self.engine, subject, demands[0].clone());
        Question {
            bundles,
            demands,
            ..question
        }
        .ask()
    }
}

fn keyless() -> SignOptions {
    SignOptions::keyless(EMAIL, ISSUER)
}

/// An OCI layout that is being filled.
struct Layout {
    path: PathBuf,
    index: Vec<Value>,
}

impl Layout {
    fn new(folder: &Path) -> Self {
        let path = folder.join("layout");
        std::fs::create_dir_all(path.join("blobs/sha256")).unwrap();
        std::fs::write(path.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self {
            path,
            index: Vec::new(),
        }
    }

    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes);
        std::fs::write(self.path.join("blobs/sha256").join(digest.to_hex()), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    }

    fn manifest(&self, layers: &[Value]) -> Value {
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self.blob("application/vnd.oci.image.config.v1+json", b"{}"),
            "layers": layers,
        });
        self.blob(MANIFEST, manifest.to_string().as_bytes())
    }

    fn image(&self, content: &str) -> Value {
        self.manifest(&[self.blob("application/vnd.oci.image.layer.v1.tar", content.as_bytes())])
    }

    /// Writes `index.json` and names the image with this tag.
    fn subject(&self, tag: &str) -> Subject {
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": self.index});
        std::fs::write(self.path.join("index.json"), index.to_string()).unwrap();
        Subject::Layout {
            path: self.path.clone(),
            selector: LayoutSelector::Tag(tag.to_owned()),
        }
    }
}

fn tagged(mut descriptor: Value, tag: &str) -> Value {
    descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    descriptor
}

fn digest_of(descriptor: &Value) -> Digest {
    descriptor["digest"].as_str().unwrap().parse().unwrap()
}

/// An annotation that nobody signed says what a BuildKit attestation is about. A genuine bundle about a good image, put
/// into a bad index under such an annotation, must not vouch for that index (kyverno#16336: an annotation as a verdict).
#[test]
fn an_annotation_never_chooses_what_a_signature_has_to_be_about() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path());
    let good = digest_of(&layout.image("good"));
    let manifest = std::fs::read(layout.path.join("blobs/sha256").join(good.to_hex())).unwrap();
    let genuine = world.instance.sign_blob(&manifest, &keyless()).unwrap();

    let bundle = layout.blob(BUNDLE, genuine.to_string().as_bytes());
    let mut attached = layout.manifest(&[bundle]);
    attached["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    attached["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": good.to_string(),
    });
    let evil = json!({
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [layout.image("evil"), attached],
    });
    let evil = layout.blob(INDEX, evil.to_string().as_bytes());
    layout.index.push(tagged(evil, "v1"));

    for pin in [identity(EMAIL, ISSUER), anybody()] {
        let answer = world.ask(layout.subject("v1"), Vec::new(), vec![signature_by(pin)]);
        assert_eq!(answer.verdict(), Verdict::Denied, "{}", answer.explain());
    }
}
