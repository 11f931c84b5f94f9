//! Images in OCI layouts: cosign's older forms, referrers, indexes and their images, places that do not answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use portcullis::policy::{Demand, RepositoryBinding, Require, Written};
use portcullis::registry::PlatformChoice;
use portcullis::report::{Code, Origin, Verdict};
use portcullis::sandbox::legacy::{self, LegacyLayer, simple_signing};
use portcullis::sandbox::{KeyKind, SignOptions};
use portcullis::sigstore::pin::{LogRequirement, Pin};
use portcullis::subject::{Digest, LayoutSelector, Subject};
use serde_json::{Value, json};

use crate::judge::{self, Answer, Question, anything_by, attestation_by, identity, requiring, signature_by};
use crate::{EMAIL, ISSUER, World, keyless};

const TYPE: &str = "https://example.com/t";
const REPOSITORY: &str = "registry.example/org/app";

/// An OCI layout that is being filled.
struct Layout {
    path: PathBuf,
    index: Vec<Value>,
}

impl Layout {
    fn new(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        std::fs::create_dir_all(path.join("blobs/sha256")).unwrap();
        std::fs::write(path.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
        Self {
            path,
            index: Vec::new(),
        }
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.path.join("blobs/sha256").join(digest.to_hex())
    }

    /// Stores bytes and describes them.
    fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes);
        std::fs::write(self.blob_path(&digest), bytes).unwrap();
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    }

    /// Stores a manifest with these layers.
    fn manifest(&self, layers: &[Value], subject: Option<&Digest>) -> Value {
        let config = self.blob("application/vnd.oci.image.config.v1+json", b"{}");
        let mut manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": layers,
        });
        if let Some(subject) = subject {
            let size = std::fs::metadata(self.blob_path(subject)).unwrap().len();
            manifest["subject"] = json!({
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": subject.to_string(),
                "size": size,
            });
        }
        self.blob(
            "application/vnd.oci.image.manifest.v1+json",
            manifest.to_string().as_bytes(),
        )
    }

    /// Stores an image that holds `content`, and lists it under a tag.
    fn image(&mut self, content: &str) -> Digest {
        let descriptor = self.manifest(&[self.layer(content)], None);
        self.list(descriptor, "v1")
    }

    fn layer(&self, content: &str) -> Value {
        self.blob("application/vnd.oci.image.layer.v1.tar", content.as_bytes())
    }

    /// Stores an index of two platforms, and lists it. The digests are those of the index and of its amd64 image.
    fn two_platforms(&mut self) -> (Digest, Digest) {
        let mut children = Vec::new();
        for architecture in ["amd64", "arm64"] {
            let mut child = self.manifest(&[self.layer(architecture)], None);
            child["platform"] = json!({"os": "linux", "architecture": architecture});
            children.push(child);
        }
        let amd64 = digest_of(&children[0]);
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": children,
        });
        let descriptor = self.blob(
            "application/vnd.oci.image.index.v1+json",
            index.to_string().as_bytes(),
        );
        (self.list(descriptor, "v1"), amd64)
    }

    fn list(&mut self, mut descriptor: Value, tag: &str) -> Digest {
        let digest = digest_of(&descriptor);
        descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
        self.index.push(descriptor);
        digest
    }

    /// Attaches layers as cosign did before referrers: under a tag that is made from the digest.
    fn attach_legacy(&mut self, about: &Digest, suffix: &str, layers: &[LegacyLayer]) {
        let media_type = match suffix {
            "sig" => "application/vnd.dev.cosign.simplesigning.v1+json",
            _ => "application/vnd.dsse.envelope.v1+json",
        };
        let layers: Vec<Value> = layers
            .iter()
            .map(|layer| {
                let mut descriptor = self.blob(media_type, &layer.payload);
                descriptor["annotations"] = json!(layer.annotations);
                descriptor
            })
            .collect();
        let manifest = self.manifest(&layers, None);
        self.list(manifest, &format!("sha256-{}.{suffix}", about.to_hex()));
    }

    /// Attaches a bundle as a referrer.
    fn attach_bundle(&mut self, about: &Digest, bundle: &Value) -> Digest {
        let layer = self.blob(
            "application/vnd.dev.sigstore.bundle.v0.3+json",
            bundle.to_string().as_bytes(),
        );
        let manifest = self.manifest(&[layer], Some(about));
        let digest = digest_of(&manifest);
        self.index.push(manifest);
        digest
    }

    /// Writes `index.json` and asks about the image tagged `v1`.
    fn ask_all(&self, world: &World, platform: PlatformChoice, demand: Demand) -> Vec<Answer> {
        let index = json!({"schemaVersion": 2, "manifests": self.index});
        std::fs::write(self.path.join("index.json"), index.to_string()).unwrap();
        let subject = Subject::Layout {
            path: self.path.clone(),
            selector: LayoutSelector::Tag("v1".to_owned()),
        };
        Question {
            platform,
            ..Question::new(&world.engine, subject, demand)
        }
        .ask_all()
    }

    fn ask(&self, world: &World, demand: Demand) -> Answer {
        let mut answers = self.ask_all(world, PlatformChoice::AsIs, demand);
        assert_eq!(answers.len(), 1);
        answers.remove(0)
    }
}

