//! `portcullis save` and `portcullis load`: what comes along, what it verifies as, and what is left when something fails.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use jiff::Timestamp;
use portcullis::attestation::COSIGN_SIGN_TYPE;
use portcullis::registry::Source;
use portcullis::registry::publish::{self, Bundle, BundleContent};
use portcullis::sandbox::{Instance, SignOptions};
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::content::{BUNDLE, INDEX, MANIFEST, client_for};
use crate::warehouse::{Misdeed, Nature, PASSWORD, Step, USER, Warehouse};

pub(crate) const WITH_TOKEN: Nature = Nature {
    has_referrers: false,
    has_conditions: false,
    wants_token: true,
    slow: Duration::ZERO,
};

pub(crate) fn portcullis(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("portcullis").unwrap();
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .args(["--timeout", "60s"])
        .args(arguments);
    let login = arguments.iter().any(|argument| argument.contains("127.0.0.1"));
    if login {
        command
            .args(["--registry-username", USER, "--registry-password-stdin"])
            .write_stdin(PASSWORD);
    }
    command.output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a command that has to succeed, and gives what it prints.
pub(crate) fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = portcullis(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout).trim().to_owned()
}

/// Runs a command that has to fail with this exit code, and gives what it says.
pub(crate) fn failed(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let output = portcullis(folder, arguments);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    assert!(!said.contains(PASSWORD) && !said.contains("4711"), "{said}");
    said
}

/// An index of two images with evidence in every place: referrers of the index and of an image, a referrer of a referrer,
/// cosign's three tags, and BuildKit's attestation inside. Gives the digest of the index.
fn furnish(registry: &Warehouse, repository: &str) -> Digest {
    let manifest = |config: &str, layers: &[&str], more: Value| {
        let blob = |media_type: &str, text: &str| {
            let digest = registry.put_blob(repository, text.as_bytes());
            json!({"mediaType": media_type, "digest": digest.to_string(), "size": text.len()})
        };
        let mut document = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": blob("application/vnd.oci.image.config.v1+json", config),
            "layers": layers.iter().map(|layer| {
                let (media_type, text) = layer.split_once(' ').unwrap();
                blob(media_type, text)
            }).collect::<Vec<_>>(),
        });
        for (name, value) in more.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.to_string()
    };
    let put = |tag: Option<&str>, media_type: &str, text: &str| {
        let digest = registry.put(repository, tag, media_type, text.as_bytes());
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": text.len()})
    };
    let tag_of = |entry: &Value, suffix: &str| entry["digest"].as_str().unwrap().replace(':', "-") + suffix;
    let layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    let one = manifest(
        "{\"os\":\"linux\",\"architecture\":\"amd64\"}",
        &[&format!("{layer} shared"), &format!("{layer} one")],
        json!({}),
    );
    let mut one = put(None, MANIFEST, &one);
    let two = manifest(
        "{\"os\":\"linux\",\"architecture\":\"arm64\"}",
        &[&format!("{layer} shared"), &format!("{layer} two")],
        json!({}),
    );
    let mut two = put(None, MANIFEST, &two);
    let kit = manifest("{\"kit\":1}", &["application/vnd.in-toto+json {}"], json!({}));
    let mut kit = put(None, MANIFEST, &kit);
    kit["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": one["digest"],
    });
    kit["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    let bare = one.clone();
    one["platform"] = json!({"os": "linux", "architecture": "amd64"});
    two["platform"] = json!({"os": "linux", "architecture": "arm64"});
    let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [one, two, kit]}).to_string();
    let index = put(Some("v1"), INDEX, &index);
    let mut lists: Vec<(Value, Vec<Value>)> = Vec::new();
    let mut refer = |subject: &Value, name: &str| {
        let text = manifest(
            "{}",
            &[&format!("{BUNDLE} {{\"bundle\":\"{name}\"}}")],
            json!({"subject": subject, "artifactType": BUNDLE}),
        );
        let entry = put(None, MANIFEST, &text);
        match lists.iter_mut().find(|(own, _)| own == subject) {
            Some((_, entries)) => entries.push(entry.clone()),
            None => lists.push((subject.clone(), vec![entry.clone()])),
        }
        entry
    };
    let first = refer(&index, "about the index");
    refer(&index, "another about the index");
    refer(&bare, "about one image");
    refer(&first, "about the evidence");
    for (subject, entries) in lists {
        let list = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).to_string();
        put(Some(&tag_of(&subject, "")), INDEX, &list);
    }
    let simple = "application/vnd.dev.cosign.simplesigning.v1+json";
    for (subject, suffix, layer) in [
        (&index, ".sig", format!("{simple} {{\"signed\":1}}")),
        (&bare, ".sig", format!("{simple} {{\"signed\":2}}")),
        (
            &index,
            ".att",
            "application/vnd.dsse.envelope.v1+json {\"payload\":\"\"}".to_owned(),
        ),
        (&index, ".sbom", "text/spdx+json {\"sbom\":1}".to_owned()),
    ] {
        let text = manifest("{\"rootfs\":{}}", &[&layer], json!({}));
        put(Some(&tag_of(subject, suffix)), MANIFEST, &text);
    }
    index["digest"].as_str().unwrap().parse().unwrap()
}

