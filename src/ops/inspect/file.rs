//! Files and digests, with the bundles that were named or lie beside them.

use std::io;
use std::path::{Path, PathBuf};

use super::{Request, claims};
use crate::ops::verify::candidate::Candidate;
use crate::ops::verify::gather::names_beside;
use crate::ops::{directory, hash, read};
use crate::policy::Limits;
use crate::report::{Attached, Code, Finding, InspectedPlace, Node, Place, PlaceKind, PlaceOutcome};
use crate::sigstore::bundle::split_documents;
use crate::subject::Digest;

/// A file, with the bundles that were named or else those beside it.
pub(super) fn look(path: &Path, request: &Request<'_>) -> Result<Node, Box<Finding>> {
    let name = path.display().to_string();
    let limits = Limits::default();
    let digest =
        hash::file(path, limits.artifact_bytes, &|_| {}).map_err(|error| unreadable(&name, &error))?;
    let places = beside_or_named(path, &digest, request);
    let size = std::fs::metadata(path).ok().map(|metadata| metadata.len());
    Ok(node(name, digest, size, places))
}

/// A directory by the list of all its files, with the bundles that were named or else those beside it.
pub(super) fn look_at_directory(path: &Path, request: &Request<'_>) -> Result<Node, Box<Finding>> {
    let reading = directory::Reading {
        ignored: &[],
        evidence: request.bundles,
        limit: Limits::default().artifact_bytes,
        jobs: request.jobs,
        on_bytes: &|_| {},
    };
    let digest = directory::read(path, &reading)?.digest();
    let plain: PathBuf = path.components().collect();
    let places = beside_or_named(&plain, &digest, request);
    Ok(node(path.display().to_string(), digest, None, places))
}

fn beside_or_named(path: &Path, digest: &Digest, request: &Request<'_>) -> Vec<InspectedPlace> {
    match request.bundles {
        [] => names_beside(path)
            .iter()
            .map(|path| place(PlaceKind::BesideFile, path, digest))
            .collect(),
        named => named_bundles(named, digest),
    }
}

/// Standard input, with the bundles that were named.
pub(super) fn look_at_stdin(request: &Request<'_>) -> Result<Node, Box<Finding>> {
    let limits = Limits::default();
    let digest = hash::copy(
        io::stdin().lock(),
        &mut io::sink(),
        limits.artifact_bytes,
        &|_| {},
    );
    let digest = digest.map_err(|error| unreadable("standard input", &error))?;
    let places = named_bundles(request.bundles, &digest);
    Ok(node("-".to_owned(), digest, None, places))
}

/// A digest, with the bundles that were named.
pub(super) fn look_at_digest(digest: &Digest, request: &Request<'_>) -> Node {
    let places = named_bundles(request.bundles, digest);
    node(digest.to_string(), digest.clone(), None, places)
}

/// The places of bundle files that were named.
pub(super) fn named_bundles(paths: &[PathBuf], about: &Digest) -> Vec<InspectedPlace> {
    let mut paths = paths.iter();
    paths
        .by_ref()
        .map(|path| place(PlaceKind::BundleFile, path, about))
        .collect()
}

fn node(name: String, digest: Digest, size: Option<u64>, places: Vec<InspectedPlace>) -> Node {
    Node {
        name,
        digest,
        media_type: None,
        size,
        platform: None,
        problem: None,
        places,
        images: Vec::new(),
    }
}

fn place(kind: PlaceKind, path: &Path, about: &Digest) -> InspectedPlace {
    let location = path.display().to_string();
    let limits = Limits::default();
    let failed = |code, detail| (PlaceOutcome::Failed { code, detail }, Vec::new());
    let (outcome, attached) = match read::bounded(path, limits.bundle_file_bytes) {
        Ok(bytes) => match split_documents(&bytes) {
            Ok(parts) => bundles(&location, &parts, about),
            Err(finding) => failed(finding.code, finding.message),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound && kind == PlaceKind::BesideFile => {
            (PlaceOutcome::Nothing, Vec::new())
        }
        Err(error) => failed(Code::PlaceFailed, error.to_string()),
    };
    InspectedPlace {
        place: Place {
            kind,
            location,
            about: Some(about.clone()),
            asked: Vec::new(),
            outcome,
        },
        attached,
        omitted: 0,
    }
}

fn bundles(location: &str, parts: &[&[u8]], about: &Digest) -> (PlaceOutcome, Vec<Attached>) {
    let count = parts.len();
    let attached = parts.iter().enumerate().map(|(index, part)| {
        let location = match count {
            1 => location.to_owned(),
            _ => format!("{location}, bundle {} of {count}", index.saturating_add(1)),
        };
        let candidate = Candidate::from_bundle(location, about, part);
        claims::attached(candidate, about, Digest::sha256(part), part.len() as u64, None)
    });
    let outcome = match count {
        0 => PlaceOutcome::Nothing,
        count => PlaceOutcome::Found { count },
    };
    (outcome, attached.collect())
}

fn unreadable(what: &str, error: &io::Error) -> Box<Finding> {
    Box::new(Finding::new(Code::SubjectUnreadable, format!("{what}: {error}")))
}
