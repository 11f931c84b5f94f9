//! The official cases of the Sigstore client conformance suite, through the hidden `conformance` command: 70 cases, each
//! with the artifact by path and by digest.
//!
//! The data is not part of this repository. It is looked for in `../shared/conformance`, or where
//! `PORTCULLIS_CONFORMANCE` says; without it the test does nothing, except in CI, where that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise, and says why it was skipped"
)]

mod support;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use portcullis::ops::pool;
use portcullis::report::Code;
use portcullis::subject::Digest;
use support::{Program, Run};

const IDENTITY: &str = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Why each case that must fail is refused.
///
/// Some cases are broken in another way than their name says, and are refused for that: their entry says so.
#[rustfmt::skip]
const REASONS: [(&str, Code); 49] = [
    ("bundle-empty-certificate-chain", Code::BundleMalformed),
    ("bundle-from-wrong-instance", Code::LogUnknown),
    ("bundle-invalid-base64-signature", Code::BundleMalformed),
    ("bundle-malformed-json", Code::BundleMalformed),
    ("bundle-negative-log-index", Code::BundleMalformed),
    ("bundle-unknown-version", Code::BundleUnsupported),
    ("bundle-with-root-cert", Code::BundleMalformed),
    ("checkpoint-bad-keyhint", Code::CheckpointInvalid),
    ("checkpoint-wrong-roothash", Code::CheckpointInvalid),
    ("dsse-invalid-sig", Code::SignatureInvalid),
    ("dsse-mismatch-envelope", Code::LogEntryMismatch),
    ("dsse-mismatch-sig", Code::LogEntryMismatch),
    ("inclusion-proof-corrupted-hash", Code::InclusionProofInvalid),
    // The trust root holds another key for the log, under which no promise verifies.
    ("incorrect-public-key", Code::SetInvalid),
    // The future of that day is the past by now; the time still lies after the certificate's life.
    ("integrated-time-in-future", Code::CertificateExpired),
    // The certificate begins in 2030.
    ("intoto-expired-certificate", Code::CertificateNotYetValid),
    // The entry's signature is no base64, so there is nothing to compare.
    ("intoto-log-entry-mismatch", Code::LogEntryMalformed),
    ("intoto-missing-inclusion-proof", Code::LogEntryMissing),
    ("intoto-set-outside-signing-cert-validity", Code::CertificateExpired),
    ("intoto-tsa-timestamp-outside-cert-validity", Code::CertificateExpired),
    ("invalid-checkpoint-signature", Code::CheckpointInvalid),
    ("invalid-ct-key", Code::SctInvalid),
    // There is no checkpoint at all.
    ("invalid-inclusion-proof", Code::CheckpointInvalid),
    // No key is given, so an identity is expected.
    ("managed-key-no-key", Code::SignerKindMismatch),
    // The PEM block is damaged.
    ("managed-key-wrong-key", Code::KeyInvalid),
    ("message-digest-mismatch", Code::ArtifactMismatch),
    ("rekor2-checkpoint-missing-log-signature", Code::CheckpointInvalid),
    ("rekor2-checkpoint-missing-origin", Code::CheckpointInvalid),
    ("rekor2-checkpoint-missing-root-hash", Code::CheckpointInvalid),
    ("rekor2-checkpoint-missing-size", Code::CheckpointInvalid),
    ("rekor2-checkpoint-no-matching-signature", Code::CheckpointInvalid),
    ("rekor2-dsse-invalid-sig", Code::SignatureInvalid),
    ("rekor2-dsse-mismatch-envelope", Code::LogEntryMismatch),
    ("rekor2-dsse-mismatch-sig", Code::LogEntryMismatch),
    ("rekor2-no-inclusion-proof", Code::LogEntryMissing),
    ("rekor2-no-timestamp", Code::NoVerifiedTime),
    ("rekor2-timestamp-outside-trust-root-tsa-validity", Code::TimestampOutsideValidity),
    ("rekor2-timestamp-outside-tsa-cert-validity", Code::TimestampOutsideValidity),
    ("rekor2-timestamp-payload-mismatch", Code::TimestampInvalid),
    ("rekor2-timestamp-untrusted-tsa-with-embedded-cert", Code::TimestampInvalid),
    ("rekor2-timestamp-untrusted-tsa-without-embedded-cert", Code::TimestampInvalid),
    // The token's base64 has line breaks.
    ("rekor2-timestamp-with-incorrect-time", Code::BundleMalformed),
    ("set-invalid-signature", Code::SetInvalid),
    ("signature-mismatch", Code::SignatureInvalid),
    ("trust-root-tlog-missing-validity-start", Code::TrustInvalid),
    ("wrong-hashedrekord-artifact", Code::LogEntryMismatch),
    ("wrong-hashedrekord-cert-and-sig", Code::LogEntryMismatch),
    ("wrong-hashedrekord-entry", Code::LogEntryMismatch),
    ("wrong-material", Code::ArtifactMismatch),
];

