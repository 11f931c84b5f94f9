//! Drafts as files: what was reached, without any secret, so that it can be finished later.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sigstore_types::TransparencyLogEntry;

use super::combination::Form;
use super::draft::{Draft, Subject};
use super::record::{Content, Record, Verifier, base64};
use super::services::Plan;
use super::timestamp::Stamp;
use crate::report::{Code, Finding};
use crate::sigstore::certificate::CertificateFacts;
use crate::sigstore::keys::KeyKind;
use crate::strict_json;
use crate::subject::Digest;

/// Bytes of a resume file: a statement may be as large as its bundle.
pub const MAX_RESUME_BYTES: usize = 64 << 20;
/// Most levels of nesting.
const MAX_DEPTH: usize = 24;
/// Services of one kind that a file may name.
const MAX_SERVICES: usize = 32;
/// The type of the file, first of all members.
const MEDIA_TYPE: &str = "application/vnd.portcullis.unfinished-signature.v1+json";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wire {
    media_type: String,
    subject: WireSubject,
    form: Form,
    /// The digest of the artifact, or the statement; base64.
    content: String,
    signature: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    certificates: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public_key: Option<WireKey>,
    plan: Plan,
    timestamps: Vec<WireStamp>,
    log_entries: Vec<TransparencyLogEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubject {
    name: String,
    digest: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKey {
    spki: String,
    hint: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireStamp {
    response: String,
}

impl Draft {
    /// The draft as a file.
    ///
    /// # Errors
    ///
    /// When it cannot be put into JSON, which is a bug.
    pub fn to_json(&self) -> Result<String, Finding> {
        let (certificates, public_key) = match &self.record.verifier {
            Verifier::Certificate(leaf) => {
                let all = std::iter::once(leaf).chain(&self.chain);
                (all.map(base64).collect(), None)
            }
            Verifier::Key { spki, hint } => {
                let key = WireKey {
                    spki: base64(spki),
                    hint: hint.clone(),
                };
                (Vec::new(), Some(key))
            }
        };
        let content = match &self.record.content {
            Content::Message(digest) => base64(digest),
            Content::Statement(payload) => base64(payload),
        };
        let wire = Wire {
            media_type: MEDIA_TYPE.to_owned(),
            subject: WireSubject {
                name: self.subject.name.clone(),
                digest: self.subject.digest.to_string(),
            },
            form: self.record.content.form(),
            content,
            signature: base64(&self.record.signature),
            certificates,
            public_key,
            plan: self.plan.clone(),
            timestamps: self
                .stamps
                .iter()
                .map(|stamp| WireStamp {
                    response: base64(&stamp.response),
                })
                .collect(),
            log_entries: self.entries.clone(),
        };
        serde_json::to_string_pretty(&wire)
            .map_err(|error| Finding::new(Code::InternalError, error.to_string()))
    }

    /// Reads such a file. Nothing in it is believed: what is finished from it is verified like everything else. `name`
    /// stands for it in messages.
    ///
    /// # Errors
    ///
    /// `resume-file-invalid`, naming what is wrong.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Finding> {
        let invalid = |detail: String| {
            Finding::new(
                Code::ResumeFileInvalid,
                format!("{name} is not an unfinished signature: {detail}"),
            )
            .help("name the file that the failed run wrote, or sign again")
        };
        let limits = strict_json::Limits {
            bytes: MAX_RESUME_BYTES,
            depth: MAX_DEPTH,
        };
        strict_json::check(bytes, limits).map_err(|problem| invalid(problem.to_string()))?;
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| invalid(error.to_string()))?;
        wire.read().map_err(invalid)
    }
}

impl Wire {
    fn read(self) -> Result<Draft, String> {
        if self.media_type != MEDIA_TYPE {
            return Err(format!("its media type is not {MEDIA_TYPE}"));
        }
        let plan = &self.plan;
        if plan.logs.len().max(plan.timestampers.len()) > MAX_SERVICES {
            return Err(format!("it names more than {MAX_SERVICES} services of one kind"));
        }
        if self.log_entries.len() > plan.logs.len() || self.timestamps.len() > plan.timestampers.len() {
            return Err("it has more evidence than it plans for".to_owned());
        }
        let decoded = |member: &str, text: &str| {
            STANDARD
                .decode(text)
                .map_err(|_| format!("{member} is not base64"))
        };
        let content = decoded("content", &self.content)?;
        let content = match self.form {
            Form::Message => Content::Message(
                content
                    .try_into()
                    .map_err(|_| "content is not a SHA-256".to_owned())?,
            ),
            Form::Statement => Content::Statement(content),
        };
        let mut certificates = self
            .certificates
            .iter()
            .map(|text| decoded("certificates", text))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter();
        let (verifier, kind) = match (certificates.next(), self.public_key) {
            (Some(leaf), None) => {
                let kind = kind_of_certificate(&leaf)?;
                (Verifier::Certificate(leaf), kind)
            }
            (None, Some(key)) => {
                let spki = decoded("publicKey.spki", &key.spki)?;
                let kind = KeyKind::of_spki(&spki).map_err(|error| format!("publicKey: {error}"))?;
                let hint = key.hint;
                (Verifier::Key { spki, hint }, kind)
            }
            _ => return Err("it has not one of a certificate and a public key".to_owned()),
        };
        let digest: Digest = self
            .subject
            .digest
            .parse()
            .map_err(|error| format!("subject.digest: {error}"))?;
        let stamps = self
            .timestamps
            .iter()
            .map(|stamp| {
                let response = decoded("timestamps", &stamp.response)?;
                Stamp::kept(response).map_err(|detail| format!("timestamps: {detail}"))
            })
            .collect::<Result<Vec<_>, String>>()?;
        Ok(Draft {
            subject: Subject {
                name: self.subject.name,
                digest,
            },
            record: Record {
                content,
                signature: decoded("signature", &self.signature)?,
                kind,
                verifier,
            },
            chain: certificates.collect(),
            plan: self.plan,
            stamps,
            entries: self.log_entries,
        })
    }
}

fn kind_of_certificate(der: &[u8]) -> Result<KeyKind, String> {
    use der::{Decode as _, Encode as _};
    CertificateFacts::from_der(der).map_err(|error| error.to_string())?;
    let certificate = x509_cert::Certificate::from_der(der).map_err(|error| error.to_string())?;
    let spki = certificate.tbs_certificate.subject_public_key_info.to_der();
    let spki = spki.map_err(|error| error.to_string())?;
    KeyKind::of_spki(&spki).map_err(|error| format!("certificates: {error}"))
}
