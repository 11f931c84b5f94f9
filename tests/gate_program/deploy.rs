//! From the event of a build to the sync of an application, with a strict fake of Argo CD at the end: what is allowed is
//! synced once, at the revision that names it, and everything else leaves Argo CD alone.

use portcullis::gate::record::Outcome;
use portcullis::gate::{OrderState, Ruling};
use portcullis::http::{Call, Method, Repeat};
use portcullis::registry::{RawManifest, Sink as _};
use portcullis::sandbox::deploy::{Application, ArgoCd, ArgoFault};
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::program::{ARGO_TOKEN, Gated, until};
use crate::world::assert_code;

fn argo() -> ArgoCd {
    ArgoCd::start(ARGO_TOKEN).unwrap()
}

/// A gate and Argo CD with an application that deploys `digest` at revision `r1`.
fn deployable(argo: &ArgoCd, gated: &Gated, digest: &Digest) {
    argo.put("web", Application::new("r1", &[&gated.world.at(digest)]));
}

/// Sends an event about an image and waits until its order is done or dead.
pub(crate) fn ordered(gated: &Gated, delivery: &str, image: &str) -> OrderState {
    let event = gated.accepted(delivery, image);
    until(|| {
        let status = gated.settled(event);
        let state = status.orders.first()?.state;
        [OrderState::Done, OrderState::Dead]
            .contains(&state)
            .then_some(state)
    })
}

fn results(gated: &Gated) -> Vec<Outcome> {
    let fired = gated.fired().into_iter();
    fired.map(|firing| firing.result.unwrap()).collect()
}

/// Attests that an image has an SBOM with one component under a licence.
fn attest(gated: &Gated, image: &str, digest: &Digest, licence: &str) {
    let sbom = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {
            "type": "container", "name": "app", "hashes": [{"alg": "SHA-256", "content": digest.to_hex()}],
        }},
        "components": [{
            "type": "library", "name": "left-pad", "version": "1.3.0", "purl": "pkg:npm/left-pad@1.3.0",
            "licenses": [{"license": {"id": licence}}],
        }],
    });
    gated.write("sbom.json", sbom.to_string());
    let sandbox = gated.world.sandbox.dir();
    let output = gated
        .world
        .command()
        .args([
            "attest",
            image,
            "--predicate",
            "sbom.json",
            "--type",
            "cyclonedx",
            "--yes",
        ])
        .args(["--identity-token-file", "token", "--signing-config"])
        .arg(sandbox.join("signing_config.json"))
        .arg("--trusted-root")
        .arg(sandbox.join("trusted_root.json"))
        .output()
        .unwrap();
    assert_code(&output, 0);
}

/// The gate's policy, and an SBOM whose licences are all MIT.
fn with_sbom(gated: &Gated) -> String {
    format!(
        "{}[[attestation]]\ntype = \"cyclonedx\"\npins = [\"dev\"]\n[sbom]\nrequire-root-digest = true\n\
         [sbom.licences]\nallow = [\"MIT\"]\n",
        gated.policy()
    )
}

#[test]
fn an_allowed_image_is_synced_once() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "");
    let digest = gated.signed("app", "v1");
    deployable(&argo, &gated, &digest);
    gated.start();
    assert_eq!(
        ordered(&gated, "one", &gated.world.tagged("v1")),
        OrderState::Done
    );
    // The same delivery again, and another one about the same image.
    assert_eq!(gated.send("one", &gated.world.tagged("v1")).unwrap().0, 200);
    let syncs = argo.syncs("web");
    assert_eq!(syncs.len(), 1);
    assert_eq!(syncs[0].revision, "r1");
    assert!(
        syncs[0]
            .infos
            .contains(&("portcullis-image".to_owned(), gated.world.at(&digest)))
    );
    assert!(!gated.log().contains(ARGO_TOKEN));
}

