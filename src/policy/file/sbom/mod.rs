//! The `[sbom]` table: which of several SBOMs count, and the rules about what stands in them.

mod completeness;
mod components;
mod licences;
mod package;
mod vulnerabilities;

use toml::de::DeValue;

use super::reader::Reader;
use super::table::{Section, wrong_type};
use crate::policy::demand::DemandKind;
use crate::policy::rule::Rule;
use crate::policy::rules::{Mode, OnUnknown};
use crate::policy::sbom::{SbomRequire, SbomRules};
use crate::report::Finding;

const KEYS: [&str; 7] = [
    "require",
    "require-root-digest",
    "cycles",
    "licences",
    "components",
    "completeness",
    "vulnerabilities",
];

/// Reads the table, where there is one. `rules` are those that say who signs.
pub(super) fn read(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    rules: &[Rule],
    warnings: &mut Vec<Finding>,
) -> Option<SbomRules> {
    let section = Section::open(reader, "[sbom]", root.get("sbom")?, &KEYS)?;
    let demands_one = |rule: &Rule| matches!(&rule.kind, DemandKind::Attestation(kind) if kind.is_sbom());
    if !rules.iter().any(demands_one) {
        reader.missing(
            &section.span,
            "no rule of the policy says who has to sign the SBOM",
            "add an [[attestation]] rule with type = \"spdx\" or type = \"cyclonedx\", and its pins",
        );
    }
    let requires = [SbomRequire::All, SbomRequire::Latest].map(|require| (require.name(), require));
    let require = section.choice(reader, "require", &requires).unwrap_or_default();
    let is_demanded = boolean(reader, &section, "require-root-digest");
    let place = section.key_span("require-root-digest").filter(|_| is_demanded);
    let require_root_digest = place.map(|span| reader.origin(&span));
    let cycles = mode(reader, &section, "cycles");
    let origin = reader.origin(&section.key_span("cycles").unwrap_or(section.span.clone()));
    let licences = section
        .get("licences")
        .and_then(|value| licences::read(reader, value));
    let components = section
        .get("components")
        .and_then(|value| components::read(reader, value, warnings));
    let completeness = section
        .get("completeness")
        .and_then(|value| completeness::read(reader, value));
    let vulnerabilities = section
        .get("vulnerabilities")
        .and_then(|value| vulnerabilities::read(reader, value));
    Some(SbomRules {
        require,
        require_root_digest,
        cycles,
        cycles_origin: origin,
        licences,
        components,
        completeness,
        vulnerabilities,
    })
}

/// What becomes of objections; they deny where nothing is said.
fn mode(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Mode {
    let modes = [
        ("enforce", Mode::Enforce),
        ("audit", Mode::Audit),
        ("off", Mode::Off),
    ];
    section.choice(reader, key, &modes).unwrap_or_default()
}

/// What becomes of what is not known; it is denied where nothing is said.
fn on_unknown(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> OnUnknown {
    let choices = [
        ("deny", OnUnknown::Deny),
        ("audit", OnUnknown::Audit),
        ("allow", OnUnknown::Allow),
    ];
    section.choice(reader, key, &choices).unwrap_or_default()
}

/// A switch that may say no as well, so that a person sees that it was thought of.
fn boolean(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> bool {
    let Some(value) = section.get(key) else {
        return false;
    };
    match value.get_ref() {
        DeValue::Boolean(yes) => *yes,
        other => {
            wrong_type(reader, key, "true or false", other, &value.span());
            false
        }
    }
}
