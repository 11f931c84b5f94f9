//! Verification summaries: what a verifier signed about an artifact, and what makes it worth relying on.

use std::time::Duration;

use portcullis::attestation::vsa::VSA_TYPE;
use portcullis::policy::{Demand, SummaryRules, Written};
use portcullis::report::{Code, Origin};
use portcullis::sandbox::signing::sha256_of;
use portcullis::subject::Digest;
use serde_json::{Value, json};

use crate::judge::{attestation_by, identity};
use crate::{ARTIFACT, EMAIL, ISSUER, World, assert_answer, keyless};

const VERIFIER: &str = "https://verifier.example/v1";
const RESOURCE: &str = "pkg:oci/app";

fn summary() -> Value {
    json!({
        "verifier": {"id": VERIFIER, "version": {"portcullis": "0.1.0"}},
        "timeVerified": "2025-10-09T08:53:20Z",
        "resourceUri": RESOURCE,
        "policy": {"uri": "https://policy.example", "digest": {"sha256": Digest::sha256(b"policy").to_hex()}},
        "verificationResult": "PASSED",
        "verifiedLevels": ["SLSA_BUILD_LEVEL_2"],
        "slsaVersion": "1.1",
    })
}

/// The summary with one member changed.
fn with(member: &str, value: Value) -> Value {
    let mut changed = summary();
    changed[member] = value;
    changed
}

fn written<T>(value: T) -> Written<T> {
    Written {
        value,
        origin: Origin::flag("test"),
    }
}

/// A summary by [`VERIFIER`], signed by the usual signer.
fn demand() -> Demand {
    Demand {
        summary: Some(SummaryRules {
            verifier: written(VERIFIER.to_owned()),
            resource_uri: None,
            policy: None,
            level: None,
        }),
        ..attestation_by(identity(EMAIL, ISSUER), "vsa")
    }
}

/// The demand with more rules.
fn demanding(change: impl FnOnce(&mut SummaryRules)) -> Demand {
    let mut demand = demand();
    change(demand.summary.as_mut().unwrap());
    demand
}

fn minted(world: &mut World, predicate_type: &str, predicate: &Value) -> Value {
    let subjects = [("artifact", sha256_of(ARTIFACT))];
    world
        .instance
        .attest(&subjects, predicate_type, predicate, &keyless())
        .unwrap()
}

#[test]
fn a_summary_has_to_say_what_is_relied_on() {
    let mut world = World::new();
    let failed = Err(Code::SummaryFailed);
    let malformed = Err(Code::PredicateMalformed);
    let rows: Vec<(&str, Value, Result<(), Code>)> = vec![
        ("as it should be", summary(), Ok(())),
        ("another member", with("https://example.com/x", json!(1)), Ok(())),
        ("failed", with("verificationResult", json!("FAILED")), failed),
        (
            "passed in lower case",
            with("verificationResult", json!("passed")),
            malformed,
        ),
        ("no result", with("verificationResult", Value::Null), malformed),
        (
            "another verifier",
            with("verifier", json!({"id": "https://verifier.example/v10"})),
            Err(Code::SummaryVerifierMismatch),
        ),
        (
            "the verifier with a slash",
            with("verifier", json!({"id": format!("{VERIFIER}/")})),
            Err(Code::SummaryVerifierMismatch),
        ),
        (
            "a list of verifiers",
            with("verifier", json!([{"id": VERIFIER}])),
            malformed,
        ),
        ("an empty object", json!({}), malformed),
        ("a list", json!([]), malformed),
    ];
    for (what, predicate, expected) in rows {
        let bundle = minted(&mut world, VSA_TYPE, &predicate);
        assert_answer(what, &world.ask(&bundle, demand()), expected);
    }
}

