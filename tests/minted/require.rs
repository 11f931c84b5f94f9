//! Which of several candidates count: `--require any|all|latest`, by verified times.

use jiff::{SignedDuration, Timestamp};
use portcullis::policy::{Demand, Require, Written};
use portcullis::report::{Code, Origin, Verdict};
use portcullis::sandbox::signing::sha256_of;
use portcullis::sandbox::{CertificateRequest, San, SignOptions};
use portcullis::sigstore::certificate::SanKind;
use portcullis::sigstore::pin::{Combine, Pin, PinSet};
use portcullis::subject::{Digest, Subject};
use serde_json::{Value, json};

use crate::judge::{Answer, attestation_by, identity, identity_pattern, requiring};
use crate::{ARTIFACT, ISSUER, World};

const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
const GOOD: &str = "https://builder.example/good";

/// Provenance that names a builder, signed by `who` this many seconds after the instance's beginning.
fn provenance(world: &mut World, who: &str, second: i64, builder: &str) -> Value {
    let mut request = CertificateRequest::new(San::Email(format!("{who}@example.com")), ISSUER);
    request.lifetime = SignedDuration::from_hours(1);
    let mut options = SignOptions::certificate(request);
    options.signed_at = Some(world.instance.now() + SignedDuration::from_secs(second));
    let predicate = json!({"runDetails": {"builder": {"id": builder}}});
    let subjects = [("artifact", sha256_of(ARTIFACT))];
    world
        .instance
        .attest(&subjects, PROVENANCE, &predicate, &options)
        .unwrap()
}

/// Provenance by `dev`, from the good builder, decided by this rule.
fn demand(require: Require) -> Demand {
    let mut demand = requiring(
        require,
        attestation_by(identity("dev@example.com", ISSUER), "slsa-provenance"),
    );
    demand.fields.builder_id = Some(Written {
        value: GOOD.to_owned(),
        origin: Origin::flag("--builder-id"),
    });
    demand
}

fn ask(world: &World, bundles: &[&Value], demand: Demand) -> Answer {
    world.ask_about(Subject::Digest(Digest::sha256(ARTIFACT)), bundles, demand)
}

/// What each rule makes of the same candidates, in either order.
#[track_caller]
fn assert_verdicts(what: &str, world: &World, bundles: &[&Value], expected: [Verdict; 3]) {
    let reversed: Vec<&Value> = bundles.iter().rev().copied().collect();
    for order in [bundles, &reversed] {
        for (require, expected) in [Require::Any, Require::All, Require::Latest]
            .into_iter()
            .zip(expected)
        {
            let answer = ask(world, order, demand(require));
            assert_eq!(
                answer.verdict(),
                expected,
                "{what}, {require:?}: {}",
                answer.explain()
            );
        }
    }
}

const ALLOWED: Verdict = Verdict::Allowed;
const DENIED: Verdict = Verdict::Denied;

#[test]
fn what_came_later_by_the_same_signer_decides_where_that_is_asked() {
    let mut world = World::new();
    let old_good = provenance(&mut world, "dev", 10, GOOD);
    let new_good = provenance(&mut world, "dev", 20, GOOD);
    let old_bad = provenance(&mut world, "dev", 10, "https://builder.example/bad");
    let new_bad = provenance(&mut world, "dev", 20, "https://builder.example/bad");
    let stranger = provenance(&mut world, "mallory", 30, "https://builder.example/bad");
    let stranger_good = provenance(&mut world, "mallory", 30, GOOD);
    let rows: [(&str, &[&Value], [Verdict; 3]); 9] = [
        ("one good", &[&old_good], [ALLOWED, ALLOWED, ALLOWED]),
        ("one bad", &[&old_bad], [DENIED, DENIED, DENIED]),
        (
            "old good, new good",
            &[&old_good, &new_good],
            [ALLOWED, ALLOWED, ALLOWED],
        ),
        (
            "old good, new bad",
            &[&old_good, &new_bad],
            [ALLOWED, DENIED, DENIED],
        ),
        (
            "old bad, new good",
            &[&old_bad, &new_good],
            [ALLOWED, DENIED, ALLOWED],
        ),
        // In the same second nobody can tell which is later, so the bad one counts.
        (
            "good and bad in the same second",
            &[&old_good, &old_bad],
            [ALLOWED, DENIED, DENIED],
        ),
        // A stranger cannot supersede an accepted signer, or anybody could deny everything.
        (
            "a later one by a stranger",
            &[&old_good, &stranger],
            [ALLOWED, DENIED, ALLOWED],
        ),
        (
            "a later good one by a stranger",
            &[&old_bad, &stranger_good],
            [DENIED, DENIED, DENIED],
        ),
        ("only a stranger", &[&stranger_good], [DENIED, DENIED, DENIED]),
    ];
    for (what, bundles, expected) in rows {
        assert_verdicts(what, &world, bundles, expected);
    }
}

#[test]
fn the_latest_of_all_accepted_signers_decides_where_one_is_enough() {
    let mut world = World::new();
    let dev = provenance(&mut world, "dev", 10, GOOD);
    let ops_bad = provenance(&mut world, "ops", 20, "https://builder.example/bad");
    let either = Demand {
        pins: PinSet::new(
            vec![identity_pattern(
                r"(dev|ops)@example\.com",
                SanKind::Email,
                ISSUER,
            )],
            Combine::Any,
            None,
        )
        .unwrap(),
        ..demand(Require::Latest)
    };
    let answer = ask(&world, &[&dev, &ops_bad], either);
    assert_eq!(answer.verdict(), DENIED, "{}", answer.explain());
    assert!(answer.codes().contains(&Code::NotLatest));
}

