//! Every component held against the rules; what they object to, once for each rule and package.

use std::collections::HashMap;

use jiff::civil::Date;

use super::places::{Objection, Source, place};
use crate::policy::SbomRules;
use crate::policy::rules::{Identity, Ingredient, LicenceText};
use crate::report::{Code, Finding, Severity};
use crate::sbom::{Component, Document, HashAlgorithm, LicenceForm};

/// Most objections to one SBOM that are listed, denials first. All of them count.
const MAX_LISTED: usize = 500;

/// Asks every rule about every component.
pub(super) fn check(
    source: &Source<'_>,
    document: &Document<'_>,
    components: &[&Component<'_>],
    rules: &SbomRules,
    today: Date,
) -> Vec<Finding> {
    let mut objections: Vec<Objection<'_, '_>> = Vec::new();
    let mut known: HashMap<(String, Severity), usize> = HashMap::new();
    for component in components {
        let ingredient = ingredient(component);
        let licences = rules.licences.as_ref();
        let packages = rules.components.as_ref();
        let rulings = [
            licences.and_then(|rule| rule.rule(&ingredient, today)),
            packages.and_then(|rule| rule.rule(&ingredient, today)),
        ];
        for ruling in rulings.into_iter().flatten() {
            let key = (ruling.fingerprint(), ruling.finding.severity);
            match known.get(&key).and_then(|at| objections.get_mut(*at)) {
                Some(objection) => objection.others += 1,
                None => {
                    known.insert(key, objections.len());
                    objections.push(Objection {
                        ruling,
                        first: component,
                        others: 0,
                    });
                }
            }
        }
    }
    // Grouped by rule, then by package; denials first, so that none of them is what the cap leaves out.
    objections.sort_by(|a, b| {
        let key = |objection: &Objection<'_, '_>| {
            let finding = &objection.ruling.finding;
            (finding.severity != Severity::Deny, finding.code.name())
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.ruling.package.cmp(&b.ruling.package))
    });
    tell(source, document, objections)
}

fn tell(source: &Source<'_>, document: &Document<'_>, objections: Vec<Objection<'_, '_>>) -> Vec<Finding> {
    if objections.is_empty() {
        return Vec::new();
    }
    let total = objections.len();
    let listed: Vec<Objection<'_, '_>> = objections.into_iter().take(MAX_LISTED).collect();
    let mut findings = place(source, document, listed);
    if total > MAX_LISTED {
        let message = format!("the rules object {total} times to the SBOM; {MAX_LISTED} of that are listed");
        findings.push(Finding::new(Code::LargeListTruncated, message));
    }
    findings
}

/// What the rules ask about a component.
fn ingredient<'c>(component: &'c Component<'_>) -> Ingredient<'c> {
    let hashes = component.hashes.iter();
    Ingredient {
        name: &component.name,
        version: component.version.as_deref(),
        identity: Identity::of(component.purl.as_deref()),
        supplier: component.supplier.as_deref(),
        hashes: hashes
            .filter_map(|hash| Some((pinned_name(hash.algorithm)?, hash.hex.as_ref())))
            .collect(),
        licences: LicenceText::join(licences(component)),
    }
}

/// The licences that are stated. `NOASSERTION` beside another one says nothing: whoever concluded nothing leaves what
/// was declared as it is.
fn licences<'c>(component: &'c Component<'_>) -> Vec<LicenceText<'c>> {
    let is_said = |text: &str| text != "NOASSERTION";
    let says_any = component.licences.iter().any(|licence| is_said(&licence.text));
    let counted = component
        .licences
        .iter()
        .filter(|licence| !says_any || is_said(&licence.text));
    counted
        .map(|licence| match licence.form {
            LicenceForm::Id | LicenceForm::Expression => LicenceText::Expression(&licence.text),
            LicenceForm::Name => LicenceText::Name(&licence.text),
        })
        .collect()
}

/// The name of an algorithm that a policy can pin hashes of.
fn pinned_name(algorithm: HashAlgorithm) -> Option<&'static str> {
    match algorithm {
        HashAlgorithm::Sha256 => Some("sha-256"),
        HashAlgorithm::Sha384 => Some("sha-384"),
        HashAlgorithm::Sha512 => Some("sha-512"),
        _ => None,
    }
}