fn digest_of(descriptor: &Value) -> Digest {
    descriptor["digest"].as_str().unwrap().parse().unwrap()
}

fn sha256(digest: &Digest) -> [u8; 32] {
    digest.as_bytes().try_into().unwrap()
}

fn dev() -> Pin {
    identity(EMAIL, ISSUER)
}

/// A statement about an image, in a bundle.
fn attest(world: &mut World, about: &Digest, options: &SignOptions) -> Value {
    world
        .instance
        .attest(&[("image", sha256(about))], TYPE, &json!({}), options)
        .unwrap()
}

fn sig(world: &mut World, about: &Digest) -> LegacyLayer {
    world
        .instance
        .legacy_signature(REPOSITORY, &about.to_string(), &keyless())
        .unwrap()
}

fn stranger_sig(world: &mut World, about: &Digest) -> LegacyLayer {
    let options = SignOptions::keyless("mallory@example.com", ISSUER);
    world
        .instance
        .legacy_signature(REPOSITORY, &about.to_string(), &options)
        .unwrap()
}

#[track_caller]
fn assert_verdict(what: &str, answer: &Answer, verdict: Verdict, code: Option<Code>) {
    let codes = answer.codes();
    assert_eq!(answer.verdict(), verdict, "{what}: {}", answer.explain());
    if let Some(code) = code {
        assert!(codes.contains(&code), "{what}: {}", answer.explain());
    }
}

#[test]
fn a_legacy_signature_covers_the_image_that_its_payload_names() {
    let mut world = World::new();
    let mut rows: Vec<(&str, Vec<LegacyLayer>, Verdict, Option<Code>)> = Vec::new();
    let image = Layout::new(world.folder.path(), "probe").image("app");
    let other = Digest::sha256(b"another image");
    let good = sig(&mut world, &image);
    let elsewhere = sig(&mut world, &other);
    rows.push(("good", vec![good.clone()], Verdict::Allowed, None));
    rows.push((
        "copied from another image",
        vec![elsewhere.clone()],
        Verdict::Denied,
        Some(Code::PayloadDigestMismatch),
    ));
    rows.push((
        "one of two",
        vec![elsewhere, good.clone()],
        Verdict::Allowed,
        None,
    ));
    let stranger = stranger_sig(&mut world, &image);
    rows.push((
        "a stranger's",
        vec![stranger.clone()],
        Verdict::Denied,
        Some(Code::IdentityMismatch),
    ));
    rows.push((
        "a stranger's first",
        vec![stranger, good.clone()],
        Verdict::Allowed,
        None,
    ));
    let swapped = LegacyLayer {
        payload: simple_signing(REPOSITORY, &other.to_string())
            .to_string()
            .into_bytes(),
        ..good.clone()
    };
    rows.push((
        "another payload",
        vec![swapped],
        Verdict::Denied,
        Some(Code::SignatureInvalid),
    ));
    for (what, payload) in [
        ("garbage", "garbage".to_owned()),
        (
            "no image",
            r#"{"critical":{"type":"cosign container image signature"}}"#.to_owned(),
        ),
        (
            "a statement",
            json!({"_type": "https://in-toto.io/Statement/v1"}).to_string(),
        ),
        (
            "a digest twice",
            simple_signing(REPOSITORY, &image.to_string())
                .to_string()
                .replace(
                    "\"docker-manifest-digest\":",
                    &format!("\"docker-manifest-digest\":\"{other}\",\"docker-manifest-digest\":"),
                ),
        ),
    ] {
        let layer = world
            .instance
            .legacy_payload(payload.as_bytes(), &keyless())
            .unwrap();
        rows.push((what, vec![layer], Verdict::Denied, Some(Code::PayloadMalformed)));
    }
    for (index, (what, layers, verdict, code)) in rows.into_iter().enumerate() {
        let mut layout = Layout::new(world.folder.path(), &format!("sig-{index}"));
        assert_eq!(layout.image("app"), image);
        layout.attach_legacy(&image, "sig", &layers);
        assert_verdict(what, &layout.ask(&world, signature_by(dev())), verdict, code);
    }
}

