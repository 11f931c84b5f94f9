//! Honest registries: what hangs on an image is found wherever it is, and each thing is asked for once.

use portcullis::registry::PlatformChoice;
use portcullis::registry::client::Client;
use portcullis::report::{Code, PlaceKind, PlaceOutcome, Verdict};
use serde_json::json;

use crate::content::{
    INDEX, Spot, add_foreign, add_ours, config, config_for, demand, engine, image, locked, signed, verify,
    verify_reference,
};
use crate::fake::{Contents, Login, REPOSITORY, Registry};
use crate::judge::{Answer, Question};

/// What each place gave: `Some(n)` for found or nothing, `None` for no answer.
fn places(answer: &Answer) -> Vec<(PlaceKind, Option<usize>)> {
    let outcome = |outcome: &PlaceOutcome| match outcome {
        PlaceOutcome::Found { count } => Some(*count),
        PlaceOutcome::Nothing => Some(0),
        PlaceOutcome::Failed { .. } => None,
    };
    let places = answer.report.places.iter();
    places
        .map(|place| (place.kind, outcome(&place.outcome)))
        .collect()
}

#[test]
fn evidence_is_found_in_every_place() {
    for (spot, kind) in [
        (Spot::Referrers, PlaceKind::Referrers),
        (Spot::ReferrersTag, PlaceKind::ReferrersTag),
        (Spot::Sig, PlaceKind::SignatureTag),
        (Spot::Att, PlaceKind::AttestationTag),
    ] {
        let registry = Registry::start(signed(spot));
        let answer = verify(&registry, config());
        assert_eq!(
            answer.verdict(),
            Verdict::Allowed,
            "{spot:?}: {}",
            answer.explain()
        );
        assert!(
            places(&answer).contains(&(kind, Some(1))),
            "{spot:?}: {:?}",
            places(&answer)
        );
        let root = image().1;
        let name = format!(
            "{}/{REPOSITORY}@{}",
            registry.host(),
            root["digest"].as_str().unwrap()
        );
        assert_eq!(answer.report.name, name);
    }
}

#[test]
fn nothing_attached_is_no_evidence_and_every_place_is_told() {
    let registry = Registry::start(image().0);
    let answer = verify(&registry, config());
    assert_eq!(answer.verdict(), Verdict::NoEvidence, "{}", answer.explain());
    let kinds: Vec<PlaceKind> = places(&answer).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        [
            PlaceKind::Referrers,
            PlaceKind::ReferrersTag,
            PlaceKind::SignatureTag,
            PlaceKind::AttestationTag,
            PlaceKind::SbomTag,
            PlaceKind::BuildkitIndex,
        ]
    );
    let help = answer.report.findings[0].help.as_deref().unwrap();
    assert!(help.contains("mirror"), "{help}");
}

#[test]
fn a_registry_without_a_referrers_api_is_told_from_one_with_nothing() {
    let registry = Registry::start(image().0);
    let asked = |answer: &Answer| answer.report.places[0].asked.join(" ");
    assert!(asked(&verify(&registry, config())).ends_with(": 200"));
    registry.change(|contents| contents.has_referrers = false);
    let answer = verify(&registry, config());
    assert!(asked(&answer).contains("no referrers API"), "{}", asked(&answer));
    assert_eq!(answer.report.places[1].kind, PlaceKind::ReferrersTag);
    assert_eq!(answer.verdict(), Verdict::NoEvidence);
}

