//! From what was typed to digests over bytes that were hashed here, and the evidence that hangs on them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oci_spec::distribution::Reference;
use tempfile::NamedTempFile;

use super::Request;
use super::candidate::Candidate;
use super::gather::{self, Evidence, Reading};
use crate::ops::{directory, hash};
use crate::registry::{self, Layout, PlatformChoice, Resolved, Store};
use crate::report::{Code, Finding, SubjectKind, SubjectReport, Verdict};
use crate::sbom::binding::{Thing, Verified};
use crate::sigstore::Content;
use crate::subject::{Digest, LayoutSelector, Subject};

/// A subject as it was asked about: what was typed, and what it means.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What was typed.
    pub(super) input: &'a str,
    /// What it means.
    pub(super) subject: &'a Subject,
}

/// A subject that can be examined, or the finding that says why it cannot.
pub(super) struct Prepared<'a> {
    asked: Asked<'a>,
    kind: SubjectKind,
    name: String,
    digests: Vec<Verified>,
    platform: Option<String>,
    found: Result<Found, Finding>,
}

/// What was found of a subject.
pub(super) struct Found {
    /// The evidence, with the places that were looked in.
    pub(super) evidence: Evidence,
    bytes: Bytes,
}

enum Bytes {
    None,
    File(PathBuf),
    /// Standard input, kept until the run ends.
    Spooled(NamedTempFile),
}

impl Found {
    /// The subject's bytes, where there are any.
    pub(super) fn content(&self) -> Content<'_> {
        match &self.bytes {
            Bytes::None => Content::DigestOnly,
            Bytes::File(path) => Content::File(path),
            Bytes::Spooled(file) => Content::File(file.path()),
        }
    }
}

impl<'a> Prepared<'a> {
    /// The subject as it was asked about.
    pub(super) fn subject(&self) -> &Subject {
        self.asked.subject
    }

    /// The digests that are known of the subject by bytes that were read: its own, and what an SBOM of it may name beside.
    pub(super) fn digests(&self) -> &[Verified] {
        &self.digests
    }

    fn digest(&self) -> Option<&Digest> {
        self.digests.first().map(|verified| &verified.digest)
    }

    /// What was found, unless the subject cannot be examined.
    pub(super) fn found(&self) -> Option<&Found> {
        self.found.as_ref().ok()
    }

    /// The beginning of the subject's report. Undecided, or what the finding says, until a decision is made.
    pub(super) fn report(&self) -> SubjectReport {
        let (verdict, findings) = match &self.found {
            Ok(_) => (Verdict::Undecided, Vec::new()),
            Err(finding) => (finding.code.verdict(), vec![finding.clone()]),
        };
        SubjectReport {
            input: self.asked.input.to_owned(),
            kind: self.kind,
            name: self.name.clone(),
            digest: self.digest().cloned(),
            platform: self.platform.clone(),
            verdict,
            places: Vec::new(),
            candidates: Vec::new(),
            sboms: Vec::new(),
            findings,
        }
    }

    fn failed(asked: Asked<'a>, kind: SubjectKind, finding: Finding) -> Self {
        let name = asked.input.to_owned();
        Self {
            asked,
            kind,
            name,
            digests: Vec::new(),
            platform: None,
            found: Err(finding),
        }
    }

    /// A subject whose digest is known and whose evidence was looked for.
    fn with(asked: Asked<'a>, kind: SubjectKind, name: String, digest: Digest, found: Found) -> Self {
        Self {
            asked,
            kind,
            name,
            digests: vec![Verified {
                digest,
                of: Thing::Subject,
            }],
            platform: None,
            found: Ok(found),
        }
    }
}