#[test]
fn everything_that_is_attached_comes_along_and_arrives_in_the_other_registry() {
    let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
    let digest = furnish(&from, "org/app");
    let saved = done(
        folder.path(),
        &["save", &from.reference("org/app", "v1"), "--to", "image"],
    );
    assert_eq!(saved, format!("oci-layout:image@{digest}"));
    for has_referrers in [false, true] {
        let to = Warehouse::start(Nature {
            has_referrers,
            ..WITH_TOKEN
        });
        let reference = to.reference("mirror/app", "v1");
        let loaded = done(folder.path(), &["load", "oci-layout:image", "--to", &reference]);
        assert_eq!(loaded, format!("{}/mirror/app@{digest}", to.host()));
        assert_eq!(to.manifests("mirror/app"), from.manifests("org/app"));
        assert_eq!(to.blobs("mirror/app"), from.blobs("org/app"));
        assert_eq!(to.tagged("mirror/app", "v1"), from.tagged("org/app", "v1"));
        // And back again: what was loaded is saved as what it was.
        let again = format!("again-{has_referrers}");
        done(folder.path(), &["save", &reference, "--to", &again]);
        assert_eq!(
            files(&folder.path().join(&again)),
            files(&folder.path().join("image"))
        );
    }
}

/// The names of all blobs of a layout.
fn files(layout: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(layout.join("blobs/sha256"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_second_load_moves_nothing_and_loses_nothing() {
    let (from, to) = (Warehouse::start(WITH_TOKEN), Warehouse::start(WITH_TOKEN));
    let folder = tempfile::tempdir().unwrap();
    let digest = furnish(&from, "org/app");
    done(
        folder.path(),
        &["save", &from.reference("org/app", "v1"), "--to", "image"],
    );
    let reference = to.reference("mirror/app", "v1");
    done(folder.path(), &["load", "oci-layout:image", "--to", &reference]);
    // Somebody signs in the mirror.
    let tag = format!("{}.sig", digest.to_string().replace(':', "-"));
    let mut manifest: Value = serde_json::from_slice(&to.tagged("mirror/app", &tag).unwrap()).unwrap();
    let mut theirs = manifest["layers"][0].clone();
    theirs["annotations"] = json!({"dev.cosignproject.cosign/signature": "theirs"});
    manifest["layers"].as_array_mut().unwrap().push(theirs.clone());
    to.put(
        "mirror/app",
        Some(&tag),
        MANIFEST,
        manifest.to_string().as_bytes(),
    );
    let before = to.count("POST", "/blobs/uploads/");
    done(folder.path(), &["load", "oci-layout:image", "--to", &reference]);
    assert_eq!(to.count("POST", "/blobs/uploads/"), before);
    let after: Value = serde_json::from_slice(&to.tagged("mirror/app", &tag).unwrap()).unwrap();
    assert!(after["layers"].as_array().unwrap().contains(&theirs), "{after}");
}

#[test]
fn one_platform_is_saved_with_its_own_evidence() {
    let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
    furnish(&from, "org/app");
    let reference = from.reference("org/app", "v1");
    let output = portcullis(
        folder.path(),
        &[
            "save",
            &reference,
            "--to",
            "amd64",
            "--platform",
            "linux/amd64",
            "--format",
            "json",
        ],
    );
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["verified"], false);
    assert_eq!(summary["attached"].as_array().unwrap().len(), 2, "{summary}");
    let output = portcullis(
        folder.path(),
        &["save", &reference, "--to", "arm64", "--platform", "linux/arm64"],
    );
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(
        said.contains("nothing-attached") && said.contains("not verified"),
        "{said}"
    );
}

#[test]
fn several_images_share_a_layout_and_a_tag_is_not_moved() {
    let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
    furnish(&from, "org/app");
    let arm = ["--platform", "linux/arm64"];
    let reference = from.reference("org/app", "v1");
    done(folder.path(), &["save", &reference, "--to", "image"]);
    let before = std::fs::read(folder.path().join("image/index.json")).unwrap();
    let said = failed(
        folder.path(),
        4,
        &[&["save", &reference, "--to", "image"], &arm[..]].concat(),
    );
    assert!(said.contains("layout-tag-taken"), "{said}");
    assert_eq!(
        std::fs::read(folder.path().join("image/index.json")).unwrap(),
        before
    );
    let bytes = from.tagged("org/app", "v1").unwrap();
    from.put("org/app", Some("v2"), INDEX, &bytes);
    done(
        folder.path(),
        &[
            &["save", &from.reference("org/app", "v2"), "--to", "image"],
            &arm[..],
        ]
        .concat(),
    );
    done(folder.path(), &["save", "oci-layout:image:v1", "--to", "copy"]);
    done(folder.path(), &["save", "oci-layout:image:v2", "--to", "copy"]);
    let index: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("copy/index.json")).unwrap()).unwrap();
    let tags: Vec<&str> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["annotations"]["org.opencontainers.image.ref.name"].as_str())
        .filter(|tag| tag.starts_with('v'))
        .collect();
    assert_eq!(tags, ["v1", "v2"]);
}

