//! Parts of one valid bundle in another: every part verifies alone, the whole must not.

use serde_json::Value;

use super::edit::{self, ENTRY};

/// A part to move over from another bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transplant {
    /// The signature (CVE-2022-23649).
    Signature,
    /// The message signature or envelope as a whole.
    Content,
    /// The certificate or chain: someone else's identity on this signature.
    Certificate,
    /// The log entries: true ones, about another signature (CVE-2022-36056, CVE-2026-22703).
    LogEntries,
    /// The body of the log entry only.
    Body,
    /// The promise.
    Set,
    /// Promise, time, index and log id: all that the SET covers but the body.
    PromiseAndTime,
    /// The inclusion proof with its checkpoint.
    InclusionProof,
    /// The checkpoint: a genuine one, of another tree size.
    Checkpoint,
    /// The timestamps: of another signature, and perhaps of a better time.
    Timestamps,
}

impl Transplant {
    /// Every transplant.
    pub const ALL: [Self; 10] = [
        Self::Signature,
        Self::Content,
        Self::Certificate,
        Self::LogEntries,
        Self::Body,
        Self::Set,
        Self::PromiseAndTime,
        Self::InclusionProof,
        Self::Checkpoint,
        Self::Timestamps,
    ];

    /// A stable name, in kebab case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signature => "transplant-signature",
            Self::Content => "transplant-content",
            Self::Certificate => "transplant-certificate",
            Self::LogEntries => "transplant-log-entries",
            Self::Body => "transplant-body",
            Self::Set => "transplant-set",
            Self::PromiseAndTime => "transplant-promise-and-time",
            Self::InclusionProof => "transplant-inclusion-proof",
            Self::Checkpoint => "transplant-checkpoint",
            Self::Timestamps => "transplant-timestamps",
        }
    }

    /// Moves the part from `donor` into `bundle`; `false` if either has none or they are the same.
    pub fn apply(self, bundle: &mut Value, donor: &Value) -> bool {
        let before = bundle.clone();
        let moved = match self {
            Self::Signature => {
                let mut donor = donor.clone();
                let signature = edit::signature(&mut donor).cloned();
                signature.is_some_and(|signature| edit::set(edit::signature(bundle), signature))
            }
            Self::Content => any(bundle, donor, "", &["messageSignature", "dsseEnvelope"]),
            Self::Certificate => any(
                bundle,
                donor,
                "/verificationMaterial",
                &["certificate", "x509CertificateChain"],
            ),
            Self::LogEntries => any(bundle, donor, "/verificationMaterial", &["tlogEntries"]),
            Self::Body => any(bundle, donor, ENTRY, &["canonicalizedBody"]),
            Self::Set => any(bundle, donor, ENTRY, &["inclusionPromise"]),
            Self::PromiseAndTime => {
                any(bundle, donor, ENTRY, &["inclusionPromise"])
                    && any(bundle, donor, ENTRY, &["integratedTime", "logIndex", "logId"])
            }
            Self::InclusionProof => any(bundle, donor, ENTRY, &["inclusionProof"]),
            Self::Checkpoint => any(bundle, donor, &format!("{ENTRY}/inclusionProof"), &["checkpoint"]),
            Self::Timestamps => any(
                bundle,
                donor,
                "/verificationMaterial",
                &["timestampVerificationData"],
            ),
        };
        let changed = moved && *bundle != before;
        if !changed {
            *bundle = before;
        }
        changed
    }
}

/// Moves those of `members` that both bundles have.
fn any(bundle: &mut Value, donor: &Value, pointer: &str, members: &[&str]) -> bool {
    let Some(source) = donor.pointer(pointer).and_then(Value::as_object) else {
        return false;
    };
    let Some(target) = edit::object(bundle, pointer) else {
        return false;
    };
    let mut moved = false;
    for member in members {
        if let (Some(new), Some(old)) = (source.get(*member), target.get_mut(*member)) {
            *old = new.clone();
            moved = true;
        }
    }
    moved
}
