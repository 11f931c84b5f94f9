//! What is attached to a digest, place by place.

use super::*;
use crate::registry::limits::{MAX_ATTACHMENTS, MAX_EVIDENCE_BYTES, MAX_EVIDENCE_TOTAL_BYTES};
use crate::registry::{Attachment, AttachmentContent, Discovery, discover};
use crate::report::{Code, PlaceKind, PlaceOutcome};

const ALL_PLACES: [PlaceKind; 7] = [
    PlaceKind::Referrers,
    PlaceKind::ReferrersTag,
    PlaceKind::SignatureTag,
    PlaceKind::AttestationTag,
    PlaceKind::SbomTag,
    PlaceKind::SavedLayout,
    PlaceKind::BuildkitIndex,
];

fn attached(builder: &Builder, to: &Value) -> Discovery {
    discover(&builder.open().unwrap(), &digest(to))
}

fn tag(image: &Value, suffix: &str) -> String {
    format!("sha256-{}{suffix}", digest(image).to_hex())
}

fn outcome(discovery: &Discovery, kind: PlaceKind) -> &PlaceOutcome {
    let mut places = discovery.places.iter().filter(|place| place.kind == kind);
    let place = places.next().unwrap();
    assert!(places.next().is_none());
    &place.outcome
}

/// Asserts that these places found so much and all others nothing, and that attachments point to them.
fn assert_found(discovery: &Discovery, found: &[(PlaceKind, usize)]) {
    for kind in ALL_PLACES {
        let expected = match found.iter().find(|place| place.0 == kind) {
            Some((_, count)) => PlaceOutcome::Found { count: *count },
            None => PlaceOutcome::Nothing,
        };
        assert_eq!(*outcome(discovery, kind), expected, "{kind:?}");
    }
    for attachment in &discovery.attachments {
        let kind = discovery.places[attachment.place].kind;
        assert!(found.iter().any(|place| place.0 == kind), "{kind:?}");
    }
}

