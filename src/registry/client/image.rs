//! One image's repository: manifests, tags, referrers and blobs. Each is fetched at most once, also when several ask for
//! it at the same time, and every byte is hashed before it is used.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use oci_spec::distribution::Reference;
use tokio::sync::OnceCell;

use super::held::{Held, check, content_type, hold, verified_digest};
use super::link;
use super::memo::Memo;
use super::session::{Question, Redirects, Session};
use super::trouble::{Trouble, Why};
use super::wire::Answer;
use crate::http::Origin;
use crate::registry::error::{LayoutError, quoted};
use crate::registry::limits::{
    MAX_FETCHED_TOTAL_BYTES, MAX_MANIFEST_BYTES, MAX_MANIFEST_TOTAL_BYTES, MAX_MANIFESTS, MAX_PAGE_BYTES,
    MAX_PAGES,
};
use crate::registry::manifest::{Content, Descriptor, Document, ManifestKind, names};
use crate::registry::raw::RawManifest;
use crate::subject::Digest;

/// The kinds of manifests that are asked for.
pub(super) const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
/// The kind of a list of referrers.
const INDEX: &str = names::OCI_INDEX;

/// A list that a registry gave, as far as it gave it.
#[derive(Debug, Clone, Default)]
pub(super) struct Listed {
    pub(super) found: Vec<Descriptor>,
    pub(super) failed: Option<Trouble>,
    pub(super) asked: Vec<String>,
}

/// A repository of a registry, seen from one reference.
#[derive(Debug)]
pub(super) struct Image {
    session: Arc<Session>,
    repository: String,
    /// `registry/repository` as it was typed.
    name: String,
    wanted: Wanted,
    root: OnceCell<Result<Descriptor, Trouble>>,
    manifests: Memo<Digest, Held>,
    tags: Memo<String, Listed>,
    referrers: Memo<Digest, Listed>,
    /// By size as well: a descriptor with a wrong size must not spoil the blob for those with the right one.
    blobs: Memo<(Digest, u64), Arc<[u8]>>,
    manifest_bytes: AtomicU64,
    blob_bytes: AtomicU64,
}

#[derive(Debug, Clone)]
enum Wanted {
    Tag(String),
    Digest(Digest),
}

impl Image {
    pub(super) fn new(session: Arc<Session>, reference: &Reference) -> Result<Self, Why> {
        let wanted =
            match (reference.digest(), reference.tag()) {
                (Some(digest), _) => Wanted::Digest(digest.parse().map_err(|_| {
                    Why::Protocol(format!("{} is no digest that is supported", quoted(digest)))
                })?),
                (None, tag) => Wanted::Tag(tag.unwrap_or("latest").to_owned()),
            };
        Ok(Self {
            name: format!("{}/{}", session.name(), reference.repository()),
            session,
            repository: reference.repository().to_owned(),
            wanted,
            root: OnceCell::new(),
            manifests: Memo::default(),
            tags: Memo::default(),
            referrers: Memo::default(),
            blobs: Memo::default(),
            manifest_bytes: AtomicU64::new(0),
            blob_bytes: AtomicU64::new(0),
        })
    }

    /// `registry/repository`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// The repository's name on the registry.
    pub(super) fn repository(&self) -> &str {
        &self.repository
    }

    /// The image that the reference names: a tag is resolved here, once, to a digest over bytes that were hashed.
    pub(super) async fn root(&self) -> Result<Descriptor, Trouble> {
        let resolve = || async {
            let (reference, expected) = match &self.wanted {
                Wanted::Tag(tag) => (tag.clone(), None),
                Wanted::Digest(digest) => (digest.to_string(), Some(digest)),
            };
            let held = match expected {
                Some(digest) => self.held(digest).await?,
                None => self.fetch_manifest(&reference, None).await?,
            };
            // What was asked about has to make sense; evidence that does not is one candidate among others.
            let _ = held.document?;
            Ok(held.descriptor)
        };
        self.root.get_or_init(resolve).await.clone()
    }

    /// The manifest that `descriptor` points to, checked against it.
    pub(super) async fn document(&self, descriptor: &Descriptor) -> Result<Arc<Document>, Trouble> {
        let place = self.at(&descriptor.digest);
        if descriptor.kind().is_none() {
            let error = LayoutError::Malformed {
                file: place.clone(),
                place: "the descriptor that points to it".to_owned(),
                detail: format!(
                    "{} is no type of manifest that is supported",
                    quoted(&descriptor.media_type)
                ),
            };
            return Err(Trouble::new(place, Why::Document(Box::new(error))));
        }
        let held = self.held(&descriptor.digest).await?;
        let document = held.document?;
        document
            .agrees_with(descriptor, || place.clone())
            .map_err(|error| {
                Trouble::new(
                    place.clone(),
                    match error {
                        LayoutError::SizeMismatch { expected, found, .. } => Why::Size { expected, found },
                        other => Why::Document(Box::new(other)),
                    },
                )
            })?;
        Ok(document)
    }

