//! The rule about licences.

use jiff::civil::Date;

use super::exception::Exceptions;
use super::ingredient::Ingredient;
use super::ruling::{Mode, OnUnknown, Ruling, finding};
use crate::licences::{Because, Entry, LicenceDecision, LicenceLists, Objection};
use crate::report::{Code, Origin};

/// Which licences the ingredients may have.
#[derive(Debug, Clone)]
pub struct LicenceRules {
    /// What becomes of objections.
    pub mode: Mode,
    /// What becomes of components without a licence, and of licences that nobody knows.
    pub unknown: OnUnknown,
    /// What is allowed and denied.
    pub lists: LicenceLists,
    /// What several licences of one component mean.
    pub several: Several,
    /// Where each entry of the allow list is written, in its order.
    pub allow_origins: Vec<Origin>,
    /// Where each entry of the deny list is written, in its order.
    pub deny_origins: Vec<Origin>,
    /// Where the allow list is written, or the table if there is none.
    pub origin: Origin,
    /// Exceptions for single packages.
    pub exceptions: Exceptions<LicenceException>,
}

/// What several licences in one list of a component mean, where nothing joins them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Several {
    /// All of them hold at once.
    #[default]
    All,
    /// The licensee may choose.
    Any,
}

/// What an exception to the rule about licences allows its package.
#[derive(Debug, Clone, Default)]
pub struct LicenceException {
    /// Licences that are accepted, whatever the lists say.
    pub allow: Vec<Entry>,
    /// Whether unknown licences are accepted.
    pub unknown: bool,
}

impl LicenceRules {
    /// Looks at one component on a day, in UTC.
    pub fn rule(&self, ingredient: &Ingredient<'_>, today: Date) -> Option<Ruling> {
        if self.mode == Mode::Off {
            return None;
        }
        let excepted = self.exceptions.of(ingredient, today);
        let allow: Vec<Entry> = excepted
            .holding
            .iter()
            .flat_map(|(_, allows)| allows.allow.iter().cloned())
            .collect();
        let may_be_unknown = excepted.holding.iter().any(|(_, allows)| allows.unknown);
        let decision = ingredient
            .licences
            .as_ref()
            .map(|expression| self.lists.decide_except(expression, &allow));
        match decision {
            Some(LicenceDecision::Allowed) => None,
            Some(LicenceDecision::Denied(objection)) => {
                self.denied(ingredient, &objection, &excepted.ended())
            }
            _ if may_be_unknown => None,
            Some(LicenceDecision::Unknown(objection)) => {
                self.unknown(ingredient, &objection.term.to_string(), &excepted.ended())
            }
            None => self.unknown(ingredient, "", &excepted.ended()),
        }
    }

    fn denied(&self, ingredient: &Ingredient<'_>, objection: &Objection, ended: &str) -> Option<Ruling> {
        let package = ingredient.package();
        let term = objection.term.to_string();
        let (code, what, origin) = match objection.because {
            Because::DeniedBy(entry) => (Code::LicenceDenied, "is denied", self.deny_origins.get(entry)),
            _ => (Code::LicenceNotAllowed, "is not allowed", None),
        };
        let message = format!("{package} needs {term}, which {what}{ended}");
        let found = ingredient
            .licences
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let finding = finding(code, message, found, Some(origin.unwrap_or(&self.origin)))
            .help("replace the component, or ask whoever answers for licences");
        Ruling::new(self.mode, package, term, finding)
    }

    fn unknown(&self, ingredient: &Ingredient<'_>, term: &str, ended: &str) -> Option<Ruling> {
        let mode = self.mode.of_unknown(self.unknown)?;
        let package = ingredient.package();
        let message = match term {
            "" => format!("nothing is stated about the licence of {package}{ended}"),
            term => format!("{package} needs {term}, and what that permits is not known{ended}"),
        };
        let found = ingredient
            .licences
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let finding = finding(Code::LicenceUnknown, message, found, Some(&self.origin))
            .help("find out the licence and have the document state it");
        Ruling::new(mode, package, term.to_owned(), finding)
    }
}
