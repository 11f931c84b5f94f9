//! What is attested: the flags that name the predicate, and reading it.

use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Problem;
use super::password::is_stdin;
use crate::attestation::predicate::{AttestType, Checked, MAX_PREDICATE_BYTES, Problems};
use crate::attestation::provenance::from_ci;
use crate::report::Finding;

/// What the bundle of an attestation is called by when its type has no short name.
const NAMELESS: &str = "attestation";

/// What is attested.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Predicate")]
pub(crate) struct PredicateArgs {
    /// File with the predicate as JSON; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "from_ci")]
    predicate: Option<PathBuf>,
    /// What the predicate is: a short name or a URI
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_type, long_help = type_help())]
    attest_type: AttestType,
    /// Make the predicate from the environment of this CI job; for --type slsa-provenance
    #[arg(long, conflicts_with = "predicate")]
    from_ci: bool,
    /// Most bytes that the predicate may have
    #[arg(long, value_name = "BYTES", default_value_t = MAX_PREDICATE_BYTES)]
    max_predicate_bytes: usize,
}

/// A predicate that may be attested with what is worth knowing about it, or what is wrong with it.
pub(super) type Predicate = Result<(Checked, Vec<Finding>), Vec<Finding>>;

impl PredicateArgs {
    /// What the type is called in names of files.
    pub(super) fn type_name(&self) -> &str {
        self.attest_type.short_name().unwrap_or(NAMELESS)
    }

    /// Whether standard input is read for the predicate.
    pub(super) fn takes_stdin(&self) -> bool {
        is_stdin(self.predicate.as_deref())
    }

    /// Reads and checks the predicate, or makes it.
    ///
    /// # Errors
    ///
    /// When there is none to be had.
    pub(super) fn read(&self, now: Timestamp) -> Result<Predicate, Problem> {
        match &self.predicate {
            Some(path) => self.check(path, now),
            None => self.made(now),
        }
    }

    fn check(&self, path: &Path, now: Timestamp) -> Result<Predicate, Problem> {
        let name = match is_stdin(Some(path)) {
            true => "standard input".to_owned(),
            false => path.display().to_string(),
        };
        let bytes = self
            .bytes(path)
            .map_err(|error| Problem::usage(format!("{name}: {error}")))?;
        let checked = Checked::check(&name, &bytes, &self.attest_type, self.max_predicate_bytes, now);
        Ok(told(checked))
    }

    /// One byte too many is read, so that the check finds out.
    fn bytes(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let limit = (self.max_predicate_bytes as u64).saturating_add(1);
        let mut bytes = Vec::new();
        match is_stdin(Some(path)) {
            true => std::io::stdin().lock().take(limit).read_to_end(&mut bytes)?,
            false => std::fs::File::open(path)?.take(limit).read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    }

    fn made(&self, now: Timestamp) -> Result<Predicate, Problem> {
        if !self.attest_type.is_provenance_v1() {
            return Err(
                Problem::usage("--from-ci makes SLSA provenance, and --type names something else")
                    .help("say --type slsa-provenance"),
            );
        }
        let provenance = from_ci(&|name| std::env::var(name).ok())
            .map_err(|problem| Problem::configuration(problem.to_string()))?;
        let what = format!("provenance from {}", provenance.platform.name());
        let finding = provenance.finding();
        let made = Checked::made(&what, provenance.predicate, &self.attest_type, now);
        Ok(told(made).map(|(checked, _)| (checked, finding.into_iter().collect())))
    }
}

fn told(checked: Result<Checked, Problems>) -> Predicate {
    match checked {
        Ok(checked) => Ok((checked, Vec::new())),
        Err(problems) => Err(problems.findings()),
    }
}

fn parse_type(text: &str) -> Result<AttestType, String> {
    AttestType::parse(text).map_err(|error| error.to_string())
}

fn type_help() -> String {
    let names: Vec<&str> = AttestType::names().collect();
    format!(
        "What the predicate is: a URI, or one of {}. The predicate is checked against what its type demands",
        names.join(", ")
    )
}
