//! Signing: what a command names, made into bundles that verify.
//!
//! A [`Session`] holds what signs and the services, and signs one subject after the other; publishing is the caller's, who
//! gets a [`Complete`] bundle or a [`Failed`] with what can be resumed. [`keep`] writes files, a [`Destination`] is in a registry, and
//! [`unfinished`] reads what an earlier run had to leave.

mod image;
mod input;
pub mod keep;
mod report;
mod summary;
pub mod unfinished;

use jiff::Timestamp;
use serde_json::json;

pub use image::{Destination, ImageForm, Published};
pub use input::{Input, MAX_INPUT_BYTES, Signable};
pub use report::{
    FailureReport, SignReport, SignedReport, SignerSummary, TimestampReport, Where, sign_report_schema,
};
pub use summary::summary_statement;

use crate::attestation::COSIGN_SIGN_TYPE;
use crate::http::Web;
use crate::report::{Code, Finding};
use crate::sigstore::Engine;
use crate::sigstore::keys::{KeyKind, Signer};
use crate::sigstore::sign::{
    Complete, Content, Credential, Draft, Form, Identity, LogVersion, Need, OnStep, SignError, SigningConfig,
    Step, Stopped, Subject, authority, natural_form, plan,
};
use crate::subject::Digest;

/// What signs.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// Whoever a token is about, with a key of its own for this run.
    Identity(Identity<'a>),
    /// A key that somebody keeps.
    Key {
        /// The key.
        signer: &'a dyn Signer,
        /// What bundles call it, if not by its digest.
        hint: Option<&'a str>,
        /// Whether signatures are logged.
        log: bool,
    },
}

/// Everything that signing needs besides what is signed.
#[derive(Clone, Copy)]
pub struct Services<'a> {
    /// How services are asked.
    pub web: &'a Web,
    /// Which services there are.
    pub config: &'a SigningConfig,
    /// The trust root under which what was made has to verify.
    pub engine: &'a Engine,
    /// The only generation of Rekor to use, if somebody asked for one.
    pub version: Option<LogVersion>,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Told about each step.
    pub on_step: OnStep<'a>,
}

/// A subject for which there is no bundle.
#[derive(Debug)]
pub struct Failed {
    /// The step that failed.
    pub step: Step,
    /// Why.
    pub finding: Box<Finding>,
    /// What was reached and can be finished later.
    pub draft: Option<Box<Draft>>,
}

impl From<SignError> for Failed {
    fn from(error: SignError) -> Self {
        Self {
            step: error.step,
            finding: error.finding,
            draft: None,
        }
    }
}

impl From<Box<Stopped>> for Failed {
    fn from(stopped: Box<Stopped>) -> Self {
        let Stopped { draft, error } = *stopped;
        // What does not verify now never will.
        let lasting = matches!(
            error.code(),
            Code::MadeBundleRefused | Code::SigningTooLate | Code::InternalError
        );
        Self {
            draft: (!lasting).then(|| Box::new(draft)),
            ..error.into()
        }
    }
}

/// A run of signing: one certificate serves for several subjects, as long as it lives.
pub struct Session<'a> {
    services: Services<'a>,
    by: By<'a>,
    credential: Option<Credential<'a>>,
}

impl<'a> Session<'a> {
    /// Sets up. Nothing is asked yet.
    pub fn new(services: Services<'a>, by: By<'a>) -> Self {
        Self {
            services,
            by,
            credential: None,
        }
    }

    /// The form in which an artifact is signed when nobody asks for another.
    pub fn form(&self) -> Form {
        natural_form(self.kind())
    }

    /// Signs an artifact that is known by its digest: itself, or a statement that says no more than that it was signed,
    /// where the key cannot sign a digest.
    ///
    /// # Errors
    ///
    /// The step that failed, with what was reached.
    pub fn sign(&mut self, subject: Subject) -> Result<Complete, Failed> {
        let content = match (self.form(), <[u8; 32]>::try_from(subject.digest.as_bytes())) {
            (Form::Message, Ok(digest)) => Content::Message(digest),
            _ => Content::Statement(signed_statement(&subject)),
        };
        self.sign_content(subject, content)
    }

    /// Signs what was read: by its own statement where it has one.
    ///
    /// # Errors
    ///
    /// The step that failed, with what was reached.
    pub fn sign_read(&mut self, signable: Signable) -> Result<Complete, Failed> {
        match signable.statement {
            Some(statement) => self.sign_content(signable.subject, Content::Statement(statement)),
            None => self.sign(signable.subject),
        }
    }

