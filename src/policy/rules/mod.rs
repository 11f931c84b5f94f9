//! Rules about what an artifact is made of: one file for each rule, each of them pure.
//!
//! A rule looks at one [`Ingredient`] and passes it, or gives a [`Ruling`]. It knows nothing of the document that the
//! ingredient was read from. What cannot be told counts against the ingredient.

mod completeness;
mod components;
mod drift;
mod exception;
mod ingredient;
mod licences;
mod ruling;
mod vulnerabilities;

pub use completeness::{
    CompletenessRules, DemandedElement, DocumentStated, Element, GeneratorRule, MAX_CLOCK_SKEW,
};
pub use components::{ComponentRules, NamedRule, PackageRule};
pub use drift::{Difference, Differing, DriftRules, OnDifference};
pub use exception::{Exception, Exceptions};
pub use ingredient::{Identity, Ingredient, LicenceText};
pub use licences::{LicenceException, LicenceRules, Several};
pub use ruling::{Mode, OnUnknown, Ruling};
pub use vulnerabilities::{
    Affected, Analysis, StatedVulnerability, VulnerabilityException, VulnerabilityRules, Word,
};

#[cfg(test)]
mod tests;
