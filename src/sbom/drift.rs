//! How one document differs from another: new, removed and changed packages.
//!
//! Packages are matched by package URL without version and qualifiers (but for the repository that it is from), or by name
//! and supplier where they have none, so a new version is a change of one package and not one that went and another that
//! came.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::model::{Component, Document};
use crate::purl::{Purl, unidentified};

/// Orders two versions of a package whose package URL has this type, or `None` where they cannot be ordered. The type is
/// empty for a package without package URL. [`crate::versions::compare`] is one.
pub type Compare<'f> = &'f dyn Fn(&str, &str, &str) -> Option<Ordering>;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A package, or a further version of one, that was not there.
    Added,
    /// A package, or one of several versions of it, that is not there any more.
    Removed,
    /// A later version.
    VersionUp,
    /// An earlier version.
    VersionDown,
    /// Another version, and which of the two is later cannot be told.
    VersionChanged,
    /// Other licences.
    LicenceChanged,
    /// Another supplier, or publisher where none is named.
    SupplierChanged,
    /// Other hashes at the same version, or fewer than there were.
    HashChanged,
}

impl Class {
    /// The name in rules and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::VersionUp => "version-up",
            Self::VersionDown => "version-down",
            Self::VersionChanged => "version-changed",
            Self::LicenceChanged => "licence-changed",
            Self::SupplierChanged => "supplier-changed",
            Self::HashChanged => "hash-changed",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The package: its package URL without version and qualifiers, or its name with its supplier in brackets.
    pub package: String,
    /// What changed.
    pub class: Class,
    /// The old value: a version, licences, a supplier or hashes. Empty where there was none.
    pub from: String,
    /// The new value.
    pub to: String,
    /// Index of a component of the old document that it is about.
    pub old: Option<u32>,
    /// Index of a component of the new document that it is about.
    pub new: Option<u32>,
}

/// The differences from `old` to `new`, by package. Roots are left out: they are what is compared.
pub fn drift(old: &Document<'_>, new: &Document<'_>, compare: Compare<'_>) -> Vec<Change> {
    let (old, new) = (packages(old), packages(new));
    let nothing = Versions::default();
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let pair = Pair {
            package: name,
            kind: name
                .strip_prefix("pkg:")
                .and_then(|rest| rest.split('/').next())
                .unwrap_or_default(),
            old: old.get(name).unwrap_or(&nothing),
            new: new.get(name).unwrap_or(&nothing),
        };
        pair.changes(compare, &mut changes);
    }
    changes.sort();
    changes
}

/// The versions of one package, each with everything that is said of it. A document can list one version several times.
type Versions<'d> = BTreeMap<String, Stated>;

/// What a document says of one version of a package.
#[derive(Default)]
struct Stated {
    index: Option<u32>,
    licences: BTreeSet<String>,
    suppliers: BTreeSet<String>,
    hashes: BTreeSet<(super::HashAlgorithm, String)>,
}

fn packages<'d>(document: &'d Document<'_>) -> BTreeMap<String, Versions<'d>> {
    let mut packages: BTreeMap<String, Versions<'d>> = BTreeMap::new();
    for component in document.ingredients() {
        let version = version_of(component);
        let stated = packages
            .entry(package_of(component))
            .or_default()
            .entry(version)
            .or_default();
        stated.index = stated.index.or(Some(component.index));
        stated.licences.extend(
            component
                .licences
                .iter()
                .map(|licence| licence.text.clone().into_owned()),
        );
        stated.suppliers.extend(supplier_of(component).map(str::to_owned));
        let hashes = component.hashes.iter();
        stated
            .hashes
            .extend(hashes.map(|hash| (hash.algorithm, hash.hex.to_ascii_lowercase())));
    }
    packages
}

/// The package that a component is a version of: its package URL without version and qualifiers, or its name with its
/// supplier. The repository stays: a package of the same name from elsewhere is another one.
pub fn package_of(component: &Component<'_>) -> String {
    if let Some(purl) = purl_of(component) {
        return match purl.qualifier("repository_url") {
            Some(repository) => format!("{}?repository_url={repository}", purl.package()),
            None => purl.package(),
        };
    }
    unidentified(
        component.group.as_deref(),
        &component.name,
        supplier_of(component),
    )
}

fn purl_of<'c>(component: &'c Component<'_>) -> Option<Purl<'c>> {
    Purl::parse(component.purl.as_deref()?).ok()
}

/// The version that the rules compare by: that of the package URL, or else the component's own.
fn version_of(component: &Component<'_>) -> String {
    let purl = purl_of(component);
    let version = purl.as_ref().and_then(Purl::comparable_version);
    version
        .as_deref()
        .or(component.version.as_deref())
        .unwrap_or_default()
        .to_owned()
}

