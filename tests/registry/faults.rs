//! Every fault at every step, each a test of its own: what is decided, with which code, and what each place is said to
//! have given. No fault ever allows, and nothing is told to the place that a redirect points to.
//!
//! Each case is run twice: with nothing but the evidence behind the faulty step, and with evidence by somebody else in
//! another place. The second must not turn "could not find out" into a denial.

use std::time::Duration;

use portcullis::registry::PlatformChoice;
use portcullis::registry::client::Client;
use portcullis::report::{Code, ExitCode, PlaceKind, PlaceOutcome, Verdict};

use crate::content::{Spot, add_foreign, config_for, demand, engine, image, locked, signed, verify};
use crate::fake::{Misdeed, Registry, Step};
use crate::finding::index;
use crate::judge::{Answer, Question};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    SeeOther,
    Unauthorized,
    Forbidden,
    NotFound,
    TooMany,
    Unavailable,
    Stall,
    Reset,
}

/// What a case has to come to.
struct Expected {
    /// Without other evidence, and with evidence by somebody else.
    verdicts: [Verdict; 2],
    /// `None` where the step answered: 404 at a place is "nothing here".
    code: Option<Code>,
}

fn expected(step: Step, fault: Fault) -> Expected {
    let is_place = place_of(step).is_some();
    let code = match (fault, step) {
        // Credentials do not follow, and a list is only believed from the registry itself.
        (Fault::SeeOther, Step::Token) => Code::RegistryRefusedDestination,
        (Fault::SeeOther, Step::Referrers) => Code::RegistryProtocol,
        // Where it points to wants to be told who asks, and is not.
        (Fault::SeeOther, _) => Code::RegistryUnauthorised,
        (Fault::Unauthorized | Fault::Forbidden, _) | (Fault::NotFound, Step::Token) => {
            Code::RegistryUnauthorised
        }
        (Fault::NotFound, _) if is_place => {
            return Expected {
                verdicts: [Verdict::NoEvidence, Verdict::Denied],
                code: None,
            };
        }
        (Fault::NotFound, _) => Code::RegistryNotFound,
        (Fault::TooMany, _) => Code::RegistryThrottled,
        (Fault::Unavailable | Fault::Stall | Fault::Reset, _) => Code::RegistryUnreachable,
    };
    Expected {
        verdicts: [Verdict::Undecided; 2],
        code: Some(code),
    }
}

fn place_of(step: Step) -> Option<PlaceKind> {
    Some(match step {
        Step::Referrers => PlaceKind::Referrers,
        Step::ReferrersTag => PlaceKind::ReferrersTag,
        Step::SigTag => PlaceKind::SignatureTag,
        Step::AttTag => PlaceKind::AttestationTag,
        Step::SbomTag => PlaceKind::SbomTag,
        Step::Token | Step::Manifest | Step::ImageOfIndex | Step::CandidateManifest | Step::CandidateBlob => {
            return None;
        }
    })
}

/// Where the evidence is that the fault hides, and where the other evidence is.
fn spots(step: Step) -> (Spot, Spot) {
    match step {
        Step::ReferrersTag => (Spot::ReferrersTag, Spot::Att),
        Step::SigTag => (Spot::Sig, Spot::Att),
        Step::AttTag => (Spot::Att, Spot::Sig),
        Step::SbomTag => (Spot::Referrers, Spot::Att),
        // Faults at candidates are at both of them, so the other one is where manifest and tag come together.
        _ => (Spot::Referrers, Spot::Sig),
    }
}

fn misdeed(fault: Fault, thief: &Registry) -> Misdeed {
    match fault {
        Fault::SeeOther => Misdeed::redirect(303, &thief.url("/v2/org/app/manifests/v1")),
        Fault::Unauthorized => Misdeed::status(401),
        Fault::Forbidden => Misdeed::status(403),
        Fault::NotFound => Misdeed::status(404),
        Fault::TooMany => Misdeed::Status(429, vec!["Retry-After: 0".to_owned()], Vec::new()),
        Fault::Unavailable => Misdeed::status(503),
        Fault::Stall => Misdeed::Stall,
        Fault::Reset => Misdeed::Reset,
    }
}

