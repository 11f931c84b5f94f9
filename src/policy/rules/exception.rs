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
        let matching = match &ingredient.identity {
            Identity::Package(purl) => self.index.matching(purl),
            Identity::Unreadable(..) | Identity::Unnamed => Vec::new(),
        };
        let version = ingredient.comparable_version();
        let (holding, ended): (Vec<_>, Vec<_>) = matching
            .into_iter()
            .filter_map(|at| self.entries.get(at))
            .filter(|(_, allows)| counts(allows))
            .filter(|(exception, _)| exception.versions.contains(version.as_deref()).permits())
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
