//! Verified candidates and what they say.

use crate::attestation::{SimpleSigning, Statement};
use crate::sigstore::Verified;

/// A verified candidate and what it says.
pub(super) struct Genuine {
    /// The engine's proof.
    pub(super) verified: Verified,
    /// What was signed.
    pub(super) says: Says,
}

/// What a verified signature covers.
pub(super) enum Says {
    /// The artifact itself.
    Artifact,
    /// A simple-signing payload that names the image.
    Image(SimpleSigning),
    /// A statement about the artifact.
    Statement(Statement),
}

impl Genuine {
    /// What the signer put under the signature beyond the digest.
    pub(super) fn signed_extras(&self) -> Option<serde_json::Value> {
        match &self.says {
            Says::Image(payload) => {
                let optional = payload.optional.clone().map(serde_json::Value::Object);
                Some(serde_json::json!({
                    "dockerReference": payload.docker_reference,
                    "optional": optional,
                }))
            }
            Says::Artifact | Says::Statement(_) => None,
        }
    }
}