#[test]
fn tampered_annotations_are_refused() {
    let mut world = World::new();
    let image = Layout::new(world.folder.path(), "probe").image("app");
    let good = sig(&mut world, &image);
    let other = stranger_sig(&mut world, &image);
    let key = world.instance.key("managed", KeyKind::P256).unwrap();
    let with = |name: &str, value: Option<String>| {
        let mut annotations: BTreeMap<String, String> = good.annotations.clone();
        match value {
            Some(value) => annotations.insert(name.to_owned(), value),
            None => annotations.remove(name),
        };
        LegacyLayer {
            annotations,
            ..good.clone()
        }
    };
    let of_other = |name: &str| Some(other.annotations[name].clone());
    let set = r#""SignedEntryTimestamp":""#;
    let other_time =
        good.annotations[legacy::BUNDLE].replace("\"integratedTime\":1760", "\"integratedTime\":1750");
    for (index, (what, layer, code)) in [
        (
            "no signature",
            with(legacy::SIGNATURE, None),
            Code::BundleMalformed,
        ),
        (
            "another's signature",
            with(legacy::SIGNATURE, of_other(legacy::SIGNATURE)),
            Code::SignatureInvalid,
        ),
        (
            "another's certificate",
            with(legacy::CERTIFICATE, of_other(legacy::CERTIFICATE)),
            Code::SignatureInvalid,
        ),
        (
            "another's log entry",
            with(legacy::BUNDLE, of_other(legacy::BUNDLE)),
            Code::LogEntryMismatch,
        ),
        ("no log entry", with(legacy::BUNDLE, None), Code::LogEntryMissing),
        (
            "another time",
            with(legacy::BUNDLE, Some(other_time)),
            Code::SetInvalid,
        ),
        (
            "a promise twice",
            with(
                legacy::BUNDLE,
                Some(good.annotations[legacy::BUNDLE].replace(set, &format!("{set}AAAA\",{set}"))),
            ),
            Code::DuplicateKey,
        ),
        (
            "a log entry that is none",
            with(legacy::BUNDLE, Some("[]".to_owned())),
            Code::BundleMalformed,
        ),
        // GHSA-fx35-mq7g-6g98: a bare key in the certificate's place.
        (
            "a key as certificate",
            with(legacy::CERTIFICATE, Some(key.public_pem().unwrap())),
            Code::CertificateMalformed,
        ),
        (
            "no certificate",
            with(legacy::CERTIFICATE, None),
            Code::SignerKindMismatch,
        ),
        (
            "an empty certificate",
            with(legacy::CERTIFICATE, Some(String::new())),
            Code::SignerKindMismatch,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut layout = Layout::new(world.folder.path(), &format!("annotations-{index}"));
        layout.image("app");
        layout.attach_legacy(&image, "sig", &[layer]);
        assert_verdict(
            what,
            &layout.ask(&world, signature_by(dev())),
            Verdict::Denied,
            Some(code),
        );
    }
}

#[test]
fn a_legacy_signature_by_a_key() {
    let mut world = World::new();
    let image = Layout::new(world.folder.path(), "probe").image("app");
    let key = world.instance.key("managed", KeyKind::P256).unwrap();
    let pin = |log| signature_by(judge::key(&key.public_pem().unwrap(), log));
    let managed = || SignOptions::managed(&key, "hint");
    for (what, options, log, verdict, code) in [
        (
            "logged",
            managed(),
            LogRequirement::Required,
            Verdict::Allowed,
            None,
        ),
        (
            "not logged",
            managed().logs(&[]).timestamp(),
            LogRequirement::Required,
            Verdict::Denied,
            Some(Code::LogEntryMissing),
        ),
        (
            "not logged, and that is allowed",
            managed().logs(&[]).timestamp(),
            LogRequirement::MayBeAbsent,
            Verdict::Allowed,
            Some(Code::KeyWithoutLog),
        ),
    ] {
        let layer = world
            .instance
            .legacy_signature(REPOSITORY, &image.to_string(), &options)
            .unwrap();
        let mut layout = Layout::new(world.folder.path(), what);
        layout.image("app");
        layout.attach_legacy(&image, "sig", &[layer]);
        assert_verdict(what, &layout.ask(&world, pin(log)), verdict, code);
    }
}

#[test]
fn the_repository_in_the_payload_counts_where_that_is_asked() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path(), "repository");
    let image = layout.image("app");
    let layer = sig(&mut world, &image);
    layout.attach_legacy(&image, "sig", &[layer]);
    let rule = |value: &str| Written {
        value: value.to_owned(),
        origin: Origin::flag("test"),
    };
    for (binding, allowed) in [
        (RepositoryBinding::Ignore, true),
        (RepositoryBinding::Exact(rule(REPOSITORY)), true),
        (RepositoryBinding::Exact(rule("registry.example/org")), false),
        (RepositoryBinding::Exact(rule("registry.example/org/app2")), false),
        (RepositoryBinding::Prefix(rule("registry.example/org")), true),
        (RepositoryBinding::Prefix(rule("registry.example/or")), false),
    ] {
        let what = format!("{binding:?}");
        let demand = Demand {
            repository_binding: binding,
            ..signature_by(dev())
        };
        let (verdict, code) = match allowed {
            true => (Verdict::Allowed, None),
            false => (Verdict::Denied, Some(Code::RepositoryMismatch)),
        };
        assert_verdict(&what, &layout.ask(&world, demand), verdict, code);
    }
}

