//! The file of acceptances: `version = 1` and `[[accepted]]` tables.

use std::collections::HashSet;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{MAX_FINDINGS, Reader};
use super::table::{Section, quote};
use super::{MAX_POLICY_BYTES, VERSION, text_of, version};
use crate::policy::accepted::{Accepted, Entry, Target};
use crate::policy::file::warrant;
use crate::report::{Code, Finding};
use crate::subject::Digest;

/// Largest file of acceptances, in bytes.
pub const MAX_ACCEPTED_BYTES: usize = MAX_POLICY_BYTES;
/// Most acceptances in one file.
const MAX_ENTRIES: usize = 1_000;
/// Hexadecimal digits of a fingerprint.
const FINGERPRINT_DIGITS: usize = 32;

const KEYS: [&str; 2] = ["version", "accepted"];
const ENTRY_KEYS: [&str; 6] = ["fingerprint", "rule", "package", "reason", "owner", "expires"];

/// Reads a file of acceptances. `label` is its name in findings.
///
/// # Errors
///
/// Every mistake, each with its place; nothing of the file is used then.
pub fn parse_accepted(label: &str, bytes: &[u8]) -> Result<Accepted, Vec<Finding>> {
    let text = text_of(Code::AcceptedInvalid, label, bytes, MAX_ACCEPTED_BYTES)?;
    let mut reader = Reader::new(Code::AcceptedInvalid, label, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors.iter().take(MAX_FINDINGS) {
        reader.syntax(error.message(), error.span().unwrap_or(0..0));
    }
    let root = Section::new(&mut reader, "the file", document.get_ref(), 0..0, &KEYS);
    version(&mut reader, &root, VERSION);
    let tables = root.tables(&mut reader, "accepted");
    if let Some(first) = tables.get(MAX_ENTRIES) {
        let message = format!("there are more than {MAX_ENTRIES} acceptances");
        reader.mistake(
            &first.span(),
            message,
            "what is accepted that often belongs into the policy",
        );
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut targets = HashSet::new();
    for value in tables.into_iter().take(MAX_ENTRIES) {
        let Some(entry) = entry(&mut reader, value) else {
            continue;
        };
        if targets.insert(entry.target.clone()) {
            entries.push(entry);
        } else {
            let help = "remove one of the two, so that it is clear when the acceptance ends";
            reader.mistake(&value.span(), "this is accepted twice", help);
        }
    }
    if !reader.is_clean() {
        return Err(reader.into_findings());
    }
    Ok(Accepted {
        digest: Digest::sha256(bytes),
        entries,
    })
}

fn entry<'t>(reader: &mut Reader<'_>, value: &'t Spanned<DeValue<'t>>) -> Option<Entry> {
    let section = Section::open(reader, "[[accepted]]", value, &ENTRY_KEYS)?;
    let target = target(reader, &section);
    let warrant = warrant::read(reader, &section);
    let warrant = warrant?;
    Some(Entry {
        target: target?,
        reason: warrant.reason,
        owner: warrant.owner,
        expires: warrant.expires,
        origin: reader.origin(&section.span),
    })
}

/// The keys `fingerprint`, or `rule` and `package`.
fn target(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Target> {
    let fingerprint = section.text(reader, "fingerprint");
    if section.get("fingerprint").is_some() {
        for key in ["rule", "package"] {
            if let Some(span) = section.key_span(key) {
                let message =
                    format!("a fingerprint stands for rule and package, and {key} stands beside it");
                reader.mistake(
                    &span,
                    message,
                    "write either the fingerprint, or rule and package",
                );
            }
        }
        let text = fingerprint?;
        let is_one = text.value.len() == FINGERPRINT_DIGITS
            && text
                .value
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        if !is_one {
            let message = format!("{} is no fingerprint", quote(text.value));
            reader.mistake(&text.span, message, "copy its 32 digits from the report");
            return None;
        }
        return Some(Target::Fingerprint(text.value.to_owned()));
    }
    let rule = section.needed_text(
        reader,
        "rule",
        "write the code of the finding, or its fingerprint",
    );
    let package = section.needed_text(reader, "package", "write the package as the report names it");
    let (rule, package) = (rule?, package?);
    match rule.value.parse::<Code>() {
        Ok(code) if code.can_be_accepted() => Some(Target::Rule(code, package.value.to_owned())),
        Ok(code) => {
            let message = format!("{code} cannot be accepted");
            reader.mistake(
                &rule.span,
                message,
                "only what a rule about ingredients objects to can be",
            );
            None
        }
        Err(_) => {
            let message = format!("{} is no code of a finding", quote(rule.value));
            reader.mistake(&rule.span, message, "copy the code from the report");
            None
        }
    }
}
