//! A smaller document that says the same to every check: what no reader of this module looks at is left out.
//!
//! The result is for checks and for logs with a size limit, not for exchange: members that a schema demands and no check
//! reads are gone.

use super::json::{Json, Kind};
use super::limits::Limits;
use super::model::Text;
use super::problem::{Refusal, Refused};
use super::spdx::{self, Relation};

/// What to keep of a value. A value of another type than the table has is kept whole: it is a problem, and stays one.
enum Keep {
    All,
    /// These members of an object.
    Members(&'static [(&'static str, &'static Keep)]),
    /// Every element of an array, each of this kind.
    Each(&'static Keep),
    /// A relationship of SPDX 2, if it is an edge of the graph of packages.
    Relationship,
    /// An element of an SPDX 3 graph, if it is none of a file.
    GraphElement,
}

static ALL: Keep = Keep::All;
static NAMED: Keep = Keep::Members(&[("name", &ALL), ("email", &ALL)]);
static EACH_NAMED: Keep = Keep::Each(&NAMED);

static HASHES: Keep = Keep::Each(&Keep::Members(&[("alg", &ALL), ("content", &ALL)]));
static LICENCE: Keep = Keep::Members(&[
    ("id", &ALL),
    ("name", &ALL),
    ("acknowledgement", &ALL),
    ("expression", &ALL),
]);
static LICENCES: Keep = Keep::Each(&Keep::Members(&[
    ("license", &LICENCE),
    ("expression", &ALL),
    ("acknowledgement", &ALL),
]));
static COMPONENTS: Keep = Keep::Each(&COMPONENT);
static COMPONENT: Keep = Keep::Members(&[
    ("bom-ref", &ALL),
    ("type", &ALL),
    ("scope", &ALL),
    ("group", &ALL),
    ("name", &ALL),
    ("version", &ALL),
    ("purl", &ALL),
    ("cpe", &ALL),
    ("publisher", &ALL),
    ("author", &ALL),
    ("supplier", &NAMED),
    ("hashes", &HASHES),
    ("licenses", &LICENCES),
    ("components", &COMPONENTS),
]);
static ROOT: Keep = Keep::Members(&[
    ("bom-ref", &ALL),
    ("type", &ALL),
    ("scope", &ALL),
    ("group", &ALL),
    ("name", &ALL),
    ("version", &ALL),
    ("purl", &ALL),
    ("cpe", &ALL),
    ("publisher", &ALL),
    ("author", &ALL),
    ("supplier", &NAMED),
    ("hashes", &HASHES),
    ("licenses", &LICENCES),
    ("properties", &ALL),
    ("components", &COMPONENTS),
]);
static TOOLS: Keep = Keep::Each(&Keep::Members(&[("name", &ALL), ("version", &ALL)]));
static METADATA: Keep = Keep::Members(&[
    ("timestamp", &ALL),
    ("tools", &TOOLS),
    ("authors", &EACH_NAMED),
    ("supplier", &NAMED),
    ("component", &ROOT),
]);
static DEPENDENCIES: Keep = Keep::Each(&Keep::Members(&[("ref", &ALL), ("dependsOn", &ALL)]));
static RATING: Keep = Keep::Members(&[
    ("severity", &ALL),
    ("method", &ALL),
    ("score", &ALL),
    ("vector", &ALL),
    ("source", &NAMED),
]);
static VULNERABILITIES: Keep = Keep::Each(&Keep::Members(&[
    ("id", &ALL),
    ("source", &NAMED),
    ("references", &Keep::Each(&Keep::Members(&[("id", &ALL)]))),
    ("ratings", &Keep::Each(&RATING)),
    (
        "analysis",
        &Keep::Members(&[("state", &ALL), ("justification", &ALL)]),
    ),
    (
        "affects",
        &Keep::Each(&Keep::Members(&[("ref", &ALL), ("versions", &ALL)])),
    ),
]));

static CHECKSUMS: Keep = Keep::Each(&Keep::Members(&[("algorithm", &ALL), ("checksumValue", &ALL)]));
static REFERENCES: Keep = Keep::Each(&Keep::Members(&[
    ("referenceCategory", &ALL),
    ("referenceType", &ALL),
    ("referenceLocator", &ALL),
]));
static PACKAGES: Keep = Keep::Each(&Keep::Members(&[
    ("SPDXID", &ALL),
    ("name", &ALL),
    ("versionInfo", &ALL),
    ("primaryPackagePurpose", &ALL),
    ("supplier", &ALL),
    ("originator", &ALL),
    ("licenseDeclared", &ALL),
    ("licenseConcluded", &ALL),
    ("checksums", &CHECKSUMS),
    ("externalRefs", &REFERENCES),
    ("annotations", &Keep::Each(&Keep::Members(&[("comment", &ALL)]))),
]));
static EXTRACTED: Keep = Keep::Each(&Keep::Members(&[("licenseId", &ALL), ("name", &ALL)]));

static DOCUMENT: Keep = Keep::Members(&[
    ("sbom", &DOCUMENT),
    ("bomFormat", &ALL),
    ("specVersion", &ALL),
    ("serialNumber", &ALL),
    ("metadata", &METADATA),
    ("components", &COMPONENTS),
    ("dependencies", &DEPENDENCIES),
    ("vulnerabilities", &VULNERABILITIES),
    ("spdxVersion", &ALL),
    ("SPDXID", &ALL),
    ("name", &ALL),
    ("documentNamespace", &ALL),
    (
        "creationInfo",
        &Keep::Members(&[("created", &ALL), ("creators", &ALL)]),
    ),
    ("documentDescribes", &ALL),
    ("packages", &PACKAGES),
    ("relationships", &Keep::Each(&Keep::Relationship)),
    ("hasExtractedLicensingInfos", &EXTRACTED),
    ("@context", &ALL),
    ("@graph", &Keep::Each(&Keep::GraphElement)),
]);

static RELATIONSHIP: Keep = Keep::Members(&[
    ("spdxElementId", &ALL),
    ("relationshipType", &ALL),
    ("relatedSpdxElement", &ALL),
]);
static GRAPH_ELEMENT: Keep = Keep::Members(&[
    ("type", &ALL),
    ("@type", &ALL),
    ("spdxId", &ALL),
    ("@id", &ALL),
    ("name", &ALL),
    ("software_packageVersion", &ALL),
    ("software_packageUrl", &ALL),
    ("software_primaryPurpose", &ALL),
    ("suppliedBy", &ALL),
    ("originatedBy", &ALL),
    ("verifiedUsing", &ALL),
    ("externalIdentifier", &ALL),
    ("simplelicensing_licenseExpression", &ALL),
    ("relationshipType", &ALL),
    ("from", &ALL),
    ("to", &ALL),
    ("rootElement", &ALL),
    ("specVersion", &ALL),
    ("created", &ALL),
    ("createdBy", &ALL),
    ("createdUsing", &ALL),
]);

/// Kinds of elements of an SPDX 3 graph that say nothing about packages.
const OF_FILES: [&str; 3] = ["software_File", "software_Snippet", "Annotation"];

/// The document without what no check reads, on one line. Trimming what is trimmed changes nothing.
///
/// Only JSON can be trimmed: `None` for another format. A document that [`super::read`] refuses is refused here too.
pub fn trim(bytes: &[u8], limits: &Limits) -> Result<Option<String>, Refused> {
    let document = super::read(bytes, limits)?;
    if matches!(
        document.format,
        super::Format::CycloneDxXml | super::Format::SpdxTagValue
    ) {
        return Ok(None);
    }
    drop(document);
    let text = super::text(bytes, limits)?;
    let mut json = Json::new(text, limits);
    let mut out = String::new();
    copy(&mut json, &DOCUMENT, limits, &mut out)?;
    out.push('\n');
    Ok(Some(out))
}

/// Writes what is to be kept of the next value. Whether anything was written.
fn copy<'a>(json: &mut Json<'a>, keep: &Keep, limits: &'a Limits, out: &mut String) -> Result<bool, Refused> {
    let place = json.place();
    let from = json.offset();
    match (json.kind()?, keep) {
        (Kind::Object, Keep::Members(members)) => object(json, limits, out, |key| {
            members
                .iter()
                .find(|(name, _)| *name == key)
                .map(|(_, keep)| *keep)
        })?,
        (Kind::Object, Keep::Relationship | Keep::GraphElement) => {
            json.skip()?;
            let part = |text| Json::part(text, place, 1, 0, limits);
            let text = json.since(from);
            let (is_kept, members) = match keep {
                Keep::Relationship => (is_edge(&mut part(text))?, &RELATIONSHIP),
                _ => (!is_of_file(&mut part(text))?, &GRAPH_ELEMENT),
            };
            return if is_kept {
                copy(&mut part(text), members, limits, out)
            } else {
                Ok(false)
            };
        }
        (Kind::Object, _) => object(json, limits, out, |_| Some(&ALL))?,
        (Kind::Array, _) => {
            let inner = if let Keep::Each(inner) = keep { inner } else { &ALL };
            out.push('[');
            let mut is_first = true;
            json.array(|json| {
                let before = out.len();
                if !is_first {
                    out.push(',');
                }
                if copy(json, inner, limits, out)? {
                    is_first = false;
                } else {
                    out.truncate(before);
                }
                Ok(())
            })?;
            out.push(']');
        }
        (Kind::String | Kind::Plain, _) => {
            json.skip()?;
            out.push_str(json.since(from));
        }
    }
    Ok(true)
}

/// Writes the members that `keep` has something for.
fn object<'a>(
    json: &mut Json<'a>,
    limits: &'a Limits,
    out: &mut String,
    keep: impl Fn(&str) -> Option<&'static Keep>,
) -> Result<(), Refused> {
    out.push('{');
    let mut is_first = true;
    json.object(|json, key| {
        let Some(inner) = keep(key) else {
            return json.skip();
        };
        if !is_first {
            out.push(',');
        }
        is_first = false;
        let key = serde_json::to_string(key).map_err(|error| {
            json.refuse(Refusal::Syntax {
                detail: error.to_string(),
            })
        })?;
        out.push_str(&key);
        out.push(':');
        copy(json, inner, limits, out).map(drop)
    })?;
    out.push('}');
    Ok(())
}

