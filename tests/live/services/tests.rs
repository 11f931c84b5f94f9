//! What either program signs with the real services, both judge.

use super::Services;
use crate::cosign_images::Signer;
use crate::pairs::met;
use crate::{cosign_files, cosign_images};

/// Each signer, with its option for a token in a file.
const SIGNERS: [(&str, &str); 2] = [
    ("portcullis", "--identity-token-file"),
    ("cosign", "--identity-token"),
];

/// Records a pair in both directions.
pub(super) fn both_met(what: &str) {
    met(&format!("portcullis > cosign: {what}"));
    met(&format!("cosign > portcullis: {what}"));
}

/// The real services take and give what the sandbox's do.
#[test]
fn files_get_the_same_answers_as_with_the_sandbox() {
    let Some(services) = Services::start(true) else {
        return;
    };
    assert_eq!(cosign_files::answers(&services.world), cosign_files::ANSWERS);
    both_met("files, Fulcio, Rekor v1, timestamps");
    both_met("files, Fulcio, Rekor v2, timestamps");
}

#[test]
fn images_get_the_same_answers_as_with_the_sandbox() {
    let Some(services) = Services::start(true) else {
        return;
    };
    let world = &services.world;
    cosign_images::prepare(world);
    for signer in [Signer::Portcullis, Signer::Cosign] {
        assert_eq!(
            cosign_images::judge(world, signer),
            cosign_images::ANSWERS,
            "{signer:?}"
        );
    }
    both_met("images, Fulcio, Rekor v2, timestamps");
}

/// Nobody but Rekor v1 says when: its promise is the time.
#[test]
fn the_promise_of_rekor_v1_is_a_time() {
    let Some(services) = Services::start(true) else {
        return;
    };
    let world = &services.world;
    world.write("app", "the file");
    world.write("other", "another file");
    for (signer, token) in SIGNERS {
        let run = services.sign(signer, "rekor-v1-alone.json", &[token, "token"], signer);
        assert_eq!(run.code, 0, "{run:?}");
        let bundle: serde_json::Value =
            serde_json::from_slice(&std::fs::read(world.folder().join(signer)).unwrap()).unwrap();
        let material = &bundle["verificationMaterial"];
        assert!(
            material["tlogEntries"][0]["inclusionPromise"].is_object(),
            "{bundle}"
        );
        assert!(
            material["timestampVerificationData"]["rfc3161Timestamps"][0].is_null(),
            "{bundle}"
        );
        assert_eq!(
            services.judge(signer, &[]),
            ["allowed", "allowed", "denied", "denied"],
            "{signer}"
        );
    }
    both_met("files, Fulcio, Rekor v1 without timestamps");
}

/// Certificates without a promise of a CT log: cosign makes them and can be told to take them, we do neither.
#[test]
fn certificates_that_no_ct_log_promised_are_refused() {
    let Some(services) = Services::start(false) else {
        return;
    };
    services.world.write("app", "the file");
    services.world.write("other", "another file");
    let [ours, theirs] = SIGNERS
        .map(|(signer, token)| services.sign(signer, "rekor-v2.json", &[token, "token"], "bundle.json"));
    assert_eq!(ours.code, 4, "{ours:?}");
    assert!(
        ours.stderr.contains("no certificate transparency log"),
        "{ours:?}"
    );
    assert_eq!(theirs.code, 0, "{theirs:?}");
    let told = services.judge("bundle.json", &["--insecure-ignore-sct"]);
    assert_eq!(told, ["denied", "allowed", "denied", "denied"]);
    assert_eq!(services.judge("bundle.json", &[]), ["denied"; 4]);
    met("cosign > portcullis: files, Fulcio without a CT log");
}
