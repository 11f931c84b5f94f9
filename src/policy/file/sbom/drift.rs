//! The `[sbom.drift]` table.

use toml::Spanned;
use toml::de::DeValue;

use super::package::{entries, exception};
use super::{boolean_or, mode};
use crate::policy::file::reader::Reader;
use crate::policy::file::table::{Section, quote};
use crate::policy::rules::{Difference, DriftRules, Exception, Exceptions, OnDifference};

/// Keys beside those of the differences.
const KEYS: [&str; 11] = [
    "mode",
    "required",
    "exception",
    "added",
    "removed",
    "version-up",
    "version-down",
    "version-changed",
    "licence-changed",
    "supplier-changed",
    "hash-changed",
];
const EXCEPTION_KEYS: [&str; 6] = ["package", "versions", "changes", "reason", "owner", "expires"];

const CHOICES: [(&str, OnDifference); 3] = [
    ("allow", OnDifference::Allow),
    ("audit", OnDifference::Audit),
    ("deny", OnDifference::Deny),
];

pub(super) fn read<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Option<DriftRules> {
    let section = Section::open(reader, "[sbom.drift]", value, &KEYS)?;
    let mode = mode(reader, &section, "mode");
    let required = boolean_or(reader, &section, "required", true);
    let mut actions = Vec::new();
    for kind in Difference::ALL {
        let action = section
            .choice(reader, kind.name(), &CHOICES)
            .unwrap_or(kind.usual());
        let span = section.key_span(kind.name()).unwrap_or(section.span.clone());
        actions.push((kind, action, reader.origin(&span)));
    }
    let mut exceptions = Vec::new();
    for value in entries(reader, &section, "exception") {
        exceptions.extend(except(reader, value));
    }
    Some(DriftRules {
        mode,
        required,
        actions,
        exceptions: Exceptions::new(exceptions),
        origin: reader.origin(&section.span),
    })
}

fn except<'t>(
    reader: &mut Reader<'_>,
    value: &'t Spanned<DeValue<'t>>,
) -> Option<(Exception, Vec<Difference>)> {
    let section = Section::open(reader, "[[sbom.drift.exception]]", value, &EXCEPTION_KEYS)?;
    let exception = exception(reader, &section);
    let mut kinds = Vec::new();
    for text in section.texts(reader, "changes").unwrap_or_default() {
        match Difference::ALL.into_iter().find(|kind| kind.name() == text.value) {
            Some(kind) => kinds.push(kind),
            None => {
                let names = Difference::ALL.map(Difference::name).join(", ");
                let message = format!("changes cannot have {}", quote(text.value));
                reader.mistake(&text.span, message, format!("write some of {names}"));
            }
        }
    }
    if section.get("changes").is_none() {
        reader.missing(
            &section.span,
            "the exception accepts nothing",
            "say which differences pass: changes = [\"added\"]",
        );
    }
    Some((exception?, kinds))
}
