//! The `[sbom.components]` table.

use toml::Spanned;
use toml::de::DeValue;

use super::package::{Package, entries, exception, packages};
use super::{mode, on_unknown};
use crate::policy::file::reader::Reader;
use crate::policy::file::table::{Found, Section, quote};
use crate::policy::rules::{ComponentRules, Exceptions, NamedRule, PackageRule};
use crate::report::Finding;

const KEYS: [&str; 6] = ["mode", "unidentified", "allow", "deny", "named", "exception"];
const ALLOW_KEYS: [&str; 5] = ["package", "packages", "versions", "suppliers", "hashes"];
const DENY_KEYS: [&str; 3] = ["package", "packages", "versions"];
const NAMED_KEYS: [&str; 2] = ["name", "supplier"];
const EXCEPTION_KEYS: [&str; 5] = ["package", "versions", "reason", "owner", "expires"];

/// Algorithms of pinned hashes, with the hex digits of each.
const ALGORITHMS: [(&str, usize); 3] = [("sha-256", 64), ("sha-384", 96), ("sha-512", 128)];

pub(super) fn read<'t>(
    reader: &mut Reader<'_>,
    value: &'t Spanned<DeValue<'t>>,
    warnings: &mut Vec<Finding>,
) -> Option<ComponentRules> {
    let section = Section::open(reader, "[sbom.components]", value, &KEYS)?;
    let mode = mode(reader, &section, "mode");
    let unidentified = on_unknown(reader, &section, "unidentified");
    let mut allow = Vec::new();
    for value in entries(reader, &section, "allow") {
        allow.extend(allowed(reader, value));
    }
    let mut deny = Vec::new();
    for value in entries(reader, &section, "deny") {
        deny.extend(denied(reader, value));
    }
    let mut named = Vec::new();
    for value in entries(reader, &section, "named") {
        named.extend(by_name(reader, value));
    }
    let mut exceptions = Vec::new();
    for value in entries(reader, &section, "exception") {
        if let Some(section) = Section::open(reader, "[[sbom.components.exception]]", value, &EXCEPTION_KEYS)
        {
            exceptions.extend(exception(reader, &section).map(|exception| (exception, ())));
        }
    }
    warnings.extend(allow.iter().filter_map(|rule| rule.package.lint(&rule.origin)));
    let origin = reader.origin(&section.span);
    let rules = ComponentRules::new(mode, unidentified, origin)
        .deny(deny)
        .named(named)
        .except(Exceptions::new(exceptions));
    // An allow list that is there and holds nothing allows nothing.
    Some(match section.get("allow") {
        Some(_) => rules.allow(allow),
        None => rules,
    })
}

fn allowed<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Vec<PackageRule> {
    let Some(section) = Section::open(reader, "[[sbom.components.allow]]", value, &ALLOW_KEYS) else {
        return Vec::new();
    };
    let packages = packages(reader, &section);
    let suppliers = section.texts(reader, "suppliers").unwrap_or_default();
    let suppliers: Vec<String> = suppliers.iter().map(|text| text.value.to_owned()).collect();
    let hashes = section.texts(reader, "hashes").unwrap_or_default();
    let hashes: Vec<_> = hashes.iter().filter_map(|text| hash(reader, text)).collect();
    let rule = |package: Package| PackageRule {
        origin: reader.origin(&package.span),
        package: package.pattern,
        versions: package.versions,
        suppliers: suppliers.clone(),
        hashes: hashes.clone(),
    };
    packages.into_iter().map(rule).collect()
}

fn denied<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Vec<PackageRule> {
    let Some(section) = Section::open(reader, "[[sbom.components.deny]]", value, &DENY_KEYS) else {
        return Vec::new();
    };
    let packages = packages(reader, &section);
    let rule = |package: Package| PackageRule {
        origin: reader.origin(&package.span),
        package: package.pattern,
        versions: package.versions,
        suppliers: Vec::new(),
        hashes: Vec::new(),
    };
    packages.into_iter().map(rule).collect()
}

fn by_name<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Option<NamedRule> {
    let section = Section::open(reader, "[[sbom.components.named]]", value, &NAMED_KEYS)?;
    let name = section.needed_text(reader, "name", "write the component's name as the SBOM has it");
    let help = "write its supplier as the SBOM has it: a name alone is anybody's";
    let supplier = section.needed_text(reader, "supplier", help);
    let name = name?;
    Some(NamedRule {
        origin: reader.origin(&name.span),
        name: name.value.to_owned(),
        supplier: supplier?.value.to_owned(),
    })
}

/// A pinned hash, `sha-256:<hex>`.
fn hash(reader: &mut Reader<'_>, text: &Found<&str>) -> Option<(String, String)> {
    let read = text.value.split_once(':').filter(|(algorithm, hex)| {
        let is_whole = |(name, digits): &(&str, usize)| name == algorithm && *digits == hex.len();
        ALGORITHMS.iter().any(is_whole) && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if read.is_none() {
        reader.mistake(
            &text.span,
            format!("{} is no hash", quote(text.value)),
            "write sha-256:, sha-384: or sha-512: and all hex digits",
        );
    }
    read.map(|(algorithm, hex)| (algorithm.to_owned(), hex.to_ascii_lowercase()))
}
