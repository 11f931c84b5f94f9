//! What the arguments name, and whether it goes together. Nothing is asked over the network here.

use std::io::IsTerminal;
use std::path::PathBuf;

use super::Args;
use crate::cli::{Problem, verify};
use crate::ops::sign::Input;
use crate::ops::sign::keep::{self, Existing};
use crate::subject::{Algorithm, Reference, Subject};

/// One argument.
pub(super) struct Job {
    /// As it was typed.
    pub(super) text: String,
    pub(super) what: What,
}

pub(super) enum What {
    /// Something to hash, and the place of its bundle.
    File { input: Input, bundle: PathBuf },
    /// An image in a registry.
    Image(Reference),
}

impl Job {
    pub(super) fn image(&self) -> Option<&Reference> {
        match &self.what {
            What::Image(reference) => Some(reference),
            What::File { .. } => None,
        }
    }
}

impl Args {
    /// The jobs, if the command line makes sense.
    pub(super) fn jobs(&self) -> Result<Vec<Job>, Problem> {
        if self.bundle.is_some() && self.subjects.len() > 1 {
            return Err(
                Problem::usage("--bundle names one bundle, and there are several subjects")
                    .help("without it, each bundle goes beside its file"),
            );
        }
        let jobs: Vec<Job> = self
            .subjects
            .iter()
            .map(|text| self.job(text))
            .collect::<Result<_, _>>()?;
        self.check_stdin(&jobs)?;
        self.check_identity()?;
        self.check_places(&jobs)?;
        self.check_images(&jobs)?;
        let is_directory = |job: &Job| {
            matches!(
                job.what,
                What::File {
                    input: Input::Directory { .. },
                    ..
                }
            )
        };
        if !self.ignore.is_empty() && !jobs.iter().any(is_directory) {
            return Err(Problem::usage(
                "--ignore is for directories, and nothing here is one",
            ));
        }
        Ok(jobs)
    }

    pub(super) fn existing(&self) -> Existing {
        match self.overwrite {
            true => Existing::Overwrite,
            false => Existing::Keep,
        }
    }

    fn job(&self, text: &str) -> Result<Job, Problem> {
        let subject =
            Subject::parse(text, verify::path_kind).map_err(|error| Problem::usage(error.to_string()))?;
        let (mut input, beside) = match subject {
            Subject::Image(reference) => return self.image(text, reference),
            Subject::File(path) => {
                let bundle = keep::bundle_beside(&path);
                (Input::File(path), Some(bundle))
            }
            Subject::Directory { path, .. } => {
                // Without the slash that may stand at its end.
                let path: PathBuf = path.components().collect();
                // `.` and `..` have no name that a bundle beside them could have.
                let beside = path.file_name().map(|_| keep::bundle_beside(&path));
                let ignored = self.ignore.clone();
                (
                    Input::Directory {
                        path,
                        ignored,
                        evidence: Vec::new(),
                    },
                    beside,
                )
            }
            Subject::Stdin => (Input::Stdin, None),
            Subject::Digest(digest) if digest.algorithm() == Algorithm::Sha256 => {
                (Input::Digest(digest), None)
            }
            Subject::Digest(_) => {
                return Err(Problem::usage(format!("{text}: signatures are over SHA-256")));
            }
            Subject::Layout { .. } => {
                return Err(
                    Problem::usage(format!("{text}: images are signed in the registry they are in"))
                        .help("push it with portcullis load, and sign it there"),
                );
            }
        };
        let bundle = self.bundle.clone().or(beside).ok_or_else(|| {
            Problem::usage(format!("{text} has no place for its bundle")).help("name one with --bundle FILE")
        })?;
        if let Input::Directory { evidence, .. } = &mut input {
            evidence.extend([bundle.clone(), keep::resume_beside(&bundle)]);
        }
        Ok(Job {
            text: text.to_owned(),
            what: What::File { input, bundle },
        })
    }