/// The texts of the named members of an object, those of other types left out.
fn texts<'a, const N: usize>(
    json: &mut Json<'a>,
    names: [&str; N],
) -> Result<[Option<Text<'a>>; N], Refused> {
    let mut found = [const { None }; N];
    json.object(|json, key| {
        let slot = names.iter().zip(&mut found).find(|(name, _)| **name == key);
        match (slot, json.kind()?) {
            (Some((_, slot)), Kind::String) => *slot = Some(json.string()?),
            _ => json.skip()?,
        }
        Ok(())
    })?;
    Ok(found)
}

/// Whether a relationship means anything for the graph of packages. One that cannot be read is kept: it is a problem.
fn is_edge(json: &mut Json<'_>) -> Result<bool, Refused> {
    let [kind, from, to] = texts(json, ["relationshipType", "spdxElementId", "relatedSpdxElement"])?;
    Ok(match (kind, from, to) {
        (Some(kind), Some(from), Some(to)) => {
            Relation::from_type(&kind).is_some() && !spdx::json::is_file(&from) && !spdx::json::is_file(&to)
        }
        _ => true,
    })
}

/// Whether an element of a graph says nothing about packages.
fn is_of_file(json: &mut Json<'_>) -> Result<bool, Refused> {
    let [first, second] = texts(json, ["type", "@type"])?;
    Ok(first.or(second).is_some_and(|kind| OF_FILES.contains(&&*kind)))
}