#[test]
fn a_legacy_attestation_is_about_the_digest_in_its_statement() {
    let mut world = World::new();
    let image = Layout::new(world.folder.path(), "probe").image("app");
    for (what, about, verdict, code) in [
        ("good", image.clone(), Verdict::Allowed, None),
        (
            "copied from another image",
            Digest::sha256(b"another"),
            Verdict::Denied,
            Some(Code::ArtifactMismatch),
        ),
    ] {
        let layer = world
            .instance
            .legacy_attestation(&[("image", sha256(&about))], TYPE, &json!({}), &keyless())
            .unwrap();
        let mut layout = Layout::new(world.folder.path(), what);
        layout.image("app");
        layout.attach_legacy(&image, "att", &[layer]);
        assert_verdict(
            what,
            &layout.ask(&world, attestation_by(dev(), TYPE)),
            verdict,
            code,
        );
        // An attestation is no signature, and one of another type is not the demanded one.
        let nothing = layout.ask(&world, attestation_by(dev(), "https://example.com/other"));
        assert_verdict(what, &nothing, Verdict::NoEvidence, None);
        assert_verdict(
            what,
            &layout.ask(&world, signature_by(dev())),
            Verdict::NoEvidence,
            None,
        );
    }
}

#[test]
fn a_bundle_that_refers_to_the_image_is_found() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path(), "referrers");
    let image = layout.image("app");
    let bundle = attest(&mut world, &image, &keyless());
    let nothing = layout.ask(&world, attestation_by(dev(), TYPE));
    assert_verdict("before", &nothing, Verdict::NoEvidence, Some(Code::NoEvidence));
    layout.attach_bundle(&image, &bundle);
    let answer = layout.ask(&world, attestation_by(dev(), TYPE));
    assert_verdict("after", &answer, Verdict::Allowed, None);
    assert_eq!(answer.report.candidates[0].about, image);
}

