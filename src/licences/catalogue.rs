//! The SPDX licence list: ids in any letter case, what deprecated ids mean, official names, and versions of a
//! licence.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use spdx::identifiers::{EXCEPTIONS, LICENSES};

use super::term::{Addition, Licence, Term};

/// Deprecated ids that are another licence today: old id, new id, exception. Deprecated GNU ids without an exception
/// follow from their form and are not listed. Ids that were withdrawn without one successor (`Net-SNMP`) stay what
/// they are.
const SUCCESSORS: [(&str, &str, Option<&str>); 14] = [
    ("BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views", None),
    ("BSD-2-Clause-NetBSD", "BSD-2-Clause", None),
    ("bzip2-1.0.5", "bzip2-1.0.6", None),
    ("eCos-2.0", "GPL-2.0-or-later", Some("eCos-exception-2.0")),
    (
        "GPL-2.0-with-autoconf-exception",
        "GPL-2.0-only",
        Some("Autoconf-exception-2.0"),
    ),
    (
        "GPL-2.0-with-bison-exception",
        "GPL-2.0-only",
        Some("Bison-exception-2.2"),
    ),
    (
        "GPL-2.0-with-classpath-exception",
        "GPL-2.0-only",
        Some("Classpath-exception-2.0"),
    ),
    (
        "GPL-2.0-with-font-exception",
        "GPL-2.0-only",
        Some("Font-exception-2.0"),
    ),
    (
        "GPL-2.0-with-GCC-exception",
        "GPL-2.0-only",
        Some("GCC-exception-2.0"),
    ),
    (
        "GPL-3.0-with-autoconf-exception",
        "GPL-3.0-only",
        Some("Autoconf-exception-3.0"),
    ),
    (
        "GPL-3.0-with-GCC-exception",
        "GPL-3.0-only",
        Some("GCC-exception-3.1"),
    ),
    ("Nunit", "zlib-acknowledgement", None),
    ("StandardML-NJ", "SMLNJ", None),
    ("wxWindows", "LGPL-2.0-or-later", Some("WxWindows-exception-3.1")),
];

/// Deprecated exceptions and their successors.
const EXCEPTION_SUCCESSORS: [(&str, &str); 1] = [("Nokia-Qt-exception-1.1", "Qt-LGPL-exception-1.1")];

/// A version of a licence, and its id.
type Edition = (Vec<u64>, &'static str);

/// The list in the forms in which it is asked.
struct Catalogue {
    /// Terms by the id in lower case.
    terms: HashMap<String, Term>,
    /// Terms by the official name, for names that mean one licence.
    names: HashMap<&'static str, Option<Term>>,
    /// Exceptions by the id in lower case.
    exceptions: HashMap<String, &'static str>,
    /// The later versions of each licence that has some, ascending.
    later: HashMap<&'static str, Vec<&'static str>>,
}

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::build);

impl Catalogue {
    fn build() -> Self {
        let mut list = Self {
            terms: HashMap::new(),
            names: HashMap::new(),
            exceptions: HashMap::new(),
            later: HashMap::new(),
        };
        let mut families: HashMap<(&str, &str), BTreeSet<Edition>> = HashMap::new();
        for exception in EXCEPTIONS {
            let successor = EXCEPTION_SUCCESSORS
                .iter()
                .find(|(old, _)| *old == exception.name);
            let id = successor.map_or(exception.name, |(_, new)| new);
            list.exceptions.insert(exception.name.to_ascii_lowercase(), id);
        }
        for licence in LICENSES.iter().filter(|licence| !is_unstated(licence.name)) {
            let term = current(licence.name);
            if let Licence::Listed { id, .. } = term.licence
                && let Some((before, version, after)) = family(id)
            {
                families.entry((before, after)).or_default().insert((version, id));
            }
            list.names
                .entry(licence.full_name)
                .and_modify(|known| {
                    if known.as_ref() != Some(&term) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(term.clone()));
            list.terms.insert(licence.name.to_ascii_lowercase(), term);
        }
        for editions in families.values() {
            for edition in editions {
                let later = editions.iter().filter(|(version, _)| *version > edition.0);
                list.later.insert(edition.1, later.map(|(_, id)| *id).collect());
            }
        }
        list
    }
}

/// What an id of the list means today.
fn current(id: &'static str) -> Term {
    if let Some((_, new, exception)) = SUCCESSORS.iter().find(|(old, ..)| *old == id) {
        return Term {
            addition: exception.map(Addition::Listed),
            ..current(new)
        };
    }
    let (stem, or_later) = stem(id);
    let id = if is_gnu(id) { stem } else { id };
    Term::bare(Licence::Listed {
        id,
        or_later: or_later && is_gnu(id),
    })
}

/// A GNU id without its suffix, and whether the suffix means later versions too.
fn stem(id: &'static str) -> (&'static str, bool) {
    let later = id.strip_suffix("-or-later").or_else(|| id.strip_suffix('+'));
    match later {
        Some(stem) => (stem, true),
        None => (id.strip_suffix("-only").unwrap_or(id), false),
    }
}

/// The placeholders that the library keeps among the licences.
fn is_unstated(id: &str) -> bool {
    id == "NOASSERTION" || id == "NONE"
}

/// Whether ids of this licence say `-only` and `-or-later`.
pub(super) fn is_gnu(id: &str) -> bool {
    ["GPL-", "LGPL-", "AGPL-", "GFDL-"]
        .iter()
        .any(|family| id.starts_with(family))
        && !id.contains("-with-")
}

/// Whether the word says which versions it means before the `+` that it ends with, so that the `+` contradicts or
/// repeats it.
pub(super) fn says_which_versions(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    ["-only+", "-or-later+", "++"]
        .iter()
        .any(|ending| word.ends_with(ending))
}

/// The current term of an id, in any letter case.
pub(super) fn term(id: &str) -> Option<&'static Term> {
    CATALOGUE.terms.get(&id.to_ascii_lowercase())
}

