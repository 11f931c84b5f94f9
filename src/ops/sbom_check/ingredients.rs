//! Every component held against the rules; what they object to, once for each rule and package.

use std::cmp::Reverse;
use std::collections::HashMap;

use jiff::civil::Date;

use super::places::{Objection, Source, Spot, place};
use crate::licences::Expression;
use crate::policy::SbomRules;
use crate::policy::rules::{Identity, Ingredient, LicenceText, Ruling, Several};
use crate::report::{Code, Finding, Severity};
use crate::sbom::{Claim, Component, Document, HashAlgorithm, LicenceForm};

/// Most objections to one SBOM that are listed, denials first. All of them count.
const MAX_LISTED: usize = 500;

/// Asks every rule about every component. Every objection is given; [`tell`] cuts the list.
pub(super) fn objections<'d, 'a>(
    components: &[&'d Component<'a>],
    rules: &SbomRules,
    today: Date,
) -> Vec<Objection<'d, 'a>> {
    let several = rules.licences.as_ref().map(|rule| rule.several);
    grouped(components.iter().flat_map(|component| {
        let ingredient = ingredient(component, several.unwrap_or_default());
        let licences = rules.licences.as_ref();
        let packages = rules.components.as_ref();
        let rulings = [
            licences.and_then(|rule| rule.rule(&ingredient, today)),
            packages.and_then(|rule| rule.rule(&ingredient, today)),
        ];
        let spot = Spot {
            component: Some(*component),
            place: component.place,
        };
        rulings.into_iter().flatten().map(move |ruling| (ruling, spot))
    }))
}

/// What rules said, once for each rule, package and what decided.
pub(super) fn grouped<'d, 'a>(
    said: impl IntoIterator<Item = (Ruling, Spot<'d, 'a>)>,
) -> Vec<Objection<'d, 'a>> {
    let mut groups: Vec<Objection<'d, 'a>> = Vec::new();
    let mut known: HashMap<(Option<String>, Severity), usize> = HashMap::new();
    for (ruling, spot) in said {
        let key = (ruling.finding.fingerprint.clone(), ruling.finding.severity);
        match known.get(&key).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.add(ruling, spot),
            None => {
                known.insert(key, groups.len());
                groups.push(Objection {
                    ruling,
                    first: spot,
                    others: 0,
                });
            }
        }
    }
    groups
}

/// The objections as findings, by rule and package: denials first, so that none of them is what the cap leaves out.
pub(super) fn tell(
    source: &Source<'_>,
    document: &Document<'_>,
    mut groups: Vec<Objection<'_, '_>>,
) -> Vec<Finding> {
    if groups.is_empty() {
        return Vec::new();
    }
    groups.sort_by(|a, b| {
        let key = |group: &Objection<'_, '_>| {
            let finding = &group.ruling.finding;
            (Reverse(finding.severity), finding.code.name())
        };
        key(a)
            .cmp(&key(b))
            .then_with(|| a.ruling.package.cmp(&b.ruling.package))
            .then_with(|| a.ruling.decided_by.cmp(&b.ruling.decided_by))
    });
    let total = groups.len();
    groups.truncate(MAX_LISTED);
    let mut findings = place(source, document, groups);
    if total > MAX_LISTED {
        let message = format!("the rules object {total} times to the SBOM; {MAX_LISTED} of that are listed");
        findings.push(Finding::new(Code::LargeListTruncated, message));
    }
    findings
}

/// What the rules ask about a component.
pub(super) fn ingredient<'c>(component: &'c Component<'_>, several: Several) -> Ingredient<'c> {
    let hashes = component.hashes.iter();
    Ingredient {
        group: component.group.as_deref(),
        name: &component.name,
        version: component.version.as_deref(),
        identity: Identity::of(component.purl.as_deref()),
        supplier: component.supplier.as_deref(),
        hashes: hashes
            .filter_map(|hash| Some((pinned_name(hash.algorithm)?, hash.hex.as_ref())))
            .collect(),
        licences: licences(component, several),
    }
}

/// The licences that are stated. `NOASSERTION` beside another one says nothing: whoever concluded nothing leaves what
/// was declared as it is. What was declared and what was concluded both hold, whatever several licences of one list mean.
fn licences(component: &Component<'_>, several: Several) -> Option<Expression> {
    let is_said = |text: &str| text != "NOASSERTION";
    let says_any = component.licences.iter().any(|licence| is_said(&licence.text));
    let of_claim = |claim: Claim| {
        let counted = component
            .licences
            .iter()
            .filter(move |licence| licence.claim == claim && (!says_any || is_said(&licence.text)));
        let texts = counted.map(|licence| match licence.form {
            LicenceForm::Id | LicenceForm::Expression => LicenceText::Expression(&licence.text),
            LicenceForm::Name => LicenceText::Name(&licence.text),
        });
        LicenceText::join(texts, several)
    };
    let claims = [Claim::Declared, Claim::Concluded, Claim::Unstated];
    Expression::all(claims.into_iter().filter_map(of_claim))
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

#[cfg(test)]
mod tests;
