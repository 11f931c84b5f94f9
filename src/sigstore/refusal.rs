//! The library's reasons for refusal as findings with stable codes.
//!
//! Its errors are categories with prose inside. The category decides the code; where one category holds several
//! reasons that a person has to tell apart, the prose is consulted as well, and prose that is not known falls back to
//! the category. Whatever it says, it is a refusal.

use serde_json::Value;
use sigstore_types::Bundle;
use sigstore_verify::bundle::Error as Structure;
use sigstore_verify::crypto::Error as Crypto;
use sigstore_verify::{CertificateError, Error, TimestampError, TransparencyLogError};

use crate::report::{Code, Finding};

/// Turns the library's refusal of `bundle` into a finding.
pub(super) fn finding(error: Error, bundle: &Bundle) -> Finding {
    match error {
        // v0.1 is asked for a promise first; without any entry the promise is not what is missing.
        Error::Bundle(Structure::MissingInclusionPromise(_))
            if bundle.verification_material.tlog_entries.is_empty() =>
        {
            Finding::new(Code::LogEntryMissing, "the bundle has no log entry")
        }
        Error::SignatureInvalid(detail) => {
            said(Code::SignatureInvalid, "the signature does not verify", detail)
        }
        // Compared after the signature over the artifact was found good, so the entry is what differs.
        Error::ArtifactMismatch(detail) if detail.contains("hashedrekord entry") => {
            log(TransparencyLogError::EntryMismatch(detail))
        }
        Error::ArtifactMismatch(detail) => said(
            Code::ArtifactMismatch,
            "the bundle is about another artifact",
            detail,
        )
        .help("check that the artifact and its bundle come from the same release"),
        Error::UnsupportedArtifact(detail) => said(
            Code::ArtifactFormUnsupported,
            "the signature cannot be checked against what was given",
            detail,
        )
        .help(
            "name the file itself as the subject, or its digest with the algorithm that the signature uses",
        ),
        Error::Certificate(reason) => certificate(reason),
        Error::TransparencyLog(TransparencyLogError::MalformedEntry(detail)) if other_hash_logged(bundle) => {
            said(
                Code::UnsupportedLogEntry,
                "the log entry holds another digest than SHA-256, which cannot be verified",
                detail,
            )
        }
        Error::TransparencyLog(reason) => log(reason),
        Error::Timestamp(reason) => timestamp(reason),
        Error::UnsupportedBundle(detail) => unsupported(detail),
        Error::Bundle(reason) => structure(&reason),
        Error::InvalidTrustRoot(_) | Error::TrustRoot(_) | Error::TrustedCertificate(_) => {
            said(Code::TrustInvalid, "the trust root cannot be used", error)
        }
        Error::ArtifactRead(error) => said(Code::SubjectUnreadable, "the artifact cannot be read", error),
        Error::Crypto(Crypto::UnsupportedAlgorithm(detail)) if detail.contains("hash algorithm") => said(
            Code::BundleUnsupported,
            "the signer's key and the declared digest do not go together",
            detail,
        ),
        Error::Crypto(Crypto::UnsupportedAlgorithm(detail)) => said(
            Code::UnsupportedKeyType,
            "the signer's key is of a type that cannot be verified",
            detail,
        ),
        Error::Crypto(reason) => said(
            Code::CertificateMalformed,
            "the certificate or key cannot be used",
            reason,
        ),
        // The library was told to expect exactly what the certificate says, so these mean that two readers of one
        // certificate disagree about it.
        Error::IdentityMismatch { .. } | Error::IssuerMismatch { .. } => said(
            Code::CertificateMalformed,
            "the certificate reads in two ways",
            error,
        ),
        Error::InvalidBundle(detail) if detail.contains("statement") => said(
            Code::PayloadMalformed,
            "the signed payload is no statement",
            detail,
        ),
        Error::InvalidBundle(detail) => said(Code::BundleMalformed, "the bundle is malformed", detail),
        // `Error` is non-exhaustive: a reason that is not known here is still a refusal.
        other => said(Code::BundleMalformed, "the bundle was refused", other),
    }
}

fn said(code: Code, sentence: &str, detail: impl std::fmt::Display) -> Finding {
    Finding::new(code, format!("{sentence} ({detail})"))
}

/// Whether a `hashedrekord` entry logs the artifact by another digest than SHA-256.
fn other_hash_logged(bundle: &Bundle) -> bool {
    let entries = bundle.verification_material.tlog_entries.iter();
    entries
        .filter_map(|entry| serde_json::from_slice::<Value>(entry.canonicalized_body.as_bytes()).ok())
        .filter_map(|body| {
            body.pointer("/spec/data/hash/algorithm")?
                .as_str()
                .map(str::to_owned)
        })
        .any(|algorithm| algorithm != "sha256")
}

fn certificate(reason: CertificateError) -> Finding {
    match reason {
        CertificateError::ChainInvalid(detail) if detail.contains("CertExpired") => expired(detail),
        CertificateError::ChainInvalid(detail) if detail.contains("CertNotValidYet") => early(detail),
        CertificateError::Expired { .. } => expired(reason.to_string()),
        CertificateError::NotYetValid { .. } => early(reason.to_string()),
        CertificateError::ChainInvalid(detail) => untrusted(detail),
        CertificateError::NoValidAuthority { time } => said(
            Code::AuthorityNotValid,
            "no certificate authority of the trust root was valid then",
            time,
        )
        .help("run portcullis trust update; a newer trust root may list the authority"),
        CertificateError::Sct(detail) => said(
            Code::SctInvalid,
            "the certificate's transparency timestamp does not verify",
            detail,
        ),
        other => said(
            Code::CertificateMalformed,
            "the signing certificate cannot be read",
            other,
        ),
    }
}

