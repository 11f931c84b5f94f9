//! Which entries of the rules are about anything in the SBOMs that they are held against.

use std::collections::HashSet;

use super::SbomRules;
use super::rules::Ingredient;
use crate::licences::{Expression, LicenceDecision, LicenceLists, Term};
use crate::report::{Code, Finding, Origin, Severity};

/// What was met so far.
#[derive(Debug)]
pub struct Usage<'r> {
    rules: &'r SbomRules,
    terms: HashSet<Term>,
    allow: HashSet<usize>,
    deny: HashSet<usize>,
    named: HashSet<usize>,
    exceptions: HashSet<usize>,
    licence_exceptions: HashSet<usize>,
}

impl<'r> Usage<'r> {
    /// Nothing was met.
    pub fn new(rules: &'r SbomRules) -> Self {
        Self {
            rules,
            terms: HashSet::new(),
            allow: HashSet::new(),
            deny: HashSet::new(),
            named: HashSet::new(),
            exceptions: HashSet::new(),
            licence_exceptions: HashSet::new(),
        }
    }

    /// Notes what is about a component.
    pub fn see(&mut self, ingredient: &Ingredient<'_>) {
        if let Some(rules) = &self.rules.components {
            let met = rules.met(ingredient);
            self.allow.extend(met.allow);
            self.deny.extend(met.deny);
            self.named.extend(met.named);
            self.exceptions.extend(met.exceptions);
        }
        if let Some(rules) = &self.rules.licences {
            self.licence_exceptions.extend(rules.exceptions.about(ingredient));
            let terms = ingredient.licences.iter().flat_map(Expression::terms);
            for term in terms {
                if !self.terms.contains(term) {
                    self.terms.insert(term.clone());
                }
            }
        }
    }

    /// The entries that nothing met, in the order of the policy.
    pub fn unused(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(rules) = &self.rules.licences {
            let lists = &rules.lists;
            let allow = lists.allow.iter().flatten().zip(&rules.allow_origins);
            for (entry, origin) in allow {
                let only = LicenceLists {
                    allow: Some(vec![entry.clone()]),
                    deny: Vec::new(),
                };
                let is_met = self.any_term(|decision| *decision == LicenceDecision::Allowed, &only);
                let what = format!("allow: {}", entry.term());
                findings.extend((!is_met).then(|| unused(&what, origin, Severity::Warning)));
            }
            for (entry, origin) in lists.deny.iter().zip(&rules.deny_origins) {
                let only = LicenceLists {
                    allow: None,
                    deny: vec![entry.clone()],
                };
                let is_met = self.any_term(|decision| matches!(decision, LicenceDecision::Denied(_)), &only);
                let what = format!("deny: {}", entry.term());
                findings.extend((!is_met).then(|| unused(&what, origin, Severity::Info)));
            }
            for (at, exception) in rules.exceptions.iter().enumerate() {
                if !self.licence_exceptions.contains(&at) {
                    let what = format!("exception: {}", exception.package);
                    findings.push(unused(&what, &exception.origin, Severity::Warning));
                }
            }
        }
        if let Some(rules) = &self.rules.components {
            let allow = rules
                .allowed()
                .iter()
                .map(|rule| ("allow", rule.package.as_str(), &rule.origin));
            let deny = rules
                .denied()
                .iter()
                .map(|rule| ("deny", rule.package.as_str(), &rule.origin));
            let named = rules
                .by_name()
                .iter()
                .map(|rule| ("named", rule.name.as_str(), &rule.origin));
            let exceptions = rules
                .exceptions()
                .map(|one| ("exception", one.package.as_str(), &one.origin));
            findings.extend(of_list(allow, &self.allow, Severity::Warning));
            findings.extend(of_list(deny, &self.deny, Severity::Info));
            findings.extend(of_list(named, &self.named, Severity::Warning));
            findings.extend(of_list(exceptions, &self.exceptions, Severity::Warning));
        }
        findings
    }

    fn any_term(&self, is_met: impl Fn(&LicenceDecision) -> bool, lists: &LicenceLists) -> bool {
        self.terms
            .iter()
            .any(|term| is_met(&lists.decide(&Expression::Term(term.clone()))))
    }
}

/// The entries of one list that nothing met.
fn of_list<'r>(
    entries: impl Iterator<Item = (&'static str, &'r str, &'r Origin)>,
    met: &HashSet<usize>,
    severity: Severity,
) -> Vec<Finding> {
    entries
        .enumerate()
        .filter(|(at, _)| !met.contains(at))
        .map(|(_, (list, what, origin))| unused(&format!("{list}: {what}"), origin, severity))
        .collect()
}

fn unused(what: &str, origin: &Origin, severity: Severity) -> Finding {
    let message = format!("nothing in the SBOMs is met by {what}");
    let mut finding = Finding::new(Code::PolicyRuleUnused, message).origin(origin);
    finding.severity = severity;
    match severity {
        Severity::Info => finding,
        _ => finding.help("take it out, unless another artifact needs it"),
    }
}
