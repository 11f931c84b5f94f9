//! Two layouts that `cosign save` wrote, with attestations of the public-good instance.

use std::path::Path;

use super::*;
use crate::registry::{AttachmentContent, PlatformChoice, discover};
use crate::report::{PlaceKind, PlaceOutcome};
use crate::subject::LayoutSelector;

/// The directory with the layouts, if it is at hand. In CI it has to be.
fn directory() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/real", "../../shared/real"]
        .map(|path| root.join(path))
        .into_iter()
        .find(|path| path.is_dir());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none_or(|value| value != "true"),
            "the real layouts are missing, and in CI that is a failure"
        );
        println!("skipped: ../shared/real with the real layouts is not at hand");
    }
    found
}

#[test]
fn saved_layouts_give_their_image_and_one_attestation() {
    let Some(directory) = directory() else {
        return;
    };
    for (name, envelope, predicate) in [
        (
            "slsa-container-v1.4.0",
            "sha256:784c5bd14237b9a979fd0251f01dcc7956f06da243ca1e9c52470c410e53c654",
            None,
        ),
        (
            "slsa-container-v2.1.0",
            "sha256:e163b472f2e5d66e5a2a45e26e020c51a0d2da7dc8b567b31fc2ebfd33dbc33a",
            Some("https://slsa.dev/provenance/v0.2"),
        ),
    ] {
        let path = directory.join(name).join("container_workflow_dispatch");
        let expected: Digest = fs::read_to_string(path.with_extension("digest"))
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        let layout = Layout::open(path).unwrap();
        let resolved = layout
            .resolve(&LayoutSelector::Only, &PlatformChoice::AsIs)
            .unwrap();
        assert_eq!(resolved.len(), 1);
        assert_eq!(resolved[0].digest, expected);

        let discovery = discover(&layout, &expected);
        let signed: Vec<_> = discovery
            .attachments
            .iter()
            .filter(|attachment| !matches!(attachment.content, AttachmentContent::Unsigned { .. }))
            .collect();
        let [attachment] = signed.as_slice() else {
            panic!("{name}: {signed:?}");
        };
        let place = &discovery.places[attachment.place];
        assert_eq!(place.kind, PlaceKind::SavedLayout);
        assert_eq!(place.outcome, PlaceOutcome::Found { count: 1 });
        assert_eq!(attachment.about, expected);
        let AttachmentContent::LegacyAttestation {
            envelope: bytes,
            annotations,
        } = &attachment.content
        else {
            panic!("{attachment:?}");
        };
        assert_eq!(Digest::sha256(bytes).to_string(), envelope);
        assert!(annotations["dev.sigstore.cosign/certificate"].starts_with("-----BEGIN CERTIFICATE-----"));
        assert_eq!(annotations.get("predicateType").map(String::as_str), predicate);
    }
}

#[test]
fn the_real_index_has_one_platform_and_one_unsigned_statement() {
    let Some(directory) = directory() else {
        return;
    };
    let layout = Layout::open(directory.join("slsa-container-v2.1.0/container_workflow_dispatch")).unwrap();
    let resolve = |choice| layout.resolve(&LayoutSelector::Only, &choice).unwrap();
    let index = resolve(PlatformChoice::AsIs).remove(0).digest;
    let image = resolve(PlatformChoice::One("linux/amd64".parse().unwrap())).remove(0);
    assert_eq!(image.parent, Some(index.clone()));
    assert_eq!(resolve(PlatformChoice::All).len(), 2);
    for digest in [index, image.digest.clone()] {
        let discovery = discover(&layout, &digest);
        let unsigned: Vec<_> = discovery
            .attachments
            .iter()
            .filter(|attachment| matches!(attachment.content, AttachmentContent::Unsigned { .. }))
            .collect();
        assert_eq!(unsigned.len(), 1);
        assert_eq!(unsigned[0].about, image.digest);
    }
}

#[test]
fn a_real_single_image_has_the_platform_of_its_configuration() {
    let Some(directory) = directory() else {
        return;
    };
    let layout = Layout::open(directory.join("slsa-container-v1.4.0/container_workflow_dispatch")).unwrap();
    let pick = |platform: &str| {
        layout.resolve(
            &LayoutSelector::Only,
            &PlatformChoice::One(platform.parse().unwrap()),
        )
    };
    assert!(pick("linux/amd64").is_ok());
    assert!(matches!(pick("linux/arm64"), Err(LayoutError::NotFound { .. })));
}
