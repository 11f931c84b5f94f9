//! Who is accepted and who is not, as truth tables.

use super::{
    ClaimRule, Combine, IdentityRule, IssuerRule, LogRequirement, Met, Pin, PinError, PinSet, PinSetError,
    PublicKey, SignerFacts, SignerId, TextRule, Who,
};
use crate::report::{Code, Finding, Origin, Severity};
use crate::sigstore::certificate::testing::{TestCertificate, fixture};
use crate::sigstore::certificate::{CertificateFacts, Claim, SanKind};
use crate::subject::Digest;

const SAN: &str = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

fn identity(text: TextRule, kind: Option<SanKind>, claims: Vec<ClaimRule>) -> Pin {
    let identity = IdentityRule::new(text, kind, Origin::flag("--identity")).unwrap();
    let issuer = IssuerRule {
        text: TextRule::exact(ISSUER),
        origin: Origin::flag("--issuer"),
    };
    Pin::new("release", Who::Identity { identity, issuer }, claims).unwrap()
}

fn claim(claim: Claim, text: TextRule) -> ClaimRule {
    ClaimRule {
        claim,
        text,
        origin: Origin::flag("--claim"),
    }
}

fn exact() -> Pin {
    identity(TextRule::exact(SAN), None, vec![])
}

fn pattern(text: &str) -> Pin {
    identity(TextRule::pattern(text).unwrap(), Some(SanKind::Uri), vec![])
}

fn codes(pin: &Pin, certificate: TestCertificate) -> Vec<&'static str> {
    let signer = SignerFacts::Certificate(certificate.facts());
    let findings = pin.examine(&signer).err().unwrap_or_default();
    for finding in &findings {
        assert!(
            finding.expected.is_some() && finding.origin.is_some(),
            "{finding:?}"
        );
    }
    findings.iter().map(|finding| finding.code.name()).collect()
}

#[test]
fn an_identity_is_accepted_only_as_it_is_written() {
    let careful = r"^https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/main";
    for pin in [exact(), pattern(careful), pattern(&format!("{careful}$"))] {
        assert_eq!(codes(&pin, TestCertificate::workflow(SAN)), [""; 0]);
        for (san, why) in [
            (format!("{SAN}-evil"), "longer branch"),
            (format!("{SAN}2"), "longer branch"),
            (format!("{SAN}/../x"), "path behind the ref"),
            (SAN.replace("github.com", "githubXcom"), "dot replaced"),
            (
                SAN.replace("github.com", "github.com.evil.example"),
                "longer host",
            ),
            (
                SAN.replace("github.com/", "github.com@evil.example/"),
                "user info",
            ),
            (SAN.replace("https", "http"), "scheme"),
            (SAN.replace("org/", "org-evil/"), "longer owner"),
            (SAN.replace("main", "Main"), "case"),
            (
                SAN.replace("refs/heads/main", "refs/pull/1/merge"),
                "pull request",
            ),
            (format!("{SAN}/"), "slash"),
            (format!(" {SAN}"), "space"),
            (SAN.replace("org", "%6Frg"), "percent encoding"),
        ] {
            let found = codes(&pin, TestCertificate::workflow(&san));
            assert_eq!(found.first(), Some(&"identity-mismatch"), "{why}: {san}");
        }
        for san in [
            format!("{SAN}\n"),
            format!("{SAN}\n{SAN}"),
            SAN.replace("org", "оrg"),
        ] {
            assert_eq!(
                codes(&pin, TestCertificate::workflow(&san)),
                ["identity-malformed"],
                "{san}"
            );
        }
    }
}

#[test]
fn an_issuer_is_compared_to_the_last_byte() {
    for other in [
        "https://token.actions.githubusercontent.com/",
        "http://token.actions.githubusercontent.com",
        "https://token.actions.githubusercontent.com.evil.example",
        "https://token.actions.githubusercontent.com/org",
        "https://tokens.actions.githubusercontent.com",
        "https://tоken.actions.githubusercontent.com",
        "https://Token.actions.githubusercontent.com",
    ] {
        let certificate = TestCertificate::default().uri(SAN).claim(8, other);
        assert_eq!(codes(&exact(), certificate), ["issuer-mismatch"], "{other}");
    }
    assert_eq!(
        codes(&exact(), TestCertificate::default().uri(SAN)),
        ["no-identity"]
    );
    let doubled = TestCertificate::default()
        .uri(SAN)
        .claim(8, ISSUER)
        .claim(8, ISSUER);
    assert_eq!(codes(&exact(), doubled), ["claim-malformed"]);
    let disagree = TestCertificate::workflow(SAN).raw(1, b"https://evil.example");
    assert_eq!(codes(&exact(), disagree), ["claim-malformed"]);
}