fn check(step: Step, fault: Fault) {
    let expected = expected(step, fault);
    let (hidden, other) = spots(step);
    for (foreign, verdict) in [false, true].into_iter().zip(expected.verdicts) {
        let thief = Registry::thief();
        // Nothing that counts is ever under the tag of SBOMs. It is a place all the same.
        let mut contents = match step {
            Step::SbomTag => locked(image().0),
            _ => locked(signed(hidden)),
        };
        if foreign {
            add_foreign(&mut contents, other);
        }
        contents.misbehave(step, misdeed(fault, &thief));
        let registry = Registry::start(contents);
        let mut config = config_for(&registry);
        if fault == Fault::Stall {
            config.patience.answer = Duration::from_millis(700);
        }
        let answer = verify(&registry, config);
        let case = format!("{step:?} {fault:?}, foreign {foreign}: {}", answer.explain());

        assert_eq!(answer.verdict(), verdict, "{case}");
        assert_eq!(exit_code(&answer), exit_code_of(verdict), "{case}");
        assert_places(&answer, step, expected.code, &case);
        if let Some(code) = expected.code {
            assert!(answer.codes().contains(&code), "{code} is missing: {case}");
        }
        assert!(!thief.was_told_a_secret(), "{case}");
        assert_keeps_secrets(&answer, &case);
    }
}

/// What the program would exit with.
fn exit_code(answer: &Answer) -> u8 {
    ExitCode::from(answer.verdict()).into()
}

/// The documented code. No fault has 0.
fn exit_code_of(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Denied => 1,
        Verdict::NoEvidence => 3,
        Verdict::Undecided => 4,
        Verdict::Allowed | Verdict::Misconfigured => panic!("no fault leads to {verdict:?}"),
    }
}

/// The image of a platform cannot be read, although its evidence and the index can: by itself, and with all others.
fn check_platform(fault: Fault) {
    let (contents, _) = index();
    for (choice, name) in [
        (PlatformChoice::One("linux/amd64".parse().unwrap()), "one"),
        (PlatformChoice::All, "all"),
    ] {
        let thief = Registry::thief();
        let mut contents = locked(contents.clone());
        contents.misbehave(Step::ImageOfIndex, misdeed(fault, &thief));
        let registry = Registry::start(contents);
        let mut config = config_for(&registry);
        if fault == Fault::Stall {
            config.patience.answer = Duration::from_millis(700);
        }
        let client = Client::new(config).unwrap();
        let reference = registry.reference("multi");
        let mut question = Question::image(engine(), &client, &reference, demand());
        question.platform = choice;
        let answers = question.ask_all();
        let case = format!("{fault:?}, {name}: {}", answers[0].explain());
        assert_eq!(answers.len(), 1, "{case}");
        assert_eq!(answers[0].verdict(), Verdict::Undecided, "{case}");
        let expected = expected(Step::ImageOfIndex, fault);
        assert_eq!(answers[0].reason(), expected.code, "{case}");
        assert!(answers[0].report.places.is_empty(), "{case}");
        assert!(!thief.was_told_a_secret(), "{case}");
        assert_keeps_secrets(&answers[0], &case);
    }
}

/// The step's own place failed with the code, or answered; every other place answered.
fn assert_places(answer: &Answer, step: Step, expected: Option<Code>, case: &str) {
    let places = &answer.report.places;
    if matches!(step, Step::Token | Step::Manifest) {
        assert!(places.is_empty(), "{case}");
        return;
    }
    assert_eq!(places.len(), 6, "{case}");
    for place in places {
        let at_fault = place_of(step) == Some(place.kind);
        match &place.outcome {
            PlaceOutcome::Failed { code, .. } => {
                assert!(at_fault, "{place:?} {case}");
                assert_eq!(Some(*code), expected, "{place:?} {case}");
            }
            PlaceOutcome::Nothing if at_fault => assert_eq!(expected, None, "{place:?} {case}"),
            PlaceOutcome::Found { .. } => assert!(!at_fault, "{place:?} {case}"),
            PlaceOutcome::Nothing => {}
        }
        let expects_request = place.kind != PlaceKind::BuildkitIndex;
        assert_eq!(!place.asked.is_empty(), expects_request, "{place:?} {case}");
    }
}

/// Nothing that the report says holds a secret, although every error of the registry repeats one.
fn assert_keeps_secrets(answer: &Answer, case: &str) {
    let report = serde_json::to_string(&answer.report).unwrap();
    for secret in [crate::fake::PASSWORD, crate::fake::TOKEN, crate::fake::USER] {
        assert!(!report.contains(secret), "{secret}: {case}");
    }
}

