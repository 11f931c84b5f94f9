//! Directories: one signature over the list of all their files.

use serde_json::Value;

use super::{EMAIL, World, assert_code, text};

/// A world with a directory `model` of a few files.
fn world() -> World {
    let world = World::new();
    write(&world, "model/config.json", "{}");
    write(&world, "model/weights/0.bin", "zero");
    write(&world, "model/weights/1.bin", "one");
    world
}

fn write(world: &World, name: &str, content: &str) {
    let path = world.path(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

/// The exit code of `verify`, and the codes of what it found.
fn verify(world: &World, arguments: &[&str]) -> (i32, Vec<String>) {
    let issuer = world.sandbox.urls().oidc.trim_end_matches('/').to_owned();
    let output = world
        .command()
        .arg("verify")
        .args(arguments)
        .args(["--identity", EMAIL, "--issuer", &issuer, "--format", "json"])
        .arg("--trusted-root")
        .arg(world.trusted_root())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let subject = &report["subjects"][0];
    let of_candidates = subject["candidates"].as_array().into_iter().flatten();
    let codes = of_candidates
        .chain([subject])
        .flat_map(|holder| holder["findings"].as_array().into_iter().flatten())
        .filter_map(|finding| finding["code"].as_str())
        .filter(|code| code.starts_with("directory-"))
        .map(str::to_owned)
        .collect();
    (output.status.code().unwrap(), codes)
}

fn denied(codes: &[&str]) -> (i32, Vec<String>) {
    (1, codes.iter().map(|code| (*code).to_owned()).collect())
}

fn allowed() -> (i32, Vec<String>) {
    (0, Vec::new())
}

#[test]
fn a_directory_is_what_was_signed_as_long_as_every_file_is() {
    let world = world();
    let output = world.keyless(&["model/"]);
    assert_code(&output, 0);
    assert!(world.exists("model.sigstore.json"));
    assert_eq!(verify(&world, &["model"]), allowed());
    assert_eq!(verify(&world, &["model/"]), allowed());
    // Where it lies and what it is called is not signed.
    std::fs::rename(world.path("model"), world.path("copy")).unwrap();
    let named = ["copy", "--bundle", "model.sigstore.json"];
    assert_eq!(verify(&world, &named), allowed());
    let other = world.verify_identity("copy", "dev@examp1e.com");
    assert_ne!(other, 0);

    write(&world, "copy/weights/1.bin", "changed");
    assert_eq!(verify(&world, &named), denied(&["directory-file-changed"]));
    std::fs::remove_file(world.path("copy/weights/1.bin")).unwrap();
    assert_eq!(verify(&world, &named), denied(&["directory-file-missing"]));
    write(&world, "copy/weights/1.bin", "one");
    assert_eq!(verify(&world, &named), allowed());
    write(&world, "copy/run.py", "evil");
    assert_eq!(verify(&world, &named), denied(&["directory-file-added"]));
}

/// The digest that stands for a directory says nothing of names. The names count all the same.
#[test]
fn a_file_by_another_name_is_another_file() {
    let world = world();
    assert_code(&world.keyless(&["model"]), 0);
    std::fs::rename(world.path("model/config.json"), world.path("model/confih.json")).unwrap();
    assert_eq!(
        verify(&world, &["model"]),
        denied(&["directory-file-missing", "directory-file-added"])
    );
}

#[test]
fn a_link_is_refused_by_the_signer_and_by_the_verifier() {
    let world = world();
    assert_code(&world.keyless(&["model"]), 0);
    std::fs::remove_file(world.path("model/config.json")).unwrap();
    std::os::unix::fs::symlink(world.path("app"), world.path("model/config.json")).unwrap();
    assert_eq!(verify(&world, &["model"]), denied(&["directory-unrepresentable"]));
    let output = world.keyless(&["model", "--overwrite"]);
    assert_code(&output, 4);
    let told = text(&output.stderr);
    assert!(told.contains("config.json is a symbolic link"), "{told}");
}

#[test]
fn what_is_left_out_is_left_out_by_both() {
    let world = world();
    write(&world, "model/.git/HEAD", "ref");
    let bundle = "model/model.sig";
    let output = world.keyless(&["model", "--bundle", bundle, "--ignore", ".git"]);
    assert_code(&output, 0);
    // The signer's word that something does not count is not taken.
    let named = ["model", "--bundle", bundle];
    assert_eq!(verify(&world, &named), denied(&["directory-file-added"]));
    let ignoring = [&named[..], &["--ignore", ".git"]].concat();
    assert_eq!(verify(&world, &ignoring), allowed());
    write(&world, "model/.gitignore", "x");
    assert_eq!(verify(&world, &ignoring), denied(&["directory-file-added"]));
    assert_eq!(verify(&world, &["app", "--ignore", ".git"]).0, 2);
}

/// The digest of a directory is that of a file with the digests of its files in it, and neither stands for the other.
#[test]
fn a_signature_of_another_kind_is_no_signature_of_a_directory() {
    let world = world();
    let digests: Vec<u8> = ["{}", "zero", "one"]
        .iter()
        .flat_map(|content| {
            let digest = portcullis::subject::Digest::sha256(content.as_bytes());
            digest.as_bytes().to_vec()
        })
        .collect();
    std::fs::write(world.path("digests"), digests).unwrap();
    assert_code(&world.keyless(&["digests", "--bundle", "model.sigstore.json"]), 0);
    assert_eq!(verify(&world, &["model"]).0, 1);
    assert_eq!(
        verify(&world, &["digests", "--bundle", "model.sigstore.json"]).0,
        0
    );
}

#[test]
fn a_directory_is_signed_with_a_key_by_every_kind_of_log_entry() {
    let world = world();
    let key = portcullis::sigstore::keys::PrivateKey::generate(super::KeyKind::EcdsaP256).unwrap();
    let pem = key.to_sealed_pem(&super::Password::new(super::PASSWORD)).unwrap();
    std::fs::write(world.path("key"), pem).unwrap();
    std::fs::write(world.path("key.pub"), super::public_pem(&key).unwrap()).unwrap();
    for version in ["1", "2"] {
        let sign = ["model", "--overwrite", "--key", "key", "--rekor-version", version];
        assert_code(&world.sign(&sign), 0);
        assert_eq!(world.verify(&["model", "--key", "key.pub"]), 0);
    }
}
