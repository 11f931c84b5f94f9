//! The allow-list of packages: a namespace with several packages as one pattern, anything else by its name.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{comment, quoted};
use super::{MAX_PROPOSALS, count};
use crate::policy::rules::{Identity, Ingredient};
use crate::purl::{Pattern, Purl};
use crate::report::Origin;

/// From so many packages on a namespace is suggested as a whole.
const MIN_FOR_NAMESPACE: usize = 3;
/// Most packages in one list of a policy.
const MAX_IN_LIST: usize = 256;

/// Type and namespace of packages.
type Place = (String, String);

/// Writes the tables `[[sbom.components.allow]]`.
pub(super) fn write(ingredients: &[Ingredient<'_>]) -> String {
    let mut places: BTreeMap<Place, BTreeMap<String, Purl<'_>>> = BTreeMap::new();
    let mut unidentified: BTreeSet<(&str, Option<&str>)> = BTreeSet::new();
    for ingredient in ingredients {
        let Identity::Package(purl) = &ingredient.identity else {
            unidentified.insert((ingredient.name, ingredient.supplier));
            continue;
        };
        let package = pattern_of(&purl.package());
        let namespace = package.rsplit_once('/').map_or("", |(start, _)| start).to_owned();
        let place = (purl.kind().to_owned(), namespace);
        places.entry(place).or_default().insert(package, purl.clone());
    }
    let mut out = String::new();
    let mut kinds: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for ((kind, namespace), packages) in &places {
        kinds.entry(kind).or_default().extend(lines(namespace, packages));
    }
    if kinds.is_empty() {
        out += &comment("No component has a package URL, so no list of packages can be suggested.");
    }
    for (kind, lines) in &kinds {
        let total = lines.iter().map(|line| line.packages).sum();
        for list in lines.chunks(MAX_IN_LIST) {
            out += &comment(&format!("{kind}: {}", count(total, "package")));
            out += "[[sbom.components.allow]]\npackages = [\n";
            for line in list {
                out += &line.text();
            }
            out += "]\n\n";
        }
    }
    out += &proposals(&unidentified);
    out
}

/// One entry of a list.
struct Line {
    pattern: String,
    packages: usize,
}

impl Line {
    fn text(&self) -> String {
        match self.packages {
            1 => format!("    {},\n", quoted(&self.pattern)),
            several => format!(
                "    {},  # {}\n",
                quoted(&self.pattern),
                count(several, "package")
            ),
        }
    }
}

/// The entries for the packages of one namespace.
fn lines(namespace: &str, packages: &BTreeMap<String, Purl<'_>>) -> Vec<Line> {
    let whole = format!("{namespace}/*");
    let is_one = |pattern: &Pattern| {
        pattern.lint(&Origin::flag("suggested")).is_none()
            && packages.values().all(|purl| pattern.matches(purl))
    };
    if packages.len() >= MIN_FOR_NAMESPACE && Pattern::parse(&whole).is_ok_and(|pattern| is_one(&pattern)) {
        return vec![Line {
            pattern: whole,
            packages: packages.len(),
        }];
    }
    let by_name = packages.keys().map(|package| Line {
        pattern: package.clone(),
        packages: 1,
    });
    by_name.collect()
}

/// A package as a policy writes it: the scope of npm with its sign.
fn pattern_of(package: &str) -> String {
    package.replace("/%40", "/@")
}

/// What no package URL identifies, as comments.
fn proposals(unidentified: &BTreeSet<(&str, Option<&str>)>) -> String {
    if unidentified.is_empty() {
        return String::new();
    }
    let mut out = comment(&format!(
        "{} without a package URL that can be read. Have the generator write one; what has a supplier can be",
        count(unidentified.len(), "component")
    ));
    out += "# accepted by name, once somebody has looked at it:\n";
    for (name, supplier) in unidentified.iter().take(MAX_PROPOSALS) {
        match supplier {
            Some(supplier) => {
                out += "# [[sbom.components.named]]\n";
                out += &format!("# name = {}\n# supplier = {}\n", quoted(name), quoted(supplier));
            }
            None => out += &comment(&format!("{name}: no supplier either")),
        }
    }
    if unidentified.len() > MAX_PROPOSALS {
        out += &comment(&format!("and {} more", unidentified.len() - MAX_PROPOSALS));
    }
    out
}
