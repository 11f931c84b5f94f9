//! Differences to the baseline, held against the rule about them.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::baseline::Baseline;
use crate::policy::rules::{Difference, Differing, DriftRules, Identity, Ingredient, Mode};
use crate::report::{Code, Finding, Origin};
use crate::sbom::drift::{Change, Class, drift};
use crate::sbom::{Document, Limits};
use crate::versions;

/// Most differences of one SBOM that are listed, denials first. All of them count.
const MAX_LISTED: usize = 500;

/// Compares a document with the baseline, and says what the rule objects to. Where there is a baseline and no rule,
/// every difference means what it usually does.
pub(super) fn check(
    document: &Document<'_>,
    rules: Option<&DriftRules>,
    baseline: Option<&Baseline>,
    limits: &Limits,
    today: Date,
) -> Drifted {
    let usual;
    let rules = match (rules, baseline) {
        (Some(rules), _) => rules,
        (None, Some(_)) => {
            usual = DriftRules::usual(&Origin::flag("--baseline"));
            &usual
        }
        (None, None) => return Drifted::default(),
    };
    if rules.mode == Mode::Off {
        return Drifted::default();
    }
    let Some(baseline) = baseline else {
        return Drifted::note(without_baseline(rules));
    };
    let compared = match baseline.read(document.format, limits) {
        Ok(compared) => compared,
        Err(finding) => return Drifted::note(finding.origin(&rules.origin)),
    };
    let changes = drift(&compared.document, document, &versions::compare);
    let objections = changes
        .iter()
        .filter_map(|change| object(change, document, rules, today));
    let mut note = compared.note;
    note.message = format!("{}: {} in all", note.message, counted(changes.len()));
    Drifted {
        objections: objections.collect(),
        note: Some(note),
    }
}

/// What came of comparing.
#[derive(Default)]
pub(super) struct Drifted {
    /// What the rule objects to. Every objection; [`Self::tell`] cuts the list.
    pub(super) objections: Vec<Finding>,
    note: Option<Finding>,
}

impl Drifted {
    fn note(note: Finding) -> Self {
        Self {
            objections: Vec::new(),
            note: Some(note),
        }
    }

    /// As findings, denials first, so that none of them is what the cap leaves out.
    pub(super) fn tell(self) -> Vec<Finding> {
        let mut findings = self.objections;
        findings.sort_by_key(|finding| Reverse(finding.severity));
        let total = findings.len();
        findings.truncate(MAX_LISTED);
        if total > MAX_LISTED {
            let message =
                format!("the rule about differences objects {total} times; {MAX_LISTED} of that are listed");
            findings.push(Finding::new(Code::LargeListTruncated, message));
        }
        findings.extend(self.note);
        findings
    }
}

fn counted(changes: usize) -> String {
    match changes {
        0 => "no differences".to_owned(),
        1 => "1 difference".to_owned(),
        changes => format!("{changes} differences"),
    }
}

fn without_baseline(rules: &DriftRules) -> Finding {
    if rules.needs_baseline() {
        let message = "the policy has a rule about differences, and there is no baseline to compare with";
        return Finding::new(Code::BaselineMissing, message)
            .origin(&rules.origin)
            .help("name it with sbom-check --baseline");
    }
    let message = "the SBOM was compared with nothing: no baseline was named, and the policy requires none";
    Finding::new(Code::SbomDriftUnchecked, message).origin(&rules.origin)
}

fn object(change: &Change, document: &Document<'_>, rules: &DriftRules, today: Date) -> Option<Finding> {
    let version = match change.class {
        Class::Added | Class::VersionUp | Class::VersionDown | Class::VersionChanged => {
            Some(change.to.as_str())
        }
        Class::Removed => Some(change.from.as_str()),
        Class::LicenceChanged | Class::SupplierChanged | Class::HashChanged => None,
    };
    let component = change.new.and_then(|index| document.component(index));
    let is_package = change.package.starts_with("pkg:");
    let ingredient = Ingredient {
        group: None,
        name: &change.package,
        version: version.or(component.and_then(|component| component.version.as_deref())),
        identity: Identity::of(is_package.then_some(change.package.as_str())),
        supplier: None,
        hashes: Vec::new(),
        licences: None,
    };
    let differing = Differing {
        kind: kind(change.class),
        package: &change.package,
        ingredient: &ingredient,
        from: &change.from,
        to: &change.to,
    };
    let mut finding = rules.rule(&differing, today)?.finding;
    if let Some(component) = component {
        finding.message = format!("{} (line {} of the SBOM)", finding.message, component.place.line);
    }
    Some(finding)
}

fn kind(class: Class) -> Difference {
    match class {
        Class::Added => Difference::Added,
        Class::Removed => Difference::Removed,
        Class::VersionUp => Difference::VersionUp,
        Class::VersionDown => Difference::VersionDown,
        Class::VersionChanged => Difference::VersionChanged,
        Class::LicenceChanged => Difference::LicenceChanged,
        Class::SupplierChanged => Difference::SupplierChanged,
        Class::HashChanged => Difference::HashChanged,
    }
}