    /// What points to the manifest with this digest.
    pub(super) async fn describe(&self, digest: &Digest) -> Result<Descriptor, Trouble> {
        let held = self.held(digest).await?;
        let _ = held.document?;
        Ok(held.descriptor)
    }

    /// The manifest that `descriptor` points to as the bytes that it is.
    pub(super) async fn raw(&self, descriptor: &Descriptor) -> Result<RawManifest, Trouble> {
        self.document(descriptor).await?;
        let held = self.held(&descriptor.digest).await?;
        RawManifest::with_digest(
            held.bytes.to_vec(),
            &descriptor.media_type,
            descriptor.digest.clone(),
        )
        .map_err(|error| Trouble::new(self.at(&descriptor.digest), Why::Document(Box::new(error))))
    }

    /// A manifest that has been fetched, if it has been.
    pub(super) fn known(&self, digest: &Digest) -> Option<Arc<Document>> {
        self.manifests.known(digest)?.document.ok()
    }

    /// Every index that has been fetched, in the order of the digests.
    pub(super) fn known_indexes(&self) -> Vec<(Digest, Arc<Document>)> {
        let document = |(digest, held): (Digest, Held)| Some((digest, held.document.ok()?));
        let documents = self.manifests.all().into_iter().filter_map(document);
        let mut indexes: Vec<_> = documents
            .filter(|(_, document)| document.kind() == ManifestKind::Index)
            .collect();
        indexes.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        indexes
    }

    async fn held(&self, digest: &Digest) -> Result<Held, Trouble> {
        let fetch = || async { self.fetch_manifest(&digest.to_string(), Some(digest)).await };
        self.manifests.once(digest, fetch).await
    }

    /// What a tag points to.
    pub(super) async fn tagged(&self, tag: &str) -> Listed {
        let fetch = || async {
            let asked = self.asked("manifests", tag);
            Ok(match self.fetch_manifest(tag, None).await {
                Ok(held) => Listed {
                    found: vec![held.descriptor],
                    failed: None,
                    asked: vec![format!("{asked}: 200")],
                },
                Err(trouble) => absent(asked, trouble),
            })
        };
        listed(self.tags.once(&tag.to_owned(), fetch).await)
    }

    /// The manifests whose `subject` is `digest`, by the referrers API, all pages.
    pub(super) async fn referrers(&self, digest: &Digest) -> Listed {
        let fetch = || async { Ok(self.fetch_referrers(digest).await) };
        listed(self.referrers.once(digest, fetch).await)
    }

    /// The bytes that `descriptor` points to.
    pub(super) async fn blob(&self, descriptor: &Descriptor, limit: u64) -> Result<Arc<[u8]>, Trouble> {
        let path = self.path("blobs", &descriptor.digest.to_string());
        let asked = || format!("GET {}{path}", self.session.home());
        if descriptor.size > limit {
            let what = "bytes of a blob";
            let file = self.at(&descriptor.digest);
            let error = LayoutError::Limit { file, what, limit };
            return Err(Trouble::new(asked(), Why::Document(Box::new(error))));
        }
        let fetch = || async {
            // Before anything is fetched: what is on its way counts as well.
            within(&self.blob_bytes, descriptor.size, MAX_FETCHED_TOTAL_BYTES)
                .map_err(|why| Trouble::new(asked(), why))?;
            let question = Question {
                repository: &self.repository,
                path: &path,
                accept: None,
                limit: descriptor.size,
                redirects: Redirects::Follow,
            };
            let answer = self.session.ask(question).await?;
            let bytes: Arc<[u8]> = answer.body.into();
            check(&bytes, &descriptor.digest).map_err(|why| Trouble::new(asked(), why))?;
            Ok(bytes)
        };
        let key = (descriptor.digest.clone(), descriptor.size);
        let bytes = self.blobs.once(&key, fetch).await?;
        match bytes.len() as u64 == descriptor.size {
            true => Ok(bytes),
            false => Err(Trouble::new(
                asked(),
                Why::Size {
                    expected: descriptor.size,
                    found: bytes.len() as u64,
                },
            )),
        }
    }

    /// Fetches a manifest by tag or digest, and keeps it under the digest of its bytes.
    async fn fetch_manifest(&self, reference: &str, expected: Option<&Digest>) -> Result<Held, Trouble> {
        let path = self.path("manifests", reference);
        let question = Question {
            repository: &self.repository,
            path: &path,
            accept: Some(MANIFESTS),
            limit: MAX_MANIFEST_BYTES,
            redirects: Redirects::Follow,
        };
        let asked = || self.asked("manifests", reference);
        let answer = self.session.ask(question).await?;
        let digest = verified_digest(&answer, expected).map_err(|why| Trouble::new(asked(), why))?;
        self.account(&answer).map_err(|why| Trouble::new(asked(), why))?;
        let held = hold(&answer, &digest, &self.at(&digest));
        if expected.is_none() {
            // Whoever asks for it by digest finds it here.
            self.manifests.keep(digest, held.clone());
        }
        Ok(held)
    }