/// With a token at hand: one manifest, one request for each place, one manifest and one blob for each candidate.
#[test]
fn nothing_is_asked_for_twice() {
    let mut contents = signed(Spot::ReferrersTag);
    contents.has_referrers = true;
    add_foreign(&mut contents, Spot::Sig);
    add_foreign(&mut contents, Spot::Referrers);
    let registry = Registry::start(locked(contents));
    let client = Client::new(config_for(&registry)).unwrap();
    let reference = registry.reference("v1");

    let cold = verify_reference(&client, &reference);
    assert_eq!(cold.verdict(), Verdict::Allowed, "{}", cold.explain());
    let first = registry.take_paths();
    let tokens = first.iter().filter(|path| path.starts_with("GET /token")).count();
    assert_eq!(tokens, 1);

    let warm = verify_reference(&client, &reference);
    assert_eq!(warm.verdict(), Verdict::Allowed, "{}", warm.explain());
    let paths = registry.take_paths();
    // A token costs itself and the request that was refused for lack of it.
    assert_eq!(first.len(), paths.len() + 2, "{first:#?}");
    let count = |part: &str| paths.iter().filter(|path| path.contains(part)).count();
    assert_eq!(count("/manifests/v1"), 1);
    assert_eq!(count("/referrers/"), 1);
    // The referrers tag and cosign's three.
    assert_eq!(count("/manifests/sha256-"), 4);
    // Two bundles. The legacy signature's manifest came with its tag.
    assert_eq!(count("/manifests/sha256:"), 2);
    assert_eq!(count("/blobs/"), 3);
    assert_eq!(paths.len(), 11, "{paths:#?}");
    let mut once = paths.clone();
    once.dedup();
    assert_eq!(once, paths);
}

#[test]
fn a_referrer_in_two_places_is_fetched_and_examined_once() {
    let mut contents = signed(Spot::Referrers);
    add_ours(&mut contents, Spot::ReferrersTag);
    let registry = Registry::start(contents);
    let answer = verify(&registry, config());
    assert_eq!(answer.report.candidates.len(), 1);
    let paths = registry.take_paths();
    assert_eq!(
        paths
            .iter()
            .filter(|path| path.contains("/manifests/sha256:"))
            .count(),
        1
    );
    assert_eq!(paths.iter().filter(|path| path.contains("/blobs/")).count(), 1);
}

#[test]
fn all_pages_of_referrers_are_read() {
    let mut contents = signed(Spot::Referrers);
    add_foreign(&mut contents, Spot::Referrers);
    contents.page = 1;
    let registry = Registry::start(contents);
    let answer = verify(&registry, config());
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    assert_eq!(answer.report.candidates.len(), 2);
    assert_eq!(answer.report.places[0].asked.len(), 2);
}

#[test]
fn a_digest_is_asked_for_by_itself_and_a_tag_beside_it_says_nothing() {
    let registry = Registry::start(signed(Spot::Referrers));
    let root = image().1["digest"].as_str().unwrap().to_owned();
    let client = Client::new(config()).unwrap();
    for reference in [
        format!("{}/{REPOSITORY}@{root}", registry.host()),
        format!("{}/{REPOSITORY}:other@{root}", registry.host()),
    ] {
        let answer = verify_reference(&client, &reference);
        assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
        assert!(answer.report.name.ends_with(&format!("/{REPOSITORY}@{root}")));
    }
    assert!(
        registry
            .take_paths()
            .iter()
            .all(|path| !path.contains("/manifests/other"))
    );
}

#[test]
fn docker_manifests_are_images_too() {
    for (media_type, document) in [
        (
            "application/vnd.docker.distribution.manifest.v2+json",
            json!({"config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": format!("sha256:{:064}", 0), "size": 2}, "layers": []}),
        ),
        (
            "application/vnd.docker.distribution.manifest.list.v2+json",
            json!({"manifests": []}),
        ),
        (INDEX, json!({"manifests": []})),
    ] {
        let mut contents = Contents::default();
        let mut document = document;
        document["schemaVersion"] = json!(2);
        document["mediaType"] = json!(media_type);
        let root = contents.manifest(&document);
        contents.tag("v1", &root);
        contents.root = root["digest"].as_str().unwrap().to_owned();
        let registry = Registry::start(contents);
        let answer = verify(&registry, config());
        assert_eq!(
            answer.verdict(),
            Verdict::NoEvidence,
            "{media_type}: {}",
            answer.explain()
        );
        assert_eq!(
            answer.report.digest.as_ref().unwrap().to_string(),
            root["digest"].as_str().unwrap()
        );
    }
}

