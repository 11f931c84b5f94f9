//! SARIF 2.1.0 (OASIS), for code scanning dashboards.
//!
//! Results point at the policy line that decided where there is one, and otherwise at the subject. A run that allows
//! everything has no result of level `error`.

mod document;

use std::collections::BTreeMap;

use document::{
    ArtifactLocation, Configuration, Driver, Invocation, Location, Log, LogicalLocation, Message, Outcome,
    PhysicalLocation, Region, ResultProperties, Rule, RuleProperties, Run, RunProperties, SubjectProperties,
    Suppression, Tool,
};

use super::notes::{Level, Note, notes};
use super::{exit_name, json, text};
use crate::report::{Code, Origin, Report, SbomPlace, SubjectKind, SubjectReport, Verdict};
use crate::subject::Digest;

/// The schema that the document names.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Name of our fingerprint; the number rises when its making changes.
const FINGERPRINT: &str = "portcullis/v1";

/// Renders the report.
pub(super) fn render(report: &Report) -> String {
    json::document(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [run(report)],
    })
}

fn run(report: &Report) -> Run {
    let subjects = report.subjects.iter().map(|subject| SubjectProperties {
        name: subject.name.clone(),
        verdict: subject.verdict,
    });
    Run {
        tool: Tool {
            driver: Driver {
                name: report.tool.name,
                semantic_version: report.tool.version,
                rules: Code::ALL.iter().copied().map(rule).collect(),
            },
        },
        invocations: [Invocation {
            // Refusing is doing the work; not being able to find out, or to start, is not.
            execution_successful: !matches!(report.verdict, Verdict::Undecided | Verdict::Misconfigured),
            exit_code: report.exit_code.number(),
            exit_code_description: exit_name(report.exit_code),
            start_time_utc: report.time.to_string(),
        }],
        // Origins count columns in characters.
        column_kind: "unicodeCodePoints",
        results: results(report),
        properties: RunProperties {
            verdict: report.verdict,
            subjects: subjects.collect(),
        },
    }
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.name(),
        short_description: message(code.title()),
        full_description: message(code.explanation()),
        help: message(&format!("{} More: portcullis explain {code}", code.explanation())),
        default_configuration: Configuration {
            level: level_name(Level::of_severity(code.severity())),
        },
        properties: RuleProperties {
            tags: ["security", "supply-chain"],
        },
    }
}

fn results(report: &Report) -> Vec<Outcome> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    notes(report)
        .iter()
        .map(|note| {
            let key = fingerprint(note);
            let repeated = seen
                .entry(key.clone())
                .and_modify(|count| *count += 1)
                .or_insert(1);
            result(report, note, format!("{key}:{repeated}"))
        })
        .collect()
}

fn result(report: &Report, note: &Note<'_>, fingerprint: String) -> Outcome {
    let code = note.finding.code;
    Outcome {
        rule_id: code.name(),
        rule_index: Code::ALL
            .iter()
            .position(|other| *other == code)
            .unwrap_or_default(),
        level: level_name(note.level),
        message: message(&note.lines().join("\n")),
        locations: [location(report, note)],
        related_locations: note.finding.sbom.iter().map(|place| in_sbom(place)).collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint)]),
        suppressions: suppression(note).into_iter().collect(),
        occurrence_count: (note.candidates.len() > 1).then_some(note.candidates.len()),
        properties: ResultProperties {
            verdict: note.subject.map_or(report.verdict, |subject| subject.verdict),
        },
    }
}

/// A message is plain text, but `[words](target)` in it is a link (3.11.6): brackets are escaped where they would make
/// one, since an outsider may have written them.
fn message(raw: &str) -> Message {
    Message {
        text: if raw.contains("](") {
            raw.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
        } else {
            raw.to_owned()
        },
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// What stays the same when the same thing is found again tomorrow: the code, what was asked about as it was typed,
/// and the expectation. Digests and messages change.
fn fingerprint(note: &Note<'_>) -> String {
    let finding = &note.finding;
    // An objection to an ingredient is the same in every build, whatever the artifact is called there.
    if let Some(fingerprint) = &finding.fingerprint {
        return fingerprint.clone();
    }
    let parts = [
        finding.code.name(),
        note.subject.map_or("", |subject| &subject.input),
        finding.origin.as_ref().map_or("", |origin| &origin.source),
        finding.expected.as_deref().unwrap_or_default(),
    ];
    Digest::sha256(parts.join("\0").as_bytes()).to_hex()
}

/// What was accepted before is shown as closed.
fn suppression(note: &Note<'_>) -> Option<Suppression> {
    let accepted = note.finding.accepted.as_ref()?;
    Some(Suppression {
        kind: "external",
        status: "accepted",
        justification: text::visible(&accepted.words()),
    })
}

fn location(report: &Report, note: &Note<'_>) -> Location {
    let subject = note.subject;
    let logical_locations: Vec<LogicalLocation> = subject.map(logical).into_iter().collect();
    let in_file = note
        .finding
        .origin
        .as_ref()
        .and_then(|origin| Some((origin, region(origin)?)));
    let physical_location = if let Some((origin, region)) = in_file {
        PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: uri(&origin.source),
            },
            region: Some(region),
        }
    } else if let Some(place) = note.finding.sbom.as_ref().filter(|place| !place.attested) {
        place_of(place)
    } else {
        // Dashboards refuse a result without a location: what is about the run as a whole is shown at the policy, or
        // else at the first subject.
        let name = subject
            .map(|subject| subject.name.as_str())
            .or(report.policy.as_ref().map(|policy| policy.path.as_str()))
            .or(report.subjects.first().map(|first| first.name.as_str()))
            .unwrap_or(report.tool.name);
        PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(name) },
            region: None,
        }
    };
    Location {
        id: None,
        message: None,
        physical_location,
        logical_locations,
    }
}

