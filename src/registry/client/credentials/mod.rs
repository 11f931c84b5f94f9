//! Who we are to a registry: flags, podman's and Docker's files, and credential helper programs.
//!
//! The first source that has something for the registry is used. Which one that was is told; what it holds never is.

mod file;
mod helper;

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

pub use helper::HELPER_TIMEOUT;

use super::credential::Credential;
use super::origin::same_registry;
use super::trouble::Why;
use file::CredentialFile;

/// Where credentials are looked for. The default looks nowhere.
#[derive(Debug, Clone, Default)]
pub struct CredentialOptions {
    /// Given on the command line, for the registry of this name and no other.
    pub given: Option<(String, Credential)>,
    /// Files in Docker's or podman's form, in the order in which they are asked.
    pub files: Vec<CredentialPath>,
    /// Whether helper programs (`docker-credential-…`) may be run. Without it, what they hold is out of reach, and the
    /// report of a refusal says so.
    pub allow_helpers: bool,
}

/// A file to look for credentials in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialPath {
    /// Its path.
    pub path: PathBuf,
    /// Whether somebody named it, so that it has to be there.
    pub required: bool,
}

/// Where the credentials that were used came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// Nobody has any for this registry.
    Anonymous,
    /// Flags of the command line.
    Flags,
    /// A file.
    File(PathBuf),
    /// A helper program that a file names.
    Helper {
        /// The program.
        program: String,
        /// The file.
        file: PathBuf,
    },
}

impl fmt::Display for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("no credentials"),
            Self::Flags => f.write_str("credentials from the command line"),
            Self::File(path) => write!(f, "credentials from {}", path.display()),
            Self::Helper { program, file } => {
                write!(f, "credentials from {program}, which {} names", file.display())
            }
        }
    }
}

/// What was found for one registry.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The credential. `None`: ask as nobody in particular.
    pub(super) credential: Option<Credential>,
    /// Where it is from.
    pub(super) source: CredentialSource,
    /// What kept a source from being used.
    pub(super) notes: Vec<String>,
}

impl Found {
    /// Says for a refusal what was tried.
    pub(super) fn words(&self) -> String {
        let mut words = format!("asked with {}", self.source);
        for note in &self.notes {
            words.push_str("; ");
            words.push_str(note);
        }
        words
    }
}

/// What a helper said: a credential, that it has none, or why it said nothing.
type Helped = Result<Option<Credential>, String>;

/// The sources of one run, each read at most once.
#[derive(Debug)]
pub(super) struct Keyring {
    options: CredentialOptions,
    files: OnceCell<Result<Vec<CredentialFile>, String>>,
    /// What helpers said, by program and server.
    helped: Mutex<HashMap<(String, String), Helped>>,
    /// What was used, by registry.
    used: std::sync::Mutex<Vec<(String, CredentialSource)>>,
}

impl Keyring {
    pub(super) fn new(options: CredentialOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            files: OnceCell::new(),
            helped: Mutex::default(),
            used: std::sync::Mutex::default(),
        })
    }

    /// Which source was used for which registry so far.
    pub(super) fn used(&self) -> Vec<(String, CredentialSource)> {
        self.used.lock().map(|used| used.clone()).unwrap_or_default()
    }

    /// Looks for credentials for a repository of a registry.
    pub(super) async fn find(&self, registry: &str, repository: &str) -> Result<Found, Why> {
        let found = self.search(registry, repository).await?;
        let entry = (registry.to_owned(), found.source.clone());
        if let Ok(mut used) = self.used.lock()
            && !used.contains(&entry)
        {
            used.push(entry);
        }
        Ok(found)
    }

    async fn search(&self, registry: &str, repository: &str) -> Result<Found, Why> {
        let given = self.options.given.as_ref();
        if let Some((_, credential)) = given.filter(|(name, _)| same_registry(name, registry)) {
            return Ok(Found {
                credential: Some(credential.clone()),
                source: CredentialSource::Flags,
                notes: Vec::new(),
            });
        }
        let mut notes = Vec::new();
        for file in self.files().await? {
            if let Some((program, server)) = file.helper(registry) {
                match self.help(&program, &server).await {
                    Ok(Some(credential)) => {
                        let source = CredentialSource::Helper {
                            program,
                            file: file.path.clone(),
                        };
                        return Ok(found(credential, source, notes));
                    }
                    Ok(None) => {}
                    Err(note) => notes.push(note),
                }
            }
            if let Some(credential) = file.credential(registry, repository) {
                return Ok(found(
                    credential,
                    CredentialSource::File(file.path.clone()),
                    notes,
                ));
            }
        }
        Ok(Found {
            credential: None,
            source: CredentialSource::Anonymous,
            notes,
        })
    }

    async fn files(&self) -> Result<&[CredentialFile], Why> {
        let read = || async {
            let paths = self.options.files.clone();
            tokio::task::spawn_blocking(move || paths.iter().filter_map(CredentialFile::read).collect())
                .await
                .unwrap_or_else(|_| Err("the credential files could not be read".to_owned()))
        };
        match self.files.get_or_init(read).await {
            Ok(files) => Ok(files),
            Err(detail) => Err(Why::Credentials(detail.clone())),
        }
    }

    /// Asks a helper program, once for each server.
    async fn help(&self, program: &str, server: &str) -> Helped {
        if !self.options.allow_helpers {
            return Err(format!(
                "{program} was not asked: helper programs are not allowed here"
            ));
        }
        let key = (program.to_owned(), server.to_owned());
        let mut helped = self.helped.lock().await;
        if let Some(known) = helped.get(&key) {
            return known.clone();
        }
        let (program, server) = key.clone();
        let answer = tokio::task::spawn_blocking(move || helper::get(&program, &server, HELPER_TIMEOUT))
            .await
            .unwrap_or_else(|_| Err("a credential helper could not be asked".to_owned()));
        helped.insert(key, answer.clone());
        answer
    }
}

fn found(credential: Credential, source: CredentialSource, notes: Vec<String>) -> Found {
    Found {
        credential: Some(credential),
        source,
        notes,
    }
}
