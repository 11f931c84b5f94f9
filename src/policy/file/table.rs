//! Reading tables of the file strictly: every key is known, every value has its type, every mistake has its place.

use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::Reader;
use crate::policy::duration;

/// Most entries of one list.
const MAX_LISTED: usize = 256;

/// How alike two names have to be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.78;

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// One table whose keys are all known.
pub(crate) struct Section<'t> {
    table: &'t DeTable<'t>,
    pub(crate) span: Range<usize>,
    /// The table in words, for messages.
    pub(crate) what: String,
}

impl<'t> Section<'t> {
    /// Looks at a table and notes every key that it should not have.
    pub(crate) fn new(
        reader: &mut Reader<'_>,
        what: &str,
        table: &'t DeTable<'t>,
        span: Range<usize>,
        keys: &[&str],
    ) -> Self {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !keys.contains(&name) && reader.is_full() {
                // Looking for what was meant takes time too.
                reader.count_one_more();
            } else if !keys.contains(&name) {
                let help = match closest(name, keys.iter().copied()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("the keys here are {}", keys.join(", ")),
                };
                reader.mistake(&key.span(), format!("{what} has no key {}", quote(name)), help);
            }
        }
        Self {
            table,
            span,
            what: what.to_owned(),
        }
    }

    /// A value of the table that has to be a table itself.
    pub(crate) fn open(
        reader: &mut Reader<'_>,
        what: &str,
        value: &'t Spanned<DeValue<'t>>,
        keys: &[&str],
    ) -> Option<Self> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Self::new(reader, what, table, value.span(), keys)),
            other => {
                wrong_type(reader, what, "a table", other, &value.span());
                None
            }
        }
    }

    /// The value of a key as it stands there.
    pub(crate) fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    /// The place of a key, when it is there.
    pub(crate) fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.table.get_key_value(key).map(|(key, _)| key.span())
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, reader: &mut Reader<'_>, key: &str) -> Option<Found<&'t str>> {
        text_of(reader, key, self.get(key)?)
    }

    /// A text that has to be there.
    pub(crate) fn needed_text(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        help: &str,
    ) -> Option<Found<&'t str>> {
        if self.get(key).is_none() {
            reader.missing(&self.span, format!("{} has no {key}", self.what), help);
        }
        self.text(reader, key)
    }

    /// A switch that can only be turned on.
    pub(crate) fn switch(&self, reader: &mut Reader<'_>, key: &str) -> Option<Found<()>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(true) => {
                return Some(Found {
                    value: (),
                    span: value.span(),
                });
            }
            DeValue::Boolean(false) => {
                reader.mistake(
                    &value.span(),
                    format!("{key} = false says nothing"),
                    "leave the key out",
                );
            }
            other => wrong_type(reader, key, "true", other, &value.span()),
        }
        None
    }

    /// A duration, such as `30d`.
    pub(crate) fn duration(&self, reader: &mut Reader<'_>, key: &str) -> Option<Found<Duration>> {
        let text = self.text(reader, key)?;
        match duration::parse(text.value) {
            Ok(value) => Some(Found {
                value,
                span: text.span,
            }),
            Err(error) => {
                let message = format!("{key} cannot be {}: {error}", quote(text.value));
                reader.mistake(&text.span, message, "write for example \"30d\"");
                None
            }
        }
    }

    /// A list of texts, not empty, without repetition and with at most [`MAX_LISTED`] entries.
    pub(crate) fn texts(&self, reader: &mut Reader<'_>, key: &str) -> Option<Vec<Found<&'t str>>> {
        let value = self.get(key)?;
        let DeValue::Array(items) = value.get_ref() else {
            wrong_type(reader, key, "a list of strings", value.get_ref(), &value.span());
            return None;
        };
        if items.is_empty() {
            reader.mistake(
                &value.span(),
                format!("{key} is an empty list"),
                "name at least one, or leave the key out",
            );
            return None;
        }
        if items.len() > MAX_LISTED {
            let message = format!("{key} has more than {MAX_LISTED} entries");
            reader.mistake(&value.span(), message, "write fewer and wider ones");
            return None;
        }
        let mut texts: Vec<Found<&'t str>> = Vec::new();
        for item in items.iter() {
            let Some(text) = text_of(reader, key, item) else {
                continue;
            };
            if texts.iter().any(|earlier| earlier.value == text.value) {
                reader.mistake(
                    &text.span,
                    format!("{key} names {} twice", quote(text.value)),
                    "remove one of the two",
                );
            } else {
                texts.push(text);
            }
        }
        Some(texts)
    }

    /// One of a few words.
    pub(crate) fn choice<T: Copy>(
        &self,
        reader: &mut Reader<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(reader, key)?;
        let found = choices
            .iter()
            .find(|(name, _)| *name == text.value)
            .map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            let help = format!("write {}", names.join(", "));
            reader.mistake(&text.span, format!("{key} cannot be {}", quote(text.value)), help);
        }
        found
    }

    /// The tables of an array of tables.
    pub(crate) fn tables(&self, reader: &mut Reader<'_>, key: &str) -> Vec<&'t Spanned<DeValue<'t>>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            other => {
                let message = format!("{key} is {}, and has to be [[{key}]]", kind(other));
                reader.mistake(
                    &value.span(),
                    message,
                    format!("write [[{key}]] in front of each"),
                );
                Vec::new()
            }
        }
    }
}

/// A value that has to be a text and not empty.
pub(crate) fn text_of<'t>(
    reader: &mut Reader<'_>,
    what: &str,
    value: &'t Spanned<DeValue<'t>>,
) -> Option<Found<&'t str>> {
    match value.get_ref() {
        DeValue::String(text) if text.is_empty() => {
            reader.mistake(
                &value.span(),
                format!("{what} is empty"),
                "write a value, or leave the key out",
            );
            None
        }
        DeValue::String(text) => Some(Found {
            value: text.as_ref(),
            span: value.span(),
        }),
        other => {
            wrong_type(reader, what, "a string", other, &value.span());
            None
        }
    }
}

/// A whole number that is not negative, within bounds.
pub(crate) fn number_of(
    reader: &mut Reader<'_>,
    what: &str,
    value: &Spanned<DeValue<'_>>,
    max: u64,
) -> Option<u64> {
    let DeValue::Integer(integer) = value.get_ref() else {
        wrong_type(reader, what, "a whole number", value.get_ref(), &value.span());
        return None;
    };
    match u64::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(number) if (1..=max).contains(&number) => Some(number),
        _ => {
            let range = if max == u64::MAX {
                "of at least 1".to_owned()
            } else {
                format!("from 1 to {max}")
            };
            reader.mistake(
                &value.span(),
                format!("{what} cannot be {integer}"),
                format!("write a whole number {range}"),
            );
            None
        }
    }
}

/// Notes a value of the wrong type.
pub(crate) fn wrong_type(
    reader: &mut Reader<'_>,
    what: &str,
    wanted: &str,
    found: &DeValue<'_>,
    span: &Range<usize>,
) {
    reader.mistake(
        span,
        format!("{what} is {}, and has to be {wanted}", kind(found)),
        format!("write {wanted}"),
    );
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// The name that was most likely meant.
pub(crate) fn closest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    // Comparing is quadratic, and nothing that long was meant to be any of them.
    if name.len() > 64 {
        return None;
    }
    names
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(alike, _)| *alike > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

/// A foreign text in a message: quoted, escaped and not longer than a line.
pub(crate) fn quote(text: &str) -> String {
    const MAX: usize = 80;
    let short: String = text.chars().take(MAX).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{short:?}{more}")
}