    /// Signs content about a subject.
    ///
    /// # Errors
    ///
    /// The step that failed, with what was reached.
    pub fn sign_content(&mut self, subject: Subject, content: Content) -> Result<Complete, Failed> {
        let need = self.need(content.form());
        self.sign_as(need, subject, content)
    }

    /// Signs the payload of cosign's older form.
    pub(super) fn sign_legacy(&mut self, name: String, payload: &[u8]) -> Result<Complete, Failed> {
        let digest = Digest::sha256(payload);
        let Ok(message) = <[u8; 32]>::try_from(digest.as_bytes()) else {
            return Err(SignError::prepare("a SHA-256 has 32 bytes").into());
        };
        self.sign_as(
            self.legacy_need(),
            Subject { name, digest },
            Content::Message(message),
        )
    }

    /// Whether cosign's older form can be made: known before anything is signed.
    ///
    /// # Errors
    ///
    /// `signing-unsupported` when the key or the services do not suit it.
    pub fn check_legacy(&self) -> Result<(), Failed> {
        if self.services.version == Some(LogVersion::V2) {
            return Err(SignError::prepare(
                "cosign's older form has no place for an entry of Rekor v2, which promises nothing",
            )
            .into());
        }
        let plan = plan(self.services.config, self.legacy_need(), (self.services.now)())?;
        match plan.logs.len() > 1 || plan.timestampers.len() > 1 {
            true => Err(SignError::prepare(
                "cosign's older form has no place for more than one log entry or timestamp",
            )
            .into()),
            false => Ok(()),
        }
    }

    fn need(&self, form: Form) -> Need {
        Need {
            kind: self.kind(),
            form,
            certificate: matches!(self.by, By::Identity(_)),
            log: match self.by {
                By::Identity(_) => true,
                By::Key { log, .. } => log,
            },
            version: self.services.version,
        }
    }

    /// Only Rekor v1 gives the promise that the older form has a place for.
    fn legacy_need(&self) -> Need {
        Need {
            version: Some(LogVersion::V1),
            ..self.need(Form::Message)
        }
    }

    fn sign_as(&mut self, need: Need, subject: Subject, content: Content) -> Result<Complete, Failed> {
        let now = (self.services.now)();
        // What cannot come to a bundle is known before a token is shown to anybody.
        let plan = plan(self.services.config, need, now)?;
        let credential = self.credential(now)?;
        let draft = credential.sign(subject.clone(), content.clone(), plan.clone())?;
        match finish(draft, &self.services) {
            // The log took an attempt whose answer got lost. Another signature makes another entry.
            Err(failed) if failed.finding.code == Code::LogEntryExists => {
                let draft = self.credential(now)?.sign(subject, content, plan)?;
                finish(draft, &self.services)
            }
            other => other,
        }
    }

    fn kind(&self) -> KeyKind {
        match self.by {
            By::Identity(_) => KeyKind::EcdsaP256,
            By::Key { signer, .. } => signer.kind(),
        }
    }

    fn credential(&mut self, now: Timestamp) -> Result<&Credential<'a>, SignError> {
        let fresh = self
            .credential
            .take()
            .filter(|credential| credential.is_fresh(now));
        let credential = match (fresh, self.by) {
            (Some(credential), _) => credential,
            (None, By::Key { signer, hint, .. }) => Credential::key(signer, hint.map(str::to_owned)),
            (None, By::Identity(identity)) => {
                let url = authority(self.services.config, now)?;
                (self.services.on_step)(Step::Certificate, url.as_str());
                Credential::keyless(self.services.web, &url, identity, now)?
            }
        };
        Ok(self.credential.insert(credential))
    }
}

/// Gets what a draft lacks; nothing that signs is needed for it.
///
/// # Errors
///
/// The step that failed, with what was reached.
pub fn finish(draft: Draft, services: &Services<'_>) -> Result<Complete, Failed> {
    Ok(draft.finish(services.web, services.engine, services.now, services.on_step)?)
}

/// The statement that cosign makes of a signature: a predicate without content.
fn signed_statement(subject: &Subject) -> Vec<u8> {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{
            "name": subject.name,
            "digest": {subject.digest.algorithm().name(): subject.digest.to_hex()},
        }],
        "predicateType": COSIGN_SIGN_TYPE,
        "predicate": {},
    })
    .to_string()
    .into_bytes()
}
