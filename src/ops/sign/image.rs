//! Signatures about images: what is signed, and where it goes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Failed, Session};
use crate::attestation::COSIGN_SIGN_TYPE;
use crate::ops::publish::{Image, image_bundle, image_layer};
use crate::registry::client::Client;
use crate::registry::publish::{LegacyKind, LegacyLayer};
use crate::report::{Code, Finding};
use crate::sigstore::sign::{Complete, Content, Draft, Step, Subject, simple_signing_payload};
use crate::subject::Digest;

/// Where a signature about an image goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The image.
    pub image: Image,
    /// As what.
    pub form: ImageForm,
    /// When the run began; it is written beside the bundle. Kept, so that another attempt makes the same manifest.
    pub created: Timestamp,
}

/// The two forms in which registries keep signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageForm {
    /// A bundle, as a referrer of the image.
    Bundle,
    /// A layer under cosign's `.sig` tag.
    LegacyTag {
        /// What is signed; only its digest is in the signature.
        payload: Vec<u8>,
    },
}

/// Where a signature was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// In the manifest with this digest.
    Manifest(Digest),
    /// Under this tag.
    Tag(String),
}

impl Destination {
    /// A referrer of the image.
    pub fn bundle(image: Image, created: Timestamp) -> Self {
        Self {
            image,
            form: ImageForm::Bundle,
            created,
        }
    }

    /// A layer under cosign's tag, with annotations of the signer's own.
    pub fn legacy(image: Image, annotations: &BTreeMap<String, String>, created: Timestamp) -> Self {
        let payload = simple_signing_payload(&image.repository(), image.digest(), annotations);
        Self {
            image,
            form: ImageForm::LegacyTag { payload },
            created,
        }
    }

    /// Signs what goes there. Nothing is published.
    ///
    /// # Errors
    ///
    /// The step that failed, with what was reached.
    pub fn sign(
        &self,
        session: &mut Session<'_>,
        annotations: &BTreeMap<String, String>,
    ) -> Result<Complete, Failed> {
        let name = self.image.name();
        match &self.form {
            ImageForm::Bundle => {
                let digest = self.image.digest().clone();
                let statement = image_statement(&digest, annotations);
                session.sign_content(Subject { name, digest }, Content::Statement(statement))
            }
            ImageForm::LegacyTag { payload } => session.sign_legacy(name, payload),
        }
    }

    /// Puts a signature there, and reads it back.
    ///
    /// # Errors
    ///
    /// The step that failed, with the signature, which can be published later.
    pub fn publish(&self, client: &Client, complete: Complete) -> Result<(Complete, Published), Failed> {
        let published = match &self.form {
            ImageForm::Bundle => {
                let predicate_type = predicate_type(&complete);
                image_bundle(
                    client,
                    &self.image,
                    complete.json(),
                    &predicate_type,
                    self.created,
                )
                .map(Published::Manifest)
            }
            ImageForm::LegacyTag { payload } => complete
                .legacy_layer()
                .map_err(Box::new)
                .map(|layer| LegacyLayer {
                    kind: LegacyKind::Signature,
                    bytes: payload.clone(),
                    annotations: layer.annotations,
                })
                .and_then(|layer| image_layer(client, &self.image, &layer))
                .map(Published::Tag),
        };
        match published {
            Ok(published) => Ok((complete, published)),
            Err(finding) => Err(Failed {
                step: Step::Publish,
                finding,
                draft: Some(Box::new(complete.into_draft())),
            }),
        }
    }

    /// Where a signature was put, for people and machines.
    pub fn place(&self, published: &Published) -> String {
        match published {
            Published::Manifest(digest) => self.image.at(digest),
            Published::Tag(tag) => format!("{}:{tag}", self.image.repository()),
        }
    }

    /// Whether a draft from a file is about what goes here. Whoever changes the file could otherwise have a signature
    /// about one image listed with another.
    ///
    /// # Errors
    ///
    /// `resume-file-invalid`.
    pub fn check(&self, draft: &Draft) -> Result<(), Finding> {
        let expected = match &self.form {
            ImageForm::Bundle => self.image.digest().clone(),
            ImageForm::LegacyTag { payload } => {
                let payload: Option<Value> = serde_json::from_slice(payload).ok();
                let named = payload.as_ref().and_then(|payload| {
                    payload
                        .pointer("/critical/image/docker-manifest-digest")?
                        .as_str()
                });
                match named == Some(self.image.digest().to_string().as_str()) {
                    true => self.signed_digest(),
                    false => return Err(foreign(&self.image)),
                }
            }
        };
        match draft.subject().digest == expected {
            true => Ok(()),
            false => Err(foreign(&self.image)),
        }
    }

    /// The digest that the signature is about.
    fn signed_digest(&self) -> Digest {
        match &self.form {
            ImageForm::Bundle => self.image.digest().clone(),
            ImageForm::LegacyTag { payload } => Digest::sha256(payload),
        }
    }
}

fn foreign(image: &Image) -> Finding {
    Finding::new(
        Code::ResumeFileInvalid,
        format!("the signature in the resume file is not about {}", image.name()),
    )
    .help("name the file that the failed run wrote, or sign again")
}

/// The statement that cosign v3 makes of a signature: a predicate without content, and the signer's annotations beside
/// the digest. It names no place: an image may be copied.
fn image_statement(digest: &Digest, annotations: &BTreeMap<String, String>) -> Vec<u8> {
    let mut subject = json!({"digest": {digest.algorithm().name(): digest.to_hex()}});
    if let (false, Some(members)) = (annotations.is_empty(), subject.as_object_mut()) {
        members.insert("annotations".to_owned(), json!(annotations));
    }
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [subject],
        "predicateType": COSIGN_SIGN_TYPE,
        "predicate": {},
    })
    .to_string()
    .into_bytes()
}

/// What the signed statement says of its type; for those who list, so nothing hangs on it.
fn predicate_type(complete: &Complete) -> String {
    let statement: Option<Value> = match &complete.record().content {
        Content::Statement(payload) => serde_json::from_slice(payload).ok(),
        Content::Message(_) => None,
    };
    let named = statement
        .as_ref()
        .and_then(|statement| statement.get("predicateType")?.as_str());
    named.unwrap_or(COSIGN_SIGN_TYPE).to_owned()
}
