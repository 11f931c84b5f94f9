//! Registries that lie: other bytes, other kinds, other sizes, endless, compressed and slow answers, pages in a circle.

use std::time::Duration;

use portcullis::registry::PlatformChoice;
use portcullis::registry::client::{Client, ClientConfig};
use portcullis::report::{Code, PlaceOutcome, Verdict};
use serde_json::json;

use crate::content::{
    INDEX, MANIFEST, Spot, add_foreign, config, config_for, demand, engine, image, locked, signed, verify,
    verify_reference,
};
use crate::fake::{Contents, Misdeed, REPOSITORY, Registry, Step};
use crate::finding::index;
use crate::judge::{Answer, Question};

/// Our image and evidence, with a lie at a step.
fn lying(step: Step, misdeed: Misdeed) -> Answer {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(step, misdeed);
    verify(&Registry::start(contents), config())
}

fn assert_refused(answer: &Answer, verdict: Verdict, code: Code, case: &str) {
    assert_eq!(answer.verdict(), verdict, "{case}: {}", answer.explain());
    let failed = answer.report.places.iter().any(|place| match &place.outcome {
        PlaceOutcome::Failed { code: own, .. } => *own == code,
        _ => false,
    });
    assert!(
        failed || answer.codes().contains(&code),
        "{code} is missing, {case}: {}",
        answer.explain()
    );
}

#[test]
fn a_manifest_with_other_bytes_than_its_digest_is_denied() {
    let registry = Registry::start(signed(Spot::Referrers));
    registry.change(|contents| contents.misbehave(Step::Manifest, Misdeed::OtherBytes));
    let root = image().1["digest"].as_str().unwrap().to_owned();
    let client = Client::new(config()).unwrap();
    let by_digest = verify_reference(&client, &format!("{}/{REPOSITORY}@{root}", registry.host()));
    assert_refused(
        &by_digest,
        Verdict::Denied,
        Code::RegistryDigestMismatch,
        "by digest",
    );
    assert_eq!(
        by_digest.report.findings[0].expected.as_deref(),
        Some(root.as_str())
    );
}

#[test]
fn a_tag_is_believed_by_its_bytes_and_never_by_the_header() {
    let other = format!("sha256:{:064}", 0);
    let answer = lying(
        Step::Manifest,
        Misdeed::Headers(vec![format!("Docker-Content-Digest: {other}")]),
    );
    // The right header comes first; the fake adds to it. The first one counts.
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());

    let root = image();
    let bytes = root.0.manifests[&root.0.root].1.clone();
    let headers = vec![
        format!("Content-Type: {MANIFEST}"),
        format!("Docker-Content-Digest: {other}"),
    ];
    let answer = lying(Step::Manifest, Misdeed::Status(200, headers, bytes.clone()));
    assert_refused(&answer, Verdict::Denied, Code::RegistryDigestMismatch, "header");

    for header in ["Docker-Content-Digest: nonsense", "X-None: 1"] {
        let headers = vec![format!("Content-Type: {MANIFEST}"), header.to_owned()];
        let answer = lying(Step::Manifest, Misdeed::Status(200, headers, bytes.clone()));
        assert_eq!(
            answer.verdict(),
            Verdict::Allowed,
            "{header}: {}",
            answer.explain()
        );
    }
}

#[test]
fn a_tag_that_moves_between_requests_changes_nothing() {
    let registry = Registry::start(signed(Spot::Referrers));
    let (mut contents, _) = image();
    let other = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
        "config": {"mediaType": "x", "digest": format!("sha256:{:064}", 1), "size": 1},
    }));
    registry.change(|held| {
        let bytes = contents.manifests[other["digest"].as_str().unwrap()].1.clone();
        held.misbehave_times(Step::Manifest, Misdeed::Headers(Vec::new()), 1);
        // From the second request on, the tag and the digest of the image give another manifest.
        held.misbehave(Step::Manifest, Misdeed::body(MANIFEST, &bytes));
    });
    let answer = verify(&registry, config());
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
    let root = image().1;
    assert_eq!(
        answer.report.digest.as_ref().unwrap().to_string(),
        root["digest"].as_str().unwrap()
    );
    let manifests = registry
        .take_paths()
        .into_iter()
        .filter(|path| path.contains("/manifests/v1"));
    assert_eq!(manifests.count(), 1, "the tag was asked for once");
}

