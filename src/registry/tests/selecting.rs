//! From selectors and platforms to digests.

use super::*;
use crate::registry::limits::MAX_IMAGES;
use crate::registry::{PlatformChoice, Resolved};
use crate::report::Code;
use crate::subject::LayoutSelector;

fn resolve(
    builder: &Builder,
    selector: &LayoutSelector,
    choice: &PlatformChoice,
) -> Result<Vec<Resolved>, LayoutError> {
    builder.open().unwrap().resolve(selector, choice)
}

fn only(builder: &Builder) -> Result<Digest, LayoutError> {
    let resolved = resolve(builder, &LayoutSelector::Only, &PlatformChoice::AsIs)?;
    assert_eq!(resolved.len(), 1);
    Ok(resolved[0].digest.clone())
}

fn platform(builder: &Builder, platform: &str) -> Result<Resolved, LayoutError> {
    let choice = PlatformChoice::One(platform.parse().unwrap());
    let mut resolved = resolve(builder, &LayoutSelector::Only, &choice)?;
    assert_eq!(resolved.len(), 1);
    Ok(resolved.remove(0))
}

#[test]
fn the_only_image_is_found_among_all_kinds_of_evidence() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let hex = digest(&image).to_hex();
    let evidence = builder.image("evidence");
    let referrer = builder.artifact(&[], Some(&image));
    let referrers = builder.index_of(std::slice::from_ref(&referrer));
    let statement = buildkit(&builder, &image);
    builder
        .add_tagged(&evidence, &format!("sha256-{hex}.sig"))
        .add_tagged(&evidence, &format!("sha256-{hex}.att"))
        .add_tagged(&evidence, &format!("sha256-{hex}.sbom"))
        .add_tagged(&referrers, &format!("sha256-{hex}"))
        .add(&referrer)
        .add(&annotated(&evidence, "kind", "dev.cosignproject.cosign/sigs"))
        .add(&annotated(&evidence, "kind", "dev.cosignproject.cosign/atts"))
        .add(&statement)
        .add(&json!({"mediaType": "text/plain", "digest": Digest::sha256(b"x").to_string(), "size": 1}))
        .add_tagged(&image, "v1")
        .add_tagged(&image, "latest");
    assert_eq!(only(&builder), Ok(digest(&image)));
}

