//! `portcullis attest` for images: one statement for each, attached to it in its registry.

use std::path::Path;

use jiff::Timestamp;

use super::output::Console;
use super::rules::public_log_url;
use super::sign::images::Lookup;
use super::sign::outcome::keep_draft;
use crate::attestation::predicate::Checked;
use crate::ops::attest::image::{self, Replaced};
use crate::ops::attest::{
    AttestedReport, NotPrepared, Outcome, Prepared, SubjectLine, prepare, size_finding,
};
use crate::ops::publish::Image;
use crate::ops::sign::keep;
use crate::ops::sign::{Destination, Failed, FailureReport, Session, SignedReport, Where};
use crate::registry::client::Client;
use crate::report::{Code, Finding};
use crate::sigstore::sign::Subject;
use crate::sigstore::trust::TrustMaterial;
use crate::subject::{Digest, Reference};

/// An image whose statement may be signed.
pub(super) struct Ready {
    image: Image,
    prepared: Prepared,
    /// What the new attestation takes the place of.
    earlier: Vec<Digest>,
}

/// What was asked for about every image.
pub(super) struct Images<'a> {
    pub(super) client: &'a Client,
    pub(super) predicate: &'a Checked,
    pub(super) replace: bool,
    pub(super) yes: bool,
    pub(super) console: &'a Console,
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
        let lookup = Lookup {
            client: self.client,
            recursive: false,
            yes: self.yes,
            console: self.console,
        };
        let resolved = lookup.resolve(text, reference).map_err(one)?;
        let Some(image) = resolved.into_iter().next() else {
            let finding = Finding::new(Code::SubjectUnreadable, format!("{text} names nothing"));
            return Err(vec![finding]);
        };
        let also = image::config(self.client, &image).map_err(one)?;
        let subject = Subject {
            name: image.repository(),
            digest: image.digest().clone(),
        };
        let also: Vec<Digest> = also.into_iter().collect();
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
        ready: Ready,
        session: &mut Session<'_>,
        material: &TrustMaterial,
        outcome: &mut Outcome,
    ) {
        let Ready {
            image,
            prepared,
            earlier,
        } = ready;
        outcome.findings.extend(prepared.findings);
        let name = image.name();
        let subject = Subject {
            name: name.clone(),
            digest: image.digest().clone(),
        };
        let destination = Destination::bundle(image, Timestamp::now());
        let image = &destination.image;
        let signed = session.sign_content(subject, prepared.content);
        let published = signed.and_then(|complete| destination.publish(self.client, complete));
        let (complete, published) = match published {
            Ok(done) => done,
            Err(failed) => return outcome.failed.push(self.keep(&destination, &failed)),
        };
        outcome.findings.extend(size_finding(&complete));
        let replaced = image::replace(self.client, image, &earlier, &complete, &published);
        let Replaced { removed, kept } = replaced.unwrap_or_else(|finding| {
            outcome.findings.push(*finding);
            Replaced::default()
        });
        let url = |log: &str, index| public_log_url(material, log, index);
        let place = Where::Registry(&destination, &published);
        outcome.attested.push(AttestedReport {
            subjects: vec![SubjectLine::of_image(image)],
            signed: SignedReport::new(&name, &complete, place, url),
            replaced: removed,
            kept,
        });
    }

    /// Keeps what was reached under a name of its own: the image may have an unfinished signature too.
    fn keep(&self, destination: &Destination, failed: &Failed) -> FailureReport {
        let name = format!("{}-{}", self.type_name, keep::resume_for(destination).display());
        let resume = Path::new(&name);
        let kept = failed
            .draft
            .as_ref()
            .map(|draft| keep_draft(draft, resume, Some(destination)));
        FailureReport::new(&destination.image.name(), failed, kept.as_ref())
    }
}
