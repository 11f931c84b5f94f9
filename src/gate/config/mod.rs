//! `gate.toml`: read strictly and whole, with the place of every mistake, before anything of it is used.
//!
//! Everything that an event may not say is said here: where images may come from, which trust root and which policy
//! decide, and what is deployed.

mod callers;
mod listen;
mod registry;
mod routes;
mod triggers;

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeTable;

pub use self::listen::{ListenConfig, Patience};
pub use self::registry::RegistryConfig;
pub use self::routes::{RollbackRule, Route};
use self::triggers::Around;
use super::caller::Caller;
use super::trigger::NamedTrigger;
use crate::ops::read;
use crate::policy::Files;
use crate::policy::strict_toml::{
    MAX_FINDINGS, Reader, Section, Unpinned, number_of, open_trust, read_trust, text_of, version,
};
use crate::report::{Code, Finding, Origin};
use crate::sigstore::trust::TrustChoice;
use crate::subject::{Digest, Reference};

/// Largest configuration, in bytes.
pub const MAX_CONFIG_BYTES: usize = 512 * 1024;

/// Most bytes of a file that the configuration names.
const MAX_NAMED_FILE_BYTES: u64 = 16 << 20;

/// The version of the format that this build reads.
const VERSION: u64 = 1;

const KEYS: [&str; 9] = [
    "version", "data", "trust", "registry", "decide", "route", "listen", "caller", "trigger",
];

const DATA_HELP: &str = "name the folder that the gate keeps its state in";

const DECIDE_KEYS: [&str; 5] = ["workers", "timeout", "deadline", "cache", "trigger-deadline"];

/// Most threads that decide.
const MAX_WORKERS: u64 = 64;

/// Longest time that a verdict may be kept: a day, the longest that nobody looks for new evidence.
const MAX_CACHE: Duration = Duration::from_secs(24 * 3600);

/// A configuration without mistakes.
#[derive(Debug)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// The trust root, which has to be named: a gate does not fall back on the public one.
    pub trust: TrustChoice,
    /// How registries are reached.
    pub registry: RegistryConfig,
    /// How decisions are made.
    pub decide: DecideConfig,
    /// How the gate listens.
    pub listen: ListenConfig,
    /// Who may call.
    pub callers: Vec<Caller>,
    /// What is decided by which policy, and what follows. The first that covers an image is its route.
    pub routes: Vec<Route>,
    /// What an allowed image sets off.
    pub triggers: Vec<NamedTrigger>,
    /// What is weak although nothing is wrong.
    pub warnings: Vec<Finding>,
    /// SHA-256 of the file.
    pub digest: Digest,
}

impl Config {
    /// The route that is for an image: the first that covers it.
    pub fn route(&self, reference: &Reference) -> Option<&Route> {
        self.routes.iter().find(|route| route.covers(reference))
    }
}

/// How decisions are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideConfig {
    /// Threads that decide.
    pub workers: usize,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How long after its arrival an event is tried.
    pub deadline: Duration,
    /// How long an *allowed* is kept, if at all. In that time evidence that was attached since is not looked at.
    pub cache: Option<Duration>,
    /// How long after its decision an order is tried.
    pub trigger_deadline: Duration,
}

impl Default for DecideConfig {
    fn default() -> Self {
        Self {
            workers: 4,
            timeout: Duration::from_secs(60),
            deadline: Duration::from_secs(3600),
            cache: None,
            trigger_deadline: Duration::from_secs(3600),
        }
    }
}

/// Reads the configuration and every file that it names.
///
/// # Errors
///
/// Every mistake, each with its place.
pub fn load(path: &Path) -> Result<Config, Vec<Finding>> {
    let (label, bytes) = bytes_of(path)?;
    let files = Files {
        folder: path.parent().unwrap_or(Path::new(".")),
        read: &|path| read::bounded(path, MAX_NAMED_FILE_BYTES).map_err(|error| error.to_string()),
    };
    parse(&label, &bytes, &files)
}

