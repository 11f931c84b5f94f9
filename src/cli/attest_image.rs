//! `portcullis attest` for images: one statement for each, attached to it in its registry.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::confirm::confirm;
use super::rules::public_log_url;
use crate::attestation::predicate::Checked;
use crate::ops::attest::image::{self, Found, Replaced};
use crate::ops::attest::{
    AttestedReport, NotPrepared, Outcome, Prepared, SubjectLine, prepare, size_finding,
};
use crate::ops::publish::{self, Image};
use crate::ops::sign::keep::{self, Existing};
use crate::ops::sign::{Failed, FailureReport, Session, SignedReport};
use crate::registry::client::Client;
use crate::report::{Code, Finding};
use crate::sigstore::sign::{Complete, Draft, Subject};
use crate::sigstore::trust::TrustMaterial;
use crate::subject::Reference;

/// An image whose statement may be signed.
pub(super) struct Ready {
    image: Image,
    prepared: Prepared,
    /// What the new attestation takes the place of.
    earlier: Vec<crate::subject::Digest>,
}

/// What was asked for about every image.
pub(super) struct Images<'a> {
    pub(super) client: &'a Client,
    pub(super) predicate: &'a Checked,
    pub(super) replace: bool,
    pub(super) yes: bool,
    /// Name of the type in names of files.
    pub(super) type_name: &'a str,
}

impl Images<'_> {
    /// Finds out everything that can keep a statement about this image from being signed.
    ///
    /// # Errors
    ///
    /// The findings that deny.
    pub(super) fn ready(&self, text: &str, reference: &Reference) -> Result<Ready, Vec<Finding>> {
        let one = |finding: Box<Finding>| vec![*finding];
        let Found { image, config } = image::find(self.client, reference).map_err(one)?;
        if reference.digest().is_none() {
            confirm(text, &image, self.yes).map_err(one)?;
        }
        let subject = Subject {
            name: image.repository(),
            digest: image.digest().clone(),
        };
        let also: Vec<_> = config.into_iter().collect();
        let prepared = prepare(vec![subject], &also, self.predicate).map_err(|problem| match problem {
            NotPrepared::Denied(findings) => findings,
            NotPrepared::Unmakeable(problem) => {
                vec![Finding::new(Code::PredicateTooLarge, problem.to_string())]
            }
        })?;
        let earlier = match self.replace {
            true => image::earlier(self.client, &image, self.predicate.predicate_type()).map_err(one)?,
            false => Vec::new(),
        };
        Ok(Ready {
            image,
            prepared,
            earlier,
        })
    }

    /// Signs, publishes and, where that was asked for, replaces.
    pub(super) fn attest(
        &self,
        ready: &Ready,
        session: &mut Session<'_>,
        material: &TrustMaterial,
        outcome: &mut Outcome,
    ) {
        let image = &ready.image;
        outcome.findings.extend(ready.prepared.findings.iter().cloned());
        // The name says where the bundle goes, for a run that resumes.
        let subject = Subject {
            name: image.name(),
            digest: image.digest().clone(),
        };
        let complete = match session.sign_content(subject, ready.prepared.content.clone()) {
            Ok(complete) => complete,
            Err(failed) => {
                let kept = failed.draft.as_deref().and_then(|draft| self.keep(image, draft));
                let report = FailureReport::new(&image.name(), &failed, kept.as_deref());
                return outcome.failed.push(report);
            }
        };
        outcome.findings.extend(size_finding(&complete));
        let predicate_type = self.predicate.predicate_type();
        let published = publish::image_bundle(
            self.client,
            image,
            complete.json(),
            predicate_type,
            Timestamp::now(),
        );
        let manifest = match published {
            Ok(manifest) => manifest,
            Err(finding) => return outcome.failed.push(self.unpublished(image, complete, *finding)),
        };
        let replaced = image::replace(self.client, image, &ready.earlier, &complete, &manifest);
        let Replaced { removed, kept } = replaced.unwrap_or_else(|finding| {
            outcome.findings.push(*finding);
            Replaced::default()
        });
        let url = |log: &str, index| public_log_url(material, log, index);
        let place = PathBuf::from(image.at(&manifest));
        outcome.attested.push(AttestedReport {
            subjects: vec![SubjectLine::of_image(image)],
            signed: SignedReport::new(&image.name(), &complete, &place, url),
            replaced: removed,
            kept,
        });
    }

    /// The bundle is good and is not where it is looked for, so all of it is kept.
    fn unpublished(&self, image: &Image, complete: Complete, finding: Finding) -> FailureReport {
        let draft = complete.into_draft();
        let kept = self.keep(image, &draft);
        let failed = Failed {
            step: crate::sigstore::sign::Step::Publish,
            finding: Box::new(finding),
            draft: None,
        };
        FailureReport::new(&image.name(), &failed, kept.as_deref())
    }

    /// Keeps what was reached, in the working directory: an image has no place beside it.
    fn keep(&self, image: &Image, draft: &Draft) -> Option<PathBuf> {
        let repository = image.repository();
        let name = repository.rsplit('/').next().unwrap_or_default();
        let digest = image.digest();
        let bundle = format!(
            "{name}-{}-{}.{}",
            digest.algorithm().name(),
            digest.to_hex(),
            self.type_name
        );
        let path = keep::resume_beside(&keep::bundle_beside(Path::new(&bundle)));
        let text = draft.to_json().ok()?;
        keep::write(&path, &text, Existing::Overwrite).ok().map(|()| path)
    }
}