fn code(attachment: &Attachment) -> Code {
    match &attachment.content {
        AttachmentContent::Unreadable(finding) => finding.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_place_is_reported_when_there_is_nothing() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    builder.add(&image);
    let discovery = attached(&builder, &image);
    assert_found(&discovery, &[]);
    let kinds: Vec<PlaceKind> = discovery.places.iter().map(|place| place.kind).collect();
    assert_eq!(kinds, ALL_PLACES);
    for place in &discovery.places {
        assert_eq!(place.about, Some(digest(&image)));
        assert!(!place.location.is_empty());
    }
}

#[test]
fn referrers_are_found_by_their_subject() {
    for media_type in [
        BUNDLE,
        "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "application/vnd.dev.sigstore.bundle.v9.9+json",
    ] {
        let mut builder = Builder::new();
        let (image, other) = (builder.image("app"), builder.image("other"));
        let layer = annotated(
            &builder.blob(media_type, b"bundle"),
            "dev.sigstore.bundle.predicateType",
            "https://slsa.dev/provenance/v1",
        );
        let referrer = builder.artifact(&[layer], Some(&image));
        builder.add(&image).add(&other).add(&referrer);
        let discovery = attached(&builder, &image);
        assert_found(&discovery, &[(PlaceKind::Referrers, 1)]);
        assert_eq!(
            discovery.attachments,
            [Attachment {
                place: 0,
                location: format!("{}, layer 1 of 1", digest(&referrer)),
                about: digest(&image),
                digest: Digest::sha256(b"bundle"),
                size: 6,
                content: AttachmentContent::Bundle {
                    bytes: b"bundle".to_vec(),
                    predicate_type: Some("https://slsa.dev/provenance/v1".into()),
                },
            }]
        );
        assert_found(&attached(&builder, &other), &[]);
    }
}

#[test]
fn every_layer_of_a_referrer_is_delivered_whatever_it_is() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let layers = [
        builder.blob(BUNDLE, b"1"),
        builder.blob("application/spdx+json", b"2"),
        builder.blob("application/x-unheard-of", b"3"),
        builder.blob("application/vnd.in-toto+json", b"4"),
        builder.blob("application/vnd.dev.sigstore.bundles", b"5"),
    ];
    let referrer = builder.artifact(&layers, Some(&image));
    builder.add(&image).add(&referrer);
    let discovery = attached(&builder, &image);
    assert_found(&discovery, &[(PlaceKind::Referrers, 5)]);
    let unsigned: Vec<(&str, &str)> = discovery
        .attachments
        .iter()
        .filter_map(|attachment| match &attachment.content {
            AttachmentContent::Unsigned {
                format, media_type, ..
            } => Some((*format, media_type.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(
        unsigned,
        [
            ("SBOM", "application/spdx+json"),
            ("other content", "application/x-unheard-of"),
            ("in-toto statement", "application/vnd.in-toto+json"),
            ("other content", "application/vnd.dev.sigstore.bundles"),
        ]
    );
}

#[test]
fn referrers_without_layers_and_index_referrers_are_listed() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let bare = builder.artifact(&[], Some(&image));
    let index = builder.document(&json!({
        "schemaVersion": 2, "mediaType": OCI_INDEX, "artifactType": "application/x-set", "manifests": [], "subject": image,
    }));
    builder.add(&image).add(&bare).add(&index);
    let discovery = attached(&builder, &image);
    assert_found(&discovery, &[(PlaceKind::Referrers, 2)]);
    let unsigned = |format, media_type: &str| AttachmentContent::Unsigned {
        format,
        media_type: media_type.to_owned(),
        predicate_type: None,
    };
    assert_eq!(
        discovery.attachments[0].content,
        unsigned("artifact without content", BUNDLE)
    );
    assert_eq!(
        discovery.attachments[1].content,
        unsigned("image index", "application/x-set")
    );
    assert_eq!(discovery.attachments[1].location, digest(&index).to_string());
}

#[test]
fn what_two_places_lead_to_is_delivered_once_and_counted_twice() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let referrer = builder.artifact(&[builder.blob(BUNDLE, b"bundle")], Some(&image));
    let referrers = builder.index_of(&[referrer]);
    builder.add(&image).add_tagged(&referrers, &tag(&image, ""));
    let discovery = attached(&builder, &image);
    assert_found(
        &discovery,
        &[(PlaceKind::Referrers, 1), (PlaceKind::ReferrersTag, 1)],
    );
    assert_eq!(discovery.attachments.len(), 1);
}

#[test]
fn the_referrers_tag_of_a_long_digest_is_cut() {
    use crate::subject::Algorithm;
    let mut builder = Builder::new();
    let bytes = builder.image_document("app").to_string();
    let digest = Digest::of(Algorithm::Sha512, bytes.as_bytes());
    fs::create_dir(builder.directory.path().join("blobs/sha512")).unwrap();
    builder.write(&format!("blobs/sha512/{}", digest.to_hex()), bytes.as_bytes());
    let image = json!({"mediaType": OCI_MANIFEST, "digest": digest.to_string(), "size": bytes.len()});
    let referrer = builder.artifact(&[builder.blob(BUNDLE, b"bundle")], Some(&image));
    let referrers = builder.index_of(&[referrer]);
    builder
        .add(&image)
        .add_tagged(&referrers, &format!("sha512-{}", &digest.to_hex()[..64]));
    let discovery = discover(&builder.open().unwrap(), &digest);
    assert_found(
        &discovery,
        &[(PlaceKind::Referrers, 1), (PlaceKind::ReferrersTag, 1)],
    );
}

#[test]
fn a_manifest_listed_as_a_referrer_of_something_else_is_not_passed_off() {
    let mut builder = Builder::new();
    let (image, other) = (builder.image("app"), builder.image("other"));
    let about_other = builder.artifact(&[builder.blob(BUNDLE, b"bundle")], Some(&other));
    let referrers = builder.index_of(&[about_other, other]);
    builder.add(&image).add_tagged(&referrers, &tag(&image, ""));
    let discovery = attached(&builder, &image);
    assert_found(&discovery, &[(PlaceKind::ReferrersTag, 2)]);
    for attachment in &discovery.attachments {
        assert_eq!(code(attachment), Code::ArtifactMismatch);
    }
}

#[test]
fn a_referrers_tag_that_is_no_index_fails_the_place() {
    let mut builder = Builder::new();
    let (image, other) = (builder.image("app"), builder.image("other"));
    builder.add(&image).add_tagged(&other, &tag(&image, ""));
    let discovery = attached(&builder, &image);
    let PlaceOutcome::Failed { detail, .. } = outcome(&discovery, PlaceKind::ReferrersTag) else {
        panic!("{discovery:?}");
    };
    assert!(detail.contains("has to point to an index"), "{detail}");
}

/// As `cosign copy` leaves it.
#[test]
fn a_referrers_tag_that_names_the_image_itself_lists_nothing() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let index = builder.index_of(std::slice::from_ref(&image));
    builder
        .add_tagged(&image, &tag(&image, ""))
        .add_tagged(&index, &tag(&index, ""));
    for subject in [&image, &index] {
        assert_found(&attached(&builder, subject), &[]);
    }
}

#[test]
fn legacy_tags_deliver_signatures_attestations_and_sboms() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    // Two people sign the same payload: two layers with one digest, told apart by their annotations only.
    let payload = builder.blob(SIMPLE_SIGNING, b"payload");
    let signature = |value| annotated(&payload, "dev.cosignproject.cosign/signature", value);
    let signatures = builder.artifact(&[signature("one"), signature("two")], None);
    let attestations = builder.artifact(&[builder.blob(DSSE, b"envelope")], None);
    let sbom = builder.artifact(&[builder.blob("text/spdx", b"sbom")], None);
    builder
        .add(&image)
        .add_tagged(&signatures, &tag(&image, ".sig"))
        .add_tagged(&attestations, &tag(&image, ".att"))
        .add_tagged(&sbom, &tag(&image, ".sbom"));
    let discovery = attached(&builder, &image);
    assert_found(
        &discovery,
        &[
            (PlaceKind::SignatureTag, 2),
            (PlaceKind::AttestationTag, 1),
            (PlaceKind::SbomTag, 1),
        ],
    );
    let [one, two, attestation, sbom] = discovery.attachments.as_slice() else {
        panic!("{discovery:?}");
    };
    for (attachment, expected) in [(one, "one"), (two, "two")] {
        let AttachmentContent::LegacySignature { payload, annotations } = &attachment.content else {
            panic!("{attachment:?}");
        };
        assert_eq!(payload, b"payload");
        assert_eq!(annotations["dev.cosignproject.cosign/signature"], expected);
    }
    assert_eq!(two.location, format!("{}, layer 2 of 2", tag(&image, ".sig")));
    assert!(
        matches!(&attestation.content, AttachmentContent::LegacyAttestation { envelope, .. } if envelope == b"envelope")
    );
    assert!(matches!(
        &sbom.content,
        AttachmentContent::Unsigned { format: "SBOM", .. }
    ));
}

