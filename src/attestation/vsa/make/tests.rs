use jiff::Timestamp;

use super::*;
use crate::attestation::predicate::{AttestType, Checked};
use crate::attestation::vsa::{Summary, VSA_TYPE};
use crate::report::{CandidateReport, Code, EvidenceKind, Finding, PolicyReport};

const VERIFIER: Maker<'static> = Maker {
    verifier: "https://verifier.example",
    policy_uri: None,
    resource_uri: None,
};

fn candidate(accepted: bool, predicate_type: Option<&str>) -> CandidateReport {
    CandidateReport {
        location: "https://r.example/v2/app/blobs/1".to_owned(),
        format: "bundle v0.3".to_owned(),
        about: Digest::sha256(b"image"),
        evidence_digest: Some(Digest::sha256(b"bundle")),
        kind: EvidenceKind::Attestation,
        accepted,
        verified: true,
        predicate_type: predicate_type.map(str::to_owned),
        pins: Vec::new(),
        signer: None,
        times: Vec::new(),
        logs: Vec::new(),
        signed: None,
        findings: Vec::new(),
    }
}

fn subject(verdict: Verdict, candidates: Vec<CandidateReport>) -> SubjectReport {
    let digest = Digest::sha256(b"image");
    SubjectReport {
        input: "r.example/org/App:v1".to_owned(),
        kind: SubjectKind::Image,
        name: format!("r.example:5000/org/app@{digest}"),
        digest: Some(digest),
        platform: None,
        verdict,
        places: Vec::new(),
        candidates,
        sboms: Vec::new(),
        findings: Vec::new(),
    }
}

fn report(subject: SubjectReport) -> Report {
    let mut report = Report::new("verify", Timestamp::from_second(1_760_000_000).unwrap());
    report.policy = Some(PolicyReport {
        path: "policies/my app.toml".to_owned(),
        digest: Digest::sha256(b"policy"),
        pinned: true,
    });
    report.subjects = vec![subject];
    report.conclude(false);
    report
}

fn made(report: &Report, maker: &Maker<'_>) -> Result<Value, SummaryProblem> {
    let made = make(report, &report.subjects[0], maker)?;
    let attest_type = AttestType::parse("vsa").unwrap();
    let checked = Checked::made(
        "summary",
        made.predicate.clone(),
        &attest_type,
        Timestamp::UNIX_EPOCH,
    );
    assert!(checked.is_ok(), "{checked:?}");
    Ok(serde_json::from_str(&made.predicate).unwrap())
}

#[test]
fn a_verification_that_passed_is_summed_up_and_read_back() {
    let provenance = candidate(true, Some("https://slsa.dev/provenance/v1"));
    let report = report(subject(
        Verdict::Allowed,
        vec![provenance, candidate(false, None)],
    ));
    let predicate = made(&report, &VERIFIER).unwrap();
    let (image, policy, bundle) = (
        Digest::sha256(b"image"),
        Digest::sha256(b"policy"),
        Digest::sha256(b"bundle"),
    );
    assert_eq!(
        predicate,
        json!({
            "verifier": {"id": "https://verifier.example", "version": {"portcullis": env!("CARGO_PKG_VERSION")}},
            "timeVerified": "2025-10-09T08:53:20Z",
            "resourceUri": format!("pkg:oci/app@sha256%3A{}?repository_url=r.example%3A5000/org/app", image.to_hex()),
            "policy": {"uri": "file:policies/my%20app.toml", "digest": {"sha256": policy.to_hex()}},
            "inputAttestations": [{"uri": "https://r.example/v2/app/blobs/1", "digest": {"sha256": bundle.to_hex()}}],
            "verificationResult": "PASSED",
            "verifiedLevels": ["SLSA_BUILD_LEVEL_1"],
            "slsaVersion": "1.1",
        })
    );
    let summary = Summary::parse(VSA_TYPE, &predicate.to_string()).unwrap();
    assert!(summary.passed && summary.is_by_policy(&policy) && summary.time_verified == report.time);
}

