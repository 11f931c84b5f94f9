//! Reports as the rest of the program makes them, one for each situation that a reader meets.

use std::collections::BTreeMap;
use std::sync::Arc;

use portcullis::report::{
    Acceptance, CandidateReport, Code, EvidenceKind, ExitCode, Finding, LogReference, Origin, PartDifference,
    PinReport, Place, PlaceKind, PlaceOutcome, PolicyReport, Report, SCHEMA_VERSION, SbomPlace, SignerReport,
    SubjectKind, SubjectReport, TimeSource, ToolReport, TrustReport, Verdict, VerifiedTime,
};
use portcullis::subject::Digest;

pub(crate) const REPOSITORY: &str = "registry.example/acme/shop";
pub(crate) const RELEASE: &str =
    "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1.4.0";
pub(crate) const FORK: &str =
    "https://github.com/acme-mirror/shop/.github/workflows/release.yml@refs/heads/main";
pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";
const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// A finished report and its name.
pub(crate) type Sample = (&'static str, Report);

/// Every sample.
pub(crate) fn all() -> Vec<Sample> {
    vec![
        ("allowed-image", allowed_image()),
        ("allowed-file-by-key", allowed_file_by_key()),
        ("denied-identity", denied_identity()),
        ("denied-by-flag", denied_by_flag()),
        ("denied-unverified", denied_unverified()),
        ("denied-many-alike", denied_many_alike()),
        ("denied-warnings", denied_warnings()),
        ("denied-ingredients", denied_ingredients()),
        ("no-evidence", no_evidence()),
        ("no-evidence-other-type", no_evidence_other_type()),
        ("undecided", undecided()),
        ("misconfigured", misconfigured()),
        ("several", several()),
        ("hostile", hostile()),
    ]
}

fn digest(of: &str) -> Digest {
    Digest::sha256(of.as_bytes())
}

/// A report about subjects, concluded.
fn report(subjects: Vec<SubjectReport>) -> Report {
    let mut report = Report {
        schema_version: SCHEMA_VERSION,
        tool: ToolReport::THIS,
        command: "verify",
        time: "2026-11-20T03:07:00Z".parse().unwrap(),
        verdict: Verdict::Undecided,
        exit_code: ExitCode::Undecided,
        trust: Some(TrustReport {
            name: "public-good".to_owned(),
            source: "tuf".to_owned(),
            digest: digest("trusted root"),
            as_of: Some("2026-11-19T20:00:00Z".parse().unwrap()),
            age_days: Some(0),
        }),
        accepted: None,
        policy: None,
        pins: vec![PinReport {
            name: "command line".to_owned(),
            rule: format!("identity {RELEASE} from issuer {ISSUER}"),
        }],
        findings: Vec::new(),
        subjects,
    };
    report.conclude(false);
    report
}

fn image(verdict: Verdict) -> SubjectReport {
    SubjectReport {
        input: format!("{REPOSITORY}:1.4.0"),
        kind: SubjectKind::Image,
        name: format!("{REPOSITORY}@{}", digest("image")),
        digest: Some(digest("image")),
        platform: None,
        verdict,
        places: image_places(1),
        candidates: Vec::new(),
        findings: Vec::new(),
    }
}

fn file(name: &str, verdict: Verdict) -> SubjectReport {
    SubjectReport {
        input: name.to_owned(),
        kind: SubjectKind::File,
        name: name.to_owned(),
        digest: Some(digest(name)),
        platform: None,
        verdict,
        places: vec![place(
            PlaceKind::BesideFile,
            &format!("{name}.sigstore.json"),
            PlaceOutcome::Found { count: 1 },
        )],
        candidates: Vec::new(),
        findings: Vec::new(),
    }
}

fn place(kind: PlaceKind, location: &str, outcome: PlaceOutcome) -> Place {
    Place {
        kind,
        location: location.to_owned(),
        about: None,
        asked: Vec::new(),
        outcome,
    }
}

fn image_places(referrers: usize) -> Vec<Place> {
    let hex = digest("image").to_hex();
    let referrers = match referrers {
        0 => PlaceOutcome::Nothing,
        count => PlaceOutcome::Found { count },
    };
    let tag = |suffix: &str| format!("{REPOSITORY}:sha256-{hex}{suffix}");
    vec![
        place(
            PlaceKind::Referrers,
            &format!("https://registry.example/v2/acme/shop/referrers/sha256:{hex}"),
            referrers,
        ),
        place(PlaceKind::ReferrersTag, &tag(""), PlaceOutcome::Nothing),
        place(PlaceKind::SignatureTag, &tag(".sig"), PlaceOutcome::Nothing),
        place(PlaceKind::AttestationTag, &tag(".att"), PlaceOutcome::Nothing),
        place(PlaceKind::SbomTag, &tag(".sbom"), PlaceOutcome::Nothing),
        place(
            PlaceKind::BuildkitIndex,
            &format!("{REPOSITORY}@{}", digest("image")),
            PlaceOutcome::Nothing,
        ),
    ]
}

/// A verified signature by the release workflow that meets the pin.
fn good_candidate() -> CandidateReport {
    CandidateReport {
        location: format!("referrers, manifest {}", digest("manifest")),
        format: "bundle v0.3".to_owned(),
        about: digest("image"),
        evidence_digest: None,
        kind: EvidenceKind::Signature,
        accepted: true,
        verified: true,
        predicate_type: None,
        pins: vec!["command line".to_owned()],
        signer: Some(SignerReport {
            kind: "uri",
            identity: RELEASE.to_owned(),
            issuer: Some(ISSUER.to_owned()),
            claims: BTreeMap::from([
                (
                    "source-repository-uri".to_owned(),
                    "https://github.com/acme/shop".to_owned(),
                ),
                ("runner-environment".to_owned(), "github-hosted".to_owned()),
            ]),
        }),
        times: vec![VerifiedTime {
            time: "2026-11-18T16:20:31Z".parse().unwrap(),
            source: TimeSource::Log,
        }],
        logs: vec![LogReference {
            log_id: "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d".to_owned(),
            index: 712_345_678,
            entry: "hashedrekord 0.0.1".to_owned(),
            url: Some("https://search.sigstore.dev/?logIndex=712345678".to_owned()),
        }],
        signed: None,
        findings: Vec::new(),
    }
}

/// A candidate that somebody else signed, genuinely.
fn foreign_candidate(expectation: &Origin, expected: &str) -> CandidateReport {
    let part = |part, found: &str, expected: &str| PartDifference {
        part,
        found: found.to_owned(),
        expected: expected.to_owned(),
        same: found == expected,
    };
    CandidateReport {
        accepted: false,
        pins: Vec::new(),
        signer: Some(SignerReport {
            kind: "uri",
            identity: FORK.to_owned(),
            issuer: Some(ISSUER.to_owned()),
            claims: BTreeMap::new(),
        }),
        findings: vec![
            Finding::new(Code::IdentityMismatch, "the signature is genuine, but somebody else signed")
                .found(FORK)
                .expected(expected)
                .parts(vec![
                    part("host", "github.com", "github.com"),
                    part("owner", "acme-mirror", "acme"),
                    part("repository", "shop", "shop"),
                    part("workflow", ".github/workflows/release.yml", ".github/workflows/release.yml"),
                    part("ref", "refs/heads/main", "refs/tags/v1.4.0"),
                ])
                .origin(expectation)
                .help(
                    "find out how an image built by acme-mirror/shop got here; change the pin only after the owners of \
                     acme/shop confirm that the release process moved",
                ),
        ],
        ..good_candidate()
    }
}

fn policy_text() -> Arc<str> {
    format!(
        "# Who may release the shop.\n[[pin]]\nname = \"release\"\nidentity = \"{RELEASE}\"\nissuer = \"{ISSUER}\"\n"
    )
    .into()
}

fn policy_origin() -> Origin {
    let text = policy_text();
    let at = text.find("\"https").unwrap();
    Origin::file("deploy/portcullis.toml", &text, at..at + RELEASE.len() + 2)
}

fn policy_report() -> PolicyReport {
    PolicyReport {
        path: "deploy/portcullis.toml".to_owned(),
        digest: Digest::sha256(policy_text().as_bytes()),
        pinned: true,
    }
}

pub(crate) fn allowed_image() -> Report {
    let mut subject = image(Verdict::Allowed);
    subject.places = image_places(2);
    let mut old = foreign_candidate(&Origin::flag("--identity"), RELEASE);
    old.location = format!("referrers, manifest {}", digest("other manifest"));
    subject.candidates = vec![good_candidate(), old];
    report(vec![subject])
}

pub(crate) fn allowed_file_by_key() -> Report {
    let mut subject = file("shop-1.4.0.tar.gz", Verdict::Allowed);
    subject.candidates = vec![CandidateReport {
        location: "shop-1.4.0.tar.gz.sigstore.json".to_owned(),
        about: digest("shop-1.4.0.tar.gz"),
        pins: vec!["release key".to_owned()],
        signer: Some(SignerReport {
            kind: "key",
            identity: "sha256:4a1f0d5c8e7b2a936655443322110099ffeeddccbbaa99887766554433221100".to_owned(),
            issuer: None,
            claims: BTreeMap::new(),
        }),
        times: Vec::new(),
        logs: Vec::new(),
        findings: vec![
            Finding::new(
                Code::KeyWithoutLog,
                "the signature was accepted although it is not logged",
            )
            .origin(&Origin::flag("--key-without-log"))
            .help("log signatures when signing, and drop the flag"),
        ],
        ..good_candidate()
    }];
    let mut report = report(vec![subject]);
    report.pins = vec![PinReport {
        name: "release key".to_owned(),
        rule: "public key release.pub (ECDSA P-256)".to_owned(),
    }];
    report.trust = Some(TrustReport {
        source: "built-in".to_owned(),
        age_days: Some(97),
        ..report.trust.unwrap()
    });
    report.findings = vec![
        Finding::new(
            Code::TrustStale,
            "the built-in trust root is 97 days old and was not refreshed",
        )
        .origin(&Origin::flag("--offline"))
        .help("run `portcullis trust update` where there is a network"),
    ];
    report.conclude(false);
    report
}

pub(crate) fn denied_identity() -> Report {
    let mut subject = image(Verdict::Denied);
    subject.candidates = vec![foreign_candidate(&policy_origin(), RELEASE)];
    let mut report = report(vec![subject]);
    report.policy = Some(policy_report());
    report
}

pub(crate) fn denied_by_flag() -> Report {
    let mut subject = image(Verdict::Denied);
    subject.platform = Some("linux/arm64".to_owned());
    let mut candidate = good_candidate();
    candidate.accepted = false;
    candidate.pins = Vec::new();
    candidate.about = digest("index");
    candidate.findings = vec![
        Finding::new(
            Code::IssuerMismatch,
            "another issuer vouches for the expected identity",
        )
        .found("https://token.actions.githubusercontent.com")
        .expected("https://token.actions.githubusercontent.com/acme")
        .origin(&Origin::flag("--issuer"))
        .help("ask the owners of acme which issuer their enterprise uses"),
    ];
    subject.candidates = vec![candidate];
    report(vec![subject])
}

/// Evidence that does not verify: what it says is only claimed.
pub(crate) fn denied_unverified() -> Report {
    let mut subject = file("shop-1.4.0.tar.gz", Verdict::Denied);
    let mut candidate = good_candidate();
    candidate.location = "shop-1.4.0.tar.gz.sigstore.json".to_owned();
    candidate.about = digest("shop-1.4.0.tar.gz");
    candidate.accepted = false;
    candidate.verified = false;
    candidate.pins = Vec::new();
    candidate.times = Vec::new();
    candidate.findings = vec![
        Finding::new(
            Code::CertificateUntrusted,
            "a signature was found, but its certificate was not issued by an authority of this trust root",
        )
        .found("issuer CN=sigstore-intermediate, O=acme.internal")
        .expected("a certificate authority of the trust root public-good")
        .help("if acme runs its own Fulcio, get its trust root from the people who run it and name it with --trusted-root"),
    ];
    subject.candidates = vec![candidate];
    report(vec![subject])
}

/// Twenty-five signatures over other images, and one that cannot be read.
pub(crate) fn denied_many_alike() -> Report {
    let mut subject = image(Verdict::Denied);
    subject.places = image_places(26);
    let mismatch = |number: usize| CandidateReport {
        location: format!("referrers, manifest {}", digest(&number.to_string())),
        verified: false,
        accepted: false,
        pins: Vec::new(),
        times: Vec::new(),
        findings: vec![
            Finding::new(Code::ArtifactMismatch, "the bundle is about another artifact")
                .found(digest("other image").to_string())
                .expected(digest("image").to_string())
                .help("check that the image and its signatures come from the same release"),
        ],
        ..good_candidate()
    };
    subject.candidates = (0..25).map(mismatch).collect();
    subject.candidates.push(CandidateReport {
        location: format!("referrers, manifest {}", digest("broken")),
        format: "bundle".to_owned(),
        kind: EvidenceKind::Unreadable,
        signer: None,
        logs: Vec::new(),
        findings: vec![
            Finding::new(
                Code::DuplicateKey,
                "the key \"messageSignature\" stands twice in one object, at line 1 column 2210",
            )
            .help("fetch the bundle again from where it was published"),
        ],
        ..mismatch(99)
    });
    report(vec![subject])
}

const SBOM_POLICY: &str = "version = 1\n\n[sbom.licences]\nallow = [\"MIT\"]\n\n[[sbom.components.deny]]\npackage = \"pkg:npm/left-pad\"\n";

/// Objections of two rules to a signed SBOM, more of one than are told in full, some audited and one known before; and
/// one to an SBOM in a file.
pub(crate) fn denied_ingredients() -> Report {
    let policy: Arc<str> = SBOM_POLICY.into();
    let at = |words: &str| {
        let start = policy.find(words).unwrap();
        Origin::file("portcullis.toml", &policy, start..start + words.len())
    };
    let objection = |code: Code, number: usize, licence: &str| {
        let package = format!("pkg:npm/package-{number:02}");
        let mut finding = Finding::new(code, format!("{package} needs {licence}, which is not allowed"))
            .found(licence)
            .origin(&at("allow = [\"MIT\"]"))
            .help("replace the component, or ask whoever answers for licences")
            .in_sbom(SbomPlace {
                document: format!("referrers, manifest {}", digest("attestation")),
                attested: true,
                line: 1,
                column: Some(1200 + 300 * number as u64),
                path: Some(format!(".components[{number}].licenses[0].license.id")),
                version: Some("1.2.0".to_owned()),
                reached_by: vec!["shop@1.4.0".to_owned(), "web@3.0.0".to_owned(), format!("package-{number:02}@1.2.0")],
                others: number % 3,
                excerpt: Some(format!("...package-{number:02}\",\"licenses\":[{{\"license\":{{\"id\":\"{licence}\"}}}}],\"purl\":...")),
            });
        finding.fingerprint = Some(format!("{number:032x}"));
        finding.package = Some(package);
        finding
    };
    let mut subject = image(Verdict::Denied);
    subject.candidates = vec![good_candidate()];
    subject.findings = (0..15)
        .map(|number| objection(Code::LicenceNotAllowed, number, "GPL-3.0-only"))
        .collect();
    let mut in_file = objection(Code::ComponentDenied, 15, "");
    in_file.message = "pkg:npm/left-pad is denied by pkg:npm/left-pad".to_owned();
    in_file.found = Some("pkg:npm/left-pad@1.3.0".to_owned());
    in_file.package = Some("pkg:npm/left-pad".to_owned());
    in_file.origin = Some(Origin::flag("--deny-package"));
    let place = in_file.sbom.as_mut().unwrap();
    (place.document, place.attested) = ("target/shop.cdx.json".to_owned(), false);
    (place.line, place.column) = (412, Some(15));
    place.path = Some(".components[15].purl".to_owned());
    place.excerpt = Some("\"purl\": \"pkg:npm/left-pad@1.3.0\",".to_owned());
    subject.findings.push(in_file);
    subject
        .findings
        .extend((16..18).map(|number| objection(Code::LicenceUnknown, number, "LicenseRef-acme").audited()));
    let mut known = objection(Code::LicenceNotAllowed, 18, "MPL-2.0");
    known.accept(Acceptance {
        reason: "reviewed, ticket 1234".to_owned(),
        owner: "legal@example.com".to_owned(),
        expires: "2027-06-30".to_owned(),
        origin: Origin::flag("--accepted"),
    });
    subject.findings.push(known);
    subject.findings.push(Finding::new(
        Code::SbomObjections,
        "19 objections to 19 packages of the SBOM: 16 new, 2 audited, 1 known",
    ));
    let mut report = report(vec![subject]);
    report.policy = Some(policy_report());
    report
}

pub(crate) fn denied_warnings() -> Report {
    let mut report = allowed_file_by_key();
    report.conclude(true);
    report
}

pub(crate) fn no_evidence() -> Report {
    let mut subject = image(Verdict::NoEvidence);
    subject.places = image_places(0);
    subject.findings = vec![
        Finding::new(Code::NoEvidence, "the image exists, and nothing is attached to it")
            .expected("a signature")
            .help("if this is a mirror, look at the original: copying an image does not copy its signatures by itself"),
    ];
    report(vec![subject])
}

/// Attestations are there, of types nobody asked for.
pub(crate) fn no_evidence_other_type() -> Report {
    let mut subject = image(Verdict::NoEvidence);
    subject.places = image_places(2);
    let attestation = |number: usize| CandidateReport {
        location: format!("referrers, manifest {}", digest(&number.to_string())),
        kind: EvidenceKind::Attestation,
        accepted: false,
        predicate_type: Some("https://cosign.sigstore.dev/attestation/vuln/v1".to_owned()),
        pins: Vec::new(),
        findings: vec![
            Finding::new(Code::PredicateTypeMismatch, "the attestation is of another type")
                .found("https://cosign.sigstore.dev/attestation/vuln/v1")
                .expected(PROVENANCE)
                .origin(&Origin::flag("--type")),
        ],
        ..good_candidate()
    };
    subject.candidates = (0..2).map(attestation).collect();
    subject.findings = vec![
        Finding::new(
            Code::NoEvidence,
            "no attestation of the demanded type is attached",
        )
        .expected(PROVENANCE)
        .origin(&Origin::flag("--type"))
        .help("check that the release workflow attests provenance"),
    ];
    report(vec![subject])
}

pub(crate) fn undecided() -> Report {
    let mut subject = image(Verdict::Undecided);
    subject.places[1].outcome = PlaceOutcome::Failed {
        code: Code::PlaceFailed,
        detail: "HTTP 429 Too Many Requests after 4 tries, the last asked to wait 120 s".to_owned(),
    };
    subject.candidates = vec![foreign_candidate(&Origin::flag("--identity"), RELEASE)];
    subject.findings = vec![
        Finding::new(
            Code::PlaceFailed,
            "1 of 6 places did not answer, and it may hold the signature that is missing",
        )
        .help("run the same command again in a few minutes"),
    ];
    report(vec![subject])
}

pub(crate) fn misconfigured() -> Report {
    let text: Arc<str> = "[[pin]]\nname = \"release\"\nidentiy = \"https://github.com/acme/shop\"\nissuer = 7\n\n[require]\nsignatures = \"most\"\n".into();
    let at = |needle: &str| {
        let start = text.find(needle).unwrap();
        Origin::file("portcullis.toml", &text, start..start + needle.len())
    };
    let mut report = report(Vec::new());
    report.trust = None;
    report.findings = vec![
        Finding::new(Code::PolicyInvalid, "unknown key `identiy`")
            .origin(&at("identiy"))
            .help("did you mean `identity`?"),
        Finding::new(Code::PolicyInvalid, "`issuer` has the wrong type")
            .found("an integer")
            .expected("a string")
            .origin(&at("7")),
        Finding::new(Code::PolicyInvalid, "`signatures` has a value that is not known")
            .found("\"most\"")
            .expected("\"any\", \"all\" or \"latest\"")
            .origin(&at("\"most\"")),
    ];
    report.conclude(false);
    report
}

pub(crate) fn several() -> Report {
    let mut unreadable = file("missing.tar.gz", Verdict::Undecided);
    unreadable.digest = None;
    unreadable.places = Vec::new();
    unreadable.findings = vec![
        Finding::new(
            Code::SubjectUnreadable,
            "the file cannot be read: permission denied",
        )
        .help("run as a user who may read the file"),
    ];
    let mut bare = image(Verdict::NoEvidence);
    bare.kind = SubjectKind::Digest;
    bare.name = digest("bare").to_string();
    bare.input = bare.name.clone();
    bare.digest = Some(digest("bare"));
    bare.places = vec![place(
        PlaceKind::BundleFile,
        "bundles.jsonl",
        PlaceOutcome::Nothing,
    )];
    bare.findings = vec![Finding::new(
        Code::NoEvidence,
        "the bundle file holds nothing about this digest",
    )];
    let mut subjects = allowed_image().subjects;
    subjects.extend(denied_identity().subjects);
    subjects.extend([bare, unreadable]);
    let mut report = report(subjects);
    report.policy = Some(policy_report());
    report
}

/// Every text that an outsider can choose tries to take over the output.
pub(crate) fn hostile() -> Report {
    let evil = "x\n::set-output name=verdict::allowed\n\u{1b}[2J\u{1b}[32mallowed\u{1b}[0m \u{202E}dewolla ]]>&<\"'\0";
    let mut subject = file("evil\n::error::x\u{1b}]0;t\u{7}.tar", Verdict::Denied);
    subject.places.push(place(
        PlaceKind::BundleFile,
        evil,
        PlaceOutcome::Failed {
            code: Code::PlaceFailed,
            detail: evil.to_owned(),
        },
    ));
    let mut candidate = foreign_candidate(&Origin::flag("--identity"), "https://g\u{456}thub.com/acme");
    candidate.location = evil.to_owned();
    candidate.format = evil.to_owned();
    candidate.predicate_type = Some(evil.to_owned());
    candidate.verified = false;
    candidate.signer = Some(SignerReport {
        kind: "email",
        identity: evil.to_owned(),
        issuer: Some(evil.to_owned()),
        claims: BTreeMap::from([(evil.to_owned(), evil.to_owned())]),
    });
    candidate.signed = Some(serde_json::json!({ "note": evil }));
    candidate.findings[0].message = evil.to_owned();
    candidate.findings[0].parts[0].found = "g\u{456}thub.com".to_owned();
    candidate.findings[0].parts[0].same = false;
    candidate.findings.push(
        Finding::new(Code::ClaimMismatch, evil)
            .found(evil)
            .expected("github-hosted")
            .origin(&Origin::file(evil, &Arc::from(evil), 2..30))
            .help(evil),
    );
    subject.candidates = vec![candidate];
    report(vec![subject])
}
