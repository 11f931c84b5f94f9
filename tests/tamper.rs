//! Every real bundle of the fixtures, and minted ones of every shape, under every named mutation: never allowed, and
//! refused for the mutation's own reason. Likewise parts of one valid bundle in another.
//!
//! Who signed is not asked here: whatever is refused although anybody is accepted is refused under every pin.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

#[path = "support/judge.rs"]
mod judge;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Mutex;

use jiff::Timestamp;
use judge::{Answer, Question, anybody, anything_by, engine, engine_for};
use portcullis::ops::pool;
use portcullis::policy::Demand;
use portcullis::report::{Code, Verdict};
use portcullis::sandbox::signing::sha256_of;
use portcullis::sandbox::tamper::{Tamper, Transplant, apply};
use portcullis::sandbox::{Instance, KeyKind, LogKind, MediaType, Misrecorded, SignOptions};
use portcullis::sigstore::Engine;
use portcullis::sigstore::pin::LogRequirement;
use portcullis::sigstore::trust::TrustChoice;
use portcullis::subject::{Digest, Subject};
use serde_json::{Value, json};
use support::{Case, cases};
use tempfile::TempDir;

/// A valid bundle, and what it is asked about.
struct Specimen {
    name: String,
    bundle: Value,
    subject: Subject,
    demand: Demand,
    /// Index of the engine that accepts it.
    engine: usize,
}

/// Valid bundles with the engines that accept them.
struct Collection {
    engines: Vec<Engine>,
    specimens: Vec<Specimen>,
    /// Holds the bundles that are asked about, and minted artifacts.
    folder: TempDir,
}

