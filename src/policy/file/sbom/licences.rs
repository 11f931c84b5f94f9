//! The `[sbom.licences]` table.

use toml::Spanned;
use toml::de::DeValue;

use super::package::{entries, exception};
use super::{boolean, mode, on_unknown};
use crate::licences::{Entry, LicenceLists};
use crate::policy::file::reader::Reader;
use crate::policy::file::table::{Found, Section, quote};
use crate::policy::rules::{Exceptions, LicenceException, LicenceRules, Several};

const KEYS: [&str; 6] = ["mode", "unknown", "several", "allow", "deny", "exception"];
const EXCEPTION_KEYS: [&str; 7] = [
    "package", "versions", "allow", "unknown", "reason", "owner", "expires",
];

pub(super) fn read<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Option<LicenceRules> {
    let section = Section::open(reader, "[sbom.licences]", value, &KEYS)?;
    let mode = mode(reader, &section, "mode");
    let unknown = on_unknown(reader, &section, "unknown");
    let choices = [("all", Several::All), ("any", Several::Any)];
    let several = section.choice(reader, "several", &choices).unwrap_or_default();
    let allow = list(reader, &section, "allow");
    let deny = list(reader, &section, "deny").unwrap_or_default();
    let origin = section.key_span("allow").unwrap_or(section.span.clone());
    let allowed = allow.iter().flatten();
    let allow_origins = allowed.map(|entry| reader.origin(&entry.span)).collect();
    let deny_origins = deny.iter().map(|entry| reader.origin(&entry.span)).collect();
    let mut exceptions = Vec::new();
    for value in entries(reader, &section, "exception") {
        exceptions.extend(except(reader, value));
    }
    let plain = |entries: Vec<Found<Entry>>| entries.into_iter().map(|entry| entry.value).collect();
    Some(LicenceRules {
        mode,
        unknown,
        lists: LicenceLists {
            allow: allow.map(plain),
            deny: plain(deny),
        },
        several,
        allow_origins,
        deny_origins,
        origin: reader.origin(&origin),
        exceptions: Exceptions::new(exceptions),
    })
}

/// A list of licences. One that cannot be read is a mistake, and the policy is not used then.
fn list(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<Vec<Found<Entry>>> {
    let mut entries = Vec::new();
    for text in section.texts(reader, key)? {
        match Entry::parse(text.value) {
            Ok(value) => entries.push(Found {
                value,
                span: text.span,
            }),
            Err(error) => reader.mistake(
                &text.span,
                format!("{} cannot stand in {key}: {error}", quote(text.value)),
                "write one SPDX licence id, for example \"MIT\" or \"GPL-2.0-only WITH Classpath-exception-2.0\"",
            ),
        }
    }
    Some(entries)
}

fn except<'t>(
    reader: &mut Reader<'_>,
    value: &'t Spanned<DeValue<'t>>,
) -> Option<(crate::policy::rules::Exception, LicenceException)> {
    let section = Section::open(reader, "[[sbom.licences.exception]]", value, &EXCEPTION_KEYS)?;
    let exception = exception(reader, &section);
    let allow = list(reader, &section, "allow").unwrap_or_default();
    let unknown = boolean(reader, &section, "unknown");
    if section.get("allow").is_none() && !unknown {
        reader.missing(
            &section.span,
            "the exception accepts nothing",
            "add allow = [\"…\"], or unknown = true for a licence that nobody knows",
        );
    }
    let allow = allow.into_iter().map(|entry| entry.value).collect();
    Some((exception?, LicenceException { allow, unknown }))
}
