//! cosign's `.sig` form, for those who verify with older tools: a simple-signing payload in a layer, and everything else
//! in its annotations. `crate::sigstore::legacy` reads it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::draft::Complete;
use super::record::{Content, Verifier, base64, pem};
use crate::report::{Code, Finding};
use crate::sigstore::legacy::{CERTIFICATE, CHAIN, REKOR_BUNDLE, SIGNATURE, TIMESTAMP};
use crate::subject::Digest;

/// One layer of cosign's `.sig` image, without the payload, which the caller has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyLayer {
    /// The layer's annotations.
    pub annotations: BTreeMap<String, String>,
}

/// The payload to sign for an image (containers/image, `docs/containers-signature.5.md`).
///
/// `docker_reference` is the repository, without tag and digest. `annotations` are the signer's own.
pub fn simple_signing_payload(
    docker_reference: &str,
    image: &Digest,
    annotations: &BTreeMap<String, String>,
) -> Vec<u8> {
    let optional = match annotations.is_empty() {
        true => Value::Null,
        false => json!(annotations),
    };
    json!({
        "critical": {
            "identity": {"docker-reference": docker_reference},
            "image": {"docker-manifest-digest": image.to_string()},
            "type": "cosign container image signature",
        },
        "optional": optional,
    })
    .to_string()
    .into_bytes()
}

impl Complete {
    /// The layer for a signature over such a payload, whose SHA-256 was signed as a message.
    ///
    /// # Errors
    ///
    /// `signing-unsupported` for what the form has no place for: a statement, or an entry of Rekor v2.
    pub fn legacy_layer(&self) -> Result<LegacyLayer, Finding> {
        let unsupported = |why: &str| {
            Finding::new(
                Code::SigningUnsupported,
                format!("cosign's older form has no place for {why}"),
            )
        };
        let draft = self.draft();
        if !matches!(draft.record.content, Content::Message(_)) {
            return Err(unsupported("a statement"));
        }
        let mut annotations = BTreeMap::from([(SIGNATURE.to_owned(), base64(&draft.record.signature))]);
        if let Verifier::Certificate(der) = &draft.record.verifier {
            annotations.insert(CERTIFICATE.to_owned(), pem("CERTIFICATE", der));
            let chain: String = draft.chain.iter().map(|der| pem("CERTIFICATE", der)).collect();
            if !chain.is_empty() {
                annotations.insert(CHAIN.to_owned(), chain);
            }
        }
        match draft.entries.as_slice() {
            [] => {}
            [entry] => {
                let (Some(promise), Some(time)) = (&entry.inclusion_promise, entry.integrated_time) else {
                    return Err(unsupported("an entry of Rekor v2, which promises nothing"));
                };
                let bundle = json!({
                    "SignedEntryTimestamp": base64(promise.signed_entry_timestamp.as_bytes()),
                    "Payload": {
                        "body": base64(entry.canonicalized_body.as_bytes()),
                        "integratedTime": time.as_second(),
                        "logIndex": entry.log_index.get(),
                        "logID": hex::encode(entry.log_id.key_id.as_bytes()),
                    },
                });
                annotations.insert(REKOR_BUNDLE.to_owned(), bundle.to_string());
            }
            _ => return Err(unsupported("more than one log entry")),
        }
        match draft.stamps.as_slice() {
            [] => {}
            [stamp] => {
                let value = json!({"SignedRFC3161Timestamp": base64(&stamp.response)});
                annotations.insert(TIMESTAMP.to_owned(), value.to_string());
            }
            _ => return Err(unsupported("more than one timestamp")),
        }
        Ok(LegacyLayer { annotations })
    }
}
