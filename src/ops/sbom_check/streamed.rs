//! A given SBOM that is too large to be held: decided while it is read, in little memory.
//!
//! Rules that look at one component at a time are asked while the document passes; what they object to is kept, and
//! decided like any document. Rules that need all of a document at once refuse it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::document::{self, About, From};
use super::{Asked, ingredients};
use crate::policy::rules::Mode;
use crate::policy::{Acceptances, SbomRules};
use crate::report::{Code, Finding};
use crate::sbom::{Refused, Sieved, sieve};
use crate::subject::{Algorithm, Digest};

/// Most components of one document that are kept because a rule objects to them. With more it is denied.
const MAX_KEPT: usize = 10_000;

/// Decides a file.
pub(super) fn check(
    path: &Path,
    from: &From,
    about: &About<'_>,
    asked: &Asked<'_>,
    acceptances: &Acceptances,
) -> Vec<Finding> {
    if let Some(what) = needs_everything(asked) {
        let message =
            format!("the SBOM is too large to be held in memory, and {what} needs all of it at once");
        let help = "portcullis sbom trim makes a JSON document smaller; have the generator leave out files and evidence";
        return vec![Finding::new(Code::SbomTooLarge, message).help(help)];
    }
    let unread = |error: io::Error| {
        let message = format!("{}: {error}", path.display());
        vec![Finding::new(Code::SubjectUnreadable, message)]
    };
    let (first, second) = match (File::open(path), File::open(path)) {
        (Ok(first), Ok(second)) => (first, second),
        (Err(error), _) | (_, Err(error)) => return unread(error),
    };
    let (mut first, mut second) = (Hashed::new(first), Hashed::new(second));
    let sieved = match read(&mut first, &mut second, asked) {
        Ok(sieved) => sieved,
        Err(refused) => return vec![document::refusal(&refused)],
    };
    if [first, second]
        .into_iter()
        .any(|read| read.digest().as_ref() != Some(&from.digest))
    {
        return unread(io::Error::other("the file changed while it was read"));
    }
    let mut findings = document::decide(
        &sieved.document,
        sieved.components,
        "",
        from,
        about,
        asked,
        acceptances,
    );
    if sieved.left_out > 0 {
        let message = format!(
            "the rules object to {} components, and only {MAX_KEPT} of them are kept of a document of this size",
            sieved.left_out.saturating_add(MAX_KEPT)
        );
        findings.push(Finding::new(Code::SbomTooLarge, message).help("begin with what is objected to"));
    }
    findings
}

fn read(first: &mut Hashed, second: &mut Hashed, asked: &Asked<'_>) -> Result<Sieved, Refused> {
    let (rules, today) = (asked.rules, asked.today());
    sieve(first, second, &asked.limits.streamed(), MAX_KEPT, |component| {
        !ingredients::objections(&[component], rules, today).is_empty()
    })
}

/// A rule that cannot be asked about one component at a time.
fn needs_everything(asked: &Asked<'_>) -> Option<&'static str> {
    let SbomRules {
        vulnerabilities,
        completeness,
        drift,
        ..
    } = asked.rules;
    if vulnerabilities.as_ref().is_some_and(|rules| rules.is_on()) {
        return Some("[sbom.vulnerabilities]");
    }
    if completeness.is_some() {
        return Some("[sbom.completeness]");
    }
    let is_compared = asked.baseline.is_some() || drift.as_ref().is_some_and(|rules| rules.mode != Mode::Off);
    is_compared.then_some("[sbom.drift]")
}

/// A file that is hashed while it is read.
struct Hashed {
    file: File,
    hasher: sigstore_crypto::Sha256Hasher,
}

impl Hashed {
    fn new(file: File) -> Self {
        Self {
            file,
            hasher: sigstore_crypto::Sha256Hasher::new(),
        }
    }

    fn digest(self) -> Option<Digest> {
        Digest::new(Algorithm::Sha256, self.hasher.finalize().as_bytes().as_slice())
    }
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.hasher.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
