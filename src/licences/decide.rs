//! Deciding an expression by what a policy allows and denies. The rules are in the documentation of the module above.

use super::catalogue;
use super::expression::Expression;
use super::parse::SyntaxError;
use super::term::{Addition, Licence, Term};

/// One licence of an allow list or a deny list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry(Term);

/// Why a text cannot stand in a list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// It is no licence expression at all.
    #[error("this is no SPDX licence id: {0}")]
    Syntax(#[from] SyntaxError),
    /// An expression with operators: a list holds single licences.
    #[error("an entry is one licence, and this joins several")]
    Compound,
    /// `NONE` and `NOASSERTION` name no licence; what to do about them is a setting of its own.
    #[error("{0} names no licence")]
    Unstated(&'static str),
    /// A word that is no SPDX id: in a policy that is more likely a slip of the pen than a licence.
    #[error("{0} is not on the SPDX licence list")]
    Unlisted(String),
}

impl Entry {
    /// Reads an entry: an SPDX id, current or deprecated, in any letter case, or a `LicenseRef-…`, with or without an
    /// exception.
    ///
    /// # Errors
    ///
    /// The text is not one licence that SPDX lists or a reference.
    pub fn parse(text: &str) -> Result<Self, EntryError> {
        let Expression::Term(term) = Expression::parse(text)? else {
            return Err(EntryError::Compound);
        };
        match (&term.licence, &term.addition) {
            (Licence::Unstated(word), _) => Err(EntryError::Unstated(word)),
            (Licence::Unlisted(word), _) => Err(EntryError::Unlisted(word.clone())),
            (_, Some(Addition::Unlisted(word))) if !catalogue::is_reference(word, "AdditionRef-") => {
                Err(EntryError::Unlisted(word.clone()))
            }
            _ => Ok(Self(term)),
        }
    }

    /// An entry for a licence that documents name in words that SPDX does not know, letter by letter. An official
    /// name means its licence.
    ///
    /// # Errors
    ///
    /// The name is `NONE` or `NOASSERTION`.
    pub fn named(name: &str) -> Result<Self, EntryError> {
        match Expression::from_name(name) {
            Expression::Term(Term {
                licence: Licence::Unstated(word),
                ..
            }) => Err(EntryError::Unstated(word)),
            Expression::Term(term) => Ok(Self(term)),
            Expression::And(_) | Expression::Or(_) => Err(EntryError::Compound),
        }
    }

    /// The licence, with its current id.
    pub fn term(&self) -> &Term {
        &self.0
    }

    /// Whether this entry accepts what `stated` grants, used as `option`, leaving exceptions aside.
    fn accepts(&self, stated: &Licence, option: &Licence) -> bool {
        match (&self.0.licence, stated, option) {
            (
                // Who accepts "this or later" accepts the grant to choose; a licence of exactly one version grants
                // none.
                Licence::Listed { id, or_later: true },
                Licence::Listed {
                    id: from,
                    or_later: true,
                },
                Licence::Listed { id: option, .. },
            ) => catalogue::is_same_or_later(id, from) && catalogue::is_same_or_later(option, id),
            (entry, _, option) => entry == option,
        }
    }

    /// Whether this entry accepts what `term` grants, used as `option`, exceptions included.
    fn allows(&self, term: &Term, option: &Licence) -> bool {
        let fits =
            self.0.addition == term.addition || (self.0.addition.is_none() && can_drop(&term.addition));
        fits && self.accepts(&term.licence, option)
    }

    /// Whether this entry speaks of `option`, leaving exceptions aside. "This or later" speaks of each of these
    /// versions.
    fn speaks_of(&self, option: &Licence) -> bool {
        match (&self.0.licence, option) {
            (Licence::Listed { id, or_later: true }, Licence::Listed { id: option, .. }) => {
                catalogue::is_same_or_later(option, id)
            }
            (entry, option) => entry == option,
        }
    }
}

/// What a policy says about licences.
#[derive(Debug, Clone, Default)]
pub struct LicenceLists {
    /// What may be used; `None` means every licence that SPDX lists and that is not denied.
    pub allow: Option<Vec<Entry>>,
    /// What must not be used. Beats `allow`.
    pub deny: Vec<Entry>,
}

/// The answer for one expression, with the part that decided. In the order from bad to good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LicenceDecision {
    /// No choice of the licensee meets the lists.
    Denied(Objection),
    /// Nothing is denied, and something is not known. What that means is the policy's to say.
    Unknown(Objection),
    /// The licensee can meet the lists.
    Allowed,
}

/// A licence and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The part of the expression, with current ids.
    pub term: Term,
    /// What is the matter with it.
    pub because: Because,
}

