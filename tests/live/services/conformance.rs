//! The commands of the Sigstore client conformance protocol on the real services.

use portcullis::subject::Digest;
use serde_json::json;

use crate::cosign::{World, theirs};
use crate::pairs::met;
use crate::services::Services;

const NOTE: &str = "https://example.com/note/v1";

#[test]
fn what_conformance_signs_conformance_and_cosign_verify() {
    let Some(services) = Services::start(true) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    world.write("other", "another file");
    let hex = Digest::sha256(b"the file").to_string().replace("sha256:", "");
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": NOTE, "predicate": {"said": "hello"},
        "subject": [{"name": "app", "digest": {"sha256": hex}}],
    });
    world.write("statement.json", statement.to_string());
    let token = std::fs::read_to_string(world.folder().join("token")).unwrap();
    for config in ["rekor-v1.json", "rekor-v1-alone.json", "rekor-v2.json"] {
        for (signed, verify_blob) in [
            (&["app"][..], &["verify-blob"][..]),
            (
                &["--in-toto", "statement.json"],
                &["verify-blob-attestation", "--type", NOTE],
            ),
        ] {
            let words = ["conformance", "sign-bundle", "--identity-token", &token];
            let services = ["--trusted-root", "root.json", "--signing-config", config];
            let bundle = ["--bundle", "bundle.json"];
            world.must(
                World::portcullis,
                &[&words, &services[..], &bundle, signed].concat(),
            );
            for (file, code, said) in [("app", 0, "allowed"), ("other", 1, "denied")] {
                let rest = [&bundle, &world.keyless()[..], &[file]].concat();
                let run = world.portcullis(&[&["conformance", "verify-bundle"], &rest[..]].concat());
                assert_eq!(run.code, code, "{config} {signed:?} {file}: {run:?}");
                let check = world.cosign(&[verify_blob, &rest].concat());
                assert_eq!(theirs(&check), said, "{config} {signed:?} {file}: {check:?}");
            }
        }
    }
    for judge in ["portcullis conformance", "cosign"] {
        met(&format!(
            "portcullis conformance > {judge}: bundles, Fulcio, Rekor v1 and v2"
        ));
    }
}