fn supplier_of<'c>(component: &'c Component<'_>) -> Option<&'c str> {
    component.supplier.as_deref().or(component.publisher.as_deref())
}

/// One package in both documents.
struct Pair<'d> {
    package: &'d str,
    kind: &'d str,
    old: &'d Versions<'d>,
    new: &'d Versions<'d>,
}

impl Pair<'_> {
    fn changes(&self, compare: Compare<'_>, changes: &mut Vec<Change>) {
        for (version, old) in self.old {
            if let Some(new) = self.new.get(version) {
                self.said(old, new, changes);
                self.hashes(old, new, changes);
            }
        }
        let mut gone = only_in(self.old, self.new);
        let mut came = only_in(self.new, self.old);
        // The latest with the latest, and so on down; what is left over went or came.
        while let (Some((from, old)), Some((to, new))) = (gone.last(), came.last()) {
            let class = match compare(self.kind, from, to) {
                Some(Ordering::Less) => Class::VersionUp,
                Some(Ordering::Greater) => Class::VersionDown,
                Some(Ordering::Equal) | None => Class::VersionChanged,
            };
            changes.push(self.change(class, (*from).clone(), (*to).clone(), Some(old), Some(new)));
            self.said(old, new, changes);
            gone.pop();
            came.pop();
        }
        changes.extend(gone.iter().map(|(version, old)| {
            self.change(Class::Removed, (*version).clone(), String::new(), Some(old), None)
        }));
        changes.extend(came.iter().map(|(version, new)| {
            self.change(Class::Added, String::new(), (*version).clone(), None, Some(new))
        }));
    }

    /// Licences and suppliers.
    fn said(&self, old: &Stated, new: &Stated, changes: &mut Vec<Change>) {
        let (from, to) = (licences(old), licences(new));
        if from != to {
            changes.push(self.change(Class::LicenceChanged, from, to, Some(old), Some(new)));
        }
        let (from, to) = (join(old.suppliers.iter()), join(new.suppliers.iter()));
        if from != to {
            changes.push(self.change(Class::SupplierChanged, from, to, Some(old), Some(new)));
        }
    }

    /// Hashes. Further ones than before change nothing; one that is gone does, because those that are left may be of an
    /// algorithm with which anybody can make another file of the same hash.
    fn hashes(&self, old: &Stated, new: &Stated, changes: &mut Vec<Change>) {
        let has = |stated: &Stated, algorithm| stated.hashes.iter().any(|hash| hash.0 == algorithm);
        let known = new.hashes.iter().filter(|hash| has(old, hash.0));
        if !old.hashes.iter().eq(known.clone()) {
            let from = join(old.hashes.iter().map(|(_, hex)| hex));
            let to = join(known.map(|(_, hex)| hex));
            changes.push(self.change(Class::HashChanged, from, to, Some(old), Some(new)));
        }
    }

    fn change(
        &self,
        class: Class,
        from: String,
        to: String,
        old: Option<&Stated>,
        new: Option<&Stated>,
    ) -> Change {
        Change {
            package: self.package.to_owned(),
            class,
            from,
            to,
            old: old.and_then(|stated| stated.index),
            new: new.and_then(|stated| stated.index),
        }
    }
}

/// The licences as one text. `NOASSERTION` beside another licence says nothing.
fn licences(stated: &Stated) -> String {
    let said = join(
        stated
            .licences
            .iter()
            .filter(|text| super::reading::is_said(text)),
    );
    if said.is_empty() {
        join(stated.licences.iter())
    } else {
        said
    }
}

fn join<'t>(texts: impl Iterator<Item = &'t String>) -> String {
    texts.map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The versions that only `these` have, the latest last by [`natural`] order. `compare` need not order all of them, and
/// sorting needs an order of everything.
fn only_in<'v>(these: &'v Versions<'_>, others: &Versions<'_>) -> Vec<(&'v String, &'v Stated)> {
    let mut found: Vec<_> = these
        .iter()
        .filter(|(version, _)| !others.contains_key(*version))
        .collect();
    found.sort_by_cached_key(|(version, _)| natural(version));
    found
}

/// A version as numbers and words. Numbers compare by value, however long they are.
fn natural(version: &str) -> Vec<(usize, String)> {
    let mut parts: Vec<(usize, String)> = Vec::new();
    let mut was_digit = None;
    for letter in version.chars() {
        let is_digit = letter.is_ascii_digit();
        if was_digit != Some(is_digit) {
            parts.push((0, String::new()));
        }
        was_digit = Some(is_digit);
        if let Some((digits, text)) = parts.last_mut() {
            text.push(letter);
            if is_digit {
                *text = text.trim_start_matches('0').to_owned();
                *digits = text.len() + 1;
            }
        }
    }
    parts
}
