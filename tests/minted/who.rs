//! Who signed: certificates that no public authority would issue.

use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use jiff::SignedDuration;
use portcullis::policy::Demand;
use portcullis::report::Code;
use portcullis::sandbox::ca::{fulcio_extension, raw_fulcio_extension};
use portcullis::sandbox::{CertificateRequest, KeyKind, San, SignOptions};
use portcullis::sigstore::certificate::{Claim, SanKind};
use portcullis::sigstore::pin::{ClaimRule, Combine, IdentityRule, IssuerRule, Pin, PinSet, TextRule, Who};
use x509_cert::ext::Extension;

use crate::judge::{anybody, identity, identity_of_kind, identity_pattern, key, signature_by};
use crate::{EMAIL, ISSUER, World, assert_answer, keyless};

const GITHUB: &str = "https://token.actions.githubusercontent.com";
const WORKFLOW: &str = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main";

fn email_request() -> CertificateRequest {
    CertificateRequest::new(San::Email(EMAIL.to_owned()), ISSUER)
}

fn workflow(reference: &str) -> CertificateRequest {
    let commit = "0123456789abcdef0123456789abcdef01234567";
    CertificateRequest::github_workflow("org/app", ".github/workflows/release.yml", reference, commit)
}

/// Signs under each certificate and holds it against each pin.
#[track_caller]
fn judge_all(rows: Vec<(&str, CertificateRequest, Pin, Result<(), Code>)>) {
    let mut world = World::new();
    for (what, request, pin, expected) in rows {
        let bundle = world.sign(&SignOptions::certificate(request));
        assert_answer(what, &world.ask(&bundle, signature_by(pin)), expected);
    }
}

#[test]
fn a_branch_with_a_longer_name_is_another_identity() {
    let evil = || workflow("refs/heads/main-evil");
    let main = || workflow("refs/heads/main");
    let pattern = |text: &str| identity_pattern(text, SanKind::Uri, GITHUB);
    let host = r"https://github\.com/org/app/\.github/workflows/release\.yml@refs/heads/";
    judge_all(vec![
        ("main, exact", main(), identity(WORKFLOW, GITHUB), Ok(())),
        (
            "main-evil, exact",
            evil(),
            identity(WORKFLOW, GITHUB),
            Err(Code::IdentityMismatch),
        ),
        ("main, pattern", main(), pattern(&format!("{host}main")), Ok(())),
        (
            "main-evil, pattern",
            evil(),
            pattern(&format!("{host}main")),
            Err(Code::IdentityMismatch),
        ),
        (
            "main-evil, anchored",
            evil(),
            pattern(&format!("^{host}main$")),
            Err(Code::IdentityMismatch),
        ),
        (
            "main-evil, one of two",
            evil(),
            pattern(&format!("{host}main|{host}release")),
            Err(Code::IdentityMismatch),
        ),
        (
            "main, one of two",
            main(),
            pattern(&format!("{host}main|{host}release")),
            Ok(()),
        ),
        (
            "main-evil, bare owner",
            evil(),
            pattern(r"https://github\.com/org/"),
            Err(Code::IdentityMismatch),
        ),
        // Whoever writes a wildcard at the end means it; the linter warns.
        (
            "main-evil, wildcard",
            evil(),
            pattern(&format!("{host}main.*")),
            Ok(()),
        ),
    ]);
}

#[test]
fn the_same_text_of_another_kind_is_another_identity() {
    let sans = [
        (SanKind::Email, San::Email(EMAIL.to_owned())),
        (SanKind::Uri, San::Uri(EMAIL.to_owned())),
        (SanKind::OtherName, San::OtherName(EMAIL.to_owned())),
    ];
    let mut world = World::new();
    for (has, san) in &sans {
        let request = CertificateRequest::new(san.clone(), ISSUER);
        let bundle = world.sign(&SignOptions::certificate(request));
        for (wanted, _) in &sans {
            let expected = match has == wanted {
                true => Ok(()),
                false => Err(Code::IdentityKindMismatch),
            };
            let pins = [
                ("exact", identity_of_kind(EMAIL, *wanted, ISSUER)),
                ("pattern", identity_pattern(r"dev@example\.com", *wanted, ISSUER)),
            ];
            for (how, pin) in pins {
                let what = format!("{has:?} for {wanted:?}, {how}");
                assert_answer(&what, &world.ask(&bundle, signature_by(pin)), expected);
            }
        }
    }
}

