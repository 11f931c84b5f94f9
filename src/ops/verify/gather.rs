//! Looking for evidence: in named bundle files, beside a file, in a layout. Every place that was looked in is kept with
//! what it gave.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::candidate::Candidate;
use crate::ops::{pool, read};
use crate::policy::Limits;
use crate::report::{Code, Place, PlaceKind, PlaceOutcome};
use crate::sigstore::bundle::split_documents;
use crate::subject::Digest;

/// How bundle files are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Caps on them.
    pub(super) limits: Limits,
    /// Bundles of one file that are parsed at once.
    pub(super) jobs: NonZeroUsize,
}

/// What was collected about one subject.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Every place that was looked in.
    pub(super) places: Vec<Place>,
    /// Every candidate, in the order of the places.
    pub(super) candidates: Vec<Candidate>,
}

impl Evidence {
    /// Whether every place answered.
    pub(super) fn is_complete(&self) -> bool {
        !self
            .places
            .iter()
            .any(|place| matches!(place.outcome, PlaceOutcome::Failed { .. }))
    }

    /// Keeps at most `limit` candidates. What is left out was not looked at, so the places did not answer in full.
    pub(super) fn cut_to(&mut self, limit: u64) {
        let keep = usize::try_from(limit).unwrap_or(usize::MAX);
        let total = self.candidates.len();
        if total <= keep {
            return;
        }
        self.candidates.truncate(keep);
        let detail = format!("{total} candidates, more than the limit of {keep}");
        for place in &mut self.places {
            if matches!(place.outcome, PlaceOutcome::Found { .. }) {
                place.outcome = PlaceOutcome::Failed {
                    code: Code::PlaceFailed,
                    detail: detail.clone(),
                };
            }
        }
    }

    /// Adds what another search gave.
    pub(super) fn append(&mut self, mut other: Self) {
        self.places.append(&mut other.places);
        self.candidates.append(&mut other.candidates);
    }
}

/// Reads bundle files that were named. A file that cannot be read is a place that did not answer.
pub(super) fn named_bundles(paths: &[PathBuf], about: &Digest, reading: Reading) -> Evidence {
    let mut evidence = Evidence::default();
    for path in paths {
        bundle_file(&mut evidence, PlaceKind::BundleFile, path, about, reading);
    }
    evidence.cut_to(reading.limits.candidates);
    evidence
}

/// Where the bundles of a file are looked for beside it: `<file>.sigstore.json` and `<file>.sigstore`.
pub(in crate::ops) fn names_beside(path: &Path) -> [PathBuf; 2] {
    [".sigstore.json", ".sigstore"].map(|suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}

/// Looks beside a file for its bundles.
pub(super) fn beside_file(path: &Path, about: &Digest, reading: Reading) -> Evidence {
    let mut evidence = Evidence::default();
    for name in names_beside(path) {
        bundle_file(&mut evidence, PlaceKind::BesideFile, &name, about, reading);
    }
    evidence.cut_to(reading.limits.candidates);
    evidence
}

fn bundle_file(evidence: &mut Evidence, kind: PlaceKind, path: &Path, about: &Digest, reading: Reading) {
    let location = path.display().to_string();
    let outcome = match read::bounded(path, reading.limits.bundle_file_bytes) {
        Ok(bytes) => bundles_in(evidence, &location, &bytes, about, reading.jobs),
        Err(error) if error.kind() == io::ErrorKind::NotFound && kind == PlaceKind::BesideFile => {
            PlaceOutcome::Nothing
        }
        Err(error) => PlaceOutcome::Failed {
            code: Code::PlaceFailed,
            detail: error.to_string(),
        },
    };
    evidence.places.push(Place {
        kind,
        location,
        about: Some(about.clone()),
        asked: Vec::new(),
        outcome,
    });
}

fn bundles_in(
    evidence: &mut Evidence,
    location: &str,
    bytes: &[u8],
    about: &Digest,
    jobs: NonZeroUsize,
) -> PlaceOutcome {
    let parts = match split_documents(bytes) {
        Ok(parts) => parts,
        Err(finding) => {
            return PlaceOutcome::Failed {
                code: finding.code,
                detail: finding.message,
            };
        }
    };
    let count = parts.len();
    let parts: Vec<(usize, &[u8])> = parts.into_iter().enumerate().collect();
    evidence
        .candidates
        .extend(pool::map(jobs, &parts, |(index, part)| {
            let place = match count {
                1 => location.to_owned(),
                _ => format!("{location}, bundle {} of {count}", index + 1),
            };
            Candidate::from_bundle(place, about, part)
        }));
    match count {
        0 => PlaceOutcome::Nothing,
        count => PlaceOutcome::Found { count },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::report::EvidenceKind;

    fn within(limits: Limits) -> Reading {
        let jobs = NonZeroUsize::new(2).unwrap();
        Reading { limits, jobs }
    }

    #[test]
    fn a_missing_file_is_nothing_beside_a_file_and_a_failure_when_it_was_named() {
        let dir = tempfile::tempdir().unwrap();
        let about = Digest::sha256(b"");
        let beside = beside_file(&dir.path().join("app"), &about, within(Limits::default()));
        assert!(beside.is_complete());
        assert_eq!(beside.places.len(), 2);
        let named = named_bundles(&[dir.path().join("missing")], &about, within(Limits::default()));
        assert!(!named.is_complete());
    }

    #[test]
    fn every_document_becomes_a_candidate_and_garbage_is_one_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundles.jsonl");
        std::fs::write(&path, "{}\n{}\ngarbage").unwrap();
        let evidence = named_bundles(&[path], &Digest::sha256(b""), within(Limits::default()));
        assert_eq!(evidence.candidates.len(), 3);
        assert!(
            evidence
                .candidates
                .iter()
                .all(|candidate| candidate.kind() == EvidenceKind::Unreadable)
        );
        assert_eq!(evidence.places[0].outcome, PlaceOutcome::Found { count: 3 });
    }

    #[test]
    fn an_empty_file_holds_nothing() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let evidence = named_bundles(
            &[file.path().to_owned()],
            &Digest::sha256(b""),
            within(Limits::default()),
        );
        assert_eq!(evidence.places[0].outcome, PlaceOutcome::Nothing);
        assert!(evidence.candidates.is_empty());
    }

    #[test]
    fn over_a_limit_a_place_did_not_answer() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bundles.jsonl");
        std::fs::write(&path, "{}\n{}\n{}").unwrap();
        let about = Digest::sha256(b"");
        let few = Limits {
            candidates: 2,
            ..Limits::default()
        };
        let evidence = named_bundles(std::slice::from_ref(&path), &about, within(few));
        assert_eq!(evidence.candidates.len(), 2);
        assert!(!evidence.is_complete());
        let small = Limits {
            bundle_file_bytes: 7,
            ..Limits::default()
        };
        let evidence = named_bundles(&[path], &about, within(small));
        assert!(evidence.candidates.is_empty() && !evidence.is_complete());
    }
}
