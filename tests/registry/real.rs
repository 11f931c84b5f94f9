//! Images that others signed with the public-good instance, as a registry would hold them.

use std::path::{Path, PathBuf};

use portcullis::registry::client::Client;
use portcullis::report::{Code, PlaceKind, PlaceOutcome, Verdict};
use portcullis::sigstore::certificate::SanKind;
use portcullis::sigstore::trust::TrustChoice;
use portcullis::subject::Digest;
use serde_json::Value;

use crate::content::config;
use crate::fake::{Contents, Registry};
use crate::judge::{Answer, Question, attestation_by, engine_for, identity_of_kind};

/// The folder with the layouts, if it is at hand. In CI it has to be.
fn folder() -> Option<PathBuf> {
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

/// A saved layout as the registry had it: the attestation under cosign's tag.
fn load(layout: &Path) -> Contents {
    let text = std::fs::read_to_string(layout.with_extension("digest")).unwrap();
    let mut contents = Contents {
        root: text.trim().to_owned(),
        ..Contents::default()
    };
    for entry in std::fs::read_dir(layout.join("blobs/sha256")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let digest = Digest::sha256(&bytes).to_string();
        let manifest = serde_json::from_slice::<Value>(&bytes)
            .ok()
            .filter(|json| json["schemaVersion"] == 2);
        match manifest {
            Some(manifest) => {
                let media_type = manifest["mediaType"].as_str().unwrap().to_owned();
                contents.manifests.insert(digest, (media_type, bytes));
            }
            None => {
                contents.blobs.insert(digest, bytes);
            }
        }
    }
    let index: Value = serde_json::from_slice(&std::fs::read(layout.join("index.json")).unwrap()).unwrap();
    let attestations = &index["manifests"][1];
    assert_eq!(
        attestations["annotations"]["kind"],
        "dev.cosignproject.cosign/atts"
    );
    let tag = format!("{}.att", contents.root.replace(':', "-"));
    contents.tag(&tag, attestations);
    contents.tags.insert("v1".to_owned(), contents.root.clone());
    contents
}

/// Asks a registry with the referrers API, which has nothing to list, and one without it.
fn ask(version: &str) -> Option<[Answer; 2]> {
    Some([ask_one(version, true)?, ask_one(version, false)?])
}

fn ask_one(version: &str, has_referrers: bool) -> Option<Answer> {
    let layout = folder()?.join(format!("slsa-container-{version}/container_workflow_dispatch"));
    let registry = Registry::start(Contents {
        has_referrers,
        ..load(&layout)
    });
    let engine = engine_for(&TrustChoice::PublicGood);
    let client = Client::new(config()).unwrap();
    let workflow = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml";
    let pin = identity_of_kind(
        &format!("{workflow}@refs/tags/{version}"),
        SanKind::Uri,
        "https://token.actions.githubusercontent.com",
    );
    let demand = attestation_by(pin, "slsa-provenance");
    let answer = Question::image(&engine, &client, &registry.reference("v1"), demand).ask();
    let place = |kind| {
        let mut places = answer.report.places.iter();
        places.find(|place| place.kind == kind).unwrap()
    };
    assert_eq!(
        place(PlaceKind::AttestationTag).outcome,
        PlaceOutcome::Found { count: 1 }
    );
    let referrers = place(PlaceKind::Referrers);
    assert_eq!(referrers.outcome, PlaceOutcome::Nothing);
    assert_eq!(referrers.asked[0].ends_with(": 200"), has_referrers);
    Some(answer)
}

#[test]
fn a_real_attestation_verifies_offline_under_the_public_good_root() {
    for answer in ask("v2.1.0").into_iter().flatten() {
        assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    }
}

#[test]
fn a_real_attestation_whose_log_entry_binds_nothing_is_denied_by_name() {
    for answer in ask("v1.4.0").into_iter().flatten() {
        assert_eq!(answer.verdict(), Verdict::Denied, "{}", answer.explain());
        assert_eq!(answer.reason(), Some(Code::UnsupportedLogEntry));
    }
}
