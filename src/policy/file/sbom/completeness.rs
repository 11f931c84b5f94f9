//! The `[sbom.completeness]` table.

use toml::Spanned;
use toml::de::DeValue;

use super::mode;
use super::package::{entries, versions};
use crate::policy::file::reader::Reader;
use crate::policy::file::rules::max_age;
use crate::policy::file::table::{Section, quote};
use crate::policy::rules::{CompletenessRules, DemandedElement, Element, GeneratorRule};
use crate::versions::Scheme;

const KEYS: [&str; 5] = ["mode", "require", "audit", "max-age", "generator"];
const GENERATOR_KEYS: [&str; 2] = ["name", "versions"];

pub(super) fn read<'t>(
    reader: &mut Reader<'_>,
    value: &'t Spanned<DeValue<'t>>,
) -> Option<CompletenessRules> {
    let section = Section::open(reader, "[sbom.completeness]", value, &KEYS)?;
    let mode = mode(reader, &section, "mode");
    let mut demanded: Vec<DemandedElement> = Vec::new();
    for (key, is_audited) in [("require", false), ("audit", true)] {
        demand(reader, &section, key, is_audited, &mut demanded);
    }
    let max_age = max_age(reader, &section).map(|written| (written.value, written.origin));
    let mut generators = Vec::new();
    for value in entries(reader, &section, "generator") {
        generators.extend(generator(reader, value));
    }
    let says_nothing = ["require", "audit", "max-age", "generator"]
        .iter()
        .all(|key| section.get(key).is_none());
    if says_nothing {
        reader.missing(
            &section.span,
            "[sbom.completeness] demands nothing",
            "add require = [\"name\", \"version\"], max-age or [[sbom.completeness.generator]]",
        );
    }
    Some(CompletenessRules {
        mode,
        demanded,
        max_age,
        generators,
    })
}

/// The elements that one key lists.
fn demand(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    key: &str,
    is_audited: bool,
    demanded: &mut Vec<DemandedElement>,
) {
    for text in section.texts(reader, key).unwrap_or_default() {
        let Some((_, element)) = Element::ALL.iter().find(|(word, _)| *word == text.value) else {
            let words: Vec<&str> = Element::ALL.iter().map(|(word, _)| *word).collect();
            let message = format!("{} is no element of an SBOM", quote(text.value));
            reader.mistake(&text.span, message, format!("write some of {}", words.join(", ")));
            continue;
        };
        if demanded.iter().any(|other| other.element == *element) {
            let message = format!("{} stands in require and in audit", quote(text.value));
            reader.mistake(&text.span, message, "remove one of the two");
            continue;
        }
        demanded.push(DemandedElement {
            element: *element,
            is_audited,
            origin: reader.origin(&text.span),
        });
    }
}

fn generator<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Option<GeneratorRule> {
    let section = Section::open(reader, "[[sbom.completeness.generator]]", value, &GENERATOR_KEYS)?;
    let name = section.needed_text(reader, "name", "write the tool's name as the SBOM has it");
    let versions = versions(reader, &section, Scheme::Semver);
    let name = name?;
    Some(GeneratorRule {
        origin: reader.origin(&name.span),
        name: name.value.to_owned(),
        versions: versions?,
    })
}
