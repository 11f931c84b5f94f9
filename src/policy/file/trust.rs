//! The `[trust]` table.

use std::path::PathBuf;

use super::reader::Reader;
use super::table::{Found, Section, quote};
use super::{Files, Unpinned};
use crate::report::{Code, Finding};
use crate::sigstore::trust::TrustChoice;
use crate::subject::Digest;

const KEYS: [&str; 5] = ["root", "file", "tuf", "bootstrap", "digest"];

/// Reads which trust root the policy demands.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    unpinned: &mut Unpinned,
) -> Option<TrustChoice> {
    let given: Vec<&str> = ["root", "file", "tuf"]
        .into_iter()
        .filter(|key| section.get(key).is_some())
        .collect();
    if given.len() != 1 {
        let message = match given.as_slice() {
            [] => "[trust] names no trust root".to_owned(),
            several => format!("[trust] names several trust roots: {}", several.join(", ")),
        };
        let help = "write one of root = \"public-good\", file = \"trusted_root.json\", or tuf = \"https://…\" with bootstrap";
        if given.is_empty() {
            reader.missing(&section.span, message, help);
        } else {
            reader.mistake(&section.span, message, help);
        }
    }
    if section.get("tuf").is_none() {
        not_without(reader, section, "bootstrap", "tuf");
    }
    if section.get("tuf").is_none() && section.get("file").is_none() {
        not_without(reader, section, "digest", "file or tuf");
    }
    let root = section.choice(
        reader,
        "root",
        &[
            ("public-good", Instance::PublicGood),
            ("staging", Instance::Staging),
            ("github", Instance::GitHub),
        ],
    );
    let file = section.text(reader, "file");
    let tuf = tuf(reader, section, files, unpinned);
    let file = file.map(|file| {
        pinned_file(reader, section, files, &file, unpinned);
        TrustChoice::File(files.path(file.value))
    });
    root.map(Instance::choice).or(file).or(tuf)
}

/// The names of `root`.
#[derive(Clone, Copy)]
enum Instance {
    PublicGood,
    Staging,
    GitHub,
}

impl Instance {
    fn choice(self) -> TrustChoice {
        match self {
            Self::PublicGood => TrustChoice::PublicGood,
            Self::Staging => TrustChoice::Staging,
            Self::GitHub => TrustChoice::GitHub,
        }
    }
}

/// Opens the table and looks at its keys.
pub(crate) fn open<'t>(reader: &mut Reader<'_>, root: &Section<'t>) -> Option<Section<'t>> {
    Section::open(reader, "[trust]", root.get("trust")?, &KEYS)
}

fn not_without(reader: &mut Reader<'_>, section: &Section<'_>, key: &str, other: &str) {
    if let Some(span) = section.key_span(key) {
        reader.mistake(
            &span,
            format!("{key} has no meaning without {other}"),
            format!("remove {key}, or name {other}"),
        );
    }
}

fn tuf(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    unpinned: &mut Unpinned,
) -> Option<TrustChoice> {
    let url = section.text(reader, "tuf")?;
    let help = "name the TUF root (root.json) that the repository's metadata is verified from";
    let bootstrap = section.needed_text(reader, "bootstrap", help);
    if !is_safe_url(url.value) {
        let message = format!("{} is no address of a TUF repository", quote(url.value));
        reader.mistake(
            &url.span,
            message,
            "write an https address, without user name and password",
        );
    }
    let bootstrap = bootstrap?;
    pinned_file(reader, section, files, &bootstrap, unpinned);
    let bootstrap_root: PathBuf = files.path(bootstrap.value);
    Some(TrustChoice::Tuf {
        url: url.value.to_owned(),
        bootstrap_root,
    })
}

/// `https`, or `http` to this machine; no credentials, which would end up in reports.
fn is_safe_url(url: &str) -> bool {
    let host = |rest: &str| rest.split('/').next().unwrap_or_default().to_owned();
    if let Some(rest) = url.strip_prefix("https://") {
        let host = host(rest);
        return !host.is_empty() && !host.contains('@');
    }
    url.strip_prefix("http://").is_some_and(|rest| {
        let host = host(rest);
        let name = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        ["localhost", "127.0.0.1", "[::1]"].contains(&name)
    })
}

/// Compares a file with `digest`, or remembers that nothing pins it.
fn pinned_file(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    file: &Found<&str>,
    unpinned: &mut Unpinned,
) {
    let Some(digest) = section.text(reader, "digest") else {
        if section.get("digest").is_none() {
            let origin = reader.origin(&file.span);
            unpinned.note(file.value, "add its digest = \"sha256:…\" to [trust]", &origin);
        }
        return;
    };
    let expected: Digest = match digest.value.parse() {
        Ok(expected) => expected,
        Err(error) => {
            return reader.mistake(
                &digest.span,
                format!("digest: {error}"),
                "write sha256: and 64 hex digits",
            );
        }
    };
    match files.read(file.value) {
        Ok(bytes) => {
            let found = Digest::of(expected.algorithm(), &bytes);
            if found != expected {
                let finding = Finding::new(
                    Code::TrustInvalid,
                    format!("{} is not the pinned file", file.value),
                )
                .found(found.to_string())
                .expected(expected.to_string());
                reader.note(finding, &digest.span);
            }
        }
        Err(error) => reader.mistake(
            &file.span,
            format!("{} cannot be read: {error}", file.value),
            "name a file that is there",
        ),
    }
}