#[test]
fn a_certificate_with_several_names_is_nobodys() {
    let names = [
        San::Email(EMAIL.to_owned()),
        San::Email("mallory@example.com".to_owned()),
        San::Uri(WORKFLOW.to_owned()),
        San::OtherName("dev".to_owned()),
    ];
    let mut world = World::new();
    for first in &names {
        for second in &names {
            let mut request = CertificateRequest::new(first.clone(), ISSUER);
            request.sans.push(second.clone());
            let bundle = world.sign(&SignOptions::certificate(request));
            for pin in [
                identity(EMAIL, ISSUER),
                identity_of_kind(WORKFLOW, SanKind::Uri, ISSUER),
                identity_pattern(".*", SanKind::OtherName, ISSUER),
                identity_pattern(".*", SanKind::Email, ISSUER),
            ] {
                let what = format!("{first:?} and {second:?}");
                assert_answer(
                    &what,
                    &world.ask(&bundle, signature_by(pin)),
                    Err(Code::MultipleIdentities),
                );
            }
        }
    }
}

#[test]
fn a_certificate_that_names_nobody_matches_nothing() {
    let mut nameless = email_request();
    nameless.sans.clear();
    let mut without_issuer = email_request();
    without_issuer.claims.clear();
    let everybody = || identity_pattern(".*", SanKind::Email, ISSUER);
    judge_all(vec![
        (
            "no name",
            nameless.clone(),
            identity(EMAIL, ISSUER),
            Err(Code::NoIdentity),
        ),
        (
            "no name, any pattern",
            nameless,
            everybody(),
            Err(Code::NoIdentity),
        ),
        (
            "no issuer",
            without_issuer,
            identity(EMAIL, ISSUER),
            Err(Code::NoIdentity),
        ),
    ]);
}

#[test]
fn names_with_characters_that_no_name_has_match_nothing() {
    for evil in [
        "dev@example.com\n",
        "dev@example.com\r\nmallory",
        "dev@example.com\0.evil",
        "\u{7f}dev@example.com",
        "dev@exam\tple.com",
    ] {
        let request = CertificateRequest::new(San::Email(evil.to_owned()), ISSUER);
        judge_all(vec![
            (
                "exact",
                request.clone(),
                identity_of_kind(evil, SanKind::Email, ISSUER),
                Err(Code::IdentityMalformed),
            ),
            (
                "dotall",
                request.clone(),
                identity_pattern("(?s).*", SanKind::Email, ISSUER),
                Err(Code::IdentityMalformed),
            ),
            (
                "real",
                request,
                identity(EMAIL, ISSUER),
                Err(Code::IdentityMalformed),
            ),
        ]);
    }
    for evil in ["dev\u{200b}@example.com", "dev\u{202e}@example.com"] {
        let request = CertificateRequest::new(San::OtherName(evil.to_owned()), ISSUER);
        let pin = identity_of_kind(evil, SanKind::OtherName, ISSUER);
        judge_all(vec![("invisible", request, pin, Err(Code::IdentityMalformed))]);
    }
}

fn extension(oid: &str, bytes: &[u8]) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::new(oid).unwrap(),
        critical: false,
        extn_value: OctetString::new(bytes).unwrap(),
    }
}