/// The data directory that a configuration names, and nothing else of it.
///
/// # Errors
///
/// When the file cannot be read, is not TOML, or names none.
pub fn data_folder(path: &Path) -> Result<PathBuf, Vec<Finding>> {
    let (label, bytes) = bytes_of(path)?;
    let text = text_of(Code::GateConfigInvalid, &label, &bytes, MAX_CONFIG_BYTES)?;
    let mut reader = Reader::new(Code::GateConfigInvalid, &label, text);
    let (document, _) = DeTable::parse_recoverable(text);
    let root = Section::new(&mut reader, "the configuration", document.get_ref(), 0..0, &KEYS);
    let data = root.needed_text(&mut reader, "data", DATA_HELP);
    data.map(|data| path.parent().unwrap_or(Path::new(".")).join(data.value))
        .ok_or_else(|| reader.into_findings())
}

fn bytes_of(path: &Path) -> Result<(String, Vec<u8>), Vec<Finding>> {
    let label = path.display().to_string();
    let limit = u64::try_from(MAX_CONFIG_BYTES).unwrap_or(u64::MAX);
    let bytes = read::bounded(path, limit).map_err(|detail| {
        let finding = Finding::new(Code::GateConfigInvalid, format!("{label}: {detail}"));
        vec![finding.origin(&Origin::flag("--config"))]
    })?;
    Ok((label, bytes))
}

fn parse(label: &str, bytes: &[u8], files: &Files<'_>) -> Result<Config, Vec<Finding>> {
    let text = text_of(Code::GateConfigInvalid, label, bytes, MAX_CONFIG_BYTES)?;
    let mut reader = Reader::new(Code::GateConfigInvalid, label, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MAX_FINDINGS) {
        reader.syntax(error.message(), error.span().unwrap_or(0..0));
    }
    let root = Section::new(&mut reader, "the configuration", document.get_ref(), 0..0, &KEYS);
    version(&mut reader, &root, VERSION);
    let data = root.needed_text(&mut reader, "data", DATA_HELP);
    let trust = trust(&mut reader, &root, files);
    let registry = registry::read(&mut reader, &root, files);
    let decide = decide(&mut reader, &root);
    let data = data.map(|data| files.folder.join(data.value));
    let around = Around {
        files,
        data: data.as_deref(),
        trust: trust.as_ref(),
        registry: &registry,
    };
    let triggers = triggers::read_all(&mut reader, &root, &around);
    let routes = routes::read_all(&mut reader, &root, files, trust.as_ref(), &triggers);
    let callers = callers::read_all(&mut reader, &root, files);
    let listen = listen::read(&mut reader, &root, files, &callers);
    let (true, Some(data), Some(trust)) = (reader.is_clean(), data, trust) else {
        return Err(reader.into_findings());
    };
    let warnings = routes.iter().flat_map(|route| route.rules.warnings()).collect();
    Ok(Config {
        data,
        trust,
        registry,
        decide,
        listen,
        callers,
        routes,
        triggers,
        warnings,
        digest: Digest::sha256(bytes),
    })
}

fn trust(reader: &mut Reader<'_>, root: &Section<'_>, files: &Files<'_>) -> Option<TrustChoice> {
    if root.get("trust").is_none() {
        let message = "the configuration names no trust root";
        let help =
            "add [trust] with file = \"trusted_root.json\", tuf = \"https://…\" or root = \"public-good\"";
        reader.missing(&(0..0), message, help);
    }
    let section = open_trust(reader, root)?;
    read_trust(reader, &section, files, &mut Unpinned::default())
}

fn decide(reader: &mut Reader<'_>, root: &Section<'_>) -> DecideConfig {
    let mut config = DecideConfig::default();
    let section = root
        .get("decide")
        .and_then(|value| Section::open(reader, "[decide]", value, &DECIDE_KEYS));
    let Some(section) = section else { return config };
    if let Some(workers) = section
        .get("workers")
        .and_then(|value| number_of(reader, "workers", value, MAX_WORKERS))
    {
        config.workers = usize::try_from(workers).unwrap_or(config.workers);
    }
    let durations = [
        ("timeout", &mut config.timeout),
        ("deadline", &mut config.deadline),
        ("trigger-deadline", &mut config.trigger_deadline),
    ];
    for (key, place) in durations {
        if let Some(duration) = section.duration(reader, key) {
            *place = duration.value;
        }
    }
    if let Some(cache) = section.duration(reader, "cache") {
        if cache.value > MAX_CACHE {
            reader.mistake(&cache.span, "cache is longer than a day", "write at most \"24h\"");
        }
        config.cache = Some(cache.value);
    }
    config
}

#[cfg(test)]
mod tests;
