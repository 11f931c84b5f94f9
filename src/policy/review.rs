//! What is odd about the rules of `[sbom]` by themselves: entries that never decide, contradict, or have ended.

use jiff::civil::Date;

use super::SbomRules;
use super::rules::{ComponentRules, Exception, LicenceRules, PackageRule};
use crate::licences::{Because, Entry, Expression, Licence, LicenceDecision, LicenceLists};
use crate::report::{Code, Finding, Origin};

/// Everything that is odd about the rules on a day, in UTC.
pub fn review(rules: &SbomRules, today: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(licences) = &rules.licences {
        findings.extend(among_licences(licences));
        findings.extend(licences.exceptions.iter().filter_map(|one| ended(one, today)));
    }
    if let Some(components) = &rules.components {
        findings.extend(among_components(components));
        findings.extend(components.exceptions().filter_map(|one| ended(one, today)));
    }
    if let Some(rules) = &rules.vulnerabilities {
        findings.extend(rules.exceptions.iter().filter_map(|one| ended(one, today)));
    }
    findings
}

fn ended(exception: &Exception, today: Date) -> Option<Finding> {
    let message = format!(
        "the exception for {} ended on {}",
        exception.package, exception.expires
    );
    (exception.expires < today).then(|| {
        Finding::new(Code::PolicyExceptionEnded, message)
            .found(format!("{}, {}", exception.reason, exception.owner))
            .origin(&exception.origin)
            .help("take it out, or have its owner decide anew")
    })
}

fn among_components(rules: &ComponentRules) -> Vec<Finding> {
    let mut findings = Vec::new();
    for list in [rules.allowed(), rules.denied()] {
        for (at, rule) in list.iter().enumerate() {
            // Of two that mean the same the second one is told.
            let covers = |(other_at, other): &(usize, &PackageRule)| {
                *other_at != at && covers(other, rule) && (*other_at < at || !covers(rule, other))
            };
            let wider = list.iter().enumerate().find(covers);
            findings.extend(wider.map(|(_, wider)| shadowed(&said(rule), &rule.origin, &wider.origin)));
        }
    }
    for rule in rules.allowed() {
        let same_versions = |deny: &&PackageRule| is_wider(deny, rule);
        let denies = |deny: &&PackageRule| deny.package.covers(&rule.package) && same_versions(deny);
        if let Some(deny) = rules.denied().iter().find(denies) {
            findings.push(contradicted(&said(rule), &rule.origin, &said(deny), &deny.origin));
        }
    }
    findings
}

/// Whether `wide` allows or denies everything that `narrow` does.
fn covers(wide: &PackageRule, narrow: &PackageRule) -> bool {
    let is_within = |wide: &[String], narrow: &[String]| {
        wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(|one| wide.contains(one)))
    };
    wide.package.covers(&narrow.package)
        && is_wider(wide, narrow)
        && is_within(&wide.suppliers, &narrow.suppliers)
        && (wide.hashes.is_empty() || wide.hashes == narrow.hashes)
}

/// Whether the versions of one are those of the other, or all of them.
fn is_wider(wide: &PackageRule, narrow: &PackageRule) -> bool {
    wide.versions.is_any() || wide.versions.to_string() == narrow.versions.to_string()
}

fn said(rule: &PackageRule) -> String {
    match rule.versions.is_any() {
        true => rule.package.to_string(),
        false => format!("{} {}", rule.package, rule.versions),
    }
}

fn among_licences(rules: &LicenceRules) -> Vec<Finding> {
    let mut findings = Vec::new();
    let allow = rules.lists.allow.as_deref().unwrap_or_default();
    for (entry, origin) in allow.iter().zip(&rules.allow_origins) {
        let term = Expression::Term(entry.term().clone());
        if let LicenceDecision::Denied(objection) = rules.lists.decide(&term)
            && let Because::DeniedBy(at) = objection.because
            && let (Some(deny), Some(place)) = (rules.lists.deny.get(at), rules.deny_origins.get(at))
        {
            let (what, by) = (entry.term().to_string(), deny.term().to_string());
            findings.push(contradicted(&what, origin, &by, place));
        }
    }
    for (list, origins) in [
        (allow, &rules.allow_origins),
        (rules.lists.deny.as_slice(), &rules.deny_origins),
    ] {
        for (at, entry) in list.iter().enumerate() {
            let earlier = list.iter().take(at).position(|other| other == entry);
            // An exception (`WITH`) of a licence that is allowed as it is.
            let plain = || list.iter().position(|other| is_plain_form(other, entry));
            let wider = earlier.or_else(|| std::ptr::eq(list, allow).then(plain).flatten());
            if let (Some(origin), Some(wider)) = (origins.get(at), wider.and_then(|at| origins.get(at))) {
                findings.push(shadowed(&entry.term().to_string(), origin, wider));
            }
        }
    }
    findings
}

/// Whether `plain` alone allows the single licence with an exception that `entry` names.
fn is_plain_form(plain: &Entry, entry: &Entry) -> bool {
    let is_one_version = !matches!(entry.term().licence, Licence::Listed { or_later: true, .. });
    let lists = LicenceLists {
        allow: Some(vec![plain.clone()]),
        deny: Vec::new(),
    };
    plain.term().addition.is_none()
        && entry.term().addition.is_some()
        && is_one_version
        && lists.decide(&Expression::Term(entry.term().clone())) == LicenceDecision::Allowed
}

fn shadowed(what: &str, origin: &Origin, by: &Origin) -> Finding {
    let message = format!("{what} never decides: what it is about is in {} too", place(by));
    Finding::new(Code::PolicyRuleShadowed, message)
        .origin(origin)
        .help("take one of the two out")
}

fn contradicted(what: &str, origin: &Origin, deny: &str, by: &Origin) -> Finding {
    let message = format!("{what} is allowed, and {deny} in {} denies all of it", place(by));
    Finding::new(Code::PolicyRuleContradicted, message)
        .origin(origin)
        .help("take the allow entry out, or see whether the deny entry is wider than it was meant to be")
}

fn place(origin: &Origin) -> String {
    match origin.line {
        Some(line) => format!("line {line}"),
        None => origin.source.clone(),
    }
}

#[cfg(test)]
mod tests;
