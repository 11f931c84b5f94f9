//! The keys of an `[[attestation]]` table that say which verification summary is relied on.

use super::reader::Reader;
use super::table::{Section, quote};
use crate::attestation::PredicateType;
use crate::policy::demand::{SummaryRules, Written};
use crate::subject::Digest;

/// Rules on a verification summary. Relying on one without naming its verifier would be relying on anybody's.
pub(super) fn summary(
    reader: &mut Reader<'_>,
    section: &Section<'_>,
    kind: Option<&PredicateType>,
) -> Option<SummaryRules> {
    const KEYS: [&str; 4] = ["verifier", "resource-uri", "verified-policy", "verified-level"];
    if !kind?.is_summary() {
        for key in KEYS {
            if let Some(span) = section.key_span(key) {
                let message =
                    format!("{key} is for SLSA verification summaries, and the type is another one");
                reader.mistake(&span, message, "demand it in a rule with type = \"vsa\"");
            }
        }
        return None;
    }
    let help = "name the verifier that is relied on, by its exact id: verifier = \"https://…\"";
    let verifier = section.needed_text(reader, "verifier", help);
    let mut optional = |key: &str| {
        let text = section.text(reader, key)?;
        Some(Written {
            value: text.value.to_owned(),
            origin: reader.origin(&text.span),
        })
    };
    let (resource_uri, level) = (optional("resource-uri"), optional("verified-level"));
    let policy = verified_policy(reader, section);
    let verifier = verifier?;
    Some(SummaryRules {
        verifier: Written {
            value: verifier.value.to_owned(),
            origin: reader.origin(&verifier.span),
        },
        resource_uri,
        policy,
        level,
    })
}

fn verified_policy(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Written<Digest>> {
    let text = section.text(reader, "verified-policy")?;
    match text.value.parse() {
        Ok(value) => Some(Written {
            value,
            origin: reader.origin(&text.span),
        }),
        Err(error) => {
            let message = format!("verified-policy cannot be {}: {error}", quote(text.value));
            reader.mistake(&text.span, message, "write sha256: and all hex digits");
            None
        }
    }
}