#[test]
fn a_bundle_that_refers_to_another_image_is_not_taken() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path(), "elsewhere");
    let image = layout.image("app");
    let other = digest_of(&layout.manifest(&[layout.layer("other")], None));
    let bundle = attest(&mut world, &image, &keyless());
    layout.attach_bundle(&other, &bundle);
    let answer = layout.ask(&world, attestation_by(dev(), TYPE));
    assert_verdict("elsewhere", &answer, Verdict::NoEvidence, None);
}

/// The verdicts for the index as itself, for one platform, and for all of them.
fn verdicts(layout: &Layout, world: &World) -> [Vec<Verdict>; 3] {
    let demand = || attestation_by(dev(), TYPE);
    let one = PlatformChoice::One("linux/amd64".parse().unwrap());
    [PlatformChoice::AsIs, one, PlatformChoice::All].map(|choice| {
        let answers = layout.ask_all(world, choice, demand());
        answers.iter().map(Answer::verdict).collect()
    })
}

#[test]
fn an_index_vouches_for_the_image_that_is_picked_and_an_image_for_itself() {
    use Verdict::{Allowed, NoEvidence};
    let mut world = World::new();
    for (what, sign_index, sign_child, expected) in [
        (
            "nothing signed",
            false,
            false,
            [vec![NoEvidence], vec![NoEvidence], vec![NoEvidence; 3]],
        ),
        (
            "index only",
            true,
            false,
            [
                vec![Allowed],
                vec![Allowed],
                vec![Allowed, NoEvidence, NoEvidence],
            ],
        ),
        (
            "one image only",
            false,
            true,
            [
                vec![NoEvidence],
                vec![Allowed],
                vec![NoEvidence, Allowed, NoEvidence],
            ],
        ),
        (
            "both",
            true,
            true,
            [vec![Allowed], vec![Allowed], vec![Allowed, Allowed, NoEvidence]],
        ),
    ] {
        let mut layout = Layout::new(world.folder.path(), what);
        let (index, child) = layout.two_platforms();
        for (sign, about) in [(sign_index, &index), (sign_child, &child)] {
            if sign {
                let bundle = attest(&mut world, about, &keyless());
                layout.attach_bundle(about, &bundle);
            }
        }
        assert_eq!(verdicts(&layout, &world), expected, "{what}");
    }
}

#[test]
fn the_report_says_which_digest_carried_the_evidence() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path(), "carrier");
    let (index, child) = layout.two_platforms();
    let bundle = attest(&mut world, &index, &keyless());
    layout.attach_bundle(&index, &bundle);
    let one = PlatformChoice::One("linux/amd64".parse().unwrap());
    let answers = layout.ask_all(&world, one, attestation_by(dev(), TYPE));
    assert_eq!(answers[0].report.digest.as_ref(), Some(&child));
    let accepted: Vec<_> = answers[0]
        .report
        .candidates
        .iter()
        .filter(|candidate| candidate.accepted)
        .collect();
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0].about, index);
}

/// A statement about the index's child that hangs on the index is about another digest than it hangs on.
#[test]
fn evidence_about_an_image_does_not_pass_for_its_index() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path(), "upwards");
    let (index, child) = layout.two_platforms();
    let bundle = attest(&mut world, &child, &keyless());
    layout.attach_bundle(&index, &bundle);
    let answer = layout.ask(&world, attestation_by(dev(), TYPE));
    assert_verdict("upwards", &answer, Verdict::Denied, Some(Code::ArtifactMismatch));
}

/// Removes a blob that is listed.
fn lose(layout: &Layout, digest: &Digest) {
    std::fs::remove_file(layout.blob_path(digest)).unwrap();
}

