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
use judge::{Answer, Question, anybody, attestation_by, engine, identity, key, signature_by};
use portcullis::policy::{Demand, Written};
use portcullis::report::{Code, Origin, Verdict};
use portcullis::sandbox::bundle::IN_TOTO;
use portcullis::sandbox::{Instance, KeyKind, LogKind, SignOptions, StampOptions};
use portcullis::sigstore::Engine;
use portcullis::sigstore::pin::LogRequirement;
use portcullis::subject::{Digest, LayoutSelector, Subject};
use serde_json::{Value, json};
use tempfile::TempDir;

const EMAIL: &str = "dev@example.com";
const ISSUER: &str = "https://accounts.example.com";
const ARTIFACT: &[u8] = b"an artifact";
const NOW: i64 = 1_760_000_000;

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
        let instance = Instance::new(11, Timestamp::from_second(NOW).unwrap()).unwrap();
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

    /// Asks about the artifact's digest with one bundle.
    fn ask_about_artifact(&self, bundle: &Value, demands: Vec<Demand>) -> Answer {
        let bundle = self.file("bundle", bundle.to_string().as_bytes());
        self.ask(Subject::Digest(Digest::sha256(ARTIFACT)), vec![bundle], demands)
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

/// A statement that is written as a JSON array reads as a statement to lenient readers, and its type is then not where
/// other readers look for it. It must not pass for whatever type is demanded (CVE-2022-35929: no attestation of the type).
#[test]
fn a_statement_of_an_unusual_shape_does_not_pass_for_the_demanded_type() {
    let mut world = World::new();
    let statement = json!([
        "https://in-toto.io/Statement/v1",
        [{"name": "a", "digest": {"sha256": Digest::sha256(ARTIFACT).to_hex()}}],
        "https://in-toto.io/attestation/test-result/v0.1",
        {},
    ]);
    let payload = statement.to_string();
    let bundle = world
        .instance
        .sign_payload(IN_TOTO, payload.as_bytes(), &keyless())
        .unwrap();
    for demanded in ["slsa-provenance", "test-result"] {
        let answer =
            world.ask_about_artifact(&bundle, vec![attestation_by(identity(EMAIL, ISSUER), demanded)]);
        assert_eq!(
            (answer.verdict(), answer.reason()),
            (Verdict::Denied, Some(Code::PayloadMalformed)),
            "{demanded}: {}",
            answer.explain()
        );
    }
}

/// Where one rule takes a key's signatures without log and another does not, the second is not met by what the first
/// takes: the relaxation belongs to the pin that has it.
#[test]
fn a_key_without_log_is_that_only_where_its_pin_says_so() {
    let mut world = World::new();
    let signer = world.instance.key("release", KeyKind::P256).unwrap();
    let pem = signer.public_pem().unwrap();
    let options = SignOptions::managed(&signer, "release").logs(&[]).timestamp();
    let unlogged = world.instance.sign_blob(ARTIFACT, &options).unwrap();
    let relaxed = || signature_by(key(&pem, LogRequirement::MayBeAbsent));
    let strict = || signature_by(key(&pem, LogRequirement::Required));

    let answer = world.ask_about_artifact(&unlogged, vec![relaxed()]);
    assert!(answer.is_allowed(), "{}", answer.explain());
    for demands in [vec![relaxed(), strict()], vec![strict(), relaxed()]] {
        let answer = world.ask_about_artifact(&unlogged, demands);
        assert_eq!(answer.verdict(), Verdict::Denied, "{}", answer.explain());
        assert!(answer.codes().contains(&Code::LogEntryMissing));
    }
}

/// Anybody can have an old signature stamped anew. That makes the signature no younger (CVE-2024-23332: rollback).
#[test]
fn a_fresh_timestamp_makes_an_old_signature_no_younger() {
    let mut world = World::new();
    let signer = world.instance.key("release", KeyKind::P256).unwrap();
    let pem = signer.public_pem().unwrap();
    let signed = Timestamp::from_second(NOW).unwrap();
    let day = jiff::SignedDuration::from_hours(24);
    let mut options = SignOptions::managed(&signer, "release").logs(&[LogKind::V1]);
    options.signed_at = Some(signed - day * 100);
    options.timestamps = vec![StampOptions {
        at: Some(signed),
        ..StampOptions::default()
    }];
    let restamped = world.instance.sign_blob(ARTIFACT, &options).unwrap();
    let bundle = world.file("bundle", restamped.to_string().as_bytes());
    let ask = |days: u64| {
        let demand = Demand {
            max_age: Some(Written {
                value: std::time::Duration::from_secs(days * 86_400),
                origin: Origin::flag("--max-age"),
            }),
            ..signature_by(key(&pem, LogRequirement::Required))
        };
        let question = Question::digest(&world.engine, &Digest::sha256(ARTIFACT), &bundle, demand);
        Question {
            now: signed,
            ..question
        }
        .ask()
    };
    let answer = ask(101);
    assert!(answer.is_allowed(), "{}", answer.explain());
    let answer = ask(30);
    assert_eq!(
        (answer.verdict(), answer.reason()),
        (Verdict::Denied, Some(Code::EvidenceTooOld)),
        "{}",
        answer.explain()
    );
}