macro_rules! faults {
    ($($module:ident $check:expr,)*) => {
        $(mod $module {
            use super::*;

            /// The test of one fault at this step.
            fn at(fault: Fault) {
                let at: fn(Fault) = $check;
                at(fault);
            }

            #[test]
            fn see_other() {
                at(Fault::SeeOther);
            }

            #[test]
            fn unauthorized() {
                at(Fault::Unauthorized);
            }

            #[test]
            fn forbidden() {
                at(Fault::Forbidden);
            }

            #[test]
            fn not_found() {
                at(Fault::NotFound);
            }

            #[test]
            fn too_many_requests() {
                at(Fault::TooMany);
            }

            #[test]
            fn unavailable() {
                at(Fault::Unavailable);
            }

            #[test]
            fn stall() {
                at(Fault::Stall);
            }

            #[test]
            fn reset() {
                at(Fault::Reset);
            }
        })*
    };
}

faults! {
    token |fault| check(Step::Token, fault),
    manifest |fault| check(Step::Manifest, fault),
    platform_manifest check_platform,
    referrers |fault| check(Step::Referrers, fault),
    referrers_tag |fault| check(Step::ReferrersTag, fault),
    sig_tag |fault| check(Step::SigTag, fault),
    att_tag |fault| check(Step::AttTag, fault),
    sbom_tag |fault| check(Step::SbomTag, fault),
    candidate_manifest |fault| check(Step::CandidateManifest, fault),
    candidate_blob |fault| check(Step::CandidateBlob, fault),
}

/// Our evidence is not behind this step: `any` is met whatever an unsigned place does.
#[test]
fn a_place_that_does_not_answer_takes_nothing_from_what_another_holds() {
    for fault in [Fault::TooMany, Fault::Forbidden] {
        let thief = Registry::thief();
        let mut contents = signed(Spot::Referrers);
        contents.misbehave(Step::SbomTag, misdeed(fault, &thief));
        let registry = Registry::start(contents);
        let answer = verify(&registry, config_for(&registry));
        assert_eq!(answer.verdict(), Verdict::Allowed, "{}", answer.explain());
        let code = expected(Step::SbomTag, fault).code;
        assert_places(&answer, Step::SbomTag, code, "sbom");
    }
}

#[test]
fn a_fault_that_passes_is_retried_and_forgotten() {
    for step in [
        Step::Token,
        Step::Manifest,
        Step::Referrers,
        Step::CandidateManifest,
        Step::CandidateBlob,
    ] {
        for misdeed in [
            Misdeed::status(503),
            Misdeed::Status(429, vec!["Retry-After: 0".to_owned()], Vec::new()),
            Misdeed::Reset,
            Misdeed::BreakOff,
        ] {
            let mut contents = locked(signed(Spot::Referrers));
            contents.misbehave_times(step, misdeed.clone(), 1);
            let registry = Registry::start(contents);
            let answer = verify(&registry, config_for(&registry));
            assert_eq!(
                answer.verdict(),
                Verdict::Allowed,
                "{step:?} {misdeed:?}: {}",
                answer.explain()
            );
        }
    }
}

#[test]
fn a_server_that_asks_to_wait_for_long_is_not_waited_for() {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(
        Step::Manifest,
        Misdeed::Status(429, vec!["Retry-After: 3600".to_owned()], Vec::new()),
    );
    let registry = Registry::start(contents);
    let answer = verify(&registry, config_for(&registry));
    assert_eq!(answer.reason(), Some(Code::RegistryThrottled));
    assert!(answer.explain().contains("3600 seconds"), "{}", answer.explain());
    assert_eq!(registry.take_paths().len(), 1);
}

#[test]
fn the_deadline_ends_everything() {
    let mut contents = signed(Spot::Referrers);
    contents.misbehave(Step::Referrers, Misdeed::Stall);
    let registry = Registry::start(contents);
    let started = std::time::Instant::now();
    let mut config = config_for(&registry);
    config.patience.answer = Duration::from_secs(600);
    config.patience.retry.attempts = 100;
    config.deadline = Some(started + Duration::from_secs(2));
    let answer = verify(&registry, config);
    assert_eq!(answer.verdict(), Verdict::Undecided, "{}", answer.explain());
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
}
