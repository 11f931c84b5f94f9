//! A signature on its way to a bundle: signed, then stamped and logged, then verified.
//!
//! A [`Draft`] holds no secret, so one that could not be finished can be kept in a file and finished later. Timestamps
//! come before log entries: once a time within the life of the certificate is certain, an entry in Rekor v2 may come
//! later.

use jiff::Timestamp;
use serde_json::{Value, json};
use sigstore_types::TransparencyLogEntry;

use super::combination::LogVersion;
use super::error::{SignError, Step};
use super::record::{Content, Record, Verifier, base64, pem};
use super::services::{Log, Plan};
use super::timestamp::Stamp;
use super::web::Address;
use super::{rekor, timestamp};
use crate::http::Web;
use crate::report::{Code, Finding, LogReference};
use crate::sigstore::certificate::CertificateFacts;
use crate::sigstore::pin::{LogRequirement, PublicKey, SignerFacts};
use crate::sigstore::{Artifact, Engine, ParsedBundle, Verified};
use crate::subject::Digest;

/// The media type of the bundles that are made.
pub const BUNDLE_MEDIA_TYPE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// What a signature is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name, for reports.
    pub name: String,
    /// Its SHA-256. Of a statement about several, one of them.
    pub digest: Digest,
}

/// Told what is being done, and with which service; for progress.
pub type OnStep<'a> = &'a (dyn Fn(Step, &str) + Sync);

/// A signature that lacks some of its evidence, perhaps none.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub(super) subject: Subject,
    pub(super) record: Record,
    pub(super) chain: Vec<Vec<u8>>,
    pub(super) plan: Plan,
    pub(super) stamps: Vec<Stamp>,
    pub(super) entries: Vec<TransparencyLogEntry>,
}

/// A draft that could not be finished now, and why.
#[derive(Debug)]
pub struct Stopped {
    /// What was reached.
    pub draft: Draft,
    /// The step that failed.
    pub error: SignError,
}

/// The piece of evidence that a draft lacks next.
enum Missing {
    Timestamp(Address),
    Log(Log),
}

impl Draft {
    pub(super) fn new(subject: Subject, record: Record, chain: Vec<Vec<u8>>, plan: Plan) -> Self {
        Self {
            subject,
            record,
            chain,
            plan,
            stamps: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// What it is about.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Gets what is missing, and verifies the bundle as anybody would.
    ///
    /// `now` is asked before each step.
    ///
    /// # Errors
    ///
    /// The draft as far as it came, with the step that failed.
    pub fn finish(
        mut self,
        web: &Web,
        engine: &Engine,
        now: impl Fn() -> Timestamp,
        on_step: OnStep<'_>,
    ) -> Result<Complete, Box<Stopped>> {
        match self.gather(web, now, on_step).and_then(|()| {
            on_step(Step::Verify, "");
            Complete::verify(&self, engine)
        }) {
            Ok(complete) => Ok(complete),
            Err(error) => Err(Box::new(Stopped { draft: self, error })),
        }
    }

    fn gather(
        &mut self,
        web: &Web,
        now: impl Fn() -> Timestamp,
        on_step: OnStep<'_>,
    ) -> Result<(), SignError> {
        while let Some(missing) = self.missing() {
            self.check_time(&missing, now())?;
            match missing {
                Missing::Timestamp(authority) => {
                    on_step(Step::Timestamp, authority.as_str());
                    self.stamps
                        .push(timestamp::stamp(web, &authority, &self.record.signature)?);
                }
                Missing::Log(log) => {
                    on_step(Step::Log, log.url.as_str());
                    self.entries.push(rekor::log(web, &log, &self.record)?);
                }
            }
        }
        Ok(())
    }

    fn missing(&self) -> Option<Missing> {
        let stamp = self.plan.timestampers.get(self.stamps.len());
        let log = self.plan.logs.get(self.entries.len());
        stamp
            .cloned()
            .map(Missing::Timestamp)
            .or_else(|| log.cloned().map(Missing::Log))
    }

    /// Every time that a bundle states has to lie within the life of its certificate, so a new one may be too late. An
    /// entry in Rekor v2 states none.
    fn check_time(&self, missing: &Missing, now: Timestamp) -> Result<(), SignError> {
        let Verifier::Certificate(der) = &self.record.verifier else {
            return Ok(());
        };
        let step = match missing {
            Missing::Timestamp(_) => Step::Timestamp,
            Missing::Log(log) if log.version == LogVersion::V1 => Step::Log,
            Missing::Log(_) => return Ok(()),
        };
        let facts = CertificateFacts::from_der(der).map_err(|error| {
            SignError::new(step, Finding::new(Code::CertificateMalformed, error.to_string()))
        })?;
        if now <= facts.not_after {
            return Ok(());
        }
        let message = format!(
            "the certificate ended at {}, so it is too late for {step}",
            facts.not_after
        );
        Err(SignError::new(
            step,
            Finding::new(Code::SigningTooLate, message).help("sign again: a new certificate is free"),
        ))
    }

    /// The bundle as JSON (protobuf-specs `bundle.v1.Bundle`).
    pub(super) fn bundle(&self) -> Result<Value, SignError> {
        let broken = |error: serde_json::Error| {
            SignError::new(Step::Verify, Finding::new(Code::InternalError, error.to_string()))
        };
        let stamps: Vec<Value> = self
            .stamps
            .iter()
            .map(|stamp| json!({"signedTimestamp": base64(&stamp.response)}))
            .collect();
        let entries = serde_json::to_value(&self.entries).map_err(broken)?;
        let mut material = json!({
            "tlogEntries": entries,
            "timestampVerificationData": {"rfc3161Timestamps": stamps},
        });
        let (member, value) = match &self.record.verifier {
            Verifier::Certificate(der) => ("certificate", json!({"rawBytes": base64(der)})),
            Verifier::Key { hint, .. } => ("publicKey", json!({"hint": hint})),
        };
        if let Some(object) = material.as_object_mut() {
            object.insert(member.to_owned(), value);
        }
        let mut bundle = json!({"mediaType": BUNDLE_MEDIA_TYPE, "verificationMaterial": material});
        let (member, value) = match (&self.record.content, self.record.envelope()) {
            (Content::Statement(_), Some(envelope)) => {
                ("dsseEnvelope", serde_json::from_str(&envelope).map_err(broken)?)
            }
            (Content::Statement(payload), None) => ("dsseEnvelope", json!({"payload": base64(payload)})),
            (Content::Message(digest), _) => (
                "messageSignature",
                json!({
                    "messageDigest": {"algorithm": "SHA2_256", "digest": base64(digest)},
                    "signature": base64(&self.record.signature),
                }),
            ),
        };
        if let Some(object) = bundle.as_object_mut() {
            object.insert(member.to_owned(), value);
        }
        Ok(bundle)
    }
}

/// A bundle that was made and that verifies. Only [`Draft::finish`] makes one.
#[derive(Debug)]
pub struct Complete {
    draft: Draft,
    json: String,
    parsed: ParsedBundle,
    verified: Verified,
}

/// How large the parts of a signature are, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sizes {
    /// The envelope, for a statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envelope: Option<usize>,
    /// What was sent to the log: with Rekor v1 the envelope is part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_request: Option<usize>,
    /// What the log keeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_entry: Option<usize>,
    /// The bundle.
    pub bundle: usize,
}

impl Complete {
    fn verify(draft: &Draft, engine: &Engine) -> Result<Self, SignError> {
        let json = draft.bundle()?.to_string();
        let parsed = ParsedBundle::parse(json.as_bytes()).map_err(refused)?;
        let artifact = Artifact {
            digest: &draft.subject.digest,
            content: crate::sigstore::Content::DigestOnly,
        };
        let verified = match &draft.record.verifier {
            Verifier::Certificate(_) => engine.verify_certificate(&parsed, artifact),
            Verifier::Key { spki, .. } => {
                let key = PublicKey::from_pem(pem("PUBLIC KEY", spki).as_bytes())
                    .map_err(|error| refused(Finding::new(Code::KeyInvalid, error.to_string())))?;
                let log = match draft.plan.logs.is_empty() {
                    true => LogRequirement::MayBeAbsent,
                    false => LogRequirement::Required,
                };
                engine.verify_key(&parsed, artifact, &key, log)
            }
        }
        .map_err(refused)?;
        Ok(Self {
            draft: draft.clone(),
            json,
            parsed,
            verified,
        })
    }

