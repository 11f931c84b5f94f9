//! A server whose certificate is not to be believed, found in the errors of the HTTP library.
//!
//! It is no fault of the connection: asking again cannot help, and somebody may stand in between.

use std::error::Error;
use std::io;

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// Why a certificate is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distrust {
    /// It is no longer valid, since this time where that is known.
    Expired(Option<Timestamp>),
    /// It is not valid yet.
    NotYet,
    /// It is for other names than the host that was asked.
    OtherName,
    /// No authority that is trusted here issued it; it may have been issued by itself.
    UnknownIssuer,
    /// It was revoked.
    Revoked,
    /// It is malformed, or not made for servers: an authority's own, for example.
    Unusable,
}

impl Distrust {
    /// The reason in words, after "its certificate".
    pub fn words(&self) -> String {
        match self {
            Self::Expired(Some(time)) => format!("expired on {time}"),
            Self::Expired(None) => "has expired".to_owned(),
            Self::NotYet => "is not valid yet".to_owned(),
            Self::OtherName => "is for another host name".to_owned(),
            Self::UnknownIssuer => "was issued by no authority that is trusted here".to_owned(),
            Self::Revoked => "was revoked".to_owned(),
            Self::Unusable => "is no usable certificate for a server".to_owned(),
        }
    }

    /// One safe next step.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Expired(_) | Self::NotYet => {
                "check the clock of this machine; if it is right, whoever runs the host has to renew the certificate"
            }
            Self::OtherName => {
                "use the name that the certificate was issued for; if the name is right, something else answers in its place"
            }
            Self::UnknownIssuer => {
                "if a private authority issued it, get that authority's certificate from whoever runs the host, and name it"
            }
            Self::Revoked | Self::Unusable => "whoever runs the host has to replace the certificate",
        }
    }

    /// What the library's error, or one of its causes, says about a certificate.
    pub(super) fn find(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(current) = cause {
            if let Some(rustls::Error::InvalidCertificate(why)) = current.downcast_ref() {
                return Some(why.into());
            }
            // What an I/O error wraps is not among its causes; what that wraps is.
            let wrapped = current.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
            cause = match wrapped {
                Some(inner) => Some(inner),
                None => current.source(),
            };
        }
        None
    }
}

impl From<&CertificateError> for Distrust {
    fn from(why: &CertificateError) -> Self {
        match why {
            CertificateError::Expired => Self::Expired(None),
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(timestamp(*not_after)),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYet,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherName
            }
            // A bad signature is one by another key than that of the authority of the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            CertificateError::Revoked => Self::Revoked,
            _ => Self::Unusable,
        }
    }
}

fn timestamp(time: UnixTime) -> Option<Timestamp> {
    let seconds = i64::try_from(time.as_secs()).ok()?;
    Timestamp::from_second(seconds).ok()
}
