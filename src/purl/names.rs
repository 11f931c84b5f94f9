//! How the registries of each type spell names: what they hold for the same is written the same (purl specification,
//! type definitions).

use std::borrow::Cow;

/// Types whose namespace does not depend on letter case.
const NAMESPACE_LOWER: [&str; 19] = [
    "alpm",
    "apk",
    "bitbucket",
    "composer",
    "deb",
    "docker",
    "github",
    "gitlab",
    "golang",
    "hex",
    "luarocks",
    "npm",
    "nuget",
    "oci",
    "pub",
    "pypi",
    "qpkg",
    "rpm",
    "swift",
];

/// Types whose name does not depend on letter case. NuGet's is kept in the specification, but its registry ignores
/// case.
const NAME_LOWER: [&str; 19] = [
    "alpm",
    "apk",
    "bitbucket",
    "bitnami",
    "composer",
    "deb",
    "docker",
    "github",
    "gitlab",
    "golang",
    "hex",
    "luarocks",
    "npm",
    "nuget",
    "oci",
    "pub",
    "pypi",
    "swift",
    "vscode-extension",
];

/// A segment of a namespace as its registry would spell it.
pub(super) fn namespace<'a>(kind: &str, segment: Cow<'a, str>) -> Cow<'a, str> {
    if NAMESPACE_LOWER.contains(&kind) {
        lower(segment)
    } else if kind == "cpan" && segment.bytes().any(|byte| byte.is_ascii_lowercase()) {
        segment.to_ascii_uppercase().into()
    } else {
        segment
    }
}

/// A name as its registry would spell it.
pub(super) fn name<'a>(kind: &str, name: Cow<'a, str>) -> Cow<'a, str> {
    let name = if NAME_LOWER.contains(&kind) {
        lower(name)
    } else {
        name
    };
    match kind {
        // The specification names `_` alone; the registry takes every run of `-`, `_` and `.` for one dash (PEP 503).
        "pypi" => one_dash(name),
        "pub" if name.contains('-') => name.replace('-', "_").into(),
        _ => name,
    }
}

pub(super) fn lower(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text
    }
}

fn one_dash(name: Cow<'_, str>) -> Cow<'_, str> {
    let separates = |letter: char| matches!(letter, '-' | '_' | '.');
    if !name.contains(['_', '.']) && !name.contains("--") {
        return name;
    }
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars() {
        match separates(letter) {
            true if plain.ends_with('-') => {}
            true => plain.push('-'),
            false => plain.push(letter),
        }
    }
    plain.into()
}