#[test]
fn what_was_broken_off_does_not_look_like_a_layout() {
    for (step, misdeed, code) in [
        (Step::GetBlob, Misdeed::Status(404), "registry-not-found"),
        (Step::GetBlob, Misdeed::Status(403), "registry-unauthorised"),
        (Step::GetBlob, Misdeed::OtherBytes, "registry-digest-mismatch"),
        (
            Step::GetTag,
            Misdeed::With(429, "Retry-After: 999".to_owned()),
            "registry-throttled",
        ),
        (Step::ReadBack, Misdeed::Status(404), "registry-not-found"),
        (Step::ReadBack, Misdeed::OtherBytes, "registry-digest-mismatch"),
    ] {
        let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
        furnish(&from, "org/app");
        from.misbehave(step, misdeed.clone(), usize::MAX);
        let said = failed(
            folder.path(),
            4,
            &["save", &from.reference("org/app", "v1"), "--to", "image"],
        );
        assert!(said.contains(code), "{step:?} {misdeed:?}: {said}");
        assert!(!folder.path().join("image/index.json").exists());
        assert!(!folder.path().join("image/oci-layout").exists());
    }
}

#[test]
fn a_load_that_fails_leaves_no_tag() {
    let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
    furnish(&from, "org/app");
    done(
        folder.path(),
        &["save", &from.reference("org/app", "v1"), "--to", "image"],
    );
    for (step, misdeed, code) in [
        (Step::PostUpload, Misdeed::Status(403), "registry-unauthorised"),
        (Step::PutBlob, Misdeed::Status(404), "registry-not-found"),
        (Step::PutBlob, Misdeed::Forget, "registry-protocol"),
        (Step::PutManifest, Misdeed::Status(400), "registry-protocol"),
        (
            Step::PutManifest,
            Misdeed::With(429, "Retry-After: 999".to_owned()),
            "registry-throttled",
        ),
        (Step::PutTag, Misdeed::Status(401), "registry-unauthorised"),
        (
            Step::PostUpload,
            Misdeed::With(202, "Location: https://evil.test/upload".to_owned()),
            "registry-refused-destination",
        ),
    ] {
        let to = Warehouse::start(WITH_TOKEN);
        to.misbehave(step, misdeed.clone(), usize::MAX);
        let said = failed(
            folder.path(),
            4,
            &[
                "load",
                "oci-layout:image",
                "--to",
                &to.reference("mirror/app", "v1"),
            ],
        );
        assert!(said.contains(code), "{step:?} {misdeed:?}: {said}");
        assert!(to.tagged("mirror/app", "v1").is_none());
    }
}