#[test]
fn a_tag_of_another_digest_gives_nothing() {
    let mut builder = Builder::new();
    let (image, other) = (builder.image("app"), builder.image("other"));
    let signatures = builder.artifact(&[builder.blob(SIMPLE_SIGNING, b"payload")], None);
    let upper = format!("sha256-{}.sig", digest(&image).to_hex().to_uppercase());
    builder
        .add(&image)
        .add_tagged(&signatures, &tag(&other, ".sig"))
        .add_tagged(&signatures, &upper)
        .add_tagged(&signatures, &format!("../{}", tag(&image, ".sig")));
    assert_found(&attached(&builder, &image), &[]);
}

#[test]
fn a_saved_layout_ties_its_signatures_to_its_image() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let kind = |descriptor: &Value, kind: &str| {
        annotated(descriptor, "kind", &format!("dev.cosignproject.cosign/{kind}"))
    };
    let index = builder.index_of(std::slice::from_ref(&image));
    let signatures = builder.artifact(&[builder.blob(SIMPLE_SIGNING, b"payload")], None);
    let attestations = builder.artifact(&[builder.blob(DSSE, b"envelope")], None);
    builder
        .add(&kind(&index, "imageIndex"))
        .add(&kind(&signatures, "sigs"))
        .add(&kind(&attestations, "atts"));
    assert_found(&attached(&builder, &index), &[(PlaceKind::SavedLayout, 2)]);
    assert_found(&attached(&builder, &image), &[]);
}

