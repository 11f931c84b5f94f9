//! Writing to one repository: blobs, manifests, tags. What a registry says about what it took is compared with what was
//! sent, and what matters is read back.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH,
};
use reqwest::{Method, StatusCode, Url};

use super::feed::Load;
use super::held::{claimed_digest, hold, verified_digest};
use super::image::{Image, MANIFESTS};
use super::order::{Attempts, Order};
use super::pass::Scope;
use super::session::judge;
use super::token::asked;
use super::trouble::{Trouble, Why};
use super::wire::Answer;
use crate::http::is_redirect;
use crate::registry::content::Content;
use crate::registry::limits::MAX_MANIFEST_BYTES;
use crate::registry::manifest::Descriptor;
use crate::registry::raw::RawManifest;
use crate::subject::Digest;

/// The header with which a registry says that it lists a manifest as a referrer.
const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
/// Bytes of an answer to something that was written; they are not read for anything.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// What a tag points to when it is about to be changed.
#[derive(Debug, Clone)]
pub(super) struct Tagged {
    pub(super) manifest: RawManifest,
    /// How the registry tells this version from others.
    etag: Option<HeaderValue>,
}

/// Under which condition a manifest is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Condition<'a> {
    None,
    /// The tag still points to what was read, or to nothing. Registries that know no conditions pass over it.
    Unchanged(Option<&'a Tagged>),
}

/// What became of a manifest that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// It is there, and the registry lists it as a referrer of its subject.
    Listed,
    /// It is there.
    Unlisted,
    /// It is not: the tag was changed in between.
    Overtaken,
}

impl Image {
    /// Whether the repository has a blob.
    pub(super) async fn has_blob(&self, blob: &Descriptor) -> Result<bool, Trouble> {
        let url = self.address(&format!("blobs/{}", blob.digest))?;
        let scope = Scope::push(self.repository());
        let order = self.order(Method::HEAD, url, &scope);
        let answer = self.session().order(&order).await?;
        // Whoever points to where the blob is kept has it. What is there cannot be asked: the address may be for GET only.
        if is_redirect(answer.status) {
            return Ok(true);
        }
        let trouble = |why| Trouble::new(order.asked(), why);
        let length = answer.headers.get(CONTENT_LENGTH).cloned();
        match judge(answer, &[StatusCode::OK]) {
            Ok(_) => {}
            Err(Why::NotFound | Why::NoRepository) => return Ok(false),
            Err(why) => return Err(trouble(why)),
        }
        let found: Option<u64> = length.and_then(|value| value.to_str().ok()?.parse().ok());
        match found {
            Some(found) if found != blob.size => {
                let expected = blob.size;
                Err(trouble(Why::Size { expected, found }))
            }
            _ => Ok(true),
        }
    }

    /// Takes a blob over from another repository of this registry. False when the registry does not do that.
    pub(super) async fn mount(&self, blob: &Descriptor, from: &str) -> Result<bool, Trouble> {
        let scope = Scope::mount(self.repository(), from);
        let mut url = self.address("blobs/uploads/")?;
        url.query_pairs_mut()
            .extend_pairs([("mount", blob.digest.to_string().as_str()), ("from", from)]);
        let order = self.order(Method::POST, url, &scope);
        let answer = self.session().order(&order).await?;
        match judge(answer, &[StatusCode::CREATED]) {
            Ok(answer) => {
                confirm(&answer, &blob.digest).map_err(|why| Trouble::new(order.asked(), why))?;
                self.has_blob(blob).await
            }
            // 202 begins an ordinary upload, and whoever may not read there cannot mount: the bytes are sent instead.
            Err(_) => Ok(false),
        }
    }

