//! The rule about differences to an SBOM that was accepted before.

use jiff::civil::Date;

use super::exception::Exceptions;
use super::ingredient::Ingredient;
use super::ruling::{Mode, Ruling, finding};
use crate::report::{Code, Origin};

/// What may differ from the baseline.
#[derive(Debug, Clone)]
pub struct DriftRules {
    /// What becomes of objections.
    pub mode: Mode,
    /// Whether a check without a baseline is refused.
    pub required: bool,
    /// What becomes of each kind of difference, and where that is written.
    pub actions: Vec<(Difference, OnDifference, Origin)>,
    /// Exceptions for single packages: the differences that pass.
    pub exceptions: Exceptions<Vec<Difference>>,
    /// Where the table is written.
    pub origin: Origin,
}

/// A kind of difference between two SBOMs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// A package, or a further version of one, that was not there.
    Added,
    /// A package, or one of several versions of it, that is gone.
    Removed,
    /// A later version.
    VersionUp,
    /// An earlier version.
    VersionDown,
    /// Another version, and which is later cannot be told.
    VersionChanged,
    /// Other licences.
    LicenceChanged,
    /// Another supplier.
    SupplierChanged,
    /// Other hashes at the same version.
    HashChanged,
}

/// What becomes of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDifference {
    /// It passes.
    Allow,
    /// It is recorded as a warning.
    Audit,
    /// It denies.
    Deny,
}

/// One difference, as it is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Differing<'a> {
    /// Its kind.
    pub kind: Difference,
    /// The package, for people and for fingerprints.
    pub package: &'a str,
    /// The package in the version that it has now, or had last.
    pub ingredient: &'a Ingredient<'a>,
    /// What was there; empty where nothing was.
    pub from: &'a str,
    /// What is there now; empty where nothing is.
    pub to: &'a str,
}

impl Difference {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Added,
        Self::Removed,
        Self::VersionUp,
        Self::VersionDown,
        Self::VersionChanged,
        Self::LicenceChanged,
        Self::SupplierChanged,
        Self::HashChanged,
    ];

    /// The key in a policy, and the name in reports.
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

    /// What becomes of it where a policy says nothing: a later version passes, less than before is recorded, and what
    /// nobody asked for stops.
    pub fn usual(self) -> OnDifference {
        match self {
            Self::VersionUp => OnDifference::Allow,
            Self::Removed => OnDifference::Audit,
            _ => OnDifference::Deny,
        }
    }

    /// In words, about a package.
    fn words(self) -> &'static str {
        match self {
            Self::Added => "is new",
            Self::Removed => "is gone",
            Self::VersionUp => "is in a later version",
            Self::VersionDown => "is in an earlier version",
            Self::VersionChanged => "is in another version, and which is later cannot be told",
            Self::LicenceChanged => "has other licences",
            Self::SupplierChanged => "has another supplier",
            Self::HashChanged => "has other hashes at the same version",
        }
    }
}

impl DriftRules {
    /// What holds where a baseline is named and no policy says what may differ.
    pub fn usual(origin: &Origin) -> Self {
        let actions = Difference::ALL.map(|kind| (kind, kind.usual(), origin.clone()));
        Self {
            mode: Mode::Enforce,
            required: true,
            actions: actions.into(),
            exceptions: Exceptions::default(),
            origin: origin.clone(),
        }
    }

    /// Whether there has to be a baseline: where some difference denies, unless the policy says that none is required.
    pub fn needs_baseline(&self) -> bool {
        let denies = |action: &(Difference, OnDifference, Origin)| action.1 == OnDifference::Deny;
        self.required && self.mode == Mode::Enforce && self.actions.iter().any(denies)
    }

    /// Looks at one difference on a day, in UTC.
    pub fn rule(&self, differing: &Differing<'_>, today: Date) -> Option<Ruling> {
        let (_, action, origin) = self.actions.iter().find(|(kind, ..)| *kind == differing.kind)?;
        let mode = match (action, self.mode) {
            (OnDifference::Allow, _) => return None,
            (OnDifference::Audit, Mode::Enforce) => Mode::Audit,
            (OnDifference::Audit | OnDifference::Deny, mode) => mode,
        };
        let excepted = self.exceptions.of(differing.ingredient, today);
        if excepted
            .holding
            .iter()
            .any(|(_, kinds)| kinds.contains(&differing.kind))
        {
            return None;
        }
        let package = differing.package.to_owned();
        let message = format!("{package} {}{}", differing.kind.words(), excepted.ended());
        let mut finding = finding(Code::SbomDrift, message, differing.to.to_owned(), Some(origin))
            .help("find out who made this change and why; an exception in [sbom.drift] records the answer");
        if !differing.from.is_empty() {
            finding = finding.expected(differing.from);
        }
        Ruling::new(mode, package, differing.kind.name().to_owned(), finding)
    }
}
