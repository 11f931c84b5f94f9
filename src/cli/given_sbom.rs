//! The SBOM that the caller gives: its flags, reading it, and looking for a signature over it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Problem;
use super::password::is_stdin;
use super::verify::check_files;
use crate::ops::sbom_check::{Content, Cover, Given};
use crate::ops::{hash, read};
use crate::sbom::{Limits, MAX_BYTES};
use crate::subject::{Digest, Subject};

/// An SBOM instead of the attested one.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Evidence")]
pub(crate) struct GivenArgs {
    /// SBOM to check instead of the attested one; `-` is standard input. Without a SUBJECT only the rules are asked
    #[arg(long, value_name = "FILE")]
    sbom: Option<PathBuf>,
    /// Bundle over the SBOM file itself, repeatable. Without it, FILE.sigstore.json and FILE.sigstore are read
    #[arg(long, value_name = "FILE", requires = "sbom")]
    sbom_bundle: Vec<PathBuf>,
}

/// A given SBOM before it is known who signed it.
pub(super) struct Opened {
    label: String,
    digest: Digest,
    content: Content,
    /// Where its bytes are kept, for signatures that need a second reading.
    subject: Subject,
    /// Standard input, kept until the run ends.
    _spooled: Option<NamedTempFile>,
}

impl GivenArgs {
    /// Whether one is given.
    pub(super) fn is_given(&self) -> bool {
        self.sbom.is_some()
    }

    /// Whether it is standard input.
    pub(super) fn takes_stdin(&self) -> bool {
        is_stdin(self.sbom.as_deref())
    }

    /// The bundles over it that are named.
    pub(super) fn bundles(&self) -> &[PathBuf] {
        &self.sbom_bundle
    }

    /// Reads it, where one is given. Nothing in it is looked at.
    pub(super) fn open(&self, limits: &Limits) -> Result<Option<Opened>, Problem> {
        let Some(path) = &self.sbom else { return Ok(None) };
        check_files("--sbom-bundle", &self.sbom_bundle)?;
        if self.takes_stdin() {
            return spool(limits).map(Some);
        }
        let label = path.display().to_string();
        let problem = |error: io::Error| unreadable(&label, &error);
        let length = std::fs::metadata(path).map_err(problem)?.len();
        let subject = Subject::File(path.clone());
        keep(label.clone(), path, length, subject, None, limits).map(Some)
    }
}

/// Standard input, kept in a file: a signature over it may need a second reading, and so may its end.
fn spool(limits: &Limits) -> Result<Opened, Problem> {
    let label = "standard input".to_owned();
    let problem = |error: io::Error| unreadable(&label, &error);
    let mut file = NamedTempFile::new().map_err(problem)?;
    let digest =
        hash::copy(io::stdin().lock(), &mut file, limits.streamed_bytes, &|_| {}).map_err(problem)?;
    let length = file.as_file().metadata().map_err(problem)?.len();
    let path = file.path().to_owned();
    keep(
        label.clone(),
        &path,
        length,
        Subject::Digest(digest),
        Some(file),
        limits,
    )
}

fn keep(
    label: String,
    path: &Path,
    length: u64,
    subject: Subject,
    spooled: Option<NamedTempFile>,
    limits: &Limits,
) -> Result<Opened, Problem> {
    let problem = |error: io::Error| unreadable(&label, &error);
    let (digest, content) = if length <= MAX_BYTES as u64 {
        let bytes = read::bounded(path, limits.bytes as u64).map_err(problem)?;
        (Digest::sha256(&bytes), Content::Memory(bytes))
    } else {
        let file = File::open(path).map_err(problem)?;
        let digest = hash::copy(file, &mut io::sink(), limits.streamed_bytes, &|_| {}).map_err(problem)?;
        (digest, Content::File(path.to_owned()))
    };
    Ok(Opened {
        label,
        digest,
        content,
        subject,
        _spooled: spooled,
    })
}

fn unreadable(label: &str, error: &io::Error) -> Problem {
    let problem = match error.kind() {
        io::ErrorKind::NotFound => Problem::usage(format!("no such file: {label}")),
        io::ErrorKind::IsADirectory => Problem::usage(format!("{label} is a directory")),
        _ => Problem::undecided(format!("{label}: {error}")),
    };
    match error.to_string().contains("larger than the limit") {
        true => problem.help("--max-sbom-bytes sets the limit"),
        false => problem,
    }
}

impl Opened {
    /// The file as a subject of its own, with what it is called.
    pub(super) fn subject(&self) -> (String, Subject) {
        (self.label.clone(), self.subject.clone())
    }

    /// The digest of the bytes that are read.
    pub(super) fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The SBOM with what is known of a signature over it, and the file that has to stay until it was read.
    pub(super) fn with(self, cover: Cover) -> (Given, Option<NamedTempFile>) {
        let given = Given {
            label: self.label,
            digest: self.digest,
            content: self.content,
            cover,
        };
        (given, self._spooled)
    }
}