/// An index of our image and one for another platform, with our evidence about the image.
pub(crate) fn index() -> (Contents, String) {
    let (mut contents, root) = image();
    add_ours(&mut contents, Spot::Referrers);
    let settings = contents.blob(
        "application/vnd.oci.image.config.v1+json",
        br#"{"os":"linux","architecture":"arm64"}"#,
    );
    let other = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": crate::content::MANIFEST, "config": settings, "layers": [],
    }));
    let on = |mut descriptor: serde_json::Value, architecture: &str| {
        descriptor["platform"] = json!({"os": "linux", "architecture": architecture});
        descriptor
    };
    let index = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [on(root, "amd64"), on(other, "arm64")],
    }));
    contents.tag("multi", &index);
    (contents, index["digest"].as_str().unwrap().to_owned())
}

#[test]
fn a_platform_picks_one_image_and_all_platforms_demand_each() {
    let (contents, index) = index();
    let registry = Registry::start(contents);
    let client = Client::new(config()).unwrap();
    let ask = |platform: PlatformChoice| {
        let question = Question::image(engine(), &client, &registry.reference("multi"), demand());
        Question { platform, ..question }.ask_all()
    };
    let one = |platform: &str| ask(PlatformChoice::One(platform.parse().unwrap())).remove(0);
    let amd64 = one("linux/amd64");
    assert_eq!(amd64.verdict(), Verdict::Allowed, "{}", amd64.explain());
    assert_eq!(amd64.report.platform.as_deref(), Some("linux/amd64"));
    // The index that it was picked from was looked at as well.
    assert_eq!(amd64.report.places.len(), 12);
    assert_eq!(one("linux/arm64").verdict(), Verdict::NoEvidence);
    let missing = one("linux/riscv64");
    assert_eq!(missing.verdict(), Verdict::Undecided);
    assert_eq!(missing.reason(), Some(Code::SubjectNotFound));

    let all = ask(PlatformChoice::All);
    let verdicts: Vec<Verdict> = all.iter().map(Answer::verdict).collect();
    assert_eq!(
        verdicts,
        [Verdict::NoEvidence, Verdict::Allowed, Verdict::NoEvidence]
    );
    assert_eq!(all[0].report.digest.as_ref().unwrap().to_string(), index);
    let as_is = ask(PlatformChoice::AsIs);
    assert_eq!(as_is[0].verdict(), Verdict::NoEvidence);
}

#[test]
fn buildkit_statements_are_listed_as_unsigned() {
    let (mut contents, root) = image();
    let statement = contents.blob("application/vnd.in-toto+json", b"{}");
    let settings = contents.blob("application/vnd.oci.image.config.v1+json", b"{}");
    let mut manifest = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": crate::content::MANIFEST, "config": settings, "layers": [statement],
    }));
    manifest["platform"] = json!({"os": "unknown", "architecture": "unknown"});
    manifest["annotations"] = json!({
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": root["digest"],
    });
    let index = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": INDEX, "manifests": [root, manifest],
    }));
    contents.tag("v1", &index);
    let registry = Registry::start(contents);
    let answer = verify(&registry, config());
    assert_eq!(answer.verdict(), Verdict::NoEvidence, "{}", answer.explain());
    assert!(answer.codes().contains(&Code::UnsignedEvidence));
    assert!(
        registry.take_paths().iter().all(|path| !path.contains("/blobs/")),
        "unsigned bytes are not read"
    );
}

#[test]
fn absent_things_are_told_apart() {
    let registry = Registry::start(image().0);
    let client = Client::new(config()).unwrap();
    let missing_tag = verify_reference(&client, &registry.reference("v2"));
    assert_eq!(missing_tag.reason(), Some(Code::RegistryNotFound));
    let missing_repository = verify_reference(&client, &format!("{}/org/other:v1", registry.host()));
    assert_eq!(missing_repository.reason(), Some(Code::RegistryNoRepository));
    registry.change(|contents| contents.login = Login::Basic);
    let locked = verify_reference(&client, &registry.reference("v1"));
    assert_eq!(locked.reason(), Some(Code::RegistryUnauthorised));
    for answer in [missing_tag, missing_repository, locked] {
        assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
    }
}
