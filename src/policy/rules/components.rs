//! The rule about which packages, in which versions, may be in an artifact.

use jiff::civil::Date;

use super::exception::{Exception, Exceptions};
use super::ingredient::{Identity, Ingredient};
use super::ruling::{Mode, OnUnknown, Ruling, finding};
use crate::purl::{Pattern, PatternIndex, Purl};
use crate::report::{Code, Origin};
use crate::versions::{Answer, Range};

/// Which packages the ingredients may be.
#[derive(Debug, Clone)]
pub struct ComponentRules {
    mode: Mode,
    unidentified: OnUnknown,
    allow: Option<List>,
    deny: List,
    named: Vec<NamedRule>,
    exceptions: Exceptions<()>,
    origin: Origin,
}

#[derive(Debug, Clone)]
struct List {
    rules: Vec<PackageRule>,
    index: PatternIndex,
}

/// Packages, by pattern and range of versions.
#[derive(Debug, Clone)]
pub struct PackageRule {
    /// The packages.
    pub package: Pattern,
    /// Their versions.
    pub versions: Range,
    /// Suppliers of which the component has to name one, letter by letter; none means any. For allow rules.
    pub suppliers: Vec<String>,
    /// Hashes of which the component has to carry one: algorithm (`sha-256`) and hexadecimal digits in lower case;
    /// none means any. For allow rules.
    pub hashes: Vec<(String, String)>,
    /// Where it is written.
    pub origin: Origin,
}

/// A component without a package URL that may be in an artifact.
#[derive(Debug, Clone)]
pub struct NamedRule {
    /// Its name, letter by letter.
    pub name: String,
    /// Its supplier, letter by letter: a name alone is anybody's.
    pub supplier: String,
    /// Where it is written.
    pub origin: Origin,
}

/// Which entries are about a component, by their positions.
#[derive(Debug, Default)]
pub(crate) struct Met {
    pub(crate) allow: Vec<usize>,
    pub(crate) deny: Vec<usize>,
    pub(crate) named: Vec<usize>,
    pub(crate) exceptions: Vec<usize>,
}

impl NamedRule {
    fn is(&self, ingredient: &Ingredient<'_>) -> bool {
        self.name == ingredient.name && ingredient.supplier == Some(self.supplier.as_str())
    }
}

impl List {
    fn new(rules: Vec<PackageRule>) -> Self {
        let index = PatternIndex::new(rules.iter().map(|rule| &rule.package));
        Self { rules, index }
    }

    /// The rules about a package, in any version.
    fn about(&self, purl: &Purl<'_>) -> Vec<&PackageRule> {
        let found = self.index.matching(purl).into_iter();
        found.filter_map(|at| self.rules.get(at)).collect()
    }
}

impl ComponentRules {
    /// Rules without entries. Without [`Self::allow`] every package that is not denied passes.
    pub fn new(mode: Mode, unidentified: OnUnknown, origin: Origin) -> Self {
        Self {
            mode,
            unidentified,
            allow: None,
            deny: List::new(Vec::new()),
            named: Vec::new(),
            exceptions: Exceptions::default(),
            origin,
        }
    }

    /// Allows these packages and no others.
    #[must_use]
    pub fn allow(mut self, rules: Vec<PackageRule>) -> Self {
        self.allow = Some(List::new(rules));
        self
    }

    /// Denies these packages, whatever is allowed.
    #[must_use]
    pub fn deny(mut self, rules: Vec<PackageRule>) -> Self {
        self.deny = List::new(rules);
        self
    }

    /// Lets these components pass although no package URL identifies them.
    #[must_use]
    pub fn named(mut self, rules: Vec<NamedRule>) -> Self {
        self.named = rules;
        self
    }

    /// Lets these packages pass, whatever is allowed or denied.
    #[must_use]
    pub fn except(mut self, exceptions: Exceptions<()>) -> Self {
        self.exceptions = exceptions;
        self
    }

