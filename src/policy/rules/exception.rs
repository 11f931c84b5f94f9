//! Exceptions for single packages: with a reason, somebody who answers for them, and an end.

use jiff::civil::Date;

use super::ingredient::{Identity, Ingredient};
use crate::purl::{Pattern, PatternIndex};
use crate::report::Origin;
use crate::versions::Range;

/// For which packages, until when, why and on whose word a rule is set aside.
#[derive(Debug, Clone)]
pub struct Exception {
    /// The packages.
    pub package: Pattern,
    /// Their versions.
    pub versions: Range,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
    /// Where it is written.
    pub origin: Origin,
}

/// Exceptions, found by package.
#[derive(Debug, Clone)]
pub struct Exceptions<T> {
    entries: Vec<(Exception, T)>,
    index: PatternIndex,
}

/// What the exceptions say about a component.
pub(super) struct Excepted<'e, T> {
    /// Those that hold today.
    pub(super) holding: Vec<&'e (Exception, T)>,
    /// The one that would have held and ended last.
    pub(super) expired: Option<&'e Exception>,
}

impl<T> Exceptions<T> {
    /// Exceptions, each with what it allows.
    pub fn new(entries: Vec<(Exception, T)>) -> Self {
        let index = PatternIndex::new(entries.iter().map(|(exception, _)| &exception.package));
        Self { entries, index }
    }

    /// The exceptions, in their order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Exception> {
        self.entries.iter().map(|(exception, _)| exception)
    }

    /// The positions of the exceptions for a component, whether they hold still or not.
    pub(crate) fn about(&self, ingredient: &Ingredient<'_>) -> Vec<usize> {
        let Identity::Package(purl) = &ingredient.identity else {
            return Vec::new();
        };
        if self.entries.is_empty() {
            return Vec::new();
        }
        let mut matching = self.index.matching(purl);
        if !matching.is_empty() {
            let version = ingredient.comparable_version();
            matching.retain(|at| {
                let versions = self.entries.get(*at).map(|(exception, _)| &exception.versions);
                versions.is_some_and(|versions| versions.contains(version.as_deref()).permits())
            });
        }
        matching
    }

    pub(super) fn of(&self, ingredient: &Ingredient<'_>, today: Date) -> Excepted<'_, T> {
        self.of_those(ingredient, today, |_| true)
    }

    /// What those exceptions say that `counts` takes.
    pub(super) fn of_those(
        &self,
        ingredient: &Ingredient<'_>,
        today: Date,
        counts: impl Fn(&T) -> bool,
    ) -> Excepted<'_, T> {
        let (holding, ended): (Vec<_>, Vec<_>) = self
            .about(ingredient)
            .into_iter()
            .filter_map(|at| self.entries.get(at))
            .filter(|(_, allows)| counts(allows))
            .partition(|(exception, _)| today <= exception.expires);
        Excepted {
            holding,
            expired: ended
                .into_iter()
                .map(|(exception, _)| exception)
                .max_by_key(|exception| exception.expires),
        }
    }
}

impl<T> Default for Exceptions<T> {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl<T> Excepted<'_, T> {
    /// The end of a message about a component whose exception is over.
    pub(super) fn ended(&self) -> String {
        match self.expired {
            Some(exception) => format!(
                "; its exception ({}) ended on {}",
                exception.reason, exception.expires
            ),
            None => String::new(),
        }
    }
}
