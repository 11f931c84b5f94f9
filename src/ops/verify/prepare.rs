//! From what was typed to digests over bytes that were hashed here, and the evidence that hangs on them.

use std::io;
use std::path::PathBuf;

use tempfile::NamedTempFile;

use super::Request;
use super::candidate::Candidate;
use super::gather::{self, Evidence};
use crate::ops::hash;
use crate::registry::{self, Layout, PlatformChoice, Resolved};
use crate::report::{Code, Finding, SubjectKind, SubjectReport, Verdict};
use crate::sigstore::Content;
use crate::subject::{Digest, LayoutSelector, Subject};

/// A subject that can be examined, or the finding that says why it cannot.
pub(super) struct Prepared {
    input: String,
    kind: SubjectKind,
    name: String,
    digest: Option<Digest>,
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

impl Prepared {
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
            input: self.input.clone(),
            kind: self.kind,
            name: self.name.clone(),
            digest: self.digest.clone(),
            platform: self.platform.clone(),
            verdict,
            places: Vec::new(),
            candidates: Vec::new(),
            findings,
        }
    }

    fn failed(input: &str, kind: SubjectKind, finding: Finding) -> Self {
        let name = input.to_owned();
        Self {
            input: input.to_owned(),
            kind,
            name,
            digest: None,
            platform: None,
            found: Err(finding),
        }
    }
}

/// Prepares one argument; an image index under `--all-platforms` becomes several subjects.
pub(super) fn prepare(input: &str, subject: &Subject, request: &Request<'_>) -> Vec<Prepared> {
    match subject {
        Subject::File(path) => vec![file(input, path, request)],
        Subject::Stdin => vec![stdin(input, request)],
        Subject::Digest(digest) => vec![digest_alone(input, digest, request)],
        Subject::Layout { path, selector } => layout(input, path, selector, request),
        Subject::Image(_) => vec![Prepared::failed(input, SubjectKind::Image, no_registry())],
    }
}

fn no_registry() -> Finding {
    Finding::new(
        Code::SubjectUnreadable,
        "this version cannot read images from a registry",
    )
    .help("copy the image into an OCI layout, for example with skopeo copy, and verify oci-layout:DIR")
}

fn file(input: &str, path: &std::path::Path, request: &Request<'_>) -> Prepared {
    let digest = match hash::file(path, request.on_bytes) {
        Ok(digest) => digest,
        Err(error) => return Prepared::failed(input, SubjectKind::File, unreadable(input, &error)),
    };
    let evidence = if request.bundles.is_empty() {
        gather::beside_file(path, &digest)
    } else {
        gather::named_bundles(request.bundles, &digest)
    };
    Prepared {
        input: input.to_owned(),
        kind: SubjectKind::File,
        name: path.display().to_string(),
        digest: Some(digest),
        platform: None,
        found: Ok(Found {
            evidence,
            bytes: Bytes::File(path.to_owned()),
        }),
    }
}

/// Standard input is kept in a file while it is hashed: some signatures need a second reading.
fn stdin(input: &str, request: &Request<'_>) -> Prepared {
    let spooled = NamedTempFile::new().and_then(|mut file| {
        let digest = hash::copy(io::stdin().lock(), &mut file, request.on_bytes)?;
        Ok((file, digest))
    });
    match spooled {
        Ok((file, digest)) => Prepared {
            input: input.to_owned(),
            kind: SubjectKind::File,
            name: "-".to_owned(),
            found: Ok(Found {
                evidence: gather::named_bundles(request.bundles, &digest),
                bytes: Bytes::Spooled(file),
            }),
            digest: Some(digest),
            platform: None,
        },
        Err(error) => Prepared::failed(input, SubjectKind::File, unreadable("standard input", &error)),
    }
}

fn digest_alone(input: &str, digest: &Digest, request: &Request<'_>) -> Prepared {
    Prepared {
        input: input.to_owned(),
        kind: SubjectKind::Digest,
        name: digest.to_string(),
        digest: Some(digest.clone()),
        platform: None,
        found: Ok(Found {
            evidence: gather::named_bundles(request.bundles, digest),
            bytes: Bytes::None,
        }),
    }
}

fn layout(
    input: &str,
    path: &std::path::Path,
    selector: &LayoutSelector,
    request: &Request<'_>,
) -> Vec<Prepared> {
    let opened = Layout::open(path).and_then(|layout| {
        let images = layout.resolve(selector, request.platform)?;
        Ok((layout, images))
    });
    match opened {
        Ok((layout, images)) => images
            .into_iter()
            .map(|image| layout_image(input, &layout, image, request))
            .collect(),
        Err(error) => vec![Prepared::failed(input, SubjectKind::Image, error.finding())],
    }
}

fn layout_image(input: &str, layout: &Layout, image: Resolved, request: &Request<'_>) -> Prepared {
    let mut evidence = discover(layout, &image.digest, request);
    // An index names its images by digest, so what vouches for the index vouches for the image that was picked from
    // it. With --all-platforms every image has to stand on its own.
    if let (PlatformChoice::One(_), Some(parent)) = (request.platform, &image.parent) {
        evidence.append(discover(layout, parent, request));
    }
    Prepared {
        input: input.to_owned(),
        kind: SubjectKind::Image,
        name: format!("oci-layout:{}@{}", layout.path().display(), image.digest),
        digest: Some(image.digest),
        platform: image.platform,
        found: Ok(Found {
            evidence,
            bytes: Bytes::None,
        }),
    }
}

fn discover(layout: &Layout, digest: &Digest, request: &Request<'_>) -> Evidence {
    if !request.bundles.is_empty() {
        return gather::named_bundles(request.bundles, digest);
    }
    let discovery = registry::discover(layout, digest);
    let candidates = discovery
        .attachments
        .into_iter()
        .map(Candidate::from_attachment)
        .collect();
    Evidence {
        places: discovery.places,
        candidates,
    }
}

fn unreadable(what: &str, error: &io::Error) -> Finding {
    Finding::new(Code::SubjectUnreadable, format!("{what}: {error}"))
}