/// What is asked, of which pins, by which rule, with which bundles, and the verdict.
type Row<'a> = (&'a str, &'a [Pin], Require, &'a [&'a Value], Verdict);

/// One signer counts once, however many signatures it made and however many pins accept it (CVE-2026-49834).
#[test]
fn two_pins_need_two_signers() {
    let mut world = World::new();
    let dev = provenance(&mut world, "dev", 10, GOOD);
    let dev_again = provenance(&mut world, "dev", 20, GOOD);
    let ops = provenance(&mut world, "ops", 30, GOOD);
    let ops_bad = provenance(&mut world, "ops", 40, "https://builder.example/bad");
    let named = |name: &str, who: &str| {
        let pin = identity(&format!("{who}@example.com"), ISSUER);
        Pin::new(name, pin.who().clone(), Vec::new()).unwrap()
    };
    let anyone = identity_pattern(r"[a-z]+@example\.com", SanKind::Email, ISSUER);
    let anyone = Pin::new("anyone", anyone.who().clone(), Vec::new()).unwrap();
    let people = vec![named("dev", "dev"), named("ops", "ops")];
    let overlapping = vec![named("dev", "dev"), anyone];
    let rows: [Row<'_>; 8] = [
        ("both", &people, Require::Any, &[&dev, &ops], ALLOWED),
        ("one", &people, Require::Any, &[&dev], DENIED),
        ("one, twice", &people, Require::Any, &[&dev, &dev_again], DENIED),
        (
            "one, whom both pins accept",
            &overlapping,
            Require::Any,
            &[&dev, &dev_again],
            DENIED,
        ),
        (
            "two, of whom both pins accept one",
            &overlapping,
            Require::Any,
            &[&dev, &ops],
            ALLOWED,
        ),
        (
            "the other falls short",
            &people,
            Require::Any,
            &[&dev, &ops_bad],
            DENIED,
        ),
        (
            "the other's latest falls short",
            &people,
            Require::Latest,
            &[&dev, &ops, &ops_bad],
            DENIED,
        ),
        (
            "the latest of each",
            &people,
            Require::Latest,
            &[&dev, &dev_again, &ops],
            ALLOWED,
        ),
    ];
    for (what, pins, require, bundles, expected) in rows {
        let demand = Demand {
            pins: PinSet::new(pins.to_vec(), Combine::AtLeast(2), None).unwrap(),
            ..demand(require)
        };
        let answer = ask(&world, bundles, demand);
        assert_eq!(answer.verdict(), expected, "{what}: {}", answer.explain());
    }
}

#[test]
fn the_predicate_that_is_handed_on_is_the_newest() {
    let mut world = World::new();
    let newer = provenance(&mut world, "dev", 20, GOOD);
    let older = provenance(&mut world, "dev", 10, GOOD);
    for bundles in [[&newer, &older], [&older, &newer]] {
        let answer = ask(&world, &bundles, demand(Require::Any));
        assert_eq!(answer.predicates.len(), 2);
    }
    let answer = ask(&world, &[&newer, &older], demand(Require::Latest));
    assert_eq!(answer.predicates.len(), 1);
}

#[test]
fn a_candidate_that_is_no_bundle_counts_against_all_and_not_against_the_others() {
    let mut world = World::new();
    let good = provenance(&mut world, "dev", 10, GOOD);
    let garbage = json!({"mediaType": "x"});
    assert_verdicts(
        "garbage beside a good one",
        &world,
        &[&good, &garbage],
        [ALLOWED, DENIED, ALLOWED],
    );
}

#[test]
fn evidence_of_another_kind_does_not_count_for_or_against() {
    let mut world = World::new();
    let good = provenance(&mut world, "dev", 10, GOOD);
    let signature = world
        .instance
        .sign_blob(ARTIFACT, &SignOptions::keyless("dev@example.com", ISSUER))
        .unwrap();
    let subjects = [("artifact", sha256_of(ARTIFACT))];
    let other_type = world
        .instance
        .attest(
            &subjects,
            "https://example.com/t",
            &json!({}),
            &SignOptions::keyless("dev@example.com", ISSUER),
        )
        .unwrap();
    assert_verdicts(
        "others beside it",
        &world,
        &[&good, &signature, &other_type],
        [ALLOWED; 3],
    );
    assert_verdicts(
        "only others",
        &world,
        &[&signature, &other_type],
        [Verdict::NoEvidence; 3],
    );
}

#[test]
fn age_counts_from_the_verified_time_to_the_second() {
    let mut world = World::new();
    let bundle = provenance(&mut world, "dev", 0, GOOD);
    let signed = world.instance.now();
    let path = world.file(bundle.to_string().as_bytes());
    for (age, limit, expected) in [
        (3600, 3600, ALLOWED),
        (3601, 3600, DENIED),
        (1, 3600, ALLOWED),
        // A clock that is behind is no reason to refuse.
        (-3600, 60, ALLOWED),
    ] {
        let mut demand = demand(Require::Any);
        demand.max_age = Some(Written {
            value: std::time::Duration::from_secs(limit),
            origin: Origin::flag("--max-age"),
        });
        let mut question = crate::Question::digest(&world.engine, &Digest::sha256(ARTIFACT), &path, demand);
        question.now = Timestamp::from_second(signed.as_second() + age).unwrap();
        let answer = question.ask();
        assert_eq!(
            answer.verdict(),
            expected,
            "{age} of {limit}: {}",
            answer.explain()
        );
        assert_eq!(answer.codes().contains(&Code::EvidenceTooOld), expected == DENIED);
    }
}
