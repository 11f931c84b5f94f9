//! An in-process Sigstore instance: certificate authority, CT log, Rekor v1 and v2, timestamp authority and TUF
//! repository, with named ways to tamper with what they issue.
//!
//! Test equipment, behind the cargo feature `sandbox`; the release binary is built without it. Everything here is a pure
//! function of a seed and of the times it is given: no clock, no I/O, no global randomness, so the same calls give the same
//! bytes on every machine. The exception is [`server`], which puts HTTP in front of these parts and brings its own clock.
//!
//! ```
//! use portcullis::sandbox::{Instance, SignOptions};
//!
//! let now = jiff::Timestamp::from_second(1_750_000_000)?;
//! let mut sigstore = Instance::new(7, now)?;
//! let options = SignOptions::keyless("dev@example.com", "https://accounts.example.com");
//! let bundle = sigstore.sign_blob(b"artifact", &options)?;
//! assert!(bundle["messageSignature"].is_object());
//! let _trusted_root = sigstore.trusted_root_json()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | part | stands for |
//! |---|---|
//! | [`ca`], [`ct`] | Fulcio and its certificate transparency log |
//! | [`rekor_v1`], [`rekor_v2`] | the two generations of the signature log, over [`merkle`] and [`note`] |
//! | [`tsa`] | an RFC 3161 timestamp authority |
//! | [`tuf`] | the repository that distributes the trusted root, honest or hostile |
//! | [`instance`], [`signing`], [`bundle`] | all of it together: sign, attest, assemble bundles |
//! | [`legacy`] | cosign's annotations from before bundles |
//! | [`tamper`] | named mutations of any bundle |
//! | [`deploy`] | targets of the gate: Argo CD, receivers of webhooks |
//! | [`check`], [`server`] | all of it as servers on loopback, with an identity provider and a registry |

pub mod bundle;
pub mod ca;
pub mod check;
pub mod ct;
pub mod deploy;
pub mod entry;
pub mod instance;
pub mod keys;
pub mod legacy;
pub mod merkle;
pub mod note;
mod options;
pub mod rekor_v1;
pub mod rekor_v2;
pub mod seed;
pub mod server;
pub mod signing;
pub mod tamper;
pub mod trust;
pub mod tsa;
pub mod tuf;
pub mod x509;

pub use bundle::MediaType;
pub use ca::{CertificateRequest, San};
pub use instance::Instance;
pub use keys::{KeyKind, PrivateKey};
pub use options::{LogKind, Misrecorded, SignOptions, Signer, StampOptions};

/// Why the sandbox could not make what was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A structure does not fit into DER, for example a non-ASCII e-mail address.
    #[error("cannot encode as DER: {0}")]
    Der(#[from] der::Error),
    /// A value does not fit into JSON.
    #[error("cannot encode as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Key generation or signing failed.
    #[error("key: {0}")]
    Key(String),
    /// A time is out of the range its format can hold.
    #[error("time out of range: {0}")]
    Time(String),
    /// A request names something that is not there.
    #[error("no such {0}")]
    Missing(&'static str),
    /// TUF metadata could not be put into its canonical form.
    #[error("TUF metadata: {0}")]
    Tuf(#[from] sigstore_tuf::Error),
}

/// A result with the sandbox's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Standard base64, as bundles and log entries use it.
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
