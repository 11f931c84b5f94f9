//! What several tables have in common: a package with its versions, and an exception with its reason, owner and end.

use std::ops::Range as Span;

use toml::Spanned;
use toml::de::DeValue;

use crate::policy::file::reader::Reader;
use crate::policy::file::table::{Found, Section, quote};
use crate::policy::file::warrant;
use crate::policy::rules::Exception;
use crate::purl::Pattern;
use crate::versions::{Range, Scheme};

/// Most tables of one list.
const MAX_ENTRIES: usize = 10_000;

/// A package and its versions, as a table writes them.
pub(super) struct Package {
    pub(super) pattern: Pattern,
    pub(super) versions: Range,
    /// Of the pattern.
    pub(super) span: Span<usize>,
}

/// The tables of a list, as many as are read.
pub(super) fn entries<'t>(
    reader: &mut Reader<'_>,
    section: &Section<'t>,
    key: &str,
) -> Vec<&'t Spanned<DeValue<'t>>> {
    let entries = section.tables(reader, key);
    if let Some(first) = entries.get(MAX_ENTRIES) {
        reader.mistake(
            &first.span(),
            format!("{key} has more than {MAX_ENTRIES} entries"),
            "write fewer and wider ones",
        );
        return Vec::new();
    }
    entries
}

/// The keys `package` and `versions`; without versions every one is meant.
pub(super) fn package(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Package> {
    let help = "name the package: package = \"pkg:npm/NAME\"";
    let text = section.needed_text(reader, "package", help)?;
    one(reader, section, &text)
}

/// Like [`package`], or the key `packages` with a list of them, which share their versions.
pub(super) fn packages(reader: &mut Reader<'_>, section: &Section<'_>) -> Vec<Package> {
    if section.get("packages").is_none() {
        return package(reader, section).into_iter().collect();
    }
    if let Some(span) = section.key_span("package") {
        let message = format!("{} has package and packages", section.what);
        reader.mistake(&span, message, "put all of them into packages");
    }
    let texts = section.texts(reader, "packages").unwrap_or_default();
    texts
        .iter()
        .filter_map(|text| one(reader, section, text))
        .collect()
}

fn one(reader: &mut Reader<'_>, section: &Section<'_>, text: &Found<&str>) -> Option<Package> {
    let pattern = match Pattern::parse(text.value) {
        Ok(pattern) => pattern,
        Err(error) => {
            let message = format!("{} is no pattern of packages: {error}", quote(text.value));
            let help = "write for example pkg:npm/NAME or pkg:deb/debian/**";
            reader.mistake(&text.span, message, help);
            return None;
        }
    };
    let scheme = pattern.kind().map_or(Scheme::Text, Scheme::of_type);
    Some(Package {
        versions: versions(reader, section, scheme)?,
        pattern,
        span: text.span.clone(),
    })
}

/// The key `versions`; without it every one is meant.
pub(super) fn versions(reader: &mut Reader<'_>, section: &Section<'_>, scheme: Scheme) -> Option<Range> {
    if section.get("versions").is_none() {
        return Some(Range::any(scheme));
    }
    let written = section.text(reader, "versions")?;
    match Range::parse(scheme, written.value) {
        Ok(range) => Some(range),
        Err(error) => {
            let message = format!("versions cannot be {}: {error}", quote(written.value));
            let help = "write for example \">=1.2, <2\", or leave the key out";
            reader.mistake(&written.span, message, help);
            None
        }
    }
}

/// The keys of every exception: `package`, `versions`, `reason`, `owner`, `expires`.
pub(super) fn exception(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Exception> {
    let package = package(reader, section);
    let warrant = warrant::read(reader, section);
    let (package, warrant) = (package?, warrant?);
    Some(Exception {
        origin: reader.origin(&package.span),
        package: package.pattern,
        versions: package.versions,
        reason: warrant.reason,
        owner: warrant.owner,
        expires: warrant.expires,
    })
}
