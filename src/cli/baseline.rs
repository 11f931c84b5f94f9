//! What an SBOM is compared with: its flags, and reading or verifying it.

use std::path::{Path, PathBuf};

use super::Problem;
use super::verify::{check_files, path_kind};
use crate::ops::read;
use crate::ops::sbom_check::Baseline;
use crate::sbom::Limits;
use crate::subject::Subject;

/// What to compare with.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Differences")]
pub(crate) struct BaselineArgs {
    /// SBOM file that was accepted before, or the artifact whose attested SBOM it is (an image, oci-layout:…, sha256:…)
    #[arg(long, value_name = "SBOM|SUBJECT")]
    baseline: Option<String>,
    /// Bundle with the attested SBOM of the baseline, repeatable: --baseline names the artifact then, also where it is a file
    #[arg(long, value_name = "FILE", requires = "baseline")]
    baseline_bundle: Vec<PathBuf>,
}

/// What a baseline is named as.
pub(super) enum Named {
    /// A file that is an SBOM.
    File(PathBuf),
    /// An artifact.
    Subject(String, Subject),
}

impl BaselineArgs {
    /// The bundles of the baseline that are named.
    pub(super) fn bundles(&self) -> &[PathBuf] {
        &self.baseline_bundle
    }

    /// What is named.
    pub(super) fn named(&self) -> Result<Option<Named>, Problem> {
        let Some(text) = &self.baseline else {
            return Ok(None);
        };
        check_files("--baseline-bundle", &self.baseline_bundle)?;
        let subject = Subject::parse(text, path_kind).map_err(|error| Problem::usage(error.to_string()))?;
        match subject {
            Subject::Stdin => Err(Problem::usage("the baseline cannot be standard input")
                .help("write it to a file, and name that")),
            Subject::Directory { .. } => Err(Problem::usage("the baseline cannot be a directory")
                .help("name an SBOM file, or an artifact whose SBOM is attested")),
            Subject::File(path) if self.baseline_bundle.is_empty() => Ok(Some(Named::File(path))),
            Subject::Digest(_) if self.baseline_bundle.is_empty() => Err(Problem::usage(format!(
                "{text} has no place to look for evidence in"
            ))
            .help("name its bundle with --baseline-bundle FILE")),
            subject => Ok(Some(Named::Subject(text.clone(), subject))),
        }
    }
}

/// Reads an SBOM file to compare with.
pub(super) fn file(path: &Path, limits: &Limits) -> Result<Baseline, Problem> {
    let label = path.display().to_string();
    let bytes = read::bounded(path, limits.bytes as u64).map_err(|error| {
        Problem::undecided(format!("{label}: {error}"))
            .help("--baseline names an SBOM file; --max-sbom-bytes sets the limit")
    })?;
    Ok(Baseline::file(label, bytes))
}
