//! What accepted VEX documents say about one vulnerability of one component.
//!
//! Of several versions of a document the highest counts. Of several statements about the same thing the latest counts,
//! and of those of one time each has to excuse. A statement excuses only where it is exactly about the component in this
//! artifact; it speaks against an excuse as soon as it may be about it.

mod matching;

use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

pub(super) use matching::Artifact;
use matching::{Fit, fit};

use crate::attestation::vex::{Document, Statement, Status};
use crate::ops::verify::VexEvidence;
use crate::policy::rules::{MAX_CLOCK_SKEW, Mode, VulnerabilityRules};
use crate::report::{Code, Finding};
use crate::sbom::Component;
use crate::sbom::binding::Verified;

/// Statements of accepted documents, by the names of their vulnerabilities in upper case.
pub(super) struct Vex<'v> {
    about: HashMap<String, Vec<Told>>,
    /// The digests that were verified.
    pub(super) digests: &'v [Verified],
    now: Timestamp,
    /// Whether there can be no other documents.
    pub(super) is_complete: bool,
}

/// A statement and where it stands.
struct Told {
    statement: Rc<Statement>,
    place: Rc<str>,
}

/// What accepted documents say about one vulnerability of one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing.
    Nothing,
    /// Something about the same vulnerability of something else; where.
    Elsewhere(String),
    /// That it stands; why.
    Against(String),
    /// That it does no harm; why, and who says so.
    Excuse(String),
}

impl<'v> Vex<'v> {
    /// Reads the accepted documents, where a rule needs them. One that cannot be read is a finding.
    pub(super) fn read(
        evidence: &VexEvidence,
        digests: &'v [Verified],
        rules: Option<&VulnerabilityRules>,
        now: Timestamp,
    ) -> (Self, Vec<Finding>) {
        let mut documents = Vec::new();
        let mut findings = Vec::new();
        let mode = rules.map_or(Mode::Off, |rules| rules.mode);
        for attested in evidence.documents.iter().filter(|_| mode != Mode::Off) {
            match Document::parse(&attested.text) {
                Ok(document) => documents.push((document, attested.location.as_str())),
                Err(detail) => {
                    let message = format!("{}: the VEX document cannot be read: {detail}", attested.location);
                    let finding = Finding::new(Code::VexUnreadable, message)
                        .help("have its author attest a well-formed document");
                    findings.extend(mode.apply(finding));
                }
            }
        }
        let mut newest: HashMap<(String, String), u64> = HashMap::new();
        let series = |document: &Document| (document.id.clone(), document.author.clone());
        for (document, _) in &documents {
            let version = newest.entry(series(document)).or_default();
            *version = document.version.max(*version);
        }
        documents.retain(|(document, _)| newest.get(&series(document)) == Some(&document.version));
        let mut vex = Self {
            about: HashMap::new(),
            digests,
            now,
            is_complete: evidence.is_complete,
        };
        for (document, location) in documents {
            vex.add(document, location);
        }
        (vex, findings)
    }

    fn add(&mut self, document: Document, location: &str) {
        let place: Rc<str> = format!("{} in {location}", document.id).into();
        for statement in document.statements {
            let statement = Rc::new(statement);
            let mut names: Vec<String> = statement.names.iter().map(|name| key(name)).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                self.about.entry(name).or_default().push(Told {
                    statement: statement.clone(),
                    place: place.clone(),
                });
            }
        }
    }

    /// What is said about a vulnerability with these ids, of a component where it is in the document.
    pub(super) fn hear<'i>(
        &self,
        ids: impl IntoIterator<Item = &'i str>,
        component: Option<&Component<'_>>,
        artifact: Artifact<'_, '_>,
    ) -> Heard {
        let ids = ids.into_iter().map(key);
        let named = ids.filter_map(|id| self.about.get(&id)).flatten();
        let mut elsewhere = None;
        let mut counted: Vec<&Told> = Vec::new();
        for told in named {
            match (fit(&told.statement, component, artifact), told.statement.status) {
                (Fit::Exact, _) | (Fit::Loose, Status::Affected | Status::UnderInvestigation) => {
                    counted.push(told)
                }
                (Fit::Loose | Fit::None, _) => elsewhere = Some(told),
            }
        }
        let latest = counted.iter().map(|told| told.statement.time).max();
        let Some(latest) = latest else {
            return match elsewhere {
                Some(told) => Heard::Elsewhere(format!(
                    "the VEX statement about it in {} is about another product or part",
                    told.place
                )),
                None => Heard::Nothing,
            };
        };
        let mut excuse = None;
        for told in counted.iter().filter(|told| told.statement.time == latest) {
            match self.excuse(&told.statement) {
                Ok(words) => excuse = Some(format!("{words}, {}, {}", told.statement.time, told.place)),
                Err(why) => {
                    return Heard::Against(format!("{why} ({}, {})", told.statement.time, told.place));
                }
            }
        }
        excuse.map_or(Heard::Nothing, Heard::Excuse)
    }

    /// Why a statement excuses, or why it does not.
    fn excuse(&self, statement: &Statement) -> Result<String, String> {
        let label = statement.status.label();
        let ahead = statement.time.as_second().saturating_sub(self.now.as_second());
        if ahead > MAX_CLOCK_SKEW {
            return Err(format!(
                "the latest VEX statement says {label} from a time to come"
            ));
        }
        match (statement.status, &statement.reason) {
            (Status::Fixed, _) => Ok("VEX says fixed".to_owned()),
            (Status::NotAffected, Some(reason)) => Ok(format!("VEX says not_affected: {reason}")),
            (Status::NotAffected, None) => {
                Err("the latest VEX statement says not_affected and gives no reason".to_owned())
            }
            (Status::Affected | Status::UnderInvestigation, _) => {
                Err(format!("the latest VEX statement says {label}"))
            }
        }
    }
}

fn key(id: &str) -> String {
    id.trim().to_ascii_uppercase()
}
