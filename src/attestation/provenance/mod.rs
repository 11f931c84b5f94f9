//! SLSA provenance, version 1, from the environment of a CI job.
//!
//! It says what the environment says. Nothing is guessed: what a platform does not tell is left out, and named in the
//! predicate (`internalParameters.portcullis_unknown`, JSON pointers) and in the report. Only variables on the list of
//! their platform are read, because a job's environment is full of secrets.
//!
//! A job can change its own environment, so this is provenance of SLSA build level 1: it tells what the job says of
//! itself. The certificate of the signature is what the platform says of the job.

mod buildkite;
mod circleci;
mod draft;
mod environment;
mod git;
mod github;
mod gitlab;
mod google;

use crate::report::{Code, Finding};
use environment::Environment;

/// A CI whose environment can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Buildkite.
    Buildkite,
    /// CircleCI.
    CircleCi,
    /// Google Cloud Build.
    GoogleCloudBuild,
}

impl Platform {
    const ALL: [Self; 5] = [
        Self::GitHub,
        Self::GitLab,
        Self::Buildkite,
        Self::CircleCi,
        Self::GoogleCloudBuild,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Buildkite => "Buildkite",
            Self::CircleCi => "CircleCI",
            Self::GoogleCloudBuild => "Google Cloud Build",
        }
    }

    /// Every variable that is read on it; the first one tells that it is this platform.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::GitHub => github::VARIABLES,
            Self::GitLab => gitlab::VARIABLES,
            Self::Buildkite => buildkite::VARIABLES,
            Self::CircleCi => circleci::VARIABLES,
            Self::GoogleCloudBuild => google::VARIABLES,
        }
    }

    fn is_here(self, read: &dyn Fn(&str) -> Option<String>) -> bool {
        let mark = self.variables().first().and_then(|variable| read(variable));
        match self {
            // Cloud Build has no variable that says its name; this one is set in every step.
            Self::GoogleCloudBuild => mark.is_some_and(|value| value.starts_with("/builder")),
            _ => mark.is_some_and(|value| value == "true"),
        }
    }
}

/// Provenance of the job that runs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CiProvenance {
    /// Where it runs.
    pub platform: Platform,
    /// The predicate as JSON.
    pub predicate: String,
    /// What could not be known.
    pub unknown: Vec<Unknown>,
}

/// A part of the provenance that could not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// JSON pointer to the member that is missing or incomplete.
    pub member: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// Why there is no provenance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CiProblem {
    /// None of the platforms.
    #[error("this is no job of a known CI, so there is nothing to make provenance from")]
    NoCi,
    /// The environment claims to be several.
    #[error("the environment says that this is {}: it cannot be told which", .0.join(" and "))]
    Several(Vec<&'static str>),
    /// A variable that provenance cannot do without.
    #[error("{platform} has not set {variable}, without which there is no provenance{}", hint(.platform))]
    Missing {
        /// Name of the platform.
        platform: &'static str,
        /// The variable.
        variable: &'static str,
    },
    /// A variable whose value is not what the platform documents. The value is not repeated.
    #[error("{variable} is not {expected}")]
    Malformed {
        /// The variable.
        variable: &'static str,
        /// What it should be.
        expected: &'static str,
    },
}

/// What to do about a missing variable, where the platform needs to be told to set it.
fn hint(platform: &str) -> &'static str {
    if platform == Platform::GoogleCloudBuild.name() {
        ": set `options: automapSubstitutions: true` in the build's configuration"
    } else {
        ""
    }
}

/// Makes provenance from an environment.
///
/// # Errors
///
/// It is no CI job, or what makes provenance useful (repository, commit, run) is not said.
pub fn from_ci(read: &dyn Fn(&str) -> Option<String>) -> Result<CiProvenance, CiProblem> {
    let here: Vec<Platform> = Platform::ALL
        .into_iter()
        .filter(|platform| platform.is_here(read))
        .collect();
    let platform = match here.as_slice() {
        [] => return Err(CiProblem::NoCi),
        [one] => *one,
        several => {
            return Err(CiProblem::Several(
                several.iter().map(|platform| platform.name()).collect(),
            ));
        }
    };
    let environment = Environment::new(platform, read);
    let draft = match platform {
        Platform::GitHub => github::draft(&environment),
        Platform::GitLab => gitlab::draft(&environment),
        Platform::Buildkite => buildkite::draft(&environment),
        Platform::CircleCi => circleci::draft(&environment),
        Platform::GoogleCloudBuild => google::draft(&environment),
    }?;
    let (predicate, unknown) = draft.finish();
    Ok(CiProvenance {
        platform,
        predicate,
        unknown,
    })
}

impl CiProvenance {
    /// What could not be known, for the report.
    pub fn finding(&self) -> Option<Finding> {
        if self.unknown.is_empty() {
            return None;
        }
        let parts: Vec<String> = self
            .unknown
            .iter()
            .map(|unknown| format!("{} ({})", unknown.member, unknown.reason))
            .collect();
        let message = format!("{} does not say {}", self.platform.name(), parts.join(", "));
        Some(Finding::new(Code::ProvenanceIncomplete, message))
    }
}

#[cfg(test)]
mod tests;
