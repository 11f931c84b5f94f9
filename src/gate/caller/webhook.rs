//! Standard Webhooks (the specification's version 1): `webhook-id`, `webhook-timestamp` and `webhook-signature`.
//!
//! What is signed is `id.timestamp.body`, by HMAC-SHA256 (`v1`) or ed25519 (`v1a`). The id is the sender's idempotency key:
//! it is the same when a delivery is sent again.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::header;
use super::secret::{SecretError, SharedSecret, public_key, sha256};
use crate::gate::Fingerprint;

/// The field with the delivery's id.
const ID: &str = "webhook-id";
/// The field with its time.
const TIMESTAMP: &str = "webhook-timestamp";
/// The field with the signatures.
pub(super) const SIGNATURE: &str = "webhook-signature";
/// How far a timestamp may be from the gate's clock, in either direction.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Most signatures of one delivery that are looked at: several while a secret is changed.
const MAX_SIGNATURES: usize = 8;
/// Longest id, in bytes.
const MAX_ID_BYTES: usize = 256;

/// The keys of one caller.
pub(crate) struct Keys {
    shared: Vec<SharedSecret>,
    public: Vec<[u8; 32]>,
}

impl Keys {
    /// Keys as they stand in files: shared secrets (`whsec_…` or plain) and public keys (`whpk_…`).
    pub(crate) fn new(shared: &[&[u8]], public: &[&[u8]]) -> Result<Self, SecretError> {
        Ok(Self {
            shared: shared
                .iter()
                .map(|file| SharedSecret::webhook(file))
                .collect::<Result<_, _>>()?,
            public: public
                .iter()
                .map(|file| public_key(file))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Whether one of the signatures is by one of the keys.
    pub(super) fn verify(&self, signed: &Signed<'_>, body: &[u8]) -> bool {
        let parts = [
            signed.id.as_bytes(),
            b".",
            signed.timestamp.as_bytes(),
            b".",
            body,
        ];
        signed.signatures.iter().any(|signature| match signature {
            Signature::Shared(tag) => self.shared.iter().any(|secret| secret.verifies(&parts, tag)),
            Signature::Public(bytes) => {
                let message = parts.concat();
                let mut keys = self.public.iter();
                keys.any(|key| {
                    UnparsedPublicKey::new(&ED25519, key)
                        .verify(&message, bytes)
                        .is_ok()
                })
            }
        })
    }

    /// Whether no key is there, so that nobody could be believed.
    pub(crate) fn is_empty(&self) -> bool {
        self.shared.is_empty() && self.public.is_empty()
    }
}

/// The header fields of a delivery that is signed with a shared secret. An id must not hold a dot.
pub(crate) fn signed_fields(
    key: &SharedSecret,
    id: &str,
    now: Timestamp,
    body: &[u8],
) -> [(&'static str, String); 3] {
    let time = now.as_second().to_string();
    let tag = key.sign(&[id.as_bytes(), b".", time.as_bytes(), b".", body]);
    [
        (ID, id.to_owned()),
        (TIMESTAMP, time),
        (SIGNATURE, format!("v1,{}", STANDARD.encode(tag))),
    ]
}

/// What the header fields of a delivery say.
pub(super) struct Signed<'a> {
    id: &'a str,
    timestamp: &'a str,
    signatures: Vec<Signature>,
}

enum Signature {
    Shared(Vec<u8>),
    Public(Vec<u8>),
}

impl<'a> Signed<'a> {
    /// Reads the fields; the timestamp has to be near `now`.
    ///
    /// # Errors
    ///
    /// Says why, for the log.
    pub(super) fn read(headers: &'a axum::http::HeaderMap, now: Timestamp) -> Result<Self, String> {
        let id = header::need(headers, ID)?;
        // A dot would make two readings of what is signed.
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'.';
        if id.is_empty() || id.len() > MAX_ID_BYTES || !id.bytes().all(plain) {
            return Err("webhook-id is not a short text without dots".to_owned());
        }
        let timestamp = header::need(headers, TIMESTAMP)?;
        let seconds = timestamp.parse::<u32>().ok().map(i64::from);
        let sent = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        let sent = sent.filter(|_| timestamp.bytes().all(|byte| byte.is_ascii_digit()));
        let sent = sent.ok_or("webhook-timestamp is no Unix time in seconds")?;
        if sent.duration_since(now).abs() > TOLERANCE {
            return Err(format!("webhook-timestamp {sent} is too far from now"));
        }
        let listed = header::need(headers, SIGNATURE)?;
        let signatures: Vec<_> = listed
            .split(' ')
            .take(MAX_SIGNATURES)
            .filter_map(signature)
            .collect();
        match signatures.is_empty() {
            true => Err("webhook-signature holds no signature of version v1 or v1a".to_owned()),
            false => Ok(Self {
                id,
                timestamp,
                signatures,
            }),
        }
    }

    /// What this delivery is recognised by.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(sha256(&[b"webhook-id\0", self.id.as_bytes()]))
    }
}

fn signature(entry: &str) -> Option<Signature> {
    let (version, encoded) = entry.split_once(',')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    match version {
        "v1" => Some(Signature::Shared(bytes)),
        "v1a" => Some(Signature::Public(bytes)),
        _ => None,
    }
}
