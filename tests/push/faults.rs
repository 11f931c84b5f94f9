//! Every fault at every step of publishing: what is said, and that nothing is taken for published that is not. No
//! credential leaves the registry's origin, whatever an answer points to.

use portcullis::registry::publish;
use portcullis::report::{Code, Finding, Verdict};

use crate::content::{REPOSITORY, bundle, listed, store, subject};
use crate::warehouse::{Misdeed, Nature, Step, Warehouse};

const NATURE: Nature = Nature {
    has_referrers: false,
    has_conditions: false,
    wants_token: true,
    slow: std::time::Duration::ZERO,
};

fn publish_to(registry: &Warehouse) -> Result<(), Box<Finding>> {
    publish::bundle(&store(registry), &subject(), &bundle("one")).map(|_| ())
}

const STEPS: [Step; 8] = [
    Step::Token,
    Step::HeadBlob,
    Step::PostUpload,
    Step::PutBlob,
    Step::PutManifest,
    Step::ReadBack,
    Step::GetTag,
    Step::PutTag,
];

/// Publishing with a fault at each step that stays; each has to give the code that `expected` names for it.
fn at_every_step(misdeed: &Misdeed, expected: impl Fn(Step) -> Code) {
    std::thread::scope(|scope| {
        for step in STEPS {
            let expected = expected(step);
            scope.spawn(move || at_step(step, misdeed, expected));
        }
    });
}

fn at_step(step: Step, misdeed: &Misdeed, expected: Code) {
    let registry = Warehouse::start(NATURE);
    registry.misbehave(step, misdeed.clone(), usize::MAX);
    let finding = publish_to(&registry).unwrap_err();
    assert_eq!(
        finding.code, expected,
        "{step:?} {misdeed:?}: {}",
        finding.message
    );
    assert_ne!(finding.code.verdict(), Verdict::Allowed);
    let text = format!("{finding:?}");
    assert!(!text.contains("hunter2") && !text.contains("4711"), "{text}");
    // Where the list cannot be read it may have been written.
    assert!(
        step == Step::GetTag || listed(&registry).is_empty(),
        "{step:?}: it is listed after all"
    );
}

#[test]
fn not_authorised_at_any_step() {
    for status in [401, 403] {
        at_every_step(&Misdeed::Status(status), |_| Code::RegistryUnauthorised);
    }
}

#[test]
fn not_found_at_any_step() {
    at_every_step(&Misdeed::Status(404), |step| match step {
        Step::Token => Code::RegistryUnauthorised,
        // It says afterwards that it has not what it took.
        Step::HeadBlob | Step::ReadBack => Code::RegistryProtocol,
        // What was written under the tag is never found again.
        Step::GetTag => Code::RegistryContended,
        _ => Code::RegistryNotFound,
    });
}

#[test]
fn throttled_at_any_step() {
    let throttled = Misdeed::With(429, "Retry-After: 0".to_owned());
    at_every_step(&throttled, |_| Code::RegistryThrottled);
}

#[test]
fn out_of_order_at_any_step() {
    for misdeed in [Misdeed::Status(503), Misdeed::Reset, Misdeed::Stall] {
        at_every_step(&misdeed, |_| Code::RegistryUnreachable);
    }
}

#[test]
fn a_fault_that_passes_is_sat_out() {
    for misdeed in [
        Misdeed::Status(503),
        Misdeed::Reset,
        Misdeed::With(429, "Retry-After: 0".to_owned()),
    ] {
        for step in STEPS {
            let registry = Warehouse::start(NATURE);
            registry.misbehave(step, misdeed.clone(), 2);
            let result = publish_to(&registry);
            assert!(result.is_ok(), "{step:?} {misdeed:?}: {result:?}");
            assert_eq!(listed(&registry).len(), 1);
        }
    }
}