fn expired(detail: String) -> Finding {
    said(
        Code::CertificateExpired,
        "the certificate had expired when the signature was made",
        detail,
    )
}

fn early(detail: String) -> Finding {
    said(
        Code::CertificateNotYetValid,
        "the certificate was not yet valid when the signature was made",
        detail,
    )
}

fn untrusted(detail: String) -> Finding {
    said(Code::CertificateUntrusted, "the certificate was not issued by an authority of the trust root", detail).help(
        "a signature was found, and its authority is not in the trust root in use (portcullis trust show); for a \
         private Sigstore instance name its root with --trusted-root",
    )
}

fn log(reason: TransparencyLogError) -> Finding {
    match reason {
        TransparencyLogError::UnknownLog { log_id } => unknown_log(log_id),
        TransparencyLogError::InclusionPromise(detail) if detail.contains("No log key") => {
            unknown_log(detail)
        }
        TransparencyLogError::InclusionPromise(detail) => said(
            Code::SetInvalid,
            "the log's promise (SET) does not verify",
            detail,
        ),
        TransparencyLogError::InclusionProof(detail) => said(
            Code::InclusionProofInvalid,
            "the inclusion proof does not lead to the log's root",
            detail,
        ),
        TransparencyLogError::Checkpoint(detail) => said(
            Code::CheckpointInvalid,
            "the log's checkpoint does not verify",
            detail,
        ),
        TransparencyLogError::EntryMismatch(detail) => said(
            Code::LogEntryMismatch,
            "the log entry belongs to another signature",
            detail,
        ),
        TransparencyLogError::IntegratedTime(detail) => said(
            Code::IntegratedTimeInvalid,
            "the log's time cannot be right",
            detail,
        ),
        // The library reads entries of Rekor v2 for P-256 keys only; others are sound, and verified by nobody here.
        other if other.to_string().contains("unknown variant `PKIX_") => said(
            Code::UnsupportedLogEntry,
            "the log entry is about a kind of key that cannot be verified in Rekor v2",
            other,
        ),
        other => said(Code::LogEntryMalformed, "the log entry cannot be read", other),
    }
}

fn unknown_log(detail: String) -> Finding {
    said(Code::LogUnknown, "the trust root has no key for this log at that time", detail).help(
        "portcullis trust show lists the logs; for a private Sigstore instance name its root with --trusted-root",
    )
}

fn timestamp(reason: TimestampError) -> Finding {
    match reason {
        TimestampError::OutsideAuthorityValidity { time } => said(
            Code::TimestampOutsideValidity,
            "the timestamp's authority is not believed at that time",
            time,
        ),
        TimestampError::NoVerifiedTimestamp(detail) => said(
            Code::NoVerifiedTime,
            "nothing proves when the signature was made",
            detail,
        ),
        TimestampError::Invalid(detail)
            if detail.contains("CertExpired") || detail.contains("CertNotValidYet") =>
        {
            said(
                Code::TimestampOutsideValidity,
                "the certificate of the timestamp's authority was not valid at that time",
                detail,
            )
        }
        other => said(
            Code::TimestampInvalid,
            "a signed timestamp does not verify",
            other,
        ),
    }
}

fn structure(reason: &Structure) -> Finding {
    let (code, sentence) = match reason {
        Structure::MissingInclusionPromise(_) => (Code::SetInvalid, "the log's promise (SET) is missing"),
        Structure::MissingInclusionProof(_) => {
            (Code::LogEntryMissing, "no log entry with an inclusion proof")
        }
        Structure::MissingSigningTimeEvidence => (
            Code::NoVerifiedTime,
            "neither a log entry nor a timestamp proves when the signature was made",
        ),
        Structure::MissingCheckpoint => (Code::CheckpointInvalid, "the log's checkpoint is missing"),
        Structure::CheckpointRootMismatch => (Code::CheckpointInvalid, "the checkpoint has another root"),
        Structure::LogIndexOutOfRange { .. } => {
            (Code::InclusionProofInvalid, "the log index lies outside the tree")
        }
        Structure::UnsupportedMediaType(_) | Structure::UnsupportedVerificationMaterial => {
            (Code::BundleUnsupported, "bundles of this kind cannot be verified")
        }
        _ => (Code::BundleMalformed, "the bundle is malformed"),
    };
    said(code, sentence, reason)
}

/// The library reports entries, keys and contents that it does not know in one error; the words tell them apart.
fn unsupported(detail: String) -> Finding {
    if detail.contains("Rekor") {
        return said(
            Code::UnsupportedLogEntry,
            "the log entry does not bind this signature",
            detail,
        );
    }
    said(
        Code::BundleUnsupported,
        "bundles of this kind cannot be verified",
        detail,
    )
}

/// Why a document is no bundle, where the library's reader says so.
pub(super) fn unreadable(error: &sigstore_types::Error) -> Finding {
    let detail = error.to_string();
    let code = if detail.contains("checkpoint") {
        Code::CheckpointInvalid
    } else if detail.contains("media type") {
        Code::BundleUnsupported
    } else {
        Code::BundleMalformed
    };
    said(code, "the bundle cannot be read", detail)
}
