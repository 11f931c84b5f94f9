use jiff::SignedDuration;

use super::*;
use crate::gate::config::load;
use crate::sigstore::trust::{TrustChoice, TrustOptions};
use std::time::Duration;

const REFERENCE: &str = "registry.example/app:v1";

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn config(rule: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let policy = format!(
        "version = 1\n[[pin]]\nname = \"a\"\nidentity = \"dev@example.com\"\nissuer = \"https://ci.example\"\n\
         [[signature]]\npins = [\"a\"]\n{rule}"
    );
    std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let text = "version = 1\ndata = \"data\"\n[trust]\nroot = \"public-good\"\n\
                [[route]]\nname = \"app\"\nrepositories = [\"registry.example/*\"]\npolicy = \"policy.toml\"\n";
    let path = folder.path().join("gate.toml");
    std::fs::write(&path, text).unwrap();
    load(&path).unwrap()
}

/// A trust root that was loaded at a time.
fn keeper(choice: TrustChoice, loaded: Timestamp) -> TrustKeeper {
    let options = TrustOptions {
        offline: true,
        ..TrustOptions::default()
    };
    TrustKeeper::load(choice, options, loaded).unwrap()
}

fn digest(letter: char) -> Digest {
    format!("sha256:{}", letter.to_string().repeat(64))
        .parse()
        .unwrap()
}

fn proof(signed: Option<Timestamp>) -> Proof {
    Proof {
        signers: Vec::new(),
        logs: Vec::new(),
        evidence: Vec::new(),
        sboms: Vec::new(),
        signed,
    }
}

#[test]
fn everything_that_a_verdict_depended_on_is_in_its_key() {
    let good = keeper(TrustChoice::PublicGood, now()).current(now()).unwrap();
    let other = keeper(TrustChoice::GitHub, now()).current(now()).unwrap();
    // The same bytes as a file, under which nothing may be absent.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.json");
    let bytes = sigstore_trust_root::SigstoreInstance::GitHub.embedded_trusted_root_json();
    std::fs::write(&path, bytes).unwrap();
    let strict = keeper(TrustChoice::File(path), now()).current(now()).unwrap();
    assert_eq!(strict.digest(), other.digest());
    let route = |change: fn(&mut Route)| {
        let mut route = config("").routes.remove(0);
        change(&mut route);
        route
    };
    let plain = || route(|_| {});
    let keys = [
        key::of(&plain(), "registry.example/app", &digest('a'), &good),
        key::of(&plain(), "registry.example/other", &digest('a'), &good),
        key::of(&plain(), "registry.example/app", &digest('b'), &good),
        key::of(&plain(), "registry.example/app", &digest('a'), &other),
        key::of(&plain(), "registry.example/app", &digest('a'), &strict),
        key::of(
            &route(|route| route.name = "b".to_owned()),
            "registry.example/app",
            &digest('a'),
            &good,
        ),
        key::of(
            &route(|route| route.inputs = digest('c')),
            "registry.example/app",
            &digest('a'),
            &good,
        ),
        key::of(
            &route(|route| route.deny_warnings = true),
            "registry.example/app",
            &digest('a'),
            &good,
        ),
    ];
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
    assert_eq!(
        keys[0],
        key::of(&plain(), "registry.example/app", &digest('a'), &good)
    );
}

#[test]
fn a_change_of_the_policy_is_another_key() {
    let inputs = |rule| config(rule).routes.remove(0).inputs;
    assert_ne!(inputs(""), inputs("max-age = \"9d\"\n"));
    assert_eq!(inputs(""), inputs(""));
}

#[test]
fn a_verdict_ends_with_whatever_ends_first() {
    let hour = Duration::from_secs(3600);
    let day = Duration::from_secs(86_400);
    let midnight = later(14 * 3600);
    let cases = [
        ("", hour, None, now(), later(3600)),
        ("", day, None, now(), midnight),
        // The trust root was loaded 23 hours ago, and is believed for 24.
        ("", day, None, later(-23 * 3600), later(3600)),
        (
            "max-age = \"7d\"\n",
            hour,
            Some(later(-7 * 86_400 + 60)),
            now(),
            later(60),
        ),
        (
            "max-age = \"7d\"\n",
            hour,
            Some(later(-8 * 86_400)),
            now(),
            later(-86_400),
        ),
        // Without a time there is no age that could be kept.
        ("max-age = \"7d\"\n", hour, None, now(), now()),
    ];
    for (rule, longest, signed, loaded, expected) in cases {
        let route = config(rule).routes.remove(0);
        let keeper = keeper(TrustChoice::PublicGood, loaded);
        let trust = keeper.current(loaded).unwrap();
        let reference = REFERENCE.parse().unwrap();
        let found = key::expiry(&route, &reference, &proof(signed), &trust, longest, now());
        assert_eq!(found, expected, "{rule} {longest:?}");
    }
}

#[test]
fn a_trust_root_that_cannot_be_refreshed_is_believed_for_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("root.json");
    std::fs::write(
        &path,
        include_bytes!("../../../fixtures/verify/rekor-v2-trusted-root-file/trusted_root.json"),
    )
    .unwrap();
    let keeper = keeper(TrustChoice::File(path.clone()), now());
    std::fs::remove_file(&path).unwrap();
    assert!(keeper.held(later(3600)).is_some());
    assert!(keeper.held(later(3601)).is_none());
    assert!(keeper.current(later(2 * 3600)).is_ok());
    assert!(keeper.current(later(24 * 3600)).is_ok());
    assert!(keeper.current(later(24 * 3600 + 1)).is_err(), "it is too old");
    assert!(
        keeper.current(later(-3600)).is_err(),
        "the clock was set back, so its age is not known"
    );
}

#[test]
fn an_image_without_a_route_is_denied_without_asking_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(&folder.path().join("data")).unwrap());
    let trust = Arc::new(keeper(TrustChoice::PublicGood, now()));
    let judge = Judge::new(Arc::new(config("")), trust, store);
    let reference = "elsewhere.example/app:v1".parse().unwrap();
    let judged = judge.at_once(&reference, now()).unwrap();
    assert_eq!(judged.ruling, Ruling::Denied);
    assert_eq!(judged.findings[0].code, "no-route");
    assert!(
        judge.at_once(&REFERENCE.parse().unwrap(), now()).is_none(),
        "a tag has to be resolved"
    );
}

#[test]
fn what_is_wrong_with_the_gate_says_nothing_about_the_image() {
    use crate::report::Verdict;
    let not_covered = Finding::new(Code::SubjectNotCovered, "");
    let expired = Finding::new(Code::TrustInvalid, "");
    assert_eq!(
        judged::ruling(Verdict::Misconfigured, &[&expired]),
        Ruling::Undecided
    );
    assert_eq!(
        judged::ruling(Verdict::Misconfigured, &[&not_covered]),
        Ruling::Denied
    );
    assert_eq!(
        judged::ruling(Verdict::Allowed, &[]),
        Ruling::Undecided,
        "only a report makes an allowed one"
    );
}
