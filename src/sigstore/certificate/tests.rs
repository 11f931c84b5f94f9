//! What is read from real certificates, and from ones that nobody should issue.

use super::testing::{TestCertificate, fixture, san_value};
use super::{
    CertificateError, CertificateFacts, Claim, ClaimValue, KeyType, MAX_CERTIFICATE_BYTES,
    MAX_IDENTITY_BYTES, San, SanFacts, SanKind,
};

const SAN: &str = "https://github.com/org/app/.github/workflows/release.yml@refs/heads/main";
const USERNAME: &str = "1.3.6.1.4.1.57264.1.7";

fn value(text: &str) -> Option<ClaimValue> {
    Some(ClaimValue::Value(text.to_owned()))
}

fn one(kind: SanKind, value: &str) -> SanFacts {
    SanFacts::One(San {
        kind,
        value: value.to_owned(),
    })
}

fn read(name: &str) -> CertificateFacts {
    CertificateFacts::from_der(&fixture(name)).unwrap()
}

#[test]
fn a_real_workflow_certificate_is_read_whole() {
    let facts = read("github-actions.pem");
    let workflow =
        "https://github.com/prefix-dev/sigstore-example/.github/workflows/action.yaml@refs/heads/main";
    assert_eq!(facts.san, one(SanKind::Uri, workflow));
    assert_eq!(facts.issuer, value("https://token.actions.githubusercontent.com"));
    assert_eq!(facts.claim(Claim::Issuer), facts.issuer);
    assert_eq!(facts.claims.len(), 19);
    for (claim, expected) in [
        (Claim::BuildTrigger, "push"),
        (
            Claim::SourceRepositoryUri,
            "https://github.com/prefix-dev/sigstore-example",
        ),
        (
            Claim::SourceRepositoryDigest,
            "193b5bd7d3985809503963ae400594ea16df31cf",
        ),
        (Claim::SourceRepositoryRef, "refs/heads/main"),
        (Claim::SourceRepositoryIdentifier, "1048392115"),
        (Claim::RunnerEnvironment, "github-hosted"),
        (Claim::SourceRepositoryVisibility, "public"),
        (Claim::GithubWorkflowName, "Package and sign"),
        (Claim::GithubWorkflowRepository, "prefix-dev/sigstore-example"),
    ] {
        assert_eq!(facts.claim(claim), value(expected), "{claim}");
    }
    assert_eq!(facts.claim(Claim::TokenSubject), None);
    assert!(facts.has_sct && facts.remarks().is_empty());
    assert_eq!(facts.key_type, KeyType::EcdsaP256);
    assert_eq!(facts.not_before.to_string(), "2025-09-01T12:13:59Z");
    assert_eq!(facts.not_after.to_string(), "2025-09-01T12:23:59Z");
}

#[test]
fn the_kinds_of_identity_are_told_apart() {
    let github = read("github-actions-environment.pem");
    assert_eq!(github.claim(Claim::DeploymentEnvironment), value("upload"));
    assert_eq!(
        github.claim(Claim::TokenSubject),
        value("repo:pavelzw/skill-forge:environment:upload")
    );
    let email = read("email.pem");
    assert_eq!(email.san, one(SanKind::Email, "brian@dehamer.com"));
    assert_eq!(email.issuer, value("https://github.com/login/oauth"));
    assert!(email.claims.is_empty());
    let other = read("other-name.pem");
    assert_eq!(other.san, one(SanKind::OtherName, "foo!oidc.local"));
    let private = read("github-private.pem");
    assert_eq!(
        private.san,
        one(SanKind::Uri, "https://dotcom.releases.github.com")
    );
    assert_eq!((private.issuer, private.has_sct), (None, false));
    assert_eq!(read("intermediate.pem").san, SanFacts::None);
}

#[test]
fn a_name_counts_only_when_it_is_the_only_one() {
    let two = TestCertificate::default().uri(SAN).email("a@b.c").facts().san;
    assert_eq!(
        two,
        SanFacts::Several(vec![format!("{SAN} (uri)"), "a@b.c (email)".into()])
    );
    let base = || TestCertificate::default().uri(SAN);
    for certificate in [
        base().uri(SAN),
        base().name(2, b"example.com"),
        base().name(7, &[127, 0, 0, 1]),
        base().name(3, b""),
        base().name(8, &[42]),
        base().other_name("1.2.3.4", "x"),
        base().other_name(USERNAME, "x"),
        TestCertificate::default().name(2, b"example.com").uri(SAN),
    ] {
        assert!(matches!(certificate.facts().san, SanFacts::Several(_)));
    }
    let mut flood = TestCertificate::default();
    for _ in 0..500 {
        flood = flood.uri(SAN);
    }
    assert!(matches!(flood.facts().san, SanFacts::Several(names) if names.len() <= 16));
    let foreign = TestCertificate::default()
        .name(2, b"example.com")
        .name(7, &[127, 0, 0, 1]);
    assert_eq!(foreign.facts().san, SanFacts::None);
    assert_eq!(TestCertificate::default().facts().san, SanFacts::None);
}