#[test]
fn doubled_and_malformed_extensions_are_never_absent() {
    // A second name of Mallory's in an extension of its own: rfc822Name [1].
    let mallory = b"\x30\x15\x81\x13mallory@example.com";
    let doubled_name = email_request().extension(extension("2.5.29.17", mallory));
    let doubled_issuer = email_request().extension(fulcio_extension(8, "https://evil.example").unwrap());
    let mut malformed_issuer = email_request().extension(raw_fulcio_extension(8, b"\xff\xff").unwrap());
    malformed_issuer.claims.remove(&8);
    let pin = || identity(EMAIL, ISSUER);
    judge_all(vec![
        (
            "doubled name",
            doubled_name,
            pin(),
            Err(Code::CertificateMalformed),
        ),
        ("doubled issuer", doubled_issuer, pin(), Err(Code::ClaimMalformed)),
        (
            "malformed issuer",
            malformed_issuer,
            pin(),
            Err(Code::CertificateMalformed),
        ),
    ]);
}

#[test]
fn two_issuer_extensions_have_to_agree() {
    let evil = "https://evil.example";
    judge_all(vec![
        (
            "old one differs",
            email_request().claim(1, evil),
            identity(EMAIL, ISSUER),
            Err(Code::ClaimMalformed),
        ),
        (
            "old one differs and is pinned",
            email_request().claim(1, evil),
            identity(EMAIL, evil),
            Err(Code::ClaimMalformed),
        ),
        (
            "new one differs",
            email_request().claim(8, evil),
            identity(EMAIL, ISSUER),
            Err(Code::ClaimMalformed),
        ),
    ]);
}

/// The workflow pin with one claim.
fn claiming(claim: Claim, value: &str) -> Pin {
    let who = Who::Identity {
        identity: IdentityRule::new(TextRule::exact(WORKFLOW), None, origin()).unwrap(),
        issuer: IssuerRule {
            text: TextRule::exact(GITHUB),
            origin: origin(),
        },
    };
    let rule = ClaimRule {
        claim,
        text: TextRule::exact(value),
        origin: origin(),
    };
    Pin::new("claiming", who, vec![rule]).unwrap()
}

fn origin() -> portcullis::report::Origin {
    portcullis::report::Origin::flag("test")
}

#[test]
fn claims_are_compared_and_unreadable_ones_are_not_absent() {
    let main = || workflow("refs/heads/main");
    let without = |arc: u32| {
        let mut request = main();
        request.claims.remove(&arc);
        request
    };
    let reference = |value| claiming(Claim::SourceRepositoryRef, value);
    // 1.3.6.1.4.1.57264.1.14 is the ref, .6 its deprecated twin.
    judge_all(vec![
        ("as demanded", main(), reference("refs/heads/main"), Ok(())),
        (
            "another value",
            main(),
            reference("refs/heads/mai"),
            Err(Code::ClaimMismatch),
        ),
        (
            "only the old one, as demanded",
            without(14),
            reference("refs/heads/main"),
            Ok(()),
        ),
        (
            "only the old one, another",
            without(14).claim(6, "refs/heads/x"),
            reference("refs/heads/main"),
            Err(Code::ClaimMismatch),
        ),
        (
            "the new one counts",
            main().claim(6, "refs/heads/x"),
            reference("refs/heads/main"),
            Ok(()),
        ),
        (
            "malformed",
            without(14).extension(raw_fulcio_extension(14, b"refs/heads/main").unwrap()),
            reference("refs/heads/main"),
            Err(Code::ClaimMalformed),
        ),
        (
            "doubled, alike",
            main().extension(fulcio_extension(14, "refs/heads/main").unwrap()),
            reference("refs/heads/main"),
            Err(Code::ClaimMalformed),
        ),
        (
            "absent",
            without(11),
            claiming(Claim::RunnerEnvironment, "github-hosted"),
            Err(Code::ClaimMissing),
        ),
        (
            "empty",
            main().claim(11, ""),
            claiming(Claim::RunnerEnvironment, "github-hosted"),
            Err(Code::ClaimMalformed),
        ),
    ]);
}