/// Where the offender stands in the SBOM.
fn in_sbom(place: &SbomPlace) -> Location {
    let holder = if place.attested {
        "the attested SBOM"
    } else {
        "the SBOM"
    };
    let mut words = format!("in {holder}: {}", place.words());
    if let Some(way) = place.way() {
        words = format!("{words}, reached by {way}");
    }
    let member = place.path.as_ref().map(|path| LogicalLocation {
        fully_qualified_name: text::visible(path),
        kind: if path.starts_with('/') {
            "element"
        } else {
            "member"
        },
    });
    Location {
        id: Some(1),
        message: Some(message(&text::shown(&words))),
        physical_location: place_of(place),
        logical_locations: member.into_iter().collect(),
    }
}

/// The file that the SBOM is or is in. The lines of a signed predicate are lines of no file.
fn place_of(place: &SbomPlace) -> PhysicalLocation {
    let region = Region {
        start_line: usize::try_from(place.line).unwrap_or(usize::MAX),
        start_column: place.column.and_then(|column| usize::try_from(column).ok()),
        end_line: None,
        end_column: None,
    };
    PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: uri(&place.document),
        },
        region: (!place.attested).then_some(region),
    }
}

fn logical(subject: &SubjectReport) -> LogicalLocation {
    LogicalLocation {
        fully_qualified_name: text::visible(&subject.name),
        kind: match subject.kind {
            SubjectKind::File => "file",
            SubjectKind::Directory => "directory",
            SubjectKind::Digest => "digest",
            SubjectKind::Image => "image",
        },
    }
}

/// The region of an origin in a file; none for a flag.
fn region(origin: &Origin) -> Option<Region> {
    let start_line = origin.line?;
    let words = origin
        .excerpt
        .as_ref()
        .and_then(|excerpt| excerpt.text.get(excerpt.span.clone()));
    let (end_line, end_column) = match (words, origin.column) {
        (Some(words), Some(column)) => {
            let last = words.rsplit('\n').next().unwrap_or_default().chars().count();
            let further = words.matches('\n').count();
            let end_column = if further == 0 { column + last } else { last + 1 };
            (Some(start_line + further), Some(end_column))
        }
        _ => (None, None),
    };
    Some(Region {
        start_line,
        start_column: origin.column,
        end_line,
        end_column,
    })
}

/// A path or name as a URI reference (RFC 3986): everything that is not plainly part of a path is escaped, and a colon
/// in the first segment too, since what stands before it would be a scheme.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    let mut first_segment = true;
    for byte in path.bytes() {
        match byte {
            b'/' => {
                first_segment = false;
                out.push('/');
            }
            b':' if !first_segment => out.push(':'),
            b'-' | b'.' | b'_' | b'~' | b'@' | b'+' | b'=' | b',' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn paths_and_names_become_uri_references() {
        let rows = [
            ("deploy/portcullis.toml", "deploy/portcullis.toml"),
            ("/etc/p.toml", "file:///etc/p.toml"),
            ("localhost:5000/a@sha256:00", "localhost%3A5000/a@sha256:00"),
            ("sha256:00", "sha256%3A00"),
            ("a b\n%é", "a%20b%0A%25%C3%A9"),
            ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ];
        for (path, expected) in rows {
            assert_eq!(uri(path), expected);
        }
    }

    #[test]
    fn a_region_ends_behind_the_last_character() {
        let text: Arc<str> = "a = \"é\"\nb = [\n  1,\n]\n".into();
        let end = |span| {
            let region = region(&Origin::file("p", &text, span)).unwrap();
            (region.end_line, region.end_column)
        };
        assert_eq!(end(4..8), (Some(1), Some(8)));
        let start = text.find('[').unwrap();
        assert_eq!(end(start..text.len() - 1), (Some(4), Some(2)));
    }

    #[test]
    fn words_of_outsiders_make_no_links() {
        assert_eq!(
            message("see [here](https://evil.example)").text,
            "see \\[here\\](https://evil.example)"
        );
        assert_eq!(message("^[a-z]+$").text, "^[a-z]+$");
    }
}