    async fn fetch_referrers(&self, digest: &Digest) -> Listed {
        let mut listed = Listed::default();
        let mut path = self.path("referrers", &digest.to_string());
        let mut seen = BTreeSet::new();
        loop {
            let question = Question {
                repository: &self.repository,
                path: &path,
                accept: Some(INDEX),
                limit: MAX_PAGE_BYTES,
                redirects: Redirects::Refuse,
            };
            let asked = self.asked("referrers", &digest.to_string());
            let page = match self.session.ask(question).await {
                Ok(answer) => answer,
                Err(trouble) if seen.is_empty() && trouble.why == Why::NotFound => {
                    let note = format!("{asked}: 404, this registry has no referrers API");
                    return Listed {
                        asked: vec![note],
                        ..listed
                    };
                }
                Err(trouble) => return listed.but(asked, trouble),
            };
            seen.insert(path);
            let next = match self.page(&page, &mut listed, seen.len()) {
                Ok(next) => next,
                Err(why) => return listed.but(asked.clone(), Trouble::new(asked, why)),
            };
            listed.asked.push(format!("{asked}: 200"));
            match next {
                None => return listed,
                Some(next) if seen.contains(&next) => {
                    let why = Why::Protocol("its pages lead in a circle".to_owned());
                    return listed.but(asked.clone(), Trouble::new(asked, why));
                }
                Some(next) => path = next,
            }
        }
    }

    /// Takes what a page lists, and gives the path of the next one.
    fn page(&self, answer: &Answer, listed: &mut Listed, number: usize) -> Result<Option<String>, Why> {
        self.account(answer)?;
        let no_list = || Why::Protocol("the answer is not a list of referrers".to_owned());
        let kind = content_type(&answer.headers).and_then(|text| ManifestKind::of_media_type(&text));
        let document =
            Document::parse_referrers(&answer.body, "the list of referrers").map_err(|_| no_list())?;
        let Content::Index { manifests } = document.content else {
            return Err(no_list());
        };
        if kind == Some(ManifestKind::Image) {
            return Err(no_list());
        }
        listed.found.extend(manifests);
        if listed.found.len() > MAX_MANIFESTS {
            listed.found.truncate(MAX_MANIFESTS);
            return Err(Why::Protocol(format!(
                "it lists more than {MAX_MANIFESTS} referrers"
            )));
        }
        let Some(next) = link::next(&answer.headers).map_err(|detail| Why::Protocol(detail.to_owned()))?
        else {
            return Ok(None);
        };
        if number >= MAX_PAGES {
            return Err(Why::Protocol(format!("it has more than {MAX_PAGES} pages")));
        }
        self.next_path(&next, digest_path(&self.repository)).map(Some)
    }

    /// The path and query of the next page, which has to be one of the same list.
    fn next_path(&self, link: &str, list: String) -> Result<String, Why> {
        let home = self.session.home();
        let base = home
            .url(&list)
            .ok_or_else(|| Why::Protocol("no address can be made of it".to_owned()))?;
        let url = base
            .join(link)
            .map_err(|_| Why::Protocol("its next page is no address".to_owned()))?;
        if Origin::of(&url).as_ref() != Some(home) || !url.path().starts_with(&list) {
            return Err(Why::Refused(
                "its next page is not a page of the same list".to_owned(),
            ));
        }
        Ok(match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    }

    /// Counts the bytes of manifests and lists.
    fn account(&self, answer: &Answer) -> Result<(), Why> {
        let size = answer.body.len() as u64;
        within(&self.manifest_bytes, size, MAX_MANIFEST_TOTAL_BYTES)
    }

    fn path(&self, what: &str, reference: &str) -> String {
        format!("/v2/{}/{what}/{reference}", self.repository)
    }

    fn asked(&self, what: &str, reference: &str) -> String {
        format!("GET {}{}", self.session.home(), self.path(what, reference))
    }

    fn at(&self, digest: &Digest) -> String {
        format!("{}@{digest}", self.name)
    }
}

/// Adds `size` bytes to `total`, unless that would be more than `limit` in all.
fn within(total: &AtomicU64, size: u64, limit: u64) -> Result<(), Why> {
    let add = |before: u64| before.checked_add(size).filter(|after| *after <= limit);
    match total.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add) {
        Ok(_) => Ok(()),
        Err(_) => Err(Why::TooLarge(limit)),
    }
}

fn digest_path(repository: &str) -> String {
    format!("/v2/{repository}/referrers/")
}

impl Listed {
    /// What was listed before it went wrong.
    fn but(mut self, asked: String, trouble: Trouble) -> Self {
        self.asked.push(format!("{asked}: {}", trouble.why.code()));
        self.failed = Some(trouble);
        self
    }
}

/// A place that is not there holds nothing; every other trouble leaves open what it holds.
fn absent(asked: String, trouble: Trouble) -> Listed {
    match trouble.why {
        Why::NotFound | Why::NoRepository => Listed {
            asked: vec![format!("{asked}: 404")],
            ..Listed::default()
        },
        _ => Listed::default().but(asked, trouble),
    }
}

fn listed(result: Result<Listed, Trouble>) -> Listed {
    result.unwrap_or_else(|trouble| Listed {
        failed: Some(trouble),
        ..Listed::default()
    })
}