    /// What was signed.
    pub fn subject(&self) -> &Subject {
        &self.draft.subject
    }

    /// Whether another bundle names the same signer: identity and issuer, or the name of the key. What the other one says
    /// is not verified.
    pub fn has_signer_of(&self, other: &ParsedBundle) -> bool {
        match (self.certificate(), other.certificate()) {
            (Some(ours), Some(theirs)) => CertificateFacts::from_der(theirs).is_ok_and(|theirs| {
                let (ours, theirs) = (ours.report(), theirs.report());
                (ours.kind, ours.identity, ours.issuer) == (theirs.kind, theirs.identity, theirs.issuer)
            }),
            (None, None) => self.parsed.claimed_key_hint() == other.claimed_key_hint(),
            _ => false,
        }
    }

    /// The bundle, as it is published.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// What the certificate says about the signer; `None` for a key.
    pub fn certificate(&self) -> Option<&CertificateFacts> {
        match self.verified.signer() {
            SignerFacts::Certificate(facts) => Some(facts),
            SignerFacts::Key { .. } => None,
        }
    }

    /// The verification that it passed.
    pub fn verified(&self) -> &Verified {
        &self.verified
    }

    /// The signature with what log entries say about it.
    pub fn record(&self) -> &Record {
        &self.draft.record
    }

    /// Where it was logged.
    pub fn log_entries(&self, public_log_url: impl Fn(&str, u64) -> Option<String>) -> Vec<LogReference> {
        self.parsed.log_entries(public_log_url)
    }

    /// The timestamps: the authority's address and the time.
    pub fn timestamps(&self) -> impl Iterator<Item = (&Address, Timestamp)> {
        let times = self.draft.stamps.iter().map(|stamp| stamp.time);
        self.draft.plan.timestampers.iter().zip(times)
    }

    /// How large its parts are.
    pub fn sizes(&self) -> Sizes {
        let first = self.draft.plan.logs.first();
        Sizes {
            envelope: self.draft.record.envelope().map(|envelope| envelope.len()),
            log_request: first.map(|log| self.draft.record.request(log.version).len()),
            log_entry: first.map(|log| self.draft.record.body(log.version).len()),
            bundle: self.json.len(),
        }
    }

    pub(super) fn draft(&self) -> &Draft {
        &self.draft
    }

    /// Back to a draft that lacks nothing, to be kept until it can be published. It is verified again when it is finished.
    pub fn into_draft(self) -> Draft {
        self.draft
    }
}

/// What was made is worth nothing to anybody.
fn refused(finding: Finding) -> SignError {
    let message = format!(
        "what was made does not verify under the trust root in use, so it was not published: {}: {}",
        finding.code, finding.message
    );
    SignError::new(
        Step::Verify,
        Finding::new(Code::MadeBundleRefused, message).help(
            "check that the signing configuration and the trusted root belong to the same Sigstore instance",
        ),
    )
}
