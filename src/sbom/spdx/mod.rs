//! SPDX 2.2 and 2.3, as JSON and as tag-value, and SPDX 3.0 as JSON-LD.

pub(super) mod graph;
pub(super) mod json;
pub(super) mod tag_value;

use super::model::{Claim, EdgeKind, Licence, LicenceForm, Text};

/// The versions of SPDX 2 that are read.
pub(super) const VERSIONS: [&str; 2] = ["SPDX-2.2", "SPDX-2.3"];

/// [`VERSIONS`] in words.
pub(super) const VERSIONS_IN_WORDS: &str = "SPDX-2.2 and SPDX-2.3";

/// The id of the document itself in relationships.
pub(super) const DOCUMENT_ID: &str = "SPDXRef-DOCUMENT";

/// What Trivy writes in front of the digest of an image's configuration, in an annotation of the root.
pub(super) const IMAGE_ID_COMMENT: &str = "ImageID: ";

/// What a relationship means for the graph of components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// The first describes the second, if the first is the document.
    Describes,
    /// The second describes the first.
    DescribedBy,
    /// An edge from the first to the second.
    Edge(EdgeKind),
    /// An edge from the second to the first.
    Reversed(EdgeKind),
}

impl Relation {
    /// The meaning of a relationship type of SPDX 2 (section 11.1), or `None` for one that is no edge of the graph.
    pub(super) fn from_type(name: &str) -> Option<Self> {
        use EdgeKind::{Contains, DependsOn};
        Some(match name {
            "DESCRIBES" => Self::Describes,
            "DESCRIBED_BY" => Self::DescribedBy,
            "DEPENDS_ON" | "HAS_PREREQUISITE" | "DYNAMIC_LINK" | "STATIC_LINK" => Self::Edge(DependsOn),
            "DEPENDENCY_OF"
            | "BUILD_DEPENDENCY_OF"
            | "DEV_DEPENDENCY_OF"
            | "OPTIONAL_DEPENDENCY_OF"
            | "PROVIDED_DEPENDENCY_OF"
            | "RUNTIME_DEPENDENCY_OF"
            | "TEST_DEPENDENCY_OF"
            | "PREREQUISITE_FOR" => Self::Reversed(DependsOn),
            "CONTAINS" => Self::Edge(Contains),
            "CONTAINED_BY" => Self::Reversed(Contains),
            _ => return None,
        })
    }
}

/// An expression as a licence.
pub(super) fn licence(text: Text<'_>, claim: Claim) -> Licence<'_> {
    Licence {
        form: LicenceForm::Expression,
        text,
        claim,
    }
}

/// The name of a person or an organisation: what follows `Organization: ` or `Person: `, without the address.
pub(super) fn entity(text: Text<'_>) -> Option<Text<'_>> {
    let name = |text: &str| -> usize {
        ["Organization:", "Person:"]
            .into_iter()
            .find(|prefix| text.starts_with(prefix))
            .map_or(0, str::len)
    };
    let found = match text {
        Text::Borrowed(text) => Text::Borrowed(text.get(name(text)..)?.trim()),
        Text::Owned(text) => Text::Owned(text.get(name(&text)..)?.trim().to_owned()),
    };
    Some(found).filter(|text| super::reading::is_said(text))
}

/// What a creator is.
pub(super) enum Creator<'a> {
    /// `Tool: name-version`.
    Tool(Text<'a>),
    /// Anything else.
    Author(Text<'a>),
}

/// Reads one `Creator`.
pub(super) fn creator(text: Text<'_>) -> Option<Creator<'_>> {
    let tool = match &text {
        Text::Borrowed(text) => text.strip_prefix("Tool:").map(|name| Text::Borrowed(name.trim())),
        Text::Owned(text) => text
            .strip_prefix("Tool:")
            .map(|name| Text::Owned(name.trim().to_owned())),
    };
    match tool {
        Some(tool) => Some(Creator::Tool(tool)),
        None => entity(text).map(Creator::Author),
    }
}
