//! What the library accepts although it was tampered with, and why.
//!
//! Not all of it is fine for everybody: some reasons name what a careful caller checks itself.

use serde_json::Value;

use super::{Tamper, edit};

impl Tamper {
    /// Why `sigstore-verify` 0.15 accepts `bundle`, valid before, after this mutation; `None` where it must refuse it.
    ///
    /// Tests hold this against the library on minted and on real bundles, so that a change of the library shows.
    pub fn tolerated_by_library(self, bundle: &Value) -> Option<&'static str> {
        let shape = Shape::of(bundle);
        let (tolerated, reason) = match self {
            Self::BothContents => (
                shape.dsse,
                "the member that comes first in the file is read and the other ignored: callers must refuse both",
            ),
            Self::MessageDigestDropped => (true, "the digest is optional; the signature covers the artifact"),
            Self::DsseKeyId => (true, "the key id is a hint outside the signed encoding"),
            Self::UnknownMember => (true, "unknown members are ignored"),
            Self::MediaTypeDropped | Self::MediaTypeOlder => (
                shape.set,
                "read as v0.1, which asks for a SET and no proof; all that is present is verified",
            ),
            Self::MediaTypeNewer => (shape.managed, "a key hint is the same in all versions"),
            Self::PublicKeyHint => (true, "the hint is not authenticated; the caller brings the key"),
            Self::ChainTruncated => (true, "the trusted root holds the intermediate"),
            Self::RootInChain => (
                true,
                "certificates beside the leaf are candidates for the path, never trusted",
            ),
            Self::EntryDuplicated | Self::TimestampDuplicated => (
                true,
                "each copy verifies; whoever demands several must count logs and authorities, not copies",
            ),
            Self::LogId => (
                shape.v2,
                "a v2 checkpoint's key hint chooses the key; the entry's log id is not compared",
            ),
            Self::ProofIndex | Self::ProofTreeSize | Self::ProofRoot => (
                shape.v2,
                "for Rekor v2 the entry's own index and the checkpoint count; these copies do not",
            ),
            Self::ProofDropped => (
                shape.v01 || shape.several,
                "v0.1 asks for no proof; one proof is enough for several entries",
            ),
            Self::SetDropped => (
                !shape.v01 && (shape.stamped || shape.managed),
                "a timestamp is left as time source, or a managed key needs none",
            ),
            Self::TimestampsDropped => (
                shape.set || shape.managed,
                "a SET is left as time source, or a managed key needs none",
            ),
            Self::IntegratedTimeShifted
            | Self::IntegratedTimeBackdated
            | Self::IntegratedTimeFuture
            | Self::IntegratedTimeDropped => (
                shape.v2,
                "nothing signs an integrated time for Rekor v2, and the one that some entries carry is not read",
            ),
            Self::IntegratedTimeForTimestamp => (
                shape.managed,
                "a managed key needs no time, and this one is not read",
            ),
            Self::CheckpointStranger => (
                true,
                "a signed note may carry signatures by keys unknown to the verifier",
            ),
            _ => return None,
        };
        tolerated.then_some(reason)
    }
}

/// What matters of a bundle.
struct Shape {
    dsse: bool,
    managed: bool,
    v01: bool,
    /// The first entry, which mutations change, is from Rekor v2.
    v2: bool,
    /// Another entry has a proof too.
    several: bool,
    /// Some entry has a SET.
    set: bool,
    stamped: bool,
}

impl Shape {
    fn of(bundle: &Value) -> Self {
        let entries = bundle
            .pointer("/verificationMaterial/tlogEntries")
            .and_then(Value::as_array);
        let with = |member: &str| {
            entries
                .into_iter()
                .flatten()
                .filter(|entry| entry.get(member).is_some())
                .count()
        };
        let tokens = bundle.pointer("/verificationMaterial/timestampVerificationData/rfc3161Timestamps");
        let media_type = bundle.get("mediaType").and_then(Value::as_str);
        Self {
            dsse: bundle.get("dsseEnvelope").is_some(),
            managed: bundle.pointer("/verificationMaterial/publicKey").is_some(),
            v01: media_type.is_none_or(|name| name.ends_with("version=0.1")),
            v2: edit::is_rekor_v2(bundle),
            several: with("inclusionProof") > 1,
            set: with("inclusionPromise") > 0,
            stamped: tokens
                .and_then(Value::as_array)
                .is_some_and(|tokens| !tokens.is_empty()),
        }
    }
}
