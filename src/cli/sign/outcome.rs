//! What became of each subject: published, or kept for later.

use std::path::{Path, PathBuf};

use crate::cli::rules::public_log_url;
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{Destination, Failed, FailureReport, SignedReport, Where, unfinished};
use crate::registry::client::Client;
use crate::report::{Code, Finding};
use crate::sigstore::sign::{Complete, Draft};
use crate::sigstore::trust::TrustMaterial;

/// Puts signatures where they are looked for, and what there is of them into resume files.
pub(super) struct Publisher<'a> {
    pub(super) material: &'a TrustMaterial,
    pub(super) existing: Existing,
    pub(super) client: Option<&'a Client>,
}

/// What was done so far.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) signed: Vec<SignedReport>,
    pub(super) failed: Vec<FailureReport>,
}

impl Outcome {
    /// A file's signature.
    pub(super) fn file(
        &mut self,
        text: &str,
        result: Result<Complete, Failed>,
        bundle: &Path,
        publisher: &Publisher<'_>,
    ) {
        match result {
            Ok(complete) => match keep::write(bundle, complete.json(), publisher.existing) {
                Ok(()) => self.done(text, &complete, Where::File(bundle), publisher),
                Err(error) => {
                    let finding = unwritable(bundle, &error);
                    self.failed.push(FailureReport::plain(text, finding));
                }
            },
            Err(failed) => self.kept(text, &failed, &keep::resume_beside(bundle), None),
        }
    }

    /// An image's signature. What fails is kept in `resume`.
    pub(super) fn image(
        &mut self,
        text: &str,
        result: Result<Complete, Failed>,
        destination: &Destination,
        resume: &Path,
        publisher: &Publisher<'_>,
    ) {
        let Some(client) = publisher.client else {
            let finding = Finding::new(Code::InternalError, "there is no network client");
            return self.failed.push(FailureReport::plain(text, finding));
        };
        match result.and_then(|complete| destination.publish(client, complete)) {
            Ok((complete, published)) => {
                self.done(
                    text,
                    &complete,
                    Where::Registry(destination, &published),
                    publisher,
                );
            }
            Err(failed) => self.kept(text, &failed, resume, Some(destination)),
        }
    }

    fn done(&mut self, text: &str, complete: &Complete, place: Where<'_>, publisher: &Publisher<'_>) {
        let url = |log: &str, index| public_log_url(publisher.material, log, index);
        self.signed.push(SignedReport::new(text, complete, place, url));
    }

    fn kept(&mut self, text: &str, failed: &Failed, resume: &Path, destination: Option<&Destination>) {
        let kept = failed
            .draft
            .as_ref()
            .map(|draft| keep_draft(draft, resume, destination));
        self.failed.push(FailureReport::new(text, failed, kept.as_ref()));
    }
}

/// Keeps what was reached; a resume file that is there is of an earlier attempt.
pub(in crate::cli) fn keep_draft(
    draft: &Draft,
    resume: &Path,
    destination: Option<&Destination>,
) -> Result<PathBuf, String> {
    let text = unfinished::to_json(draft, destination).map_err(|finding| finding.message)?;
    match keep::write(resume, &text, Existing::Overwrite) {
        Ok(()) => Ok(resume.to_owned()),
        Err(error) => Err(format!("{}: cannot write: {error}", resume.display())),
    }
}

pub(in crate::cli) fn unwritable(bundle: &Path, error: &std::io::Error) -> Finding {
    Finding::new(
        Code::ResultUnwritable,
        format!("{}: cannot write: {error}", bundle.display()),
    )
    .help("make room, or name another place with --bundle, and sign again")
}
