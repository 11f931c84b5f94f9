//! `portcullis attest` for files and digests: where the one bundle goes.

use std::path::{Path, PathBuf};

use super::rules::public_log_url;
use super::{Problem, sign};
use crate::ops::attest::{AttestedReport, Prepared, SubjectLine};
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{Failed, FailureReport, Input, SignedReport};
use crate::sigstore::sign::Complete;
use crate::sigstore::trust::TrustMaterial;

/// Where the bundle goes.
pub(super) struct Place {
    bundle: PathBuf,
    existing: Existing,
}

impl Place {
    /// `type_name` is what the predicate type is called in names of files.
    pub(super) fn new(
        bundle: Option<&Path>,
        overwrite: bool,
        inputs: &[Input],
        type_name: &str,
    ) -> Result<Self, Problem> {
        let existing = match overwrite {
            true => Existing::Overwrite,
            false => Existing::Keep,
        };
        let bundle = match (bundle, inputs) {
            (Some(bundle), _) => bundle.to_owned(),
            (None, [Input::File(path)]) => beside(path, type_name),
            (None, [_]) => {
                return Err(Problem::usage("the subject has no place for its bundle")
                    .help("name one with --bundle FILE"));
            }
            (None, _) => {
                return Err(Problem::usage(
                    "one statement is about all of these, so its bundle has no place of its own",
                )
                .help("name one with --bundle FILE, or attest each subject by itself"));
            }
        };
        if existing == Existing::Keep && bundle.symlink_metadata().is_ok() {
            return Err(Problem::usage(format!("{} is there already", bundle.display()))
                .help("move it away, or replace it with --overwrite"));
        }
        Ok(Self { bundle, existing })
    }

    /// Writes the bundle, or what there is of it.
    pub(super) fn publish(
        &self,
        prepared: &Prepared,
        result: Result<Complete, Failed>,
        material: &TrustMaterial,
    ) -> Result<AttestedReport, FailureReport> {
        let text = names(prepared);
        let complete = match result {
            Ok(complete) => complete,
            Err(failed) => {
                let kept = self.keep(&failed);
                return Err(FailureReport::new(&text, &failed, kept.as_deref()));
            }
        };
        keep::write(&self.bundle, complete.json(), self.existing)
            .map_err(|error| FailureReport::plain(&text, sign::unwritable(&self.bundle, &error)))?;
        let url = |log: &str, index| public_log_url(material, log, index);
        Ok(AttestedReport {
            subjects: prepared.subjects.iter().map(SubjectLine::from).collect(),
            signed: SignedReport::new(&text, &complete, &self.bundle, url),
            replaced: Vec::new(),
            kept: Vec::new(),
        })
    }

    /// Keeps what was reached; a resume file that is there is of an earlier attempt.
    fn keep(&self, failed: &Failed) -> Option<PathBuf> {
        let text = failed.draft.as_ref()?.to_json().ok()?;
        let path = keep::resume_beside(&self.bundle);
        keep::write(&path, &text, Existing::Overwrite).ok().map(|()| path)
    }
}

/// The subjects in a line.
fn names(prepared: &Prepared) -> String {
    let names: Vec<&str> = prepared
        .subjects
        .iter()
        .map(|subject| subject.name.as_str())
        .collect();
    names.join(", ")
}

/// `FILE.TYPE.sigstore.json`: the signature of the file itself is beside it under a name of its own.
fn beside(file: &Path, type_name: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(type_name);
    keep::bundle_beside(Path::new(&name))
}
