//! Where in an SBOM a finding points, and how the component came into the artifact.

use schemars::JsonSchema;
use serde::Serialize;

/// The place in an SBOM that a finding is about.
///
/// An SBOM that was signed is a part of the signed statement, and mostly one line of it, so the line alone finds nothing:
/// [`Self::path`] leads to the member in the document however it is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SbomPlace {
    /// What holds the SBOM: the location of the attestation, or the path of the SBOM's file.
    pub document: String,
    /// Whether the SBOM is the predicate of an attestation in `document`; lines and columns count from its start then.
    pub attested: bool,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, counted in characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The member that offended: for JSON as jq writes it (`.components[17].licenses[0].license.id`), for XML as an
    /// XPath (`/bom/components/component[18]`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The version, where the component states one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The names on the shortest way from what the SBOM describes to the component, both included; empty where no way
    /// leads there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reached_by: Vec<String>,
    /// How many further components of the package the same is said about.
    #[serde(skip_serializing_if = "is_zero")]
    pub others: usize,
    /// The text around the place, for the human renderer.
    #[serde(skip)]
    #[schemars(skip)]
    pub excerpt: Option<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl SbomPlace {
    /// The place in words: for an attested SBOM the way to the member and the line, for a file what editors open.
    pub(super) fn words(&self) -> String {
        let at = match (self.attested, self.column) {
            (true, Some(column)) => format!("line {}, column {column}", self.line),
            (true, None) => format!("line {}", self.line),
            (false, Some(column)) => format!("{}:{}:{column}", self.document, self.line),
            (false, None) => format!("{}:{}", self.document, self.line),
        };
        match &self.path {
            Some(path) => format!("{path} ({at})"),
            None => at,
        }
    }

    /// The way from the root, in one line; `None` where there is none.
    pub(super) fn way(&self) -> Option<String> {
        (!self.reached_by.is_empty()).then(|| self.reached_by.join(" > "))
    }
}
