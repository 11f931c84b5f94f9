//! cosign's simple-signing payload: what a legacy `.sig` signature covers.
//!
//! The format comes from containers/image (`docs/containers-signature.5.md`); cosign's own additions are in its
//! `specs/SIGNATURE_SPEC.md`.

use serde::Deserialize;

use crate::strict_json;
use crate::subject::{Digest, DigestError};

/// Most bytes of a payload; real ones have a few hundred.
const MAX_PAYLOAD_BYTES: usize = 1 << 20;
/// Most levels of nesting in a payload.
const MAX_PAYLOAD_DEPTH: usize = 16;
/// The value of `critical.type` that cosign writes.
const COSIGN_TYPE: &str = "cosign container image signature";
/// The value that containers/image writes.
const ATOMIC_TYPE: &str = "atomic container signature";

/// A simple-signing payload.
#[derive(Debug, Clone, PartialEq)]
pub struct SimpleSigning {
    /// The image that was signed.
    pub manifest_digest: Digest,
    /// The repository that the signer had in mind; cosign ignores it, policies may not.
    pub docker_reference: String,
    /// Annotations that the signer added.
    pub optional: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Why a payload is no simple-signing payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimpleSigningProblem {
    /// Not JSON within the limits, or with a duplicate key.
    #[error(transparent)]
    Json(#[from] strict_json::Problem),
    /// A member is missing or of the wrong type.
    #[error("not a simple-signing payload: {0}")]
    Shape(String),
    /// `critical.type` says that this is something else.
    #[error("critical.type is {0:?}, not a container image signature")]
    Type(String),
    /// `critical.image.docker-manifest-digest` is not a digest.
    #[error("docker-manifest-digest: {0}")]
    Digest(#[from] DigestError),
}

#[derive(Deserialize)]
struct Wire {
    critical: Critical,
    #[serde(default)]
    optional: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct Critical {
    #[serde(rename = "type")]
    kind: String,
    image: Image,
    identity: Identity,
}

#[derive(Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(rename = "docker-reference")]
    reference: String,
}

impl SimpleSigning {
    /// Reads a payload whose signature was verified.
    pub fn parse(payload: &[u8]) -> Result<Self, SimpleSigningProblem> {
        let limits = strict_json::Limits {
            bytes: MAX_PAYLOAD_BYTES,
            depth: MAX_PAYLOAD_DEPTH,
        };
        strict_json::check(payload, limits)?;
        let wire: Wire = serde_json::from_slice(payload)
            .map_err(|error| SimpleSigningProblem::Shape(error.to_string()))?;
        if wire.critical.kind != COSIGN_TYPE && wire.critical.kind != ATOMIC_TYPE {
            return Err(SimpleSigningProblem::Type(wire.critical.kind));
        }
        Ok(Self {
            manifest_digest: wire.critical.image.digest.parse()?,
            docker_reference: wire.critical.identity.reference,
            optional: wire.optional,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(kind: &str, digest: &str) -> String {
        format!(
            r#"{{"critical":{{"identity":{{"docker-reference":"example.com/app"}},"image":{{"docker-manifest-digest":"{digest}"}},"type":"{kind}"}},"optional":null}}"#
        )
    }

    #[test]
    fn a_cosign_payload_gives_digest_and_repository() {
        let digest = Digest::sha256(b"x");
        let parsed = SimpleSigning::parse(payload(COSIGN_TYPE, &digest.to_string()).as_bytes()).unwrap();
        assert_eq!(parsed.manifest_digest, digest);
        assert_eq!(parsed.docker_reference, "example.com/app");
        assert_eq!(parsed.optional, None);
    }

    #[test]
    fn other_payloads_are_refused() {
        let digest = Digest::sha256(b"x").to_string();
        for (text, expected) in [
            ("{}".to_owned(), "not a simple-signing payload"),
            (payload("helm chart", &digest), "critical.type"),
            (payload(COSIGN_TYPE, "sha256:00"), "hex digits"),
            (
                payload(COSIGN_TYPE, &digest).replace("\"optional\":null", "\"critical\":{}"),
                "stands twice",
            ),
        ] {
            let error = SimpleSigning::parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