/// One run: a case with its artifact by path or by digest.
struct Attempt {
    case: String,
    arguments: Vec<OsString>,
}

#[test]
fn all_140_runs_end_as_they_must_and_for_their_own_reason() {
    let Some(folder) = data() else { return };
    let attempts: Vec<Attempt> = case_names(&folder)
        .iter()
        .flat_map(|case| attempts(&folder, case))
        .collect();
    let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let runs = pool::map(jobs, &attempts, |attempt| {
        Program::new()
            .arguments(["conformance", "verify-bundle"])
            .arguments(&attempt.arguments)
            .run()
    });
    let surprises: Vec<String> = attempts
        .iter()
        .zip(&runs)
        .filter_map(|(attempt, run)| surprise(&attempt.case, run))
        .collect();
    assert!(surprises.is_empty(), "\n{}", surprises.join("\n"));
    assert_eq!(runs.len(), 140);
    assert_eq!(runs.iter().filter(|run| run.code == 0).count(), 42);
}

/// The folder of the cases, where it is at hand.
fn data() -> Option<PathBuf> {
    let folder = match std::env::var_os("PORTCULLIS_CONFORMANCE") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance"),
    };
    if folder.is_dir() {
        return Some(folder);
    }
    let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(!in_ci, "the conformance data is missing: {}", folder.display());
    println!(
        "skipped: no conformance data at {} (PORTCULLIS_CONFORMANCE names it)",
        folder.display()
    );
    None
}

fn case_names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<String> = entries
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn attempts(folder: &Path, case: &str) -> Vec<Attempt> {
    let file = |name: &str| folder.join(case).join(name);
    let word = |name: &str, otherwise: &str| match std::fs::read_to_string(file(name)) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => otherwise.to_owned(),
    };
    let mut shared: Vec<OsString> = vec!["--bundle".into(), file("bundle.sigstore.json").into()];
    if file("key.pub").exists() {
        shared.extend(["--key".into(), file("key.pub").into()]);
    } else {
        shared.extend(["--certificate-identity".into(), word("identity", IDENTITY).into()]);
        shared.extend(["--certificate-oidc-issuer".into(), word("issuer", ISSUER).into()]);
    }
    if file("trusted_root.json").exists() {
        shared.extend(["--trusted-root".into(), file("trusted_root.json").into()]);
    }
    let artifact = match file("artifact") {
        path if path.exists() => path,
        _ => folder.join("a.txt"),
    };
    let digest = Digest::sha256(&std::fs::read(&artifact).unwrap()).to_string();
    [artifact.into_os_string(), digest.into()]
        .into_iter()
        .map(|subject| Attempt {
            case: case.to_owned(),
            arguments: shared.iter().cloned().chain([subject]).collect(),
        })
        .collect()
}

/// What is wrong about a run, if anything.
fn surprise(case: &str, run: &Run) -> Option<String> {
    let Some(name) = case.strip_suffix("_fail") else {
        return (run.code != 0).then(|| format!("{case} was refused: {}", run.stderr));
    };
    let Some((_, code)) = REASONS.iter().find(|(known, _)| *known == name) else {
        return Some(format!("{case} has no reason here; it says {}", run.stderr));
    };
    let exit = portcullis::report::ExitCode::from(code.verdict()).number();
    if run.code != i32::from(exit) {
        return Some(format!("{case} ended with {}: {}", run.code, run.stderr));
    }
    let own_reason = run.stderr.starts_with(&format!("error: {code}: "));
    (!own_reason).then(|| {
        format!(
            "{case} was refused for another reason than {code}: {}",
            run.stderr
        )
    })
}