#[test]
fn a_name_that_is_no_plain_text_is_malformed_and_never_a_name() {
    let long = "a".repeat(MAX_IDENTITY_BYTES + 1);
    let none = TestCertificate::default;
    for certificate in [
        none().uri(""),
        none().uri(&format!("{SAN}\n")),
        none().uri(&format!("{SAN}\0")),
        none().uri("https://github.com/оrg/app"),
        none().uri(&long),
        none().email("alice@example.com\r"),
        none().name(6, b"https://x\xff"),
        none().other_name(USERNAME, "ali\u{200b}ce"),
        none().other_name(USERNAME, "alice\u{202e}"),
        none().other_name(USERNAME, ""),
        none().name(0, b"\x0c\x01x"),
        none().name(9, b"x"),
        none().extension("2.5.29.17", b""),
        none().extension("2.5.29.17", b"\x30\x05\x86\x01x"),
        none().extension("2.5.29.17", b"\x30\x02\x05\x00"),
        none().extension("2.5.29.17", &[san_value(SAN), vec![0]].concat()),
        none().uri(SAN).extension("2.5.29.17", &san_value(SAN)),
    ] {
        let facts = certificate.facts();
        assert!(matches!(facts.san, SanFacts::Malformed(_)), "{:?}", facts.san);
        assert_eq!(facts.san.one(), None);
    }
}

#[test]
fn a_malformed_or_doubled_claim_is_never_an_absent_one() {
    let doubled = TestCertificate::default()
        .claim(14, "refs/heads/main")
        .claim(14, "refs/heads/main")
        .facts();
    assert_eq!(
        doubled.claim(Claim::SourceRepositoryRef),
        Some(ClaimValue::Duplicated)
    );
    assert_eq!(doubled.remarks().len(), 1);
    // A good deprecated twin does not stand in for a bad new claim.
    let bad = TestCertificate::default()
        .raw(14, b"refs/heads/main")
        .raw(6, b"refs/heads/main")
        .facts();
    assert!(matches!(
        bad.claim(Claim::SourceRepositoryRef),
        Some(ClaimValue::Malformed(_))
    ));
    assert!(matches!(
        bad.claim(Claim::GithubWorkflowRef),
        Some(ClaimValue::Malformed(_))
    ));
}

#[test]
fn deprecated_claims_stand_in_only_where_the_new_one_is_absent() {
    let old = TestCertificate::default()
        .raw(2, b"push")
        .raw(3, b"abc")
        .raw(5, b"org/app")
        .raw(6, b"refs/heads/main")
        .facts();
    assert_eq!(old.claim(Claim::BuildTrigger), value("push"));
    assert_eq!(old.claim(Claim::SourceRepositoryDigest), value("abc"));
    assert_eq!(
        old.claim(Claim::SourceRepositoryUri),
        value("https://github.com/org/app")
    );
    assert_eq!(old.claim(Claim::SourceRepositoryRef), value("refs/heads/main"));
    assert_eq!(old.claim(Claim::GithubWorkflowRepository), value("org/app"));
    let both = TestCertificate::default()
        .raw(6, b"refs/heads/old")
        .claim(14, "refs/heads/new")
        .facts();
    assert_eq!(both.claim(Claim::SourceRepositoryRef), value("refs/heads/new"));
    assert_eq!(both.claim(Claim::GithubWorkflowRef), value("refs/heads/new"));
    let new = TestCertificate::default()
        .claim(12, "https://github.com/org/app")
        .facts();
    assert_eq!(new.claim(Claim::GithubWorkflowRepository), value("org/app"));
    let elsewhere = TestCertificate::default()
        .claim(12, "https://gitlab.com/org/app")
        .facts();
    assert_eq!(
        elsewhere.claim(Claim::GithubWorkflowRepository),
        value("https://gitlab.com/org/app")
    );
}

#[test]
fn the_two_issuer_extensions_have_to_agree() {
    const A: &str = "https://a.example";
    const B: &str = "https://b.example";
    let none = TestCertificate::default;
    assert_eq!(none().claim(8, A).facts().issuer, value(A));
    assert_eq!(none().raw(1, A.as_bytes()).facts().issuer, value(A));
    assert_eq!(none().claim(8, A).raw(1, A.as_bytes()).facts().issuer, value(A));
    assert_eq!(none().facts().issuer, None);
    for certificate in [
        none().claim(8, A).raw(1, B.as_bytes()),
        none().claim(8, A).raw(1, b"https://a.example/"),
        none().claim(8, A).raw(1, b"\xff"),
        none().claim(8, A).raw(1, b""),
        none().raw(8, A.as_bytes()).raw(1, A.as_bytes()),
        none().claim(8, A).claim(8, A),
        none().claim(8, A).claim(8, B),
        none().raw(1, A.as_bytes()).raw(1, A.as_bytes()),
        none().claim(8, A).raw(1, A.as_bytes()).raw(1, A.as_bytes()),
    ] {
        let issuer = certificate.facts().issuer;
        assert!(
            issuer.as_ref().is_some_and(|issuer| issuer.value().is_none()),
            "{issuer:?}"
        );
    }
}

#[test]
fn other_bytes_are_no_certificate() {
    let der = fixture("github-actions.pem");
    let flood = vec![0x30; MAX_CERTIFICATE_BYTES + 1];
    assert_eq!(
        CertificateFacts::from_der(&flood),
        Err(CertificateError::TooLarge(flood.len()))
    );
    for bytes in [
        &b""[..],
        b"\x30",
        b"-----BEGIN CERTIFICATE-----",
        &[der.as_slice(), b"\0"].concat(),
        &[0x30; 4096],
    ] {
        assert!(matches!(
            CertificateFacts::from_der(bytes),
            Err(CertificateError::Malformed(_))
        ));
    }
    for cut in 0..der.len() {
        assert!(CertificateFacts::from_der(&der[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn no_changed_byte_panics() {
    let der = fixture("other-name.pem");
    for at in 0..der.len() {
        for flip in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = der.clone();
            changed[at] ^= flip;
            let _ = CertificateFacts::from_der(&changed);
        }
    }
}