/// What speaks against a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The entry of the deny list with this index.
    DeniedBy(usize),
    /// There is an allow list, and it is not in there.
    NotAllowed,
    /// `NONE` or `NOASSERTION`.
    Unstated,
    /// A reference or a name that neither SPDX nor a list knows.
    Unlisted,
    /// Its exception is neither on the SPDX list nor allowed in full with this licence.
    UnlistedAddition,
}

impl LicenceDecision {
    /// From bad to good.
    fn rank(&self) -> u8 {
        match self {
            Self::Denied(_) => 0,
            Self::Unknown(_) => 1,
            Self::Allowed => 2,
        }
    }
}

impl LicenceLists {
    /// Decides an expression.
    pub fn decide(&self, expression: &Expression) -> LicenceDecision {
        self.decide_except(expression, &[])
    }

    /// Decides an expression where the entries of `excepted` are accepted whatever the lists say: an exception for
    /// one package.
    pub fn decide_except(&self, expression: &Expression, excepted: &[Entry]) -> LicenceDecision {
        match expression {
            Expression::Term(term) if accepts(excepted, term) => LicenceDecision::Allowed,
            Expression::Term(term) => self.decide_term(term),
            // The first of the worst, and the first of the best: `min_by_key` keeps the first of equals.
            Expression::And(parts) => {
                let parts = parts.iter().map(|part| self.decide_except(part, excepted));
                parts
                    .min_by_key(LicenceDecision::rank)
                    .unwrap_or(LicenceDecision::Allowed)
            }
            Expression::Or(parts) => {
                let parts = parts.iter().map(|part| self.decide_except(part, excepted));
                parts
                    .min_by_key(|part| std::cmp::Reverse(part.rank()))
                    .unwrap_or(LicenceDecision::Allowed)
            }
        }
    }

    fn decide_term(&self, term: &Term) -> LicenceDecision {
        let objection = |because| Objection {
            term: term.clone(),
            because,
        };
        let options = options(&term.licence);
        let forbidding = |option: &&Licence| self.forbids(term, option);
        let open: Vec<&Licence> = options
            .iter()
            .filter(|option| forbidding(option).is_none())
            .collect();
        if open.is_empty() {
            let entry = options.iter().find_map(|option| self.forbids(term, option));
            return LicenceDecision::Denied(objection(entry.map_or(Because::NotAllowed, Because::DeniedBy)));
        }
        if open.iter().any(|option| self.allows(term, option)) {
            return LicenceDecision::Allowed;
        }
        match (&term.licence, &term.addition) {
            (Licence::Unstated(_), _) => LicenceDecision::Unknown(objection(Because::Unstated)),
            (Licence::Reference(_) | Licence::Unlisted(_), _) => {
                LicenceDecision::Unknown(objection(Because::Unlisted))
            }
            (Licence::Listed { .. }, Some(Addition::Unlisted(_))) => {
                LicenceDecision::Unknown(objection(Because::UnlistedAddition))
            }
            (Licence::Listed { .. }, _) => LicenceDecision::Denied(objection(Because::NotAllowed)),
        }
    }

    /// The deny entry that takes this option away.
    fn forbids(&self, term: &Term, option: &Licence) -> Option<usize> {
        self.deny.iter().position(|entry| {
            entry.speaks_of(option)
                && match &entry.0.addition {
                    None => !self.allows_in_full(term, option),
                    same => *same == term.addition,
                }
        })
    }

    /// Whether the allow list names this option together with its exception.
    fn allows_in_full(&self, term: &Term, option: &Licence) -> bool {
        term.addition.is_some()
            && self
                .allow
                .iter()
                .flatten()
                .any(|entry| entry.0.addition == term.addition && entry.accepts(&term.licence, option))
    }

    fn allows(&self, term: &Term, option: &Licence) -> bool {
        match &self.allow {
            None => can_drop(&term.addition) && matches!(option, Licence::Listed { .. }),
            Some(entries) => entries.iter().any(|entry| entry.allows(term, option)),
        }
    }
}

/// Whether the entries accept a term by themselves.
fn accepts(entries: &[Entry], term: &Term) -> bool {
    let allowed = |option| entries.iter().any(|entry| entry.allows(term, &option));
    !entries.is_empty() && options(&term.licence).into_iter().any(allowed)
}

/// Whether the licensee may do without what follows `WITH`.
fn can_drop(addition: &Option<Addition>) -> bool {
    matches!(addition, None | Some(Addition::Listed(_)))
}

/// What the licensee may choose from.
fn options(licence: &Licence) -> Vec<Licence> {
    match licence {
        Licence::Listed { id, or_later: true } => catalogue::this_and_later(id)
            .map(|id| Licence::Listed { id, or_later: false })
            .collect(),
        one => vec![one.clone()],
    }
}