#[test]
fn the_same_text_under_another_kind_is_somebody_else() {
    let issued = || TestCertificate::default().claim(8, ISSUER);
    let alice = |kind| identity(TextRule::exact("alice@example.com"), kind, vec![]);
    assert_eq!(codes(&alice(None), issued().email("alice@example.com")), [""; 0]);
    let other = || issued().other_name("1.3.6.1.4.1.57264.1.7", "alice@example.com");
    assert_eq!(codes(&alice(None), other()), ["identity-kind-mismatch"]);
    assert_eq!(
        codes(&alice(None), issued().uri("alice@example.com")),
        ["identity-kind-mismatch"]
    );
    assert_eq!(codes(&alice(Some(SanKind::OtherName)), other()), [""; 0]);
    assert_eq!(codes(&exact(), issued().email(SAN)), ["identity-kind-mismatch"]);
    assert_eq!(
        codes(&alice(None), TestCertificate::workflow(SAN)),
        ["identity-mismatch"]
    );
}

#[test]
fn several_names_and_no_name_match_nothing() {
    for pin in [exact(), pattern(".*")] {
        assert_eq!(
            codes(&pin, TestCertificate::workflow(SAN).uri(SAN)),
            ["multiple-identities"]
        );
        assert_eq!(
            codes(&pin, TestCertificate::workflow(SAN).email("a@b.c")),
            ["multiple-identities"]
        );
        assert_eq!(
            codes(&pin, TestCertificate::default().claim(8, ISSUER)),
            ["no-identity"]
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let pin = identity(
        TextRule::exact(SAN),
        None,
        vec![
            claim(Claim::SourceRepositoryRef, TextRule::exact("refs/heads/main")),
            claim(Claim::BuildTrigger, TextRule::pattern("push|release").unwrap()),
            claim(Claim::RunnerEnvironment, TextRule::exact("github-hosted")),
        ],
    );
    let good = || {
        TestCertificate::workflow(SAN)
            .claim(14, "refs/heads/main")
            .claim(20, "release")
    };
    assert_eq!(codes(&pin, good().claim(11, "github-hosted")), [""; 0]);
    let bad = TestCertificate::default()
        .uri("https://github.com/fork/app/.github/workflows/release.yml@refs/heads/main")
        .claim(8, "https://evil.example")
        .claim(14, "refs/heads/main-evil")
        .raw(20, b"push");
    let all = [
        "identity-mismatch",
        "issuer-mismatch",
        "claim-mismatch",
        "claim-malformed",
        "claim-missing",
    ];
    assert_eq!(codes(&pin, bad), all);
    let part = codes(&pin, good().claim(11, "github-hosted").claim(19, "x"));
    assert_eq!(part, [""; 0]);
    let longer = TestCertificate::workflow(SAN)
        .claim(14, "refs/heads/main")
        .claim(20, "push_evil")
        .claim(11, "github-hosted");
    assert_eq!(
        codes(&pin, longer),
        ["pattern-matched-part-only", "claim-mismatch"]
    );
}

#[test]
fn a_refusal_shows_both_sides_and_where_the_rule_stands() {
    let other = SAN.replace("org", "fork");
    let signer = SignerFacts::Certificate(TestCertificate::workflow(&other).facts());
    let finding = exact().examine(&signer).unwrap_err().remove(0);
    assert_eq!(finding.found.as_deref(), Some(other.as_str()));
    assert_eq!(finding.expected.as_deref(), Some(SAN));
    assert_eq!(finding.origin.unwrap().source, "--identity");
    let different: Vec<&str> = finding
        .parts
        .iter()
        .filter(|part| !part.same)
        .map(|part| part.part)
        .collect();
    assert_eq!(different, ["owner"]);
}

#[test]
fn no_help_proposes_a_wider_rule() {
    let pin = identity(
        TextRule::pattern("https://github.com/org/").unwrap(),
        None,
        vec![claim(Claim::BuildTrigger, TextRule::exact("push"))],
    );
    let certificate = TestCertificate::workflow(SAN).claim(20, "pull_request").facts();
    let findings = pin.examine(&SignerFacts::Certificate(certificate)).unwrap_err();
    assert!(
        findings
            .iter()
            .any(|finding| finding.code == Code::PatternPartOnly && finding.severity == Severity::Info)
    );
    for Finding { help, .. } in findings {
        let help = help.unwrap_or_default();
        for word in ["unsafe", ".*", "remove", "regex", "any"] {
            assert!(!help.contains(word), "{help}");
        }
    }
}

fn key_pin(log: LogRequirement) -> (Pin, Digest) {
    let pem = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/p256.pub")).unwrap();
    let key = PublicKey::from_pem(&pem).unwrap();
    let fingerprint = key.fingerprint().clone();
    let who = Who::Key {
        key,
        log,
        origin: Origin::flag("--key"),
    };
    (Pin::new("key", who, vec![]).unwrap(), fingerprint)
}

#[test]
fn a_key_and_a_certificate_never_stand_in_for_each_other() {
    let (pin, fingerprint) = key_pin(LogRequirement::Required);
    let key = SignerFacts::Key { fingerprint };
    let certificate =
        SignerFacts::Certificate(CertificateFacts::from_der(&fixture("github-actions.pem")).unwrap());
    let other = SignerFacts::Key {
        fingerprint: Digest::sha256(b"another key"),
    };
    let any = Pin::new(
        "any",
        Who::AnyUnsafe {
            origin: Origin::flag("--unsafe-any-identity"),
        },
        vec![],
    )
    .unwrap();
    for (pin, signer, expected) in [
        (&pin, &key, None),
        (&pin, &other, Some(Code::IdentityMismatch)),
        (&pin, &certificate, Some(Code::SignerKindMismatch)),
        (&exact(), &key, Some(Code::SignerKindMismatch)),
        (&any, &certificate, None),
        (&any, &key, Some(Code::SignerKindMismatch)),
    ] {
        let found = pin.examine(signer).err().map(|findings| findings[0].code);
        assert_eq!(found, expected);
    }
    assert_eq!(any.warnings()[0].code, Code::UnsafeAnyIdentity);
    assert!(!pin.log_may_be_absent() && key_pin(LogRequirement::MayBeAbsent).0.log_may_be_absent());
}

#[test]
fn parts_that_do_not_go_together_make_no_pin() {
    let rule = || claim(Claim::BuildTrigger, TextRule::exact("push"));
    let (pin, _) = key_pin(LogRequirement::Required);
    let of_key = Pin::new("x", pin.who().clone(), vec![rule()]);
    assert_eq!(of_key, Err(PinError::ClaimOfKey("build-trigger".into())));
    let doubled = Pin::new("x", exact().who().clone(), vec![rule(), rule()]);
    assert_eq!(doubled, Err(PinError::DoubledClaim("build-trigger".into())));
}

fn pins(count: usize) -> Vec<Pin> {
    (0..count)
        .map(|index| Pin::new(format!("p{index}"), exact().who().clone(), vec![]).unwrap())
        .collect()
}

fn signer(name: &str) -> SignerId {
    SignerFacts::Certificate(TestCertificate::workflow(name).facts()).id()
}

#[test]
fn a_set_is_never_empty_and_never_satisfied_by_nothing() {
    let set = |count, combine| PinSet::new(pins(count), combine, None);
    assert_eq!(set(0, Combine::Any), Err(PinSetError::Empty));
    assert_eq!(set(0, Combine::All), Err(PinSetError::Empty));
    assert_eq!(set(2, Combine::AtLeast(0)), Err(PinSetError::Nothing));
    assert_eq!(
        set(2, Combine::AtLeast(3)),
        Err(PinSetError::Unreachable { needed: 3, given: 2 })
    );
    assert_eq!(set(257, Combine::Any), Err(PinSetError::TooMany(257)));
    let twice = [pins(1), pins(1)].concat();
    assert_eq!(
        PinSet::new(twice, Combine::Any, None),
        Err(PinSetError::DoubledName("p0".into()))
    );
    for combine in [Combine::Any, Combine::All, Combine::AtLeast(1)] {
        let nothing = set(2, combine).unwrap().satisfied(&[]).unwrap_err();
        assert_eq!(nothing.code, Code::PinThreshold);
        let no_pin = Met {
            evidence: 0,
            signer: signer("a://a"),
            pins: vec![],
        };
        assert!(set(2, combine).unwrap().satisfied(&[no_pin]).is_err());
    }
}

#[test]
fn each_pin_needs_a_signer_of_its_own() {
    let met = |entries: &[(&str, &[usize])]| -> Vec<Met> {
        let entries = entries.iter().enumerate();
        entries
            .map(|(evidence, (name, pins))| Met {
                evidence,
                signer: signer(name),
                pins: pins.to_vec(),
            })
            .collect()
    };
    for (count, combine, entries, expected) in [
        (2, Combine::All, &[("a://a", &[0][..]), ("a://b", &[1])][..], true),
        (2, Combine::All, &[("a://a", &[0, 1])], false),
        (2, Combine::All, &[("a://a", &[0]), ("a://a", &[1])], false),
        (
            2,
            Combine::AtLeast(2),
            &[("a://a", &[0]), ("a://a", &[0]), ("a://a", &[0])],
            false,
        ),
        (
            3,
            Combine::AtLeast(2),
            &[("a://a", &[0, 1, 2]), ("a://b", &[0])],
            true,
        ),
        // A greedy choice would give the first pin to the only signer that the second one has.
        (2, Combine::All, &[("a://a", &[0, 1]), ("a://b", &[0])], true),
        (
            3,
            Combine::All,
            &[("a://a", &[0, 1, 2]), ("a://b", &[0, 1]), ("a://c", &[0])],
            true,
        ),
        (
            3,
            Combine::All,
            &[("a://a", &[0, 1, 2]), ("a://b", &[0]), ("a://c", &[0])],
            false,
        ),
        (2, Combine::Any, &[("a://a", &[1])], true),
        (2, Combine::Any, &[("a://a", &[7])], false),
    ] {
        let set = PinSet::new(pins(count), combine, None).unwrap();
        let result = set.satisfied(&met(entries));
        assert_eq!(result.is_ok(), expected, "{combine:?} {entries:?}");
        if let Ok(fulfilled) = result {
            let mut evidence: Vec<usize> = fulfilled.iter().map(|done| done.evidence).collect();
            evidence.dedup();
            assert_eq!(evidence.len(), fulfilled.len());
            assert!(
                fulfilled
                    .iter()
                    .all(|done| entries[done.evidence].1.contains(&done.pin))
            );
        }
    }
}

#[test]
fn a_signer_is_the_same_under_other_claims_and_another_under_another_issuer() {
    let id = |certificate: TestCertificate| SignerFacts::Certificate(certificate.facts()).id();
    let first = id(TestCertificate::workflow(SAN).claim(21, "run 1"));
    assert_eq!(first, id(TestCertificate::workflow(SAN).claim(21, "run 2")));
    assert_ne!(
        first,
        id(TestCertificate::default().uri(SAN).claim(8, "https://b.example"))
    );
    assert_ne!(first, id(TestCertificate::default().email(SAN).claim(8, ISSUER)));
}

#[test]
fn an_exact_text_that_reads_like_a_pattern_is_warned_about() {
    let warned = |text: &str| {
        let warnings = identity(TextRule::exact(text), Some(SanKind::Uri), vec![]).warnings();
        warnings
            .iter()
            .any(|finding| finding.code == Code::ExactLooksLikePattern)
    };
    for text in [
        "https://github.com/org/.*",
        "^https://a",
        "https://a$",
        r"https://github\.com/a",
        "https://github.com/*",
    ] {
        assert!(warned(text), "{text}");
    }
    for text in [
        SAN,
        "alice+ci@example.com",
        "https://gitlab.com/a/b//.gitlab-ci.yml@refs/heads/main",
        "a!b.example",
    ] {
        assert!(!warned(text), "{text}");
    }
}
