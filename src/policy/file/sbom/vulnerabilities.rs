//! The `[sbom.vulnerabilities]` table.

use toml::Spanned;
use toml::de::DeValue;

use super::package::{entries, exception};
use super::{mode, on_unknown};
use crate::policy::file::reader::Reader;
use crate::policy::file::table::Section;
use crate::policy::rules::{Analysis, Exception, Exceptions, VulnerabilityException, VulnerabilityRules};
use crate::severity::Severity;

const KEYS: [&str; 5] = ["mode", "deny", "unknown", "analysis", "exception"];
const EXCEPTION_KEYS: [&str; 6] = ["id", "package", "versions", "reason", "owner", "expires"];

pub(super) fn read<'t>(
    reader: &mut Reader<'_>,
    value: &'t Spanned<DeValue<'t>>,
) -> Option<VulnerabilityRules> {
    let section = Section::open(reader, "[sbom.vulnerabilities]", value, &KEYS)?;
    let mode = mode(reader, &section, "mode");
    let unknown = on_unknown(reader, &section, "unknown");
    let analyses = [("ignore", Analysis::Ignore), ("believe", Analysis::Believe)];
    let analysis = section.choice(reader, "analysis", &analyses).unwrap_or_default();
    let mut exceptions = Vec::new();
    for value in entries(reader, &section, "exception") {
        exceptions.extend(except(reader, value));
    }
    if section.get("deny").is_none() {
        reader.missing(
            &section.span,
            "[sbom.vulnerabilities] does not say which severities it denies",
            "write for example deny = \"high\", which denies high and critical",
        );
    }
    let severities = Severity::ALL.map(|severity| (severity.name(), severity));
    let deny = section.choice(reader, "deny", &severities)?;
    let origin_of = |key: &str| reader.origin(&section.key_span(key).unwrap_or(section.span.clone()));
    Some(VulnerabilityRules {
        mode,
        deny,
        unknown,
        analysis,
        exceptions: Exceptions::new(exceptions),
        deny_origin: origin_of("deny"),
        unknown_origin: origin_of("unknown"),
    })
}

fn except<'t>(
    reader: &mut Reader<'_>,
    value: &'t Spanned<DeValue<'t>>,
) -> Option<(Exception, VulnerabilityException)> {
    let section = Section::open(
        reader,
        "[[sbom.vulnerabilities.exception]]",
        value,
        &EXCEPTION_KEYS,
    )?;
    let help = "name the vulnerability: id = \"CVE-…\"";
    let id = section.needed_text(reader, "id", help);
    let exception = exception(reader, &section);
    let id = id?.value.to_owned();
    Some((exception?, VulnerabilityException { id }))
}