#[test]
fn no_level_is_claimed_that_was_not_looked_at() {
    let signature = report(subject(Verdict::Allowed, vec![candidate(true, None)]));
    assert_eq!(
        made(&signature, &VERIFIER).unwrap()["verifiedLevels"],
        json!(["SLSA_BUILD_LEVEL_0"])
    );
    let foreign = candidate(false, Some("https://slsa.dev/provenance/v1"));
    let unaccepted = report(subject(Verdict::Allowed, vec![candidate(true, None), foreign]));
    assert_eq!(
        made(&unaccepted, &VERIFIER).unwrap()["verifiedLevels"],
        json!(["SLSA_BUILD_LEVEL_0"])
    );
}

#[test]
fn a_denial_is_a_summary_that_says_failed() {
    for verdict in [Verdict::Denied, Verdict::NoEvidence] {
        let predicate = made(&report(subject(verdict, vec![candidate(true, None)])), &VERIFIER).unwrap();
        assert_eq!(predicate["verificationResult"], "FAILED");
        assert_eq!(predicate["verifiedLevels"], json!(["FAILED"]));
        assert_eq!(predicate.get("inputAttestations"), None);
    }
}

#[test]
fn what_did_not_finish_is_not_summed_up() {
    for verdict in [Verdict::Undecided, Verdict::Misconfigured] {
        let problem = made(&report(subject(verdict, Vec::new())), &VERIFIER).unwrap_err();
        assert_eq!(problem, SummaryProblem::Unfinished(verdict));
    }
}

/// A finding about the run counts for each of its subjects, however well they did.
#[test]
fn a_run_that_was_denied_passed_nothing() {
    let mut denied = report(subject(Verdict::Allowed, vec![candidate(true, None)]));
    denied
        .findings
        .push(Finding::new(Code::WarningsDenied, "there is a warning"));
    assert_eq!(made(&denied, &VERIFIER).unwrap()["verificationResult"], "FAILED");
    let mut unread = report(subject(Verdict::Allowed, vec![candidate(true, None)]));
    unread.findings.push(Finding::new(Code::TrustInvalid, "expired"));
    assert!(matches!(
        made(&unread, &VERIFIER),
        Err(SummaryProblem::Unfinished(_))
    ));
}

#[test]
fn part_of_the_evidence_is_not_passed_off_as_all_of_it() {
    let mut unknown = candidate(true, None);
    unknown.evidence_digest = None;
    let report = report(subject(Verdict::Allowed, vec![candidate(true, None), unknown]));
    assert_eq!(made(&report, &VERIFIER).unwrap().get("inputAttestations"), None);
}

#[test]
fn what_a_summary_has_to_say_has_to_be_known() {
    let good = report(subject(Verdict::Allowed, vec![candidate(true, None)]));
    let named = Maker {
        verifier: "https://v.example",
        policy_uri: Some("https://p.example/policy"),
        resource_uri: Some("https://r.example/app"),
    };
    let predicate = made(&good, &named).unwrap();
    assert_eq!(predicate["policy"]["uri"], "https://p.example/policy");
    assert_eq!(predicate["resourceUri"], "https://r.example/app");
    for maker in [
        Maker {
            verifier: "me",
            ..named
        },
        Maker {
            policy_uri: Some("policy.toml"),
            ..named
        },
        Maker {
            resource_uri: Some("app v1"),
            ..named
        },
    ] {
        assert!(matches!(made(&good, &maker), Err(SummaryProblem::NotAUri { .. })));
    }
    let flags = Report {
        policy: None,
        ..good.clone()
    };
    assert_eq!(made(&flags, &VERIFIER), Err(SummaryProblem::NoPolicy));
    let mut unread = good;
    unread.subjects[0].digest = None;
    assert_eq!(made(&unread, &VERIFIER), Err(SummaryProblem::NoDigest));
}

#[test]
fn files_and_digests_are_called_what_they_are() {
    let mut file = report(subject(Verdict::Allowed, Vec::new()));
    file.subjects[0].kind = SubjectKind::File;
    file.subjects[0].name = "dist/a b.tar".to_owned();
    assert_eq!(
        made(&file, &VERIFIER).unwrap()["resourceUri"],
        "file:dist/a%20b.tar"
    );
    file.subjects[0].kind = SubjectKind::Digest;
    let expected = Digest::sha256(b"image").to_string();
    assert_eq!(made(&file, &VERIFIER).unwrap()["resourceUri"], expected);
}