    /// The allow list, where there is one.
    pub(crate) fn allowed(&self) -> &[PackageRule] {
        self.allow.as_ref().map_or(&[], |list| &list.rules)
    }

    /// The deny list.
    pub(crate) fn denied(&self) -> &[PackageRule] {
        &self.deny.rules
    }

    /// The components that pass by name.
    pub(crate) fn by_name(&self) -> &[NamedRule] {
        &self.named
    }

    /// The exceptions.
    pub(crate) fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.exceptions.iter()
    }

    /// The positions in the allow list, the deny list and the list of names of what is about this component.
    pub(crate) fn met(&self, ingredient: &Ingredient<'_>) -> Met {
        let Identity::Package(purl) = &ingredient.identity else {
            let is_named = |(_, rule): &(usize, &NamedRule)| rule.is(ingredient);
            return Met {
                named: self
                    .named
                    .iter()
                    .enumerate()
                    .filter(is_named)
                    .map(|(at, _)| at)
                    .collect(),
                ..Met::default()
            };
        };
        let version = ingredient.comparable_version();
        let answer = |rule: &PackageRule| rule.versions.contains(version.as_deref());
        let met = |list: &List, is_met: &dyn Fn(&PackageRule) -> bool| -> Vec<usize> {
            let about = list.index.matching(purl).into_iter();
            about
                .filter(|at| list.rules.get(*at).is_some_and(is_met))
                .collect()
        };
        Met {
            allow: self.allow.as_ref().map_or(Vec::new(), |list| {
                met(list, &|rule| lack(rule, ingredient, answer(rule)).is_none())
            }),
            deny: met(&self.deny, &|rule| answer(rule).condemns()),
            named: Vec::new(),
            exceptions: self.exceptions.about(ingredient),
        }
    }

    /// Whether the rule looks at components at all.
    pub fn is_on(&self) -> bool {
        self.mode != Mode::Off
    }

    /// Looks at one component on a day, in UTC.
    pub fn rule(&self, ingredient: &Ingredient<'_>, today: Date) -> Option<Ruling> {
        if self.mode == Mode::Off {
            return None;
        }
        let purl = match &ingredient.identity {
            Identity::Package(purl) => purl,
            Identity::Unreadable(text, error) => {
                return self.unidentified(
                    ingredient,
                    text,
                    &format!("a package URL that cannot be read: {error}"),
                );
            }
            Identity::Unnamed => return self.unidentified(ingredient, "", "no package URL"),
        };
        let excepted = self.exceptions.of(ingredient, today);
        if !excepted.holding.is_empty() {
            return None;
        }
        let version = ingredient.comparable_version();
        let answer = |rule: &PackageRule| rule.versions.contains(version.as_deref());
        let ended = excepted.ended();
        if let Some(rule) = self
            .deny
            .about(purl)
            .into_iter()
            .find(|rule| answer(rule).condemns())
        {
            let denied = format!(
                "is denied by {} {}{}{ended}",
                rule.package,
                rule.versions,
                doubt(answer(rule))
            );
            return self.object(
                Code::ComponentDenied,
                ingredient,
                &format!("{} {}", rule.package, rule.versions),
                &denied,
                &rule.origin,
            );
        }
        let mut nearest: Option<(&PackageRule, Lack)> = None;
        for rule in self.allow.as_ref()?.about(purl) {
            let lack = lack(rule, ingredient, answer(rule))?;
            nearest = nearest.or(Some((rule, lack)));
        }
        match nearest {
            Some((rule, lack)) => {
                let not_allowed = format!(
                    "is not what {} allows: {}{ended}",
                    rule.package,
                    lack.words(rule, answer(rule))
                );
                self.object(
                    Code::ComponentNotAllowed,
                    ingredient,
                    lack.name(),
                    &not_allowed,
                    &rule.origin,
                )
            }
            None => {
                let not_allowed = format!("is on no allow list{ended}");
                self.object(
                    Code::ComponentNotAllowed,
                    ingredient,
                    "",
                    &not_allowed,
                    &self.origin,
                )
            }
        }
    }

    fn object(
        &self,
        code: Code,
        ingredient: &Ingredient<'_>,
        decided_by: &str,
        what: &str,
        origin: &Origin,
    ) -> Option<Ruling> {
        let package = ingredient.package();
        let found = match &ingredient.identity {
            Identity::Package(purl) => purl.to_string(),
            _ => package.clone(),
        };
        let finding = finding(code, format!("{package} {what}"), found, Some(origin))
            .help("use another version or another package, or ask whoever answers for this list");
        Ruling::new(self.mode, package, decided_by.to_owned(), finding)
    }

    fn unidentified(&self, ingredient: &Ingredient<'_>, found: &str, what: &str) -> Option<Ruling> {
        // A package URL that cannot be read contradicts whatever name stands beside it.
        if matches!(ingredient.identity, Identity::Unnamed)
            && self.named.iter().any(|rule| rule.is(ingredient))
        {
            return None;
        }
        let mode = self.mode.of_unknown(self.unidentified)?;
        let package = ingredient.package();
        let message = format!("{package} has {what}");
        let finding = finding(
            Code::ComponentUnidentified,
            message,
            found.to_owned(),
            Some(&self.origin),
        )
        .help("have the generator write a package URL for it");
        // Who accepts that there is none accepts no broken one.
        let decided_by = match ingredient.identity {
            Identity::Unreadable(..) => "unreadable",
            _ => "",
        };
        Ruling::new(mode, package, decided_by.to_owned(), finding)
    }
}