#[test]
fn a_damaged_layout_is_not_loaded() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 4] = [
        ("layout-malformed", |path| {
            std::fs::write(path, b"sharee").unwrap()
        }),
        ("layout-malformed", |path| std::fs::write(path, b"shar").unwrap()),
        ("evidence-unreadable", |path| std::fs::remove_file(path).unwrap()),
        ("evidence-unreadable", |path| {
            std::fs::remove_file(path).unwrap();
            std::os::unix::fs::symlink("/dev/zero", path).unwrap();
        }),
    ];
    let layer = Digest::sha256(b"shared").to_hex();
    for (code, change) in changes {
        let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
        furnish(&from, "org/app");
        done(
            folder.path(),
            &["save", &from.reference("org/app", "v1"), "--to", "image"],
        );
        change(&folder.path().join("image/blobs/sha256").join(&layer));
        let to = Warehouse::start(WITH_TOKEN);
        let said = failed(
            folder.path(),
            4,
            &[
                "load",
                "oci-layout:image",
                "--to",
                &to.reference("mirror/app", "v1"),
            ],
        );
        assert!(said.contains(code), "{said}");
        assert!(to.tagged("mirror/app", "v1").is_none(), "{said}");
    }
}

#[test]
fn a_folder_with_something_else_is_not_written_to() {
    let (from, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
    furnish(&from, "org/app");
    std::fs::create_dir(folder.path().join("home")).unwrap();
    std::fs::write(folder.path().join("home/notes"), "mine").unwrap();
    let said = failed(
        folder.path(),
        4,
        &["save", &from.reference("org/app", "v1"), "--to", "home"],
    );
    assert!(said.contains("copy-write-failed"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path().join("home")).unwrap().count(), 1);
}

#[test]
fn mistakes_on_the_command_line_are_said_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, words) in [
        (
            &["save", "oci-layout:nowhere", "--to", "x"][..],
            "not an OCI layout",
        ),
        (&["save", "sha256:0", "--to", "x"], "digest"),
        (&["save", "-", "--to", "x"], "names no image to copy"),
        (
            &["load", "docker-archive:nowhere.tar", "--to", "localhost:1/a:b"],
            "no such file",
        ),
        (
            &["load", "localhost:1/a:b", "--to", "localhost:1/c/d"],
            "has no tag",
        ),
        (
            &["load", "localhost:1/a:b", "--to", "folder"],
            "is no image of a registry",
        ),
        (
            &["save", "localhost:1/a:b", "--to", "x", "--offline"],
            "--offline forbids the network",
        ),
    ] {
        let said = failed(folder.path(), 2, arguments);
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn what_was_published_verifies_from_the_copy_and_from_the_other_registry() {
    const WHO: &str = "us@example.com";
    const ISSUER: &str = "https://accounts.example.com";
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (Warehouse::start(WITH_TOKEN), Warehouse::start(WITH_TOKEN));
    let config = b"{\"os\":\"linux\",\"architecture\":\"amd64\"}";
    let image = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": from.put_blob("org/app", config).to_string(),
            "size": config.len(),
        },
        "layers": [],
    });
    let image = image.to_string();
    let digest = from.put("org/app", Some("v1"), MANIFEST, image.as_bytes());
    let mut instance = Instance::new(3, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
    let options = SignOptions::keyless(WHO, ISSUER);
    let subjects = [("app", digest.as_bytes().try_into().unwrap())];
    let minted = instance
        .attest(&subjects, COSIGN_SIGN_TYPE, &json!({}), &options)
        .unwrap();
    let root = instance.trusted_root_json().unwrap().to_string();
    std::fs::write(folder.path().join("root.json"), root).unwrap();
    let store = client_for(&from.host(), Duration::from_millis(1))
        .open(&from.reference("org/app", "v1").parse().unwrap())
        .unwrap();
    let bundle = Bundle {
        bytes: minted.to_string().into_bytes(),
        media_type: BUNDLE.to_owned(),
        content: BundleContent::DsseEnvelope,
        predicate_type: Some(COSIGN_SIGN_TYPE.to_owned()),
        created: Timestamp::from_second(1_760_000_000).unwrap(),
    };
    publish::bundle(&store, &store.describe(&digest).unwrap(), &bundle).unwrap();
    let who = [
        "--identity",
        WHO,
        "--issuer",
        ISSUER,
        "--trusted-root",
        "root.json",
    ];
    let verify = |subject: &str| {
        let offline = (!subject.contains("127.0.0.1")).then_some("--offline");
        let arguments: Vec<&str> = ["verify", subject]
            .into_iter()
            .chain(who)
            .chain(offline)
            .collect();
        done(folder.path(), &arguments)
    };
    verify(&from.reference("org/app", "v1"));
    done(
        folder.path(),
        &["save", &from.reference("org/app", "v1"), "--to", "image"],
    );
    verify("oci-layout:image");
    done(
        folder.path(),
        &[
            "load",
            "oci-layout:image",
            "--to",
            &to.reference("mirror/app", "v1"),
        ],
    );
    assert_eq!(
        verify(&to.reference("mirror/app", "v1")),
        format!("{}/mirror/app@{digest}", to.host())
    );
}