#[test]
fn what_could_not_be_read_may_be_what_is_missing() {
    let mut world = World::new();
    for (what, attach_good, require, expected) in [
        ("only a lost one", None, Require::Any, Verdict::Undecided),
        (
            "a stranger's and a lost one",
            Some(false),
            Require::Any,
            Verdict::Undecided,
        ),
        (
            "a good one and a lost one",
            Some(true),
            Require::Any,
            Verdict::Allowed,
        ),
        (
            "all: a good one and a lost one",
            Some(true),
            Require::All,
            Verdict::Undecided,
        ),
        (
            "latest: a good one and a lost one",
            Some(true),
            Require::Latest,
            Verdict::Undecided,
        ),
        (
            "latest: a stranger's and a lost one",
            Some(false),
            Require::Latest,
            Verdict::Undecided,
        ),
    ] {
        let mut layout = Layout::new(world.folder.path(), what);
        let image = layout.image("app");
        let lost = attest(&mut world, &image, &keyless());
        let lost = layout.attach_bundle(&image, &lost);
        if let Some(good) = attach_good {
            let options = match good {
                true => keyless(),
                false => SignOptions::keyless("mallory@example.com", ISSUER),
            };
            let bundle = attest(&mut world, &image, &options);
            layout.attach_bundle(&image, &bundle);
        }
        // The bundle's blob is gone; its manifest still says that it was there.
        let manifest: Value =
            serde_json::from_slice(&std::fs::read(layout.blob_path(&lost)).unwrap()).unwrap();
        lose(&layout, &digest_of(&manifest["layers"][0]));
        let demand = requiring(require, attestation_by(dev(), TYPE));
        assert_verdict(what, &layout.ask(&world, demand), expected, None);
        // And neither when the manifest itself is gone.
        lose(&layout, &lost);
        let demand = requiring(require, attestation_by(dev(), TYPE));
        assert_verdict(what, &layout.ask(&world, demand), expected, None);
    }
}

#[test]
fn an_image_that_cannot_be_read_is_never_allowed() {
    let mut world = World::new();
    let mut layout = Layout::new(world.folder.path(), "image");
    let image = layout.image("app");
    let bundle = attest(&mut world, &image, &keyless());
    layout.attach_bundle(&image, &bundle);
    std::fs::write(layout.blob_path(&image), b"{}").unwrap();
    let answer = layout.ask(&world, attestation_by(dev(), TYPE));
    assert!(!answer.is_allowed(), "{}", answer.explain());
    assert_verdict("changed", &answer, Verdict::Denied, Some(Code::LayoutMalformed));
    lose(&layout, &image);
    let answer = layout.ask(&world, attestation_by(dev(), TYPE));
    assert_verdict("lost", &answer, Verdict::Undecided, None);
}

#[test]
fn statements_that_nobody_signed_are_listed_and_never_counted() {
    let world = World::new();
    let mut layout = Layout::new(world.folder.path(), "buildkit");
    let child = layout.manifest(&[layout.layer("amd64")], None);
    let image = digest_of(&child);
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": TYPE, "predicate": {},
        "subject": [{"name": "image", "digest": {"sha256": image.to_hex()}}],
    });
    let mut layer = layout.blob("application/vnd.in-toto+json", statement.to_string().as_bytes());
    layer["annotations"] = json!({"in-toto.io/predicate-type": TYPE});
    let mut attestation = layout.manifest(&[layer], None);
    attestation["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    attestation["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": image.to_string(),
    });
    let mut child = child;
    child["platform"] = json!({"os": "linux", "architecture": "amd64"});
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [child, attestation],
    });
    let descriptor = layout.blob(
        "application/vnd.oci.image.index.v1+json",
        index.to_string().as_bytes(),
    );
    layout.list(descriptor, "v1");
    let one = || PlatformChoice::One("linux/amd64".parse().unwrap());
    for demand in [
        attestation_by(dev(), TYPE),
        anything_by(judge::anybody()),
        requiring(Require::All, attestation_by(judge::anybody(), "any")),
    ] {
        let answers = layout.ask_all(&world, one(), demand);
        assert_verdict(
            "unsigned",
            &answers[0],
            Verdict::NoEvidence,
            Some(Code::UnsignedEvidence),
        );
    }
}
