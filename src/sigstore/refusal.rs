//! The library's reasons for refusal as findings with stable codes.

use sigstore_verify::{CertificateError, Error, TimestampError, TransparencyLogError};

use crate::report::{Code, Finding};

/// Turns a refusal of the library into a finding.
pub(super) fn finding(error: Error) -> Finding {
    let message = error.to_string();
    match error {
        Error::SignatureInvalid(_) => Finding::new(Code::SignatureInvalid, message),
        Error::ArtifactMismatch(_) => Finding::new(Code::ArtifactMismatch, message)
            .help("check that the artifact and its bundle come from the same release"),
        Error::UnsupportedArtifact(_) => Finding::new(Code::ArtifactFormUnsupported, message)
            .help("name the file itself as the subject, or its digest with the algorithm that the signature uses"),
        Error::Certificate(reason) => certificate(&reason, message),
        Error::TransparencyLog(reason) => log(&reason, message),
        Error::Timestamp(reason) => timestamp(&reason, message),
        Error::UnsupportedBundle(_) => Finding::new(unsupported(&message), message),
        Error::Bundle(reason) => structure(&reason, message),
        Error::InvalidTrustRoot(_) | Error::TrustRoot(_) | Error::TrustedCertificate(_) => {
            Finding::new(Code::TrustInvalid, message)
        }
        Error::ArtifactRead(_) => Finding::new(Code::SubjectUnreadable, message),
        Error::Crypto(sigstore_verify::crypto::Error::UnsupportedAlgorithm(_)) => {
            Finding::new(Code::UnsupportedKeyType, message)
        }
        Error::Crypto(_) => Finding::new(Code::CertificateMalformed, message),
        // The library was told to expect exactly what the certificate says, so these mean that two readers of one
        // certificate disagree about it.
        Error::IdentityMismatch { .. } | Error::IssuerMismatch { .. } => {
            Finding::new(Code::CertificateMalformed, format!("the certificate is read in two ways: {message}"))
        }
        Error::InvalidBundle(_) if message.contains("statement") => Finding::new(Code::PayloadMalformed, message),
        // `Error` is non-exhaustive: a reason that is not known here is still a refusal.
        _ => Finding::new(Code::BundleMalformed, message),
    }
}

fn certificate(reason: &CertificateError, message: String) -> Finding {
    match reason {
        CertificateError::ChainInvalid(_) => Finding::new(Code::CertificateUntrusted, message).help(
            "the signature was found; its certificate authority is not in the trust root in use \
             (portcullis trust show). For a private Sigstore instance name its root with --trusted-root",
        ),
        CertificateError::NoValidAuthority { .. } => Finding::new(Code::AuthorityNotValid, message)
            .help("run portcullis trust update; a newer trust root may list the authority"),
        CertificateError::NotYetValid { .. } => Finding::new(Code::CertificateNotYetValid, message),
        CertificateError::Expired { .. } => Finding::new(Code::CertificateExpired, message),
        CertificateError::Sct(_) => Finding::new(Code::SctInvalid, message),
        _ => Finding::new(Code::CertificateMalformed, message),
    }
}

fn log(reason: &TransparencyLogError, message: String) -> Finding {
    let code = match reason {
        TransparencyLogError::UnknownLog { .. } => Code::LogUnknown,
        TransparencyLogError::InclusionProof(_) => Code::InclusionProofInvalid,
        TransparencyLogError::Checkpoint(_) => Code::CheckpointInvalid,
        TransparencyLogError::InclusionPromise(_) => Code::SetInvalid,
        TransparencyLogError::EntryMismatch(_) => Code::LogEntryMismatch,
        TransparencyLogError::IntegratedTime(_) => Code::IntegratedTimeInvalid,
        _ => Code::LogEntryMalformed,
    };
    Finding::new(code, message)
}

fn timestamp(reason: &TimestampError, message: String) -> Finding {
    let code = match reason {
        TimestampError::OutsideAuthorityValidity { .. } => Code::TimestampOutsideValidity,
        TimestampError::NoVerifiedTimestamp(_) => Code::NoVerifiedTime,
        _ => Code::TimestampInvalid,
    };
    Finding::new(code, message)
}

fn structure(reason: &sigstore_verify::bundle::Error, message: String) -> Finding {
    use sigstore_verify::bundle::Error as Structure;
    let code = match reason {
        Structure::MissingInclusionPromise(_) => Code::SetInvalid,
        Structure::MissingInclusionProof(_) => Code::LogEntryMissing,
        Structure::MissingSigningTimeEvidence => Code::NoVerifiedTime,
        Structure::MissingCheckpoint | Structure::CheckpointRootMismatch => Code::CheckpointInvalid,
        Structure::LogIndexOutOfRange { .. } => Code::InclusionProofInvalid,
        Structure::UnsupportedMediaType(_) | Structure::UnsupportedVerificationMaterial => Code::BundleUnsupported,
        _ => Code::BundleMalformed,
    };
    Finding::new(code, message)
}

/// The library reports entries, keys and contents that it does not know in one error; the words tell them apart.
fn unsupported(message: &str) -> Code {
    if message.contains("Rekor") { Code::UnsupportedLogEntry } else { Code::BundleUnsupported }
}
