//! The `[[signature]]` and `[[attestation]]` tables: what has to be there, for which subjects.

use std::time::Duration;

use toml::de::DeValue;

use super::pins::{Entries, resolve};
use super::reader::Reader;
use super::summary::summary;
use super::table::{Section, closest, number_of, quote, wrong_type};
use crate::attestation::{PredicateType, SHORT_NAMES};
use crate::policy::demand::{DemandKind, FieldRules, Require, SummaryRules, Written};
use crate::policy::rule::{Binding, Rule};
use crate::policy::scope::Scope;
use crate::report::Finding;
use crate::sigstore::pin::{Combine, PinSet};

const SIGNATURE_KEYS: [&str; 6] = [
    "subjects",
    "pins",
    "combine",
    "require",
    "max-age",
    "repository-binding",
];

const ATTESTATION_KEYS: [&str; 14] = [
    "subjects",
    "pins",
    "combine",
    "require",
    "max-age",
    "type",
    "optional",
    "builder-id",
    "source-repository",
    "source-ref",
    "verifier",
    "resource-uri",
    "verified-policy",
    "verified-level",
];

/// Most rules of one policy.
const MAX_RULES: usize = 256;

/// Reads every rule, in the order of signatures before attestations.
pub(super) fn read_all(reader: &mut Reader<'_>, root: &Section<'_>, pins: &mut Entries) -> Vec<Rule> {
    let signatures = root.tables(reader, "signature");
    let attestations = root.tables(reader, "attestation");
    if signatures.is_empty() && attestations.is_empty() {
        let help = "add a [[signature]] or an [[attestation]] rule";
        reader.missing(
            &(0..0),
            "the policy has no rules, so it would allow nothing",
            help,
        );
    }
    if let Some(first) = signatures.iter().chain(&attestations).nth(MAX_RULES) {
        reader.mistake(
            &first.span(),
            format!("there are more than {MAX_RULES} rules"),
            "join rules that demand the same",
        );
        return Vec::new();
    }
    let mut rules = Vec::new();
    for value in signatures {
        if let Some(section) = Section::open(reader, "[[signature]]", value, &SIGNATURE_KEYS) {
            rules.extend(rule(
                reader,
                &section,
                pins,
                Some(DemandKind::Signature),
                Says::default(),
            ));
        }
    }
    for value in attestations {
        if let Some(section) = Section::open(reader, "[[attestation]]", value, &ATTESTATION_KEYS) {
            let kind = predicate_type(reader, &section);
            let says = Says {
                fields: fields(reader, &section, kind.as_ref()),
                summary: summary(reader, &section, kind.as_ref()),
                is_optional: optional(reader, &section, kind.as_ref()),
            };
            rules.extend(rule(
                reader,
                &section,
                pins,
                kind.map(DemandKind::Attestation),
                says,
            ));
        }
    }
    if !rules.is_empty() && rules.iter().all(|rule| rule.is_optional) {
        reader.missing(
            &(0..0),
            "every rule of the policy is optional, so it demands nothing and would allow nothing",
            "add a rule that is not optional",
        );
    }
    rules
}

/// What a rule demands of the predicate.
#[derive(Default)]
struct Says {
    fields: FieldRules,
    summary: Option<SummaryRules>,
    is_optional: bool,
}

fn rule(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    pins: &mut Entries,
    kind: Option<DemandKind>,
    says: Says,
) -> Option<Rule> {
    // Without the key a rule is for every subject.
    let scopes = match section.get("subjects") {
        None => Some(Vec::new()),
        Some(_) => scopes(reader, section, "subjects"),
    };
    let pins = pin_set(reader, section, pins);
    let requires = [
        ("any", Require::Any),
        ("all", Require::All),
        ("latest", Require::Latest),
    ];
    let require = section.choice(reader, "require", &requires).unwrap_or_default();
    let max_age = max_age(reader, section);
    let bindings = [
        ("ignore", Binding::Ignore),
        ("exact", Binding::Exact),
        ("match-prefix", Binding::Prefix),
    ];
    let binding = section
        .choice(reader, "repository-binding", &bindings)
        .unwrap_or(Binding::Ignore);
    let binding_span = section
        .key_span("repository-binding")
        .unwrap_or(section.span.clone());
    Some(Rule {
        scopes: scopes?,
        kind: kind?,
        pins: pins?,
        require,
        max_age,
        fields: says.fields,
        summary: says.summary,
        binding: Written {
            value: binding,
            origin: reader.origin(&binding_span),
        },
        is_optional: says.is_optional,
    })
}

