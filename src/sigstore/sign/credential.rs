//! What signs: a key of its own with a fresh certificate, or a key that somebody keeps.

use jiff::{SignedDuration, Timestamp};
use reqwest::Url;

use super::combination::works;
use super::draft::{Draft, Subject};
use super::error::SignError;
use super::fulcio::{self, Certificate, Identity};
use super::record::{Content, Record, Verifier, base64, sha256};
use super::services::Plan;
use crate::http::Web;
use crate::sigstore::keys::{KeyError, KeyKind, PrivateKey, Signer};

/// How much of a certificate's life has to be left for another signature under it.
const MIN_LEFT: SignedDuration = SignedDuration::from_mins(2);

/// Something that can sign, and by which verifiers know it. It ends in memory; nothing of it is ever written.
pub enum Credential<'a> {
    /// A key that was made for this run, and its certificate.
    Keyless(Box<Keyless>),
    /// A key that somebody keeps.
    Key {
        /// The key.
        signer: &'a dyn Signer,
        /// What bundles call it.
        hint: String,
    },
}

/// A key that lives as long as this value, with its certificate.
pub struct Keyless {
    key: PrivateKey,
    certificate: Certificate,
}

impl<'a> Credential<'a> {
    /// Makes a P-256 key and gets a certificate for it.
    ///
    /// # Errors
    ///
    /// When no key can be made, or Fulcio gives no certificate for it.
    pub fn keyless(
        web: &Web,
        authority: &Url,
        identity: Identity<'_>,
        now: Timestamp,
    ) -> Result<Self, SignError> {
        let key = PrivateKey::generate(KeyKind::EcdsaP256).map_err(|error| SignError::key(&error))?;
        let certificate = fulcio::certify(web, authority, &key, identity, now)?;
        Ok(Self::Keyless(Box::new(Keyless { key, certificate })))
    }

    /// A key that somebody keeps. Bundles call it by `hint`, or else by the SHA-256 of the public key in base64, as
    /// cosign does.
    pub fn key(signer: &'a dyn Signer, hint: Option<String>) -> Self {
        let hint = hint.unwrap_or_else(|| base64(sha256(signer.public_key_der())));
        Self::Key { signer, hint }
    }

    /// The kind of its key.
    pub fn kind(&self) -> KeyKind {
        self.signer().kind()
    }

    /// Whether another signature may be made with it at `now`: a certificate may be too near its end.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        match self {
            Self::Keyless(keyless) => keyless.certificate.facts.not_after >= now + MIN_LEFT,
            Self::Key { .. } => true,
        }
    }

    /// Signs, and gives the signature on its way to a bundle.
    ///
    /// # Errors
    ///
    /// When what comes out could not be verified, or the key refuses.
    pub fn sign(&self, subject: Subject, content: Content, plan: Plan) -> Result<Draft, SignError> {
        let (kind, form) = (self.kind(), content.form());
        let mut logs = plan.logs.iter().map(|log| Some(log.version));
        if !works(kind, None, form) || !logs.all(|version| works(kind, version, form)) {
            return Err(SignError::prepare(format!(
                "a key of type {kind} cannot sign {form} for these logs"
            )));
        }
        let signature = match &content {
            Content::Message(digest) => self.signer().sign_sha256(digest),
            Content::Statement(payload) => {
                let encoded = sigstore_types::pae(crate::attestation::IN_TOTO_PAYLOAD_TYPE, payload);
                self.signer().sign(&encoded)
            }
        }
        .map_err(|error: KeyError| SignError::key(&error))?;
        let (verifier, chain) = match self {
            Self::Keyless(keyless) => (
                Verifier::Certificate(keyless.certificate.der.clone()),
                keyless.certificate.chain.clone(),
            ),
            Self::Key { signer, hint } => (
                Verifier::Key {
                    spki: signer.public_key_der().to_vec(),
                    hint: hint.clone(),
                },
                Vec::new(),
            ),
        };
        let record = Record {
            content,
            signature,
            kind,
            verifier,
        };
        Ok(Draft::new(subject, record, chain, plan))
    }

    fn signer(&self) -> &dyn Signer {
        match self {
            Self::Keyless(keyless) => &keyless.key,
            Self::Key { signer, .. } => *signer,
        }
    }
}
