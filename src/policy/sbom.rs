//! What a policy demands of an artifact's SBOM, beside who has to have signed it.

use crate::report::Origin;

use super::rules::{CompletenessRules, ComponentRules, LicenceRules, Mode, VulnerabilityRules};

/// The `[sbom]` table.
#[derive(Debug, Clone)]
pub struct SbomRules {
    /// Which of several accepted SBOMs have to pass.
    pub require: SbomRequire,
    /// Where it is written that a root which names no digest denies; without it that is a warning.
    pub require_root_digest: Option<Origin>,
    /// What becomes of a cycle among the dependencies.
    pub cycles: Mode,
    /// Where that is written, or the table where it is not.
    pub cycles_origin: Origin,
    /// Which licences the components may have.
    pub licences: Option<LicenceRules>,
    /// Which packages the components may be.
    pub components: Option<ComponentRules>,
    /// What the document itself has to say.
    pub completeness: Option<CompletenessRules>,
    /// Which vulnerabilities the components may have.
    pub vulnerabilities: Option<VulnerabilityRules>,
}

/// Which of several SBOMs have to pass, among those that an `[[attestation]]` rule accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SbomRequire {
    /// Every one.
    #[default]
    All,
    /// The newest of each format, by verified time; where several are of the same time, each of them.
    Latest,
}

impl SbomRequire {
    /// The word in a policy.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Latest => "latest",
        }
    }
}
