//! What is attached to subjects, as it claims to be. Nothing here was verified, and the document says so by its shape: it
//! has no verdict, no exit code and nothing that is accepted, so it cannot be taken for a [`super::Report`].

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::{
    Code, EvidenceKind, ExitCode, Finding, LogReference, Place, PlaceOutcome, SignerReport, SubjectKind,
    ToolReport, Verdict,
};
use crate::subject::Digest;

/// Version of the inspection document; raised when a member changes meaning or goes away.
pub const INSPECTION_VERSION: &str = "1";
/// What kind of document it is.
pub const INSPECTION_KIND: &str = "unverified-inspection";
/// What a person has to know before anything else.
pub const NOTICE: &str =
    "nothing here was verified: these are claims, and anybody can attach anything; portcullis verify decides";

/// `false`, and never anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Never;

impl Serialize for Never {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(false)
    }
}

/// Everything that was found attached to the subjects of one run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// What kind of document this is.
    #[schemars(extend("const" = INSPECTION_KIND))]
    pub kind: &'static str,
    /// Version of its shape.
    #[schemars(extend("const" = INSPECTION_VERSION))]
    pub inspection_version: &'static str,
    /// Always `false`.
    #[schemars(with = "bool", extend("const" = false))]
    pub verified: Never,
    /// What that means.
    pub notice: &'static str,
    /// What made the document.
    pub tool: ToolReport,
    /// When the run began.
    #[schemars(with = "String")]
    pub time: Timestamp,
    /// Whether everything could be looked at. If not, more may be attached than is listed.
    pub complete: bool,
    /// One entry for each subject, in the order in which they were named.
    pub subjects: Vec<InspectedSubject>,
}

/// One subject.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InspectedSubject {
    /// The argument as it was typed.
    pub input: String,
    /// What kind of thing it is.
    #[serde(rename = "subjectKind")]
    pub kind: SubjectKind,
    /// What came of it.
    pub outcome: Inspected,
}

/// What came of looking at a subject.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Inspected {
    /// It is there, with what hangs on it.
    Tree(Node),
    /// It could not be looked at.
    Problem(Finding),
}

/// A digest and what hangs on it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Name to print: `repository@sha256:…`, a path, or a digest.
    pub name: String,
    /// The digest.
    pub digest: Digest,
    /// Media type of the manifest; absent for a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes of the manifest or file, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The platform that an index gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Why the manifest, or what it lists, could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Finding>,
    /// Every place that was looked in, with what is there.
    pub places: Vec<InspectedPlace>,
    /// The images of an index.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Node>,
}

/// A place and what is there.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct InspectedPlace {
    /// The place, and whether it answered.
    #[serde(flatten)]
    pub place: Place,
    /// What is there, unless an earlier place led to the same.
    pub attached: Vec<Attached>,
    /// How many more there are than are listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: usize,
}

/// One thing that is attached.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attached {
    /// Where exactly.
    pub location: String,
    /// What it is by its form.
    pub form: EvidenceKind,
    /// Name of its format, for example `bundle v0.3`.
    pub format: String,
    /// SHA-256 of the bundle or layer, as what points to it has it.
    pub digest: Digest,
    /// Bytes of it, as what points to it has it.
    pub size: u64,
    /// What it says of itself.
    pub claimed: Claims,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Finding>,
}

/// What an attachment says of itself. Whoever made it could write anything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Claims {
    /// The digest that it is about, where that is another than the one that it was found with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<Digest>,
    /// The predicate type of its statement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate_type: Option<String>,
    /// The media type of something that is not signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Who signed, read from a certificate that may be forged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<SignerReport>,
    /// From when the certificate says that it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub certificate_from: Option<Timestamp>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub certificate_until: Option<Timestamp>,
    /// The log entries that travel with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logs: Vec<ClaimedLogEntry>,
    /// How many timestamps of authorities travel with it.
    #[serde(skip_serializing_if = "is_zero")]
    pub timestamps: usize,
}

/// A log entry that may not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClaimedLogEntry {
    /// Log, index and kind.
    #[serde(flatten)]
    pub entry: LogReference,
    /// When it says that it was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub time: Option<Timestamp>,
}

// The shape is serde's.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Inspection {
    /// The document about these subjects.
    pub fn new(time: Timestamp, subjects: Vec<InspectedSubject>) -> Self {
        let complete = subjects.iter().all(InspectedSubject::is_complete);
        Self {
            kind: INSPECTION_KIND,
            inspection_version: INSPECTION_VERSION,
            verified: Never,
            notice: NOTICE,
            tool: ToolReport::THIS,
            time,
            complete,
            subjects,
        }
    }

    /// 0 when everything could be looked at, whatever was found; 5 when settings kept it from being looked at; else 4.
    pub fn exit_code(&self) -> ExitCode {
        let mut obstacles = self
            .subjects
            .iter()
            .flat_map(|subject| subject.outcome.obstacles());
        match (
            self.complete,
            obstacles.any(|code| code.verdict() == Verdict::Misconfigured),
        ) {
            (true, _) => ExitCode::Allowed,
            (false, true) => ExitCode::Configuration,
            (false, false) => ExitCode::Undecided,
        }
    }
}

impl InspectedSubject {
    /// Whether all of it could be looked at.
    pub fn is_complete(&self) -> bool {
        self.outcome.obstacles().is_empty()
    }
}

impl Inspected {
    /// What kept something from being looked at.
    fn obstacles(&self) -> Vec<Code> {
        match self {
            Self::Problem(finding) => vec![finding.code],
            Self::Tree(node) => node.obstacles(),
        }
    }
}

impl Node {
    fn obstacles(&self) -> Vec<Code> {
        let own = self.problem.iter().map(|finding| finding.code);
        let places = self.places.iter().flat_map(InspectedPlace::obstacles);
        let images = self.images.iter().flat_map(Self::obstacles);
        own.chain(places).chain(images).collect()
    }

    /// How many things are attached to it and to its images, as far as they are listed.
    pub fn attached(&self) -> usize {
        let own: usize = self.places.iter().map(|place| place.attached.len()).sum();
        own.saturating_add(self.images.iter().map(Self::attached).sum())
    }
}

impl InspectedPlace {
    fn obstacles(&self) -> Vec<Code> {
        let failed = match &self.place.outcome {
            PlaceOutcome::Failed { code, .. } => Some(*code),
            PlaceOutcome::Found { .. } | PlaceOutcome::Nothing => None,
        };
        // What was fetched and makes no sense was looked at. What could not be fetched was not.
        let unread = self.attached.iter().filter_map(|attached| {
            let code = attached.problem.as_ref()?.code;
            (code.verdict() == Verdict::Undecided).then_some(code)
        });
        failed.into_iter().chain(unread).collect()
    }
}