/// Prepares one argument; an image index under `--all-platforms` becomes several subjects.
pub(super) fn prepare<'a>(asked: Asked<'a>, request: &Request<'_>) -> Vec<Prepared<'a>> {
    match asked.subject {
        Subject::File(path) => vec![file(asked, path, request)],
        Subject::Directory { path, ignored } => vec![directory(asked, path, ignored, request)],
        Subject::Stdin => vec![stdin(asked, request)],
        Subject::Digest(digest) => vec![digest_alone(asked, digest, request)],
        Subject::Layout { path, selector } => layout(asked, path, selector, request),
        Subject::Image(reference) => remote(asked, reference, request),
    }
}

fn reading(request: &Request<'_>) -> Reading {
    Reading {
        limits: request.rules.limits(),
        jobs: request.jobs_of_each(),
    }
}

fn file<'a>(asked: Asked<'a>, path: &Path, request: &Request<'_>) -> Prepared<'a> {
    let digest = match hash::file(path, request.rules.limits().artifact_bytes, request.on_bytes) {
        Ok(digest) => digest,
        Err(error) => return Prepared::failed(asked, SubjectKind::File, unreadable(asked.input, &error)),
    };
    let evidence = if request.bundles.is_empty() {
        gather::beside_file(path, &digest, reading(request))
    } else {
        gather::named_bundles(request.bundles, &digest, reading(request))
    };
    let found = Found {
        evidence,
        bytes: Bytes::File(path.to_owned()),
    };
    Prepared::with(
        asked,
        SubjectKind::File,
        path.display().to_string(),
        digest,
        found,
    )
}

/// A directory is known by the list of its files, and its digest is that of the list.
fn directory<'a>(asked: Asked<'a>, path: &Path, ignored: &[String], request: &Request<'_>) -> Prepared<'a> {
    let reading_files = directory::Reading {
        ignored,
        evidence: request.bundles,
        limit: request.rules.limits().artifact_bytes,
        jobs: request.jobs_of_each(),
        on_bytes: request.on_bytes,
    };
    let list = match directory::read(path, &reading_files) {
        Ok(list) => Arc::new(list),
        Err(finding) => return Prepared::failed(asked, SubjectKind::Directory, finding),
    };
    let digest = list.digest();
    let mut evidence = match (request.bundles, path.file_name()) {
        ([], Some(_)) => {
            // Without the slash that may stand at its end.
            let plain: PathBuf = path.components().collect();
            gather::beside_file(&plain, &digest, reading(request))
        }
        (bundles, _) => gather::named_bundles(bundles, &digest, reading(request)),
    };
    let candidates = evidence.candidates.into_iter();
    evidence.candidates = candidates.map(|candidate| candidate.over_files(&list)).collect();
    let found = Found {
        evidence,
        bytes: Bytes::None,
    };
    let name = path.display().to_string();
    Prepared::with(asked, SubjectKind::Directory, name, digest, found)
}

/// Standard input is kept in a file while it is hashed: some signatures need a second reading.
fn stdin<'a>(asked: Asked<'a>, request: &Request<'_>) -> Prepared<'a> {
    let spooled = NamedTempFile::new().and_then(|mut file| {
        let digest = hash::copy(
            io::stdin().lock(),
            &mut file,
            request.rules.limits().artifact_bytes,
            request.on_bytes,
        )?;
        Ok((file, digest))
    });
    match spooled {
        Ok((file, digest)) => {
            let evidence = gather::named_bundles(request.bundles, &digest, reading(request));
            let found = Found {
                evidence,
                bytes: Bytes::Spooled(file),
            };
            Prepared::with(asked, SubjectKind::File, "-".to_owned(), digest, found)
        }
        Err(error) => Prepared::failed(asked, SubjectKind::File, unreadable("standard input", &error)),
    }
}

fn digest_alone<'a>(asked: Asked<'a>, digest: &Digest, request: &Request<'_>) -> Prepared<'a> {
    let found = Found {
        evidence: gather::named_bundles(request.bundles, digest, reading(request)),
        bytes: Bytes::None,
    };
    Prepared::with(
        asked,
        SubjectKind::Digest,
        digest.to_string(),
        digest.clone(),
        found,
    )
}