/// The term with this official name, letter by letter. A name that two licences share means none.
pub(super) fn by_name(name: &str) -> Option<&'static Term> {
    CATALOGUE.names.get(name)?.as_ref()
}

/// The current id of an exception, in any letter case.
pub(super) fn exception(id: &str) -> Option<&'static str> {
    CATALOGUE.exceptions.get(&id.to_ascii_lowercase()).copied()
}

/// Whether the word is a reference of this kind, with or without a document: `DocumentRef-…:LicenseRef-…`.
pub(super) fn is_reference(word: &str, prefix: &str) -> bool {
    let is_name = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
    };
    let (document, reference) = match word.split_once(':') {
        Some((document, reference)) => (Some(document), reference),
        None => (None, word),
    };
    document.is_none_or(|text| text.strip_prefix("DocumentRef-").is_some_and(is_name))
        && reference.strip_prefix(prefix).is_some_and(is_name)
}

/// The id in front of its version, the version, and what follows: (`CC-BY`, 3.0, `AT`). `None` for licences without
/// versions: the 3 of `BSD-3-Clause` counts clauses, so only numbers with a dot count.
fn family(id: &'static str) -> Option<(&'static str, Vec<u64>, &'static str)> {
    let mut start = 0;
    for part in id.split('-') {
        let end = start + part.len();
        let is_version = part.contains('.') && part.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit());
        if is_version {
            let numbers: Option<Vec<u64>> = part.split('.').map(|number| number.parse().ok()).collect();
            return Some((id.get(..start)?, numbers?, id.get(end..)?));
        }
        start = end + 1;
    }
    None
}

/// The ids that the licensee may choose where the document says this id or later: itself first, then every later
/// version of the list.
pub(super) fn this_and_later(id: &'static str) -> impl Iterator<Item = &'static str> {
    let later = CATALOGUE.later.get(id).into_iter().flatten().copied();
    std::iter::once(id).chain(later)
}

/// Whether `later` is `id` or a later version of the same licence.
pub(super) fn is_same_or_later(later: &str, id: &'static str) -> bool {
    this_and_later(id).any(|other| other == later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deprecated_id_has_a_meaning_that_is_current() {
        for licence in LICENSES {
            if licence.flags & spdx::flags::IS_DEPRECATED == 0 {
                continue;
            }
            let text = current(licence.name).to_string();
            let current_id = text.split(" WITH ").next().unwrap();
            let known = LICENSES.iter().find(|other| other.name == current_id);
            let known = known.unwrap_or_else(|| panic!("{} became {current_id}", licence.name));
            let is_current = known.flags & spdx::flags::IS_DEPRECATED == 0;
            assert!(
                is_current || licence.name == "Net-SNMP",
                "{} became {current_id}",
                licence.name
            );
        }
    }

    #[test]
    fn every_successor_and_exception_is_on_the_list() {
        for (old, new, exception) in SUCCESSORS {
            assert!(spdx::license_id(old).is_some(), "{old}");
            assert!(spdx::license_id(new).is_some(), "{new}");
            assert!(
                exception.is_none_or(|id| spdx::exception_id(id).is_some()),
                "{old}"
            );
        }
        for (old, new) in EXCEPTION_SUCCESSORS {
            assert!(spdx::exception_id(old).is_some() && spdx::exception_id(new).is_some());
        }
    }

    /// Every current id of the list is written back as it stands there. The library adds forms of the GFDL without a
    /// suffix, which SPDX does not list; like the deprecated ones they mean one version.
    #[test]
    fn every_current_id_is_its_own_spelling() {
        for licence in LICENSES.iter().filter(|licence| !is_unstated(licence.name)) {
            let added = licence.name.starts_with("GFDL-") && licence.name.ends_with("-invariants");
            if added {
                assert_eq!(
                    current(licence.name).to_string(),
                    format!("{}-only", licence.name)
                );
            } else if licence.flags & spdx::flags::IS_DEPRECATED == 0 {
                assert_eq!(current(licence.name).to_string(), licence.name);
            }
        }
    }

    #[test]
    fn versions_of_a_licence_ascend() {
        let later = |id| this_and_later(id).collect::<Vec<_>>();
        assert_eq!(later("GPL-2.0"), ["GPL-2.0", "GPL-3.0"]);
        assert_eq!(later("Apache-1.1"), ["Apache-1.1", "Apache-2.0"]);
        assert_eq!(later("LGPL-2.0"), ["LGPL-2.0", "LGPL-2.1", "LGPL-3.0"]);
        assert_eq!(later("BSD-3-Clause"), ["BSD-3-Clause"]);
        assert_eq!(later("MIT"), ["MIT"]);
        assert!(!later("CC-BY-3.0").contains(&"CC-BY-SA-4.0"));
        assert_eq!(
            later("GFDL-1.2-invariants"),
            ["GFDL-1.2-invariants", "GFDL-1.3-invariants"]
        );
    }
}
