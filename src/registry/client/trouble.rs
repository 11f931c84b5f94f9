//! Why a request gave no answer, and the finding that says so.
//!
//! No text that a registry sent is repeated: an error body can hold whatever was sent to it, the credentials included.

use std::time::Duration;

use crate::http::Distrust;
use crate::registry::LayoutError;
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// Why one request, with all its attempts, gave nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What was asked: method, origin and path, without the query.
    pub(crate) asked: String,
    /// What became of it.
    pub(crate) why: Why,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// No connection, no answer in time, an answer that broke off, or a server error.
    Unreachable(String),
    /// The host shows a certificate that is not trusted. Asking again cannot help.
    Certificate(Distrust),
    /// 401 or 403, or no token to be had.
    Unauthorised(String),
    /// 429, and how long the server asks to wait.
    Throttled(Option<Duration>),
    /// 404: the repository is not known.
    NoRepository,
    /// 404: the repository may be there, this tag or digest is not.
    NotFound,
    /// The bytes are not those that were asked for.
    Digest {
        /// What was asked for, or what a header claims.
        expected: Digest,
        /// What the bytes have.
        found: Digest,
    },
    /// The bytes are more or fewer than the descriptor says.
    Size {
        /// Bytes according to the descriptor.
        expected: u64,
        /// Bytes that came.
        found: u64,
    },
    /// An address that this program does not go to.
    Refused(String),
    /// More bytes than are read.
    TooLarge(u64),
    /// An answer that HTTP or the distribution specification does not allow.
    Protocol(String),
    /// A manifest that does not parse, is not what points to it says, or has no such image.
    Document(Box<LayoutError>),
    /// A manifest of a kind that is not supported.
    Unsupported(&'static str),
    /// The credentials that were configured cannot be used.
    Credentials(String),
    /// What was to be sent could not be read.
    Source(Box<Finding>),
    /// Other writers kept changing the same tag.
    Contended(String),
}

impl Why {
    /// The code of a finding about it.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Unreachable(_) => Code::RegistryUnreachable,
            Self::Certificate(_) => Code::RegistryCertificate,
            Self::Unauthorised(_) => Code::RegistryUnauthorised,
            Self::Throttled(_) => Code::RegistryThrottled,
            Self::NoRepository => Code::RegistryNoRepository,
            Self::NotFound => Code::RegistryNotFound,
            Self::Digest { .. } | Self::Size { .. } => Code::RegistryDigestMismatch,
            Self::Refused(_) => Code::RegistryRefusedDestination,
            Self::TooLarge(_) => Code::RegistryResponseTooLarge,
            Self::Protocol(_) => Code::RegistryProtocol,
            Self::Document(error) => match error.code() {
                Code::LayoutMalformed => Code::ManifestMalformed,
                other => other,
            },
            Self::Unsupported(_) => Code::ManifestMalformed,
            Self::Credentials(_) => Code::RegistryCredentials,
            Self::Source(finding) => finding.code,
            Self::Contended(_) => Code::RegistryContended,
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Unreachable(detail) => detail.clone(),
            Self::Certificate(distrust) => format!("its certificate {}", distrust.words()),
            Self::Unauthorised(detail) => format!("not authorised: {detail}"),
            Self::Throttled(Some(wait)) => {
                format!("too many requests; it asks to wait {} seconds", wait.as_secs())
            }
            Self::Throttled(None) => "too many requests".to_owned(),
            Self::NoRepository => "there is no such repository, or it is not to be seen".to_owned(),
            Self::NotFound => "there is no such manifest or blob in the repository".to_owned(),
            Self::Digest { .. } => {
                "the bytes that were sent do not have the digest they were asked by".to_owned()
            }
            Self::Size { expected, found } => {
                format!("{found} bytes were sent, and its descriptor says {expected}")
            }
            Self::Refused(detail) => format!("refused to go there: {detail}"),
            Self::TooLarge(limit) => format!("it takes more than {limit} bytes"),
            Self::Document(error) => error.to_string(),
            Self::Unsupported(what) => format!("it is {what}, which is not supported"),
            Self::Source(finding) => finding.message.clone(),
            Self::Protocol(detail) | Self::Credentials(detail) | Self::Contended(detail) => detail.clone(),
        }
    }

    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unreachable(_) => "check the name, the network and the proxy settings, then try again",
            Self::Certificate(Distrust::UnknownIssuer) => {
                "if a private authority issued it, get that authority's certificate from whoever runs the host, and name it \
                 with --registry-ca"
            }
            Self::Certificate(distrust) => distrust.help(),
            Self::Unauthorised(_) => {
                "log in to the registry with an account that may read this repository, and write to it to publish"
            }
            Self::Throttled(_) => "try again later, or log in: most registries allow more to those they know",
            Self::NoRepository | Self::NotFound => {
                "check the reference; some registries say so to those who are not logged in as well"
            }
            Self::Digest { .. } | Self::Size { .. } => {
                "do not use this image: the registry, or something in between, changed it"
            }
            Self::Refused(_) => {
                "if this destination belongs to the registry, whoever runs this check can name it with \
                 --registry-auth-host or --registry-egress"
            }
            Self::TooLarge(_) | Self::Protocol(_) => {
                "check that this address is a registry and that no proxy answers in its place"
            }
            Self::Document(error) => match **error {
                LayoutError::Ambiguous { .. } => "name one by its digest: repository@sha256:…",
                _ => return None,
            },
            Self::Unsupported(_) => "push the image again with a current tool",
            Self::Contended(_) => "try again when fewer publish for this image at the same time",
            Self::Credentials(_) | Self::Source(_) => return None,
        })
    }
}

impl Trouble {
    pub(crate) fn new(asked: impl Into<String>, why: Why) -> Self {
        Self {
            asked: asked.into(),
            why,
        }
    }

    /// The finding about the subject, or about a candidate.
    pub(crate) fn finding(&self) -> Finding {
        if let Why::Source(finding) = &self.why {
            return (**finding).clone();
        }
        let message = match &self.why {
            // It names the document itself.
            Why::Document(error) => error.to_string(),
            why => format!("{}: {}", self.asked, why.words()),
        };
        let mut finding = Finding::new(self.why.code(), message);
        if let Why::Digest { expected, found } = &self.why {
            finding = finding.found(found.to_string()).expected(expected.to_string());
        }
        match self.why.help() {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}