#[test]
fn a_saved_layout_may_hold_referrers_that_its_index_does_not_list() {
    for (marked, expected) in [(true, vec![(PlaceKind::Referrers, 1)]), (false, vec![])] {
        let mut builder = Builder::new();
        let (image, other) = (builder.image("app"), builder.image("other"));
        builder.artifact(&[builder.blob(BUNDLE, b"{}")], Some(&image));
        builder.artifact(&[builder.blob(BUNDLE, b"{\"other\":1}")], Some(&other));
        // JSON, but no manifests: nobody said that they are.
        builder.blob(BUNDLE, b"{\"subject\":");
        builder.blob(BUNDLE, b"{\"subject\":{}}");
        let mark = annotated(&image, "kind", "dev.cosignproject.cosign/image");
        builder.add(if marked { &mark } else { &image });
        assert_found(&attached(&builder, &image), &expected);
    }
}

#[test]
fn an_unlisted_referrer_that_was_changed_leaves_the_list_incomplete() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let referrer = builder.artifact(&[builder.blob(BUNDLE, b"{}")], Some(&image));
    let file = builder.path_of(&referrer);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("bundle.v0.3", "bundle.v0.4")).unwrap();
    builder.add(&annotated(&image, "kind", "dev.cosignproject.cosign/image"));
    let discovery = attached(&builder, &image);
    let PlaceOutcome::Failed { detail, .. } = outcome(&discovery, PlaceKind::Referrers) else {
        panic!("{discovery:?}");
    };
    assert!(detail.contains("sha256:"), "{detail}");
}

#[test]
fn buildkit_attestations_are_listed_as_unsigned_for_the_index_and_the_image() {
    let mut builder = Builder::new();
    let (image, other) = (builder.image("app"), builder.image("other"));
    let index = builder.index_of(&[image.clone(), other.clone(), buildkit(&builder, &image)]);
    builder.add(&index);
    for asked in [&index, &image] {
        let discovery = attached(&builder, asked);
        assert_found(&discovery, &[(PlaceKind::BuildkitIndex, 1)]);
        assert_eq!(discovery.attachments[0].about, digest(&image));
        assert_eq!(
            discovery.attachments[0].content,
            AttachmentContent::Unsigned {
                format: "in-toto statement",
                media_type: "application/vnd.in-toto+json".into(),
                predicate_type: Some("https://slsa.dev/provenance/v0.2".into()),
            }
        );
    }
    assert_found(&attached(&builder, &other), &[]);
}

#[test]
fn what_can_be_verified_is_about_the_digest_that_was_asked_for_whatever_an_annotation_says() {
    let mut builder = Builder::new();
    let (image, other) = (builder.image("app"), builder.image("other"));
    let mut marked = buildkit(&builder, &other);
    let bundle = builder.artifact(&[builder.blob(BUNDLE, b"bundle")], None);
    for member in ["digest", "size"] {
        marked[member] = bundle[member].clone();
    }
    let index = builder.index_of(&[image, marked]);
    builder.add(&index);
    let discovery = attached(&builder, &index);
    assert_found(&discovery, &[(PlaceKind::BuildkitIndex, 1)]);
    assert_eq!(discovery.attachments[0].about, digest(&index));
}

#[test]
fn evidence_that_cannot_be_read_is_there_and_never_nothing() {
    type Damage = fn(&std::path::Path);
    let damages: [(Damage, Code); 3] = [
        (|path| fs::remove_file(path).unwrap(), Code::EvidenceUnreadable),
        (|path| fs::write(path, b"PAYLOAD").unwrap(), Code::LayoutMalformed),
        (
            |path| fs::write(path, b"longer than it was").unwrap(),
            Code::LayoutMalformed,
        ),
    ];
    for (damage, expected) in damages {
        let mut builder = Builder::new();
        let image = builder.image("app");
        let payload = builder.blob(SIMPLE_SIGNING, b"payload");
        let signatures = builder.artifact(std::slice::from_ref(&payload), None);
        builder.add(&image).add_tagged(&signatures, &tag(&image, ".sig"));
        damage(&builder.path_of(&payload));
        let discovery = attached(&builder, &image);
        assert_found(&discovery, &[(PlaceKind::SignatureTag, 1)]);
        assert_eq!(code(&discovery.attachments[0]), expected);

        damage(&builder.path_of(&signatures));
        let discovery = attached(&builder, &image);
        assert_eq!(
            *outcome(&discovery, PlaceKind::SignatureTag),
            PlaceOutcome::Found { count: 1 }
        );
        assert_eq!(code(&discovery.attachments[0]), expected);
        // A manifest that cannot be read could be a referrer too.
        assert!(matches!(
            outcome(&discovery, PlaceKind::Referrers),
            PlaceOutcome::Failed { .. }
        ));
    }
}