    fn image(&self, text: &str, reference: Reference) -> Result<Job, Problem> {
        if self.bundle.is_some() {
            return Err(Problem::usage(format!(
                "--bundle is for files, and the bundle of {text} goes to its registry"
            )));
        }
        match reference.digest() {
            None if self.require_digest => Err(Problem::usage(format!(
                "{text} names no digest, and --require-digest was given"
            ))
            .help("name the image as what pushed it said: registry/repository@sha256:…")),
            _ => {
                check_reference(text, &reference, self.yes)?;
                Ok(Job {
                    text: text.to_owned(),
                    what: What::Image(reference),
                })
            }
        }
    }

    fn check_stdin(&self, jobs: &[Job]) -> Result<(), Problem> {
        let is_stdin = |job: &&Job| {
            matches!(
                job.what,
                What::File {
                    input: Input::Stdin,
                    ..
                }
            )
        };
        let readers = jobs.iter().filter(is_stdin).count()
            + usize::from(self.key.takes_stdin())
            + usize::from(self.identity.takes_stdin())
            + usize::from(self.registry.takes_stdin());
        match readers > 1 {
            true => Err(Problem::usage("standard input can be read only once")),
            false => Ok(()),
        }
    }

    fn check_identity(&self) -> Result<(), Problem> {
        let with_key = self.key.is_given() || self.resume.is_some();
        match self.identity.first_flag().filter(|_| with_key) {
            Some(flag) => Err(Problem::usage(format!(
                "{flag} says whose identity signs, and no identity is needed here"
            ))),
            None => Ok(()),
        }
    }

    /// Bundles that are there already, and subjects that were named twice.
    fn check_places(&self, jobs: &[Job]) -> Result<(), Problem> {
        for (index, job) in jobs.iter().enumerate() {
            let before = jobs.iter().take(index);
            let twice = match &job.what {
                What::Image(reference) => before.filter_map(Job::image).any(|other| other == reference),
                What::File { bundle, .. } => {
                    if self.existing() == Existing::Keep && bundle.symlink_metadata().is_ok() {
                        return Err(Problem::usage(format!("{} is there already", bundle.display()))
                            .help("move it away, or replace it with --overwrite"));
                    }
                    before.into_iter().any(|other| match &other.what {
                        What::File { bundle: other, .. } => other == bundle,
                        What::Image(_) => false,
                    })
                }
            };
            if twice {
                return Err(Problem::usage(format!("{} was named twice", job.text)));
            }
        }
        Ok(())
    }

    /// Flags for images are refused where there is none, and flags for files where there is none.
    fn check_images(&self, jobs: &[Job]) -> Result<(), Problem> {
        if self.resume.is_some() {
            return Ok(());
        }
        let flags = [
            ("--recursive", self.recursive),
            ("--annotation", !self.annotation.is_empty()),
            ("--legacy-tag", self.legacy_tag),
            ("--require-digest", self.require_digest),
            ("--yes", self.yes),
        ];
        if jobs.iter().all(|job| job.image().is_none()) {
            self.registry.refuse()?;
            if let Some((flag, _)) = flags.into_iter().find(|(_, given)| *given) {
                return Err(Problem::usage(format!(
                    "{flag} is for images in registries, and no subject is one"
                )));
            }
        }
        match self.overwrite && jobs.iter().all(|job| job.image().is_some()) {
            true => Err(Problem::usage(
                "--overwrite is for bundles of files, and no subject is one",
            )),
            false => Ok(()),
        }
    }
}

/// Whether what a reference names can be signed: a SHA-256, or a tag that somebody confirms or has confirmed.
pub(in crate::cli) fn check_reference(text: &str, reference: &Reference, yes: bool) -> Result<(), Problem> {
    match reference.digest() {
        Some(digest) if !digest.starts_with("sha256:") => {
            Err(Problem::usage(format!("{text}: signatures are over SHA-256")))
        }
        None if !yes && !asks() => Err(Problem::usage(format!(
            "{text} is a tag, which can be moved before it is signed, and there is no terminal to confirm its digest on"
        ))
        .help("name the image by digest (registry/repository@sha256:…), or say --yes")),
        _ => Ok(()),
    }
}

/// Whether somebody can be asked.
pub(super) fn asks() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Reads `KEY=VALUE`.
pub(super) fn parse_annotation(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("an annotation is KEY=VALUE".to_owned()),
    }
}
