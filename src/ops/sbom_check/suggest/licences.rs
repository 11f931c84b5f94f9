//! The allow-list of licences: as few as accept every expression that can be accepted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::text::{comment, quoted};
use super::{MAX_PROPOSALS, count};
use crate::licences::{Entry, Expression, LicenceDecision, LicenceLists, Term};
use crate::policy::rules::{Identity, Ingredient};

/// Most decisions that are spent on making the list small. Beyond, every licence that is met is listed.
const MAX_DECISIONS: usize = 2_000_000;

/// Writes the table `[sbom.licences]`.
pub(super) fn write(ingredients: &[Ingredient<'_>]) -> String {
    let anything = LicenceLists::default();
    let mut known: HashMap<&Expression, usize> = HashMap::new();
    let mut unknown: BTreeMap<String, (String, bool)> = BTreeMap::new();
    for ingredient in ingredients {
        match &ingredient.licences {
            Some(expression) if anything.decide(expression) == LicenceDecision::Allowed => {
                *known.entry(expression).or_default() += 1;
            }
            stated => {
                let stated = stated.as_ref().map_or("nothing".to_owned(), ToString::to_string);
                let has_purl = matches!(ingredient.identity, Identity::Package(_));
                unknown.entry(ingredient.package()).or_insert((stated, has_purl));
            }
        }
    }
    let mut out = String::from("[sbom.licences]\n");
    let entries = smallest(&known);
    if entries.is_empty() {
        out += &comment("No component has a licence that SPDX knows, so no list can be suggested.");
    } else {
        let texts: Vec<(String, usize)> = entries
            .iter()
            .map(|(term, times)| (quoted(&term.to_string()) + ",", *times))
            .collect();
        let widest = texts.iter().map(|(text, _)| text.len()).max().unwrap_or_default();
        out += "allow = [\n";
        for (text, times) in texts {
            out += &format!("    {text:<widest$}  # {}\n", count(times, "component"));
        }
        out += "]\n";
    }
    out += &proposals(&unknown);
    out
}

/// The licences of a list that accepts all these expressions and none of whose entries can be left out; the most common
/// first, each with how many components name it.
fn smallest(known: &HashMap<&Expression, usize>) -> Vec<(Term, usize)> {
    let mut times: HashMap<&Term, usize> = HashMap::new();
    for (expression, number) in known {
        let terms: BTreeSet<String> = BTreeSet::new();
        let mut seen = terms;
        for term in expression.terms() {
            if Entry::parse(&term.to_string()).is_ok() && seen.insert(term.to_string()) {
                *times.entry(term).or_default() += number;
            }
        }
    }
    let mut terms: Vec<(Term, usize)> = times
        .into_iter()
        .map(|(term, number)| (term.clone(), number))
        .collect();
    terms.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.to_string().cmp(&b.0.to_string())));
    if terms.len().saturating_mul(known.len()) > MAX_DECISIONS {
        return terms;
    }
    // The rarest goes first, so that of two that would do the common one stays.
    for at in (0..terms.len()).rev() {
        let entries = terms.iter().enumerate().filter(|(other, _)| *other != at);
        let without = LicenceLists {
            allow: Some(
                entries
                    .filter_map(|(_, (term, _))| Entry::parse(&term.to_string()).ok())
                    .collect(),
            ),
            deny: Vec::new(),
        };
        let is_needless = known
            .keys()
            .all(|expression| without.decide(expression) == LicenceDecision::Allowed);
        if is_needless {
            terms.remove(at);
        }
    }
    terms
}

/// What nobody knows, as comments: a person has to look, and to put the name under it.
fn proposals(unknown: &BTreeMap<String, (String, bool)>) -> String {
    if unknown.is_empty() {
        return String::new();
    }
    let (is, it) = match unknown.len() {
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    let mut out = format!(
        "\n# The licences of {} {is} not known, and nothing is suggested for {it}. Find them out; what is acceptable\n\
         # all the same becomes an exception, with a reason, an owner and an end.\n",
        count(unknown.len(), "package")
    );
    for (package, (stated, has_purl)) in unknown.iter().take(MAX_PROPOSALS) {
        if !has_purl {
            out += &comment(&format!("{package}: states {stated}, and has no package URL"));
            continue;
        }
        out += "# [[sbom.licences.exception]]\n";
        out += &format!("# package = {}\n", quoted(package));
        out += &comment(&format!("unknown = true # states {stated}"));
        out += "# reason = \"\"\n# owner = \"\"\n# expires = \"\"\n";
    }
    if unknown.len() > MAX_PROPOSALS {
        out += &comment(&format!("and {} more", unknown.len() - MAX_PROPOSALS));
    }
    out
}