/// The real layouts, if they are at hand. In CI they have to be.
fn real() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/real", "../../shared/real"]
        .map(|path| root.join(path))
        .into_iter()
        .find(|path| path.is_dir());
    assert!(
        found.is_some() || std::env::var_os("CI").is_none_or(|value| value != "true"),
        "the real layouts are missing, and in CI that is a failure"
    );
    found
}

#[test]
fn a_layout_of_cosign_save_goes_through_a_registry_and_verifies_offline() {
    let Some(real) = real() else { return };
    let (registry, folder) = (Warehouse::start(WITH_TOKEN), tempfile::tempdir().unwrap());
    let layout = real.join("slsa-container-v2.1.0/container_workflow_dispatch");
    let reference = registry.reference("org/app", "v2.1.0");
    done(
        folder.path(),
        &[
            "load",
            &format!("oci-layout:{}", layout.display()),
            "--to",
            &reference,
        ],
    );
    done(folder.path(), &["save", &reference, "--to", "image"]);
    assert_eq!(files(&folder.path().join("image")), files(&layout));
    let index: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("image/index.json")).unwrap()).unwrap();
    let kinds: Vec<&str> = index["manifests"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["annotations"]["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "dev.cosignproject.cosign/atts",
            "dev.cosignproject.cosign/imageIndex"
        ]
    );
    let workflow = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml";
    let verify = [
        "verify",
        "oci-layout:image",
        "--offline",
        "--type",
        "slsa-provenance",
        "--identity",
        &format!("{workflow}@refs/tags/v2.1.0"),
        "--issuer",
        "https://token.actions.githubusercontent.com",
    ];
    done(folder.path(), &verify);
}