impl Collection {
    fn new() -> Self {
        Self {
            engines: Vec::new(),
            specimens: Vec::new(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Asks about the specimen's subject with another bundle.
    fn ask(&self, specimen: &Specimen, bundle: &Value) -> Answer {
        // One file for each thread, written anew for each question.
        let name = format!("{:?}", std::thread::current().id());
        let path = self.folder.path().join(name);
        std::fs::write(&path, bundle.to_string()).unwrap();
        let engine = &self.engines[specimen.engine];
        Question {
            bundles: vec![path],
            ..Question::new(engine, specimen.subject.clone(), specimen.demand.clone())
        }
        .ask()
    }

    /// What `check` finds wrong about any specimen.
    fn problems(&self, check: impl Fn(&Specimen) -> Vec<String> + Sync) -> Vec<String> {
        let jobs = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let problems = pool::map(jobs, &self.specimens, check);
        problems.into_iter().flatten().collect()
    }
}

/// The bundles of all fixture cases that are allowed with a bundle of their own.
fn real() -> Collection {
    let mut collection = Collection::new();
    let mut roots: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases() {
        let path = case.folder.join("bundle.sigstore.json");
        if case.must_fail() || !path.exists() {
            continue;
        }
        let root = value_of(&case, "--trusted-root")
            .map(|file| case.folder.join(file).display().to_string())
            .or_else(|| value_of(&case, "--trust").map(str::to_owned))
            .unwrap_or_else(|| "public-good".to_owned());
        let engine = *roots.entry(root.clone()).or_insert_with(|| {
            collection.engines.push(engine_for(&trust(&root)));
            collection.engines.len() - 1
        });
        let pin = match value_of(&case, "--key") {
            Some(file) => judge::key(&case.text(file), LogRequirement::Required),
            None => anybody(),
        };
        collection.specimens.push(Specimen {
            name: case.name.clone(),
            bundle: serde_json::from_str(&case.text("bundle.sigstore.json")).unwrap(),
            subject: subject_of(&case),
            demand: anything_by(pin),
            engine,
        });
    }
    collection
}

fn value_of<'a>(case: &'a Case, flag: &str) -> Option<&'a str> {
    let place = case.arguments.iter().position(|argument| argument == flag)?;
    case.arguments.get(place + 1).map(String::as_str)
}

fn trust(name: &str) -> TrustChoice {
    match name {
        "public-good" => TrustChoice::PublicGood,
        "staging" => TrustChoice::Staging,
        "github" => TrustChoice::GitHub,
        file => TrustChoice::File(PathBuf::from(file)),
    }
}

/// The first argument names the subject: a digest or a file.
fn subject_of(case: &Case) -> Subject {
    let subject = &case.arguments[0];
    match subject.parse() {
        Ok(digest) => Subject::Digest(digest),
        Err(_) => Subject::File(case.folder.join(subject)),
    }
}

const ARTIFACT: &[u8] = b"an artifact";

/// Minted bundles of every shape.
fn minted() -> Collection {
    let mut instance = Instance::new(7, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
    let keyless = || SignOptions::keyless("dev@example.com", "https://accounts.example.com");
    let mut collection = Collection::new();
    collection
        .engines
        .push(engine(&instance.trusted_root_json().unwrap()));
    let file = collection.folder.path().join("artifact");
    std::fs::write(&file, ARTIFACT).unwrap();
    let mut add = |name: &str, bundle: Value, demand: Demand| {
        for subject in [
            Subject::Digest(Digest::sha256(ARTIFACT)),
            Subject::File(file.clone()),
        ] {
            collection.specimens.push(Specimen {
                name: name.to_owned(),
                bundle: bundle.clone(),
                subject,
                demand: demand.clone(),
                engine: 0,
            });
        }
    };
    for (name, options) in [
        ("blob v0.1", keyless().media_type(MediaType::V01)),
        (
            "blob v0.1 stamped",
            keyless().media_type(MediaType::V01).timestamp(),
        ),
        ("blob v0.2", keyless().media_type(MediaType::V02)),
        ("blob v1", keyless()),
        ("blob v1 stamped", keyless().timestamp()),
        ("blob v2", keyless().rekor_v2()),
        (
            "blob v1+v2",
            keyless().logs(&[LogKind::V1, LogKind::V2]).timestamp(),
        ),
        ("blob v2+v1", keyless().logs(&[LogKind::V2, LogKind::V1])),
    ] {
        add(
            name,
            instance.sign_blob(ARTIFACT, &options).unwrap(),
            anything_by(anybody()),
        );
    }
    for (name, options) in [
        ("statement v0.1", keyless().media_type(MediaType::V01)),
        ("statement v1", keyless()),
        ("statement v1 intoto", keyless().logs(&[LogKind::V1Intoto])),
        ("statement v2", keyless().rekor_v2()),
    ] {
        add(
            name,
            attest(&mut instance, ARTIFACT, &options),
            anything_by(anybody()),
        );
    }
    for (name, change) in [
        ("key v1", (|options| options) as fn(SignOptions) -> SignOptions),
        ("key v0.1", |options| options.media_type(MediaType::V01)),
        ("key v1 stamped", SignOptions::timestamp),
        ("key v2", SignOptions::rekor_v2),
    ] {
        // A key of its own for each: signatures are deterministic, and equal ones could swap their evidence.
        let key = instance.key(name, KeyKind::P256).unwrap();
        let pin = judge::key(&key.public_pem().unwrap(), LogRequirement::Required);
        let options = change(SignOptions::managed(&key, "hint"));
        add(
            name,
            instance.sign_blob(ARTIFACT, &options).unwrap(),
            anything_by(pin),
        );
    }
    collection
}

fn attest(instance: &mut Instance, artifact: &[u8], options: &SignOptions) -> Value {
    let subjects = [("artifact", sha256_of(artifact))];
    instance
        .attest(
            &subjects,
            "https://slsa.dev/provenance/v1",
            &json!({"a": 1}),
            options,
        )
        .unwrap()
}

/// The codes under which a mutation may be refused: its own reason, and those of the checks that meet it first in a
/// bundle of another shape.
#[rustfmt::skip]
fn reasons(tamper: Tamper) -> &'static [Code] {
    use Code as C;
    use Tamper as T;
    match tamper {
        // Where a timestamp covers the signature, it is the first to notice.
        T::SignatureBit | T::SignatureReplaced | T::SignatureEmpty => &[C::SignatureInvalid, C::TimestampInvalid],
        T::SignatureNotBase64 => &[C::BundleMalformed],
        T::MessageDigestBit => &[C::ArtifactMismatch],
        // No P-256 key signs a SHA-512 digest.
        T::MessageDigestAlgorithm => &[C::BundleUnsupported],
        T::MessageDigestAlgorithmUnknown => &[C::BundleMalformed],
        // One bit may also spoil the JSON, which is read before the signature over it is checked.
        T::PayloadBit => &[C::SignatureInvalid, C::PayloadMalformed],
        T::PayloadGarbage => &[C::PayloadMalformed],
        T::PayloadType => &[C::BundleUnsupported],
        T::SecondDsseSignature | T::NoDsseSignature | T::BothContents | T::NoContent => &[C::BundleMalformed],
        T::MediaTypeUnknown => &[C::BundleUnsupported],
        // Read as v0.1, which needs a promise; GitHub's instance has no entry at all.
        T::MediaTypeDropped | T::MediaTypeOlder => &[C::SetInvalid, C::LogEntryMissing],
        T::MediaTypeNewer => &[C::BundleMalformed],
        T::CertificateSignatureBit | T::CertificateIdentity | T::CertificateOidcIssuer | T::CertificatePublicKey =>
            &[C::CertificateUntrusted],
        T::CertificateTruncated | T::CertificateTrailingBytes | T::PublicKeyAsCertificate =>
            &[C::CertificateMalformed],
        T::CertificateDropped => &[C::BundleMalformed],
        T::HintForCertificate => &[C::SignerKindMismatch],
        T::ChainInV03 | T::ChainEmpty | T::RootInChain => &[C::BundleMalformed],
        T::ChainReversed => &[C::CertificateUntrusted],
        T::EntriesDropped => &[C::LogEntryMissing],
        // The promise covers the index, and without one the proof does.
        T::LogIndex => &[C::SetInvalid, C::InclusionProofInvalid],
        T::LogIndexNegative | T::LogIndexHuge | T::LogIdDropped => &[C::BundleMalformed],
        T::LogId => &[C::LogUnknown],
        T::EntryKindUnknown => &[C::UnsupportedLogEntry],
        // A kind that exists is held against what it is: the content, the log's generation or the body differs.
        T::EntryKind | T::EntryVersion => &[
            C::UnsupportedLogEntry, C::InclusionProofInvalid, C::LogEntryMalformed, C::NoVerifiedTime,
        ],
        T::SetBit | T::SetEmpty => &[C::SetInvalid],
        // v0.1 asks for the promise itself, the others for the time that it vouches for.
        T::SetDropped | T::IntegratedTimeDropped => &[C::SetInvalid, C::NoVerifiedTime],
        T::IntegratedTimeShifted | T::IntegratedTimeFuture => &[C::SetInvalid],
        // Before the log's key was valid, or before it was the promise that fails.
        T::IntegratedTimeBackdated => &[C::SetInvalid, C::LogUnknown],
        T::IntegratedTimeForTimestamp => &[C::NoVerifiedTime],
        // The promise and the proof both cover the body, before it is compared with anything.
        T::BodyHash | T::BodySignature | T::BodyVerifier | T::BodyReformatted | T::BodyGarbage =>
            &[C::SetInvalid, C::InclusionProofInvalid],
        T::BodyDropped => &[C::BundleMalformed],
        T::ProofDropped => &[C::LogEntryMissing],
        T::ProofHash | T::ProofTruncated | T::ProofExtended | T::ProofEmpty | T::ProofIndex | T::ProofTreeSize =>
            &[C::InclusionProofInvalid],
        T::ProofRoot => &[C::CheckpointInvalid],
        // Rekor v2 has the tree's size and root in the checkpoint alone, where the proof misses them first.
        T::CheckpointSize | T::CheckpointRoot => &[C::CheckpointInvalid, C::InclusionProofInvalid],
        T::CheckpointDropped | T::CheckpointOrigin | T::CheckpointNoOrigin | T::CheckpointNoSize
        | T::CheckpointNoRoot | T::CheckpointOriginNotFirst | T::CheckpointExtraLine | T::CheckpointSignature
        | T::CheckpointKeyHint | T::CheckpointUnsigned => &[C::CheckpointInvalid],
        T::TimestampSignature | T::TimestampTime | T::TimestampTruncated | T::TimestampEmpty
        | T::TimestampRejected | T::TimestampGarbageAdded => &[C::TimestampInvalid],
        T::TimestampsDropped => &[C::NoVerifiedTime],
        // Nothing covers what these change, wherever they apply.
        T::MessageDigestDropped | T::DsseKeyId | T::UnknownMember | T::PublicKeyHint | T::ChainTruncated
        | T::EntryDuplicated | T::TimestampDuplicated | T::CheckpointStranger => &[],
    }
}

/// What the library tolerates and this program refuses by itself.
fn refused_by_us(tamper: Tamper) -> bool {
    matches!(tamper, Tamper::BothContents | Tamper::RootInChain)
}

/// What is wrong about the answer to a tampered bundle.
fn judge_tampered(specimen: &Specimen, tamper: Tamper, intact: &Answer, answer: &Answer) -> Option<String> {
    let tolerated = !refused_by_us(tamper) && tamper.tolerated_by_library(&specimen.bundle).is_some();
    let fine = if tolerated {
        answer.is_allowed() && answer.says_the_same_as(intact)
    } else {
        answer.verdict() == Verdict::Denied
            && answer
                .reason()
                .is_some_and(|code| reasons(tamper).contains(&code))
    };
    (!fine).then(|| format!("{tamper} on {}: {}", specimen.name, answer.explain()))
}

#[test]
fn a_tampered_bundle_is_refused_for_what_was_done_to_it() {
    let applied = Mutex::new(BTreeSet::new());
    let mut problems = Vec::new();
    for collection in [real(), minted()] {
        assert!(!collection.specimens.is_empty());
        problems.extend(collection.problems(|specimen| {
            let intact = collection.ask(specimen, &specimen.bundle);
            assert!(intact.is_allowed(), "{}: {}", specimen.name, intact.explain());
            let mut problems = Vec::new();
            for tamper in Tamper::ALL {
                let mut bundle = specimen.bundle.clone();
                if apply(&mut bundle, *tamper) {
                    applied.lock().unwrap().insert(*tamper);
                    let answer = collection.ask(specimen, &bundle);
                    problems.extend(judge_tampered(specimen, *tamper, &intact, &answer));
                }
            }
            problems
        }));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    let applied = applied.into_inner().unwrap();
    let never: Vec<_> = Tamper::ALL
        .iter()
        .filter(|tamper| !applied.contains(tamper))
        .collect();
    assert!(never.is_empty(), "no specimen has what these change: {never:?}");
}

/// The codes under which a transplant may be refused. Every part is genuine, so the check that first compares it with
/// another part is the one that notices.
#[rustfmt::skip]
fn transplant_reasons(transplant: Transplant) -> &'static [Code] {
    use Code as C;
    use Transplant as T;
    match transplant {
        T::Signature => &[C::SignatureInvalid, C::TimestampInvalid],
        T::Content => &[
            C::SignatureInvalid, C::TimestampInvalid, C::ArtifactMismatch, C::ArtifactFormUnsupported,
        ],
        T::Certificate => &[
            C::SignatureInvalid, C::CertificateExpired, C::CertificateNotYetValid, C::CertificateUntrusted,
        ],
        // The entry's own time and kind are held against the certificate and the bundle before its body is compared.
        T::LogEntries => &[
            C::LogEntryMismatch, C::LogEntryMalformed, C::UnsupportedLogEntry, C::CertificateExpired,
            C::CertificateNotYetValid, C::LogEntryMissing, C::SetInvalid, C::NoVerifiedTime,
        ],
        T::Body => &[C::SetInvalid, C::InclusionProofInvalid],
        T::Set | T::PromiseAndTime => &[C::SetInvalid],
        T::InclusionProof => &[C::InclusionProofInvalid],
        T::Checkpoint => &[C::CheckpointInvalid, C::InclusionProofInvalid],
        T::Timestamps => &[C::TimestampInvalid, C::NoVerifiedTime],
    }
}

/// Whether the donor has no such part: moving an empty list of timestamps only takes timestamps away.
fn moves_nothing(transplant: Transplant, donor: &Value) -> bool {
    let tokens = "/verificationMaterial/timestampVerificationData/rfc3161Timestamps";
    let tokens = donor.pointer(tokens).and_then(Value::as_array);
    transplant == Transplant::Timestamps && tokens.is_none_or(Vec::is_empty)
}

#[test]
fn a_part_of_another_valid_bundle_is_refused() {
    let applied = Mutex::new(BTreeSet::new());
    let mut problems = Vec::new();
    for collection in [real(), minted()] {
        problems.extend(collection.problems(|specimen| {
            let mut problems = Vec::new();
            let donors = collection.specimens.iter();
            for donor in donors.filter(|donor| donor.engine == specimen.engine && donor.name != specimen.name)
            {
                for transplant in Transplant::ALL {
                    let mut bundle = specimen.bundle.clone();
                    if moves_nothing(transplant, &donor.bundle)
                        || !transplant.apply(&mut bundle, &donor.bundle)
                    {
                        continue;
                    }
                    applied.lock().unwrap().insert(transplant.name());
                    let answer = collection.ask(specimen, &bundle);
                    let own = answer
                        .reason()
                        .is_some_and(|code| transplant_reasons(transplant).contains(&code));
                    if answer.verdict() != Verdict::Denied || !own {
                        problems.push(format!(
                            "{} of {} in {}: {}",
                            transplant.name(),
                            donor.name,
                            specimen.name,
                            answer.explain()
                        ));
                    }
                }
            }
            problems
        }));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    assert_eq!(applied.into_inner().unwrap().len(), Transplant::ALL.len());
}

/// Entries that are truly in the log and say something else than the bundle: only the comparison notices
/// (CVE-2022-36056, CVE-2026-22703).
#[test]
fn a_true_log_entry_about_something_else_is_refused() {
    let mut instance = Instance::new(7, Timestamp::from_second(1_760_000_000).unwrap()).unwrap();
    let engine = engine(&instance.trusted_root_json().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let digest = Digest::sha256(ARTIFACT);
    for what in Misrecorded::ALL {
        for log in [LogKind::V1, LogKind::V2] {
            let mut options = SignOptions::keyless("dev@example.com", "https://accounts.example.com")
                .logs(&[log])
                .timestamp();
            options.misrecorded = Some(what);
            for bundle in [
                instance.sign_blob(ARTIFACT, &options).unwrap(),
                attest(&mut instance, ARTIFACT, &options),
            ] {
                let path = folder.path().join("bundle");
                std::fs::write(&path, bundle.to_string()).unwrap();
                let answer = Question::digest(&engine, &digest, &path, anything_by(anybody())).ask();
                assert_eq!(
                    (answer.verdict(), answer.reason()),
                    (Verdict::Denied, Some(Code::LogEntryMismatch)),
                    "{what:?} {log:?}: {}",
                    answer.explain()
                );
            }
        }
    }
}