#[test]
fn evidence_with_other_bytes_or_another_length_counts_for_nothing() {
    for step in [Step::CandidateManifest, Step::CandidateBlob] {
        let answer = lying(step, Misdeed::OtherBytes);
        assert_refused(
            &answer,
            Verdict::Denied,
            Code::RegistryDigestMismatch,
            "other bytes",
        );
        let answer = lying(step, Misdeed::body(MANIFEST, b"{}"));
        assert_refused(&answer, Verdict::Denied, Code::RegistryDigestMismatch, "shorter");
        let answer = lying(step, Misdeed::BreakOff);
        assert_refused(
            &answer,
            Verdict::Undecided,
            Code::RegistryUnreachable,
            "broken off",
        );
    }
}

#[test]
fn a_wrong_size_in_a_descriptor_spoils_that_descriptor_only() {
    let (mut contents, root) = image();
    crate::content::add_ours(&mut contents, Spot::Referrers);
    let referrer: serde_json::Value = contents
        .manifests
        .values()
        .map(|(_, bytes)| serde_json::from_slice::<serde_json::Value>(bytes).unwrap())
        .find(|document| document["subject"] == root)
        .unwrap();
    for size in [1_u64, 1 << 40] {
        let mut lie = referrer.clone();
        lie["layers"][0]["size"] = json!(size);
        contents.manifest(&lie);
    }
    let answer = verify(&Registry::start(contents), config());
    assert_eq!(answer.report.candidates.len(), 3);
    assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
}

#[test]
fn what_is_said_to_be_one_kind_is_never_read_as_the_other() {
    let bytes = |contents: &Contents| contents.manifests[&contents.root].1.clone();
    let image_bytes = bytes(&image().0);
    let both = json!({"schemaVersion": 2, "manifests": [], "layers": []}).to_string();
    for (media_type, body, case) in [
        (INDEX, image_bytes.as_slice(), "a manifest as an index"),
        (
            MANIFEST,
            br#"{"schemaVersion":2,"manifests":[]}"#,
            "an index as a manifest",
        ),
        (MANIFEST, both.as_bytes(), "both at once"),
        (MANIFEST, b"<html>", "a page"),
        (MANIFEST, b"", "nothing"),
        (
            MANIFEST,
            br#"{"schemaVersion":2,"schemaVersion":2,"manifests":[]}"#,
            "a doubled key",
        ),
    ] {
        let answer = lying(Step::Manifest, Misdeed::body(media_type, body));
        assert_eq!(answer.verdict(), Verdict::Denied, "{case}: {}", answer.explain());
        let code = answer.reason().unwrap();
        assert!(
            matches!(code, Code::ManifestMalformed | Code::DuplicateKey),
            "{case}: {code}"
        );
    }
}

#[test]
fn schema_1_is_refused_by_name() {
    for (media_type, body) in [
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", "{}"),
        ("application/json", r#"{"schemaVersion":1,"fsLayers":[]}"#),
    ] {
        let answer = lying(Step::Manifest, Misdeed::body(media_type, body.as_bytes()));
        assert_refused(&answer, Verdict::Denied, Code::ManifestMalformed, media_type);
        assert!(answer.explain().contains("schema 1"), "{}", answer.explain());
    }
}

#[test]
fn endless_answers_end_at_the_limit() {
    for step in [
        Step::Manifest,
        Step::Referrers,
        Step::CandidateManifest,
        Step::CandidateBlob,
        Step::AttTag,
    ] {
        let answer = lying(step, Misdeed::Endless);
        assert_ne!(answer.verdict(), Verdict::NoEvidence, "{step:?}");
        let verdict = match step {
            // `any` is met by what the other places hold.
            Step::AttTag => Verdict::Allowed,
            _ => Verdict::Undecided,
        };
        assert_refused(
            &answer,
            verdict,
            Code::RegistryResponseTooLarge,
            &format!("{step:?}"),
        );
    }
    let answer = lying(
        Step::Manifest,
        Misdeed::Status(200, vec![], vec![b' '; (4 << 20) + 1]),
    );
    assert_refused(
        &answer,
        Verdict::Undecided,
        Code::RegistryResponseTooLarge,
        "announced",
    );
}

/// Every step with a spot for the evidence that makes the step necessary.
const STEPS: [(Step, Spot); 7] = [
    (Step::Token, Spot::Referrers),
    (Step::Manifest, Spot::Referrers),
    (Step::Referrers, Spot::Referrers),
    (Step::ReferrersTag, Spot::ReferrersTag),
    (Step::AttTag, Spot::Att),
    (Step::CandidateManifest, Spot::Referrers),
    (Step::CandidateBlob, Spot::Sig),
];

/// With a lie at a step that the evidence is behind.
fn lying_before(step: Step, spot: Spot, misdeed: Misdeed, change: impl FnOnce(&mut ClientConfig)) -> Answer {
    let mut contents = locked(signed(spot));
    contents.misbehave(step, misdeed);
    let registry = Registry::start(contents);
    let mut config = config_for(&registry);
    change(&mut config);
    verify(&registry, config)
}

#[test]
fn compressed_answers_are_not_unpacked() {
    for (step, spot) in STEPS {
        for encoding in ["gzip", "br", "identity, gzip"] {
            let compressed = Misdeed::Headers(vec![format!("Content-Encoding: {encoding}")]);
            let answer = lying_before(step, spot, compressed, |_| {});
            assert_refused(
                &answer,
                Verdict::Undecided,
                Code::RegistryProtocol,
                &format!("{step:?} {encoding}"),
            );
        }
    }
}

/// What unpacks to gigabytes is as long as it comes.
#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = Misdeed::Status(
        200,
        vec![
            "Content-Encoding: gzip".to_owned(),
            format!("Content-Type: {INDEX}"),
        ],
        vec![0x1f; 4096],
    );
    let answer = lying(Step::Referrers, bomb);
    assert_refused(&answer, Verdict::Undecided, Code::RegistryProtocol, "bomb");
}

