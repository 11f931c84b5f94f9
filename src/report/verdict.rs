//! Verdicts and the exit codes that follow from them.

use schemars::JsonSchema;
use serde::Serialize;

/// The answer for one subject, or for a whole run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that was asked for holds.
    Allowed,
    /// Evidence was examined and does not satisfy what was asked.
    Denied,
    /// Every place answered, and none has anything of the demanded kind.
    NoEvidence,
    /// It could not be found out; trying again may help.
    Undecided,
    /// A policy, trust root, key or configuration file is invalid or expired.
    Misconfigured,
}

/// The process exit codes, a promise to every pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(into = "u8")]
#[schemars(extend("enum" = [0, 1, 2, 3, 4, 5, 101]))]
pub enum ExitCode {
    /// 0: everything asked for holds.
    Allowed,
    /// 1: evidence was examined and does not satisfy what was asked.
    Denied,
    /// 2: the command line is wrong.
    Usage,
    /// 3: all places answered; there is nothing of the demanded kind to examine.
    NoEvidence,
    /// 4: could not find out; retry may help.
    Undecided,
    /// 5: policy, trust root, key or configuration file is invalid or expired.
    Configuration,
    /// 101: a bug in Portcullis.
    Bug,
}

impl ExitCode {
    /// Every code with the name and the meaning that the documentation gives it.
    pub const TABLE: [(Self, &'static str, &'static str); 7] = [
        (Self::Allowed, "allowed", "everything asked for holds"),
        (
            Self::Denied,
            "denied",
            "evidence was examined and does not satisfy what was asked (bad signature, wrong identity, SBOM violation)",
        ),
        (Self::Usage, "usage", "the command line is wrong"),
        (
            Self::NoEvidence,
            "no evidence",
            "all places answered; there is nothing of the demanded kind to examine",
        ),
        (
            Self::Undecided,
            "undecided",
            "could not find out (unreachable, throttled, not authorised, timed out): retry may help",
        ),
        (
            Self::Configuration,
            "configuration",
            "policy, trust root, key or config file is invalid or expired",
        ),
        (Self::Bug, "bug", "a panic: please report it"),
    ];

    /// The number that the process exits with.
    pub fn number(self) -> u8 {
        match self {
            Self::Allowed => 0,
            Self::Denied => 1,
            Self::Usage => 2,
            Self::NoEvidence => 3,
            Self::Undecided => 4,
            Self::Configuration => 5,
            Self::Bug => 101,
        }
    }
}

impl From<ExitCode> for u8 {
    fn from(code: ExitCode) -> Self {
        code.number()
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Allowed => Self::Allowed,
            Verdict::Denied => Self::Denied,
            Verdict::NoEvidence => Self::NoEvidence,
            Verdict::Undecided => Self::Undecided,
            Verdict::Misconfigured => Self::Configuration,
        }
    }
}

impl Verdict {
    /// Joins the verdicts of several subjects: the first of denied, misconfigured, no evidence, undecided, allowed
    /// that occurred. An empty list is undecided: nothing was asked, so nothing is allowed.
    pub fn worst(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let rank = |verdict: &Self| match verdict {
            Self::Denied => 0,
            Self::Misconfigured => 1,
            Self::NoEvidence => 2,
            Self::Undecided => 3,
            Self::Allowed => 4,
        };
        verdicts.into_iter().min_by_key(rank).unwrap_or(Self::Undecided)
    }

    /// The verdict as one or two words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
            Self::NoEvidence => "no evidence",
            Self::Undecided => "undecided",
            Self::Misconfigured => "misconfigured",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Verdict; 5] = [
        Verdict::Denied,
        Verdict::Misconfigured,
        Verdict::NoEvidence,
        Verdict::Undecided,
        Verdict::Allowed,
    ];

    #[test]
    fn nothing_is_not_allowed() {
        assert_eq!(Verdict::worst([]), Verdict::Undecided);
    }

    #[test]
    fn the_order_of_several_verdicts_is_1_5_3_4_0() {
        for (place, worse) in ALL.iter().enumerate() {
            for better in &ALL[place..] {
                assert_eq!(Verdict::worst([*better, *worse]), *worse);
                assert_eq!(Verdict::worst([*worse, *better]), *worse);
            }
        }
        let numbers: Vec<u8> = ALL
            .iter()
            .map(|verdict| ExitCode::from(*verdict).number())
            .collect();
        assert_eq!(numbers, [1, 5, 3, 4, 0]);
    }

    #[test]
    fn only_allowed_exits_with_zero() {
        for verdict in ALL {
            assert_eq!(ExitCode::from(verdict).number() == 0, verdict == Verdict::Allowed);
        }
    }

    #[test]
    fn the_table_holds_every_code_once() {
        let numbers: std::collections::BTreeSet<u8> =
            ExitCode::TABLE.iter().map(|row| row.0.number()).collect();
        assert_eq!(numbers.len(), ExitCode::TABLE.len());
    }
}
