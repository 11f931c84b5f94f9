//! The `[[pin]]` tables: who may sign.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::DeValue;

use super::key;
use super::reader::Reader;
use super::table::{Found, Section, closest, quote, text_of, wrong_type};
use super::{Files, Unpinned};
use crate::report::{Code, Finding};
use crate::sigstore::certificate::{Claim, SanKind};
use crate::sigstore::pin::{ClaimRule, IdentityRule, IssuerRule, MAX_PINS, Pin, TextRule, Who};

const KEYS: [&str; 11] = [
    "name",
    "identity",
    "identity-regex",
    "kind",
    "issuer",
    "issuer-regex",
    "claims",
    "key",
    "fingerprint",
    "without-log",
    "unsafe-any-signer",
];

/// Longest name of a pin, in bytes.
const MAX_NAME_BYTES: usize = 100;

/// A pin as far as it could be read.
pub(super) struct Entry {
    /// The pin, when nothing is wrong with it.
    pub(super) pin: Option<Pin>,
    /// Where its name stands.
    pub(super) span: Range<usize>,
    /// Whether a rule names it.
    pub(super) used: bool,
}

/// The pins by their names.
pub(super) type Entries = BTreeMap<String, Entry>;

/// Reads every pin.
pub(super) fn read_all(
    reader: &mut Reader<'_>,
    root: &Section<'_>,
    files: &Files<'_>,
    unpinned: &mut Unpinned,
) -> Entries {
    let mut entries = Entries::new();
    let tables = root.tables(reader, "pin");
    if let Some(first) = tables.get(MAX_PINS) {
        reader.mistake(
            &first.span(),
            format!("there are more than {MAX_PINS} pins"),
            "join what can be one pattern",
        );
        return entries;
    }
    for value in tables {
        let Some(section) = Section::open(reader, "[[pin]]", value, &KEYS) else {
            continue;
        };
        let name = section.needed_text(reader, "name", "name the pin, so that rules and reports can");
        let who = who(reader, &section, files, unpinned);
        let claims = claims(reader, &section);
        let Some(name) = name else { continue };
        if name.value.len() > MAX_NAME_BYTES || name.value.chars().any(char::is_control) {
            let message = format!("{} cannot be the name of a pin", quote(name.value));
            reader.mistake(
                &name.span,
                message,
                format!("write at most {MAX_NAME_BYTES} printable characters"),
            );
            continue;
        }
        if let Some(earlier) = entries.get(name.value) {
            let line = reader.origin(&earlier.span).line.unwrap_or_default();
            let message = format!("there is another pin {} in line {line}", quote(name.value));
            reader.mistake(&name.span, message, "give each pin a name of its own");
            continue;
        }
        let pin = who.zip(claims).and_then(|(who, claims)| {
            // Claims of a key are refused where they are read, with their place.
            Pin::new(name.value, who, claims).ok()
        });
        entries.insert(
            name.value.to_owned(),
            Entry {
                pin,
                span: name.span,
                used: false,
            },
        );
    }
    entries
}

/// Notes the pins that no rule names: most often a rule names another one by mistake.
pub(super) fn note_unused(reader: &mut Reader<'_>, entries: &Entries) {
    for (name, entry) in entries {
        if !entry.used {
            let message = format!("no rule names the pin {}", quote(name));
            reader.missing(&entry.span, message, "add it to the pins of a rule, or remove it");
        }
    }
}

/// Finds the pins that a rule names.
pub(super) fn resolve(
    reader: &mut Reader<'_>,
    entries: &mut Entries,
    names: &[Found<&str>],
) -> Option<Vec<Pin>> {
    let mut pins = Vec::new();
    let mut complete = true;
    for name in names {
        if let Some(entry) = entries.get_mut(name.value) {
            entry.used = true;
            match &entry.pin {
                Some(pin) => pins.push(pin.clone()),
                None => complete = false,
            }
            continue;
        }
        complete = false;
        let help = match closest(name.value, entries.keys().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => "write a [[pin]] with this name".to_owned(),
        };
        // It may be in a line that does not parse.
        reader.missing(&name.span, format!("there is no pin {}", quote(name.value)), help);
    }
    complete.then_some(pins)
}

/// The keys that say who, by the way in which they say it.
const WAYS: [(&str, &[&str]); 3] = [
    (
        "an identity",
        &["identity", "identity-regex", "issuer", "issuer-regex"],
    ),
    ("a key", &["key"]),
    ("any signer", &["unsafe-any-signer"]),
];

fn who(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    unpinned: &mut Unpinned,
) -> Option<Who> {
    let given: Vec<&str> = WAYS
        .iter()
        .filter(|(_, keys)| keys.iter().any(|key| section.get(key).is_some()))
        .map(|(way, _)| *way)
        .collect();
    let misplaced: &[(&str, &[&str])] = &[
        ("kind", &["identity", "identity-regex"]),
        ("without-log", &["key"]),
        ("fingerprint", &["key"]),
    ];
    for (key, others) in misplaced {
        if let (Some(span), false) = (
            section.key_span(key),
            others.iter().any(|other| section.get(other).is_some()),
        ) {
            let message = format!("{key} has no meaning without {}", others.join(" or "));
            reader.mistake(&span, message, format!("remove {key}"));
        }
    }
    match given.as_slice() {
        [] => {
            let help = "write identity and issuer, or key";
            reader.missing(&section.span, "[[pin]] does not say who may sign", help);
            None
        }
        [_] => {
            if let Some(any) = section.switch(reader, "unsafe-any-signer") {
                return Some(Who::AnyUnsafe {
                    origin: reader.origin(&any.span),
                });
            }
            if section.get("key").is_some() {
                return key::read(reader, section, files, unpinned);
            }
            identity(reader, section)
        }
        several => {
            let message = format!(
                "[[pin]] says who may sign in several ways: {}",
                several.join(" and ")
            );
            reader.mistake(&section.span, message, "write one pin for each");
            None
        }
    }
}

