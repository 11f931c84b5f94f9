//! Named mutations of bundles. Each works on any bundle's JSON, a real one as well as a minted one, and says which attack or
//! advisory it stands for.
//!
//! [`Tamper`] changes a bundle on its own; [`Transplant`] moves a part over from another bundle, which is valid by itself.
//! A mutation that finds nothing to change in a bundle of another shape leaves it alone and says so.
//!
//! Not every mutation is refused by every verifier: some change what no signature covers.
//! [`Tamper::tolerated_by_library`] names those.

mod certificate;
mod content;
mod edit;
mod log;
mod proof;
mod timestamp;
mod tolerated;
mod transplant;

use serde_json::Value;

pub use transplant::Transplant;

macro_rules! tampers {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $function:path;)*) => {
        /// A mutation of one bundle.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Tamper {
            $($(#[$doc])* $variant,)*
        }

        impl Tamper {
            /// Every mutation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// A stable name, in kebab case.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            fn function(self) -> fn(&mut Value) -> bool {
                match self {
                    $(Self::$variant => $function,)*
                }
            }
        }
    };
}

tampers! {
    /// One bit of the signature: the plainest forgery.
    SignatureBit = "signature-bit", content::signature_bit;
    /// A well-formed signature by someone else: the log entry is a copy from another signature (CVE-2022-23649).
    SignatureReplaced = "signature-replaced", content::signature_replaced;
    /// No signature bytes at all.
    SignatureEmpty = "signature-empty", content::signature_empty;
    /// Base64 that is none: a parse error must not pass (cosign's CVE-2022-36056 took an invalid bundle for a good one).
    SignatureNotBase64 = "signature-not-base64", content::signature_not_base64;
    /// The message digest names another artifact (sigstore-python#1651).
    MessageDigestBit = "message-digest-bit", content::message_digest_bit;
    /// The message digest claims another algorithm: hash confusion.
    MessageDigestAlgorithm = "message-digest-algorithm", content::message_digest_algorithm;
    /// The message digest claims an algorithm that does not exist.
    MessageDigestAlgorithmUnknown = "message-digest-algorithm-unknown", content::message_digest_unknown;
    /// No message digest: the format does not require it, the signature still covers the artifact.
    MessageDigestDropped = "message-digest-dropped", content::message_digest_dropped;
    /// One bit of the DSSE payload: the payload was read without checking its signature (jdx/mise#9260).
    PayloadBit = "payload-bit", content::payload_bit;
    /// A payload that is not JSON: failed parsing counted as success (CVE-2026-39395).
    PayloadGarbage = "payload-garbage", content::payload_garbage;
    /// Another payload type: the pre-authentication encoding covers it.
    PayloadType = "payload-type", content::payload_type;
    /// A second DSSE signature, to have one verified and the other reported (sigstore-conformance dsse-2sigs).
    SecondDsseSignature = "second-dsse-signature", content::second_dsse_signature;
    /// No DSSE signature.
    NoDsseSignature = "no-dsse-signature", content::no_dsse_signature;
    /// Another key id: a hint that nothing covers.
    DsseKeyId = "dsse-key-id", content::dsse_key_id;
    /// Message signature and envelope in one bundle: which one was verified?
    BothContents = "both-contents", content::both_contents;
    /// Neither message signature nor envelope.
    NoContent = "no-content", content::no_content;
    /// A media type of the future: its rules are not known.
    MediaTypeUnknown = "media-type-unknown", content::media_type_unknown;
    /// No media type.
    MediaTypeDropped = "media-type-dropped", content::media_type_dropped;
    /// The oldest media type, whose rules ask for less (no inclusion proof).
    MediaTypeOlder = "media-type-older", content::media_type_older;
    /// The newest media type around an older shape.
    MediaTypeNewer = "media-type-newer", content::media_type_newer;
    /// A member that no version of the format has, at the top.
    UnknownMember = "unknown-member", content::unknown_member;

    /// One bit of the certificate's signature: a certificate that no authority issued.
    CertificateSignatureBit = "certificate-signature-bit", certificate::signature_bit;
    /// Another identity in the subject alternative name.
    CertificateIdentity = "certificate-identity", certificate::identity;
    /// Another OIDC issuer in Fulcio's extension.
    CertificateOidcIssuer = "certificate-oidc-issuer", certificate::oidc_issuer;
    /// Another public key.
    CertificatePublicKey = "certificate-public-key", certificate::public_key;
    /// The certificate ends early.
    CertificateTruncated = "certificate-truncated", certificate::truncated;
    /// Bytes after the certificate.
    CertificateTrailingBytes = "certificate-trailing-bytes", certificate::trailing_bytes;
    /// No certificate (chainloop#3217: only a timestamp left).
    CertificateDropped = "certificate-dropped", certificate::dropped;
    /// The bare public key where the certificate belongs: skipped chain and identity in cosign (GHSA-fx35-mq7g-6g98).
    PublicKeyAsCertificate = "public-key-as-certificate", certificate::public_key_as_certificate;
    /// A key hint in place of the certificate: the identity would not be checked.
    HintForCertificate = "hint-for-certificate", certificate::hint_for_certificate;
    /// Another hint to a managed key: nothing covers it.
    PublicKeyHint = "public-key-hint", certificate::public_key_hint;
    /// A chain in a v0.3 bundle, which has a single certificate.
    ChainInV03 = "chain-in-v03", certificate::chain_in_v03;
    /// An empty chain (sigstore-conformance bundle-empty-certificate-chain).
    ChainEmpty = "chain-empty", certificate::chain_empty;
    /// The leaf without its issuer: harmless where the trusted root knows the intermediate, as Sigstore's do.
    ChainTruncated = "chain-truncated", certificate::chain_truncated;
    /// The chain upside down: the issuer would count as the signer.
    ChainReversed = "chain-reversed", certificate::chain_reversed;
    /// A self-signed root in the chain, to be trusted because it is there (sigstore-conformance bundle-with-root-cert).
    RootInChain = "root-in-chain", certificate::root_in_chain;

    /// No log entries.
    EntriesDropped = "entries-dropped", log::entries_dropped;
    /// The same entry twice, to reach a threshold of two (CVE-2026-49834).
    EntryDuplicated = "entry-duplicated", log::entry_duplicated;
    /// Another log index: the SET (v1) or the proof (v2) covers it.
    LogIndex = "log-index", log::log_index;
    /// A negative log index (sigstore-conformance bundle-negative-log-index).
    LogIndexNegative = "log-index-negative", log::log_index_negative;
    /// A log index that does not fit (the panics behind cosign v3.0.5's list).
    LogIndexHuge = "log-index-huge", log::log_index_huge;
    /// Another log's id: keys belong to their log.
    LogId = "log-id", log::log_id;
    /// No log id.
    LogIdDropped = "log-id-dropped", log::log_id_dropped;
    /// Another kind of entry than the body is: type confusion (CVE-2022-36056).
    EntryKind = "entry-kind", log::entry_kind;
    /// Another version than the body is.
    EntryVersion = "entry-version", log::entry_version;
    /// A kind that does not exist.
    EntryKindUnknown = "entry-kind-unknown", log::entry_kind_unknown;
    /// One bit of the promise.
    SetBit = "set-bit", log::set_bit;
    /// No promise: takes away a time source. Harmless only where another time source is left.
    SetDropped = "set-dropped", log::set_dropped;
    /// An empty promise.
    SetEmpty = "set-empty", log::set_empty;
    /// One second later: the SET covers the time.
    IntegratedTimeShifted = "integrated-time-shifted", log::integrated_time_shifted;
    /// A year earlier, into the validity of a stolen key's certificate.
    IntegratedTimeBackdated = "integrated-time-backdated", log::integrated_time_backdated;
    /// In the future (sigstore-conformance integrated-time-in-future).
    IntegratedTimeFuture = "integrated-time-future", log::integrated_time_future;
    /// No integrated time.
    IntegratedTimeDropped = "integrated-time-dropped", log::integrated_time_dropped;
    /// An integrated time for a Rekor v2 entry, in place of the timestamp: nothing signs it (sigstore-python#1488).
    IntegratedTimeForTimestamp = "integrated-time-for-timestamp", log::integrated_time_for_timestamp;
    /// Another artifact's hash in the body (CVE-2026-22703).
    BodyHash = "body-hash", log::body_hash;
    /// Another signature in the body (CVE-2026-22703).
    BodySignature = "body-signature", log::body_signature;
    /// Another key or certificate in the body (CVE-2026-22703).
    BodyVerifier = "body-verifier", log::body_verifier;
    /// The body in other words: a space more, so that its JSON means the same but its leaf is another.
    BodyReformatted = "body-reformatted", log::body_reformatted;
    /// A body that is not JSON (CVE-2022-36056: an invalid entry was an immediate success).
    BodyGarbage = "body-garbage", log::body_garbage;
    /// No body.
    BodyDropped = "body-dropped", log::body_dropped;

    /// No inclusion proof: only a promise is left, or nothing.
    ProofDropped = "proof-dropped", proof::dropped;
    /// One bit of a hash on the audit path.
    ProofHash = "proof-hash", proof::hash;
    /// The audit path is too short.
    ProofTruncated = "proof-truncated", proof::truncated;
    /// The audit path is too long.
    ProofExtended = "proof-extended", proof::extended;
    /// The audit path is empty: true for a tree of one entry only.
    ProofEmpty = "proof-empty", proof::empty;
    /// Another index in the tree. Rekor v2 verifiers take the entry's own index instead.
    ProofIndex = "proof-index", proof::index;
    /// Another tree size. Rekor v2 verifiers take the checkpoint's instead.
    ProofTreeSize = "proof-tree-size", proof::tree_size;
    /// Another root (sigstore-conformance checkpoint-wrong-roothash). Rekor v2 verifiers take the checkpoint's instead.
    ProofRoot = "proof-root", proof::root;
    /// No checkpoint: a proof that leads to a root that nobody signed.
    CheckpointDropped = "checkpoint-dropped", proof::checkpoint_dropped;
    /// Another origin: a checkpoint of another log.
    CheckpointOrigin = "checkpoint-origin", proof::checkpoint_origin;
    /// Another size.
    CheckpointSize = "checkpoint-size", proof::checkpoint_size;
    /// Another root.
    CheckpointRoot = "checkpoint-root", proof::checkpoint_root;
    /// No origin line (sigstore-conformance rekor2-checkpoint-missing-origin).
    CheckpointNoOrigin = "checkpoint-no-origin", proof::checkpoint_no_origin;
    /// No size line (sigstore-conformance rekor2-checkpoint-missing-size).
    CheckpointNoSize = "checkpoint-no-size", proof::checkpoint_no_size;
    /// No root line (sigstore-conformance rekor2-checkpoint-missing-root-hash).
    CheckpointNoRoot = "checkpoint-no-root", proof::checkpoint_no_root;
    /// The origin is not the first line (sigstore-conformance rekor2-checkpoint-origin-not-first).
    CheckpointOriginNotFirst = "checkpoint-origin-not-first", proof::checkpoint_origin_not_first;
    /// A line more in the signed text.
    CheckpointExtraLine = "checkpoint-extra-line", proof::checkpoint_extra_line;
    /// One bit of every signature.
    CheckpointSignature = "checkpoint-signature", proof::checkpoint_signature;
    /// Another key hint in every signature (sigstore-conformance checkpoint-bad-keyhint).
    CheckpointKeyHint = "checkpoint-key-hint", proof::checkpoint_key_hint;
    /// No signatures (sigstore-conformance rekor2-checkpoint-missing-log-signature).
    CheckpointUnsigned = "checkpoint-unsigned", proof::checkpoint_unsigned;
    /// A further signature by an unknown witness: allowed, signed notes may have many.
    CheckpointStranger = "checkpoint-stranger", proof::checkpoint_stranger;

    /// One bit of the timestamp's signature.
    TimestampSignature = "timestamp-signature", timestamp::signature;
    /// Another time in the token: backdating (CVE-2026-54787 is about when it counts).
    TimestampTime = "timestamp-time", timestamp::time;
    /// No timestamps: must not turn a bundle without other time into one that passes (sigstore-python#1488).
    TimestampsDropped = "timestamps-dropped", timestamp::dropped;
    /// A token that ends early.
    TimestampTruncated = "timestamp-truncated", timestamp::truncated;
    /// A token without bytes.
    TimestampEmpty = "timestamp-empty", timestamp::empty;
    /// A refusal where the token should be.
    TimestampRejected = "timestamp-rejected", timestamp::rejected;
    /// The same token twice, to reach a threshold of two (CVE-2026-49834).
    TimestampDuplicated = "timestamp-duplicated", timestamp::duplicated;
    /// A garbage token beside a good one: what is present must verify.
    TimestampGarbageAdded = "timestamp-garbage-added", timestamp::garbage_added;
}

impl std::fmt::Display for Tamper {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Applies a mutation; `false` if this bundle's shape has nothing for it to change.
pub fn apply(bundle: &mut Value, tamper: Tamper) -> bool {
    let before = bundle.clone();
    let applied = tamper.function()(bundle) && *bundle != before;
    if !applied {
        *bundle = before;
    }
    applied
}