#[test]
fn a_signature_from_outside_the_certificates_life_is_refused() {
    let mut world = World::new();
    let now = world.instance.now();
    let at = |minutes: i64| now + SignedDuration::from_mins(minutes);
    for (what, minutes, expected) in [
        ("within", 9, Ok(())),
        ("a minute late", 11, Err(Code::CertificateExpired)),
        ("a minute early", -1, Err(Code::CertificateNotYetValid)),
        (
            "a year early, into another certificate's life",
            -60 * 24 * 300,
            Err(Code::CertificateNotYetValid),
        ),
    ] {
        let mut logged = keyless();
        logged.integrated_at = Some(at(minutes));
        let mut stamped = keyless().rekor_v2();
        stamped.timestamps[0].at = Some(at(minutes));
        // One good time does not make up for a bad one.
        let mut both = keyless().timestamp();
        both.timestamps[0].at = Some(at(minutes));
        for (how, options) in [("log", logged), ("authority", stamped), ("one of two", both)] {
            let bundle = world.sign(&options);
            let answer = world.ask(&bundle, signature_by(identity(EMAIL, ISSUER)));
            assert_answer(&format!("{what} by {how}"), &answer, expected);
        }
    }
}

#[test]
fn certificates_of_other_uses_and_without_public_record_are_refused() {
    let mut unlogged = email_request();
    unlogged.scts = 0;
    let mut server = email_request();
    server.extended_key_usages = vec![portcullis::sandbox::x509::TIME_STAMPING];
    judge_all(vec![
        (
            "no certificate timestamp",
            unlogged,
            anybody(),
            Err(Code::SctInvalid),
        ),
        (
            "for timestamps",
            server,
            anybody(),
            Err(Code::CertificateUntrusted),
        ),
    ]);
}

#[test]
fn a_key_and_an_identity_never_stand_in_for_each_other() {
    let mut world = World::new();
    let private = world.instance.key("managed", KeyKind::P256).unwrap();
    let pin = || {
        key(
            &private.public_pem().unwrap(),
            portcullis::sigstore::pin::LogRequirement::Required,
        )
    };
    let mut certified = keyless();
    certified.key = Some(private.clone());
    // The certificate is for the very key that is pinned.
    let by_certificate = world.sign(&certified);
    let by_key = world.sign(&SignOptions::managed(&private, "hint"));
    let person = || identity(EMAIL, ISSUER);
    for (what, bundle, pin, expected) in [
        ("key by key", &by_key, pin(), Ok(())),
        ("identity by certificate", &by_certificate, person(), Ok(())),
        (
            "key by certificate",
            &by_certificate,
            pin(),
            Err(Code::SignerKindMismatch),
        ),
        (
            "identity by key",
            &by_key,
            person(),
            Err(Code::SignerKindMismatch),
        ),
        (
            "anybody by key",
            &by_key,
            anybody(),
            Err(Code::SignerKindMismatch),
        ),
    ] {
        assert_answer(what, &world.ask(bundle, signature_by(pin)), expected);
    }
    // Either pin, each by its own kind of evidence.
    let either = |pins: Vec<Pin>| Demand {
        pins: PinSet::new(pins, Combine::Any, None).unwrap(),
        ..signature_by(anybody())
    };
    for bundle in [&by_key, &by_certificate] {
        assert_answer(
            "either",
            &world.ask(bundle, either(vec![pin(), person()])),
            Ok(()),
        );
    }
}

#[test]
fn evidence_of_another_instance_is_refused() {
    let world = World::new();
    let now = world.instance.now();
    let mut other = portcullis::sandbox::Instance::new(8, now).unwrap();
    let v1 = other.sign_blob(crate::ARTIFACT, &keyless()).unwrap();
    let v2 = other.sign_blob(crate::ARTIFACT, &keyless().rekor_v2()).unwrap();
    let pin = || signature_by(identity(EMAIL, ISSUER));
    assert_answer("v1", &world.ask(&v1, pin()), Err(Code::LogUnknown));
    assert_answer("v2", &world.ask(&v2, pin()), Err(Code::TimestampInvalid));
}
