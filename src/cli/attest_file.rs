//! `portcullis attest` for files and digests: where the one bundle goes.

use std::path::{Path, PathBuf};

use super::Problem;
use super::rules::public_log_url;
use super::sign::outcome::{keep_draft, unwritable};
use super::verify::path_kind;
use crate::ops::attest::{AttestedReport, Prepared, SubjectLine};
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{Failed, FailureReport, Input, SignedReport, Where};
use crate::sigstore::sign::Complete;
use crate::sigstore::trust::TrustMaterial;
use crate::subject::{Algorithm, Subject as Named};

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
        let complete = result.map_err(|failed| {
            let resume = keep::resume_beside(&self.bundle);
            let draft = failed.draft.as_ref();
            let kept = draft.map(|draft| keep_draft(draft, &resume, None));
            FailureReport::new(&text, &failed, kept.as_ref())
        })?;
        keep::write(&self.bundle, complete.json(), self.existing)
            .map_err(|error| FailureReport::plain(&text, unwritable(&self.bundle, &error)))?;
        let url = |log: &str, index| public_log_url(material, log, index);
        Ok(AttestedReport {
            subjects: prepared.subjects.iter().map(SubjectLine::from).collect(),
            signed: SignedReport::new(&text, &complete, Where::File(&self.bundle), url),
            replaced: Vec::new(),
            kept: Vec::new(),
        })
    }
}

/// A file, standard input or a digest.
pub(super) fn input(text: &str) -> Result<Input, Problem> {
    let subject = Named::parse(text, path_kind).map_err(|error| Problem::usage(error.to_string()))?;
    match subject {
        Named::File(path) => Ok(Input::File(path)),
        Named::Stdin => Ok(Input::Stdin),
        Named::Digest(digest) if digest.algorithm() == Algorithm::Sha256 => Ok(Input::Digest(digest)),
        Named::Digest(_) => Err(Problem::usage(format!("{text}: signatures are over SHA-256"))),
        Named::Directory { .. } => Err(Problem::usage(format!("{text} is a directory"))
            .help("attest an archive of it, or the files in it")),
        Named::Layout { .. } | Named::Image(_) => Err(Problem::usage(format!(
            "{text}: images are attested in the registry they are in"
        ))
        .help("push it with portcullis load, and attest it there")),
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