/// What an allow rule about a package misses in a component.
#[derive(Debug, Clone, Copy)]
enum Lack {
    Version,
    Supplier,
    Hash,
}

impl Lack {
    /// For fingerprints: who accepts another version accepts no other hash with it.
    fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::Supplier => "supplier",
            Self::Hash => "hash",
        }
    }

    fn words(self, rule: &PackageRule, answer: Answer) -> String {
        match self {
            Self::Version => format!("the version is not in {}{}", rule.versions, doubt(answer)),
            Self::Supplier => "the supplier is another".to_owned(),
            Self::Hash => "it carries none of the pinned hashes".to_owned(),
        }
    }
}

/// What an allow rule about a package misses in this component; `None` where it allows it.
fn lack(rule: &PackageRule, ingredient: &Ingredient<'_>, answer: Answer) -> Option<Lack> {
    if !answer.permits() {
        return Some(Lack::Version);
    }
    let is_supplier = |supplier: &String| ingredient.supplier == Some(supplier.as_str());
    if !rule.suppliers.is_empty() && !rule.suppliers.iter().any(is_supplier) {
        return Some(Lack::Supplier);
    }
    let has_hash = |(algorithm, hex): &(String, String)| {
        let same = |(other, digits): &&(&str, &str)| *other == algorithm && digits.eq_ignore_ascii_case(hex);
        ingredient.hashes.iter().any(|hash| same(&hash))
    };
    // A hash beside the right one, of the same algorithm and with another value, is a contradiction.
    let contradicts = |(algorithm, digits): &(&str, &str)| {
        let pinned: Vec<_> = rule
            .hashes
            .iter()
            .filter(|(other, _)| other == algorithm)
            .collect();
        !pinned.is_empty() && !pinned.iter().any(|(_, hex)| digits.eq_ignore_ascii_case(hex))
    };
    let is_pinned = rule.hashes.is_empty()
        || (rule.hashes.iter().any(has_hash) && !ingredient.hashes.iter().any(contradicts));
    (!is_pinned).then_some(Lack::Hash)
}

fn doubt(answer: Answer) -> String {
    match answer {
        Answer::Unknown(doubt) => format!(", for {doubt}"),
        Answer::In | Answer::Out => String::new(),
    }
}