#[test]
fn an_empty_layout_and_one_with_several_images_are_not_guessed_at() {
    let mut builder = Builder::new();
    let error = only(&builder).unwrap_err();
    assert!(matches!(error, LayoutError::NotFound { .. }), "{error}");
    assert!(error.to_string().contains("it holds no image"), "{error}");

    let (one, two) = (builder.image("one"), builder.image("two"));
    builder.add_tagged(&one, "v1").add_tagged(&two, "v2");
    let error = only(&builder).unwrap_err();
    assert_eq!(error.code(), Code::SubjectNotFound);
    let text = error.to_string();
    for part in [
        "more than one image",
        "\"v1\"",
        "\"v2\"",
        &digest(&one).to_string(),
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn an_unreadable_entry_could_be_the_image() {
    let mut builder = Builder::new();
    let (one, two) = (builder.image("one"), builder.image("two"));
    builder.add(&one).add(&two);
    fs::remove_file(builder.path_of(&two)).unwrap();
    let error = only(&builder).unwrap_err();
    assert!(error.to_string().contains("(unreadable)"), "{error}");
}

#[test]
fn images_of_an_index_that_index_json_lists_again_are_not_counted() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let index = builder.index_of(&[on_platform(&image, "linux/amd64")]);
    builder.add(&image).add(&index);
    assert_eq!(only(&builder), Ok(digest(&index)));
    builder.add_tagged(&builder.image("other"), "v2");
    assert!(matches!(only(&builder), Err(LayoutError::Ambiguous { .. })));
}

#[test]
fn tags_are_compared_exactly_and_only_in_index_json() {
    let mut builder = Builder::new();
    let (one, two) = (builder.image("one"), builder.image("two"));
    let hidden = annotated(&two, "org.opencontainers.image.ref.name", "hidden");
    let index = builder.index_of(&[hidden]);
    builder.add_tagged(&one, "v1").add_tagged(&index, "v2");
    let tag = |tag: &str| {
        resolve(&builder, &LayoutSelector::Tag(tag.into()), &PlatformChoice::AsIs)
            .map(|resolved| resolved[0].digest.clone())
    };
    assert_eq!(tag("v1"), Ok(digest(&one)));
    assert_eq!(tag("v2"), Ok(digest(&index)));
    for missing in ["v", "V1", "v1 ", "hidden", "", "../../etc/passwd", "\u{1b}[2J"] {
        let error = tag(missing).unwrap_err();
        assert!(
            matches!(error, LayoutError::NotFound { .. }),
            "{missing}: {error}"
        );
        assert!(!error.to_string().contains('\u{1b}'));
    }
}

#[test]
fn a_tag_on_two_digests_is_ambiguous() {
    let mut builder = Builder::new();
    let (one, two) = (builder.image("one"), builder.image("two"));
    builder.add_tagged(&one, "v1").add_tagged(&two, "v1");
    let tag = LayoutSelector::Tag("v1".into());
    let error = resolve(&builder, &tag, &PlatformChoice::AsIs).unwrap_err();
    assert!(matches!(error, LayoutError::Ambiguous { .. }), "{error}");
}

#[test]
fn a_digest_selects_what_the_index_reaches_and_nothing_else() {
    let mut builder = Builder::new();
    let image = builder.image("app");
    let index = builder.index_of(std::slice::from_ref(&image));
    let stray = builder.image("stray");
    builder.add(&index);
    let by = |descriptor: &Value| {
        resolve(
            &builder,
            &LayoutSelector::Digest(digest(descriptor)),
            &PlatformChoice::AsIs,
        )
    };
    assert_eq!(by(&image).unwrap()[0].parent, Some(digest(&index)));
    assert_eq!(by(&index).unwrap()[0].parent, None);
    assert!(matches!(by(&stray), Err(LayoutError::NotFound { .. })));
}

#[test]
fn a_platform_picks_one_child() {
    let mut builder = Builder::new();
    let child = |name: &str, platform: &str| on_platform(&builder.image(name), platform);
    let amd64 = child("a", "linux/amd64");
    let amd64_v3 = child("b", "linux/amd64/v3");
    let arm = child("c", "linux/arm64/v8");
    let windows = (child("d", "windows/amd64"), child("e", "windows/amd64"));
    let manifests = [
        amd64.clone(),
        amd64_v3.clone(),
        arm.clone(),
        windows.0.clone(),
        windows.1.clone(),
        buildkit(&builder, &amd64),
    ];
    let index = builder.index_of(&manifests);
    builder.add(&index);

    for (wanted, expected) in [
        ("linux/amd64/v1", &amd64),
        ("linux/amd64/v3", &amd64_v3),
        ("linux/arm64", &arm),
        ("linux/arm64/v8", &arm),
    ] {
        let found = platform(&builder, wanted).unwrap();
        assert_eq!(found.digest, digest(expected), "{wanted}");
        assert_eq!(found.parent, Some(digest(&index)));
    }
    assert_eq!(
        platform(&builder, "linux/arm64").unwrap().platform.unwrap(),
        "linux/arm64/v8"
    );
    for wanted in ["windows/amd64", "linux/amd64"] {
        let error = platform(&builder, wanted).unwrap_err();
        assert!(
            matches!(error, LayoutError::Ambiguous { .. }),
            "{wanted}: {error}"
        );
        assert_eq!(error.code(), Code::SubjectNotFound);
    }
    for wanted in ["linux/s390x", "unknown/unknown", "linux/arm64/v9"] {
        let error = platform(&builder, wanted).unwrap_err();
        assert!(matches!(error, LayoutError::NotFound { .. }), "{wanted}: {error}");
        assert!(error.to_string().contains("linux/arm64/v8"), "{error}");
        assert!(!error.to_string().contains("unknown/unknown\" ="), "{error}");
    }
}

#[test]
fn an_image_in_no_index_has_the_platform_of_its_configuration() {
    let mut builder = Builder::new();
    // What index.json says about it is signed by nobody.
    let image = on_platform(&builder.image("app"), "linux/arm64");
    builder.add(&image);
    assert_eq!(platform(&builder, "linux/amd64").unwrap().digest, digest(&image));
    let error = platform(&builder, "linux/arm64").unwrap_err();
    assert!(
        error.to_string().contains("only one for \"linux/amd64\""),
        "{error}"
    );
}

#[test]
fn all_platforms_are_the_index_and_every_image_but_no_attestation() {
    let mut builder = Builder::new();
    let (one, two) = (builder.image("one"), builder.image("two"));
    let nested = builder.index_of(&[on_platform(&two, "linux/arm64")]);
    let index = builder.index_of(&[
        on_platform(&one, "linux/amd64"),
        buildkit(&builder, &one),
        nested.clone(),
        on_platform(&one, "linux/amd64"),
    ]);
    builder.add(&index);
    let all = resolve(&builder, &LayoutSelector::Only, &PlatformChoice::All).unwrap();
    let digests: Vec<Digest> = all.iter().map(|resolved| resolved.digest.clone()).collect();
    assert_eq!(digests, [&index, &one, &nested, &two].map(digest));
    assert_eq!(all[0].parent, None);
    assert_eq!(all[3].parent, Some(digest(&nested)));
    assert_eq!(all[3].platform.as_deref(), Some("linux/arm64"));

    fs::remove_file(builder.path_of(&two)).unwrap();
    let error = resolve(&builder, &LayoutSelector::Only, &PlatformChoice::All).unwrap_err();
    assert!(matches!(error, LayoutError::Unreadable { .. }), "{error}");
    assert!(
        platform(&builder, "linux/amd64").is_ok(),
        "another platform may be missing"
    );
}

#[test]
fn an_index_with_too_many_images_is_not_verified_in_part() {
    let mut builder = Builder::new();
    let images: Vec<Value> = (0..=MAX_IMAGES)
        .map(|number| builder.image(&number.to_string()))
        .collect();
    builder.add(&builder.index_of(&images));
    let error = resolve(&builder, &LayoutSelector::Only, &PlatformChoice::All).unwrap_err();
    assert!(matches!(error, LayoutError::Limit { .. }), "{error}");
}

#[test]
fn an_image_that_would_run_cannot_hide_as_an_attestation() {
    let mut builder = Builder::new();
    let evil = on_platform(&buildkit(&builder, &builder.image("app")), "linux/amd64");
    builder.add(&builder.index_of(std::slice::from_ref(&evil)));
    let all = resolve(&builder, &LayoutSelector::Only, &PlatformChoice::All).unwrap();
    assert_eq!(all[1].digest, digest(&evil));
}

#[test]
fn long_lists_are_cut_in_messages() {
    let mut builder = Builder::new();
    for number in 0..100 {
        let image = builder.image(&number.to_string());
        builder.add_tagged(&image, &format!("v{number}"));
    }
    let error = only(&builder).unwrap_err().to_string();
    assert!(error.contains("and 80 more"), "{error}");
}

#[test]
fn a_family_has_every_member_once_also_those_that_cannot_be_read() {
    let mut builder = Builder::new();
    let (amd64, arm64) = (builder.image("amd64"), builder.image("arm64"));
    let gone = json!({
        "mediaType": OCI_MANIFEST, "digest": Digest::sha256(b"gone").to_string(), "size": 4,
    });
    let inner = builder.index_of(&[arm64.clone(), amd64.clone()]);
    let index = builder.index_of(&[amd64.clone(), gone.clone(), inner.clone(), amd64.clone()]);
    builder.add(&index);
    let layout = builder.open().unwrap();
    let family = layout.family(&LayoutSelector::Only).unwrap();
    let digests: Vec<Digest> = family.digests().into_iter().cloned().collect();
    let expected = [&index, &amd64, &gone, &inner, &arm64].map(digest);
    assert_eq!(digests, expected);
    let unread: Vec<bool> = family
        .members
        .iter()
        .map(|member| member.problem.is_some())
        .collect();
    assert_eq!(unread, [false, true, false]);

    let path = family.clone().only(&digest(&arm64)).unwrap();
    let digests: Vec<Digest> = path.digests().into_iter().cloned().collect();
    assert_eq!(digests, [&index, &inner, &arm64].map(digest));
    assert!(family.only(&Digest::sha256(b"other")).is_none());
}