/// The scopes that a key lists. `None` when the list is missing, empty or one of them is wrong.
pub(crate) fn scopes(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<Vec<Scope>> {
    let mut scopes = Vec::new();
    let texts = section.texts(reader, key)?;
    let count = texts.len();
    for text in texts {
        match Scope::new(text.value) {
            Ok(scope) => scopes.push(scope),
            Err(error) => {
                let message = format!("{} is no subject: {error}", quote(text.value));
                reader.mistake(
                    &text.span,
                    message,
                    "write registry.example/app, registry.example/** or file:dist/*",
                );
            }
        }
    }
    // An empty list of scopes would mean every subject.
    (!scopes.is_empty() && scopes.len() == count).then_some(scopes)
}

fn pin_set(reader: &mut Reader<'_>, section: &Section<'_>, entries: &mut Entries) -> Option<PinSet> {
    let Some(names) = section.get("pins") else {
        let help = "name the pins that may sign: pins = [\"release\"]";
        reader.missing(
            &section.span,
            format!("{} does not say who has to sign", section.what),
            help,
        );
        return None;
    };
    let span = names.span();
    let names = section.texts(reader, "pins");
    let combine = combine(reader, section);
    let pins = resolve(reader, entries, &names?)?;
    let origin = reader.origin(&span);
    match PinSet::new(pins, combine?, Some(origin)) {
        Ok(set) => Some(set),
        Err(error) => {
            let span = section.key_span("combine").unwrap_or(span);
            reader.mistake(
                &span,
                error.to_string(),
                "demand from 1 to as many pins as are named",
            );
            None
        }
    }
}

fn combine(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Combine> {
    let Some(value) = section.get("combine") else {
        return Some(Combine::Any);
    };
    match value.get_ref() {
        DeValue::String(_) => {
            section.choice(reader, "combine", &[("any", Combine::Any), ("all", Combine::All)])
        }
        DeValue::Table(_) => {
            let inner = Section::open(reader, "combine", value, &["at-least"])?;
            match inner.get("at-least") {
                Some(number) => {
                    let number = number_of(reader, "at-least", number, u64::from(u32::MAX))?;
                    usize::try_from(number).ok().map(Combine::AtLeast)
                }
                None => {
                    reader.missing(&inner.span, "combine has no at-least", "write { at-least = 2 }");
                    None
                }
            }
        }
        other => {
            wrong_type(
                reader,
                "combine",
                "\"any\", \"all\" or { at-least = 2 }",
                other,
                &value.span(),
            );
            None
        }
    }
}

pub(super) fn max_age(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Written<Duration>> {
    let age = section.duration(reader, "max-age")?;
    Some(Written {
        value: age.value,
        origin: reader.origin(&age.span),
    })
}

fn predicate_type(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<PredicateType> {
    let help = "write a short name such as \"slsa-provenance-v1\", or the whole URI";
    let text = section.needed_text(reader, "type", help)?;
    let parsed = PredicateType::parse(text.value);
    if parsed.is_none() {
        let names = SHORT_NAMES.iter().map(|(name, _)| *name);
        let help = match closest(text.value, names.clone()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!(
                "write a whole URI, or one of {}",
                names.collect::<Vec<_>>().join(", ")
            ),
        };
        reader.mistake(
            &text.span,
            format!("{} is no type of attestation", quote(text.value)),
            help,
        );
    }
    parsed
}

/// Whether the rule only says which statements count. Only of VEX can there be none for a good reason: where there is
/// nothing to excuse.
fn optional(reader: &mut Reader<'_>, section: &Section<'_>, kind: Option<&PredicateType>) -> bool {
    let Some(switch) = section.switch(reader, "optional") else {
        return false;
    };
    if kind.is_some_and(|kind| !kind.is_vex()) {
        reader.mistake(
            &switch.span,
            "only attestations of type \"openvex\" are optional",
            "leave optional out: what is demanded has to be there",
        );
    }
    true
}

/// Rules on fields of SLSA provenance, which only provenance has.
fn fields(reader: &mut Reader<'_>, section: &Section<'_>, kind: Option<&PredicateType>) -> FieldRules {
    let is_provenance = kind.is_none_or(|kind| {
        let accepts = |version| kind.accepts(&format!("https://slsa.dev/provenance/{version}"));
        // A type that accepts everything is no promise of provenance.
        (accepts("v1") || accepts("v0.2")) && !kind.accepts("https://example.com/something-else")
    });
    let mut field = |key: &str| {
        let text = section.text(reader, key)?;
        if !is_provenance {
            let span = section.key_span(key).unwrap_or(text.span.clone());
            let message = format!("{key} is a field of SLSA provenance, and the type is another one");
            reader.mistake(
                &span,
                message,
                "demand it in a rule with type = \"slsa-provenance\"",
            );
        }
        Some(Written {
            value: text.value.to_owned(),
            origin: reader.origin(&text.span),
        })
    };
    FieldRules {
        builder_id: field("builder-id"),
        source_repository: field("source-repository"),
        source_ref: field("source-ref"),
        commit: None,
    }
}

/// What is worth a warning in rules and pins that are otherwise right.
pub(super) fn warnings(rules: &[Rule]) -> Vec<Finding> {
    let mut warnings: Vec<Finding> = Vec::new();
    for pin in rules.iter().flat_map(|rule| rule.pins.pins()) {
        for warning in pin.warnings() {
            // A pin may be named by several rules.
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
    }
    warnings
}
