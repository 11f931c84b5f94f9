//! What an SBOM is compared with: a file that the caller answers for, or the attested SBOM of an artifact that was
//! accepted by the same rules.

use super::attested::supersedes;
use crate::attestation::PredicateType;
use crate::ops::verify::{AttestedSbom, Outcome};
use crate::report::{Code, Finding, Verdict};
use crate::sbom::binding::{Binding, Verified, bind};
use crate::sbom::{self, Document, Format, Limits};
use crate::subject::Digest;

/// What to compare with.
pub struct Baseline(Source);

enum Source {
    /// A file, as it is.
    File { label: String, bytes: Vec<u8> },
    /// The attested SBOMs of a subject that was accepted.
    Subject {
        name: String,
        sboms: Vec<AttestedSbom>,
        digests: Vec<Verified>,
    },
    /// A subject that proves nothing.
    Unusable(Box<Finding>),
}

/// An SBOM to compare with, and how to call it.
pub(super) struct Compared<'b> {
    pub(super) document: Document<'b>,
    pub(super) note: Finding,
}

impl Baseline {
    /// A file. Nothing says that anybody signed it: whoever names it answers for it.
    pub fn file(label: String, bytes: Vec<u8>) -> Self {
        Self(Source::File { label, bytes })
    }

    /// The subjects that a name stands for, verified by the rules that the new one has to meet. Only one subject that is
    /// accepted, and about which everything is known, can be compared with.
    pub fn subject(outcomes: Vec<Outcome>) -> Self {
        let mut outcomes = outcomes.into_iter();
        let (Some(outcome), None) = (outcomes.next(), outcomes.next()) else {
            let message = "the baseline stands for several images, or for none";
            return Self::unusable(Code::BaselineUnverified, message.to_owned());
        };
        let name = outcome.report.name.clone();
        if outcome.report.verdict == Verdict::Undecided || !outcome.open.is_empty() {
            let message = format!("whether the baseline {name} is accepted could not be found out");
            return Self::unusable(Code::BaselineUndecided, message);
        }
        if outcome.report.verdict != Verdict::Allowed {
            let why = outcome.report.findings.iter().chain(
                outcome
                    .report
                    .candidates
                    .iter()
                    .flat_map(|candidate| &candidate.findings),
            );
            let why = why
                .map(|finding| finding.message.as_str())
                .next()
                .unwrap_or_default();
            let message = format!("the baseline {name} is {}: {why}", outcome.report.verdict.words());
            return Self::unusable(Code::BaselineUnverified, message);
        }
        if outcome.sboms.is_empty() {
            let message = format!("no SBOM is attested for the baseline {name}");
            return Self::unusable(Code::BaselineUnverified, message);
        }
        Self(Source::Subject {
            name,
            sboms: outcome.sboms,
            digests: outcome.digests,
        })
    }

    fn unusable(code: Code, message: String) -> Self {
        let finding = Finding::new(code, message)
            .help("name the artifact that was accepted last, by its digest, with the evidence that it was accepted by");
        Self(Source::Unusable(Box::new(finding)))
    }

    /// The SBOM to compare one of this format with: of an artifact the newest of that format, or the newest of all.
    pub(super) fn read<'b>(&'b self, format: Format, limits: &'b Limits) -> Result<Compared<'b>, Finding> {
        match &self.0 {
            Source::Unusable(finding) => Err((**finding).clone()),
            Source::File { label, bytes } => {
                let document = sbom::read(bytes, limits).map_err(|refused| refusal(label, &refused))?;
                let message = format!(
                    "compared with {label} ({}), which is taken as it is: nothing says that anybody signed it",
                    Digest::sha256(bytes)
                );
                let note = Finding::new(Code::SbomBaseline, message);
                Ok(Compared { document, note })
            }
            Source::Subject { name, sboms, digests } => {
                let newest = newest(sboms, format)
                    .ok_or_else(|| Finding::new(Code::BaselineUnverified, format!("{name} has no SBOM")))?;
                let document =
                    sbom::read(newest.text.as_bytes(), limits).map_err(|refused| refusal(name, &refused))?;
                if let Binding::Mismatch { named, .. } = bind(&document, digests) {
                    let message = format!("the SBOM of the baseline {name} is about another artifact");
                    return Err(
                        Finding::new(Code::BaselineUnverified, message).found(named.digest.to_string())
                    );
                }
                let message = format!(
                    "compared with the SBOM of {name}, attested in {}",
                    newest.location
                );
                let note = Finding::new(Code::SbomBaseline, message);
                Ok(Compared { document, note })
            }
        }
    }
}

/// The newest SBOM of a format, or of any where there is none.
fn newest(sboms: &[AttestedSbom], format: Format) -> Option<&AttestedSbom> {
    let wanted = match format {
        Format::CycloneDxJson | Format::CycloneDxXml => "cyclonedx",
        Format::SpdxJson | Format::SpdxTagValue | Format::Spdx3Json => "spdx",
    };
    let is_wanted = |sbom: &&AttestedSbom| PredicateType::short_name(&sbom.predicate_type) == wanted;
    let newest = |sbom: &&AttestedSbom| !sboms.iter().any(|other| supersedes(other, sbom));
    sboms
        .iter()
        .filter(is_wanted)
        .find(newest)
        .or_else(|| sboms.iter().max_by_key(|sbom| sbom.made))
}

fn refusal(name: &str, refused: &sbom::Refused) -> Finding {
    Finding::new(
        Code::BaselineUnverified,
        format!("the SBOM of the baseline {name} cannot be read: {refused}"),
    )
}