    /// Uploads a blob, as often as it makes sense to, and makes sure that it is there.
    pub(super) async fn upload(&self, blob: &Descriptor, content: Arc<dyn Content>) -> Result<(), Trouble> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let result = self.upload_once(blob, &content).await;
            let outcome = result.as_ref().map_err(|trouble| &trouble.why);
            if self
                .session()
                .again(attempt, outcome.map(|(answer, _)| answer))
                .await
                .map_err(|why| self.trouble("blobs/uploads/", why))?
            {
                continue;
            }
            let (answer, asked) = result?;
            let trouble = |why| Trouble::new(asked, why);
            let answer = judge(answer, &[StatusCode::CREATED]);
            let confirmed = answer.and_then(|answer| confirm(&answer, &blob.digest));
            confirmed.map_err(trouble)?;
            break;
        }
        match self.has_blob(blob).await? {
            true => Ok(()),
            false => {
                let why = Why::Protocol("it took the blob and does not have it".to_owned());
                Err(self.trouble(&format!("blobs/{}", blob.digest), why))
            }
        }
    }

    /// One upload from its beginning: the last answer, and what it answers.
    async fn upload_once(
        &self,
        blob: &Descriptor,
        content: &Arc<dyn Content>,
    ) -> Result<(Answer, String), Trouble> {
        let scope = Scope::push(self.repository());
        let start = Order {
            attempts: Attempts::One,
            load: Load::Bytes(Bytes::new()),
            ..self.order(Method::POST, self.address("blobs/uploads/")?, &scope)
        };
        let answer = self.session().order(&start).await?;
        if answer.status != StatusCode::ACCEPTED {
            // Created would be a claim to have what was not sent.
            let answer = match answer.status {
                StatusCode::CREATED => Err(Why::Protocol("it claims to have what was not sent".to_owned())),
                _ => Ok(answer),
            };
            let asked = start.asked();
            return answer
                .map(|answer| (answer, asked.clone()))
                .map_err(|why| Trouble::new(asked.clone(), why));
        }
        let mut url = self
            .session()
            .upload_address(&start.url, &answer)
            .map_err(|why| Trouble::new(start.asked(), why))?;
        url.query_pairs_mut()
            .append_pair("digest", &blob.digest.to_string());
        let put = Order {
            attempts: Attempts::One,
            load: Load::Content(Arc::clone(content), blob.size),
            headers: [(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"))]
                .into_iter()
                .collect(),
            ..self.order(Method::PUT, url, &scope)
        };
        let asked = put.asked();
        self.session().order(&put).await.map(|answer| (answer, asked))
    }

    /// Writes a manifest under its digest or a tag, and compares what the registry says about it.
    pub(super) async fn put_manifest(
        &self,
        manifest: &RawManifest,
        reference: &str,
        condition: Condition<'_>,
    ) -> Result<Written, Trouble> {
        let scope = Scope::push(self.repository());
        let mut headers = HeaderMap::new();
        let descriptor = manifest.descriptor();
        let media_type = HeaderValue::from_str(&descriptor.media_type).map_err(|_| {
            self.trouble(
                "manifests",
                Why::Protocol("its type is none that can be sent".to_owned()),
            )
        })?;
        headers.insert(CONTENT_TYPE, media_type);
        match condition {
            Condition::None => {}
            Condition::Unchanged(None) => {
                headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
            }
            Condition::Unchanged(Some(tagged)) => {
                headers.extend(tagged.etag.clone().map(|etag| (IF_MATCH, etag)));
            }
        }
        let order = Order {
            headers,
            load: Load::Bytes(manifest.bytes().to_vec().into()),
            ..self.order(
                Method::PUT,
                self.address(&format!("manifests/{reference}"))?,
                &scope,
            )
        };
        let answer = self.session().order(&order).await?;
        let conditional = !matches!(condition, Condition::None);
        if conditional && answer.status == StatusCode::PRECONDITION_FAILED {
            return Ok(Written::Overtaken);
        }
        let answer = judge(answer, &[StatusCode::CREATED, StatusCode::OK])
            .and_then(|answer| confirm(&answer, &descriptor.digest).map(|()| answer))
            .map_err(|why| Trouble::new(order.asked(), why))?;
        let subject = manifest.document().subject.as_ref();
        let lists = answer.headers.get(OCI_SUBJECT).is_some_and(|value| {
            subject.is_some_and(|subject| value.as_bytes() == subject.digest.to_string().as_bytes())
        });
        Ok(if lists { Written::Listed } else { Written::Unlisted })
    }

    /// Writes a manifest under its digest and reads it back.
    pub(super) async fn keep_manifest(&self, manifest: &RawManifest) -> Result<Written, Trouble> {
        let digest = &manifest.descriptor().digest;
        let reference = digest.to_string();
        let written = self.put_manifest(manifest, &reference, Condition::None).await?;
        match self.current(&reference, Some(digest)).await? {
            Some(_) => Ok(written),
            None => {
                let why = Why::Protocol("it took the manifest and does not have it".to_owned());
                Err(self.trouble(&format!("manifests/{reference}"), why))
            }
        }
    }

    /// Lets a tag point to a manifest that is there, and reads it back.
    pub(super) async fn point(&self, tag: &str, manifest: &RawManifest) -> Result<(), Trouble> {
        self.put_manifest(manifest, tag, Condition::None).await?;
        let found = self.current(tag, None).await?;
        let found = found.map(|tagged| tagged.manifest.descriptor().digest.clone());
        let why = match found {
            Some(found) if found == manifest.descriptor().digest => return Ok(()),
            Some(found) => Why::Contended(format!("the tag points to {found}, which somebody else wrote")),
            None => Why::Protocol("it took the manifest and does not have the tag".to_owned()),
        };
        Err(self.trouble(&format!("manifests/{tag}"), why))
    }

    /// What a tag or digest points to now. Unlike what is read to verify, this is asked each time.
    pub(super) async fn current(
        &self,
        reference: &str,
        expected: Option<&Digest>,
    ) -> Result<Option<Tagged>, Trouble> {
        let scope = Scope::push(self.repository());
        let path = format!("manifests/{reference}");
        let order = Order {
            headers: [(ACCEPT, HeaderValue::from_static(MANIFESTS))]
                .into_iter()
                .collect(),
            limit: MAX_MANIFEST_BYTES,
            ..self.order(Method::GET, self.address(&path)?, &scope)
        };
        let answer = self.session().order(&order).await?;
        let trouble = |why| Trouble::new(order.asked(), why);
        let answer = match judge(answer, &[StatusCode::OK]) {
            Ok(answer) => answer,
            Err(Why::NotFound | Why::NoRepository) => return Ok(None),
            Err(why) => return Err(trouble(why)),
        };
        let digest = verified_digest(&answer, expected).map_err(trouble)?;
        let etag = answer.headers.get(ETAG).cloned();
        let held = hold(&answer, &digest, &path);
        let _ = held.document?;
        let manifest = RawManifest::with_digest(answer.body, &held.descriptor.media_type, digest)
            .map_err(|error| trouble(Why::Document(Box::new(error))))?;
        Ok(Some(Tagged { manifest, etag }))
    }

    /// Whether a manifest is there.
    pub(super) async fn has_manifest(&self, digest: &Digest) -> Result<bool, Trouble> {
        let scope = Scope::push(self.repository());
        let order = Order {
            headers: [(ACCEPT, HeaderValue::from_static(MANIFESTS))]
                .into_iter()
                .collect(),
            ..self.order(
                Method::HEAD,
                self.address(&format!("manifests/{digest}"))?,
                &scope,
            )
        };
        let answer = self.session().order(&order).await?;
        match judge(answer, &[StatusCode::OK]) {
            Ok(_) => Ok(true),
            Err(Why::NotFound | Why::NoRepository) => Ok(false),
            Err(why) => Err(Trouble::new(order.asked(), why)),
        }
    }

    /// Deletes a manifest. False where the registry does not let go of it.
    pub(super) async fn delete_manifest(&self, digest: &Digest) -> Result<bool, Trouble> {
        let scope = Scope::push(self.repository());
        let url = self.address(&format!("manifests/{digest}"))?;
        let order = self.order(Method::DELETE, url, &scope);
        let answer = self.session().order(&order).await?;
        match answer.status {
            // Many registries allow nobody to delete, or not to those who may write.
            StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::FORBIDDEN
            | StatusCode::UNAUTHORIZED
            | StatusCode::BAD_REQUEST
            | StatusCode::NOT_IMPLEMENTED => return Ok(false),
            _ => {}
        }
        match judge(
            answer,
            &[StatusCode::ACCEPTED, StatusCode::OK, StatusCode::NO_CONTENT],
        ) {
            Ok(_) | Err(Why::NotFound | Why::NoRepository) => Ok(true),
            Err(why) => Err(Trouble::new(order.asked(), why)),
        }
    }

    fn order<'a>(&self, method: Method, url: Url, scope: &'a Scope) -> Order<'a> {
        let load = match method {
            Method::POST => Load::Bytes(Bytes::new()),
            _ => Load::Nothing,
        };
        Order {
            method,
            url,
            scope,
            headers: HeaderMap::new(),
            load,
            limit: MAX_ANSWER_BYTES,
            attempts: Attempts::Several,
        }
    }

    /// The address of something in this repository.
    fn address(&self, what: &str) -> Result<Url, Trouble> {
        let path = format!("/v2/{}/{what}", self.repository());
        let url = self.session().home().url(&path);
        url.ok_or_else(|| self.trouble(what, Why::Protocol("no address can be made of it".to_owned())))
    }

    pub(super) fn trouble(&self, what: &str, why: Why) -> Trouble {
        let path = format!("/v2/{}/{what}", self.repository());
        match self.session().home().url(&path) {
            Some(url) => Trouble::new(asked("PUT", &url), why),
            None => Trouble::new(path, why),
        }
    }
}

/// Compares the digest that the registry gives with the one that was sent.
fn confirm(answer: &Answer, sent: &Digest) -> Result<(), Why> {
    match claimed_digest(answer) {
        Some(claimed) if claimed.algorithm() == sent.algorithm() && claimed != *sent => Err(Why::Digest {
            expected: sent.clone(),
            found: claimed,
        }),
        _ => Ok(()),
    }
}
