//! A sandbox with a folder is the same sandbox when it is started again.

use portcullis::sandbox::KeyKind;
use portcullis::sandbox::server::{Options, Sandbox, StartError};
use serde_json::Value;

use crate::client::{get, post, send};
use crate::signing::{ARTIFACT, hashedrekord_v1, signer};

#[test]
fn keys_logs_and_images_are_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        dir: Some(folder.path().join("sandbox")),
        ..Options::default()
    };
    let blob = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
    let url = |sandbox: &Sandbox| format!("{}/api/v1/log/entries", sandbox.urls().rekor_v1);
    let size = |sandbox: &Sandbox| {
        get(&format!("{}/api/v1/log", sandbox.urls().rekor_v1))
            .expect(200)
            .json()["treeSize"]
            .clone()
    };
    let certificates = |sandbox: &Sandbox| {
        get(&format!("{}/ct/v1/get-sth", sandbox.urls().ct))
            .expect(200)
            .json()["tree_size"]
            .clone()
    };
    let sandbox = Sandbox::start(options()).unwrap();
    let first = signer(&sandbox, KeyKind::P256);
    let request = hashedrekord_v1(&first, ARTIFACT);
    post(&url(&sandbox), &request).expect(201);
    let (root, before): (Value, Value) = (sandbox.trusted_root().clone(), size(&sandbox));
    let uploads = format!(
        "http://{}/v2/a/blobs/uploads/?digest={blob}",
        sandbox.urls().registry
    );
    send("POST", &uploads, &[], "a").expect(201);
    drop(sandbox);

    let sandbox = Sandbox::start(options()).unwrap();
    assert_eq!(*sandbox.trusted_root(), root);
    assert_eq!(size(&sandbox), before);
    assert_eq!(certificates(&sandbox), 1);
    post(&url(&sandbox), &request).expect(409);
    get(&format!("http://{}/v2/a/blobs/{blob}", sandbox.urls().registry)).expect(200);
    // No two certificates with one serial number.
    assert_ne!(signer(&sandbox, KeyKind::P256).leaf, first.leaf);
    drop(sandbox);

    let other = Options {
        seed: Some(1),
        ..options()
    };
    assert!(matches!(Sandbox::start(other), Err(StartError::Folder { .. })));
}

#[test]
fn a_folder_with_damaged_contents_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        dir: Some(folder.path().to_owned()),
        ..Options::default()
    };
    drop(Sandbox::start(options()).unwrap());
    for file in ["entries.jsonl", "registry/repositories.json", "state.json"] {
        let path = folder.path().join(file);
        let before = std::fs::read(&path).ok();
        std::fs::write(&path, "damaged\n").unwrap();
        assert!(
            matches!(Sandbox::start(options()), Err(StartError::Folder { .. })),
            "{file}"
        );
        match before {
            Some(before) => std::fs::write(&path, before).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
    }
}
