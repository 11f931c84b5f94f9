//! The policy file as it is written: parsed with places, read strictly, every mistake told at once.

mod accepted;
mod key;
mod pins;
pub(super) mod reader;
pub(super) mod rules;
mod sbom;
mod summary;
pub(super) mod table;
pub(super) mod trust;
mod warrant;

pub use accepted::{MAX_ACCEPTED_BYTES, parse_accepted};

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use self::reader::{MAX_FINDINGS, Reader};
use self::table::{Section, number_of};
use super::Policy;
use super::limits::Limits;
use crate::report::{Code, Finding, Origin};
use crate::subject::Digest;

/// Largest policy file, in bytes.
pub const MAX_POLICY_BYTES: usize = 512 * 1024;

/// The version of the format that this build reads.
const VERSION: u64 = 1;

const KEYS: [&str; 7] = [
    "version",
    "trust",
    "pin",
    "signature",
    "attestation",
    "sbom",
    "limits",
];

/// The files beside a policy: key files and trust roots that it names.
pub struct Files<'a> {
    /// The folder of the policy file, from which relative paths in it are read.
    pub folder: &'a Path,
    /// Reads a file, or says in a few words why it cannot be read. It should bound what it reads.
    pub read: &'a dyn Fn(&Path) -> Result<Vec<u8>, String>,
}

impl Files<'_> {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        (self.read)(&self.path(name))
    }
}

/// Files whose content the policy's own digest does not fix.
#[derive(Debug, Default)]
pub(crate) struct Unpinned(Vec<Finding>);

impl Unpinned {
    fn note(&mut self, name: &str, help: &str, origin: &Origin) {
        let message = format!("the policy is pinned by its digest, and nothing in it pins {name}");
        self.0.push(
            Finding::new(Code::PolicyInvalid, message)
                .help(help)
                .origin(origin),
        );
    }
}

/// Reads a policy. `label` is the name of the file in findings.
///
/// On failure every mistake is given, each with its place, in the order of the file; nothing of the policy is used.
pub fn parse(label: &str, bytes: &[u8], files: &Files<'_>) -> Result<Policy, Vec<Finding>> {
    let text = text_of(Code::PolicyInvalid, label, bytes, MAX_POLICY_BYTES)?;
    let mut reader = Reader::new(Code::PolicyInvalid, label, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MAX_FINDINGS) {
        reader.syntax(error.message(), error.span().unwrap_or(0..0));
    }
    let root = Section::new(&mut reader, "the policy", document.get_ref(), 0..0, &KEYS);
    version(&mut reader, &root, VERSION);
    let mut unpinned = Unpinned::default();
    let trust = trust::open(&mut reader, &root)
        .and_then(|section| trust::read(&mut reader, &section, files, &mut unpinned));
    let mut entries = pins::read_all(&mut reader, &root, files, &mut unpinned);
    let rules = rules::read_all(&mut reader, &root, &mut entries);
    pins::note_unused(&mut reader, &entries);
    let mut warnings = rules::warnings(&rules);
    let sbom = sbom::read(&mut reader, &root, &rules, &mut warnings);
    let limits = limits(&mut reader, &root);
    if !reader.is_clean() {
        return Err(reader.into_findings());
    }
    let pins = entries.into_values().filter_map(|entry| entry.pin).collect();
    Ok(Policy {
        label: label.to_owned(),
        digest: Digest::sha256(bytes),
        trust,
        pins,
        rules,
        sbom,
        limits,
        warnings,
        unpinned: unpinned.0,
    })
}

/// The text of a file, or the one mistake that keeps it from being read at all.
pub(crate) fn text_of<'b>(
    code: Code,
    label: &str,
    bytes: &'b [u8],
    limit: usize,
) -> Result<&'b str, Vec<Finding>> {
    let whole = |message: String| vec![Finding::new(code, message).origin(&Origin::flag(label))];
    if bytes.len() > limit {
        let message = format!(
            "{label} is {} bytes long, and at most {limit} are read",
            bytes.len()
        );
        return Err(whole(message));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        whole(format!(
            "{label} is not UTF-8 from byte {} on",
            error.valid_up_to()
        ))
    })
}

/// Checks that the file says its version, and that it is the one that this build reads.
pub(crate) fn version(reader: &mut Reader<'_>, root: &Section<'_>, known: u64) {
    let help = format!("write version = {known} at the top");
    match root.get("version") {
        None => reader.missing(&(0..0), format!("{} does not say its version", root.what), help),
        Some(value) => {
            if number_of(reader, "version", value, u64::from(u32::MAX))
                .is_some_and(|version| version != known)
            {
                reader.mistake(
                    &value.span(),
                    "this build does not know that version of the format",
                    help,
                );
            }
        }
    }
}

fn limits(reader: &mut Reader<'_>, root: &Section<'_>) -> Limits {
    let mut limits = Limits::default();
    let section = root
        .get("limits")
        .and_then(|value| Section::open(reader, "[limits]", value, &Limits::KEYS));
    let Some(section) = section else { return limits };
    for key in Limits::KEYS {
        if let (Some(value), Some(limit)) = (section.get(key), limits.by_key(key))
            && let Some(number) = number_of(reader, key, value, *limit)
        {
            *limit = number;
        }
    }
    limits
}