#[test]
fn a_token_that_ran_out_is_got_again() {
    for step in STEPS {
        if step == Step::Token {
            continue;
        }
        let registry = Warehouse::start(NATURE);
        let challenge = format!(
            "WWW-Authenticate: Bearer realm=\"http://{}/token\",service=\"test\"",
            registry.host()
        );
        registry.misbehave(step, Misdeed::With(401, challenge), 1);
        publish_to(&registry).unwrap();
        assert!(registry.count("GET", "/token") >= 1);
    }
}

#[test]
fn no_answer_leads_anything_to_another_origin() {
    let targets = |thief: &Warehouse| {
        [
            format!("http://{}/v2/x/blobs/uploads/1?state=x", thief.host()),
            format!("//{}/v2/x/blobs/uploads/1", thief.host()),
            "https://evil.test/v2/x/blobs/uploads/1".to_owned(),
            "https://169.254.169.254/latest".to_owned(),
            "ftp://evil.test/".to_owned(),
        ]
    };
    for (step, status) in [
        (Step::PostUpload, 202),
        (Step::PostUpload, 307),
        (Step::PutBlob, 307),
        (Step::PutManifest, 308),
        (Step::PutTag, 302),
        (Step::GetTag, 301),
        (Step::ReadBack, 303),
    ] {
        let thief = Warehouse::start(Nature::default());
        for target in targets(&thief) {
            let registry = Warehouse::start(NATURE);
            registry.misbehave(
                step,
                Misdeed::With(status, format!("Location: {target}")),
                usize::MAX,
            );
            let finding = publish_to(&registry).unwrap_err();
            assert_eq!(
                finding.code,
                Code::RegistryRefusedDestination,
                "{step:?} {target}"
            );
            assert_eq!(thief.seen().len(), 0, "{step:?} {target}");
            assert!(!thief.was_told_a_secret());
        }
    }
}

#[test]
fn an_absolute_address_at_the_registrys_own_origin_is_taken() {
    let registry = Warehouse::start(NATURE);
    let host = registry.host();
    let location = format!("Location: http://{host}/v2/{REPOSITORY}/blobs/uploads/elsewhere?state=x");
    registry.misbehave(Step::PostUpload, Misdeed::Header(location), usize::MAX);
    publish_to(&registry).unwrap();
    assert!(registry.count("PUT", "/blobs/uploads/elsewhere?state=x&digest=sha256") > 0);
}

#[test]
fn an_upload_without_an_address_is_no_upload() {
    let registry = Warehouse::start(NATURE);
    registry.misbehave(Step::PostUpload, Misdeed::Status(202), usize::MAX);
    assert_eq!(publish_to(&registry).unwrap_err().code, Code::RegistryProtocol);
}

#[test]
fn a_registry_that_claims_another_digest_or_keeps_nothing_is_noticed() {
    let lie = || {
        let digest = format!("sha256:{}", "0".repeat(64));
        Misdeed::Header(format!("Docker-Content-Digest: {digest}"))
    };
    for (step, misdeed, code) in [
        (Step::PutBlob, lie(), Code::RegistryDigestMismatch),
        (Step::PutManifest, lie(), Code::RegistryDigestMismatch),
        (Step::PutTag, lie(), Code::RegistryDigestMismatch),
        (Step::ReadBack, lie(), Code::RegistryDigestMismatch),
        (Step::PutBlob, Misdeed::Forget, Code::RegistryProtocol),
        (Step::PostUpload, Misdeed::Forget, Code::RegistryProtocol),
        (Step::PutManifest, Misdeed::Forget, Code::RegistryProtocol),
        (Step::PutTag, Misdeed::Forget, Code::RegistryContended),
    ] {
        let registry = Warehouse::start(NATURE);
        registry.misbehave(step, misdeed.clone(), usize::MAX);
        let finding = publish_to(&registry).unwrap_err();
        assert_eq!(finding.code, code, "{step:?} {misdeed:?}: {}", finding.message);
    }
}