fn identity(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Who> {
    if section.get("identity").is_none() && section.get("identity-regex").is_none() {
        // Only an issuer, or a switch with a wrong value, which has been told.
        if section.get("issuer").is_some() || section.get("issuer-regex").is_some() {
            let help = "add identity or identity-regex";
            reader.missing(
                &section.span,
                "[[pin]] names an issuer and not whom it vouches for",
                help,
            );
        }
        return None;
    }
    let kind = kind(reader, section);
    let identity = text_rule(reader, section, "identity", "identity-regex");
    let issuer = text_rule(reader, section, "issuer", "issuer-regex");
    if section.get("issuer").is_none() && section.get("issuer-regex").is_none() {
        let help =
            "add issuer, for example \"https://token.actions.githubusercontent.com\" for GitHub Actions";
        reader.missing(
            &section.span,
            "[[pin]] names an identity without the issuer that vouches for it",
            help,
        );
    }
    if let Some(Found {
        value: TextRule::Exact(text),
        span,
    }) = &issuer
        && !text.contains("://")
    {
        let message = format!("{} is no issuer", quote(text));
        reader.mistake(
            span,
            message,
            "write the issuer's whole URL, with https:// in front",
        );
        return None;
    }
    let (identity, issuer, kind) = (identity?, issuer?, kind?);
    let identity_origin = reader.origin(&identity.span);
    let identity = match IdentityRule::new(identity.value, kind, identity_origin) {
        Ok(rule) => rule,
        Err(error) => {
            reader.note(
                Finding::new(Code::PatternInvalid, error.to_string())
                    .help("add kind, or write one pin for each"),
                &identity.span,
            );
            return None;
        }
    };
    let issuer = IssuerRule {
        origin: reader.origin(&issuer.span),
        text: issuer.value,
    };
    Some(Who::Identity { identity, issuer })
}

/// `Some(None)` when no kind is written, `None` when what is written is no kind.
fn kind(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Option<SanKind>> {
    if section.get("kind").is_none() {
        return Some(None);
    }
    let choices = SanKind::ALL.map(|kind| (kind.name(), kind));
    section.choice(reader, "kind", &choices).map(Some)
}

/// One of two keys: the exact text or the pattern.
fn text_rule(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    exact: &str,
    regex: &str,
) -> Option<Found<TextRule>> {
    if let (Some(_), Some(span)) = (section.get(exact), section.key_span(regex)) {
        reader.mistake(
            &span,
            format!("{exact} and {regex} say the same thing twice"),
            "keep one of the two",
        );
    }
    if let Some(text) = section.text(reader, exact) {
        return Some(Found {
            value: TextRule::exact(text.value),
            span: text.span,
        });
    }
    let text = section.text(reader, regex)?;
    pattern(reader, &text)
}

fn pattern(reader: &mut Reader<'_>, text: &Found<&str>) -> Option<Found<TextRule>> {
    match TextRule::pattern(text.value) {
        Ok(value) => Some(Found {
            value,
            span: text.span.clone(),
        }),
        Err(error) => {
            let help = "patterns are regular expressions of the Rust crate regex; write them in single quotes, so that \\. stays \\.";
            reader.note(
                Finding::new(Code::PatternInvalid, error.to_string()).help(help),
                &text.span,
            );
            None
        }
    }
}

/// `claims = { name = "exact", name = { regex = "…" } }`. `None` when one of them is wrong.
fn claims(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Vec<ClaimRule>> {
    let Some(value) = section.get("claims") else {
        return Some(Vec::new());
    };
    let DeValue::Table(table) = value.get_ref() else {
        wrong_type(
            reader,
            "claims",
            "a table such as { build-trigger = \"push\" }",
            value.get_ref(),
            &value.span(),
        );
        return None;
    };
    if table.is_empty() {
        reader.mistake(
            &value.span(),
            "claims is empty",
            "name at least one claim, or leave the key out",
        );
    }
    if section.get("key").is_some() {
        let span = section.key_span("claims").unwrap_or(value.span());
        reader.mistake(
            &span,
            "a key has no claims",
            "claims can only be demanded of an identity",
        );
        return None;
    }
    let mut rules = Vec::new();
    let mut complete = true;
    for (name, value) in table {
        let claim = match name.get_ref().parse::<Claim>() {
            Ok(claim) => claim,
            Err(unknown) => {
                let help = match unknown.suggestion {
                    Some(claim) => format!("did you mean {claim}?"),
                    None => "the claims are those of Fulcio's certificates, such as source-repository-ref"
                        .to_owned(),
                };
                reader.mistake(
                    &name.span(),
                    format!("there is no claim {}", quote(name.get_ref())),
                    help,
                );
                complete = false;
                continue;
            }
        };
        let rule = match value.get_ref() {
            DeValue::Table(_) => {
                let inner = Section::open(reader, claim.name(), value, &["regex"]);
                inner.and_then(|inner| {
                    let text =
                        inner.needed_text(reader, "regex", "write { regex = '…' }, or the exact value");
                    text.and_then(|text| pattern(reader, &text))
                })
            }
            _ => text_of(reader, claim.name(), value).map(|text| Found {
                value: TextRule::exact(text.value),
                span: text.span,
            }),
        };
        match rule {
            Some(rule) => rules.push(ClaimRule {
                claim,
                origin: reader.origin(&rule.span),
                text: rule.value,
            }),
            None => complete = false,
        }
    }
    complete.then_some(rules)
}