#[test]
fn what_is_not_allowed_never_reaches_argo_cd() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "[decide]\ndeadline = \"1s\"\n");
    gated.write("policy.toml", with_sbom(&gated));
    let unsigned = gated.world.push("unsigned", "unsigned");
    let no_sbom = gated.signed("no sbom", "no-sbom");
    let copyleft = gated.signed("copyleft", "copyleft");
    attest(&gated, &gated.world.at(&copyleft), &copyleft, "AGPL-3.0-only");
    let swapped = gated.signed("swapped", "swapped");
    let described = gated.signed("described", "described");
    attest(&gated, &gated.world.at(&described), &described, "MIT");
    present(&gated, &described, &swapped);
    deployable(&argo, &gated, &unsigned);
    gated.start();
    let missing = format!("{}/org/missing:v1", gated.world.registry());
    let cases = [
        (
            "unsigned",
            gated.world.at(&unsigned),
            Ruling::NoEvidence,
            "no-evidence",
        ),
        (
            "no SBOM",
            gated.world.at(&no_sbom),
            Ruling::NoEvidence,
            "no-evidence",
        ),
        (
            "a licence",
            gated.world.at(&copyleft),
            Ruling::Denied,
            "licence-not-allowed",
        ),
        (
            "another image's SBOM",
            gated.world.at(&swapped),
            Ruling::Denied,
            "artifact-mismatch",
        ),
        ("unknown", missing, Ruling::Undecided, "deadline-passed"),
    ];
    for (name, image, ruling, code) in cases {
        let decision = gated.decide(name.replace(' ', "-").as_str(), &image);
        assert_eq!(decision.ruling, ruling, "{name}: {decision:?}");
        assert!(
            decision.findings.iter().any(|note| note.code == code),
            "{name}: {decision:#?}"
        );
    }
    assert!(argo.requests().is_empty(), "{:?}", argo.requests());
    // The one that is as it should be shows that the policy can be met.
    deployable(&argo, &gated, &described);
    assert_eq!(
        ordered(&gated, "good", &gated.world.at(&described)),
        OrderState::Done
    );
}

/// What somebody who can push does: the evidence of `from` is attached to `to`.
fn present(gated: &Gated, from: &Digest, to: &Digest) {
    let base = format!("http://{}/v2/org/app", gated.world.registry());
    let get = |path: String| -> Value {
        let url = format!("{base}/{path}").parse().unwrap();
        let call = Call {
            method: Method::Get,
            url: &url,
            headers: Default::default(),
            body: None,
            limit_bytes: 1 << 20,
            repeat: Repeat::Harmless,
        };
        serde_json::from_slice(&gated.web.send(&call).unwrap().body).unwrap()
    };
    let store = gated
        .world
        .client()
        .open(&gated.world.at(to).parse().unwrap())
        .unwrap();
    let size = get(format!("manifests/{to}")).to_string().len();
    for referrer in get(format!("referrers/{from}"))["manifests"].as_array().unwrap() {
        let mut manifest = get(format!("manifests/{}", referrer["digest"].as_str().unwrap()));
        let media_type = manifest["mediaType"].as_str().unwrap().to_owned();
        manifest["subject"]["digest"] = json!(to.to_string());
        manifest["subject"]["size"] = json!(size);
        let moved = RawManifest::new(manifest.to_string().into_bytes(), &media_type).unwrap();
        store.put_manifest(&moved, None).unwrap();
    }
}

#[test]
fn a_tag_that_moves_deploys_nothing_that_was_not_verified() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "");
    let first = gated.signed("first", "v1");
    deployable(&argo, &gated, &first);
    gated.start();
    // The tag moves before the event is decided: what it names then is decided, and the manifests name another one.
    let second = gated.signed("second", "v1");
    let event = gated.accepted("one", &gated.world.tagged("v1"));
    assert_eq!(gated.decision(event).digest, Some(second.clone()));
    until(|| (gated.settled(event).orders[0].state == OrderState::Dead).then_some(()));
    assert!(argo.syncs("web").is_empty());
    // After the commit that names it, a person asks again; the tag is elsewhere by then, and is not looked at.
    gated.world.push("third", "v1");
    argo.change("web", |web| web.commit("r2", &[&gated.world.at(&second)]));
    let arguments = ["gate", "replay", &event.to_string(), "--config", "gate.toml"];
    assert_code(&gated.world.command().args(arguments).output().unwrap(), 0);
    until(|| {
        let orders = gated.settled(event).orders;
        (orders.len() == 2 && orders[1].state == OrderState::Done).then_some(())
    });
    let syncs = argo.syncs("web");
    assert_eq!((syncs.len(), syncs[0].revision.as_str()), (1, "r2"));
}

#[test]
fn a_caller_speaks_for_its_own_repositories_only() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "");
    let digest = gated.signed("app", "v1");
    deployable(&argo, &gated, &digest);
    let config = gated.world.read("gate.toml");
    let registry = gated.world.registry();
    gated.write(
        "gate.toml",
        config.replace(
            &format!("repositories = [\"{registry}/**\"]"),
            &format!("repositories = [\"{registry}/other/*\"]"),
        ),
    );
    gated.start();
    let (status, answer) = gated.send("one", &gated.world.at(&digest)).unwrap();
    assert_eq!(status, 403, "{answer}");
    assert!(gated.decisions().is_empty());
    assert!(argo.requests().is_empty());
}

