//! The key of a `[[pin]]`: a file beside the policy, or the PEM text itself.

use super::reader::Reader;
use super::table::{Found, Section, quote};
use super::{Files, Unpinned};
use crate::report::{Code, Finding};
use crate::sigstore::pin::{LogRequirement, PublicKey, Who};
use crate::subject::Digest;

/// Reads the key of a pin.
pub(super) fn read(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    files: &Files<'_>,
    unpinned: &mut Unpinned,
) -> Option<Who> {
    let log = match section.switch(reader, "without-log") {
        Some(_) => LogRequirement::MayBeAbsent,
        None => LogRequirement::Required,
    };
    let expected = fingerprint(reader, section);
    let written = section.text(reader, "key")?;
    let inline = written.value.trim_start().starts_with("-----BEGIN");
    let (label, bytes) = if inline {
        (
            "the text of key".to_owned(),
            Ok(written.value.as_bytes().to_vec()),
        )
    } else {
        (written.value.to_owned(), files.read(written.value))
    };
    let origin = reader.origin(&written.span);
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("{} cannot be read: {error}", quote(&label));
            let help = "name a file, relative to the folder of the policy, or write the PEM text itself";
            reader.note(Finding::new(Code::KeyInvalid, message).help(help), &written.span);
            return None;
        }
    };
    let key = match PublicKey::from_pem(&bytes) {
        Ok(key) => key,
        Err(error) => {
            reader.note(error.finding(&label, &origin), &written.span);
            return None;
        }
    };
    match expected {
        Some(expected) if expected.value != *key.fingerprint() => {
            let finding = Finding::new(Code::KeyInvalid, format!("{label} is not the pinned key"))
                .found(key.fingerprint().to_string())
                .expected(expected.value.to_string());
            reader.note(finding, &expected.span);
        }
        None if !inline && section.get("fingerprint").is_none() => {
            let help = format!(
                "add fingerprint = \"{}\", or write the PEM text itself",
                key.fingerprint()
            );
            unpinned.note(written.value, &help, &origin);
        }
        _ => {}
    }
    Some(Who::Key { key, log, origin })
}

fn fingerprint(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Found<Digest>> {
    let text = section.text(reader, "fingerprint")?;
    match text.value.parse() {
        Ok(value) => Some(Found {
            value,
            span: text.span,
        }),
        Err(error) => {
            reader.mistake(
                &text.span,
                format!("fingerprint: {error}"),
                "write the SHA-256 of the key's DER form: sha256:…",
            );
            None
        }
    }
}
