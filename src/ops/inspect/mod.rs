//! Looking at what is attached to subjects, without verifying any of it.
//!
//! The same places are looked in and the same readers are used as for verification; the engine is not. What comes out is
//! an [`Inspection`], which no decision can be made from.

mod claims;
mod file;
mod image;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use jiff::Timestamp;

use super::pool;
use super::verify::RegistryAccess;
use crate::report::{Finding, Inspected, InspectedSubject, Inspection, Node, SubjectKind};
use crate::subject::{Platform, Subject};

/// Most attachments of one subject that are described; places say how many more they hold.
pub const MAX_DESCRIBED: usize = 1_000;

/// What is to be looked at.
pub struct Request<'a> {
    /// The subjects, each with the text that was typed.
    pub subjects: &'a [(String, Subject)],
    /// Bundle files that were named; without any, what hangs on the subject is looked for where it is kept.
    pub bundles: &'a [PathBuf],
    /// The one image of an index that is looked at; without it, all of them are.
    pub platform: Option<&'a Platform>,
    /// How images in registries are reached; without it they are not.
    pub registry: Option<RegistryAccess<'a>>,
    /// Subjects looked at at once.
    pub jobs: NonZeroUsize,
    /// When the run began.
    pub now: Timestamp,
    /// Told, by what was typed, about every subject that is done.
    pub on_subject: &'a (dyn Fn(&str) + Sync),
}

/// Looks at every subject, whatever becomes of the others.
pub fn inspect(request: &Request<'_>) -> Inspection {
    let at_once = match request.registry {
        Some(registry) => request.jobs.max(registry.in_flight),
        None => request.jobs,
    };
    let subjects = pool::map(at_once, request.subjects, |(input, subject)| {
        let (kind, outcome) = look(subject, request);
        let outcome = match outcome {
            Ok(mut node) => {
                let mut left = MAX_DESCRIBED;
                cut(&mut node, &mut left);
                Inspected::Tree(node)
            }
            Err(finding) => Inspected::Problem(*finding),
        };
        (request.on_subject)(input);
        InspectedSubject {
            input: input.clone(),
            kind,
            outcome,
        }
    });
    Inspection::new(request.now, subjects)
}

fn look(subject: &Subject, request: &Request<'_>) -> (SubjectKind, Result<Node, Box<Finding>>) {
    match subject {
        Subject::File(path) => (SubjectKind::File, file::look(path, request)),
        Subject::Directory { path, .. } => (SubjectKind::Directory, file::look_at_directory(path, request)),
        Subject::Stdin => (SubjectKind::File, file::look_at_stdin(request)),
        Subject::Digest(digest) => (SubjectKind::Digest, Ok(file::look_at_digest(digest, request))),
        Subject::Layout { path, selector } => {
            (SubjectKind::Image, image::look_in_layout(path, selector, request))
        }
        Subject::Image(reference) => (SubjectKind::Image, image::look_in_registry(reference, request)),
    }
}

/// Keeps a document readable: as many attachments as are `left`, and of the others how many there are.
fn cut(node: &mut Node, left: &mut usize) {
    for place in &mut node.places {
        let total = place.attached.len();
        place.attached.truncate(*left);
        *left = left.saturating_sub(place.attached.len());
        place.omitted = place
            .omitted
            .saturating_add(total.saturating_sub(place.attached.len()));
    }
    for image in &mut node.images {
        cut(image, left);
    }
}
