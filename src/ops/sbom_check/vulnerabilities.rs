//! The vulnerabilities that a document states, with what VEX says about them, held against the rule.

use std::collections::HashMap;

use jiff::civil::Date;

use super::ingredients::ingredient;
use super::places::Spot;
use super::vex::{Artifact, Heard, Vex};
use crate::policy::rules::{self, Analysis, Ruling, Several, StatedVulnerability, VulnerabilityRules, Word};
use crate::report::{Code, Finding};
use crate::sbom::{Affected, Component, Document, Vulnerability};

/// Asks the rule about every vulnerability of every component.
pub(super) fn check<'d, 'a>(
    document: &'d Document<'a>,
    rules: &VulnerabilityRules,
    vex: &Vex<'_>,
    today: Date,
) -> Vec<(Ruling, Spot<'d, 'a>)> {
    if !rules.is_on() {
        return Vec::new();
    }
    let components = Components::of(document);
    let artifact = Artifact {
        digests: vex.digests,
        root: match document.roots.as_slice() {
            [root] => document.component(*root),
            _ => None,
        },
    };
    let mut said = Vec::new();
    for vulnerability in &document.vulnerabilities {
        let assessment = vulnerability.assessment();
        if !rules.objects_to(assessment) {
            continue;
        }
        let affected = vulnerability.affects.iter().map(Some);
        // Where the document does not say of what, it is of the artifact.
        let unsaid = vulnerability.affects.is_empty().then_some(None);
        for affected in affected.chain(unsaid) {
            let component = affected.and_then(|affected| components.find(&affected.target));
            let stated = StatedVulnerability {
                ids: vulnerability.ids().collect(),
                assessment,
                affected: match (component, affected) {
                    (Some(component), _) => {
                        rules::Affected::Component(Box::new(ingredient(component, Several::All)))
                    }
                    (None, Some(affected)) => rules::Affected::Elsewhere(&affected.target),
                    (None, None) => rules::Affected::Unsaid,
                },
                word: word(vulnerability, affected, component, rules, vex, artifact),
            };
            let spot = Spot {
                component,
                place: vulnerability.place,
            };
            said.extend(rules.rule(&stated, today).map(|ruling| (ruling, spot)));
        }
    }
    said
}

/// What others say, and what the document says itself where it is believed. Whoever says that it does harm is heard
/// first.
fn word(
    vulnerability: &Vulnerability<'_>,
    affected: Option<&Affected<'_>>,
    component: Option<&Component<'_>>,
    rules: &VulnerabilityRules,
    vex: &Vex<'_>,
    artifact: Artifact<'_, '_>,
) -> Word {
    let heard = vex.hear(vulnerability.ids(), component, artifact);
    let version = component.and_then(|component| component.version.as_deref());
    let own = vulnerability.excuse(affected, version);
    match (heard, own, rules.analysis) {
        (Heard::Excuse(words), _, _) => Word::Excused(words),
        (Heard::Against(why), _, _) => Word::Stands(why),
        (_, Some(own), Analysis::Believe) => Word::Excused(format!("by the SBOM itself ({own})")),
        (Heard::Elsewhere(why), _, _) => Word::Stands(why),
        (Heard::Nothing, Some(own), Analysis::Ignore) => {
            Word::Stands(format!("what the SBOM itself says does not count ({own})"))
        }
        (Heard::Nothing, None, _) => Word::Nothing,
    }
}

/// A finding where something is excused and not everything is known that could take the excuse back.
pub(super) fn incomplete(said: &[(Ruling, Spot<'_, '_>)], vex: &Vex<'_>) -> Option<Finding> {
    let is_excused = |(ruling, _): &&(Ruling, Spot<'_, '_>)| {
        ruling.finding.code == Code::VulnerabilityExcused && !ruling.finding.audited
    };
    let excused = said.iter().filter(is_excused).count();
    if vex.is_complete || excused == 0 {
        return None;
    }
    let message = format!(
        "vulnerabilities are excused ({excused}), and a later VEX statement may be in a place that did not answer"
    );
    Some(Finding::new(Code::VexIncomplete, message).help("try again when every place answers"))
}

/// Components by their ids.
struct Components<'d, 'a> {
    ids: HashMap<&'d str, &'d Component<'a>>,
    /// How a BOM-Link to this document begins: `urn:cdx:<serial number>/`.
    link: Option<String>,
}

impl<'d, 'a> Components<'d, 'a> {
    fn of(document: &'d Document<'a>) -> Self {
        let mut ids = HashMap::new();
        for component in &document.components {
            if let Some(id) = &component.id {
                // The first one has it; a second one is a problem of the document.
                ids.entry(id.as_ref()).or_insert(component);
            }
        }
        let serial = document.head.serial.as_deref();
        let uuid = serial.and_then(|serial| serial.strip_prefix("urn:uuid:"));
        Self {
            ids,
            link: uuid.map(|uuid| format!("urn:cdx:{uuid}/")),
        }
    }

    /// The component with an id, or the one that a BOM-Link into this document names.
    fn find(&self, target: &str) -> Option<&'d Component<'a>> {
        let linked = || {
            let behind = target.strip_prefix(self.link.as_deref()?)?;
            self.ids.get(behind.split_once('#')?.1).copied()
        };
        self.ids.get(target).copied().or_else(linked)
    }
}

#[cfg(test)]
mod tests;