#[test]
fn a_slow_drip_is_given_up() {
    let drip = |step, spot| {
        let answer = lying_before(step, spot, Misdeed::Drip, |config| {
            // Shorter than it takes to send a token.
            config.patience.grace = Duration::from_millis(200);
            config.patience.slowest = 100_000;
            config.patience.retry.attempts = 1;
        });
        let case = format!("{step:?}");
        assert_refused(&answer, Verdict::Undecided, Code::RegistryUnreachable, &case);
    };
    // They wait, so they wait together.
    std::thread::scope(|scope| {
        for (step, spot) in STEPS {
            scope.spawn(move || drip(step, spot));
        }
    });
}

#[test]
fn a_list_that_is_none_is_not_an_empty_one() {
    for (body, case) in [
        (&b"<html>login</html>"[..], "a page"),
        (b"", "nothing"),
        (b"{}", "an empty object"),
        (b"[]", "a list"),
        (br#"{"schemaVersion":2,"manifests":null}"#, "null"),
        (br#"{"schemaVersion":2,"manifests":[{}]}"#, "an empty entry"),
        (br#"{"errors":[]}"#, "an error with status 200"),
    ] {
        for media_type in [INDEX, "text/html"] {
            let answer = lying(Step::Referrers, Misdeed::body(media_type, body));
            assert_refused(&answer, Verdict::Undecided, Code::RegistryProtocol, case);
        }
    }
    // The second is what a registry written in Go makes of an empty list.
    let null = format!(r#"{{"schemaVersion":2,"mediaType":"{INDEX}","manifests":null}}"#);
    for empty in [r#"{"schemaVersion":2,"manifests":[]}"#, &null] {
        let answer = lying(Step::Referrers, Misdeed::body(INDEX, empty.as_bytes()));
        assert_eq!(answer.verdict(), Verdict::NoEvidence, "{}", answer.explain());
    }
    for status in [204, 206, 301, 418] {
        let answer = lying(Step::Referrers, Misdeed::status(status));
        assert_refused(
            &answer,
            Verdict::Undecided,
            Code::RegistryProtocol,
            &status.to_string(),
        );
    }
}

#[test]
fn pages_that_do_not_end_or_lead_elsewhere_are_no_answer() {
    let root = image().0.root;
    let list = format!("/v2/{REPOSITORY}/referrers/{root}");
    let empty = br#"{"schemaVersion":2,"manifests":[]}"#;
    for (link, code) in [
        (format!("<{list}>; rel=\"next\""), Code::RegistryProtocol),
        (format!("<{list}?page=2>; rel=\"next\""), Code::RegistryProtocol),
        (
            "<http://127.0.0.1:1/>; rel=\"next\"".to_owned(),
            Code::RegistryRefusedDestination,
        ),
        (
            "<//evil.test/>; rel=\"next\"".to_owned(),
            Code::RegistryRefusedDestination,
        ),
        (
            format!("</v2/{REPOSITORY}/manifests/v1>; rel=\"next\""),
            Code::RegistryRefusedDestination,
        ),
        (
            format!("<{list}/../../../../admin>; rel=\"next\""),
            Code::RegistryRefusedDestination,
        ),
        ("nonsense; rel=\"next\"".to_owned(), Code::RegistryProtocol),
    ] {
        let headers = vec![format!("Content-Type: {INDEX}"), format!("Link: {link}")];
        let answer = lying(Step::Referrers, Misdeed::Status(200, headers, empty.to_vec()));
        assert_refused(&answer, Verdict::Undecided, code, &link);
    }
}

#[test]
fn what_is_listed_about_another_image_is_not_read() {
    let mut contents = signed(Spot::Referrers);
    let (media_type, bytes) = contents
        .manifests
        .values()
        .find(|(_, bytes)| String::from_utf8_lossy(bytes).contains("\"subject\""))
        .unwrap()
        .clone();
    let entry = json!({"mediaType": media_type, "digest": portcullis::subject::Digest::sha256(&bytes).to_string(), "size": bytes.len()});
    let list = json!({"schemaVersion": 2, "manifests": [entry]}).to_string();
    // The same list for another image.
    let other = contents.manifest(&json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "layers": [],
        "config": {"mediaType": "x", "digest": format!("sha256:{:064}", 1), "size": 1},
    }));
    contents.tag("v1", &other);
    contents.root = other["digest"].as_str().unwrap().to_owned();
    contents.misbehave(Step::Referrers, Misdeed::body(INDEX, list.as_bytes()));
    let registry = Registry::start(contents);
    let answer = verify(&registry, config());
    assert_refused(&answer, Verdict::Denied, Code::ArtifactMismatch, "another image");
    assert!(registry.take_paths().iter().all(|path| !path.contains("/blobs/")));
}

#[test]
fn a_foreign_signature_and_a_throttled_place_are_undecided() {
    let (mut contents, _) = image();
    add_foreign(&mut contents, Spot::Sig);
    contents.misbehave(Step::Referrers, Misdeed::status(429));
    let answer = verify(&Registry::start(contents), config());
    assert_refused(&answer, Verdict::Undecided, Code::RegistryThrottled, "throttled");

    let (mut contents, _) = image();
    add_foreign(&mut contents, Spot::Sig);
    let answer = verify(&Registry::start(contents), config());
    assert_refused(&answer, Verdict::Denied, Code::IdentityMismatch, "all answered");
}

/// The index is the right one, and what it lists comes as something else.
#[test]
fn an_image_of_an_index_that_is_swapped_is_denied() {
    let (contents, digest) = index();
    let the_index = contents.manifests[&digest].1.clone();
    let other = br#"{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:0","size":1},"layers":[]}"#;
    for (swapped, case) in [
        (Misdeed::OtherBytes, "other bytes"),
        (Misdeed::body(MANIFEST, other), "another image"),
        (Misdeed::body(INDEX, &the_index), "the index for its image"),
        (
            Misdeed::body(MANIFEST, &the_index),
            "the index, said to be an image",
        ),
        (Misdeed::body(MANIFEST, b""), "nothing"),
    ] {
        for platform in [
            PlatformChoice::One("linux/amd64".parse().unwrap()),
            PlatformChoice::All,
        ] {
            let mut contents = contents.clone();
            contents.misbehave(Step::ImageOfIndex, swapped.clone());
            let registry = Registry::start(contents);
            let client = Client::new(config()).unwrap();
            let reference = registry.reference("multi");
            let question = Question::image(engine(), &client, &reference, demand());
            let answers = Question { platform, ..question }.ask_all();
            assert_eq!(answers.len(), 1, "{case}");
            assert_refused(&answers[0], Verdict::Denied, Code::RegistryDigestMismatch, case);
        }
    }
}

/// By the tag, in either order: whichever is first is what is examined, by the digest of its bytes.
#[test]
fn an_index_and_its_image_that_change_places_are_two_subjects() {
    let (contents, digest) = index();
    let (image, index) = (contents.root.clone(), digest);
    for (first, second, verdict) in [
        (&image, &index, Verdict::Allowed),
        (&index, &image, Verdict::NoEvidence),
    ] {
        let body = |digest: &str| {
            let (media_type, bytes) = &contents.manifests[digest];
            Misdeed::body(media_type, bytes)
        };
        let mut contents = contents.clone();
        contents.misbehave_times(Step::Manifest, body(first), 1);
        contents.misbehave(Step::Manifest, body(second));
        let registry = Registry::start(contents);
        let answer = verify(&registry, config());
        assert_eq!(answer.verdict(), verdict, "{}", answer.explain());
        assert_eq!(answer.report.digest.as_ref().unwrap().to_string(), *first);
    }
}
