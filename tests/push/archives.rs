//! Archives as `docker save` writes them, genuine and hostile.

use std::path::Path;

use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::copying::{WITH_TOKEN, done, failed};
use crate::warehouse::Warehouse;

/// One entry of a tar archive, written by hand so that it can be anything.
struct Entry {
    name: String,
    kind: u8,
    link: &'static str,
    bytes: Vec<u8>,
    /// What the header says, if that is something else.
    size: Option<u64>,
}

fn file(name: &str, bytes: &[u8]) -> Entry {
    Entry {
        name: name.to_owned(),
        kind: b'0',
        link: "",
        bytes: bytes.to_vec(),
        size: None,
    }
}

fn tar(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        let mut header = [0_u8; 512];
        let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
        let size = entry.size.unwrap_or(entry.bytes.len() as u64);
        put(0, entry.name.as_bytes());
        put(100, b"0000644\0");
        put(108, b"0000000\0");
        put(116, b"0000000\0");
        put(124, format!("{size:011o}\0").as_bytes());
        put(136, b"00000000000\0");
        put(148, b"        ");
        put(156, &[entry.kind]);
        put(157, entry.link.as_bytes());
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(header);
        out.extend(&entry.bytes);
        out.resize(out.len().div_ceil(512) * 512, 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

const LAYER: &[u8] = b"what stands for a layer";

fn config(layer: &[u8]) -> Vec<u8> {
    let digest = Digest::sha256(layer).to_string();
    let rootfs = json!({"type": "layers", "diff_ids": [digest]});
    json!({"os": "linux", "architecture": "amd64", "rootfs": rootfs})
        .to_string()
        .into_bytes()
}

/// The entries of an image as Docker before 25 saves it.
fn old() -> Vec<Entry> {
    let list = json!([{"Config": "config.json", "RepoTags": ["org/app:v1"], "Layers": ["abc/layer.tar"]}]);
    vec![
        file("abc/VERSION", b"1.0"),
        file("abc/layer.tar", LAYER),
        file("config.json", &config(LAYER)),
        file("manifest.json", list.to_string().as_bytes()),
    ]
}

fn load(folder: &Path, archive: &[u8]) -> (Warehouse, String) {
    let registry = Warehouse::start(WITH_TOKEN);
    std::fs::write(folder.join("app.tar"), archive).unwrap();
    let loaded = done(
        folder,
        &["load", "app.tar", "--to", &registry.reference("org/app", "v1")],
    );
    (registry, loaded)
}

#[test]
fn an_old_archive_becomes_an_image_of_its_own_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (registry, _) = load(folder.path(), &tar(&old()));
    let manifest: Value = serde_json::from_slice(&registry.tagged("org/app", "v1").unwrap()).unwrap();
    let layer = manifest["layers"][0]["digest"].as_str().unwrap();
    assert_eq!(registry.blob("org/app", layer).unwrap(), LAYER);
    let config_digest = manifest["config"]["digest"].as_str().unwrap();
    assert_eq!(registry.blob("org/app", config_digest).unwrap(), config(LAYER));
    let to = registry.reference("org/app", "v2");
    done(
        folder.path(),
        &["load", "docker-archive:app.tar:org/app:v1", "--to", &to],
    );
    let said = failed(
        folder.path(),
        4,
        &["load", "docker-archive:app.tar:org/app:v9", "--to", &to],
    );
    assert!(said.contains("subject-not-found"), "{said}");
}

#[test]
fn a_new_archive_is_the_layout_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(LAYER);
    let pointer = |media_type: &str, bytes: &[u8]| json!({"mediaType": media_type, "digest": Digest::sha256(bytes).to_string(), "size": bytes.len()});
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": pointer("application/vnd.oci.image.config.v1+json", &config),
        "layers": [pointer("application/vnd.oci.image.layer.v1.tar", LAYER)],
    });
    let manifest = manifest.to_string().into_bytes();
    let entry = pointer("application/vnd.oci.image.manifest.v1+json", &manifest);
    let index = json!({"schemaVersion": 2, "manifests": [entry]}).to_string();
    let blob = |bytes: &[u8]| file(&format!("blobs/sha256/{}", Digest::sha256(bytes).to_hex()), bytes);
    let archive = tar(&[
        blob(LAYER),
        blob(&config),
        blob(&manifest),
        file("./index.json", index.as_bytes()),
        file("oci-layout", b"{\"imageLayoutVersion\":\"1.0.0\"}"),
        file("manifest.json", b"[]"),
    ]);
    let (registry, loaded) = load(folder.path(), &archive);
    assert!(
        loaded.ends_with(&Digest::sha256(&manifest).to_string()),
        "{loaded}"
    );
    assert_eq!(registry.tagged("org/app", "v1").unwrap(), manifest);
}

#[test]
fn hostile_archives_are_refused_and_write_nothing_outside() {
    let with = |entry: Entry| {
        let mut entries = old();
        entries.insert(0, entry);
        tar(&entries)
    };
    let without_layer = |entry: Entry| {
        let mut entries = old();
        entries[1] = entry;
        tar(&entries)
    };
    let link = |name: &str, kind: u8, link: &'static str| Entry {
        kind,
        link,
        ..file(name, b"")
    };
    let whole = tar(&old());
    let mut bomb = file("abc/bomb", b"");
    bomb.size = Some(8 << 30);
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("absolute", with(file("/etc/cron.d/x", b"x")), "leads out of it"),
        ("parent", with(file("a/../../escaped", b"x")), "leads out of it"),
        ("twice", with(file("./config.json", b"{}")), "stands in it twice"),
        (
            "symlink",
            without_layer(link("abc/layer.tar", b'2', "/etc/passwd")),
            "or a link in its place",
        ),
        (
            "hard link",
            without_layer(link("abc/layer.tar", b'1', "/etc/passwd")),
            "or a link in its place",
        ),
        ("device", with(link("dev", b'3', "")), "is no file"),
        (
            "other layer",
            without_layer(file("abc/layer.tar", b"other")),
            "not those that the configuration names",
        ),
        ("bomb", with(bomb), "larger than the archive"),
        (
            "long name",
            with(Entry {
                kind: b'L',
                ..file("././@LongLink", &vec![b'a'; 2 << 20])
            }),
            "described by more bytes than are read",
        ),
        (
            "large attributes",
            with(Entry {
                kind: b'x',
                ..file("attributes", &vec![b'a'; 2 << 20])
            }),
            "described by more bytes than are read",
        ),
        (
            "many",
            tar(&(0..20_001).map(|n| file(&n.to_string(), b"")).collect::<Vec<_>>()),
            "more than 20000 entries",
        ),
        ("cut", whole[..600].to_vec(), "archive-malformed"),
        (
            "compressed",
            [&[0x1f, 0x8b, 8][..], &whole].concat(),
            "uncompress it first",
        ),
        ("empty", Vec::new(), "neither an OCI layout nor a manifest.json"),
        ("no tar", vec![b'x'; 4096], "archive-malformed"),
    ];
    for (name, archive, words) in cases {
        let registry = Warehouse::start(WITH_TOKEN);
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("in");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("app.tar"), archive).unwrap();
        let said = failed(
            &folder,
            4,
            &["load", "app.tar", "--to", &registry.reference("org/app", "v1")],
        );
        let joined = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(joined.contains(words), "{name}: {said}");
        assert!(registry.seen().is_empty(), "{name}: the registry was asked");
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 1, "{name}");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "{name}");
    }
}
