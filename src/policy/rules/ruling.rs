//! What a rule has to say about a component.

use crate::report::{Code, Finding, Origin};
use crate::subject::Digest;

/// What becomes of a rule's objections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// They deny.
    #[default]
    Enforce,
    /// They are recorded as warnings.
    Audit,
    /// The rule is not asked.
    Off,
}

/// What becomes of a component about which a rule cannot know enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// It is objected to, as if it were denied.
    #[default]
    Deny,
    /// It is recorded as a warning, whatever the rule's mode.
    Audit,
    /// It passes.
    Allow,
}

/// An objection of a rule to a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Ruling {
    /// What is said about it, with the line of the policy that decided.
    pub finding: Finding,
    /// The package, without its version.
    pub package: String,
    /// What of the rule decided: an entry, a licence. Empty where there is nothing to name.
    pub decided_by: String,
}

impl Ruling {
    /// A ruling, unless the mode is [`Mode::Off`]. Its finding has the fingerprint.
    pub fn new(mode: Mode, package: String, decided_by: String, finding: Finding) -> Option<Self> {
        let mut finding = mode.apply(finding)?;
        finding.fingerprint = Some(Self::fingerprint(finding.code, &package, &decided_by));
        finding.package = Some(package.clone());
        Some(Self {
            finding,
            package,
            decided_by,
        })
    }

    /// What stays the same from build to build, as 32 hexadecimal digits: the code, the package without its version,
    /// and what of the rule decided. Accepting one finding accepts neither another package nor another licence.
    fn fingerprint(code: Code, package: &str, decided_by: &str) -> String {
        let parts = [code.name(), package, decided_by];
        // Lengths keep the parts apart, whatever they hold.
        let text: String = parts
            .iter()
            .map(|part| format!("{}:{part}", part.len()))
            .collect();
        let mut hex = Digest::sha256(text.as_bytes()).to_hex();
        hex.truncate(32);
        hex
    }
}

impl Mode {
    /// What becomes of an objection: itself, a record of it, or nothing.
    pub fn apply(self, finding: Finding) -> Option<Finding> {
        match self {
            Self::Enforce => Some(finding),
            Self::Audit => Some(finding.audited()),
            Self::Off => None,
        }
    }

    /// The mode for what is unknown; `None` where it passes.
    pub(super) fn of_unknown(self, on_unknown: OnUnknown) -> Option<Self> {
        match (on_unknown, self) {
            (OnUnknown::Allow, _) => None,
            (OnUnknown::Audit, Self::Enforce) => Some(Self::Audit),
            _ => Some(self),
        }
    }
}

/// A finding with its place in the policy.
pub(super) fn finding(code: Code, message: String, found: String, origin: Option<&Origin>) -> Finding {
    let mut finding = Finding::new(code, message);
    if !found.is_empty() {
        finding = finding.found(found);
    }
    match origin {
        Some(origin) => finding.origin(origin),
        None => finding,
    }
}