fn layout<'a>(
    asked: Asked<'a>,
    path: &Path,
    selector: &LayoutSelector,
    request: &Request<'_>,
) -> Vec<Prepared<'a>> {
    let opened = Layout::open(path).and_then(|layout| {
        let images = layout.resolve(selector, request.platform)?;
        Ok((layout, images))
    });
    match opened {
        Ok((layout, images)) => {
            let name = |digest: &Digest| format!("oci-layout:{}@{digest}", layout.path().display());
            let images = images.into_iter();
            images
                .map(|image| stored(asked, &layout, name(&image.digest), image, request))
                .collect()
        }
        Err(error) => vec![Prepared::failed(asked, SubjectKind::Image, error.finding())],
    }
}

fn remote<'a>(asked: Asked<'a>, reference: &Reference, request: &Request<'_>) -> Vec<Prepared<'a>> {
    let Some(registry) = request.registry else {
        let finding = Finding::new(
            Code::SubjectUnreadable,
            "images in registries are out of reach here",
        )
        .help("copy the image into an OCI layout and verify oci-layout:DIR");
        return vec![Prepared::failed(asked, SubjectKind::Image, finding)];
    };
    let opened = (registry.open)(reference).and_then(|store| {
        let images = store.resolve(request.platform)?;
        Ok((store, images))
    });
    let (store, images) = match opened {
        Ok(opened) => opened,
        Err(finding) => return vec![Prepared::failed(asked, SubjectKind::Image, *finding)],
    };
    if request.bundles.is_empty() {
        store.prefetch(images.iter().flat_map(|image| looked_at(image, request)));
    }
    let images = images.into_iter();
    images
        .map(|image| stored(asked, &store, store.name_of(&image.digest), image, request))
        .collect()
}

/// An image in a layout or a registry, with what hangs on it.
fn stored<'a>(
    asked: Asked<'a>,
    store: &impl Store,
    name: String,
    image: Resolved,
    request: &Request<'_>,
) -> Prepared<'a> {
    let mut evidence = Evidence::default();
    for digest in looked_at(&image, request) {
        evidence.append(discover(store, digest, request));
    }
    let found = Found {
        evidence,
        bytes: Bytes::None,
    };
    let parent = parent_of(&image, request).cloned();
    let others = [(image.config, Thing::Config), (parent, Thing::Index)];
    let mut prepared = Prepared::with(asked, SubjectKind::Image, name, image.digest, found);
    prepared.platform = image.platform;
    for (digest, of) in others {
        prepared
            .digests
            .extend(digest.map(|digest| Verified { digest, of }));
    }
    prepared
}

/// The index that an image was picked from by its platform.
fn parent_of<'i>(image: &'i Resolved, request: &Request<'_>) -> Option<&'i Digest> {
    let picked = matches!(request.platform, PlatformChoice::One(_));
    image.parent.as_ref().filter(|_| picked)
}

/// The digests whose evidence counts for an image: its own, and that of the index that it was picked from, which names
/// it by digest. With `--all-platforms` every image has to stand on its own.
fn looked_at<'i>(image: &'i Resolved, request: &Request<'_>) -> impl Iterator<Item = &'i Digest> {
    std::iter::once(&image.digest).chain(parent_of(image, request))
}

fn discover(store: &impl Store, digest: &Digest, request: &Request<'_>) -> Evidence {
    if !request.bundles.is_empty() {
        return gather::named_bundles(request.bundles, digest, reading(request));
    }
    let limits = request.rules.limits();
    let discovery = registry::discover(store, digest);
    let attachments = discovery.attachments.into_iter();
    let candidates = attachments
        .map(|attachment| Candidate::from_attachment(attachment, limits.evidence_bytes))
        .collect();
    let mut evidence = Evidence {
        places: discovery.places,
        candidates,
    };
    evidence.cut_to(limits.candidates);
    evidence
}

fn unreadable(what: &str, error: &io::Error) -> Finding {
    Finding::new(Code::SubjectUnreadable, format!("{what}: {error}"))
}