#[test]
fn resource_policy_and_level_are_compared_when_asked() {
    let mut world = World::new();
    let bundle = minted(&mut world, VSA_TYPE, &summary());
    let resource = |uri: &str| demanding(|rules| rules.resource_uri = Some(written(uri.to_owned())));
    let policy = |bytes: &[u8]| demanding(|rules| rules.policy = Some(written(Digest::sha256(bytes))));
    let level = |level: &str| demanding(|rules| rules.level = Some(written(level.to_owned())));
    for (what, demand, expected) in [
        ("resource", resource(RESOURCE), Ok(())),
        (
            "another resource",
            resource("pkg:oci/app2"),
            Err(Code::SummaryResourceMismatch),
        ),
        ("policy", policy(b"policy"), Ok(())),
        ("another policy", policy(b"lax"), Err(Code::SummaryPolicyMismatch)),
        ("lower level", level("SLSA_BUILD_LEVEL_1"), Ok(())),
        (
            "higher level",
            level("SLSA_BUILD_LEVEL_3"),
            Err(Code::SummaryLevelTooLow),
        ),
        (
            "level of another track",
            level("SLSA_SOURCE_LEVEL_1"),
            Err(Code::SummaryLevelTooLow),
        ),
    ] {
        assert_answer(what, &world.ask(&bundle, demand), expected);
    }
}

/// The signer and the verifier count as a pair, and so does the artifact.
#[test]
fn a_good_summary_by_somebody_else_or_of_something_else_is_nothing() {
    let mut world = World::new();
    let bundle = minted(&mut world, VSA_TYPE, &summary());
    let foreign = Demand {
        pins: attestation_by(identity("eve@example.com", ISSUER), "vsa").pins,
        ..demand()
    };
    assert_answer(
        "another signer",
        &world.ask(&bundle, foreign),
        Err(Code::IdentityMismatch),
    );
    let subjects = [("artifact", sha256_of(b"another artifact"))];
    let other = world
        .instance
        .attest(&subjects, VSA_TYPE, &summary(), &keyless())
        .unwrap();
    assert_answer(
        "another artifact",
        &world.ask(&other, demand()),
        Err(Code::ArtifactMismatch),
    );
}

/// The name `vsa` asks for summaries; the result counts even where no verifier is named.
#[test]
fn a_failed_summary_never_passes_as_a_summary() {
    let mut world = World::new();
    let failed = minted(&mut world, VSA_TYPE, &with("verificationResult", json!("FAILED")));
    for demanded in ["vsa", VSA_TYPE] {
        let demand = attestation_by(identity(EMAIL, ISSUER), demanded);
        assert_answer(demanded, &world.ask(&failed, demand), Err(Code::SummaryFailed));
    }
}

/// Whoever asks for any attestation at all does not ask for a verifier's word that the artifact failed.
#[test]
fn a_failed_summary_is_not_any_attestation() {
    let mut world = World::new();
    for (what, predicate, expected) in [
        ("passed", summary(), Ok(())),
        (
            "failed",
            with("verificationResult", json!("FAILED")),
            Err(Code::SummaryFailed),
        ),
        (
            "failed in lower case",
            with("verificationResult", json!("failed")),
            Err(Code::PredicateMalformed),
        ),
    ] {
        let bundle = minted(&mut world, VSA_TYPE, &predicate);
        let demand = attestation_by(identity(EMAIL, ISSUER), "any");
        assert_answer(what, &world.ask(&bundle, demand), expected);
    }
}

/// Its age would be negative for years, and any limit on it without meaning.
#[test]
fn a_verification_in_the_future_is_none() {
    let mut world = World::new();
    let future = minted(
        &mut world,
        VSA_TYPE,
        &with("timeVerified", json!("2399-01-01T00:00:00Z")),
    );
    assert_answer(
        "future",
        &world.ask(&future, demand()),
        Err(Code::PredicateMalformed),
    );
}

/// Version 0.2 spells its members otherwise; it is refused by name, not read as an empty summary.
#[test]
fn an_older_summary_is_refused() {
    let mut world = World::new();
    let old = minted(
        &mut world,
        "https://slsa.dev/verification_summary/v0.2",
        &summary(),
    );
    assert_answer("v0.2", &world.ask(&old, demand()), Err(Code::PredicateMalformed));
}

/// Signing an old summary anew makes it no younger.
#[test]
fn the_age_is_that_of_the_verification() {
    let mut world = World::new();
    let ten_years = Duration::from_secs(10 * 365 * 86_400);
    let limited = || Demand {
        max_age: Some(written(ten_years)),
        ..demand()
    };
    let recent = minted(&mut world, VSA_TYPE, &summary());
    assert_answer("recent", &world.ask(&recent, limited()), Ok(()));
    let old = minted(
        &mut world,
        VSA_TYPE,
        &with("timeVerified", json!("2012-01-01T00:00:00Z")),
    );
    assert_answer("old", &world.ask(&old, limited()), Err(Code::EvidenceTooOld));
}