#[test]
fn a_tagged_manifest_of_an_unknown_type_is_unreadable() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let draft = builder.blob("application/vnd.oci.artifact.manifest.v1+json", b"{}");
    builder.add(&image).add_tagged(&draft, &tag(&image, ".sig"));
    let discovery = attached(&builder, &image);
    assert_eq!(
        *outcome(&discovery, PlaceKind::SignatureTag),
        PlaceOutcome::Found { count: 1 }
    );
    assert_eq!(code(&discovery.attachments[0]), Code::LayoutMalformed);
    assert!(matches!(
        outcome(&discovery, PlaceKind::Referrers),
        PlaceOutcome::Failed { .. }
    ));
}

#[test]
fn an_unreadable_index_fails_the_places_that_could_be_in_it() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let index = builder.index_of(&[buildkit(&builder, &image)]);
    builder.add(&image).add(&index);
    fs::write(builder.path_of(&index), b"{").unwrap();
    let discovery = attached(&builder, &image);
    for kind in [PlaceKind::Referrers, PlaceKind::BuildkitIndex] {
        assert!(
            matches!(outcome(&discovery, kind), PlaceOutcome::Failed { .. }),
            "{kind:?}"
        );
    }
}

#[test]
fn an_oversized_attachment_is_refused_without_hiding_the_next() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let mut large = builder.blob(BUNDLE, b"large");
    large["size"] = json!(u64::MAX);
    let file = fs::File::create(builder.path_of(&large)).unwrap();
    file.set_len(MAX_EVIDENCE_BYTES + 1).unwrap();
    let mut honest = builder.blob(BUNDLE, b"honest");
    honest["size"] = json!(MAX_EVIDENCE_BYTES + 1);
    fs::File::create(builder.path_of(&honest))
        .unwrap()
        .set_len(MAX_EVIDENCE_BYTES + 1)
        .unwrap();
    let good = builder.blob(BUNDLE, b"good");
    let referrer = builder.artifact(&[large, honest, good], Some(&image));
    builder.add(&image).add(&referrer);
    let discovery = attached(&builder, &image);
    assert_found(&discovery, &[(PlaceKind::Referrers, 3)]);
    assert_eq!(code(&discovery.attachments[0]), Code::LayoutMalformed);
    assert_eq!(code(&discovery.attachments[1]), Code::LayoutMalformed);
    assert!(matches!(
        discovery.attachments[2].content,
        AttachmentContent::Bundle { .. }
    ));
}

#[test]
fn endless_attachments_fail_the_place_with_the_limit() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    builder.add(&image);
    let layers = vec![builder.blob(BUNDLE, b"bundle"); MAX_ATTACHMENTS / 2 + 1];
    for name in ["one", "two"] {
        let mut document = builder.image_document(name);
        document["layers"] = json!(layers);
        document["subject"] = image.clone();
        let referrer = builder.document(&document);
        builder.add(&referrer);
    }
    let discovery = attached(&builder, &image);
    let PlaceOutcome::Failed { detail, .. } = outcome(&discovery, PlaceKind::Referrers) else {
        panic!("{:?}", discovery.places);
    };
    assert!(detail.contains("attachments, at most 1000"), "{detail}");
    assert_eq!(discovery.attachments.len(), MAX_ATTACHMENTS);
}

#[test]
fn the_bytes_of_all_evidence_are_limited() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    // The files are not there: what counts is what would have been read.
    let layer = json!({
        "mediaType": BUNDLE, "digest": Digest::sha256(b"gone").to_string(), "size": MAX_EVIDENCE_BYTES,
    });
    let fitting = usize::try_from(MAX_EVIDENCE_TOTAL_BYTES / MAX_EVIDENCE_BYTES).unwrap();
    let referrer = builder.artifact(&vec![layer; fitting + 1], Some(&image));
    builder.add(&image).add(&referrer);
    let discovery = attached(&builder, &image);
    let PlaceOutcome::Failed { detail, .. } = outcome(&discovery, PlaceKind::Referrers) else {
        panic!("{:?}", discovery.places);
    };
    assert!(detail.contains("bytes, at most"), "{detail}");
    assert_eq!(discovery.attachments.len(), fitting);
}