#[test]
fn an_older_image_that_is_still_allowed_goes_out_again_as_a_rollback() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "");
    let (old, new) = (gated.signed("old", "v1"), gated.signed("new", "v2"));
    deployable(&argo, &gated, &old);
    gated.start();
    assert_eq!(ordered(&gated, "one", &gated.world.at(&old)), OrderState::Done);
    argo.change("web", |web| web.commit("r2", &[&gated.world.at(&new)]));
    assert_eq!(ordered(&gated, "two", &gated.world.at(&new)), OrderState::Done);
    argo.change("web", |web| web.commit("r3", &[&gated.world.at(&old)]));
    assert_eq!(ordered(&gated, "three", &gated.world.at(&old)), OrderState::Done);
    let decisions = gated.decisions();
    let (_, last) = decisions.last().unwrap();
    assert_eq!(last.rollback_from.as_ref(), Some(&new));
    let revisions: Vec<String> = argo.syncs("web").into_iter().map(|sync| sync.revision).collect();
    assert_eq!(revisions, ["r1", "r2", "r3"]);
}

#[test]
fn a_route_may_refuse_to_go_back() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "rollback = \"deny\"\n", "");
    let (old, new) = (gated.signed("old", "v1"), gated.signed("new", "v2"));
    deployable(&argo, &gated, &old);
    gated.start();
    assert_eq!(ordered(&gated, "one", &gated.world.at(&old)), OrderState::Done);
    argo.change("web", |web| web.commit("r2", &[&gated.world.at(&new)]));
    assert_eq!(ordered(&gated, "two", &gated.world.at(&new)), OrderState::Done);
    let decision = gated.decide("three", &gated.world.at(&old));
    assert_eq!(decision.ruling, Ruling::Denied, "{decision:?}");
    assert_eq!(argo.syncs("web").len(), 2);
}

#[test]
fn what_argo_cd_answers_decides_whether_it_is_asked_again() {
    let rows = [
        (ArgoFault::Anything(401), vec![Outcome::Retry, Outcome::Done]),
        (ArgoFault::Refuse(403), vec![Outcome::Retry, Outcome::Done]),
        (ArgoFault::Refuse(409), vec![Outcome::Retry, Outcome::Done]),
        (ArgoFault::Refuse(503), vec![Outcome::Unknown, Outcome::Done]),
        (
            ArgoFault::BeginAndAnswer(502),
            vec![Outcome::Unknown, Outcome::Done],
        ),
    ];
    for (fault, expected) in rows {
        let argo = argo();
        let gated = Gated::with_argo(&argo, "", "");
        let digest = gated.signed("app", "v1");
        deployable(&argo, &gated, &digest);
        argo.fault(fault);
        gated.start();
        assert_eq!(
            ordered(&gated, "one", &gated.world.at(&digest)),
            OrderState::Done,
            "{fault:?}"
        );
        let results: Vec<Outcome> = results(&gated)
            .into_iter()
            .map(|result| {
                if result == Outcome::AlreadyDone {
                    Outcome::Done
                } else {
                    result
                }
            })
            .collect();
        assert_eq!(results, expected, "{fault:?}");
        assert_eq!(argo.syncs("web").len(), 1, "{fault:?}");
    }
}

#[test]
fn an_application_that_syncs_itself_is_not_touched() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "");
    let digest = gated.signed("app", "v1");
    deployable(&argo, &gated, &digest);
    argo.change("web", |web| web.automated = true);
    gated.start();
    assert_eq!(ordered(&gated, "one", &gated.world.at(&digest)), OrderState::Dead);
    assert_eq!(results(&gated), [Outcome::Refused]);
    assert!(argo.syncs("web").is_empty());
}

#[test]
fn an_application_of_two_images_waits_for_both() {
    let argo = argo();
    let gated = Gated::with_argo(&argo, "", "");
    let app = gated.signed("app", "v1");
    let registry = gated.world.registry();
    let worker_tag = format!("{registry}/org/worker:v1");
    let store = gated.world.client().open(&worker_tag.parse().unwrap()).unwrap();
    let worker = crate::pushed::push_into(&store, "worker", "v1");
    assert_code(
        &gated.world.keyless(&[&format!("{registry}/org/worker@{worker}")]),
        0,
    );
    let worker = format!("{registry}/org/worker@{worker}");
    argo.put("web", Application::new("r1", &[&gated.world.at(&app), &worker]));
    gated.start();
    // The other image was never decided about.
    assert_eq!(ordered(&gated, "one", &gated.world.at(&app)), OrderState::Dead);
    assert!(argo.syncs("web").is_empty());
    assert_eq!(ordered(&gated, "two", &worker), OrderState::Done);
    assert_eq!(argo.syncs("web").len(), 1);
}
